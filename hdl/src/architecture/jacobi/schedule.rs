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
//! A step that makes the diagonal of a complex matrix real multiplies each element by one number. It takes a block
//! every two cycles where another step takes three, and has a shorter program.
//!
//! If pairs of rows are spread in space, all lanes run the same program at the same time: a slot takes a block in each
//! of them. All diagonal blocks are then read in one cycle.

use super::mapping::Mapping;
use crate::ordering::Ordering;
use crate::shape::Shape;
use crate::units::complex::rotator::FEWEST_CYCLES;

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
    /// Cycles from one block to the next in the steps that make the diagonal real, if there are any. In these, rows and
    /// columns stay where they are.
    pub phase_pace: Option<usize>,
}

impl Tasks {
    /// The tasks of a core.
    pub fn of(shape: &Shape) -> Self {
        Self {
            vectors: shape.has_vectors(),
            in_flight: shape.in_flight(),
            pace: Mapping::of(shape).cycles_per_block(shape),
            phase_pace: shape.has_phases().then_some(FEWEST_CYCLES as usize),
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

/// What a core does in each cycle of a turn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// One entry for each cycle.
    pub slots: Vec<Slot>,
    /// The cycle of the first diagonal read. A matrix that finds the core idle starts in this cycle, without rotations,
    /// so that its first angles are computed.
    pub first_diagonal: usize,
}

impl Turn {
    /// Cycles of the turn.
    pub fn cycles(&self) -> usize {
        self.slots.len()
    }

    /// Cycles from the first diagonal read to the end of the turn.
    pub fn from_first_diagonal(&self) -> usize {
        self.cycles() - self.first_diagonal
    }
}

/// The program of a step. All steps run the same program, but for those that make the diagonal real.
///
/// A core with several matrices in flight gives each of them one *turn* in a round, in which one of its steps begins.
/// While the angles of a matrix are computed, others have their turns, so that the rotators need not wait.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepProgram {
    /// A turn in which blocks are rotated. One without a matrix lasts as long.
    pub rotations: Turn,
    /// A turn in which the diagonal is made real, if there are such steps.
    pub phases: Option<Turn>,
    /// How many turns before the one in which its diagonal blocks are read a matrix had its own turn.
    pub lag: usize,
    /// Turns of a round.
    pub turns: usize,
}

impl StepProgram {
    /// The program with the shortest turn for these tasks. One of the matrices in flight does not need a turn, since it
    /// is loaded or unloaded. Among the programs as short, it is the one with the fewest turns.
    pub fn new(ordering: &Ordering, mapping: Mapping, latencies: Latencies, tasks: Tasks) -> Self {
        let in_flight = tasks.in_flight;
        let blocks = match mapping {
            Mapping::Quarter | Mapping::Serial => Blocks::serial(tasks, ordering),
            Mapping::Row | Mapping::Array => Blocks::lanes(mapping, tasks, ordering.pairs()),
        };
        let most_turns = (in_flight - 1).max(1);
        let shared = in_flight > 1 && !mapping.keeps_values();
        let programs = (1..=most_turns).map(|turns| Self::with_turns(&blocks, latencies, tasks.vectors, turns, shared));
        let length = |program: &Self| program.kinds().map(Turn::cycles).collect::<Vec<_>>();
        programs.min_by_key(|p| (length(p), p.turns)).expect("There is at least one turn.")
    }

    /// The kinds of turns: one with rotations, and, if there is one, that which makes the diagonal real.
    pub fn kinds(&self) -> impl Iterator<Item = &Turn> {
        std::iter::once(&self.rotations).chain(&self.phases)
    }

    /// The turn in which the first angles of a matrix are computed, if it finds the core idle.
    pub fn first_turn(&self) -> &Turn {
        self.phases.as_ref().unwrap_or(&self.rotations)
    }

    /// Cycles of a step with rotations of one matrix: from one of its turns to the next, if others have the same.
    pub fn step(&self) -> usize {
        self.rotations.cycles() * self.turns
    }

