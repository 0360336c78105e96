//! The rotations that a serial core makes, read from the coefficients that it stores.

use super::lanes::{left_memory, right_memory};
use super::layout::{largest, orderings, pair_bits};
use super::mapping::Mapping;
use crate::architecture::decomposer::INSTANCE;
use crate::architecture::probe::{PairRotation, PlaneRotation, Probe, Rotations, RowRotation, SignalRange, Write};
use crate::ir::signed_value;
use crate::ordering::Ordering;
use crate::ordering::reduction::{rows_rotated, streaming_steps};
use crate::shape::Shape;
use crate::units::rotator::{FINE_COSINE_SHIFT, FINE_SINE_SHIFT};
use std::borrow::Cow;
use std::ops::Range;
use std::slice::Iter;

/// The probe for the serial core of a shape.
pub fn probe(shape: &Shape) -> Probe {
    let memories = match Mapping::of(shape) {
        Mapping::Quarter | Mapping::Serial => {
            ["left", "right"].map(|side| format!("{side}_coefficient_memory")).to_vec()
        }
        Mapping::Row | Mapping::Array => {
            let pairs = 0..shape.even() / 2;
            pairs.clone().map(left_memory).chain(pairs.map(right_memory)).collect()
        }
    };
    Probe {
        arithmetic: &["rotator", "angle_unit", "half_angle", "coefficient_unit"],
        ranges: ranges(shape),
        memories: memories.into_iter().map(|memory| format!("{INSTANCE}.datapath.{memory}")).collect(),
    }
}

/// The words of left and of right coefficients, step by step. The low bits of an address are the pair.
fn words_of_sides<'a>(shape: &Shape, written: &'a [Vec<Write>]) -> Option<[Cow<'a, [Write]>; 2]> {
    let pairs = shape.even() / 2;
    match (Mapping::of(shape), written) {
        (Mapping::Quarter | Mapping::Serial, [left, right]) => Some([left, right].map(|side| Cow::Borrowed(&side[..]))),
        (Mapping::Row | Mapping::Array, _) if written.len() == 2 * pairs => {
            // Each pair has a memory of its own.
            let (left, right) = written.split_at(pairs);
            let side = |of: &[Vec<Write>]| {
                let steps = of.iter().map(Vec::len).min().unwrap_or(0);
                let of_step =
                    |step: usize| (0..pairs).map(move |pair| Write { address: pair, word: of[pair][step].word });
                Cow::Owned((0..steps).flat_map(of_step).collect())
            };
            Some([side(left), side(right)])
        }
        _ => None,
    }
}

/// Bounds on the elements of A, on the outputs of the rotators (the larger of A, U and V), on the elements of U and V,
/// on the sums of products inside the rotators, and on the coefficients.
fn ranges(shape: &Shape) -> Vec<SignalRange> {
    let budget = shape.budget();
    let fraction = shape.arithmetic().coefficient_fraction();
    let (of_a, of_vectors) = (budget.largest_element(), budget.largest_vector_element());
    let element = of_a.max(of_vectors);
    // In the fine form the sine is below 2^-4 and the cosine differs from 1 by less than 2^-8, which counts as q + 9
    // fraction bits. In the coarse form the sum has only q of them.
    let sine_shift = f64::from(FINE_COSINE_SHIFT - FINE_SINE_SHIFT).exp2();
    let sum = budget.largest_stretch() * element * f64::from(fraction).exp2() * (sine_shift + 2.0);
    let range = |names, largest| SignalRange { names, largest };
    vec![
        range(&["element_00", "element_01", "element_10", "element_11", "diagonal_0", "diagonal_1"], of_a),
        range(&["x_rotated", "y_rotated", "x_rounded", "y_rounded"], element),
        range(&["_u_00", "_u_01", "_u_10", "_u_11", "_v_00", "_v_01", "_v_10", "_v_11"], of_vectors),
        range(&["sum_x", "sum_y"], sum),
        range(&["_k_out", "_s_out"], f64::from(fraction).exp2()),
    ]
}

