//! Dataflow diagrams of modules. They are drawn from the design itself, so they are always up to date.
//!
//! Each instance and each memory of a module is a box. Its input ports together are one more box, and its output ports
//! another. There is an arrow from one box to another if a value of the first reaches the second through operations and
//! registers alone. Its label has the number of bits that arrive, and the number of registers on the path if all paths
//! have the same number.

mod canvas;
mod dot;
mod flow;
mod layout;
mod streams;
mod svg;
#[cfg(test)]
mod tests;

use crate::check::Checked;
use crate::core::Core;
use crate::ir::{Design, Module};
pub use streams::{Beat, Streams};

/// The diagram of a module of the design in the language of Graphviz (DOT).
pub fn dot(design: &Checked<Design>, module: &Module) -> String {
    dot::text(&flow::Flow::of(design, module))
}

/// The diagram of a module of the design as an SVG file. It is readable on light and on dark backgrounds.
pub fn svg(design: &Checked<Design>, module: &Module) -> String {
    let flow = flow::Flow::of(design, module);
    svg::text(&flow, &layout::Layout::of(&flow))
}

/// The timing diagram of a core's streams as an SVG file, drawn from a run with frames of the largest size.
pub fn timing(core: &Core, streams: &Streams) -> String {
    streams::text(&core.shape().name(), &core.latency(), &core.shape().interface().sections(), streams)
}
