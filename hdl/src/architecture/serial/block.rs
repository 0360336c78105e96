//! 2x2 blocks of signals, and small helpers for drawing what works on them.

use crate::builder::Signal;

/// The elements of a 2x2 block by row and column: of A, or of two rows and two columns of Uᵀ or Vᵀ.
pub type Block<'m> = [[Signal<'m>; 2]; 2];

/// `other` while the condition holds and `own` otherwise; always `own` if there is no condition or no `other`.
pub fn select_if_present<'m>(condition: Option<Signal<'m>>, other: Option<Signal<'m>>, own: Signal<'m>) -> Signal<'m> {
    condition.zip(other).map_or(own, |(condition, other)| condition.select(other, own))
}

/// A block with an element for each (row, column).
pub fn block<'m>(element: impl Fn(usize, usize) -> Signal<'m>) -> Block<'m> {
    [0, 1].map(|r| [0, 1].map(|c| element(r, c)))
}

/// The pipeline stage of a signal.
pub fn stage(signal: Signal<'_>) -> u32 {
    signal.stage().expect("All signals of the datapath's pipeline have a stage.")
}

/// The other copy of the same context.
pub fn other_copy(copy: Signal<'_>) -> Signal<'_> {
    match copy.width() {
        1 => !copy,
        _ => copy.builder.concat(&[copy.bits_from(1), !copy.bit(0)]),
    }
}
