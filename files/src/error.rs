//! Why files are not written.

use std::io;
use std::path::{Path, PathBuf};

/// Why files were not written. Unless the message says otherwise, what was there before is unchanged.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The folder holds files that are not an earlier export.
    #[error("{}: the folder is not empty, and not an earlier export of svdforge; choose another one, or keep its files and add to them with --force", .0.display())]
    NotOurs(PathBuf),
    /// There is a file, or a device, where a folder is to be written.
    #[error("{}: this is a file, but a folder is to be written here; choose another name", .0.display())]
    IsFile(PathBuf),
    /// There is a folder where a file is to be written.
    #[error("{}: cannot be written: this is a folder, but a file is to be written here; give the name of a file", .0.display())]
    IsFolder(PathBuf),
    /// Something that can neither be replaced nor written to.
    #[error("{}: this is {what}, to which svdforge does not write; give the name of a file", path.display())]
    Special {
        /// What was given.
        path: PathBuf,
        /// What it is.
        what: &'static str,
    },
    /// A symbolic link that leads nowhere, or in a circle, where a folder is to be written.
    #[error("{}: this symbolic link leads to nothing; create the folder that it points to, or remove the link", .0.display())]
    Dangling(PathBuf),
    /// Files or folders that svdforge did not write, or that were changed since, have names of what is to be written.
    #[error("{}: {}; nothing was changed; move {} away, or choose another folder", list(.0), not_written(.0), if .0.len() == 1 { "it" } else { "them" })]
    Occupied(Vec<PathBuf>),
    /// The folder has an export of a version that did not record what it wrote.
    #[error("{}: this export was made by a version of svdforge that did not record its files, so edits of yours cannot be told from what it wrote ({}); nothing was changed. Copy to another place what you have edited, remove the folder, and run the command again", .0.display(), list(.1))]
    NoSums(PathBuf, Vec<PathBuf>),
    /// Another program of svdforge writes into the folder at this moment.
    #[error("{}: another svdforge is writing here; nothing was changed; run the command again when it is done", .0.display())]
    Busy(PathBuf),
    /// The same file is given twice.
    #[error("{}: two files are to be written to this name; give each its own", .0.display())]
    Twice(PathBuf),
    /// A file that the command reads is to be replaced by one that it writes.
    #[error("{}: this output is the input {} of the same command, which would be lost; nothing was changed; give the output another name", output.display(), input.display())]
    IsInput {
        /// The path that was given for the output.
        output: PathBuf,
        /// The path that was given for the input.
        input: PathBuf,
    },
    /// The operating system reported an error.
    #[error("{}: cannot be written: {source}; check that the folder exists, can be written to, and has room", path.display())]
    Io {
        /// What was being written.
        path: PathBuf,
        /// The operating system's error.
        source: io::Error,
    },
    /// An error when some files already had their names.
    #[error("{}: cannot be written: {source}; already written: {}. Run the command again to write the rest", path.display(), list(written))]
    Partly {
        /// What was being written.
        path: PathBuf,
        /// The operating system's error.
        source: io::Error,
        /// Files that were replaced or removed before.
        written: Vec<PathBuf>,
    },
}

impl FileError {
    /// An error of the operating system at this path.
    pub fn io(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { path, source }
    }
}

/// The most paths that a message lists.
const LISTED: usize = 5;

fn list(paths: &[PathBuf]) -> String {
    let shown: Vec<String> = paths.iter().take(LISTED).map(|path| path.display().to_string()).collect();
    let more = paths.len().saturating_sub(LISTED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    shown.join(", ") + &more
}

fn not_written(paths: &[PathBuf]) -> &'static str {
    if paths.len() == 1 {
        "this was not written by svdforge, or changed since, and a file of this name is to be written or removed"
    } else {
        "these were not written by svdforge, or changed since, and files of these names are to be written or removed"
    }
}
