//! One matrix through the simulated core, and what the golden model says of the result.

use crate::engine::{SimulatorEngine, SimulatorError, Stimulus, Trace};
use crate::framing::{Decomposition, FrameError, InputScale, QuantiseError, Quantised, Status, parse_frame, quantise};
use nalgebra::DMatrix;
use serde::{Serialize, Serializer};
use svdforge_golden::metrics::MetricsError;
use svdforge_golden::{Accuracy, Factors, Family, NamedMatrix, accuracy};
use svdforge_hdl::core::Core;
use svdforge_hdl::core::params::Shape;

/// Cycles of one matrix, with a source and a sink that never stall.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Cycles {
    /// First to last input beat.
    pub load: u64,
    /// Last input beat to first output beat.
    pub compute: u64,
    /// First to last output beat.
    pub unload: u64,
    /// First input beat to last output beat.
    pub total: u64,
}

impl Cycles {
    /// The cycles of a trace of one frame.
    pub fn of(trace: &Trace) -> Option<Self> {
        let (t0, t1) = (*trace.accepted.first()?, *trace.accepted.last()?);
        let (t2, t3) = (trace.output.first()?.cycle, trace.output.last()?.cycle);
        Some(Self { load: t1 - t0 + 1, compute: t2 - t1, unload: t3 - t2 + 1, total: t3 - t0 + 1 })
    }
}

/// Bits of the status word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Flags {
    /// The input frame's `tlast` came early or late.
    pub bad_frame: bool,
    /// An internal value left its range.
    pub overflow: bool,
    /// The sweep cap was reached before every block was settled.
    pub cap_reached: bool,
    /// The core's check of its own result failed.
    pub self_check_failed: bool,
}

impl From<Status> for Flags {
    fn from(s: Status) -> Self {
        Self {
            bad_frame: s.bad_frame,
            overflow: s.overflow,
            cap_reached: s.cap_reached,
            self_check_failed: s.self_check_failed,
        }
    }
}

/// One entry of `results` in `simulate --json`.
#[derive(Clone, Debug, Serialize)]
pub struct Judgement {
    /// Name of the matrix.
    pub matrix: String,
    /// Rows.
    pub rows: usize,
    /// Columns.
    pub cols: usize,
    /// True element = quantised element times 2^input_exponent.
    pub input_exponent: i32,
    /// The core's own power of two.
    pub block_exponent: i32,
    /// Singular values at true scale, descending.
    pub sigma: Vec<f64>,
    /// The golden model's, of the quantised input.
    pub sigma_golden: Vec<f64>,
    /// Left vectors, rows x k.
    #[serde(serialize_with = "by_rows")]
    pub u: DMatrix<f64>,
    /// Right vectors, cols x k.
    #[serde(serialize_with = "by_rows")]
    pub v: DMatrix<f64>,
    /// Sweeps made.
    pub sweeps: u32,
    /// Status bits.
    pub flags: Flags,
    /// Cycles.
    pub cycles: Cycles,
    /// Errors.
    pub accuracy: Accuracy,
}

/// Why a matrix could not be simulated and judged.
#[derive(Debug, thiserror::Error)]
pub enum JudgeError {
    /// The matrix has another size than the core.
    #[error(
        "{matrix}: the matrix is {rows} x {cols}, the core {n} x {n}; use --rows {rows} --cols {cols}, or a matrix of {n} x {n}"
    )]
    Size {
        /// Name of the matrix.
        matrix: String,
        /// Its rows.
        rows: usize,
        /// Its columns.
        cols: usize,
        /// Rows and columns of the core.
        n: usize,
    },
    /// An element does not fit the input word.
    #[error("{matrix}: {source}")]
    Quantise {
        /// Name of the matrix.
        matrix: String,
        /// Which element.
        source: QuantiseError,
    },
    /// The simulation failed.
    #[error(transparent)]
    Simulator(#[from] SimulatorError),
    /// The core's output is not a frame.
    #[error(transparent)]
    Frame(#[from] FrameError),
    /// The golden model cannot judge.
    #[error(transparent)]
    Metrics(#[from] MetricsError),
}

/// A matrix on the core's input grid; its size must be the core's.
pub fn prepare(shape: &Shape, named: &NamedMatrix, scale: InputScale) -> Result<Quantised, JudgeError> {
    let (rows, cols) = named.matrix.shape();
    let matrix = named.name.clone();
    if (rows, cols) != (shape.n, shape.n) {
        return Err(JudgeError::Size { matrix, rows, cols, n: shape.n });
    }
    quantise(shape, &named.matrix, scale).map_err(|source| JudgeError::Quantise { matrix, source })
}

/// Runs a quantised matrix alone through the simulated core and judges the result.
pub fn judge(
    shape: &Shape,
    engine: &mut SimulatorEngine,
    name: &str,
    input: &Quantised,
) -> Result<Judgement, JudgeError> {
    let trace = engine.run(&Stimulus { beats: input.frame(), ..Stimulus::default() })?;
    let decomposition = parse_frame(shape, &trace.output)?;
    let cycles = Cycles::of(&trace).ok_or(FrameError { beat: 0, message: "the trace is empty".to_owned() })?;
    assess(shape, name, input, decomposition, cycles)
}

fn assess(
    shape: &Shape,
    name: &str,
    input: &Quantised,
    result: Decomposition,
    cycles: Cycles,
) -> Result<Judgement, JudgeError> {
    let Decomposition { status, sigma, u, v } = result;
    let scale = f64::from(input.exponent + status.block_exponent).exp2();
    let sigma: Vec<f64> = sigma.iter().map(|s| s * scale).collect();
    let matrix = input.matrix(shape);
    let lsb = f64::from(input.exponent - shape.frac as i32).exp2();
    let factors = Factors { sigma: &sigma, u: Some(&u), v: Some(&v) };
    let accuracy = accuracy(&matrix, factors, lsb, shape.word)?;
    let golden = svdforge_golden::oracle::svd(&matrix).map_err(MetricsError::from)?;
    Ok(Judgement {
        matrix: name.to_owned(),
        rows: shape.n,
        cols: shape.n,
        input_exponent: input.exponent,
        block_exponent: status.block_exponent,
        sigma,
        sigma_golden: golden.sigma,
        u,
        v,
        sweeps: status.sweeps,
        flags: status.into(),
        cycles,
        accuracy,
    })
}

fn by_rows<S: Serializer>(matrix: &DMatrix<f64>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(matrix.row_iter().map(|row| row.iter().copied().collect::<Vec<f64>>()))
}

/// Cycles from one result to the next when matrices come without a pause: measured on uniform ones.
pub fn period(core: &Core) -> Result<u64, JudgeError> {
    let n = core.shape.n;
    let matrix = NamedMatrix { name: "uniform".to_owned(), matrix: Family::Uniform.generate(n, n, 1) };
    let frame = prepare(&core.shape, &matrix, InputScale::Auto)?.frame();
    let stimulus = Stimulus { beats: frame.repeat(3), ..Stimulus::default() };
    let trace = SimulatorEngine::new(core)?.run(&stimulus)?;
    let ends: Vec<u64> = trace.output.iter().filter(|b| b.last).map(|b| b.cycle).collect();
    Ok(ends[2] - ends[1])
}
