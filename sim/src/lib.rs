//! Cycle-accurate simulation of a checked design.
//!
//! # Laws
//!
//! - Only [`Checked`](svdforge_hdl::check::Checked) designs are simulated, bit for bit as the operations of the
//!   [intermediate representation](svdforge_hdl::ir) say, and cycle for cycle.
//! - One step is one clock cycle: the combinational nodes settle, then the rising edge updates everything at once.
//!   Outputs are registers, so that they can be read right after a step.
//! - Values have two states. At power-up registers, memories and inputs are 0, and the reset is not asserted.
//! - A memory has a power of two words here. Addresses at or beyond its depth, which a design never uses, are words too.
//! - Optimisation is never visible: not at a port, and not in a waveform, which shows every named node.
//!
//! # How it works
//!
//! A design passes through four forms, one file each, and each form knows nothing of the ones after it:
//!
//! 1. `flatten`: the hierarchy becomes one `graph` of integers, each node being its bits read in two's complement.
//!    The graph's makers (`simplify`) fold constants (`fold`), share equal computations and prove by intervals (`range`) that a
//!    sum needs no wrap-around. Sign extensions, ports and most slices vanish.
//! 2. `layout`: what no output depends on is left out; registers and memories get their places.
//! 3. `emit`: one function computes one cycle, in the intermediate representation of the Cranelift compiler.
//! 4. `machine`: that function as machine code, and the memory that it works on.
//!
//! Nodes of up to 64 bits are 64-bit integers, sign-extended; a condition is 0 or -1 there, and thus a mask. Wider nodes are
//! 128-bit integers.
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

mod emit;
mod error;
mod flatten;
mod fold;
mod graph;
mod layout;
mod machine;
mod names;
mod range;
mod simplify;
mod simulator;
mod watch;
mod waveform;

pub use error::SimError;
pub use simulator::{InputPort, Observe, OutputPort, Simulator, Written};
pub use watch::Extremes;
pub use waveform::{CYCLE, Waveform};
