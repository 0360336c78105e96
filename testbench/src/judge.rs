//! What the golden model says of the result of one matrix.

use crate::engine::{Engine, LanesEngine, SeenRotations};
use crate::framing::{Decomposition, FrameError, Quantised, input_format};
use crate::run::{CoreRun, Cycles, RunError};
use crate::scalar::Scalar;
use crate::stimulus::{Stimulus, Trace};
use nalgebra::DMatrix;
use serde::{Serialize, Serializer};
use svdforge_golden::digits::fixed;
use svdforge_golden::metrics::MetricsError;
use svdforge_golden::sources::{Case, sources};
use svdforge_golden::{Accuracy, Factors, NamedMatrix, Recording, Sources, accuracy, eigen_accuracy, oracle};
use svdforge_hdl::formats::ErrorBounds;
use svdforge_hdl::interface::Flags;
use svdforge_hdl::shape::Shape;

/// One entry of `results` in `simulate --json`.
#[derive(Clone, Debug, Serialize)]
#[serde(bound = "")]
pub struct Judgement<T: Scalar = f64> {
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
    pub result: Delivered<T>,
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
    /// Where its errors come from; `None` if the engine shows no rotations, those that were seen are not the rotations
    /// of such a matrix, or it has more than [`MOST_WITH_SOURCES`] elements.
    pub sources: Option<Sources>,
}

impl<T: Scalar> Judgement<T> {
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
                let (found, bound) = (fixed(found, 3), fixed(bound, 3));
                broken.push(format!("{}: {name} is off by {found} LSB, {kind} bound {bound} LSB", self.matrix));
            }
        }
        if self.flags.overflow() {
            broken.push(format!("{}: an internal value left its range", self.matrix));
        }
        broken
    }
}

/// What the golden model's own errors come to, in LSB of a 24-bit word.
const F64_ERROR: f64 = 1e-4;

/// Values at true scale, and vectors if they were computed.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged, bound = "")]
pub enum Delivered<T: Scalar = f64> {
    /// A = U diag(sigma) Vᴴ.
    Svd {
        /// Singular values, descending.
        sigma: Vec<f64>,
        /// The golden model's, of the quantised input.
        sigma_golden: Vec<f64>,
        /// Left vectors, rows x k.
        #[serde(serialize_with = "by_rows")]
        u: Option<DMatrix<T>>,
        /// Right vectors, cols x k.
        #[serde(serialize_with = "by_rows")]
        v: Option<DMatrix<T>>,
    },
    /// A = Q diag(eigenvalues) Qᴴ.
    Eigen {
        /// Eigenvalues, signed, descending.
        eigenvalues: Vec<f64>,
        /// The golden model's, of the quantised input.
        eigenvalues_golden: Vec<f64>,
        /// Vectors, n x k.
        #[serde(serialize_with = "by_rows")]
        vectors: Option<DMatrix<T>>,
    },
}

impl<T: Scalar> Delivered<T> {
    /// What the values are called, the core's values, the golden model's.
    pub fn values(&self) -> (&'static str, &[f64], &[f64]) {
        match self {
            Self::Svd { sigma, sigma_golden, .. } => ("sigma", sigma, sigma_golden),
            Self::Eigen { eigenvalues, eigenvalues_golden, .. } => ("eigenvalue", eigenvalues, eigenvalues_golden),
        }
    }
}

