//! Rotations that a core has made, made again in `f64`: what its matrix would be without the rounding of its elements.
//!
//! As in the hardware, X, U and V are turned one beside the other: where c² + s² is not 1, each of them is stretched.

use nalgebra::{DMatrix, DMatrixViewMut};
use std::ops::Range;

/// (x, y) -> (c x - s y, s x + c y); a rotation as far as c² + s² is 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rotation {
    /// c.
    pub cosine: f64,
    /// s.
    pub sine: f64,
}

/// One 2 x 2 block made diagonal.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Turn {
    /// Indices of its two rows, which are those of its columns.
    pub pair: (usize, usize),
    /// What turns the rows of X, and the columns of U.
    pub left: Rotation,
    /// What turns the columns of X, and those of V.
    pub right: Rotation,
}

/// A row of the matrix turned against one of a triangle, so that an element of it is gone (W. Givens, J. SIAM 6, 1958).
#[derive(Clone, Debug, PartialEq)]
pub struct Meeting {
    /// The row of the triangle, and the row that meets it. Rows of the matrix are numbered first, from 0 to m - 1; those that follow are rows of triangles, zero
    /// at first.
    pub rows: (usize, usize),
    /// The columns that turn; others are done with, whatever is left in them.
    pub columns: Range<usize>,
    /// What turns the two rows.
    pub rotation: Rotation,
}

/// All rotations of one matrix.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Recording {
    /// Those by which rows become a triangle, rows m to m + n - 1, if that comes first; nothing else of the rows is kept.
    pub meetings: Vec<Meeting>,
    /// Those that make the matrix, or the triangle, diagonal.
    pub turns: Vec<Turn>,
}

/// A = U X Vᵀ, X on its way to diagonal.
#[derive(Clone, Debug, PartialEq)]
pub struct Replay {
    /// The first k elements of the diagonal of X, k = min(m, n), with their signs.
    pub diagonal: Vec<f64>,
    /// Left vectors, m x k, in the order of the diagonal; where rows become a triangle first those of the triangle, n x n.
    pub u: DMatrix<f64>,
    /// Right vectors, n x k.
    pub v: DMatrix<f64>,
}

impl Rotation {
    /// The same angle with c² + s² = 1; no angle at all stays what it is.
    pub fn normalised(self) -> Self {
        let length = self.cosine.hypot(self.sine);
        if length > 0.0 { Self { cosine: self.cosine / length, sine: self.sine / length } } else { self }
    }
}

/// Makes the rotations of a recording again, each changed first: `a`, m x n, or its triangle is padded with zeros to an even square that all pairs of turns lie in.
pub fn replay(a: &DMatrix<f64>, recording: &Recording, change: impl Fn(Rotation) -> Rotation) -> Replay {
    if recording.meetings.is_empty() {
        return decomposed(a, &recording.turns, change);
    }
    decomposed(&triangle(a, &recording.meetings, &change), &recording.turns, change)
}

/// What the rows of `a`, m x n, become: rows m to m + n - 1 after all meetings.
fn triangle(a: &DMatrix<f64>, meetings: &[Meeting], change: impl Fn(Rotation) -> Rotation) -> DMatrix<f64> {
    let (m, n) = a.shape();
    let last = meetings.iter().map(|meeting| meeting.rows.0.max(meeting.rows.1)).fold(m + n - 1, usize::max);
    let mut rows = a.clone().resize_vertically(last + 1, 0.0);
    for Meeting { rows: pair, columns, rotation } in meetings {
        turn_rows(rows.columns_range_mut(columns.clone()), *pair, change(*rotation));
    }
    rows.rows(m, n).into_owned()
}

fn decomposed(a: &DMatrix<f64>, turns: &[Turn], change: impl Fn(Rotation) -> Rotation) -> Replay {
    let (m, n) = a.shape();
    let even = m.max(n).next_multiple_of(2);
    let mut x = a.clone().resize(even, even, 0.0);
    let mut u = DMatrix::identity(m, even);
    let mut v = DMatrix::identity(n, even);
    for turn in turns {
        let (left, right) = (change(turn.left), change(turn.right));
        turn_rows(x.as_view_mut(), turn.pair, left);
        turn_columns(&mut x, turn.pair, right);
        turn_columns(&mut u, turn.pair, left);
        turn_columns(&mut v, turn.pair, right);
    }
    let k = m.min(n);
    Replay {
        diagonal: x.diagonal().iter().copied().take(k).collect(),
        u: u.columns(0, k).into_owned(),
        v: v.columns(0, k).into_owned(),
    }
}

fn turn_rows(mut matrix: DMatrixViewMut<'_, f64>, (i, j): (usize, usize), Rotation { cosine, sine }: Rotation) {
    for mut column in matrix.column_iter_mut() {
        let (x, y) = (column[i], column[j]);
        column[i] = cosine * x - sine * y;
        column[j] = sine * x + cosine * y;
    }
}

fn turn_columns(matrix: &mut DMatrix<f64>, (i, j): (usize, usize), Rotation { cosine, sine }: Rotation) {
    for mut row in matrix.row_iter_mut() {
        let (x, y) = (row[i], row[j]);
        row[i] = cosine * x - sine * y;
        row[j] = sine * x + cosine * y;
    }
}
