//! The reference: the singular value decomposition and the eigen-decomposition in `f64`, of real and complex matrices.
//!
//! nalgebra computes them first (G. H. Golub, W. Kahan: reduction to bidiagonal form by Householder reflections, then
//! implicitly shifted QR; "Matrix Computations", 4th edition, section 8.6). Its answer is never trusted unchecked,
//! because **nalgebra 0.35 decomposes some dynamically sized matrices wrongly** (dimforge/nalgebra issue 1172). Most of
//! them are rank-deficient or have equal singular values. U and V are then orthogonal, but the residual can be as large
//! as the matrix itself: of the 6,400 real matrices in `oracle/tests.rs`, 489 miss [`TOLERANCE`], 442 of them with
//! residuals above 1e-6.
//!
//! Every call therefore measures the residual and the orthogonality of the factors. If nalgebra's answer fails, the
//! one-sided Jacobi method of `hestenes.rs` takes its place and is measured in the same way. If both fail, the result
//! is an error.
//!
//! The tests cover every family of matrices, n x n for n = 1 to 64 and four rectangular shapes for each n. Up to n = 24
//! both methods are compared with one another wherever nalgebra is right. Families with a known spectrum are compared
//! with it.

mod hestenes;

use crate::element::{Element, largest_component};
use crate::scaling::{matrix_exponent, scaled, scaled_matrix};
use nalgebra::DMatrix;

/// The largest residual and the largest error of orthogonality that [`svd`] accepts for matrices of up to 64 x 64; for
/// larger ones see [`tolerance`]. By Weyl's inequality no singular value is then wrong by more than about k times this
/// times |A|.
pub const TOLERANCE: f64 = 1e-13;

/// The most iterations that nalgebra may take. Each singular value takes about two; 0 would mean no limit.
const MOST_ITERATIONS: usize = 100_000;

/// [`TOLERANCE`], which beyond 64 rows or columns grows in proportion to the longer side, as the errors of such long
/// sums do (N. J. Higham, "Accuracy and Stability of Numerical Algorithms", 2002, section 3.1).
pub fn tolerance(rows: usize, cols: usize) -> f64 {
    TOLERANCE * (rows.max(cols) as f64 / 64.0).max(1.0)
}

/// A = U diag(sigma) V^H, where V^H is the conjugate transpose of V: the transpose, if A is real.
#[derive(Debug, Clone, PartialEq)]
pub struct Svd<T = f64> {
    /// Left singular vectors, m x k with k = min(m, n).
    pub u: DMatrix<T>,
    /// The k singular values, non-negative and descending.
    pub sigma: Vec<f64>,
    /// Right singular vectors, n x k.
    pub v: DMatrix<T>,
    /// The method that found this decomposition.
    pub method: Method,
    /// max |U diag(sigma) V^H - A| / |A|, with the Frobenius norm of A; not divided if A is zero. Of complex elements
    /// the larger component counts.
    pub residual: f64,
    /// max |Q^H Q - I| over Q = U and Q = V.
    pub orthogonality: f64,
}

/// The method that found a decomposition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// nalgebra's implicitly shifted QR.
    Nalgebra,
    /// One-sided Jacobi, used where nalgebra's answer failed the check.
    OneSidedJacobi,
}

