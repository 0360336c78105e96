//! What a user chooses, and what follows from it.

use super::budget::{Budget, signed_bits};
use crate::units::angles::{Form, Limits};
use crate::units::norm_exact::FINE_BITS;
use crate::units::stream_output::section;
use serde::Serialize;
use std::fmt;

/// Rows and columns that a core can hold.
pub const SIZES: std::ops::RangeInclusive<usize> = 1..=32;
/// The most rows of a core that reduces them to a triangle while they stream in.
pub const MOST_ROWS: usize = 1 << 18;
/// Bits of an input element.
pub const WORDS: std::ops::RangeInclusive<u32> = 8..=24;
/// Extra bits inside.
pub const GUARDS: std::ops::RangeInclusive<u32> = 0..=8;
/// Bits of a coefficient, sign included.
pub const COEFS: std::ops::RangeInclusive<u32> = 14..=32;
/// Sweeps of a fixed number.
pub const SWEEPS: std::ops::RangeInclusive<u32> = 1..=63;

/// How many sweeps are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase", untagged)]
pub enum Sweeps {
    /// Until every block of a sweep was settled, under the core's cap.
    Auto,
    /// Always exactly this number.
    Fixed(u32),
}

impl fmt::Display for Sweeps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Auto => f.write_str("auto"),
            Self::Fixed(sweeps) => sweeps.fmt(f),
        }
    }
}

/// Which singular vectors are computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Vectors {
    /// U and V.
    Uv,
    /// U alone.
    U,
    /// V alone.
    V,
    /// Singular values alone.
    None,
}

/// Whether the core shifts each matrix to full scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Scaling {
    /// Block floating point: the power of two comes with the status word.
    Auto,
    /// No: the host scales.
    Fixed,
}

/// Which matrices a core takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Sizes {
    /// Those of its size.
    Fixed,
    /// Every size up to its own: each frame begins with two beats, the numbers of rows and columns.
    Any,
}

/// The parameters of a core, as a user gives them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameters {
    /// Rows of the matrix.
    pub rows: usize,
    /// Columns of the matrix.
    pub cols: usize,
    /// Bits of one input element, signed.
    pub word: u32,
    /// Fraction bits of one input element; `None`: `word - 1`.
    pub frac: Option<u32>,
    /// Extra bits inside.
    pub guard: u32,
    /// Bits of a coefficient, sign included; `None`: as many as the error needs.
    pub coef: Option<u32>,
    /// How many sweeps are made.
    pub sweeps: Sweeps,
    /// Which singular vectors are computed.
    pub vectors: Vectors,
    /// How many of the largest singular triplets leave the core; `None`: all.
    pub rank: Option<usize>,
    /// Eigen-decomposition of symmetric matrices.
    pub symmetric: bool,
    /// Scaling of each matrix in the core.
    pub scaling: Scaling,
    /// Which matrices it takes.
    pub sizes: Sizes,
}

impl Default for Parameters {
    fn default() -> Self {
        Self {
            rows: 8,
            cols: 8,
            word: 16,
            frac: None,
            guard: 4,
            coef: None,
            sweeps: Sweeps::Auto,
            vectors: Vectors::Uv,
            rank: None,
            symmetric: false,
            scaling: Scaling::Auto,
            sizes: Sizes::Fixed,
        }
    }
}

/// A parameter that cannot be met: which, what was asked, what would be right.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("--{option} {value}: {reason}")]
pub struct ParameterError {
    /// Name of the option.
    pub option: &'static str,
    /// What was asked for.
    pub value: String,
    /// What would be right.
    pub reason: String,
}

/// A core's shape and number formats: parameters that can be met, with all that follows from them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Rows of the matrix, m.
    pub rows: usize,
    /// Columns of the matrix, n.
    pub cols: usize,
    /// Bits of one input element, signed.
    pub word: u32,
    /// Fraction bits of one input element.
    pub frac: u32,
    /// Extra bits inside.
    pub guard: u32,
    /// Bits of a coefficient, sign included.
    pub coef: u32,
    /// How many sweeps are made.
    pub sweeps: Sweeps,
    /// Which singular vectors are computed.
    pub vectors: Vectors,
    /// Singular triplets that leave the core, k, at most min(m, n).
    pub rank: usize,
    /// Eigen-decomposition of symmetric matrices.
    pub symmetric: bool,
    /// Scaling of each matrix in the core.
    pub scaling: Scaling,
    /// Which matrices it takes.
    pub sizes: Sizes,
}

