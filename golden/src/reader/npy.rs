//! The numpy file format (NEP 1, and `numpy.lib.format`), versions 1.0, 2.0 and 3.0.
//!
//! Arrays have one to three dimensions, in C or Fortran order. Elements are `f4`, `f8`, `i1` to `i8` or `u1` to `u8`,
//! in either byte order. An array of one dimension is a column, as in `numpy.savetxt`, and one of three dimensions is a
//! stack of matrices.
//!
//! The reader is our own: npyz 0.9.1 allocates whatever header length a file claims, up to 4 GiB, and multiplies the
//! dimensions without a check, which panics in a debug build. The header is a Python dictionary, but of a fixed form.

use crate::reader::error::{Fault, Kind, Place};
use crate::reader::limits::{MAX_ELEMENTS, element_count};
use crate::reader::text::quote;
use nalgebra::DMatrix;

/// The matrices of an array.
pub(super) enum Parsed {
    /// An array of one or two dimensions.
    One(DMatrix<f64>),
    /// An array of three dimensions, of which the first counts the matrices.
    Stack(Vec<DMatrix<f64>>),
}

pub(super) fn parse(bytes: &[u8]) -> Result<Parsed, Fault> {
    let (text, data) = split_header(bytes)?;
    let header = Header::parse(&text)?;
    let element = ElementType::parse(&header.descr)?;
    let (depth, rows, columns) = match header.shape[..] {
        [rows] => (None, rows, 1),
        [rows, columns] => (None, rows, columns),
        [depth, rows, columns] => (Some(depth), rows, columns),
        _ => {
            let found = format!("the array has {} dimensions", header.shape.len());
            return Err(Fault::new(Place::File, Kind::Unsupported, found, "save an array of one to three dimensions"));
        }
    };
    let count = match depth {
        None => element_count(rows, columns, Place::File)?,
        Some(depth) => stack_count(depth, rows, columns)?,
    };
    let promised = count * element.size;
    if data.len() != promised {
        let stack = depth.map_or(String::new(), |depth| format!("{depth} x "));
        return Err(Fault::new(
            Place::File,
            Kind::Count,
            format!(
                "{} bytes follow the header where {stack}{rows} x {columns} of '{}' take {promised}",
                data.len(),
                header.descr
            ),
            "save the array again: the file was cut short or added to",
        ));
    }
    // All of them fit, because their product does.
    let (matrices, rows, columns) = (depth.unwrap_or(1) as usize, rows as usize, columns as usize);
    let mut found = Vec::with_capacity(matrices);
    for index in 0..matrices {
        let position = |row: usize, column: usize| match header.fortran_order {
            true => index + matrices * (row + rows * column),
            false => (index * rows + row) * columns + column,
        };
        let value = |row, column| element.value(&data[position(row, column) * element.size..][..element.size]);
        let matrix = DMatrix::from_fn(rows, columns, value);
        if let Some((row, column)) = first_not_finite(&matrix) {
            let place = match depth {
                None => Place::Element { row: row + 1, column: column + 1 },
                Some(_) => Place::StackElement { index, row: row + 1, column: column + 1 },
            };
            let value = format!("the element is {}", matrix[(row, column)]);
            return Err(Fault::new(place, Kind::NotFinite, value, "save finite numbers only"));
        }
        found.push(matrix);
    }
    Ok(match (depth, found.pop()) {
        (None, Some(only)) => Parsed::One(only),
        (_, last) => Parsed::Stack(found.into_iter().chain(last).collect()),
    })
}

/// The number of elements of a stack of matrices, or the fault if there are none or too many.
fn stack_count(depth: u64, rows: u64, columns: u64) -> Result<usize, Fault> {
    let fault = |kind, found, remedy| Err(Fault::new(Place::File, kind, found, remedy));
    let of_one = element_count(rows, columns, Place::File)?;
    match usize::try_from(depth).ok().and_then(|depth| depth.checked_mul(of_one)) {
        Some(0) => fault(Kind::Empty, "the array holds no matrix".to_owned(), "save at least one matrix".to_owned()),
        Some(count) if count <= MAX_ELEMENTS => Ok(count),
        _ => fault(
            Kind::TooLarge,
            format!("a stack of {depth} matrices of {rows} x {columns} is too large"),
            format!("give at most {MAX_ELEMENTS} elements"),
        ),
    }
}

/// The row and column of the first element, row by row, that is not finite.
fn first_not_finite(matrix: &DMatrix<f64>) -> Option<(usize, usize)> {
    let places = (0..matrix.nrows()).flat_map(|row| (0..matrix.ncols()).map(move |column| (row, column)));
    places.into_iter().find(|&place| !matrix[place].is_finite())
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
