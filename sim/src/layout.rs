//! Which values are needed, and which slots they get.
//!
//! Registers that are updated together stand in one block, behind the values that they take next. Two delay lines
//! `x -> r1 -> r2` and `y -> s1 -> s2` have the slots `x y r1 s1 r2 s2`: one `copy_within` by two slots clocks them both.
//! What the copy leaves in the slot of a computed `x` does not matter: it is computed anew before it is read.

use crate::graph::{Graph, Source, Value};
use crate::tape::{Block, Shift, Slot};
use std::collections::{BTreeMap, BTreeSet};

/// An additional copy of a value, made every cycle before the clock edge.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Copy {
    pub from: Value,
    pub to: Slot,
}

/// The slots of a design. Computed values that feed no register have none yet.
#[derive(Default)]
pub(crate) struct Layout {
    /// For each value.
    pub slots: Vec<Option<Slot>>,
    pub live: Vec<bool>,
    pub copies: Vec<Copy>,
    pub blocks: Vec<Block<u32>>,
    /// Numbers of slots in use.
    pub narrow: u32,
    pub wide: u32,
}

impl Layout {
    /// Lays out all that `roots` depend on.
    pub fn new(graph: &Graph, roots: impl Iterator<Item = Value>) -> Self {
        let mut layout = Self { slots: vec![None; graph.len()], live: live(graph, roots), ..Self::default() };
        for value in graph.values().filter(|value| layout.live[value.index()]).collect::<Vec<_>>() {
            if matches!(graph.source(value), Source::Constant { .. } | Source::Input(_)) {
                layout.slots[value.index()] = Some(layout.allocate(graph.is_wide(value)));
            }
        }
        let mut groups: BTreeMap<Option<Value>, Vec<usize>> = BTreeMap::new();
        for (number, state) in graph.states.iter().enumerate() {
            if layout.is_live_state(graph, number) {
                groups.entry(state.enable).or_default().push(number);
            }
        }
        for states in groups.values() {
            let is_wide = |&number: &usize| graph.is_wide(graph.states[number].value);
            let (wide, narrow) = states.iter().copied().partition(is_wide);
            let mut shifts = Vec::new();
            layout.lay_block(graph, narrow, false, &mut shifts);
            layout.lay_block(graph, wide, true, &mut shifts);
            layout.blocks.push(Block { enable: None, shifts });
        }
        for (number, enable) in groups.into_keys().enumerate() {
            layout.blocks[number].enable = enable.map(|value| layout.slot_or_new(graph, value).position);
        }
        layout
    }

    /// The slot of a live value, when all are placed.
    pub fn slot(&self, value: Value) -> Slot {
        self.slots[value.index()].expect("Live values have slots.")
    }

    /// The slot of a value, given now if it has none.
    pub fn slot_or_new(&mut self, graph: &Graph, value: Value) -> Slot {
        match self.slots[value.index()] {
            Some(slot) => slot,
            None => {
                let slot = self.allocate(graph.is_wide(value));
                self.slots[value.index()] = Some(slot);
                slot
            }
        }
    }

    /// Whether a register is needed, that is, has a value that something needs.
    pub fn is_live_state(&self, graph: &Graph, number: usize) -> bool {
        let value = graph.states[number].value;
        graph.source(value) == Source::State(number as u32) && self.live[value.index()]
    }

    pub fn allocate(&mut self, wide: bool) -> Slot {
        let next = if wide { &mut self.wide } else { &mut self.narrow };
        *next += 1;
        Slot { position: *next - 1, wide }
    }

    /// Places registers of one size and one enable: for each length, the delay lines side by side.
    fn lay_block(&mut self, graph: &Graph, mut states: Vec<usize>, wide: bool, shifts: &mut Vec<Shift>) {
        states.sort_by_key(|&number| graph.origin(graph.states[number].value));
        let mut by_length: BTreeMap<usize, Vec<Vec<usize>>> = BTreeMap::new();
        for line in delay_lines(graph, &states) {
            by_length.entry(line.len()).or_default().push(line);
        }
        for (length, lines) in by_length {
            let from = if wide { self.wide } else { self.narrow } as usize;
            for line in &lines {
                self.place_source(graph, graph.states[line[0]].next, wide);
            }
            for step in 0..length {
                for line in &lines {
                    self.place_register(graph, line[step], wide);
                }
            }
            shifts.push(Shift { wide, from, count: length * lines.len(), by: lines.len() });
        }
    }

    fn place_register(&mut self, graph: &Graph, number: usize, wide: bool) {
        let slot = self.allocate(wide);
        self.slots[graph.states[number].value.index()] = Some(slot);
    }

    /// Makes the next slot hold a value at the clock edge: its own slot if it is computed and has none, else a copy.
    fn place_source(&mut self, graph: &Graph, value: Value, wide: bool) {
        let slot = self.allocate(wide);
        let computed = matches!(graph.source(value), Source::Computed { .. });
        if computed && graph.is_wide(value) == wide && self.slots[value.index()].is_none() {
            self.slots[value.index()] = Some(slot);
        } else {
            self.copies.push(Copy { from: value, to: slot });
        }
    }
}

/// Splits registers into lines in which each takes the value of the one before it.
fn delay_lines(graph: &Graph, states: &[usize]) -> Vec<Vec<usize>> {
    let members: BTreeSet<usize> = states.iter().copied().collect();
    let mut follower: BTreeMap<usize, usize> = BTreeMap::new();
    let mut followers: BTreeSet<usize> = BTreeSet::new();
    for &number in states {
        if let Source::State(before) = graph.source(graph.states[number].next) {
            let before = before as usize;
            if before != number && members.contains(&before) && !follower.contains_key(&before) {
                follower.insert(before, number);
                followers.insert(number);
            }
        }
    }
    let mut lines = Vec::new();
    let mut placed = BTreeSet::new();
    // Lines first, then rings, which are cut open at their first register.
    for first in states.iter().filter(|n| !followers.contains(n)).chain(states) {
        let mut line = Vec::new();
        let mut at = Some(*first);
        while let Some(number) = at.filter(|&number| placed.insert(number)) {
            line.push(number);
            at = follower.get(&number).copied();
        }
        if !line.is_empty() {
            lines.push(line);
        }
    }
    lines
}

/// Marks the values that the roots depend on, through registers and memories too.
fn live(graph: &Graph, roots: impl Iterator<Item = Value>) -> Vec<bool> {
    let mut live = vec![false; graph.len()];
    let mut pending: Vec<Value> = roots.collect();
    while let Some(value) = pending.pop() {
        if std::mem::replace(&mut live[value.index()], true) {
            continue;
        }
        pending.extend(graph.operands(value));
        if let Some(write) = graph.loaded_words(value).and_then(|number| graph.words[number].write) {
            pending.extend([write.enable, write.address, write.data]);
        }
        if let Source::State(number) = graph.source(value) {
            let state = &graph.states[number as usize];
            pending.push(state.next);
            pending.extend(state.enable);
        }
    }
    live
}
