#[path = "tests/complex.rs"]
mod complex;

use super::*;
use crate::Family;

const LSB: f64 = 1.0 / 32768.0;

fn reference(a: &DMatrix<f64>) -> oracle::Svd {
    oracle::svd(a).expect("a reference")
}

/// The oracle's own factors are off by at most its tolerance, |A| 1e-13, times k for sums over k. In units of 2^-15
/// that is less than 1e-6.
const ROUNDING: f64 = 1e-6;

#[test]
fn a_perfect_result_has_no_errors() {
    let mut cases = 0;
    for &family in Family::ALL {
        for (rows, cols) in [(1, 1), (4, 4), (7, 7), (9, 4), (4, 9), (16, 16)] {
            let a = family.generate(rows, cols, 3);
            let svd = reference(&a);
            let factors = Factors { sigma: &svd.sigma, u: Some(&svd.u), v: Some(&svd.v) };
            let found = accuracy(&a, factors, LSB, 16).expect("measured");
            let all = [
                Some(found.sigma_max_lsb),
                Some(found.sigma_rms_lsb),
                found.reconstruction_max_lsb,
                found.orthogonality_u_max_lsb,
                found.orthogonality_v_max_lsb,
                found.off_diagonal_max_lsb,
            ];
            for error in all {
                assert!(error.is_some_and(|error| error < ROUNDING), "{family} {rows}x{cols} {found:?}");
            }
            assert_eq!(found.bound_lsb, None);
            cases += 1;
        }
    }
    assert_eq!(cases, 6 * Family::ALL.len());
}

/// A = diag(0.75, 0.5, 0.25): every factor is exact, so each planted error must come out as planted.
#[test]
fn each_error_is_measured_as_planted() {
    let a = DMatrix::from_diagonal(&nalgebra::DVector::from_column_slice(&[0.75, 0.5, 0.25]));
    let eye = DMatrix::identity(3, 3);
    let measure = |sigma: &[f64], u: &DMatrix<f64>, v: &DMatrix<f64>| {
        accuracy(&a, Factors { sigma, u: Some(u), v: Some(v) }, LSB, 12).expect("measured")
    };
    let close = |found: f64, right: f64| assert!((found - right).abs() < ROUNDING, "{found} is not {right}");
    let exact = [0.75, 0.5, 0.25];

    let found = measure(&[0.75, 0.5 - 3.0 * LSB, 0.25 + 4.0 * LSB], &eye, &eye);
    close(found.sigma_max_lsb, 4.0);
    close(found.sigma_rms_lsb, (25.0_f64 / 3.0).sqrt());
    close(found.reconstruction_max_lsb.expect("U and V"), 4.0);
    close(found.off_diagonal_max_lsb.expect("U and V"), 4.0);

    // U^T U = 1.5^2 in one place, 1.25 too much; the word of 12 bits makes the unit 2^-11. A and its image move by half
    // of 0.5.
    let mut u = eye.clone();
    u[(1, 1)] = 1.5;
    let found = measure(&exact, &u, &eye);
    close(found.orthogonality_u_max_lsb.expect("U"), 1.25 * 2048.0);
    close(found.orthogonality_v_max_lsb.expect("V"), 0.0);
    close(found.reconstruction_max_lsb.expect("U and V"), 0.25 / LSB);
    close(found.off_diagonal_max_lsb.expect("U and V"), 0.25 / LSB);
    close(found.sigma_max_lsb, 0.0);

    // The same in V, told apart from U.
    let found = measure(&exact, &eye, &u);
    close(found.orthogonality_v_max_lsb.expect("V"), 1.25 * 2048.0);
    close(found.orthogonality_u_max_lsb.expect("U"), 0.0);

    // Right values in the wrong order are wrong.
    close(measure(&[0.5, 0.75, 0.25], &eye, &eye).sigma_max_lsb, 0.25 / LSB);

    // Orthogonal, and gives A back, but with a negative sigma: only the first metric sees it.
    let mut flipped = eye.clone();
    flipped[(2, 2)] = -1.0;
    let found = measure(&[0.75, 0.5, -0.25], &flipped, &eye);
    close(found.sigma_max_lsb, 0.5 / LSB);
    close(found.reconstruction_max_lsb.expect("U and V"), 0.0);
}

#[test]
fn missing_vectors_leave_null_and_nothing_else() {
    let a = Family::Uniform.generate(5, 3, 1);
    let svd = reference(&a);
    let measure = |u, v| accuracy(&a, Factors { sigma: &svd.sigma, u, v }, LSB, 16).expect("measured");
    let found = measure(Some(&svd.u), None);
    assert!(found.orthogonality_u_max_lsb.is_some() && found.orthogonality_v_max_lsb.is_none());
    assert!(found.reconstruction_max_lsb.is_none() && found.off_diagonal_max_lsb.is_none());
    let found = measure(None, Some(&svd.v));
    assert!(found.orthogonality_u_max_lsb.is_none() && found.orthogonality_v_max_lsb.is_some());
    assert!(found.reconstruction_max_lsb.is_none() && found.off_diagonal_max_lsb.is_none());
    let json = serde_json::to_value(measure(None, None)).expect("serialised");
    let keys: Vec<&str> = json.as_object().expect("an object").keys().map(String::as_str).collect();
    // The names that scripts rely on, sorted as serde_json's map is, and one more.
    let mut names = vec![
        "lsb",
        "sigma_max_lsb",
        "sigma_rms_lsb",
        "reconstruction_max_lsb",
        "orthogonality_u_max_lsb",
        "orthogonality_v_max_lsb",
        "bound_lsb",
        "off_diagonal_max_lsb",
    ];
    names.sort_unstable();
    let mut sorted = keys.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, names);
    assert!(json["reconstruction_max_lsb"].is_null() && json["bound_lsb"].is_null());
}

