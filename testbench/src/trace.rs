//! What a core did with one matrix, as data: the matrices after each step, who was rotated against whom, the schedule
//! of the units, and the two streams, all read from the simulated core itself.

use crate::engine::{STREAMS, SeenInside};
use crate::framing::{Frame, FrameError, Quantised};
use crate::judge::Judgement;
use crate::run::Cycles;
use crate::scalar::Scalar;
use crate::stimulus;
use serde::Serialize;
use svdforge_hdl::architecture::architecture;
use svdforge_hdl::architecture::inside::{Inside, Program, ReductionStep, Square, Step, Track};
use svdforge_hdl::architecture::probe::PairRotation;
use svdforge_hdl::core::{Core, observed};
use svdforge_hdl::fixed::scaled;
use svdforge_hdl::interface::{Flags, USER_BITS, port, section};
use svdforge_hdl::shape::Shape;

/// The most elements of A, U and V in the traces of one run. They take about 8 MB.
pub const MOST_NUMBERS: usize = 1_000_000;
/// The most matrices of which one run keeps traces.
pub const MOST_MATRICES: usize = 64;
/// The most cycles that a core may take for a matrix that is traced. Observing them takes about 250 MB.
pub const MOST_CYCLES: u64 = 1_000_000;
/// The most steps of the reduction of rows that a trace keeps.
const MOST_REDUCTION_STEPS: usize = 64;
/// The most runs of a unit, and changes of a stream's signal, that a trace keeps.
const MOST_CHANGES: usize = 20_000;

/// Why there is no trace.
#[derive(Debug, thiserror::Error)]
pub enum TraceError {
    /// There are too many matrices.
    #[error("the trace of {count} matrices would be too large for a page; give at most {most} matrices of this size")]
    TooMany {
        /// How many were given.
        count: usize,
        /// How many are possible.
        most: usize,
    },
    /// A matrix takes too long.
    #[error(
        "the core may take {cycles} cycles for a matrix, and a trace holds {MOST_CYCLES}; trace a core for fewer rows"
    )]
    TooLong {
        /// The most cycles that a matrix of the core's size takes.
        cycles: u64,
    },
    /// The core did not do what it is supposed to do.
    #[error("{0}: what was seen inside the core does not fit a matrix of this size; please report this as a bug")]
    Unreadable(String),
    /// The output frame is not laid out as the core promises.
    #[error(transparent)]
    Frame(#[from] FrameError),
}

/// Rows of integers.
pub type Rows = Vec<Vec<i64>>;

/// A step of the reduction of rows to a triangle.
#[derive(Clone, Debug, Serialize)]
pub struct ReductionFrame {
    /// The number of the step, counted from 1.
    pub step: usize,
    /// The cycle in which its last word was written.
    pub cycle: u64,
    /// Whether the second triangle is being merged into the first.
    pub merges: bool,
    /// The triangles of the two lanes, in units of the last place of A before it is shifted up.
    pub triangles: [Rows; 2],
}

/// The matrices after a step of a sweep, or before the first one (sweep 0, step 0).
#[derive(Clone, Debug, Serialize)]
pub struct StepFrame {
    /// The sweep, counted from 1.
    pub sweep: u32,
    /// The step within the sweep, counted from 1.
    pub step: u32,
    /// The cycle in which the last word of the step was written.
    pub cycle: u64,
    /// A in units of its last place; rows and columns as in the decomposed matrix.
    pub a: Rows,
    /// U in units of its last place, if the core computes it. Column k belongs to the k-th diagonal element of A.
    pub u: Option<Rows>,
    /// V in units of its last place, if the core computes it.
    pub v: Option<Rows>,
    /// The rotations of the step, by the number of the pair.
    pub rotations: Vec<PairRotation>,
}

/// What left the core, in units of the last place.
#[derive(Clone, Debug, Serialize)]
pub struct Output {
    /// Singular values, or eigenvalues, in the order of delivery.
    pub values: Vec<i64>,
    /// Fraction bits of the values.
    pub values_frac: u32,
    /// U, if the core computes it.
    pub u: Option<Rows>,
    /// V, if the core computes it.
    pub v: Option<Rows>,
}

/// A signal of a stream.
#[derive(Clone, Debug, Serialize)]
pub struct StreamWave {
    /// The name of the port.
    pub name: &'static str,
    /// Its width in bits.
    pub width: u32,
    /// Its changes: the first cycle with a new value, and the value; data as a signed number.
    pub changes: Vec<(u64, i64)>,
}

