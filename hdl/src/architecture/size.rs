//! The size of the current matrix: a constant of the core, or the size that the frame has announced.

use crate::builder::{ModuleBuilder, Signal};
use crate::ir::address_width;
use crate::parameters::Sizes;
use crate::shape::Shape;

/// Bits of a row or column index of the matrix that is decomposed.
pub fn index_bits(shape: &Shape) -> u32 {
    address_width(shape.side() as u32)
}

/// The size of the matrix that is decomposed, as signals of a module. All numbers are indices, counted from 0.
///
/// Where rows are reduced, this is the size of the triangle. The triangle of a matrix with fewer rows than columns has
/// only as many rows as the matrix.
#[derive(Clone, Copy)]
pub struct Size<'m> {
    /// The last row.
    pub last_row: Signal<'m>,
    /// The last column.
    pub last_column: Signal<'m>,
    /// The last singular value of the matrix.
    pub last_triplet: Signal<'m>,
    /// The last singular value that leaves the core.
    pub last_delivered: Signal<'m>,
    /// The last row or column of the longer side.
    pub last_of_longer_side: Signal<'m>,
}

impl<'m> Size<'m> {
    /// The core's only size, or the one at the inputs `size_rows` and `size_cols`.
    pub fn new(m: &'m ModuleBuilder, shape: &Shape) -> Self {
        match shape.sizes() {
            Sizes::Any => {
                let input = |name| m.input(name, index_bits(shape));
                Self::announced(m, shape, input("size_rows"), input("size_cols"))
            }
            Sizes::Fixed => {
                let last = |count: usize| m.constant(index_bits(shape), count as i128 - 1);
                Self {
                    last_row: last(shape.dimensions().decomposed(shape.dimensions().largest()).0),
                    last_column: last(shape.cols()),
                    last_triplet: last(shape.triplets()),
                    last_delivered: last(shape.rank()),
                    last_of_longer_side: last(shape.side()),
                }
            }
        }
    }

    /// The size of a matrix with this last row and last column.
    pub fn announced(m: &'m ModuleBuilder, shape: &Shape, last_row: Signal<'m>, last_column: Signal<'m>) -> Self {
        let is_wide = last_row.less_than(last_column).named("is_wide");
        let last_triplet = is_wide.select(last_row, last_column).named("last_triplet");
        let rank = m.constant(last_row.width(), shape.rank() as i128 - 1);
        let last_of_longer_side = is_wide.select(last_column, last_row).named("last_of_longer_side");
        Self {
            last_row,
            last_column,
            // A short matrix does not fill the first rows of its triangle. So every column of a triangle has a value.
            last_triplet: if shape.is_reduced() { last_column } else { last_triplet },
            last_delivered: rank.less_than(last_triplet).select(rank, last_triplet),
            last_of_longer_side,
        }
    }
}
