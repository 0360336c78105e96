//! Reads a matrix from a file, by the format that the file's extension tells.

use crate::reader::error::{Fault, Kind, Place, ReadError};
use crate::reader::file::read_bytes;
use crate::reader::text::quote;
use crate::reader::{csv, json, matrix_market, npy};
use nalgebra::DMatrix;
use std::path::Path;

/// A matrix, and its name in reports.
#[derive(Debug, Clone, PartialEq)]
pub struct NamedMatrix<T = f64> {
    /// The stem of the file's name, unless a JSON file names its matrix. It is free text and not safe as the name of a
    /// file.
    pub name: String,
    /// The elements, all finite. There is at least one row and one column.
    pub matrix: DMatrix<T>,
}

/// Reads the matrix in the file `path`. The extension, in upper or lower case, tells the format.
///
/// # Errors
///
/// The file cannot be read, its extension is unknown, or [`parse_matrix`] refuses its content.
pub fn read_matrix(path: impl AsRef<Path>) -> Result<NamedMatrix, ReadError> {
    let path = path.as_ref();
    // The extension is checked before the file is opened, because a wrong one is the more useful message even if the
    // file is missing, too.
    Format::of(path).map_err(|fault| ReadError::new(path, fault))?;
    parse_matrix(path, &read_bytes(path, "matrix file")?)
}

/// Reads the matrix in `bytes` as [`read_matrix`] would if they were the content of `path`. No file is opened.
///
/// # Errors
///
/// - The extension is unknown.
/// - The content is empty, malformed, truncated, or too large.
/// - The rows differ in length.
/// - An element is not a number, a NaN, or infinite.
/// - A count or an index in a Matrix Market file is wrong.
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
