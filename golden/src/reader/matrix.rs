//! Reads matrices from a file, by the format that the file's extension tells.

use crate::reader::csv::MatrixText;
use crate::reader::error::{Fault, Kind, Place, ReadError};
use crate::reader::file::{read_bytes, read_standard_input};
use crate::reader::kind::Number;
use crate::reader::npy::Parsed;
use crate::reader::text::quote;
use crate::reader::{csv, json, matrix_market, npy, npz};
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

/// The path that stands for standard input.
const STANDARD_INPUT: &str = "-";

/// Reads the matrices in the file `path`. The extension, in upper or lower case, tells the format. The path `-` stands
/// for standard input, of which the first bytes tell the format.
///
/// # Errors
///
/// The file cannot be read, its extension is unknown, or [`parse_matrices`] refuses its content.
pub fn read_matrices(path: impl AsRef<Path>) -> Result<Vec<NamedMatrix>, ReadError> {
    read_numbers(path).map(|(matrices, _)| matrices)
}

/// Does the same for real or complex numbers, and tells how the text was read if the file is delimited text.
///
/// # Errors
///
/// Those of [`read_matrices`]; and the file holds numbers of the other kind ([`Number`]).
pub fn read_numbers<T: Number>(path: impl AsRef<Path>) -> Result<(Vec<NamedMatrix<T>>, Option<MatrixText>), ReadError> {
    let path = path.as_ref();
    if path == Path::new(STANDARD_INPUT) {
        let name = Path::new("standard input");
        let bytes = read_standard_input(name)?;
        return parse(name, Format::seen_in(&bytes), &bytes);
    }
    // The extension is checked before the file is opened, because a wrong one is the more useful message even if the
    // file is missing, too.
    let format = Format::of(path).map_err(|fault| ReadError::new(path, fault))?;
    parse(path, format, &read_bytes(path, "matrix file")?)
}

/// Reads the matrices in `bytes` as [`read_matrices`] would if they were the content of `path`. No file is opened.
///
/// An array of three dimensions and an archive hold several matrices, each of which has its place in its name, such as
/// `a[3]`, `a[x]` or `a[x][3]`. There is at least one matrix.
///
/// # Errors
///
/// - The extension is unknown.
/// - The content is empty, malformed, truncated, or too large.
/// - The rows differ in length.
/// - An element is not a number, a NaN, or infinite.
/// - A count or an index in a Matrix Market file is wrong.
pub fn parse_matrices(path: impl AsRef<Path>, bytes: &[u8]) -> Result<Vec<NamedMatrix>, ReadError> {
    parse_numbers(path, bytes)
}

/// Does the same for real or complex numbers, like [`read_numbers`].
///
/// # Errors
///
/// Those of [`parse_matrices`]; and the bytes hold numbers of the other kind ([`Number`]).
pub fn parse_numbers<T: Number>(path: impl AsRef<Path>, bytes: &[u8]) -> Result<Vec<NamedMatrix<T>>, ReadError> {
    let path = path.as_ref();
    let format = Format::of(path).map_err(|fault| ReadError::new(path, fault))?;
    parse(path, format, bytes).map(|(matrices, _)| matrices)
}

/// Reads the only matrix in `bytes`. It is an error if there are several, or if [`parse_matrices`] reports one.
pub fn parse_matrix(path: impl AsRef<Path>, bytes: &[u8]) -> Result<NamedMatrix, ReadError> {
    let path = path.as_ref();
    let mut matrices = parse_matrices(path, bytes)?;
    match (matrices.pop(), matrices.len()) {
        (Some(only), 0) => Ok(only),
        (_, others) => {
            let found = format!("the file holds {} matrices", others + 1);
            Err(ReadError::new(path, Fault::new(Place::File, Kind::Unsupported, found, "give one matrix here")))
        }
    }
}

fn parse<T: Number>(
    path: &Path,
    format: Format,
    bytes: &[u8],
) -> Result<(Vec<NamedMatrix<T>>, Option<MatrixText>), ReadError> {
    let stem = path.file_stem().map_or_else(|| "matrix".to_owned(), |stem| stem.to_string_lossy().into_owned());
    let attach = |fault| ReadError::new(path, fault);
    let mut text = None;
    let matrices = match format {
        Format::Csv => {
            let (matrix, found) = csv::parse(bytes).map_err(attach)?;
            text = Some(found);
            vec![NamedMatrix { name: stem, matrix }]
        }
        Format::MatrixMarket => {
            vec![NamedMatrix { name: stem, matrix: matrix_market::parse(bytes).map_err(attach)? }]
        }
        Format::Json => {
            let (name, matrix) = json::parse(bytes).map_err(attach)?;
            vec![NamedMatrix { name: name.unwrap_or(stem), matrix }]
        }
        Format::Npy => named(&stem, npy::parse(bytes).map_err(attach)?),
        Format::Npz => {
            let arrays = npz::parse(bytes).map_err(|(array, fault)| match array {
                None => attach(fault),
                Some(array) => ReadError::new(Path::new(&format!("{}[{array}]", path.display())), fault),
            })?;
            arrays.into_iter().flat_map(|(array, parsed)| named(&format!("{stem}[{array}]"), parsed)).collect()
        }
    };
    Ok((matrices, text))
}

/// The matrices of an array with this name.
fn named<T>(name: &str, parsed: Parsed<T>) -> Vec<NamedMatrix<T>> {
    match parsed {
        Parsed::One(matrix) => vec![NamedMatrix { name: name.to_owned(), matrix }],
        Parsed::Stack(matrices) => {
            let numbered = matrices.into_iter().enumerate();
            numbered.map(|(index, matrix)| NamedMatrix { name: format!("{name}[{index}]"), matrix }).collect()
        }
    }
}

enum Format {
    Csv,
    MatrixMarket,
    Npy,
    Npz,
    Json,
}

impl Format {
    fn of(path: &Path) -> Result<Self, Fault> {
        let extension = path.extension().map(|extension| extension.to_string_lossy().to_ascii_lowercase());
        match extension.as_deref() {
            Some("csv") => Ok(Self::Csv),
            Some("mtx") => Ok(Self::MatrixMarket),
            Some("npy") => Ok(Self::Npy),
            Some("npz") => Ok(Self::Npz),
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
                "use .csv, .mtx, .npy, .npz or .json",
            )),
        }
    }

    /// The format that the first bytes tell. Text that is nothing else is read as comma-separated values.
    fn seen_in(bytes: &[u8]) -> Self {
        match bytes.trim_ascii_start() {
            [b'\x93', b'N', b'U', b'M', ..] => Self::Npy,
            [b'P', b'K', 3 | 5, ..] => Self::Npz,
            [b'%', b'%', ..] => Self::MatrixMarket,
            [b'{' | b'[', ..] => Self::Json,
            _ => Self::Csv,
        }
    }
}
