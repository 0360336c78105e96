//! One number of two things over the same matrices.

use super::paired::{mean, signed_rank};
use super::pairing::MatrixKey;
use crate::campaign::Metric;
use crate::campaign::record::TOLERANCE;
use crate::campaign::statistics::Spread;
use serde::Serialize;
use std::cmp::Ordering;
use std::collections::HashMap;

/// The level of significance, after correction for the number of tests.
pub const SIGNIFICANT: f64 = 0.01;
/// The least ratio of errors that matters.
const MATERIAL_ERROR: f64 = 1.05;
/// The least ratio of cycles or sweeps that matters.
const MATERIAL_COUNT: f64 = 1.01;
/// In ratios, errors below this count as this, in LSB: nobody cares for them, and a ratio needs something to divide by.
const LEAST_ERROR: f64 = 1e-3;

/// What is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantity {
    /// An error.
    Error(Metric),
    /// Sweeps made.
    Sweeps,
    /// Clock cycles of a matrix.
    Cycles,
}

/// What is known of one matrix's result. Errors are in LSB of the first report's core, whoever made them.
#[derive(Clone, Debug)]
pub struct MatrixResult {
    /// Its number in its report.
    pub matrix: usize,
    /// In the order of [`Metric::ALL`].
    pub errors: [Option<f64>; Metric::ALL.len()],
    /// Sweeps.
    pub sweeps: Option<u32>,
    /// Cycles in all.
    pub cycles: Option<u64>,
}

/// One matrix through both.
#[derive(Clone, Debug)]
pub struct Both {
    /// Which matrix.
    pub key: MatrixKey,
    /// In the first report.
    pub a: MatrixResult,
    /// In the other document.
    pub b: MatrixResult,
}

/// What a difference comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The same for every matrix.
    Equal,
    /// Significantly and materially less.
    Better,
    /// Significantly and materially more.
    Worse,
    /// Significant, but the ranks are to one side and the mean to the other.
    Mixed,
    /// Significant, but too little to matter.
    Slight,
    /// It may be chance.
    NotSignificant,
}

/// One quantity of both over the same matrices. Less is better.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Difference {
    /// What; errors are in LSB of A.
    #[serde(serialize_with = "by_key")]
    pub quantity: Quantity,
    /// Results compared: one for each matrix and core.
    pub results: usize,
    /// Spread of the first report's.
    pub a: Spread,
    /// Spread of the other's.
    pub b: Spread,
    /// Results in which B has less.
    pub wins: usize,
    /// Equal ones.
    pub ties: usize,
    /// Results in which B has more.
    pub losses: usize,
    /// Geometric mean of B / A.
    pub ratio: f64,
    /// Its 95 % confidence interval; null of one matrix.
    pub ratio_interval: Option<(f64, f64)>,
    /// Of Wilcoxon's signed-rank test, two-sided, on the logarithms of B / A, one for each matrix.
    pub p: f64,
    /// The same, corrected for all tests of the comparison.
    pub p_holm: f64,
    /// What it comes to.
    pub verdict: Verdict,
    /// Whether the ranks of the test say less or more.
    #[serde(skip)]
    side: Ordering,
}

impl Quantity {
    /// All, in the order of tables.
    pub fn all() -> Vec<Self> {
        Metric::ALL.into_iter().map(Self::Error).chain([Self::Sweeps, Self::Cycles]).collect()
    }

    /// The name for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Error(metric) => metric.name(),
            Self::Sweeps => "sweeps",
            Self::Cycles => "cycles",
        }
    }

    /// Short, for the head of a column.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Error(metric) => metric.symbol(),
            other => other.name(),
        }
    }

    /// The name in files.
    pub fn key(self) -> String {
        match self {
            Self::Error(metric) => format!("{}_max_lsb", metric.key()),
            other => other.name().to_owned(),
        }
    }

    fn of(self, measured: &MatrixResult) -> Option<f64> {
        match self {
            Self::Error(metric) => measured.errors[metric as usize],
            Self::Sweeps => measured.sweeps.map(f64::from),
            Self::Cycles => measured.cycles.map(|cycles| cycles as f64),
        }
    }

    /// The natural logarithm of B / A; 0 where they differ by no more than the rounding of another processor's arithmetic explains.
    fn log_ratio(self, a: f64, b: f64) -> f64 {
        let least = if matches!(self, Self::Error(_)) { LEAST_ERROR } else { 1.0 };
        if (a - b).abs() <= TOLERANCE * (1.0 + a) { 0.0 } else { (b.max(least) / a.max(least)).ln() }
    }

    fn material(self) -> f64 {
        if matches!(self, Self::Error(_)) { MATERIAL_ERROR } else { MATERIAL_COUNT }
    }
}

