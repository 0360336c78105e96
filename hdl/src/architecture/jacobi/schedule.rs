//! The step program: what a core does in each cycle of a step. It is fixed, and follows from the latencies of the
//! units.
//!
//! In a step every 2x2 block of A and every pair of rows of Uᵀ and Vᵀ is rotated once. One slot of the rotators
//! takes one block of A, or one block of Uᵀ together with one block of Vᵀ. The blocks of A that contribute to the
//! next diagonal go first. While the rotators work on U and V, the next diagonal blocks are read and their angles
//! are computed. This hides the latency of the angle unit.
//!
//! A core with a single rotator takes a block every four cycles, and each turn lasts a multiple of four cycles.
//!
//! If pairs of rows are spread in space, all lanes run the same program at the same time: a slot takes a block in each
//! of them. All diagonal blocks are then read in one cycle.

use super::mapping::Mapping;
use crate::ordering::Ordering;
use crate::shape::Shape;

/// Latencies, in cycles, that decide how soon one operation may follow another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Latencies {
    /// From the read address of a block of A to the first cycle in which the rotated block can be addressed.
    pub block: usize,
    /// The same for a block of Uᵀ or Vᵀ, whichever takes longer.
    pub vectors: usize,
    /// From the read address of a diagonal block to that of the first block that can be turned by its left angle, and
    /// to that of the first one that can be turned by its right angle.
    pub angle: [usize; 2],
    /// From the read address of a diagonal block to the first cycle in which another one may be read.
    pub diagonal: usize,
}

/// What is done in a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tasks {
    /// Singular vectors are rotated.
    pub vectors: bool,
    /// Matrices in the core.
    pub in_flight: usize,
    /// Cycles from one block to the next.
    pub pace: usize,
    /// There are steps that make the diagonal real, in which rows and columns stay where they are.
    pub has_phases: bool,
}

impl Tasks {
    /// The tasks of a core.
    pub fn of(shape: &Shape) -> Self {
        Self {
            vectors: shape.has_vectors(),
            in_flight: shape.in_flight(),
            pace: Mapping::of(shape).cycles_per_block(shape),
            has_phases: shape.has_phases(),
        }
    }
}

/// One cycle of a step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Slot {
    /// Rotate this block of A: (row pair, column pair). A number is 0 if there is a lane for each pair.
    pub block: Option<(usize, usize)>,
    /// Rotate these blocks of Uᵀ and Vᵀ: (row pair, pair of neighbouring columns).
    pub vectors: Option<(usize, usize)>,
    /// Read the diagonal block of this pair for the next step and pass it to the angle unit. If there is a lane for
    /// each pair of rows, the number is 0, and all diagonal blocks are read.
    pub diagonal: Option<usize>,
}

/// The program of a step. All steps run the same program.
///
/// A core with several matrices in flight gives each of them one *turn* in a round, in which one of its steps begins.
/// While the angles of a matrix are computed, others have their turns, so that the rotators need not wait.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepProgram {
    /// One entry for each cycle of a turn.
    pub slots: Vec<Slot>,
    /// The cycle of the first diagonal read in a turn. A matrix that finds the core idle starts in this cycle, without
    /// rotations, so that its first angles are computed.
    pub first_diagonal: usize,
    /// How many turns before the one in which its diagonal blocks are read a matrix had its own turn.
    pub lag: usize,
    /// Turns of a round.
    pub turns: usize,
}

impl StepProgram {
    /// The program with the shortest turn for these tasks. One of the matrices in flight does not need a turn, since it
    /// is loaded or unloaded. Among the programs as short, it is the one with the fewest turns.
    pub fn new(ordering: &Ordering, mapping: Mapping, latencies: Latencies, tasks: Tasks) -> Self {
        let Tasks { vectors, in_flight, .. } = tasks;
        let blocks = match mapping {
            Mapping::Quarter | Mapping::Serial => Blocks::serial(tasks, ordering),
            Mapping::Row | Mapping::Array => Blocks::lanes(mapping, tasks, ordering.pairs()),
        };
        let most_turns = (in_flight - 1).max(1);
        let shared = in_flight > 1 && !mapping.keeps_values();
        let programs = (1..=most_turns).map(|turns| Self::with_turns(&blocks, latencies, vectors, turns, shared));
        programs.min_by_key(|p| (p.cycles(), p.turns)).expect("There is at least one turn.")
    }

