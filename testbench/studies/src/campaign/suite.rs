//! Defines the suites, and turns a request into a plan.

use super::parameters::{Choice, CoreParameters};
use super::plan::{Plan, PlannedCore, Purpose, Settings, largest};
use nalgebra::DMatrix;
use std::fmt;
use std::str::FromStr;
use svdforge_golden::Family;
use svdforge_hdl::dimensions::ceil_log2;
use svdforge_hdl::parameters::{ParameterError, Parameters, Sweeps};
use svdforge_testbench::framing::{InputScale, QuantiseError, quantise};

/// How much a campaign covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Suite {
    /// Takes seconds. Covers small sizes and the middle of the range of words and guard bits.
    Quick,
    /// Takes a minute or two. Covers n = 4 to 32 and the whole range of words and guard bits.
    Standard,
    /// Takes a few minutes. Covers odd sizes, tall and wide matrices, single rows and columns, the ends of the ranges,
    /// and many matrices.
    Hard,
}

/// What a suite covers where the user makes no choice.
struct Coverage {
    /// Triples of rows, columns and the number of matrices of each random family. Large sizes get fewer matrices,
    /// because their simulation takes longer.
    sizes: &'static [(usize, usize, u64)],
    words: &'static [u32],
    guards: &'static [u32],
}

impl Suite {
    /// Every suite, shortest first.
    pub const ALL: [Self; 3] = [Self::Quick, Self::Standard, Self::Hard];

    /// The name that `--suite` accepts.
    pub fn name(self) -> &'static str {
        match self {
            Self::Quick => "quick",
            Self::Standard => "standard",
            Self::Hard => "hard",
        }
    }

    fn grid(self) -> Coverage {
        match self {
            Self::Quick => Coverage { sizes: &[(4, 4, 2), (8, 8, 2)], words: &[12, 16, 20], guards: &[2, 4, 6] },
            Self::Standard => Coverage {
                sizes: &[(4, 4, 8), (8, 8, 8), (16, 16, 4), (32, 32, 2)],
                words: &[8, 12, 16, 20, 24],
                guards: &[0, 2, 4, 6, 8],
            },
            Self::Hard => Coverage {
                sizes: &[
                    (2, 2, 50),
                    (3, 3, 50),
                    (7, 5, 50),
                    (5, 7, 50),
                    (1, 8, 20),
                    (12, 1, 20),
                    (13, 13, 20),
                    (16, 8, 20),
                    (8, 16, 20),
                    (31, 31, 3),
                    (32, 32, 3),
                    (32, 4, 3),
                ],
                words: &[8, 16, 24],
                guards: &[0, 4, 8],
            },
        }
    }
}

impl fmt::Display for Suite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Suite {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|suite| suite.name() == name)
            .ok_or_else(|| format!("there is no such suite; use one of {}", Self::ALL.map(Self::name).join(", ")))
    }
}

/// What a user asks for. `None` leaves a range to the suite.
#[derive(Clone, Debug)]
pub struct Request {
    /// How much to cover.
    pub suite: Suite,
    /// The seed of the campaign, from which the seeds of its matrices follow.
    pub seed: u64,
    /// The number of matrices of each random family for each core.
    pub matrices: Option<u64>,
    /// The families of matrices. An empty list means all of them.
    pub families: Vec<Family>,
    /// How the host scales the matrices.
    pub input_scale: InputScale,
    /// The parameters that all cores share. Where one of the next three fields is `None`, the suite varies that
    /// parameter and the value in here is used for the cores that show the convergence.
    pub core: Parameters,
    /// Rows and columns.
    pub size: Option<(usize, usize)>,
    /// Bits of an input element.
    pub word: Option<u32>,
    /// Guard bits.
    pub guard: Option<u32>,
}