fn by_key<S: serde::Serializer>(quantity: &Quantity, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&quantity.key())
}

impl Verdict {
    /// For people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Equal => "equal",
            Self::Better => "better",
            Self::Worse => "worse",
            Self::Mixed => "mixed",
            Self::Slight => "slight",
            Self::NotSignificant => "not significant",
        }
    }
}

/// The logarithms of B / A of all results that have the quantity.
pub fn log_ratios<'a>(quantity: Quantity, results: &'a [Both]) -> impl Iterator<Item = f64> + 'a {
    results.iter().filter_map(move |both| Some(quantity.log_ratio(quantity.of(&both.a)?, quantity.of(&both.b)?)))
}

impl Difference {
    /// The difference over some results; `None` where none has the quantity on both sides. Several results of one matrix, from different cores, are not independent:
    /// the test takes the mean of their logarithms. `p_holm` and the verdict are still to come: see [`Difference::correct`].
    pub fn new(quantity: Quantity, results: &[Both]) -> Option<Self> {
        let (mut of_a, mut of_b) = (Vec::new(), Vec::new());
        let (mut wins, mut losses) = (0, 0);
        let mut places: HashMap<MatrixKey, usize> = HashMap::new();
        let mut matrices: Vec<(f64, f64)> = Vec::new();
        for both in results {
            let Some((a, b)) = quantity.of(&both.a).zip(quantity.of(&both.b)) else { continue };
            of_a.push((a, both.a.matrix));
            of_b.push((b, both.b.matrix));
            let ratio = quantity.log_ratio(a, b);
            wins += usize::from(ratio < 0.0);
            losses += usize::from(ratio > 0.0);
            let place = *places.entry(both.key).or_insert(matrices.len());
            if place == matrices.len() {
                matrices.push((0.0, 0.0));
            }
            matrices[place] = (matrices[place].0 + ratio, matrices[place].1 + 1.0);
        }
        let ratios: Vec<f64> = matrices.iter().map(|(sum, count)| sum / count).collect();
        let count = of_a.len();
        let (a, b) = Spread::of(of_a).zip(Spread::of(of_b))?;
        let (centre, interval) = mean(&ratios);
        let (p, side) = signed_rank(&ratios);
        Some(Self {
            quantity,
            results: count,
            a,
            b,
            wins,
            ties: count - wins - losses,
            losses,
            ratio: shortened(centre.exp()),
            ratio_interval: interval.map(|(low, high)| (shortened(low.exp()), shortened(high.exp()))),
            p: shortened(p),
            p_holm: 1.0,
            verdict: Verdict::NotSignificant,
            side,
        })
    }

    /// Takes the p-value that is corrected for the number of tests, and judges.
    pub fn correct(&mut self, p_holm: f64) {
        self.p_holm = shortened(p_holm);
        let material = self.quantity.material();
        self.verdict = if self.wins + self.losses == 0 {
            Verdict::Equal
        } else if p_holm >= SIGNIFICANT {
            Verdict::NotSignificant
        } else if (1.0 / material..material).contains(&self.ratio) {
            Verdict::Slight
        } else if self.ratio.total_cmp(&1.0) != self.side {
            Verdict::Mixed
        } else if self.ratio < 1.0 {
            Verdict::Better
        } else {
            Verdict::Worse
        };
    }
}

/// A number to five digits: the last ones of logarithms differ between machines.
fn shortened(number: f64) -> f64 {
    format!("{number:.4e}").parse().unwrap_or(number)
}

/// With fewer matrices that differ, the least p-value of one of so many tests is not significant: 2 / 2^matrices, by their number.
pub(super) fn least_matrices(tests: usize) -> usize {
    (1..).find(|&matrices| 2.0 * tests as f64 * f64::from(-matrices).exp2() < SIGNIFICANT).map_or(0, |m| m as usize)
}
