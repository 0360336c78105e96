//! The errors of synthesis.

use super::target::{self, Target};
use crate::process::ToolError;
use std::io;

/// Why a synthesis has no result.
#[derive(Debug, thiserror::Error)]
pub enum SynthError {
    /// The target cannot be placed and routed.
    #[error("--pnr: cannot place and route for {0}; only for {list}", list = target::list(Target::has_pnr))]
    NoPlaceAndRoute(Target),
    /// A tool is missing, does not start, or fails.
    #[error(transparent)]
    Tool(#[from] ToolError),
    /// The core needs more than the device has.
    #[error(
        "{device}: the core needs {needed} {what}, but the device has {available}; choose a larger --target or a smaller core"
    )]
    TooBig {
        /// The device.
        device: &'static str,
        /// The resource of which the device has too little.
        what: &'static str,
        /// How many the core needs.
        needed: u64,
        /// How many the device has.
        available: u64,
    },
    /// The placer found no place for all cells, though their number alone would allow it.
    #[error("{device}: the core does not fit: {message}; choose a larger --target or a smaller core")]
    NoRoom {
        /// The device.
        device: &'static str,
        /// What the placer says.
        message: String,
    },
    /// The installed Yosys cannot map to the target.
    #[error(
        "{target} needs Yosys {needed} or later, and the one on the PATH is {found}; scripts/install-tools.sh installs 0.70 (then source scripts/tools-env.sh), and {others} work with this one"
    )]
    OldYosys {
        /// The target.
        target: Target,
        /// The version that it needs.
        needed: String,
        /// The version that was found.
        found: String,
        /// The targets for which it is new enough.
        others: String,
    },
    /// The netlist of the target cannot be simulated.
    #[error("the netlist for {target} cannot be simulated: {reason}")]
    NoModels {
        /// The target.
        target: Target,
        /// Why.
        reason: String,
    },
    /// The report of a program does not have the form that is expected.
    #[error("{program}: its report lacks {what}; use the version that `scripts/install-tools.sh` installs")]
    Report {
        /// Which program.
        program: &'static str,
        /// What was looked for.
        what: String,
    },
    /// A temporary file or folder cannot be written.
    #[error("the temporary folder for synthesis cannot be used: {0}; check that TMPDIR can be written to and has room")]
    Io(#[from] io::Error),
}
