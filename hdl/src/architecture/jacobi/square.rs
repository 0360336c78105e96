//! The square inside the core that holds the current matrix.
//!
//! A core for any size holds a matrix in the smallest even square that it fits, and uses the round-robin ordering of
//! that square.

use super::layout::pair_bits;
use crate::architecture::size::{Size, index_bits};
use crate::builder::{ModuleBuilder, Signal};
use crate::ordering::Ordering;
use crate::shape::Shape;

/// The size of the current matrix, and of the square that holds it.
#[derive(Clone, Copy)]
pub struct Square<'m> {
    /// The size of the matrix.
    pub size: Size<'m>,
    /// The number of the square's last row pair, which is that of its last column pair as well.
    pub last_pair: Signal<'m>,
    /// The number of the square's ordering, counted from the smallest, if the core has several.
    number: Option<Signal<'m>>,
}

impl<'m> Square<'m> {
    /// The core's only square, or the one for the size at the inputs `size_rows` and `size_cols`.
    pub fn new(m: &'m ModuleBuilder, shape: &Shape) -> Self {
        Self::of(m, shape, Size::new(m, shape))
    }

    /// The core's only square, or the one for the size at the inputs `loading_rows` and `loading_cols`.
    pub fn loading(m: &'m ModuleBuilder, shape: &Shape) -> Self {
        let size = match shape.takes_any() {
            false => Size::new(m, shape),
            true => {
                let [rows, cols] = ["loading_rows", "loading_cols"].map(|name| m.input(name, index_bits(shape)));
                Size::announced(m, shape, rows, cols)
            }
        };
        Self::of(m, shape, size)
    }

    /// The square for a matrix of this size.
    pub fn of(m: &'m ModuleBuilder, shape: &Shape, size: Size<'m>) -> Self {
        let pair = pair_bits(&Ordering::new(shape.even()));
        let last_pair = match shape.takes_any() {
            false => m.constant(pair, (shape.even() / 2 - 1) as i128),
            true => {
                let longest = size.last_of_longer_side;
                longest.zero_extend(longest.width().max(pair + 1)).slice(1, pair).named("last_pair")
            }
        };
        let number = (shape.takes_any() && shape.even() > 2).then_some(last_pair);
        Self { size, last_pair, number }
    }

    /// The number of the square's ordering, counted from the smallest, if the core has several.
    pub fn number(&self) -> Option<Signal<'m>> {
        self.number
    }

    /// The address of `entry` in a table with one part per ordering (see [`super::layout`]).
    pub fn address(&self, m: &'m ModuleBuilder, entry: Signal<'m>) -> Signal<'m> {
        self.number.map_or(entry, |number| m.concat(&[number, entry]))
    }
}
