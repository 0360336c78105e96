//! Error analysis of the reduction of rows to a triangle (QR): what it adds to the error of sigma.
//!
//! The derivation is in `docs/bounds.md`, "Rows that stream in". Lengths are in units of the last place of A inside the
//! core, which is 2^-`inner_guard` LSB. A *residue* is what is left of an element after the rotations that should
//! eliminate it. It is dropped when its row leaves the slots.

use super::arithmetic::{ANGLE_ERROR, ANGLE_UNITS, Arithmetic};
use crate::ordering::reduction::{rows_rotated, streaming_steps};
use std::ops::Range;

/// The largest share of an element that the first rotation leaves. The worst angle is just above 2^-4 rad, where angles
/// come from the table. The entries of the table are 2^-6 rad apart, and their angles may be off by sqrt(1/2) of that
/// for the sake of their norm.
const FIRST_RESIDUE: f64 = 0.32;
/// Bound on the sum of the squares of the eliminated elements of a column, as a multiple of the column's squared norm:
/// 1 / (1 - FIRST_RESIDUE²).
const ELIMINATED: f64 = 1.12;
/// Roundings of an element in a rotation, plus the error of an angle computed with a denominator of 0, in units of the
/// last place.
const LAST_PLACES: f64 = 1.5;
/// The share of an element that each rotation leaves, as root mean square over the rows of the worst matrices.
const RESIDUE: f64 = 0.009;
/// The residue caused by the limited resolution of angles, relative to the length of the column and in units of the
/// last place of an angle, as root mean square over the rows of the worst matrices.
const UNSEEN: f64 = 0.5;
/// The residue left by the noise rule, relative to its limit, as root mean square over the rows of the worst matrices.
const LEFT_ALONE: f64 = 0.5;
/// The residues of the standard suite, relative to those that inexact angles leave in the worst matrices.
const SUITE_RESIDUE: f64 = 0.08;
/// The share of the rotations in the standard suite that round. Many of its matrices have rows of zeros, or rows that
/// are multiples of each other.
const SUITE_ACTIVITY: f64 = 0.6;

/// The reduction of a matrix to a triangle, in two lanes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reduction {
    arithmetic: Arithmetic,
    /// Rows of the matrix.
    rows: f64,
    /// Rows that go through a lane.
    lane_rows: usize,
    cols: f64,
    /// Rows of the triangle: the number of columns, rounded up to an even number.
    even: usize,
}

impl Reduction {
    /// The reduction of matrices of (rows, columns).
    pub(super) fn new(arithmetic: Arithmetic, (rows, cols): (usize, usize)) -> Self {
        let even = cols.next_multiple_of(2);
        Self { arithmetic, rows: rows as f64, lane_rows: rows.div_ceil(2), cols: cols as f64, even }
    }

    /// Full scale of an input element, in units of the last place.
    pub(super) fn full_scale(&self) -> f64 {
        f64::from(self.arithmetic.word - 1 + self.arithmetic.inner_guard).exp2()
    }

    /// Bound on the Frobenius norm of the matrix.
    pub(super) fn norm(&self) -> f64 {
        (self.rows * self.cols).sqrt() * self.full_scale()
    }

    /// Number of steps. In each pass of a step, every direction in the space of rows takes part in at most one
    /// rotation.
    pub(super) fn steps(&self) -> f64 {
        (streaming_steps(self.lane_rows, self.even) + self.even) as f64
    }

    /// Passes per step.
    pub(super) fn passes(&self) -> f64 {
        self.arithmetic.passes().into()
    }

    /// Bound on the Frobenius norm of the difference between the matrix and one with the singular values of the
    /// triangle. `stretch` is the largest relative change of a length by one rotation.
    pub(super) fn drift(&self, stretch: f64) -> f64 {
        let growth = (self.passes() * self.steps() * stretch * 1.001).exp();
        let roundings = self.roundings();
        let column = growth * (self.rows.sqrt() * self.full_scale() + roundings);
        growth * (roundings + self.residues(column)) + (growth - 1.0) * self.norm()
    }

    /// Sum over all steps of the norm of their roundings, each of which is at most 1/2. A rotation changes both of its
    /// rows, from the word of the diagonal on.
    fn roundings(&self) -> f64 {
        let rotated = |rows: Range<usize>| rows.map(|j| self.even - j / 2 * 2).sum::<usize>() as f64;
        let streaming = (0..streaming_steps(self.lane_rows, self.even))
            .map(|t| (4.0 * rotated(rows_rotated(t, self.lane_rows, self.even))).sqrt());
        let merging = (0..self.even).map(|t| (2.0 * rotated(t..self.even)).sqrt());
        self.passes() * streaming.chain(merging).sum::<f64>() / 2.0
    }

    /// Bound on the Frobenius norm of all residues. `column` is the length of the longest column.
    fn residues(&self, column: f64) -> f64 {
        // Elements of every column are eliminated, and those of the second lane's triangle once more during the merge.
        let eliminated = column * (1.5 * self.cols * ELIMINATED).sqrt();
        let elements = self.rows * self.cols + (self.even * (self.even + 1) / 2) as f64;
        self.kept() * eliminated + elements.sqrt() * self.left_alone(column)
    }

    /// Bound on the residue of an element in a column of length `column`.
    pub(super) fn residue(&self, element: f64, column: f64) -> f64 {
        self.kept() * element + self.left_alone(column)
    }

    /// Bound on the share of an element that is left because angles are not exact.
    fn kept(&self) -> f64 {
        FIRST_RESIDUE * ANGLE_ERROR.powi(self.arithmetic.passes() as i32 - 1)
    }

    /// Bound on what is left of an element however often it is rotated, because its angle is below the resolution or
    /// because it counts as noise.
    fn left_alone(&self, column: f64) -> f64 {
        let unseen = 2.0 * ANGLE_UNITS * self.arithmetic.angle_unit() * column + LAST_PLACES;
        self.arithmetic.noise_limit().max(unseen / (1.0 - ANGLE_ERROR))
    }

    /// The part of the error that is not random in the worst matrices. Their rows resemble each other and leave the
    /// same residue again and again. Where the triangle hardly grows, they also round alike, each row by 1/2 in both
    /// lanes.
    pub(super) fn repeated(&self) -> f64 {
        let residues = self.inexact().hypot(LEFT_ALONE * self.arithmetic.noise_limit() * self.rows.sqrt());
        residues.hypot(self.lane_rows as f64 * 0.5f64.sqrt())
    }

    /// Frobenius norm of the residues that inexact angles leave in the worst matrices.
    fn inexact(&self) -> f64 {
        let unseen = UNSEEN * self.arithmetic.angle_unit() * self.rows;
        let eliminated = RESIDUE.powi(self.arithmetic.passes() as i32) * self.rows.sqrt();
        unseen.hypot(eliminated) * self.full_scale()
    }

    /// Mean square of the error that the reduction adds to a singular value of the standard suite. It consists of the
    /// residues and of the roundings of the rows in the slots. On average these rows have half of their elements, from
    /// the diagonal on.
    pub(super) fn expected_square(&self) -> f64 {
        let n = self.even as f64;
        let rows = self.lane_rows as f64 * (n + 2.0) / (2.0 * n) + n;
        let roundings = SUITE_ACTIVITY * self.passes() * rows / 24.0;
        roundings + (SUITE_RESIDUE * self.inexact()).powi(2)
    }
}