/// Why there is no reference.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum OracleError {
    /// The matrix has no rows or no columns.
    #[error("a {0} x {1} matrix has no singular values; give at least one row and one column")]
    Empty(usize, usize),
    /// The element in this row and column (counted from 1) is a NaN or an infinity.
    #[error("the element in row {0}, column {1} is not finite; give finite numbers")]
    NotFinite(usize, usize),
    /// The element in this row and column (counted from 1) differs from the one opposite.
    #[error("the matrix is not symmetric: the element in row {0}, column {1} differs from the one opposite")]
    NotSymmetric(usize, usize),
    /// The complex element in this row and column (counted from 1) is not the conjugate of the one opposite.
    #[error("the matrix is not Hermitian: the element in row {0}, column {1} is not the conjugate of the one opposite")]
    NotHermitian(usize, usize),
    /// A value is larger than any `f64`.
    #[error(
        "the largest singular value is beyond the range of f64, which ends at 1.8e308; divide the matrix by a power of two first, such as 2^20"
    )]
    Overflow,
    /// No method passes the check.
    #[error(
        "the reference SVD fails its check: residual {residual:.1e}, orthogonality {orthogonality:.1e}, where {allowed:.1e} is allowed"
    )]
    Inaccurate {
        /// As in [`Svd`].
        residual: f64,
        /// As in [`Svd`].
        orthogonality: f64,
        /// The [`tolerance`] for this matrix.
        allowed: f64,
    },
}

/// The singular value decomposition of `a`, m x n, of any rank (zero included).
///
/// # Errors
///
/// `a` is empty or holds a NaN or an infinity, a singular value is too large for an `f64`, or no method meets
/// [`tolerance`].
pub fn svd<T: Element>(a: &DMatrix<T>) -> Result<Svd<T>, OracleError> {
    check_input(a)?;
    let (at_unit, exponent) = to_unit_scale(a);
    let mut found = match by_nalgebra(&at_unit) {
        Some(found) if found.is_good() => found,
        _ => by_hestenes(&at_unit),
    };
    if !found.is_good() {
        return Err(found.refusal());
    }
    to_true_scale(&mut found.sigma, exponent)?;
    Ok(found)
}

/// A = Q diag(values) Q^H of a symmetric or Hermitian matrix.
#[derive(Debug, Clone, PartialEq)]
pub struct Eigen<T = f64> {
    /// The n eigenvalues, descending.
    pub values: Vec<f64>,
    /// Eigenvectors, n x n.
    pub vectors: DMatrix<T>,
}

/// The eigen-decomposition of `a`, n x n and exactly symmetric (if complex, exactly Hermitian). It is nalgebra's
/// implicit QR, checked as in [`svd`].
///
/// # Errors
///
/// As for [`svd`], and if `a` is not symmetric.
pub fn eigen<T: Element>(a: &DMatrix<T>) -> Result<Eigen<T>, OracleError> {
    check_input(a)?;
    if let Some((row, column)) = first_asymmetry(a) {
        let error = if T::COMPONENTS == 1 { OracleError::NotSymmetric } else { OracleError::NotHermitian };
        return Err(error(row + 1, column + 1));
    }
    let (at_unit, exponent) = to_unit_scale(a);
    let found = at_unit.clone().symmetric_eigen();
    let (values, vectors) = (found.eigenvalues.as_slice(), &found.eigenvectors);
    // This is a singular value decomposition, except for the signs of the values.
    let mut found = Svd::new(&at_unit, Method::Nalgebra, vectors, values, vectors);
    if !found.is_accurate() {
        return Err(found.refusal());
    }
    to_true_scale(&mut found.sigma, exponent)?;
    Ok(Eigen { values: found.sigma, vectors: found.u })
}

/// Row and column (counted from 0) of the first element whose counterpart across the diagonal is missing or is not its
/// conjugate; of a real matrix, not equal to it.
pub fn first_asymmetry<T: Element>(a: &DMatrix<T>) -> Option<(usize, usize)> {
    let mut all = (0..a.nrows()).flat_map(|i| (0..a.ncols()).map(move |j| (i, j)));
    all.find(|&(i, j)| a.get((j, i)).map(|opposite| opposite.conjugate()) != a.get((i, j)).copied())
}

/// nalgebra's decomposition, or `None` if it does not converge.
fn by_nalgebra<T: Element>(a: &DMatrix<T>) -> Option<Svd<T>> {
    // The tolerance is nalgebra's own default.
    let found = a.clone().try_svd_unordered(true, true, 5.0 * f64::EPSILON, MOST_ITERATIONS)?;
    let (u, v) = (found.u?, found.v_t?.adjoint());
    let sigma = found.singular_values.as_slice();
    Some(Svd::new(a, Method::Nalgebra, &u, sigma, &v))
}

