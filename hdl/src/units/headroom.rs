//! Headroom: the number of bits by which all elements seen so far can be shifted up without overflow.
//!
//! Bit growth: none. A register has one bit for each bit of an element except the sign. A bit is set once an element
//! differs there from its sign.

use crate::builder::{ModuleBuilder, Signal};
use crate::ir::address_width;

/// The headroom of all `elements` (equally wide, signed) in the cycles in which they are `taken`, minus `reserve` bits,
/// and at most `most`. If all elements are 0, it is `most`. It is valid two cycles after the last element, and starts
/// again after `clear`.
pub fn headroom<'m>(
    m: &'m ModuleBuilder,
    most: u32,
    elements: &[Signal<'m>],
    reserve: u32,
    taken: Signal<'m>,
    clear: Signal<'m>,
) -> Signal<'m> {
    let (bits, most) = (address_width(most + 1), i128::from(most));
    let magnitude = elements[0].width() - 1;
    let size = |element: &Signal<'m>| {
        let signs = m.concat(&vec![element.sign(); magnitude as usize]);
        element.low_bits(magnitude) ^ signs
    };
    let sizes = elements.iter().map(size).reduce(|a, b| a | b).expect("There is an element.").untimed();
    let seen = m.register("bits_seen", magnitude).reset(0).enabled_by((taken | clear).untimed());
    seen.drive(clear.select(m.zero(magnitude), seen.value() | sizes));
    let count = (0..magnitude).fold(m.constant(bits, most), |below, bit| {
        let free = i128::from(magnitude - 1 - bit) - i128::from(reserve);
        seen.value().bit(bit).select(m.constant(bits, free.clamp(0, most)), below)
    });
    count.registered("headroom")
}
