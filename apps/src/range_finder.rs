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
        tall(operator.apply(&DMatrix::identity(n, n)), decomposer)?
    } else if m <= LARGEST {
        swap(tall(operator.apply_transposed(&DMatrix::identity(m, m)), decomposer)?)
    } else {
        let q = range(operator, (rank + oversampling).min(most), power_iterations, seed);
        let small = swap(tall(operator.apply_transposed(&q), decomposer)?);
        Svd { u: q * small.u, ..small }
    };
    Ok(if rank == svd.sigma.len() { svd } else { svd.truncated(rank) })
}

/// The number of rows of a block is this many times the number of columns, or more.
const BLOCK: usize = 8;

/// Decomposes a matrix of m x n, where n is at most [`LARGEST`] and m may be anything from n up. If m is more than
/// [`LARGEST`], the decomposer receives the triangle, n x n, of a QR decomposition.
///
/// The QR decomposition is made block by block, and that of the stacked triangles follows (J. Demmel, L. Grigori, M.
/// Hoemmen, J. Langou: "Communication-optimal Parallel and Sequential QR and LU Factorizations", SIAM J. Sci. Comput.
/// 34, 2012). Q takes the place of the matrix, and then U takes that of Q, so that no second matrix of m x n is needed.
fn tall(mut matrix: DMatrix<f64>, decomposer: &mut dyn Decomposer) -> Result<Svd, DecompositionError> {
    let (m, n) = matrix.shape();
    if m <= LARGEST {
        return decomposer.decompose(&matrix);
    }
    let height = BLOCK * n;
    let count = (m / height).max(1);
    // The last block has what is left as well.
    let block = |index: usize| (index * height, if index + 1 == count { m - index * height } else { height });
    // Squares neither overflow nor vanish then.
    let largest = matrix.amax();
    let is_far = largest > 0.0 && largest.is_finite() && !(1e-100..1e100).contains(&largest);
    let exponent = if is_far { largest.log2().floor().clamp(-1000.0, 1000.0) } else { 0.0 };
    matrix *= (-exponent).exp2();
    let mut triangles = DMatrix::zeros(count * n, n);
    for index in 0..count {
        let (first, rows) = block(index);
        let (q, r) = matrix.rows(first, rows).into_owned().qr().unpack();
        matrix.rows_mut(first, rows).copy_from(&q);
        triangles.rows_mut(index * n, n).copy_from(&r);
    }
    // A single triangle is split into the identity and itself, except for rounding and signs.
    let (left, triangle) = triangles.qr().unpack();
    let Svd { u, sigma, v } = decomposer.decompose(&triangle)?;
    let u = left * u;
    for index in 0..count {
        let (first, rows) = block(index);
        let q = matrix.rows(first, rows).into_owned();
        matrix.rows_mut(first, rows).gemm(1.0, &q, &u.rows(index * n, n), 0.0);
    }
    Ok(Svd { u: matrix, sigma: sigma.iter().map(|sigma| sigma * exponent.exp2()).collect(), v })
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
