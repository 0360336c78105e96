//! Matrices of complex numbers.

use super::*;
use nalgebra::Complex;

type C = Complex<f64>;

/// Q^H Q, apart from the identity, by plain loops: nothing of the oracle or of nalgebra's products is trusted here.
fn far_from_unitary(q: &DMatrix<C>) -> f64 {
    let mut worst = 0.0_f64;
    for i in 0..q.ncols() {
        for j in 0..q.ncols() {
            let product: C = (0..q.nrows()).map(|k| q[(k, i)].conj() * q[(k, j)]).sum();
            worst = worst.max((product - C::from(f64::from(i == j))).norm());
        }
    }
    worst
}

/// max |U diag(sigma) V^H - A|, by plain loops.
fn far_from_product(a: &DMatrix<C>, u: &DMatrix<C>, sigma: &[f64], v: &DMatrix<C>) -> f64 {
    let mut worst = 0.0_f64;
    for i in 0..a.nrows() {
        for j in 0..a.ncols() {
            let product: C = (0..sigma.len()).map(|k| u[(i, k)] * sigma[k] * v[(j, k)].conj()).sum();
            worst = worst.max((product - a[(i, j)]).norm());
        }
    }
    worst
}

#[test]
fn every_family_and_shape_has_a_good_complex_reference() {
    let (mut cases, mut by_jacobi) = (0, 0);
    for &family in Family::ALL {
        for n in (1..=16).chain([24, 33, 64]) {
            for (rows, cols) in shapes(n) {
                let name = format!("{family} {rows}x{cols}");
                let a = family.generate_complex(rows, cols, n as u64);
                let found = svd(&a).unwrap_or_else(|error| panic!("{name}: {error}"));
                let k = rows.min(cols);
                assert_eq!((found.u.shape(), found.sigma.len(), found.v.shape()), ((rows, k), k, (cols, k)));
                assert!(found.sigma.is_sorted_by(|a, b| a >= b) && found.sigma[k - 1] >= 0.0, "{name}");
                // The oracle measures components, which are at most a modulus.
                let allowed = 2.0_f64.sqrt() * TOLERANCE * n as f64;
                assert!(far_from_unitary(&found.u).max(far_from_unitary(&found.v)) <= allowed, "{name}");
                assert!(far_from_product(&a, &found.u, &found.sigma, &found.v) <= allowed * a.norm(), "{name}");
                if n <= 16 {
                    let other = by_hestenes(&a);
                    assert!(other.is_good(), "{name}: {} {}", other.residual, other.orthogonality);
                    let apart = (found.sigma.iter().zip(&other.sigma)).map(|(x, y)| (x - y).abs());
                    assert!(apart.fold(0.0, f64::max) <= sigma_tolerance(&a), "{name}");
                }
                cases += 1;
                by_jacobi += usize::from(found.method == Method::OneSidedJacobi);
            }
        }
    }
    println!("nalgebra wrong in {by_jacobi} of {cases}");
    assert_eq!(cases, Family::ALL.len() * 19 * 5);
}

/// The singular values of a matrix A + iB are those of the real matrix (A -B; B A), each of them twice.
#[test]
fn complex_singular_values_are_those_of_the_real_matrix_twice_as_large() {
    let mut cases = 0;
    for &family in Family::ALL {
        for (rows, cols) in [(1, 1), (2, 2), (5, 5), (8, 8), (7, 4), (4, 7)] {
            let a = family.generate_complex(rows, cols, 3);
            let real = DMatrix::from_fn(2 * rows, 2 * cols, |i, j| {
                let element = a[(i % rows, j % cols)];
                match (i < rows, j < cols) {
                    (true, true) | (false, false) => element.re,
                    (true, false) => -element.im,
                    (false, true) => element.im,
                }
            });
            let (found, twice) = (svd(&a).expect("a reference").sigma, svd(&real).expect("a reference").sigma);
            for (k, sigma) in found.iter().enumerate() {
                for other in &twice[2 * k..2 * k + 2] {
                    assert!((sigma - other).abs() <= sigma_tolerance(&real), "{family} {rows}x{cols}");
                }
            }
            cases += 1;
        }
    }
    assert_eq!(cases, 6 * Family::ALL.len());
}

/// Without imaginary parts, the values are those of the real matrix, and no vector needs an imaginary part.
#[test]
fn a_complex_matrix_without_imaginary_parts_gives_the_real_result() {
    let mut cases = 0;
    for &family in Family::ALL {
        for (rows, cols) in [(1, 1), (4, 4), (7, 7), (9, 4), (4, 9)] {
            let name = format!("{family} {rows}x{cols}");
            let a = family.generate(rows, cols, 2);
            let complex = a.map(C::from);
            let (real, found) = (svd(&a).expect("a reference"), svd(&complex).expect("a reference"));
            let apart = (found.sigma.iter().zip(&real.sigma)).map(|(x, y)| (x - y).abs());
            assert!(apart.fold(0.0, f64::max) <= sigma_tolerance(&a), "{name}");
            let (one_sided, complex) = (by_hestenes(&a), by_hestenes(&complex));
            // Rotation for rotation the same: real phases are signs.
            assert!(complex.u.iter().chain(&complex.v).all(|element| element.im == 0.0), "{name}");
            assert!((complex.u.map(|x| x.re) - one_sided.u).amax() < 1e-12, "{name}");
            assert!((complex.v.map(|x| x.re) - one_sided.v).amax() < 1e-12, "{name}");
            cases += 1;
        }
    }
    assert_eq!(cases, 5 * Family::ALL.len());
}

