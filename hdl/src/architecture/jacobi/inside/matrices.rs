//! The matrices in the memories of a serial core after each step.
//!
//! A step reads one copy of each memory and writes every word of the other copy once. So the writes to a bank fall into
//! groups of equal size, one for each step.

use super::places::{Bank, Places};
use crate::architecture::inside::{ReductionStep, Seen, Square, Step};
use crate::architecture::jacobi::mapping::Mapping;
use crate::architecture::probe::{PairRotation, Write};
use crate::ir::{address_width, signed_value};
use crate::ordering::Ordering;
use crate::ordering::reduction::{rows_rotated, streaming_steps};
use crate::shape::Shape;

/// What the memories of a core show of one matrix.
#[derive(Clone, Copy)]
pub(super) struct Memories<'a> {
    pub(super) shape: &'a Shape,
    pub(super) seen: &'a Seen,
    /// The ordering of the square that holds the matrix.
    pub(super) ordering: &'a Ordering,
    /// Bits of a pair number in an address.
    pub(super) pair: u32,
    /// How pairs are spread over the hardware.
    pub(super) mapping: Mapping,
}

/// A matrix as it is loaded.
#[derive(Clone, Copy, Debug)]
pub(super) struct Loaded {
    /// Its rows and columns.
    pub(super) size: (usize, usize),
    /// By how many bits its elements are shifted up when they are first read.
    pub(super) shift: u32,
}

impl Loaded {
    /// The matrix as the first step reads it: shifted up, with zeros beyond its size.
    fn as_read(self, mut loaded: Square, shape: &Shape) -> Square {
        for row in 0..loaded.side {
            for column in 0..loaded.side {
                let belongs = shape.is_reduced() || (row < self.size.0 && column < self.size.1);
                let element = if belongs { loaded.at(row, column) << self.shift } else { 0 };
                loaded.set(row, column, element);
            }
        }
        loaded
    }
}

/// The writes of one step to a bank.
type Group<'a> = &'a [(u64, Write)];

impl<'a> Memories<'a> {
    /// The writes to a memory before the first step, and those of each step.
    fn groups(&self, memory: usize, sweeps: u32) -> Option<(Group<'a>, Vec<Group<'a>>)> {
        let writes: Group<'a> = self.seen.writes.get(memory)?;
        let copy = |write: &(u64, Write)| write.1.address >> (self.mapping.commands().len() as u32 * self.pair) & 1;
        // Matrices are loaded into copy 0, and the first step writes copy 1.
        let first = writes.iter().position(|write| copy(write) == 1).unwrap_or(writes.len());
        let (before, during) = writes.split_at(first);
        let steps = sweeps as usize * self.ordering.steps();
        let blocks: usize = self.mapping.blocks(self.ordering.pairs()).iter().product();
        let groups: Vec<_> = during.chunks_exact(blocks).take(steps).collect();
        let of_one_copy = |(step, group): (usize, &Group<'a>)| group.iter().all(|w| copy(w) == (step + 1) % 2);
        let whole = groups.len() == steps && groups.iter().enumerate().all(of_one_copy);
        whole.then_some((before, groups))
    }

    /// The pairs of rows and of columns of the word at an address of a bank.
    fn pairs(&self, bank: &Bank, address: usize) -> (usize, usize) {
        let field = |index: u32| address >> (index * self.pair) & ((1 << self.pair) - 1);
        match self.mapping {
            Mapping::Quarter | Mapping::Serial => (field(1), field(0)),
            Mapping::Row => (bank.lane.0, field(0)),
            Mapping::Array => bank.lane,
        }
    }
}

/// The matrices as the first step reads them, and after each step. `made` are the rotations of all steps.
pub(super) fn steps<'a>(
    memories: &Memories<'a>,
    places: &'a Places,
    loaded: Loaded,
    sweeps: u32,
    made: Vec<PairRotation>,
) -> Option<Vec<Step>> {
    let (ordering, shape) = (memories.ordering, memories.shape);
    let side = ordering.size();
    let groups = |memory: usize| memories.groups(memory, sweeps);
    let banks: Vec<_> = places.a.iter().map(|bank| Some((bank, groups(bank.memory)?))).collect::<Option<_>>()?;
    let of_vectors = |banks: &'a [Bank]| -> Option<Vec<VectorBank<'a>>> {
        banks.iter().map(|bank| Some((bank, groups(bank.memory)?.1))).collect()
    };
    let vectors = |of: &'a Option<Vec<Bank>>| match of {
        None => Some(None),
        Some(banks) => of_vectors(banks).map(Some),
    };
    let (u, v) = (vectors(&places.u)?, vectors(&places.v)?);
    let mut row_at: Vec<usize> = (0..side).collect();
    let a_of = |row_at: &[usize], writes: &dyn Fn(usize) -> Group<'a>| {
        let (mut a, mut cycle) = (Square::zero(side), 0);
        for (number, (bank, _)) in banks.iter().enumerate() {
            for (at, write) in writes(number) {
                let (row, column) = memories.pairs(bank, write.address);
                // A larger matrix before this one may have left its elements beyond this square.
                if row.max(column) < ordering.pairs() {
                    let (row, column) =
                        (row_at[ordering.place(row, bank.row)], row_at[ordering.place(column, bank.column)]);
                    a.set(row, column, signed_value(write.word, shape.element_bits()) as i64);
                    cycle = cycle.max(*at);
                }
            }
        }
        (a, cycle)
    };
    let (a, cycle) = a_of(&row_at, &|bank| banks[bank].1.0);
    let a = loaded.as_read(a, shape);
    let mut one = Square::zero(side);
    (0..side).for_each(|k| one.set(k, k, 1 << shape.vector_fraction()));
    let start = |of: &Option<_>| of.as_ref().map(|_| one.clone());
    let (start_u, start_v) = (start(&u), start(&v));
    let mut steps = vec![Step { number: (0, 0), cycle, a, u: start_u, v: start_v, rotations: Vec::new() }];
    let mut made = made.into_iter();
    for step in 0..sweeps as usize * ordering.steps() {
        let of_step: Vec<PairRotation> = made.by_ref().take(ordering.pairs()).collect();
        let members = |pair: usize| (row_at[ordering.place(pair, 0)], row_at[ordering.place(pair, 1)]);
        let of_pair = |pair: usize| of_step.iter().find(|made| made.pair == members(pair)).copied();
        let rotations = (0..ordering.pairs()).map(of_pair).collect::<Option<_>>()?;
        let mut moved = row_at.clone();
        row_at.iter().enumerate().for_each(|(place, row)| moved[ordering.next(place)] = *row);
        row_at = moved;
        let (a, mut cycle) = a_of(&row_at, &|bank| banks[bank].1.1[step]);
        let mut vectors = |of: &Option<Vec<VectorBank<'_>>>| {
            of.as_ref().map(|of| {
                let (matrix, at) = transposed_vectors(memories, &row_at, of, step);
                cycle = cycle.max(at);
                matrix.transposed()
            })
        };
        let (u, v) = (vectors(&u), vectors(&v));
        let number = ((step / ordering.steps()) as u32 + 1, (step % ordering.steps()) as u32 + 1);
        steps.push(Step { number, cycle, a, u, v, rotations });
    }
    Some(steps)
}

