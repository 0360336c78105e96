//! Tests with matrices of low rank from which entries are taken out.

use super::iteration::subtract;
use super::path::rmse;
use super::*;
use crate::decomposer::{CoreDecomposer, GoldenDecomposer, Svd};
use crate::range_finder::truncated_svd;
use crate::sparse::from_entries;
use nalgebra::DMatrix;
use nalgebra_sparse::CsrMatrix;
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use rand_distr::{Distribution, StandardNormal};
use svdforge_hdl::parameters::Parameters;

/// A matrix of rank 3 with entries of about 1, and noise. Returns the known entries, and those taken out.
fn problem(rows: usize, cols: usize, share: f64, noise: f64) -> (CsrMatrix<f64>, Vec<(usize, usize, f64)>) {
    let mut rng = ChaCha8Rng::seed_from_u64(6);
    let mut gaussian = |m, n| DMatrix::from_fn(m, n, |_, _| -> f64 { StandardNormal.sample(&mut rng) });
    let full = gaussian(rows, 3) * gaussian(3, cols) / 3f64.sqrt() + gaussian(rows, cols) * noise;
    let all = (0..rows).flat_map(|i| (0..cols).map(move |j| (i, j)));
    let mut rng = ChaCha8Rng::seed_from_u64(7);
    let (known, gone): (Vec<_>, Vec<_>) = all.map(|(i, j)| (i, j, full[(i, j)])).partition(|_| rng.random_bool(share));
    (from_entries(rows, cols, known), gone)
}

const SETTINGS: Settings = Settings { rank: 6, lambda: 0.0, tolerance: 1e-9, iterations: 200, seed: 1 };

/// Theorem 1 of the paper says that the objective never rises and that the limit meets the optimality condition: in the
/// directions of the estimate's singular vectors, the residual on the known places has exactly the value lambda.
#[test]
fn the_iteration_descends_to_the_optimum() {
    let (known, _) = problem(60, 40, 0.5, 0.1);
    let settings = Settings { lambda: 4.0, tolerance: 1e-14, iterations: 2000, rank: 20, ..SETTINGS };
    let found = soft_impute(&known, &settings, Svd::zero(60, 40), &mut GoldenDecomposer).expect("converges");
    assert!(found.settled, "{} steps", found.steps.len());
    for pair in found.steps.windows(2) {
        // The factor 1e-12 allows for the rounding of sums in f64.
        assert!(pair[1].objective <= pair[0].objective * (1.0 + 1e-12), "{pair:?}");
    }
    let mut residual = known.clone();
    subtract(&known, &found.factors, residual.values_mut());
    let rank = found.steps.last().expect("a step").rank;
    assert!((3..20).contains(&rank), "the limit on the rank must not bind: {rank}");
    let u = found.factors.u.columns(0, rank).into_owned();
    let v = found.factors.v.columns(0, rank).into_owned();
    let dual = u.tr_mul(&(DMatrix::from(&residual) * v));
    // The last step has a relative size of 1e-7, the norm of the matrix is 50, and steps shrink slowly, so a hundred
    // times as much is allowed.
    assert!((dual - DMatrix::identity(rank, rank) * 4.0).amax() < 1e-3);
}

/// Half of the entries of a noisy matrix are known. The result is far better than an estimate of 0 (rmse 1), not better
/// than the noise, and about the same on the core and in f64.
#[test]
fn missing_entries_are_recovered_by_both_engines() {
    let (known, gone) = problem(90, 70, 0.5, 0.05);
    let golden = choose_lambda(&known, &gone, &SETTINGS, &mut GoldenDecomposer).expect("converges");
    let core = &mut CoreDecomposer::new(Parameters::default());
    let core = choose_lambda(&known, &gone, &Settings { tolerance: 1e-5, iterations: 20, ..SETTINGS }, core)
        .expect("converges");
    assert!((0.05..0.15).contains(&golden.best.rmse), "{:?}", golden.best);
    assert!((golden.best.rmse - core.best.rmse).abs() < 0.01, "{:?} {:?}", golden.best, core.best);
    assert_eq!(golden.best.rmse, rmse(&golden.factors, &gone));
}

#[test]
fn distances_need_no_matrices() {
    let (a, _) = problem(40, 50, 1.0, 0.3);
    let svd = |rank| truncated_svd(&a, rank, 0, 1, 3, &mut GoldenDecomposer).expect("in range");
    let (x, y) = (svd(5), svd(7));
    let full = |s: &Svd| s.left() * s.v.transpose();
    assert!((x.distance_squared(&y) - (full(&x) - full(&y)).norm_squared()).abs() < 1e-9);
    assert!((x.distance_squared(&Svd::zero(40, 50)) - full(&x).norm_squared()).abs() < 1e-9);
    // This also holds for factors that are not orthonormal.
    let bent = Svd { u: x.u.map(|u| u + 0.1), ..x.clone() };
    assert!((bent.distance_squared(&y) - (full(&bent) - full(&y)).norm_squared()).abs() < 1e-9);
    assert!((x.element(2, 3) - full(&x)[(2, 3)]).abs() < 1e-12);
}
