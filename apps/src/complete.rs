//! Fills the gaps of a table: `svdforge complete`.
//!
//! The known entries of each column are scaled to mean 0 and standard deviation 1. Lambda is chosen by the error on
//! known entries that are held out. Then all known entries are completed by [`crate::soft_impute`] along the same path
//! of lambda.

pub mod table;
pub mod texts;

use crate::decomposer::{Decomposer, DecompositionError, LARGEST, Svd};
use crate::soft_impute::{Entry, PathStep, Settings as Iteration, choose_lambda, follow, rmse};
use crate::sparse::from_entries;
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use rand::seq::SliceRandom;
use table::Table;

/// The sample table that comes with the project: sixty irises.
pub const SAMPLE: &str = include_str!("../samples/iris.csv");

/// One known entry in this many is held out.
const HELD_OUT: usize = 10;

/// An iteration ends when |Z' - Z|^2 / |Z|^2 is at most this, as in the authors' own programs.
const TOLERANCE: f64 = 1e-5;

/// The most steps for one lambda.
const ITERATIONS: usize = 100;

/// The most factors where the user gives no number. More factors take long on the core. A table with few columns gets
/// one factor fewer than columns, so that something is left over for noise.
const DEFAULT_RANK: usize = 8;

/// How a table is filled.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// The most factors. `None` means 8, or one fewer than the smaller side of the table.
    pub rank: Option<usize>,
    /// The amount by which singular values are lowered, in standard deviations. `None` means that it is chosen by the
    /// error on the entries held out.
    pub lambda: Option<f64>,
    /// The seed of the choice of what is held out, and of the range finder.
    pub seed: u64,
}

/// A filled table.
#[derive(Clone, Debug)]
pub struct Completion {
    /// The largest number of factors that was allowed.
    pub rank: usize,
    /// The amount by which singular values were lowered, in standard deviations.
    pub lambda: f64,
    /// Every lambda that was tried, with errors in standard deviations.
    pub path: Vec<PathStep>,
    /// The number of known entries that were held out.
    pub held_out: usize,
    /// The root mean square error on them, in standard deviations of their columns.
    pub rmse: f64,
    /// The root mean square error on them if each is estimated by the mean of its column.
    pub rmse_means: f64,
    /// The iterations on all known entries, for each lambda down to the chosen one. Nothing is held out here, so the
    /// errors are 0.
    pub convergence: Vec<PathStep>,
    /// Whether each of these iterations settled.
    pub settled: bool,
    /// Mean and standard deviation of the known entries of each column.
    columns: Vec<(f64, f64)>,
    factors: Svd,
}

