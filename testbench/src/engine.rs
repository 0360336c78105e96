//! Engines: everything that can run a core. Each engine takes the same [`crate::stimulus::Stimulus`] and returns a
//! [`crate::stimulus::Trace`].

mod contract;
mod core_ports;
mod drive;
mod error;
mod exported;
mod host;
mod icarus;
mod inside;
mod lanes;
mod rotations;
#[cfg(feature = "rust-hdl")]
mod rust_hdl;
mod simulator;
mod upsets;
mod verilator;

pub use contract::Engine;
pub use error::EngineError;
pub use exported::read_record;
pub use host::{Ending, Observed, Traffic};
pub use icarus::IcarusEngine;
pub use inside::{STREAMS, SeenInside};
pub use lanes::LanesEngine;
pub use rotations::SeenRotations;
#[cfg(feature = "rust-hdl")]
pub use rust_hdl::RustHdlEngine;
pub use simulator::SimulatorEngine;
pub use upsets::{Flip, OneUpsetEngine, UpsetEngine};
pub use verilator::VerilatorEngine;

use svdforge_hdl::core::Core;
pub use svdforge_sim::{StateBit, StateElement, Waves};

/// The names of the engines that `--with` accepts, apart from the project's own simulator.
pub const ENGINES: [&str; 3] = ["icarus", "verilator", "rust_hdl"];

/// Makes the engine of this name, ready to run the core. A name that is not in [`ENGINES`], a missing tool, or a core
/// that the engine cannot run is an error.
pub fn engine(name: &str, core: &Core) -> Result<Box<dyn Engine>, EngineError> {
    match name {
        "icarus" => Ok(Box::new(IcarusEngine::new(core)?)),
        "verilator" => Ok(Box::new(VerilatorEngine::new(core)?)),
        #[cfg(feature = "rust-hdl")]
        "rust_hdl" => Ok(Box::new(RustHdlEngine::new(core)?)),
        #[cfg(not(feature = "rust-hdl"))]
        "rust_hdl" => Err(EngineError::NotBuilt { engine: "rust_hdl", feature: "rust-hdl" }),
        _ => Err(EngineError::Unknown { name: name.to_owned(), known: &ENGINES }),
    }
}
