//! The common base of the rigorous and the statistical bounds: numbers of rotations, norms and lengths.
//!
//! `docs/bounds.md` derives every line. Lengths are in units of the last place of A inside the core, unless stated
//! otherwise.

use super::arithmetic::{ANGLE_ERROR, ANGLE_UNITS, Arithmetic};
use super::reduction::Reduction;

/// One side of the matrix, its rows or its columns, and the rotations that they take part in. The comments speak of
/// rows.
#[derive(Clone, Copy)]
pub(super) struct Side {
    /// Number of rows.
    pub size: f64,
    /// Rotations of a row in a sweep by an angle other than 0, on average over the rows. Only two rows of zeros are
    /// rotated by 0.
    pub turns: f64,
    /// Length of the shorter side: the number of singular triplets.
    pub triplets: f64,
    /// Turns of a row by a phase in a sweep: 1 or 0.
    pub phases: f64,
}

impl Side {
    /// The side of length `size` of a matrix whose other side has length `other`.
    pub fn new(size: usize, other: usize) -> Self {
        let beyond = size.saturating_sub(other) as f64;
        let size = size as f64;
        // If two rows both lie beyond the length of the other side, their diagonal block is zero, and so is their
        // angle.
        Self { size, turns: size - 1.0 - beyond * (beyond - 1.0) / size, triplets: size - beyond, phases: 0.0 }
    }

    /// Rotations of a row that becomes a singular vector, in `sweeps` active sweeps. The first sweep clears the rows
    /// beyond the length of the other side; in later ones only `triplets` rows are active.
    pub fn active(self, sweeps: f64) -> f64 {
        sweeps.min(1.0) * (self.size - 1.0) + (sweeps - 1.0).max(0.0) * (self.triplets - 1.0) + sweeps * self.phases
    }
}

/// Errors in units of the last place inside the core.
pub(super) struct RawErrors {
    /// Error of a singular value.
    pub sigma: f64,
    /// Errors of the elements of UᵀU - I and VᵀV - I.
    pub orthogonality: [f64; 2],
    /// Error of an element of the product U diag(sigma) Vᵀ.
    pub product: f64,
}

/// The analysis of one core for matrices of one size.
#[derive(Clone, Copy, Debug)]
pub(super) struct Analysis {
    /// The arithmetic of the core.
    pub arithmetic: Arithmetic,
    /// Rows of the matrix that is decomposed, which is the input or its triangle.
    pub rows: usize,
    /// Columns of the matrix that is decomposed.
    pub cols: usize,
    /// Number of sweeps made.
    pub sweeps: f64,
    /// The reduction to a triangle, in cores that reduce rows.
    pub reduction: Option<Reduction>,
}

impl Analysis {
    /// Bound on the magnitude of every element of A inside the core, and on the length of every pair of elements that
    /// is rotated, in units of the last place.
    pub(super) fn largest_element(&self) -> f64 {
        let norms = self.norms();
        norms.norm + norms.drift
    }

    /// The same bound for the elements of U and V, in units of their last place.
    pub(super) fn largest_vector_element(&self) -> f64 {
        let longest = self.sides().map(|side| self.vector_drift(side)).into_iter().fold(0.0, f64::max);
        self.full_scale() + longest
    }

    /// Bound on what is left of an element of a row after all rotations that should eliminate it, in a column of length
    /// `column`. All three are in units of the last place. `None` for cores that do not reduce rows.
    pub(super) fn largest_residue(&self, element: f64, column: f64) -> Option<f64> {
        self.reduction.map(|reduction| reduction.residue(element, column))
    }

    /// The left side (rows, U) and the right side (columns, V).
    pub(super) fn sides(&self) -> [Side; 2] {
        let [mut left, right] = [Side::new(self.rows, self.cols), Side::new(self.cols, self.rows)];
        left.phases = f64::from(u8::from(self.arithmetic.has_phases()));
        [left, right]
    }

    /// Full scale of an input element, in units of the last place. The number 1.0 in U and V has as many units of their
    /// last place.
    pub(super) fn full_scale(&self) -> f64 {
        f64::from(self.arithmetic.vector_fraction()).exp2()
    }

    /// Steps of a sweep.
    pub(super) fn steps(&self) -> usize {
        self.rows.max(self.cols).next_multiple_of(2) - 1 + usize::from(self.arithmetic.has_phases())
    }

    /// The length of a complex number whose components are both 1, or 1 for real numbers.
    pub(super) fn of_components(&self) -> f64 {
        self.arithmetic.components().sqrt()
    }

    /// Largest relative change of a length by one rotation: half the error of c² + s².
    pub(super) fn stretch(&self) -> f64 {
        self.arithmetic.norm_error().largest / 2.0
    }

    /// The largest factor by which all rotations together change a length: those of one side (`sides` = 1) or of both
    /// (2).
    pub(super) fn growth(&self, sides: f64) -> f64 {
        (sides * self.sweeps * self.steps() as f64 * self.stretch() * 1.001).exp()
    }

    /// Bound on the Frobenius norm of all roundings of one side's rotations, with `other` elements in a row. Each
    /// rounding is at most 1/2, and the norms of the steps are added.
    pub(super) fn roundings(&self, side: Side, other: f64) -> f64 {
        let turns = side.turns + side.phases;
        self.sweeps * (other * side.size * turns * self.steps() as f64).sqrt() / 2.0 * self.of_components()
    }

    /// The norms of the matrix that is decomposed, and of its errors.
    pub(super) fn norms(&self) -> Norms {
        let [left, right] = self.sides();
        let (input, reduced) = match &self.reduction {
            None => ((left.size * right.size).sqrt() * self.full_scale() * self.of_components(), 0.0),
            Some(reduction) => (reduction.norm(), reduction.drift(self.stretch())),
        };
        let norm = input + reduced;
        let growth = self.growth(2.0);
        let roundings = self.roundings(left, right.size) + self.roundings(right, left.size);
        Norms { reduced, norm, drift: growth * roundings + (growth - 1.0) * norm }
    }

    /// Bound on the distance of a column of Uᵀ (or Vᵀ) from the column of an orthogonal matrix, in units of the
    /// last place.
    pub(super) fn vector_drift(&self, side: Side) -> f64 {
        let growth = self.growth(1.0);
        growth * self.roundings(side, 1.0) + (growth - 1.0) * self.full_scale()
    }

    /// The tangent of twice the largest half angle of a settled block.
    pub(super) fn settled_ratio(&self) -> f64 {
        let unit = self.arithmetic.angle_unit();
        (2.0 * (self.settled_angle() + ANGLE_UNITS * unit) / (1.0 - ANGLE_ERROR)).tan()
    }

    /// The largest half angle, as it is computed, of a settled block.
    pub(super) fn settled_angle(&self) -> f64 {
        (-f64::from(self.arithmetic.limits().settled_bits)).exp2() * self.of_components()
    }

    /// The last place of sigma as it leaves the core, in units of the last place inside.
    pub(super) fn last_place(&self) -> f64 {
        f64::from(self.arithmetic.inner_guard - self.arithmetic.guard).exp2()
    }
}

/// Bounds on Frobenius norms, in units of the last place.
pub(super) struct Norms {
    /// Error that the reduction to a triangle adds; 0 in cores that do not reduce rows.
    pub reduced: f64,
    /// Norm of the matrix that is decomposed: A at full scale, or its triangle.
    pub norm: f64,
    /// Distance of the rotated matrix from one with the same singular values as before the first sweep, caused by
    /// inexact rotations and roundings.
    pub drift: f64,
}