#[test]
fn top_k_is_compared_with_the_k_largest() {
    let a = Family::Uniform.generate(6, 6, 2);
    let svd = reference(&a);
    let (u, v) = (svd.u.columns(0, 2).clone_owned(), svd.v.columns(0, 2).clone_owned());
    let factors = Factors { sigma: &svd.sigma[..2], u: Some(&u), v: Some(&v) };
    let found = accuracy(&a, factors, LSB, 16).expect("measured");
    assert!(found.sigma_max_lsb < ROUNDING);
    assert!(found.off_diagonal_max_lsb.is_some_and(|error| error < ROUNDING));
    // What is left out of A has sigma[2] as its norm, so no element is larger, and the largest is at least that / 6.
    let left = found.reconstruction_max_lsb.expect("U and V") * LSB;
    assert!(left <= svd.sigma[2] + 1e-12 && left >= svd.sigma[2] / 6.0);
}

/// Eigenvalues 0.5, 0.25 and -0.75: the vectors are both U and V, so their orthogonality is reported once.
#[test]
fn eigenvalues_keep_their_signs_and_their_order() {
    let a = DMatrix::from_diagonal(&nalgebra::DVector::from_column_slice(&[-0.75, 0.5, 0.25]));
    let mut q = DMatrix::zeros(3, 3);
    for (col, row) in [1, 2, 0].into_iter().enumerate() {
        q[(row, col)] = 1.0;
    }
    let measure = |values: &[f64]| eigen_accuracy(&a, values, Some(&q), LSB, 16).expect("measured");
    let found = measure(&[0.5, 0.25, -0.75 + 3.0 * LSB]);
    assert!((found.sigma_max_lsb - 3.0).abs() < ROUNDING);
    assert!(found.reconstruction_max_lsb.is_some_and(|error| (error - 3.0).abs() < ROUNDING));
    assert!(found.orthogonality_v_max_lsb.is_some_and(|error| error < ROUNDING));
    assert_eq!(found.orthogonality_u_max_lsb, None);
    assert!(measure(&[0.75, 0.5, 0.25]).sigma_max_lsb > 1.0 / LSB - ROUNDING);

    let refused = |a: &DMatrix<f64>, lsb| eigen_accuracy(a, &[0.5], None, lsb, 16).expect_err("refused").to_string();
    assert!(refused(&Family::Uniform.generate(3, 3, 1), LSB).contains("symmetric"));
    assert!(refused(&a, 0.0).contains("a unit of 0"));
}

#[test]
fn what_cannot_be_measured_is_refused() {
    let a = Family::Uniform.generate(4, 3, 1);
    let good = [0.3, 0.2, 0.1];
    let (u, v) = (DMatrix::identity(4, 3), DMatrix::identity(3, 3));
    let measure = |a: &DMatrix<f64>, sigma: &[f64], u, v, lsb, word| {
        accuracy(a, Factors { sigma, u, v }, lsb, word).expect_err("refused").to_string()
    };
    let nan = DMatrix::from_element(3, 3, f64::NAN);
    let refusals = [
        (measure(&a, &[], None, None, LSB, 16), "sigma is 0 values; the input asks for 1 to 3 values"),
        (measure(&a, &[0.0; 4], None, None, LSB, 16), "sigma is 4 values"),
        (measure(&a, &good, Some(&v), None, LSB, 16), "U is 3 x 3; the input asks for 4 x 3"),
        (measure(&a, &good, None, Some(&u), LSB, 16), "V is 4 x 3; the input asks for 3 x 3"),
        (measure(&a, &good, None, Some(&nan), LSB, 16), "V holds a number that is not finite"),
        (measure(&a, &[f64::INFINITY; 3], None, None, LSB, 16), "sigma holds"),
        (measure(&a, &good, None, None, 0.0, 16), "a unit of 0"),
        (measure(&a, &good, None, None, f64::NAN, 16), "a unit of NaN"),
        (measure(&a, &good, None, None, f64::INFINITY, 16), "a unit of inf"),
        (measure(&a, &good, None, None, LSB, 0), "a word of 0 bits"),
        (measure(&a, &good, None, None, LSB, 65), "a word of 65 bits"),
        (measure(&nan, &good, None, None, LSB, 16), "row 1, column 1 is not finite"),
    ];
    for (message, part) in &refusals {
        assert!(message.contains(part), "{message:?} lacks {part:?}");
    }
    assert_eq!(refusals.len(), 12);
}
