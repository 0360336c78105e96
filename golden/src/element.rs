//! The elements of matrices: real numbers, or complex numbers of two real components.

use nalgebra::{Complex, ComplexField, DMatrix};

/// An element of a matrix: `f64` or `Complex<f64>`.
///
/// Code for both follows nalgebra's [`ComplexField`], in which a real number is its own conjugate. What that trait
/// cannot say is how many real numbers an element holds.
pub trait Element: ComplexField<RealField = f64> + Copy {
    /// How many real numbers an element holds: 1, or 2 for the real and the imaginary part.
    const COMPONENTS: u32;

    /// The element with each component changed, the real part first.
    fn map_components(self, change: impl FnMut(f64) -> f64) -> Self;
}

impl Element for f64 {
    const COMPONENTS: u32 = 1;

    fn map_components(self, mut change: impl FnMut(f64) -> f64) -> Self {
        change(self)
    }
}

impl Element for Complex<f64> {
    const COMPONENTS: u32 = 2;

    fn map_components(self, mut change: impl FnMut(f64) -> f64) -> Self {
        let re = change(self.re);
        Self::new(re, change(self.im))
    }
}

/// The magnitude of the largest component of any element, which is how errors of complex elements are measured.
pub fn largest_component<T: Element>(matrix: &DMatrix<T>) -> f64 {
    matrix.map(|element| element.real().abs().max(element.imaginary().abs())).amax()
}
