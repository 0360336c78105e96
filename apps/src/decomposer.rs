//! Decomposers of small dense matrices: the simulated core, and the golden model.

use nalgebra::DMatrix;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use svdforge_golden::oracle::{self, OracleError};
use svdforge_hdl::core::Core;
use svdforge_hdl::parameters::{ParameterError, Parameters, Vectors};
use svdforge_testbench::engine::SimulatorEngine;
use svdforge_testbench::framing::{InputScale, quantise};
use svdforge_testbench::run::{CoreRun, RunError, run};

/// The longest side of a core that the applications simulate. There are cores of twice the size, but a matrix takes
/// eight times as many cycles in them.
pub const LARGEST: usize = 32;

/// A decomposition A = U diag(sigma) V^T of an m x n matrix, where k = min(m, n) unless it is truncated.
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
    /// The product U diag(sigma) V^T of the first `rank` triplets, or of all if there are fewer: m x n.
    pub fn product(&self, rank: usize) -> DMatrix<f64> {
        let kept = self.truncated(rank);
        kept.left() * kept.v.transpose()
    }

    /// The first `rank` triplets, or all if there are fewer.
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

/// Multiplies each column by its sigma.
fn scaled(vectors: &DMatrix<f64>, sigma: &[f64]) -> DMatrix<f64> {
    let mut scaled = vectors.clone();
    for (mut column, &sigma) in scaled.column_iter_mut().zip(sigma) {
        column *= sigma;
    }
    scaled
}

/// Why a matrix was not decomposed.
#[derive(Debug, thiserror::Error)]
pub enum DecompositionError {
    /// The rank is 0, or larger than the matrix or the decomposer allows.
    #[error("--rank {rank}: the rank must be 1 to {most} here; choose one in that range")]
    Rank {
        /// The rank that was asked for.
        rank: usize,
        /// The largest one possible for the matrix at hand.
        most: usize,
    },
    /// The matrix is larger than any core takes.
    #[error(
        "a {0} x {1} matrix is too large: one side must be at most {LARGEST}; reduce it first, or choose a smaller rank"
    )]
    TooLarge(usize, usize),
    /// There is no core with these parameters.
    #[error(transparent)]
    Parameter(#[from] ParameterError),
    /// The core delivered no result.
    #[error(transparent)]
    Core(#[from] RunError),
    /// The golden model refused the matrix.
    #[error(transparent)]
    Golden(#[from] OracleError),
}

/// A decomposer of matrices that have at least one side of at most [`LARGEST`].
pub trait Decomposer {
    /// The name that `--engine` accepts.
    fn name(&self) -> &'static str;

    /// All min(m, n) singular triplets of an m x n matrix.
    fn decompose(&mut self, matrix: &DMatrix<f64>) -> Result<Svd, DecompositionError>;

    /// The clock cycles of all decompositions so far, input and output included. `None` if there is no clock.
    fn cycles(&self) -> Option<u64>;
}

/// The golden model in `f64`.
#[derive(Clone, Copy, Debug, Default)]
pub struct GoldenDecomposer;

impl Decomposer for GoldenDecomposer {
    fn name(&self) -> &'static str {
        "golden"
    }

    fn decompose(&mut self, matrix: &DMatrix<f64>) -> Result<Svd, DecompositionError> {
        let oracle::Svd { u, sigma, v, .. } = oracle::svd(matrix)?;
        Ok(Svd { u, sigma, v })
    }

    fn cycles(&self) -> Option<u64> {
        None
    }
}

/// Generated cores in the cycle-accurate simulator. A core is made for each size of matrix that occurs.
pub struct CoreDecomposer {
    parameters: Parameters,
    cores: BTreeMap<(usize, usize), (Core, SimulatorEngine)>,
    cycles: u64,
}

impl CoreDecomposer {
    /// A decomposer whose cores have these parameters, except for their size. They compute all vectors and deliver all
    /// triplets.
    pub fn new(parameters: Parameters) -> Self {
        let parameters = Parameters { vectors: Vectors::Uv, rank: None, symmetric: false, ..parameters };
        Self { parameters, cores: BTreeMap::new(), cycles: 0 }
    }

    fn core(&mut self, rows: usize, cols: usize) -> Result<&mut (Core, SimulatorEngine), DecompositionError> {
        match self.cores.entry((rows, cols)) {
            Entry::Occupied(found) => Ok(found.into_mut()),
            Entry::Vacant(place) => {
                let core = Core::new(Parameters { rows, cols, ..self.parameters }.shape()?);
                let engine = SimulatorEngine::new(&core).map_err(RunError::from)?;
                Ok(place.insert((core, engine)))
            }
        }
    }

    /// Decomposes a matrix whose sides are both at most [`LARGEST`] in the simulated core.
    fn run(&mut self, matrix: &DMatrix<f64>) -> Result<Svd, DecompositionError> {
        let (core, engine) = self.core(matrix.nrows(), matrix.ncols())?;
        let input = quantise(core.shape(), matrix, InputScale::Auto).map_err(RunError::from)?;
        let CoreRun { decomposition: result, trace } = run(core.shape(), engine, &input)?;
        let sigma = result.true_sigma(&input);
        self.cycles += trace.output.last().map_or(0, |beat| beat.cycle + 1);
        let (Some(u), Some(v)) = (result.u, result.v) else {
            unreachable!("The parameters of every core here ask for U and V.")
        };
        Ok(Svd { u, sigma, v })
    }
}

impl Decomposer for CoreDecomposer {
    fn name(&self) -> &'static str {
        "core"
    }

    /// A matrix with one side longer than [`LARGEST`] is first reduced to its triangular factor by a Householder QR
    /// decomposition, in `f64` on the host.
    fn decompose(&mut self, matrix: &DMatrix<f64>) -> Result<Svd, DecompositionError> {
        let (m, n) = matrix.shape();
        if m.min(n) > LARGEST {
            return Err(DecompositionError::TooLarge(m, n));
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
    fn cycles(&self) -> Option<u64> {
        Some(self.cycles)
    }
}
