//! Error and range analysis: how far a core's results may be from the mathematics, and how large its numbers become.
//!
//! Three figures for each error, in LSB of the input (sigma, reconstruction) or in units of 2^-(word - 1) (orthogonality):
//!
//! - rigorous: no matrix exceeds it;
//! - statistical: one matrix in 10^6 exceeds it, if roundings are independent;
//! - expected: the root of the mean square over the elements of the standard suite, the families of `golden` at full scale.
//!
//! Those of sigma and reconstruction hold for a matrix whose status word does not say that the cap was reached; those of
//! orthogonality hold always. What rows that are reduced first add to sigma is in `reduction.rs`.

use super::analysis::{Analysis, RawErrors};
use super::arithmetic::Arithmetic;
use super::errors::{ErrorBounds, Errors};
use super::reduction::Reduction;
use crate::dimensions::Dimensions;

/// What leaves a core of the decomposition of one matrix.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Delivery {
    /// Singular triplets, if there are so many.
    pub rank: usize,
    /// Whether U leaves the core.
    pub u: bool,
    /// Whether V leaves the core.
    pub v: bool,
}

/// The analysis of one core for matrices of one size, after a number of sweeps.
#[derive(Clone, Copy, Debug)]
pub struct Budget {
    analysis: Analysis,
    delivery: Delivery,
}

impl Budget {
    /// For matrices of (rows, columns) that took so many sweeps.
    pub(crate) fn new(
        arithmetic: Arithmetic,
        dimensions: &Dimensions,
        size: (usize, usize),
        sweeps: u32,
        delivery: Delivery,
    ) -> Self {
        let reduction = dimensions.is_reduced().then(|| Reduction::new(arithmetic, size));
        let (rows, cols) = dimensions.decomposed(size);
        let delivery = Delivery { rank: delivery.rank.min(rows).min(cols), ..delivery };
        Self { analysis: Analysis { arithmetic, rows, cols, sweeps: sweeps.into(), reduction }, delivery }
    }

    /// The three figures for each error, with four digits; bounds are rounded up. After few sweeps of a small matrix the rigorous bound is the smaller one,
    /// and takes the place of the other.
    pub fn bounds(&self) -> ErrorBounds {
        let rigorous = self.delivered(self.analysis.rigorous());
        let statistical = self.delivered(self.analysis.statistical());
        let expected_rms = self.delivered(self.analysis.expected_rms(self.delivery.rank));
        ErrorBounds {
            rigorous: rigorous.map(|error| four_digits(error, f64::ceil)),
            statistical: statistical.at_most(rigorous).map(|error| four_digits(error, f64::ceil)),
            expected_rms: expected_rms.map(|error| four_digits(error, f64::round)),
        }
    }

    /// [`Self::bounds`] of one matrix: the core shifted it up by -`block_exponent` bits, and it was settled or not. A triangle is shifted only when it is complete: its
    /// bounds stay those of full scale.
    pub fn bounds_of_matrix(&self, block_exponent: i32, settled: bool) -> ErrorBounds {
        let factor = if self.analysis.reduction.is_some() { 1.0 } else { f64::from(block_exponent).exp2() };
        let of_matrix = |errors: Errors| {
            let scaled = errors.scaled(factor);
            if settled { scaled } else { scaled.unsettled() }
        };
        let ErrorBounds { rigorous, statistical, expected_rms } = self.bounds();
        ErrorBounds {
            rigorous: of_matrix(rigorous),
            statistical: of_matrix(statistical),
            expected_rms: of_matrix(expected_rms),
        }
    }

    /// No element of A, nor the length of any pair that is rotated, exceeds this inside the core; units of the last place.
    pub fn largest_element(&self) -> f64 {
        self.analysis.largest_element()
    }

    /// The same of U and V.
    pub fn largest_vector_element(&self) -> f64 {
        self.analysis.largest_vector_element()
    }

    /// No rotation makes a length longer than by this factor.
    pub fn largest_stretch(&self) -> f64 {
        1.0 + self.analysis.stretch()
    }

    /// Where rows are reduced: what all rotations of an element of a row leave of it, at most, in a column of this length; units
    /// of the last place.
    pub fn largest_residue(&self, element: f64, column: f64) -> Option<f64> {
        self.analysis.largest_residue(element, column)
    }

    /// From units of the last place inside to LSB, and only what leaves the core.
    fn delivered(&self, units: RawErrors) -> Errors {
        let Analysis { arithmetic, rows, cols, .. } = self.analysis;
        let Delivery { rank, u, v } = self.delivery;
        let lsb = |units: f64| units * (-f64::from(arithmetic.inner_guard)).exp2();
        let vectors = |units: f64| units * (-f64::from(arithmetic.guard)).exp2();
        let complete = rank == rows.min(cols);
        let both = v && (u || arithmetic.symmetric);
        Errors {
            sigma: Some(lsb(units.sigma)),
            orthogonality_u: u.then(|| vectors(units.orthogonality[0])),
            orthogonality_v: v.then(|| vectors(units.orthogonality[1])),
            reconstruction: (complete && both).then(|| lsb(units.product)),
        }
    }
}

/// The same bytes on every machine, whose functions may differ in the last place.
fn four_digits(value: f64, round: fn(f64) -> f64) -> f64 {
    // From 1000 on whole numbers; a bound of 10^-4 or less has no digits left that mean anything.
    let scale = [1e0, 1e1, 1e2, 1e3, 1e4].into_iter().find(|scale| value * scale >= 1e3).unwrap_or(1e5);
    round(value * scale) / scale
}
