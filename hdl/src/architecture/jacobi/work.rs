//! The multiplications that the rotations of a matrix take.

use crate::ordering::Ordering;
use crate::ordering::reduction::{rows_rotated, streaming_steps};
use crate::shape::Shape;
use std::ops::Range;

/// Multiplications of a rotation of two numbers, and of two complex ones.
const ROTATION: u64 = 4;
const COMPLEX_ROTATION: u64 = 12;
/// Multiplications of a complex number by one of modulus 1.
const TURN: u64 = 4;

/// The multiplications of the rotations of a matrix of `size` (rows, columns) in `sweeps` sweeps, with those that
/// reduce its rows to a triangle.
pub fn multiplications(shape: &Shape, size: (usize, usize), sweeps: u32) -> u64 {
    let (rows, cols) = shape.dimensions().decomposed(size);
    let ordering = Ordering::new(rows.max(cols).next_multiple_of(2));
    // Two rows and two columns of each block of A are rotated, and two rows of each block of U and V.
    let of_a = 4;
    let of_vectors = 2 * (u64::from(shape.has_u()) + u64::from(shape.has_v()));
    let blocks = ordering.pairs().pow(2) as u64;
    let rotation = if shape.complex() { COMPLEX_ROTATION } else { ROTATION };
    let of_steps = ordering.steps() as u64 * blocks * (of_a + of_vectors) * rotation;
    // In a step with phases the rows of A and of Uᴴ are multiplied.
    let numbers = 4 * blocks * (1 + u64::from(shape.has_u()));
    let of_sweep = of_steps + if shape.has_phases() { numbers * TURN } else { 0 };
    let of_reduction = if shape.is_reduced() { reduction(shape, size) } else { 0 };
    of_reduction + u64::from(sweeps) * of_sweep
}

/// The multiplications of the Givens rotations. A word of a row is two of its columns.
fn reduction(shape: &Shape, (rows, cols): (usize, usize)) -> u64 {
    let even = cols.next_multiple_of(2);
    let lane_rows = rows.div_ceil(2);
    let words = |rotated: Range<usize>| rotated.map(|row| (even / 2 - row / 2) as u64).sum::<u64>();
    let streaming = (0..streaming_steps(lane_rows, even)).map(|step| 2 * words(rows_rotated(step, lane_rows, even)));
    let merging = (0..even).map(|step| words(step..even));
    u64::from(shape.arithmetic().passes()) * 2 * ROTATION * streaming.chain(merging).sum::<u64>()
}
