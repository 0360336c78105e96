//! Functions that add operations to the graph. They fold constants, leave out what has no effect, and choose between 64
//! and 128 bits.
//!
//! All optimisation of single operations happens here, while the graph is built. Nothing is rewritten later.

use crate::fold::evaluate;
use crate::graph::{Cut, Graph, Operation, Origin, Value};
use crate::range::Range;
use Operation::*;

impl Graph {
    pub fn not(&mut self, a: Value) -> Value {
        let ones = self.constant(-1);
        self.xor(a, ones)
    }

    pub fn and(&mut self, a: Value, b: Value) -> Value {
        let (a, b) = self.constant_last(a, b);
        match self.constant_of(b) {
            Some(0) => return self.constant(0),
            Some(-1) => return a,
            _ if a == b => return a,
            _ => {}
        }
        if let Some(inverted) = self.inverse_of(b) {
            return self.and_not(a, inverted);
        }
        if let Some(inverted) = self.inverse_of(a) {
            return self.and_not(b, inverted);
        }
        let range = self.masked_range(a, b);
        self.emit(And, &[a, b], None, range, false)
    }

    fn and_not(&mut self, a: Value, b: Value) -> Value {
        match (self.constant_of(a), self.constant_of(b)) {
            (Some(0), _) | (_, Some(-1)) => return self.constant(0),
            (_, Some(0)) => return a,
            (Some(-1), _) => return self.not(b),
            _ if a == b => return self.constant(0),
            _ => {}
        }
        let range =
            if self.range(a).is_natural() { Range::new(0, self.range(a).high) } else { self.bitwise_range(a, b) };
        self.emit(AndNot, &[a, b], None, range, false)
    }

    pub fn or(&mut self, a: Value, b: Value) -> Value {
        let (a, b) = self.constant_last(a, b);
        match self.constant_of(b) {
            Some(0) => return a,
            Some(-1) => return b,
            _ if a == b => return a,
            _ => {}
        }
        let range = self.bitwise_range(a, b);
        self.emit(Or, &[a, b], None, range, false)
    }

    pub fn xor(&mut self, a: Value, b: Value) -> Value {
        let (a, b) = self.constant_last(a, b);
        match self.constant_of(b) {
            Some(0) => return a,
            Some(-1) => {
                if let Some(original) = self.inverse_of(a) {
                    return original;
                }
            }
            _ if a == b => return self.constant(0),
            _ => {}
        }
        let range = self.bitwise_range(a, b);
        self.emit(Xor, &[a, b], None, range, false)
    }

    pub fn add(&mut self, a: Value, b: Value, width: u32) -> Value {
        let (a, b) = self.constant_last(a, b);
        if self.constant_of(b) == Some(0) {
            return a;
        }
        let exact = self.range(a).plus(self.range(b));
        self.wrapped(Add, &[a, b], exact, width)
    }

    pub fn sub(&mut self, a: Value, b: Value, width: u32) -> Value {
        if a == b {
            return self.constant(0);
        }
        if self.constant_of(b) == Some(0) {
            return a;
        }
        let exact = self.range(a).minus(self.range(b));
        self.wrapped(Sub, &[a, b], exact, width)
    }

    pub fn add_sub(&mut self, a: Value, b: Value, subtract: Value, width: u32) -> Value {
        match self.constant_of(subtract) {
            Some(0) => return self.add(a, b, width),
            Some(_) => return self.sub(a, b, width),
            None => {}
        }
        if self.constant_of(b) == Some(0) {
            return a;
        }
        let sum = self.range(a).plus(self.range(b));
        let exact = sum.zip(self.range(a).minus(self.range(b))).map(|(sum, difference)| sum.hull(difference));
        self.wrapped(AddSub, &[a, b, subtract], exact, width)
    }

    pub fn mul(&mut self, a: Value, b: Value, width: u32) -> Value {
        let (a, b) = self.constant_last(a, b);
        match self.constant_of(b) {
            Some(0) => return b,
            Some(1) => return a,
            _ => {}
        }
        let exact = self.range(a).times(self.range(b));
        self.wrapped(Mul, &[a, b], exact, width)
    }

    pub fn equal(&mut self, a: Value, b: Value) -> Value {
        let (a, b) = self.constant_last(a, b);
        let (left, right) = (self.range(a), self.range(b));
        if a == b {
            return self.constant(-1);
        }
        if left.high < right.low || right.high < left.low {
            return self.constant(0);
        }
        if left.within(Range::signed(1)) {
            // The result is the bit itself or its inversion, in 64 bits even if the operand is wide.
            match self.constant_of(b) {
                Some(0) => {
                    let bit = self.extract(a, Cut::wrap(1));
                    return self.not(bit);
                }
                Some(-1) => return self.extract(a, Cut::wrap(1)),
                _ => {}
            }
        }
        self.emit(Equal, &[a, b], None, Range::signed(1), false)
    }

