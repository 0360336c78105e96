//! The square inside the core that holds the matrix at hand, and which of the core's orderings it takes.

use super::layout::pair_bits;
use crate::architecture::size::{Size, index_bits};
use crate::builder::{ModuleBuilder, Signal};
use crate::ordering::Ordering;
use crate::shape::Shape;

/// The size of the matrix at hand, and of the square that holds it.
#[derive(Clone, Copy)]
pub struct Square<'m> {
    /// The matrix.
    pub size: Size<'m>,
    /// The last pair of rows (and of columns) of the square.
    pub last_pair: Signal<'m>,
    /// Which of the core's orderings it takes, if there are several.
    number: Option<Signal<'m>>,
}

impl<'m> Square<'m> {
    /// The core's only square, or that of the size at the inputs `size_rows` and `size_cols`.
    pub fn new(m: &'m ModuleBuilder, shape: &Shape) -> Self {
        Self::of(m, shape, Size::new(m, shape))
    }

    /// The core's only square, or that of the size at the inputs `loading_rows` and `loading_cols`.
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

    /// The square of a matrix of this size.
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

    /// Which of the core's orderings it takes, if there are several.
    pub fn number(&self) -> Option<Signal<'m>> {
        self.number
    }

    /// The address of an entry in a table that has a part for each ordering.
    pub fn address(&self, m: &'m ModuleBuilder, entry: Signal<'m>) -> Signal<'m> {
        self.number.map_or(entry, |number| m.concat(&[number, entry]))
    }
}
