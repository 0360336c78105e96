//! One-sided Jacobi: pairs of columns are rotated until all columns are orthogonal; their lengths are then the singular
//! values (M. R. Hestenes, "Inversion of Matrices by Biorthogonalization and Related Results", J. SIAM 6, 1958; G. H.
//! Golub, C. F. Van Loan, "Matrix Computations", 4th edition, section 8.6.3). It is slow and simple, and neither a low
//! rank nor equal singular values disturb it.

use crate::element::Element;
use nalgebra::{DMatrix, DVector};

/// More sweeps than any known matrix needs: 64 columns take about 10. If the columns are not orthogonal after that
/// many, the result fails the caller's check.
const MAX_SWEEPS: usize = 60;

/// U (m x k), sigma (k values in no particular order) and V (n x k) of `a` (m x n), where k = min(m, n). The squares of
/// the elements must not overflow.
pub(super) fn svd<T: Element>(a: &DMatrix<T>) -> (DMatrix<T>, Vec<f64>, DMatrix<T>) {
    if a.nrows() < a.ncols() {
        let (v, sigma, u) = svd(&a.adjoint());
        return (u, sigma, v);
    }
    let mut columns = a.clone();
    let mut v = DMatrix::identity(a.ncols(), a.ncols());
    // An inner product below this, relative to the longer column, is no more than rounding noise.
    let negligible = f64::EPSILON * a.norm();
    for _ in 0..MAX_SWEEPS {
        let mut rotated = false;
        for p in 0..a.ncols() {
            for q in p + 1..a.ncols() {
                rotated |= orthogonalise(&mut columns, &mut v, (p, q), negligible);
            }
        }
        if !rotated {
            break;
        }
    }
    let sigma: Vec<f64> = columns.column_iter().map(|column| column.norm()).collect();
    (directions(&columns, &sigma), sigma, v)
}

/// Rotates the columns p and q so that they become orthogonal. Returns false if they already are.
fn orthogonalise<T: Element>(
    columns: &mut DMatrix<T>,
    v: &mut DMatrix<T>,
    (p, q): (usize, usize),
    negligible: f64,
) -> bool {
    let (x, y) = (columns.column(p), columns.column(q));
    let (alpha, beta, product) = (x.norm_squared(), y.norm_squared(), x.dotc(&y));
    let gamma = product.modulus();
    if gamma <= negligible * alpha.max(beta).sqrt() {
        return false;
    }
    let zeta = (beta - alpha) / (2.0 * gamma);
    // Two angles make the columns orthogonal. Only the smaller one converges.
    let tangent = 1.0_f64.copysign(zeta) / (zeta.abs() + zeta.hypot(1.0));
    let cosine = 1.0 / tangent.hypot(1.0);
    // With the phase (for real numbers, the sign) of the inner product taken out of y, both columns see a real
    // rotation.
    let sine = product.signum().conjugate().scale(cosine * tangent);
    for matrix in [columns, v] {
        for row in 0..matrix.nrows() {
            let (x, y) = (matrix[(row, p)], matrix[(row, q)]);
            matrix[(row, p)] = x.scale(cosine) - sine * y;
            matrix[(row, q)] = sine.conjugate() * x + y.scale(cosine);
        }
    }
    true
}

/// The columns at length 1. Each one, the longest first, is also made orthogonal to those before it. That leaves long
/// columns as they are; the direction of a short one is mostly rounding noise, and only the noise changes. If nothing
/// is left of a column, a unit vector takes its place.
fn directions<T: Element>(columns: &DMatrix<T>, sigma: &[f64]) -> DMatrix<T> {
    let mut order: Vec<usize> = (0..sigma.len()).collect();
    order.sort_by(|&i, &j| sigma[j].total_cmp(&sigma[i]));
    let mut basis: Vec<DVector<T>> = Vec::new();
    let mut units = 0..columns.nrows();
    let mut u = DMatrix::zeros(columns.nrows(), columns.ncols());
    for &index in &order {
        let start = columns.column(index).clone_owned();
        let mut direction = unit_beside(&basis, start, sigma[index]);
        // Fewer than m dimensions are taken, so at least one of the m unit vectors has 1/sqrt(m) of its length outside
        // them.
        while direction.is_none() {
            let Some(unit) = units.next() else { break };
            let mut start = DVector::zeros(columns.nrows());
            start[unit] = T::one();
            direction = unit_beside(&basis, start, 1.0);
        }
        if let Some(direction) = direction {
            u.set_column(index, &direction);
            basis.push(direction);
        }
    }
    u
}

/// `vector`, which has this length, made orthogonal to `basis` and scaled to length 1. `None` if so little of it is
/// left that its direction cannot be told.
fn unit_beside<T: Element>(basis: &[DVector<T>], mut vector: DVector<T>, length: f64) -> Option<DVector<T>> {
    if length == 0.0 {
        return None;
    }
    // "Twice is enough" (B. N. Parlett, "The Symmetric Eigenvalue Problem", section 6.9).
    for _ in 0..2 {
        for earlier in basis {
            let along = earlier.dotc(&vector);
            vector.axpy(-along, earlier, T::one());
        }
    }
    let left = vector.norm();
    (left > 1e-3 * length).then(|| vector.unscale(left))
}
