//! Where values stand in memory: registers, inputs, observed values, memories and tables, in 64-bit cells.
//!
//! Registers have two banks of cells. A cycle reads one bank and writes the other, so that no register changes before all
//! have been read; then the banks change places.

use crate::graph::{Graph, Source, Value};
use std::collections::BTreeMap;

/// Where a number stands: one cell, or two of which the first holds the lower half.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cell {
    /// Number of the (first) cell.
    pub position: usize,
    /// Whether it has two cells.
    pub wide: bool,
}

/// The cells of a design: registers first (the first of the two banks), inputs, observed values, memories and tables.
#[derive(Debug, Default)]
pub(crate) struct Layout {
    /// For each register in use, by its number: its cell in the first bank.
    pub states: BTreeMap<usize, Cell>,
    /// For each input in use, by the number of its port.
    pub inputs: BTreeMap<u32, Cell>,
    /// For each value that is kept for observers.
    pub observed: BTreeMap<Value, Cell>,
    /// For each memory or table in use, its first word.
    pub words: BTreeMap<usize, Cell>,
    /// Cells of one bank of registers: a cell of the first bank is so far before that of the second.
    pub bank: usize,
    /// Cells in all.
    pub size: usize,
}

impl Layout {
    /// Places all that `outputs` and `observed` depend on.
    pub fn new(graph: &Graph, outputs: impl Iterator<Item = Value>, observed: &[Value]) -> Self {
        let live = live(graph, outputs.chain(observed.iter().copied()));
        let mut layout = Self::default();
        for (number, state) in graph.states.iter().enumerate() {
            if live[state.value.index()] && matches!(graph.source(state.value), Source::State(_)) {
                let cell = layout.allocate(graph.is_wide(state.value), 1);
                layout.states.insert(number, cell);
            }
        }
        layout.bank = layout.size;
        layout.size += layout.bank;
        for value in graph.values().filter(|value| live[value.index()]) {
            match (graph.source(value), graph.loaded_words(value)) {
                (Source::Input(port), _) => {
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

/// What the roots depend on, through registers and memories.
fn live(graph: &Graph, roots: impl Iterator<Item = Value>) -> Vec<bool> {
    let mut live = vec![false; graph.len()];
    let mut pending: Vec<Value> = roots.collect();
    while let Some(value) = pending.pop() {
        if std::mem::replace(&mut live[value.index()], true) {
            continue;
        }
        pending.extend(graph.operands(value));
        if let Source::State(number) = graph.source(value) {
            let state = &graph.states[number as usize];
            pending.extend([state.next].into_iter().chain(state.enable));
        }
        if let Some(write) = graph.loaded_words(value).and_then(|number| graph.words[number].write) {
            pending.extend([write.enable, write.address, write.data]);
        }
    }
    live
}
