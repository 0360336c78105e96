//! The elements of matrices as the hardware represents them: one or more real components, side by side in a word.

use crate::engine::SeenRotations;
use nalgebra::{Complex, DMatrix};
use serde::Serialize;
use svdforge_golden::reader::Number;
use svdforge_golden::{Family, Recording};
use svdforge_hdl::interface::ElementKind;
use svdforge_hdl::shape::Shape;

/// An element of a matrix that can be quantised component by component.
pub trait Scalar: Number {
    /// The kind of number, as the interface of a core names it.
    const KIND: ElementKind;

    /// How it stands in JSON: a number, or the pair of its components.
    type Json: Serialize;

    /// The same for JSON.
    fn json(self) -> Self::Json;

    /// A matrix of a family.
    fn of_family(family: Family, rows: usize, cols: usize, seed: u64) -> DMatrix<Self>;

    /// The rotations that a core has made, if they can be read for elements of this kind.
    fn recording(seen: &SeenRotations, shape: &Shape, size: (usize, usize), sweeps: u32) -> Option<Recording<Self>>;

    /// Its components: the real part, followed by the imaginary part if the number is complex.
    fn components(self) -> Vec<f64>;

    /// The element with these components.
    fn from_components(components: &[f64]) -> Self;
}

impl Scalar for f64 {
    const KIND: ElementKind = ElementKind::Real;

    type Json = f64;

    fn json(self) -> f64 {
        self
    }

    fn of_family(family: Family, rows: usize, cols: usize, seed: u64) -> DMatrix<Self> {
        family.generate(rows, cols, seed)
    }

    fn recording(seen: &SeenRotations, shape: &Shape, size: (usize, usize), sweeps: u32) -> Option<Recording<Self>> {
        seen.recording(shape, size, sweeps)
    }

    fn components(self) -> Vec<f64> {
        vec![self]
    }

    fn from_components(components: &[f64]) -> Self {
        components[0]
    }
}

impl Scalar for Complex<f64> {
    const KIND: ElementKind = ElementKind::Complex;

    type Json = [f64; 2];

    fn json(self) -> [f64; 2] {
        [self.re, self.im]
    }

    fn of_family(family: Family, rows: usize, cols: usize, seed: u64) -> DMatrix<Self> {
        family.generate_complex(rows, cols, seed)
    }

    /// The coefficients of complex rotations are not read yet.
    fn recording(_: &SeenRotations, _: &Shape, _: (usize, usize), _: u32) -> Option<Recording<Self>> {
        None
    }

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
