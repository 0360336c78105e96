//! The data of a report, and `report.json`, which contains all of it.

use crate::campaign::bounds::{CoreBounds, bounds};
use crate::campaign::journal;
use crate::campaign::plan::{PlannedCore, Settings};
use crate::campaign::statistics::{Check, CoreStatistics, by_core, checks};
use crate::campaign::{CampaignError, Plan, Record};
use crate::documents::{EXTERNAL, REPORT, SCHEMA, check_schema, text};
use rayon::prelude::*;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::path::Path;
use svdforge_golden::reader::{brief, read_bytes};
use svdforge_hdl::core::Core;
use svdforge_tools::synth::storage_bits;

/// A campaign that was run to its end.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// What was asked for.
    pub plan: Plan,
    /// The figures of each core of the plan.
    pub figures: Vec<CoreFigures>,
    /// One record for each matrix of the plan, in its order.
    pub records: Vec<Record>,
}

/// What is known about a core without running it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct CoreFigures {
    /// The number of hardware multipliers, whatever they are used for.
    pub multipliers: usize,
    /// The number of bits of the memories that are written.
    pub memory_bits: u64,
    /// The number of bits of constant tables.
    pub table_bits: u64,
    /// The most sweeps that it makes.
    pub sweep_cap: u32,
    /// Clock cycles of a sweep.
    pub sweep_cycles: u64,
    /// Bounds on its errors, where they are known.
    pub bounds: Option<CoreBounds>,
}

impl CoreFigures {
    fn of(core: &Core) -> Self {
        let (memory_bits, table_bits) = storage_bits(core.design());
        Self {
            multipliers: core.design().multipliers(),
            memory_bits,
            table_bits,
            sweep_cap: core.shape().sweep_cap(),
            sweep_cycles: core.schedule().sweep_cycles() as u64,
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

/// The content of `report.json` that is read. Statistics and checks are computed again from the rest.
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
    /// Makes the report from a plan and the records of all its matrices, in the plan's order.
    pub fn new(plan: Plan, records: Vec<Record>) -> Self {
        let figures = plan.cores.par_iter().map(|c| CoreFigures::of(&Core::new(c.core.0))).collect();
        Self { plan, figures, records }
    }

    /// The statistics of each core, in the order of the plan.
    pub fn statistics(&self) -> Vec<CoreStatistics> {
        by_core(&self.plan, &self.records).iter().map(|records| CoreStatistics::new(&self.plan, records)).collect()
    }

    /// The checks of the report.
    pub fn checks(&self) -> Vec<Check> {
        let bounds: Vec<Option<CoreBounds>> = self.figures.iter().map(|f| f.bounds).collect();
        checks(&self.plan, &bounds, &self.records)
    }

    /// Reads `report.json` and checks that it is complete and consistent. The error names the file, says what is wrong
    /// and what would be right.
    pub fn read(path: &Path) -> Result<Self, CampaignError> {
        let broken = |message: String| CampaignError::Broken { path: path.to_owned(), place: String::new(), message };
        if path.is_dir() {
            return Err(broken("this is a folder; give the report.json in it".to_owned()));
        }
        let bytes = read_bytes(path, "report.json")?;
        let value: Value = serde_json::from_slice(&bytes).map_err(|e| {
            broken(format!(
                "this is not JSON, or it was cut off: {}; give a report.json of `svdforge report`",
                brief(&e.to_string())
            ))
        })?;
        if value["kind"] == EXTERNAL {
            return Err(broken(
                "this file has results of another tool; give it to `svdforge compare` after --external".to_owned(),
            ));
        }
        if value["kind"] != REPORT {
            return Err(broken(format!(
                "`kind` is {}, not \"{REPORT}\"; give a report.json of `svdforge report`",
                brief(&value["kind"].to_string())
            )));
        }
        check_schema(&value).map_err(&broken)?;
        let document: Document = serde_json::from_slice(&bytes)
            .map_err(|e| broken(format!("{}; make the report again with `svdforge report`", brief(&e.to_string()))))?;
        let (cores, figures) = document.cores.into_iter().map(|core| (core.planned, core.figures)).unzip();
        let report = Self { plan: Plan { settings: document.campaign, cores }, figures, records: document.matrices };
        report.check().map_err(|e| broken(format!("{e}; make the report again with `svdforge report`")))?;
        Ok(report)
    }

    fn check(&self) -> Result<(), String> {
        self.plan.check()?;
        let items = self.plan.items();
        if items.len() != self.records.len() {
            return Err(format!(
                "`matrices` has {} entries, but the campaign has {} matrices",
                self.records.len(),
                items.len()
            ));
        }
        for (number, record) in self.records.iter().enumerate() {
            if record.matrix != number {
                return Err(format!("entry {number} of `matrices` has the number {}", record.matrix));
            }
            journal::check_record(record, &items)?;
        }
        Ok(())
    }

    /// The text of `report.json`, with one line for each core and each matrix.
    pub fn to_json(&self) -> String {
        let statistics = self.statistics();
        let cores = self.plan.cores.iter().zip(&self.figures).zip(&statistics);
        let cores: Vec<String> =
            cores.map(|((planned, figures), statistics)| text(&CoreEntry { planned, figures, statistics })).collect();
        let checks: Vec<String> = self.checks().iter().map(text).collect();
        let records: Vec<String> = self.records.iter().map(text).collect();
        format!(
            "{{\n\"kind\": \"{REPORT}\",\n\"schema\": {SCHEMA},\n\"campaign\": {},\n\"cores\": [\n{}\n],\n\"checks\": [\n{}\n],\n\"matrices\": [\n{}\n]\n}}\n",
            text(&self.plan.settings),
            cores.join(",\n"),
            checks.join(",\n"),
            records.join(",\n")
        )
    }
}
