//! One matrix through the simulated core, and what the golden model says of the result.

use crate::engine::{Rotations, SimulatorEngine, SimulatorError};
use crate::framing::{
    Decomposition, FrameError, InputScale, QuantiseError, Quantised, Status, input_format, parse_frame, quantise,
};
use crate::stimulus::{Stimulus, Trace};
use nalgebra::DMatrix;
use serde::{Deserialize, Serialize, Serializer};
use svdforge_golden::metrics::MetricsError;
use svdforge_golden::sources::{Case, sources};
use svdforge_golden::{Accuracy, Factors, Family, NamedMatrix, Recording, Sources, accuracy, eigen_accuracy, oracle};
use svdforge_hdl::core::Core;
use svdforge_hdl::formats::ErrorBounds;
use svdforge_hdl::parameters::{SIZES, Sizes};
use svdforge_hdl::shape::Shape;

/// Cycles of one matrix, with a source and a sink that never stall.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flags {
    /// The input frame's `tlast` came early or late, or its size is not taken.
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
    /// What the core delivered.
    #[serde(flatten)]
    pub result: Delivered,
    /// Share of the squared norm of A that the delivered values explain.
    pub explained: f64,
    /// Sweeps made.
    pub sweeps: u32,
    /// Status bits.
    pub flags: Flags,
    /// Cycles.
    pub cycles: Cycles,
    /// Errors; `bound_lsb` is the statistical bound of sigma.
    pub accuracy: Accuracy,
    /// What the errors of this matrix may be, after the sweeps it took and at its scale.
    pub bounds: ErrorBounds,
    /// Where its errors come from; `None` if the rotations that were seen are not those of such a matrix.
    pub sources: Option<Sources>,
}

impl Judgement {
    /// What this result does not keep of what is promised for its core, in sentences.
    pub fn broken_promises(&self) -> Vec<String> {
        let a = &self.accuracy;
        let found =
            [Some(a.sigma_max_lsb), a.orthogonality_u_max_lsb, a.orthogonality_v_max_lsb, a.reconstruction_max_lsb];
        let names = ["sigma", "orthogonality of U", "orthogonality of V", "reconstruction"];
        let mut broken = Vec::new();
        for (kind, bound) in [("statistical", &self.bounds.statistical), ("rigorous", &self.bounds.rigorous)] {
            for ((name, found), bound) in names.iter().zip(found).zip(bound.all()) {
                let Some((found, bound)) = found.zip(bound).filter(|(found, bound)| found - bound > F64_ERROR) else {
                    continue;
                };
                broken.push(format!("{}: {name} is off by {found:.3} LSB, {kind} bound {bound:.3} LSB", self.matrix));
            }
        }
        if self.flags.overflow {
            broken.push(format!("{}: an internal value left its range", self.matrix));
        }
        broken
    }
}

/// What the golden model's own errors come to, in LSB of a 24-bit word.
const F64_ERROR: f64 = 1e-4;

/// Values at true scale, and vectors if they were computed.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum Delivered {
    /// A = U diag(sigma) Vᵀ.
    Svd {
        /// Singular values, descending.
        sigma: Vec<f64>,
        /// The golden model's, of the quantised input.
        sigma_golden: Vec<f64>,
        /// Left vectors, rows x k.
        #[serde(serialize_with = "by_rows")]
        u: Option<DMatrix<f64>>,
        /// Right vectors, cols x k.
        #[serde(serialize_with = "by_rows")]
        v: Option<DMatrix<f64>>,
    },
    /// A = Q diag(eigenvalues) Qᵀ.
    Eigen {
        /// Eigenvalues, signed, descending.
        eigenvalues: Vec<f64>,
        /// The golden model's, of the quantised input.
        eigenvalues_golden: Vec<f64>,
        /// Vectors, n x k.
        #[serde(serialize_with = "by_rows")]
        vectors: Option<DMatrix<f64>>,
    },
}

impl Delivered {
    /// What the values are called, the core's values, the golden model's.
    pub fn values(&self) -> (&'static str, &[f64], &[f64]) {
        match self {
            Self::Svd { sigma, sigma_golden, .. } => ("sigma", sigma, sigma_golden),
            Self::Eigen { eigenvalues, eigenvalues_golden, .. } => ("eigenvalue", eigenvalues, eigenvalues_golden),
        }
    }
}

