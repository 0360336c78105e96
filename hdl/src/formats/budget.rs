//! Error and range analysis: how far a core's results may be from the exact ones, and how large its numbers become.
//!
//! The analysis gives three figures for each kind of error. Those of sigma and of the reconstruction are in LSB of the
//! input, and those of the orthogonality are in units of 2^-(word - 1).
//!
//! - Rigorous: no matrix exceeds it.
//! - Statistical: one matrix in 10^6 exceeds it, if roundings are independent.
//! - Expected: the root mean square over the elements of the standard suite, which consists of the matrix families of
//!   `golden` at full scale.
//!
//! The figures of sigma and of the reconstruction hold for a matrix whose status word does not report that the sweep
//! cap was reached. Those of the orthogonality always hold. The error that the reduction of rows adds to sigma is in
//! `reduction.rs`.

use super::analysis::{Analysis, RawErrors};
use super::arithmetic::Arithmetic;
use super::errors::{ErrorBounds, Errors};
use super::reduction::Reduction;
use super::self_check::CheckAllowance;
use crate::dimensions::Dimensions;

/// The parts of a decomposition that leave the core.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Delivery {
    /// Number of singular triplets, if the matrix has so many.
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
    /// The analysis for matrices of `size` (rows, columns) that took `sweeps` sweeps.
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

    /// The three figures for each kind of error, with four digits. Bounds are rounded up. After few sweeps of a small
    /// matrix the rigorous bound is smaller than the statistical one, and then it replaces it.
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

    /// The [`Self::bounds`] for one matrix that the core shifted up by -`block_exponent` bits.
    ///
    /// If the matrix was not `settled`, nothing bounds sigma and the reconstruction. In a core that reduces rows, the
    /// triangle is shifted after the reduction, so the bounds stay those of full scale.
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

    /// Bound on the magnitude of every element of A inside the core, and on the length of every pair of elements that
    /// is rotated, in units of the last place.
    pub fn largest_element(&self) -> f64 {
        self.analysis.largest_element()
    }

    /// The same bound for the elements of U and V, in units of their last place.
    pub fn largest_vector_element(&self) -> f64 {
        self.analysis.largest_vector_element()
    }

    /// The largest factor by which one rotation lengthens a vector.
    pub fn largest_stretch(&self) -> f64 {
        1.0 + self.analysis.stretch()
    }

    /// Bound on what is left of an element of a row after all rotations that should eliminate it, in a column of length
    /// `column`. All three are in units of the last place. `None` for cores that do not reduce rows.
    pub fn largest_residue(&self, element: f64, column: f64) -> Option<f64> {
        self.analysis.largest_residue(element, column)
    }

    /// How far the components of a self-check may be off.
    pub fn check_allowance(&self) -> CheckAllowance {
        self.analysis.check_allowance()
    }

    /// Converts errors from units of the last place inside the core to LSB, and drops those of results that do not
    /// leave the core.
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

/// The value with four digits. Reports are the same on every machine, even where functions such as `exp` differ in the
/// last place.
fn four_digits(value: f64, round: fn(f64) -> f64) -> f64 {
    // Values from 1000 on become whole numbers. No value has more than five decimals, since further ones would mean
    // nothing.
    let scale = [1e0, 1e1, 1e2, 1e3, 1e4].into_iter().find(|scale| value * scale >= 1e3).unwrap_or(1e5);
    round(value * scale) / scale
}
