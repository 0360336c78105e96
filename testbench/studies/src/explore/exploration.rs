//! An exploration: the campaign, its cores with everything that is known about them, and which of them are on the
//! front.

use super::front::dominators;
use super::point::{ALWAYS, OBJECTIVES, Point};
use super::space::LeftOut;
use crate::campaign::plan::PlannedCore;
use crate::campaign::statistics::{Check, all_hold};
use crate::campaign::{Plan, Record};
use crate::report::Report;
use rayon::prelude::*;
use svdforge_hdl::core::Core;
use svdforge_testbench::run::RunError;
use svdforge_testbench::throughput::period;

/// An exploration that was run to its end.
#[derive(Clone, Debug, PartialEq)]
pub struct Exploration {
    /// The campaign.
    pub plan: Plan,
    /// Combinations of parameters that are not a valid core.
    pub left_out: Vec<LeftOut>,
    /// The checks of the campaign.
    pub checks: Vec<Check>,
    /// The cores, in the order of the plan.
    pub points: Vec<Point>,
    /// The standing of each point.
    pub standings: Vec<Standing>,
}

/// How a point compares with the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The point is on the Pareto front: no other point is at least as good in everything and better in something.
    Front,
    /// The point with this index, which is on the front, dominates this one.
    Dominated(usize),
    /// The core fails a check, so it is not compared.
    Fails,
}

impl Exploration {
    /// Makes the exploration from a plan and the records of all its matrices, in the plan's order.
    ///
    /// # Errors
    ///
    /// A core fails in the simulator, where the cycles between its results are measured.
    pub fn new(plan: Plan, left_out: Vec<LeftOut>, records: Vec<Record>) -> Result<Self, RunError> {
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
        let of_core = |planned: &PlannedCore| {
            let core = Core::new(planned.core.0);
            Ok((core.design().multiplier_bits(), period(&core)?))
        };
        let counted: Vec<(u64, u64)> = report.plan.cores.par_iter().map(of_core).collect::<Result<_, RunError>>()?;
        let points = report.plan.cores.iter().zip(report.figures).zip(statistics).enumerate();
        let points: Vec<Point> = points
            .map(|(index, ((planned, figures), statistics))| Point {
                core: planned.core,
                figures,
                multiplier_bits: counted[index].0,
                interval: counted[index].1,
                statistics,
                unsettled: unsettled[index],
                holds: holds[index],
                measured: None,
            })
            .collect();
        let standings = standings(&points);
        Ok(Self { plan: report.plan, left_out, checks, points, standings })
    }

    /// The indices of the points on the front, from the largest error to the smallest. Points with equal errors are
    /// ordered by their cost.
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

    /// The names of the objectives that are compared.
    pub fn objectives(&self) -> &'static [&'static str] {
        if self.takes_turns() { &OBJECTIVES } else { &OBJECTIVES[..ALWAYS] }
    }

    /// Whether the cycles between results and the memory are compared; see [`takes_turns`].
    pub fn takes_turns(&self) -> bool {
        takes_turns(&self.points)
    }

    /// Whether every core passes every check.
    pub fn holds(&self) -> bool {
        all_hold(&self.checks)
    }
}

/// Whether a core has several matrices in flight, or architectures differ. The cycles between results then tell
/// something else than the cycles of a matrix.
fn takes_turns(points: &[Point]) -> bool {
    points.iter().any(|point| point.shape().in_flight() > 1 || point.shape().arch() != points[0].shape().arch())
}

/// Computes the standings. Points that fail a check are not compared, so that they do not displace any other point.
fn standings(points: &[Point]) -> Vec<Standing> {
    let compared: Vec<usize> = (0..points.len()).filter(|&index| points[index].holds).collect();
    let counts = takes_turns(points);
    let objectives = |&index: &usize| {
        let mut objectives = points[index].objectives();
        if !counts {
            objectives[ALWAYS..].fill(0.0);
        }
        objectives
    };
    let objectives: Vec<_> = compared.iter().map(objectives).collect();
    let mut standings = vec![Standing::Fails; points.len()];
    for (&index, dominator) in compared.iter().zip(dominators(&objectives)) {
        standings[index] = dominator.map_or(Standing::Front, |other| Standing::Dominated(compared[other]));
    }
    standings
}
