//! What a simulator can observe inside a decomposer: signals that must stay within their ranges, and the rotations
//! made.

use serde::Serialize;
use std::ops::Range;

/// The modules, signals and memories of a core that a simulator observes.
#[derive(Clone, Debug)]
pub struct Probe {
    /// Names of the modules that compute with data: no sum inside them may overflow its width.
    pub arithmetic: &'static [&'static str],
    /// Bounds on the magnitudes of signals.
    pub ranges: Vec<SignalRange>,
    /// Hierarchical paths of the memories whose writes reveal the rotations.
    pub memories: Vec<String>,
}

/// A bound on the magnitude of all signals whose names end alike.
#[derive(Clone, Copy, Debug)]
pub struct SignalRange {
    /// The signals are those whose names end in one of these.
    pub names: &'static [&'static str],
    /// The largest magnitude allowed, in LSB of the signal.
    pub largest: f64,
}

/// One word written to a memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Write {
    /// Its address.
    pub address: usize,
    /// The word.
    pub word: u128,
}

/// The plane rotation (x, y) -> (cosine x - sine y, cosine y + sine x), with the coefficients as rounded by the
/// hardware.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct PlaneRotation {
    /// Factor of x in x', and of y in y'.
    pub cosine: f64,
    /// Factor of the other element: -y in x', x in y'.
    pub sine: f64,
}

/// A Givens rotation of a row of a triangle against another row, made while rows are reduced to a triangle.
#[derive(Clone, Debug, PartialEq)]
pub struct RowRotation {
    /// The row of the triangle and the row rotated against it. Numbers count the rows of the input matrix first, then
    /// those of the first lane's triangle in the order in which they are decomposed, then those of the second lane's
    /// triangle, and last one row of zeros.
    pub rows: (usize, usize),
    /// The columns that are rotated.
    pub columns: Range<usize>,
    /// The rotation.
    pub rotation: PlaneRotation,
}

/// A two-sided Jacobi rotation of a pair of rows and the same pair of columns.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct PairRotation {
    /// Indices of the two rows, which are those of the two columns as well.
    pub pair: (usize, usize),
    /// The rotation of the rows.
    pub left: PlaneRotation,
    /// The rotation of the columns.
    pub right: PlaneRotation,
}

/// All rotations of a matrix, in the order in which they are made.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rotations {
    /// The Givens rotations of the reduction to a triangle; empty for cores that do not reduce rows.
    pub reduction: Vec<RowRotation>,
    /// The Jacobi rotations of all sweeps.
    pub sweeps: Vec<PairRotation>,
}
