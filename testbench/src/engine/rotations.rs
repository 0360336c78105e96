//! The rotations that a simulated core makes, seen where it stores their coefficients.

use svdforge_golden::{Rotation, Turn};
use svdforge_hdl::core::layout::{largest, pair_bits};
use svdforge_hdl::core::ordering::Ordering;
use svdforge_hdl::core::params::Shape;
use svdforge_hdl::core::size::orderings;
use svdforge_hdl::ir::signed_value;
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

    /// The rotations of a matrix of (rows, columns) that took so many sweeps, in the order of their steps. `None` where rows are reduced
    /// first: these rotations are not among those that [`Turn`] can tell.
    pub fn turns(&self, shape: &Shape, (rows, cols): (usize, usize), sweeps: u32) -> Option<Vec<Turn>> {
        if shape.is_reduced() {
            return None;
        }
        let ordering = Ordering::new(rows.max(cols).next_multiple_of(2));
        let pair_mask = (1 << pair_bits(largest(&orderings(shape)))) - 1;
        // For each place, the row that is there.
        let mut row_at: Vec<usize> = (0..ordering.size()).collect();
        let mut turns = Vec::new();
        let steps = self.sides[0].chunks_exact(ordering.pairs()).zip(self.sides[1].chunks_exact(ordering.pairs()));
        for (left, right) in steps.take(sweeps as usize * ordering.steps()) {
            for left in left {
                let right = right.iter().find(|right| right.address == left.address)?;
                let pair = left.address & pair_mask;
                turns.push(Turn {
                    pair: (row_at[ordering.place(pair, 0)], row_at[ordering.place(pair, 1)]),
                    left: rotation(left.word, shape.coef),
                    right: rotation(right.word, shape.coef),
                });
            }
            let mut moved = row_at.clone();
            row_at.iter().enumerate().for_each(|(place, row)| moved[ordering.next(place)] = *row);
            row_at = moved;
        }
        Some(turns)
    }
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
