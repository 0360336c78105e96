//! Cycle-accurate simulation of a checked design.
//!
//! # Laws
//!
//! - Only [`Checked`](svdforge_hdl::check::Checked) designs are simulated. Every bit in every cycle is what the
//!   operations of the [intermediate representation](svdforge_hdl::ir) define.
//! - One step is one clock cycle: the combinational nodes settle, and then the rising edge updates everything at once.
//!   Outputs are registers, so they can be read right after a step.
//! - Bits are 0 or 1, never unknown. At power-up registers, memories and inputs are 0, and the reset is not asserted.
//! - The number of words of a memory is rounded up to a power of two. A design never uses the addresses beyond its
//!   depth.
//! - Optimisation is never visible, neither at a port nor in a waveform, which shows every named node.
//!
//! # How it works
//!
//! A design passes through four forms. Each form has its own file and knows nothing of the forms after it:
//!
//! 1. `flatten`: the hierarchy becomes one `graph` of integers. Each integer is the bits of a node, read in two's
//!    complement. While the graph is built, `simplify` folds constants (by `fold`), shares equal computations, and
//!    proves by intervals (`range`) that a sum needs no wrap-around. Sign extensions, ports and most slices vanish.
//! 2. `layout`: registers and memories get their places. Whatever no output depends on is left out. Registers that
//!    only delay others (`delays`) stand behind each other, so that one copy of memory serves all of them.
//! 3. `emit`: one function computes one cycle, in the intermediate representation of the Cranelift compiler.
//!    For several copies of the design at once ([`Lanes`]), `emit_lanes` computes one cycle of all of them. `wide` does
//!    so, too, with longer vectors than Cranelift has.
//! 4. `machine`: the function becomes machine code, together with the memory that it works on.
//!
//! Nodes of up to 64 bits are sign-extended 64-bit integers, and wider nodes are 128-bit integers. A condition is 0 or
//! -1, so that it can serve as a mask.
//!
//! ```
//! use svdforge_hdl::builder::{DesignBuilder, ModuleBuilder};
//! use svdforge_sim::Simulator;
//!
//! let m = ModuleBuilder::new("multiply");
//! m.output("y", (m.input("a", 8) * m.input("b", 8)).registered("product"));
//! let mut design = DesignBuilder::new();
//! design.add(m);
//! let mut simulator = Simulator::new(&design.finish().unwrap()).unwrap();
//! let (a, b) = (simulator.input("a").unwrap(), simulator.input("b").unwrap());
//! let y = simulator.output("y").unwrap();
//! simulator.poke_signed(a, -7);
//! simulator.poke_signed(b, 6);
//! simulator.step();
//! assert_eq!(simulator.peek_signed(y), -42);
//! ```

mod delays;
mod emit;
mod emit_lanes;
mod error;
mod flatten;
mod fold;
mod graph;
mod instructions;
mod lanes;
mod layout;
mod machine;
mod names;
mod range;
mod simplify;
mod simulator;
mod state;
mod vectors;
mod watch;
mod waveform;
mod wide;

pub use error::SimError;
pub use lanes::Lanes;
pub use simulator::{InputPort, Observe, OutputPort, Simulator, Written};
pub use state::{StateBit, StateElement};
pub use watch::Extremes;
pub use waveform::{CYCLE, Target, Waveform, Waves};
