//! Reports side by side: whose errors are smaller, by how much, and whether that is chance.
//!
//! The first document is a report, the baseline, A. Every other one (B, C ...), a report or the results of [another tool](external), is compared with it:
//! [`pairing`] finds the cores and matrices that both have, [`difference`] says what each quantity comes to over them, with the [statistics](paired) of
//! pairs, and [`worse`] lists what a careful user would not want to be merged. `docs/compare.md` documents the rules, `docs/report-format.md` the format.

mod against;
mod charts;
pub mod difference;
mod error;
pub mod external;
mod html;
mod judging;
pub mod paired;
pub mod pairing;
mod tables;
pub mod text;
pub mod worse;

use crate::campaign::CampaignError;
use crate::campaign::plan::Settings;
use crate::report::Report;
use external::External;
use serde::Serialize;
use std::path::{Path, PathBuf};
use svdforge_testbench::folder::write_files;

pub use against::{Against, CheckPair, CorePair, OptionDifference, Unpaired};
pub use error::CompareError;

/// What every comparison says it is, and the version of its format.
const KIND: &str = "svdforge comparison";
const SCHEMA: u64 = 1;

/// The files of a comparison.
pub const FILES: [&str; 3] = ["compare.json", "compare.md", "compare.html"];

/// Documents have letters for names.
const MOST: usize = 26;

/// What is compared with the first report.
#[derive(Clone, Debug)]
pub enum Other {
    /// Another report.
    Report(Report),
    /// Results of another tool for matrices of the first report.
    External(External),
}

/// A comparison of several documents with the first.
#[derive(Clone, Debug, Serialize)]
pub struct Comparison {
    kind: &'static str,
    schema: u64,
    /// The first.
    pub baseline: Source,
    /// The others.
    pub comparisons: Vec<Against>,
}

/// A document.
#[derive(Clone, Debug, Serialize)]
pub struct Source {
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

impl Comparison {
    /// Compares documents with the first one, a report. Paths are for messages and names.
    pub fn new((path, first): (&Path, &Report), others: &[(PathBuf, Other)]) -> Result<Self, CompareError> {
        if others.is_empty() || others.len() >= MOST {
            return Err(CompareError::Count(others.len() + 1));
        }
        let name = |index: u8| char::from(b'A' + index).to_string();
        let baseline = Source {
            name: name(0),
            file: path.to_owned(),
            campaign: Some(first.plan.settings.clone()),
            tool: None,
            notes: None,
        };
        let mut comparisons = Vec::new();
        for (index, (file, other)) in (1..).zip(others) {
            let source =
                |campaign, tool, notes| Source { name: name(index), file: file.clone(), campaign, tool, notes };
            comparisons.push(match other {
                Other::Report(report) => {
                    let unlike = |message| CompareError::Unlike { path: file.clone(), first: path.to_owned(), message };
                    let source = source(Some(report.plan.settings.clone()), None, None);
                    Against::report(source, first, report).map_err(unlike)?
                }
                Other::External(external) => {
                    let source = source(None, Some(external.name.clone()), external.notes.clone());
                    Against::external(source, first, external)
                }
            });
        }
        judging::judge(&mut comparisons);
        Ok(Self { kind: KIND, schema: SCHEMA, baseline, comparisons })
    }

    /// Writes all files of the comparison into a folder that exists: each whole, and none if a folder is in the place of one.
    pub fn write(&self, folder: &Path) -> Result<(), CampaignError> {
        let json = serde_json::to_string_pretty(self).expect("Comparisons have string keys and finite numbers.") + "\n";
        let contents = [json, tables::markdown(self), html::page(self)?];
        let files: Vec<(&str, &str)> = FILES.into_iter().zip(contents.iter().map(String::as_str)).collect();
        Ok(write_files(folder, &files)?)
    }
}

#[cfg(test)]
mod tests;
