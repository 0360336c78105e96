//! Describes what is wrong with a matrix file, where it is wrong, and what would be right.

use std::{
    fmt,
    path::{Path, PathBuf},
};

/// Why no matrix could be read from a file. Its message is one line: `FILE, PLACE: what is wrong; what would be right`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{fault}", path.display())]
pub struct ReadError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong with the file.
    pub fault: Fault,
}

impl ReadError {
    /// Attaches a fault to its file.
    pub fn new(path: &Path, fault: Fault) -> Self {
        Self { path: path.to_owned(), fault }
    }
}

/// A fault of a matrix file. Every fault says what would be right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The place in the file.
    pub place: Place,
    /// The kind of fault, for programs.
    pub kind: Kind,
    /// What is wrong, for people.
    pub found: String,
    /// What would be right, for people.
    pub remedy: String,
}

impl Fault {
    /// A fault at a place: what was found there, and what would be right.
    pub fn new(place: Place, kind: Kind, found: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { place, kind, found: found.into(), remedy: remedy.into() }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}; {}", self.place, self.found, self.remedy)
    }
}

/// A place in a matrix file. Numbers count from 1, unless they say otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The file as a whole.
    File,
    /// A line of text.
    Line(usize),
    /// A field of a line: a comma-separated value, or a word of a Matrix Market line.
    Field {
        /// The line in the file.
        line: usize,
        /// The field in the line.
        field: usize,
    },
    /// A character of a line. In JSON it is the end of the offending item.
    Character {
        /// The line in the file.
        line: usize,
        /// The character in the line.
        column: usize,
    },
    /// An element of the matrix, if the file has no lines.
    Element {
        /// The row of the matrix.
        row: usize,
        /// The column of the matrix.
        column: usize,
    },
    /// An element of a matrix in a stack.
    StackElement {
        /// The index of the matrix, which counts from 0 as numpy does.
        index: usize,
        /// The row of the matrix.
        row: usize,
        /// The column of the matrix.
        column: usize,
    },
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File => Ok(()),
            Self::Line(line) => write!(f, ", line {line}"),
            Self::Field { line, field } => write!(f, ", line {line}, field {field}"),
            Self::Character { line, column } => write!(f, ", line {line}, character {column}"),
            Self::Element { row, column } => write!(f, ", row {row}, column {column}"),
            Self::StackElement { index, row, column } => write!(f, "[{index}], row {row}, column {column}"),
        }
    }
}

/// The kind of a [`Fault`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The operating system refuses to read the file.
    Unreadable,
    /// The extension names no known format.
    UnknownExtension,
    /// There are no elements.
    Empty,
    /// A row is longer or shorter than the others.
    Ragged,
    /// An element is not a number.
    NotANumber,
    /// An element is a number, but spelled with characters that are not read, such as U+2212 for the minus sign.
    UnusualNumber,
    /// An element is a NaN, infinite, or beyond the range of `f64`.
    NotFinite,
    /// There are more elements or bytes than the limit allows.
    TooLarge,
    /// The bytes do not follow the format.
    Malformed,
    /// The file uses a part of its format that is not supported, such as complex numbers.
    Unsupported,
    /// There are more or fewer elements or bytes than the header promises.
    Count,
    /// An index lies outside the matrix, or in a place where the symmetry forbids an entry.
    Index,
    /// An entry is given twice.
    Duplicate,
    /// A value is well formed, but has no meaning in its place.
    NotAllowed,
}