    /// Cycles by which the turn that makes the diagonal real is shorter than another one.
    pub fn saved_by_phases(&self) -> usize {
        self.rotations.cycles() - self.first_turn().cycles()
    }

    /// Cycles from the end of the last turn of a matrix until its last block of A is in the memory.
    pub fn late(&self, latencies: Latencies) -> u32 {
        let slots = &self.rotations.slots;
        let last_block = slots.iter().rposition(|slot| slot.block.is_some()).expect("Every turn rotates a block.");
        (last_block + 1 + latencies.block).saturating_sub(slots.len()) as u32
    }

    /// Cycles that a decomposition in an idle core takes beside its steps: those until its first step, without those
    /// that its last step is shorter, as it takes only one turn.
    pub fn first_angles(&self, latencies: Latencies) -> usize {
        self.first_turn().from_first_diagonal() + self.late(latencies) as usize
    }

    /// Whether all angles of a step are known, `latency` cycles after the diagonal blocks are read, when the next turn
    /// of its matrix decides what follows: one cycle before the first diagonal read.
    pub fn knows_angles_after(&self, latency: u32) -> bool {
        let shortest = self.kinds().map(Turn::cycles).min().unwrap_or(0);
        let others = (self.turns - self.lag - 1) * shortest;
        self.kinds().all(|turn| {
            let last_angle = turn.slots.iter().rposition(|s| s.diagonal.is_some()).unwrap_or(0);
            let known = last_angle + latency as usize + 1;
            self.kinds().all(|next| known < turn.cycles() + others + next.first_diagonal)
        })
    }

    /// The program with the shortest turn in a round of `turns`. If the memories are `shared` with a matrix whose
    /// values are read, the port of A is free for it in at least one cycle of each turn.
    fn with_turns(blocks: &Blocks, latencies: Latencies, vectors: bool, turns: usize, shared: bool) -> Self {
        let (least, least_of_phases) = (blocks.least(blocks.pace, vectors, shared), |pace: usize| {
            // The last block takes as long as one that is rotated, since such a one may follow.
            blocks.least(pace, vectors, shared) + blocks.pace - pace
        });
        // Blocks are taken at the same pace from one turn to the next.
        let lengths = (least.next_multiple_of(blocks.pace)..).step_by(blocks.pace);
        let mut rounds = lengths.flat_map(|cycles| {
            let phases: Vec<Option<Kind>> = match blocks.phase_pace {
                None => vec![None],
                Some(pace) => (least_of_phases(pace)..=cycles).map(|cycles| Some(Kind { pace, cycles })).collect(),
            };
            let rotations = Kind { pace: blocks.pace, cycles };
            phases
                .into_iter()
                .flat_map(move |phases| (0..turns).map(move |lag| Round { rotations, phases, lag, turns }))
        });
        let found = rounds.find_map(|round| Some((round, round.diagonals(blocks, latencies, vectors)?)));
        let (round, diagonals) = found.expect("A long turn leaves time for everything.");
        let mut of_kinds = round.kinds().zip(&diagonals).map(|(kind, reads)| blocks.turn(kind, reads, vectors));
        let rotations = of_kinds.next().expect("There are rotations.");
        Self { rotations, phases: of_kinds.next(), lag: round.lag, turns }
    }
}

/// How fast a turn takes its blocks, and how long it lasts.
#[derive(Clone, Copy)]
struct Kind {
    /// Cycles from one block to the next.
    pace: usize,
    cycles: usize,
}

/// A round of turns that may be possible. Beside the turn of a matrix there may be turns of either kind.
#[derive(Clone, Copy)]
struct Round {
    rotations: Kind,
    phases: Option<Kind>,
    lag: usize,
    turns: usize,
}

impl Round {
    fn kinds(&self) -> impl Iterator<Item = Kind> + use<> {
        std::iter::once(self.rotations).chain(self.phases)
    }

