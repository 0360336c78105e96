#[path = "tests/complex.rs"]
mod complex;

use super::*;
use crate::Family;

/// The shapes of the corpus for size n.
fn shapes(n: usize) -> [(usize, usize); 5] {
    let half = n.div_ceil(2);
    [(n, n), (n, half), (half, n), (n, 2 * n + 1), (3 * n, n)]
}

/// By Weyl's inequality, no sigma moves by more than the norm of the change, which is k elements wide and high at most.
fn sigma_tolerance<T: Element>(a: &DMatrix<T>) -> f64 {
    4.0 * TOLERANCE * a.norm().max(1e-300) * a.nrows().max(a.ncols()) as f64
}

#[test]
fn every_family_and_shape_has_a_good_reference() {
    let (mut cases, mut wrong, mut worst) = (0, 0, (0.0_f64, 0.0_f64));
    for &family in Family::ALL {
        for n in 1..=64 {
            for (rows, cols) in shapes(n) {
                let a = family.generate(rows, cols, n as u64);
                let found = svd(&a).unwrap_or_else(|error| panic!("{family} {rows}x{cols}: {error}"));
                assert!(found.sigma.is_sorted_by(|a, b| a >= b), "{family} {rows}x{cols}");
                assert_eq!(found.u.shape(), (rows, rows.min(cols)));
                assert_eq!(found.v.shape(), (cols, rows.min(cols)));
                // Measured here, not taken from the record.
                let back = reconstruct(&found.u, &found.sigma, &found.v);
                assert!((back - &a).amax() <= TOLERANCE * a.norm(), "{family} {rows}x{cols}");
                // Jacobi on the same matrix must agree on sigma, whichever method found the reference.
                if n <= 24 {
                    let other = by_hestenes(&a);
                    assert!(other.is_good(), "{family} {rows}x{cols}: {} {}", other.residual, other.orthogonality);
                    let apart = (found.sigma.iter().zip(&other.sigma)).map(|(x, y)| (x - y).abs());
                    assert!(apart.fold(0.0, f64::max) <= sigma_tolerance(&a), "{family} {rows}x{cols}");
                }
                cases += 1;
                wrong += usize::from(found.method == Method::OneSidedJacobi);
                worst = (worst.0.max(found.residual), worst.1.max(found.orthogonality));
            }
        }
    }
    println!("worst residual {:.1e}, orthogonality {:.1e}; nalgebra wrong in {wrong} of {cases}", worst.0, worst.1);
    assert_eq!(cases, Family::ALL.len() * 64 * 5);
}

/// dimforge/nalgebra issue 1172: the matrix of ones, 3 x 5, has the one singular value sqrt(15). When nalgebra is
/// mended this test fails, and the second method may go.
#[test]
fn nalgebra_is_wrong_where_it_is_known_to_be() {
    let a = DMatrix::from_element(3, 5, 1.0);
    let by_nalgebra = by_nalgebra(&a).expect("converged");
    assert!(!by_nalgebra.is_good() && (by_nalgebra.sigma[0] - 15.0_f64.sqrt()).abs() > 0.1);
    let found = svd(&a).expect("a reference");
    assert_eq!(found.method, Method::OneSidedJacobi);
    assert!((found.sigma[0] - 15.0_f64.sqrt()).abs() < 1e-12);
}

#[test]
fn any_scale_is_as_good() {
    let mut cases = 0;
    let families = [Family::Uniform, Family::RankDeficient, Family::Ones, Family::Zero];
    // And one that nalgebra gets wrong.
    let matrices =
        families.map(|family| family.generate(7, 5, 1)).into_iter().chain([DMatrix::from_element(3, 5, 1.0)]);
    for a in matrices {
        let one = svd(&a).expect("a reference");
        for exponent in [-900, -300, -40, 40, 300, 900] {
            let scale = 2.0_f64.powi(exponent);
            let found = svd(&(&a * scale)).expect("a reference");
            for (x, y) in found.sigma.iter().zip(&one.sigma) {
                assert!((x / scale - y).abs() <= sigma_tolerance(&a), "{a} 2^{exponent}");
            }
            cases += 1;
        }
    }
    assert_eq!(cases, 30);
    // The ends of the range of f64: no panic, and no answer that fails its check.
    for value in [f64::MIN_POSITIVE / 4.0, f64::MAX] {
        let _ = svd(&DMatrix::from_element(3, 3, value));
    }
}

