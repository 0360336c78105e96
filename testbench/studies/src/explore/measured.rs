//! What synthesis has measured of one core.

use crate::campaign::parameters::CoreParameters;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use svdforge_tools::synth::{SynthError, SynthReport, Target, tools};

/// With what cores are synthesised.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Setup {
    /// For which device.
    pub target: String,
    /// Whether they are placed and routed.
    pub pnr: bool,
    /// Name and version of each tool.
    pub tools: BTreeMap<String, String>,
}

/// What became of one core. Results of the same setup and the same Verilog are the same.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// The core.
    pub core: CoreParameters,
    /// With what.
    #[serde(flatten)]
    pub setup: Setup,
    /// The hash of its Verilog: another svdforge may make other Verilog of the same parameters.
    pub verilog: String,
    /// What came out.
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// What comes out of a synthesis.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Outcome {
    /// Area and clock rate.
    Area(Area),
    /// The core is too large for the device.
    TooLarge {
        /// What there is too little of.
        does_not_fit: String,
    },
}

/// Area and clock rate, as `svdforge synth` has them.
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
    /// Clock rate, if placed.
    pub fmax_mhz: Option<f64>,
    /// Matrices a second, if placed: uniform ones without a pause.
    pub svd_per_second: Option<f64>,
}

impl Setup {
    /// The setup for a target, with the tools that are there.
    pub fn new(target: Target, pnr: bool) -> Result<Self, SynthError> {
        Ok(Self { target: target.name().to_owned(), pnr, tools: tools(target, pnr)? })
    }
}

impl Outcome {
    /// A core that is too large is a result too; other errors are none.
    pub fn of(result: Result<SynthReport, SynthError>) -> Result<Self, SynthError> {
        match result {
            Ok(report) => Ok(Self::Area(Area {
                lut: report.lut,
                ff: report.ff,
                dsp: report.dsp,
                block_rams: report.block_rams,
                fmax_mhz: report.fmax_mhz,
                svd_per_second: report.svd_per_second.map(f64::round),
            })),
            Err(error @ SynthError::TooBig { .. }) => Ok(Self::TooLarge { does_not_fit: error.to_string() }),
            Err(error) => Err(error),
        }
    }
}
