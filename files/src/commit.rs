//! The last part of writing: staged files get their names.

use crate::error::FileError;
use crate::staging;
use crate::{folders, operations};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// One change of what a user sees.
#[derive(Debug)]
pub(crate) enum Step {
    /// The record of a folder gets its name. It is taken back only if everything is.
    Record(PathBuf, PathBuf),
    /// Create a folder.
    Folder(PathBuf),
    /// A staged file gets its name.
    Rename(PathBuf, PathBuf),
    /// Remove a file of an earlier run.
    Remove(PathBuf),
    /// Remove a folder of an earlier run if nothing is left in it.
    RemoveEmpty(PathBuf),
}

/// When a step is made. Steps of the same phase are made in the order in which they were planned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Phase {
    /// Before anything: the records, with the sums of what was there and of what comes.
    Records,
    /// Folders.
    Folders,
    /// What is new or replaced.
    Files,
    /// What goes.
    Removal,
    /// What tells that all of it is done.
    Last,
}

/// What to do if a later step fails.
enum Undo {
    Record(PathBuf),
    File(PathBuf),
    Folder(PathBuf),
}

/// Makes all steps. If one fails, what is new is removed again. What was replaced or removed before stays so, and the
/// error lists it.
pub(crate) fn run(mut steps: Vec<(Phase, Step)>) -> Result<(), FileError> {
    steps.sort_by_key(|(phase, _)| *phase);
    // An interrupted program finishes this first.
    let _held = staging::hold();
    let (mut undo, mut written) = (Vec::new(), Vec::new());
    for (_, step) in &steps {
        if let Err((path, source)) = step.make(&mut undo, &mut written) {
            take_back(undo, written.is_empty());
            return Err(match written.is_empty() {
                true => FileError::Io { path, source },
                false => FileError::Partly { path, source, written },
            });
        }
    }
    Ok(())
}

impl Step {
    fn make(&self, undo: &mut Vec<Undo>, written: &mut Vec<PathBuf>) -> Result<(), (PathBuf, io::Error)> {
        let at = |path: &Path| {
            let path = path.to_owned();
            move |error| (path, error)
        };
        let is_new = |path: &Path| path.symlink_metadata().is_err_and(|error| error.kind() == ErrorKind::NotFound);
        match self {
            Self::Record(from, to) => {
                let new = is_new(to);
                operations::rename(from, to).map_err(at(to))?;
                undo.extend(new.then(|| Undo::Record(to.clone())));
            }
            Self::Folder(path) => {
                operations::create_folder(path).map_err(at(path))?;
                undo.push(Undo::Folder(path.clone()));
            }
            Self::Rename(from, to) => {
                let new = is_new(to);
                operations::rename(from, to).map_err(at(to))?;
                if new { undo.push(Undo::File(to.clone())) } else { written.push(to.clone()) }
            }
            Self::Remove(path) => {
                operations::remove(path).map_err(at(path))?;
                written.push(path.clone());
            }
            Self::RemoveEmpty(path) => folders::remove_empty(std::slice::from_ref(path)),
        }
        Ok(())
    }
}

fn take_back(undo: Vec<Undo>, records: bool) {
    for step in undo.into_iter().rev() {
        let _ = match step {
            Undo::Record(path) if records => operations::remove(&path),
            Undo::Record(_) => Ok(()),
            Undo::File(path) => operations::remove(&path),
            Undo::Folder(path) => operations::remove_empty(&path),
        };
    }
}
