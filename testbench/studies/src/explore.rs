//! Exploration: many cores, the same matrices through each, and what accuracy costs: the Pareto front, and the cheapest core that meets
//! some conditions.
//!
//! - [`space`] makes the campaign: a core for each combination. It runs like any
//!   [`crate::campaign`], with its journal.
//! - [`point`] has the figures of each core, under the names of the files and of `--pick`.
//! - [`front`] is the definition of dominance, [`pick`] the conditions.
//! - [`synthesis`] measures area and clock rate, and keeps what it measured.
//!
//! What the figures mean: `docs/explore.md`.

mod charts;
pub mod front;
mod html;
pub mod pick;
pub mod point;
pub mod space;
pub mod synthesis;
mod tables;

use crate::campaign::statistics::{Check, all_hold};
use crate::campaign::{CampaignError, Plan, Record};
use crate::report::Report;
use front::dominators;
use pick::Pick;
use point::Point;
use rayon::prelude::*;
use space::LeftOut;
use std::path::Path;
use svdforge_hdl::core::Core;
use svdforge_testbench::folder::write_files;

/// The version of the format of `explore.json`.
pub const SCHEMA: u64 = 1;

/// What `explore.json` says it is.
const KIND: &str = "svdforge exploration";

/// The files of an exploration.
pub const FILES: [&str; 4] = ["explore.json", "explore.csv", "explore.md", "explore.html"];

/// An exploration that was run to its end.
#[derive(Clone, Debug, PartialEq)]
pub struct Exploration {
    /// The campaign.
    pub plan: Plan,
    /// Combinations that are no core.
    pub left_out: Vec<LeftOut>,
    /// What must hold.
    pub checks: Vec<Check>,
    /// The cores, in the order of the plan.
    pub points: Vec<Point>,
    /// Where each point stands.
    pub standings: Vec<Standing>,
}

/// Where a point stands among the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// No other is at least as good in everything and better in something.
    Front,
    /// This one of the front is.
    Dominated(usize),
    /// It does not keep what must hold, so that it is not compared.
    Fails,
}

impl Exploration {
    /// The exploration of a plan and the records of all its matrices, in order.
    pub fn new(plan: Plan, left_out: Vec<LeftOut>, records: Vec<Record>) -> Self {
        let report = Report::new(plan, records);
        let checks = report.checks();
        let statistics = report.statistics();
        let mut unsettled = vec![0; report.plan.cores.len()];
        for record in report.records.iter().filter(|record| record.flags.cap_reached) {
            unsettled[record.core] += 1;
        }
        let mut holds = vec![true; report.plan.cores.len()];
        for &matrix in checks.iter().flat_map(|check| &check.failed) {
            holds[report.records[matrix].core] = false;
        }
        let multiplier_bits: Vec<u64> =
            report.plan.cores.par_iter().map(|planned| Core::new(planned.core.0).design.multiplier_bits()).collect();
        let points = report.plan.cores.iter().zip(report.figures).zip(statistics).enumerate();
        let points: Vec<Point> = points
            .map(|(index, ((planned, figures), statistics))| Point {
                core: planned.core,
                figures,
                multiplier_bits: multiplier_bits[index],
                statistics,
                unsettled: unsettled[index],
                holds: holds[index],
                measured: None,
            })
            .collect();
        let standings = standings(&points);
        Self { plan: report.plan, left_out, checks, points, standings }
    }

    /// Indices of the points on the front, by their error, the largest first; equal ones by their cost.
    pub fn front(&self) -> Vec<usize> {
        let mut front: Vec<usize> =
            (0..self.points.len()).filter(|&index| self.standings[index] == Standing::Front).collect();
        let [errors, cycles, bits] =
            [0, 1, 2].map(|objective| move |index: usize| self.points[index].objectives()[objective]);
        front.sort_by(|&a, &b| {
            errors(b).total_cmp(&errors(a)).then(bits(a).total_cmp(&bits(b))).then(cycles(a).total_cmp(&cycles(b)))
        });
        front
    }

    /// The points that are worth synthesis: the front, and all that may meet the conditions, since area does not follow from what is counted.
    pub fn to_synthesise(&self, pick: Option<&Pick>) -> Vec<usize> {
        let mut chosen = self.front();
        if let Some(pick) = pick {
            chosen.extend((0..self.points.len()).filter(|&index| pick.may_meet(&self.points[index])));
        }
        chosen.sort_unstable();
        chosen.dedup();
        chosen
    }

    /// Whether every core keeps what must hold.
    pub fn holds(&self) -> bool {
        all_hold(&self.checks)
    }

    /// The text of `explore.json`.
    pub fn to_json(&self) -> String {
        tables::json(self)
    }

    /// Writes all files into a folder that exists.
    pub fn write(&self, folder: &Path) -> Result<(), CampaignError> {
        let contents = [self.to_json(), tables::csv(self)?, tables::markdown(self), html::page(self)?];
        let files: Vec<(&str, &str)> = FILES.into_iter().zip(contents.iter().map(String::as_str)).collect();
        Ok(write_files(folder, &files)?)
    }
}

/// Points that fail are not compared, so that none is left out because of them.
fn standings(points: &[Point]) -> Vec<Standing> {
    let compared: Vec<usize> = (0..points.len()).filter(|&index| points[index].holds).collect();
    let objectives: Vec<[f64; 3]> = compared.iter().map(|&index| points[index].objectives()).collect();
    let mut standings = vec![Standing::Fails; points.len()];
    for (&index, dominator) in compared.iter().zip(dominators(&objectives)) {
        standings[index] = dominator.map_or(Standing::Front, |other| Standing::Dominated(compared[other]));
    }
    standings
}

#[cfg(test)]
mod tests;
