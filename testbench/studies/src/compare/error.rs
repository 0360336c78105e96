//! The errors of comparisons. Each message names the file and the place, says what is wrong and what would be right.

use crate::campaign::CampaignError;
use std::path::{Path, PathBuf};
use svdforge_golden::ReadError;

/// Why a comparison is not made.
#[derive(Debug, thiserror::Error)]
pub enum CompareError {
    /// A report is not valid, or the files of the comparison could not be made.
    #[error(transparent)]
    Campaign(#[from] CampaignError),
    /// A file could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// A document with results of another tool is not valid.
    #[error("{}: {place}{message}", path.display())]
    External {
        /// The file.
        path: PathBuf,
        /// The field, ending with ": ".
        place: String,
        /// What is wrong, and what would be right.
        message: String,
    },
    /// Two documents have nothing to compare.
    #[error("{}, compared with {}: {message}", path.display(), first.display())]
    Unlike {
        /// The later document.
        path: PathBuf,
        /// The first report.
        first: PathBuf,
        /// Why, and what would be right.
        message: String,
    },
    /// There are fewer than two documents, or more than there are letters.
    #[error(
        "the number of documents is {0}; give 2 to 26, of which the first is a report, and results of other tools after --external"
    )]
    Count(usize),
}

impl CompareError {
    pub(super) fn external(path: &Path, place: impl Into<String>, message: impl Into<String>) -> Self {
        Self::External { path: path.to_owned(), place: place.into(), message: message.into() }
    }
}
