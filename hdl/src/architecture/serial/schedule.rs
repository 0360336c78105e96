//! The step program: what the serial core does in each cycle of a step. It is fixed, and follows from the latencies of
//! the units.
//!
//! In a step every 2x2 block of A and every pair of rows of Uᵀ and Vᵀ is rotated once. One slot of the rotators
//! takes one block of A, or one block of Uᵀ together with one block of Vᵀ. The blocks of A that contribute to the
//! next diagonal go first. While the rotators work on U and V, the next diagonal blocks are read and their angles
//! are computed. This hides the latency of the angle unit.

use crate::ordering::Ordering;

/// Latencies, in cycles, that decide how soon one operation may follow another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Latencies {
    /// From the read address of a block of A to the first cycle in which the rotated block can be addressed.
    pub block: usize,
    /// The same for a block of Uᵀ or Vᵀ, whichever takes longer.
    pub vectors: usize,
    /// From the read address of a diagonal block to the first cycle in which its coefficients can be addressed.
    pub angle: usize,
}

/// One cycle of a step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Slot {
    /// Rotate this block of A: (row pair, column pair).
    pub block: Option<(usize, usize)>,
    /// Rotate these blocks of Uᵀ and Vᵀ: (row pair, pair of neighbouring columns).
    pub vectors: Option<(usize, usize)>,
    /// Read the diagonal block of this pair for the next step and pass it to the angle unit.
    pub diagonal: Option<usize>,
}

/// The program of a step. All steps run the same program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepProgram {
    /// One entry for each cycle.
    pub slots: Vec<Slot>,
    /// The cycle of the first diagonal read. A matrix starts in this cycle, with rotations suppressed until the first
    /// step, so that the first angles are computed.
    pub first_diagonal: usize,
}

impl StepProgram {
    /// The shortest program among those for all block orders that are tried, with or without singular vectors.
    pub fn new(ordering: &Ordering, latencies: Latencies, vectors: bool) -> Self {
        let pairs = ordering.pairs();
        let candidates =
            (0..pairs).flat_map(|start| [false, true].map(|backwards| block_order(ordering, start, backwards)));
        let best = candidates
            .map(|order| Self::with_order(ordering, latencies, vectors, &order))
            .min_by_key(|p| p.slots.len());
        best.expect("There is at least one pair.")
    }

    /// Cycles of a step.
    pub fn cycles(&self) -> usize {
        self.slots.len()
    }

    /// Cycles from the start of a matrix to its first step.
    pub fn first_angles(&self) -> usize {
        self.cycles() - self.first_diagonal
    }

    /// The program that rotates the blocks of A in this order.
    fn with_order(ordering: &Ordering, latencies: Latencies, vectors: bool, order: &[(usize, usize)]) -> Self {
        let (pairs, blocks) = (ordering.pairs(), order.len());
        let issued = |block: (usize, usize)| order.iter().position(|&b| b == block).expect("Every block is issued.");
        let mut diagonals: Vec<(usize, usize)> = (0..pairs)
            .map(|pair| {
                let [a, b] = ordering.sources(pair);
                let last = [(a, a), (a, b), (b, a), (b, b)].map(issued).into_iter().max().expect("Four blocks.");
                (last + latencies.block, pair)
            })
            .collect();
        diagonals.sort_unstable();
        // In the first cycles, the read port of A is used for the blocks to rotate. After them one diagonal block can
        // be read per cycle.
        let mut cycle = blocks;
        for (earliest, _) in &mut diagonals {
            *earliest = cycle.max(*earliest);
            cycle = *earliest + 1;
        }
        let first_use = |pair: usize| {
            order.iter().position(|&(row, column)| row == pair || column == pair).expect("Every pair is used.")
        };
        let angles =
            diagonals.iter().map(|&(read, pair)| (read + latencies.angle).saturating_sub(first_use(pair))).max();
        let vector_cycles = if vectors { (2 * blocks).max(latencies.vectors + blocks) } else { 0 };
        let cycles = [vector_cycles, cycle, angles.unwrap_or(0), latencies.block + blocks];
        let mut slots = vec![Slot::default(); cycles.into_iter().max().unwrap_or(0)];
        for (slot, &block) in slots.iter_mut().zip(order) {
            slot.block = Some(block);
        }
        if vectors {
            for (index, slot) in slots[blocks..2 * blocks].iter_mut().enumerate() {
                slot.vectors = Some((index / pairs, index % pairs));
            }
        }
        for &(cycle, pair) in &diagonals {
            slots[cycle].diagonal = Some(pair);
        }
        Self { slots, first_diagonal: diagonals[0].0 }
    }
}

