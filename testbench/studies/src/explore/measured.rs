//! What synthesis has measured for one core.

use crate::campaign::parameters::CoreParameters;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::num::NonZeroU32;
use svdforge_tools::synth::{SynthError, SynthReport, Target, tools};

/// What the cores are synthesised with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Setup {
    /// The name of the target.
    pub target: String,
    /// Whether they are placed and routed.
    pub pnr: bool,
    /// With how many seeds they are placed and routed, from 1 on.
    #[serde(default = "one")]
    pub seeds: NonZeroU32,
    /// Name and version of each tool.
    pub tools: BTreeMap<String, String>,
}

/// The result for one core. The same setup and the same Verilog give the same result.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// The core.
    pub core: CoreParameters,
    /// The setup of the synthesis.
    #[serde(flatten)]
    pub setup: Setup,
    /// The hash of its Verilog, because another version of svdforge may make other Verilog from the same parameters.
    pub verilog: String,
    /// The outcome.
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// The outcome of a synthesis.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Outcome {
    /// The core fits the device.
    Area(Area),
    /// The core is too large for the device.
    TooLarge {
        /// A message that says which resource of the device is too small.
        does_not_fit: String,
    },
}

/// Area and clock rate, as `svdforge synth` reports them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Area {
    /// Occupied LUTs.
    pub lut: u64,
    /// Flip-flops.
    pub ff: u64,
    /// Multiplier blocks.
    pub dsp: u64,
    /// Block RAMs.
    pub block_rams: u64,
    /// The clock rate, if the core was placed and routed: the median of all seeds.
    pub fmax_mhz: Option<f64>,
    /// The lowest clock rate of all seeds.
    #[serde(default)]
    pub fmax_min_mhz: Option<f64>,
    /// The highest clock rate of all seeds.
    #[serde(default)]
    pub fmax_max_mhz: Option<f64>,
    /// Matrices per second, if the core was placed and routed. It is measured on uniformly distributed random matrices
    /// without pauses.
    pub svd_per_second: Option<f64>,
}

/// Files that were written before there were several seeds do not tell their number.
fn one() -> NonZeroU32 {
    NonZeroU32::MIN
}

impl Setup {
    /// The setup for a target with the installed tools. A missing tool is an error.
    pub fn new(target: Target, pnr: bool, seeds: NonZeroU32) -> Result<Self, SynthError> {
        Ok(Self { target: target.name().to_owned(), pnr, seeds, tools: tools(target, pnr)? })
    }
}

impl Area {
    /// Matrices per second for each multiplier block, to one decimal.
    pub fn svd_per_second_per_dsp(&self) -> Option<f64> {
        let rate = self.svd_per_second.filter(|_| self.dsp > 0)?;
        Some((10.0 * rate / self.dsp as f64).round() / 10.0)
    }
}

impl Outcome {
    /// Turns the result of a synthesis into an outcome. A core that is too large is an outcome; all other errors stay
    /// errors.
    pub fn of(result: Result<SynthReport, SynthError>) -> Result<Self, SynthError> {
        match result {
            Ok(report) => Ok(Self::Area(Area {
                lut: report.lut,
                ff: report.ff,
                dsp: report.dsp,
                block_rams: report.block_rams,
                fmax_mhz: report.fmax_mhz,
                fmax_min_mhz: report.fmax_min_mhz,
                fmax_max_mhz: report.fmax_max_mhz,
                svd_per_second: report.svd_per_second.map(f64::round),
            })),
            Err(error @ (SynthError::TooBig { .. } | SynthError::NoRoom { .. })) => {
                Ok(Self::TooLarge { does_not_fit: error.to_string() })
            }
            Err(error) => Err(error),
        }
    }
}
