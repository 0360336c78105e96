//! Matrices to stream beats and back. The only place that knows how a frame is laid out, beside the hardware.

use nalgebra::DMatrix;
use svdforge_hdl::fixed::{QFormat, RangeError};
use svdforge_hdl::interface::section;
use svdforge_hdl::shape::Shape;

/// One beat into a core.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InputBeat {
    /// The element, in units of its last bit.
    pub data: i64,
    /// `tlast`.
    pub last: bool,
}

/// One beat out of a core.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutputBeat {
    /// The cycle in which it was taken, counted from the end of the reset.
    pub cycle: u64,
    /// `tdata`, as a bit pattern.
    pub data: u64,
    /// `tuser`: the section.
    pub user: u8,
    /// `tlast`.
    pub last: bool,
}

/// A matrix on the input grid of a core.
#[derive(Clone, Debug, PartialEq)]
pub struct Quantised {
    /// Rows.
    pub rows: usize,
    /// Columns.
    pub cols: usize,
    /// Elements in units of the last bit, row by row.
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
    QFormat { word: shape.word(), frac: shape.frac() }
}

/// Puts a matrix on the input grid.
pub fn quantise(shape: &Shape, matrix: &DMatrix<f64>, scale: InputScale) -> Result<Quantised, QuantiseError> {
    let format = input_format(shape);
    let exponent = match scale {
        InputScale::Auto => format.scale_for(matrix.iter().copied()),
        InputScale::Exponent(e) => e,
    };
    let unit = f64::from(-exponent).exp2();
    let mut units = Vec::with_capacity(matrix.len());
    for row in 0..matrix.nrows() {
        for column in 0..matrix.ncols() {
            let value = format.quantise(matrix[(row, column)] * unit);
            let error = |range| QuantiseError { row: row + 1, column: column + 1, exponent, range };
            units.push(value.map_err(error)?);
        }
    }
    Ok(Quantised { rows: matrix.nrows(), cols: matrix.ncols(), units, exponent })
}

impl Quantised {
    /// The matrix that the core sees, at true scale.
    pub fn matrix(&self, shape: &Shape) -> DMatrix<f64> {
        let format = input_format(shape);
        let unit = f64::from(self.exponent).exp2();
        DMatrix::from_row_iterator(self.rows, self.cols, self.units.iter().map(|&u| format.dequantise(u) * unit))
    }

    /// The weight of one unit of the last place, at true scale.
    pub fn lsb(&self, shape: &Shape) -> f64 {
        f64::from(self.exponent - shape.frac() as i32).exp2()
    }

    /// The matrix as a frame: its size, where the core takes several, then row by row, `tlast` on the last beat.
    pub fn frame(&self, shape: &Shape) -> Vec<InputBeat> {
        let header = [self.rows as i64, self.cols as i64];
        let beats = header[..shape.interface().header().len()].iter().chain(&self.units);
        let last = shape.interface().header().len() + self.units.len() - 1;
        beats.enumerate().map(|(i, &data)| InputBeat { data, last: i == last }).collect()
    }
}

/// The status word of an output frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status {
    /// The input frame's `tlast` came early or late, or its size is not taken.
    pub bad_frame: bool,
    /// An internal value left its range.
    pub overflow: bool,
    /// The sweep cap was reached before every block was settled.
    pub cap_reached: bool,
    /// The core's own check of its result failed.
    pub self_check_failed: bool,
    /// Sweeps made.
    pub sweeps: u32,
    /// Power of two by which the core scaled the matrix.
    pub block_exponent: i32,
}

/// An output frame, dequantised: A = U diag(sigma) Vᵀ in the core's own scale. Of a symmetric matrix sigma are the eigenvalues, with their
/// signs, and V the vectors.
#[derive(Clone, Debug, PartialEq)]
pub struct Decomposition {
    /// The status word.
    pub status: Status,
    /// k singular values, descending; empty for a bad frame.
    pub sigma: Vec<f64>,
    /// Left vectors, rows x k, if the core computes them.
    pub u: Option<DMatrix<f64>>,
    /// Right vectors, cols x k, if the core computes them.
    pub v: Option<DMatrix<f64>>,
}

impl Decomposition {
    /// The values at true scale, given the input.
    pub fn true_sigma(&self, input: &Quantised) -> Vec<f64> {
        let scale = f64::from(input.exponent + self.status.block_exponent).exp2();
        self.sigma.iter().map(|s| s * scale).collect()
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

/// Reads the output frame of a matrix of (rows, columns).
pub fn parse_frame(
    shape: &Shape,
    (rows, cols): (usize, usize),
    beats: &[OutputBeat],
) -> Result<Decomposition, FrameError> {
    let error = |beat, message: String| FrameError { beat, message };
    let Some(first) = beats.first() else { return Err(error(0, "the frame is empty".into())) };
    let status = Status::from_bits(first.data);
    let mut sections = shape.interface().sections_of((rows, cols));
    sections.truncate(if status.bad_frame { 1 } else { sections.len() });
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
    let unused = 64 - shape.interface().output_bits();
    let value = |beat: &OutputBeat, frac: u32| {
        let signed = ((beat.data << unused) as i64) >> unused;
        QFormat { word: shape.interface().output_bits(), frac }.dequantise(signed)
    };
    let values = |user: u8, frac: u32| beats.iter().filter(move |b| b.user == user).map(move |b| value(b, frac));
    let rank = shape.rank_of((rows, cols));
    let vectors = |user: u8, rows: usize| {
        let present = sections.iter().any(|section| section.tuser == user);
        present.then(|| DMatrix::from_row_iterator(rows, rank, values(user, shape.vector_fraction())))
    };
    let sigma = values(section::SIGMA, shape.sigma_fraction()).collect();
    Ok(Decomposition { status, sigma, u: vectors(section::U, rows), v: vectors(section::V, cols) })
}

impl Status {
    fn from_bits(bits: u64) -> Self {
        Self {
            bad_frame: bits & 1 != 0,
            overflow: bits & 2 != 0,
            cap_reached: bits & 4 != 0,
            self_check_failed: bits & 8 != 0,
            sweeps: (bits >> 8 & 255) as u32,
            block_exponent: i32::from((bits >> 16) as u8 as i8),
        }
    }
}
