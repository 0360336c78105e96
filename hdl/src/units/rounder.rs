//! Rounding to nearest, ties to even.
//!
//! Bit growth: let `sum` have w bits, f of them fraction bits. The base is added to its integer part. If this cannot
//! overflow, the total has w bits and the result has w - f bits.
//!
//! Half a unit is wired into the empty fraction of the base, so that one adder adds both. If the fraction of the sum is
//! exactly half a unit, it is a tie, and clearing the lowest bit makes the result even. That is decided beside the
//! adder and not behind it.

use crate::builder::Signal;

/// `base + sum / 2^fraction`, rounded to nearest, ties to even. This is combinational logic. The result has
/// `sum.width() - fraction` bits, to which `base` is sign-extended.
pub fn add_and_round<'m>(base: Signal<'m>, sum: Signal<'m>, fraction: u32) -> Signal<'m> {
    let tie = sum.low_bits(fraction).is(1 << (fraction - 1));
    add_and_round_from_half(base, sum.bits_from(fraction - 1), tie)
}

/// The same for a sum of which only the bits from half a unit upwards are at hand: `halves` counts halves of a unit.
/// `tie` tells whether the sum lies in the middle between two units.
pub fn add_and_round_from_half<'m>(base: Signal<'m>, halves: Signal<'m>, tie: Signal<'m>) -> Signal<'m> {
    let m = halves.builder;
    // The base is delayed to the stage of the sum before it is extended, which saves registers.
    let base = m.balance(&[base, halves])[0];
    let addend = m.concat(&[base.sign_extend(halves.width() - 1), m.one_bit(true)]);
    let rounded = (halves + addend).bits_from(1);
    m.concat(&[rounded.bits_from(1), rounded.bit(0) & !tie])
}
