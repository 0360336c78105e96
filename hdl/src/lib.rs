//! The hardware of svdforge: the intermediate representation (IR), the units, the cores built from them, and their
//! export.
//!
//! Every core is described once, as a design of the IR. The Verilog export, the simulator and the pictures all read
//! this design.
//!
//! # Laws of the intermediate representation
//!
//! - An [`ir::Design`] is a list of modules, with children before their parents. An [`ir::Module`] is an arena of
//!   nodes.
//! - A node is a vector of 1 to [`ir::MAX_WIDTH`] bits. Widths are run-time values of the generator. Whether bits are
//!   signed is a property of the operation, not of the node.
//! - Operands of one operation have the same width. Every change of width is a node of its own.
//! - Nodes are evaluated in the order of the arena. A combinational node reads only nodes that come before it. So one
//!   loop evaluates a cycle, and combinational loops cannot be expressed. Only registers, memory reads and inputs of
//!   instances can refer to later nodes.
//! - The outputs of a module are registers. So instances cannot hide a combinational path.
//! - There is one clock, `aclk`, and one synchronous, active-low reset, `aresetn`. Registers without a reset value
//!   ignore the reset.
//! - A memory has one write port. Reads take one cycle. If a word is read in the cycle in which it is written, the old
//!   word is returned.
//! - Back ends accept only [`check::Checked`] designs, and only [`check::check`] constructs them. Its rules are
//!   numbered.
//! - The same parameters always give the same bytes. Nothing depends on hashing, time or the machine.
//!
//! The crate is pure: it takes values and returns values or text. It opens no files, starts no processes and prints
//! nothing.
//!
//! ```
//! use svdforge_hdl::builder::{DesignBuilder, ModuleBuilder};
//!
//! // y = a * b + c, two cycles after its inputs. The builder adds the register that delays c.
//! let m = ModuleBuilder::new("multiply_add");
//! let (a, b, c) = (m.input("a", 8).at(0), m.input("b", 8).at(0), m.input("c", 16).at(0));
//! let product = (a * b).registered("product");
//! m.output("y", (product + c).registered("sum"));
//! let mut design = DesignBuilder::new();
//! design.add(m);
//! let checked = design.finish().unwrap();
//! assert_eq!(checked.top().outputs[0].latency, Some(2));
//! ```

pub mod architecture;
pub mod builder;
pub mod check;
pub mod core;
mod describe;
pub mod dimensions;
pub mod export;
pub mod fixed;
pub mod formats;
pub mod graph;
pub mod interface;
pub mod ir;
mod keywords;
pub mod ordering;
pub mod parameters;
pub mod shape;
pub mod units;
