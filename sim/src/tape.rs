//! The flat program: batches of equal instructions on numbered slots, then what happens at the clock edge.
//!
//! Dispatch is paid once per batch, not once per node. An instruction is 10 bytes (16-bit slots) or 20 (32-bit slots).
//! Where a batch does the same on neighbouring slots, as in instances of one module, it does so in rows, which the
//! compiler vectorises.

use crate::graph::{Cut, Operation};
use std::ops::Range;

/// A slot number, 16 or 32 bits.
pub(crate) trait Index: Copy + Send + 'static {
    /// Truncates; the compiler of the tape has chosen a sufficient type.
    fn new(position: u32) -> Self;
    fn position(self) -> usize;
}

impl Index for u16 {
    #[inline(always)]
    fn new(position: u32) -> Self {
        position as u16
    }

    #[inline(always)]
    fn position(self) -> usize {
        self.into()
    }
}

impl Index for u32 {
    #[inline(always)]
    fn new(position: u32) -> Self {
        position
    }

    #[inline(always)]
    fn position(self) -> usize {
        self as usize
    }
}

/// What a batch does. Operations with a cut are kept apart from those that need none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Opcode {
    /// Operands and result in 64-bit slots, no cut.
    Plain(Operation),
    /// Operands and result in 64-bit slots, the result cut.
    Cut(Operation),
    /// Operands that are data in 128-bit slots.
    Wide { operation: Operation, narrow_result: bool },
    /// From a 64-bit to a 128-bit slot.
    Widen,
}

/// One node: slots, and the two shifts that cut the result (up, then down).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Instruction<I> {
    pub target: I,
    pub a: I,
    pub b: I,
    pub c: I,
    pub up: u8,
    pub down: u8,
}

impl<I: Index> Instruction<I> {
    /// The cut of a wide instruction; without one, all 128 bits.
    #[inline(always)]
    pub fn wide_cut(&self) -> Cut {
        let (up, down) = (u32::from(self.up), u32::from(self.down));
        Cut { low: down - up, width: 128 - down }
    }
}

/// The shifts that cut in slots of so many bits.
pub(crate) fn shifts(cut: Option<Cut>, slot_bits: u32) -> (u8, u8) {
    let shift = |count: u32| u8::try_from(count).expect("A slot has at most 128 bits.");
    cut.map_or((0, 0), |cut| (shift(slot_bits - cut.top()), shift(slot_bits - cut.width)))
}

/// Equal instructions on `count` neighbouring slots: the first one, then each slot number increased by one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row<I> {
    pub first: Instruction<I>,
    pub count: I,
}

/// Equal instructions, none of which reads what another writes.
#[derive(Clone, Debug)]
pub(crate) struct Batch {
    pub opcode: Opcode,
    /// Which of the tape's single instructions.
    pub code: Range<usize>,
    /// Which of the tape's rows.
    pub rows: Range<usize>,
}

/// A register update: `count` slots move up by `by` slots.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shift {
    pub wide: bool,
    pub from: usize,
    pub count: usize,
    pub by: usize,
}

/// Registers that are updated together, while the slot `enable` (if any) is not 0.
#[derive(Clone, Debug)]
pub(crate) struct Block<I> {
    pub enable: Option<I>,
    pub shifts: Vec<Shift>,
}

/// Where the words of a memory or table stand. Tables and memories share one array for each slot size.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Region {
    pub base: usize,
    pub mask: usize,
    pub wide: bool,
}

impl Region {
    /// The place of the word at an address, of which only the lowest bits count.
    #[inline(always)]
    pub fn word(&self, address: i64) -> usize {
        self.base + (address as usize & self.mask)
    }
}

/// The write port of a memory.
#[derive(Clone, Copy, Debug)]
pub(crate) struct WritePort<I> {
    pub region: Region,
    pub enable: I,
    pub address: I,
    pub data: I,
}

/// A slot of either size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Slot {
    pub position: u32,
    pub wide: bool,
}

/// The whole program.
#[derive(Clone, Debug)]
pub(crate) struct Tape<I> {
    pub batches: Vec<Batch>,
    pub code: Vec<Instruction<I>>,
    pub rows: Vec<Row<I>>,
    pub regions: Vec<Region>,
    pub writes: Vec<WritePort<I>>,
    pub blocks: Vec<Block<I>>,
    /// Values that registers take in a reset.
    pub resets: Vec<(Slot, i128)>,
    /// Slots that hold a constant.
    pub constants: Vec<(Slot, i128)>,
    /// Contents of the memories and tables at power-up.
    pub words: Vec<i64>,
    pub wide_words: Vec<i128>,
}

impl Tape<u32> {
    /// The same program with slot numbers of another size, which must hold them.
    pub fn resized<I: Index>(self) -> Tape<I> {
        let block = |block: Block<u32>| Block { enable: block.enable.map(I::new), shifts: block.shifts };
        let row = |row: Row<u32>| Row { first: row.first.resized(), count: I::new(row.count) };
        let write = |port: WritePort<u32>| WritePort {
            region: port.region,
            enable: I::new(port.enable),
            address: I::new(port.address),
            data: I::new(port.data),
        };
        Tape {
            batches: self.batches,
            code: self.code.iter().map(Instruction::resized).collect(),
            rows: self.rows.into_iter().map(row).collect(),
            regions: self.regions,
            writes: self.writes.into_iter().map(write).collect(),
            blocks: self.blocks.into_iter().map(block).collect(),
            resets: self.resets,
            constants: self.constants,
            words: self.words,
            wide_words: self.wide_words,
        }
    }
}

impl Instruction<u32> {
    fn resized<I: Index>(&self) -> Instruction<I> {
        let [target, a, b, c] = [self.target, self.a, self.b, self.c].map(I::new);
        Instruction { target, a, b, c, up: self.up, down: self.down }
    }
}