/// Why a matrix could not be simulated and judged.
#[derive(Debug, thiserror::Error)]
pub enum JudgeError {
    /// The matrix has another size than the core.
    #[error("the matrix is {rows} x {cols}, the core takes {taken}; {remedy}")]
    Size {
        /// Its rows.
        rows: usize,
        /// Its columns.
        cols: usize,
        /// What the core takes.
        taken: String,
        /// What to do.
        remedy: String,
    },
    /// An eigen-decomposition was asked of a matrix that has none of this kind.
    #[error(
        "row {row}, column {column} differs from row {column}, column {row}; `--symmetric` needs a symmetric matrix (leave it out for the singular values)"
    )]
    NotSymmetric {
        /// 1-based.
        row: usize,
        /// 1-based.
        column: usize,
    },
    /// An element does not fit the input word.
    #[error(transparent)]
    Quantise(#[from] QuantiseError),
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

/// A matrix on the core's input grid; its size must be one that the core takes.
pub fn prepare(shape: &Shape, named: &NamedMatrix, scale: InputScale) -> Result<Quantised, JudgeError> {
    let (rows, cols) = named.matrix.shape();
    let fits = match shape.sizes() {
        Sizes::Fixed => (rows, cols) == (shape.rows(), shape.cols()),
        Sizes::Any => (1..=shape.rows()).contains(&rows) && (1..=shape.cols()).contains(&cols),
    };
    if !fits || shape.symmetric() && rows != cols {
        return Err(size_error(shape, rows, cols));
    }
    if let Some((row, column)) = oracle::first_asymmetry(&named.matrix).filter(|_| shape.symmetric()) {
        return Err(JudgeError::NotSymmetric { row: row + 1, column: column + 1 });
    }
    Ok(quantise(shape, &named.matrix, scale)?)
}

fn size_error(shape: &Shape, rows: usize, cols: usize) -> JudgeError {
    let up_to = if shape.sizes() == Sizes::Any { "up to " } else { "" };
    let taken = format!("{up_to}{} x {}", shape.rows(), shape.cols());
    let remedy = match rows.max(cols) {
        _ if shape.symmetric() && rows != cols => "`--symmetric` needs a square matrix".to_owned(),
        _ if cols > *SIZES.end() && rows > *SIZES.end() => {
            format!("reduce the matrix first: no core takes more than {} columns", SIZES.end())
        }
        _ if cols > *SIZES.end() => format!("use its transpose: no core takes more than {} columns", SIZES.end()),
        side if side > *SIZES.end() => {
            let vectors = if shape.has_u() { "v".to_owned() } else { shape.vectors().to_string() };
            format!("use --rows {rows} --cols {cols} --vectors {vectors}, or a matrix of {taken}")
        }
        _ => format!("use --rows {rows} --cols {cols}, or a matrix of {taken}"),
    };
    JudgeError::Size { rows, cols, taken, remedy }
}

/// Runs a matrix alone through the simulated core and judges the result: `input`, which [`prepare`] has made of `matrix`.
pub fn judge(
    shape: &Shape,
    engine: &mut SimulatorEngine,
    matrix: &NamedMatrix,
    input: &Quantised,
) -> Result<Judgement, JudgeError> {
    let stimulus = Stimulus { beats: input.frame(shape), ..Stimulus::default() };
    let (trace, rotations) = engine.run_seeing_rotations(&stimulus)?;
    let decomposition = parse_frame(shape, (input.rows, input.cols), &trace.output)?;
    let cycles = Cycles::of(&trace).ok_or(FrameError { beat: 0, message: "the trace is empty".to_owned() })?;
    assess(shape, matrix, input, decomposition, &rotations, cycles)
}

fn assess(
    shape: &Shape,
    original: &NamedMatrix,
    input: &Quantised,
    result: Decomposition,
    rotations: &Rotations,
    cycles: Cycles,
) -> Result<Judgement, JudgeError> {
    let values = result.true_sigma(input);
    let Decomposition { status, sigma, u, v } = result;
    let explained = explained(shape, input, status.block_exponent, &sigma);
    let matrix = input.matrix(shape);
    let lsb = input.lsb(shape);
    let left = if shape.symmetric() { v.as_ref() } else { u.as_ref() };
    let factors = Factors { sigma: &values, u: left, v: v.as_ref() };
    let accuracy = if shape.symmetric() {
        eigen_accuracy(&matrix, &values, v.as_ref(), lsb, shape.word())?
    } else {
        accuracy(&matrix, factors, lsb, shape.word())?
    };
    let told = |rotations: &Recording| {
        let (original, symmetric) = (&original.matrix, shape.symmetric());
        sources(&Case { original, input: &matrix, factors, rotations, symmetric, lsb, word: shape.word() })
    };
    let recording = rotations.recording(shape, (input.rows, input.cols), status.sweeps);
    let sources = recording.as_ref().map(told).transpose().map_err(MetricsError::from)?;
    let result = if shape.symmetric() {
        let mut golden = oracle::eigen(&matrix).map_err(MetricsError::from)?.values;
        golden.truncate(values.len());
        Delivered::Eigen { eigenvalues: values, eigenvalues_golden: golden, vectors: v }
    } else {
        let mut golden = oracle::svd(&matrix).map_err(MetricsError::from)?.sigma;
        golden.truncate(values.len());
        Delivered::Svd { sigma: values, sigma_golden: golden, u, v }
    };
    let budget = shape.budget_of((input.rows, input.cols), status.sweeps);
    let bounds = budget.bounds_of_matrix(status.block_exponent, !status.cap_reached);
    let accuracy = Accuracy { bound_lsb: bounds.statistical.sigma, ..accuracy };
    Ok(Judgement {
        matrix: original.name.clone(),
        rows: input.rows,
        cols: input.cols,
        input_exponent: input.exponent,
        block_exponent: status.block_exponent,
        result,
        explained,
        sweeps: status.sweeps,
        flags: status.into(),
        cycles,
        accuracy,
        bounds,
        sources,
    })
}

/// The share of the squared norm of the input that the values have, both at the scale of the input's units, where nothing overflows.
fn explained(shape: &Shape, input: &Quantised, block_exponent: i32, values: &[f64]) -> f64 {
    let format = input_format(shape);
    let squares = |values: &mut dyn Iterator<Item = f64>| values.map(|v| v * v).sum::<f64>();
    let norm = squares(&mut input.units.iter().map(|&unit| format.dequantise(unit)));
    let found = squares(&mut values.iter().map(|v| v * f64::from(block_exponent).exp2()));
    if norm > 0.0 { found / norm } else { 1.0 }
}

fn by_rows<S: Serializer>(matrix: &Option<DMatrix<f64>>, serializer: S) -> Result<S::Ok, S::Error> {
    let Some(matrix) = matrix else { return serializer.serialize_none() };
    serializer.collect_seq(matrix.row_iter().map(|row| row.iter().copied().collect::<Vec<f64>>()))
}

/// Cycles from one result to the next when matrices come without a pause: measured on uniform ones.
pub fn period(core: &Core) -> Result<u64, JudgeError> {
    let matrix = example_matrix(&core.shape, Family::Uniform, 1);
    let matrix = NamedMatrix { name: "uniform".to_owned(), matrix };
    let frame = prepare(&core.shape, &matrix, InputScale::Auto)?.frame(&core.shape);
    let stimulus = Stimulus { beats: frame.repeat(3), ..Stimulus::default() };
    let trace = SimulatorEngine::new(core)?.run(&stimulus)?;
    let ends: Vec<u64> = trace.output.iter().filter(|b| b.last).map(|b| b.cycle).collect();
    Ok(ends[2] - ends[1])
}

/// A matrix of a family, of a size that a core takes (of several, one that the seed chooses); for a symmetric core the symmetric part.
pub fn example_matrix(shape: &Shape, family: Family, seed: u64) -> DMatrix<f64> {
    let up_to = |most: usize, step: u64| match shape.sizes() {
        Sizes::Fixed => most,
        Sizes::Any => most - (seed * step) as usize % most,
    };
    let rows = up_to(shape.rows(), 3);
    let cols = if shape.symmetric() { rows } else { up_to(shape.cols(), 5) };
    let matrix = family.generate(rows, cols, seed);
    if shape.symmetric() { (&matrix + matrix.transpose()) / 2.0 } else { matrix }
}

#[cfg(test)]
#[path = "judge/tests.rs"]
mod tests;
