//! Tests of the step programs.

use super::*;

/// The tasks of a core for real matrices with two rotators on each side.
fn tasks(vectors: bool, in_flight: usize) -> Tasks {
    Tasks { vectors, in_flight, pace: 1, phase_pace: None }
}

/// The cycle of the one slot of a turn for which this holds.
fn find(turn: &Turn, test: impl Fn(&Slot) -> bool) -> usize {
    let found: Vec<usize> = (0..turn.cycles()).filter(|&c| test(&turn.slots[c])).collect();
    assert_eq!(found.len(), 1, "{} cycles", turn.cycles());
    found[0]
}

#[test]
fn every_program_rotates_every_block_once_and_respects_every_latency() {
    let (mut checked, mut lags) = (0, 0);
    for (size, in_flight) in (2..=32).step_by(2).flat_map(|size| [1, 3, 8].map(|count| (size, count))) {
        for (mapping, pace, phase_pace, latencies) in [
            (Mapping::Serial, 1, None, Latencies { block: 10, vectors: 10, angle: [14; 2], diagonal: 1 }),
            (Mapping::Serial, 1, None, Latencies { block: 13, vectors: 12, angle: [20, 16], diagonal: 2 }),
            (Mapping::Serial, 3, Some(2), Latencies { block: 19, vectors: 18, angle: [32, 26], diagonal: 2 }),
            (Mapping::Quarter, 4, None, Latencies { block: 17, vectors: 14, angle: [20, 16], diagonal: 2 }),
        ] {
            let o = Ordering::new(size);
            let tasks = Tasks { vectors: true, in_flight, pace, phase_pace };
            let program = StepProgram::new(&o, mapping, latencies, tasks);
            assert!(program.rotations.cycles().is_multiple_of(pace));
            let kinds: Vec<(&Turn, usize)> =
                program.kinds().zip([Some(pace), phase_pace].into_iter().flatten()).collect();
            assert_eq!(kinds.len(), 1 + usize::from(phase_pace.is_some()));
            let shortest = kinds.iter().map(|(turn, _)| turn.cycles()).min().unwrap();
            for &(turn, own_pace) in &kinds {
                let last_begins = own_pace * (2 * o.pairs() * o.pairs() - 1);
                assert!(last_begins + pace <= turn.cycles(), "a block of another pace may follow");
                for &(next, _) in &kinds {
                    // Cycles from the beginning of a turn to that of the next one of the same matrix.
                    let step = turn.cycles() + (program.turns - 1) * shortest;
                    checked += check(&o, &program, [turn, next], (own_pace, step), phase_pace.is_some(), latencies);
                    // The next turn reads the diagonal blocks of another matrix.
                    let read = |pair: usize| find(turn, |s| s.diagonal == Some(pair));
                    let mut reads: Vec<usize> = (0..o.pairs()).map(read).collect();
                    reads.sort_unstable();
                    reads.push(turn.cycles() + next.first_diagonal);
                    let apart = |two: &[usize]| two[0] + latencies.diagonal <= two[1];
                    assert!(reads.windows(2).all(apart), "size {size}: {reads:?}");
                }
            }
            lags += usize::from(program.lag > 0);
        }
    }
    // One program has two kinds of turns, of which each may follow each.
    assert_eq!(checked, 3 * (1 + 1 + 4 + 1) * (1..=16).map(|p| p * p).sum::<usize>());
    assert!(lags > 0);
}