/// Why a request cannot be met.
#[derive(Debug, thiserror::Error)]
pub enum RequestError {
    /// The parameters of one of its cores are not valid.
    #[error(
        "{source} (for the core {rows} x {cols}, word {word}, guard {guard}; give --rows, --cols, --word or --guard to fix what the suite varies)"
    )]
    Core {
        /// Its rows.
        rows: usize,
        /// Its columns.
        cols: usize,
        /// Its word.
        word: u32,
        /// Its guard bits.
        guard: u32,
        /// What is wrong.
        source: ParameterError,
    },
    /// Its matrices do not fit the input word of a core.
    #[error(
        "--input-scale: the matrices of a campaign have elements from -1 to 1, which do not fit the core {core}: {source}"
    )]
    Scale {
        /// Which core.
        core: String,
        /// What does not fit.
        source: QuantiseError,
    },
    /// A number out of range.
    #[error("{0}")]
    Range(String),
}

impl Request {
    /// Makes the plan. It has a core for every size, word and number of guard bits, followed by the cores that show the
    /// convergence at every size.
    pub fn plan(&self) -> Result<Plan, RequestError> {
        let grid = self.suite.grid();
        let sizes = match self.size {
            Some((rows, cols)) => vec![(rows, cols, grid.matrices_for(rows.max(cols)))],
            None => grid.sizes.iter().copied().filter(|(rows, cols, _)| !self.core.symmetric || rows == cols).collect(),
        };
        let words = self.word.map_or(grid.words.to_vec(), |word| vec![word]);
        let guards = self.guard.map_or(grid.guards.to_vec(), |guard| vec![guard]);
        let mut cores = Vec::new();
        for &(rows, cols, matrices) in &sizes {
            for &word in &words {
                for &guard in &guards {
                    let core = self.core(Parameters { rows, cols, word, guard, ..self.core })?;
                    cores.push(PlannedCore {
                        purpose: Purpose::Accuracy,
                        matrices: self.matrices.unwrap_or(matrices),
                        core,
                    });
                }
            }
        }
        for &(rows, cols, _) in &sizes {
            cores.extend(self.convergence(rows, cols)?);
        }
        let families = if self.families.is_empty() { Family::ALL.to_vec() } else { self.families.clone() };
        let settings = Settings {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            suite: self.suite.name().to_owned(),
            seed: self.seed,
            input_scale: match self.input_scale {
                InputScale::Auto => Choice::Auto,
                InputScale::Exponent(exponent) => Choice::Number(exponent),
            },
            families,
        };
        let plan = Plan { settings, cores };
        plan.check().map_err(RequestError::Range)?;
        Ok(plan)
    }

    /// Cores that stop after 1, 2, ... sweeps, up to a number after which every matrix should have settled. They have
    /// the word and guard bits that were asked for, or else those of the default core. There are none unless U and V
    /// are computed, because what is left off the diagonal is computed from both.
    fn convergence(&self, rows: usize, cols: usize) -> Result<Vec<PlannedCore>, RequestError> {
        let base = self.core(Parameters { rows, cols, ..self.core })?;
        let last = match self.core.sweeps {
            Sweeps::Auto => 2 * ceil_log2(base.0.even()) + 3,
            Sweeps::Fixed(sweeps) => sweeps,
        };
        if !base.0.vectors().has_u() || !base.0.vectors().has_v() {
            return Ok(Vec::new());
        }
        let planned = |sweeps| {
            let core = self.core(Parameters { sweeps: Sweeps::Fixed(sweeps), ..*base.0.parameters() })?;
            Ok(PlannedCore { purpose: Purpose::Convergence, matrices: 1, core })
        };
        (1..=last).map(planned).collect()
    }

    fn core(&self, parameters: Parameters) -> Result<CoreParameters, RequestError> {
        let Parameters { rows, cols, word, guard, .. } = parameters;
        let shape = parameters.shape().map_err(|source| RequestError::Core { rows, cols, word, guard, source })?;
        let core = CoreParameters(shape);
        let ends = DMatrix::from_row_slice(1, 2, &[-1.0, largest(&shape)]);
        match quantise(&shape, &ends, self.input_scale) {
            Ok(_) => Ok(core),
            Err(source) => Err(RequestError::Scale { core: core.short(), source }),
        }
    }
}

impl Coverage {
    /// The number of matrices for a size that the suite does not contain: as many as the next larger size gets.
    fn matrices_for(&self, side: usize) -> u64 {
        let counts = self.sizes.iter().filter(|(rows, cols, _)| *rows.max(cols) >= side).map(|size| size.2);
        counts.max().or(self.sizes.last().map(|size| size.2)).unwrap_or(1)
    }
}
