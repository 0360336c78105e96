//! The numpy file format (NEP 1, and `numpy.lib.format`), versions 1.0, 2.0 and 3.0.
//!
//! Arrays have one or two dimensions, in C or Fortran order. Elements are `f4`, `f8`, `i1` to `i8` or `u1` to `u8`, in
//! either byte order. An array of one dimension is a column, as in `numpy.savetxt`.
//!
//! The reader is our own: npyz 0.9.1 allocates whatever header length a file claims, up to 4 GiB, and multiplies the
//! dimensions without a check, which panics in a debug build. The header is a Python dictionary, but of a fixed form.

use crate::reader::error::{Fault, Kind, Place};
use crate::reader::limits::element_count;
use crate::reader::text::quote;
use nalgebra::DMatrix;

pub(super) fn parse(bytes: &[u8]) -> Result<DMatrix<f64>, Fault> {
    let (text, data) = split_header(bytes)?;
    let header = Header::parse(&text)?;
    let element = ElementType::parse(&header.descr)?;
    let (rows, columns) = match header.shape[..] {
        [rows] => (rows, 1),
        [rows, columns] => (rows, columns),
        _ => {
            let found = format!("the array has {} dimensions", header.shape.len());
            return Err(Fault::new(Place::File, Kind::Unsupported, found, "save an array of one or two dimensions"));
        }
    };
    let count = element_count(rows, columns, Place::File)?;
    let promised = count * element.size;
    if data.len() != promised {
        return Err(Fault::new(
            Place::File,
            Kind::Count,
            format!(
                "{} bytes follow the header where {rows} x {columns} of '{}' take {promised}",
                data.len(),
                header.descr
            ),
            "save the array again: the file was cut short or added to",
        ));
    }
    // Both fit, because their product does.
    let (rows, columns) = (rows as usize, columns as usize);
    let values = data.chunks_exact(element.size).map(|chunk| element.value(chunk));
    let matrix = if header.fortran_order {
        DMatrix::from_iterator(rows, columns, values)
    } else {
        DMatrix::from_row_iterator(rows, columns, values)
    };
    for row in 0..rows {
        for column in 0..columns {
            let value = matrix[(row, column)];
            if !value.is_finite() {
                let place = Place::Element { row: row + 1, column: column + 1 };
                return Err(Fault::new(
                    place,
                    Kind::NotFinite,
                    format!("the element is {value}"),
                    "save finite numbers only",
                ));
            }
        }
    }
    Ok(matrix)
}

const SAVE: &str = "write the file with numpy.save";

/// The header's text, and the data after it.
fn split_header(bytes: &[u8]) -> Result<(String, &[u8]), Fault> {
    let fault = |kind, found: &str| Err(Fault::new(Place::File, kind, found, SAVE));
    if bytes.is_empty() {
        return fault(Kind::Empty, "the file is empty");
    }
    let Some(rest) = bytes.strip_prefix(b"\x93NUMPY") else {
        return fault(Kind::Malformed, "the file does not begin like a .npy file");
    };
    let (length, rest) = match *rest {
        [1, _, a, b, ref rest @ ..] => (usize::from(u16::from_le_bytes([a, b])), rest),
        [2 | 3, _, a, b, c, d, ref rest @ ..] => (u32::from_le_bytes([a, b, c, d]) as usize, rest),
        [version, _, ..] if !(1..=3).contains(&version) => {
            return fault(Kind::Unsupported, &format!("version {version} of the format is not read here"));
        }
        _ => return fault(Kind::Count, "the file ends within its header"),
    };
    match rest.split_at_checked(length) {
        Some((text, data)) => Ok((String::from_utf8_lossy(text).into_owned(), data)),
        None => fault(Kind::Count, "the file ends within its header"),
    }
}

/// The type of the elements, which says how their bytes are read.
struct ElementType {
    class: char,
    size: usize,
    big_endian: bool,
}

