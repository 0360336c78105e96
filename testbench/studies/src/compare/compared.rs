//! The documents of a comparison, as they are named in its results.

use crate::campaign::plan::Settings;
use serde::Serialize;
use std::path::PathBuf;

/// A document.
#[derive(Clone, Debug, Serialize)]
pub struct ComparedDocument {
    /// Its letter, A for the first.
    pub name: String,
    /// As it was given.
    pub file: PathBuf,
    /// Of a report, what was asked for.
    pub campaign: Option<Settings>,
    /// Of another tool, its name.
    pub tool: Option<String>,
    /// Of another tool, its user's word.
    pub notes: Option<String>,
}
