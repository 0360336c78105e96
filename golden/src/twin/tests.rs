use super::*;
use crate::{Family, oracle};

/// The model's threshold at 15 fraction and 4 guard bits: 4 internal units.
const MODEL: Stop = Stop::Settled { threshold: 4.0 / (1 << 19) as f64, cap: 20 };
/// All that f64 gives: an angle of 2^-53 moves nothing any more.
const EXACT: Stop = Stop::Settled { threshold: 1e-14, cap: 30 };

fn twin(a: &DMatrix<f64>, stop: Stop) -> Twin {
    two_sided_jacobi(a, stop, false).expect("finite")
}

/// The factors are right: orthogonal, and they give A back. Each of about 10 n rotations per sweep and column rounds by 2^-53 of
/// the vector's length at most: 10 sweeps, n = 64: 6400 x 1.1e-16 = 7e-13, if all errors had one direction.
const ROUNDING: f64 = 1e-12;

fn assert_decomposes(a: &DMatrix<f64>, twin: &Twin, name: &str) {
    let back = oracle::reconstruct(&twin.u, &twin.sigma, &twin.v);
    let left = twin.off_diagonal[twin.sweeps];
    assert!((back - a).amax() <= ROUNDING * a.norm() + a.ncols() as f64 * left, "{name}: reconstruction");
    assert!(
        oracle::orthogonality(&twin.u) < ROUNDING && oracle::orthogonality(&twin.v) < ROUNDING,
        "{name}: orthogonality"
    );
    assert!(twin.sigma.is_sorted_by(|a, b| a >= b) && twin.sigma.iter().all(|&s| s >= 0.0), "{name}: order");
    assert_eq!(twin.off_diagonal.len(), twin.sweeps + 1, "{name}");
}

#[test]
fn agrees_with_the_oracle_on_every_family() {
    let mut cases = 0;
    for &family in Family::ALL {
        for n in (1..=17).chain([24, 32]) {
            for (rows, cols) in [(n, n), (2 * n + 1, n), (n, n + 3)] {
                let name = format!("{family} {rows}x{cols}");
                let a = family.generate(rows, cols, 7);
                let found = twin(&a, EXACT);
                assert!(found.settled, "{name}: {:?}", found.off_diagonal);
                assert_decomposes(&a, &found, &name);
                let right = oracle::svd(&a).expect("a reference").sigma;
                let worst = (found.sigma.iter().zip(&right)).map(|(x, y)| (x - y).abs()).fold(0.0, f64::max);
                // Weyl, for errors of `ROUNDING` in the factors; and Gershgorin, for what is left off the diagonal.
                assert!(worst <= 4.0 * ROUNDING * a.norm() + n as f64 * 1e-14, "{name}: {worst:e}");
                cases += 1;
            }
        }
    }
    assert_eq!(cases, Family::ALL.len() * 19 * 3);
}

/// What decides where a comparison is a tie: below the threshold is less than it, zeros keep their signs, and an angle whose denominator is 0 has that of its numerator.
#[test]
fn ties_are_decided() {
    let zeros = DMatrix::zeros(3, 3);
    let found = twin(&zeros, Stop::Settled { threshold: 0.0, cap: 2 });
    assert!(!found.settled && found.sweeps == 2);
    assert_eq!((found.u, found.v), (DMatrix::identity(3, 3), DMatrix::identity(3, 3)));
    assert_eq!(
        [half_angle(1.0, 0.0), half_angle(-1.0, 0.0)],
        [1.0, -1.0].map(|sign| sign * std::f64::consts::FRAC_PI_4)
    );
}

/// `round_robin(6)` of `model/jacobi_model.py`, printed.
#[test]
fn the_order_of_pairs_is_that_of_the_model() {
    let model = [
        [(0, 5), (1, 4), (2, 3)],
        [(0, 4), (3, 5), (1, 2)],
        [(0, 3), (2, 4), (1, 5)],
        [(0, 2), (1, 3), (4, 5)],
        [(0, 1), (2, 5), (3, 4)],
    ];
    assert_eq!(round_robin(6), model);
    assert_eq!(round_robin(2), [[(0, 1)]]);
    assert!(round_robin(7).is_empty() && round_robin(0).is_empty());
}

