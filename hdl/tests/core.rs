//! Tests of complete cores as designs: every shape gives a design that passes the checker, with the expected number of
//! multipliers.

use svdforge_hdl::core::Core;
use svdforge_hdl::parameters::{MOST_ROWS, Parameters, SIZES, Scaling, Sizes, Vectors};

/// All combinations of the choices, and extreme number formats. Each is either refused with a message or gives a core
/// that passes the checker.
#[test]
fn every_combination_is_built_or_refused() {
    let (mut built, mut refused) = (0, 0);
    let mut build = |parameters: Parameters| match parameters.shape() {
        Ok(shape) => {
            Core::new(shape);
            built += 1;
        }
        Err(_) => refused += 1,
    };
    for (rows, cols) in [(1, 1), (1, 2), (2, 1), (2, 2), (3, 3), (3, 5), (6, 2)] {
        for vectors in [Vectors::Uv, Vectors::U, Vectors::V, Vectors::None] {
            for (sizes, scaling) in [
                (Sizes::Fixed, Scaling::Auto),
                (Sizes::Fixed, Scaling::Fixed),
                (Sizes::Any, Scaling::Auto),
                (Sizes::Any, Scaling::Fixed),
            ] {
                for (symmetric, rank) in [(false, None), (true, None), (false, Some(1)), (true, Some(1))] {
                    build(Parameters { rows, cols, vectors, sizes, scaling, symmetric, rank, ..Parameters::default() });
                }
            }
        }
    }
    for word in [8, 16, 22, 23, 24] {
        for guard in [0, 8] {
            for coef in [14, 15, 17, 32].map(Some).into_iter().chain([None]) {
                for rows in [1, 32] {
                    build(Parameters { rows, cols: rows, word, guard, coef, ..Parameters::default() });
                }
            }
        }
    }
    // Refused are symmetric matrices that are not square, and coefficients of 14 bits for words of 24.
    assert_eq!((built, refused), (7 * 64 + 100 - 4 * 32 - 4, 4 * 32 + 4));
}

/// Cores that reduce rows, from the smallest to the largest. Their number of multipliers does not depend on the number
/// of rows.
#[test]
fn the_number_of_rows_does_not_change_the_number_of_multipliers() {
    for (rows, cols) in [(3, 1), (5, 2), (512, 8), (33, 31), (65_535, 32), (MOST_ROWS, 32)] {
        for sizes in [Sizes::Fixed, Sizes::Any] {
            let parameters = Parameters { rows, cols, vectors: Vectors::V, sizes, ..Parameters::default() };
            let Ok(shape) = parameters.shape() else {
                assert_eq!(
                    (rows, sizes),
                    (MOST_ROWS, Sizes::Any),
                    "A header beat of 16 bits cannot announce so many rows."
                );
                continue;
            };
            let core = Core::new(shape);
            assert!(core.schedule().qr.is_some());
            let wide_coefficients = usize::from(shape.coef() > 19);
            assert_eq!(core.design().multipliers(), 18 + 2 * wide_coefficients, "{rows}x{cols}");
        }
    }
}

#[test]
fn every_size_can_be_built() {
    let mut sizes = 0;
    for n in SIZES {
        let shape = Parameters { rows: n, cols: n, ..Parameters::default() }.shape().unwrap();
        let core = Core::new(shape);
        assert_eq!(core.design().multipliers(), 17, "n = {n}");
        let nodes: usize = core.design().modules.iter().map(|m| m.nodes.len()).sum();
        println!("n={n} step {} nodes {nodes}", core.schedule().step_cycles);
        sizes += 1;
    }
    assert_eq!(sizes, 64);
}
