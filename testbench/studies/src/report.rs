//! Reports: the result of a campaign as files for programs (`report.json`, `report.csv`) and for people (`report.md`, `report.html`).
//!
//! The format of `report.json` is documented in `docs/report-format.md`; [`SCHEMA`] is its version.

pub(crate) mod chart;
mod charts;
mod html;
mod overview;
pub(crate) mod page;
mod sources;
mod tables;
mod tick;

use crate::campaign::bounds::{Bounds, bounds};
use crate::campaign::journal::{self, difference};
use crate::campaign::merge::is_journal;
use crate::campaign::plan::{PlannedCore, Settings};
use crate::campaign::statistics::{Check, CoreStatistics, by_core, checks};
use crate::campaign::{CampaignError, Plan, Record};
use rayon::prelude::*;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use svdforge_golden::reader::read_bytes;
use svdforge_hdl::core::Core;
use svdforge_testbench::folder::{FolderError, write_files};
use svdforge_tools::synth::storage_bits;

pub use overview::{Overview, digits, size_name, thousands};

/// The version of the format of reports and journals.
pub const SCHEMA: u64 = 1;

/// What every report says it is.
pub(crate) const KIND: &str = "svdforge report";

/// The files of a report.
pub const FILES: [&str; 4] = ["report.json", "report.csv", "report.md", "report.html"];

/// A campaign that was run to its end.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// What was asked for.
    pub plan: Plan,
    /// What is known of each core of the plan.
    pub figures: Vec<CoreFigures>,
    /// One record for each matrix of the plan, in its order.
    pub records: Vec<Record>,
}

/// What is known of a core without running it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct CoreFigures {
    /// Hardware multipliers, whatever they are for.
    pub multipliers: usize,
    /// Bits of the memories that are written.
    pub memory_bits: u64,
    /// Bits of constant tables.
    pub table_bits: u64,
    /// The most sweeps that it makes.
    pub sweep_cap: u32,
    /// Clock cycles of a sweep.
    pub sweep_cycles: u64,
    /// Bounds on its errors, where they are known.
    pub bounds: Option<Bounds>,
}

impl CoreFigures {
    fn of(core: &Core) -> Self {
        let (memory_bits, table_bits) = storage_bits(&core.design);
        Self {
            multipliers: core.design.multipliers(),
            memory_bits,
            table_bits,
            sweep_cap: core.shape.sweep_cap(),
            sweep_cycles: (core.program.cycles() * (core.shape.even() - 1)) as u64,
            bounds: bounds(core),
        }
    }
}

/// One entry of `cores` in `report.json`.
#[derive(Serialize)]
struct CoreEntry<'a> {
    #[serde(flatten)]
    planned: &'a PlannedCore,
    figures: &'a CoreFigures,
    statistics: &'a CoreStatistics,
}

/// `report.json`, as it is read: statistics and checks follow from the rest.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    #[serde(rename = "kind")]
    _kind: IgnoredAny,
    #[serde(rename = "schema")]
    _schema: IgnoredAny,
    campaign: Settings,
    cores: Vec<DocumentCore>,
    #[serde(rename = "checks")]
    _checks: IgnoredAny,
    matrices: Vec<Record>,
}

#[derive(Deserialize)]
struct DocumentCore {
    #[serde(flatten)]
    planned: PlannedCore,
    figures: CoreFigures,
}

impl Report {
    /// The report of a plan and the records of all its matrices, in order.
    pub fn new(plan: Plan, records: Vec<Record>) -> Self {
        let figures = plan.cores.par_iter().map(|c| CoreFigures::of(&Core::new(c.core.0))).collect();
        Self { plan, figures, records }
    }

    /// Statistics of each core, in the order of the plan.
    pub fn statistics(&self) -> Vec<CoreStatistics> {
        by_core(&self.plan, &self.records).iter().map(|records| CoreStatistics::new(&self.plan, records)).collect()
    }

    /// What must hold.
    pub fn checks(&self) -> Vec<Check> {
        let bounds: Vec<Option<Bounds>> = self.figures.iter().map(|f| f.bounds).collect();
        checks(&self.plan, &bounds, &self.records)
    }

    /// Reads `report.json`, and checks that it is whole and fits together.
    pub fn read(path: &Path) -> Result<Self, CampaignError> {
        let broken = |message: String| CampaignError::Broken { path: path.to_owned(), place: String::new(), message };
        if path.is_dir() {
            return Err(broken("is a folder; give the report.json in it".to_owned()));
        }
        let bytes = read_bytes(path, "report.json")?;
        let value: Value = serde_json::from_slice(&bytes).map_err(|e| {
            broken(format!("is not JSON, or was cut off: {e}; give a report.json of `svdforge report`"))
        })?;
        if value["kind"] == crate::compare::external::KIND {
            return Err(broken(
                "has results of another tool; give it to `svdforge compare` after --external".to_owned(),
            ));
        }
        if value["kind"] != KIND {
            return Err(broken(format!(
                "`kind` is {}, not \"{KIND}\"; give a report.json of `svdforge report`",
                value["kind"]
            )));
        }
        check_schema(&value).map_err(&broken)?;
        let document: Document = serde_json::from_slice(&bytes)
            .map_err(|e| broken(format!("{e}; make the report again with `svdforge report`")))?;
        let (cores, figures) = document.cores.into_iter().map(|core| (core.planned, core.figures)).unzip();
        let report = Self { plan: Plan { settings: document.campaign, cores }, figures, records: document.matrices };
        report.check().map_err(|e| broken(format!("{e}; make the report again with `svdforge report`")))?;
        Ok(report)
    }

