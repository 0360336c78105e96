//! The size of the matrix at hand: a constant of the core, or what the frame has announced.

use crate::builder::{ModuleBuilder, Signal};
use crate::ir::address_width;
use crate::parameters::Sizes;
use crate::shape::Shape;

/// Bits of a row or column number.
pub fn index_bits(shape: &Shape) -> u32 {
    address_width(shape.side() as u32)
}

/// The size of the matrix that is decomposed, as a module sees it. Where rows are reduced it is the size of the triangle, less the
/// rows that a short matrix lacks. Numbers count from 0.
#[derive(Clone, Copy)]
pub struct Size<'m> {
    /// The last row.
    pub last_row: Signal<'m>,
    /// The last column.
    pub last_column: Signal<'m>,
    /// The last singular value that there is.
    pub last_triplet: Signal<'m>,
    /// The last one that leaves the core.
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

    /// The size with these last rows and columns.
    pub fn announced(m: &'m ModuleBuilder, shape: &Shape, last_row: Signal<'m>, last_column: Signal<'m>) -> Self {
        let is_wide = last_row.less_than(last_column).named("is_wide");
        let last_triplet = is_wide.select(last_row, last_column).named("last_triplet");
        let rank = m.constant(last_row.width(), shape.rank() as i128 - 1);
        let last_of_longer_side = is_wide.select(last_column, last_row).named("last_of_longer_side");
        Self {
            last_row,
            last_column,
            // Of a triangle every column has a value, since the rows of a short matrix are not the first ones.
            last_triplet: if shape.is_reduced() { last_column } else { last_triplet },
            last_delivered: rank.less_than(last_triplet).select(rank, last_triplet),
            last_of_longer_side,
        }
    }
}
