//! A design as a block of [rust_hdl](https://docs.rs/rust-hdl), the hardware description crate.
//!
//! - [`DesignBlock`] is any checked design as a rust_hdl [`Block`](::rust_hdl::prelude::Block): one block per module
//!   instance, one signal per node.
//! - [`StreamBlock`] is an SVD core whose ports are rust_hdl's own typed signals, so that `#[hdl_gen]` code can place it.
//! - [`RustHdlSimulation`] drives a design in rust_hdl's simulator: a second opinion beside the project's own.
//!
//! # What rust_hdl does, and what it does not
//!
//! rust_hdl's types fix widths at compile time and its signed arithmetic is wrong in places, so neither is used: nodes
//! are [`Vector`]s, signals of run-time width, and their operations are spelled out here from the IR's definitions. The
//! rest is rust_hdl's: its clock and its edges, its commit of `next` to `val`, its iteration until no signal changes,
//! its checks and its waveforms. Nothing is flattened, simplified or reordered, and nothing comes from the project's
//! own simulator.
//!
//! # Why no register races
//!
//! rust_hdl has no clock tree: an edge needs one iteration for each level of the hierarchy, and a register deep inside
//! takes its value later than one at the top. It still takes the right one, since data needs one iteration more than
//! the edge does: a register shows its new value only after the iteration of its edge, and an instance sees its inputs
//! only after the iteration in which its parent drives them. Inputs from outside of rust_hdl have to settle while the
//! clock is low.
//!
//! # Verilog
//!
//! In rust_hdl's Verilog a design is a black box that carries the exported text ([`DesignBlock::with_verilog`]). Give the
//! text to one instance of a design and not to the others, since rust_hdl prints it once per instance that has it.
//! Its `check_all` sees ports and nodes, but not into that text; loops inside cannot be, by the laws of the IR.

mod arithmetic;
mod block;
mod simulation;
mod stream;
mod vector;

pub use block::DesignBlock;
pub use simulation::RustHdlSimulation;
pub use stream::StreamBlock;
pub use vector::Vector;

/// Why a design cannot be placed in rust_hdl, or not be driven there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RustHdlError {
    /// A port that the design does not have.
    #[error("`{module}` has no {direction} port `{port}`; its {direction} ports are {known}")]
    NoPort {
        /// Name of the top module.
        module: String,
        /// `input` or `output`.
        direction: &'static str,
        /// What was asked for.
        port: String,
        /// What there is.
        known: String,
    },
    /// A port whose width is not that of the rust_hdl signal it belongs to.
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
    /// An input port that a [`StreamBlock`] has no signal for.
    #[error("`{module}` has an input port `{port}` beside its streams; place it as a `DesignBlock`")]
    OtherPort {
        /// Name of the top module.
        module: String,
        /// Name of the port.
        port: String,
    },
    /// rust_hdl's `check_all` found something.
    #[error("rust_hdl's check of `{module}` failed: {found}")]
    Check {
        /// Name of the top module.
        module: String,
        /// What rust_hdl says.
        found: String,
    },
    /// rust_hdl's iteration did not come to rest.
    #[error("`{module}` still changes after {iterations} iterations of rust_hdl; this is a fault of svdforge")]
    Unsettled {
        /// Name of the top module.
        module: String,
        /// How many iterations were made.
        iterations: usize,
    },
}
