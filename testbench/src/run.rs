//! Passes one matrix through a core in any engine: the matrix is quantised and framed, the engine runs, and the result
//! is read back.

use crate::acceptable::{Asymmetry, MagnitudeError, check_magnitude, check_symmetry};
use crate::engine::{Engine, EngineError};
use crate::framing::{Decomposition, FrameError, InputScale, QuantiseError, Quantised, parse_frame, quantise};
use crate::scalar::Scalar;
use crate::stimulus::{Stimulus, Trace};
use serde::{Deserialize, Serialize};
use svdforge_golden::NamedMatrix;
use svdforge_hdl::parameters::{MOST_ROWS, Parameters, SIZES, Sizes, Vectors};
use svdforge_hdl::shape::Shape;

/// The clock cycles that one matrix takes, with a source and a sink that never stall.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cycles {
    /// From the first input beat to the last, both included.
    pub load: u64,
    /// From the last input beat to the first output beat.
    pub compute: u64,
    /// From the first output beat to the last, both included.
    pub unload: u64,
    /// From the first input beat to the last output beat, both included.
    pub total: u64,
}

impl Cycles {
    /// All counts, with their names.
    pub fn parts(&self) -> [(&'static str, u64); 4] {
        [("load", self.load), ("compute", self.compute), ("unload", self.unload), ("total", self.total)]
    }

    /// Counts the cycles in the trace of a single frame. The result is `None` if the trace has no input or no output
    /// beat.
    pub fn of(trace: &Trace) -> Option<Self> {
        let (t0, t1) = (*trace.accepted.first()?, *trace.accepted.last()?);
        let (t2, t3) = (trace.output.first()?.cycle, trace.output.last()?.cycle);
        Some(Self { load: t1 - t0 + 1, compute: t2 - t1, unload: t3 - t2 + 1, total: t3 - t0 + 1 })
    }
}

/// Why a matrix has no result.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The matrix does not have a size that the core takes.
    #[error("the matrix is {rows} x {cols}, but the core takes {taken}; {remedy}")]
    Size {
        /// Its rows.
        rows: usize,
        /// Its columns.
        cols: usize,
        /// The size, or the largest size, that the core takes.
        taken: String,
        /// What the user can do.
        remedy: String,
    },
    /// The core is symmetric, and the matrix that it would get is not.
    #[error(transparent)]
    NotSymmetric(#[from] Box<Asymmetry>),
    /// The matrix is so large or so small that its results would leave the range of `f64`.
    #[error(transparent)]
    Magnitude(#[from] MagnitudeError),
    /// An element does not fit the input word.
    #[error(transparent)]
    Quantise(#[from] QuantiseError),
    /// The engine failed, or the core failed in it.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The core's output is not a valid frame.
    #[error(transparent)]
    Frame(#[from] FrameError),
}

/// Quantises a matrix to the input word of a core.
///
/// A symmetric core needs a matrix that is symmetric after quantisation: rounding errors of the user's own numbers,
/// which quantisation removes, do no harm.
///
/// # Errors
///
/// The core does not take matrices of this size, it is symmetric and the quantised matrix is not, an element does not
/// fit the word at the given scale, or the results would leave the range of `f64`.
pub fn quantise_for<T: Scalar>(
    shape: &Shape,
    named: &NamedMatrix<T>,
    scale: InputScale,
) -> Result<Quantised, RunError> {
    let (rows, cols) = named.matrix.shape();
    let fits = match shape.sizes() {
        Sizes::Fixed => (rows, cols) == (shape.rows(), shape.cols()),
        Sizes::Any => (1..=shape.rows()).contains(&rows) && (1..=shape.cols()).contains(&cols),
    };
    if !fits || shape.symmetric() && rows != cols {
        return Err(size_error(shape, rows, cols));
    }
    let input = quantise(shape, &named.matrix, scale)?;
    check_magnitude(shape, &named.matrix, &input)?;
    if shape.symmetric() {
        check_symmetry(shape, &named.matrix, &input)?;
    }
    Ok(input)
}

fn size_error(shape: &Shape, rows: usize, cols: usize) -> RunError {
    let up_to = if shape.sizes() == Sizes::Any { "up to " } else { "" };
    let taken = format!("{up_to}{} x {}", shape.rows(), shape.cols());
    let remedy = match rows.max(cols) {
        _ if shape.symmetric() && rows != cols => "`--symmetric` needs a square matrix".to_owned(),
        _ if cols > *SIZES.end() && rows > *SIZES.end() => {
            format!("reduce the matrix first: no core takes more than {} columns", SIZES.end())
        }
        _ if cols > MOST_ROWS => {
            format!("reduce the matrix first: no core takes more than {} columns or {MOST_ROWS} rows", SIZES.end())
        }
        _ if cols > *SIZES.end() => format!("use its transpose: no core takes more than {} columns", SIZES.end()),
        side => {
            let vectors = if side > *SIZES.end() && shape.has_u() { Vectors::V } else { shape.vectors() };
            // Advice is given only if there is such a core.
            let core = Parameters { rows, cols, vectors, ..*shape.parameters() }.shape();
            match core {
                Ok(_) if side > *SIZES.end() => {
                    format!("use --rows {rows} --cols {cols} --vectors {vectors}, or a matrix of {taken}")
                }
                Ok(_) => format!("use --rows {rows} --cols {cols}, or a matrix of {taken}"),
                Err(_) if rows > MOST_ROWS => {
                    format!("give a matrix of {taken}: no core takes more than {MOST_ROWS} rows")
                }
                Err(_) => format!("give a matrix of {taken}"),
            }
        }
    };
    RunError::Size { rows, cols, taken, remedy }
}

/// The result of passing a matrix through a core.
#[derive(Clone, Debug)]
pub struct CoreRun<T: Scalar = f64> {
    /// The decomposition.
    pub decomposition: Decomposition<T>,
    /// The beats, with the cycle in which each of them moved.
    pub trace: Trace,
}

impl<T: Scalar> CoreRun<T> {
    /// Reads the decomposition from the trace of a run in which this matrix was the only frame.
    pub fn read(shape: &Shape, input: &Quantised, trace: Trace) -> Result<Self, RunError> {
        let decomposition = parse_frame(shape, (input.rows, input.cols), &trace.output)?;
        Ok(Self { decomposition, trace })
    }
}

/// Runs a single matrix through a core, without stalls.
pub fn run<T: Scalar>(shape: &Shape, engine: &mut dyn Engine, input: &Quantised) -> Result<CoreRun<T>, RunError> {
    let trace = engine.run(&Stimulus::new(input.frame(shape)))?;
    CoreRun::read(shape, input, trace)
}
