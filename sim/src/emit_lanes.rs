//! Translates the graph into a function that computes one clock cycle of several copies of a design, its lanes, with
//! vector instructions. It has the form of the function for a single lane, see `emit`, with two differences: it always
//! computes a clock edge, and the registers take their reset values only in the lanes that the layout's reset cell
//! names.
//!
//! Numbers of up to 32 bits are one vector of all lanes, and numbers of up to 64 bits are two. What has no vector
//! instruction is computed lane by lane: shifts by variable amounts, and numbers of 128 bits.

use crate::emit::{PARAMETERS, offset, trusted};
use crate::graph::{Cut, Graph, Operation, Origin, Value};
use crate::instructions::{Instructions, integer};
use crate::layout::{Cell, Layout, size_of_bits};
use crate::range::Range;
use crate::vectors::{Vector, Vectors};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{self, InstBuilder, types};
use cranelift_frontend::FunctionBuilder;

/// The number of lanes. Four numbers of 32 bits are the vectors that every supported processor has.
pub(crate) const LANES: usize = 4;

/// Writes the body of the function, from its entry block to the return. `is_x86` tells whether the processor has the
/// instructions of x86.
pub(crate) fn emit_lanes(graph: &Graph, layout: &Layout, builder: &mut FunctionBuilder, is_x86: bool) {
    let entry = builder.create_block();
    builder.append_block_params_for_function_params(entry);
    builder.switch_to_block(entry);
    let parameters: [ir::Value; PARAMETERS] =
        builder.block_params(entry).try_into().expect("The signature has these parameters.");
    let [cells, now, next, _edge, reset] = parameters;
    let (now, next) = (builder.ins().iadd(cells, now), builder.ins().iadd(cells, next));
    let vectors = Vectors { ins: Instructions { builder }, is_x86 };
    let mut emitter = Emitter { graph, layout, vectors, values: vec![[None; 3]; graph.len()], cells, now };
    emitter.registers(next);
    emitter.observed();
    emitter.memories();
    emitter.resets(next, reset);
}

struct Emitter<'a, 'b> {
    graph: &'a Graph,
    layout: &'a Layout,
    vectors: Vectors<'a, 'b>,
    /// For each value, its translation to numbers of 4, 8 and 16 bytes, where there is one yet.
    values: Vec<[Option<Vector>; 3]>,
    cells: ir::Value,
    now: ir::Value,
}

/// A write to a memory, with everything that it needs.
struct Write {
    cell: Cell,
    enable: ir::Value,
    offsets: ir::Value,
    data: Vector,
}

impl Emitter<'_, '_> {
    fn registers(&mut self, next_bank: ir::Value) {
        for (&number, &cell) in self.layout.computed_states() {
            let state = self.graph.states[number];
            self.make(state.next);
            let mut next = self.at(state.next, cell.size);
            if let Some(enable) = state.enable {
                self.make(enable);
                self.make(state.value);
                let old = self.at(state.value, cell.size);
                next = self.select(enable, next, old);
            }
            self.vectors.store(next, next_bank, cell);
        }
    }

    fn observed(&mut self) {
        for (&value, &cell) in &self.layout.observed {
            self.make(value);
            let found = self.at(value, cell.size);
            self.vectors.store(found, self.cells, cell);
        }
    }

    /// Writes the memories. All loads come before the first write, and so does everything that a write needs.
    fn memories(&mut self) {
        let writes: Vec<Write> = self
            .layout
            .words
            .iter()
            .filter_map(|(&number, &cell)| {
                let write = self.graph.words[number].write?;
                [write.enable, write.address, write.data].into_iter().for_each(|value| self.make(value));
                let enable = self.at(write.enable, 4).narrow();
                let offsets = self.offsets(number, write.address);
                Some(Write { cell, enable, offsets, data: self.at(write.data, cell.size) })
            })
            .collect();
        for Write { cell, enable, offsets, data } in writes {
            let builder = &mut *self.vectors.ins.builder;
            let any = builder.ins().vany_true(enable);
            let (then, after) = (builder.create_block(), builder.create_block());
            builder.ins().brif(any, then, &[], after, &[]);
            builder.switch_to_block(then);
            for lane in 0..LANES {
                let place = self.place(offsets, lane);
                let new = self.vectors.lane(data, lane);
                let builder = &mut *self.vectors.ins.builder;
                let old = builder.ins().load(scalar(cell), trusted(), place, offset(cell));
                let enabled = builder.ins().extractlane(enable, lane as u8);
                let word = self.vectors.ins.select(enabled, new, old);
                self.vectors.ins.builder.ins().store(trusted(), word, place, offset(cell));
            }
            let builder = &mut *self.vectors.ins.builder;
            builder.ins().jump(after, &[]);
            builder.switch_to_block(after);
        }
    }