/// Checks two turns of a matrix, `step` cycles apart. Returns the number of blocks.
fn check(
    o: &Ordering,
    program: &StepProgram,
    [turn, next]: [&Turn; 2],
    (pace, step): (usize, usize),
    may_stay: bool,
    latencies: Latencies,
) -> usize {
    let shortest = program.kinds().map(Turn::cycles).min().unwrap();
    let mut checked = 0;
    for row in 0..o.pairs() {
        // The diagonal blocks are read in a turn of any kind, unless it is the same one.
        let lag = program.lag;
        let readers: Vec<&Turn> = if lag == 0 { vec![turn] } else { program.kinds().collect() };
        let reads = |pair: usize| {
            let before = if lag == 0 { 0 } else { turn.cycles() + (lag - 1) * shortest };
            readers.iter().map(move |reader| (reader, before + find(reader, |s| s.diagonal == Some(pair))))
        };
        for (reader, read) in reads(row) {
            assert!(find(reader, |s| s.diagonal == Some(row)) >= reader.first_diagonal);
            let [a, b] = o.sources(row);
            let still = may_stay.then_some((row, row));
            for block in [(a, a), (a, b), (b, a), (b, b)].into_iter().chain(still) {
                assert!(find(turn, |s| s.block == Some(block)) + latencies.block <= read);
            }
        }
        for column in 0..o.pairs() {
            let block = find(turn, |s| s.block == Some((row, column)));
            let vectors = find(turn, |s| s.vectors == Some((row, column)));
            assert!([block, vectors].iter().all(|at| at.is_multiple_of(pace)), "one rotation per cycle");
            assert!(turn.slots[block].diagonal.is_none(), "one address per cycle");
            assert!(turn.slots[vectors].block.is_none(), "one rotation per cycle");
            // The next step reads what this step wrote, and uses the angles that this step computed.
            let next_block = step + find(next, |s| s.block == Some((row, column)));
            let next_vectors = step + find(next, |s| s.vectors == Some((row, column)));
            for source in o.sources(row) {
                let source_of_vectors = find(turn, |s| s.vectors == Some((source, column)));
                assert!(source_of_vectors + latencies.vectors <= next_vectors);
                for other in o.sources(column) {
                    assert!(find(turn, |s| s.block == Some((source, other))) + latencies.block <= next_block);
                }
            }
            for (pair, angle) in [row, column].into_iter().zip(latencies.angle) {
                for (reader, read) in reads(pair) {
                    // Turns of other matrices between the reads and the next step are short.
                    let rest = (program.turns - lag - 1) * shortest;
                    let at = find(reader, |s| s.diagonal == Some(pair));
                    let used = find(next, |s| s.block == Some((row, column)));
                    assert!(read >= at && angle <= reader.cycles() - at + rest + used, "{pair}");
                }
            }
            checked += 1;
        }
    }
    checked
}

/// Without such a cycle, no value could be read before all matrices in flight are done.
#[test]
fn a_core_with_several_matrices_leaves_a_cycle_for_the_values_of_another_one() {
    let mut checked = 0;
    for (size, in_flight) in (2..=16).step_by(2).flat_map(|size| (2..=16).map(move |count| (size, count))) {
        for vectors in [false, true] {
            let latencies = Latencies { block: 11, vectors: 10, angle: [15; 2], diagonal: 1 + size / 2 % 2 };
            let program = StepProgram::new(&Ordering::new(size), Mapping::Serial, latencies, tasks(vectors, in_flight));
            let is_free = |slot: &&Slot| slot.block.is_none() && slot.diagonal.is_none();
            assert!(program.rotations.slots.iter().filter(is_free).count() >= 1, "{size}, {in_flight}");
            checked += 1;
        }
    }
    assert_eq!(checked, 8 * 15 * 2);
}

#[test]
fn the_rotators_never_idle_from_eight_rows_on() {
    for size in [8, 10, 12, 16, 32] {
        for (block, angle) in [(10, 14), (11, 15)] {
            let latencies = Latencies { block, vectors: 10, angle: [angle; 2], diagonal: 1 };
            let program = StepProgram::new(&Ordering::new(size), Mapping::Serial, latencies, tasks(true, 1));
            assert_eq!(program.rotations.cycles(), size * size / 2, "size {size}");
        }
    }
}

#[test]
fn the_rotators_never_idle_with_enough_matrices_in_flight() {
    let latencies = Latencies { block: 14, vectors: 12, angle: [20, 16], diagonal: 2 };
    for (size, turns) in [(4, 5), (6, 3), (8, 2), (10, 1), (16, 1)] {
        let program = StepProgram::new(&Ordering::new(size), Mapping::Serial, latencies, tasks(true, 8));
        assert_eq!((program.rotations.cycles(), program.turns), (size * size / 2, turns), "size {size}");
    }
}
