//! Matrices of complex numbers.

use super::*;

fn components(matrix: &DMatrix<Complex<f64>>) -> Vec<f64> {
    matrix.iter().flat_map(|element| [element.re, element.im]).collect()
}

#[test]
fn every_family_fills_every_shape_with_complex_numbers_within_full_scale() {
    let mut complex = 0;
    for &family in Family::ALL {
        for (rows, cols) in SHAPES {
            let matrix = family.generate_complex(rows, cols, 1);
            assert_eq!(matrix.shape(), (rows, cols), "{family}");
            assert!(components(&matrix).iter().all(|value| value.abs() <= 1.0), "{family} {rows}x{cols}");
            assert_eq!(matrix, family.generate_complex(rows, cols, 1), "{family} is not repeatable");
        }
        let (first, second) = (family.generate_complex(8, 8, 1), family.generate_complex(8, 8, 2));
        assert_eq!(first == second, !family.is_random(), "{family}");
        // Another generator than that of real numbers.
        assert!(!family.is_random() || first.map(|x| x.re) != family.generate(8, 8, 1), "{family}");
        complex += usize::from(first.iter().any(|x| x.im != 0.0));
    }
    assert_eq!(complex, Family::ALL.len() - 2, "all but zero and hilbert have imaginary parts");
}

/// The bits of all families, pinned as those of real numbers are.
#[test]
fn complex_bytes_are_the_same_everywhere() {
    let all = Family::ALL.iter().flat_map(|family| SHAPES.map(|(m, n)| family.generate_complex(m, n, 2026)));
    assert_eq!(hash(all.flat_map(|matrix| components(&matrix))), "4c64b2fd689016e1");
}

#[test]
fn complex_spectra_are_those_of_real_matrices() {
    let spectra = [
        Family::Geometric,
        Family::Clustered,
        Family::OneLarge,
        Family::Equal,
        Family::RankDeficient,
        Family::Pairs,
        Family::Hilbert,
        Family::Zero,
    ];
    for family in spectra {
        for (rows, cols) in [(1, 1), (8, 8), (9, 4), (4, 9)] {
            let found = svd(&family.generate_complex(rows, cols, 4)).expect("a reference").sigma;
            let right = sigma(&family.generate(rows, cols, 4));
            assert!(found.iter().zip(&right).all(|(x, y)| (x - y).abs() < 1e-12), "{family} {rows}x{cols}");
        }
    }
}

#[test]
fn complex_structures_are_as_promised() {
    let make = |family: Family| family.generate_complex(7, 7, 9);
    let (hermitian, skew) = (make(Family::Symmetric), make(Family::Skew));
    assert_eq!(hermitian, hermitian.adjoint());
    assert!(hermitian != hermitian.transpose());
    assert_eq!(skew, -skew.adjoint());
    assert!((0..7).all(|i| skew[(i, i)].re == 0.0 && skew[(i, i)].im != 0.0));
    let triangular = make(Family::Triangular);
    assert_eq!(triangular, triangular.upper_triangle());
    let signs = make(Family::Signs);
    assert!(components(&signs).iter().all(|value| value.abs() == 0.99));
    assert!(signs.iter().any(|x| x.re != x.im) && signs.iter().any(|x| x.re == x.im));
    assert_eq!(make(Family::SingleEntry).iter().filter(|x| x.re != 0.0 && x.im != 0.0).count(), 1);
    assert!(components(&make(Family::FullScaleNegative)).iter().all(|value| *value == -1.0));
}
