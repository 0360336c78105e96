//! The element types of numpy arrays, as the header of a `.npy` file names them.
//!
//! Read are `f2`, `f4` and `f8`, `i1` to `i8`, `u1` to `u8`, and `b1` as 0 and 1. 64-bit integers are rounded to the
//! nearest `f64`. Where complex numbers are wanted, `c8` and `c16` are read instead. All others are refused, since
//! nothing but a guess would make real numbers of them.

use crate::reader::error::{Fault, Kind, Place};
use crate::reader::kind::Number;
use crate::reader::text::quote;

/// The value of the key `descr` in a header.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Descr {
    /// A type such as `<f8`.
    Simple(String),
    /// The names of the fields of a structured array.
    Fields(Vec<String>),
}

/// The type of the elements, which says how their bytes are read.
pub(super) struct ElementType {
    class: char,
    /// The bytes of an element.
    pub(super) size: usize,
    big_endian: bool,
    /// Bytes of a component: all of a real number, half of a complex one.
    component: usize,
}

impl ElementType {
    /// The type of elements that `T` can hold.
    pub(super) fn parse<T: Number>(descr: &Descr) -> Result<Self, Fault> {
        let text = match descr {
            Descr::Simple(text) => text,
            Descr::Fields(names) => return Err(structured(names)),
        };
        let mut letters = text.chars();
        let (Some(order @ ('<' | '>' | '|' | '=')), Some(class)) = (letters.next(), letters.next()) else {
            return Err(refusal(text, '?', None));
        };
        let size = letters.as_str().parse().ok();
        let big_endian = order == '>';
        match (class, size) {
            ('c', Some(size @ (8 | 16))) if T::COMPLEX => Ok(Self { class, size, big_endian, component: size / 2 }),
            ('f' | 'i' | 'u' | 'b', Some(_)) if T::COMPLEX => {
                let remedy = "save a.astype('complex128'), or use a core for real matrices";
                Err(fault(text, "real numbers, where complex ones are wanted", remedy))
            }
            ('f', Some(size @ (2 | 4 | 8))) | ('i' | 'u', Some(size @ (1 | 2 | 4 | 8))) | ('b', Some(size @ 1)) => {
                Ok(Self { class, size, big_endian, component: size })
            }
            _ => Err(refusal(text, class, size)),
        }
    }

    /// The element in `chunk`, which is `size` bytes long.
    pub(super) fn value<T: Number>(&self, chunk: &[u8]) -> T {
        let (re, im) = chunk.split_at(self.component);
        T::of_parts(self.component(re), if T::COMPLEX { self.component(im) } else { 0.0 })
    }

    fn component(&self, chunk: &[u8]) -> f64 {
        let join = |bits: u64, byte: &u8| bits << 8 | u64::from(*byte);
        let bits = if self.big_endian { chunk.iter().fold(0, join) } else { chunk.iter().rev().fold(0, join) };
        let unused = 64 - 8 * self.component;
        match (self.class, self.component) {
            ('f', 2) => half(bits as u16),
            ('f' | 'c', 4) => f64::from(f32::from_bits(bits as u32)),
            ('f' | 'c', _) => f64::from_bits(bits),
            ('i', _) => ((bits << unused).cast_signed() >> unused) as f64,
            // numpy takes every byte but 0 for true.
            ('b', _) => f64::from(u8::from(bits != 0)),
            _ => bits as f64,
        }
    }
}

/// The number that an IEEE 754 binary16 stands for.
fn half(bits: u16) -> f64 {
    let (exponent, fraction) = (i32::from(bits >> 10 & 31), f64::from(bits & 1023));
    let size = match exponent {
        0 => fraction * 2.0_f64.powi(-24),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        _ => (1024.0 + fraction) * 2.0_f64.powi(exponent - 25),
    };
    if bits >> 15 == 1 { -size } else { size }
}

/// Says which numpy type this is, why it is not read, and what to save instead.
fn refusal(descr: &str, class: char, size: Option<usize>) -> Fault {
    let (what, remedy) = match (class, size) {
        ('c', size) => {
            let name = size.map_or("complex".to_owned(), |size| format!("complex{}", size.saturating_mul(8)));
            let what = format!("complex numbers ({name}), and cores here take real matrices");
            return fault(descr, &what, COMPLEX);
        }
        ('f', Some(10..=16)) => (
            "extended-precision numbers (longdouble), whose bytes differ from machine to machine",
            "save a.astype('float64')",
        ),
        ('O', _) => {
            ("Python objects, which only Python can unpickle", "save the numbers alone, with a.astype('float64')")
        }
        ('S' | 'a' | 'U' | 'T', _) => ("text", "if it spells numbers, save a.astype('float64')"),
        ('M', _) => ("dates (datetime64)", "save numbers, such as (a - a.min()) / numpy.timedelta64(1, 's')"),
        ('m', _) => ("time spans (timedelta64)", "save numbers, such as a / numpy.timedelta64(1, 's')"),
        ('V', _) => ("raw bytes (void)", "save numbers, such as a.view('float64') if that is what the bytes are"),
        _ => ("of a type that is not read here", "convert the array with a.astype('float64')"),
    };
    fault(descr, what, remedy)
}

const COMPLEX: &str = "save a.real if the imaginary part, which would be lost, does not matter; numpy.block([[a.real, \
                       -a.imag], [a.imag, a.real]]) is a real matrix with the same singular values, each twice";

fn fault(descr: &str, what: &str, remedy: &str) -> Fault {
    let found = format!("the elements (dtype {}) are {what}", quote(descr));
    Fault::new(Place::File, Kind::Unsupported, found, remedy)
}

fn structured(names: &[String]) -> Fault {
    const SHOWN: usize = 6;
    let shown: Vec<String> = names.iter().take(SHOWN).map(|name| quote(name)).collect();
    let more = if names.len() > SHOWN { ", ..." } else { "" };
    let fields = if names.len() == 1 { "the field" } else { "the fields" };
    let found = format!("this is a structured array, with {fields} {}{more}", shown.join(", "));
    let remedy = "save one field, such as a['name'], or numpy.lib.recfunctions.structured_to_unstructured(a), which \
                  makes a column of each";
    Fault::new(Place::File, Kind::Unsupported, found, remedy)
}
