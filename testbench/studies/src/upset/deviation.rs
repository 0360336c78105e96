//! How far a result is from a right one.

use nalgebra::{DMatrix, DVector};
use svdforge_golden::{Factors, accuracy, eigen_accuracy};
use svdforge_hdl::shape::Shape;
use svdforge_testbench::framing::{Decomposition, Quantised};

/// The errors that make a result wrong are more than this larger than those of the undisturbed result, in LSB.
pub const LIMIT_LSB: f64 = 16.0;

/// The errors of a result against the golden model, in LSB: of the values, of the orthogonality of U and of V, and of
/// what the factors give together. An error that the core's sections do not tell is 0.
pub(super) type Errors = [f64; 4];

/// What counts as an error that cannot be measured.
const IMMEASURABLE: f64 = 1e9;

/// The errors of a result. Of a core for only one kind of vectors, the product of the matrix with these vectors is
/// looked at: its columns must be orthogonal, and as long as the values say.
pub(super) fn errors(shape: &Shape, input: &Quantised, result: &Decomposition) -> Errors {
    let (matrix, lsb, values) = (input.matrix::<f64>(shape), input.lsb(shape), result.true_sigma(input));
    let (u, v) = (result.u.as_ref(), result.v.as_ref());
    let measured = match shape.symmetric() {
        true => eigen_accuracy(&matrix, &values, v, lsb, shape.word()),
        false => accuracy(&matrix, Factors { sigma: &values, u, v }, lsb, shape.word()),
    };
    let Ok(measured) = measured else { return [IMMEASURABLE; 4] };
    let is_whole = values.len() == input.rows.min(input.cols);
    let left = if shape.symmetric() { v } else { u };
    let product = match (left, v, measured.reconstruction_max_lsb) {
        (Some(_), Some(_), Some(error)) if is_whole => error,
        (Some(u), Some(v), _) => {
            let scaled = |vectors: &DMatrix<f64>| vectors * DMatrix::from_diagonal(&DVector::from_row_slice(&values));
            let (right, left) = (&matrix * v - scaled(u), matrix.transpose() * u - scaled(v));
            right.amax().max(left.amax()) / lsb
        }
        (None, Some(v), _) => of_products(&(&matrix * v), &values, lsb),
        (Some(u), None, _) => of_products(&(matrix.transpose() * u), &values, lsb),
        (None, None, _) => 0.0,
    };
    let of = |error: Option<f64>| error.unwrap_or(0.0);
    [measured.sigma_max_lsb, of(measured.orthogonality_u_max_lsb), of(measured.orthogonality_v_max_lsb), product]
}

/// How far columns are from orthogonal ones of these lengths, in LSB.
fn of_products(columns: &DMatrix<f64>, lengths: &[f64], lsb: f64) -> f64 {
    let mut worst = 0.0_f64;
    for (i, &length) in lengths.iter().enumerate() {
        worst = worst.max((columns.column(i).norm() - length).abs());
        for (j, &other) in lengths[..i].iter().enumerate() {
            let unit = length.abs().max(other.abs()).max(lsb);
            worst = worst.max(columns.column(i).dot(&columns.column(j)).abs() / unit);
        }
    }
    worst / lsb
}

/// By how much the worst error of a result is larger than that of the undisturbed result.
pub(super) fn excess(found: Errors, undisturbed: Errors) -> f64 {
    found.iter().zip(undisturbed).map(|(found, right)| found - right).fold(0.0, f64::max)
}

/// The largest difference of a number of a result from that of the undisturbed result, in LSB: values in those of the
/// input, vectors in those of their own format.
pub(super) fn difference(shape: &Shape, input: &Quantised, found: &Decomposition, right: &Decomposition) -> f64 {
    let lsb = input.lsb(shape);
    let values = found.true_sigma(input).into_iter().zip(right.true_sigma(input)).map(|(a, b)| (a - b).abs() / lsb);
    let unit = f64::from(shape.word() - 1).exp2();
    let vectors = |found: &Option<DMatrix<f64>>, right: &Option<DMatrix<f64>>| match (found, right) {
        (Some(found), Some(right)) if found.shape() == right.shape() => (found - right).amax() * unit,
        _ => 0.0,
    };
    values.fold(0.0, f64::max).max(vectors(&found.u, &right.u)).max(vectors(&found.v, &right.v))
}