/// Why a matrix could not be run and judged.
#[derive(Debug, thiserror::Error)]
pub enum JudgeError {
    /// The matrix has no result.
    #[error(transparent)]
    Run(#[from] RunError),
    /// The golden model cannot judge.
    #[error(transparent)]
    Metrics(#[from] MetricsError),
}

/// The most elements of a matrix of whose errors the sources are told apart. Every rotation is recorded for that, which
/// takes some 300 bytes for each element of a tall matrix.
pub const MOST_WITH_SOURCES: usize = 1 << 16;

/// Runs a matrix alone through a core in any engine and judges the result: `input`, which [`crate::run::quantise_for`]
/// has made of `matrix`.
pub fn judge<T: Scalar>(
    shape: &Shape,
    engine: &mut dyn Engine,
    matrix: &NamedMatrix<T>,
    input: &Quantised,
) -> Result<Judgement<T>, JudgeError> {
    Ok(judge_and_trace(shape, engine, matrix, input)?.0)
}

/// Does the same as [`judge`], and also returns the beats that were seen.
pub fn judge_and_trace<T: Scalar>(
    shape: &Shape,
    engine: &mut dyn Engine,
    matrix: &NamedMatrix<T>,
    input: &Quantised,
) -> Result<(Judgement<T>, Trace), JudgeError> {
    let stimulus = Stimulus::new(input.frame(shape));
    let (trace, rotations) = match input.rows * input.cols {
        ..=MOST_WITH_SOURCES => engine.run_seeing_rotations(&stimulus),
        _ => engine.run(&stimulus).map(|trace| (trace, None)),
    }
    .map_err(RunError::from)?;
    drop(stimulus);
    judge_trace(shape, matrix, input, trace, rotations.as_ref())
}

/// Runs matrices through the lanes of the simulator, each alone, and judges the results. They are the same as those of
/// [`judge`].
pub fn judge_in_lanes<T: Scalar>(
    shape: &Shape,
    engine: &mut LanesEngine,
    matrices: &[(NamedMatrix<T>, Quantised)],
) -> Result<Vec<Judgement<T>>, JudgeError> {
    let stimuli: Vec<Stimulus> = matrices.iter().map(|(_, input)| Stimulus::new(input.frame(shape))).collect();
    let with_sources = matrices.iter().all(|(_, input)| input.rows * input.cols <= MOST_WITH_SOURCES);
    let found: Vec<(Trace, Option<SeenRotations>)> = if with_sources {
        let found = engine.run_seeing_rotations(&stimuli).map_err(RunError::from)?;
        found.into_iter().map(|(trace, seen)| (trace, Some(seen))).collect()
    } else {
        engine.run(&stimuli).map_err(RunError::from)?.into_iter().map(|trace| (trace, None)).collect()
    };
    drop(stimuli);
    let judged = matrices.iter().zip(found).map(|((matrix, input), (trace, rotations))| {
        Ok(judge_trace(shape, matrix, input, trace, rotations.as_ref())?.0)
    });
    judged.collect()
}

/// Judges the trace of a run in which a matrix was the only frame.
fn judge_trace<T: Scalar>(
    shape: &Shape,
    matrix: &NamedMatrix<T>,
    input: &Quantised,
    trace: Trace,
    rotations: Option<&SeenRotations>,
) -> Result<(Judgement<T>, Trace), JudgeError> {
    let CoreRun { decomposition, trace } = CoreRun::read(shape, input, trace)?;
    let empty = || RunError::from(FrameError { beat: 0, message: "the trace is empty".to_owned() });
    let cycles = Cycles::of(&trace).ok_or_else(empty)?;
    Ok((assess(shape, matrix, input, decomposition, rotations, cycles)?, trace))
}

/// Judges the result of a matrix that was one of several in a run.
pub fn judge_frame<T: Scalar>(
    shape: &Shape,
    matrix: &NamedMatrix<T>,
    input: &Quantised,
    result: Decomposition<T>,
    cycles: Cycles,
) -> Result<Judgement<T>, JudgeError> {
    assess(shape, matrix, input, result, None, cycles)
}

fn assess<T: Scalar>(
    shape: &Shape,
    original: &NamedMatrix<T>,
    input: &Quantised,
    result: Decomposition<T>,
    rotations: Option<&SeenRotations>,
    cycles: Cycles,
) -> Result<Judgement<T>, JudgeError> {
    let values = result.true_sigma(input);
    let Decomposition { status, sigma, u, v } = result;
    let explained = explained(shape, input, status.block_exponent(), &sigma);
    let matrix: DMatrix<T> = input.matrix(shape);
    let lsb = input.lsb(shape);
    let left = if shape.symmetric() { v.as_ref() } else { u.as_ref() };
    let factors = Factors { sigma: &values, u: left, v: v.as_ref() };
    let accuracy = if shape.symmetric() {
        eigen_accuracy(&matrix, &values, v.as_ref(), lsb, shape.word())?
    } else {
        accuracy(&matrix, factors, lsb, shape.word())?
    };
    let told = |rotations: &Recording<T>| {
        let (original, symmetric) = (&original.matrix, shape.symmetric());
        sources(&Case { original, input: &matrix, factors, rotations, symmetric, lsb, word: shape.word() })
    };
    let recording = rotations.and_then(|seen| T::recording(seen, shape, (input.rows, input.cols), status.sweeps()));
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
    let budget = shape.budget_of((input.rows, input.cols), status.sweeps());
    let bounds = budget.bounds_of_matrix(status.block_exponent(), !status.cap_reached());
    let accuracy = Accuracy { bound_lsb: bounds.statistical.sigma, ..accuracy };
    Ok(Judgement {
        matrix: original.name.clone(),
        rows: input.rows,
        cols: input.cols,
        input_exponent: input.exponent,
        block_exponent: status.block_exponent(),
        result,
        explained,
        sweeps: status.sweeps(),
        flags: status.flags(),
        cycles,
        accuracy,
        bounds,
        sources,
    })
}

/// The share of the squared norm of the input that the values have, both at the scale of the input's units, where
/// nothing overflows.
fn explained(shape: &Shape, input: &Quantised, block_exponent: i32, values: &[f64]) -> f64 {
    let format = input_format(shape);
    let squares = |values: &mut dyn Iterator<Item = f64>| values.map(|v| v * v).sum::<f64>();
    let norm = squares(&mut input.units.iter().map(|&unit| format.dequantise(unit)));
    let found = squares(&mut values.iter().map(|v| v * f64::from(block_exponent).exp2()));
    if norm > 0.0 { found / norm } else { 1.0 }
}

fn by_rows<T: Scalar, S: Serializer>(matrix: &Option<DMatrix<T>>, serializer: S) -> Result<S::Ok, S::Error> {
    let Some(matrix) = matrix else { return serializer.serialize_none() };
    serializer.collect_seq(matrix.row_iter().map(|row| row.iter().map(|&element| element.json()).collect::<Vec<_>>()))
}

#[cfg(test)]
#[path = "judge/tests.rs"]
mod tests;
