//! How many cycles a matrix takes, and how many pass from one result to the next: the exact numbers for a source and a
//! sink that never stall.
//!
//! Nothing here is measured. Each phase lasts as long as the module that makes it says, and the modules follow one
//! another through registers, which are counted here.

use super::frame_controller::sort_cycles;
use super::group_output::{GROUP_CYCLES, groups};
use super::self_check;
use super::stream_fifo;
use super::stream_output::{beat_cycles, element_cycles};
use crate::architecture::decomposer::{PortTiming, ReductionCycles, Schedule, SquareCycles};
use crate::formats::BeatFormat;
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
    /// Until the last element of the last beat has left the beat unpacker, in cores whose beats have `tkeep`.
    pub unpack: usize,
    /// Until the triangle is complete, in cores that reduce rows.
    pub triangle: usize,
    /// Until the decomposition starts.
    pub start: usize,
    /// The angles of the first step are computed.
    pub first_angles: usize,
    /// One sweep.
    pub sweep: usize,
    /// Matrices that take turns: a sweep of each takes as long as one sweep.
    pub turns: usize,
    /// The values are sorted.
    pub sort: usize,
    /// Until the first output beat.
    pub output: usize,
    /// From the first output beat to the last, both included.
    pub unload: usize,
    /// From the first output beat, the cycles by which the output end has read the last element before the last beat
    /// leaves: so much earlier than the end of `output` and `unload` the next decomposition may start.
    pub read_ahead: usize,
    /// The cycles by which the first element of the next matrix is in the beat unpacker earlier than in the core.
    pub prefetch: usize,
    /// The cycles from one result to the next if checking and sending them takes longer than decomposing them, in cores
    /// that check their results.
    #[serde(skip_serializing_if = "is_zero")]
    pub check: usize,
}

/// Terms that only some cores have are left out of the files of others.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
fn is_zero(cycles: &usize) -> bool {
    *cycles == 0
}

impl Latency {
    /// The phases of a matrix of `size` (rows, columns).
    ///
    /// `ports` holds the latencies of the decomposer's ports, and `schedule` its cycles.
    pub(super) fn new(shape: &Shape, ports: PortTiming, schedule: &Schedule, size: (usize, usize)) -> Self {
        let square = square(shape, schedule, size);
        let streams = shape.streams();
        let arrivals = Arrivals::new(shape, &square, size);
        let unpacks = streams.keep && shape.elements_taken() == 1;
        let (load, unpack) = match unpacks {
            false => (arrivals.elements(), 0),
            true => arrivals.unpacked(streams.input),
        };
        // The output end issues one token per cycle. The packer takes a cycle, and sends a beat with its last element.
        let tokens = Tokens::new(shape, size);
        let beat = if shape.elements_given() > 1 { element_cycles(ports) + GROUP_CYCLES } else { beat_cycles(ports) };
        let packing = usize::from(streams.keep);
        // Until the FIFO's head: the token is issued one cycle after `unload_start`.
        let (checking, check) = match shape.self_check() {
            false => (0, 0),
            true => (self_check::delay(shape, size, tokens.all), self_check::interval(shape, size, tokens.all)),
        };
        let output = checking + beat + packing + tokens.first_beat - 1 + stream_fifo::LATENCY;
        let unload = tokens.all - tokens.first_beat + 1;
        Self {
            load,
            unpack,
            triangle: arrivals.complete() - (arrivals.elements() - 1 + FULL),
            start: FULL + ACCEPTED,
            first_angles: square.first_angles,
            sweep: square.sweep(),
            turns: square.turns,
            sort: sort_cycles(shape, ports),
            output,
            unload,
            // A self-check starts the output end one cycle later.
            read_ahead: output + unload - tokens.reading - element_cycles(ports) - usize::from(shape.self_check()),
            prefetch: usize::from(unpacks),
            check,
        }
    }

    /// From the last input beat to the first output beat, as `compute` of a simulation counts them, after `sweeps`
    /// sweeps.
    pub fn compute(&self, sweeps: u32) -> usize {
        self.unpack + self.triangle + self.decomposition(sweeps) + self.output + 1
    }

    /// From the first input beat to the last output beat, both included, after `sweeps` sweeps.
    pub fn total(&self, sweeps: u32) -> usize {
        self.load + self.unpack + self.triangle + self.decomposition(sweeps) + self.output + self.unload
    }

    /// From the last beat of the result before to the last beat of this one, if matrices of this size arrive without a
    /// pause, and this one takes `sweeps` sweeps, in a core for one matrix at a time.
    ///
    /// The next matrix is loaded while the result before it leaves. Its decomposition starts when both are over; it
    /// does not wait for the beats that are in the output FIFO.
    pub fn interval(&self, sweeps: u32) -> usize {
        (self.decomposition(sweeps) + self.between()).max(self.check)
    }

    /// The cycles that the watchdog of a core waits for a beat while a frame is owed: a power of two above the longest
    /// time that passes without one, for a sink that never stalls.
    ///
    /// A matrix alone is answered after its decomposition. Where several are in flight, it may have to wait until one
    /// that came before makes its last sweep, and both share the memories with what is loaded and read.
    pub fn patience(&self, shape: &Shape) -> u64 {
        let longest = self.total(shape.sweep_cap()) as u64;
        (if shape.in_flight() > 1 { 3 * longest } else { longest }).next_power_of_two()
    }

