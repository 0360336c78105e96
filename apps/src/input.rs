//! Files that people give: read whole, as text, with a message that says what is wrong, where, and what would be right.

use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// The longest file that is read, in bytes: 1 GiB.
pub const MAX_BYTES: u64 = 1 << 30;

/// Why a file was refused. Displayed as one line: `FILE, line L, column C: what was wrong; what would be right`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{place}: {found}; {remedy}", path.display())]
pub struct InputError {
    /// The file.
    pub path: PathBuf,
    /// Where in it.
    pub place: Place,
    /// What was wrong, for people.
    pub found: String,
    /// What would be right, for people.
    pub remedy: String,
}

impl InputError {
    /// A fault of a file.
    pub fn new(path: &Path, place: Place, found: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { path: path.to_owned(), place, found: found.into(), remedy: remedy.into() }
    }
}

/// A place in a file. All numbers count from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The file as a whole.
    File,
    /// A line of text.
    Line(usize),
    /// A comma-separated field of a line.
    Field {
        /// The line.
        line: usize,
        /// The field, as a spreadsheet counts columns.
        column: usize,
    },
    /// A byte of a line.
    Byte {
        /// The line.
        line: usize,
        /// The byte in the line.
        byte: usize,
    },
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File => Ok(()),
            Self::Line(line) => write!(f, ", line {line}"),
            Self::Field { line, column } => write!(f, ", line {line}, column {column}"),
            Self::Byte { line, byte } => write!(f, ", line {line}, byte {byte}"),
        }
    }
}

/// All bytes of a file.
pub fn read_bytes(path: &Path) -> Result<Vec<u8>, InputError> {
    let refuse = |found: String, remedy: &str| InputError::new(path, Place::File, found, remedy);
    let mut bytes = Vec::new();
    // `take`, so that a device or a pipe that never ends does.
    File::open(path)
        .and_then(|file| file.take(MAX_BYTES + 1).read_to_end(&mut bytes))
        .map_err(|error| refuse(format!("cannot be read: {error}"), "give the path of an existing, readable file"))?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(refuse(format!("is longer than {MAX_BYTES} bytes"), "give a shorter file"));
    }
    Ok(bytes)
}

/// All text of a UTF-8 file, without a byte order mark.
pub fn read_text(path: &Path) -> Result<String, InputError> {
    let mut bytes = read_bytes(path)?;
    if bytes.starts_with(b"\xEF\xBB\xBF") {
        bytes.drain(..3);
    }
    String::from_utf8(bytes).map_err(|error| {
        let good = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line_start = good.iter().rposition(|&b| b == b'\n').map_or(0, |at| at + 1);
        let place =
            Place::Byte { line: 1 + good.iter().filter(|&&b| b == b'\n').count(), byte: 1 + good.len() - line_start };
        let byte = error.as_bytes()[good.len()];
        InputError::new(
            path,
            place,
            format!("the byte 0x{byte:02X} is not UTF-8 text"),
            "save the file as plain UTF-8 text",
        )
    })
}

/// A text in quotes, shortened and escaped, so that no file can spoil a terminal with its error message.
pub fn quote(text: &str) -> String {
    const SHOWN: usize = 40;
    let head: String = text.chars().take(SHOWN).collect();
    let dots = if head.len() < text.len() { "..." } else { "" };
    format!("'{}{dots}'", head.escape_debug())
}
