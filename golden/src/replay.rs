//! Rotations that a core has made, made again in `f64`: what its matrix would be without the rounding of its elements.
//!
//! As in the hardware, X, U and V are turned one beside the other: where c² + s² is not 1, each of them is stretched.

use nalgebra::DMatrix;

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

/// A = U X Vᵀ, X on its way to diagonal.
#[derive(Clone, Debug, PartialEq)]
pub struct Replay {
    /// The first k elements of the diagonal of X, k = min(m, n), with their signs.
    pub diagonal: Vec<f64>,
    /// Left vectors, m x k, in the order of the diagonal.
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

/// Turns `a`, m x n, padded with zeros to an even square that all pairs of `turns` lie in.
pub fn replay(a: &DMatrix<f64>, turns: impl Iterator<Item = Turn>) -> Replay {
    let (m, n) = a.shape();
    let even = m.max(n).next_multiple_of(2);
    let mut x = a.clone().resize(even, even, 0.0);
    let mut u = DMatrix::identity(m, even);
    let mut v = DMatrix::identity(n, even);
    for Turn { pair, left, right } in turns {
        turn_rows(&mut x, pair, left);
        turn_columns(&mut x, pair, right);
        turn_columns(&mut u, pair, left);
        turn_columns(&mut v, pair, right);
    }
    let k = m.min(n);
    Replay {
        diagonal: x.diagonal().iter().copied().take(k).collect(),
        u: u.columns(0, k).into_owned(),
        v: v.columns(0, k).into_owned(),
    }
}

fn turn_rows(matrix: &mut DMatrix<f64>, (i, j): (usize, usize), Rotation { cosine, sine }: Rotation) {
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
