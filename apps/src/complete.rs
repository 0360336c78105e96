//! Fills the gaps of a table: `svdforge complete`.
//!
//! The known entries of each column are scaled to mean 0 and standard deviation 1. Lambda is chosen by the error on
//! known entries that are held out. Then all known entries are completed by [`crate::soft_impute`] along the same path
//! of lambda.

pub mod table;
pub mod texts;

use crate::decomposer::{Decomposer, DecompositionError, LARGEST, Svd};
use crate::soft_impute::{Entry, Path, PathStep, Settings as Iteration, choose_lambda, follow, rmse};
use crate::sparse::from_ordered_entries;
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use rand::seq::SliceRandom;
use svdforge_golden::reader::{NoMemory, check_memory};
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

/// The memory in bytes that the iteration takes for each known number, besides the table, at most.
const BYTES_PER_NUMBER: u64 = 64;

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
    /// The system does not give the memory that the work takes.
    #[error(transparent)]
    Memory(#[from] NoMemory),
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
    let known = table.known().count();
    check_memory(known as u64 * BYTES_PER_NUMBER)?;
    let out = hold_out(table, known, settings.seed);
    let held = out.iter().filter(|out| **out).count();
    if held == 0 && settings.lambda.is_none() {
        return Err(CompleteError::TooFew { known });
    }
    let iteration = Iteration { rank, lambda: 0.0, tolerance: TOLERANCE, iterations: ITERATIONS, seed: settings.seed };
    // The entries held out do not take part in the scaling either.
    let part = |wanted: bool| table.known().zip(&out).filter(move |(_, out)| **out == wanted).map(|(entry, _)| entry);
    let columns = scaling(|| part(false), cols);
    let held_out: Vec<Entry> = part(true).map(|entry| scaled(entry, &columns)).collect();
    let path = {
        let entries = part(false).map(|entry| scaled(entry, &columns));
        let training = from_ordered_entries(rows, cols, known - held, entries);
        match settings.lambda {
            Some(lambda) => follow(&training, &held_out, lambda, &iteration, decomposer)?,
            None => choose_lambda(&training, &held_out, &iteration, decomposer)?,
        }
    };
    // The factors are not needed any more.
    let Path { steps: path, best, .. } = path;
    let lambda = settings.lambda.unwrap_or(best.lambda);
    let columns = scaling(|| table.known(), cols);
    let all = from_ordered_entries(rows, cols, known, table.known().map(|entry| scaled(entry, &columns)));
    let last = follow(&all, &[], lambda, &iteration, decomposer)?;
    Ok(Completion {
        rank,
        lambda,
        path,
        held_out: held_out.len(),
        rmse: best.rmse,
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

/// Chooses one in ten of the known entries to be held out, and says for each entry whether it is. An entry is not held
/// out if it is the last one of its row or one of the last two of its column, because a column of one entry has no
/// standard deviation.
fn hold_out(table: &Table, known: usize, seed: u64) -> Vec<bool> {
    let (rows, cols) = table.shape();
    let (mut in_row, mut in_col) = (vec![0_u32; rows], vec![0_u32; cols]);
    for (row, col, _) in table.known() {
        in_row[row] += 1;
        in_col[col] += 1;
    }
    // A table has fewer than 2^32 numbers.
    let places: Vec<u32> = table.known().map(|(row, col, _)| (row * cols + col) as u32).collect();
    let mut order: Vec<usize> = (0..known).collect();
    order.shuffle(&mut ChaCha8Rng::seed_from_u64(seed));
    let mut out = vec![false; known];
    let mut left = known.div_ceil(HELD_OUT);
    for index in order {
        let (row, col) = (places[index] as usize / cols, places[index] as usize % cols);
        if left > 0 && in_row[row] > 1 && in_col[col] > 2 {
            (out[index], left) = (true, left - 1);
            in_row[row] -= 1;
            in_col[col] -= 1;
        }
    }
    out
}

/// The mean and standard deviation of the entries of each column. A standard deviation of 0 is replaced by 1.
fn scaling<I: Iterator<Item = Entry>>(entries: impl Fn() -> I, cols: usize) -> Vec<(f64, f64)> {
    let mut counts = vec![0.0_f64; cols];
    entries().for_each(|(_, col, _)| counts[col] += 1.0);
    counts.iter_mut().for_each(|count| *count = count.max(1.0));
    // Each value is divided before the sum is taken, so that no sum overflows.
    let mut means = vec![0.0; cols];
    entries().for_each(|(_, col, v)| means[col] += v / counts[col]);
    let mut sizes = vec![0.0_f64; cols];
    entries().for_each(|(_, col, v)| sizes[col] = sizes[col].max((v - means[col]).abs()));
    let mut squares = vec![0.0; cols];
    let varied = entries().filter(|(_, col, _)| sizes[*col] > 0.0);
    varied.for_each(|(_, col, v)| squares[col] += ((v - means[col]) / sizes[col]).powi(2));
    let deviation = |col: usize| if sizes[col] == 0.0 { 1.0 } else { sizes[col] * (squares[col] / counts[col]).sqrt() };
    (0..cols).map(|col| (means[col], deviation(col))).collect()
}

fn scaled((row, col, value): Entry, columns: &[(f64, f64)]) -> Entry {
    let (mean, deviation) = columns[col];
    (row, col, (value - mean) / deviation)
}

#[cfg(test)]
#[path = "complete/tests.rs"]
mod tests;
