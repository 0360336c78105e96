//! Writes the files of a comparison.

use super::comparison::Comparison;
use super::{html, tables};
use crate::campaign::CampaignError;
use std::path::Path;
use svdforge_files::Outputs;

/// The names of the files of a comparison.
pub const FILES: [&str; 3] = ["compare.json", "compare.md", "compare.html"];

impl Comparison {
    /// Writes all files of the comparison into a folder, which is created if it does not exist. Those of an earlier
    /// comparison are replaced. It is an error if something else has the name of one of them; none is written then.
    pub fn write(&self, folder: &Path) -> Result<(), CampaignError> {
        let json = serde_json::to_string_pretty(self).expect("Comparisons have string keys and finite numbers.") + "\n";
        let contents = [json, tables::markdown(self), html::page(self)?];
        let files: Vec<(&str, &str)> = FILES.into_iter().zip(contents.iter().map(String::as_str)).collect();
        let mut outputs = Outputs::new();
        outputs.results(folder, &files, &[])?;
        Ok(outputs.commit()?)
    }
}
