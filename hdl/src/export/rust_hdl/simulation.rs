//! Simulation of a design in rust_hdl's simulator.

use super::{DesignBlock, RustHdlError};
use crate::check::Checked;
use crate::ir::Design;
use rust_hdl::prelude::{Block, check_all, simulate};

/// The largest number of iterations per clock level, the same as in rust_hdl's own `Simulation`.
const ITERATIONS: usize = 100;

/// A design that is driven cycle by cycle and evaluated by rust_hdl's `simulate`.
///
/// At power-up, registers, memories and inputs are 0, and the reset is not asserted.
///
/// ```
/// use svdforge_hdl::builder::{DesignBuilder, ModuleBuilder};
/// use svdforge_hdl::export::rust_hdl::RustHdlSimulation;
///
/// let m = ModuleBuilder::new("multiply");
/// m.output("y", (m.input("a", 8) * m.input("b", 8)).registered("product"));
/// let mut design = DesignBuilder::new();
/// design.add(m);
/// let mut simulation = RustHdlSimulation::new(&design.finish().unwrap()).unwrap();
/// simulation.poke("a", 7).unwrap();
/// simulation.poke("b", 6).unwrap();
/// simulation.step().unwrap();
/// assert_eq!(simulation.peek("y"), Ok(42));
/// ```
pub struct RustHdlSimulation {
    design: DesignBlock,
    cycle: u64,
}

impl RustHdlSimulation {
    /// A simulation of a design.
    ///
    /// # Errors
    ///
    /// If rust_hdl's `check_all` finds a fault in the design.
    pub fn new(design: &Checked<Design>) -> Result<Self, RustHdlError> {
        let mut design = DesignBlock::new(design);
        design.connect_all();
        if let Err(found) = check_all(&design) {
            return Err(RustHdlError::Check { module: design.name().to_owned(), found: format!("{found:?}") });
        }
        design.aresetn.next = true;
        Ok(Self { design, cycle: 0 })
    }

    /// Sets an input to the lowest bits of a pattern. It keeps them until the next poke.
    pub fn poke(&mut self, port: &str, bits: u128) -> Result<(), RustHdlError> {
        self.design.input_mut(port)?.drive(bits);
        Ok(())
    }

    /// The bits of an output after the last clock edge.
    pub fn peek(&self, port: &str) -> Result<u128, RustHdlError> {
        Ok(self.design.output(port)?.val())
    }

    /// Asserts the reset (`aresetn` = 0) or releases it. Registers are reset at each clock edge while it is asserted.
    pub fn set_reset(&mut self, asserted: bool) {
        self.design.aresetn.next = !asserted;
    }

    /// Simulates one clock cycle. The inputs settle while the clock is low, then it rises.
    ///
    /// # Errors
    ///
    /// If signals still change after the largest number of iterations.
    pub fn step(&mut self) -> Result<(), RustHdlError> {
        for level in [false, true] {
            self.design.aclk.next = level.into();
            if !simulate(&mut self.design, ITERATIONS) {
                let module = self.design.name().to_owned();
                return Err(RustHdlError::Unsettled { module, iterations: ITERATIONS });
            }
        }
        self.cycle += 1;
        Ok(())
    }

    /// Number of clock cycles simulated so far.
    pub fn cycle(&self) -> u64 {
        self.cycle
    }

    /// The block of the design, for the probes of rust_hdl.
    pub fn block(&self) -> &DesignBlock {
        &self.design
    }
}