    /// Cycles of a turn.
    pub fn cycles(&self) -> usize {
        self.slots.len()
    }

    /// Cycles of a step of one matrix: from one of its turns to the next.
    pub fn step(&self) -> usize {
        self.cycles() * self.turns
    }

    /// Cycles from the end of the last turn of a matrix until its last block of A is in the memory.
    pub fn late(&self, latencies: Latencies) -> u32 {
        let last_block = self.slots.iter().rposition(|slot| slot.block.is_some()).expect("Every turn rotates a block.");
        (last_block + 1 + latencies.block).saturating_sub(self.cycles()) as u32
    }

    /// Cycles that a decomposition in an idle core takes beside its steps: those until its first step, without those
    /// that its last step is shorter, as it takes only one turn.
    pub fn first_angles(&self, latencies: Latencies) -> usize {
        self.cycles() - self.first_diagonal + self.late(latencies) as usize
    }

    /// The program with the shortest turn in a round of `turns`. If the memories are `shared` with a matrix whose
    /// values are read, the port of A is free for it in at least one cycle of each turn.
    fn with_turns(blocks: &Blocks, latencies: Latencies, vectors: bool, turns: usize, shared: bool) -> Self {
        let (count, columns, pace) = (blocks.order.len(), blocks.columns, blocks.pace);
        let of_a = pace * count + blocks.sources.len() + usize::from(shared);
        let least = if vectors { of_a.max(2 * pace * count) } else { of_a };
        let rotated = pace * (count - 1) + 1;
        let rotated = rotated + if vectors { latencies.block.max(latencies.vectors) } else { latencies.block };
        // Blocks are taken at the same pace from one turn to the next.
        let shortest = least.max(rotated.div_ceil(turns)).next_multiple_of(pace);
        let lengths = (shortest..).step_by(pace);
        let mut programs = lengths.flat_map(|cycles| (0..turns).map(move |lag| (cycles, lag)));
        let found =
            programs.find_map(|(cycles, lag)| Some((cycles, lag, blocks.diagonals(latencies, turns, cycles, lag)?)));
        let (cycles, lag, diagonals) = found.expect("A long turn leaves time for everything.");
        let mut slots = vec![Slot::default(); cycles];
        for (index, &block) in blocks.order.iter().enumerate() {
            slots[pace * index].block = Some(block);
        }
        if vectors {
            for index in 0..count {
                slots[pace * (count + index)].vectors = Some((index / columns, index % columns));
            }
        }
        for &(cycle, pair) in &diagonals {
            slots[cycle].diagonal = Some(pair);
        }
        Self { slots, first_diagonal: diagonals[0].0, lag, turns }
    }
}

/// The blocks of A that a lane rotates, in their order, and what depends on that order.
struct Blocks {
    order: Vec<(usize, usize)>,
    /// Cycles from one block to the next.
    pace: usize,
    /// Pairs of columns in a lane.
    columns: usize,
    /// For each read of the diagonal, the place in the order of the last block that contributes to it, and the pair; in
    /// the order of these places.
    sources: Vec<(usize, usize)>,
    /// For each pair, the places of the first blocks that are rotated by its left angle and by its right angle.
    uses: Vec<[usize; 2]>,
}

impl Blocks {
    /// The blocks of a lane for one pair of rows. A row comes from another lane, so that all of the first blocks are
    /// rotated by all angles, and the last ones contribute to all diagonal blocks.
    fn lanes(mapping: Mapping, tasks: Tasks, pairs: usize) -> Self {
        let [_, columns] = mapping.blocks(pairs);
        Self {
            order: (0..columns).map(|column| (0, column)).collect(),
            pace: tasks.pace,
            columns,
            sources: vec![(columns - 1, 0)],
            uses: vec![[0; 2]],
        }
    }

