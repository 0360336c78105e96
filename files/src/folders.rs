//! Folders that are created for what is written into them.

use crate::error::FileError;
use crate::operations;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// All folders that this program has created, those inside of others later.
static CREATED: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// Creates a folder, and those that it is in, where they do not exist. Returns the new ones, outermost first. While
/// they are empty, [`clean_up`](crate::clean_up) removes them again.
///
/// # Errors
///
/// If there is a file, a device or a symbolic link to nothing, or if the folder cannot be created.
pub fn make_folder(folder: &Path) -> Result<Vec<PathBuf>, FileError> {
    if exists(folder)? {
        return Ok(Vec::new());
    }
    let absolute = std::path::absolute(folder).map_err(FileError::io(folder))?;
    let missing: Vec<&Path> = absolute.ancestors().take_while(|path| !path.exists()).collect();
    let mut made = Vec::new();
    for path in missing.into_iter().rev() {
        match operations::create_folder(path) {
            Ok(()) => {
                made.push(path.to_owned());
                CREATED.lock().unwrap_or_else(PoisonError::into_inner).push(path.to_owned());
            }
            // Another process was faster.
            Err(error) if error.kind() == ErrorKind::AlreadyExists && path.is_dir() => {}
            Err(source) => {
                remove_empty(&made);
                return Err(FileError::Io { path: folder.to_owned(), source });
            }
        }
    }
    Ok(made)
}

/// Whether there is a folder, or a link to one. It is an error if something else has this name.
pub(crate) fn exists(folder: &Path) -> Result<bool, FileError> {
    match folder.metadata() {
        Ok(found) if found.is_dir() => Ok(true),
        Ok(_) => Err(FileError::IsFile(folder.to_owned())),
        Err(error) if error.kind() == ErrorKind::NotFound => match folder.symlink_metadata() {
            Ok(_) => Err(FileError::Dangling(folder.to_owned())),
            Err(_) => Ok(false),
        },
        Err(source) => Err(FileError::Io { path: folder.to_owned(), source }),
    }
}

/// Removes those of these folders that are empty, the last first.
pub(crate) fn remove_empty(folders: &[PathBuf]) {
    for folder in folders.iter().rev() {
        let is_empty = fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_none());
        if is_empty {
            let _ = operations::remove_empty(folder);
        }
    }
}

/// Removes all folders that this program has created and that are empty.
pub(crate) fn remove_created() {
    remove_empty(&CREATED.lock().unwrap_or_else(PoisonError::into_inner));
}