impl Vectors {
    /// As `--vectors` knows it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Uv => "uv",
            Self::U => "u",
            Self::V => "v",
            Self::None => "none",
        }
    }

    /// Whether U is computed.
    pub fn has_u(self) -> bool {
        matches!(self, Self::Uv | Self::U)
    }

    /// Whether V is computed.
    pub fn has_v(self) -> bool {
        matches!(self, Self::Uv | Self::V)
    }
}

impl Scaling {
    /// As `--scaling` knows it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Fixed => "fixed",
        }
    }
}

impl Sizes {
    /// As `--sizes` knows it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Fixed => "fixed",
            Self::Any => "any",
        }
    }
}

impl Parameters {
    /// Checks every parameter and derives the rest.
    pub fn shape(&self) -> Result<Shape, ParameterError> {
        let inside = |option, value: u32, range: std::ops::RangeInclusive<u32>, what: &str| {
            let reason = format!("{what} must be {} to {}", range.start(), range.end());
            if range.contains(&value) { Ok(()) } else { Err(error(option, value, reason)) }
        };
        self.check_size()?;
        let triplets = self.rows.min(self.cols);
        let rank = self.rank.unwrap_or(triplets);
        if !(1..=triplets).contains(&rank) {
            let reason = format!("the rank must be 1 to {triplets}, the smaller side of the matrix");
            return Err(error("rank", rank, reason));
        }
        inside("word", self.word, WORDS, "the bits of an input element")?;
        inside("guard", self.guard, GUARDS, "the guard bits")?;
        let frac = self.frac.unwrap_or(self.word - 1);
        inside("frac", frac, 0..=self.word, "with this word, the fraction bits")?;
        if let Sweeps::Fixed(sweeps) = self.sweeps {
            inside("sweeps", sweeps, SWEEPS, "the number of sweeps (or `auto`)")?;
        }
        let Self { rows, cols, word, guard, sweeps, vectors, symmetric, scaling, sizes, .. } = *self;
        let coef = self.coef.unwrap_or(*COEFS.end());
        inside("coef", coef, COEFS, "the bits of a coefficient")?;
        let mut shape = Shape { rows, cols, word, frac, guard, coef, sweeps, vectors, rank, symmetric, scaling, sizes };
        if self.coef.is_none() {
            shape.coef = shape.needed_coef();
        }
        // An angle must be fine enough to tell when a block is settled.
        let least = settled_bits(self.word) + 1 - FINE_BITS;
        if shape.coef < least {
            return Err(error(
                "coef",
                shape.coef,
                format!("with --word {}, a coefficient needs {least} bits at least", self.word),
            ));
        }
        Ok(shape)
    }
}

fn error(option: &'static str, value: impl fmt::Display, reason: String) -> ParameterError {
    ParameterError { option, value: value.to_string(), reason }
}

/// Rows that would make the square inside larger, where nobody wants U.
fn is_reduced(rows: usize, cols: usize, vectors: Vectors) -> bool {
    !vectors.has_u() && rows > cols.next_multiple_of(2)
}

impl Parameters {
    /// Whether the core can hold the matrix, or see its rows go by.
    fn check_size(&self) -> Result<(), ParameterError> {
        let most = *SIZES.end();
        if self.rows == 0 {
            return Err(error("rows", 0, format!("the rows must be 1 to {most}")));
        }
        if !SIZES.contains(&self.cols) {
            let remedy = match self.rows.cmp(&self.cols) {
                std::cmp::Ordering::Less => "; of a wider matrix, decompose the transpose",
                _ => "; without `--cols` they are as many as the rows",
            };
            return Err(error("cols", self.cols, format!("the columns must be 1 to {most}{remedy}")));
        }
        if self.symmetric && self.rows > most {
            return Err(error("rows", self.rows, format!("a symmetric matrix must be at most {most} x {most}")));
        }
        if self.symmetric && self.rows != self.cols {
            let reason = format!("a symmetric matrix is square; --rows is {}, so use --cols {}", self.rows, self.rows);
            return Err(error("cols", self.cols, reason));
        }
        if SIZES.contains(&self.rows) {
            return Ok(());
        }
        if self.rows > MOST_ROWS {
            return Err(error(
                "rows",
                self.rows,
                format!("the rows must be 1 to {most}, or up to {MOST_ROWS} without U"),
            ));
        }
        if self.vectors.has_u() {
            let reason = format!(
                "U of more than {most} rows does not fit the core; use `--vectors v` (U = A V / sigma, row by row) or `--vectors none`"
            );
            return Err(error("rows", self.rows, reason));
        }
        let announced = 1usize.checked_shl(self.word.next_multiple_of(8)).map_or(usize::MAX, |count| count - 1);
        if self.sizes == Sizes::Any && self.rows > announced {
            let reason =
                format!("with --sizes any, a beat announces the rows: with --word {} at most {announced}", self.word);
            return Err(error("rows", self.rows, reason));
        }
        Ok(())
    }
}

