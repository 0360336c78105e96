//! The datapath under construction: what its parts share.

use crate::architecture::serial::square::Square;
use crate::builder::{DesignBuilder, Instance, ModuleBuilder, Signal, Table};
use crate::ir::ModuleId;
use crate::ordering::Ordering;
use crate::shape::Shape;

pub(super) struct UnitModules {
    pub(super) angles: ModuleId,
    pub(super) coefficients: ModuleId,
    pub(super) rotator: ModuleId,
    pub(super) matrix: ModuleId,
    pub(super) vectors: ModuleId,
    pub(super) lane: Option<ModuleId>,
}

/// What the sequencer asks for in a cycle; all at stage 0.
#[derive(Clone, Copy)]
pub(super) struct Command<'m> {
    pub(super) block: Signal<'m>,
    pub(super) vectors: Option<VectorCommand<'m>>,
    pub(super) prepare: Option<Signal<'m>>,
    pub(super) row: Signal<'m>,
    pub(super) column: Signal<'m>,
    pub(super) copy: Signal<'m>,
    pub(super) diagonal: Signal<'m>,
    pub(super) measure: Signal<'m>,
    pub(super) diagonal_pair: Signal<'m>,
}

/// The part of a command that is about singular vectors.
#[derive(Clone, Copy)]
pub(super) struct VectorCommand<'m> {
    pub(super) rotate: Signal<'m>,
    pub(super) identity: Signal<'m>,
    /// The output end's address: whether it is the one, (bank, pair), column pair.
    pub(super) unload: [Signal<'m>; 3],
}

impl<'m> Command<'m> {
    pub(super) fn new(m: &'m ModuleBuilder, shape: &Shape, pair: u32) -> Self {
        let input = |name, width| m.input(name, width).at(0);
        let vectors = || VectorCommand {
            rotate: input("vectors", 1).flag().note("rotate blocks (row, column) of U^T and V^T"),
            identity: input("identity", 1).note("U and V are still the identity"),
            unload: [m.input("unload", 1), m.input("unload_home", pair + 1), m.input("unload_column", pair)],
        };
        Self {
            block: input("block", 1).flag().note("rotate block (row, column) of A"),
            vectors: shape.has_vectors().then(vectors),
            prepare: shape.is_prepared().then(|| input("prepare", 1).flag().note("shift and pad block (row, column)")),
            row: input("row", pair),
            column: input("column", pair),
            copy: input("copy", 1).note("copy that this step reads"),
            diagonal: input("diagonal", 1).note("read a diagonal block of the next step"),
            measure: input("measure", 1).flag().note("... and compute its angles"),
            diagonal_pair: input("diagonal_pair", pair),
        }
    }
}

pub(super) struct Drawing<'a, 'm> {
    pub(super) m: &'m ModuleBuilder,
    pub(super) design: &'a DesignBuilder,
    pub(super) orderings: &'a [Ordering],
    pub(super) units: UnitModules,
    pub(super) shape: &'a Shape,
    pub(super) pair: u32,
    pub(super) command: Command<'m>,
    pub(super) move_table: Table<'m>,
    pub(super) member_table: Table<'m>,
    pub(super) square: Square<'m>,
}

/// Elements of a 2x2 block, by row and column, or of two rows by two columns of a vector memory.
pub(super) type Block<'m> = [[Signal<'m>; 2]; 2];

/// One side's singular vectors: their memory, and what it gives.
pub(super) struct VectorSide<'m> {
    pub(super) memory: Instance<'m>,
    pub(super) elements: Block<'m>,
}

/// A write into the memory of A that is no rotation: banks, row pair, column pair, elements: input words, or as wide as those of A.
pub(super) struct Fill<'m> {
    pub(super) enable: Signal<'m>,
    pub(super) row: Signal<'m>,
    pub(super) column: Signal<'m>,
    pub(super) elements: Block<'m>,
    /// By how much elements are to be shifted up in the end, if that is known here.
    pub(super) shift: Option<Signal<'m>>,
}

/// `other` where the condition holds, if there are both.
pub(super) fn instead<'m>(condition: Option<Signal<'m>>, other: Option<Signal<'m>>, own: Signal<'m>) -> Signal<'m> {
    condition.zip(other).map_or(own, |(condition, other)| condition.select(other, own))
}

pub(super) fn block<'m>(element: impl Fn(usize, usize) -> Signal<'m>) -> Block<'m> {
    [0, 1].map(|r| [0, 1].map(|c| element(r, c)))
}

pub(super) fn stage(signal: Signal<'_>) -> u32 {
    signal.stage().expect("Every signal of this pipeline has a stage.")
}
