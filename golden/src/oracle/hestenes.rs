//! One-sided Jacobi: rotates pairs of columns until all are orthogonal; their lengths are the singular values (M. R. Hestenes,
//! "Inversion of Matrices by Biorthogonalization and Related Results", J. SIAM 6, 1958; G. H. Golub, C. F. Van Loan, "Matrix
//! Computations", 4th edition, section 8.6.3). Slow, simple, and indifferent to rank and to equal singular values.

use nalgebra::{DMatrix, DVector};

/// Enough for any matrix met so far (64 columns take about 10); a result short of orthogonal fails the caller's check.
const MAX_SWEEPS: usize = 60;

/// U (m x k), sigma (k, in no order) and V (n x k) of `a` (m x n, k = min(m, n)), whose elements' squares must not overflow.
pub(super) fn svd(a: &DMatrix<f64>) -> (DMatrix<f64>, Vec<f64>, DMatrix<f64>) {
    if a.nrows() < a.ncols() {
        let (v, sigma, u) = svd(&a.transpose());
        return (u, sigma, v);
    }
    let mut columns = a.clone();
    let mut v = DMatrix::identity(a.ncols(), a.ncols());
    // What is left between two columns below this is lost in rounding anyway.
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

/// Rotates the columns p and q to be orthogonal; false if they are already.
fn orthogonalise(columns: &mut DMatrix<f64>, v: &mut DMatrix<f64>, (p, q): (usize, usize), negligible: f64) -> bool {
    let (x, y) = (columns.column(p), columns.column(q));
    let (alpha, beta, gamma) = (x.norm_squared(), y.norm_squared(), x.dot(&y));
    if gamma.abs() <= negligible * alpha.max(beta).sqrt() {
        return false;
    }
    let zeta = (beta - alpha) / (2.0 * gamma);
    // The smaller of the two angles that do it: only that one converges.
    let tangent = 1.0_f64.copysign(zeta) / (zeta.abs() + zeta.hypot(1.0));
    let cosine = 1.0 / tangent.hypot(1.0);
    let sine = cosine * tangent;
    for matrix in [columns, v] {
        for row in 0..matrix.nrows() {
            let (x, y) = (matrix[(row, p)], matrix[(row, q)]);
            matrix[(row, p)] = cosine * x - sine * y;
            matrix[(row, q)] = sine * x + cosine * y;
        }
    }
    true
}

/// The columns at length 1, longest first made orthogonal to those before: it changes nothing in long columns, and in the short
/// ones, whose direction is rounding noise, only that noise. Where nothing is left of a column, a unit vector takes its place.
fn directions(columns: &DMatrix<f64>, sigma: &[f64]) -> DMatrix<f64> {
    let mut order: Vec<usize> = (0..sigma.len()).collect();
    order.sort_by(|&i, &j| sigma[j].total_cmp(&sigma[i]));
    let mut basis: Vec<DVector<f64>> = Vec::new();
    let mut units = 0..columns.nrows();
    let mut u = DMatrix::zeros(columns.nrows(), columns.ncols());
    for &index in &order {
        let start = columns.column(index).clone_owned();
        let mut direction = unit_beside(&basis, start, sigma[index]);
        // At least one of m unit vectors has 1/sqrt(m) of its length outside fewer than m dimensions.
        while direction.is_none() {
            let Some(unit) = units.next() else { break };
            let mut start = DVector::zeros(columns.nrows());
            start[unit] = 1.0;
            direction = unit_beside(&basis, start, 1.0);
        }
        if let Some(direction) = direction {
            u.set_column(index, &direction);
            basis.push(direction);
        }
    }
    u
}

/// `vector`, of this length, made orthogonal to `basis` and of length 1, or `None` if too little is left of it to tell.
fn unit_beside(basis: &[DVector<f64>], mut vector: DVector<f64>, length: f64) -> Option<DVector<f64>> {
    if length == 0.0 {
        return None;
    }
    // "Twice is enough" (B. N. Parlett, "The Symmetric Eigenvalue Problem", section 6.9).
    for _ in 0..2 {
        for earlier in basis {
            let along = earlier.dot(&vector);
            vector.axpy(-along, earlier, 1.0);
        }
    }
    let left = vector.norm();
    (left > 1e-3 * length).then(|| vector / left)
}