/// Angles below 2^-settled_bits rad count as settled: follows the word, so that less than 1 LSB is left off the diagonal.
fn settled_bits(word: u32) -> u32 {
    (word - 1).saturating_sub(5).max(6)
}

/// The smallest e with 2^e >= n.
pub fn ceil_log2(n: usize) -> u32 {
    n.next_power_of_two().trailing_zeros()
}

impl Shape {
    /// Elements of the largest matrix.
    pub fn elements(&self) -> usize {
        self.rows * self.cols
    }

    /// Beats before the elements of an input frame: rows and columns, where the core takes several sizes.
    pub fn header_beats(&self) -> usize {
        if self.sizes == Sizes::Any { 2 } else { 0 }
    }

    /// Singular triplets that there are, min(m, n).
    pub fn triplets(&self) -> usize {
        self.rows.min(self.cols)
    }

    /// Whether rows are reduced to a triangle while they stream in (QR); the triangle is what is decomposed.
    pub fn is_reduced(&self) -> bool {
        is_reduced(self.rows, self.cols, self.vectors)
    }

    /// Rows of the matrix that is decomposed for an input of (rows, columns): the input, or its triangle.
    pub fn decomposed_rows(&self, (rows, cols): (usize, usize)) -> usize {
        if self.is_reduced() { cols } else { rows }
    }

    /// The longer side of the largest matrix that is decomposed.
    pub fn side(&self) -> usize {
        self.decomposed_rows((self.rows, self.cols)).max(self.cols)
    }

    /// Rows and columns of the matrix inside the core: square and even, padded by rows or columns of zeros.
    pub fn even(&self) -> usize {
        self.side().next_multiple_of(2)
    }

    /// What all matrices of the core have in common.
    pub fn form(&self) -> Form {
        match self.rows.cmp(&self.cols) {
            _ if self.symmetric => Form::Symmetric,
            _ if self.sizes == Sizes::Any || self.is_reduced() => Form::Any,
            std::cmp::Ordering::Less => Form::Wide,
            std::cmp::Ordering::Equal => Form::Square,
            std::cmp::Ordering::Greater => Form::Tall,
        }
    }

    /// Bits of a coefficient for which its error stays below the rounding of the data: at least 18, and one more than word - 1 + guard + log2(n) - 7.
    /// Where rows are reduced, the angle, which has three bits more, must be as fine as the data: what it cannot turn away of a row is lost.
    fn needed_coef(&self) -> u32 {
        let needed = match self.is_reduced() {
            false => (self.word + self.guard + ceil_log2(self.side())).saturating_sub(7),
            true => self.data().saturating_sub(8),
        };
        needed.clamp(18, *COEFS.end())
    }

    /// Whether there are rows or columns of zeros inside the core.
    pub fn is_padded(&self) -> bool {
        (self.decomposed_rows((self.rows, self.cols)), self.cols) != (self.even(), self.even())
    }

    /// Whether a matrix is prepared in the memory before its first sweep: shifted, or padded.
    pub fn is_prepared(&self) -> bool {
        self.scaling == Scaling::Auto || self.sizes == Sizes::Any || self.is_padded() || self.is_reduced()
    }

    /// Whether U leaves the core: the vectors of a symmetric matrix leave as V.
    pub fn has_u(&self) -> bool {
        self.vectors.has_u() && !self.symmetric
    }

    /// Whether V leaves the core.
    pub fn has_v(&self) -> bool {
        self.vectors.has_v() || self.symmetric && self.vectors.has_u()
    }

    /// Whether any vectors are computed.
    pub fn has_vectors(&self) -> bool {
        self.vectors != Vectors::None
    }

    /// The sections of a good output frame for a matrix of the largest size: `tuser` and beats of each.
    pub fn sections(&self) -> Vec<(u8, usize)> {
        self.sections_of(self.rows, self.cols)
    }

