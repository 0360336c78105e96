//! Translates the graph into a function that computes one clock cycle, in Cranelift's intermediate representation:
//!
//! `cycle(cells, now, next, edge, reset)`
//!
//! It reads registers from the bank at `cells + now` and writes them to the bank at `cells + next`, both offsets in
//! bytes. Memories are written if `edge` is not 0, and registers take their reset values if `reset` is not 0. Each
//! value is computed once, right before its first use. Every address is a constant or a masked index, so that none lies
//! outside the layout's cells.

use crate::graph::{Cut, Graph, MemoryWrite, Operation, Origin, Value};
use crate::instructions::{Instructions, integer};
use crate::layout::{Cell, Layout};
use crate::range::Range;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{self, InstBuilder, MemFlags, types};
use cranelift_frontend::FunctionBuilder;

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
    let mut emitter = Emitter { graph, layout, ins: Instructions { builder }, values, cells, now };
    emitter.registers(next);
    emitter.observed();
    emitter.memories(edge);
    emitter.resets(next, reset);
}

struct Emitter<'a, 'b> {
    graph: &'a Graph,
    layout: &'a Layout,
    ins: Instructions<'a, 'b>,
    /// For each value, its translation, if there is one yet.
    values: Vec<Option<ir::Value>>,
    cells: ir::Value,
    now: ir::Value,
}

