//! Error analysis of rows that are reduced to a triangle while they stream in: what the reduction adds to the error of sigma.
//!
//! The derivation is in `docs/bounds.md`, "Rows that stream in". Lengths are in units of the last place of A inside the core,
//! 2^-`inner_guard` LSB.

use super::arithmetic::{ANGLE_ERROR, ANGLE_UNITS, Arithmetic};
use crate::ordering::reduction::{rows_rotated, streaming_steps};
use std::ops::Range;

/// What the first rotation leaves of an element, of its size: at worst just above 2^-4 rad, where angles come from the table. Entries are 2^-6 rad apart, and
/// off by as much as sqrt(1/2) of that in favour of their norm.
const FIRST_RESIDUE: f64 = 0.32;
/// Sums of squares of the elements that were turned away exceed the squared norm of their column by less: 1 / (1 - FIRST_RESIDUE²).
const TURNED_AWAY: f64 = 1.12;
/// Roundings of an element in a rotation, and what an angle is off that was taken of a denominator of 0.
const LAST_PLACES: f64 = 1.5;
/// What one rotation after the other leaves of an element, of its size, root of the mean square over the rows of the worst matrices.
const RESIDUE: f64 = 0.009;
/// What an angle's last places leave of a row, of the length of its column and in units of the angle: the same.
const UNSEEN: f64 = 0.5;
/// What the noise rule leaves of a row, of its limit: the same.
const LEFT_ALONE: f64 = 0.5;
/// Residues of the standard suite, of those that inexact angles leave of the worst matrices.
const SUITE_RESIDUE: f64 = 0.08;
/// Share of the rotations of the standard suite's rows that have roundings: many of its matrices have rows of zeros, or rows that are multiples of each other.
const SUITE_ACTIVITY: f64 = 0.6;

/// The reduction of a matrix, two lanes of rows at a time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reduction {
    arithmetic: Arithmetic,
    /// Rows of the matrix, and of a lane.
    rows: f64,
    lane_rows: usize,
    cols: f64,
    /// Rows of the triangle: columns, made even.
    even: usize,
}

impl Reduction {
    pub(super) fn new(arithmetic: Arithmetic, (rows, cols): (usize, usize)) -> Self {
        let even = cols.next_multiple_of(2);
        Self { arithmetic, rows: rows as f64, lane_rows: rows.div_ceil(2), cols: cols as f64, even }
    }

    /// Full scale of an input element.
    pub(super) fn full_scale(&self) -> f64 {
        f64::from(self.arithmetic.word - 1 + self.arithmetic.inner_guard).exp2()
    }

    /// Frobenius norm of the matrix, at most.
    pub(super) fn norm(&self) -> f64 {
        (self.rows * self.cols).sqrt() * self.full_scale()
    }

    /// Steps, in each of which any direction in the space of rows takes part in one rotation of each pass.
    pub(super) fn steps(&self) -> f64 {
        (streaming_steps(self.lane_rows, self.even) + self.even) as f64
    }

    /// Passes of a step.
    pub(super) fn passes(&self) -> f64 {
        self.arithmetic.passes().into()
    }

    /// Frobenius norm of the difference between the matrix and one with the singular values of the triangle, at most; `stretch`: largest
    /// relative change of a length by one rotation.
    pub(super) fn drift(&self, stretch: f64) -> f64 {
        let growth = (self.passes() * self.steps() * stretch * 1.001).exp();
        let roundings = self.roundings();
        let column = growth * (self.rows.sqrt() * self.full_scale() + roundings);
        growth * (roundings + self.residues(column)) + (growth - 1.0) * self.norm()
    }

    /// Norms of the roundings of one step after the other, each 1/2 in size. Both rows of a rotation turn, from the word of the diagonal on.
    fn roundings(&self) -> f64 {
        let turned = |rows: Range<usize>| rows.map(|j| self.even - j / 2 * 2).sum::<usize>() as f64;
        let streaming = (0..streaming_steps(self.lane_rows, self.even))
            .map(|t| (4.0 * turned(rows_rotated(t, self.lane_rows, self.even))).sqrt());
        let merging = (0..self.even).map(|t| (2.0 * turned(t..self.even)).sqrt());
        self.passes() * streaming.chain(merging).sum::<f64>() / 2.0
    }

    /// Norm of what is left of rows and lost, `column` being the length of the longest column.
    fn residues(&self, column: f64) -> f64 {
        // Of every column, and of the second lane's once more while it is merged.
        let turned_away = column * (1.5 * self.cols * TURNED_AWAY).sqrt();
        let elements = self.rows * self.cols + (self.even * (self.even + 1) / 2) as f64;
        self.kept() * turned_away + elements.sqrt() * self.left_alone(column)
    }

    /// What all rotations of an element leave of it, at most; `column`: length of its column.
    pub(super) fn residue(&self, element: f64, column: f64) -> f64 {
        self.kept() * element + self.left_alone(column)
    }

    /// The share of an element that is left because angles are not exact.
    fn kept(&self) -> f64 {
        FIRST_RESIDUE * ANGLE_ERROR.powi(self.arithmetic.passes() as i32 - 1)
    }

    /// What stays of an element however often it is rotated: too little for an angle, or for the noise rule.
    fn left_alone(&self, column: f64) -> f64 {
        let unseen = 2.0 * ANGLE_UNITS * self.arithmetic.angle_unit() * column + LAST_PLACES;
        self.arithmetic.noise_limit().max(unseen / (1.0 - ANGLE_ERROR))
    }

    /// What is not random in the worst matrices, whose rows resemble each other. They leave the same again and again. And where the triangle hardly grows, they round
    /// alike: each row 1/2, in both lanes.
    pub(super) fn repeated(&self) -> f64 {
        let residues = self.inexact().hypot(LEFT_ALONE * self.arithmetic.noise_limit() * self.rows.sqrt());
        residues.hypot(self.lane_rows as f64 * 0.5f64.sqrt())
    }

    /// Frobenius norm of what inexact angles leave of them.
    fn inexact(&self) -> f64 {
        let unseen = UNSEEN * self.arithmetic.angle_unit() * self.rows;
        let turned_away = RESIDUE.powi(self.arithmetic.passes() as i32) * self.rows.sqrt();
        unseen.hypot(turned_away) * self.full_scale()
    }

    /// Mean square of what the reduction adds to a singular value of the standard suite: roundings of rows that have come and are not done with, half of all on
    /// average, from the diagonal on; and residues.
    pub(super) fn expected_square(&self) -> f64 {
        let n = self.even as f64;
        let rows = self.lane_rows as f64 * (n + 2.0) / (2.0 * n) + n;
        let roundings = SUITE_ACTIVITY * self.passes() * rows / 24.0;
        roundings + (SUITE_RESIDUE * self.inexact()).powi(2)
    }
}
