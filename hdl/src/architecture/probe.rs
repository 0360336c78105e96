//! What a simulator can watch inside a decomposer: numbers that must stay in their ranges, and the rotations that are made.

use std::ops::Range;

/// Where to look.
#[derive(Clone, Debug)]
pub struct Probe {
    /// The modules that compute with the data of a core: no sum in them may leave its width.
    pub arithmetic: &'static [&'static str],
    /// The largest sizes of signals.
    pub ranges: Vec<SignalRange>,
    /// Paths of the memories whose writes tell which rotations are made.
    pub memories: Vec<String>,
}

/// The largest size of signals of one kind.
#[derive(Clone, Copy, Debug)]
pub struct SignalRange {
    /// The ends of their names.
    pub names: &'static [&'static str],
    /// In units of their last place.
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

/// The plane rotation (x, y) -> (cosine x - sine y, cosine y + sine x), with the coefficients that the hardware uses.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PlaneRotation {
    /// The factor of the own element.
    pub cosine: f64,
    /// The factor of the other element.
    pub sine: f64,
}

/// A rotation of two rows, of the columns in a range, while rows are reduced to a triangle.
#[derive(Clone, Debug, PartialEq)]
pub struct RowRotation {
    /// The row of the triangle, and the other one. The matrix's rows come first, then those of the first lane's triangle in the
    /// order in which they are decomposed, then those of the second one's, then a row of zeros.
    pub rows: (usize, usize),
    /// Columns.
    pub columns: Range<usize>,
    /// By what they are turned.
    pub rotation: PlaneRotation,
}

/// A two-sided rotation of a pair of rows and the same pair of columns.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PairRotation {
    /// Rows, and columns.
    pub pair: (usize, usize),
    /// By what the rows are turned.
    pub left: PlaneRotation,
    /// By what the columns are turned.
    pub right: PlaneRotation,
}

/// All rotations of a matrix, in the order in which they are made.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rotations {
    /// The reduction to a triangle, where there is one.
    pub reduction: Vec<RowRotation>,
    /// The sweeps.
    pub sweeps: Vec<PairRotation>,
}