/// Q diag(values) Q^H with exact values, and every family made Hermitian.
#[test]
fn hermitian_matrices_have_the_spectrum_that_they_were_made_with() {
    let mut cases = 0;
    for n in [2, 3, 8, 16] {
        let q = svd(&Family::Gaussian.generate_complex(n, n, 5)).expect("a reference").u;
        // Both signs, and two of them equal.
        let mut right: Vec<f64> = (0..n).map(|k| 0.75 - 1.5 * (k.max(1) - 1) as f64 / n as f64).collect();
        right.sort_by(|a, b| b.total_cmp(a));
        let a = reconstruct(&q, &right, &q);
        let found = eigen(&hermitian(&a)).expect("a reference");
        assert!(found.values.iter().zip(&right).all(|(x, y)| (x - y).abs() < 1e-12), "{n}: {:?}", found.values);
        for &family in Family::ALL {
            let a = hermitian(&family.generate_complex(n, n, 6));
            let found = eigen(&a).unwrap_or_else(|error| panic!("{family} {n}: {error}"));
            assert!(far_from_unitary(&found.vectors) < 1e-12, "{family} {n}");
            assert!(far_from_product(&a, &found.vectors, &found.values, &found.vectors) < 1e-12 * n as f64);
            let mut sizes: Vec<f64> = found.values.iter().map(|value| value.abs()).collect();
            sizes.sort_by(|a, b| b.total_cmp(a));
            let sigma = svd(&a).expect("a reference").sigma;
            assert!(sizes.iter().zip(&sigma).all(|(x, y)| (x - y).abs() <= sigma_tolerance(&a)), "{family} {n}");
            cases += 1;
        }
    }
    assert_eq!(cases, 4 * Family::ALL.len());
    // (0 -i; i 0) has the eigenvalues 1 and -1.
    let i = C::i();
    let pauli = DMatrix::from_row_slice(2, 2, &[C::from(0.0), -i, i, C::from(0.0)]);
    let found = eigen(&pauli).expect("a reference");
    assert!((found.values[0] - 1.0).abs() < 1e-15 && (found.values[1] + 1.0).abs() < 1e-15);
}

fn hermitian(a: &DMatrix<C>) -> DMatrix<C> {
    (a + a.adjoint()).unscale(2.0)
}

#[test]
fn what_is_not_hermitian_is_refused() {
    let mut a = hermitian(&Family::Uniform.generate_complex(4, 4, 1));
    assert!(eigen(&a).is_ok());
    // Symmetric is not Hermitian.
    a[(1, 2)] = a[(2, 1)];
    assert_eq!(eigen(&a), Err(OracleError::NotHermitian(2, 3)));
    a[(1, 2)] = a[(2, 1)].conj();
    a[(3, 3)].im = 0.25;
    assert_eq!(first_asymmetry(&a), Some((3, 3)));
    assert!(eigen(&a).expect_err("refused").to_string().contains("row 4, column 4"));
    a[(3, 3)].im = f64::NAN;
    assert_eq!(svd(&a), Err(OracleError::NotFinite(4, 4)));
}

#[test]
fn any_scale_of_complex_numbers_is_as_good() {
    // The scale is chosen by the largest component, which here is an imaginary part.
    let a = DMatrix::from_fn(5, 4, |i, j| C::new(1e-3 * (i + j) as f64, (i * j) as f64 - 3.5));
    let one = svd(&a).expect("a reference");
    for exponent in [-900, -40, 40, 900] {
        let scale = 2.0_f64.powi(exponent);
        let found = svd(&a.scale(scale)).expect("a reference");
        assert!(found.sigma.iter().zip(&one.sigma).all(|(x, y)| (x / scale - y).abs() <= sigma_tolerance(&a)));
    }
}

/// An error in one imaginary part counts, and the larger component is what counts.
#[test]
fn the_check_notices_faults_in_imaginary_parts() {
    let a = Family::Uniform.generate_complex(6, 4, 1);
    let good = svd(&a).expect("a reference");
    let mut wrong = a.clone();
    wrong[(2, 3)] += C::new(3e-3, -4e-3);
    let found = Svd::new(&wrong, Method::Nalgebra, &good.u, &good.sigma, &good.v);
    assert!((found.residual * wrong.norm() - 4e-3).abs() < 1e-12);
    assert!(!found.is_good());
    let mut u = good.u.clone();
    u[(0, 0)].im += 1e-9;
    assert!(!Svd::new(&a, Method::Nalgebra, &u, &good.sigma, &good.v).is_good());
    // The transpose in place of the adjoint: V where conj(V) should be.
    assert!(!Svd::new(&a, Method::Nalgebra, &good.u, &good.sigma, &good.v.map(|x| x.conj())).is_good());
}
