//! The reference: singular value decomposition in `f64`.
//!
//! nalgebra first (G. H. Golub, W. Kahan: bidiagonal by Householder reflections, then implicitly shifted QR; "Matrix Computations",
//! 4th edition, section 8.6), but never on trust: **nalgebra 0.35 gives wrong decompositions** of some dynamically sized matrices,
//! mostly of deficient rank or with equal singular values (dimforge/nalgebra issue 1172): U and V are orthogonal, but residuals reach
//! the size of the matrix itself. Of the 6,400 matrices of `oracle/tests.rs`, 489 miss [`TOLERANCE`], 442 with residuals above 1e-6. So every call
//! measures residual and orthogonality; where nalgebra fails, one-sided Jacobi (`hestenes.rs`) takes its place and is measured
//! likewise; where both fail, there is an error and no answer.
//!
//! Checked by the tests: all families, n x n for n = 1 to 64, and four rectangular shapes each; up to n = 24, both methods against
//! one another wherever nalgebra is good; sigma against families of known spectrum.

mod hestenes;

use nalgebra::DMatrix;

/// What [`svd`] guarantees of residual and orthogonality of matrices up to 64 x 64; of larger ones, [`tolerance`]. By Weyl's inequality no sigma is then wrong by
/// more than about k x this x |A|.
pub const TOLERANCE: f64 = 1e-13;

/// Iterations of nalgebra, of which each singular value takes about two; 0 would mean for ever.
const MOST_ITERATIONS: usize = 100_000;

/// [`TOLERANCE`], and in proportion to the longer side more beyond 64: the errors of sums that long (Higham, "Accuracy and stability of numerical algorithms", 2002, section 3.1).
pub fn tolerance(rows: usize, cols: usize) -> f64 {
    TOLERANCE * (rows.max(cols) as f64 / 64.0).max(1.0)
}

/// A = U diag(sigma) V^T.
#[derive(Debug, Clone, PartialEq)]
pub struct Svd {
    /// Left singular vectors, m x k with k = min(m, n).
    pub u: DMatrix<f64>,
    /// Singular values, k of them, non-negative and descending.
    pub sigma: Vec<f64>,
    /// Right singular vectors, n x k.
    pub v: DMatrix<f64>,
    /// Who found it.
    pub method: Method,
    /// max |U diag(sigma) V^T - A| / |A|, with the Frobenius norm of A (0 for a zero matrix).
    pub residual: f64,
    /// max |Q^T Q - I| over U and V.
    pub orthogonality: f64,
}

/// The method that found a decomposition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// nalgebra's implicitly shifted QR.
    Nalgebra,
    /// One-sided Jacobi, where nalgebra's answer failed the check.
    OneSidedJacobi,
}

/// Why there is no reference.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum OracleError {
    /// No rows or no columns.
    #[error("a {0} x {1} matrix has no singular values; give at least one row and one column")]
    Empty(usize, usize),
    /// A NaN or an infinity, at this row and column (from 1).
    #[error("the element in row {0}, column {1} is not finite; give finite numbers")]
    NotFinite(usize, usize),
    /// An element, at this row and column (from 1), differs from the one opposite.
    #[error("the matrix is not symmetric: the element in row {0}, column {1} differs from the one opposite")]
    NotSymmetric(usize, usize),
    /// No method passes the check.
    #[error(
        "the reference SVD fails its check: residual {residual:.1e}, orthogonality {orthogonality:.1e}, where {allowed:.1e} is allowed"
    )]
    Inaccurate {
        /// As in [`Svd`].
        residual: f64,
        /// As in [`Svd`].
        orthogonality: f64,
        /// [`tolerance`] of the matrix.
        allowed: f64,
    },
}

/// The decomposition of `a`, m x n, of any rank, zero included.
///
/// # Errors
///
/// `a` is empty or holds a NaN or an infinity; no method meets [`tolerance`].
pub fn svd(a: &DMatrix<f64>) -> Result<Svd, OracleError> {
    check_input(a)?;
    // A power of two, so that no square overflows or vanishes and nothing is rounded (but subnormal elements).
    let scale = power_of_two_above(a.amax());
    let scaled = a / scale;
    let mut found = match by_nalgebra(&scaled) {
        Some(found) if found.is_good() => found,
        _ => by_hestenes(&scaled),
    };
    if !found.is_good() {
        return Err(found.refusal());
    }
    found.sigma.iter_mut().for_each(|sigma| *sigma *= scale);
    Ok(found)
}

/// A = Q diag(values) Q^T of a symmetric matrix.
#[derive(Debug, Clone, PartialEq)]
pub struct Eigen {
    /// Eigenvalues, descending.
    pub values: Vec<f64>,
    /// Eigenvectors, n x n.
    pub vectors: DMatrix<f64>,
}