    /// The longer one of loading a matrix and reading the result before it, which overlap.
    pub fn between(&self) -> usize {
        (self.load + self.unpack + self.triangle - self.prefetch).max(self.output + self.unload - self.read_ahead)
    }

    /// The phases in which one matrix alone is in the core.
    fn decomposition(&self, sweeps: u32) -> usize {
        self.start + self.first_angles + sweeps as usize * self.sweep + self.sort
    }
}

/// The tokens of the output end for a frame.
struct Tokens {
    /// How many there are.
    all: usize,
    /// How many of them read elements.
    reading: usize,
    /// The number of the token that completes the first beat, counted from 1.
    first_beat: usize,
}

impl Tokens {
    fn new(shape: &Shape, size: (usize, usize)) -> Self {
        let beat = shape.streams().output.elements as usize;
        if shape.elements_given() == 1 {
            let elements = shape.interface().sections_of(size).iter().map(|section| section.count).sum();
            return Self { all: elements, reading: elements, first_beat: elements.min(beat) };
        }
        let groups = groups(shape);
        let ends = groups.iter().scan(0, |end, group| {
            *end += group;
            Some(*end)
        });
        let before = ends.take_while(|&end| end < beat).count();
        let reading = groups.iter().filter(|&&group| group > 0).count();
        Self { all: groups.len(), reading, first_beat: groups.len().min(before + 1) }
    }
}

/// The square that holds a matrix of this size.
fn square(shape: &Shape, schedule: &Schedule, size: (usize, usize)) -> SquareCycles {
    let (rows, cols) = shape.dimensions().decomposed(size);
    let side = rows.max(cols).next_multiple_of(2);
    let found = schedule.squares.iter().find(|square| square.size == side);
    *found.unwrap_or_else(|| panic!("The core does not take matrices of {} x {}.", size.0, size.1))
}

/// When the elements of a frame are accepted by the input end, if each is offered as early as can be. Cycles are
/// counted from the first element.
struct Arrivals {
    /// Elements before the matrix.
    header: usize,
    rows: usize,
    cols: usize,
    reduction: Option<ReductionCycles>,
}

impl Arrivals {
    fn new(shape: &Shape, square: &SquareCycles, (rows, cols): (usize, usize)) -> Self {
        let reduction = square.reduction;
        if let Some(reduction) = reduction {
            let fits = 2 * cols + CREDIT + ELEMENT + reduction.entry <= reduction.batch;
            assert!(fits, "Rows stream in as fast as they are reduced.");
        }
        // What is accepted in one cycle counts as one element.
        let cols = cols / shape.elements_taken() as usize;
        Self { header: shape.interface().header().len(), rows, cols, reduction }
    }

    /// The cycle in which an element is accepted.
    ///
    /// Where rows are reduced, there is room for two batches of two rows. The first batch enters as soon as it is
    /// there. From then on the rotators are never idle, because a batch streams in faster than another is rotated three
    /// times or more. So batch i enters i steps after the first one, and takes the place of the batch two before it
    /// when that is no longer needed.
    fn of(&self, element: usize) -> usize {
        let Some(reduction) = self.reduction else { return element };
        let of_batch = 2 * self.cols;
        match element.saturating_sub(self.header) / of_batch {
            0 | 1 => element,
            batch => {
                let within = element - self.header - batch * of_batch;
                self.enters(reduction, batch - 2) + reduction.taken + CREDIT + within
            }
        }
    }

    /// When a batch enters the triangle.
    fn enters(&self, reduction: ReductionCycles, batch: usize) -> usize {
        let first = self.header + self.rows.min(2) * self.cols;
        first - 1 + ELEMENT + reduction.entry + batch * reduction.batch
    }

    fn last_element(&self) -> usize {
        self.header + self.rows * self.cols - 1
    }

    /// Cycles from the first element to the last, both included.
    fn elements(&self) -> usize {
        self.of(self.last_element()) + 1
    }

    /// Cycles from the first element until the matrix, or its triangle, is complete in the core.
    fn complete(&self) -> usize {
        match self.reduction {
            None => self.of(self.last_element()) + FULL,
            Some(reduction) => self.enters(reduction, self.rows.div_ceil(2) - 1) + reduction.ending,
        }
    }

    /// With a beat unpacker: the cycles from the first beat to the last, both included, and those until the last
    /// element has left it.
    ///
    /// An element leaves at the earliest one cycle after its beat has arrived. The unpacker holds the beat whose
    /// elements leave and one more, so the third beat and those after it arrive one cycle after the last element of the
    /// beat two before has left.
    fn unpacked(&self, format: BeatFormat) -> (usize, usize) {
        const ARRIVED: usize = 1;
        let last = format.beats(self.last_element() + 1) - 1;
        let arrives = match last {
            0 | 1 => last,
            _ => self.of((last - 1) * format.elements as usize - 1) + ARRIVED + 1,
        };
        (arrives + 1, self.of(self.last_element()) + ARRIVED - arrives)
    }
}
