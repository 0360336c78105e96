//! The bank schedules of all architectures and sizes, played through.

use super::*;
use crate::parameters::{ArchitectureName, Parameters};
use std::collections::{HashMap, HashSet};

/// A copy of the matrix, a block, and the place of an element in it.
type Place = (usize, [usize; 2], [usize; 2]);

/// The memory that holds a block of A, and a block's place in it, by the pairs of rows and of columns.
fn place(mapping: Mapping, [row, column]: [usize; 2]) -> ([usize; 2], [usize; 2]) {
    match mapping {
        Mapping::Quarter | Mapping::Serial => ([0, 0], [row, column]),
        Mapping::Row => ([row, 0], [0, column]),
        Mapping::Array => ([row, column], [0, 0]),
    }
}

/// One access to a bank of a memory in a cycle.
fn access(
    seen: &mut HashSet<(usize, [usize; 2], [usize; 2])>,
    cycle: usize,
    lane: [usize; 2],
    bank: [usize; 2],
    what: &str,
) {
    assert!(seen.insert((cycle, lane, bank)), "bank {bank:?} of lane {lane:?} is {what} twice in cycle {cycle}");
}

/// Plays a few steps of all matrices that take turns. Returns the number of accesses.
fn play(ordering: &Ordering, mapping: Mapping, program: &StepProgram, latency: usize) -> usize {
    const STEPS: usize = 3;
    let (size, pairs) = (ordering.size(), ordering.pairs());
    let (mut reads, mut writes) = (HashSet::new(), HashSet::new());
    for turn in 0..program.turns {
        // The element at a place of a copy, and the cycle from which on it is there.
        let mut words: HashMap<Place, ((usize, usize), usize)> = HashMap::new();
        let mut at: Vec<usize> = (0..size).collect();
        for step in 0..STEPS {
            let begin = (step * program.turns + turn) * program.rotations.cycles();
            let next: Vec<usize> = at.iter().map(|&p| ordering.next(p)).collect();
            let member = |place: usize| at.iter().position(|&p| p == place).expect("Every place is taken.");
            let blocks =
                program.rotations.slots.iter().enumerate().filter_map(|(cycle, slot)| Some((cycle, slot.block?)));
            let mut rotated = HashSet::new();
            for (cycle, (row, column)) in blocks {
                let spread = |own: usize, in_space: bool| if in_space { (0..pairs).collect() } else { vec![own] };
                let [rows, columns] = [
                    spread(row, matches!(mapping, Mapping::Row | Mapping::Array)),
                    spread(column, mapping == Mapping::Array),
                ];
                for block in rows.iter().flat_map(|&row| columns.iter().map(move |&column| [row, column])) {
                    assert!(rotated.insert(block), "{block:?} is rotated twice");
                    let now = begin + cycle;
                    for bank in [[0, 0], [0, 1], [1, 0], [1, 1]] {
                        access(&mut reads, now, place(mapping, block).0, bank, "read");
                        let [i, j] = [0, 1].map(|side| ordering.place(block[side], bank[side]));
                        let element = (member(i), member(j));
                        if step > 0 {
                            let (found, since) = words[&(step % 2, block, bank)];
                            assert!(found == element && since <= now, "step {step}, {block:?}, {bank:?}");
                        }
                        // After the rotation it goes to the place of its row and column in the next step.
                        let goal = [ordering.next(i), ordering.next(j)];
                        let (pair, bank) = (goal.map(|p| ordering.pair(p)), goal.map(|p| ordering.bank(p)));
                        access(&mut writes, now + latency - 1, place(mapping, pair).0, bank, "written");
                        words.insert(((step + 1) % 2, pair, bank), (element, now + latency));
                    }
                }
            }
            assert_eq!(rotated.len(), pairs * pairs);
            // The diagonal blocks of the next step.
            let diagonals =
                program.rotations.slots.iter().enumerate().filter_map(|(cycle, slot)| Some((cycle, slot.diagonal?)));
            let mut measured = 0;
            for (cycle, pair) in diagonals {
                let now = begin + program.lag * program.rotations.cycles() + cycle;
                let all =
                    if matches!(mapping, Mapping::Row | Mapping::Array) { (0..pairs).collect() } else { vec![pair] };
                for pair in all {
                    for bank in [[0, 0], [0, 1], [1, 0], [1, 1]] {
                        access(&mut reads, now, place(mapping, [pair, pair]).0, bank, "read");
                        assert!(words[&((step + 1) % 2, [pair, pair], bank)].1 <= now, "diagonal {pair}");
                    }
                    measured += 1;
                }
            }
            assert_eq!(measured, pairs);
            at = next;
        }
    }
    // One block of U and V per cycle at most, in every pair of rows and columns once.
    let vectors: HashSet<_> = program.rotations.slots.iter().filter_map(|slot| slot.vectors).collect();
    let [rows, columns] = match mapping {
        Mapping::Quarter | Mapping::Serial => [pairs, pairs],
        Mapping::Row => [1, pairs],
        Mapping::Array => [1, pairs],
    };
    assert!(vectors.is_empty() || mapping == Mapping::Array || vectors.len() == rows * columns, "{}", vectors.len());
    reads.len() + writes.len()
}

/// Plays the schedules of all architectures for the sizes that are `wanted`. Returns how many.
fn check(wanted: impl Fn(usize) -> bool) -> usize {
    let mut cores = 0;
    let mut accesses = 0;
    for arch in [ArchitectureName::Quarter, ArchitectureName::Serial, ArchitectureName::Row, ArchitectureName::Array] {
        for interleave in [Some(1), None] {
            for size in (2..=if arch == ArchitectureName::Array { 16 } else { 64 }).filter(|&size| wanted(size)) {
                let parameters = Parameters { rows: size, cols: size, arch, interleave, ..Parameters::default() };
                let shape = parameters.shape().expect("a core");
                let orderings = orderings(&shape);
                let (_, timing) = draw_datapath(&mut DesignBuilder::new(), &orderings, &shape);
                for vectors in [true, false] {
                    let mapping = Mapping::of(&shape);
                    let program = StepProgram::new(
                        largest(&orderings),
                        mapping,
                        timing.latencies,
                        Tasks { vectors, ..Tasks::of(&shape) },
                    );
                    accesses += play(largest(&orderings), mapping, &program, timing.latencies.block);
                    cores += 1;
                }
            }
        }
    }
    assert!(accesses > 1000 * cores, "{accesses}");
    cores
}

#[test]
fn no_bank_of_small_cores_is_read_or_written_twice_in_a_cycle() {
    assert_eq!(check(|size| size <= 12 || size == 24), 4 * (12 * 3 + 11));
}

#[test]
#[ignore = "takes a minute"]
fn no_bank_is_read_or_written_twice_in_a_cycle() {
    assert_eq!(check(|_| true), 4 * (63 * 3 + 15));
}
