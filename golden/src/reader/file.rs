//! Reads the bytes of a file, and no more of them than the limit.

use crate::reader::error::{Fault, Kind, Place, ReadError};
use crate::reader::limits::MAX_BYTES;
use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

/// The content of a file of at most [`MAX_BYTES`]. `what` names the kind of file in messages.
///
/// # Errors
///
/// The file cannot be read, or it is longer.
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

/// What comes from standard input, of at most [`MAX_BYTES`].
///
/// # Errors
///
/// It cannot be read, or it is longer.
pub(super) fn read_standard_input(name: &Path) -> Result<Vec<u8>, ReadError> {
    let fault = |kind, found: String, remedy: &str| ReadError::new(name, Fault::new(Place::File, kind, found, remedy));
    match at_most(MAX_BYTES, io::stdin().lock()) {
        Ok(Some(bytes)) => Ok(bytes),
        Ok(None) => Err(fault(Kind::TooLarge, format!("is longer than {MAX_BYTES} bytes"), "give a shorter file")),
        Err(error) => Err(fault(Kind::Unreadable, format!("cannot be read: {error}"), "give the name of a file")),
    }
}

/// All bytes, or `None` if there are more than `limit`. It ends even if the file is a device or a pipe that never does.
pub(super) fn at_most(limit: u64, file: impl Read) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    file.take(limit + 1).read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 <= limit).then_some(bytes))
}
