//! Why a synthesis has no result.

use super::target::{self, Target};
use crate::process::ToolError;
use std::io;

/// Why there is no result.
#[derive(Debug, thiserror::Error)]
pub enum SynthError {
    /// A target that nothing here can place.
    #[error("--pnr: cannot place and route for {0}; only for {list}", list = target::list(Target::has_pnr))]
    NoPlaceAndRoute(Target),
    /// A program that is not there, does not start or fails.
    #[error(transparent)]
    Tool(#[from] ToolError),
    /// More than the device has.
    #[error(
        "{device}: the core needs {needed} {what}, the device has {available}; choose a larger --target or a smaller core"
    )]
    TooBig {
        /// The device.
        device: String,
        /// Of what there is too little.
        what: &'static str,
        /// How many the core needs.
        needed: u64,
        /// How many there are.
        available: u64,
    },
    /// A program's report is not what was expected of its version.
    #[error("{program}: its report lacks {what}; use the pinned version (`scripts/install-tools.sh`)")]
    Report {
        /// Which program.
        program: &'static str,
        /// What was looked for.
        what: String,
    },
    /// The system refused.
    #[error("a temporary folder for synthesis: {0}; check that TMPDIR can be written to and has room")]
    Io(#[from] io::Error),
}