/// Eigenvalues of every family made symmetric: as many as singular values, with the same sizes; and of a matrix made to
/// have known ones.
#[test]
fn eigenvalues_are_singular_values_with_signs() {
    let mut cases = 0;
    for &family in Family::ALL {
        for n in [1, 2, 5, 16, 100] {
            let a = family.generate(n, n, 1);
            let a = &a + a.transpose();
            let scale = 2.0_f64.powi(700);
            let found = eigen(&(&a * scale)).expect("a reference");
            let values: Vec<f64> = found.values.iter().map(|value| value / scale).collect();
            assert!(values.is_sorted_by(|a, b| a >= b), "{family} {n}");
            let back = reconstruct(&found.vectors, &values, &found.vectors);
            assert!((back - &a).amax() <= tolerance(n, n) * a.norm(), "{family} {n}");
            let mut sizes: Vec<f64> = values.iter().map(|value| value.abs()).collect();
            sizes.sort_by(|a, b| b.total_cmp(a));
            let sigma = svd(&a).expect("a reference").sigma;
            let apart = sizes.iter().zip(&sigma).map(|(x, y)| (x - y).abs());
            assert!(apart.fold(0.0, f64::max) <= sigma_tolerance(&a), "{family} {n}");
            cases += 1;
        }
    }
    assert_eq!(cases, 5 * Family::ALL.len());
    let turn = svd(&Family::Uniform.generate(3, 3, 1)).expect("a reference").u;
    let a = reconstruct(&turn, &[0.5, -0.75, 0.25], &turn);
    let values = eigen(&((&a + a.transpose()) / 2.0)).expect("a reference").values;
    assert!([0.5, 0.25, -0.75].iter().zip(&values).all(|(x, y)| (x - y).abs() < 1e-12), "{values:?}");
}

#[test]
fn what_is_not_symmetric_has_no_eigenvalues_here() {
    let mut a = DMatrix::identity(4, 4);
    a[(1, 2)] = 0.5;
    assert_eq!(eigen(&a), Err(OracleError::NotSymmetric(2, 3)));
    a[(2, 1)] = 0.5;
    assert!(eigen(&a).is_ok());
    assert_eq!(first_asymmetry(&DMatrix::<f64>::zeros(2, 3)), Some((0, 2)));
    assert_eq!(eigen(&DMatrix::<f64>::zeros(0, 0)), Err(OracleError::Empty(0, 0)));
}

#[test]
fn more_is_allowed_of_longer_sums() {
    for (rows, cols, right) in [(1, 1, 1.0), (64, 64, 1.0), (128, 3, 2.0), (3, 320, 5.0)] {
        assert_eq!(tolerance(rows, cols), TOLERANCE * right);
    }
}

/// The residual is relative to the norm of the matrix, which is 5 here; that of a zero matrix is absolute.
#[test]
fn residuals_are_measured_in_norms() {
    let a = DMatrix::from_diagonal_element(2, 2, 12.5_f64.sqrt());
    let eye = DMatrix::identity(2, 2);
    let residual = |a: &DMatrix<f64>, sigma: &[f64]| Svd::new(a, Method::Nalgebra, &eye, sigma, &eye).residual;
    assert!((residual(&a, &[a[(0, 0)], a[(0, 0)] - 1.0]) - 0.2).abs() < 1e-12);
    assert_eq!(residual(&DMatrix::zeros(2, 2), &[0.5, 0.0]), 0.5);
    assert_eq!(residual(&DMatrix::zeros(2, 2), &[0.0, 0.0]), 0.0);
}

/// Where nalgebra is right, its answer is taken.
#[test]
fn nalgebra_comes_first() {
    assert_eq!(svd(&Family::Uniform.generate(6, 4, 1)).expect("a reference").method, Method::Nalgebra);
}

#[test]
fn refuses_what_has_no_decomposition() {
    assert_eq!(svd(&DMatrix::<f64>::zeros(0, 4)), Err(OracleError::Empty(0, 4)));
    let mut a = DMatrix::zeros(3, 4);
    a[(1, 2)] = f64::INFINITY;
    assert_eq!(svd(&a), Err(OracleError::NotFinite(2, 3)));
    assert!(svd(&a).expect_err("refused").to_string().contains("row 2, column 3"));
}

#[test]
fn the_check_notices_each_fault() {
    let a = Family::Uniform.generate(6, 4, 1);
    let good = svd(&a).expect("a reference");
    let check =
        |u: &DMatrix<f64>, sigma: &[f64], v: &DMatrix<f64>| Svd::new(&a, Method::Nalgebra, u, sigma, v).is_good();
    assert!(check(&good.u, &good.sigma, &good.v));
    let mut wrong = good.sigma.clone();
    wrong[3] += 1e-11;
    assert!(!check(&good.u, &wrong, &good.v));
    // No longer orthogonal, but the product is still A: only the second half of the check sees it.
    let sigma: Vec<f64> = good.sigma.iter().map(|value| value / 2.0).collect();
    assert!(!check(&(&good.u * 2.0), &sigma, &good.v));
    // Negative, but the product is still A.
    let negative: Vec<f64> = good.sigma.iter().map(|value| -value).collect();
    assert!(!check(&(-&good.u), &negative, &good.v));
    assert!(!check(&good.u, &[f64::NAN; 4], &good.v));
    let refusal = Svd::new(&a, Method::Nalgebra, &good.u, &wrong, &good.v).refusal();
    assert!(matches!(refusal, OracleError::Inaccurate { allowed: TOLERANCE, residual, .. } if residual > TOLERANCE));
}