#[test]
fn every_pair_meets_once_per_sweep() {
    let mut sizes = 0;
    for n in (2..=64).step_by(2) {
        let steps = round_robin(n);
        assert_eq!(steps.len(), n - 1);
        for step in &steps {
            let mut indices: Vec<usize> = step.iter().flat_map(|&(i, j)| [i, j]).collect();
            indices.sort_unstable();
            assert!(indices.into_iter().eq(0..n), "a step of {n} does not hold each index once");
        }
        let mut pairs: Vec<_> = steps.concat();
        assert!(pairs.iter().all(|(i, j)| i < j));
        pairs.sort_unstable();
        pairs.dedup();
        assert_eq!(pairs.len(), n * (n - 1) / 2);
        sizes += 1;
    }
    assert_eq!(sizes, 32);
}

/// What the model's formulas leave off the diagonal, run in Python's f64 on the same matrix: one wrong sign in an angle, or one
/// other order of pairs, and the first sweeps differ.
#[test]
fn leaves_off_the_diagonal_what_the_model_leaves() {
    let a = DMatrix::from_fn(6, 6, |i, k| {
        let value = (7 * i * i + 13 * i * k + 5 * k * k + 3 * k) % 17;
        (value as f64 - 8.0) / 16.0
    });
    let model = [
        0.5,
        0.169_479_490_421_774_5,
        0.039_961_991_651_023_904,
        0.000_235_679_369_207_672_6,
        1.723_161_882_572_350_8e-10,
    ];
    let found = twin(&a, Stop::After(4));
    assert_eq!(found.sweeps, 4);
    assert!(!found.settled);
    for (found, model) in found.off_diagonal.iter().zip(model) {
        assert!((found - model).abs() < 1e-13, "{found} is not {model}");
    }
    let signs: Vec<bool> = found.diagonal.iter().map(|value| *value < 0.0).collect();
    assert_eq!(signs, [true, true, false, true, false, true], "of the model's diagonal, sorted by magnitude");
}

/// Mean sweeps of 20 matrices by the model's formulas (`Exact`) run in Python's f64, confirming sweep included. The model's own
/// integers take up to 0.9 more (`equal` at n = 16: 9.1), since rounding noise keeps blocks above the threshold. The matrices are
/// on the model's input grid, which splits equal singular values; they are others of the same families, so means differ a little.
#[test]
fn takes_as_many_sweeps_as_the_model() {
    let model = [
        (Family::Uniform, 8, 5.80),
        (Family::Uniform, 16, 6.80),
        (Family::Uniform, 32, 7.60),
        (Family::Equal, 8, 6.25),
        (Family::Equal, 16, 8.35),
        (Family::Equal, 32, 10.30),
        (Family::Clustered, 16, 8.65),
        (Family::RankDeficient, 16, 8.45),
        (Family::Geometric, 16, 7.50),
        (Family::Skew, 16, 6.80),
        (Family::Zero, 8, 1.0),
        (Family::Ones, 8, 2.0),
    ];
    let grid = |a: DMatrix<f64>| a.map(|value| (value * 32768.0).round() / 32768.0);
    for (family, n, right) in model {
        let sweeps: usize = (0..20).map(|seed| twin(&grid(family.generate(n, n, seed)), MODEL).sweeps).sum();
        let mean = sweeps as f64 / 20.0;
        assert!((mean - right).abs() < 0.35, "{family} {n}: {mean}, the model takes {right}");
    }
}

