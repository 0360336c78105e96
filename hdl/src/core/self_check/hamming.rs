//! A Hamming code that corrects one wrong bit of a word (R. W. Hamming, *Error Detecting and Error Correcting Codes*,
//! Bell System Technical Journal 29, 1950).
//!
//! The bits of a coded word are numbered from 1. Bits whose numbers are powers of two are check bits: check bit 2^i
//! makes the parity even over all bits whose numbers contain 2^i. The others are the bits of the word, in order. If one
//! bit is wrong, the parities that are odd spell its number, the *syndrome*.

use crate::builder::{ModuleBuilder, Signal};

/// Check bits for words of `bits` bits.
fn check_bits(bits: u32) -> u32 {
    (2..).find(|&r| 1u32 << r > bits + r).expect("The number of check bits grows slowly.")
}

/// Bits of a coded word.
pub fn coded_bits(bits: u32) -> u32 {
    bits + check_bits(bits)
}

/// The numbers of the bits of a word inside its coded word.
fn places(bits: u32) -> impl Iterator<Item = u32> {
    (1..=coded_bits(bits)).filter(|number| !number.is_power_of_two())
}

fn parity<'m>(bits: impl Iterator<Item = Signal<'m>>) -> Signal<'m> {
    bits.reduce(|a, b| a ^ b).expect("A check bit covers other bits.")
}

/// The coded word, check bits in its high bits.
pub fn encode<'m>(m: &'m ModuleBuilder, word: Signal<'m>) -> Signal<'m> {
    let places: Vec<u32> = places(word.width()).collect();
    let check = |i: u32| parity((0..).zip(&places).filter(|(_, place)| *place >> i & 1 == 1).map(|(b, _)| word.bit(b)));
    let checks: Vec<Signal<'m>> = (0..check_bits(word.width())).rev().map(check).collect();
    m.concat(&[m.concat(&checks), word])
}

/// The number of the wrong bit of a coded word, 0 if there is none.
pub fn syndrome<'m>(m: &'m ModuleBuilder, coded: Signal<'m>, bits: u32) -> Signal<'m> {
    let again = encode(m, coded.low_bits(bits)).bits_from(bits);
    again ^ coded.bits_from(bits)
}

/// The word of a coded word of which one bit may be wrong, given its syndrome.
pub fn correct<'m>(m: &'m ModuleBuilder, coded: Signal<'m>, syndrome: Signal<'m>, bits: u32) -> Signal<'m> {
    let wrong: Vec<Signal<'m>> = places(bits).map(|place| syndrome.is(place.into())).collect();
    let wrong: Vec<Signal<'m>> = wrong.into_iter().rev().collect();
    coded.low_bits(bits) ^ m.concat(&wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_enough_check_bits_and_no_more() {
        let known = [(4, 3), (11, 4), (12, 5), (26, 5), (27, 6), (57, 6), (58, 7), (67, 7)];
        assert!(known.iter().all(|&(bits, checks)| check_bits(bits) == checks));
        assert_eq!(places(4).collect::<Vec<_>>(), [3, 5, 6, 7]);
    }
}
