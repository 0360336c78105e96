//! Latencies of the datapath on which the other modules of this architecture depend.

use super::schedule::Latencies;

/// Latencies of the datapath, in cycles.
#[derive(Clone, Copy, Debug)]
pub struct Timing {
    /// How soon one operation may follow another.
    pub latencies: Latencies,
    /// From the read address of a diagonal block to its flag `settled`.
    pub settled: u32,
    /// From the command that reads a block of A to its words.
    pub read: u32,
    /// From the command that reads a diagonal element to that element at the outputs of the datapath.
    pub value: u32,
    /// From the address of an element of U or V that is read from outside to its word at the outputs of the datapath.
    pub unload: u32,
    /// From a command to the overflow of its results at the output of the datapath.
    pub overflow: u32,
    /// Where rows are reduced: from the command that reads the operands of an angle of two rows to the first command
    /// that may read those of the next angle of the same two rows.
    pub row_rotation: Option<usize>,
    /// When a command's operands and results pass the units.
    pub stages: Stages,
}

/// The pipeline stages, in cycles after a command, at which units take their operands.
#[derive(Clone, Copy, Debug)]
pub struct Stages {
    /// The addresses of the blocks of U that the left rotators take.
    pub left_address: u32,
    /// The addresses of the blocks of V that the right rotators take.
    pub right_address: u32,
    /// The left rotators, and the angle unit.
    pub left: u32,
    /// The right rotators. The results of the left ones stand here as well.
    pub right: u32,
    /// The results of the right rotators.
    pub done: u32,
    /// The new coefficients, from the command that reads a diagonal block.
    pub coefficients: u32,
}
