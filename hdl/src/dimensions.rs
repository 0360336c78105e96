//! The sizes of a core: of its input matrices, and of the square that is decomposed inside it.

use crate::parameters::{Parameters, Sizes};

/// The sizes that follow from the parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dimensions {
    rows: usize,
    cols: usize,
    reduced: bool,
    any: bool,
}

impl Dimensions {
    /// The sizes of a core with these parameters, which must have been checked.
    pub(crate) fn new(parameters: &Parameters) -> Self {
        let Parameters { rows, cols, vectors, sizes, .. } = *parameters;
        // A tall matrix would need a larger square. If U is not computed, its rows can be reduced to a triangle
        // instead.
        let reduced = !vectors.has_u() && rows > cols.next_multiple_of(2);
        Self { rows, cols, reduced, any: sizes == Sizes::Any }
    }

    /// Rows and columns of the largest input matrix, m and n.
    pub fn largest(&self) -> (usize, usize) {
        (self.rows, self.cols)
    }

    /// Whether the core accepts matrices of every size up to its own.
    pub fn takes_any(&self) -> bool {
        self.any
    }

    /// Whether the core accepts matrices of (rows, columns).
    pub fn takes(&self, (rows, cols): (usize, usize)) -> bool {
        match self.any {
            true => (1..=self.rows).contains(&rows) && (1..=self.cols).contains(&cols),
            false => (rows, cols) == (self.rows, self.cols),
        }
    }

    /// Number of elements of the largest input matrix.
    pub fn elements(&self) -> usize {
        self.rows * self.cols
    }

    /// Number of singular triplets of the largest input matrix, min(m, n).
    pub fn triplets(&self) -> usize {
        self.rows.min(self.cols)
    }

    /// Whether rows are reduced to a triangle while they stream in (QR). If so, the triangle is decomposed instead of
    /// the input.
    pub fn is_reduced(&self) -> bool {
        self.reduced
    }

    /// Rows and columns of the matrix that is decomposed for an input of (rows, columns). It is the input itself or its
    /// triangle.
    pub fn decomposed(&self, (rows, cols): (usize, usize)) -> (usize, usize) {
        if self.reduced { (cols, cols) } else { (rows, cols) }
    }

    /// The longer side of the largest matrix that is decomposed.
    pub fn side(&self) -> usize {
        let (rows, cols) = self.decomposed(self.largest());
        rows.max(cols)
    }

    /// Number of rows, and of columns, of the square inside the core. It is even; the matrix is padded with rows or
    /// columns of zeros.
    pub fn even(&self) -> usize {
        self.side().next_multiple_of(2)
    }

    /// Whether there are rows or columns of zeros inside the core.
    pub fn is_padded(&self) -> bool {
        self.decomposed(self.largest()) != (self.even(), self.even())
    }
}

/// The smallest e with 2^e >= n.
pub fn ceil_log2(n: usize) -> u32 {
    n.next_power_of_two().trailing_zeros()
}
