//! Computes the largest singular triplets of a large matrix with one decomposition of a small dense matrix.
//!
//! The method is the randomised range finder with subspace iteration (N. Halko, P. G. Martinsson, J. A. Tropp: "Finding
//! Structure with Randomness", SIAM Review 53, 2011, algorithms 4.4 and 5.1). The host multiplies A by thin dense
//! matrices and orthonormalises the results, which gives Q of m x l with A = Q Q^T A approximately. The decomposer then
//! decomposes the small factor of A^T Q.
//!
//! # What the decomposer receives
//!
//! The decomposer receives only an l x l matrix, with l at most [`LARGEST`]. A Householder QR decomposition on the host
//! gives A^T Q = W R, so that A = Q R^T W^T approximately. The decomposer gives R^T = X diag(sigma) Y^T, and then U = Q
//! X and V = W Y. Q and W are orthonormal to the last bits of `f64`, so they neither enlarge the decomposer's error nor
//! hide it. An error E of the decomposer in R moves each sigma by at most |E|, and the space of the first k vectors by
//! an angle of at most about |E| / (sigma_k - sigma_k+1) (Wedin).

use crate::decomposer::{Decomposer, DecompositionError, LARGEST, Svd};
use crate::sparse::Operator;
use nalgebra::DMatrix;
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

/// The number of extra columns of the sample. Halko, Martinsson and Tropp advise 5 to 10 (section 4.2).
pub const OVERSAMPLING: usize = 8;

/// The number of power iterations for a matrix with slowly decaying singular values. Section 4.5 advises 1 or 2, and
/// sums that include a sparse matrix need no more.
pub const POWER_ITERATIONS: usize = 2;

/// Computes the `rank` largest singular triplets of A, m x n. U is m x rank and V is n x rank, and they are as
/// orthonormal as those of the decomposer.
///
/// The sample has min(rank + `oversampling`, [`LARGEST`], m, n) columns. If min(m, n) is at most [`LARGEST`], the
/// decomposer receives all of A instead, through QR, and nothing is random.
///
/// # Errors
///
/// `rank` is 0 or larger than [`LARGEST`], m or n; or the decomposer refuses, as it does if an element is not finite.
pub fn truncated_svd(
    operator: &dyn Operator,
    rank: usize,
    oversampling: usize,
    power_iterations: usize,
    seed: u64,
    decomposer: &mut dyn Decomposer,
) -> Result<Svd, DecompositionError> {
    let (m, n) = (operator.rows(), operator.cols());
    let most = LARGEST.min(m).min(n);
    if rank == 0 || rank > most {
        return Err(DecompositionError::Rank { rank, most });
    }
    let svd = if n <= LARGEST {
        decomposer.decompose(&operator.apply(&DMatrix::identity(n, n)))?
    } else if m <= LARGEST {
        swap(decomposer.decompose(&operator.apply_transposed(&DMatrix::identity(m, m)))?)
    } else {
        let q = range(operator, (rank + oversampling).min(most), power_iterations, seed);
        // This matrix is n x l. The decomposer itself makes the QR decomposition of a tall matrix.
        let small = swap(decomposer.decompose(&operator.apply_transposed(&q))?);
        Svd { u: q * small.u, ..small }
    };
    Ok(Svd {
        u: svd.u.columns(0, rank).into_owned(),
        sigma: svd.sigma[..rank].to_vec(),
        v: svd.v.columns(0, rank).into_owned(),
    })
}

/// An orthonormal Q, m x l, whose columns approximately span the space of A's first left singular vectors (algorithm
/// 4.4).
fn range(operator: &dyn Operator, columns: usize, power_iterations: usize, seed: u64) -> DMatrix<f64> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let sample = DMatrix::from_fn(operator.cols(), columns, |_, _| StandardNormal.sample(&mut rng));
    let mut q = orthonormal(operator.apply(&sample));
    for _ in 0..power_iterations {
        let w = orthonormal(operator.apply_transposed(&q));
        q = orthonormal(operator.apply(&w));
    }
    q
}

/// Q of a Householder QR decomposition, which is orthonormal whatever the rank.
fn orthonormal(matrix: DMatrix<f64>) -> DMatrix<f64> {
    matrix.qr().q()
}

/// The decomposition of the transpose.
fn swap(svd: Svd) -> Svd {
    Svd { u: svd.v, sigma: svd.sigma, v: svd.u }
}

#[cfg(test)]
#[path = "range_finder/tests.rs"]
mod tests;
