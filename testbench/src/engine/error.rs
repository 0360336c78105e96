//! The errors of engines.

use std::path::PathBuf;
#[cfg(feature = "rust-hdl")]
use svdforge_hdl::export::rust_hdl::RustHdlError;
use svdforge_sim::SimError;
use svdforge_tools::process::ToolError;
use svdforge_tools::synth::{SynthError, Target};

/// Why an engine produced no trace, or where its core differs from the expected trace.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The project's own simulator cannot simulate the design, or cannot write its waveforms.
    #[error(transparent)]
    Simulator(#[from] SimError),
    /// The core stopped delivering output in the project's own simulator.
    #[error("after {cycles} cycles the core has delivered {found} of {expected} frames")]
    Stuck {
        /// Cycles simulated.
        cycles: u64,
        /// Frames delivered.
        found: usize,
        /// Frames expected.
        expected: usize,
    },
    /// An external tool is missing, or has failed.
    #[error(transparent)]
    Tool(#[from] ToolError),
    /// A file of the run cannot be written or read.
    #[error("{}: {source}; check that the folder for temporary files (TMPDIR) can be written to, and has room", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// The system's word.
        source: std::io::Error,
    },
    /// Verilator's makefiles do not work in a folder whose path contains a space.
    #[error("verilator cannot build in {}, because the path contains a space; set TMPDIR to a folder without one", .0.display())]
    Space(PathBuf),
    /// The testbench found a fault in the core.
    #[error("{engine}: {message}")]
    Core {
        /// The engine that ran the testbench.
        engine: &'static str,
        /// The message of the testbench: the cycle, the place in the frame, the expected value and the value found.
        message: String,
    },
    /// The engine did not run the testbench to its end, or printed something that could not be parsed.
    #[error("the output of {engine} is not that of a svdforge testbench: {message}")]
    Unreadable {
        /// Which.
        engine: &'static str,
        /// What is wrong.
        message: String,
    },
    /// There is no such engine.
    #[error("--with {name}: there is no such engine; choose from {}", known.join(", "))]
    Unknown {
        /// The name.
        name: String,
        /// The names of all engines that exist.
        known: &'static [&'static str],
    },
    /// There is no such target of synthesis.
    #[error("--with {name}: there is no such target; choose one of {}", Target::ALL.map(Target::name).join(", "))]
    UnknownTarget {
        /// The name of the engine.
        name: String,
    },
    /// The core cannot be synthesised for simulation.
    #[error(transparent)]
    Synthesis(#[from] SynthError),
    /// The engine is one that this program was built without.
    #[error(
        "--with {engine}: this program was built without it; build it with `cargo run --release --features {feature} -- verify ...`, or \
         choose icarus or verilator"
    )]
    NotBuilt {
        /// Which.
        engine: &'static str,
        /// The feature that builds it.
        feature: &'static str,
    },
    /// rust_hdl refused the core.
    #[cfg(feature = "rust-hdl")]
    #[error("rust_hdl: {0}")]
    RustHdl(#[from] RustHdlError),
    /// The engine cannot run this core.
    #[error("--with {engine}: {reason}")]
    Unsupported {
        /// Which.
        engine: &'static str,
        /// Why the engine cannot run it, and what the user can do instead.
        reason: String,
    },
}

impl EngineError {
    /// Whether the engine did its work and found a fault in the core. Such an error is a result of the comparison; all
    /// others mean that there is no result.
    pub fn is_fault_of_core(&self) -> bool {
        matches!(self, Self::Core { .. } | Self::Stuck { .. })
    }
}
