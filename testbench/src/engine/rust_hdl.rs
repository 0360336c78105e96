//! The engine `rust_hdl`: a simulator that shares no code with the project's own and so serves as a second opinion. It
//! is slow, and therefore limited to small cores.

use super::contract::Engine;
use super::drive::{Halt, Limits, MOST_ELEMENTS, Pins, Ports, Seen, drive};
use super::error::EngineError;
use crate::stimulus::{Stimulus, Trace};
use svdforge_hdl::core::Core;
use svdforge_hdl::export::rust_hdl::{RustHdlError, RustHdlSimulation};
use svdforge_hdl::interface::port;

const NAME: &str = "rust_hdl";
/// The largest number of rows or columns for which a run does not take minutes.
const LARGEST: usize = 4;

/// A core in rust_hdl's simulator.
pub struct RustHdlEngine {
    simulation: RustHdlSimulation,
    limits: Limits,
}

impl RustHdlEngine {
    /// Builds the core in rust_hdl. A core for matrices larger than 4 x 4 is refused.
    pub fn new(core: &Core) -> Result<Self, EngineError> {
        let (rows, cols) = (core.shape().rows(), core.shape().cols());
        if rows.max(cols) > LARGEST {
            let reason = format!(
                "rust_hdl's simulator is too slow for {rows}x{cols} matrices; give --rows and --cols of at most {LARGEST}, or use the engine icarus or verilator"
            );
            return Err(EngineError::Unsupported { engine: NAME, reason });
        }
        if core.shape().streams().keep {
            let reason = "it drives streams of one element per beat without tkeep; leave out --element-bytes and \
                          --elements-per-beat-in and -out, or use the engine icarus or verilator";
            return Err(EngineError::Unsupported { engine: NAME, reason: reason.to_owned() });
        }
        Ok(Self { simulation: RustHdlSimulation::new(core.design())?, limits: Limits::of(core) })
    }
}

impl Ports for RustHdlEngine {
    type Error = RustHdlError;

    fn cycle(&mut self, pins: Pins<'_>) -> Result<Seen, RustHdlError> {
        let simulation = &mut self.simulation;
        simulation.set_reset(!pins.aresetn);
        if let Some(&[element]) = pins.offered {
            simulation.poke(port::INPUT_DATA, element.data as u128)?;
            simulation.poke(port::INPUT_LAST, element.last.into())?;
        }
        simulation.poke(port::INPUT_VALID, pins.offered.is_some().into())?;
        simulation.poke(port::OUTPUT_READY, pins.sink_ready.into())?;
        let mut seen = Seen {
            source_ready: simulation.peek(port::INPUT_READY)? == 1,
            valid: simulation.peek(port::OUTPUT_VALID)? == 1,
            last: simulation.peek(port::OUTPUT_LAST)? == 1,
            count: 1,
            elements: [(0, 0); MOST_ELEMENTS],
        };
        seen.elements[0] = (simulation.peek(port::OUTPUT_DATA)? as u64, simulation.peek(port::OUTPUT_USER)? as u8);
        simulation.step()?;
        Ok(seen)
    }
}

impl Engine for RustHdlEngine {
    fn name(&self) -> &'static str {
        NAME
    }

    fn run(&mut self, stimulus: &Stimulus) -> Result<Trace, EngineError> {
        let limits = self.limits;
        drive(self, stimulus, limits).map_err(|halt| match halt {
            Halt::Failed(error) => error.into(),
            Halt::Stuck { cycles, found } => {
                let frames = stimulus.frames();
                let message = format!("after {cycles} cycles the core has delivered {found} of {frames} frames");
                EngineError::Core { engine: NAME, message }
            }
        })
    }
}
