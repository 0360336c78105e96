//! From the flat design to a tape: slots for what has none, rows, and all that is not an instruction.

use crate::graph::{Graph, Value};
use crate::layout::Layout;
use crate::schedule::schedule;
use crate::select::{Task, select};
use crate::tape::{Batch, Instruction, Region, Row, Slot, Tape, WritePort};
use std::collections::{BTreeMap, BTreeSet};

/// From how many instructions on a row beats single instructions.
const SHORTEST_ROW: usize = 4;

/// Compiles all that the layout holds live, and completes the layout.
pub(crate) fn compile(graph: &Graph, layout: &mut Layout) -> Tape<u32> {
    let tasks = select(graph, layout);
    let mut batches = schedule(graph, &tasks);
    for batch in &mut batches {
        // Equal nodes of several instances get neighbouring slots.
        batch.sort_by_key(|&number| graph.origin(tasks[number].value));
        for task in batch.iter().map(|&number| &tasks[number]) {
            layout.slot_or_new(graph, task.value);
        }
    }
    let mut tape = around(graph, layout);
    let mut constants = ConstantRows::default();
    for batch in batches {
        let mut batch: Vec<(&Task, Instruction<u32>)> =
            batch.iter().map(|&number| (&tasks[number], tasks[number].instruction(layout))).collect();
        batch.sort_by_key(|(_, instruction)| instruction.target);
        let (first, first_row, opcode) = (tape.code.len(), tape.rows.len(), batch[0].0.opcode);
        let mut rest = &batch[..];
        while !rest.is_empty() {
            let length = row_length(graph, rest);
            if length < SHORTEST_ROW {
                tape.code.push(rest[0].1);
                rest = &rest[1..];
            } else {
                let first = constants.spread(graph, layout, &rest[0], length);
                tape.rows.push(Row { first, count: length as u32 });
                rest = &rest[length..];
            }
        }
        tape.batches.push(Batch { opcode, code: first..tape.code.len(), rows: first_row..tape.rows.len() });
    }
    constants.fill(graph, &mut tape);
    tape
}

/// How many of the instructions form a row: targets and operands are neighbours, or an operand is one constant.
fn row_length(graph: &Graph, batch: &[(&Task, Instruction<u32>)]) -> usize {
    let (task, first) = &batch[0];
    if !task.forms_rows() {
        return 1;
    }
    let constant = |k: usize| task.operands.get(k).is_some_and(|&value| graph.constant_of(value).is_some());
    let in_row = |distance: u32, other: &Instruction<u32>| {
        let operands = [(first.a, other.a), (first.b, other.b), (first.c, other.c)];
        let fits = |(k, (from, to)): (usize, (u32, u32))| if constant(k) { to == from } else { to == from + distance };
        other.target == first.target + distance
            && (other.up, other.down) == (first.up, first.down)
            && operands.into_iter().take(task.operands.len()).enumerate().all(fits)
    };
    batch.iter().zip(0..).take_while(|((_, instruction), distance)| in_row(*distance, instruction)).count()
}

/// Constants repeated in neighbouring slots, as operands of rows.
#[derive(Default)]
struct ConstantRows {
    /// First slot and length, for each constant.
    rows: BTreeMap<Value, Vec<(u32, usize)>>,
}

impl ConstantRows {
    /// The first instruction of a row, with constant operands replaced by rows of them.
    fn spread(
        &mut self,
        graph: &Graph,
        layout: &mut Layout,
        (task, instruction): &(&Task, Instruction<u32>),
        length: usize,
    ) -> Instruction<u32> {
        let mut first = *instruction;
        for (&value, operand) in task.operands.iter().zip([&mut first.a, &mut first.b, &mut first.c]) {
            if graph.constant_of(value).is_some() {
                *operand = self.row(layout, value, length);
            }
        }
        first
    }

    fn row(&mut self, layout: &mut Layout, constant: Value, length: usize) -> u32 {
        let rows = self.rows.entry(constant).or_default();
        if let Some((first, _)) = rows.iter().find(|(_, found)| *found >= length) {
            return *first;
        }
        let first = layout.narrow;
        for _ in 0..length {
            layout.allocate(false);
        }
        rows.push((first, length));
        first
    }

    fn fill(self, graph: &Graph, tape: &mut Tape<u32>) {
        for (constant, rows) in self.rows {
            let number = graph.constant_of(constant).expect("Only constants are repeated.");
            for position in rows.into_iter().flat_map(|(first, length)| first..first + length as u32) {
                tape.constants.push((Slot { position, wide: false }, number));
            }
        }
    }
}

/// Everything but the instructions.
fn around(graph: &Graph, layout: &Layout) -> Tape<u32> {
    let mut tape = Tape {
        batches: Vec::new(),
        code: Vec::new(),
        rows: Vec::new(),
        regions: Vec::new(),
        writes: Vec::new(),
        blocks: layout.blocks.clone(),
        resets: Vec::new(),
        constants: Vec::new(),
        words: Vec::new(),
        wide_words: Vec::new(),
    };
    for words in &graph.words {
        let mask = words.contents.len() - 1;
        let base = if words.is_wide() { tape.wide_words.len() } else { tape.words.len() };
        if words.is_wide() {
            tape.wide_words.extend(&words.contents);
        } else {
            tape.words.extend(words.contents.iter().map(|&word| word as i64));
        }
        tape.regions.push(Region { base, mask, wide: words.is_wide() });
    }
    let loaded: BTreeSet<usize> =
        graph.values().filter(|v| layout.live[v.index()]).filter_map(|v| graph.loaded_words(v)).collect();
    for (number, (words, &region)) in graph.words.iter().zip(&tape.regions).enumerate() {
        if let Some(write) = words.write.filter(|_| loaded.contains(&number)) {
            let at = |value| layout.slot(value).position;
            let (enable, address, data) = (at(write.enable), at(write.address), at(write.data));
            tape.writes.push(WritePort { region, enable, address, data });
        }
    }
    for (number, state) in graph.states.iter().enumerate() {
        if let Some(reset) = state.reset.filter(|_| layout.is_live_state(graph, number)) {
            tape.resets.push((layout.slot(state.value), reset));
        }
    }
    for value in graph.values().filter(|value| layout.live[value.index()]) {
        if let (Some(number), Some(slot)) = (graph.constant_of(value), layout.slots[value.index()]) {
            tape.constants.push((slot, number));
        }
    }
    tape
}
