//! The iteration of soft-impute for one lambda.
//!
//! Soft-impute (R. Mazumder, T. Hastie, R. Tibshirani: "Spectral Regularization Algorithms for Learning Large
//! Incomplete Matrices", Journal of Machine Learning Research 11, 2010, algorithm 1): the unknown entries are filled
//! with the estimate Z, the filled matrix is decomposed, its singular values are lowered by lambda, which gives the
//! next Z. Each step lowers the objective (1/2) sum over known (X - Z)^2 + lambda (sum of the singular values of Z).
//! The filled matrix is a sparse one (known minus estimate) plus one of low rank and is never written out (their
//! section 5). The rank is limited besides, to what the decomposer holds.

use crate::decomposer::{Decomposer, DecompositionError, Svd};
use crate::range_finder::{OVERSAMPLING, POWER_ITERATIONS, truncated_svd};
use crate::sparse::SparsePlusLowRank;
use nalgebra::DMatrix;
use nalgebra_sparse::CsrMatrix;
use serde::Serialize;

/// How a matrix is filled.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// The most singular triplets of the estimate.
    pub rank: usize,
    /// What each singular value is lowered by, in the unit of the singular values.
    pub lambda: f64,
    /// The iteration ends when |Z' - Z|^2 is at most this share of |Z|^2 ...
    pub tolerance: f64,
    /// ... or after so many steps.
    pub iterations: usize,
    /// Of the range finder.
    pub seed: u64,
}

/// One step of the iteration.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Step {
    /// The objective of the new estimate, in squared units of the entries.
    pub objective: f64,
    /// |Z' - Z|^2 / |Z|^2; of the first step from nothing: 1.
    pub change: f64,
    /// Singular values of the new estimate that are not zero.
    pub rank: usize,
}

/// An estimate Z = U diag(sigma) V^T of all entries.
#[derive(Clone, Debug)]
pub struct Estimate {
    /// The factors; sigma already lowered, possibly to zero.
    pub factors: Svd,
    /// Every step made.
    pub steps: Vec<Step>,
    /// Whether the last step was smaller than the tolerance.
    pub settled: bool,
}

impl Svd {
    /// The zero matrix of m x n with no triplet at all.
    pub fn zero(rows: usize, cols: usize) -> Self {
        Self { u: DMatrix::zeros(rows, 0), sigma: Vec::new(), v: DMatrix::zeros(cols, 0) }
    }

    /// The element in a row and a column.
    pub fn element(&self, row: usize, col: usize) -> f64 {
        self.sigma.iter().enumerate().map(|(k, sigma)| self.u[(row, k)] * sigma * self.v[(col, k)]).sum()
    }

    /// The sum of the products of the elements of two decomposed matrices, without forming either. The factors need not
    /// be orthonormal, and a core's are only up to its word.
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

/// Fills the matrix of which `known` holds the known entries (a known zero is stored), beginning with the estimate
/// `start`.
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
    let mut residual = known.clone();
    subtract(known, &estimate.factors, &mut residual);
    while !estimate.settled && estimate.steps.len() < settings.iterations {
        let old = &estimate.factors;
        let filled = SparsePlusLowRank { sparse: residual, left: old.left(), right: old.v.clone() };
        let mut new = truncated_svd(&filled, settings.rank, OVERSAMPLING, POWER_ITERATIONS, settings.seed, decomposer)?;
        new.sigma.iter_mut().for_each(|sigma| *sigma = (*sigma - settings.lambda).max(0.0));
        residual = filled.sparse;
        subtract(known, &new, &mut residual);
        let (distance, size) = (new.distance_squared(old), old.inner(old));
        let step = Step {
            objective: 0.5 * residual.values().iter().map(|r| r * r).sum::<f64>()
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

/// `residual` = `known` - Z in the known places.
pub(super) fn subtract(known: &CsrMatrix<f64>, factors: &Svd, residual: &mut CsrMatrix<f64>) {
    // Rows of U diag(sigma) and of V lie together in memory when transposed.
    let (left, right) = (factors.left().transpose(), factors.v.transpose());
    for ((row, col, &value), slot) in known.triplet_iter().zip(residual.values_mut()) {
        *slot = value - left.column(row).dot(&right.column(col));
    }
}