/// The eigen-decomposition of `a`, n x n and exactly symmetric: nalgebra's implicit QR, checked like [`svd`].
///
/// # Errors
///
/// As [`svd`]; `a` is not symmetric.
pub fn eigen(a: &DMatrix<f64>) -> Result<Eigen, OracleError> {
    check_input(a)?;
    if let Some((row, column)) = first_asymmetry(a) {
        return Err(OracleError::NotSymmetric(row + 1, column + 1));
    }
    let scale = power_of_two_above(a.amax());
    let scaled = a / scale;
    let found = scaled.clone().symmetric_eigen();
    let (values, vectors) = (found.eigenvalues.as_slice(), &found.eigenvectors);
    // A singular value decomposition but for the signs of the values.
    let found = Svd::new(&scaled, Method::Nalgebra, vectors, values, vectors);
    if !found.is_accurate() {
        return Err(found.refusal());
    }
    Ok(Eigen { values: found.sigma.iter().map(|value| value * scale).collect(), vectors: found.u })
}

/// Row and column (from 0) of the first element that is missing or differs opposite the diagonal.
pub fn first_asymmetry(a: &DMatrix<f64>) -> Option<(usize, usize)> {
    let all = (0..a.nrows()).flat_map(|i| (0..a.ncols()).map(move |j| (i, j)));
    all.into_iter().find(|&(i, j)| a.get((j, i)) != a.get((i, j)))
}

/// `None` where it does not converge.
fn by_nalgebra(a: &DMatrix<f64>) -> Option<Svd> {
    // nalgebra's own default for the tolerance.
    let found = a.clone().try_svd_unordered(true, true, 5.0 * f64::EPSILON, MOST_ITERATIONS)?;
    let (u, v) = (found.u?, found.v_t?.transpose());
    let sigma = found.singular_values.as_slice();
    Some(Svd::new(a, Method::Nalgebra, &u, sigma, &v))
}

fn by_hestenes(a: &DMatrix<f64>) -> Svd {
    let (u, sigma, v) = hestenes::svd(a);
    Svd::new(a, Method::OneSidedJacobi, &u, &sigma, &v)
}

impl Svd {
    /// Sorts the factors of `a` and measures how good they are.
    fn new(a: &DMatrix<f64>, method: Method, u: &DMatrix<f64>, sigma: &[f64], v: &DMatrix<f64>) -> Self {
        let mut order: Vec<usize> = (0..sigma.len()).collect();
        order.sort_by(|&i, &j| sigma[j].total_cmp(&sigma[i]));
        let (u, v) = (u.select_columns(&order), v.select_columns(&order));
        let sigma: Vec<f64> = order.iter().map(|&i| sigma[i]).collect();
        let norm = if a.norm() > 0.0 { a.norm() } else { 1.0 };
        Self {
            residual: (reconstruct(&u, &sigma, &v) - a).amax() / norm,
            orthogonality: orthogonality(&u).max(orthogonality(&v)),
            u,
            sigma,
            v,
            method,
        }
    }

    /// Whether the check holds; a NaN fails it.
    fn is_good(&self) -> bool {
        self.is_accurate() && self.sigma.iter().all(|&sigma| sigma >= 0.0)
    }

    /// Whether the check holds but for the signs of the values.
    fn is_accurate(&self) -> bool {
        self.residual <= self.allowed() && self.orthogonality <= self.allowed()
    }

    fn allowed(&self) -> f64 {
        tolerance(self.u.nrows(), self.v.nrows())
    }

    fn refusal(&self) -> OracleError {
        let Self { residual, orthogonality, .. } = *self;
        OracleError::Inaccurate { residual, orthogonality, allowed: self.allowed() }
    }
}

/// U diag(sigma) V^T, m x n.
pub(crate) fn reconstruct(u: &DMatrix<f64>, sigma: &[f64], v: &DMatrix<f64>) -> DMatrix<f64> {
    let mut scaled = u.clone();
    for (mut column, &value) in scaled.column_iter_mut().zip(sigma) {
        column *= value;
    }
    scaled * v.transpose()
}

/// max |Q^T Q - I|.
pub(crate) fn orthogonality(q: &DMatrix<f64>) -> f64 {
    (q.transpose() * q - DMatrix::identity(q.ncols(), q.ncols())).amax()
}

/// Refuses a matrix that has no decomposition.
pub(crate) fn check_input(a: &DMatrix<f64>) -> Result<(), OracleError> {
    if a.is_empty() {
        return Err(OracleError::Empty(a.nrows(), a.ncols()));
    }
    match a.iter().position(|value| !value.is_finite()) {
        Some(index) => Err(OracleError::NotFinite(index % a.nrows() + 1, index / a.nrows() + 1)),
        None => Ok(()),
    }
}

/// The power of two next to `value`'s size; its exponent is kept within 1000, for 0 too, so that its reciprocal is finite.
fn power_of_two_above(value: f64) -> f64 {
    2.0_f64.powi(libm::ilogb(value).clamp(-1000, 1000))
}

#[cfg(test)]
#[path = "oracle/tests.rs"]
mod tests;
