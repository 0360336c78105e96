//! Reads one matrix from a file: `.csv`, `.mtx` (Matrix Market), `.npy` (numpy), `.json`.
//!
//! Every refusal is a [`ReadError`] that names the file, the place in it, what was wrong and what would be right. No bytes make
//! these functions panic, and no header makes them allocate more than [`MAX_ELEMENTS`] elements.
//!
//! Decimal text and 64-bit integers are rounded to the nearest `f64`.

mod csv;
mod error;
mod json;
mod matrix_market;
mod npy;
mod records;

pub use error::{Fault, Kind, Place, ReadError};
pub use records::Records;

use nalgebra::DMatrix;
use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

/// The most elements (rows x columns) a matrix may have: 2^26, half a gibibyte of `f64`.
pub const MAX_ELEMENTS: usize = 1 << 26;

/// The longest file that is read, in bytes: 1 GiB.
pub const MAX_BYTES: u64 = 1 << 30;

/// A matrix and what to call it in reports.
#[derive(Debug, Clone, PartialEq)]
pub struct NamedMatrix {
    /// The file's stem, unless a JSON file names its matrix. Free text: not safe as a file name.
    pub name: String,
    /// The elements: finite, at least one row and one column.
    pub matrix: DMatrix<f64>,
}

/// Reads the matrix in `path`; its extension (in any case) tells the format.
///
/// # Errors
///
/// The file cannot be read, its extension is unknown, or [`parse_matrix`] refuses its content.
pub fn read_matrix(path: impl AsRef<Path>) -> Result<NamedMatrix, ReadError> {
    let path = path.as_ref();
    // Before opening: a wrong extension is the more useful message even where the file is missing too.
    Format::of(path).map_err(|fault| ReadError::new(path, fault))?;
    parse_matrix(path, &read_bytes(path, "matrix file")?)
}

/// The content of a file, at most [`MAX_BYTES`] long; `what` says in messages what sort of file it should be.
///
/// # Errors
///
/// The file cannot be read or is longer.
pub fn read_bytes(path: &Path, what: &str) -> Result<Vec<u8>, ReadError> {
    let attach = |fault| ReadError::new(path, fault);
    let content = File::open(path).and_then(|file| at_most(MAX_BYTES, file)).map_err(|error| {
        attach(Fault::new(
            Place::File,
            Kind::Unreadable,
            format!("cannot be read: {error}"),
            format!("give the path of an existing, readable {what}"),
        ))
    })?;
    content.ok_or_else(|| {
        attach(Fault::new(
            Place::File,
            Kind::TooLarge,
            format!("is longer than {MAX_BYTES} bytes"),
            "give a shorter file",
        ))
    })
}

/// All bytes, of a device or a pipe that never ends too; `None` if there are more than `limit`.
fn at_most(limit: u64, file: impl Read) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    file.take(limit + 1).read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 <= limit).then_some(bytes))
}

/// Reads the matrix in `bytes` as [`read_matrix`] would if they were the content of `path`, which is not opened.
///
/// # Errors
///
/// The extension is unknown; the content is empty, malformed, truncated, or too large; a row is ragged; an element is not a
/// number, a NaN, or infinite; a Matrix Market count or index is wrong.
pub fn parse_matrix(path: impl AsRef<Path>, bytes: &[u8]) -> Result<NamedMatrix, ReadError> {
    let path = path.as_ref();
    let (name, matrix) = Format::of(path)
        .and_then(|format| match format {
            Format::Csv => Ok((None, csv::parse(bytes)?)),
            Format::MatrixMarket => Ok((None, matrix_market::parse(bytes)?)),
            Format::Npy => Ok((None, npy::parse(bytes)?)),
            Format::Json => json::parse(bytes),
        })
        .map_err(|fault| ReadError::new(path, fault))?;
    let stem = || path.file_stem().map_or_else(|| "matrix".to_owned(), |stem| stem.to_string_lossy().into_owned());
    Ok(NamedMatrix { name: name.unwrap_or_else(stem), matrix })
}

enum Format {
    Csv,
    MatrixMarket,
    Npy,
    Json,
}

impl Format {
    fn of(path: &Path) -> Result<Self, Fault> {
        let extension = path.extension().map(|extension| extension.to_string_lossy().to_ascii_lowercase());
        match extension.as_deref() {
            Some("csv") => Ok(Self::Csv),
            Some("mtx") => Ok(Self::MatrixMarket),
            Some("npy") => Ok(Self::Npy),
            Some("json") => Ok(Self::Json),
            other => Err(Fault::new(
                Place::File,
                Kind::UnknownExtension,
                match other {
                    Some(extension) => {
                        format!("the extension {} is no matrix format", quote(extension))
                    }
                    None => "the file name has no extension to tell its format".to_owned(),
                },
                "use .csv, .mtx, .npy or .json",
            )),
        }
    }
}

/// The finite number that `text` spells.
///
/// # Errors
///
/// It spells none; the fault is at `place`.
pub fn number(text: &str, place: Place) -> Result<f64, Fault> {
    let fault = |kind, found, remedy| Err(Fault::new(place, kind, found, remedy));
    match text.parse::<f64>() {
        Ok(value) if value.is_finite() => Ok(value),
        Ok(value) => fault(
            Kind::NotFinite,
            if value.is_nan() {
                format!("{} is not a number (NaN)", quote(text))
            } else {
                format!("{} is infinite, or too large for an f64", quote(text))
            },
            "give a finite number",
        ),
        Err(_) if text.is_empty() => {
            fault(Kind::NotANumber, "an element is missing".to_owned(), "write a number, 0 if there is nothing")
        }
        Err(_) => fault(
            Kind::NotANumber,
            format!("{} is not a number", quote(text)),
            "write a decimal number such as -0.25 or 1e-3",
        ),
    }
}

/// The number of elements of a rows x columns matrix, or the fault at `place` if there are none or too many.
fn element_count(rows: u64, columns: u64, place: Place) -> Result<usize, Fault> {
    if rows == 0 || columns == 0 {
        return Err(Fault::new(
            place,
            Kind::Empty,
            format!("a {rows} x {columns} matrix has no elements"),
            "give at least one row and one column",
        ));
    }
    rows.checked_mul(columns)
        .and_then(|count| usize::try_from(count).ok())
        .filter(|&count| count <= MAX_ELEMENTS)
        .ok_or_else(|| {
            Fault::new(
                place,
                Kind::TooLarge,
                format!("a {rows} x {columns} matrix is too large"),
                format!("give at most {MAX_ELEMENTS} elements"),
            )
        })
}

/// `text` in quotes, shortened and escaped, so that no file can spoil a terminal with its error message.
pub fn quote(text: &str) -> String {
    const SHOWN: usize = 40;
    let head: String = text.chars().take(SHOWN).collect();
    let dots = if head.len() < text.len() { "..." } else { "" };
    format!("'{}{dots}'", head.escape_debug())
}

/// The text without a byte order mark.
///
/// # Errors
///
/// A byte is not UTF-8; the fault names its line.
pub fn utf8(bytes: &[u8]) -> Result<&str, Fault> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    std::str::from_utf8(bytes).map_err(|error| {
        let good = &bytes[..error.valid_up_to()];
        Fault::new(
            Place::Line(1 + good.iter().filter(|&&byte| byte == b'\n').count()),
            Kind::Malformed,
            "a byte is not UTF-8 text".to_owned(),
            "save the file as plain UTF-8 text",
        )
    })
}

#[cfg(test)]
#[path = "reader/tests.rs"]
mod tests;
