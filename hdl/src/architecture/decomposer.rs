//! The interface between an architecture and the rest of a core.
//!
//! An architecture draws one module, the *decomposer*. The modules that all cores share ([`crate::core`]) surround it:
//! the stream ends, the frame controller and the sorter. They are connected to the decomposer by logical ports, which
//! address elements by row and column. The memories with their banks, the order of the rotations and the rotators
//! belong to the architecture alone.
//!
//! # Ports of a decomposer
//!
//! | port | bits | meaning |
//! |---|---|---|
//! | `load_valid`, `load_row`, `load_column`, `load_data` | 1, index, index, word | write one element of the matrix |
//! | `load_batch` (QR) | 1 | this element completes a batch of two rows (or the last row, if it is alone) |
//! | `load_final` (QR) | 1 | this batch is the last one of the matrix |
//! | `batch_taken` (out, QR) | 1 | there is room for two more rows |
//! | `restart` (QR) | 1 | discard the rows received so far; a new frame begins |
//! | `loaded` (out, QR) | 1 | the triangle is complete and waits for `start` |
//! | `shift` (not QR) | shift bits | by how many bits the matrix is to be shifted up (block floating point) |
//! | `start` | 1 | decompose the loaded matrix |
//! | `size_rows`, `size_cols` (any size) | index | last row and last column of the matrix being decomposed |
//! | `loading_rows`, `loading_cols` (any size) | index | last row and last column of the matrix being loaded |
//! | `done` (out) | 1 | the decomposition is over, and values can be read |
//! | `sweeps`, `cap_reached`, `overflow`, `shifted` (out) | 8, 1, 1, shift bits | fields of the status word |
//! | `fault` (out) | 1 | a bit of a control register was flipped in the cycle before, or two cycles before |
//! | `value_index` to `value` (out) | index, element | the diagonal element with this index, signed |
//! | `u_read`, `v_read` | 1 | an element of U, or of V, is read |
//! | `vector_index`, `vector_row` | index, index | its address |
//! | `u`, `v` (out) | vector | the addressed elements of U and of V |
//!
//! Cores with several matrices in flight have these ports as well:
//!
//! | port | bits | meaning |
//! |---|---|---|
//! | `load_context`, `start_context`, `wanted_context` | context | the matrix that is loaded, started, or read |
//! | `skip` | 1 | there is no matrix in `start_context`, since its frame is bad |
//! | `done_context` (out) | context | the matrix whose decomposition is over |
//! | `load_free` (out) | 1 | an element that the input end accepts in the next cycle can be written |
//! | `value_free` (out, unless values can always be read) | 1 | a value can be read |
//! | `u_free`, `v_free` (out) | 1 | an element of U, or of V, can be read |
//!
//! Arrays whose beats have several elements ([`Shape::elements_taken`], [`Shape::elements_given`]) take and give them
//! in one cycle. Then `load_group` and `load_data_e`, the elements of a group of neighbours in a row, take the place of
//! `load_column` and `load_data`; and `u_k` and `v_k`, the elements of vector k in the row that was read last, take the
//! place of `vector_index`, `u` and `v`.
//!
//! Ports marked QR exist only where rows are reduced to a triangle while they stream in. Ports marked "any size" exist
//! only in cores that accept every size up to their own. The fields of the status word are stable from the end of the
//! drain to the next `start`.
//!
//! Frames follow one another: nothing is loaded between the end of a frame and its release. In a core for one matrix at
//! a time, vectors are read only while no matrix is being decomposed.

use super::inside::{Inside, Points, Seen, WaveGroup};
use super::probe::{Probe, Rotations, Write};
use crate::builder::DesignBuilder;
use crate::ir::ModuleId;
use crate::shape::Shape;
use serde::Serialize;

/// The name of the decomposer's instance in a core.
pub const INSTANCE: &str = "decomposer";
/// How many batches of two rows a decomposer with QR has room for.
pub const BATCHES: u32 = 2;

/// An architecture of the decomposition: it draws the hardware, and it tells what a simulator can observe in it.
pub trait Architecture: Sync {
    /// Adds the decomposer of a core to the design.
    fn draw(&self, design: &mut DesignBuilder, shape: &Shape) -> DecomposerModule;

    /// What a simulator can watch inside the decomposer.
    fn probe(&self, shape: &Shape) -> Probe;

    /// Reconstructs the rotations of one matrix of `size` (rows, columns) that took `sweeps` sweeps.
    ///
    /// `written` holds, for each of [`Probe::memories`], the words that were written while the matrix was decomposed.
    /// The result is `None` if these writes cannot belong to such a matrix.
    fn rotations(&self, shape: &Shape, size: (usize, usize), sweeps: u32, written: &[Vec<Write>]) -> Option<Rotations>;

