//! Finds the sources of a result's errors: four of them, told apart by removing one after the other.
//!
//! Four steps lead from the delivered result to the decomposition of the user's matrix, and each step changes one
//! thing:
//!
//! | from | to | source of the difference |
//! |---|---|---|
//! | what the core delivered | its rotations of the same input in `f64` ([`mod@crate::replay`]) | rounding |
//! | those rotations | the same angles with c² + \|s\|² = 1 | precision of sines and cosines |
//! | those angles | the decomposition of the quantised input | unfinished convergence |
//! | that decomposition | the decomposition of the input before quantisation | quantisation of the input |
//!
//! Unfinished convergence is what is left off the diagonal, or left of rows that became a triangle. The differences,
//! with their signs, add up to the whole error.
//!
//! An angle that does not quite make its block diagonal does no harm to U, V or the values as long as later sweeps
//! correct it. What no later sweep corrects counts as unfinished convergence.

mod record;

pub use record::{BySource, Sources};

use crate::element::Element;
use crate::metrics::Factors;
use crate::oracle::{self, OracleError};
use crate::replay::{Recording, Replay, Rotation, replay};
use crate::scaling::{matrix_exponent, scaled, scaled_matrix};
use nalgebra::DMatrix;
use std::convert::identity;

/// Everything that is needed to tell the sources of a result's errors apart.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a, T = f64> {
    /// The matrix before quantisation, m x n. If it was not quite symmetric but should have been, its symmetric part
    /// counts.
    pub original: &'a DMatrix<T>,
    /// The matrix that entered the core, m x n, at the same scale.
    pub input: &'a DMatrix<T>,
    /// What the core delivered. Of a symmetric matrix these are eigenvalues, with the eigenvectors as both U and V.
    pub factors: Factors<'a, T>,
    /// The rotations that the core made.
    pub rotations: &'a Recording<T>,
    /// Whether the values are the eigenvalues of a symmetric (if complex, Hermitian) matrix.
    pub symmetric: bool,
    /// The weight of one unit in the last place of the input.
    pub lsb: f64,
    /// The width of a component of an input element, in bits.
    pub word: u32,
}

/// One stage on the way from the delivered result to the decomposition of the original matrix.
struct Stage<T> {
    /// Singular values or eigenvalues, in the order in which the core sorts its own.
    values: Vec<f64>,
    /// U diag(sigma) V^H, or nothing if the core does not deliver all of it.
    products: Vec<DMatrix<T>>,
    /// U^H U and V^H V, each if delivered, with their columns in the order of the delivered vectors.
    grams: Vec<DMatrix<T>>,
}

/// Measures how much each source contributes to the errors of a result.
///
/// # Errors
///
/// The oracle has no reference for one of the two matrices.
pub fn sources<T: Element>(case: &Case<'_, T>) -> Result<Sources, OracleError> {
    // Whatever the scale, everything is near 1 below, so that no square overflows or vanishes.
    let exponent = -matrix_exponent(case.original).max(matrix_exponent(case.input));
    let (original, input) = (scaled_matrix(case.original, exponent), scaled_matrix(case.input, exponent));
    let original = if case.symmetric { symmetric_part(&original) } else { original };
    let sigma: Vec<f64> = case.factors.sigma.iter().map(|&value| scaled(value, exponent)).collect();
    let factors = Factors { sigma: &sigma, ..case.factors };
    sources_near_one(&Case { original: &original, input: &input, factors, lsb: scaled(case.lsb, exponent), ..*case })
}

