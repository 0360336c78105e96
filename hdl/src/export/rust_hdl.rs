//! Designs as blocks of [rust_hdl](https://docs.rs/rust-hdl), a crate for hardware description.
//!
//! - [`DesignBlock`] turns any checked design into a rust_hdl [`Block`](::rust_hdl::prelude::Block), with one block per
//!   module instance and one signal per node.
//! - [`StreamBlock`] is an SVD core whose ports are typed signals of rust_hdl, so that `#[hdl_gen]` code can
//!   instantiate it.
//! - [`RustHdlSimulation`] simulates a design in rust_hdl's simulator, as an independent check of the project's own
//!   simulator.
//!
//! # What rust_hdl does, and what it does not
//!
//! The types of rust_hdl fix widths at compile time, and its signed arithmetic is wrong in places. So neither is used.
//! Nodes are [`Vector`]s, signals of run-time width, and their operations are implemented here from the definitions of
//! the IR.
//!
//! Everything else is rust_hdl's: the clock and its edges, the commit of `next` to `val`, the iteration until no signal
//! changes, the checks and the waveforms. The design is not flattened, simplified or reordered, and no code of the
//! project's own simulator is used.
//!
//! # Why no register races
//!
//! rust_hdl has no clock tree. A clock edge needs one iteration for each level of the hierarchy, so a register deep
//! inside takes its value later than one at the top. It still takes the right value, because data takes one iteration
//! more than the edge: a register shows its new value only after the iteration of its edge, and an instance sees its
//! inputs only after the iteration in which its parent drives them. Inputs from outside rust_hdl must settle while the
//! clock is low.
//!
//! # Verilog
//!
//! In the Verilog that rust_hdl generates, a design is a black box with the exported text
//! ([`DesignBlock::with_verilog`]). Give this text to only one instance of a design, since rust_hdl prints it for every
//! instance that has it. The check `check_all` of rust_hdl covers ports and nodes but not this text. The laws of the IR
//! exclude combinational loops in it.

mod arithmetic;
mod block;
mod simulation;
mod stream;
mod vector;

pub use block::DesignBlock;
pub use simulation::RustHdlSimulation;
pub use stream::StreamBlock;
pub use vector::Vector;

/// Why a design cannot be used or simulated in rust_hdl.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RustHdlError {
    /// The design has no such port.
    #[error("`{module}` has no {direction} port `{port}`; its {direction} ports are {known}")]
    NoPort {
        /// Name of the top module.
        module: String,
        /// `input` or `output`.
        direction: &'static str,
        /// Name of the port that was requested.
        port: String,
        /// Names of the existing ports.
        known: String,
    },
    /// A port and its rust_hdl signal have different widths.
    #[error(
        "`{port}` of `{module}` has {found} bits, but its rust_hdl signal has {expected}; change the type's constants"
    )]
    Width {
        /// Name of the top module.
        module: String,
        /// Name of the port.
        port: String,
        /// Bits of the port.
        found: usize,
        /// Bits of the signal.
        expected: usize,
    },
    /// The design has an input port for which a [`StreamBlock`] has no signal.
    #[error("`{module}` has an input port `{port}` beside its streams; place it as a `DesignBlock`")]
    OtherPort {
        /// Name of the top module.
        module: String,
        /// Name of the port.
        port: String,
    },
    /// The check `check_all` of rust_hdl has failed.
    #[error("rust_hdl's check of `{module}` failed: {found}")]
    Check {
        /// Name of the top module.
        module: String,
        /// The message of rust_hdl.
        found: String,
    },
    /// The iteration of rust_hdl did not converge.
    #[error("`{module}` still changes after {iterations} iterations of rust_hdl; this is a fault of svdforge")]
    Unsettled {
        /// Name of the top module.
        module: String,
        /// Number of iterations that were made.
        iterations: usize,
    },
}