    fn resets(&mut self, next_bank: ir::Value, reset: ir::Value) {
        let builder = &mut *self.vectors.ins.builder;
        let (then, after) = (builder.create_block(), builder.create_block());
        builder.ins().brif(reset, then, &[], after, &[]);
        builder.switch_to_block(then);
        let mask = self.vectors.load(self.cells, self.layout.reset);
        for (&number, &cell) in &self.layout.states {
            if let Some(bits) = self.graph.states[number].reset {
                let next = self.vectors.load(next_bank, cell);
                let value = self.vectors.constant(bits, cell.size);
                let mask = self.vectors.resized(mask, cell.size);
                let next = self.vectors.select(mask, value, next);
                self.vectors.store(next, next_bank, cell);
            }
        }
        let builder = &mut *self.vectors.ins.builder;
        builder.ins().jump(after, &[]);
        builder.switch_to_block(after);
        builder.ins().return_(&[]);
    }

    /// The size of the numbers that hold a value, in bytes.
    fn size(&self, value: Value) -> usize {
        size_of_bits(self.graph.range(value).bits())
    }

    /// Emits a value, if that has not been done yet, together with everything that it needs.
    fn make(&mut self, value: Value) {
        let is_made = |this: &Self, value: Value| this.values[value.index()][slot(this.size(value))].is_some();
        let mut pending = vec![value];
        while let Some(&top) = pending.last() {
            if is_made(self, top) {
                pending.pop();
                continue;
            }
            let before = pending.len();
            pending.extend(self.graph.operands(top).into_iter().filter(|&operand| !is_made(self, operand)));
            if pending.len() == before {
                let size = self.size(top);
                let made = self.translated(top, size);
                self.values[top.index()][slot(size)] = Some(self.vectors.resized(made, size));
                pending.pop();
            }
        }
    }

    /// A value that has been made, as numbers of a given size. Smaller numbers than the value needs are its lowest
    /// bits.
    fn at(&mut self, value: Value, size: usize) -> Vector {
        if let Some(found) = self.values[value.index()][slot(size)] {
            return found;
        }
        let home =
            self.values[value.index()][slot(self.size(value))].expect("Operands are emitted before their users.");
        let resized = self.vectors.resized(home, size);
        self.values[value.index()][slot(size)] = Some(resized);
        resized
    }

    fn translated(&mut self, value: Value, size: usize) -> Vector {
        match self.graph.origin(value) {
            Origin::Constant { number, .. } => self.vectors.constant(number, size),
            Origin::Input(port) => self.vectors.load(self.cells, self.layout.inputs[&port]),
            Origin::State(number) => self.vectors.load(self.now, self.layout.states[&(number as usize)]),
            Origin::Computed { operation: Operation::Load, operands: [address, words, _], .. } => {
                let cell = self.layout.words[&words.index()];
                let offsets = self.offsets(words.index(), address);
                let loaded = [0, 1, 2, 3].map(|lane| {
                    let place = self.place(offsets, lane);
                    self.vectors.ins.builder.ins().load(scalar(cell), trusted(), place, offset(cell))
                });
                self.vectors.packed(loaded)
            }
            Origin::Computed { operation, operands, cut } => {
                self.in_vectors(operation, operands, cut, size).unwrap_or_else(|| self.by_lanes(value))
            }
        }
    }