    pub fn less(&mut self, a: Value, b: Value) -> Value {
        let (left, right) = (self.range(a), self.range(b));
        if left.high < right.low {
            return self.constant(-1);
        }
        if a == b || right.high <= left.low {
            return self.constant(0);
        }
        self.emit(Less, &[a, b], None, Range::signed(1), false)
    }

    /// Compares bit patterns. Sign extension keeps their order, so the width does not matter.
    pub fn less_unsigned(&mut self, a: Value, b: Value) -> Value {
        if a == b {
            return self.constant(0);
        }
        if self.range(a).is_natural() && self.range(b).is_natural() {
            return self.less(a, b);
        }
        self.emit(LessUnsigned, &[a, b], None, Range::signed(1), false)
    }

    pub fn shift_left(&mut self, a: Value, amount: Value, amount_width: u32, width: u32) -> Value {
        let amount = self.shift_amount(amount, amount_width);
        if let Some(count) = self.constant_of(amount) {
            return match u32::try_from(count) {
                Ok(0) => a,
                Ok(count) if count < width => {
                    let (kept, zeros) = (self.extract(a, Cut::wrap(width - count)), self.constant(0));
                    self.join(kept, zeros, count)
                }
                _ => self.constant(0),
            };
        }
        self.emit(ShiftLeft, &[a, amount], Some(Cut::wrap(width)), Range::signed(width), width > 64)
    }

    pub fn shift_right(&mut self, a: Value, amount: Value, amount_width: u32, width: u32) -> Value {
        let amount = self.shift_amount(amount, amount_width);
        if let Some(count) = self.constant_of(amount) {
            return match u32::try_from(count) {
                Ok(0) => a,
                Ok(low) if low < width => self.unsigned(a, Cut { low, width: width - low }),
                _ => self.constant(0),
            };
        }
        self.emit(ShiftRight, &[a, amount], Some(Cut::wrap(width)), Range::signed(width), width > 64)
    }

    /// The unsigned number that a bit pattern spells, in 64 bits. All numbers from 128 on shift everything out, so that
    /// one of them stands for all.
    fn shift_amount(&mut self, amount: Value, width: u32) -> Value {
        if width <= 63 {
            return self.unsigned(amount, Cut::wrap(width));
        }
        let (top, zero, large) = (self.unsigned(amount, Cut { low: 7, width: width - 7 }), self.constant(0), 128);
        let (in_range, low, large) = (self.equal(top, zero), self.unsigned(amount, Cut::wrap(7)), self.constant(large));
        self.mux(in_range, low, large)
    }

    pub fn mux(&mut self, select: Value, on_true: Value, on_false: Value) -> Value {
        if on_true == on_false {
            return on_true;
        }
        if let Some(inverted) = self.inverse_of(select) {
            return self.mux(inverted, on_false, on_true);
        }
        match self.constant_of(select) {
            Some(0) => return on_false,
            Some(_) => return on_true,
            None => {}
        }
        match (self.constant_of(on_true), self.constant_of(on_false)) {
            (Some(-1), _) => return self.or(select, on_false),
            (Some(0), _) => return self.and_not(on_false, select),
            (_, Some(0)) => return self.and(select, on_true),
            _ => {}
        }
        let range = self.range(on_true).hull(self.range(on_false));
        self.emit(Mux, &[on_true, on_false, select], None, range, false)
    }

    /// A slice, sign-extended.
    pub fn extract(&mut self, a: Value, cut: Cut) -> Value {
        if cut.low == 0 && self.range(a).within(Range::signed(cut.width)) && self.is_fit(a) {
            return a;
        }
        if let Origin::Computed { operation, operands: [x, y, z], cut: first } = self.origin(a) {
            match (operation, first) {
                (Move, _) => return self.extract(x, cut),
                (Extract | Unsigned, Some(first)) => {
                    if let Some(both) = cut.after(first) {
                        return self.extract(x, both);
                    }
                }
                (Join, Some(first)) => {
                    if cut.top() <= first.width {
                        return self.extract(y, cut);
                    }
                    if cut.low >= first.width {
                        return self.extract(x, Cut { low: cut.low - first.width, ..cut });
                    }
                }
                (Add | Sub | AddSub | Mul, first) if !self.is_wide(a) => {
                    let both = match first {
                        Some(first) => cut.after(first),
                        None => (cut.top() <= 64).then_some(cut),
                    };
                    if both.is_some() {
                        let range = self.cut_range(a, cut);
                        return self.emit(operation, &[x, y, z], both, range, false);
                    }
                }
                _ => {}
            }
        }
        let range = self.cut_range(a, cut);
        self.emit(Extract, &[a], Some(cut), range, cut.top() > 64)
    }

