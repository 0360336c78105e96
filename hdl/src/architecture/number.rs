//! Numbers in words: a real number, or a complex one with its real part in the low half.

use crate::builder::Signal;
use crate::shape::Shape;

/// The components of a number: the real part, and the imaginary part if it is complex.
pub fn components<'m>(shape: &Shape, number: Signal<'m>) -> Vec<Signal<'m>> {
    let bits = number.width() / shape.components();
    (0..shape.components()).map(|part| number.slice(part * bits, bits)).collect()
}

/// The number whose components are those of `number`, changed.
pub fn each_component<'m>(shape: &Shape, number: Signal<'m>, change: impl Fn(Signal<'m>) -> Signal<'m>) -> Signal<'m> {
    let changed: Vec<Signal<'m>> = components(shape, number).into_iter().rev().map(change).collect();
    match changed[..] {
        [real] => real,
        _ => number.builder.concat(&changed),
    }
}
