//! Rounding to nearest, ties to even.
//!
//! Bit growth: let `sum` have w bits, f of them fraction bits. The base is added to its integer part. If this cannot
//! overflow, the total has w bits and the result has w - f bits.
//!
//! Half a unit is wired into the empty fraction of the base, so that one adder adds both. After this addition, a
//! fraction of zeros indicates a tie, and clearing the lowest bit makes the result even.

use crate::builder::Signal;

/// `base + sum / 2^fraction`, rounded to nearest, ties to even. This is combinational logic. The result has
/// `sum.width() - fraction` bits, to which `base` is sign-extended.
pub fn add_and_round<'m>(base: Signal<'m>, sum: Signal<'m>, fraction: u32) -> Signal<'m> {
    let m = sum.builder;
    // The base is delayed to the stage of the sum before it is extended, which saves registers.
    let base = m.balance(&[base, sum])[0];
    let half = m.concat(&[m.one_bit(true), m.zero(fraction - 1)]);
    let addend = m.concat(&[base.sign_extend(sum.width() - fraction), half]);
    let total = sum + addend;
    let tie = total.low_bits(fraction).is(0);
    let rounded = total.bits_from(fraction);
    m.concat(&[rounded.bits_from(1), rounded.bit(0) & !tie])
}
