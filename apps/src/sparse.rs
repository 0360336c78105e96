//! Matrices that are accessed by multiplication with a thin dense matrix: sparse ones, dense ones, and sums.

use crate::decomposer::Svd;
use nalgebra::DMatrix;
use nalgebra_sparse::pattern::SparsityPattern;
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
        sparse_product(self.pattern(), self.values(), x)
    }

    fn apply_transposed(&self, y: &DMatrix<f64>) -> DMatrix<f64> {
        transposed_sparse_product(self.pattern(), self.values(), y)
    }
}

/// S X, where S has these values in the places of the pattern, row by row.
fn sparse_product(pattern: &SparsityPattern, values: &[f64], x: &DMatrix<f64>) -> DMatrix<f64> {
    let mut product = DMatrix::zeros(pattern.major_dim(), x.ncols());
    for (x, mut product) in x.column_iter().zip(product.column_iter_mut()) {
        for (ends, sum) in pattern.major_offsets().windows(2).zip(product.iter_mut()) {
            let places = ends[0]..ends[1];
            let row = pattern.minor_indices()[places.clone()].iter().zip(&values[places]);
            *sum = row.map(|(&col, value)| value * x[col]).sum();
        }
    }
    product
}

/// S^T Y.
fn transposed_sparse_product(pattern: &SparsityPattern, values: &[f64], y: &DMatrix<f64>) -> DMatrix<f64> {
    let mut product = DMatrix::zeros(pattern.minor_dim(), y.ncols());
    for (y, mut product) in y.column_iter().zip(product.column_iter_mut()) {
        for (ends, factor) in pattern.major_offsets().windows(2).zip(y.iter()) {
            let places = ends[0]..ends[1];
            for (&col, value) in pattern.minor_indices()[places.clone()].iter().zip(&values[places]) {
                product[col] += value * factor;
            }
        }
    }
    product
}

/// S + U diag(sigma) V^T, the sum of a sparse matrix and one of low rank. It is dense but never formed (Mazumder,
/// Hastie, Tibshirani 2010, section 5, equation 31).
#[derive(Clone, Debug)]
pub struct SparsePlusLowRank<'a> {
    /// Where S, m x n, has elements.
    pub pattern: &'a SparsityPattern,
    /// The elements of S in these places, row by row.
    pub values: Vec<f64>,
    /// U, sigma and V.
    pub low_rank: &'a Svd,
}

impl Operator for SparsePlusLowRank<'_> {
    fn rows(&self) -> usize {
        self.pattern.major_dim()
    }

    fn cols(&self) -> usize {
        self.pattern.minor_dim()
    }

    fn apply(&self, x: &DMatrix<f64>) -> DMatrix<f64> {
        let Svd { u, sigma, v } = self.low_rank;
        let mut product = sparse_product(self.pattern, &self.values, x);
        product.gemm(1.0, u, &scaled_rows(v.tr_mul(x), sigma), 1.0);
        product
    }

    fn apply_transposed(&self, y: &DMatrix<f64>) -> DMatrix<f64> {
        let Svd { u, sigma, v } = self.low_rank;
        let mut product = transposed_sparse_product(self.pattern, &self.values, y);
        product.gemm(1.0, v, &scaled_rows(u.tr_mul(y), sigma), 1.0);
        product
    }
}

/// diag(factors) times the matrix.
pub fn scaled_rows(mut matrix: DMatrix<f64>, factors: &[f64]) -> DMatrix<f64> {
    for mut column in matrix.column_iter_mut() {
        column.iter_mut().zip(factors).for_each(|(element, factor)| *element *= factor);
    }
    matrix
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
        let low_rank = Svd { u: left, sigma: vec![2.0, 0.5], v: right };
        let sum = &dense + low_rank.product(2);
        let (pattern, values) = (sparse.pattern(), sparse.values().to_vec());
        let both = SparsePlusLowRank { pattern, values, low_rank: &low_rank };
        let operators: [(&dyn Operator, &DMatrix<f64>); 3] = [(&sparse, &dense), (&dense, &dense), (&both, &sum)];
        let x = DMatrix::from_fn(3, 2, |i, j| (2 * i) as f64 - j as f64);
        let y = DMatrix::from_fn(4, 2, |i, j| i as f64 + (5 * j) as f64);
        for (operator, matrix) in operators {
            assert_eq!((operator.rows(), operator.cols()), (4, 3));
            assert_eq!(operator.apply(&x), matrix * &x);
            assert_eq!(operator.apply_transposed(&y), matrix.transpose() * &y);
        }
    }
}
