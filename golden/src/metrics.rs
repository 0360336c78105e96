//! How far a core's result is from the mathematics, in units of its own last input bit.
//!
//! Four questions, since any three of them can be answered well by a wrong result: are the singular values right, do the factors
//! give back the matrix, are U and V orthogonal, and do they make the matrix diagonal?

use crate::oracle::{self, OracleError};
use nalgebra::DMatrix;
use serde::{Deserialize, Serialize};

/// What a core delivered for one matrix.
#[derive(Debug, Clone, Copy)]
pub struct Factors<'a> {
    /// Singular values in the order of delivery, which should be descending: k of them, k at most min(m, n).
    pub sigma: &'a [f64],
    /// Left singular vectors, m x k, if computed.
    pub u: Option<&'a DMatrix<f64>>,
    /// Right singular vectors, n x k, if computed.
    pub v: Option<&'a DMatrix<f64>>,
}

/// The errors of one result; the names are those of the `accuracy` object in `simulate --json`. What needs vectors that were
/// not computed is `None` (null).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Accuracy {
    /// The weight of one unit in the last place of the input.
    pub lsb: f64,
    /// max |sigma_i - reference sigma_i| / lsb.
    pub sigma_max_lsb: f64,
    /// Root of the mean square of the same.
    pub sigma_rms_lsb: f64,
    /// max |U diag(sigma) V^T - A| / lsb. With fewer than min(m, n) singular values this includes what they leave out of A.
    pub reconstruction_max_lsb: Option<f64>,
    /// max |U^T U - I|, in units of 2^-(word - 1).
    pub orthogonality_u_max_lsb: Option<f64>,
    /// max |V^T V - I|, in units of 2^-(word - 1).
    pub orthogonality_v_max_lsb: Option<f64>,
    /// max |U^T A V - diag(sigma)| / lsb.
    pub off_diagonal_max_lsb: Option<f64>,
    /// The bound that the caller holds `sigma_max_lsb` against, in units of lsb, for the caller to fill in; [`accuracy`] leaves it `None`.
    pub bound_lsb: Option<f64>,
}

/// Why a result cannot be measured.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum MetricsError {
    /// There is no reference for the input.
    #[error(transparent)]
    Oracle(#[from] OracleError),
    /// The unit is not a positive number, or the word is not 1 to 64 bits.
    #[error("a unit of {lsb} and a word of {word} bits measure nothing; give a positive unit and 1 to 64 bits")]
    Unit {
        /// The unit given.
        lsb: f64,
        /// The word given.
        word: u32,
    },
    /// A factor does not fit the input.
    #[error("{factor} is {found}; the input asks for {right}")]
    Shape {
        /// Which factor.
        factor: &'static str,
        /// Its shape.
        found: String,
        /// The shape that would be right.
        right: String,
    },
    /// A factor holds a NaN or an infinity.
    #[error("{0} holds a number that is not finite")]
    NotFinite(&'static str),
}

/// Measures `factors` against the decomposition of `input`, m x n, which holds exactly what entered the core. `lsb` is the weight
/// of one unit in the last place of `input`, at the same scale as `input` and sigma; `word` is the width of an input element in bits.
///
/// Sigma are compared in their order: a core that does not sort is wrong.
///
/// # Errors
///
/// The shapes do not fit, a number is not finite, the unit is none, or the oracle has no reference.
pub fn accuracy(input: &DMatrix<f64>, factors: Factors<'_>, lsb: f64, word: u32) -> Result<Accuracy, MetricsError> {
    check_unit(lsb, word)?;
    factors.check(input)?;
    Ok(measure(input, factors, &oracle::svd(input)?.sigma, lsb, word))
}

/// The same of an eigen-decomposition A = Q diag(values) Q^T of a symmetric `input`, n x n: `values` in descending order, k of them, and `vectors`,
/// n x k, if computed. The reference are the eigenvalues; sigma in the result's names stands for them, and V for Q.
///
/// # Errors
///
/// As [`accuracy`]; the input is not symmetric.
pub fn eigen_accuracy(
    input: &DMatrix<f64>,
    values: &[f64],
    vectors: Option<&DMatrix<f64>>,
    lsb: f64,
    word: u32,
) -> Result<Accuracy, MetricsError> {
    check_unit(lsb, word)?;
    let factors = Factors { sigma: values, u: vectors, v: vectors };
    factors.check(input)?;
    let found = measure(input, factors, &oracle::eigen(input)?.values, lsb, word);
    Ok(Accuracy { orthogonality_u_max_lsb: None, ..found })
}

fn check_unit(lsb: f64, word: u32) -> Result<(), MetricsError> {
    let right = lsb > 0.0 && lsb.is_finite() && (1..=64).contains(&word);
    if right { Ok(()) } else { Err(MetricsError::Unit { lsb, word }) }
}

fn measure(input: &DMatrix<f64>, factors: Factors<'_>, reference: &[f64], lsb: f64, word: u32) -> Accuracy {
    let Factors { sigma, u, v } = factors;
    let errors = || (sigma.iter().zip(reference)).map(|(found, right)| (found - right).abs() / lsb);
    let mean_square = errors().map(|error| error * error).sum::<f64>() / sigma.len() as f64;
    let orthogonality = |q| oracle::orthogonality(q) * 2.0_f64.powi(word as i32 - 1);
    let both = u.zip(v);
    Accuracy {
        lsb,
        sigma_max_lsb: errors().fold(0.0, f64::max),
        sigma_rms_lsb: mean_square.sqrt(),
        reconstruction_max_lsb: both.map(|(u, v)| (oracle::reconstruct(u, sigma, v) - input).amax() / lsb),
        orthogonality_u_max_lsb: u.map(orthogonality),
        orthogonality_v_max_lsb: v.map(orthogonality),
        off_diagonal_max_lsb: both.map(|(u, v)| off_diagonal(input, u, sigma, v) / lsb),
        bound_lsb: None,
    }
}

impl Factors<'_> {
    fn check(&self, input: &DMatrix<f64>) -> Result<(), MetricsError> {
        let (m, n) = input.shape();
        let k = self.sigma.len();
        let shape = |factor, found, right| Err(MetricsError::Shape { factor, found, right });
        if k == 0 || k > m.min(n) {
            return shape("sigma", format!("{k} values"), format!("1 to {} values", m.min(n)));
        }
        if !self.sigma.iter().all(|value| value.is_finite()) {
            return Err(MetricsError::NotFinite("sigma"));
        }
        for (factor, matrix, rows) in [("U", self.u, m), ("V", self.v, n)] {
            let Some(matrix) = matrix else { continue };
            if matrix.shape() != (rows, k) {
                let found = format!("{} x {}", matrix.nrows(), matrix.ncols());
                return shape(factor, found, format!("{rows} x {k}"));
            }
            if !matrix.iter().all(|value| value.is_finite()) {
                return Err(MetricsError::NotFinite(factor));
            }
        }
        Ok(())
    }
}

/// max |U^T A V - diag(sigma)|.
fn off_diagonal(a: &DMatrix<f64>, u: &DMatrix<f64>, sigma: &[f64], v: &DMatrix<f64>) -> f64 {
    let mut product = u.transpose() * a * v;
    for (index, value) in sigma.iter().enumerate() {
        product[(index, index)] -= value;
    }
    product.amax()
}

#[cfg(test)]
#[path = "metrics/tests.rs"]
mod tests;