    /// The cycles in which the diagonal blocks are read, each with its pair, for each kind of turn, if this round
    /// leaves enough time for everything.
    fn diagonals(&self, blocks: &Blocks, latencies: Latencies, vectors: bool) -> Option<Vec<Vec<(usize, usize)>>> {
        let others = (self.turns - 1) * self.shortest();
        let count = blocks.order.len();
        let is_written = |kind: Kind| {
            let block = kind.pace * (count - 1) + 1 + latencies.block;
            // The first vectors of the next step wait for its blocks, which may come at a faster pace.
            let of_vectors = kind.pace * (2 * count - 1) + 1 + latencies.vectors - self.fastest() * count;
            block.max(if vectors { of_vectors } else { 0 }) <= kind.cycles + others
        };
        self.kinds().all(is_written).then_some(())?;
        self.kinds().map(|kind| self.diagonals_in(kind, blocks, latencies)).collect()
    }

    /// The same for one kind of turn. Diagonal blocks are read while no block is rotated.
    fn diagonals_in(&self, kind: Kind, blocks: &Blocks, latencies: Latencies) -> Option<Vec<(usize, usize)>> {
        let mut free = kind.pace * blocks.order.len();
        let mut diagonals = Vec::new();
        for &(last, pair) in &blocks.sources {
            let written = |own: Kind| {
                let before = self.lag.checked_sub(1).map_or(0, |between| own.cycles + between * self.shortest());
                (own.pace * last + latencies.block).saturating_sub(before)
            };
            // In the turn of the matrix itself, or in one after it.
            let written = if self.lag == 0 { written(kind) } else { self.kinds().map(written).max()? };
            let read = free.max(written);
            let until_next = (kind.cycles + (self.turns - self.lag - 1) * self.shortest()).checked_sub(read)?;
            let mut sides = latencies.angle.into_iter().zip(blocks.uses[pair]);
            let is_in_time = |(angle, used): (usize, usize)| angle <= until_next + self.fastest() * used;
            let in_time = read < kind.cycles && sides.all(is_in_time);
            in_time.then(|| diagonals.push((read, pair)))?;
            free = read + latencies.diagonal;
        }
        Some(diagonals)
    }

    /// Cycles of the shortest turn.
    fn shortest(&self) -> usize {
        self.kinds().map(|kind| kind.cycles).min().unwrap_or(0)
    }

    /// The fewest cycles from one block to the next.
    fn fastest(&self) -> usize {
        self.kinds().map(|kind| kind.pace).min().unwrap_or(1)
    }
}

/// The blocks of A that a lane rotates, in their order, and what depends on that order.
struct Blocks {
    order: Vec<(usize, usize)>,
    /// Cycles from one block to the next.
    pace: usize,
    /// The same where the diagonal is made real, if it is.
    phase_pace: Option<usize>,
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
            phase_pace: tasks.phase_pace,
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
            let own = tasks.phase_pace.map(|_| place[pair * pairs + pair]);
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
        let Tasks { pace, phase_pace, .. } = tasks;
        Self { order, pace, phase_pace, columns: pairs, sources, uses }
    }

    /// The fewest cycles of a turn at this pace.
    fn least(&self, pace: usize, vectors: bool, shared: bool) -> usize {
        let count = self.order.len();
        let of_a = pace * count + self.sources.len() + usize::from(shared);
        if vectors { of_a.max(2 * pace * count) } else { of_a }
    }

    /// A turn of this kind with these reads of diagonal blocks.
    fn turn(&self, kind: Kind, diagonals: &[(usize, usize)], vectors: bool) -> Turn {
        let mut slots = vec![Slot::default(); kind.cycles];
        let count = self.order.len();
        for (index, &block) in self.order.iter().enumerate() {
            slots[kind.pace * index].block = Some(block);
        }
        if vectors {
            for index in 0..count {
                slots[kind.pace * (count + index)].vectors = Some((index / self.columns, index % self.columns));
            }
        }
        for &(cycle, pair) in diagonals {
            slots[cycle].diagonal = Some(pair);
        }
        Turn { slots, first_diagonal: diagonals[0].0 }
    }
}

#[cfg(test)]
mod tests;
