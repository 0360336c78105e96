//! Signals: nodes together with their pipeline stages, and the operators that add more nodes.

use super::ModuleBuilder;
use crate::describe::describe;
use crate::ir::{Binary, NodeId, Op};
use std::ops::{Add, BitAnd, BitOr, BitXor, Mul, Not, Sub};

/// A bit vector of the module under construction.
///
/// A signal may carry the pipeline stage at which it is valid. An operation on signals of different stages delays the
/// earlier ones with registers, so that latencies are balanced by construction. Signals without a stage, such as
/// constants and state, are combined with signals of any stage and are not delayed.
#[derive(Clone, Copy)]
pub struct Signal<'m> {
    pub(crate) builder: &'m ModuleBuilder,
    pub(crate) id: NodeId,
    pub(crate) width: u32,
    pub(crate) stage: Option<u32>,
}

impl<'m> Signal<'m> {
    /// Width in bits.
    pub fn width(self) -> u32 {
        self.width
    }

    /// The pipeline stage at which the signal is valid.
    pub fn stage(self) -> Option<u32> {
        self.stage
    }

    /// The same signal, declared to be valid at a stage.
    pub fn at(self, stage: u32) -> Self {
        Self { stage: Some(stage), ..self }
    }

    /// The same signal without a stage, outside of any pipeline.
    pub fn untimed(self) -> Self {
        Self { stage: None, ..self }
    }

    /// Gives the node its Verilog name. A signal of a pipeline gets the prefix `p<stage>_`.
    pub fn named(self, name: &str) -> Self {
        let full = match self.stage {
            Some(stage) => format!("p{stage}_{name}"),
            None => name.to_owned(),
        };
        let full = self.builder.free_name(&full);
        self.builder.base_names.borrow_mut().insert(self.id, name.to_owned());
        self.builder.edit_node(self.id, |node| node.name = Some(full));
        self
    }

    /// Adds a comment beside the declaration, such as the number format or the meaning.
    pub fn note(self, text: impl Into<String>) -> Self {
        self.builder.edit_node(self.id, |node| node.note = Some(text.into()));
        self
    }

    /// Marks the signal as a flag: registers that delay it are 0 during reset. So no flag from before the reset can
    /// start an action after it.
    pub fn flag(self) -> Self {
        self.builder.flags.borrow_mut().insert(self.id);
        self
    }

    /// Lets a guarded module count the signal as a fault ([`super::DesignBuilder::add_guarded`]).
    pub fn is_fault(self) -> Self {
        self.builder.faults.borrow_mut().push(self.id);
        self
    }

    /// A pipeline register: the same value one cycle later.
    pub fn registered(self, name: &str) -> Self {
        let is_flag = self.builder.flags.borrow().contains(&self.id);
        let op = Op::Register { next: Some(self.id), enable: None, reset: is_flag.then_some(0) };
        let later = self.builder.push(op, self.width, self.stage.map(|s| s + 1)).named(name);
        if is_flag { later.flag() } else { later }
    }

    /// A register that takes the value in the cycles in which `enable` is 1 and keeps it in the others: the latest
    /// value that was taken, from the next cycle on.
    #[track_caller]
    pub fn kept_when(self, enable: Signal<'m>, name: &str) -> Self {
        let register = self.builder.register(name, self.width).enabled_by(enable);
        register.drive(self);
        Self { stage: self.stage.map(|s| s + 1), ..register.value() }
    }

    /// A name for the signal if it has none, made of the names of its operands.
    pub(crate) fn described(self) -> String {
        let given = |id: NodeId| self.builder.base_names.borrow().get(&id).cloned();
        describe(&self.builder.module.borrow(), self.id, &given)
    }

    /// `width` bits from bit `low` on.
    #[track_caller]
    pub fn slice(self, low: u32, width: u32) -> Self {
        assert!(low + width <= self.width, "Bits {low} to {} do not exist in {} bits.", low + width - 1, self.width);
        if width == self.width {
            return self;
        }
        self.builder.push(Op::Slice { a: self.id, low }, width, self.stage)
    }

    /// The lowest `width` bits.
    #[track_caller]
    pub fn low_bits(self, width: u32) -> Self {
        self.slice(0, width)
    }

    /// Bits from `low` up to the top.
    #[track_caller]
    pub fn bits_from(self, low: u32) -> Self {
        self.slice(low, self.width - low)
    }

    /// One bit.
    #[track_caller]
    pub fn bit(self, index: u32) -> Self {
        self.slice(index, 1)
    }

    /// The top bit.
    pub fn sign(self) -> Self {
        self.bit(self.width - 1)
    }

    /// The value sign-extended to `width` bits.
    pub fn sign_extend(self, width: u32) -> Self {
        if width == self.width { self } else { self.builder.push(Op::SignExtend(self.id), width, self.stage) }
    }

    /// The value zero-extended to `width` bits.
    pub fn zero_extend(self, width: u32) -> Self {
        if width == self.width { self } else { self.builder.push(Op::ZeroExtend(self.id), width, self.stage) }
    }

    /// The value shifted up by a constant number of bits. The result is `count` bits wider, with zeros in its lowest
    /// bits.
    pub fn shifted_up(self, count: u32) -> Self {
        if count == 0 { self } else { self.builder.concat(&[self, self.builder.zero(count)]) }
    }

