//! Repeats in `f64` the rotations that a core has made, which shows what its matrix would be if no element had been
//! rounded.
//!
//! As in the hardware, X, U and V are rotated separately. If c² + |s|² is not 1, all three are scaled as well.

use crate::element::Element;
use nalgebra::{DMatrix, DMatrixViewMut};
use std::ops::Range;

/// (x, y) -> (c x - s y, conj(s) x + c y), with a real c and, for complex matrices, a complex s. It is a rotation as
/// far as c² + |s|² is 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rotation<T = f64> {
    /// c.
    pub cosine: f64,
    /// s.
    pub sine: T,
}

/// The two rotations that make one 2 x 2 block diagonal. As matrices L and R, which are the identity outside the pair,
/// they turn X into L X R^H, U into U L^H and V into V R^H.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BlockRotation<T = f64> {
    /// The indices of the block's two rows, which are also those of its columns.
    pub pair: (usize, usize),
    /// L, which rotates the rows of X.
    pub left: Rotation<T>,
    /// R, whose adjoint rotates the columns of X.
    pub right: Rotation<T>,
}

/// A rotation of two rows that makes one element of the second row zero (W. Givens, J. SIAM 6, 1958).
#[derive(Clone, Debug, PartialEq)]
pub struct GivensRotation<T = f64> {
    /// A row of a triangle, and the row whose element becomes zero. The m rows of the matrix are numbered from 0; the
    /// rows of triangles follow them, and are zero at first.
    pub rows: (usize, usize),
    /// The columns that are rotated. In the others the rows keep what they have.
    pub columns: Range<usize>,
    /// The rotation of the two rows.
    pub rotation: Rotation<T>,
}

/// All rotations that a core has made for one m x n matrix, in their order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Recording<T = f64> {
    /// The rotations that reduce the rows to a triangle, rows m to m + n - 1; empty if the core decomposes the matrix
    /// itself. After them only the triangle counts.
    pub reduction: Vec<GivensRotation<T>>,
    /// The rotations that make the matrix, or the triangle, diagonal.
    pub sweeps: Vec<BlockRotation<T>>,
}

/// A = U X V^H, where X is diagonal as far as the core came.
#[derive(Clone, Debug, PartialEq)]
pub struct Replay<T = f64> {
    /// The first k elements of the diagonal of X, k = min(m, n), with their signs or phases.
    pub diagonal: Vec<T>,
    /// Left vectors, m x k, in the order of the diagonal. If the rows were reduced, they are those of the triangle, n x
    /// n.
    pub u: DMatrix<T>,
    /// Right vectors, n x k.
    pub v: DMatrix<T>,
}

impl<T: Element> Rotation<T> {
    /// The same angle and phase with c² + |s|² = 1. A rotation whose c and s are both 0 has no angle and stays as it
    /// is.
    pub fn normalised(self) -> Self {
        let length = self.cosine.hypot(self.sine.modulus());
        if length > 0.0 { Self { cosine: self.cosine / length, sine: self.sine.unscale(length) } } else { self }
    }

    /// What the adjoint of the rotation does to (x, y) from the right: (c x - conj(s) y, s x + c y).
    fn of_columns(self) -> Self {
        Self { sine: self.sine.conjugate(), ..self }
    }

    fn apply(self, x: T, y: T) -> (T, T) {
        let Self { cosine, sine } = self;
        (x.scale(cosine) - sine * y, sine.conjugate() * x + y.scale(cosine))
    }
}

/// Repeats the rotations of a recording on `a`, m x n, each of them changed by `change` first.
///
/// The matrix, or the triangle that its rows become, is padded with zeros to a square of even size, in which every pair
/// of the recording must lie.
pub fn replay<T: Element>(
    a: &DMatrix<T>,
    recording: &Recording<T>,
    change: impl Fn(Rotation<T>) -> Rotation<T>,
) -> Replay<T> {
    if recording.reduction.is_empty() {
        return decomposed(a, &recording.sweeps, change);
    }
    decomposed(&triangle(a, &recording.reduction, &change), &recording.sweeps, change)
}

/// The triangle that the rows of `a`, m x n, become: rows m to m + n - 1 after the whole reduction.
fn triangle<T: Element>(
    a: &DMatrix<T>,
    reduction: &[GivensRotation<T>],
    change: impl Fn(Rotation<T>) -> Rotation<T>,
) -> DMatrix<T> {
    let (m, n) = a.shape();
    let last = reduction.iter().map(|step| step.rows.0.max(step.rows.1)).fold(m + n - 1, usize::max);
    let mut rows = a.clone().resize_vertically(last + 1, T::zero());
    for GivensRotation { rows: pair, columns, rotation } in reduction {
        rotate_rows(rows.columns_range_mut(columns.clone()), *pair, change(*rotation));
    }
    rows.rows(m, n).into_owned()
}

fn decomposed<T: Element>(
    a: &DMatrix<T>,
    sweeps: &[BlockRotation<T>],
    change: impl Fn(Rotation<T>) -> Rotation<T>,
) -> Replay<T> {
    let (m, n) = a.shape();
    let even = m.max(n).next_multiple_of(2);
    let mut x = a.clone().resize(even, even, T::zero());
    let mut u = DMatrix::identity(m, even);
    let mut v = DMatrix::identity(n, even);
    for block in sweeps {
        let (left, right) = (change(block.left), change(block.right));
        rotate_rows(x.as_view_mut(), block.pair, left);
        rotate_columns(&mut x, block.pair, right);
        rotate_columns(&mut u, block.pair, left);
        rotate_columns(&mut v, block.pair, right);
    }
    let k = m.min(n);
    Replay {
        diagonal: x.diagonal().iter().copied().take(k).collect(),
        u: u.columns(0, k).into_owned(),
        v: v.columns(0, k).into_owned(),
    }
}

/// L times the matrix.
fn rotate_rows<T: Element>(mut matrix: DMatrixViewMut<'_, T>, (i, j): (usize, usize), rotation: Rotation<T>) {
    for mut column in matrix.column_iter_mut() {
        (column[i], column[j]) = rotation.apply(column[i], column[j]);
    }
}

/// The matrix times R^H.
fn rotate_columns<T: Element>(matrix: &mut DMatrix<T>, (i, j): (usize, usize), rotation: Rotation<T>) {
    let rotation = rotation.of_columns();
    for mut row in matrix.row_iter_mut() {
        (row[i], row[j]) = rotation.apply(row[i], row[j]);
    }
}

#[cfg(test)]
#[path = "replay/tests.rs"]
mod tests;
