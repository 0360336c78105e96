//! The hardware of svdforge, described once: intermediate representation, units, cores, export.
//!
//! # Laws of the intermediate representation
//!
//! - A [`ir::Design`] is a list of modules, children before parents; a [`ir::Module`] is an arena of nodes.
//! - A node is a vector of 1 to [`ir::MAX_WIDTH`] bits. Widths are values of the generator's run time. Signedness lives in the operation.
//! - Operands of one operation are equally wide; every change of width is a node of its own.
//! - The order of the arena is the order of evaluation: a combinational node reads only what stands before it, so
//!   that one loop evaluates a cycle and a combinational cycle cannot be written. Only registers, memory reads and the
//!   inputs of instances look forward.
//! - A module's outputs are registers. Instances therefore cannot hide a combinational path.
//! - There is one clock, `aclk`, and one synchronous active-low reset, `aresetn`. A register takes its reset value only if it has one.
//! - A memory has one write port; reads take one cycle; a read in the cycle of a write to the same address gives the old word.
//! - Back ends accept only [`check::Checked`] designs, and only [`check::check`] makes those. Its rules are numbered.
//! - Same parameters, same bytes: nothing depends on hashing, time or place.
//!
//! The crate is pure: values in, strings out. It opens no file, starts no process, prints nothing.
//!
//! ```
//! use svdforge_hdl::builder::{DesignBuilder, ModuleBuilder};
//!
//! // y = a * b + c, two cycles after its inputs; the delay of c is drawn by the builder.
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
pub mod dimensions;
pub mod export;
pub mod fixed;
pub mod formats;
pub mod graph;
pub mod interface;
pub mod ir;
pub mod ordering;
pub mod parameters;
pub mod shape;
pub mod units;
