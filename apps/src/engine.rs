//! What decomposes the small dense matrices: the simulated core, or the golden model.

use nalgebra::DMatrix;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use svdforge_golden::oracle::{self, OracleError};
use svdforge_hdl::core::Core;
use svdforge_hdl::parameters::{ParameterError, Parameters, SIZES, Vectors};
use svdforge_testbench::engine::{SimulatorEngine, SimulatorError};
use svdforge_testbench::framing::{FrameError, InputScale, QuantiseError, parse_frame, quantise};
use svdforge_testbench::stimulus::Stimulus;

/// The largest min(m, n) that an engine decomposes.
pub const LARGEST: usize = *SIZES.end();

/// A = U diag(sigma) V^T, k = min(m, n).
#[derive(Clone, Debug, PartialEq)]
pub struct Svd {
    /// Left singular vectors, m x k.
    pub u: DMatrix<f64>,
    /// Singular values, k of them, descending.
    pub sigma: Vec<f64>,
    /// Right singular vectors, n x k.
    pub v: DMatrix<f64>,
}

impl Svd {
    /// U diag(sigma) V^T of the first `rank` triplets, or of all if there are fewer: m x n.
    pub fn product(&self, rank: usize) -> DMatrix<f64> {
        let kept = self.truncated(rank);
        kept.left() * kept.v.transpose()
    }

    /// The first `rank` triplets, or all there are.
    pub fn truncated(&self, rank: usize) -> Self {
        let rank = rank.min(self.sigma.len());
        Self {
            u: self.u.columns(0, rank).into_owned(),
            sigma: self.sigma[..rank].to_vec(),
            v: self.v.columns(0, rank).into_owned(),
        }
    }

    /// U diag(sigma), m x k.
    pub fn left(&self) -> DMatrix<f64> {
        scaled(&self.u, &self.sigma)
    }

    /// V diag(sigma), n x k.
    pub fn right(&self) -> DMatrix<f64> {
        scaled(&self.v, &self.sigma)
    }
}

/// Each column times its sigma.
fn scaled(vectors: &DMatrix<f64>, sigma: &[f64]) -> DMatrix<f64> {
    let mut scaled = vectors.clone();
    for (mut column, &sigma) in scaled.column_iter_mut().zip(sigma) {
        column *= sigma;
    }
    scaled
}

/// Why a matrix was not decomposed.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// Larger than any core.
    #[error(
        "a {0} x {1} matrix is too large: one side must be at most {LARGEST}; reduce it first, or choose a smaller rank"
    )]
    TooLarge(usize, usize),
    /// No such core.
    #[error(transparent)]
    Parameter(#[from] ParameterError),
    /// An element cannot be quantised.
    #[error(transparent)]
    Quantise(#[from] QuantiseError),
    /// The simulation failed.
    #[error(transparent)]
    Simulator(#[from] SimulatorError),
    /// The core's output is not a frame.
    #[error(transparent)]
    Frame(#[from] FrameError),
    /// The golden model refuses.
    #[error(transparent)]
    Golden(#[from] OracleError),
}

/// Decomposes matrices of which one side is at most [`LARGEST`].
pub trait Engine {
    /// Its name, as `--engine` knows it.
    fn name(&self) -> &'static str;

    /// All min(m, n) singular triplets of an m x n matrix.
    fn decompose(&mut self, matrix: &DMatrix<f64>) -> Result<Svd, EngineError>;
}

/// The reference in `f64`.
#[derive(Clone, Copy, Debug, Default)]
pub struct GoldenEngine;

impl Engine for GoldenEngine {
    fn name(&self) -> &'static str {
        "golden"
    }

    fn decompose(&mut self, matrix: &DMatrix<f64>) -> Result<Svd, EngineError> {
        let oracle::Svd { u, sigma, v, .. } = oracle::svd(matrix)?;
        Ok(Svd { u, sigma, v })
    }
}

/// Generated cores in the cycle-accurate simulator, one for each size that was asked for.
pub struct CoreEngine {
    parameters: Parameters,
    cores: BTreeMap<(usize, usize), (Core, SimulatorEngine)>,
    cycles: u64,
}

impl CoreEngine {
    /// An engine of cores with these parameters, whatever their size; all vectors are computed, and all triplets delivered.
    pub fn new(parameters: Parameters) -> Self {
        let parameters = Parameters { vectors: Vectors::Uv, rank: None, symmetric: false, ..parameters };
        Self { parameters, cores: BTreeMap::new(), cycles: 0 }
    }

    /// Clock cycles of all decompositions so far, input and output included.
    pub fn cycles(&self) -> u64 {
        self.cycles
    }

    fn core(&mut self, rows: usize, cols: usize) -> Result<&mut (Core, SimulatorEngine), EngineError> {
        match self.cores.entry((rows, cols)) {
            Entry::Occupied(found) => Ok(found.into_mut()),
            Entry::Vacant(place) => {
                let core = Core::new(Parameters { rows, cols, ..self.parameters }.shape()?);
                let engine = SimulatorEngine::new(&core)?;
                Ok(place.insert((core, engine)))
            }
        }
    }

    /// A matrix of which no side is longer than [`LARGEST`].
    fn run(&mut self, matrix: &DMatrix<f64>) -> Result<Svd, EngineError> {
        let (core, engine) = self.core(matrix.nrows(), matrix.ncols())?;
        let shape = core.shape;
        let input = quantise(&shape, matrix, InputScale::Auto)?;
        let trace = engine.run(&Stimulus::new(input.frame(&shape)))?;
        let result = parse_frame(&shape, matrix.shape(), &trace.output)?;
        let sigma = result.true_sigma(&input);
        self.cycles += trace.output.last().map_or(0, |beat| beat.cycle + 1);
        let (Some(u), Some(v)) = (result.u, result.v) else { unreachable!("The parameters ask for U and V.") };
        Ok(Svd { u, sigma, v })
    }
}

impl Engine for CoreEngine {
    fn name(&self) -> &'static str {
        "core"
    }

    /// A matrix with a side longer than [`LARGEST`] is reduced by Householder QR (in `f64`, on the host) to its triangular factor.
    fn decompose(&mut self, matrix: &DMatrix<f64>) -> Result<Svd, EngineError> {
        let (m, n) = matrix.shape();
        if m.min(n) > LARGEST {
            return Err(EngineError::TooLarge(m, n));
        }
        if m.max(n) <= LARGEST {
            return self.run(matrix);
        }
        if m < n {
            let Svd { u, sigma, v } = self.decompose(&matrix.transpose())?;
            return Ok(Svd { u: v, sigma, v: u });
        }
        let (q, r) = matrix.clone().qr().unpack();
        let Svd { u, sigma, v } = self.run(&r)?;
        Ok(Svd { u: q * u, sigma, v })
    }
}