/// A bank of vectors with what each step writes to it.
type VectorBank<'a> = (&'a Bank, Vec<Group<'a>>);

/// Uᵀ or Vᵀ as one step has written it, and the cycle of the last write.
fn transposed_vectors(
    memories: &Memories<'_>,
    row_at: &[usize],
    banks: &[VectorBank<'_>],
    step: usize,
) -> (Square, u64) {
    let (ordering, bits) = (memories.ordering, memories.shape.vector_bits());
    let (mut matrix, mut cycle) = (Square::zero(ordering.size()), 0);
    for (bank, writes) in banks {
        for (at, write) in writes[step] {
            let (pair, column) = memories.pairs(bank, write.address);
            for (half, column) in [(0, 2 * column), (1, 2 * column + 1)] {
                let element = write.word >> (half * bits) & ((1 << bits) - 1);
                matrix.set(row_at[ordering.place(pair, bank.row)], column, signed_value(element, bits) as i64);
            }
            cycle = cycle.max(*at);
        }
    }
    (matrix, cycle)
}

/// The triangles after each step of the reduction of `rows` rows. `lanes` are the memories of both lanes.
pub(super) fn reduction(memories: &Memories<'_>, lanes: &[[usize; 2]; 2], rows: usize) -> Option<Vec<ReductionStep>> {
    let (shape, even) = (memories.shape, memories.ordering.size());
    let word_bits = address_width(shape.even() as u32 / 2);
    let lane_rows = rows.div_ceil(2);
    let mut rest = [0, 1].map(|lane| lanes[lane].map(|memory| memories.seen.writes[memory].iter()));
    let mut triangles = [0, 1].map(|_| Square::zero(even));
    let (mut steps, mut cycle) = (Vec::new(), 0);
    let streaming = streaming_steps(lane_rows, even);
    for step in 0..streaming + even {
        let merges = step >= streaming;
        let rotated = if merges { step - streaming..even } else { rows_rotated(step, lane_rows, even) };
        // Each row of the triangle has one word for two columns, from the diagonal on.
        let words: usize = rotated.map(|row| even / 2 - row / 2).sum();
        for (lane, memories_of_lane) in rest.iter_mut().enumerate().take(if merges { 1 } else { 2 }) {
            for (c, writes) in memories_of_lane.iter_mut().enumerate() {
                for _ in 0..words * shape.arithmetic().passes() as usize {
                    let (at, write) = writes.next()?;
                    let (row, word) = (write.address >> word_bits, write.address & ((1 << word_bits) - 1));
                    let inside = row < even && word < even / 2;
                    inside.then_some(())?;
                    triangles[lane].set(row, 2 * word + c, signed_value(write.word, shape.element_bits()) as i64);
                    cycle = cycle.max(*at);
                }
            }
        }
        steps.push(ReductionStep { cycle, merges, triangles: triangles.clone() });
    }
    Some(steps)
}
