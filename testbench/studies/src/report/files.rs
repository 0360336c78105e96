//! Writes the files of a report, and prepares the folder for them.

use super::data::Report;
use super::overview::Overview;
use super::{html, tables};
use crate::campaign::journal;
use crate::campaign::merge::is_journal;
use crate::campaign::{CampaignError, Plan};
use crate::documents::difference;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::Path;
use svdforge_files::{FileError, Outputs, is_helper, make_folder};

/// The names of the files of a report.
pub const FILES: [&str; 4] = ["report.json", "report.csv", "report.md", "report.html"];

impl Report {
    /// Writes all files of the report into a folder, which is created if it does not exist.
    pub fn write(&self, folder: &Path) -> Result<(), CampaignError> {
        let overview = Overview::new(self);
        let contents = [self.to_json(), tables::csv(self)?, tables::markdown(&overview), html::page(&overview)?];
        let files: Vec<(&str, &str)> = FILES.into_iter().zip(contents.iter().map(String::as_str)).collect();
        let mut outputs = Outputs::new();
        outputs.results(folder, &files, &[])?;
        Ok(outputs.commit()?)
    }
}

/// Prepares a folder for a campaign. It is created if it does not exist; otherwise it must be empty or belong to the
/// same campaign. `shards` is the number of shards in which the campaign is run, or `None` if shards are merged.
pub fn prepare_folder(folder: &Path, plan: &Plan, shards: Option<usize>) -> Result<(), CampaignError> {
    let error = |source| FileError::Io { path: folder.to_owned(), source };
    if !make_folder(folder)?.is_empty() {
        return Ok(());
    }
    let (mut ours, mut others) = (false, false);
    for entry in fs::read_dir(folder).map_err(error)? {
        let entry = entry.map_err(error)?;
        let (name, path) = (entry.file_name(), entry.path());
        let name = name.to_string_lossy();
        if (is_journal(&name) || name == FILES[0]) && !path.is_file() {
            let source = io::Error::new(ErrorKind::InvalidInput, "this is no regular file");
            return Err(CampaignError::Io { path, what: "cannot be continued", source });
        }
        let found = if is_journal(&name) {
            journal::read_header(&path)?.map(|header| (header.campaign, Some(header.shard.count)))
        } else if name == FILES[0] {
            Some((Report::read(&path)?.plan, None))
        } else {
            others |= !is_helper(&name);
            continue;
        };
        ours = true;
        let Some((found, count)) = found else { continue };
        let count = count.zip(shards).filter(|(found, asked)| found != asked);
        let count = count.map(|(found, asked)| ("number of shards".to_owned(), found.to_string(), asked.to_string()));
        // A difference in the settings says more than one in the number of cores, so it is reported first.
        let other = difference(&found.settings, &plan.settings).or_else(|| difference(&found, plan));
        if let Some((field, found, asked)) = other.or(count) {
            return Err(CampaignError::AnotherCampaign { path, field, found, asked });
        }
    }
    if others && !ours { Err(CampaignError::NotOurs(folder.to_owned())) } else { Ok(()) }
}