impl Emitter<'_, '_> {
    fn registers(&mut self, next_bank: ir::Value) {
        for (&number, &cell) in self.layout.computed_states() {
            let state = self.graph.states[number];
            let next = self.value(state.next);
            let next = self.fitted(next, cell);
            let next = match state.enable {
                None => next,
                Some(enable) => {
                    let old = self.value(state.value);
                    let enable = self.condition(enable);
                    self.ins.select(enable, next, old)
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
            let enable = self.ins.builder.ins().band(enable, edge);
            let (then, after) = (self.ins.builder.create_block(), self.ins.builder.create_block());
            self.ins.builder.ins().brif(enable, then, &[], after, &[]);
            self.ins.builder.switch_to_block(then);
            let place = self.word(number, write.address, address);
            let data = self.fitted(data, cell);
            self.ins.builder.ins().store(trusted(), data, place, offset(cell));
            self.ins.builder.ins().jump(after, &[]);
            self.ins.builder.switch_to_block(after);
        }
    }

    fn resets(&mut self, next_bank: ir::Value, reset: ir::Value) {
        let (then, after) = (self.ins.builder.create_block(), self.ins.builder.create_block());
        self.ins.builder.ins().brif(reset, then, &[], after, &[]);
        self.ins.builder.switch_to_block(then);
        for (&number, &cell) in &self.layout.states {
            if let Some(bits) = self.graph.states[number].reset {
                let value = self.ins.constant(bits, cell.is_wide());
                self.store(value, next_bank, cell);
            }
        }
        self.ins.builder.ins().jump(after, &[]);
        self.ins.builder.switch_to_block(after);
        self.ins.builder.ins().return_(&[]);
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

    /// A number that is not 0 if a condition holds. It takes fewer instructions than the condition as a mask.
    fn condition(&mut self, condition: Value) -> ir::Value {
        let mask = self.value(condition);
        let Origin::Computed { operation, operands: [a, b, _], cut } = self.graph.origin(condition) else {
            return mask;
        };
        let comparison = match (operation, cut) {
            (Operation::Extract, Some(Cut { low, width: 1 })) if !self.graph.is_wide(a) => {
                let bits = self.value(a);
                return self.ins.builder.ins().band_imm(bits, (1_u64 << low) as i64);
            }
            (Operation::Equal, _) => IntCC::Equal,
            (Operation::Less, _) => IntCC::SignedLessThan,
            (Operation::LessUnsigned, _) => IntCC::UnsignedLessThan,
            _ => return mask,
        };
        let (a, b) = (self.value(a), self.value(b));
        self.ins.builder.ins().icmp(comparison, a, b)
    }

    fn made(&self, value: Value) -> ir::Value {
        self.values[value.index()].expect("Operands are emitted before their users.")
    }

    fn make(&mut self, value: Value) -> ir::Value {
        match self.graph.origin(value) {
            Origin::Constant { number, wide } => self.ins.constant(number, wide),
            Origin::Input(port) => self.load(self.cells, self.layout.inputs[&port]),
            Origin::State(number) => self.load(self.now, self.layout.states[&(number as usize)]),
            Origin::Computed { operation: Operation::Load, operands: [address, words, _], .. } => {
                let cell = self.layout.words[&words.index()];
                let index = self.made(address);
                let place = self.word(words.index(), address, index);
                self.ins.builder.ins().load(integer(cell.is_wide()), trusted(), place, offset(cell))
            }
            Origin::Computed { operation, operands: [a, b, c], cut } => {
                let (wide, result_wide) = (self.graph.is_wide(a), self.graph.is_wide(value));
                let operands = match operation.arity() {
                    1 => [a, a, a],
                    2 => [a, b, a],
                    _ => [a, b, c],
                };
                let mut numbers = operands.map(|v| self.made(v));
                if operation.arity() == 3 {
                    numbers[2] = self.condition(c);
                }
                let result = match self.with_known_ranges(value, numbers, wide) {
                    Some(result) => result,
                    None => self.ins.compute(operation, numbers, cut, wide),
                };
                match (self.ins.builder.func.dfg.value_type(result) == types::I128, result_wide) {
                    (true, false) => self.ins.builder.ins().ireduce(types::I64, result),
                    (false, true) => self.ins.builder.ins().sextend(types::I128, result),
                    _ => result,
                }
            }
        }
    }

    /// The result of an operation that takes fewer instructions because of what is known about its operands.
    fn with_known_ranges(&mut self, value: Value, [a, b, _]: [ir::Value; 3], wide: bool) -> Option<ir::Value> {
        let Origin::Computed { operation, operands: [left, right, _], cut: Some(cut) } = self.graph.origin(value)
        else {
            return None;
        };
        let (left, right) = (self.graph.range(left), self.graph.range(right));
        let ins = &mut self.ins.builder;
        match operation {
            _ if wide => None,
            // There is nothing above the cut that would have to be removed.
            Operation::Extract if left.within(Range::signed(cut.top())) => {
                Some(ins.ins().sshr_imm(a, i64::from(cut.low)))
            }
            Operation::Unsigned if left.within(Range::unsigned(cut.top().min(64))) => {
                Some(ins.ins().ushr_imm(a, i64::from(cut.low)))
            }
            Operation::Unsigned if cut.low == 0 && cut.width < 32 => Some(ins.ins().band_imm(a, (1 << cut.width) - 1)),
            Operation::Join if right.within(Range::unsigned(cut.width)) => {
                let high = ins.ins().ishl_imm(a, i64::from(cut.width));
                Some(ins.ins().bor(high, b))
            }
            Operation::Join if cut.width < 32 => {
                let high = ins.ins().ishl_imm(a, i64::from(cut.width));
                let low = ins.ins().band_imm(b, (1 << cut.width) - 1);
                Some(ins.ins().bor(high, low))
            }
            _ => None,
        }
    }

    /// The address of a word of a memory or table, to which the position of the first word's cell is still to be added.
    fn word(&mut self, number: usize, address: Value, index: ir::Value) -> ir::Value {
        let words = &self.graph.words[number];
        let last = words.contents.len() - 1;
        let inside = self.graph.range(address).within(Range::new(0, last as i128));
        let index = if inside { index } else { self.ins.builder.ins().band_imm(index, last as i64) };
        let size: usize = if words.is_wide() { 16 } else { 8 };
        let bytes = self.ins.builder.ins().ishl_imm(index, i64::from(size.trailing_zeros()));
        self.ins.builder.ins().iadd(self.cells, bytes)
    }

    fn load(&mut self, base: ir::Value, cell: Cell) -> ir::Value {
        self.ins.builder.ins().load(integer(cell.is_wide()), trusted(), base, offset(cell))
    }

    fn store(&mut self, value: ir::Value, base: ir::Value, cell: Cell) {
        self.ins.builder.ins().store(trusted(), value, base, offset(cell));
    }

    /// The value in the width of a cell. The widths may differ, because the range of a wide node may need only 64 bits,
    /// and the other way round.
    fn fitted(&mut self, value: ir::Value, cell: Cell) -> ir::Value {
        match (self.ins.builder.func.dfg.value_type(value) == types::I128, cell.is_wide()) {
            (true, false) => self.ins.builder.ins().ireduce(types::I64, value),
            (false, true) => self.ins.builder.ins().sextend(types::I128, value),
            _ => value,
        }
    }
}

/// Flags for accesses that never leave the cells. They promise no alignment: a wide number is aligned to a cell, which
/// is half its size.
pub(crate) fn trusted() -> MemFlags {
    MemFlags::new().with_notrap()
}

pub(crate) fn offset(cell: Cell) -> i32 {
    i32::try_from(cell.position).expect("`Machine::new` refuses larger layouts.")
}
