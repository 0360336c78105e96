//! Pictures of a core. They are drawn from the design itself, so they are always up to date.
//!
//! A dataflow diagram has a box for each instance and each memory of a module. Its input ports together are one more
//! box, and its output ports another. In the language of Graphviz there is an arrow from one box to another if a value
//! of the first reaches the second through operations and registers alone. Its label has the number of bits that
//! arrive, and the number of registers on the path if all paths have the same number.
//!
//! The SVG picture shows a core as far as its datapath, one panel for each level of the hierarchy, and of all values
//! only the data. Another picture shows the timing of the streams.

mod canvas;
mod datapath;
mod dot;
mod flow;
mod layout;
mod panels;
mod streams;
#[cfg(test)]
mod tests;

use super::Header;
use super::verilog::provenance;
use crate::check::Checked;
use crate::core::Core;
use crate::ir::{Design, Module};
pub use streams::{Beat, Streams};

/// The diagram of a module of the design in the language of Graphviz (DOT).
pub fn dot(design: &Checked<Design>, module: &Module) -> String {
    dot::text(&flow::Flow::of(design, module))
}

/// The diagram of a design as an SVG file: its top module, and each module on the way to its datapath. Ports with fewer
/// than `least` bits are not data. It is readable on light and on dark backgrounds.
pub fn svg(design: &Checked<Design>, least: u32, header: &Header) -> String {
    panels::text(design, least, &provenance("", header))
}

/// The timing diagram of a core's streams as an SVG file, drawn from a run of `measured` with frames of its largest
/// size. That is the core itself or, if its frames are very long, one with fewer rows.
pub fn timing(core: &Core, measured: &Core, streams: &Streams, header: &Header) -> String {
    let sections = core.shape().interface().sections();
    streams::text(&core.shape().name(), &measured.latency(), &sections, streams, &provenance("", header))
}
