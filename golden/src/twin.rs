//! The hardware's algorithm without the hardware's arithmetic: two-sided Jacobi in `f64`, with the same order of pairs but exact
//! angles, square roots and all.
//!
//! It tells two causes apart: where the twin's off-diagonal is still large after as many sweeps as the core took, the core has too
//! few sweeps; where it is not, the core has too few bits. It is no reference for sigma; that is [`crate::oracle`].
//!
//! E. G. Kogbetliantz, "Solution of linear equations by diagonalization of coefficients matrix", Quart. Appl. Math. 13, 1955; R. P.
//! Brent, F. T. Luk, C. F. Van Loan, "Computation of the singular value decomposition using mesh-connected processors", J. VLSI
//! Comput. Syst. 1, 1985; the order of pairs: R. P. Brent, F. T. Luk, SIAM J. Sci. Stat. Comput. 6, 1985.

use crate::oracle::{OracleError, check_input};
use nalgebra::DMatrix;

/// When to stop.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Stop {
    /// After exactly so many sweeps.
    After(usize),
    /// After the first sweep that found both off-diagonals of every 2 x 2 block below `threshold` before it rotated the block (the
    /// confirming sweep, counted), or after `cap` sweeps. The model's threshold is 4 internal units, 4 x 2^-(frac + guard).
    Settled {
        /// In the unit of the matrix.
        threshold: f64,
        /// The most sweeps.
        cap: usize,
    },
}

/// A = U diag(sigma) V^T as far as the sweeps went, and how they went.
#[derive(Debug, Clone, PartialEq)]
pub struct Twin {
    /// Left vectors, m x k with k = min(m, n), orthogonal whatever the number of sweeps.
    pub u: DMatrix<f64>,
    /// Magnitudes of the diagonal, k of them, descending; equal ones in the order of their index.
    pub sigma: Vec<f64>,
    /// Right vectors, n x k.
    pub v: DMatrix<f64>,
    /// The diagonal with its signs, in the order of `sigma`: the eigenvalues of a symmetric matrix.
    pub diagonal: Vec<f64>,
    /// Sweeps taken.
    pub sweeps: usize,
    /// Whether the last sweep was a confirming one ([`Stop::Settled`]).
    pub settled: bool,
    /// The largest magnitude left off the diagonal: before the first sweep, then after each. Its length is `sweeps` + 1.
    pub off_diagonal: Vec<f64>,
}

/// The steps of one sweep over `n` (even) indices: n - 1 of them, n/2 disjoint pairs (smaller index first) each; every pair of
/// indices meets once. Nothing for odd n: pad first.
pub fn round_robin(n: usize) -> Vec<Vec<(usize, usize)>> {
    if !n.is_multiple_of(2) {
        return Vec::new();
    }
    let mut order: Vec<usize> = (0..n).collect();
    let step = |order: &[usize]| {
        (0..n / 2)
            .map(|place| {
                let (i, j) = (order[place], order[n - 1 - place]);
                (i.min(j), i.max(j))
            })
            .collect()
    };
    (1..n)
        .map(|_| {
            let pairs = step(&order);
            // The first stays, all others move one place on.
            order[1..].rotate_right(1);
            pairs
        })
        .collect()
}

/// Decomposes `a`, m x n. Odd sizes are padded by a zero row and column, left out of the result by their index. A tall matrix goes
/// through QR first, as in the hardware; a wide one is transposed, and U and V change places.
///
/// `symmetric` promises a symmetric matrix: left and right angles are then the same, so that V is U but for signs, and pairs of
/// eigenvalues that differ in sign alone stay apart. Ignored unless m = n.
///
/// # Errors
///
/// `a` is empty or holds a NaN or an infinity.
pub fn two_sided_jacobi(a: &DMatrix<f64>, stop: Stop, symmetric: bool) -> Result<Twin, OracleError> {
    check_input(a)?;
    let (m, n) = a.shape();
    if m < n {
        let twin = two_sided_jacobi(&a.transpose(), stop, false)?;
        return Ok(Twin { u: twin.v, v: twin.u, ..twin }.with_signs_in_u());
    }
    if m > n {
        let (q, r) = a.clone().qr().unpack();
        let twin = square(&r, stop, false);
        return Ok(Twin { u: q * twin.u, ..twin });
    }
    Ok(square(a, stop, symmetric))
}

impl Twin {
    /// After a transposition: the columns that were negated are V's. Negating both vectors of a pair moves that to U.
    fn with_signs_in_u(mut self) -> Self {
        for (index, _) in self.diagonal.iter().enumerate().filter(|(_, value)| **value < 0.0) {
            self.u.column_mut(index).neg_mut();
            self.v.column_mut(index).neg_mut();
        }
        self
    }
}

