//! The instructions of each operation on single numbers.

use crate::graph::{Cut, Operation};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{self, InstBuilder, Type, types};
use cranelift_frontend::FunctionBuilder;

/// Adds instructions on numbers of 64 and 128 bits to a function.
pub(crate) struct Instructions<'a, 'b> {
    pub builder: &'a mut FunctionBuilder<'b>,
}

impl Instructions<'_, '_> {
    /// The instructions of each operation, with the meaning that `fold` gives it. `wide` says whether the data have 128
    /// bits.
    pub fn compute(
        &mut self,
        operation: Operation,
        [a, b, c]: [ir::Value; 3],
        cut: Option<Cut>,
        wide: bool,
    ) -> ir::Value {
        use Operation::*;
        match operation {
            Move => a,
            And => self.builder.ins().band(a, b),
            Or => self.builder.ins().bor(a, b),
            Xor => self.builder.ins().bxor(a, b),
            AndNot => self.builder.ins().band_not(a, b),
            Add => {
                let sum = self.builder.ins().iadd(a, b);
                self.signed_cut(sum, cut, wide)
            }
            Sub => {
                let difference = self.builder.ins().isub(a, b);
                self.signed_cut(difference, cut, wide)
            }
            AddSub => {
                let (sum, difference) = (self.builder.ins().iadd(a, b), self.builder.ins().isub(a, b));
                let chosen = self.select(c, difference, sum);
                self.signed_cut(chosen, cut, wide)
            }
            Mul => {
                let product = self.builder.ins().imul(a, b);
                self.signed_cut(product, cut, wide)
            }
            Equal => self.truth(IntCC::Equal, a, b),
            Less => self.truth(IntCC::SignedLessThan, a, b),
            LessUnsigned => self.truth(IntCC::UnsignedLessThan, a, b),
            ShiftLeft => {
                let shifted = self.builder.ins().ishl(a, b);
                let shifted = self.zero_if_shifted_out(shifted, b, wide);
                self.signed_cut(shifted, cut, wide)
            }
            ShiftRight => {
                let bits = self.unsigned_cut(a, cut, wide);
                let shifted = self.builder.ins().ushr(bits, b);
                let shifted = self.zero_if_shifted_out(shifted, b, wide);
                self.signed_cut(shifted, cut, wide)
            }
            Mux => self.select(c, a, b),
            Extract => self.signed_cut(a, cut, wide),
            Unsigned => self.unsigned_cut(a, cut, wide),
            Join => {
                let width = cut.map_or(0, |cut| cut.width);
                let high = self.builder.ins().ishl_imm(a, i64::from(width));
                let low = self.unsigned_cut(b, cut, wide);
                self.builder.ins().bor(high, low)
            }
            Load => unreachable!("A load reads a memory."),
        }
    }

    fn truth(&mut self, condition: IntCC, a: ir::Value, b: ir::Value) -> ir::Value {
        let holds = self.builder.ins().icmp(condition, a, b);
        self.builder.ins().bmask(types::I64, holds)
    }

    /// `a` if the condition is not 0, else `b`. The two halves of 128-bit numbers are chosen separately: Cranelift
    /// turns a choice between two numbers by their comparison into a maximum, and has no code for the maximum of
    /// 128-bit numbers.
    pub fn select(&mut self, condition: ir::Value, a: ir::Value, b: ir::Value) -> ir::Value {
        if self.builder.func.dfg.value_type(a) != types::I128 {
            return self.builder.ins().select(condition, a, b);
        }
        let [(a_low, a_high), (b_low, b_high)] = [a, b].map(|value| self.builder.ins().isplit(value));
        let low = self.builder.ins().select(condition, a_low, b_low);
        let high = self.builder.ins().select(condition, a_high, b_high);
        self.builder.ins().iconcat(low, high)
    }

    fn zero_if_shifted_out(&mut self, shifted: ir::Value, amount: ir::Value, wide: bool) -> ir::Value {
        let zero = self.constant(0, wide);
        let fits = self.builder.ins().icmp_imm(IntCC::UnsignedLessThan, amount, i64::from(bits(wide)));
        self.builder.ins().select(fits, shifted, zero)
    }

    fn signed_cut(&mut self, value: ir::Value, cut: Option<Cut>, wide: bool) -> ir::Value {
        self.shifted(value, cut, wide, |ins, up, down| ins.builder.ins().sshr_imm(up, down))
    }

    fn unsigned_cut(&mut self, value: ir::Value, cut: Option<Cut>, wide: bool) -> ir::Value {
        self.shifted(value, cut, wide, |ins, up, down| ins.builder.ins().ushr_imm(up, down))
    }

    /// Moves the bits of the cut to the top, and then down again by `shift`.
    fn shifted(
        &mut self,
        value: ir::Value,
        cut: Option<Cut>,
        wide: bool,
        shift: impl Fn(&mut Self, ir::Value, i64) -> ir::Value,
    ) -> ir::Value {
        let Some(cut) = cut else { return value };
        let up = self.builder.ins().ishl_imm(value, i64::from(bits(wide) - cut.top()));
        shift(self, up, i64::from(bits(wide) - cut.width))
    }

    pub fn constant(&mut self, number: i128, wide: bool) -> ir::Value {
        let low = self.builder.ins().iconst(types::I64, number as i64);
        if !wide {
            return low;
        }
        let high = self.builder.ins().iconst(types::I64, (number >> 64) as i64);
        self.builder.ins().iconcat(low, high)
    }
}

pub(crate) fn integer(wide: bool) -> Type {
    if wide { types::I128 } else { types::I64 }
}

fn bits(wide: bool) -> u32 {
    integer(wide).bits()
}