    /// The blocks that contribute to the next diagonal come first. The four for one pair follow one another, pair by
    /// pair. They begin with the source that has been used before, so that the angles of the other one are needed late.
    ///
    /// If there is a step in which nothing moves, the next diagonal blocks are also those of the same places.
    fn serial(tasks: Tasks, ordering: &Ordering) -> Self {
        let pairs = ordering.pairs();
        let mut order: Vec<(usize, usize)> = Vec::with_capacity(pairs * pairs);
        let mut listed = vec![false; pairs * pairs];
        let mut used = vec![false; pairs];
        let mut push = |block: (usize, usize)| {
            if !std::mem::replace(&mut listed[block.0 * pairs + block.1], true) {
                order.push(block);
            }
        };
        for pair in 0..pairs {
            let [s, t] = ordering.sources(pair);
            let (a, b) = if used[t] && !used[s] { (t, s) } else { (s, t) };
            [(a, a), (a, b), (b, a), (b, b)].into_iter().for_each(&mut push);
            used[a] = true;
            used[b] = true;
        }
        (0..pairs * pairs).map(|i| (i / pairs, i % pairs)).for_each(&mut push);
        let mut place = vec![0; pairs * pairs];
        order.iter().enumerate().for_each(|(at, &(row, column))| place[row * pairs + column] = at);
        let last_source = |pair: usize| {
            let [a, b] = ordering.sources(pair);
            let moved = [(a, a), (a, b), (b, a), (b, b)].map(|(row, column)| place[row * pairs + column]);
            let own = tasks.has_phases.then(|| place[pair * pairs + pair]);
            moved.into_iter().chain(own).max()
        };
        let mut sources: Vec<(usize, usize)> =
            (0..pairs).map(|pair| (last_source(pair).expect("There are four blocks."), pair)).collect();
        sources.sort_unstable();
        let first_use = |is_used: &dyn Fn(&(usize, usize)) -> bool| {
            order.iter().position(is_used).expect("Every pair is used, as one of rows and as one of columns.")
        };
        let uses = (0..pairs).map(|pair| [first_use(&|block| block.0 == pair), first_use(&|block| block.1 == pair)]);
        let uses = uses.collect();
        Self { order, pace: tasks.pace, columns: pairs, sources, uses }
    }

