//! Built-in matrices: the samples that come with the project, and matrices of a family in the size of a core.
//!
//! The samples are small, well-known matrices, each with its source in its file. They are compiled in, so that
//! `svdforge demo` works in any folder.

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

/// A matrix of a family, in a size that the core takes. If the core takes several sizes, the seed chooses one. For a
/// symmetric core the result is the symmetric part of the matrix.
pub fn example_matrix(shape: &Shape, family: Family, seed: u64) -> DMatrix<f64> {
    let up_to = |most: usize, step: u64| match shape.sizes() {
        Sizes::Fixed => most,
        Sizes::Any => most - (seed * step) as usize % most,
    };
    let rows = up_to(shape.rows(), 3);
    let cols = if shape.symmetric() { rows } else { up_to(shape.cols(), 5) };
    matrix_of_size(shape, (rows, cols), family, seed)
}

/// The same as [`example_matrix`] for a core that takes complex matrices. For a Hermitian core the result is the
/// Hermitian part of the matrix.
pub fn complex_example_matrix(shape: &Shape, family: Family, seed: u64) -> DMatrix<Complex<f64>> {
    let matrix = family.generate_complex(shape.rows(), shape.cols(), seed);
    if shape.symmetric() { (&matrix + matrix.adjoint()).unscale(2.0) } else { matrix }
}

/// A matrix of a family with this size (rows, columns). For a symmetric core it is the symmetric part of the matrix.
pub fn matrix_of_size(shape: &Shape, (rows, cols): (usize, usize), family: Family, seed: u64) -> DMatrix<f64> {
    let matrix = family.generate(rows, cols, seed);
    if shape.symmetric() { (&matrix + matrix.transpose()) / 2.0 } else { matrix }
}
