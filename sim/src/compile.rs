//! From the flat design to a tape: instruction selection, and the order of evaluation.
//!
//! The order is a list scheduling that makes few batches: of the operations that are ready, take one, and then all
//! that become ready of the same kind, until there are none.

use crate::error::SimError;
use crate::graph::{Graph, Operation, Source, Value};
use crate::layout::Layout;
use crate::tape::{Batch, Block, Index, Instruction, Opcode, Region, Tape, WritePort, shifts};
use std::collections::{BTreeMap, BTreeSet};

/// One instruction to be, and the values that it waits for.
struct Task {
    opcode: Opcode,
    instruction: Instruction<u32>,
    /// Which value it computes; none for a copy.
    value: Option<Value>,
    waits_for: Vec<Value>,
}

/// Compiles all that has a place in the layout.
pub(crate) fn compile<I: Index>(graph: &Graph, layout: &mut Layout) -> Tape<I> {
    let tasks = tasks(graph, layout);
    let order = best_order(graph, &tasks);
    let mut tape = around(graph, layout);
    for number in order {
        let task = &tasks[number];
        let position = tape.code.len();
        match tape.batches.last_mut() {
            Some(batch) if batch.opcode == task.opcode => batch.end += 1,
            _ => tape.batches.push(Batch { opcode: task.opcode, start: position, end: position + 1 }),
        }
        tape.code.push(with_index(&task.instruction));
    }
    tape
}

/// Fails if slots or memories are more than `limit`.
pub(crate) fn fits(graph: &Graph, layout: &Layout, limit: usize) -> Result<(), SimError> {
    let unplaced = graph.values().filter(|v| layout.live[v.index()] && layout.slots[v.index()].is_none()).count();
    let needed = layout.narrow.max(layout.wide) as usize + unplaced;
    for (what, needed) in [("values", needed), ("memories and tables", graph.words.len())] {
        if needed > limit {
            return Err(SimError::TooLarge { what, needed, limit });
        }
    }
    Ok(())
}

fn with_index<I: Index>(wanted: &Instruction<u32>) -> Instruction<I> {
    let [target, a, b, c] = [wanted.target, wanted.a, wanted.b, wanted.c].map(I::new);
    Instruction { target, a, b, c, up: wanted.up, down: wanted.down }
}

fn tasks(graph: &Graph, layout: &mut Layout) -> Vec<Task> {
    let mut tasks = Vec::new();
    for value in graph.values().filter(|value| layout.live[value.index()]).collect::<Vec<_>>() {
        let Source::Computed { operation, operands, cut } = graph.source(value) else { continue };
        let opcode = opcode(graph, value);
        let slot_bits = if matches!(opcode, Opcode::Wide { .. }) { 128 } else { 64 };
        let (up, down) = shifts(cut, slot_bits);
        let target = layout.slot_or_new(graph, value).position;
        let mut at = |k: usize| layout.slot_or_new(graph, operands[k]).position;
        let [a, b, c] = match operation {
            Operation::Load => [at(0), operands[1].0, 0],
            _ => [at(0), at(1), at(2)],
        };
        let instruction = Instruction { target, a, b, c, up, down };
        tasks.push(Task { opcode, instruction, value: Some(value), waits_for: graph.operands(value) });
    }
    for copy in std::mem::take(&mut layout.copies) {
        let from = layout.slot_or_new(graph, copy.from);
        let opcode = match (from.wide, copy.to.wide) {
            (false, false) => Opcode::Plain(Operation::Move),
            (false, true) => Opcode::Widen,
            (true, _) => Opcode::Wide { operation: Operation::Move, narrow_result: !copy.to.wide },
        };
        let a = from.position;
        let instruction = Instruction { target: copy.to.position, a, b: a, c: a, up: 0, down: 0 };
        tasks.push(Task { opcode, instruction, value: None, waits_for: vec![copy.from] });
    }
    tasks
}

fn opcode(graph: &Graph, value: Value) -> Opcode {
    let Source::Computed { operation, operands, cut } = graph.source(value) else {
        unreachable!("Only computed values have an opcode.");
    };
    let narrow_result = !graph.is_wide(value);
    match operation {
        Operation::Move => Opcode::Widen,
        Operation::Load if narrow_result => Opcode::Plain(operation),
        Operation::Load => Opcode::Wide { operation, narrow_result },
        _ if graph.is_wide(operands[0]) => Opcode::Wide { operation, narrow_result },
        _ if cut.is_some() => Opcode::Cut(operation),
        _ => Opcode::Plain(operation),
    }
}

