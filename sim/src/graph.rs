//! The flat design: one graph of integers, without hierarchy and almost without widths.
//!
//! A [`Value`] is the bit vector of a node, read as a two's complement integer. Sign extension then needs no operation,
//! and an addition needs no wrap-around if the ranges of its operands exclude one. Values are numbered in an order in
//! which they can be evaluated. They are unique: the same computation of the same values is the same value.

use crate::range::Range;
use std::collections::HashMap;

/// A value of the graph: an index, which is larger than the indices of its operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Value(pub u32);

impl Value {
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// Keeps the bits `low .. low + width` of a result and extends their sign (or, for some operations, zeros).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Cut {
    pub low: u32,
    pub width: u32,
}

impl Cut {
    pub fn wrap(width: u32) -> Self {
        Self { low: 0, width }
    }

    /// One past the highest bit.
    pub fn top(self) -> u32 {
        self.low + self.width
    }

    /// This cut applied to the result of an earlier cut, as one cut. `None` if it reaches into the extension of the
    /// earlier one.
    pub fn after(self, first: Cut) -> Option<Cut> {
        (self.top() <= first.width).then_some(Cut { low: first.low + self.low, width: self.width })
    }
}

/// What a computed value does with its operands `a`, `b` and `c`. True is -1, so that conditions can serve as masks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Operation {
    /// `a`, widened to 128 bits.
    Move,
    /// `a & b`.
    And,
    /// `a | b`.
    Or,
    /// `a ^ b`. Inversions have this form, too.
    Xor,
    /// `a & !b`.
    AndNot,
    /// The cut of `a + b`.
    Add,
    /// The cut of `a - b`.
    Sub,
    /// The cut of `c ? a - b : a + b`.
    AddSub,
    /// The cut of `a * b`.
    Mul,
    /// `a == b`.
    Equal,
    /// `a < b`.
    Less,
    /// `a < b`, where both are read as unsigned numbers.
    LessUnsigned,
    /// The cut of `a << b`, which is 0 if all bits are shifted out.
    ShiftLeft,
    /// The bits of `a` within the cut, zero-extended, shifted down by `b`, and sign-extended from the width of the cut.
    ShiftRight,
    /// `c ? a : b`.
    Mux,
    /// The cut of `a`, sign-extended.
    Extract,
    /// The cut of `a`, zero-extended.
    Unsigned,
    /// `a` above the lowest `cut.width` bits of `b`.
    Join,
    /// The word at address `a` of the memory or table with the number `b`.
    Load,
}

/// Where a value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Origin {
    /// A number that never changes. `wide` may be set for a number of up to 64 bits, too, if a wide operation uses it.
    Constant { number: i128, wide: bool },
    /// An input port of the top module, by its number.
    Input(u32),
    /// A register, by its number.
    State(u32),
    /// The result of an operation, computed in every cycle.
    Computed {
        operation: Operation,
        /// Unused operands repeat the first.
        operands: [Value; 3],
        cut: Option<Cut>,
    },
}

/// A register. Memory reads and table lookups are registers behind an [`Operation::Load`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct State {
    pub value: Value,
    pub next: Value,
    pub enable: Option<Value>,
    pub reset: Option<i128>,
}

/// A memory or a table.
#[derive(Clone, Debug)]
pub(crate) struct Words {
    pub width: u32,
    /// The contents at power-up, padded with zeros to a power of two.
    pub contents: Vec<i128>,
    pub write: Option<MemoryWrite>,
    /// The range of all words.
    pub range: Range,
}

impl Words {
    pub fn is_wide(&self) -> bool {
        self.width > 64
    }
}

/// Writes `data` to `address` at the end of each cycle in which `enable` is true.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MemoryWrite {
    pub enable: Value,
    pub address: Value,
    pub data: Value,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    origin: Origin,
    range: Range,
    wide: bool,
}

