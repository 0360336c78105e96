//! Where the error of a result comes from: four sources, told apart by taking one away after the other.
//!
//! From a result to the decomposition of the user's matrix it is four steps, each of which changes one thing:
//!
//! | from | to | the difference is |
//! |---|---|---|
//! | what the core delivered | the core's own rotations of the same input in `f64` ([`mod@crate::replay`]) | rounding of elements |
//! | that | the same angles with c² + s² = 1 | precision of the angles' sine and cosine |
//! | that | the decomposition of the quantised input | what is left off the diagonal, or of rows that became a triangle: unfinished convergence |
//! | that | the decomposition of the input before it was quantised | quantisation of the input |
//!
//! The differences add up to the whole error, with their signs. That an angle itself is not the one which makes its block diagonal does
//! no harm to U, V or the values as long as later sweeps make up for it: what is never made up for is unfinished convergence.

use crate::metrics::Factors;
use crate::oracle::{self, OracleError};
use crate::replay::{Recording, Replay, Rotation, replay};
use nalgebra::DMatrix;
use serde::{Deserialize, Serialize};
use std::convert::identity;

/// Root mean square errors of one kind, against the decomposition of the matrix as it was before it was quantised: all together, and the part
/// that each source makes. Parts need not add up to the whole, but their squares do, as far as sources are independent.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BySource {
    /// Elements of the input are rounded to its word, or saturated, before they enter the core.
    pub input_quantisation: f64,
    /// Results of rotations are rounded.
    pub rounding: f64,
    /// Sines and cosines have finite words: c² + s² is not quite 1.
    pub angle_precision: f64,
    /// What is left off the diagonal, and of rows that became a triangle.
    pub convergence: f64,
    /// The whole error.
    pub total: f64,
}

/// The errors of one result by their sources. What needs vectors that were not delivered is `None` (null).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sources {
    /// Of singular values (or eigenvalues), in LSB.
    pub sigma_rms_lsb: BySource,
    /// Of elements of U diag(sigma) Vᵀ, in LSB; `None` also where not all values are delivered.
    pub reconstruction_rms_lsb: Option<BySource>,
    /// Of elements of UᵀU and VᵀV, in units of 2^-(word - 1).
    pub orthogonality_rms_lsb: Option<BySource>,
}

impl BySource {
    /// What the sources are called, in the order of [`BySource::parts`].
    pub const NAMES: [&str; 4] = ["input quantisation", "rounding", "angle precision", "convergence"];

    /// The part of each source.
    pub fn parts(&self) -> [f64; 4] {
        [self.input_quantisation, self.rounding, self.angle_precision, self.convergence]
    }

    /// Every number changed.
    pub fn map(self, change: impl Fn(f64) -> f64) -> Self {
        self.with(self, |number, _| change(number))
    }

    /// Every number combined with that of another.
    fn with(self, other: Self, combine: impl Fn(f64, f64) -> f64) -> Self {
        Self {
            input_quantisation: combine(self.input_quantisation, other.input_quantisation),
            rounding: combine(self.rounding, other.rounding),
            angle_precision: combine(self.angle_precision, other.angle_precision),
            convergence: combine(self.convergence, other.convergence),
            total: combine(self.total, other.total),
        }
    }

    /// Root of the mean square over several results; `None` of none.
    fn root_mean_square(all: impl Iterator<Item = Self>) -> Option<Self> {
        let squares = all.map(|one| (one.map(|error| error * error), 1_u32));
        let (sum, count) = squares.reduce(|(sum, count), (one, _)| (sum.with(one, |a, b| a + b), count + 1))?;
        Some(sum.map(|sum| (sum / f64::from(count)).sqrt()))
    }
}

impl Sources {
    /// Of values, product, vectors, with the names of their fields.
    pub fn kinds(&self) -> [(&'static str, Option<BySource>); 3] {
        [
            ("sigma_rms_lsb", Some(self.sigma_rms_lsb)),
            ("reconstruction_rms_lsb", self.reconstruction_rms_lsb),
            ("orthogonality_rms_lsb", self.orthogonality_rms_lsb),
        ]
    }

    /// Root of the mean square over several results of a core; `None` of none.
    pub fn root_mean_square(all: impl Iterator<Item = Self> + Clone) -> Option<Self> {
        Some(Self {
            sigma_rms_lsb: BySource::root_mean_square(all.clone().map(|one| one.sigma_rms_lsb))?,
            reconstruction_rms_lsb: BySource::root_mean_square(
                all.clone().filter_map(|one| one.reconstruction_rms_lsb),
            ),
            orthogonality_rms_lsb: BySource::root_mean_square(all.filter_map(|one| one.orthogonality_rms_lsb)),
        })
    }

    /// Every number changed.
    pub fn map(self, change: impl Fn(f64) -> f64 + Copy) -> Self {
        Self {
            sigma_rms_lsb: self.sigma_rms_lsb.map(change),
            reconstruction_rms_lsb: self.reconstruction_rms_lsb.map(|kind| kind.map(change)),
            orthogonality_rms_lsb: self.orthogonality_rms_lsb.map(|kind| kind.map(change)),
        }
    }
}

/// One step on the way from the result to the mathematics.
struct Stage {
    /// As the core orders its values.
    values: Vec<f64>,
    /// U diag(sigma) Vᵀ; none if it is not delivered.
    products: Vec<DMatrix<f64>>,
    /// UᵀU and VᵀV, in the order of the delivered vectors.
    grams: Vec<DMatrix<f64>>,
}

/// What is needed to tell sources apart.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    /// The matrix before it was quantised, m x n.
    pub original: &'a DMatrix<f64>,
    /// What entered the core, at the same scale.
    pub input: &'a DMatrix<f64>,
    /// What the core delivered; of a symmetric matrix its eigenvalues, and the vectors as U and V.
    pub factors: Factors<'a>,
    /// The rotations that it made.
    pub rotations: &'a Recording,
    /// Whether the values are eigenvalues.
    pub symmetric: bool,
    /// The weight of one unit of the last place of the input.
    pub lsb: f64,
    /// Bits of an element of the input.
    pub word: u32,
}

