//! Matrices to stream beats and back.
//!
//! Which sections and formats a frame has, the core's [`svdforge_hdl::interface`] says. Elements are real or complex
//! ([`Scalar`]); a beat carries all components of one element.

use crate::scalar::{Scalar, components, pack, unpack};
use nalgebra::{Complex, DMatrix};
use svdforge_hdl::fixed::{QFormat, RangeError, scaled};
use svdforge_hdl::interface::{Section, Status, section};
use svdforge_hdl::shape::Shape;

/// One element into a core. Where a beat has several, consecutive elements share a beat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InputElement {
    /// The element in units of its last bit; of a complex one both components, as bit patterns.
    pub data: i64,
    /// Whether it is the last one of its frame, so that its beat has `tlast`.
    pub last: bool,
    /// Whether `tkeep` says that it is there. An element that is not there takes its place in a beat nevertheless; only
    /// a frame that is to be refused has any.
    pub kept: bool,
}

impl InputElement {
    /// An element that is there.
    pub fn new(data: i64, last: bool) -> Self {
        Self { data, last, kept: true }
    }
}

/// One element out of a core. Those of one beat have the same cycle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutputElement {
    /// The cycle in which its beat was taken, counted from the end of the reset.
    pub cycle: u64,
    /// Its part of `tdata`, as a bit pattern.
    pub data: u64,
    /// Its part of `tuser`: the section.
    pub user: u8,
    /// Whether it is the last one of its frame: that of a beat with `tlast`.
    pub last: bool,
}

/// The elements of each beat, since in one cycle at most one beat moves.
pub fn output_beats(elements: &[OutputElement]) -> impl Iterator<Item = &[OutputElement]> {
    elements.chunk_by(|a, b| a.cycle == b.cycle)
}

/// A matrix on the input grid of a core.
#[derive(Clone, Debug, PartialEq)]
pub struct Quantised {
    /// Rows.
    pub rows: usize,
    /// Columns.
    pub cols: usize,
    /// Elements in units of the last bit, row by row; of complex ones the components one after the other.
    pub units: Vec<i64>,
    /// True element = quantised element times 2^exponent.
    pub exponent: i32,
}

/// How the host scales a matrix before quantising it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InputScale {
    /// The smallest power of two with which every element fits.
    Auto,
    /// Divide by 2^e; elements that do not fit are an error.
    Exponent(i32),
}

/// An element that does not fit the input word.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("row {row}, column {column}: {range} (after scaling by 2^{}); use `--input-scale auto`, or a larger exponent", -exponent)]
pub struct QuantiseError {
    /// 1-based.
    pub row: usize,
    /// 1-based.
    pub column: usize,
    /// The scaling asked for.
    pub exponent: i32,
    /// What did not fit.
    pub range: RangeError,
}

/// The format of an input element.
pub fn input_format(shape: &Shape) -> QFormat {
    shape.interface().element()
}

/// Puts a matrix on the input grid.
pub fn quantise<T: Scalar>(shape: &Shape, matrix: &DMatrix<T>, scale: InputScale) -> Result<Quantised, QuantiseError> {
    let format = input_format(shape);
    let exponent = match scale {
        InputScale::Auto => format.scale_for(matrix.iter().flat_map(|element| element.components())),
        InputScale::Exponent(e) => e,
    };
    let mut units = Vec::with_capacity(matrix.len() * components::<T>());
    for row in 0..matrix.nrows() {
        for column in 0..matrix.ncols() {
            let error = |range| QuantiseError { row: row + 1, column: column + 1, exponent, range };
            for component in matrix[(row, column)].components() {
                units.push(format.quantise(scaled(component, -exponent)).map_err(error)?);
            }
        }
    }
    Ok(Quantised { rows: matrix.nrows(), cols: matrix.ncols(), units, exponent })
}

impl Quantised {
    /// The matrix that the core sees, at true scale.
    pub fn matrix<T: Scalar>(&self, shape: &Shape) -> DMatrix<T> {
        let format = input_format(shape);
        let values: Vec<f64> = self.units.iter().map(|&u| scaled(format.dequantise(u), self.exponent)).collect();
        let elements = values.chunks_exact(components::<T>()).map(T::from_components);
        DMatrix::from_row_iterator(self.rows, self.cols, elements)
    }

    /// Components of an element.
    fn components(&self) -> usize {
        // A frame may be made too short, to see that the core refuses it.
        (self.units.len() / (self.rows * self.cols)).max(1)
    }

    /// The weight of one unit of the last place, at true scale.
    pub fn lsb(&self, shape: &Shape) -> f64 {
        scaled(1.0, self.exponent - shape.frac() as i32)
    }

    /// The matrix as a frame: its size, where the core takes several, then row by row, `tlast` on the last element.
    pub fn frame(&self, shape: &Shape) -> Vec<InputElement> {
        let interface = shape.interface();
        let header = [self.rows as i64, self.cols as i64];
        let elements = self.units.chunks_exact(self.components());
        let elements = elements.map(|components| pack(components, interface.input_component_bits()));
        let frame = header[..interface.header().len()].iter().copied().chain(elements);
        let last = interface.header().len() + self.units.len() / self.components() - 1;
        frame.enumerate().map(|(i, data)| InputElement::new(data, i == last)).collect()
    }
}