    /// The result of an operation by vector instructions, if there are any for it. `size` is that of the result.
    /// Operations whose lower result bits depend only on lower operand bits are computed with no more bits than that.
    fn in_vectors(
        &mut self,
        operation: Operation,
        [a, b, c]: [Value; 3],
        cut: Option<Cut>,
        size: usize,
    ) -> Option<Vector> {
        use Operation::*;
        let computed = match (operation, cut) {
            (Equal | Less | LessUnsigned, _) => self.size(a).max(self.size(b)),
            (Unsigned, Some(cut)) => size_of_bits(cut.top()).max(size),
            (Add | Sub | AddSub | Mul | Extract, Some(cut)) => size_of_bits(cut.top()),
            (ShiftLeft | ShiftRight, Some(cut)) => size_of_bits(cut.top()),
            (Load, _) => return None,
            _ => size,
        };
        if computed > 8 && operation != Move && operation != Mux {
            return None;
        }
        let x = self.at(a, computed);
        if operation == Extract || operation == Unsigned {
            return Some(self.vectors.cut(x, cut?, operation == Extract, size));
        }
        if operation == ShiftLeft || operation == ShiftRight {
            let shifted = self.shifted(x, b, cut?, operation == ShiftLeft)?;
            return Some(self.vectors.cut(shifted, cut?, true, size));
        }
        let y = self.at(b, computed);
        let result = match operation {
            Move => x,
            And => self.vectors.both(x, y, |b, x, y| b.ins().band(x, y)),
            Or => self.vectors.both(x, y, |b, x, y| b.ins().bor(x, y)),
            Xor => self.vectors.both(x, y, |b, x, y| b.ins().bxor(x, y)),
            AndNot => self.vectors.both(x, y, |b, x, y| b.ins().band_not(x, y)),
            Add => self.vectors.both(x, y, |b, x, y| b.ins().iadd(x, y)),
            Sub => self.vectors.both(x, y, |b, x, y| b.ins().isub(x, y)),
            Mul => self.vectors.both(x, y, |b, x, y| b.ins().imul(x, y)),
            AddSub => {
                let sum = self.vectors.both(x, y, |b, x, y| b.ins().iadd(x, y));
                let difference = self.vectors.both(x, y, |b, x, y| b.ins().isub(x, y));
                self.select(c, difference, sum)
            }
            Equal => return Some(self.vectors.both(x, y, |b, x, y| b.ins().icmp(IntCC::Equal, x, y))),
            Less => return Some(self.vectors.both(x, y, |b, x, y| b.ins().icmp(IntCC::SignedLessThan, x, y))),
            LessUnsigned => {
                return Some(self.vectors.both(x, y, |b, x, y| b.ins().icmp(IntCC::UnsignedLessThan, x, y)));
            }
            Mux => self.select(c, x, y),
            Join => {
                let width = cut?.width;
                let (high, low) = (self.vectors.shifted_left(x, width), self.vectors.masked(y, width));
                self.vectors.both(high, low, |b, x, y| b.ins().bor(x, y))
            }
            Extract | Unsigned | ShiftLeft | ShiftRight | Load => unreachable!("These are treated above."),
        };
        match cut {
            Some(cut) if operation != Join => Some(self.vectors.cut(result, cut, true, size)),
            _ => Some(result),
        }
    }

    /// The bits of the cut, shifted by an amount that each lane has for itself: for each bit of the amount, the numbers
    /// are shifted in the lanes in which it is set. There are no such instructions if the amount is no number of up to
    /// 31 bits.
    fn shifted(&mut self, bits: Vector, amount: Value, cut: Cut, left: bool) -> Option<Vector> {
        let range = self.graph.range(amount);
        if !self.vectors.is_x86 || !range.within(Range::unsigned(31)) {
            return None;
        }
        let width = 8 * bits.size() as u32;
        let mut shifted = if left || cut.top() == width { bits } else { self.vectors.masked(bits, cut.top()) };
        let amount = self.at(amount, bits.size());
        for bit in 0..range.bits() - 1 {
            let moved = match 1_u32.checked_shl(bit).filter(|&count| count < width) {
                Some(count) if left => self.vectors.shifted_left(shifted, count),
                Some(count) => self.vectors.shifted_right(shifted, count),
                None => self.vectors.constant(0, bits.size()),
            };
            let highest = self.vectors.shifted_left(amount, width - 1 - bit);
            shifted = self.vectors.select(highest, moved, shifted);
        }
        Some(shifted)
    }