fn sources_near_one<T: Element>(case: &Case<'_, T>) -> Result<Sources, OracleError> {
    let delivered = case.delivered();
    let rotated = case.rotated(&replay(case.input, case.rotations, identity));
    let normalised = case.rotated(&replay(case.input, case.rotations, Rotation::normalised));
    let quantised = case.reference(case.input)?;
    let original = case.reference(case.original)?;
    // In the order of the fields of `BySource`.
    let steps = [
        (&quantised, &original),
        (&delivered, &rotated),
        (&rotated, &normalised),
        (&normalised, &quantised),
        (&delivered, &original),
    ];
    let by_source = |difference: &dyn Fn(&Stage<T>, &Stage<T>) -> f64| {
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

impl<T: Element> Case<'_, T> {
    fn delivered(&self) -> Stage<T> {
        let Factors { sigma, u, v } = self.factors;
        Stage {
            values: sigma.to_vec(),
            products: u.zip(v).map(|(u, v)| self.product(|| oracle::reconstruct(u, sigma, v))).unwrap_or_default(),
            grams: self.vectors().map(|(vectors, _)| vectors.adjoint() * vectors).collect(),
        }
    }

    /// The stage of a replay, with its vectors in the order and with the signs or phases of the delivered ones.
    fn rotated(&self, replay: &Replay<T>) -> Stage<T> {
        let gram = |(delivered, is_left): (&DMatrix<T>, bool)| {
            let aligned = aligned(if is_left { &replay.u } else { &replay.v }, delivered);
            aligned.adjoint() * aligned
        };
        let value = |element: &T| if self.symmetric { element.real() } else { element.modulus() };
        let mut values: Vec<f64> = replay.diagonal.iter().map(value).collect();
        values.sort_by(|a, b| b.total_cmp(a));
        values.truncate(self.factors.sigma.len());
        Stage {
            values,
            products: self.product(|| oracle::product(&replay.u, &replay.diagonal, &replay.v)),
            grams: self.vectors().map(gram).collect(),
        }
    }

    fn reference(&self, matrix: &DMatrix<T>) -> Result<Stage<T>, OracleError> {
        let mut values = if self.symmetric { oracle::eigen(matrix)?.values } else { oracle::svd(matrix)?.sigma };
        values.truncate(self.factors.sigma.len());
        Ok(Stage {
            values,
            products: self.product(|| matrix.clone()),
            grams: self.vectors().map(|(vectors, _)| DMatrix::identity(vectors.ncols(), vectors.ncols())).collect(),
        })
    }

    /// The delivered matrices of vectors, each with whether it is the left one.
    fn vectors(&self) -> impl Iterator<Item = (&DMatrix<T>, bool)> {
        let Factors { u, v, .. } = self.factors;
        u.map(|u| (u, true)).into_iter().chain(v.map(|v| (v, false)))
    }

    /// The product, if the core delivers all of its factors.
    fn product(&self, product: impl Fn() -> DMatrix<T>) -> Vec<DMatrix<T>> {
        if self.has_product() { vec![product()] } else { Vec::new() }
    }

    fn has_product(&self) -> bool {
        let (m, n) = self.input.shape();
        self.factors.sigma.len() == m.min(n) && self.factors.u.is_some() && self.factors.v.is_some()
    }
}

/// (A + A^H) / 2.
fn symmetric_part<T: Element>(a: &DMatrix<T>) -> DMatrix<T> {
    (a + a.adjoint()).unscale(2.0)
}

/// For each column of `delivered` the column of `found` that is nearly parallel to it, with the same sign or phase.
fn aligned<T: Element>(found: &DMatrix<T>, delivered: &DMatrix<T>) -> DMatrix<T> {
    let products = found.adjoint() * delivered;
    let columns: Vec<_> = products
        .column_iter()
        .map(|products| {
            let index = products.icamax();
            found.column(index) * products[index].signum()
        })
        .collect();
    DMatrix::from_columns(&columns)
}

/// The elements of two lists of matrices, in pairs.
fn elements<'a, T: Element>(first: &'a [DMatrix<T>], second: &'a [DMatrix<T>]) -> impl Iterator<Item = (&'a T, &'a T)> {
    first.iter().zip(second).flat_map(|(a, b)| a.iter().zip(b.iter()))
}

/// The root mean square of the differences between numbers in pairs, over all their components.
fn rms<'a, T: Element>(pairs: impl Iterator<Item = (&'a T, &'a T)>) -> f64 {
    let (squares, count) =
        pairs.fold((0.0, 0), |(sum, count), (&a, &b)| (sum + (a - b).modulus_squared(), count + T::COMPONENTS));
    (squares / f64::from(count.max(1))).sqrt()
}

#[cfg(test)]
#[path = "sources/tests.rs"]
mod tests;
