//! The rotations that a simulated core makes, seen where it stores their coefficients.

use std::{ops::Range, slice::Iter};
use svdforge_golden::{Meeting, Recording, Rotation, Turn};
use svdforge_hdl::architecture::serial::layout::{largest, orderings, pair_bits};
use svdforge_hdl::ir::signed_value;
use svdforge_hdl::ordering::Ordering;
use svdforge_hdl::ordering::reduction::{rows_that_meet, streaming_steps};
use svdforge_hdl::shape::Shape;
use svdforge_hdl::units::rotator::{FINE_COSINE_SHIFT, FINE_SINE_SHIFT};
use svdforge_sim::{Simulator, Written};

/// The memories of the left and right coefficients, as [`svdforge_sim::Observe`] wants them.
pub(super) const MEMORIES: [&str; 2] = ["datapath.left_coefficient_memory", "datapath.right_coefficient_memory"];

/// The coefficients of one frame: of each side, words in the order in which they were stored.
#[derive(Clone, Debug, Default)]
pub struct Rotations {
    sides: [Vec<Written>; 2],
}

impl Rotations {
    /// Looks at the cycle just simulated.
    pub(super) fn sample(&mut self, simulator: &Simulator) {
        for (number, side) in self.sides.iter_mut().enumerate() {
            side.extend(simulator.written(number));
        }
    }

    /// The rotations of a matrix of (rows, columns) that took so many sweeps. `None` if these are not the coefficients
    /// of such a matrix.
    pub fn recording(&self, shape: &Shape, (rows, cols): (usize, usize), sweeps: u32) -> Option<Recording> {
        let mut words = self.sides.each_ref().map(|side| side.iter());
        let meetings = if shape.is_reduced() { meetings(&mut words, shape, (rows, cols))? } else { Vec::new() };
        let ordering = Ordering::new(shape.dimensions().decomposed((rows, cols)).0.max(cols).next_multiple_of(2));
        let pair_mask = (1 << pair_bits(largest(&orderings(shape)))) - 1;
        // For each place, the row that is there.
        let mut row_at: Vec<usize> = (0..ordering.size()).collect();
        let mut turns = Vec::new();
        let [left, right] = words.each_ref().map(|words| words.as_slice().chunks_exact(ordering.pairs()));
        for (left, right) in left.zip(right).take(sweeps as usize * ordering.steps()) {
            for left in left {
                let right = right.iter().find(|right| right.address == left.address)?;
                let pair = left.address & pair_mask;
                turns.push(Turn {
                    pair: (row_at[ordering.place(pair, 0)], row_at[ordering.place(pair, 1)]),
                    left: rotation(left.word, shape.coef()),
                    right: rotation(right.word, shape.coef()),
                });
            }
            let mut moved = row_at.clone();
            row_at.iter().enumerate().for_each(|(place, row)| moved[ordering.next(place)] = *row);
            row_at = moved;
        }
        Some(Recording { meetings, turns })
    }
}

/// The rotations that reduce the rows of a matrix, in two lanes and then in the first one, which its words begin with.
/// The triangles' rows are numbered from `rows` on, those of the first lane's in the order in which they are
/// decomposed, and after them a row of zeros, the last one of the second lane if their number is odd.
fn meetings(words: &mut [Iter<'_, Written>; 2], shape: &Shape, (rows, cols): (usize, usize)) -> Option<Vec<Meeting>> {
    let even = cols.next_multiple_of(2);
    let lane_rows = rows.div_ceil(2);
    let place = |j: usize| if j.is_multiple_of(2) { j / 2 } else { even - 1 - j / 2 };
    let triangle_row = |lane: usize, j: usize| rows + lane * even + place(j);
    let row_of_lane = |lane: usize, number: usize| match 2 * number + lane {
        row if row < rows => row,
        _ => rows + 2 * even,
    };
    let mut all = Vec::new();
    // Row j of a lane's triangle meets another one in every pass.
    let mut step = |lane: usize, met: Range<usize>, other: &dyn Fn(usize) -> usize| {
        for j in (0..shape.arithmetic().passes()).flat_map(|_| met.clone()) {
            let word = words[lane].next().filter(|word| word.address == j)?;
            all.push(Meeting {
                rows: (triangle_row(lane, j), other(j)),
                columns: j / 2..(even - j / 2).min(cols),
                rotation: rotation(word.word, shape.coef()),
            });
        }
        Some(())
    };
    for t in 0..streaming_steps(lane_rows, even) {
        for lane in 0..2 {
            step(lane, rows_that_meet(t, lane_rows, even), &|j| row_of_lane(lane, t - j))?;
        }
    }
    for t in 0..even {
        step(0, t..even, &|j| triangle_row(1, j - t))?;
    }
    Some(all)
}

/// The rotation of a word of coefficients: (fine, k, s) side by side, with the formats of the rotator.
fn rotation(word: u128, coef: u32) -> Rotation {
    let number = |shift: u32| signed_value(word >> shift & ((1 << coef) - 1), coef) as f64;
    let (k, s) = (number(coef), number(0));
    let unit = |more: u32| (1.0 - f64::from(coef + more)).exp2();
    if word >> (2 * coef) & 1 == 1 {
        Rotation { cosine: 1.0 + k * unit(FINE_COSINE_SHIFT), sine: s * unit(FINE_SINE_SHIFT) }
    } else {
        Rotation { cosine: k * unit(0), sine: s * unit(0) }
    }
}
