//! Files that grow during the work, line by line. What is in them stays.

use crate::operations;
use std::fs::File;
use std::io::{self, ErrorKind};
use std::path::Path;

/// Opens a file for reading and adding. It is created if there is none.
///
/// # Errors
///
/// If it cannot be opened, or if something else has its name: a device or a pipe cannot be continued.
pub fn open(path: &Path) -> io::Result<File> {
    match path.metadata() {
        Ok(found) if !found.is_file() => Err(io::Error::new(ErrorKind::InvalidInput, "this is no regular file")),
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => operations::open_to_add(path),
    }
}

/// Adds these bytes at the end, in one call.
pub fn add(file: &mut File, bytes: &[u8]) -> io::Result<()> {
    operations::write(file, bytes)
}

/// Removes a file that could not be begun.
pub fn remove(path: &Path) {
    let _ = operations::remove(path);
}

/// Cuts the file after this number of bytes.
pub fn cut(file: &File, bytes: u64) -> io::Result<()> {
    operations::cut(file, bytes)
}