/// What a core did with one matrix. Cycle 0 is the first one after the reset.
#[derive(Clone, Debug, Serialize)]
pub struct MatrixTrace {
    /// The name of the matrix.
    pub matrix: String,
    /// Its rows.
    pub rows: usize,
    /// Its columns.
    pub cols: usize,
    /// True element = quantised element times 2^input_exponent.
    pub input_exponent: i32,
    /// The core's own power of two.
    pub block_exponent: i32,
    /// Fraction bits of A.
    pub a_frac: u32,
    /// Fraction bits of U and V.
    pub vector_frac: u32,
    /// Sweeps made.
    pub sweeps: u32,
    /// Status bits.
    pub flags: Flags,
    /// Cycles of each phase.
    pub cycles: Cycles,
    /// The number of cycles that were simulated.
    pub end: u64,
    /// The first and the last cycle in which an input beat was taken, then those of the output beats.
    pub beats: [u64; 4],
    /// The steps of the reduction of rows, in cores that reduce rows.
    pub reduction: Vec<ReductionFrame>,
    /// The matrices before the first step, and after each step.
    pub steps: Vec<StepFrame>,
    /// The norm of A without its diagonal at true scale, before the first step and after each step.
    pub off_diagonal: Vec<f64>,
    /// What left the core.
    pub output: Output,
    /// The schedule of the units.
    pub tracks: Vec<Track>,
    /// What is rotated in each cycle of a step.
    pub program: Program,
    /// The two streams.
    pub streams: Vec<StreamWave>,
    /// What the trace leaves out, in sentences.
    pub left_out: Vec<String>,
}

/// How much of each matrix a run keeps.
#[derive(Clone, Copy, Debug)]
pub struct Extent {
    numbers: usize,
}

impl Extent {
    /// The extent for matrices of these sizes (rows, columns). It is an error if not even the ends of all sweeps of all
    /// matrices can be kept, or if the core takes too many cycles.
    pub fn new(core: &Core, sizes: &[(usize, usize)]) -> Result<Self, TraceError> {
        let (shape, cycles) = (core.shape(), core.cycle_limit());
        if cycles > MOST_CYCLES {
            return Err(TraceError::TooLong { cycles });
        }
        let numbers = MOST_NUMBERS / sizes.len().max(1);
        let least = |&size| numbers_of(shape, size) * (shape.sweep_cap() as usize + 1);
        let largest = sizes.iter().map(least).max().unwrap_or(0);
        let most = MOST_MATRICES.min(MOST_NUMBERS / largest.max(1));
        match sizes.len() > most {
            true => Err(TraceError::TooMany { count: sizes.len(), most }),
            false => Ok(Self { numbers }),
        }
    }
}

/// Elements of A, U and V of a matrix of this size.
fn numbers_of(shape: &Shape, size: (usize, usize)) -> usize {
    let (rows, cols) = shape.dimensions().decomposed(size);
    let vectors = |present, side: usize| if present { side * side } else { 0 };
    rows * cols + vectors(shape.has_u(), rows) + vectors(shape.has_v(), cols)
}

/// Makes the trace of a matrix from its result, and from what was seen inside the core while it ran alone.
pub fn matrix_trace(
    core: &Core,
    judgement: &Judgement<impl Scalar>,
    input: &Quantised,
    beats: &stimulus::Trace,
    seen: &SeenInside,
    extent: Extent,
) -> Result<MatrixTrace, TraceError> {
    let (shape, size) = (core.shape(), (input.rows, input.cols));
    let unreadable = || TraceError::Unreadable(judgement.matrix.clone());
    let inside = architecture(shape.arch()).inside(shape, size, judgement.sweeps, &seen.seen);
    let Inside { reduction, steps, mut tracks, program } = inside.ok_or_else(unreadable)?;
    let [controller, sorter] = observed::tracks(shape, &seen.seen);
    tracks.insert(0, controller);
    tracks.push(sorter);
    let a_frac = shape.frac() + shape.inner_guard();
    let exponent = input.exponent + judgement.block_exponent - a_frac as i32;
    let mut left_out = Vec::new();
    for track in &mut tracks {
        shorten(&mut track.runs, track.unit, &mut left_out);
    }
    let mut streams = streams(shape, seen);
    for wave in &mut streams {
        shorten(&mut wave.changes, wave.name, &mut left_out);
    }
    let ends = |cycles: &[u64]| [cycles.first().copied().unwrap_or(0), cycles.last().copied().unwrap_or(0)];
    let taken: Vec<u64> = beats.output.iter().map(|beat| beat.cycle).collect();
    let ([t0, t1], [t2, t3]) = (ends(&beats.accepted), ends(&taken));
    Ok(MatrixTrace {
        matrix: judgement.matrix.clone(),
        rows: input.rows,
        cols: input.cols,
        input_exponent: input.exponent,
        block_exponent: judgement.block_exponent,
        a_frac,
        vector_frac: shape.vector_fraction(),
        sweeps: judgement.sweeps,
        flags: judgement.flags,
        cycles: judgement.cycles,
        end: seen.seen.end,
        beats: [t0, t1, t2, t3],
        off_diagonal: steps.iter().map(|step| scaled(off_diagonal(&step.a), exponent)).collect(),
        reduction: reduction_frames(&reduction, &mut left_out),
        steps: step_frames(shape, size, steps, extent, &mut left_out),
        output: output(shape, size, beats)?,
        tracks,
        program,
        streams,
        left_out,
    })
}

