//! The record of a result's errors by their sources, and its mean over several results.

use serde::{Deserialize, Serialize};

/// The root mean square errors of one kind, measured against the decomposition of the matrix before quantisation: the
/// whole error, and the part that each source contributes. As far as the sources are independent, the squares of the
/// parts add up to the square of the whole. The parts themselves do not.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BySource {
    /// The elements of the input are rounded to the core's word, or saturated, before they enter the core.
    pub input_quantisation: f64,
    /// The results of rotations are rounded.
    pub rounding: f64,
    /// Sines and cosines have a finite number of bits, so that c² + |s|² is not quite 1.
    pub angle_precision: f64,
    /// Something is left off the diagonal, or left of rows that became a triangle.
    pub convergence: f64,
    /// The whole error.
    pub total: f64,
}

/// The errors of one result by their sources. An error is `None` (null) if it needs vectors that were not delivered.
///
/// A complex element counts as two numbers, so that a mean over complex elements compares with one over real elements.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sources {
    /// Errors of the singular values or eigenvalues, in LSB.
    pub sigma_rms_lsb: BySource,
    /// Errors of the elements of U diag(sigma) V^H, in LSB. Also `None` if not all min(m, n) values were delivered.
    pub reconstruction_rms_lsb: Option<BySource>,
    /// Errors of the elements of U^H U and V^H V, in units of 2^-(word - 1).
    pub orthogonality_rms_lsb: Option<BySource>,
}

impl BySource {
    /// The names of the sources, in the order of [`BySource::parts`].
    pub const NAMES: [&str; 4] = ["input quantisation", "rounding", "angle precision", "convergence"];

    /// The part of each source, without the whole.
    pub fn parts(&self) -> [f64; 4] {
        [self.input_quantisation, self.rounding, self.angle_precision, self.convergence]
    }

    /// The same record with `change` applied to every number.
    pub fn map(self, change: impl Fn(f64) -> f64) -> Self {
        self.with(self, |number, _| change(number))
    }

    /// Combines every number with the same number of another record.
    fn with(self, other: Self, combine: impl Fn(f64, f64) -> f64) -> Self {
        Self {
            input_quantisation: combine(self.input_quantisation, other.input_quantisation),
            rounding: combine(self.rounding, other.rounding),
            angle_precision: combine(self.angle_precision, other.angle_precision),
            convergence: combine(self.convergence, other.convergence),
            total: combine(self.total, other.total),
        }
    }

    /// The root mean square over several results, or `None` if there are none.
    fn root_mean_square(all: impl Iterator<Item = Self>) -> Option<Self> {
        let squares = all.map(|one| (one.map(|error| error * error), 1_u32));
        let (sum, count) = squares.reduce(|(sum, count), (one, _)| (sum.with(one, |a, b| a + b), count + 1))?;
        Some(sum.map(|sum| (sum / f64::from(count)).sqrt()))
    }
}

impl Sources {
    /// The errors of values, product and vectors, each with the name of its field.
    pub fn kinds(&self) -> [(&'static str, Option<BySource>); 3] {
        [
            ("sigma_rms_lsb", Some(self.sigma_rms_lsb)),
            ("reconstruction_rms_lsb", self.reconstruction_rms_lsb),
            ("orthogonality_rms_lsb", self.orthogonality_rms_lsb),
        ]
    }

    /// The root mean square over several results of a core, or `None` if there are none.
    pub fn root_mean_square(all: impl Iterator<Item = Self> + Clone) -> Option<Self> {
        Some(Self {
            sigma_rms_lsb: BySource::root_mean_square(all.clone().map(|one| one.sigma_rms_lsb))?,
            reconstruction_rms_lsb: BySource::root_mean_square(
                all.clone().filter_map(|one| one.reconstruction_rms_lsb),
            ),
            orthogonality_rms_lsb: BySource::root_mean_square(all.filter_map(|one| one.orthogonality_rms_lsb)),
        })
    }

    /// The same record with `change` applied to every number.
    pub fn map(self, change: impl Fn(f64) -> f64 + Copy) -> Self {
        Self {
            sigma_rms_lsb: self.sigma_rms_lsb.map(change),
            reconstruction_rms_lsb: self.reconstruction_rms_lsb.map(|kind| kind.map(change)),
            orthogonality_rms_lsb: self.orthogonality_rms_lsb.map(|kind| kind.map(change)),
        }
    }
}
