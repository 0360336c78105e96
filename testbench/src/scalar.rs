//! The elements of matrices as the hardware represents them: one or more real components, side by side in a word.

use nalgebra::{Complex, ComplexField};
use svdforge_hdl::interface::ElementKind;

/// An element of a matrix that can be quantised component by component.
pub trait Scalar: ComplexField<RealField = f64> + Copy {
    /// The kind of number, as the interface of a core names it.
    const KIND: ElementKind;

    /// Its components: the real part, followed by the imaginary part if the number is complex.
    fn components(self) -> Vec<f64>;

    /// The element with these components.
    fn from_components(components: &[f64]) -> Self;
}

impl Scalar for f64 {
    const KIND: ElementKind = ElementKind::Real;

    fn components(self) -> Vec<f64> {
        vec![self]
    }

    fn from_components(components: &[f64]) -> Self {
        components[0]
    }
}

impl Scalar for Complex<f64> {
    const KIND: ElementKind = ElementKind::Complex;

    fn components(self) -> Vec<f64> {
        vec![self.re, self.im]
    }

    fn from_components(components: &[f64]) -> Self {
        Self::new(components[0], components[1])
    }
}

/// The number of real components of one element of this type.
pub fn components<T: Scalar>() -> usize {
    T::KIND.components() as usize
}

/// Packs the components of an element into one word, the first one in the lowest bits. Each takes `bits` bits in two's
/// complement.
pub fn pack(components: &[i64], bits: u32) -> i64 {
    match components {
        [only] => *only,
        _ => {
            let mask = (1u64 << bits) - 1;
            let word = components.iter().rev().fold(0u64, |word, &component| word << bits | component as u64 & mask);
            word as i64
        }
    }
}

/// The signed component with this number in a word whose components take `bits` bits each.
pub fn unpack(word: u64, number: u32, bits: u32) -> i64 {
    let unused = 64 - bits;
    ((word >> (number * bits) << unused) as i64) >> unused
}
