//! Rounding to nearest, ties to even.
//!
//! Bit growth: the sum of `sum` (w bits, f of them fraction) and a base that is added at the place of the integer part has w bits when it
//! cannot overflow, and the result w - f. Half a unit is wired into the empty fraction of the base, so that base and half take one adder; after it,
//! a tie shows as a fraction of zeros, and clearing the lowest bit makes the result even.

use crate::builder::Signal;

/// `base + sum / 2^fraction`, rounded to nearest, ties to even; combinational. The result has `sum.width() - fraction` bits, `base` is sign-extended to that.
pub fn add_and_round<'m>(base: Signal<'m>, sum: Signal<'m>, fraction: u32) -> Signal<'m> {
    let m = sum.builder;
    // The base waits for the sum while it is narrow.
    let base = m.balance(&[base, sum])[0];
    let half = m.concat(&[m.one_bit(true), m.zero(fraction - 1)]);
    let addend = m.concat(&[base.sign_extend(sum.width() - fraction), half]);
    let total = sum + addend;
    let tie = total.low_bits(fraction).is(0);
    let rounded = total.bits_from(fraction);
    m.concat(&[rounded.bits_from(1), rounded.bit(0) & !tie])
}
