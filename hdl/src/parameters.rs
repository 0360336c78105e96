//! What a user chooses: the parameters of a core, and the ranges in which they can be met.

mod choices;
mod error;
mod map;
mod options;

pub use choices::{ArchitectureName, NamedChoice, Scaling, Sizes, Sweeps, Vectors, Word};
pub use error::ParameterError;
pub(crate) use error::error;
pub use map::OptionMap;
pub use options::{CoreOption, Kind, OPTIONS, Value};

use std::ops::RangeInclusive;

/// Rows and columns that a core can hold.
pub const SIZES: RangeInclusive<usize> = 1..=32;
/// The most rows of a core that reduces them to a triangle while they stream in.
pub const MOST_ROWS: usize = 1 << 18;
/// Bits of an input element.
pub const WORDS: RangeInclusive<u32> = 8..=24;
/// Extra bits inside.
pub const GUARDS: RangeInclusive<u32> = 0..=8;
/// Bits of a coefficient, sign included.
pub const COEFS: RangeInclusive<u32> = 14..=32;
/// Sweeps of a fixed number.
pub const SWEEPS: RangeInclusive<u32> = 1..=63;

/// The parameters of a core as a user gives them; [`crate::shape::Shape::new`] checks them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameters {
    /// Rows of the matrix, m.
    pub rows: usize,
    /// Columns of the matrix, n.
    pub cols: usize,
    /// Bits of one input element, signed.
    pub word: u32,
    /// Fraction bits of one input element; `None`: `word - 1`.
    pub frac: Option<u32>,
    /// Extra bits inside.
    pub guard: u32,
    /// Bits of a coefficient, sign included; `None`: as many as the error needs.
    pub coef: Option<u32>,
    /// How many 2x2 blocks are rotated per cycle.
    pub arch: ArchitectureName,
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
            arch: ArchitectureName::Serial,
            sweeps: Sweeps::Auto,
            vectors: Vectors::Uv,
            rank: None,
            symmetric: false,
            scaling: Scaling::Auto,
            sizes: Sizes::Fixed,
        }
    }
}

impl Parameters {
    /// Checks every parameter by itself and against the others, all but the bits of a coefficient, whose least number depends on
    /// the arithmetic. Fraction bits and rank are filled in where they were left open.
    pub(crate) fn checked(&self) -> Result<Self, ParameterError> {
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
        if let Some(coef) = self.coef {
            inside("coef", coef, COEFS, "the bits of a coefficient")?;
        }
        Ok(Self { frac: Some(frac), rank: Some(rank), ..*self })
    }

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

fn inside(option: &'static str, value: u32, range: RangeInclusive<u32>, what: &str) -> Result<(), ParameterError> {
    let reason = format!("{what} must be {} to {}", range.start(), range.end());
    if range.contains(&value) { Ok(()) } else { Err(error(option, value, reason)) }
}
