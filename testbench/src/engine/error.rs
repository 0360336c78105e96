//! Why an engine gave no trace.

use std::path::PathBuf;
#[cfg(feature = "rust-hdl")]
use svdforge_hdl::export::rust_hdl::RustHdlError;
use svdforge_sim::SimError;
use svdforge_tools::process::ToolError;

/// Why an engine gave no trace, or does not agree with the one it was given.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The project's own simulator cannot simulate the design, or cannot write its waves.
    #[error(transparent)]
    Simulator(#[from] SimError),
    /// In the project's own simulator the core did not deliver.
    #[error("after {cycles} cycles the core has delivered {found} of {expected} frames")]
    Stuck {
        /// Cycles simulated.
        cycles: u64,
        /// Frames delivered.
        found: usize,
        /// Frames expected.
        expected: usize,
    },
    /// A tool is missing, or failed.
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
    /// Verilator's makefiles cannot live there.
    #[error("verilator cannot build in {}, since the path has a space in it; set TMPDIR to a folder without one", .0.display())]
    Space(PathBuf),
    /// The testbench found a fault in the core.
    #[error("{engine}: {message}")]
    Core {
        /// The engine that ran the testbench.
        engine: &'static str,
        /// What the testbench says: cycle, place, expected, found.
        message: String,
    },
    /// The engine did not run the testbench to its end, or printed what nobody can read.
    #[error("{engine} did not do what was expected of it: {message}")]
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
        /// The names of all engines.
        known: &'static [&'static str],
    },
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
        /// Why not, and what would be right.
        reason: String,
    },
}

impl EngineError {
    /// Whether the engine worked and the core did not: a result, and no obstacle.
    pub fn is_fault_of_core(&self) -> bool {
        matches!(self, Self::Core { .. } | Self::Stuck { .. })
    }
}
