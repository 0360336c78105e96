//! Built-in matrices: the samples that come with the project, and matrices of a family in the size of a core.
//!
//! The samples are small, well-known matrices, each with its source in its file. They are compiled in, so that
//! `svdforge demo` works in any folder.

use crate::framing::{InputScale, Quantised, quantise};
use crate::scalar::Scalar;
use nalgebra::{Complex, DMatrix};
use svdforge_golden::Family;
use svdforge_golden::reader::{NamedMatrix, ReadError, parse_matrix};
use svdforge_hdl::parameters::Sizes;
use svdforge_hdl::shape::Shape;

/// The names and contents of the sample files, in the order in which the demo uses them.
const FILES: [(&str, &str); 6] = [
    ("image-block.csv", include_str!("../samples/image-block.csv")),
    ("titles.csv", include_str!("../samples/titles.csv")),
    ("franklin-square.csv", include_str!("../samples/franklin-square.csv")),
    ("hilbert.csv", include_str!("../samples/hilbert.csv")),
    ("rotation.csv", include_str!("../samples/rotation.csv")),
    ("second-difference.csv", include_str!("../samples/second-difference.csv")),
];

/// All sample matrices, 8 x 8 each.
pub fn samples() -> Result<Vec<NamedMatrix>, ReadError> {
    FILES.iter().map(|(name, text)| parse_matrix(name, text.as_bytes())).collect()
}

/// A matrix of a family, in a size that the core takes. For a symmetric core the result is the symmetric part of the
/// matrix, or of a complex one the Hermitian part.
pub fn example_matrix<T: Scalar>(shape: &Shape, family: Family, seed: u64) -> DMatrix<T> {
    matrix_of_size(shape, example_size(shape, seed), family, seed)
}

/// A size (rows, columns) that the core takes. If it takes several, the seed chooses one.
pub fn example_size(shape: &Shape, seed: u64) -> (usize, usize) {
    let up_to = |most: usize, step: u64| match shape.sizes() {
        Sizes::Fixed => most,
        Sizes::Any => most - (seed * step) as usize % most,
    };
    let rows = up_to(shape.rows(), 3);
    (rows, if shape.symmetric() { rows } else { up_to(shape.cols(), 5) })
}

/// A matrix of a family with this size (rows, columns). For a symmetric core it is the symmetric or Hermitian part of
/// the matrix.
pub fn matrix_of_size<T: Scalar>(shape: &Shape, (rows, cols): (usize, usize), family: Family, seed: u64) -> DMatrix<T> {
    let matrix = T::of_family(family, rows, cols, seed);
    if shape.symmetric() { (&matrix + matrix.adjoint()).unscale(2.0) } else { matrix }
}

/// The same on the input grid of the core, complex if the core is.
pub fn quantised_of_size(shape: &Shape, size: (usize, usize), family: Family, seed: u64) -> Quantised {
    fn of<T: Scalar>(shape: &Shape, size: (usize, usize), family: Family, seed: u64) -> Quantised {
        let input = quantise::<T>(shape, &matrix_of_size(shape, size, family, seed), InputScale::Auto);
        input.expect("With an automatic scale every matrix fits the input word.")
    }
    let of = if shape.complex() { of::<Complex<f64>> } else { of::<f64> };
    of(shape, size, family, seed)
}
