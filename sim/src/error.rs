//! The errors of the simulator.

/// Why a design cannot be simulated or a waveform cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum SimError {
    /// The design needs more memory than the simulator can address.
    #[error(
        "The design needs {needed} cells of 64 bits for registers and memories; the simulator has {limit}. Simulate a part of it."
    )]
    TooLarge {
        /// The number of cells that the design needs.
        needed: usize,
        /// The largest number of cells.
        limit: usize,
    },
    /// The design cannot be compiled for this computer.
    #[error("The simulation cannot be compiled for this computer: {0}")]
    Compiler(String),
    /// A waveform was requested from a simulator that does not keep the names of signals.
    #[error("This simulator keeps no internal names; make it with `Observe::names` to record a waveform.")]
    NotObservable,
    /// A memory to observe does not exist or is never written.
    #[error("The design writes no memory `{0}`; give instances from the top down and the memory, with dots between.")]
    NoMemory(String),
    /// A node to observe does not exist.
    #[error("The design has no signal `{0}`; give instances from the top down and the signal, with dots between.")]
    NoSignal(String),
    /// Writing the waveform failed.
    #[error("The waveform cannot be written: {0}")]
    Waveform(#[from] std::io::Error),
}
