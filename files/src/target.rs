//! What a path stands for to which a file is to be written.

use crate::error::FileError;
use std::fs::{self, FileType};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// Where the content of a file goes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// A file with this path, at the end of all symbolic links; it is replaced if it exists.
    File(PathBuf),
    /// A device or a pipe, which is written to and stays.
    Through(PathBuf),
    /// A file that this program has open: 1 is standard output, 2 is standard error.
    Open(u32),
}

/// The most symbolic links that are followed, as in Linux.
const MOST_LINKS: usize = 40;

impl Target {
    /// Follows symbolic links. A link to nothing stands for the file that it names, as for a shell.
    pub(crate) fn of(given: &Path) -> Result<Self, FileError> {
        if given.as_os_str().as_encoded_bytes().ends_with(b"/") || given.file_name().is_none() {
            return Err(FileError::IsFolder(given.to_owned()));
        }
        let mut path = given.to_owned();
        for _ in 0..MOST_LINKS {
            let kind = match path.symlink_metadata() {
                Err(found) if found.kind() == ErrorKind::NotFound => return Ok(Self::File(path)),
                Err(source) => return Err(FileError::Io { path: given.to_owned(), source }),
                Ok(found) => found.file_type(),
            };
            if !kind.is_symlink() {
                return Self::of_kind(given, path, kind);
            }
            if let Some(number) = open_file(&path) {
                return match number {
                    1 | 2 => Ok(Self::Open(number)),
                    _ => {
                        let kind = path.metadata().map_err(FileError::io(given))?.file_type();
                        Self::of_kind(given, path, kind)
                    }
                };
            }
            let to = fs::read_link(&path).map_err(FileError::io(given))?;
            path = path.parent().unwrap_or(Path::new("")).join(to);
        }
        let source = io::Error::new(ErrorKind::InvalidInput, "its symbolic links lead in a circle");
        Err(FileError::Io { path: given.to_owned(), source })
    }

    fn of_kind(given: &Path, path: PathBuf, kind: FileType) -> Result<Self, FileError> {
        let special = |what| Err(FileError::Special { path: given.to_owned(), what });
        if kind.is_dir() {
            return Err(FileError::IsFolder(given.to_owned()));
        }
        if kind.is_file() {
            return Ok(if open_file(&path).is_some() { Self::Through(path) } else { Self::File(path) });
        }
        #[cfg(unix)]
        {
            use std::os::unix::fs::FileTypeExt;
            if kind.is_char_device() || kind.is_fifo() {
                return Ok(Self::Through(path));
            }
            if kind.is_block_device() {
                return special("a block device");
            }
            if kind.is_socket() {
                return special("a socket");
            }
        }
        special("no regular file")
    }
}

/// The number of an open file of this program, if the path is its name: `/proc/self/fd/1`, to which `/dev/stdout`
/// leads.
fn open_file(path: &Path) -> Option<u32> {
    let folder = path.parent()?.canonicalize().ok()?;
    let of_process = folder.starts_with("/proc") && folder.file_name()? == "fd";
    of_process.then(|| path.file_name()?.to_str()?.parse().ok()).flatten()
}

/// The open file with this number, as in [`Target::Open`].
#[cfg(unix)]
pub(crate) fn open(number: u32) -> io::Result<fs::File> {
    use std::os::fd::AsFd;
    let file = match number {
        1 => io::stdout().as_fd().try_clone_to_owned()?,
        _ => io::stderr().as_fd().try_clone_to_owned()?,
    };
    Ok(file.into())
}

/// The open file with this number. Only Unix has names for them.
#[cfg(not(unix))]
pub(crate) fn open(_: u32) -> io::Result<fs::File> {
    Err(ErrorKind::Unsupported.into())
}
