//! Instruction selection: what is to be executed each cycle, still without an order.

use crate::graph::{Cut, Graph, Operation, Source, Value};
use crate::layout::{Copy, Layout};
use crate::tape::{Instruction, Opcode, Slot, shifts};

/// One instruction to be.
pub(crate) struct Task {
    pub opcode: Opcode,
    /// The value that it computes, or copies.
    pub value: Value,
    /// Where it puts a copy; computed values have slots of their own.
    pub copy_to: Option<Slot>,
    /// The values that it reads.
    pub operands: Vec<Value>,
    /// Which memory or table it loads from.
    words: usize,
    cut: Option<Cut>,
}

/// All live computations, and the layout's copies.
pub(crate) fn select(graph: &Graph, layout: &Layout) -> Vec<Task> {
    let live = graph.values().filter(|value| layout.live[value.index()]);
    let computations = live.filter_map(|value| computation(graph, value));
    computations.chain(layout.copies.iter().map(|copy| transfer(graph, copy))).collect()
}

fn computation(graph: &Graph, value: Value) -> Option<Task> {
    let Source::Computed { operation, operands, cut } = graph.source(value) else { return None };
    let narrow_result = !graph.is_wide(value);
    let opcode = match operation {
        Operation::Move => Opcode::Widen,
        Operation::Load if narrow_result => Opcode::Plain(operation),
        Operation::Load => Opcode::Wide { operation, narrow_result },
        _ if graph.is_wide(operands[0]) => Opcode::Wide { operation, narrow_result },
        _ if cut.is_some() => Opcode::Cut(operation),
        _ => Opcode::Plain(operation),
    };
    let words = graph.loaded_words(value).unwrap_or(0);
    Some(Task { opcode, value, copy_to: None, operands: graph.operands(value), words, cut })
}

fn transfer(graph: &Graph, copy: &Copy) -> Task {
    let opcode = match (graph.is_wide(copy.from), copy.to.wide) {
        (false, false) => Opcode::Plain(Operation::Move),
        (false, true) => Opcode::Widen,
        (true, _) => Opcode::Wide { operation: Operation::Move, narrow_result: !copy.to.wide },
    };
    Task { opcode, value: copy.from, copy_to: Some(copy.to), operands: vec![copy.from], words: 0, cut: None }
}

impl Task {
    /// The instruction, once all slots are known.
    pub fn instruction(&self, layout: &Layout) -> Instruction<u32> {
        let (up, down) = shifts(self.cut, if matches!(self.opcode, Opcode::Wide { .. }) { 128 } else { 64 });
        let at = |k: usize| layout.slot(*self.operands.get(k).unwrap_or(&self.operands[0])).position;
        let [a, mut b, c] = [at(0), at(1), at(2)];
        if matches!(self.opcode, Opcode::Plain(Operation::Load) | Opcode::Wide { operation: Operation::Load, .. }) {
            b = self.words as u32;
        }
        let target = self.copy_to.unwrap_or_else(|| layout.slot(self.value)).position;
        Instruction { target, a, b, c, up, down }
    }

    /// Whether equal tasks may form a row.
    pub fn forms_rows(&self) -> bool {
        match self.opcode {
            Opcode::Plain(Operation::Load) | Opcode::Wide { .. } | Opcode::Widen => false,
            Opcode::Plain(_) | Opcode::Cut(_) => true,
        }
    }
}
