//! The numbers that decide how a core rounds, and when it considers a block settled.

use crate::dimensions::{Dimensions, ceil_log2};
use crate::parameters::{Parameters, Sweeps};
use crate::units::angles::{Limits, angle_fraction};
use crate::units::coefficients::{NormError, norm_error};
use crate::units::complex::angles::angle_fraction as complex_angle_fraction;
use crate::units::complex::coefficients::complex_norm_error;

/// Largest relative error of a half angle below 2^-5 rad, where the ratio itself replaces its arc tangent and s
/// replaces the angle. The test `hdl/tests/units/angles.rs` finds at most 0.0105 plus a third of the square of the
/// ratio.
pub(super) const ANGLE_ERROR: f64 = 0.0115;
/// The same error for ratios far below 2^-5, which are those of most settled blocks.
pub(super) const SMALL_ANGLE_ERROR: f64 = 0.0097;
/// Truncation and rounding error of an angle, in units of its last place.
pub(super) const ANGLE_UNITS: f64 = 1.5;

/// Word lengths and limits of the rotations. Besides these, the error analysis only needs the size of the matrices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arithmetic {
    /// Bits of one input element, signed.
    pub word: u32,
    /// Extra bits of singular values and vectors as they leave the core.
    pub guard: u32,
    /// Extra bits of an element of A inside the core. These are `guard` bits, and more where many rows are reduced to a
    /// triangle.
    pub inner_guard: u32,
    /// Bits of a coefficient, sign included.
    pub coefficient_bits: u32,
    /// How many sweeps are made.
    pub sweeps: Sweeps,
    /// Whether both sides are rotated by the same angle (symmetric matrices).
    pub symmetric: bool,
    /// Whether numbers are complex.
    pub complex: bool,
}

impl Arithmetic {
    /// The arithmetic of a core with these parameters and coefficients of `coefficient_bits` bits.
    pub(super) fn new(parameters: &Parameters, dimensions: &Dimensions, coefficient_bits: u32) -> Self {
        let Parameters { word, guard, sweeps, symmetric, complex, .. } = *parameters;
        Self { word, guard, inner_guard: inner_guard(guard, dimensions), coefficient_bits, sweeps, symmetric, complex }
    }

    /// Fraction bits of U and V.
    pub fn vector_fraction(&self) -> u32 {
        self.word - 1 + self.guard
    }

    /// Fraction bits of a coefficient.
    pub fn coefficient_fraction(&self) -> u32 {
        self.coefficient_bits - 1
    }

    /// Components of a number: 2 of a complex one.
    pub(super) fn components(&self) -> f64 {
        if self.complex { 2.0 } else { 1.0 }
    }

    /// Whether the diagonal of a matrix becomes complex again, so that each sweep begins with a step that makes it
    /// real.
    pub fn has_phases(&self) -> bool {
        self.complex && !self.symmetric
    }

    /// The limits below which angles are too small to matter.
    pub fn limits(&self) -> Limits {
        let noise_bits = if self.inner_guard >= 4 { 4 } else { 3 };
        Limits { noise_bits, settled_bits: settled_bits(self.word) }
    }

    /// The largest number of sweeps that the core makes on a square of this size.
    pub fn sweep_cap(&self, size: usize) -> u32 {
        match self.sweeps {
            Sweeps::Fixed(sweeps) => sweeps,
            Sweeps::Auto => self.settling_cap(size),
        }
    }

    /// Number of sweeps after which matrices of this size are expected to be settled. It is at least one more than any
    /// measured matrix took. No bound has been proven for parallel orderings (`docs/bounds.md`).
    pub fn settling_cap(&self, size: usize) -> u32 {
        2 * ceil_log2(size.next_multiple_of(2)) + (self.word - 1 + self.inner_guard + 25) / 8
    }

    /// Passes of a step of the QR decomposition: how many times a row is rotated against the same row of the triangle.
    ///
    /// A first rotation by a large angle leaves 2^-6 of the element to be eliminated, and each further rotation leaves
    /// 2^-8.5 of the rest. The angle is large only if the pivot is below 2^4 times the element. With 23 bits, three
    /// passes leave less than 8 units, which count as noise. Each further pass is good for 8 bits more.
    pub fn passes(&self) -> u32 {
        3 + (self.word + self.inner_guard).saturating_sub(23).div_ceil(8)
    }

    /// The error of the norm of the rotations, c² + s² - 1.
    pub(super) fn norm_error(&self) -> NormError {
        match self.complex {
            false => norm_error(self.coefficient_fraction()),
            true => complex_norm_error(self.coefficient_fraction()),
        }
    }

    /// One unit of the last place of an angle, in rad.
    pub(super) fn angle_unit(&self) -> f64 {
        let fraction = if self.complex { complex_angle_fraction } else { angle_fraction };
        (-f64::from(fraction(self.coefficient_bits))).exp2()
    }

    /// Off-diagonal parts b + c and c - b below this limit are not rotated away. In units of the last place of A inside
    /// the core.
    pub(super) fn noise_limit(&self) -> f64 {
        f64::from(1u32 << (self.limits().noise_bits - 1))
    }
}

/// Extra bits of an element of A inside the core.
///
/// A core that reduces many rows has more than `guard`, so that the roundings of the reduction stay below those of the
/// decomposition. It has one more for every factor of 4 beyond 16 rows.
pub(super) fn inner_guard(guard: u32, dimensions: &Dimensions) -> u32 {
    let (rows, _) = dimensions.largest();
    let more = if dimensions.is_reduced() { ceil_log2(rows).saturating_sub(4).div_ceil(2) } else { 0 };
    guard + more
}

/// The number b for which half angles below 2^-b rad count as settled. It follows from the word length, so that less
/// than 1 LSB is left off the diagonal.
pub(super) fn settled_bits(word: u32) -> u32 {
    (word - 1).saturating_sub(5).max(6)
}
