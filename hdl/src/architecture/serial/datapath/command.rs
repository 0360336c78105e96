//! The command of the sequencer to the datapath.

use crate::builder::{ModuleBuilder, Signal};
use crate::shape::Shape;

/// The command of the sequencer in a cycle. All signals but `unload` stand at stage 0.
#[derive(Clone, Copy)]
pub(super) struct Command<'m> {
    /// Rotate the block (row, column) of A.
    pub block: Signal<'m>,
    /// The command for singular vectors, in cores that compute them.
    pub vectors: Option<VectorCommand<'m>>,
    /// Shift and pad the block (row, column) of A, in cores that prepare matrices.
    pub prepare: Option<Signal<'m>>,
    /// Row pair of the block.
    pub row: Signal<'m>,
    /// Column pair of the block.
    pub column: Signal<'m>,
    /// The copy of the memories that this step reads.
    pub copy: Signal<'m>,
    /// Read a diagonal block of the next step.
    pub diagonal: Signal<'m>,
    /// Compute the angles of that diagonal block.
    pub measure: Signal<'m>,
    /// Row pair, and column pair, of that diagonal block.
    pub diagonal_pair: Signal<'m>,
}

/// The part of a command that concerns singular vectors.
#[derive(Clone, Copy)]
pub(super) struct VectorCommand<'m> {
    /// Rotate the blocks (row, column) of Uᵀ and Vᵀ.
    pub rotate: Signal<'m>,
    /// U and V are still the identity matrix.
    pub identity: Signal<'m>,
    /// A read by the output end: whether there is one, the home (bank, pair) of the vector, and the column pair.
    pub unload: [Signal<'m>; 3],
}

impl<'m> Command<'m> {
    /// Draws the inputs of the datapath that carry the command. A pair number has `pair` bits.
    pub fn new(m: &'m ModuleBuilder, shape: &Shape, pair: u32) -> Self {
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
