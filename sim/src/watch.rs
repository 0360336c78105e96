//! Records which numbers occurred in a simulation and which guarded sums wrapped around.

use crate::layout::Cell;
use crate::machine::Machine;
use crate::names::Names;

/// The extremes of a named node, read as a signed number.
#[derive(Clone, Debug)]
pub struct Extremes {
    /// The names of the instances from the top down and of the node, with dots between them.
    pub path: String,
    /// The width of the node, in bits.
    pub width: u32,
    /// The smallest number that it held at the end of a cycle.
    pub low: i128,
    /// The largest number that it held at the end of a cycle.
    pub high: i128,
}

/// The record of a simulation.
pub(crate) struct Watch {
    cells: Vec<Cell>,
    extremes: Vec<Extremes>,
    guards: Vec<(String, Cell)>,
    wrapped: Vec<bool>,
}

impl Watch {
    /// An empty record of all named nodes and of these guarded sums.
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

    /// Takes the values of the cycle that was just computed into the record.
    pub fn sample(&mut self, machine: &Machine) {
        for (cell, seen) in self.cells.iter().zip(&mut self.extremes) {
            let unused = 128 - seen.width;
            let value = machine.read(*cell, 0) << unused >> unused;
            seen.low = seen.low.min(value);
            seen.high = seen.high.max(value);
        }
        for ((_, cell), wrapped) in self.guards.iter().zip(&mut self.wrapped) {
            *wrapped |= machine.read(*cell, 0) != 0;
        }
    }

    pub fn extremes(&self) -> &[Extremes] {
        &self.extremes
    }

    /// The sums that have wrapped around, and the number of all guarded sums.
    pub fn wrapped(&self) -> (Vec<&str>, usize) {
        let wrapped = self.guards.iter().zip(&self.wrapped).filter(|(_, wrapped)| **wrapped);
        (wrapped.map(|((place, _), _)| place.as_str()).collect(), self.guards.len())
    }
}
