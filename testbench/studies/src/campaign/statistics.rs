//! Summarises the records of a campaign.

use super::bounds::CoreBounds;
use super::metric::Metric;
use super::plan::{Plan, Purpose};
use super::record::{self, Record};
use serde::Serialize;
use svdforge_golden::Sources;
use svdforge_hdl::parameters::Sweeps;

/// The distribution of a number over the matrices of one core.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Spread {
    /// Half of the matrices are at or below it.
    pub median: f64,
    /// 99 % of the matrices are at or below it.
    pub p99: f64,
    /// The largest value.
    pub max: f64,
    /// The matrix with the largest value; the first one, if several matrices have it.
    pub worst_matrix: usize,
}

/// The statistics of one core over all its matrices.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CoreStatistics {
    /// The number of matrices.
    pub matrices: usize,
    /// The spread of [`Metric::Sigma`] in LSB. This and the next three fields are null for what the core does not
    /// deliver.
    pub sigma_max_lsb: Option<Spread>,
    /// The spread of [`Metric::Reconstruction`].
    pub reconstruction_max_lsb: Option<Spread>,
    /// The spread of [`Metric::Orthogonality`].
    pub orthogonality_max_lsb: Option<Spread>,
    /// The spread of [`Metric::OffDiagonal`].
    pub off_diagonal_max_lsb: Option<Spread>,
    /// The mean and the largest number of sweeps.
    pub sweeps: MeanMax,
    /// The mean and the largest number of clock cycles from the first input beat to the last output beat.
    pub cycles: MeanMax,
    /// The sources of the errors, as root mean squares over the matrices. Null where no record has them.
    pub sources: Option<Sources>,
}

/// Mean and maximum of counts.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct MeanMax {
    /// The mean, to two decimals.
    pub mean: f64,
    /// The largest.
    pub max: u64,
}

impl CoreStatistics {
    /// The spread of one metric.
    pub fn of(&self, metric: Metric) -> Option<Spread> {
        match metric {
            Metric::Sigma => self.sigma_max_lsb,
            Metric::Reconstruction => self.reconstruction_max_lsb,
            Metric::Orthogonality => self.orthogonality_max_lsb,
            Metric::OffDiagonal => self.off_diagonal_max_lsb,
        }
    }

    /// Computes the statistics from the records of one core, of which there must be at least one.
    pub fn new(plan: &Plan, records: &[&Record]) -> Self {
        let spread = |metric| {
            let values = records.iter().filter_map(|r| Some((value(plan, r, metric)?, r.matrix)));
            Spread::of(values.collect())
        };
        Self {
            matrices: records.len(),
            sigma_max_lsb: spread(Metric::Sigma),
            reconstruction_max_lsb: spread(Metric::Reconstruction),
            orthogonality_max_lsb: spread(Metric::Orthogonality),
            off_diagonal_max_lsb: spread(Metric::OffDiagonal),
            sweeps: MeanMax::of(records.iter().map(|r| u64::from(r.sweeps))),
            cycles: MeanMax::of(records.iter().map(|r| r.cycles.total)),
            sources: Sources::root_mean_square(records.iter().filter_map(|r| r.sources)).map(|s| s.map(record::round)),
        }
    }
}

impl Spread {
    /// The spread of values, each given with its matrix. The result is `None` if there are no values.
    pub fn of(mut values: Vec<(f64, usize)>) -> Option<Self> {
        // Of equal values, the one of the first matrix is sorted last, because the last entry is taken as the largest.
        values.sort_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)));
        let &(max, worst_matrix) = values.last()?;
        // The percentile by nearest rank: the smallest value that at least this share of the values does not exceed.
        let rank = |percent: usize| values[(values.len() * percent).div_ceil(100).max(1) - 1].0;
        Some(Self { median: rank(50), p99: rank(99), max, worst_matrix })
    }
}

impl MeanMax {
    fn of(values: impl Iterator<Item = u64>) -> Self {
        let (count, sum, max) = values.fold((0_u64, 0, 0), |(count, sum, max), v| (count + 1, sum + v, v.max(max)));
        let mean = sum as f64 / count.max(1) as f64;
        Self { mean: (mean * 100.0).round() / 100.0, max }
    }
}

/// The value of a metric for a record.
pub fn value(plan: &Plan, record: &Record, metric: Metric) -> Option<f64> {
    metric.of(plan.shape(record.core), record)
}

/// The records of each core, in the order of the plan.
pub fn by_core<'a>(plan: &Plan, records: &'a [Record]) -> Vec<Vec<&'a Record>> {
    let mut cores = vec![Vec::new(); plan.cores.len()];
    for record in records {
        cores[record.core].push(record);
    }
    cores
}

/// A condition that must hold for every matrix.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Check {
    /// The name of the condition.
    pub name: &'static str,
    /// The number of matrices to which it applies.
    pub matrices: usize,
    /// The numbers of the matrices for which it does not hold.
    pub failed: Vec<usize>,
    /// Whether it holds for all of them. Null where it applies to no matrix.
    pub holds: Option<bool>,
}

impl Check {
    fn new<'a>(name: &'static str, verdicts: impl Iterator<Item = (&'a Record, bool)>) -> Self {
        let mut check = Self { name, matrices: 0, failed: Vec::new(), holds: None };
        for (record, holds) in verdicts {
            check.matrices += 1;
            if !holds {
                check.failed.push(record.matrix);
            }
        }
        check.holds = (check.matrices > 0).then_some(check.failed.is_empty());
        check
    }
}

/// Checks that no flag of the status word is set and that no bound is exceeded. Matrices need not have settled in a
/// core with a fixed number of sweeps.
pub fn checks(plan: &Plan, bounds: &[Option<CoreBounds>], records: &[Record]) -> Vec<Check> {
    let auto = |record: &&Record| plan.shape(record.core).sweeps() == Sweeps::Auto;
    let bounded = |record: &&Record| plan.cores[record.core].purpose == Purpose::Accuracy;
    let within = |record: &Record| {
        let limits = bounds[record.core].and_then(|b| b.rigorous)?;
        // The off-diagonal elements of a matrix that has not settled are not bounded.
        let bounded = |m: &&Metric| !record.flags.cap_reached() || **m == Metric::Orthogonality;
        let metrics = Metric::ALL.iter().filter(bounded);
        let pairs: Vec<(f64, f64)> = metrics.filter_map(|&m| Some((value(plan, record, m)?, limits.of(m)?))).collect();
        (!pairs.is_empty()).then(|| pairs.iter().all(|(error, limit)| error <= limit))
    };
    vec![
        Check::new("no bad frame", records.iter().map(|r| (r, !r.flags.bad_frame()))),
        Check::new("no overflow", records.iter().map(|r| (r, !r.flags.overflow()))),
        Check::new("settled under the cap", records.iter().filter(auto).map(|r| (r, !r.flags.cap_reached()))),
        // No core has a self-check yet. Its flag is always 0 and proves nothing, so only a set flag is counted.
        Check::new(
            "self-check passed",
            records.iter().filter(|r| r.flags.is_set("self_check_failed")).map(|r| (r, false)),
        ),
        Check::new("within the bounds", records.iter().filter(bounded).filter_map(|r| Some((r, within(r)?)))),
    ]
}

/// Whether every check that applied to a matrix holds.
pub fn all_hold(checks: &[Check]) -> bool {
    checks.iter().all(|check| check.holds != Some(false))
}