    /// The sections of a good output frame for a matrix of this size.
    pub fn sections_of(&self, rows: usize, cols: usize) -> Vec<(u8, usize)> {
        let rank = self.rank_of(rows, cols);
        let all = [
            (true, section::STATUS, 1),
            (true, section::SIGMA, rank),
            (self.has_u(), section::U, rows * rank),
            (self.has_v(), section::V, cols * rank),
        ];
        all.into_iter().filter(|&(present, ..)| present).map(|(_, user, beats)| (user, beats)).collect()
    }

    /// Singular triplets that leave the core for a matrix of this size.
    pub fn rank_of(&self, rows: usize, cols: usize) -> usize {
        self.rank.min(rows).min(cols)
    }

    /// Bits of the amount by which a matrix is shifted.
    pub fn shift_bits(&self) -> u32 {
        crate::ir::address_width(self.word)
    }

    /// Extra bits of an element of A inside: `guard`, and for a triangle of many rows so many more that their roundings stay below
    /// those of the decomposition: one for every factor of 4 beyond 16 rows.
    pub fn inner_guard(&self) -> u32 {
        let rows = if self.is_reduced() { ceil_log2(self.rows).saturating_sub(4).div_ceil(2) } else { 0 };
        self.guard + rows
    }

    /// Bits of an element of A inside the core, one of them the sign. Singular values of full-scale elements reach the longer side of a matrix
    /// that is held as it is, and the root of the number of elements, the Frobenius norm, where rows are reduced. Short words with few guard bits have more,
    /// where roundings at their worst could add up to more than that.
    pub fn data(&self) -> u32 {
        if self.is_reduced() {
            let growth = ceil_log2(self.elements()).div_ceil(2);
            return (self.word + self.inner_guard() + growth + 1).max(self.vector());
        }
        let least = self.word + self.guard + ceil_log2(self.side()) + 1;
        signed_bits(Budget::new(self).largest_element(), least).max(self.vector())
    }

    /// Rotations of one row against one row of a triangle. Of a large angle the first leaves 2^-6, each further one 2^-8.5 of the rest; the element was
    /// below 2^4 times the row's, if the angle was large. Three passes leave less than 8 units, which count as noise, of 23 bits; each further pass serves 8 bits more.
    pub fn passes(&self) -> u32 {
        3 + (self.word + self.inner_guard()).saturating_sub(23).div_ceil(8)
    }

    /// Bits of a singular value as it leaves the core.
    pub fn sigma(&self) -> u32 {
        self.data() - (self.inner_guard() - self.guard)
    }

    /// Bits of an element of U or V inside the core; `vector_fraction` of them are fraction. More than one bit above it only where roundings at their
    /// worst need it.
    pub fn vector(&self) -> u32 {
        signed_bits(Budget::new(self).largest_vector_element(), self.vector_fraction() + 2)
    }

    /// Fraction bits of sigma.
    pub fn sigma_fraction(&self) -> u32 {
        self.frac + self.guard
    }

    /// Fraction bits of U and V.
    pub fn vector_fraction(&self) -> u32 {
        self.word - 1 + self.guard
    }

    /// Bits of `s_axis_tdata`.
    pub fn input_bits(&self) -> u32 {
        self.word.next_multiple_of(8)
    }

    /// Bits of `m_axis_tdata`: the status word has 24.
    pub fn output_bits(&self) -> u32 {
        self.sigma().max(self.vector()).max(24).next_multiple_of(8)
    }

    /// The most sweeps that the core makes.
    pub fn sweep_cap(&self) -> u32 {
        match self.sweeps {
            Sweeps::Fixed(sweeps) => sweeps,
            Sweeps::Auto => self.settling_cap(self.even()),
        }
    }

    /// Sweeps after which every matrix of this size is settled: at least one more than any of the measured ones took. No bound is proven for
    /// parallel orderings (`docs/bounds.md`).
    pub fn settling_cap(&self, size: usize) -> u32 {
        2 * ceil_log2(size.next_multiple_of(2)) + (self.word - 1 + self.inner_guard() + 25) / 8
    }

    /// When an angle is too small to matter.
    pub fn limits(&self) -> Limits {
        let noise_bits = if self.inner_guard() >= 4 { 4 } else { 3 };
        Limits { noise_bits, settled_bits: settled_bits(self.word) }
    }

    /// The name of the top module: `svd_8x8`, `eigen_8x8`, `svd_any_8x8`.
    pub fn name(&self) -> String {
        let kind = if self.symmetric { "eigen" } else { "svd" };
        let sizes = if self.sizes == Sizes::Any { "_any" } else { "" };
        format!("{kind}{sizes}_{}x{}", self.rows, self.cols)
    }
}
