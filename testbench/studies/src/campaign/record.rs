//! What became of one matrix: one line of a journal, one entry of a report.

use super::plan::Item;
use crate::documents::difference;
use serde::{Deserialize, Serialize};
use svdforge_golden::{Accuracy, BySource, Family, Sources};
use svdforge_hdl::interface::Flags;
use svdforge_testbench::judge::Judgement;
use svdforge_testbench::run::Cycles;

/// Decimals that are kept of an error in LSB. More would show how the processor of the reference rounds, and differ
/// between machines.
pub const PLACES: i32 = 6;

/// Relative difference of errors, in LSB, that two processors may have: some units of the last place that is kept.
pub const TOLERANCE: f64 = 1e-5;

/// Errors in LSB are below this by far; above, sums could overflow.
pub const LARGEST: f64 = 1e30;

/// One matrix through one simulated core. `core`, `family` and `seed` tell the same matrix in another report of the
/// same sizes.
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
    /// Where the errors come from, to [`PLACES`] decimals; `None` where that is not told.
    pub sources: Option<Sources>,
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
            sources: judgement.sources.map(|sources| sources.map(round)),
        }
    }

    /// Every error with its name in messages; all may differ a little between processors.
    fn errors(&self) -> Vec<(String, Option<f64>)> {
        let a = &self.accuracy;
        let named = [
            ("accuracy.sigma_max_lsb", Some(a.sigma_max_lsb)),
            ("accuracy.sigma_rms_lsb", Some(a.sigma_rms_lsb)),
            ("accuracy.reconstruction_max_lsb", a.reconstruction_max_lsb),
            ("accuracy.orthogonality_u_max_lsb", a.orthogonality_u_max_lsb),
            ("accuracy.orthogonality_v_max_lsb", a.orthogonality_v_max_lsb),
            ("accuracy.off_diagonal_max_lsb", a.off_diagonal_max_lsb),
        ];
        let mut errors: Vec<_> = named.into_iter().map(|(name, error)| (name.to_owned(), error)).collect();
        for (kind, by_source) in self.sources.iter().flat_map(Sources::kinds) {
            let parts = by_source.map(|by_source| by_source.parts().map(Some)).unwrap_or_default();
            let field = |source: &str| format!("sources.{kind}.{}", source.replace(' ', "_"));
            errors.extend(BySource::NAMES.into_iter().map(field).zip(parts));
            errors.push((format!("sources.{kind}.total"), by_source.map(|b| b.total)));
        }
        errors
    }

    /// Whether the numbers can be errors.
    pub fn check(&self) -> Result<(), String> {
        if !(self.accuracy.lsb > 0.0 && self.accuracy.lsb.is_finite()) {
            return Err(format!("`accuracy.lsb` is {}; a unit is positive", self.accuracy.lsb));
        }
        match self.errors().into_iter().find(|(_, error)| error.is_some_and(|error| !(0.0..LARGEST).contains(&error))) {
            Some((name, Some(error))) => {
                Err(format!("`{name}` is {error}; errors are not negative, and below {LARGEST:e}"))
            }
            _ => Ok(()),
        }
    }

    /// Where two records of the same matrix differ, if they do: field, value here, value there. The hardware's part
    /// must be the same; errors may differ by what the rounding of another processor's arithmetic explains.
    pub fn difference(&self, other: &Self) -> Option<String> {
        let hardware = |r: &Self| Self { accuracy: self.accuracy.clone(), sources: self.sources, ..r.clone() };
        let say = |(field, here, there)| format!("`{field}` is {here}, there {there}");
        let differ = |here: Option<f64>, there: Option<f64>| match (here, there) {
            (Some(a), Some(b)) => (a - b).abs() > TOLERANCE * (1.0 + a.abs()),
            _ => here.is_some() != there.is_some(),
        };
        let show = |error: Option<f64>| error.map_or("null".to_owned(), |e| e.to_string());
        let error = || {
            let pairs = self.errors().into_iter().zip(other.errors());
            let mut pairs = pairs.map(|((name, here), (_, there))| (name, here, there));
            pairs.find(|(_, here, there)| differ(*here, *there)).map(|(name, a, b)| (name, show(a), show(b)))
        };
        difference(&hardware(self), &hardware(other)).or_else(error).map(say)
    }

    /// The planned matrix that it is the record of.
    pub fn item(&self) -> Item {
        let &Self { matrix, core, family, index, seed, .. } = self;
        Item { matrix, core, family, index, seed }
    }
}

/// An error to [`PLACES`] decimals.
pub(super) fn round(error: f64) -> f64 {
    let scale = 10_f64.powi(PLACES);
    (error * scale).round() / scale
}

/// Errors to [`PLACES`] decimals, as they stand in files.
pub fn rounded(accuracy: &Accuracy) -> Accuracy {
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
