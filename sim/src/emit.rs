//! Translates the graph into a function that computes one clock cycle, in Cranelift's intermediate representation:
//!
//! `cycle(cells, now, next, edge, reset)`
//!
//! It reads registers from the bank at `cells + now` and writes them to the bank at `cells + next`, both offsets in
//! bytes. Memories are written if `edge` is not 0, and registers take their reset values if `reset` is not 0. Each
//! value is computed once, right before its first use. Every address is a constant or a masked index, so that none lies
//! outside the layout's cells.

use crate::graph::{Cut, Graph, MemoryWrite, Operation, Origin, Value};
use crate::layout::{Cell, Layout};
use crate::range::Range;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{self, InstBuilder, MemFlags, Type, types};
use cranelift_frontend::FunctionBuilder;

/// The size of a cell, in bytes.
pub(crate) const CELL: usize = 8;

/// The number of parameters of the function. All of them are 64-bit integers.
pub(crate) const PARAMETERS: usize = 5;

/// Writes the body of the function, from its entry block to the return.
pub(crate) fn emit(graph: &Graph, layout: &Layout, builder: &mut FunctionBuilder) {
    let entry = builder.create_block();
    builder.append_block_params_for_function_params(entry);
    builder.switch_to_block(entry);
    let &[cells, now, next, edge, reset] = builder.block_params(entry) else {
        unreachable!("The signature has five parameters.");
    };
    let (now, next) = (builder.ins().iadd(cells, now), builder.ins().iadd(cells, next));
    let values = vec![None; graph.len()];
    let mut emitter = Emitter { graph, layout, builder, values, cells, now };
    emitter.registers(next);
    emitter.observed();
    emitter.memories(edge);
    emitter.resets(next, reset);
}

struct Emitter<'a, 'b> {
    graph: &'a Graph,
    layout: &'a Layout,
    builder: &'a mut FunctionBuilder<'b>,
    /// For each value, its translation, if there is one yet.
    values: Vec<Option<ir::Value>>,
    cells: ir::Value,
    now: ir::Value,
}

impl Emitter<'_, '_> {
    fn registers(&mut self, next_bank: ir::Value) {
        for (&number, &cell) in &self.layout.states {
            let state = self.graph.states[number];
            let next = self.value(state.next);
            let next = self.fitted(next, cell);
            let next = match state.enable {
                None => next,
                Some(enable) => {
                    let (enable, old) = (self.value(enable), self.value(state.value));
                    self.select(enable, next, old)
                }
            };
            self.store(next, next_bank, cell);
        }
    }

    fn observed(&mut self) {
        for (&value, &cell) in &self.layout.observed {
            let found = self.value(value);
            self.store(found, self.cells, cell);
        }
    }

    /// Writes the memories. All loads come before the first write.
    fn memories(&mut self, edge: ir::Value) {
        let writes = |number: usize| self.graph.words[number].write;
        let ports: Vec<(usize, Cell, MemoryWrite)> =
            self.layout.words.iter().filter_map(|(&number, &cell)| Some((number, cell, writes(number)?))).collect();
        let operands: Vec<[ir::Value; 3]> = ports
            .iter()
            .map(|(_, _, write)| [write.enable, write.address, write.data].map(|v| self.value(v)))
            .collect();
        for ((number, cell, write), [enable, address, data]) in ports.into_iter().zip(operands) {
            let enable = self.builder.ins().band(enable, edge);
            let (then, after) = (self.builder.create_block(), self.builder.create_block());
            self.builder.ins().brif(enable, then, &[], after, &[]);
            self.builder.switch_to_block(then);
            let place = self.word(number, write.address, address);
            let data = self.fitted(data, cell);
            self.builder.ins().store(trusted(), data, place, offset(cell));
            self.builder.ins().jump(after, &[]);
            self.builder.switch_to_block(after);
        }
    }

    fn resets(&mut self, next_bank: ir::Value, reset: ir::Value) {
        let (then, after) = (self.builder.create_block(), self.builder.create_block());
        self.builder.ins().brif(reset, then, &[], after, &[]);
        self.builder.switch_to_block(then);
        for (&number, &cell) in &self.layout.states {
            if let Some(bits) = self.graph.states[number].reset {
                let value = self.constant(bits, cell.wide);
                self.store(value, next_bank, cell);
            }
        }
        self.builder.ins().jump(after, &[]);
        self.builder.switch_to_block(after);
        self.builder.ins().return_(&[]);
    }

    /// The translation of a value. If there is none yet, it is emitted here together with everything that it needs.
    fn value(&mut self, value: Value) -> ir::Value {
        let mut pending = vec![value];
        while let Some(&top) = pending.last() {
            if self.values[top.index()].is_some() {
                pending.pop();
                continue;
            }
            let before = pending.len();
            pending.extend(self.graph.operands(top).iter().filter(|v| self.values[v.index()].is_none()));
            if pending.len() == before {
                let made = self.make(top);
                self.values[top.index()] = Some(made);
                pending.pop();
            }
        }
        self.made(value)
    }

