//! Why a folder is not written.

use std::io;
use std::path::PathBuf;

/// Why files were not written. What was there before is unchanged.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// The folder holds files that are not an earlier export.
    #[error("{}: the folder is not empty, and not an earlier export of svdforge; choose another one, or keep its files and add to them with --force", .0.display())]
    NotOurs(PathBuf),
    /// There is a file where a folder is to be written.
    #[error("{}: this is a file, but a folder is to be written here; choose another name", .0.display())]
    IsFile(PathBuf),
    /// A file or folder of somebody else has the name of something in the export.
    #[error("{}: this is not of an earlier export, and an export has something of this name; move it away, or choose another folder", .0.display())]
    Occupied(PathBuf),
    /// The operating system reported an error.
    #[error("{}: cannot be written: {source}; check that the folder exists, can be written to, and has room", path.display())]
    Io {
        /// What was being written.
        path: PathBuf,
        /// The operating system's error.
        source: io::Error,
    },
}
