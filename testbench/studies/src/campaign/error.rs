//! What can be wrong with a campaign and its files: which file, where, what, and what would be right.

use std::io;
use std::path::PathBuf;
use svdforge_golden::ReadError;
use svdforge_testbench::folder::FolderError;
use svdforge_testbench::judge::JudgeError;

/// Why a campaign was not run, continued, joined or read.
#[derive(Debug, thiserror::Error)]
pub enum CampaignError {
    /// The system refused.
    #[error("{}: {what}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What was tried.
        what: &'static str,
        /// The system's word.
        source: io::Error,
    },
    /// A file is not what it should be.
    #[error("{}: {place}{message}", path.display())]
    Broken {
        /// The file.
        path: PathBuf,
        /// The line, where that is known; ends with ": ".
        place: String,
        /// What is wrong, and what would be right.
        message: String,
    },
    /// A file could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The folder has the results of another campaign.
    #[error(
        "{}: belongs to another campaign: `{field}` is {found} there and {asked} here; give the same options and version to go on with it, or another folder with --out",
        path.display()
    )]
    Other {
        /// The file that says so.
        path: PathBuf,
        /// Where the two differ.
        field: String,
        /// In the file.
        found: String,
        /// In the request.
        asked: String,
    },
    /// The folder is somebody else's.
    #[error("{}: the folder is not empty, and has no campaign of svdforge in it; choose another one with --out", .0.display())]
    NotOurs(PathBuf),
    /// Another program writes the same file.
    #[error("{}: another svdforge is at work on it; wait for it, or choose another folder with --out", .0.display())]
    Busy(PathBuf),
    /// Shards that do not belong together.
    #[error("{}: is a shard of another campaign than {}: `{field}` is {found} here and {other_found} there; join shards of one campaign", path.display(), other.display())]
    Apart {
        /// The second file.
        path: PathBuf,
        /// The first file.
        other: PathBuf,
        /// Where the two differ.
        field: String,
        /// In the second.
        found: String,
        /// In the first.
        other_found: String,
    },
    /// Shards are missing, double, or not finished.
    #[error("{0}")]
    Shards(String),
    /// A matrix could not be simulated or judged.
    #[error("matrix {matrix} ({name}): {source}")]
    Judge {
        /// Its number.
        matrix: usize,
        /// What it is.
        name: String,
        /// Why.
        source: Box<JudgeError>,
    },
    /// A report file could not be written.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// A chart or table could not be made: a fault of this program.
    #[error("{what} cannot be made: {message}; this is a fault of svdforge")]
    Drawing {
        /// Which part of the report.
        what: &'static str,
        /// The library's word.
        message: String,
    },
}
