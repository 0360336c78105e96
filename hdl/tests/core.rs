//! The cores as designs: every shape passes the checker, and says what it is made of.

use svdforge_hdl::core::Core;
use svdforge_hdl::parameters::{MOST_ROWS, Parameters, SIZES, Scaling, Sizes, Vectors};

/// Every combination of the choices, and the corners of the formats: either refused with a message, or a core that passes the checker.
#[test]
fn every_combination_is_drawn_or_refused() {
    let (mut drawn, mut refused) = (0, 0);
    let mut draw = |parameters: Parameters| match parameters.shape() {
        Ok(shape) => {
            Core::new(shape);
            drawn += 1;
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
                    draw(Parameters { rows, cols, vectors, sizes, scaling, symmetric, rank, ..Parameters::default() });
                }
            }
        }
    }
    for word in [8, 16, 22, 23, 24] {
        for guard in [0, 8] {
            for coef in [14, 15, 17, 32].map(Some).into_iter().chain([None]) {
                for rows in [1, 32] {
                    draw(Parameters { rows, cols: rows, word, guard, coef, ..Parameters::default() });
                }
            }
        }
    }
    // Symmetric but not square; coefficients of 14 bits for words of 24.
    assert_eq!((drawn, refused), (7 * 64 + 100 - 4 * 32 - 4, 4 * 32 + 4));
}

/// Cores that reduce rows, from the smallest to the longest: what they are made of does not depend on the number of rows.
#[test]
fn rows_without_end_take_no_more_multipliers() {
    for (rows, cols) in [(3, 1), (5, 2), (512, 8), (33, 31), (65_535, 32), (MOST_ROWS, 32)] {
        for sizes in [Sizes::Fixed, Sizes::Any] {
            let parameters = Parameters { rows, cols, vectors: Vectors::V, sizes, ..Parameters::default() };
            let Ok(shape) = parameters.shape() else {
                assert_eq!((rows, sizes), (MOST_ROWS, Sizes::Any), "More than a word of 16 bits can announce.");
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
fn every_size_can_be_drawn() {
    let mut sizes = 0;
    for n in SIZES {
        let shape = Parameters { rows: n, cols: n, ..Parameters::default() }.shape().unwrap();
        let core = Core::new(shape);
        assert_eq!(core.design().multipliers(), 18, "n = {n}");
        let nodes: usize = core.design().modules.iter().map(|m| m.nodes.len()).sum();
        println!("n={n} step {} nodes {nodes}", core.schedule().step_cycles);
        sizes += 1;
    }
    assert_eq!(sizes, 32);
}
