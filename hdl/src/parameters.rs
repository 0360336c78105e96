//! The parameters of a core, as a user chooses them, and their ranges.

mod choices;
mod error;
mod map;
mod name;
mod options;
mod value;

pub use choices::{ArchitectureName, Front, NamedChoice, Scaling, Sizes, Sweeps, Vectors, Word};
pub use error::ParameterError;
pub(crate) use error::error;
pub use map::OptionMap;
pub use name::CoreName;
pub use options::{CoreOption, Kind, OPTIONS};
pub use value::Value;

use std::ops::RangeInclusive;

/// Numbers of rows and of columns that a core can hold.
pub const SIZES: RangeInclusive<usize> = 1..=64;
/// The largest number of rows of a core that reduces them to a triangle while they stream in.
pub const MOST_ROWS: usize = 1 << 18;
/// Bits of an input element, sign included.
pub const WORDS: RangeInclusive<u32> = 8..=24;
/// Guard bits.
pub const GUARDS: RangeInclusive<u32> = 0..=8;
/// Bits of a coefficient, sign included.
pub const COEFS: RangeInclusive<u32> = 14..=32;
/// Numbers of sweeps that can be fixed by `--sweeps`.
pub const SWEEPS: RangeInclusive<u32> = 1..=63;
/// Numbers of matrices in flight.
pub const INTERLEAVE: RangeInclusive<u32> = 1..=32;
/// Bytes that one element can take on the streams.
pub const ELEMENT_BYTES: [u32; 3] = [2, 4, 8];
/// Numbers of elements that one beat can carry.
pub const ELEMENTS_PER_BEAT: [u32; 4] = [1, 2, 4, 8];

/// The parameters of a core as a user gives them. They are not checked yet: [`crate::shape::Shape::new`] does that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameters {
    /// Rows of the matrix, m.
    pub rows: usize,
    /// Columns of the matrix, n.
    pub cols: usize,
    /// Bits of one input element, signed.
    pub word: u32,
    /// Fraction bits of one input element. `None` stands for `word - 1`.
    pub frac: Option<u32>,
    /// Guard bits: extra fraction bits of singular values and vectors.
    pub guard: u32,
    /// Bits of a coefficient, sign included. `None` stands for as many as accuracy requires.
    pub coef: Option<u32>,
    /// The architecture, which decides how many 2x2 blocks are rotated per cycle.
    pub arch: ArchitectureName,
    /// How many sweeps are made.
    pub sweeps: Sweeps,
    /// Which singular vectors are computed.
    pub vectors: Vectors,
    /// How many of the largest singular triplets leave the core. `None` stands for all.
    pub rank: Option<usize>,
    /// Whether the core computes eigen-decompositions of symmetric matrices.
    pub symmetric: bool,
    /// Whether matrices are complex. With `symmetric` they are Hermitian.
    pub complex: bool,
    /// How the core scales each matrix.
    pub scaling: Scaling,
    /// Which sizes the core accepts: its own only, or every size up to it.
    pub sizes: Sizes,
    /// Matrices in flight: so many are in the core at the same time. `None` stands for as many as keep the rotators
    /// busy.
    pub interleave: Option<u32>,
    /// What stands beside the streams.
    pub front: Front,
    /// Bytes of one element on both streams. `None` stands for the fewest on each.
    pub element_bytes: Option<u32>,
    /// Elements in one beat of the input stream.
    pub elements_per_beat_in: u32,
    /// Elements in one beat of the output stream.
    pub elements_per_beat_out: u32,
    /// Whether the core compares each result with its matrix before it leaves.
    pub selfcheck: bool,
    /// The name of the core. `None` stands for a name that tells the size and what differs from the defaults.
    pub name: Option<CoreName>,
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
            complex: false,
            scaling: Scaling::Auto,
            sizes: Sizes::Fixed,
            interleave: Some(1),
            front: Front::Stream,
            element_bytes: None,
            elements_per_beat_in: 1,
            elements_per_beat_out: 1,
            selfcheck: false,
            name: None,
        }
    }
}

impl Parameters {
    /// Components of a number: 2 of a complex one.
    pub(crate) fn components(&self) -> u32 {
        if self.complex { 2 } else { 1 }
    }

    /// Checks all parameters, each by itself and against the others. The result has fraction bits and rank filled in if
    /// they were left open.
    ///
    /// The minimum of the coefficient bits depends on the arithmetic, so it is checked later.
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
        inside("frac", frac, 0..=self.word, &format!("with --word {}, the fraction bits", self.word))?;
        if let Sweeps::Fixed(sweeps) = self.sweeps {
            inside("sweeps", sweeps, SWEEPS, "the number of sweeps (or `auto`)")?;
        }
        if let Some(coef) = self.coef {
            inside("coef", coef, COEFS, "the bits of a coefficient")?;
        }
        if let Some(matrices) = self.interleave {
            inside("interleave", matrices, INTERLEAVE, "the matrices in flight (or `auto`)")?;
        }
        if let Some(bytes) = self.element_bytes {
            one_of("element-bytes", bytes, &ELEMENT_BYTES, "the bytes of an element (or `auto`)")?;
        }
        one_of("elements-per-beat-in", self.elements_per_beat_in, &ELEMENTS_PER_BEAT, "the elements of a beat")?;
        one_of("elements-per-beat-out", self.elements_per_beat_out, &ELEMENTS_PER_BEAT, "the elements of a beat")?;
        Ok(Self { frac: Some(frac), rank: Some(rank), ..*self })
    }

    /// Checks whether the core can hold as many columns.
    ///
    /// # Errors
    ///
    /// A [`ParameterError`] about the columns.
    pub fn check_cols(&self) -> Result<(), ParameterError> {
        if SIZES.contains(&self.cols) {
            return Ok(());
        }
        let remedy = if self.cols > self.rows { "; of a wider matrix, decompose the transpose" } else { "" };
        Err(error("cols", self.cols, format!("the columns must be 1 to {}{remedy}", SIZES.end())))
    }

    /// Checks whether the core can hold the matrix, or can reduce its rows while they stream in.
    fn check_size(&self) -> Result<(), ParameterError> {
        let most = *SIZES.end();
        if self.rows == 0 {
            return Err(error("rows", 0, format!("the rows must be 1 to {most}")));
        }
        self.check_cols()?;
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
        let bits = self.element_bytes.map_or(self.word.next_multiple_of(8), |bytes| 8 * bytes);
        let announced = 1usize.checked_shl(bits).map_or(usize::MAX, |count| count - 1);
        if self.sizes == Sizes::Any && self.rows > announced {
            let reason = format!("with --sizes any, an element of {bits} bits announces the rows, at most {announced}");
            return Err(error("rows", self.rows, reason));
        }
        Ok(())
    }
}

/// Checks that a value is in its range. `what` begins the message.
fn inside(option: &'static str, value: u32, range: RangeInclusive<u32>, what: &str) -> Result<(), ParameterError> {
    let reason = format!("{what} must be {} to {}", range.start(), range.end());
    if range.contains(&value) { Ok(()) } else { Err(error(option, value, reason)) }
}

/// Checks that a value is among those that are possible. `what` begins the message.
fn one_of(option: &'static str, value: u32, all: &[u32], what: &str) -> Result<(), ParameterError> {
    let known: Vec<String> = all.iter().map(u32::to_string).collect();
    let reason = format!("{what} must be one of {}", known.join(", "));
    if all.contains(&value) { Ok(()) } else { Err(error(option, value, reason)) }
}