    /// The cycles of a turn in which the diagonal blocks are read, each with its pair, if that is possible with turns
    /// of so many `cycles`, `lag` turns later. They are read while no block is rotated.
    fn diagonals(&self, latencies: Latencies, turns: usize, cycles: usize, lag: usize) -> Option<Vec<(usize, usize)>> {
        let turn = lag * cycles;
        let mut free = turn + self.pace * self.order.len();
        let mut diagonals = Vec::new();
        for &(last, pair) in &self.sources {
            let read = free.max(self.pace * last + latencies.block);
            let mut sides = latencies.angle.into_iter().zip(self.uses[pair]);
            let is_in_time = |(angle, used)| read + angle <= turns * cycles + self.pace * used;
            let in_time = read < turn + cycles && sides.all(is_in_time);
            in_time.then(|| diagonals.push((read - turn, pair)))?;
            free = read + latencies.diagonal;
        }
        Some(diagonals)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The tasks of a core for real matrices with two rotators on each side.
    fn tasks(vectors: bool, in_flight: usize) -> Tasks {
        Tasks { vectors, in_flight, pace: 1, has_phases: false }
    }

    #[test]
    fn every_program_rotates_every_block_once_and_respects_every_latency() {
        let (mut checked, mut lags) = (0, 0);
        for (size, in_flight) in (2..=32).step_by(2).flat_map(|size| [1, 3, 8].map(|count| (size, count))) {
            for (mapping, pace, latencies) in [
                (Mapping::Serial, 1, Latencies { block: 10, vectors: 10, angle: [14; 2], diagonal: 1 }),
                (Mapping::Serial, 1, Latencies { block: 13, vectors: 12, angle: [20, 16], diagonal: 2 }),
                (Mapping::Serial, 3, Latencies { block: 19, vectors: 18, angle: [32, 26], diagonal: 2 }),
                (Mapping::Quarter, 4, Latencies { block: 17, vectors: 14, angle: [20, 16], diagonal: 2 }),
            ] {
                let o = Ordering::new(size);
                let has_phases = pace == 3;
                let tasks = Tasks { vectors: true, in_flight, pace, has_phases };
                let program = StepProgram::new(&o, mapping, latencies, tasks);
                assert!(program.cycles().is_multiple_of(pace) && program.cycles() >= 2 * pace * o.pairs() * o.pairs());
                let (pairs, cycles, step) = (o.pairs(), program.cycles(), program.step());
                let find = |test: &dyn Fn(&Slot) -> bool| {
                    let found: Vec<usize> = (0..cycles).filter(|&c| test(&program.slots[c])).collect();
                    assert_eq!(found.len(), 1, "size {size}");
                    found[0]
                };
                for row in 0..pairs {
                    let slot = find(&|s| s.diagonal == Some(row));
                    assert!(slot >= program.first_diagonal);
                    let diagonal = slot + program.lag * cycles;
                    let [a, b] = o.sources(row);
                    let still = has_phases.then_some((row, row));
                    for block in [(a, a), (a, b), (b, a), (b, b)].into_iter().chain(still) {
                        assert!(find(&|s| s.block == Some(block)) + latencies.block <= diagonal);
                    }
                    for column in 0..pairs {
                        let block = find(&|s| s.block == Some((row, column)));
                        let vectors = find(&|s| s.vectors == Some((row, column)));
                        assert!(
                            [block, vectors].iter().all(|at| at.is_multiple_of(pace)),
                            "one rotation per cycle, from turn to turn"
                        );
                        assert!(program.slots[block].diagonal.is_none(), "one address per cycle");
                        assert!(program.slots[vectors].block.is_none(), "one rotation per cycle");
                        // The next step reads what this step wrote, and uses the angles that this step computed.
                        for source in o.sources(row) {
                            let source_of_vectors = find(&|s| s.vectors == Some((source, column)));
                            assert!(source_of_vectors + latencies.vectors <= vectors + step);
                            for other in o.sources(column) {
                                assert!(find(&|s| s.block == Some((source, other))) + latencies.block <= block + step);
                            }
                        }
                        for (pair, angle) in [row, column].into_iter().zip(latencies.angle) {
                            let read = find(&|s| s.diagonal == Some(pair)) + program.lag * cycles;
                            assert!(read + angle <= block + step);
                        }
                        checked += 1;
                    }
                }
                // The next turn reads the diagonal blocks of another matrix in the same cycles.
                let mut reads: Vec<usize> = (0..pairs).map(|pair| find(&|s| s.diagonal == Some(pair))).collect();
                reads.sort_unstable();
                reads.push(reads[0] + cycles);
                assert!(reads.windows(2).all(|two| two[0] + latencies.diagonal <= two[1]), "size {size}: {reads:?}");
                lags += usize::from(program.lag > 0);
            }
        }
        assert_eq!(checked, 12 * (1..=16).map(|p| p * p).sum::<usize>());
        assert!(lags > 0);
    }

    /// Without such a cycle, no value could be read before all matrices in flight are done.
    #[test]
    fn a_core_with_several_matrices_leaves_a_cycle_for_the_values_of_another_one() {
        let mut checked = 0;
        for (size, in_flight) in (2..=16).step_by(2).flat_map(|size| (2..=16).map(move |count| (size, count))) {
            for vectors in [false, true] {
                let latencies = Latencies { block: 11, vectors: 10, angle: [15; 2], diagonal: 1 + size / 2 % 2 };
                let program =
                    StepProgram::new(&Ordering::new(size), Mapping::Serial, latencies, tasks(vectors, in_flight));
                let is_free = |slot: &&Slot| slot.block.is_none() && slot.diagonal.is_none();
                assert!(program.slots.iter().filter(is_free).count() >= 1, "{size}, {in_flight}");
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
                assert_eq!(program.cycles(), size * size / 2, "size {size}");
            }
        }
    }

    #[test]
    fn the_rotators_never_idle_with_enough_matrices_in_flight() {
        let latencies = Latencies { block: 14, vectors: 12, angle: [20, 16], diagonal: 2 };
        for (size, turns) in [(4, 5), (6, 3), (8, 2), (10, 1), (16, 1)] {
            let program = StepProgram::new(&Ordering::new(size), Mapping::Serial, latencies, tasks(true, 8));
            assert_eq!((program.cycles(), program.turns), (size * size / 2, turns), "size {size}");
        }
    }
}
