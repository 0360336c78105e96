//! Compares the SVD core with the textbook method for singular values, which takes square roots of the eigenvalues of
//! AᵀA and of AAᵀ, here computed on symmetric cores.
//!
//! `cargo test --release -p svdforge-testbench --test squaring -- --nocapture` prints the tables of `docs/squaring.md`.

use nalgebra::{DMatrix, DVector};
use svdforge_golden::{Family, NamedMatrix};
use svdforge_hdl::core::Core;
use svdforge_hdl::parameters::{Parameters, Vectors};
use svdforge_testbench::engine::SimulatorEngine;
use svdforge_testbench::framing::InputScale;
use svdforge_testbench::judge::judge;
use svdforge_testbench::run::quantise_for;

/// The values that a core delivers, and the weight of the last bit of its input.
fn values(matrix: DMatrix<f64>, symmetric: bool) -> (Vec<f64>, f64) {
    let (rows, cols) = matrix.shape();
    let parameters = Parameters { rows, cols, symmetric, vectors: Vectors::None, ..Parameters::default() };
    let core = Core::new(parameters.shape().unwrap());
    let mut engine = SimulatorEngine::new(&core).unwrap();
    let named = NamedMatrix { name: "a".to_owned(), matrix };
    let input = quantise_for(core.shape(), &named, InputScale::Auto).unwrap();
    let judgement = judge(core.shape(), &mut engine, &named, &input).unwrap();
    (judgement.result.values().1.to_vec(), judgement.accuracy.lsb)
}

/// AᵀA, made exactly symmetric whatever the order of summation.
fn square(a: &DMatrix<f64>) -> DMatrix<f64> {
    let square = a.transpose() * a;
    (&square + square.transpose()) / 2.0
}

/// U diag(sigma) Vᵀ with random U and V.
fn with_spectrum(rows: usize, cols: usize, sigma: &[f64], seed: u64) -> DMatrix<f64> {
    let orthogonal =
        |n: usize, seed| Family::Gaussian.generate(n, n, seed).qr().q().columns(0, sigma.len()).into_owned();
    orthogonal(rows, seed)
        * DMatrix::from_diagonal(&DVector::from_column_slice(sigma))
        * orthogonal(cols, seed + 1000).transpose()
}

/// An element of the square has an error of at most half a unit. So its eigenvalues have errors of at most n / 2 units
/// (Weyl), and of 1 more unit from the core. The square root divides that by at least 2 sigma, unless the root itself
/// is much smaller. The SVD core adds n / 2 + 1 units of its own.
fn tolerance(n: usize, sigma: f64, lsb_of_square: f64, lsb: f64) -> f64 {
    let units = n as f64 / 2.0 + 1.0;
    units * lsb_of_square / sigma + units * lsb
}

#[test]
fn singular_values_are_square_roots_of_eigenvalues_where_squaring_allows_it() {
    let mut compared = 0;
    for (rows, cols) in [(4, 4), (8, 8), (6, 4), (4, 7)] {
        for seed in 0..10 {
            // The smallest singular value is a fourth of the largest.
            let k = rows.min(cols);
            let spectrum: Vec<f64> = (0..k).map(|i| 0.25_f64.powf(i as f64 / (k - 1) as f64)).collect();
            let a = with_spectrum(rows, cols, &spectrum, seed);
            let (sigma, lsb) = values(a.clone(), false);
            for square in [square(&a), square(&a.transpose())] {
                let n = square.nrows();
                let (eigenvalues, lsb_of_square) = values(square, true);
                for (sigma, eigenvalue) in sigma.iter().zip(&eigenvalues) {
                    let difference = (sigma - eigenvalue.max(0.0).sqrt()).abs();
                    let allowed = tolerance(n.max(rows).max(cols), *sigma, lsb_of_square, lsb);
                    assert!(
                        difference <= allowed,
                        "{rows}x{cols}, seed {seed}: {difference} where {allowed} is allowed"
                    );
                    compared += 1;
                }
                // Beyond min(m, n) there are only rounding errors.
                assert!(eigenvalues[k..].iter().all(|v| v.abs() <= (n as f64 / 2.0 + 1.0) * lsb_of_square));
            }
        }
    }
    assert_eq!(compared, 10 * 2 * (4 + 8 + 4 + 4));
}

#[test]
fn squaring_loses_what_is_small() {
    let spectrum: Vec<f64> = (0..8).map(|i| 0.1_f64.powf(4.0 * f64::from(i) / 7.0)).collect();
    let a = with_spectrum(8, 8, &spectrum, 1);
    let (direct, lsb) = values(a.clone(), false);
    let (eigenvalues, lsb_of_square) = values(square(&a), true);
    println!("| sigma | SVD core | square root of the eigenvalue of AᵀA |\n|---|---|---|");
    for i in 0..8 {
        let root =
            if eigenvalues[i] < 0.0 { "none: negative".to_owned() } else { format!("{:.6}", eigenvalues[i].sqrt()) };
        println!("| {:.6} | {:.6} | {root} |", spectrum[i], direct[i]);
        assert!((direct[i] - spectrum[i]).abs() <= 5.0 * lsb);
    }
    println!("lsb of A {lsb:.2e}, of AᵀA {lsb_of_square:.2e}");
    // The last singular value is 1e-4, and its square 1e-8 is far below a unit of the squared matrix.
    let root = eigenvalues[7].max(0.0).sqrt();
    assert!((root - spectrum[7]).abs() > 5.0 * lsb, "squaring loses nothing: {root}");
}
