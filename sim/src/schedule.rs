//! The order of evaluation: few batches of equal operations.
//!
//! List scheduling: of the operations that are ready, take all of one kind, and repeat.

use crate::graph::{Graph, Source};
use crate::select::Task;
use crate::tape::Opcode;
use std::collections::BTreeMap;

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

/// Batches of task numbers; of a few rules' batches, the fewest. No task waits for another one of its batch.
pub(crate) fn schedule(graph: &Graph, tasks: &[Task]) -> Vec<Vec<usize>> {
    let choices = [Choice::MostReady, Choice::MostComplete, Choice::FewestLeft];
    choices.map(|choice| batches(graph, tasks, choice)).into_iter().min_by_key(Vec::len).unwrap_or_default()
}

fn batches(graph: &Graph, tasks: &[Task], choice: Choice) -> Vec<Vec<usize>> {
    let mut users: Vec<Vec<usize>> = vec![Vec::new(); graph.len()];
    let mut missing = vec![0; tasks.len()];
    let mut ready: BTreeMap<Opcode, Vec<usize>> = BTreeMap::new();
    let mut remaining: BTreeMap<Opcode, usize> = BTreeMap::new();
    for (number, task) in tasks.iter().enumerate() {
        for &value in task.operands.iter().filter(|&&v| matches!(graph.source(v), Source::Computed { .. })) {
            users[value.index()].push(number);
            missing[number] += 1;
        }
        if missing[number] == 0 {
            ready.entry(task.opcode).or_default().push(number);
        }
        *remaining.entry(task.opcode).or_default() += 1;
    }
    let mut batches = Vec::new();
    let best = |ready: &BTreeMap<Opcode, Vec<usize>>, remaining: &BTreeMap<Opcode, usize>| {
        let score = |(opcode, queue): &(&Opcode, &Vec<usize>)| match choice {
            Choice::MostReady => queue.len() as i64,
            Choice::MostComplete => (queue.len() * 1000 / remaining[opcode]) as i64,
            Choice::FewestLeft => queue.len() as i64 - remaining[opcode] as i64,
        };
        ready.iter().max_by_key(score).map(|(&opcode, _)| opcode)
    };
    while let Some(opcode) = best(&ready, &remaining) {
        let batch = ready.remove(&opcode).expect("It is one of the ready ones.");
        *remaining.get_mut(&opcode).expect("Every opcode is counted.") -= batch.len();
        for task in batch.iter().map(|&number| &tasks[number]).filter(|task| task.copy_to.is_none()) {
            for &user in &users[task.value.index()] {
                missing[user] -= 1;
                if missing[user] == 0 {
                    ready.entry(tasks[user].opcode).or_default().push(user);
                }
            }
        }
        batches.push(batch);
    }
    batches
}
