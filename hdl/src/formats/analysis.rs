//! What both kinds of bounds rest on: the rotations that rows and columns take part in, norms, and lengths.
//!
//! The derivation of every line is in `docs/bounds.md`. Lengths are in units of the last place of A inside the core.

use super::arithmetic::{ANGLE_ERROR, ANGLE_UNITS, Arithmetic};
use super::reduction::Reduction;

/// One side of the matrix: the rotations that its rows (or columns) take part in.
#[derive(Clone, Copy)]
pub(super) struct Side {
    /// Rows.
    pub size: f64,
    /// Rotations of a row in a sweep by an angle other than 0, on average over the rows; the others turn with rows of zeros.
    pub turns: f64,
    /// The shorter side.
    pub triplets: f64,
}

impl Side {
    pub fn new(size: usize, other: usize) -> Self {
        let beyond = size.saturating_sub(other) as f64;
        let size = size as f64;
        // Two rows beyond the other side's length have a diagonal block of zeros. What is over for a length of 1 is 0.
        Self { size, turns: size - 1.0 - beyond * (beyond - 1.0) / size, triplets: size - beyond }
    }

    /// Rotations of a row that becomes a singular vector, in so many active sweeps: the first sweep clears the rows beyond the other side's length.
    pub fn active(self, sweeps: f64) -> f64 {
        sweeps.min(1.0) * (self.size - 1.0) + (sweeps - 1.0).max(0.0) * (self.triplets - 1.0)
    }
}

/// Errors in units of the last place inside: of sigma, of the orthogonality of U and V, of the product.
pub(super) struct RawErrors {
    pub sigma: f64,
    pub orthogonality: [f64; 2],
    pub product: f64,
}

/// The analysis of one core for matrices of one size.
#[derive(Clone, Copy, Debug)]
pub(super) struct Analysis {
    /// The numbers of the core.
    pub arithmetic: Arithmetic,
    /// Rows of the matrix that is decomposed: the input, or its triangle.
    pub rows: usize,
    /// Its columns.
    pub cols: usize,
    /// Sweeps made.
    pub sweeps: f64,
    /// Where rows are reduced to a triangle before.
    pub reduction: Option<Reduction>,
}

impl Analysis {
    /// No element of A, nor the length of any pair that is rotated, exceeds this inside the core; units of the last place.
    pub(super) fn largest_element(&self) -> f64 {
        let norms = self.norms();
        norms.norm + norms.drift
    }

    /// The same of U and V.
    pub(super) fn largest_vector_element(&self) -> f64 {
        let longest = self.sides().map(|side| self.vector_drift(side)).into_iter().fold(0.0, f64::max);
        self.full_scale() + longest
    }

    /// Where rows are reduced: what all rotations of an element of a row leave of it, at most, in a column of this length; units of the last place.
    pub(super) fn largest_residue(&self, element: f64, column: f64) -> Option<f64> {
        self.reduction.map(|reduction| reduction.residue(element, column))
    }

    /// Left and right.
    pub(super) fn sides(&self) -> [Side; 2] {
        [Side::new(self.rows, self.cols), Side::new(self.cols, self.rows)]
    }

    /// Full scale of an input element, and 1.0 of U and V, in units of the last place.
    pub(super) fn full_scale(&self) -> f64 {
        f64::from(self.arithmetic.vector_fraction()).exp2()
    }

    /// Steps of a sweep.
    pub(super) fn steps(&self) -> usize {
        self.rows.max(self.cols).next_multiple_of(2) - 1
    }

    /// Largest relative change of a length by one rotation: half the error of c² + s².
    pub(super) fn stretch(&self) -> f64 {
        self.arithmetic.norm_error().largest / 2.0
    }

    /// By how much all rotations of `sides` sides may stretch, at most.
    pub(super) fn growth(&self, sides: f64) -> f64 {
        (sides * self.sweeps * self.steps() as f64 * self.stretch() * 1.001).exp()
    }

    /// Frobenius norm of all roundings of one side, each 1/2 in size, the norms of the steps added: `other` elements in a row.
    pub(super) fn roundings(&self, side: Side, other: f64) -> f64 {
        self.sweeps * (other * side.size * side.turns * self.steps() as f64).sqrt() / 2.0
    }

    pub(super) fn norms(&self) -> Norms {
        let [left, right] = self.sides();
        let (input, reduced) = match &self.reduction {
            None => ((left.size * right.size).sqrt() * self.full_scale(), 0.0),
            Some(reduction) => (reduction.norm(), reduction.drift(self.stretch())),
        };
        let norm = input + reduced;
        let growth = self.growth(2.0);
        let roundings = self.roundings(left, right.size) + self.roundings(right, left.size);
        Norms { reduced, norm, drift: growth * roundings + (growth - 1.0) * norm }
    }

    /// How far a column of Uᵀ (or Vᵀ) may be from the column of an orthogonal matrix, in units of the last place.
    pub(super) fn vector_drift(&self, side: Side) -> f64 {
        let growth = self.growth(1.0);
        growth * self.roundings(side, 1.0) + (growth - 1.0) * self.full_scale()
    }

    /// tan of twice the largest half angle of a settled block.
    pub(super) fn settled_ratio(&self) -> f64 {
        let unit = self.arithmetic.angle_unit();
        let settled = (-f64::from(self.arithmetic.limits().settled_bits)).exp2();
        (2.0 * (settled + ANGLE_UNITS * unit) / (1.0 - ANGLE_ERROR)).tan()
    }

    /// The last place of sigma as it leaves the core, in units of the last place inside.
    pub(super) fn last_place(&self) -> f64 {
        f64::from(self.arithmetic.inner_guard - self.arithmetic.guard).exp2()
    }
}

/// What the reduction of rows adds; norm of the matrix that is decomposed, A at full scale or its triangle; and how far rotations and roundings may take
/// it from a matrix with the singular values of A: Frobenius norms in units of the last place.
pub(super) struct Norms {
    /// What the reduction of rows adds, at most.
    pub reduced: f64,
    /// Of the matrix that is decomposed: A at full scale, or its triangle.
    pub norm: f64,
    /// How far rotations and roundings may take it from a matrix with the singular values of A.
    pub drift: f64,
}