/// The rotations of a matrix, from the words of left and right coefficients in the order in which they were written.
/// See [`crate::architecture::decomposer::Architecture::rotations`].
pub fn rotations(
    shape: &Shape,
    (rows, cols): (usize, usize),
    sweeps: u32,
    written: &[Vec<Write>],
) -> Option<Rotations> {
    let sides = words_of_sides(shape, written)?;
    let mut words = sides.each_ref().map(|side| side.iter());
    let reduction = if shape.is_reduced() { reduction(&mut words, shape, (rows, cols))? } else { Vec::new() };
    let (decomposed_rows, _) = shape.dimensions().decomposed((rows, cols));
    let ordering = Ordering::new(decomposed_rows.max(cols).next_multiple_of(2));
    let pair_mask = (1 << pair_bits(largest(&orderings(shape)))) - 1;
    // The row that is at each place.
    let mut row_at: Vec<usize> = (0..ordering.size()).collect();
    let mut made = Vec::new();
    let [left, right] = words.each_ref().map(|words| words.as_slice().chunks_exact(ordering.pairs()));
    for (left, right) in left.zip(right).take(sweeps as usize * ordering.steps()) {
        for left in left {
            let right = right.iter().find(|right| right.address == left.address)?;
            let pair = left.address & pair_mask;
            made.push(PairRotation {
                pair: (row_at[ordering.place(pair, 0)], row_at[ordering.place(pair, 1)]),
                left: rotation(left.word, shape.coef()),
                right: rotation(right.word, shape.coef()),
            });
        }
        let mut moved = row_at.clone();
        row_at.iter().enumerate().for_each(|(place, row)| moved[ordering.next(place)] = *row);
        row_at = moved;
    }
    Some(Rotations { reduction, sweeps: made })
}

/// The Givens rotations that reduce a matrix to a triangle: those of the two lanes, then those of the merge in the
/// first lane. Takes their words from the front of `words`.
fn reduction(
    words: &mut [Iter<'_, Write>; 2],
    shape: &Shape,
    (rows, cols): (usize, usize),
) -> Option<Vec<RowRotation>> {
    let even = cols.next_multiple_of(2);
    let lane_rows = rows.div_ceil(2);
    let place = |j: usize| if j.is_multiple_of(2) { j / 2 } else { even - 1 - j / 2 };
    let triangle_row = |lane: usize, j: usize| rows + lane * even + place(j);
    // If the number of rows is odd, the last row of the second lane is the row of zeros.
    let row_of_lane = |lane: usize, number: usize| match 2 * number + lane {
        row if row < rows => row,
        _ => rows + 2 * even,
    };
    let mut all = Vec::new();
    // In each pass of a step, every row j in `rotated` of the lane's triangle is rotated against the row `other(j)`.
    let mut step = |lane: usize, rotated: Range<usize>, other: &dyn Fn(usize) -> usize| {
        for j in (0..shape.arithmetic().passes()).flat_map(|_| rotated.clone()) {
            let word = words[lane].next().filter(|word| word.address == j)?;
            all.push(RowRotation {
                rows: (triangle_row(lane, j), other(j)),
                columns: j / 2..(even - j / 2).min(cols),
                rotation: rotation(word.word, shape.coef()),
            });
        }
        Some(())
    };
    for t in 0..streaming_steps(lane_rows, even) {
        for lane in 0..2 {
            step(lane, rows_rotated(t, lane_rows, even), &|j| row_of_lane(lane, t - j))?;
        }
    }
    for t in 0..even {
        step(0, t..even, &|j| triangle_row(1, j - t))?;
    }
    Some(all)
}

/// The rotation that a stored word of coefficients stands for. A word is (fine, k, s) side by side, in the formats of
/// [`crate::units::rotator`].
fn rotation(word: u128, coef: u32) -> PlaneRotation {
    let number = |shift: u32| signed_value(word >> shift & ((1 << coef) - 1), coef) as f64;
    let (k, s) = (number(coef), number(0));
    let unit = |more: u32| (1.0 - f64::from(coef + more)).exp2();
    if word >> (2 * coef) & 1 == 1 {
        PlaneRotation { cosine: 1.0 + k * unit(FINE_COSINE_SHIFT), sine: s * unit(FINE_SINE_SHIFT) }
    } else {
        PlaneRotation { cosine: k * unit(0), sine: s * unit(0) }
    }
}