/// How the next kind of operation is chosen.
#[derive(Clone, Copy)]
enum Choice {
    /// The one with the most operations ready.
    MostReady,
    /// The one with the largest part of its remaining operations ready.
    MostComplete,
    /// The one with the fewest remaining operations that are not ready.
    FewestLeft,
}

/// The order with the fewest batches that a few rules find.
fn best_order(graph: &Graph, tasks: &[Task]) -> Vec<usize> {
    let choices = [Choice::MostReady, Choice::MostComplete, Choice::FewestLeft];
    let orders = choices.map(|choice| order(graph, tasks, choice));
    let batches = |order: &Vec<usize>| {
        order.windows(2).filter(|pair| tasks[pair[0]].opcode != tasks[pair[1]].opcode).count()
    };
    orders.into_iter().min_by_key(batches).unwrap_or_default()
}

fn order(graph: &Graph, tasks: &[Task], choice: Choice) -> Vec<usize> {
    let mut users: Vec<Vec<usize>> = vec![Vec::new(); graph.len()];
    let mut missing = vec![0; tasks.len()];
    let mut ready: BTreeMap<Opcode, Vec<usize>> = BTreeMap::new();
    let mut remaining: BTreeMap<Opcode, usize> = BTreeMap::new();
    for (number, task) in tasks.iter().enumerate() {
        for &value in task.waits_for.iter().filter(|&&v| matches!(graph.source(v), Source::Computed { .. })) {
            users[value.index()].push(number);
            missing[number] += 1;
        }
        let queue = ready.entry(task.opcode).or_default();
        if missing[number] == 0 {
            queue.push(number);
        }
        *remaining.entry(task.opcode).or_default() += 1;
    }
    let mut order = Vec::with_capacity(tasks.len());
    while order.len() < tasks.len() {
        let candidates = ready.iter().filter(|(_, queue)| !queue.is_empty());
        let opcode = candidates
            .max_by_key(|(opcode, queue)| match choice {
                Choice::MostReady => queue.len() as i64,
                Choice::MostComplete => (queue.len() * 1000 / remaining[opcode]) as i64,
                Choice::FewestLeft => queue.len() as i64 - remaining[opcode] as i64,
            })
            .map(|(&opcode, _)| opcode)
            .expect("The graph has no cycle, so that something is ready.");
        let mut at = 0;
        while at < ready[&opcode].len() {
            let number = ready[&opcode][at];
            at += 1;
            order.push(number);
            let Some(value) = tasks[number].value else { continue };
            for &user in &users[value.index()] {
                missing[user] -= 1;
                if missing[user] == 0 {
                    ready.get_mut(&tasks[user].opcode).expect("Every opcode has a queue.").push(user);
                }
            }
        }
        *remaining.get_mut(&opcode).expect("Every opcode is counted.") -= at;
        ready.insert(opcode, Vec::new());
    }
    order
}

/// Everything but the instructions.
fn around<I: Index>(graph: &Graph, layout: &mut Layout) -> Tape<I> {
    let mut tape = Tape {
        batches: Vec::new(),
        code: Vec::new(),
        regions: Vec::new(),
        writes: Vec::new(),
        blocks: Vec::new(),
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
            let mut at = |value| I::new(layout.slot_or_new(graph, value).position);
            let (enable, address, data) = (at(write.enable), at(write.address), at(write.data));
            tape.writes.push(WritePort { region, enable, address, data });
        }
    }
    for block in &layout.blocks {
        tape.blocks.push(Block { enable: block.enable.map(I::new), shifts: block.shifts.clone() });
    }
    for (number, state) in graph.states.iter().enumerate() {
        if let Some(reset) = state.reset.filter(|_| layout.is_live_state(graph, number)) {
            tape.resets.push((layout.slot_or_new(graph, state.value), reset));
        }
    }
    for value in graph.values().filter(|value| layout.live[value.index()]) {
        if let (Some(number), Some(slot)) = (graph.constant_of(value), layout.slots[value.index()]) {
            tape.constants.push((slot, number));
        }
    }
    tape
}
