//! How many cycles a matrix takes, and how many pass from one result to the next: the exact numbers for a source and a
//! sink that never stall.
//!
//! Nothing here is measured. Each phase lasts as long as the module that makes it says, and the modules follow one
//! another through registers, which are counted here.

use super::frame_controller::sort_cycles;
use super::stream_fifo;
use super::stream_output::{beat_cycles, element_cycles};
use crate::architecture::decomposer::{PortTiming, ReductionCycles, Schedule, SquareCycles};
use crate::shape::Shape;
use serde::Serialize;

/// Cycles from the beat that ends a frame to its flag `frame_full`, which the frame controller sees.
const FULL: usize = 1;
/// Cycles from an accepted beat to its element at the load port of the decomposer.
const ELEMENT: usize = 1;
/// Cycles from `batch_taken` to the first cycle in which `s_axis_tready` is high again.
const CREDIT: usize = 1;
/// Cycles from the acceptance of a frame to `start`.
const ACCEPTED: usize = 1;

/// The phases of a matrix of one size, in cycles. Each begins where the one before it ends: together they fill the time
/// from the first input beat to the last output beat, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Latency {
    /// From the first input beat to the last, both included. Rows that are reduced while they stream in are accepted at
    /// the pace of their reduction.
    pub load: usize,
    /// Until the triangle is complete, in cores that reduce rows.
    pub triangle: usize,
    /// Until the decomposition starts.
    pub start: usize,
    /// The matrix is shifted up and padded in the memory.
    pub preparation: usize,
    /// The angles of the first step are computed.
    pub first_angles: usize,
    /// One sweep.
    pub sweep: usize,
    /// The values are sorted.
    pub sort: usize,
    /// Until the first output beat.
    pub output: usize,
    /// From the first output beat to the last, both included.
    pub unload: usize,
    /// From the first output beat, the cycles by which the output end has read the last element before the last beat
    /// leaves: so much earlier than the end of `output` and `unload` the next decomposition may start.
    pub read_ahead: usize,
}

impl Latency {
    /// The phases of a matrix of `size` (rows, columns).
    ///
    /// `ports` holds the latencies of the decomposer's ports, and `schedule` its cycles.
    pub(super) fn new(shape: &Shape, ports: PortTiming, schedule: &Schedule, size: (usize, usize)) -> Self {
        let square = square(shape, schedule, size);
        let unload = shape.interface().sections_of(size).iter().map(|section| section.count).sum();
        // The cycles of the input beats, and those until the last element is in the core, which takes one element per
        // cycle. A core with several elements in a beat would have fewer of the former and as many of the latter.
        let (load, loaded) = match square.reduction {
            None => {
                let load = shape.interface().header().len() + size.0 * size.1;
                (load, load - 1 + FULL)
            }
            Some(reduction) => reduced(shape, reduction, size),
        };
        // Until the FIFO's head: the token is issued one cycle after `unload_start`.
        let output = beat_cycles(ports) + stream_fifo::LATENCY;
        Self {
            load,
            triangle: loaded - (load - 1 + FULL),
            start: FULL + ACCEPTED,
            preparation: square.preparation,
            first_angles: square.first_angles,
            sweep: square.sweep(),
            sort: sort_cycles(shape, ports),
            output,
            unload,
            read_ahead: output - element_cycles(ports),
        }
    }

    /// From the last input beat to the first output beat, as `compute` of a simulation counts them, after `sweeps`
    /// sweeps.
    pub fn compute(&self, sweeps: u32) -> usize {
        self.triangle + self.decomposition(sweeps) + self.output + 1
    }

    /// From the first input beat to the last output beat, both included, after `sweeps` sweeps.
    pub fn total(&self, sweeps: u32) -> usize {
        self.load + self.triangle + self.decomposition(sweeps) + self.output + self.unload
    }

    /// From the last beat of the result before to the last beat of this one, if matrices of this size arrive without a
    /// pause, and this one takes `sweeps` sweeps.
    ///
    /// The next matrix is loaded while the result before it leaves. Its decomposition starts when both are over; it
    /// does not wait for the beats that are in the output FIFO.
    pub fn interval(&self, sweeps: u32) -> usize {
        self.decomposition(sweeps) + self.between()
    }

    /// The longer one of loading a matrix and reading the result before it, which overlap.
    pub fn between(&self) -> usize {
        (self.load + self.triangle).max(self.output + self.unload - self.read_ahead)
    }

    /// The phases in which one matrix alone is in the core.
    fn decomposition(&self, sweeps: u32) -> usize {
        self.start + self.preparation + self.first_angles + sweeps as usize * self.sweep + self.sort
    }
}

/// The square that holds a matrix of this size.
fn square(shape: &Shape, schedule: &Schedule, size: (usize, usize)) -> SquareCycles {
    let (rows, cols) = shape.dimensions().decomposed(size);
    let side = rows.max(cols).next_multiple_of(2);
    let found = schedule.squares.iter().find(|square| square.size == side);
    *found.unwrap_or_else(|| panic!("The core does not take matrices of {} x {}.", size.0, size.1))
}

/// Where rows are reduced: the cycles from the first beat to the last, both included, and those from the first beat to
/// the complete triangle.
///
/// There is room for two batches of two rows. The first batch enters as soon as it is there. From then on the rotators
/// are never idle, because a batch streams in faster than another is rotated three times or more. So batch i enters i
/// steps after the first one, and takes the place of the batch two before it when that is no longer needed.
fn reduced(shape: &Shape, reduction: ReductionCycles, (rows, cols): (usize, usize)) -> (usize, usize) {
    let batches = rows.div_ceil(2);
    let first = shape.interface().header().len() + rows.min(2) * cols;
    let enters = |batch: usize| first - 1 + ELEMENT + reduction.entry + batch * reduction.batch;
    assert!(
        2 * cols + CREDIT + ELEMENT + reduction.entry <= reduction.batch,
        "Rows stream in as fast as they are reduced."
    );
    let load = match batches {
        1 | 2 => shape.interface().header().len() + rows * cols,
        _ => {
            let last_rows = rows - 2 * (batches - 1);
            enters(batches - 3) + reduction.taken + CREDIT + last_rows * cols
        }
    };
    (load, enters(batches - 1) + reduction.ending)
}
