//! Contexts: a core with several matrices in flight keeps each of them in a context of its own, with its own part of
//! every memory, its own sweeps and its own status. A core for one matrix at a time has no signals for contexts.

use crate::builder::{Memory, ModuleBuilder, Register, Signal};
use crate::ir::address_width;
use crate::shape::Shape;

/// The number of a context as a signal; `None` in cores with a single one.
pub type Context<'m> = Option<Signal<'m>>;

/// Bits of the number of a context, 0 in cores with a single one.
pub fn context_bits(shape: &Shape) -> u32 {
    if shape.in_flight() > 1 { address_width(shape.in_flight() as u32) } else { 0 }
}

/// The input `name` with the number of a context.
pub fn input<'m>(m: &'m ModuleBuilder, shape: &Shape, name: &str) -> Context<'m> {
    (shape.in_flight() > 1).then(|| m.input(name, context_bits(shape)))
}

/// A signal with one bit per context, where the bit of `context` is `condition`, and the others are 0.
pub fn one_of<'m>(m: &'m ModuleBuilder, shape: &Shape, condition: Signal<'m>, context: Context<'m>) -> Signal<'m> {
    match context {
        None => condition,
        Some(context) => {
            let all: Vec<Signal<'m>> =
                (0..shape.in_flight()).rev().map(|k| condition & context.is(k as i128)).collect();
            m.concat(&all)
        }
    }
}

/// The bit of `context` in a signal with one bit per context.
pub fn bit_of<'m>(word: Signal<'m>, context: Context<'m>) -> Signal<'m> {
    context.map_or(word, |context| word.shift_right(context).bit(0))
}

/// The context after this one in the order in which frames take them.
pub fn next<'m>(m: &'m ModuleBuilder, shape: &Shape, context: Signal<'m>) -> Signal<'m> {
    let last = context.is(shape.in_flight() as i128 - 1);
    last.select(m.zero(context.width()), context.plus(1))
}

/// The part of a memory that belongs to a copy of a context: both numbers side by side, the copy in the lowest bits.
pub fn part<'m>(m: &'m ModuleBuilder, context: Context<'m>, copy: Signal<'m>) -> Signal<'m> {
    m.concat(&context.into_iter().chain([copy]).collect::<Vec<_>>())
}

/// The context of a part of a memory, `at` a later stage.
pub fn of_part(part: Signal<'_>, at: u32) -> Context<'_> {
    (part.width() > 1).then(|| part.bits_from(1).delayed_to(at).untimed())
}

/// The first copy of the context at the input `name`.
pub fn first_part<'m>(m: &'m ModuleBuilder, shape: &Shape, name: &str) -> Signal<'m> {
    input(m, shape, name).map_or(m.zero(1), |context| m.concat(&[context, m.zero(1)]))
}

/// A word for each context.
pub enum PerContext<'m> {
    /// In cores with a single context.
    One(Register<'m>),
    /// In other cores.
    Several(Memory<'m>),
}

impl<'m> PerContext<'m> {
    /// Draws the words. `word` is written for `context` while `enable` is 1.
    pub fn new(
        m: &'m ModuleBuilder,
        shape: &Shape,
        name: &str,
        enable: Signal<'m>,
        context: Context<'m>,
        word: Signal<'m>,
    ) -> Self {
        match context {
            None => {
                let register = m.register(name, word.width()).enabled_by(enable);
                register.drive(word);
                Self::One(register)
            }
            Some(context) => {
                let memory = m.memory(name, word.width(), shape.in_flight() as u32);
                memory.write(enable, context, word);
                Self::Several(memory)
            }
        }
    }

    /// The word of a context. Where there are several, it comes one cycle after the context's number.
    pub fn read(&self, context: Context<'m>, name: &str) -> Signal<'m> {
        match (self, context) {
            (Self::Several(memory), Some(context)) => memory.read(context, None, name),
            (Self::One(register), _) => register.value(),
            (Self::Several(_), None) => panic!("A core with several contexts numbers them."),
        }
    }
}
