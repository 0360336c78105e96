//! The iteration of soft-impute for one lambda.
//!
//! Soft-impute is algorithm 1 of R. Mazumder, T. Hastie, R. Tibshirani: "Spectral Regularization Algorithms for
//! Learning Large Incomplete Matrices", Journal of Machine Learning Research 11, 2010. The unknown entries are filled
//! with the estimate Z, the filled matrix is decomposed, and its singular values are lowered by lambda, which gives the
//! next Z. Each step lowers the objective (1/2) sum over known (X - Z)^2 + lambda (sum of the singular values of Z).
//! The filled matrix is the sum of a sparse matrix (known minus estimate) and one of low rank, and is never formed
//! (their section 5). In addition, the rank is limited to what the decomposer can hold.

use crate::decomposer::{Decomposer, DecompositionError, Svd};
use crate::range_finder::{OVERSAMPLING, POWER_ITERATIONS, truncated_svd};
use crate::sparse::{SparsePlusLowRank, scaled_rows};
use nalgebra::DMatrix;
use nalgebra_sparse::CsrMatrix;
use serde::Serialize;

/// The settings of the iteration.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// The most singular triplets of the estimate.
    pub rank: usize,
    /// The amount by which each singular value is lowered, in the unit of the singular values.
    pub lambda: f64,
    /// The iteration ends when |Z' - Z|^2 is at most this share of |Z|^2 ...
    pub tolerance: f64,
    /// ... or after this many steps.
    pub iterations: usize,
    /// The seed of the range finder.
    pub seed: u64,
}

/// One step of the iteration.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Step {
    /// The objective of the new estimate, in squared units of the entries.
    pub objective: f64,
    /// Z' - Z|^2 / |Z|^2. It is 1 for the first step from an estimate of 0.
    pub change: f64,
    /// The number of singular values of the new estimate that are not zero.
    pub rank: usize,
}

/// An estimate Z = U diag(sigma) V^T of all entries.
#[derive(Clone, Debug)]
pub struct Estimate {
    /// The factors. Sigma has already been lowered, possibly to zero.
    pub factors: Svd,
    /// Every step that was made.
    pub steps: Vec<Step>,
    /// Whether the last step was smaller than the tolerance.
    pub settled: bool,
}

impl Svd {
    /// The zero matrix of m x n, with no triplets.
    pub fn zero(rows: usize, cols: usize) -> Self {
        Self { u: DMatrix::zeros(rows, 0), sigma: Vec::new(), v: DMatrix::zeros(cols, 0) }
    }

    /// The element in this row and column.
    pub fn element(&self, row: usize, col: usize) -> f64 {
        self.sigma.iter().enumerate().map(|(k, sigma)| self.u[(row, k)] * sigma * self.v[(col, k)]).sum()
    }

    /// The sum of the products of the elements of two decomposed matrices, computed without forming either. The factors
    /// need not be orthonormal, and those of a core are so only to the precision of its word.
    fn inner(&self, other: &Self) -> f64 {
        let cross = self.u.tr_mul(&other.u).component_mul(&self.v.tr_mul(&other.v));
        let row =
            |(row, s): (usize, &f64)| s * other.sigma.iter().zip(&cross.row(row)).map(|(t, c)| t * c).sum::<f64>();
        self.sigma.iter().enumerate().map(row).sum()
    }

    /// The squared Frobenius norm of the difference of two decomposed matrices.
    pub(super) fn distance_squared(&self, other: &Self) -> f64 {
        (self.inner(self) + other.inner(other) - 2.0 * self.inner(other)).max(0.0)
    }
}

/// Fills a matrix, starting with the estimate `start`. `known` holds the known entries; a known zero is stored, too.
///
/// # Errors
///
/// As [`truncated_svd`].
pub fn soft_impute(
    known: &CsrMatrix<f64>,
    settings: &Settings,
    start: Svd,
    decomposer: &mut dyn Decomposer,
) -> Result<Estimate, DecompositionError> {
    let mut estimate = Estimate { factors: start, steps: Vec::new(), settled: false };
    let mut residual = vec![0.0; known.nnz()];
    subtract(known, &estimate.factors, &mut residual);
    while !estimate.settled && estimate.steps.len() < settings.iterations {
        let old = &estimate.factors;
        let filled = SparsePlusLowRank { pattern: known.pattern(), values: residual, low_rank: old };
        let mut new = truncated_svd(&filled, settings.rank, OVERSAMPLING, POWER_ITERATIONS, settings.seed, decomposer)?;
        new.sigma.iter_mut().for_each(|sigma| *sigma = (*sigma - settings.lambda).max(0.0));
        residual = filled.values;
        subtract(known, &new, &mut residual);
        let (distance, size) = (new.distance_squared(old), old.inner(old));
        let step = Step {
            objective: 0.5 * residual.iter().map(|r| r * r).sum::<f64>()
                + settings.lambda * new.sigma.iter().sum::<f64>(),
            change: if size > 0.0 { distance / size } else { f64::from(distance > 0.0) },
            rank: new.sigma.iter().filter(|&&sigma| sigma > 0.0).count(),
        };
        estimate.settled = step.change <= settings.tolerance;
        estimate.steps.push(step);
        estimate.factors = new;
    }
    Ok(estimate)
}

/// Sets `residual` to `known` - Z in the known places, row by row.
pub(super) fn subtract(known: &CsrMatrix<f64>, factors: &Svd, residual: &mut [f64]) {
    // In the transposed matrices, rows of U diag(sigma) and of V are contiguous in memory.
    let left = scaled_rows(factors.u.transpose(), &factors.sigma);
    let right = factors.v.transpose();
    for ((row, col, &value), slot) in known.triplet_iter().zip(residual) {
        *slot = value - left.column(row).dot(&right.column(col));
    }
}