    /// A multiplexer: `on_true` while this bit is 1, and `on_false` otherwise.
    #[track_caller]
    pub fn select(self, on_true: Signal<'m>, on_false: Signal<'m>) -> Self {
        assert!(self.width == 1, "A select has 1 bit, not {}.", self.width);
        on_true.same_width(on_false);
        let b = self.builder.balance(&[self, on_true, on_false]);
        let op = Op::Mux { select: b[0].id, on_true: b[1].id, on_false: b[2].id };
        self.builder.push(op, on_true.width, b.iter().find_map(|s| s.stage))
    }

    /// `subtract ? self - other : self + other`, computed by one adder.
    #[track_caller]
    pub fn add_sub(self, other: Signal<'m>, subtract: Signal<'m>) -> Self {
        self.same_width(other);
        let b = self.builder.balance(&[self, other, subtract]);
        let op = Op::AddSub { a: b[0].id, b: b[1].id, subtract: b[2].id };
        self.builder.push(op, self.width, b.iter().find_map(|s| s.stage))
    }

    /// `negative ? -self : self`.
    pub fn negated_if(self, negative: Signal<'m>) -> Self {
        self.builder.zero(self.width).add_sub(self, negative)
    }

    /// 1 if both values are equal.
    #[track_caller]
    pub fn equals(self, other: Signal<'m>) -> Self {
        self.compared(Binary::Equal, other)
    }

    /// 1 if the value equals this constant.
    #[track_caller]
    pub fn is(self, value: i128) -> Self {
        self.equals(self.builder.constant(self.width, value))
    }

    /// 1 if any bit is 1.
    pub fn any(self) -> Self {
        if self.width == 1 { self } else { !self.is(0) }
    }

    /// 1 if this value is less than the other one, both unsigned.
    #[track_caller]
    pub fn less_than(self, other: Signal<'m>) -> Self {
        self.compared(Binary::LessUnsigned, other)
    }

    /// 1 if this value is less than the other one, both signed.
    #[track_caller]
    pub fn less_than_signed(self, other: Signal<'m>) -> Self {
        self.compared(Binary::LessSigned, other)
    }

    /// The value shifted left by an unsigned amount. Zeros are shifted in, and the width stays the same.
    pub fn shift_left(self, amount: Signal<'m>) -> Self {
        self.binary(Binary::ShiftLeft, amount, self.width)
    }

    /// The value shifted right by an unsigned amount. Zeros are shifted in, and the width stays the same.
    pub fn shift_right(self, amount: Signal<'m>) -> Self {
        self.binary(Binary::ShiftRight, amount, self.width)
    }

    /// The signal among `of` whose number this one is. For a number beyond them it is any of them.
    pub fn choose(self, of: &[Signal<'m>]) -> Self {
        let Some(bit) = (of.len() - 1).checked_ilog2() else { return of[0] };
        let (low, high) = of.split_at(1 << bit);
        self.bit(bit).select(self.choose(high), self.choose(low))
    }

    /// The sum with a constant.
    #[track_caller]
    pub fn plus(self, value: i128) -> Self {
        self + self.builder.constant(self.width, value)
    }

    fn compared(self, binary: Binary, other: Signal<'m>) -> Self {
        self.same_width(other);
        self.binary(binary, other, 1)
    }

    fn binary(self, binary: Binary, other: Signal<'m>, width: u32) -> Self {
        let b = self.builder.balance(&[self, other]);
        self.builder.push(Op::Binary(binary, b[0].id, b[1].id), width, b.iter().find_map(|s| s.stage))
    }

    #[track_caller]
    pub(crate) fn same_width(self, other: Signal<'m>) {
        let name = |s: Signal| s.builder.base_names.borrow().get(&s.id).cloned().unwrap_or(s.id.to_string());
        assert!(
            self.width == other.width,
            "`{}` has {} bits and `{}` has {}; operands of one operation must have the same width.",
            name(self),
            self.width,
            name(other),
            other.width
        );
    }
}

macro_rules! operator {
    ($trait:ident, $method:ident, $binary:expr) => {
        impl<'m> $trait for Signal<'m> {
            type Output = Signal<'m>;

            #[track_caller]
            fn $method(self, other: Signal<'m>) -> Signal<'m> {
                self.same_width(other);
                self.binary($binary, other, self.width)
            }
        }
    };
}

operator!(Add, add, Binary::Add);
operator!(Sub, sub, Binary::Sub);
operator!(BitAnd, bitand, Binary::And);
operator!(BitOr, bitor, Binary::Or);
operator!(BitXor, bitxor, Binary::Xor);

/// The signed product. Its width is the sum of the widths of both operands.
impl<'m> Mul for Signal<'m> {
    type Output = Signal<'m>;

    fn mul(self, other: Signal<'m>) -> Signal<'m> {
        let width = [self.width, other.width].iter().sum();
        self.binary(Binary::Mul, other, width)
    }
}

impl<'m> Not for Signal<'m> {
    type Output = Signal<'m>;

    fn not(self) -> Signal<'m> {
        self.builder.push(Op::Not(self.id), self.width, self.stage)
    }
}
