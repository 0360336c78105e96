//! What an architecture draws: one module, the *decomposer*.
//! Around it stands what all cores share ([`crate::core`]): the stream ends, the
//! frame controller, the sorter. They meet at logical ports, which name elements by row and column. Memories, banks, the order of
//! rotations and the rotators are the architecture's own affair.
//!
//! # Ports of a decomposer
//!
//! | port | bits | meaning |
//! |---|---|---|
//! | `load_valid`, `load_row`, `load_column`, `load_data` | 1, index, index, word | an element of the matrix comes in |
//! | `load_batch`, `load_final` | 1, 1 | only where rows are reduced: this element completes two rows, or the last one; it is the matrix's last |
//! | `batch_taken` (out) | 1 | only where rows are reduced: room for two more rows |
//! | `restart` | 1 | only where rows are reduced: forget the rows that came; a new frame begins |
//! | `loaded` (out) | 1 | only where rows are reduced: the triangle is complete, and waits for `start` |
//! | `shift` | shift bits | by how much the matrix is to be shifted up (block floating point, where no rows are reduced) |
//! | `start` | 1 | decompose what was loaded |
//! | `size_rows`, `size_cols` | index | only with any size: last row and column of the matrix that was started |
//! | `loading_rows`, `loading_cols` | index | only with any size: the same of the matrix that comes in |
//! | `done` (out) | 1 | the decomposition is over: values can be read |
//! | `sweeps`, `cap_reached`, `overflow`, `shifted` (out) | 8, 1, 1, shift bits | what the status word says; stable from the end of the drain to the next start |
//! | `value_index` to `value` (out) | index, element | the diagonal element with this index, signed |
//! | `vector_read`, `vector_index`, `vector_row` to `u`, `v` (out) | 1, index, index, vector | element of a column of U and of V |
//!
//! Frames come one after the other: nothing is loaded between the end of a frame and its release, and vectors are read only while
//! nothing is decomposed.

use super::probe::{Probe, Rotations, Write};
use crate::builder::DesignBuilder;
use crate::ir::ModuleId;
use crate::shape::Shape;
use serde::Serialize;

/// The name of the decomposer's instance in a core.
pub const INSTANCE: &str = "decomposer";
/// Batches of two rows that a decomposer which reduces them has room for.
pub const BATCHES: u32 = 2;

/// An architecture.
pub trait Architecture: Sync {
    /// Draws the decomposer of a core.
    fn draw(&self, design: &mut DesignBuilder, shape: &Shape) -> DecomposerModule;

    /// What a simulator can watch inside the decomposer.
    fn probe(&self, shape: &Shape) -> Probe;

    /// The rotations of a matrix of (rows, columns) that took so many sweeps, from what was written to the memories of the probe
    /// meanwhile. `None` if these are not the rotations of such a matrix.
    fn rotations(&self, shape: &Shape, size: (usize, usize), sweeps: u32, written: &[Vec<Write>]) -> Option<Rotations>;
}

/// A decomposer as drawn.
#[derive(Clone, Copy, Debug)]
pub struct DecomposerModule {
    /// The module.
    pub module: ModuleId,
    /// When its ports answer.
    pub timing: PortTiming,
    /// How long it takes.
    pub schedule: Schedule,
}

/// When the ports of a decomposer answer, in cycles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PortTiming {
    /// From `value_index` to `value`.
    pub value: u32,
    /// From `vector_index` and `vector_row` to `u` and `v`.
    pub vectors: u32,
    /// From `done` until U and V can be read, and what the status word says is final.
    pub drain: u32,
}

/// The reduction of rows to a triangle, in cycles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct QrCycles {
    /// Rotations of one row against one row of a triangle.
    pub passes: u32,
    /// For two rows: a row in each lane passes all rows of its triangle.
    pub two_rows: usize,
    /// From the last beat to the finished triangle, at most.
    pub finish: usize,
}

/// How long a decomposer takes for a matrix of full size, in cycles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// One step: each row is rotated once.
    pub step_cycles: usize,
    /// Steps of a sweep.
    pub steps: usize,
    /// Where rows are reduced: how long that takes.
    pub qr: Option<QrCycles>,
}

impl Schedule {
    /// Cycles of a sweep.
    pub fn sweep_cycles(&self) -> usize {
        self.step_cycles * self.steps
    }

    /// Cycles from the first to the last beat of an input frame with so many rows and beats, with a source that never stalls: about
    /// that many where rows are reduced, exactly where they are not.
    pub fn load_cycles(&self, rows: usize, beats: usize) -> usize {
        self.qr.map_or(beats, |qr| beats.max(rows.div_ceil(2) * qr.two_rows))
    }
}
