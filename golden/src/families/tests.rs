#[path = "tests/complex.rs"]
mod complex;

use super::*;
use crate::oracle::svd;

const SHAPES: [(usize, usize); 8] = [(1, 1), (2, 2), (5, 5), (8, 8), (1, 6), (6, 1), (9, 4), (4, 9)];

fn sigma(matrix: &DMatrix<f64>) -> Vec<f64> {
    svd(matrix).expect("a reference").sigma
}

#[test]
fn every_family_fills_every_shape_within_full_scale() {
    let mut cases = 0;
    for &family in Family::ALL {
        for (rows, cols) in SHAPES {
            let matrix = family.generate(rows, cols, 1);
            assert_eq!(matrix.shape(), (rows, cols), "{family}");
            assert!(matrix.iter().all(|value| value.abs() <= 1.0), "{family} {rows}x{cols}");
            assert_eq!(matrix, family.generate(rows, cols, 1), "{family} is not repeatable");
            cases += 1;
        }
    }
    assert_eq!(cases, 20 * SHAPES.len());
}

#[test]
fn seeds_and_families_are_independent() {
    let mut random = 0;
    for &family in Family::ALL {
        let same = family.generate(8, 8, 1) == family.generate(8, 8, 2);
        assert_eq!(same, !family.is_random(), "{family}");
        random += usize::from(!same);
    }
    assert_eq!(random, 14);
    let triangle = Family::Uniform.generate(8, 8, 1).upper_triangle();
    assert_ne!(triangle, Family::Triangular.generate(8, 8, 1));
}

/// FNV-1a, 64 bits, over the bits of all values.
fn hash(values: impl Iterator<Item = f64>) -> String {
    let bytes = values.flat_map(|value| value.to_bits().to_le_bytes());
    let hash = bytes
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    format!("{hash:016x}")
}

/// The bits of all families, pinned: neither a new version of a dependency nor another platform may change them.
#[test]
fn bytes_are_the_same_everywhere() {
    let all = Family::ALL.iter().flat_map(|family| SHAPES.map(|(m, n)| family.generate(m, n, 2026)));
    assert_eq!(hash(all.flat_map(|matrix| matrix.iter().copied().collect::<Vec<_>>())), "b7951afd1f3b0aca");
}

#[test]
fn spectra_are_as_promised() {
    let expect = |family: Family, count: usize| -> Option<Vec<f64>> {
        let half = count / 2;
        let value = |i: usize| match family {
            Family::Equal => Some(0.9),
            Family::Clustered => Some(if i < half { 0.9 } else { 0.297 }),
            Family::RankDeficient => Some(if i < half { 0.9 } else { 0.0 }),
            Family::OneLarge => Some(if i == 0 { 0.9 } else { 0.9e-3 }),
            Family::Geometric => Some(0.9 * 10_f64.powf(-4.0 * i as f64 / (count - 1).max(1) as f64)),
            Family::Permutation => Some(0.99),
            Family::Zero => Some(0.0),
            _ => None,
        };
        (0..count).map(value).collect()
    };
    let mut cases = 0;
    for &family in Family::ALL {
        for (rows, cols) in [(1, 1), (8, 8), (9, 4), (4, 9), (16, 16)] {
            let Some(right) = expect(family, rows.min(cols)) else { continue };
            let found = sigma(&family.generate(rows, cols, 4));
            // The oracle's tolerance, and sums of up to 16 products: some 1e-15 more.
            let close = found.iter().zip(&right).all(|(x, y)| (x - y).abs() < 1e-12);
            assert!(close, "{family} {rows}x{cols}: {found:?}");
            cases += 1;
        }
    }
    assert_eq!(cases, 35);
    let pairs = sigma(&Family::Pairs.generate(8, 8, 4));
    let gaps: Vec<f64> = pairs.chunks(2).map(|pair| pair[0] - pair[1]).collect();
    assert!(gaps.iter().all(|gap| *gap < 1e-12) && (pairs[0] - 0.9).abs() < 1e-12 && (pairs[7] - 0.18).abs() < 1e-12);
}

#[test]
fn structures_are_as_promised() {
    let make = |family: Family| family.generate(7, 7, 9);
    let (symmetric, skew) = (make(Family::Symmetric), make(Family::Skew));
    assert_eq!(symmetric, symmetric.transpose());
    assert_eq!(skew, -skew.transpose());
    let triangular = make(Family::Triangular);
    assert_eq!(triangular, triangular.upper_triangle());
    let count = |matrix: DMatrix<f64>| matrix.iter().filter(|value| **value != 0.0).count();
    assert_eq!(count(make(Family::Permutation)), 7);
    assert_eq!(count(Family::Permutation.generate(3, 9, 1)), 3);
    assert_eq!(count(make(Family::SingleEntry)), 1);
    assert!(make(Family::Signs).iter().all(|value| value.abs() == 0.99));
    let chess = make(Family::FullScaleAlternating);
    assert!(chess[(0, 0)] == 1.0 && chess[(0, 1)] == -1.0 && chess[(1, 1)] == 1.0);
    assert!(make(Family::FullScaleNegative).iter().all(|value| *value == -1.0));
    assert!(make(Family::FullScalePositive).iter().all(|value| *value == 1.0));
}

/// Mean and variance of 10,000 numbers, within five standard deviations of what they should be.
#[test]
fn the_distributions_are_right() {
    let moments = |family: Family| {
        let matrix = family.generate(100, 100, 11);
        (matrix.mean(), matrix.variance())
    };
    let (mean, variance) = moments(Family::Uniform);
    // Variance 1/3; standard deviation of the mean 0.0058, of the variance sqrt((1/5 - 1/9) / 10^4) = 0.0030.
    assert!(mean.abs() < 0.029 && (variance - 1.0 / 3.0).abs() < 0.015, "{mean} {variance}");
    let (mean, variance) = moments(Family::Gaussian);
    // 0.0030 and 0.09 sqrt(2 / 10^4) = 0.0013; clipping at 3.3 deviations takes 0.0002 at most.
    assert!(mean.abs() < 0.015 && (variance - 0.09).abs() < 0.007, "{mean} {variance}");
}

#[test]
fn names_are_read_as_they_are_written() {
    for &family in Family::ALL {
        assert_eq!(family.to_string().parse(), Ok(family));
        let json = serde_json::to_string(&family).expect("written");
        assert_eq!(json, format!("\"{family}\""));
        assert_eq!(serde_json::from_str::<Family>(&json).expect("read"), family);
        assert!(family.name().bytes().all(|byte| byte == b'-' || byte.is_ascii_lowercase()));
    }
    let error = "unifrom".parse::<Family>().expect_err("no such family").to_string();
    assert!(error.contains("'unifrom'") && error.contains("uniform, gaussian,"), "{error}");
    assert_eq!(format!("{:>9}", Family::Zero), "     zero");
}

#[test]
#[should_panic(expected = "a matrix needs a row and a column")]
fn an_empty_matrix_is_refused() {
    Family::Uniform.generate(0, 3, 1);
}