    /// The result of an operation, computed for each lane by itself.
    fn by_lanes(&mut self, value: Value) -> Vector {
        let Origin::Computed { operation, operands: [a, b, c], cut } = self.graph.origin(value) else {
            unreachable!("Only operations are computed.");
        };
        let operands = match operation.arity() {
            1 => [a, a, a],
            2 => [a, b, a],
            _ => [a, b, c],
        };
        let (wide, result_wide) = (self.graph.is_wide(a), self.graph.is_wide(value));
        let results = [0, 1, 2, 3].map(|lane| {
            let numbers = operands.map(|operand| {
                let vector = self.at(operand, self.size(operand));
                let number = self.vectors.lane(vector, lane);
                self.vectors.number(number, integer(self.graph.is_wide(operand)))
            });
            let result = self.vectors.ins.compute(operation, numbers, cut, wide);
            self.vectors.number(result, integer(result_wide))
        });
        self.vectors.packed(results)
    }

    /// `a` in the lanes where a condition holds, else `b`.
    fn select(&mut self, condition: Value, a: Vector, b: Vector) -> Vector {
        let mask = self.highest_bit(condition, a.size()).unwrap_or_else(|| self.at(condition, a.size()));
        self.vectors.select(mask, a, b)
    }

    /// A bit of a number, moved to the highest place, if a condition is such a bit. The instructions of x86 look at no
    /// other bit when they choose between numbers of up to 64 bits.
    fn highest_bit(&mut self, condition: Value, size: usize) -> Option<Vector> {
        let Origin::Computed { operation: Operation::Extract, operands: [a, ..], cut: Some(cut) } =
            self.graph.origin(condition)
        else {
            return None;
        };
        let suits = match size {
            4 => cut.top() <= 32,
            8 => cut.top() <= 64 && self.size(a) == 8,
            _ => false,
        };
        if cut.width != 1 || !self.vectors.is_x86 || !suits {
            return None;
        }
        let bits = self.at(a, size);
        Some(self.vectors.shifted_left(bits, 8 * size as u32 - cut.top()))
    }

    /// The place of each lane's word of a memory or table, in bytes after the place of the first word.
    fn offsets(&mut self, number: usize, address: Value) -> ir::Value {
        let words = &self.graph.words[number];
        let last = words.contents.len() - 1;
        let inside = self.graph.range(address).within(Range::new(0, last as i128));
        let mut index = self.at(address, 4);
        if !inside {
            let mask = self.vectors.constant(last as i128, 4);
            index = self.vectors.both(index, mask, |b, x, y| b.ins().band(x, y));
        }
        if self.layout.copies(words) > 1 {
            let (first, lanes) =
                (self.vectors.shifted_left(index, LANES.trailing_zeros()), self.vectors.lane_numbers());
            index = self.vectors.both(first, lanes, |b, x, y| b.ins().bor(x, y));
        }
        let size = self.layout.words[&number].size;
        self.vectors.shifted_left(index, size.trailing_zeros()).narrow()
    }

    fn place(&mut self, offsets: ir::Value, lane: usize) -> ir::Value {
        let builder = &mut *self.vectors.ins.builder;
        let bytes = builder.ins().extractlane(offsets, lane as u8);
        let bytes = builder.ins().uextend(types::I64, bytes);
        builder.ins().iadd(self.cells, bytes)
    }
}

/// The type of one number of a cell.
fn scalar(cell: Cell) -> ir::Type {
    match cell.size {
        4 => types::I32,
        8 => types::I64,
        _ => types::I128,
    }
}

/// The index of a size in bytes.
fn slot(size: usize) -> usize {
    match size {
        4 => 0,
        8 => 1,
        _ => 2,
    }
}
