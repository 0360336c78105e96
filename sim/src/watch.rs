//! What a watched simulation has seen of its numbers.

use crate::layout::Cell;
use crate::machine::Machine;
use crate::names::Names;

/// The extremes of a named node, as a number with a sign.
#[derive(Clone, Debug)]
pub struct Extremes {
    /// Names of the instances from the top down and of the node, with dots between.
    pub path: String,
    /// Bits.
    pub width: u32,
    /// The smallest number it held at the end of a cycle.
    pub low: i128,
    /// The largest one.
    pub high: i128,
}

/// Everything that is watched.
pub(crate) struct Watch {
    cells: Vec<Cell>,
    extremes: Vec<Extremes>,
    guards: Vec<(String, Cell)>,
    wrapped: Vec<bool>,
}

impl Watch {
    /// Of all named nodes, and of guarded sums.
    pub fn new(names: &Names, guards: Vec<(String, Cell)>) -> Self {
        let wrapped = vec![false; guards.len()];
        let mut watch = Self { cells: Vec::new(), extremes: Vec::new(), guards, wrapped };
        watch.add(names, "");
        watch
    }

    fn add(&mut self, names: &Names, above: &str) {
        let scope = format!("{above}{}.", names.scope);
        for (name, cell, width) in &names.signals {
            self.cells.push(*cell);
            self.extremes.push(Extremes { path: format!("{scope}{name}"), width: *width, low: 0, high: 0 });
        }
        names.children.iter().for_each(|child| self.add(child, &scope));
    }

    /// Looks at the cycle just computed.
    pub fn sample(&mut self, machine: &Machine) {
        for (cell, seen) in self.cells.iter().zip(&mut self.extremes) {
            let unused = 128 - seen.width;
            let value = machine.read(*cell) << unused >> unused;
            seen.low = seen.low.min(value);
            seen.high = seen.high.max(value);
        }
        for ((_, cell), wrapped) in self.guards.iter().zip(&mut self.wrapped) {
            *wrapped |= machine.read(*cell) != 0;
        }
    }

    pub fn extremes(&self) -> &[Extremes] {
        &self.extremes
    }

    /// The sums that wrapped, and how many are guarded.
    pub fn wrapped(&self) -> (Vec<&str>, usize) {
        let wrapped = self.guards.iter().zip(&self.wrapped).filter(|(_, wrapped)| **wrapped);
        (wrapped.map(|((place, _), _)| place.as_str()).collect(), self.guards.len())
    }
}
