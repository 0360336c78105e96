//! Tests with matrices of known decomposition, through both decomposers.

use super::*;
use crate::decomposer::{CoreDecomposer, GoldenDecomposer};
use crate::sparse::from_entries;
use svdforge_hdl::parameters::Parameters;

fn gaussian(rows: usize, cols: usize, seed: u64) -> DMatrix<f64> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    DMatrix::from_fn(rows, cols, |_, _| StandardNormal.sample(&mut rng))
}

/// U diag(sigma) V^T with random orthonormal factors.
fn with_spectrum(rows: usize, cols: usize, sigma: &[f64], seed: u64) -> (DMatrix<f64>, Svd) {
    let u = orthonormal(gaussian(rows, sigma.len(), seed));
    let v = orthonormal(gaussian(cols, sigma.len(), seed + 1));
    let mut scaled = u.clone();
    for (mut column, &value) in scaled.column_iter_mut().zip(sigma) {
        column *= value;
    }
    (scaled * v.transpose(), Svd { u, sigma: sigma.to_vec(), v })
}

/// The sine of the largest angle between two spaces with orthonormal bases: |(I - P P^T) Q|.
fn sine(p: &DMatrix<f64>, q: &DMatrix<f64>) -> f64 {
    (q - p * p.tr_mul(q)).singular_values().max()
}

fn orthogonality(q: &DMatrix<f64>) -> f64 {
    (q.tr_mul(q) - DMatrix::identity(q.ncols(), q.ncols())).amax()
}

/// The matrices have rank 12 and are wide or tall. The sample catches the whole range, so only the decomposer's own
/// error is left.
#[test]
fn a_matrix_of_low_rank_is_found_as_exactly_as_the_engine_allows() {
    let sigma: Vec<f64> = (0..12).map(|i| 12.0 - f64::from(i)).collect();
    // In f64, 1e-12 leaves a factor of 100 for products of 300 terms. The core has 16 bits. Each element of its l x l
    // matrix has an error of at most about one LSB, which is 2^-15 x 16 because 12 fits below 16. With 20 elements in a
    // row, |E| < 0.01, while the gaps are 1.
    let golden: &mut dyn Decomposer = &mut GoldenDecomposer;
    let core: &mut dyn Decomposer = &mut CoreDecomposer::new(Parameters::default());
    for (decomposer, tolerance) in [(golden, 1e-12), (core, 0.01)] {
        for (rows, cols) in [(300, 90), (90, 300)] {
            let (a, truth) = with_spectrum(rows, cols, &sigma, 7);
            let found = truncated_svd(&a, 12, OVERSAMPLING, 1, 1, decomposer).expect("in range");
            assert_eq!((found.u.shape(), found.v.shape()), ((rows, 12), (cols, 12)));
            for (x, y) in found.sigma.iter().zip(&truth.sigma) {
                assert!((x - y).abs() < tolerance, "{}: sigma {x}, not {y}", decomposer.name());
            }
            assert!(
                sine(&found.u, &truth.u) < tolerance && sine(&found.v, &truth.v) < tolerance,
                "{}",
                decomposer.name()
            );
            // The core's own tests allow two LSB of 2^-15 for 16 and more columns.
            let orthogonal = if decomposer.name() == "core" { 2.0 * 2f64.powi(-15) } else { 1e-13 };
            assert!(orthogonality(&found.u) < orthogonal && orthogonality(&found.v) < orthogonal);
        }
    }
}

/// The spectrum has a flat tail. Power iterations shrink its influence from (5 / 10) to (5 / 10)^(2q + 1), as section
/// 4.5 says.
#[test]
fn power_iterations_sharpen_a_slow_decay() {
    let sigma: Vec<f64> = (0..80).map(|i| if i < 4 { 10.0 } else { 5.0 }).collect();
    let (a, truth) = with_spectrum(200, 150, &sigma, 11);
    let head = truth.u.columns(0, 4).into_owned();
    let angles: Vec<f64> = (0..4)
        .map(|q| {
            let found = truncated_svd(&a, 4, OVERSAMPLING, q, 3, &mut GoldenDecomposer).expect("in range");
            sine(&head, &found.u)
        })
        .collect();
    for pair in angles.windows(2) {
        // Each iteration should bring a factor of (5 / 10)^2. The test asks for half of that effect from each of them.
        assert!(pair[1] < 0.5 * pair[0], "{angles:?}");
    }
}

#[test]
fn small_matrices_are_decomposed_whole() {
    for (rows, cols) in [(400, 7), (7, 400), (5, 3), (1, 1), (40, 32)] {
        let a = gaussian(rows, cols, 5);
        let rank = rows.min(cols);
        let found = truncated_svd(&a, rank, OVERSAMPLING, 0, 0, &mut GoldenDecomposer).expect("in range");
        let product = &found.u * DMatrix::from_diagonal(&found.sigma.clone().into()) * found.v.transpose();
        assert!((product - &a).amax() < 1e-12, "{rows} x {cols}");
    }
}

#[test]
fn deficient_and_zero_matrices_keep_orthonormal_factors() {
    let (a, _) = with_spectrum(60, 50, &[3.0, 1.0], 2);
    for matrix in [a, DMatrix::zeros(60, 50)] {
        let found = truncated_svd(&matrix, 5, 3, 2, 9, &mut GoldenDecomposer).expect("in range");
        assert!(found.sigma[2..].iter().all(|&s| s < 1e-12), "{:?}", found.sigma);
        assert!(orthogonality(&found.u) < 1e-12 && orthogonality(&found.v) < 1e-12);
    }
}

#[test]
fn same_seed_same_result_and_sparse_as_dense() {
    let (dense, _) = with_spectrum(70, 60, &[4.0, 3.0, 2.0, 1.0, 0.5], 4);
    let entries = (0..70).flat_map(|i| (0..60).map(move |j| (i, j))).map(|(i, j)| (i, j, dense[(i, j)]));
    let sparse = from_entries(70, 60, entries);
    let run = |operator: &dyn Operator| truncated_svd(operator, 3, 4, 1, 42, &mut GoldenDecomposer).expect("in range");
    assert_eq!(run(&dense), run(&dense));
    let difference = (run(&dense).u * run(&dense).v.transpose()) - (run(&sparse).u * run(&sparse).v.transpose());
    assert!(difference.amax() < 1e-12);
}

#[test]
fn impossible_ranks_are_refused() {
    let a = gaussian(50, 40, 1);
    for (rank, most) in [(0, 32), (33, 32)] {
        let error = truncated_svd(&a, rank, 0, 0, 0, &mut GoldenDecomposer).expect_err("refused");
        assert!(matches!(error, DecompositionError::Rank { most: m, .. } if m == most), "{error}");
    }
    assert!(truncated_svd(&gaussian(3, 50, 1), 4, 0, 0, 0, &mut GoldenDecomposer).is_err());
    let mut broken = a;
    broken[(3, 3)] = f64::NAN;
    assert!(truncated_svd(&broken, 2, 0, 0, 0, &mut GoldenDecomposer).is_err());
}
