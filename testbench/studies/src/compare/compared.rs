//! The documents of a comparison, as they are named in its results.

use crate::campaign::plan::Settings;
use serde::Serialize;
use std::path::PathBuf;

/// A document of a comparison.
#[derive(Clone, Debug, Serialize)]
pub struct ComparedDocument {
    /// Its letter, which is A for the first document.
    pub name: String,
    /// Its path, as it was given.
    pub file: PathBuf,
    /// For a report, the settings of its campaign.
    pub campaign: Option<Settings>,
    /// For results of another tool, the name of that tool.
    pub tool: Option<String>,
    /// For results of another tool, the notes of its user.
    pub notes: Option<String>,
}
