//! The difference in one quantity between two documents, over the same matrices.

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
/// The smallest ratio of errors that counts as a material difference.
const MATERIAL_ERROR: f64 = 1.05;
/// The smallest ratio of cycles or sweeps that counts as a material difference.
const MATERIAL_COUNT: f64 = 1.01;
/// Smaller errors, in LSB, are replaced by this value in ratios. Nobody cares about such errors, and a ratio needs a
/// divisor other than 0.
const LEAST_ERROR: f64 = 1e-3;

/// A quantity that is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantity {
    /// An error of the results.
    Error(Metric),
    /// The number of sweeps.
    Sweeps,
    /// The number of clock cycles for a matrix.
    Cycles,
}

/// The numbers of the result for one matrix. Errors are in LSB of the first report's core, whichever tool made the
/// result.
#[derive(Clone, Debug)]
pub struct MatrixResult {
    /// Its number in its report.
    pub matrix: usize,
    /// The errors, in the order of [`Metric::ALL`].
    pub errors: [Option<f64>; Metric::ALL.len()],
    /// The number of sweeps.
    pub sweeps: Option<u32>,
    /// The number of clock cycles in all.
    pub cycles: Option<u64>,
}

/// The results of one matrix in both documents.
#[derive(Clone, Debug)]
pub struct Both {
    /// Which matrix.
    pub key: MatrixKey,
    /// The result in the first report.
    pub a: MatrixResult,
    /// The result in the other document.
    pub b: MatrixResult,
}

/// The verdict on a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The quantity is the same for every matrix.
    Equal,
    /// It is significantly and materially less.
    Better,
    /// It is significantly and materially more.
    Worse,
    /// The difference is significant, but the ranks point to one side and the mean to the other.
    Mixed,
    /// The difference is significant, but too small to matter.
    Slight,
    /// The difference may be due to chance.
    NotSignificant,
}

/// One quantity of both documents over the same matrices. Less is better.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Difference {
    /// The quantity. Errors are in LSB of A.
    #[serde(serialize_with = "by_key")]
    pub quantity: Quantity,
    /// The number of results that are compared, one for each matrix and core.
    pub results: usize,
    /// The spread of the first report's values.
    pub a: Spread,
    /// The spread of the other document's values.
    pub b: Spread,
    /// The number of results in which B has less.
    pub wins: usize,
    /// The number of results that are equal.
    pub ties: usize,
    /// The number of results in which B has more.
    pub losses: usize,
    /// The geometric mean of B / A.
    pub ratio: f64,
    /// Its 95 % confidence interval; null for a single matrix.
    pub ratio_interval: Option<(f64, f64)>,
    /// The two-sided p-value of Wilcoxon's signed-rank test on the logarithms of B / A, with one value for each matrix.
    pub p: f64,
    /// The same p-value, corrected for the number of all tests of the comparison.
    pub p_holm: f64,
    /// The verdict.
    pub verdict: Verdict,
    /// Whether the ranks of the test point to less or to more.
    #[serde(skip)]
    side: Ordering,
}

impl Quantity {
    /// All quantities, in the order of tables.
    pub fn all() -> Vec<Self> {
        Metric::ALL.into_iter().map(Self::Error).chain([Self::Sweeps, Self::Cycles]).collect()
    }

    /// The name that is shown to readers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Error(metric) => metric.name(),
            Self::Sweeps => "sweeps",
            Self::Cycles => "cycles",
        }
    }

    /// A short form for the head of a column.
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

    /// The natural logarithm of B / A. It is 0 if the values differ by no more than the rounding of another processor's
    /// arithmetic explains.
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
    /// The name that is shown to readers.
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

/// The logarithms of B / A for all results that have the quantity.
pub fn log_ratios<'a>(quantity: Quantity, results: &'a [Both]) -> impl Iterator<Item = f64> + 'a {
    results.iter().filter_map(move |both| Some(quantity.log_ratio(quantity.of(&both.a)?, quantity.of(&both.b)?)))
}

impl Difference {
    /// Computes the difference over some results. It is `None` if no result has the quantity on both sides. Results of
    /// the same matrix from different cores are not independent, so the test uses the mean of their logarithms.
    /// [`Difference::correct`] later sets `p_holm` and the verdict.
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

    /// Sets the p-value that is corrected for the number of tests, and the verdict.
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

/// Rounds a number to five digits, because the last digits of logarithms differ between machines.
fn shortened(number: f64) -> f64 {
    format!("{number:.4e}").parse().unwrap_or(number)
}

/// The number of matrices that must differ for one of this number of tests to be significant. With m matrices the
/// smallest possible p-value is 2 / 2^m, which the correction multiplies by the number of tests.
pub(super) fn least_matrices(tests: usize) -> usize {
    (1..).find(|&matrices| 2.0 * tests as f64 * f64::from(-matrices).exp2() < SIGNIFICANT).map_or(0, |m| m as usize)
}
