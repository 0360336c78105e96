//! Registers that correct a flipped bit by themselves.

use crate::builder::{ModuleBuilder, Register, Signal, odd, odd_of_next};

/// A word that survives a flipped bit: it is held twice, once with a parity bit and once inverted. If the parity does
/// not hold, the other one is right. Both take their next value from what was read, so that a flip lasts for one cycle.
///
/// The parity bit and the inverted copy of a single bit have the same next value. So that nobody makes one register of
/// them, neither this generator nor a synthesis, their resets differ: the parity does not hold until the first cycle.
pub struct Protected<'m> {
    plain: Register<'m>,
    parity: Register<'m>,
    inverted: Register<'m>,
    value: Signal<'m>,
}

impl<'m> Protected<'m> {
    /// Draws the registers of a word.
    pub fn new(m: &'m ModuleBuilder, name: &str, width: u32, reset: i128) -> Self {
        let register =
            |suffix: &str, width, reset| m.register(&format!("{name}{suffix}"), width).reset(reset).unguarded();
        let plain = register("", width, reset);
        let is_odd = crate::ir::bits_of(reset, width).count_ones() % 2 == 1;
        let parity = register("_parity", 1, (is_odd == (width == 1)).into());
        let inverted = register("_inverted", width, !reset);
        let is_intact = (odd(&[plain.value()]) ^ parity.value()).named(&format!("{name}_is_intact"));
        let value = is_intact.select(plain.value(), !inverted.value()).named(&format!("{name}_now"));
        Self { plain, parity, inverted, value }
    }

    /// The value, with a flipped bit corrected.
    pub fn value(&self) -> Signal<'m> {
        self.value
    }

    /// The value as a register holds it: a flipped bit shows for one cycle.
    pub fn shown(&self) -> Signal<'m> {
        self.plain.value()
    }

    /// Drives the word: it takes this value at the end of each cycle.
    pub fn drive(&self, next: Signal<'m>) {
        self.plain.drive(next);
        self.parity.drive(!odd_of_next(next));
        self.inverted.drive(!next);
    }
}
