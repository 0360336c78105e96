//! What can go wrong.

/// Why a design cannot be simulated, or a waveform not be written.
#[derive(Debug, thiserror::Error)]
pub enum SimError {
    /// The design is beyond the simulator's fixed limits.
    #[error(
        "The design needs {needed} cells of 64 bits for registers and memories; the simulator has {limit}. Simulate a part of it."
    )]
    TooLarge {
        /// How many the design needs.
        needed: usize,
        /// How many there can be.
        limit: usize,
    },
    /// The design cannot be compiled for this computer.
    #[error("The simulation cannot be compiled for this computer: {0}")]
    Compiler(String),
    /// A waveform was asked of a simulator that has optimised names away.
    #[error("This simulator keeps no internal names; make it with `Observe::names` to record a waveform.")]
    NotObservable,
    /// A memory to observe is not there, or is never written.
    #[error("The design writes no memory `{0}`; give instances from the top down and the memory, with dots between.")]
    NoMemory(String),
    /// Writing the waveform failed.
    #[error("The waveform cannot be written: {0}")]
    Waveform(#[from] std::io::Error),
}
