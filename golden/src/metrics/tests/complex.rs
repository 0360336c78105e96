//! Matrices of complex numbers.

use super::*;
use nalgebra::Complex;

type C = Complex<f64>;

#[test]
fn a_perfect_complex_result_has_no_errors() {
    let mut cases = 0;
    for &family in Family::ALL {
        for (rows, cols) in [(1, 1), (7, 7), (9, 4), (4, 9)] {
            let a = family.generate_complex(rows, cols, 3);
            let svd = oracle::svd(&a).expect("a reference");
            let factors = Factors { sigma: &svd.sigma, u: Some(&svd.u), v: Some(&svd.v) };
            let found = accuracy(&a, factors, LSB, 16).expect("measured");
            let all = [
                found.reconstruction_max_lsb,
                found.orthogonality_u_max_lsb,
                found.orthogonality_v_max_lsb,
                found.off_diagonal_max_lsb,
            ];
            assert!(found.sigma_max_lsb < ROUNDING, "{family} {rows}x{cols} {found:?}");
            assert!(all.iter().all(|error| error.is_some_and(|error| error < ROUNDING)), "{family} {rows}x{cols}");
            cases += 1;
        }
    }
    assert_eq!(cases, 4 * Family::ALL.len());
}

/// A = diag(1, i) diag(0.75, 0.5) diag(1, -1)^H: U and V are exact, so that each planted error must be found as
/// planted.
#[test]
fn the_larger_of_the_errors_of_re_and_im_is_measured() {
    let diagonal = |values: [C; 2]| DMatrix::from_diagonal(&nalgebra::DVector::from_column_slice(&values));
    let (one, i) = (C::from(1.0), C::i());
    let (u, v) = (diagonal([one, i]), diagonal([one, -one]));
    let sigma = [0.75, 0.5];
    let a = diagonal([C::from(0.75), -i * 0.5]);
    let measure = |a: &DMatrix<C>, u: &DMatrix<C>, v: &DMatrix<C>| {
        accuracy(a, Factors { sigma: &sigma, u: Some(u), v: Some(v) }, LSB, 12).expect("measured")
    };
    let close = |found: Option<f64>, right: f64| {
        assert!(found.is_some_and(|found| (found - right).abs() < 1e-4 * right + ROUNDING), "{found:?} is not {right}");
    };
    let exact = measure(&a, &u, &v);
    close(exact.reconstruction_max_lsb, 0.0);
    close(exact.off_diagonal_max_lsb, 0.0);

    for (error, right) in [(C::new(3.0, 1.0), 3.0), (C::new(1.0, -4.0), 4.0), (C::new(0.0, 2.0), 2.0)] {
        let mut moved = a.clone();
        moved[(0, 1)] += error * LSB;
        let found = measure(&moved, &u, &v);
        close(found.reconstruction_max_lsb, right);
        // U^H takes the element as it is, V^H = -1 changes its sign.
        close(found.off_diagonal_max_lsb, right);

        // Beside the diagonal of U^H U stand the element and its conjugate; U diag(sigma) V^H sees it times 0.5.
        let mut moved = u.clone();
        moved[(0, 1)] += error * LSB;
        let found = measure(&a, &moved, &v);
        close(found.orthogonality_u_max_lsb, right * LSB * 2048.0);
        close(found.orthogonality_v_max_lsb, 0.0);
        close(found.reconstruction_max_lsb, right * 0.5);

        let mut moved = v.clone();
        moved[(1, 0)] += error * LSB;
        let found = measure(&a, &u, &moved);
        close(found.orthogonality_v_max_lsb, right * LSB * 2048.0);
        close(found.orthogonality_u_max_lsb, 0.0);
        close(found.reconstruction_max_lsb, right * 0.75);
    }
    // conj(U) in place of U is unitary, and wrong.
    let conjugate = measure(&a, &u.map(|x| x.conj()), &v);
    close(conjugate.orthogonality_u_max_lsb, 0.0);
    close(conjugate.reconstruction_max_lsb, 1.0 / LSB);
}

#[test]
fn hermitian_eigenvalues_are_measured_with_their_signs() {
    let i = C::i();
    let a = DMatrix::from_row_slice(2, 2, &[C::from(0.25), -i * 0.5, i * 0.5, C::from(0.25)]);
    let eigen = oracle::eigen(&a).expect("a reference");
    let measure = |values: &[f64], vectors| eigen_accuracy(&a, values, Some(vectors), LSB, 16).expect("measured");
    let found = measure(&[0.75, -0.25 + 3.0 * LSB], &eigen.vectors);
    assert!((found.sigma_max_lsb - 3.0).abs() < ROUNDING);
    assert!(found.orthogonality_v_max_lsb.is_some_and(|error| error < ROUNDING));
    let mut wrong = eigen.vectors.clone();
    wrong[(0, 0)] += i * 5.0 * LSB;
    assert!(measure(&[0.75, -0.25], &wrong).reconstruction_max_lsb.is_some_and(|error| error > 1.0));
    let uneven = Family::Uniform.generate_complex(2, 2, 1);
    let refusal = eigen_accuracy(&uneven, &[0.5], None, LSB, 16).expect_err("refused").to_string();
    assert!(refusal.contains("Hermitian"), "{refusal}");
}

#[test]
fn a_nan_in_an_imaginary_part_is_refused() {
    let a = Family::Uniform.generate_complex(2, 2, 1);
    let mut u = DMatrix::identity(2, 2);
    u[(1, 0)] = C::new(0.0, f64::NAN);
    let refusal = accuracy(&a, Factors { sigma: &[0.5, 0.25], u: Some(&u), v: None }, LSB, 16).expect_err("refused");
    assert_eq!(refusal, MetricsError::NotFinite("U"));
}