fn square(a: &DMatrix<f64>, stop: Stop, symmetric: bool) -> Twin {
    let n = a.nrows();
    let mut state = State::new(a);
    let steps = round_robin(state.x.nrows());
    let (cap, threshold) = match stop {
        Stop::After(sweeps) => (sweeps, None),
        Stop::Settled { threshold, cap } => (cap, Some(threshold)),
    };
    let mut off_diagonal = vec![off_diagonal_max(&state.x)];
    let mut settled = false;
    while !settled && off_diagonal.len() <= cap {
        let largest = state.sweep(&steps, symmetric);
        off_diagonal.push(off_diagonal_max(&state.x));
        settled = threshold.is_some_and(|threshold| largest < threshold);
    }
    let signed: Vec<f64> = state.x.diagonal().iter().copied().take(n).collect();
    let mut order: Vec<usize> = (0..n).collect();
    // Stable: equal ones keep their order.
    order.sort_by(|&i, &j| signed[j].abs().total_cmp(&signed[i].abs()));
    let diagonal: Vec<f64> = order.iter().map(|&i| signed[i]).collect();
    let mut u = state.u.rows(0, n).select_columns(&order);
    for (mut column, value) in u.column_iter_mut().zip(&diagonal) {
        if *value < 0.0 {
            column.neg_mut();
        }
    }
    Twin {
        u,
        sigma: diagonal.iter().map(|value| value.abs()).collect(),
        v: state.v.rows(0, n).select_columns(&order),
        diagonal,
        sweeps: off_diagonal.len() - 1,
        settled,
        off_diagonal,
    }
}

/// A = U X V^T at all times, X on its way to diagonal; all of even size.
struct State {
    x: DMatrix<f64>,
    u: DMatrix<f64>,
    v: DMatrix<f64>,
}

impl State {
    fn new(a: &DMatrix<f64>) -> Self {
        let even = a.nrows().next_multiple_of(2);
        Self {
            x: a.clone().resize(even, even, 0.0),
            u: DMatrix::identity(even, even),
            v: DMatrix::identity(even, even),
        }
    }

    /// One sweep; the largest off-diagonal of a 2 x 2 block met on the way, before its rotation.
    fn sweep(&mut self, steps: &[Vec<(usize, usize)>], symmetric: bool) -> f64 {
        let mut largest = 0.0_f64;
        for pairs in steps {
            // All angles of a step come from the matrix as it was before the step. Pairs are disjoint, but each rotation touches
            // the whole rows and columns of its pair, which hold other pairs' elements, never other pairs' blocks.
            for &pair in pairs {
                let (left, right, size) = self.angles(pair, symmetric);
                largest = largest.max(size);
                rotate_rows(&mut self.x, pair, left);
                rotate_columns(&mut self.x, pair, right);
                rotate_columns(&mut self.u, pair, left);
                rotate_columns(&mut self.v, pair, right);
            }
        }
        largest
    }

    /// Left and right angle that make the block ((a b) (c d)) diagonal, and the larger of |b| and |c|.
    fn angles(&self, (i, j): (usize, usize), symmetric: bool) -> (f64, f64, f64) {
        let x = &self.x;
        let (a, b, c, d) = (x[(i, i)], x[(i, j)], x[(j, i)], x[(j, j)]);
        let half_sum = half_angle(b + c, d - a);
        let half_difference = if symmetric { 0.0 } else { half_angle(c - b, d + a) };
        (half_sum - half_difference, half_sum + half_difference, b.abs().max(c.abs()))
    }
}

/// atan(numerator / denominator) / 2, in [-pi/4, pi/4]: the smaller of the two that do it. 0 for 0/0.
fn half_angle(numerator: f64, denominator: f64) -> f64 {
    let signed = if denominator < 0.0 { -numerator } else { numerator };
    libm::atan2(signed, denominator.abs()) / 2.0
}

/// (x, y) -> (c x - s y, s x + c y).
fn rotate((x, y): (f64, f64), (sine, cosine): (f64, f64)) -> (f64, f64) {
    (cosine * x - sine * y, sine * x + cosine * y)
}

fn rotate_rows(matrix: &mut DMatrix<f64>, (i, j): (usize, usize), angle: f64) {
    let turn = libm::sincos(angle);
    for k in 0..matrix.ncols() {
        (matrix[(i, k)], matrix[(j, k)]) = rotate((matrix[(i, k)], matrix[(j, k)]), turn);
    }
}

fn rotate_columns(matrix: &mut DMatrix<f64>, (i, j): (usize, usize), angle: f64) {
    let turn = libm::sincos(angle);
    for k in 0..matrix.nrows() {
        (matrix[(k, i)], matrix[(k, j)]) = rotate((matrix[(k, i)], matrix[(k, j)]), turn);
    }
}

fn off_diagonal_max(x: &DMatrix<f64>) -> f64 {
    let mut rest = x.clone();
    rest.fill_diagonal(0.0);
    rest.amax()
}

#[cfg(test)]
#[path = "twin/tests.rs"]
mod tests;
