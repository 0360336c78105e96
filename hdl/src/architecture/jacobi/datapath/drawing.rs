//! The datapath while it is drawn: the types and helpers that its parts share.

use super::rotators::RotatorModule;
use crate::architecture::contexts::context_bits;
use crate::architecture::jacobi::block::Block;
use crate::architecture::jacobi::square::Square;
use crate::builder::{DesignBuilder, Instance, ModuleBuilder, Signal, Table};
use crate::ir::ModuleId;
use crate::ordering::Ordering;
use crate::shape::Shape;

/// The modules of which the datapath is made.
pub(super) struct UnitModules {
    pub(super) angles: ModuleId,
    pub(super) coefficients: ModuleId,
    pub(super) rotator: RotatorModule,
    pub(super) matrix: ModuleId,
    pub(super) vectors: ModuleId,
    pub(super) lane: Option<ModuleId>,
}

/// The command of the sequencer in a cycle. All signals but `unload` stand at stage 0.
#[derive(Clone, Copy)]
pub(super) struct Command<'m> {
    /// Rotate the block (row, column) of A.
    pub(super) block: Signal<'m>,
    /// The command for singular vectors, in cores that compute them.
    pub(super) vectors: Option<VectorCommand<'m>>,
    /// The block to read is as it was loaded, in cores that prepare matrices.
    pub(super) raw: Option<Signal<'m>>,
    /// Row pair of the block.
    pub(super) row: Signal<'m>,
    /// Column pair of the block.
    pub(super) column: Signal<'m>,
    /// The context of the matrix that is rotated, and the copy of the memories that its step reads: the lowest bit.
    pub(super) copy: Signal<'m>,
    /// The same for the block of A that is read.
    pub(super) read_copy: Signal<'m>,
    /// Read a diagonal block.
    pub(super) diagonal: Signal<'m>,
    /// It is one of the next step: compute its angles.
    pub(super) measure: Signal<'m>,
    /// Row pair, and column pair, of that diagonal block.
    pub(super) diagonal_pair: Signal<'m>,
    /// For general complex matrices, what concerns the steps that make the diagonal real.
    pub(super) phases: Option<PhaseCommand<'m>>,
}

/// The part of a command that concerns the phases of complex numbers.
#[derive(Clone, Copy)]
pub(super) struct PhaseCommand<'m> {
    /// The step multiplies rows by numbers of modulus 1, and nothing moves.
    pub(super) turn: Signal<'m>,
    /// The diagonal block that is read is one of such a step.
    pub(super) measure: Signal<'m>,
}

/// The part of a command that concerns singular vectors.
#[derive(Clone, Copy)]
pub(super) struct VectorCommand<'m> {
    /// Rotate the blocks (row, column) of Uᵀ and Vᵀ.
    pub(super) rotate: Signal<'m>,
    /// U and V are still the identity matrix.
    pub(super) identity: Signal<'m>,
    /// What the output end reads: context and copy, the home (bank, pair) of the vector, and the column pair.
    pub(super) unload: [Signal<'m>; 3],
}

impl<'m> Command<'m> {
    /// Draws the inputs of the datapath that carry the command. A pair number has `pair` bits.
    pub(super) fn new(m: &'m ModuleBuilder, shape: &Shape, pair: u32) -> Self {
        let input = |name, width| m.input(name, width).at(0);
        let copies = context_bits(shape) + 1;
        let vectors = || VectorCommand {
            rotate: input("vectors", 1).flag().note("rotate blocks (row, column) of U^T and V^T"),
            identity: input("identity", 1).note("U and V are still the identity"),
            unload: [("copy", copies), ("home", pair + 1), ("column", pair)]
                .map(|(name, width)| m.input(&format!("unload_{name}"), width)),
        };
        Self {
            block: input("block", 1).flag().note("rotate block (row, column) of A"),
            vectors: shape.has_vectors().then(vectors),
            raw: shape.is_prepared().then(|| input("raw", 1).note("the block is as it was loaded: shift and pad it")),
            row: input("row", pair),
            column: input("column", pair),
            copy: input("copy", copies).note("copy that this step reads"),
            read_copy: input("read_copy", copies).note("copy from which a block of A is read"),
            diagonal: input("diagonal", 1).note("read a diagonal block"),
            measure: input("measure", 1).flag().note("... and compute its angles"),
            diagonal_pair: input("diagonal_pair", pair),
            phases: shape.has_phases().then(|| PhaseCommand {
                turn: input("phase_step", 1).note("make the diagonal real: rows are turned, and nothing moves"),
                measure: input("measure_phases", 1).note("... and what is measured are the phases for that"),
            }),
        }
    }
}

/// The datapath while it is drawn.
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

/// The singular vectors of one side: their memory, and the block read from it.
pub(super) struct VectorSide<'m> {
    pub(super) memory: Instance<'m>,
    pub(super) elements: Block<'m>,
}

/// A write to the memory of A that does not come from a rotation of a block.
pub(super) struct PlainWrite<'m> {
    /// One bit per bank.
    pub(super) enable: Signal<'m>,
    /// Context and copy.
    pub(super) copy: Signal<'m>,
    /// Row pair.
    pub(super) row: Signal<'m>,
    /// Column pair.
    pub(super) column: Signal<'m>,
    /// Either input words or elements of A in full width.
    pub(super) elements: Block<'m>,
}
