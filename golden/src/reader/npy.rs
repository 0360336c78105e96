//! The numpy file format (NEP 1, and `numpy.lib.format`), versions 1.0, 2.0 and 3.0.
//!
//! Arrays have up to three dimensions, in C or Fortran order, and elements in either byte order: `dtype.rs` lists the
//! types. A single number (no dimension) is a 1 x 1 matrix, an array of one dimension is a column, as in
//! `numpy.savetxt`, and one of three dimensions is a stack of matrices. Refused are more dimensions, empty arrays, and
//! elements that are structured, text, dates, Python objects, or complex where real ones are wanted.
//!
//! The reader is our own: npyz 0.9.1 allocates whatever header length a file claims, up to 4 GiB, and multiplies the
//! dimensions without a check, which panics in a debug build. The header is a Python dictionary, but of a fixed form.

use crate::reader::dtype::{Descr, ElementType};
use crate::reader::error::{Fault, Kind, Place};
use crate::reader::kind::Number;
use crate::reader::limits::{MAX_ELEMENTS, element_count};
use crate::reader::text::quote;
use nalgebra::DMatrix;

/// The matrices of an array.
pub(super) enum Parsed<T> {
    /// An array of one or two dimensions.
    One(DMatrix<T>),
    /// An array of three dimensions, of which the first counts the matrices.
    Stack(Vec<DMatrix<T>>),
}

pub(super) fn parse<T: Number>(bytes: &[u8]) -> Result<Parsed<T>, Fault> {
    let (text, data) = split_header(bytes)?;
    let header = Header::parse(&text)?;
    let element = ElementType::parse::<T>(&header.descr)?;
    let (depth, rows, columns) = match header.shape[..] {
        [] => (None, 1, 1),
        [rows] => (None, rows, 1),
        [rows, columns] => (None, rows, columns),
        [depth, rows, columns] => (Some(depth), rows, columns),
        [.., rows, columns] => return Err(too_deep(&header.shape, rows, columns)),
    };
    let count = match depth {
        None => element_count(rows, columns, Place::File)?,
        Some(depth) => stack_count(depth, rows, columns)?,
    };
    let promised = count * element.size;
    if data.len() != promised {
        return Err(wrong_length(&header, data, promised));
    }
    // All of them fit, because their product does.
    let (matrices, rows, columns) = (depth.unwrap_or(1) as usize, rows as usize, columns as usize);
    let mut found = Vec::with_capacity(matrices);
    for index in 0..matrices {
        let position = |row: usize, column: usize| match header.fortran_order {
            true => index + matrices * (row + rows * column),
            false => (index * rows + row) * columns + column,
        };
        let value = |row, column| element.value::<T>(&data[position(row, column) * element.size..][..element.size]);
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

/// The length in bytes of the file that begins with `head`, as its header promises. `None` if the header is wrong, or
/// longer than `head`.
pub(super) fn promised_length<T: Number>(head: &[u8]) -> Option<u64> {
    let (text, data) = split_header(head).ok()?;
    let header = Header::parse(&text).ok()?;
    let element = ElementType::parse::<T>(&header.descr).ok()?;
    let elements = header.shape.iter().fold(1_u64, |count, &size| count.saturating_mul(size));
    Some(elements.saturating_mul(element.size as u64).saturating_add((head.len() - data.len()) as u64))
}

fn too_deep(shape: &[u64], rows: u64, columns: u64) -> Fault {
    let found = format!("the array has {} dimensions", shape.len());
    let remedy = format!(
        "save an array of at most three dimensions: a.reshape(-1, {rows}, {columns}) is a stack of all its matrices"
    );
    Fault::new(Place::File, Kind::Unsupported, found, remedy)
}

/// The fault of `data` that is longer or shorter than the `promised` bytes.
fn wrong_length(header: &Header, data: &[u8], promised: usize) -> Fault {
    if data.get(promised..).is_some_and(|rest| rest.starts_with(MAGIC)) {
        let found = "a second array follows the first";
        let remedy =
            "save several arrays with numpy.savez, in an .npz file, or stack matrices of one size in one array";
        return Fault::new(Place::File, Kind::Unsupported, found, remedy);
    }
    let size: Vec<String> = header.shape.iter().map(u64::to_string).collect();
    let size = if size.len() == 1 { format!("{} x 1", size[0]) } else { size.join(" x ") };
    let descr = match &header.descr {
        Descr::Simple(text) => text.as_str(),
        Descr::Fields(_) => "a structured type",
    };
    let size = if size.is_empty() { "1 x 1" } else { &size };
    let found = format!("{} bytes follow the header where {size} of '{descr}' take {promised}", data.len());
    Fault::new(Place::File, Kind::Count, found, "save the array again: the file was cut short or added to")
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
fn first_not_finite<T: Number>(matrix: &DMatrix<T>) -> Option<(usize, usize)> {
    let places = (0..matrix.nrows()).flat_map(|row| (0..matrix.ncols()).map(move |column| (row, column)));
    places.into_iter().find(|&place| !matrix[place].is_finite())
}

/// The bytes with which every file begins.
const MAGIC: &[u8] = b"\x93NUMPY";

const SAVE: &str = "write the file with numpy.save";

/// The header's text, and the data after it.
fn split_header(bytes: &[u8]) -> Result<(String, &[u8]), Fault> {
    let fault = |kind, found: &str| Err(Fault::new(Place::File, kind, found, SAVE));
    if bytes.is_empty() {
        return fault(Kind::Empty, "the file is empty");
    }
    let Some(rest) = bytes.strip_prefix(MAGIC) else {
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

struct Header {
    descr: Descr,
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
                    "descr" => descr = Some(words.descr()?),
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

    /// A type, or the list of fields of a structured type: `[('a', '<f8'), (('title', 'b'), '<i4', (2,))]`.
    fn descr(&mut self) -> Option<Descr> {
        if !self.0.starts_with('[') {
            return Some(Descr::Simple(self.string()?.to_owned()));
        }
        let start = self.0;
        let names = self.field_names().filter(|names| !names.is_empty());
        if names.is_none() {
            self.0 = start;
        }
        names.map(Descr::Fields)
    }

    /// The names in the list of fields. Of a name with a title, which is a tuple of both, only the name is kept.
    fn field_names(&mut self) -> Option<Vec<String>> {
        let (mut names, mut open, mut wants_name) = (Vec::new(), Vec::new(), false);
        loop {
            let next = self.0.chars().next()?;
            match next {
                '\'' | '"' => {
                    let text = self.string()?;
                    if wants_name {
                        let is_title = open == ['[', '(', '('];
                        let name = if is_title { self.skip(",").and_then(|()| self.string())? } else { text };
                        // Padding has a name of no letters.
                        names.extend(Some(name.to_owned()).filter(|name| !name.is_empty()));
                        wants_name = false;
                    }
                    continue;
                }
                '[' | '(' => {
                    wants_name |= next == '(' && open == ['['];
                    open.push(next);
                }
                ']' | ')' => {
                    open.pop().filter(|&begin| (begin == '[') == (next == ']'))?;
                }
                ',' | '0'..='9' => {}
                _ => return None,
            }
            self.0 = self.0[next.len_utf8()..].trim_start();
            if open.is_empty() {
                return Some(names);
            }
        }
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
