//! Matrices that are accessed by multiplication with a thin dense matrix: sparse ones, dense ones, and sums.

use nalgebra::DMatrix;
use nalgebra_sparse::ops::Op;
use nalgebra_sparse::ops::serial::spmm_csr_dense;
use nalgebra_sparse::{CooMatrix, CsrMatrix};

/// A linear map A, m x n.
pub trait Operator {
    /// The number of rows, m.
    fn rows(&self) -> usize;

    /// The number of columns, n.
    fn cols(&self) -> usize;

    /// The product A X, m x l, for X of n x l.
    fn apply(&self, x: &DMatrix<f64>) -> DMatrix<f64>;

    /// The product A^T Y, n x l, for Y of m x l.
    fn apply_transposed(&self, y: &DMatrix<f64>) -> DMatrix<f64>;
}

impl Operator for DMatrix<f64> {
    fn rows(&self) -> usize {
        self.nrows()
    }

    fn cols(&self) -> usize {
        self.ncols()
    }

    fn apply(&self, x: &DMatrix<f64>) -> DMatrix<f64> {
        self * x
    }

    fn apply_transposed(&self, y: &DMatrix<f64>) -> DMatrix<f64> {
        self.tr_mul(y)
    }
}

/// The number of elements of a matrix of bytes that are converted to `f64` at a time.
const BLOCK: usize = 1 << 16;

/// A matrix of bytes. A block of its columns is converted at a time, so that the whole never takes eight times the
/// memory.
impl Operator for DMatrix<u8> {
    fn rows(&self) -> usize {
        self.nrows()
    }

    fn cols(&self) -> usize {
        self.ncols()
    }

    fn apply(&self, x: &DMatrix<f64>) -> DMatrix<f64> {
        let mut product = DMatrix::zeros(self.nrows(), x.ncols());
        for (first, block) in blocks(self) {
            product.gemm(1.0, &block, &x.rows(first, block.ncols()), 1.0);
        }
        product
    }

    fn apply_transposed(&self, y: &DMatrix<f64>) -> DMatrix<f64> {
        let mut product = DMatrix::zeros(self.ncols(), y.ncols());
        for (first, block) in blocks(self) {
            product.rows_mut(first, block.ncols()).gemm_tr(1.0, &block, y, 0.0);
        }
        product
    }
}

/// Blocks of columns, each with the index of its first column.
fn blocks(matrix: &DMatrix<u8>) -> impl Iterator<Item = (usize, DMatrix<f64>)> {
    let width = (BLOCK / matrix.nrows().max(1)).max(1);
    (0..matrix.ncols()).step_by(width).map(move |first| {
        let count = width.min(matrix.ncols() - first);
        (first, matrix.columns(first, count).map(f64::from))
    })
}

impl Operator for CsrMatrix<f64> {
    fn rows(&self) -> usize {
        self.nrows()
    }

    fn cols(&self) -> usize {
        self.ncols()
    }

    fn apply(&self, x: &DMatrix<f64>) -> DMatrix<f64> {
        let mut product = DMatrix::zeros(self.nrows(), x.ncols());
        spmm_csr_dense(0.0, &mut product, 1.0, Op::NoOp(self), Op::NoOp(x));
        product
    }

    fn apply_transposed(&self, y: &DMatrix<f64>) -> DMatrix<f64> {
        let mut product = DMatrix::zeros(self.ncols(), y.ncols());
        spmm_csr_dense(0.0, &mut product, 1.0, Op::Transpose(self), Op::NoOp(y));
        product
    }
}

/// S + L R^T, the sum of a sparse matrix and one of low rank. It is dense but never formed (Mazumder, Hastie,
/// Tibshirani 2010, section 5, equation 31).
#[derive(Clone, Debug)]
pub struct SparsePlusLowRank {
    /// S, m x n.
    pub sparse: CsrMatrix<f64>,
    /// L, m x k.
    pub left: DMatrix<f64>,
    /// R, n x k.
    pub right: DMatrix<f64>,
}

impl Operator for SparsePlusLowRank {
    fn rows(&self) -> usize {
        self.sparse.nrows()
    }

    fn cols(&self) -> usize {
        self.sparse.ncols()
    }

    fn apply(&self, x: &DMatrix<f64>) -> DMatrix<f64> {
        self.sparse.apply(x) + &self.left * self.right.tr_mul(x)
    }