impl ElementType {
    fn parse(descr: &str) -> Result<Self, Fault> {
        let unsupported = || {
            let found = format!("elements of type {} are not read here", quote(descr));
            Fault::new(Place::File, Kind::Unsupported, found, "convert the array with .astype('float64')")
        };
        let mut letters = descr.chars();
        let (Some(order @ ('<' | '>' | '|' | '=')), Some(class)) = (letters.next(), letters.next()) else {
            return Err(unsupported());
        };
        let size = letters.as_str().parse().map_err(|_| unsupported())?;
        match (class, size) {
            ('f', 4 | 8) | ('i' | 'u', 1 | 2 | 4 | 8) => Ok(Self { class, size, big_endian: order == '>' }),
            _ => Err(unsupported()),
        }
    }

    /// The element in `chunk`, which is `size` bytes long. 64-bit integers are rounded to the nearest `f64`.
    fn value(&self, chunk: &[u8]) -> f64 {
        let join = |bits: u64, byte: &u8| bits << 8 | u64::from(*byte);
        let bits = if self.big_endian { chunk.iter().fold(0, join) } else { chunk.iter().rev().fold(0, join) };
        let unused = 64 - 8 * self.size;
        match (self.class, self.size) {
            ('f', 4) => f64::from(f32::from_bits(bits as u32)),
            ('f', _) => f64::from_bits(bits),
            ('i', _) => ((bits << unused).cast_signed() >> unused) as f64,
            _ => bits as f64,
        }
    }
}

struct Header {
    descr: String,
    fortran_order: bool,
    shape: Vec<u64>,
}

impl Header {
    /// Reads `{'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), }`, its keys in any order.
    fn parse(text: &str) -> Result<Self, Fault> {
        let malformed = |rest: &str| {
            let found = format!("the header is malformed at {}", quote(rest));
            Fault::new(Place::File, Kind::Malformed, found, SAVE)
        };
        let mut words = Words(text.trim());
        let (mut descr, mut fortran_order, mut shape) = (None, None, None);
        let complete = (|| {
            words.skip("{")?;
            while words.skip("}").is_none() {
                let key = words.string()?;
                words.skip(":")?;
                match key {
                    "descr" => descr = Some(words.string()?.to_owned()),
                    "fortran_order" => fortran_order = Some(words.boolean()?),
                    "shape" => shape = Some(words.tuple()?),
                    _ => return None,
                }
                if words.skip(",").is_none() {
                    words.skip("}")?;
                    break;
                }
            }
            words.0.is_empty().then_some(())
        })();
        match (complete, descr, fortran_order, shape) {
            (Some(()), Some(descr), Some(fortran_order), Some(shape)) => Ok(Self { descr, fortran_order, shape }),
            _ => Err(malformed(words.0)),
        }
    }
}

/// The rest of the header's text. Each method takes one item from its front, or returns `None` if there is no such
/// item.
struct Words<'a>(&'a str);

impl<'a> Words<'a> {
    fn skip(&mut self, word: &str) -> Option<()> {
        self.0 = self.0.strip_prefix(word)?.trim_start();
        Some(())
    }

    fn string(&mut self) -> Option<&'a str> {
        let quote = self.0.chars().next().filter(|quote| matches!(quote, '\'' | '"'))?;
        let (text, rest) = self.0[1..].split_once(quote)?;
        self.0 = rest.trim_start();
        Some(text)
    }

    fn boolean(&mut self) -> Option<bool> {
        match self.skip("True") {
            Some(()) => Some(true),
            None => self.skip("False").map(|()| false),
        }
    }

    fn tuple(&mut self) -> Option<Vec<u64>> {
        let mut items = Vec::new();
        self.skip("(")?;
        while self.skip(")").is_none() {
            let end = self.0.find(|letter: char| !letter.is_ascii_digit())?;
            items.push(self.0[..end].parse().ok()?);
            self.0 = self.0[end..].trim_start();
            // Python 2 wrote its long integers as 3L.
            let _ = self.skip("L");
            if self.skip(",").is_none() {
                self.skip(")")?;
                break;
            }
        }
        Some(items)
    }
}
