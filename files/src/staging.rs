//! Staging folders, in which files are written before they get their names.
//!
//! A staging folder stands beside the files that are written, so that a file gets its name by a rename within one file
//! system. Its own name cannot be foreseen, and only its owner may enter it. A file in it, the marker, is locked as
//! long as the program runs. So a later program knows which staging folders a killed one has left, and removes them.

use crate::{folders, operations};
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How the names of staging folders begin. Twelve letters and digits follow.
const PREFIX: &str = ".svdforge-";
const RANDOM: usize = 12;
const MARKER: &str = "staging";
const TEXT: &str = "svdforge writes files here. It removes this folder when they are complete.\n";

/// The staging folders of this program.
static STAGED: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

/// While this is held, [`clean_up`] waits.
pub(crate) fn hold() -> MutexGuard<'static, BTreeSet<PathBuf>> {
    STAGED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Removes everything that is still being written, and folders that were created for it and are empty. A program calls
/// this when it is interrupted, and at its end.
pub fn clean_up() {
    let staged = hold();
    staged.iter().for_each(|path| remove(path));
    folders::remove_created();
}

/// A staging folder. It is removed when this value is dropped.
pub(crate) struct Staging {
    path: PathBuf,
    files: usize,
    /// The marker, which is locked.
    _marker: Option<File>,
}

impl Staging {
    /// Creates a staging folder in a folder, and removes those that killed programs have left there.
    pub(crate) fn create(inside: &Path) -> io::Result<Self> {
        remove_abandoned(inside);
        // In the moment before its marker is locked, another program may take the folder for an abandoned one.
        for _ in 0..3 {
            match Self::begin(inside) {
                Err(error) if error.kind() == ErrorKind::NotFound && inside.is_dir() => {}
                done => return done,
            }
        }
        Self::begin(inside)
    }

    fn begin(inside: &Path) -> io::Result<Self> {
        let path = {
            let mut staged = hold();
            let path = operations::create_private_folder(PREFIX, inside)?.keep();
            staged.insert(path.clone());
            path
        };
        let mut staging = Self { path, files: 0, _marker: None };
        let place = staging.path.join(MARKER);
        let mut marker = operations::create_new(&place)?;
        // A file system without locks has none here, and what is left there stays.
        let _ = marker.try_lock();
        operations::write(&mut marker, TEXT.as_bytes())?;
        place.metadata()?;
        staging._marker = Some(marker);
        Ok(staging)
    }

    /// A new file in it.
    pub(crate) fn file(&mut self) -> io::Result<(PathBuf, File)> {
        let path = self.path.join(self.files.to_string());
        // Otherwise a clean-up at this moment would find the folder not empty.
        let _held = hold();
        let file = operations::create_new(&path)?;
        self.files += 1;
        Ok((path, file))
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        let mut staged = hold();
        remove(&self.path);
        staged.remove(&self.path);
    }
}

/// Removes a staging folder with the files in it, the marker last.
fn remove(path: &Path) {
    let entries = fs::read_dir(path).into_iter().flatten().flatten();
    for entry in entries.filter(|entry| entry.file_name() != MARKER) {
        let _ = operations::remove(&entry.path());
    }
    if path.join(MARKER).exists() {
        let _ = operations::remove(&path.join(MARKER));
    }
    let _ = operations::remove_empty(path);
}

/// Whether a staging folder may have this name.
pub(crate) fn is_named(name: &str) -> bool {
    let random = name.strip_prefix(PREFIX);
    random.is_some_and(|random| random.len() == RANDOM && random.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

/// Removes the staging folders in a folder that belong to no running program.
pub(crate) fn remove_abandoned(inside: &Path) {
    for entry in fs::read_dir(inside).into_iter().flatten().flatten() {
        let is_named = entry.file_name().to_str().is_some_and(is_named);
        if is_named && entry.file_type().is_ok_and(|kind| kind.is_dir()) && is_abandoned(&entry.path()) == Some(true) {
            remove(&entry.path());
        }
    }
}

/// Whether a folder with the name of a staging folder is one, and no program uses it: it is empty, or it has the
/// marker, not locked, and beside it nothing but files with numbers as names.
fn is_abandoned(path: &Path) -> Option<bool> {
    let entries = fs::read_dir(path).ok()?.collect::<io::Result<Vec<_>>>().ok()?;
    if entries.is_empty() {
        return Some(true);
    }
    for entry in &entries {
        let name = entry.file_name();
        let is_number = name.to_str().is_some_and(|name| name.bytes().all(|byte| byte.is_ascii_digit()));
        if !entry.file_type().ok()?.is_file() || !(is_number || name == MARKER) {
            return Some(false);
        }
    }
    let marker = File::open(path.join(MARKER)).ok()?;
    // A program that was killed may have written a part of it.
    let text = fs::read(path.join(MARKER)).ok()?;
    Some(TEXT.as_bytes().starts_with(&text) && marker.try_lock().is_ok())
}
