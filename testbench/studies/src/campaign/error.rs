//! The errors of campaigns and their files. Each message names the file and the place, says what is wrong and what
//! would be right.

use std::io;
use std::path::PathBuf;
use svdforge_files::FileError;
use svdforge_golden::ReadError;
use svdforge_testbench::judge::JudgeError;

/// Why a campaign was not run, continued, joined or read.
#[derive(Debug, thiserror::Error)]
pub enum CampaignError {
    /// The operating system reported an error.
    #[error("{}: {what}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What was tried.
        what: &'static str,
        /// The operating system's error.
        source: io::Error,
    },
    /// The content of a file is not valid.
    #[error("{}: {place}{message}", path.display())]
    Broken {
        /// The file.
        path: PathBuf,
        /// The line, where it is known, ending with ": ".
        place: String,
        /// What is wrong, and what would be right.
        message: String,
    },
    /// A file could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The folder has the results of another campaign.
    #[error(
        "{}: this file belongs to another campaign: `{field}` is {found} there and {asked} here; use the same options and version to continue it, or choose another folder with --out",
        path.display()
    )]
    AnotherCampaign {
        /// The journal or report of the other campaign.
        path: PathBuf,
        /// Where the two differ.
        field: String,
        /// Its value in the file.
        found: String,
        /// Its value in the request.
        asked: String,
    },
    /// The folder holds files that are not those of a campaign.
    #[error("{}: the folder is not empty and holds no campaign of svdforge; choose another one with --out", .0.display())]
    NotOurs(PathBuf),
    /// Another process is writing the same file.
    #[error("{}: another svdforge is at work on this campaign; wait until it has finished, or choose another folder with --out", .0.display())]
    Busy(PathBuf),
    /// The shards do not belong to the same campaign.
    #[error("{}: this is a shard of another campaign than {}: `{field}` is {found} here and {other_found} there; give shards of one campaign", path.display(), other.display())]
    UnrelatedShards {
        /// The second file.
        path: PathBuf,
        /// The first file.
        other: PathBuf,
        /// Where the two differ.
        field: String,
        /// Its value in the second file.
        found: String,
        /// Its value in the first file.
        other_found: String,
    },
    /// Shards are missing, given twice, or not finished.
    #[error("{0}")]
    Shards(String),
    /// A matrix could not be simulated or judged.
    #[error("matrix {matrix} ({name}): {source}")]
    Judge {
        /// Its number.
        matrix: usize,
        /// Its core, family and seed.
        name: String,
        /// Why.
        source: Box<JudgeError>,
    },
    /// A report file could not be written.
    #[error(transparent)]
    Folder(#[from] FileError),
    /// A chart or table could not be made, which is a fault of this program.
    #[error("{what} cannot be made: {message}; this is a fault of svdforge")]
    Drawing {
        /// Which part of the report.
        what: &'static str,
        /// The error of the library that makes it.
        message: String,
    },
}