    fn check(&self) -> Result<(), String> {
        self.plan.check()?;
        let items = self.plan.items();
        if items.len() != self.records.len() {
            return Err(format!("`matrices` has {} entries, by its campaign {}", self.records.len(), items.len()));
        }
        for (number, record) in self.records.iter().enumerate() {
            if record.matrix != number {
                return Err(format!("entry {number} of `matrices` has the number {}", record.matrix));
            }
            journal::check_record(record, &items)?;
        }
        Ok(())
    }

    /// The text of `report.json`: one line for each core and each matrix.
    pub fn to_json(&self) -> String {
        let statistics = self.statistics();
        let cores = self.plan.cores.iter().zip(&self.figures).zip(&statistics);
        let cores: Vec<String> =
            cores.map(|((planned, figures), statistics)| text(&CoreEntry { planned, figures, statistics })).collect();
        let checks: Vec<String> = self.checks().iter().map(text).collect();
        let records: Vec<String> = self.records.iter().map(text).collect();
        format!(
            "{{\n\"kind\": \"{KIND}\",\n\"schema\": {SCHEMA},\n\"campaign\": {},\n\"cores\": [\n{}\n],\n\"checks\": [\n{}\n],\n\"matrices\": [\n{}\n]\n}}\n",
            text(&self.plan.settings),
            cores.join(",\n"),
            checks.join(",\n"),
            records.join(",\n")
        )
    }

    /// Writes all files of the report into a folder that exists.
    pub fn write(&self, folder: &Path) -> Result<(), CampaignError> {
        let overview = Overview::new(self);
        let contents = [self.to_json(), tables::csv(self)?, tables::markdown(&overview), html::page(&overview)?];
        let files: Vec<(&str, &str)> = FILES.into_iter().zip(contents.iter().map(String::as_str)).collect();
        Ok(write_files(folder, &files)?)
    }
}

/// A value as JSON.
pub(crate) fn text(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("Reports have string keys and finite numbers.")
}

/// Whether a document is of the version that this program reads; if not, why.
pub fn check_schema(document: &Value) -> Result<(), String> {
    match document.get("schema").map(|schema| (schema, schema.as_u64())) {
        Some((_, Some(SCHEMA))) => Ok(()),
        Some((_, Some(other))) if other > SCHEMA => {
            Err(format!("`schema` is {other}, of a later svdforge; this one reads schema {SCHEMA}"))
        }
        Some((schema, _)) => Err(format!(
            "`schema` is {schema}; this svdforge reads schema {SCHEMA}: make the report again with `svdforge report`"
        )),
        None => Err(format!("`schema` is missing; this svdforge reads schema {SCHEMA}")),
    }
}

/// Makes a folder ready for a campaign: creates it, or sees that what it holds is of the same campaign.
/// `shards` is the number of shards in which the campaign is run; `None` of one that is merged.
pub fn prepare_folder(folder: &Path, plan: &Plan, shards: Option<usize>) -> Result<(), CampaignError> {
    let error = |source| FolderError::Io { path: folder.to_owned(), source };
    match fs::metadata(folder) {
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(fs::create_dir_all(folder).map_err(error)?),
        Err(e) => return Err(error(e).into()),
        Ok(found) if !found.is_dir() => return Err(FolderError::IsFile(folder.to_owned()).into()),
        Ok(_) => {}
    }
    let (mut ours, mut others) = (false, false);
    for entry in fs::read_dir(folder).map_err(error)? {
        let entry = entry.map_err(error)?;
        let (name, path) = (entry.file_name(), entry.path());
        let name = name.to_string_lossy();
        let found = if is_journal(&name) {
            journal::read_header(&path)?.map(|header| (header.campaign, Some(header.shard.count)))
        } else if name == FILES[0] {
            Some((Report::read(&path)?.plan, None))
        } else {
            others = true;
            continue;
        };
        ours = true;
        let Some((found, count)) = found else { continue };
        let count = count.zip(shards).filter(|(found, asked)| found != asked);
        let count = count.map(|(found, asked)| ("number of shards".to_owned(), found.to_string(), asked.to_string()));
        // Settings tell more than the number of cores, so they come first.
        let other = difference(&found.settings, &plan.settings).or_else(|| difference(&found, plan));
        if let Some((field, found, asked)) = other.or(count) {
            return Err(CampaignError::Other { path, field, found, asked });
        }
    }
    if others && !ours { Err(CampaignError::NotOurs(folder.to_owned())) } else { Ok(()) }
}

#[cfg(test)]
pub(crate) mod tests;
