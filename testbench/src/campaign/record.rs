//! What became of one matrix: one line of a journal, one entry of a report.

use super::Item;
use super::journal::difference;
use crate::judge::{Cycles, Flags, Judgement};
use serde::{Deserialize, Serialize};
use svdforge_golden::{Accuracy, Family};

/// Decimals that are kept of an error in LSB. More would show how the processor of the reference rounds, and differ between machines.
pub const PLACES: i32 = 6;

/// Relative difference of errors, in LSB, that two processors may have: some units of the last place that is kept.
pub const TOLERANCE: f64 = 1e-5;

/// Units of the last place, and errors in them, are below this by far; above, sums could overflow.
pub const LARGEST: f64 = 1e30;

/// One matrix through one simulated core. `core`, `family` and `seed` tell the same matrix in another report of the same sizes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// Its number in the campaign, from 0.
    pub matrix: usize,
    /// Which core, as an index into the report's `cores`.
    pub core: usize,
    /// Which family.
    pub family: Family,
    /// Which of the family's matrices for this core, from 0.
    pub index: u64,
    /// The seed that makes it: the campaign's, times 10^6, plus the index.
    pub seed: u64,
    /// Rows.
    pub rows: usize,
    /// Columns.
    pub cols: usize,
    /// True element = quantised element times 2^input_exponent.
    pub input_exponent: i32,
    /// The core's own power of two.
    pub block_exponent: i32,
    /// Sweeps made.
    pub sweeps: u32,
    /// Status bits.
    pub flags: Flags,
    /// Clock cycles.
    pub cycles: Cycles,
    /// Errors, as in `simulate --json`, to [`PLACES`] decimals.
    pub accuracy: Accuracy,
}

impl Record {
    /// The record of a planned matrix and its judgement.
    pub fn new(item: &Item, judgement: &Judgement) -> Self {
        let &Item { matrix, core, family, index, seed } = item;
        Self {
            matrix,
            core,
            family,
            index,
            seed,
            rows: judgement.rows,
            cols: judgement.cols,
            input_exponent: judgement.input_exponent,
            block_exponent: judgement.block_exponent,
            sweeps: judgement.sweeps,
            flags: judgement.flags,
            cycles: judgement.cycles,
            accuracy: rounded(&judgement.accuracy),
        }
    }

    /// Whether the numbers can be errors.
    pub fn check(&self) -> Result<(), String> {
        let a = &self.accuracy;
        let vectors =
            [a.reconstruction_max_lsb, a.orthogonality_u_max_lsb, a.orthogonality_v_max_lsb, a.off_diagonal_max_lsb];
        let errors = [a.lsb, a.sigma_max_lsb, a.sigma_rms_lsb].into_iter().chain(vectors.into_iter().flatten());
        match errors.into_iter().find(|error| !(0.0..LARGEST).contains(error)) {
            Some(error) => Err(format!("`accuracy` has {error}; errors are not negative, and below {LARGEST:e}")),
            None if a.lsb < 1.0 / LARGEST => Err(format!("`lsb` is {}; no input has such a unit", a.lsb)),
            None => Ok(()),
        }
    }

    /// Where two records of the same matrix differ, if they do: field, value here, value there. The hardware's part must be the same; errors may
    /// differ by what the rounding of another processor's arithmetic explains.
    pub fn difference(&self, other: &Self) -> Option<String> {
        let hardware = |r: &Self| Self { accuracy: self.accuracy.clone(), ..r.clone() };
        let say = |(field, here, there)| format!("`{field}` is {here}, there {there}");
        let errors = [
            (Some(self.accuracy.sigma_max_lsb), Some(other.accuracy.sigma_max_lsb), "sigma_max_lsb"),
            (self.accuracy.reconstruction_max_lsb, other.accuracy.reconstruction_max_lsb, "reconstruction_max_lsb"),
            (self.accuracy.orthogonality_u_max_lsb, other.accuracy.orthogonality_u_max_lsb, "orthogonality_u_max_lsb"),
            (self.accuracy.orthogonality_v_max_lsb, other.accuracy.orthogonality_v_max_lsb, "orthogonality_v_max_lsb"),
            (self.accuracy.off_diagonal_max_lsb, other.accuracy.off_diagonal_max_lsb, "off_diagonal_max_lsb"),
        ];
        let differ = |(here, there, _): &(Option<f64>, Option<f64>, &str)| match (here, there) {
            (Some(a), Some(b)) => (a - b).abs() > TOLERANCE * (1.0 + a.abs()),
            _ => here.is_some() != there.is_some(),
        };
        let show = |error: Option<f64>| error.map_or("null".to_owned(), |e| e.to_string());
        let error = || errors.into_iter().find(differ).map(|(a, b, name)| (name.to_owned(), show(a), show(b)));
        difference(&hardware(self), &hardware(other)).or_else(error).map(say)
    }

    /// The planned matrix that it is the record of.
    pub fn item(&self) -> Item {
        let &Self { matrix, core, family, index, seed, .. } = self;
        Item { matrix, core, family, index, seed }
    }
}

/// Errors to [`PLACES`] decimals, as they stand in files.
pub fn rounded(accuracy: &Accuracy) -> Accuracy {
    let scale = 10_f64.powi(PLACES);
    let round = |error: f64| (error * scale).round() / scale;
    Accuracy {
        lsb: accuracy.lsb,
        sigma_max_lsb: round(accuracy.sigma_max_lsb),
        sigma_rms_lsb: round(accuracy.sigma_rms_lsb),
        reconstruction_max_lsb: accuracy.reconstruction_max_lsb.map(round),
        orthogonality_u_max_lsb: accuracy.orthogonality_u_max_lsb.map(round),
        orthogonality_v_max_lsb: accuracy.orthogonality_v_max_lsb.map(round),
        off_diagonal_max_lsb: accuracy.off_diagonal_max_lsb.map(round),
        bound_lsb: accuracy.bound_lsb,
    }
}