    /// A slice, zero-extended.
    pub fn unsigned(&mut self, a: Value, cut: Cut) -> Value {
        if cut.low == 0 && self.range(a).within(Range::unsigned(cut.width)) && self.is_fit(a) {
            return a;
        }
        if let Origin::Computed { operation: Move, operands: [x, ..], .. } = self.origin(a) {
            return self.unsigned(x, cut);
        }
        if let Origin::Computed { operation, operands: [x, y, _], cut: Some(first) } = self.origin(a) {
            match operation {
                Extract | Unsigned => {
                    if let Some(both) = cut.after(first) {
                        return self.unsigned(x, both);
                    }
                }
                Join if cut.top() <= first.width => return self.unsigned(y, cut),
                Join if cut.low >= first.width => {
                    return self.unsigned(x, Cut { low: cut.low - first.width, ..cut });
                }
                _ => {}
            }
        }
        let shifted = self.range(a).shifted_down(cut.low);
        let all = Range::unsigned(cut.width);
        let range = if shifted.within(all) { shifted } else { all };
        self.emit(Unsigned, &[a], Some(cut), range, cut.top() > 64 || !range.is_narrow())
    }

    /// `high` above the lowest `width` bits of `low`.
    pub fn join(&mut self, high: Value, low: Value, width: u32) -> Value {
        if self.constant_of(high) == Some(0) {
            return self.unsigned(low, Cut::wrap(width));
        }
        let above = self.range(high);
        let range = Range::new(above.low << width, above.high << width | Range::unsigned(width).high);
        self.emit(Join, &[high, low], Some(Cut::wrap(width)), range, width > 63 || !range.is_narrow())
    }

    /// The word at this address of the memory or table with this number.
    pub fn load(&mut self, number: usize, address: Value) -> Value {
        let words = &self.words[number];
        let (range, wide) = (words.range, words.is_wide());
        self.computed(Load, &[address, Value(number as u32), address], None, range, wide)
    }

    /// A sum, difference or product modulo 2^width. `exact` is its range without the modulus, if that fits `i128`.
    fn wrapped(&mut self, operation: Operation, operands: &[Value], exact: Option<Range>, width: u32) -> Value {
        match exact {
            Some(range) if range.within(Range::signed(width)) => {
                self.emit(operation, operands, None, range, !range.is_narrow())
            }
            _ => self.emit(operation, operands, Some(Cut::wrap(width)), Range::signed(width), width > 64),
        }
    }

    /// Adds an operation, or folds it if its operands are constants. All operands that are data are widened if one of
    /// them is wide or the result must be.
    fn emit(
        &mut self,
        operation: Operation,
        operands: &[Value],
        cut: Option<Cut>,
        range: Range,
        result_wide: bool,
    ) -> Value {
        let at = |k: usize| operands.get(k).copied().unwrap_or(operands[0]);
        let [a, b, c] = [at(0), at(1), at(2)];
        let constants = [self.constant_of(a), self.constant_of(b), self.constant_of(c)];
        if let [Some(a), Some(b), Some(c)] = constants {
            return self.constant(evaluate(operation, a, b, c, cut));
        }
        let second_is_data = !matches!(operation, ShiftLeft | ShiftRight);
        let wide = result_wide || self.is_wide(a) || second_is_data && self.is_wide(b);
        if !wide {
            return self.computed(operation, &[a, b, c], cut, range, false);
        }
        let unary = operation.arity() == 1;
        let a = self.widened(a);
        let b = if unary {
            a
        } else if second_is_data {
            self.widened(b)
        } else {
            b
        };
        let c = if operation.arity() == 3 { c } else { a };
        let result_wide = match operation {
            Equal | Less | LessUnsigned => false,
            Extract | Unsigned => !range.is_narrow(),
            _ => true,
        };
        self.computed(operation, &[a, b, c], cut, range, result_wide)
    }

    /// The operands of a commutative operation in a fixed order, with a constant last.
    fn constant_last(&self, a: Value, b: Value) -> (Value, Value) {
        let key = |value: Value| (self.constant_of(value).is_some(), value);
        if key(a) <= key(b) { (a, b) } else { (b, a) }
    }

    /// The value that `a` inverts, if `a` is an inversion.
    fn inverse_of(&self, a: Value) -> Option<Value> {
        match self.origin(a) {
            Origin::Computed { operation: Xor, operands: [x, y, _], .. } if self.constant_of(y) == Some(-1) => Some(x),
            _ => None,
        }
    }

    /// Whether the value is as wide as its range needs: 64 bits if they suffice, else 128.
    fn is_fit(&self, a: Value) -> bool {
        self.is_wide(a) != self.range(a).is_narrow()
    }

    fn bitwise_range(&self, a: Value, b: Value) -> Range {
        let (left, right) = (self.range(a), self.range(b));
        let width = left.bits().max(right.bits());
        if left.is_natural() && right.is_natural() { Range::unsigned(width - 1) } else { Range::signed(width) }
    }

    fn masked_range(&self, a: Value, b: Value) -> Range {
        let natural = [a, b].map(|value| self.range(value)).into_iter().filter(|range| range.is_natural());
        match natural.map(|range| range.high).min() {
            Some(high) => Range::new(0, high),
            None => self.bitwise_range(a, b),
        }
    }

    fn cut_range(&self, a: Value, cut: Cut) -> Range {
        let (shifted, all) = (self.range(a).shifted_down(cut.low), Range::signed(cut.width));
        if shifted.within(all) { shifted } else { all }
    }
}