    fn made(&self, value: Value) -> ir::Value {
        self.values[value.index()].expect("Operands are emitted before their users.")
    }

    fn make(&mut self, value: Value) -> ir::Value {
        match self.graph.origin(value) {
            Origin::Constant { number, wide } => self.constant(number, wide),
            Origin::Input(port) => self.load(self.cells, self.layout.inputs[&port]),
            Origin::State(number) => self.load(self.now, self.layout.states[&(number as usize)]),
            Origin::Computed { operation: Operation::Load, operands: [address, words, _], .. } => {
                let cell = self.layout.words[&words.index()];
                let index = self.made(address);
                let place = self.word(words.index(), address, index);
                self.builder.ins().load(integer(cell.wide), trusted(), place, offset(cell))
            }
            Origin::Computed { operation, operands: [a, b, c], cut } => {
                let (wide, result_wide) = (self.graph.is_wide(a), self.graph.is_wide(value));
                let operands = match operation.arity() {
                    1 => [a, a, a],
                    2 => [a, b, a],
                    _ => [a, b, c],
                };
                let result = self.compute(operation, operands.map(|v| self.made(v)), cut, wide);
                match (self.builder.func.dfg.value_type(result) == types::I128, result_wide) {
                    (true, false) => self.builder.ins().ireduce(types::I64, result),
                    (false, true) => self.builder.ins().sextend(types::I128, result),
                    _ => result,
                }
            }
        }
    }

    /// The instructions of each operation, with the meaning that `fold` gives it. `wide` says whether the data have 128
    /// bits.
    fn compute(&mut self, operation: Operation, [a, b, c]: [ir::Value; 3], cut: Option<Cut>, wide: bool) -> ir::Value {
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
    fn select(&mut self, condition: ir::Value, a: ir::Value, b: ir::Value) -> ir::Value {
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
        self.shifted(value, cut, wide, |emitter, up, down| emitter.builder.ins().sshr_imm(up, down))
    }

    fn unsigned_cut(&mut self, value: ir::Value, cut: Option<Cut>, wide: bool) -> ir::Value {
        self.shifted(value, cut, wide, |emitter, up, down| emitter.builder.ins().ushr_imm(up, down))
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

    fn constant(&mut self, number: i128, wide: bool) -> ir::Value {
        let low = self.builder.ins().iconst(types::I64, number as i64);
        if !wide {
            return low;
        }
        let high = self.builder.ins().iconst(types::I64, (number >> 64) as i64);
        self.builder.ins().iconcat(low, high)
    }

    /// The address of a word of a memory or table, to which the position of the first word's cell is still to be added.
    fn word(&mut self, number: usize, address: Value, index: ir::Value) -> ir::Value {
        let words = &self.graph.words[number];
        let last = words.contents.len() - 1;
        let inside = self.graph.range(address).within(Range::new(0, last as i128));
        let index = if inside { index } else { self.builder.ins().band_imm(index, last as i64) };
        let size = CELL * if words.is_wide() { 2 } else { 1 };
        let bytes = self.builder.ins().ishl_imm(index, i64::from(size.trailing_zeros()));
        self.builder.ins().iadd(self.cells, bytes)
    }

    fn load(&mut self, base: ir::Value, cell: Cell) -> ir::Value {
        self.builder.ins().load(integer(cell.wide), trusted(), base, offset(cell))
    }

    fn store(&mut self, value: ir::Value, base: ir::Value, cell: Cell) {
        self.builder.ins().store(trusted(), value, base, offset(cell));
    }

    /// The value in the width of a cell. The widths may differ, because the range of a wide node may need only 64 bits,
    /// and the other way round.
    fn fitted(&mut self, value: ir::Value, cell: Cell) -> ir::Value {
        match (self.builder.func.dfg.value_type(value) == types::I128, cell.wide) {
            (true, false) => self.builder.ins().ireduce(types::I64, value),
            (false, true) => self.builder.ins().sextend(types::I128, value),
            _ => value,
        }
    }
}

fn integer(wide: bool) -> Type {
    if wide { types::I128 } else { types::I64 }
}

fn bits(wide: bool) -> u32 {
    integer(wide).bits()
}

/// Flags for accesses that never leave the cells. They promise no alignment: a wide number is aligned to a cell, which
/// is half its size.
fn trusted() -> MemFlags {
    MemFlags::new().with_notrap()
}

fn offset(cell: Cell) -> i32 {
    i32::try_from(cell.position * CELL).expect("`Machine::new` refuses larger layouts.")
}
