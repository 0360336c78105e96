//! Chooses lambda along a descending sequence, by the error on entries that are held out.

use super::iteration::{Settings, Step, soft_impute};
use crate::decomposer::{Decomposer, DecompositionError, Svd};
use crate::range_finder::{OVERSAMPLING, POWER_ITERATIONS, truncated_svd};
use nalgebra_sparse::CsrMatrix;
use serde::Serialize;
use std::f64::consts::FRAC_1_SQRT_2;

/// An entry: row, column, value.
pub type Entry = (usize, usize, f64);

/// The path ends at this share of the largest singular value. Matrices without noise reach it.
const SMALLEST: f64 = 1e-3;

/// One lambda that was tried.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PathStep {
    /// The amount by which singular values are lowered.
    pub lambda: f64,
    /// The root mean square error on the entries held out.
    pub rmse: f64,
    /// The number of singular values above lambda.
    pub rank: usize,
    /// The steps of its iteration.
    pub iteration: Vec<Step>,
    /// Whether the iteration settled.
    pub settled: bool,
}

/// The lambdas that were tried, in descending order, and the estimate of the best.
#[derive(Clone, Debug)]
pub struct Path {
    /// Every lambda that was tried.
    pub steps: Vec<PathStep>,
    /// The one with the smallest error.
    pub best: PathStep,
    /// Its estimate.
    pub factors: Svd,
}

/// Tries lambda = sigma_1 / sqrt(2), sigma_1 / 2, ..., where sigma_1 is the largest singular value of the known
/// entries. Each run starts where the last one ended (Mazumder, Hastie, Tibshirani 2010, section 4). The search ends
/// when the error on the entries held out has risen twice.
///
/// `settings.lambda` is not used.
///
/// # Errors
///
/// As [`truncated_svd`].
pub fn choose_lambda(
    known: &CsrMatrix<f64>,
    held_out: &[Entry],
    settings: &Settings,
    decomposer: &mut dyn Decomposer,
) -> Result<Path, DecompositionError> {
    let (largest, mut path) = begin(known, held_out, settings, decomposer)?;
    let mut factors = path.factors.clone();
    let mut lambda = largest;
    let mut risen = 0;
    while risen < 2 && lambda > SMALLEST * largest {
        lambda *= FRAC_1_SQRT_2;
        let step = advance(known, held_out, lambda, settings, &mut factors, decomposer)?;
        if step.rmse < path.best.rmse {
            (path.best, path.factors, risen) = (step.clone(), factors.clone(), 0);
        } else {
            risen += 1;
        }
        path.steps.push(step);
    }
    Ok(path)
}

/// Follows the same sequence down to a given lambda, which is its last step and counts as the best.
///
/// # Errors
///
/// As [`truncated_svd`].
pub fn follow(
    known: &CsrMatrix<f64>,
    held_out: &[Entry],
    lambda: f64,
    settings: &Settings,
    decomposer: &mut dyn Decomposer,
) -> Result<Path, DecompositionError> {
    let (largest, mut path) = begin(known, held_out, settings, decomposer)?;
    let mut next = largest;
    while path.best.lambda > lambda {
        next *= FRAC_1_SQRT_2;
        // Below the smallest lambda of the path the next step is the goal. A lambda that is only a little above the
        // goal is replaced by it.
        let goal = next < SMALLEST * largest || next <= lambda * (1.0 + 1e-9);
        path.best =
            advance(known, held_out, if goal { lambda } else { next }, settings, &mut path.factors, decomposer)?;
        path.steps.push(path.best.clone());
    }
    Ok(path)
}

/// The largest singular value, and the path that starts with it as lambda, whose estimate is 0.
fn begin(
    known: &CsrMatrix<f64>,
    held_out: &[Entry],
    settings: &Settings,
    decomposer: &mut dyn Decomposer,
) -> Result<(f64, Path), DecompositionError> {
    let largest = truncated_svd(known, 1, OVERSAMPLING, POWER_ITERATIONS, settings.seed, decomposer)?.sigma[0];
    let factors = Svd::zero(known.nrows(), known.ncols());
    let rmse = rmse(&factors, held_out);
    let start = PathStep { lambda: largest, rmse, rank: 0, iteration: Vec::new(), settled: true };
    Ok((largest, Path { steps: vec![start.clone()], best: start, factors }))
}

fn advance(
    known: &CsrMatrix<f64>,
    held_out: &[Entry],
    lambda: f64,
    settings: &Settings,
    factors: &mut Svd,
    decomposer: &mut dyn Decomposer,
) -> Result<PathStep, DecompositionError> {
    let start = std::mem::replace(factors, Svd::zero(0, 0));
    let estimate = soft_impute(known, &Settings { lambda, ..*settings }, start, decomposer)?;
    *factors = estimate.factors;
    Ok(PathStep {
        lambda,
        rmse: rmse(factors, held_out),
        rank: estimate.steps.last().map_or(0, |step| step.rank),
        settled: estimate.settled,
        iteration: estimate.steps,
    })
}

/// The root mean square error of an estimate on some entries; 0 if there are none.
pub fn rmse(factors: &Svd, entries: &[Entry]) -> f64 {
    let sum: f64 = entries.iter().map(|&(row, col, value)| (value - factors.element(row, col)).powi(2)).sum();
    (sum / entries.len().max(1) as f64).sqrt()
}
