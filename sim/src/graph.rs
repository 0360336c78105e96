//! The flat design: one graph of integers, without hierarchy and almost without widths.
//!
//! A [`Value`] is the node's bit vector read as a two's complement integer. Sign extension is then no operation at all, and
//! neither is an addition's wrap-around where the operands' ranges exclude it. Values are numbered in an order of
//! evaluation and are unique: the same computation of the same values is the same value.

use crate::range::Range;
use std::collections::HashMap;

/// A value of the graph: an index that is larger than those of its operands.
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

    /// A cut of what an earlier cut has left, as one cut; `None` if it reaches into the extension.
    pub fn after(self, first: Cut) -> Option<Cut> {
        (self.top() <= first.width).then_some(Cut { low: first.low + self.low, width: self.width })
    }
}

/// What a computed value does with its operands `a`, `b`, `c`. Truth is -1, so that conditions are masks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Operation {
    /// `a`, widened.
    Move,
    /// `a & b`
    And,
    /// `a | b`
    Or,
    /// `a ^ b`; also every inversion.
    Xor,
    /// `a & !b`
    AndNot,
    /// Cut of `a + b`.
    Add,
    /// Cut of `a - b`.
    Sub,
    /// Cut of `c ? a - b : a + b`.
    AddSub,
    /// Cut of `a * b`.
    Mul,
    /// `a == b`
    Equal,
    /// `a < b`
    Less,
    /// `a < b` for the bit patterns.
    LessUnsigned,
    /// Cut of `a << b`, 0 for large b.
    ShiftLeft,
    /// The cut's bits of `a`, zero-extended, moved down by `b`, sign-extended.
    ShiftRight,
    /// `c ? a : b`
    Mux,
    /// Sign-extended cut of `a`.
    Extract,
    /// Zero-extended cut of `a`.
    Unsigned,
    /// `a` above the lowest `cut.width` bits of `b`.
    Join,
    /// The word at address `a` of a memory or table, `b` being its number.
    Load,
}

/// Where a value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Source {
    /// Never changes. A narrow number may be wide, for wide operations.
    Constant { number: i128, wide: bool },
    /// An input port of the top.
    Input(u32),
    /// A register.
    State(u32),
    /// Computed every cycle.
    Computed {
        operation: Operation,
        /// Unused operands repeat the first.
        operands: [Value; 3],
        cut: Option<Cut>,
    },
}

/// A register; memory reads and table lookups are registers behind a [`Operation::Load`].
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
    /// Contents at power-up, padded with zeros to a power of two.
    pub contents: Vec<i128>,
    pub write: Option<Write>,
    /// What any word can be.
    pub range: Range,
}

impl Words {
    pub fn is_wide(&self) -> bool {
        self.width > 64
    }
}

/// Writes `data` at the end of each cycle in which `enable` is true.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Write {
    pub enable: Value,
    pub address: Value,
    pub data: Value,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    source: Source,
    range: Range,
    wide: bool,
}

/// The flat design.
#[derive(Debug, Default)]
pub(crate) struct Graph {
    entries: Vec<Entry>,
    known: HashMap<Source, Value>,
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

    pub fn source(&self, value: Value) -> Source {
        self.entries[value.index()].source
    }

    pub fn range(&self, value: Value) -> Range {
        self.entries[value.index()].range
    }

    /// Whether the value has 128 bits.
    pub fn is_wide(&self, value: Value) -> bool {
        self.entries[value.index()].wide
    }

    pub fn constant_of(&self, value: Value) -> Option<i128> {
        match self.source(value) {
            Source::Constant { number, .. } => Some(number),
            _ => None,
        }
    }

    /// The values that a computed value reads.
    pub fn operands(&self, value: Value) -> Vec<Value> {
        match self.source(value) {
            Source::Computed { operation, operands, .. } => operands[..operation.arity()].to_vec(),
            _ => Vec::new(),
        }
    }

    /// The memory or table that a value is loaded from.
    pub fn loaded_words(&self, value: Value) -> Option<usize> {
        match self.source(value) {
            Source::Computed { operation: Operation::Load, operands, .. } => Some(operands[1].index()),
            _ => None,
        }
    }

    pub fn constant(&mut self, number: i128) -> Value {
        let range = Range::exactly(number);
        let wide = !range.is_narrow();
        self.intern(Source::Constant { number, wide }, range, wide)
    }

    /// The same number in 128 bits.
    pub fn widened(&mut self, value: Value) -> Value {
        if self.is_wide(value) {
            return value;
        }
        let range = self.range(value);
        match self.constant_of(value) {
            Some(number) => self.intern(Source::Constant { number, wide: true }, range, true),
            None => self.computed(Operation::Move, &[value], None, range, true),
        }
    }

    pub fn input(&mut self, port: u32, width: u32) -> Value {
        self.intern(Source::Input(port), Range::signed(width), width > 64)
    }

    /// A register, to be driven later. One that is always 0 is a constant.
    pub fn state(&mut self, width: u32, range: Range) -> Value {
        let value = if range == Range::exactly(0) {
            self.constant(0)
        } else {
            self.intern(Source::State(self.states.len() as u32), range, width > 64)
        };
        self.states.push(State { value, next: value, enable: None, reset: None });
        value
    }

    /// What each register can hold, given what is known of the values: it starts at 0 and takes nothing but these.
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
        self.intern(Source::Computed { operation, operands: [at(0), at(1), at(2)], cut }, range, wide)
    }

    fn intern(&mut self, source: Source, range: Range, wide: bool) -> Value {
        let next = Value(self.entries.len() as u32);
        let value = *self.known.entry(source).or_insert(next);
        if value == next {
            self.entries.push(Entry { source, range, wide });
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