/// The norm of a matrix without its diagonal, in units of the last place.
fn off_diagonal(a: &Square) -> f64 {
    let off = a.units.iter().enumerate().filter(|(place, _)| place % (a.side + 1) != 0);
    off.map(|(_, &units)| (units as f64).powi(2)).sum::<f64>().sqrt()
}

fn shorten<T>(changes: &mut Vec<T>, name: &str, left_out: &mut Vec<String>) {
    if changes.len() > MOST_CHANGES {
        left_out.push(format!("{name}: only the first {MOST_CHANGES} of {} changes are kept", changes.len()));
        changes.truncate(MOST_CHANGES);
    }
}

/// The upper left part of a matrix.
fn part(matrix: &Square, rows: usize, cols: usize) -> Rows {
    (0..rows).map(|row| (0..cols).map(|column| matrix.at(row, column)).collect()).collect()
}

/// The steps of the reduction. If there are many, only every so-many-th is kept, and the last one.
fn reduction_frames(steps: &[ReductionStep], left_out: &mut Vec<String>) -> Vec<ReductionFrame> {
    let every = steps.len().div_ceil(MOST_REDUCTION_STEPS).max(1);
    if every > 1 {
        left_out.push(format!("reduction of the rows: one of {every} steps is kept"));
    }
    let kept = steps.iter().enumerate().filter(|(k, _)| (k + 1).is_multiple_of(every) || k + 1 == steps.len());
    let triangle = |square: &Square| part(square, square.side, square.side);
    kept.map(|(k, step)| ReductionFrame {
        step: k + 1,
        cycle: step.cycle,
        merges: step.merges,
        triangles: [triangle(&step.triangles[0]), triangle(&step.triangles[1])],
    })
    .collect()
}

/// The steps of the sweeps: all of them, or those of the first sweeps and the ends of the others.
fn step_frames(
    shape: &Shape,
    size: (usize, usize),
    steps: Vec<Step>,
    extent: Extent,
    left_out: &mut Vec<String>,
) -> Vec<StepFrame> {
    let (rows, cols) = shape.dimensions().decomposed(size);
    let sweeps = steps.last().map_or(0, |step| step.number.0) as usize;
    let per_sweep = (steps.len() - 1).checked_div(sweeps).unwrap_or(0);
    // Every sweep that is kept whole takes `per_sweep` - 1 frames more than its end alone.
    let frames = extent.numbers / numbers_of(shape, size).max(1);
    let whole = frames.saturating_sub(sweeps + 1).checked_div(per_sweep.saturating_sub(1)).unwrap_or(sweeps);
    if whole < sweeps {
        left_out.push(match whole {
            0 => "the matrices are kept after each sweep, not after each step".to_owned(),
            _ => format!("the matrices are kept after each step of the first {whole} sweeps, then after each sweep"),
        });
    }
    let is_kept = |&(sweep, step): &(u32, u32)| sweep as usize <= whole || step as usize == per_sweep;
    let kept = steps.into_iter().filter(|step| is_kept(&step.number));
    kept.map(|step| StepFrame {
        sweep: step.number.0,
        step: step.number.1,
        cycle: step.cycle,
        a: part(&step.a, rows, cols),
        u: step.u.map(|u| part(&u, rows, rows)),
        v: step.v.map(|v| part(&v, cols, cols)),
        rotations: step.rotations,
    })
    .collect()
}

fn output(shape: &Shape, size: (usize, usize), beats: &stimulus::Trace) -> Result<Output, FrameError> {
    let frame = Frame::of(shape, size, &beats.output)?;
    let find = |user: u8| frame.sections.iter().find(|found| found.section.tuser == user);
    let rank = shape.rank_of(size).max(1);
    let matrix = |user| find(user).map(|found| found.units.chunks(rank).map(<[i64]>::to_vec).collect());
    Ok(Output {
        values: find(section::SIGMA).map_or(Vec::new(), |found| found.units.clone()),
        values_frac: shape.sigma_fraction(),
        u: matrix(section::U),
        v: matrix(section::V),
    })
}

fn streams(shape: &Shape, seen: &SeenInside) -> Vec<StreamWave> {
    // Of beats with several elements the first one is shown.
    let width = |name: &str| match name {
        port::INPUT_DATA => shape.streams().input.element_bits(),
        port::OUTPUT_DATA => shape.streams().output.element_bits(),
        port::OUTPUT_USER => USER_BITS,
        _ => 1,
    };
    let wave = |(name, changes): (&'static str, &Vec<(u64, u64)>)| {
        let width = width(name);
        let is_data = [port::INPUT_DATA, port::OUTPUT_DATA].contains(&name);
        let unused = 64 - width.min(64);
        let value = |bits: u64| if is_data { (bits << unused) as i64 >> unused } else { bits as i64 };
        StreamWave { name, width, changes: changes.iter().map(|&(cycle, bits)| (cycle, value(bits))).collect() }
    };
    STREAMS.into_iter().zip(&seen.streams).map(wave).collect()
}
