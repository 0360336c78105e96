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
//! A design passes through five forms, one file each, and each form knows nothing of the ones after it:
//!
//! 1. `flatten`: the hierarchy becomes one `graph` of integers, each node being its bits read in two's complement.
//!    The graph's makers (`simplify`) fold constants, share equal computations and prove by intervals (`range`) that a
//!    sum needs no wrap-around. Sign extensions, ports and most slices vanish.
//! 2. `layout`: dead code is left out. Registers get slots behind the values that they take next, so that a clock edge
//!    is a few block copies.
//! 3. `compile`: instructions are selected (`select`), put in an order with few changes of the operation (`schedule`)
//!    and joined to rows where they work on neighbouring slots.
//! 4. `tape`: batches of equal instructions.
//! 5. `machine`: runs the tape (`batches` are its loops).
//!
//! Slots have 64 bits and hold nodes of up to 64 bits, sign-extended; a condition is 0 or -1 there, and thus a mask. Wider
//! nodes live in slots of 128 bits, in an array of their own.
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

mod batches;
mod compile;
mod error;
mod flatten;
mod fold;
mod graph;
mod layout;
mod machine;
mod range;
mod schedule;
mod select;
mod simplify;
mod simulator;
mod tape;
mod waveform;

pub use error::SimError;
pub use simulator::{InputPort, OutputPort, Simulator};
pub use waveform::{CYCLE, Waveform};