/// The flat design.
#[derive(Debug, Default)]
pub(crate) struct Graph {
    entries: Vec<Entry>,
    known: HashMap<Origin, Value>,
    pub states: Vec<State>,
    pub words: Vec<Words>,
}

impl Graph {
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    pub fn values(&self) -> impl Iterator<Item = Value> + use<> {
        (0..self.entries.len() as u32).map(Value)
    }

    pub fn origin(&self, value: Value) -> Origin {
        self.entries[value.index()].origin
    }

    pub fn range(&self, value: Value) -> Range {
        self.entries[value.index()].range
    }

    /// Whether the value has 128 bits.
    pub fn is_wide(&self, value: Value) -> bool {
        self.entries[value.index()].wide
    }

    pub fn constant_of(&self, value: Value) -> Option<i128> {
        match self.origin(value) {
            Origin::Constant { number, .. } => Some(number),
            _ => None,
        }
    }

    /// The values that a computed value reads.
    pub fn operands(&self, value: Value) -> Vec<Value> {
        match self.origin(value) {
            Origin::Computed { operation, operands, .. } => operands[..operation.arity()].to_vec(),
            _ => Vec::new(),
        }
    }

    /// The memory or table that a value is loaded from.
    pub fn loaded_words(&self, value: Value) -> Option<usize> {
        match self.origin(value) {
            Origin::Computed { operation: Operation::Load, operands, .. } => Some(operands[1].index()),
            _ => None,
        }
    }

    pub fn constant(&mut self, number: i128) -> Value {
        let range = Range::exactly(number);
        let wide = !range.is_narrow();
        self.intern(Origin::Constant { number, wide }, range, wide)
    }

    /// The same number in 128 bits.
    pub fn widened(&mut self, value: Value) -> Value {
        if self.is_wide(value) {
            return value;
        }
        let range = self.range(value);
        match self.constant_of(value) {
            Some(number) => self.intern(Origin::Constant { number, wide: true }, range, true),
            None => self.computed(Operation::Move, &[value], None, range, true),
        }
    }

    pub fn input(&mut self, port: u32, width: u32) -> Value {
        self.intern(Origin::Input(port), Range::signed(width), width > 64)
    }

    /// A register, which is to be driven later. A register that is always 0 becomes a constant.
    pub fn state(&mut self, width: u32, range: Range) -> Value {
        let value = if range == Range::exactly(0) {
            self.constant(0)
        } else {
            self.intern(Origin::State(self.states.len() as u32), range, width > 64)
        };
        self.states.push(State { value, next: value, enable: None, reset: None });
        value
    }

    /// The range of each register. A register starts at 0 and then holds only its reset value and its next values.
    pub fn state_ranges(&self) -> Vec<Range> {
        let zero = Range::exactly(0);
        let of = |state: &State| {
            let reset = state.reset.map_or(zero, Range::exactly);
            self.range(state.next).hull(zero).hull(reset)
        };
        self.states.iter().map(of).collect()
    }

    pub fn computed(
        &mut self,
        operation: Operation,
        operands: &[Value],
        cut: Option<Cut>,
        range: Range,
        wide: bool,
    ) -> Value {
        let at = |k: usize| operands.get(k).copied().unwrap_or(operands[0]);
        self.intern(Origin::Computed { operation, operands: [at(0), at(1), at(2)], cut }, range, wide)
    }

    fn intern(&mut self, origin: Origin, range: Range, wide: bool) -> Value {
        let next = Value(self.entries.len() as u32);
        let value = *self.known.entry(origin).or_insert(next);
        if value == next {
            self.entries.push(Entry { origin, range, wide });
        }
        value
    }
}

impl Operation {
    /// How many of the operands are values.
    pub fn arity(self) -> usize {
        match self {
            Self::Move | Self::Extract | Self::Unsigned | Self::Load => 1,
            Self::AddSub | Self::Mux => 3,
            _ => 2,
        }
    }
}
