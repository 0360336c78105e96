//! Reads matrices from a file: `.csv`, `.mtx` (Matrix Market), `.npy` and `.npz` (numpy) or `.json`.
//!
//! Every refusal is a [`ReadError`] that names the file and the place in it, what is wrong there, and what would be
//! right. No bytes make these functions panic, and no header makes them allocate more than [`MAX_ELEMENTS`] elements.
//!
//! Decimal text and 64-bit integers are rounded to the nearest `f64`.
//!
//! Elements are real, or complex ([`Number`]): `1+2i` or `1+2j` in text, `complex` and `hermitian` in Matrix Market,
//! `complex64` and `complex128` in numpy, and `[re, im]` in JSON.

mod csv;
mod decimals;
mod dtype;
mod error;
mod file;
mod json;
mod kind;
mod labels;
mod limits;
mod matrix;
mod matrix_market;
mod memory;
mod npy;
mod npz;
mod records;
mod separator;
mod spelling;
mod text;
mod words;

pub use csv::MatrixText;
pub use decimals::{DecimalSign, Decimals, is_number};
pub use error::{Fault, Kind, Place, ReadError};
pub use file::read_bytes;
pub use kind::Number;
pub use labels::{Asked, Form, Labels, are_years};
pub use limits::{MAX_BYTES, MAX_ELEMENTS};
pub use matrix::{NamedMatrix, parse_matrices, parse_matrix, parse_numbers, read_matrices, read_numbers};
pub use memory::{NoMemory, check_memory, reserve};
pub use records::{Layout, Record, Records, Skipped};
pub use separator::{Field, Separator};
pub use text::{brief, counted_fields, number, quote, unusual_number, utf8};
pub use words::{is_missing, is_spreadsheet_error};

#[cfg(test)]
#[path = "reader/tests.rs"]
mod tests;
