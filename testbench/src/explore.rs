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

use crate::campaign::plan::PlannedCore;
use crate::campaign::record::{PLACES, Record};
use crate::campaign::run::input_scale;
use crate::campaign::statistics::{Check, all_hold, by_core};
use crate::campaign::{CampaignError, Item, Metric, Plan};
use crate::folder::write_files;
use crate::framing::quantise;
use crate::judge::JudgeError;
use crate::report::Report;
use front::dominators;
use nalgebra::DMatrix;
use pick::Pick;
use point::{Point, WorstError};
use rayon::prelude::*;
use space::LeftOut;
use std::collections::BTreeMap;
use std::path::Path;
use svdforge_golden::metrics::MetricsError;
use svdforge_golden::{Factors, accuracy, eigen_accuracy, oracle};
use svdforge_hdl::core::Core;
use svdforge_hdl::core::params::Shape;

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
    pub fn new(plan: Plan, left_out: Vec<LeftOut>, records: Vec<Record>) -> Result<Self, CampaignError> {
        let report = Report::new(plan, records);
        let checks = report.checks();
        let worst = worst_errors(&report.plan, &report.records)?;
        let statistics = report.statistics();
        let mut unsettled = vec![0; worst.len()];
        for record in report.records.iter().filter(|record| record.flags.cap_reached) {
            unsettled[record.core] += 1;
        }
        let mut holds = vec![true; worst.len()];
        for &matrix in checks.iter().flat_map(|check| &check.failed) {
            holds[report.records[matrix].core] = false;
        }
        let multiplier_bits: Vec<u64> =
            report.plan.cores.par_iter().map(|planned| Core::new(planned.core.0).design.multiplier_bits()).collect();
        let points = report.plan.cores.iter().zip(report.figures).zip(statistics).zip(worst).enumerate();
        let points: Vec<Point> = points
            .map(|(index, (((planned, figures), statistics), worst))| Point {
                core: planned.core,
                figures,
                multiplier_bits: multiplier_bits[index],
                statistics,
                worst,
                unsettled: unsettled[index],
                holds: holds[index],
                measured: None,
            })
            .collect();
        let standings = standings(&points);
        Ok(Self { plan: report.plan, left_out, checks, points, standings })
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

    /// The points that are worth synthesis: the front, and the front of those that may meet the conditions.
    pub fn to_synthesise(&self, pick: Option<&Pick>) -> Vec<usize> {
        let mut chosen = self.front();
        if let Some(pick) = pick {
            let candidates: Vec<usize> = (0..self.points.len()).filter(|&i| pick.may_meet(&self.points[i])).collect();
            let objectives: Vec<[f64; 3]> = candidates.iter().map(|&i| self.points[i].objectives()).collect();
            let best = candidates.iter().zip(dominators(&objectives)).filter(|(_, dominator)| dominator.is_none());
            chosen.extend(best.map(|(&index, _)| index));
        }
        chosen.sort_unstable();
        chosen.dedup();
        chosen
    }

    /// Whether every core keeps what must hold.
    pub fn holds(&self) -> bool {
        all_hold(&self.checks)
    }

    /// Writes all files into a folder that exists.
    pub fn write(&self, folder: &Path) -> Result<(), CampaignError> {
        let contents = [tables::json(self), tables::csv(self)?, tables::markdown(self), html::page(self)?];
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

/// The worst errors of each core. What the rounding of the input does is computed once for each word: all cores get the same matrices.
fn worst_errors(plan: &Plan, records: &[Record]) -> Result<Vec<WorstError>, CampaignError> {
    let items = plan.items();
    let first_of_word: BTreeMap<u32, usize> =
        plan.cores.iter().enumerate().rev().map(|(core, planned)| (planned.core.0.word, core)).collect();
    let mut of_word: BTreeMap<u32, Vec<f64>> = BTreeMap::new();
    for (word, core) in first_of_word {
        let of_core: Vec<&Item> = items.iter().filter(|item| item.core == core).collect();
        let errors: Result<_, CampaignError> = of_core.par_iter().map(|item| rounding_of_input(plan, item)).collect();
        of_word.insert(word, errors?);
    }
    let worst = |(planned, records): (&PlannedCore, Vec<&Record>)| {
        let shape = &planned.core.0;
        let matrices = records.iter().zip(&of_word[&shape.word]);
        matrices.fold(WorstError::default(), |worst, (record, &rounding)| {
            let added = |metric| if metric == Metric::Sigma { rounding } else { 0.0 };
            let errors = Metric::ALL.into_iter().filter_map(|metric| Some(metric.of(shape, record)? + added(metric)));
            WorstError { quantisation: worst.quantisation.max(rounding), all: errors.fold(worst.all, f64::max) }
        })
    };
    Ok(plan.cores.iter().zip(by_core(plan, records)).map(worst).collect())
}

/// The largest difference between the values of a matrix and of the same rounded to the word, in LSB.
fn rounding_of_input(plan: &Plan, item: &Item) -> Result<f64, CampaignError> {
    let shape = plan.shape(item.core);
    let matrix = plan.matrix(item);
    let judge = || -> Result<f64, JudgeError> {
        let quantised = quantise(shape, &matrix, input_scale(plan))?;
        let lsb = f64::from(quantised.exponent - shape.frac as i32).exp2();
        Ok(values_error(shape, &matrix, &quantised.matrix(shape), lsb)?)
    };
    let error =
        judge().map_err(|source| CampaignError::Judge { matrix: item.matrix, name: item.name(plan), source })?;
    let scale = 10_f64.powi(PLACES);
    Ok((error * scale).round() / scale)
}

/// The largest difference between the values that leave the core of two matrices, in units of `lsb`.
fn values_error(shape: &Shape, first: &DMatrix<f64>, second: &DMatrix<f64>, lsb: f64) -> Result<f64, MetricsError> {
    let delivered = shape.rank_of(first.nrows(), first.ncols());
    let found = if shape.symmetric {
        eigen_accuracy(first, &oracle::eigen(second)?.values[..delivered], None, lsb, shape.word)?
    } else {
        let sigma = &oracle::svd(second)?.sigma[..delivered];
        accuracy(first, Factors { sigma, u: None, v: None }, lsb, shape.word)?
    };
    Ok(found.sigma_max_lsb)
}

#[cfg(test)]
mod tests;
