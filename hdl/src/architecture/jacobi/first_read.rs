//! What is done with the elements of A when they are read for the first time.

use super::block::{Block, block, stage};
use crate::architecture::number::each_component;
use crate::builder::{ModuleBuilder, Signal};
use crate::shape::Shape;

/// What is known of a block that may still be as it was loaded, at the stage of its elements.
pub struct FirstRead<'m> {
    /// Its elements are as they were loaded.
    pub raw: Signal<'m>,
    /// By how many bits they are shifted up.
    pub shift: Option<Signal<'m>>,
    /// For each element, the conditions that must all hold for it to belong to the matrix.
    pub inside: [[Vec<Signal<'m>>; 2]; 2],
}

/// The block as it was `read` if it is not raw. Otherwise its elements are shifted up and padded with zeros.
///
/// This takes a cycle.
pub fn scaled_and_padded<'m>(m: &'m ModuleBuilder, shape: &Shape, read: Block<'m>, first: &FirstRead<'m>) -> Block<'m> {
    let next = before_register(m, shape, read, first);
    block(|r, c| next[r][c].registered(&format!("a_{r}{c}")))
}

/// The same before the register at its end.
pub fn before_register<'m>(m: &'m ModuleBuilder, shape: &Shape, read: Block<'m>, first: &FirstRead<'m>) -> Block<'m> {
    let raw = first.raw.delayed_to(stage(read[0][0]));
    block(|r, c| {
        let word = read[r][c];
        let padded = each_component(shape, word, |word| {
            // A loaded element is an input word above empty guard bits. An element of a triangle fills all bits.
            let (low, width) = if shape.is_reduced() { (0, word.width()) } else { (shape.guard(), shape.word()) };
            let element = word.slice(low, width);
            let shifted = first.shift.map_or(element, |amount| element.shift_left(amount));
            let zero = m.zero(shifted.width());
            let padded = first.inside[r][c].iter().fold(shifted, |element, inside| inside.select(element, zero));
            padded.shifted_up(low).sign_extend(word.width())
        });
        raw.select(padded, word)
    })
}
