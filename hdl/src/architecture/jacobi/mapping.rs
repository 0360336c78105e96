//! How the pairs of rows and the pairs of columns are spread over the hardware.
//!
//! A step rotates one block for each pair of rows and each pair of columns. Pairs that are spread in *time* have their
//! turns in the same rotators, and their numbers are part of the addresses of memories: rows or columns move to their
//! next pairs because a block is written to another address. Pairs that are spread in *space* have rotators and
//! memories of their own, and rows or columns move over fixed wires. The four rotations of a block have a rotator each,
//! except in the smallest mapping, where they take turns as well. All mappings make the same rotations, so they compute
//! the same bits.

use super::layout::pair_bits;
use crate::ordering::Ordering;
use crate::parameters::ArchitectureName;
use crate::shape::Shape;
use crate::units::complex::rotator::CYCLES as COMPLEX_CYCLES;

/// Rotations of two numbers in a block: two on the left and two on the right.
const ROTATIONS: usize = 4;

/// The mapping of an architecture. Rows are spread in space wherever columns are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mapping {
    /// Rows and columns in time, and the four rotations of a block as well: one block in four cycles.
    Quarter,
    /// Rows and columns in time: one block per cycle.
    Serial,
    /// Rows in space and columns in time: a block of each pair of rows per cycle.
    Row,
    /// Rows and columns in space: all blocks in one cycle.
    Array,
}

impl Mapping {
    /// The mapping of a core.
    pub fn of(shape: &Shape) -> Self {
        match shape.arch() {
            ArchitectureName::Quarter => Self::Quarter,
            ArchitectureName::Serial => Self::Serial,
            ArchitectureName::Row => Self::Row,
            ArchitectureName::Array => Self::Array,
        }
    }

    /// How much is rotated in a cycle.
    pub fn pace(self) -> &'static str {
        match self {
            Self::Quarter => "one 2x2 block in four cycles",
            Self::Serial => "one 2x2 block per cycle",
            Self::Row => "a 2x2 block of each pair of rows per cycle",
            Self::Array => "all 2x2 blocks in one cycle",
        }
    }

    /// The numbers of pairs that are part of a command, since these pairs are spread in time.
    pub fn commands(self) -> &'static [&'static str] {
        match self {
            Self::Quarter | Self::Serial => &["row", "column"],
            Self::Row => &["column"],
            Self::Array => &[],
        }
    }

    /// Lanes beside each other, for the pairs of rows and for the pairs of columns.
    pub fn lanes(self, pairs: usize) -> [usize; 2] {
        match self {
            Self::Quarter | Self::Serial => [1, 1],
            Self::Row => [pairs, 1],
            Self::Array => [pairs, pairs],
        }
    }

    /// Rotators of one lane.
    pub fn rotators(self) -> usize {
        if self == Self::Quarter { 1 } else { ROTATIONS }
    }

    /// Cycles in which the rotators of a lane take the operands of one block. A complex rotator takes its own in
    /// several.
    pub fn cycles_per_block(self, shape: &Shape) -> usize {
        match self {
            Self::Quarter => ROTATIONS,
            _ if shape.complex() => COMPLEX_CYCLES as usize,
            _ => 1,
        }
    }

    /// Blocks that one lane rotates in a step, by row and column.
    pub fn blocks(self, pairs: usize) -> [usize; 2] {
        self.lanes(pairs).map(|lanes| pairs / lanes)
    }

    /// Bits of the number of a column pair in an address: 0 if columns are spread in space.
    pub fn column_bits(self, ordering: &Ordering) -> u32 {
        if self == Self::Array { 0 } else { pair_bits(ordering) }
    }

    /// Units that compute the angles of a step.
    ///
    /// One unit takes a diagonal block per cycle. A step of an array lasts two cycles, so that a unit serves two pairs.
    pub fn angle_units(self, pairs: usize) -> usize {
        if self == Self::Array { pairs.div_ceil(2) } else { 1 }
    }

    /// Whether the diagonal elements are kept a second time, in memories of their own, from which values are read.
    ///
    /// The memory of A in an array is read in every cycle, for a rotation or for the angles, so that no cycle is left
    /// for the values of a matrix that is done.
    pub fn keeps_values(self) -> bool {
        self == Self::Array
    }

    /// Diagonal blocks that one angle unit takes in a step, at most.
    pub fn diagonals(self, pairs: usize) -> usize {
        pairs.div_ceil(self.angle_units(pairs))
    }
}
