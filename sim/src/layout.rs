//! Assigns places in memory to registers, inputs, observed values, memories and tables.
//!
//! Registers have two banks. A cycle reads one bank and writes the other one, so that no register changes before all of
//! them have been read. Then the banks change places.

use crate::graph::{Graph, Origin, Value, Words};
use std::collections::BTreeMap;

/// The place of a number in each lane. The numbers of neighbouring lanes are neighbours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cell {
    /// The place of the number in lane 0, in bytes from the start of the memory.
    pub position: usize,
    /// The size of one number in bytes: 4, 8 or 16.
    pub size: usize,
}

impl Cell {
    /// Whether the number has 128 bits.
    pub fn is_wide(self) -> bool {
        self.size == 16
    }
}

/// The places of a design's numbers. The two banks of registers come first.
#[derive(Debug)]
pub(crate) struct Layout {
    /// The number of copies of the design that are simulated together.
    pub lanes: usize,
    /// The cell in the first bank of each register in use, by the number of the register.
    pub states: BTreeMap<usize, Cell>,
    /// The cell of each input in use, by the number of its port.
    pub inputs: BTreeMap<u32, Cell>,
    /// The cell of each value that can be observed.
    pub observed: BTreeMap<Value, Cell>,
    /// The cell of the first word of each memory and table in use, by its number. A word of a memory has a number for
    /// each lane. A table has its numbers only once, for all lanes.
    pub words: BTreeMap<usize, Cell>,
    /// A number that is -1 in the lanes that are in reset, if there are several lanes.
    pub reset: Cell,
    /// The size of one bank of registers, which is also the distance from a cell of the first bank to that of the
    /// second, in bytes.
    pub bank: usize,
    /// The size of all cells, in bytes.
    pub size: usize,
}

impl Layout {
    /// Places everything that `outputs` and `observed` depend on.
    ///
    /// A single lane has numbers of 64 and 128 bits. Several lanes have numbers of 32 bits, too, wherever these
    /// suffice.
    pub fn new(graph: &Graph, outputs: impl Iterator<Item = Value>, observed: &[Value], lanes: usize) -> Self {
        let live = live(graph, outputs.chain(observed.iter().copied()));
        let mut layout = Self {
            lanes,
            states: BTreeMap::new(),
            inputs: BTreeMap::new(),
            observed: BTreeMap::new(),
            words: BTreeMap::new(),
            reset: Cell { position: 0, size: 4 },
            bank: 0,
            size: 0,
        };
        for (number, state) in graph.states.iter().enumerate() {
            if live[state.value.index()] && matches!(graph.origin(state.value), Origin::State(_)) {
                let cell = layout.allocate(layout.number_size(graph, state.value), lanes);
                layout.states.insert(number, cell);
            }
        }
        layout.bank = layout.size;
        layout.size += layout.bank;
        if lanes > 1 {
            layout.reset = layout.allocate(4, lanes);
        }
        for value in graph.values().filter(|value| live[value.index()]) {
            match (graph.origin(value), graph.loaded_words(value)) {
                (Origin::Input(port), _) => {
                    let cell = layout.allocate(layout.number_size(graph, value), lanes);
                    layout.inputs.insert(port, cell);
                }
                (_, Some(number)) if !layout.words.contains_key(&number) => {
                    let words = &graph.words[number];
                    let copies = layout.copies(words);
                    let size = layout.word_size(words);
                    let cell = layout.allocate(size, words.contents.len() * copies);
                    layout.words.insert(number, cell);
                }
                _ => {}
            }
        }
        for &value in observed {
            if !layout.observed.contains_key(&value) {
                let cell = layout.allocate(layout.number_size(graph, value), lanes);
                layout.observed.insert(value, cell);
            }
        }
        layout
    }

    /// The number of lanes that have words of their own: memories have them, tables do not.
    pub fn copies(&self, words: &Words) -> usize {
        if words.write.is_some() { self.lanes } else { 1 }
    }

    fn number_size(&self, graph: &Graph, value: Value) -> usize {
        match self.lanes {
            1 if graph.is_wide(value) => 16,
            1 => 8,
            _ => size_of_bits(graph.range(value).bits()),
        }
    }

    fn word_size(&self, words: &Words) -> usize {
        match self.lanes {
            1 if words.is_wide() => 16,
            1 => 8,
            _ => size_of_bits(words.range.bits()),
        }
    }

    fn allocate(&mut self, size: usize, count: usize) -> Cell {
        let cell = Cell { position: self.size, size };
        // A vector begins at a multiple of its size.
        self.size += (size * count).next_multiple_of(if self.lanes > 1 { 16 } else { 8 });
        cell
    }
}

/// The size of the smallest number with this many bits, in bytes.
pub(crate) fn size_of_bits(bits: u32) -> usize {
    match bits {
        ..=32 => 4,
        33..=64 => 8,
        _ => 16,
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
