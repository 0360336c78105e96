//! Measures how far a core's result is from the exact decomposition, in units of the last bit of the core's input.
//!
//! Four questions are asked, because a wrong result can pass any three of them. Are the singular values right? Do the
//! factors give the matrix back? Are the columns of U and of V orthonormal? Do U and V make the matrix diagonal?
//!
//! Elements are real or complex. The error of a complex element is the larger one of the errors of its real and of its
//! imaginary part.

use crate::element::{Element, largest_component};
use crate::oracle::{self, OracleError};
use crate::scaling::{matrix_exponent, root_mean_square, scaled, scaled_matrix};
use nalgebra::{ComplexField, DMatrix};
use serde::{Deserialize, Serialize};

/// What a core delivered for one matrix.
#[derive(Debug, Clone, Copy)]
pub struct Factors<'a, T = f64> {
    /// Singular values in the order of delivery, which should be descending: k of them, where k is at most min(m, n).
    pub sigma: &'a [f64],
    /// Left singular vectors, m x k, if they were computed.
    pub u: Option<&'a DMatrix<T>>,
    /// Right singular vectors, n x k, if they were computed.
    pub v: Option<&'a DMatrix<T>>,
}

/// The errors of one result.
///
/// The names are those of the `accuracy` object in `simulate --json`. An error is `None` (null) if it needs vectors
/// that were not computed. Q^H is the conjugate transpose of Q: the transpose, if the elements are real.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Accuracy {
    /// The weight of one unit in the last place of the input.
    pub lsb: f64,
    /// max |sigma_i - reference sigma_i| / lsb.
    pub sigma_max_lsb: f64,
    /// The root mean square of the same differences, in units of lsb.
    pub sigma_rms_lsb: f64,
    /// max |U diag(sigma) V^H - A| / lsb. If fewer than min(m, n) singular values were delivered, this includes the
    /// part of A that belongs to the others.
    pub reconstruction_max_lsb: Option<f64>,
    /// max |U^H U - I|, in units of 2^-(word - 1).
    pub orthogonality_u_max_lsb: Option<f64>,
    /// max |V^H V - I|, in units of 2^-(word - 1).
    pub orthogonality_v_max_lsb: Option<f64>,
    /// max |U^H A V - diag(sigma)| / lsb.
    pub off_diagonal_max_lsb: Option<f64>,
    /// The bound with which the caller compares `sigma_max_lsb`, in units of lsb. [`accuracy`] leaves it `None`, and
    /// the caller fills it in.
    pub bound_lsb: Option<f64>,
}

/// Why a result cannot be measured.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum MetricsError {
    /// There is no reference for the input.
    #[error(transparent)]
    Oracle(#[from] OracleError),
    /// The unit is not a positive number, or the word does not have 1 to 64 bits.
    #[error("a unit of {lsb} and a word of {word} bits measure nothing; give a positive unit and 1 to 64 bits")]
    Unit {
        /// The unit that was given.
        lsb: f64,
        /// The width that was given, in bits.
        word: u32,
    },
    /// The shape of a factor does not fit the input.
    #[error("{factor} is {found}; the input asks for {right}")]
    Shape {
        /// The name of the factor.
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

/// Measures `factors` against the singular value decomposition of `input`, m x n, which holds exactly what entered the
/// core.
///
/// `lsb` is the weight of one unit in the last place of `input`, at the same scale as `input` and sigma. `word` is the
/// width of a component of an input element, in bits. Singular values are compared in their order, so that a core which
/// does not sort them is wrong.
///
/// # Errors
///
/// The shapes do not fit, a number is not finite, the unit is not positive, or the oracle has no reference.
pub fn accuracy<T: Element>(
    input: &DMatrix<T>,
    factors: Factors<'_, T>,
    lsb: f64,
    word: u32,
) -> Result<Accuracy, MetricsError> {
    check_unit(lsb, word)?;
    factors.check(input)?;
    Ok(measure(input, factors, &oracle::svd(input)?.sigma, lsb, word))
}

/// Measures an eigen-decomposition A = Q diag(values) Q^H of a symmetric (if complex, Hermitian) `input`, n x n.
///
/// `values` are the k largest eigenvalues in descending order, and `vectors`, n x k, the eigenvectors, if they were
/// computed. In the names of the result, sigma stands for the eigenvalues and V for Q. `lsb` and `word` are as for
/// [`accuracy`].
///
/// # Errors
///
/// As for [`accuracy`], and if the input is not symmetric.
pub fn eigen_accuracy<T: Element>(
    input: &DMatrix<T>,
    values: &[f64],
    vectors: Option<&DMatrix<T>>,
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

fn measure<T: Element>(
    input: &DMatrix<T>,
    factors: Factors<'_, T>,
    reference: &[f64],
    lsb: f64,
    word: u32,
) -> Accuracy {
    // Whatever the scale, everything is near 1 here, so that no product overflows or vanishes.
    let exponent = -matrix_exponent(input).max(libm::ilogb(lsb));
    let at_unit = |values: &[f64]| -> Vec<f64> { values.iter().map(|&value| scaled(value, exponent)).collect() };
    let (true_lsb, lsb, input) = (lsb, scaled(lsb, exponent), &scaled_matrix(input, exponent));
    let (sigma, reference) = (&at_unit(factors.sigma)[..], at_unit(reference));
    let Factors { u, v, .. } = factors;
    let errors = || (sigma.iter().zip(&reference)).map(|(found, right)| (found - right).abs() / lsb);
    let orthogonality = |q| oracle::orthogonality(q) * 2.0_f64.powi(word as i32 - 1);
    let both = u.zip(v);
    Accuracy {
        lsb: true_lsb,
        sigma_max_lsb: errors().fold(0.0, f64::max),
        sigma_rms_lsb: root_mean_square(errors()),
        reconstruction_max_lsb: both.map(|(u, v)| largest_component(&(oracle::reconstruct(u, sigma, v) - input)) / lsb),
        orthogonality_u_max_lsb: u.map(orthogonality),
        orthogonality_v_max_lsb: v.map(orthogonality),
        off_diagonal_max_lsb: both.map(|(u, v)| off_diagonal(input, u, sigma, v) / lsb),
        bound_lsb: None,
    }
}

impl<T: Element> Factors<'_, T> {
    fn check(&self, input: &DMatrix<T>) -> Result<(), MetricsError> {
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
            if !matrix.iter().all(ComplexField::is_finite) {
                return Err(MetricsError::NotFinite(factor));
            }
        }
        Ok(())
    }
}

/// max |U^H A V - diag(sigma)|.
fn off_diagonal<T: Element>(a: &DMatrix<T>, u: &DMatrix<T>, sigma: &[f64], v: &DMatrix<T>) -> f64 {
    let mut product = u.adjoint() * a * v;
    for (index, &value) in sigma.iter().enumerate() {
        product[(index, index)] -= T::from_real(value);
    }
    largest_component(&product)
}

#[cfg(test)]
#[path = "metrics/tests.rs"]
mod tests;
