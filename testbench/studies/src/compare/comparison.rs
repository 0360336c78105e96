//! A whole comparison: the first document, and each of the others compared with it.

use super::against::Against;
use super::compared::ComparedDocument;
use super::error::CompareError;
use super::external::External;
use super::judging;
use crate::report::Report;
use serde::Serialize;
use std::path::{Path, PathBuf};

/// The value of `kind` in every comparison, and the version of its format.
const KIND: &str = "svdforge comparison";
const SCHEMA: u64 = 1;

/// The most documents, since they are named by letters.
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
    /// The first document.
    pub baseline: ComparedDocument,
    /// The other documents, each compared with the first.
    pub comparisons: Vec<Against>,
}

impl Comparison {
    /// Compares documents with the first one, which is a report. The paths are used for messages and names only.
    pub fn new((path, first): (&Path, &Report), others: &[(PathBuf, Other)]) -> Result<Self, CompareError> {
        if others.is_empty() || others.len() >= MOST {
            return Err(CompareError::Count(others.len() + 1));
        }
        let name = |index: u8| char::from(b'A' + index).to_string();
        let baseline = ComparedDocument {
            name: name(0),
            file: path.to_owned(),
            campaign: Some(first.plan.settings.clone()),
            tool: None,
            notes: None,
        };
        let mut comparisons = Vec::new();
        for (index, (file, other)) in (1..).zip(others) {
            let source = |campaign, tool, notes| ComparedDocument {
                name: name(index),
                file: file.clone(),
                campaign,
                tool,
                notes,
            };
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
}