/// Tells the sources of a result's errors apart.
///
/// # Errors
///
/// The oracle has no reference for one of the matrices.
pub fn sources(case: &Case<'_>) -> Result<Sources, OracleError> {
    let delivered = case.delivered();
    let rotated = case.rotated(&replay(case.input, case.rotations, identity));
    let normalised = case.rotated(&replay(case.input, case.rotations, Rotation::normalised));
    let quantised = case.reference(case.input)?;
    let original = case.reference(case.original)?;
    // In the order of `BySource`.
    let steps = [
        (&quantised, &original),
        (&delivered, &rotated),
        (&rotated, &normalised),
        (&normalised, &quantised),
        (&delivered, &original),
    ];
    let by_source = |difference: &dyn Fn(&Stage, &Stage) -> f64| {
        let [input_quantisation, rounding, angle_precision, convergence, total] =
            steps.map(|(from, to)| difference(from, to));
        BySource { input_quantisation, rounding, angle_precision, convergence, total }
    };
    let in_units = (f64::from(case.word) - 1.0).exp2();
    Ok(Sources {
        sigma_rms_lsb: by_source(&|from, to| rms(from.values.iter().zip(&to.values)) / case.lsb),
        reconstruction_rms_lsb: case
            .has_product()
            .then(|| by_source(&|from, to| rms(elements(&from.products, &to.products)) / case.lsb)),
        orthogonality_rms_lsb: case
            .vectors()
            .next()
            .map(|_| by_source(&|from, to| rms(elements(&from.grams, &to.grams)) * in_units)),
    })
}

impl Case<'_> {
    fn delivered(&self) -> Stage {
        let Factors { sigma, u, v } = self.factors;
        Stage {
            values: sigma.to_vec(),
            products: u.zip(v).map(|(u, v)| self.product(|| oracle::reconstruct(u, sigma, v))).unwrap_or_default(),
            grams: self.vectors().map(|(vectors, _)| vectors.transpose() * vectors).collect(),
        }
    }

    /// Of a replay, with its vectors in the order and with the signs of those that were delivered.
    fn rotated(&self, replay: &Replay) -> Stage {
        let gram = |(delivered, is_left): (&DMatrix<f64>, bool)| {
            let like = like(if is_left { &replay.u } else { &replay.v }, delivered);
            like.transpose() * like
        };
        let mut values = replay.diagonal.clone();
        if !self.symmetric {
            values.iter_mut().for_each(|value| *value = value.abs());
        }
        values.sort_by(|a, b| b.total_cmp(a));
        values.truncate(self.factors.sigma.len());
        Stage {
            values,
            products: self.product(|| oracle::reconstruct(&replay.u, &replay.diagonal, &replay.v)),
            grams: self.vectors().map(gram).collect(),
        }
    }

    fn reference(&self, matrix: &DMatrix<f64>) -> Result<Stage, OracleError> {
        let mut values = if self.symmetric { oracle::eigen(matrix)?.values } else { oracle::svd(matrix)?.sigma };
        values.truncate(self.factors.sigma.len());
        Ok(Stage {
            values,
            products: self.product(|| matrix.clone()),
            grams: self.vectors().map(|(vectors, _)| DMatrix::identity(vectors.ncols(), vectors.ncols())).collect(),
        })
    }

    /// Delivered vectors, and whether they are left ones.
    fn vectors(&self) -> impl Iterator<Item = (&DMatrix<f64>, bool)> {
        let Factors { u, v, .. } = self.factors;
        u.map(|u| (u, true)).into_iter().chain(v.map(|v| (v, false)))
    }

    /// The product, if the core delivers one.
    fn product(&self, product: impl Fn() -> DMatrix<f64>) -> Vec<DMatrix<f64>> {
        if self.has_product() { vec![product()] } else { Vec::new() }
    }

    fn has_product(&self) -> bool {
        let (m, n) = self.input.shape();
        self.factors.sigma.len() == m.min(n) && self.factors.u.is_some() && self.factors.v.is_some()
    }
}

/// Of the columns of `found`, each nearly parallel to one of `delivered`: those, in the same order and with the same signs.
fn like(found: &DMatrix<f64>, delivered: &DMatrix<f64>) -> DMatrix<f64> {
    let products = found.transpose() * delivered;
    let columns: Vec<_> = products
        .column_iter()
        .map(|products| {
            let index = products.icamax();
            found.column(index) * products[index].signum()
        })
        .collect();
    DMatrix::from_columns(&columns)
}

/// The elements of two lists of matrices, side by side.
fn elements<'a>(first: &'a [DMatrix<f64>], second: &'a [DMatrix<f64>]) -> impl Iterator<Item = (&'a f64, &'a f64)> {
    first.iter().zip(second).flat_map(|(a, b)| a.iter().zip(b.iter()))
}

/// Root of the mean square of differences.
fn rms<'a>(pairs: impl Iterator<Item = (&'a f64, &'a f64)>) -> f64 {
    let (squares, count) = pairs.fold((0.0, 0_u32), |(sum, count), (a, b)| (sum + (a - b) * (a - b), count + 1));
    (squares / f64::from(count.max(1))).sqrt()
}

#[cfg(test)]
#[path = "sources/tests.rs"]
mod tests;
