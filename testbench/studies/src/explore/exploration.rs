//! An exploration: the campaign, its cores with all that is known of them, and where each stands.

use super::front::dominators;
use super::point::Point;
use super::space::LeftOut;
use crate::campaign::statistics::{Check, all_hold};
use crate::campaign::{Plan, Record};
use crate::report::Report;
use rayon::prelude::*;
use svdforge_hdl::core::Core;

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
        for record in report.records.iter().filter(|record| record.flags.cap_reached()) {
            unsettled[record.core] += 1;
        }
        let mut holds = vec![true; report.plan.cores.len()];
        for &matrix in checks.iter().flat_map(|check| &check.failed) {
            holds[report.records[matrix].core] = false;
        }
        let multiplier_bits: Vec<u64> =
            report.plan.cores.par_iter().map(|planned| Core::new(planned.core.0).design().multiplier_bits()).collect();
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

    /// Whether every core keeps what must hold.
    pub fn holds(&self) -> bool {
        all_hold(&self.checks)
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
