//! Assigns places in memory, in cells of 64 bits, to registers, inputs, observed values, memories and tables.
//!
//! Registers have two banks of cells. A cycle reads one bank and writes the other one, so that no register changes
//! before all of them have been read. Then the banks change places.

use crate::graph::{Graph, Origin, Value};
use std::collections::BTreeMap;

/// The place of a number: one cell, or two cells, of which the first one holds the lower half.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cell {
    /// The number of the first cell.
    pub position: usize,
    /// Whether the number takes two cells.
    pub wide: bool,
}

/// The cells of a design. The two banks of registers come first.
#[derive(Debug, Default)]
pub(crate) struct Layout {
    /// The cell in the first bank of each register in use, by the number of the register.
    pub states: BTreeMap<usize, Cell>,
    /// The cell of each input in use, by the number of its port.
    pub inputs: BTreeMap<u32, Cell>,
    /// The cell of each value that can be observed.
    pub observed: BTreeMap<Value, Cell>,
    /// The cell of the first word of each memory and table in use, by its number.
    pub words: BTreeMap<usize, Cell>,
    /// The number of cells of one bank of registers, which is also the distance from a cell of the first bank to that
    /// of the second.
    pub bank: usize,
    /// The number of all cells.
    pub size: usize,
}

impl Layout {
    /// Places everything that `outputs` and `observed` depend on.
    pub fn new(graph: &Graph, outputs: impl Iterator<Item = Value>, observed: &[Value]) -> Self {
        let live = live(graph, outputs.chain(observed.iter().copied()));
        let mut layout = Self::default();
        for (number, state) in graph.states.iter().enumerate() {
            if live[state.value.index()] && matches!(graph.origin(state.value), Origin::State(_)) {
                let cell = layout.allocate(graph.is_wide(state.value), 1);
                layout.states.insert(number, cell);
            }
        }
        layout.bank = layout.size;
        layout.size += layout.bank;
        for value in graph.values().filter(|value| live[value.index()]) {
            match (graph.origin(value), graph.loaded_words(value)) {
                (Origin::Input(port), _) => {
                    let cell = layout.allocate(graph.is_wide(value), 1);
                    layout.inputs.insert(port, cell);
                }
                (_, Some(number)) if !layout.words.contains_key(&number) => {
                    let words = &graph.words[number];
                    let cell = layout.allocate(words.is_wide(), words.contents.len());
                    layout.words.insert(number, cell);
                }
                _ => {}
            }
        }
        for &value in observed {
            if !layout.observed.contains_key(&value) {
                let cell = layout.allocate(graph.is_wide(value), 1);
                layout.observed.insert(value, cell);
            }
        }
        layout
    }

    fn allocate(&mut self, wide: bool, count: usize) -> Cell {
        let cell = Cell { position: self.size, wide };
        self.size += count * if wide { 2 } else { 1 };
        cell
    }
}

/// For each value whether the roots depend on it, be it through registers or memories.
fn live(graph: &Graph, roots: impl Iterator<Item = Value>) -> Vec<bool> {
    let mut live = vec![false; graph.len()];
    let mut pending: Vec<Value> = roots.collect();
    while let Some(value) = pending.pop() {
        if std::mem::replace(&mut live[value.index()], true) {
            continue;
        }
        pending.extend(graph.operands(value));
        if let Origin::State(number) = graph.origin(value) {
            let state = &graph.states[number as usize];
            pending.extend([state.next].into_iter().chain(state.enable));
        }
        if let Some(write) = graph.loaded_words(value).and_then(|number| graph.words[number].write) {
            pending.extend([write.enable, write.address, write.data]);
        }
    }
    live
}