/// An output frame, dequantised: A = U diag(sigma) Vᴴ in the core's own scale. For a symmetric matrix `sigma` holds the
/// eigenvalues with their signs, and `v` the eigenvectors.
#[derive(Clone, Debug, PartialEq)]
pub struct Decomposition<T: Scalar = f64> {
    /// The status word.
    pub status: Status,
    /// k singular values, descending; empty for a bad frame.
    pub sigma: Vec<f64>,
    /// Left vectors, rows x k, if the core computes them.
    pub u: Option<DMatrix<T>>,
    /// Right vectors, cols x k, if the core computes them.
    pub v: Option<DMatrix<T>>,
}

impl<T: Scalar> Decomposition<T> {
    /// The values at true scale, given the input.
    pub fn true_sigma(&self, input: &Quantised) -> Vec<f64> {
        let exponent = input.exponent + self.status.block_exponent();
        self.sigma.iter().map(|&sigma| scaled(sigma, exponent)).collect()
    }
}

/// An output frame that is not laid out as the core promises.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("output frame, beat {beat}: {message}")]
pub struct FrameError {
    /// 0-based.
    pub beat: usize,
    /// What was found, and what was expected.
    pub message: String,
}

/// An output frame as integers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// The status word.
    pub status: Status,
    /// The other sections, in order. There are none in a bad frame, nor in one that the core has given up.
    pub sections: Vec<FrameSection>,
}

/// A section of an output frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FrameSection {
    /// What it holds, and in which format.
    pub section: Section,
    /// The numbers, in units of their last bit; of complex elements the components one after the other.
    pub units: Vec<i64>,
}

impl FrameSection {
    /// The numbers in the core's own scale.
    pub fn values(&self) -> impl Iterator<Item = f64> {
        let format = QFormat { word: self.section.word, frac: self.section.frac };
        self.units.iter().map(move |&units| format.dequantise(units))
    }
}

impl Frame {
    /// Reads the output frame of a matrix of (rows, columns).
    pub fn of(shape: &Shape, size: (usize, usize), beats: &[OutputElement]) -> Result<Self, FrameError> {
        if shape.complex() {
            Self::read::<Complex<f64>>(shape, size, beats)
        } else {
            Self::read::<f64>(shape, size, beats)
        }
    }

    /// Reads the output frame of a matrix of (rows, columns) whose elements are of type `T`.
    pub fn read<T: Scalar>(shape: &Shape, size: (usize, usize), beats: &[OutputElement]) -> Result<Self, FrameError> {
        let error = |beat, message: String| FrameError { beat, message };
        let Some(first) = beats.first() else { return Err(error(0, "the frame is empty".into())) };
        let status = Status::from_bits(first.data);
        // A frame that is given up ends with a status word that says so, wherever it was.
        let end = &beats[beats.len() - 1];
        let given_up = Status::from_bits(end.data);
        if end.user == section::STATUS && end.last && given_up.watchdog() {
            return Ok(Self { status: given_up, sections: Vec::new() });
        }
        let mut sections = shape.interface().sections_of(size);
        sections.truncate(if status.bad_frame() { 1 } else { sections.len() });
        let expected: Vec<u8> =
            sections.iter().flat_map(|section| std::iter::repeat_n(section.tuser, section.count)).collect();
        if beats.len() != expected.len() {
            return Err(error(beats.len(), format!("{} beats where {} were expected", beats.len(), expected.len())));
        }
        for (i, (beat, &user)) in beats.iter().zip(&expected).enumerate() {
            if beat.user != user {
                return Err(error(i, format!("tuser {} where section {user} was expected", beat.user)));
            }
            if beat.last != (i + 1 == expected.len()) {
                return Err(error(i, format!("tlast is {}", beat.last)));
            }
        }
        let bits = shape.interface().output_component_bits();
        let read = |section: Section| {
            // Singular values are real.
            let components = if section.tuser == section::SIGMA { 1 } else { T::KIND.components() };
            let beats = beats.iter().filter(|beat| beat.user == section.tuser);
            let units = beats.flat_map(|beat| (0..components).map(|number| unpack(beat.data, number, bits))).collect();
            FrameSection { section, units }
        };
        Ok(Self { status, sections: sections.into_iter().skip(1).map(read).collect() })
    }
}

/// Reads the output frame of a matrix of (rows, columns) as a decomposition.
pub fn parse_frame<T: Scalar>(
    shape: &Shape,
    (rows, cols): (usize, usize),
    beats: &[OutputElement],
) -> Result<Decomposition<T>, FrameError> {
    let Frame { status, sections } = Frame::read::<T>(shape, (rows, cols), beats)?;
    if status.watchdog() {
        return Err(FrameError { beat: beats.len() - 1, message: "the core has given up the frame".into() });
    }
    let values = |user: u8| {
        let section = sections.iter().find(|found| found.section.tuser == user)?;
        Some(section.values().collect::<Vec<f64>>())
    };
    let rank = shape.rank_of((rows, cols));
    let vectors = |user: u8, rows: usize| {
        let values = values(user)?;
        let elements = values.chunks_exact(components::<T>()).map(T::from_components);
        Some(DMatrix::from_row_iterator(rows, rank, elements))
    };
    let sigma = values(section::SIGMA).unwrap_or_default();
    Ok(Decomposition { status, sigma, u: vectors(section::U, rows), v: vectors(section::V, cols) })
}

#[cfg(test)]
mod tests;
