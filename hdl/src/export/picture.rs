//! Dataflow pictures, drawn from the design itself so that they cannot go out of date.
//!
//! A module's instances and memories are boxes, its ports two boxes more. An arrow leads from one box to another where a
//! value of the first reaches the second through operations and registers alone; it carries the bits that arrive, and
//! the number of registers on the way where every way has the same number.

mod dot;
mod flow;
mod layout;
mod svg;
#[cfg(test)]
mod tests;

use crate::check::Checked;
use crate::ir::{Design, Module};

/// The picture of a module of the design in Graphviz's language.
pub fn dot(design: &Checked<Design>, module: &Module) -> String {
    dot::text(&flow::Flow::of(design, module))
}

/// The picture of a module of the design as an SVG file, readable on light and on dark ground.
pub fn svg(design: &Checked<Design>, module: &Module) -> String {
    let flow = flow::Flow::of(design, module);
    svg::text(&flow, &layout::Layout::of(&flow))
}