    /// What a simulator observes to show a decomposition from inside.
    fn points(&self, shape: &Shape) -> Points;

    /// Reads the matrices after each step, and the schedule, from what was observed at the [`Architecture::points`]
    /// while one matrix of `size` (rows, columns) was decomposed in `sweeps` sweeps. The result is `None` if it cannot
    /// belong to such a matrix.
    fn inside(&self, shape: &Shape, size: (usize, usize), sweeps: u32, seen: &Seen) -> Option<Inside>;

    /// How many multipliers the rotators have.
    fn rotator_multipliers(&self, shape: &Shape) -> usize;

    /// How many multiplications the rotations of a matrix of `size` (rows, columns) take in `sweeps` sweeps, with those
    /// that reduce its rows to a triangle.
    fn multiplications(&self, shape: &Shape, size: (usize, usize), sweeps: u32) -> u64;

    /// The signals that are worth a look in a viewer of waveforms, in groups.
    fn waves(&self, shape: &Shape) -> Vec<WaveGroup>;
}

/// A decomposer that has been added to a design.
#[derive(Clone, Debug)]
pub struct DecomposerModule {
    /// The module.
    pub module: ModuleId,
    /// The latencies of its ports.
    pub timing: PortTiming,
    /// How many cycles a decomposition takes.
    pub schedule: Schedule,
}

/// Latencies of a decomposer's ports, in cycles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PortTiming {
    /// From `value_index` to `value`.
    pub value: u32,
    /// Whether a value can be read only while `value_free` is 1.
    pub value_waits: bool,
    /// From `vector_index` and `vector_row` to `u` and `v`.
    pub vectors: u32,
    /// From `done` until U and V can be read and the fields of the status word are final.
    pub drain: u32,
}

/// How long the reduction of rows to a triangle (QR) takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct QrCycles {
    /// How many times each incoming row is rotated against the same row of the triangle.
    pub passes: u32,
    /// Cycles for two more rows: in each of the two lanes, one row enters and all rows move on by one slot.
    pub two_rows: usize,
    /// Cycles from the last input beat to the finished triangle, at most.
    pub finish: usize,
}

/// How long a decomposer takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// Cycles of one step of the core's full size, in which every row takes part in one rotation.
    pub step_cycles: usize,
    /// How long the reduction to a triangle takes at the core's full size, in cores that reduce rows.
    pub qr: Option<QrCycles>,
    /// The phases of a decomposition, for each square that the core holds matrices in, smallest first.
    pub squares: Vec<SquareCycles>,
}

/// The phases of a decomposition of a matrix that is held in a square of this size.
///
/// From `start` to `done` there are `first_angles + sweeps x (steps x step - shorter) + 1` cycles, if the
/// decomposition makes that many sweeps: the last cycle of the last sweep comes one cycle before `done`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SquareCycles {
    /// Rows, and columns, of the square.
    pub size: usize,
    /// Cycles until the angles of the first step are computed. The last step takes only one turn, which is taken into
    /// account here.
    pub first_angles: usize,
    /// Cycles of one step: from one turn of a matrix to its next one.
    pub step: usize,
    /// Cycles by which the first step of a sweep is shorter, where it makes the diagonal real.
    pub shorter: usize,
    /// Matrices that take turns.
    pub turns: usize,
    /// Steps of a sweep.
    pub steps: usize,
    /// How rows are reduced to a triangle with as many columns as the square, in cores that reduce rows.
    pub reduction: Option<ReductionCycles>,
}

impl SquareCycles {
    /// Cycles of a sweep.
    pub fn sweep(&self) -> usize {
        self.step * self.steps - self.shorter
    }
}

/// The reduction of rows to a triangle, as seen at the ports of the decomposer. A batch of two rows, or of the last
/// one, *enters* in the cycle in which its first rotation begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct ReductionCycles {
    /// Cycles from `load_batch` until the batch enters, if no earlier batch keeps the rotators busy.
    pub entry: usize,
    /// Cycles from one batch that enters to the next, if that one waits.
    pub batch: usize,
    /// Cycles from a batch that enters to its `batch_taken`. The last batch is not followed by another.
    pub taken: usize,
    /// Cycles from the last batch that enters to `loaded`.
    pub ending: usize,
}

impl Schedule {
    /// Cycles of a sweep of the core's full size.
    pub fn sweep_cycles(&self) -> usize {
        self.squares.last().map_or(0, SquareCycles::sweep)
    }
}