#[test]
fn a_symmetric_matrix_gives_its_eigenvalues() {
    let mut cases = 0;
    for n in 1..=17 {
        // Eigenvalues +1 and -1 alternate: only equal angles left and right keep them apart.
        let q = Family::Equal.generate(n, n, 5) / 0.9;
        let signs = DMatrix::from_fn(n, n, |i, j| match (i == j, i % 2) {
            (true, 0) => 1.0,
            (true, _) => -1.0,
            _ => 0.0,
        });
        let mirrored = &q * signs * q.transpose();
        for a in [mirrored, Family::Symmetric.generate(n, n, 5)] {
            let a = (&a + a.transpose()) / 2.0;
            let found = two_sided_jacobi(&a, EXACT, true).expect("finite");
            assert!(found.settled);
            assert_decomposes(&a, &found, "symmetric");
            for (k, value) in found.diagonal.iter().enumerate() {
                let vector = found.v.column(k);
                assert!((&a * vector - vector * *value).amax() < 1e-12, "eigenvector {k} of {n}");
                let flip = if *value < 0.0 { -1.0 } else { 1.0 };
                assert!((found.u.column(k) * flip - vector).amax() < 1e-12, "U is not V but for signs");
            }
            cases += 1;
        }
    }
    assert_eq!(cases, 34);
}

#[test]
fn a_pad_is_left_out_by_its_index() {
    // A zero singular value of its own: leaving out the smallest sigma instead of the pad would pass unseen on sigma alone.
    let a = DMatrix::from_row_slice(3, 3, &[0.0, 0.0, 0.0, 0.0, 0.5, 0.25, 0.0, 0.25, -0.5]);
    let found = twin(&a, EXACT);
    assert_decomposes(&a, &found, "padded");
    assert_eq!(found.u.shape(), (3, 3));
    assert_eq!(twin(&DMatrix::zeros(5, 5), EXACT).sigma, [0.0; 5]);
}

#[test]
fn equal_singular_values_keep_the_order_of_their_index() {
    let a = DMatrix::from_diagonal(&nalgebra::DVector::from_column_slice(&[0.5, -0.5, 0.75, 0.5]));
    let found = twin(&a, Stop::After(0));
    assert_eq!(found.sigma, [0.75, 0.5, 0.5, 0.5]);
    assert_eq!(found.diagonal, [0.75, 0.5, -0.5, 0.5]);
    let columns: Vec<usize> = (0..4).map(|k| found.v.column(k).iamax()).collect();
    assert_eq!(columns, [2, 0, 1, 3]);
    assert_eq!(found.u[(1, 2)], -1.0, "the sign goes to U");
    assert_eq!(found.v[(1, 2)], 1.0);
}

#[test]
fn a_wide_matrix_has_its_signs_in_u_too() {
    let (mut cases, mut negative) = (0, 0);
    for &family in Family::ALL {
        for (rows, cols) in [(1, 3), (3, 4), (4, 7), (5, 8), (8, 9)] {
            let a = family.generate(rows, cols, 1);
            let (wide, tall) = (twin(&a, EXACT), twin(&a.transpose(), EXACT));
            assert_decomposes(&a, &wide, "wide");
            for (k, value) in wide.diagonal.iter().enumerate() {
                // V is what the rotations left, and U bears the sign; in the tall twin it is the other way round.
                let sign = if *value < 0.0 { -1.0 } else { 1.0 };
                assert_eq!(wide.v.column(k), tall.u.column(k) * sign);
                assert_eq!(wide.u.column(k), tall.v.column(k) * sign);
                negative += usize::from(*value < 0.0);
            }
            cases += 1;
        }
    }
    assert_eq!(cases, 100);
    assert!(negative > 0, "no sign was ever moved");
}

#[test]
fn refuses_what_has_no_decomposition() {
    assert!(two_sided_jacobi(&DMatrix::zeros(0, 3), MODEL, false).is_err());
    let nan = DMatrix::from_element(2, 2, f64::NAN);
    assert_eq!(two_sided_jacobi(&nan, MODEL, true), Err(OracleError::NotFinite(1, 1)));
}