/// All blocks of A in an order that lists those of the next diagonal first.
///
/// Pairs pass their rows on to one another in a cycle. The order follows this cycle from the pair `start`, in one
/// direction or in the other (`backwards`).
fn block_order(ordering: &Ordering, start: usize, backwards: bool) -> Vec<(usize, usize)> {
    let pairs = ordering.pairs();
    let mut order = Vec::with_capacity(pairs * pairs);
    let mut push = |block| {
        if !order.contains(&block) {
            order.push(block);
        }
    };
    let (mut new_pair, mut done) = (start, vec![false; pairs]);
    let mut leave = usize::from(backwards);
    loop {
        done[new_pair] = true;
        let sources = ordering.sources(new_pair);
        let (a, b) = (sources[1 - leave], sources[leave]);
        [(a, a), (a, b), (b, a), (b, b)].into_iter().for_each(&mut push);
        let neighbour = (0..pairs).find(|&p| !done[p] && ordering.sources(p).contains(&b));
        let Some(next) = neighbour.or_else(|| (0..pairs).find(|&p| !done[p])) else { break };
        leave = usize::from(ordering.sources(next)[0] == b);
        new_pair = next;
    }
    (0..pairs * pairs).map(|i| (i / pairs, i % pairs)).for_each(push);
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_program_rotates_every_block_once_and_respects_every_latency() {
        let latencies = Latencies { block: 10, vectors: 10, angle: 14 };
        let mut checked = 0;
        for size in (2..=32).step_by(2) {
            let o = Ordering::new(size);
            let program = StepProgram::new(&o, latencies, true);
            let (pairs, cycles) = (o.pairs(), program.cycles());
            let find = |test: &dyn Fn(&Slot) -> bool| {
                let found: Vec<usize> = (0..cycles).filter(|&c| test(&program.slots[c])).collect();
                assert_eq!(found.len(), 1, "size {size}");
                found[0]
            };
            for row in 0..pairs {
                let diagonal = find(&|s| s.diagonal == Some(row));
                let [a, b] = o.sources(row);
                for block in [(a, a), (a, b), (b, a), (b, b)] {
                    assert!(find(&|s| s.block == Some(block)) + latencies.block <= diagonal);
                }
                for column in 0..pairs {
                    let block = find(&|s| s.block == Some((row, column)));
                    let vectors = find(&|s| s.vectors == Some((row, column)));
                    assert!(program.slots[block].diagonal.is_none(), "one address per cycle");
                    assert!(program.slots[vectors].block.is_none(), "one rotation per cycle");
                    // The next step reads what this step wrote, and uses the angles that this step computed.
                    for source in o.sources(row) {
                        assert!(find(&|s| s.vectors == Some((source, column))) + latencies.vectors <= vectors + cycles);
                        for other in o.sources(column) {
                            assert!(find(&|s| s.block == Some((source, other))) + latencies.block <= block + cycles);
                        }
                    }
                    for pair in [row, column] {
                        assert!(find(&|s| s.diagonal == Some(pair)) + latencies.angle <= block + cycles);
                    }
                    checked += 1;
                }
            }
        }
        assert_eq!(checked, (1..=16).map(|p| p * p).sum::<usize>());
    }

    #[test]
    fn the_rotators_never_idle_from_eight_rows_on() {
        for size in [8, 10, 12, 16, 32] {
            let program = StepProgram::new(&Ordering::new(size), Latencies { block: 10, vectors: 10, angle: 14 }, true);
            assert_eq!(program.cycles(), size * size / 2, "size {size}");
        }
    }
}