fn by_hestenes<T: Element>(a: &DMatrix<T>) -> Svd<T> {
    let (u, sigma, v) = hestenes::svd(a);
    Svd::new(a, Method::OneSidedJacobi, &u, &sigma, &v)
}

impl<T: Element> Svd<T> {
    /// Sorts the factors of `a` and measures how good they are.
    fn new(a: &DMatrix<T>, method: Method, u: &DMatrix<T>, sigma: &[f64], v: &DMatrix<T>) -> Self {
        let mut order: Vec<usize> = (0..sigma.len()).collect();
        order.sort_by(|&i, &j| sigma[j].total_cmp(&sigma[i]));
        let (u, v) = (u.select_columns(&order), v.select_columns(&order));
        let sigma: Vec<f64> = order.iter().map(|&i| sigma[i]).collect();
        let norm = if a.norm() > 0.0 { a.norm() } else { 1.0 };
        Self {
            residual: largest_component(&(reconstruct(&u, &sigma, &v) - a)) / norm,
            orthogonality: orthogonality(&u).max(orthogonality(&v)),
            u,
            sigma,
            v,
            method,
        }
    }

    /// Whether the factors pass the check and no value is negative. A NaN fails it.
    fn is_good(&self) -> bool {
        self.is_accurate() && self.sigma.iter().all(|&sigma| sigma >= 0.0)
    }

    /// Whether the factors pass the check, whatever the signs of the values.
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

/// U diag(sigma) V^H, m x n.
pub(crate) fn reconstruct<T: Element>(u: &DMatrix<T>, sigma: &[f64], v: &DMatrix<T>) -> DMatrix<T> {
    let diagonal: Vec<T> = sigma.iter().map(|&value| T::from_real(value)).collect();
    product(u, &diagonal, v)
}

/// U diag(diagonal) V^H, m x n.
pub(crate) fn product<T: Element>(u: &DMatrix<T>, diagonal: &[T], v: &DMatrix<T>) -> DMatrix<T> {
    let mut scaled = u.clone();
    for (mut column, &value) in scaled.column_iter_mut().zip(diagonal) {
        column *= value;
    }
    scaled * v.adjoint()
}

/// max |Q^H Q - I|.
pub(crate) fn orthogonality<T: Element>(q: &DMatrix<T>) -> f64 {
    largest_component(&(q.adjoint() * q - DMatrix::identity(q.ncols(), q.ncols())))
}

/// Refuses a matrix that has no decomposition.
fn check_input<T: Element>(a: &DMatrix<T>) -> Result<(), OracleError> {
    if a.is_empty() {
        return Err(OracleError::Empty(a.nrows(), a.ncols()));
    }
    match a.iter().position(|value| !value.is_finite()) {
        Some(index) => Err(OracleError::NotFinite(index % a.nrows() + 1, index / a.nrows() + 1)),
        None => Ok(()),
    }
}

/// The matrix divided by the power of two below its largest component, and the exponent of that power. No square of an
/// element that matters then overflows or vanishes.
fn to_unit_scale<T: Element>(a: &DMatrix<T>) -> (DMatrix<T>, i32) {
    let exponent = matrix_exponent(a);
    (scaled_matrix(a, -exponent), exponent)
}

/// Multiplies the values by 2^`exponent`.
fn to_true_scale(values: &mut [f64], exponent: i32) -> Result<(), OracleError> {
    values.iter_mut().for_each(|value| *value = scaled(*value, exponent));
    if values.iter().all(|value| value.is_finite()) { Ok(()) } else { Err(OracleError::Overflow) }
}

#[cfg(test)]
#[path = "oracle/tests.rs"]
mod tests;