    fn apply_transposed(&self, y: &DMatrix<f64>) -> DMatrix<f64> {
        self.sparse.apply_transposed(y) + &self.right * self.left.tr_mul(y)
    }
}

/// The m x n matrix with these entries (row, column, value), where each place occurs at most once. All other elements
/// are zero.
///
/// # Panics
///
/// A place lies outside the matrix.
pub fn from_entries(
    rows: usize,
    cols: usize,
    entries: impl IntoIterator<Item = (usize, usize, f64)>,
) -> CsrMatrix<f64> {
    let mut list = CooMatrix::new(rows, cols);
    for (row, col, value) in entries {
        list.push(row, col, value);
    }
    CsrMatrix::from(&list)
}

/// The same as [`from_entries`] for entries that come row by row, and in each row in the order of the columns. No list
/// of them is made, which would take more memory than the matrix.
///
/// # Panics
///
/// The entries are not in this order, or a place lies outside the matrix.
pub fn from_ordered_entries(
    rows: usize,
    cols: usize,
    count: usize,
    entries: impl IntoIterator<Item = (usize, usize, f64)>,
) -> CsrMatrix<f64> {
    let mut offsets = Vec::with_capacity(rows + 1);
    let (mut columns, mut values) = (Vec::with_capacity(count), Vec::with_capacity(count));
    for (row, col, value) in entries {
        offsets.resize(offsets.len().max(row + 1), columns.len());
        columns.push(col);
        values.push(value);
    }
    offsets.resize(rows + 1, columns.len());
    CsrMatrix::try_from_csr_data(rows, cols, offsets, columns, values).expect("The entries are in order.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_in_order_make_the_same_matrix() {
        let entries = [(1, 0, 5.0), (1, 2, 2.0), (3, 1, -1.0)];
        assert_eq!(from_ordered_entries(5, 3, 3, entries), from_entries(5, 3, entries));
        assert_eq!(from_ordered_entries(2, 2, 0, []), from_entries(2, 2, []));
    }

    /// A matrix of bytes in several blocks is what it is as numbers.
    #[test]
    fn bytes_are_multiplied_block_by_block() {
        let bytes = DMatrix::from_fn(BLOCK / 3, 8, |i, j| (i * 7 + j * 31) as u8);
        assert_eq!(blocks(&bytes).count(), 3);
        let numbers = bytes.map(f64::from);
        let x = DMatrix::from_fn(8, 2, |i, j| i as f64 - 3.0 * j as f64);
        let y = DMatrix::from_fn(BLOCK / 3, 2, |i, j| ((i + j) % 5) as f64);
        let operator: &dyn Operator = &bytes;
        assert_eq!((operator.rows(), operator.cols()), (BLOCK / 3, 8));
        assert_eq!(bytes.apply(&x), &numbers * &x);
        assert_eq!(bytes.apply_transposed(&y), numbers.tr_mul(&y));
    }

    /// Compares each operator with its dense matrix, using numbers that are so small that the results are exact.
    #[test]
    fn operators_are_their_dense_matrices() {
        let sparse = from_entries(4, 3, [(3, 0, 5.0), (0, 1, 2.0), (3, 2, -1.0), (1, 1, 4.0)]);
        let dense = DMatrix::from_row_slice(4, 3, &[0.0, 2.0, 0.0, 0.0, 4.0, 0.0, 0.0, 0.0, 0.0, 5.0, 0.0, -1.0]);
        let left = DMatrix::from_fn(4, 2, |i, j| (i + 3 * j) as f64);
        let right = DMatrix::from_fn(3, 2, |i, j| i as f64 - j as f64);
        let sum = &dense + &left * right.transpose();
        let operators: [(&dyn Operator, &DMatrix<f64>); 3] =
            [(&sparse, &dense), (&dense, &dense), (&SparsePlusLowRank { sparse: sparse.clone(), left, right }, &sum)];
        let x = DMatrix::from_fn(3, 2, |i, j| (2 * i) as f64 - j as f64);
        let y = DMatrix::from_fn(4, 2, |i, j| i as f64 + (5 * j) as f64);
        for (operator, matrix) in operators {
            assert_eq!((operator.rows(), operator.cols()), (4, 3));
            assert_eq!(operator.apply(&x), matrix * &x);
            assert_eq!(operator.apply_transposed(&y), matrix.transpose() * &y);
        }
    }
}
