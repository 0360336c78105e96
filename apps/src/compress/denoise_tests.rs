use super::*;
use crate::decomposer::{CoreDecomposer, GoldenDecomposer};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use rand_distr::{Distribution, StandardNormal};
use svdforge_hdl::parameters::Parameters;

fn gauss(rows: usize, cols: usize, rng: &mut ChaCha8Rng) -> DMatrix<f64> {
    DMatrix::from_fn(rows, cols, |_, _| StandardNormal.sample(rng))
}

/// A matrix of rank `rank` with all singular values equal to `size`, plus noise of standard deviation 1; and the matrix
/// without the noise.
fn noisy(rows: usize, cols: usize, rank: usize, size: f64, rng: &mut ChaCha8Rng) -> (DMatrix<f64>, DMatrix<f64>) {
    let (u, v) = (gauss(rows, rank, rng).qr().q(), gauss(cols, rank, rng).qr().q());
    let clean = size * u * v.transpose();
    let noise = gauss(rows, cols, rng);
    (&clean + noise, clean)
}

/// The constants of the paper: 4/sqrt(3), and the cubic polynomial that approximates omega to 0.02.
#[test]
fn constants_of_the_rule() {
    assert!((lambda(1.0) - 4.0 / 3.0_f64.sqrt()).abs() < 1e-14);
    assert!((lambda(1e-9) - 2.0_f64.sqrt()).abs() < 1e-6);
    assert!((omega(1.0) - 2.858).abs() < 0.0005, "{}", omega(1.0));
    for step in 1..=20 {
        let beta = f64::from(step) / 20.0;
        let cubic = 0.56 * beta.powi(3) - 0.95 * beta.powi(2) + 1.82 * beta + 1.43;
        assert!((omega(beta) - cubic).abs() < 0.02, "{beta}: {} {cubic}", omega(beta));
    }
}

/// The singular values are at twice the threshold, far above those of the noise, (1 + sqrt(beta)) sqrt(n), so the rank
/// is not in doubt.
#[test]
fn the_rank_under_noise_is_found_on_both_engines() {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let mut core = CoreDecomposer::new(Parameters::default());
    let decomposers: [&mut dyn Decomposer; 2] = [&mut GoldenDecomposer, &mut core];
    let cases = [(200, 30, 4), (24, 24, 3), (16, 100, 0), (32, 32, 7), (90, 70, 5)];
    for decomposer in decomposers {
        for (rows, cols, rank) in cases {
            let (beta, n) = shape_of((rows, cols));
            let (matrix, clean) = noisy(rows, cols, rank, 2.0 * lambda(beta) * n.sqrt(), &mut rng);
            for noise in [Noise::Known(1.0), Noise::Unknown] {
                let found = denoise(&matrix, Cut::Whole, noise, decomposer).unwrap();
                assert_eq!(found.ranks, [rank], "{} {rows} x {cols} {noise:?}", decomposer.name());
                // The signal takes rank / min(m, n) of the values, which shifts the median by about as much.
                assert!((found.noise - 1.0).abs() < 0.25, "{rows} x {cols}: {}", found.noise);
                // About (m + n) rank of the m n parts of the noise stay, and each triplet keeps its own inflation, too.
                let error = (&found.plane - &clean).norm_squared() / matrix.len() as f64;
                let kept = ((rows + cols) * rank) as f64 / matrix.len() as f64;
                assert!(error <= 2.0 * kept, "{rows} x {cols}: {error} {kept}");
            }
        }
    }
}

/// The entries are off by 8 or more standard deviations, and some of them alone are far above the threshold for
/// singular values. In the first case they are as strong as the structure, in a matrix with many rows. In the second,
/// the structure is far stronger: tiles of something smooth, as in pictures.
#[test]
fn outlying_entries_are_found() {
    let mut rng = ChaCha8Rng::seed_from_u64(2);
    let smooth = DMatrix::from_fn(96, 64, |i, j| {
        let (y, x) = (i as f64, j as f64);
        100.0 + 60.0 * (y / 20.0).cos() * (x / 15.0).cos() + 40.0 * (y / 9.0).sin() * (x / 64.0)
    });
    let picture = (&smooth + gauss(96, 64, &mut rng), smooth);
    let spread = noisy(200, 30, 3, 150.0, &mut rng);
    for ((mut matrix, clean), cut, most) in [(spread, Cut::Whole, 92.0), (picture, Cut::Tiles(32), 52.0)] {
        let (rows, cols) = matrix.shape();
        let mut put_in = BTreeSet::new();
        while put_in.len() < 20 {
            let place = (rng.random_range(0..rows), rng.random_range(0..cols));
            if put_in.insert(place) {
                let size = 8.0 + most * (put_in.len() as f64 / 20.0).powi(3);
                let sign = if put_in.len() % 2 == 0 { 1.0 } else { -1.0 };
                matrix[place] = clean[place] + sign * size;
            }
        }
        let found = denoise(&matrix, cut, Noise::Unknown, &mut GoldenDecomposer).unwrap();
        let places: BTreeSet<_> = found.outliers.iter().map(|o| (o.row, o.col)).collect();
        let missed: Vec<_> = put_in.difference(&places).collect();
        assert!(missed.is_empty(), "{rows} x {cols}: missed {missed:?}");
        // By chance there are 0.2 more on average, and the probability of 2 or more is below 2 %.
        assert!(places.len() <= put_in.len() + 1, "{rows} x {cols}: {} found", places.len());
        assert!(found.ranks.iter().all(|rank| *rank <= 3), "{:?}: no spike counts as structure", found.ranks);
        for outlier in &found.outliers {
            let truth = clean[(outlier.row, outlier.col)];
            assert!((outlier.fitted - truth).abs() < 4.0, "{outlier:?} {truth}");
        }
    }
}

#[test]
fn medians_and_a_matrix_without_noise() {
    assert_eq!(median(vec![3.0, 1.0, 2.0]), 2.0);
    assert_eq!(median(vec![4.0, 1.0, 2.0, 3.0]), 2.5);
    assert_eq!(median(vec![]), 0.0);
    let matrix = DMatrix::from_fn(20, 9, |i, j| (i * j) as f64);
    let found = denoise(&matrix, Cut::Whole, Noise::Known(0.001), &mut GoldenDecomposer).unwrap();
    assert_eq!(found.ranks, [1]);
    assert!((found.plane - matrix).amax() < 1e-9);
}
