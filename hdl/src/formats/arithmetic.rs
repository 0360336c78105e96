//! The numbers that decide how a core rounds, and when it calls a block settled.

use crate::dimensions::{Dimensions, ceil_log2};
use crate::parameters::{Parameters, Sweeps};
use crate::units::angles::{Limits, angle_fraction};
use crate::units::coefficients::{NormError, norm_error};

/// Largest relative error of a half angle below 2^-5 rad, where the limit stands for the arc tangent and s for its angle
/// (`hdl/tests/units/angles.rs`: 0.0105 and a third of the square of the ratio).
pub(super) const ANGLE_ERROR: f64 = 0.0115;
/// The same of ratios far below 2^-5, as most settled blocks have them.
pub(super) const SMALL_ANGLE_ERROR: f64 = 0.0097;
/// What is cut off and rounded of an angle, in units of its last place.
pub(super) const ANGLE_UNITS: f64 = 1.5;

/// Bits and limits of the rotations. The error analysis needs nothing else of a core but the size of its matrices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arithmetic {
    /// Bits of one input element, signed.
    pub word: u32,
    /// Extra bits of singular values and vectors as they leave the core.
    pub guard: u32,
    /// Extra bits of an element of A inside the core: `guard`, and more where many rows are reduced to a triangle.
    pub inner_guard: u32,
    /// Bits of a coefficient, sign included.
    pub coefficient_bits: u32,
    /// How many sweeps are made.
    pub sweeps: Sweeps,
    /// Whether both sides turn alike (symmetric matrices).
    pub symmetric: bool,
}

impl Arithmetic {
    /// The arithmetic of a core with these parameters, given the bits of its coefficients.
    pub(super) fn new(parameters: &Parameters, dimensions: &Dimensions, coefficient_bits: u32) -> Self {
        let Parameters { word, guard, sweeps, symmetric, .. } = *parameters;
        Self { word, guard, inner_guard: inner_guard(guard, dimensions), coefficient_bits, sweeps, symmetric }
    }

    /// Fraction bits of U and V.
    pub fn vector_fraction(&self) -> u32 {
        self.word - 1 + self.guard
    }

    /// Fraction bits of a coefficient.
    pub fn coefficient_fraction(&self) -> u32 {
        self.coefficient_bits - 1
    }

    /// When an angle is too small to matter.
    pub fn limits(&self) -> Limits {
        let noise_bits = if self.inner_guard >= 4 { 4 } else { 3 };
        Limits { noise_bits, settled_bits: settled_bits(self.word) }
    }

    /// The most sweeps that the core makes on a square of this size.
    pub fn sweep_cap(&self, size: usize) -> u32 {
        match self.sweeps {
            Sweeps::Fixed(sweeps) => sweeps,
            Sweeps::Auto => self.settling_cap(size),
        }
    }

    /// Sweeps after which every matrix of this size is settled. It is at least one more than any of the measured matrices
    /// took. No bound has been proven for parallel orderings (`docs/bounds.md`).
    pub fn settling_cap(&self, size: usize) -> u32 {
        2 * ceil_log2(size.next_multiple_of(2)) + (self.word - 1 + self.inner_guard + 25) / 8
    }

    /// Rotations of one row against one row of a triangle. The first rotation by a large angle leaves 2^-6 of the element, and
    /// each further one leaves 2^-8.5 of the rest. The angle was large only if the element was below 2^4 times the row's.
    /// With 23 bits, three passes leave less than 8 units, which count as noise. Each further pass serves 8 bits more.
    pub fn passes(&self) -> u32 {
        3 + (self.word + self.inner_guard).saturating_sub(23).div_ceil(8)
    }

    /// c² + s² - 1 of the rotations.
    pub(super) fn norm_error(&self) -> NormError {
        norm_error(self.coefficient_fraction())
    }

    /// The last place of an angle, rad.
    pub(super) fn angle_unit(&self) -> f64 {
        (-f64::from(angle_fraction(self.coefficient_bits))).exp2()
    }

    /// Off-diagonal parts below this are left alone; units of the last place of A inside the core.
    pub(super) fn noise_limit(&self) -> f64 {
        f64::from(1u32 << (self.limits().noise_bits - 1))
    }
}

/// Extra bits of an element of A inside. A triangle of many rows gets so many more that their roundings stay below those of the
/// decomposition: one for every factor of 4 beyond 16 rows.
pub(super) fn inner_guard(guard: u32, dimensions: &Dimensions) -> u32 {
    let (rows, _) = dimensions.largest();
    let more = if dimensions.is_reduced() { ceil_log2(rows).saturating_sub(4).div_ceil(2) } else { 0 };
    guard + more
}

/// Angles below 2^-settled_bits rad count as settled. The limit follows the word, so that less than 1 LSB is left off the diagonal.
pub(super) fn settled_bits(word: u32) -> u32 {
    (word - 1).saturating_sub(5).max(6)
}
