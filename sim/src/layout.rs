//! Assigns places in memory to registers, inputs, observed values, memories and tables.
//!
//! Registers have two banks. A cycle reads one bank and writes the other one, so that no register changes before all of
//! them have been read. Then the banks change places.

use crate::delays::delays;
use crate::graph::{Graph, Origin, State, Value, Words};
use std::collections::{BTreeMap, BTreeSet};

/// The place of a number in each lane. The numbers of neighbouring lanes are neighbours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cell {
    /// The place of the number in lane 0, in bytes from the start of the memory.
    pub position: usize,
    /// The size of one number in bytes: 4, 8 or 16, or [`BIT`].
    pub size: usize,
}

/// The size of numbers that are 0 or -1, where each takes one bit: together they are 16 bits, lane 0 the lowest.
pub(crate) const BIT: usize = 0;

/// The most lanes whose numbers have at least 32 bits. With more lanes there are single bits as well.
const LANES_WITHOUT_BITS: usize = 4;

impl Cell {
    /// Whether the number has 128 bits.
    pub fn is_wide(self) -> bool {
        self.size == 16
    }
}

/// Numbers in the first bank that are the next values of the registers right behind them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Copied {
    /// The place of the first, in bytes.
    pub start: usize,
    /// The distance from a number to the register, in bytes.
    pub stride: usize,
    /// The size of all numbers, in bytes.
    pub size: usize,
}

/// The places of a design's numbers. The two banks of registers come first.
#[derive(Debug)]
pub(crate) struct Layout {
    /// The number of copies of the design that are simulated together.
    pub lanes: usize,
    /// The cell in the first bank of each register in use, by the number of the register.
    pub states: BTreeMap<usize, Cell>,
    /// The registers that take their next values when `copies` are made, by their numbers.
    pub repeated: BTreeSet<usize>,
    /// To be made at the start of a cycle, before any register is written.
    pub copies: Vec<Copied>,
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
            copies: Vec::new(),
            repeated: BTreeSet::new(),
            bank: 0,
            size: 0,
        };
        layout.place_states(graph, &live);
        layout.align();
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
        layout.align();
        layout
    }

    /// The registers in use whose next values must be computed, with their cells in the first bank.
    pub fn computed_states(&self) -> impl Iterator<Item = (&usize, &Cell)> {
        self.states.iter().filter(|(number, _)| !self.repeated.contains(number))
    }

    /// Places the registers that are used in the first bank. Single bits stand behind the vectors.
    fn place_states(&mut self, graph: &Graph, live: &[bool]) {
        let is_used =
            |state: &State| live[state.value.index()] && matches!(graph.origin(state.value), Origin::State(_));
        let used = graph.states.iter().enumerate().filter(|(_, state)| is_used(state));
        let sizes: BTreeMap<usize, usize> =
            used.map(|(number, state)| (number, self.number_size(graph, state.value))).collect();
        let mut chains = delays(graph, &sizes);
        if self.lanes > LANES_WITHOUT_BITS {
            // The compiled code moves a long vector as quickly as anything can. Only single bits gain.
            chains.retain(|chain| sizes[&chain[0]] == BIT);
        }
        let in_chains: BTreeSet<usize> = chains.iter().flatten().copied().collect();
        for size in [16, 8, 4, BIT] {
            let of_size = |number: &usize| sizes[number] == size;
            for &number in sizes.keys().filter(|&number| of_size(number) && !in_chains.contains(number)) {
                self.place_state(number, size);
            }
            self.align_for(size);
            let start = self.size;
            for &number in chains.iter().flatten().filter(|&number| of_size(number)) {
                self.place_state(number, size);
            }
            let stride = self.bytes(size, self.lanes);
            if let Some(size) = (self.size - start).checked_sub(stride) {
                self.copies.push(Copied { start, stride, size });
            }
        }
        self.repeated = chains.iter().flat_map(|chain| chain[1..].iter().copied()).collect();
    }

    fn place_state(&mut self, number: usize, size: usize) {
        let cell = self.allocate(size, self.lanes);
        self.states.insert(number, cell);
    }

    /// The number of lanes that have words of their own: memories have them, tables do not.
    pub fn copies(&self, words: &Words) -> usize {
        if words.write.is_some() { self.lanes } else { 1 }
    }

    fn number_size(&self, graph: &Graph, value: Value) -> usize {
        match self.lanes {
            1 if graph.is_wide(value) => 16,
            1 => 8,
            lanes if lanes > LANES_WITHOUT_BITS && graph.range(value).bits() == 1 => BIT,
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
        self.align_for(size);
        let cell = Cell { position: self.size, size };
        self.size += self.bytes(size, count);
        cell
    }

    /// The size of numbers that stand together, in bytes.
    fn bytes(&self, size: usize, count: usize) -> usize {
        if size == BIT { 2 } else { size * count }
    }

    fn align_for(&mut self, size: usize) {
        if size != BIT {
            self.align();
        }
    }

    /// Moves the end to where a vector may begin: at a multiple of its size.
    fn align(&mut self) {
        self.size = self.size.next_multiple_of(if self.lanes > 1 { 4 * self.lanes } else { 8 });
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
