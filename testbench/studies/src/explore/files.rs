//! Writes the files of an exploration.

use super::exploration::Exploration;
use super::pick::Pick;
use super::{html, tables};
use crate::campaign::CampaignError;
use std::path::Path;
use svdforge_files::Outputs;

/// The names of the files of an exploration.
pub const FILES: [&str; 4] = ["explore.json", "explore.csv", "explore.md", "explore.html"];

impl Exploration {
    /// The text of `explore.json`.
    pub fn to_json(&self) -> String {
        tables::json(self)
    }

    /// Writes all files into a folder, which is created if it does not exist. The page marks the pick, if there is one.
    pub fn write(&self, folder: &Path, pick: Option<&Pick>) -> Result<(), CampaignError> {
        let contents = [self.to_json(), tables::csv(self)?, tables::markdown(self), html::page(self, pick)?];
        let files: Vec<(&str, &str)> = FILES.into_iter().zip(contents.iter().map(String::as_str)).collect();
        let mut outputs = Outputs::new();
        outputs.results(folder, &files, &[])?;
        Ok(outputs.commit()?)
    }
}