/// Why a table is not filled.
#[derive(Debug, thiserror::Error)]
pub enum CompleteError {
    /// No entry can be held out.
    #[error("{known} known numbers are too few: none can be held out to choose lambda; give more numbers, or --lambda")]
    TooFew {
        /// The number of known entries.
        known: usize,
    },
    /// Lambda is negative or not finite.
    #[error("--lambda {0}: lambda must be a number of at least 0")]
    Lambda(f64),
    /// A decomposition failed.
    #[error(transparent)]
    Truncation(#[from] DecompositionError),
}

/// Fills a table.
///
/// # Errors
///
/// There are too few numbers to hold any out, the rank or lambda is out of range, or the decomposer fails.
pub fn complete(
    table: &Table,
    settings: &Settings,
    decomposer: &mut dyn Decomposer,
) -> Result<Completion, CompleteError> {
    let (rows, cols) = table.shape();
    let most = LARGEST.min(rows).min(cols);
    let rank = settings.rank.unwrap_or_else(|| DEFAULT_RANK.min(most - 1).max(1));
    if !(1..=most).contains(&rank) {
        return Err(DecompositionError::Rank { rank, most }.into());
    }
    if let Some(lambda) = settings.lambda.filter(|lambda| !(lambda.is_finite() && *lambda >= 0.0)) {
        return Err(CompleteError::Lambda(lambda));
    }
    let known: Vec<Entry> = table.known().collect();
    let (training, held_out) = hold_out(&known, (rows, cols), settings.seed);
    if held_out.is_empty() && settings.lambda.is_none() {
        return Err(CompleteError::TooFew { known: known.len() });
    }
    let iteration = Iteration { rank, lambda: 0.0, tolerance: TOLERANCE, iterations: ITERATIONS, seed: settings.seed };
    // The entries held out do not take part in the scaling either.
    let columns = scaling(&training, cols);
    let (training, held_out) = (scaled(&training, &columns), scaled(&held_out, &columns));
    let training = from_entries(rows, cols, training);
    let path = match settings.lambda {
        Some(lambda) => follow(&training, &held_out, lambda, &iteration, decomposer)?,
        None => choose_lambda(&training, &held_out, &iteration, decomposer)?,
    };
    let lambda = settings.lambda.unwrap_or(path.best.lambda);
    let columns = scaling(&known, cols);
    let all = from_entries(rows, cols, scaled(&known, &columns));
    let last = follow(&all, &[], lambda, &iteration, decomposer)?;
    Ok(Completion {
        rank,
        lambda,
        path: path.steps,
        held_out: held_out.len(),
        rmse: path.best.rmse,
        rmse_means: rmse(&Svd::zero(rows, cols), &held_out),
        settled: last.steps.iter().all(|step| step.settled),
        convergence: last.steps,
        columns,
        factors: last.factors,
    })
}

impl Completion {
    /// The estimate of an entry, in the unit of its column.
    pub fn value(&self, row: usize, col: usize) -> f64 {
        let (mean, deviation) = self.columns[col];
        mean + deviation * self.factors.element(row, col)
    }
}

/// Splits the known entries into those to work with, and one in ten that is held out. An entry is not held out if it is
/// the last one of its row or one of the last two of its column, because a column of one entry has no standard
/// deviation.
fn hold_out(known: &[Entry], (rows, cols): (usize, usize), seed: u64) -> (Vec<Entry>, Vec<Entry>) {
    let (mut in_row, mut in_col) = (vec![0_usize; rows], vec![0_usize; cols]);
    for &(row, col, _) in known {
        in_row[row] += 1;
        in_col[col] += 1;
    }
    let mut order: Vec<usize> = (0..known.len()).collect();
    order.shuffle(&mut ChaCha8Rng::seed_from_u64(seed));
    let mut out = vec![false; known.len()];
    let mut left = known.len().div_ceil(HELD_OUT);
    for index in order {
        let (row, col, _) = known[index];
        if left > 0 && in_row[row] > 1 && in_col[col] > 2 {
            (out[index], left) = (true, left - 1);
            in_row[row] -= 1;
            in_col[col] -= 1;
        }
    }
    let part = |wanted| known.iter().zip(&out).filter(|(_, out)| **out == wanted).map(|(entry, _)| *entry).collect();
    (part(false), part(true))
}

/// The mean and standard deviation of the entries of each column. A standard deviation of 0 is replaced by 1.
fn scaling(entries: &[Entry], cols: usize) -> Vec<(f64, f64)> {
    let mut columns = vec![Vec::new(); cols];
    entries.iter().for_each(|&(_, col, value)| columns[col].push(value));
    let of = |values: &Vec<f64>| {
        let count = values.len().max(1) as f64;
        // Each value is divided before the sum is taken, so that no sum overflows.
        let mean: f64 = values.iter().map(|v| v / count).sum();
        let size = values.iter().fold(0.0, |size: f64, v| size.max((v - mean).abs()));
        if size == 0.0 {
            return (mean, 1.0);
        }
        let variance = values.iter().map(|v| ((v - mean) / size).powi(2)).sum::<f64>() / count;
        (mean, size * variance.sqrt())
    };
    columns.iter().map(of).collect()
}

fn scaled(entries: &[Entry], columns: &[(f64, f64)]) -> Vec<Entry> {
    entries.iter().map(|&(row, col, value)| (row, col, (value - columns[col].0) / columns[col].1)).collect()
}

#[cfg(test)]
#[path = "complete/tests.rs"]
mod tests;
