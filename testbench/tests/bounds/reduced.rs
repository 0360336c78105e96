//! Tests the bounds of cores that reduce rows to a triangle as they arrive.

use super::adversaries::TALL;
use super::*;

fn tall(rows: usize, cols: usize) -> Parameters {
    Parameters { vectors: Vectors::V, ..size(rows, cols) }
}

/// Puts large elements on the diagonals of the triangles, followed by many equal rows that are so small that the
/// triangles hardly grow. Each row adds the same amount to an element, and is rounded in the same direction.
fn small_rows_below_large_ones(shape: &Shape, seed: u64) -> Vec<i64> {
    let mut draw = adversaries::generator(seed);
    let small = 0.97 * (-9.0 + 4.0 * draw()).exp2();
    let signs: Vec<f64> = (0..shape.cols()).map(|_| draw().signum()).collect();
    adversaries::fill(shape, |i, j| match i < shape.cols() {
        true if i == j => 0.97,
        true => 0.0,
        false => small * signs[j],
    })
}

/// For typical formats the bounds are close to what is measured. In unusual formats they only hold.
#[test]
fn no_error_exceeds_its_bounds_where_rows_are_reduced() {
    let close = [
        (tall(6, 4), 20),
        (tall(16, 8), 10),
        (tall(64, 8), 6),
        (tall(512, 8), 6),
        (tall(100, 5), 6),
        (tall(32, 16), 4),
        (tall(1024, 4), 3),
        (Parameters { word: 24, ..tall(64, 8) }, 6),
        (Parameters { word: 24, guard: 8, ..tall(200, 8) }, 4),
        (Parameters { word: 12, ..tall(64, 8) }, 6),
        (Parameters { guard: 0, ..tall(64, 8) }, 6),
        (Parameters { guard: 2, ..tall(64, 8) }, 6),
    ];
    let corners = [
        (tall(256, 16), 1),
        (tall(64, 32), 1),
        (tall(40, 2), 10),
        (tall(30, 1), 10),
        (tall(2000, 2), 2),
        (Parameters { word: 8, ..tall(200, 6) }, 10),
        (Parameters { word: 8, guard: 0, ..tall(100, 7) }, 10),
        (Parameters { guard: 8, ..tall(64, 8) }, 10),
        (Parameters { word: 24, ..tall(512, 8) }, 2),
        (Parameters { word: 24, ..tall(2000, 3) }, 1),
        (Parameters { scaling: Scaling::Fixed, ..tall(64, 8) }, 10),
        (Parameters { vectors: Vectors::None, rank: Some(3), ..tall(64, 8) }, 10),
        (Parameters { sweeps: Sweeps::Fixed(12), ..tall(64, 8) }, 4),
        // Coefficients that are too short for their data, and the longest that exist.
        (Parameters { coef: Some(18), ..tall(512, 8) }, 2),
        (Parameters { coef: Some(18), ..tall(512, 5) }, 2),
        (Parameters { coef: Some(14), ..tall(64, 8) }, 10),
        (Parameters { coef: Some(30), ..tall(1024, 4) }, 2),
    ];
    let cases = close.map(|case| (case, true)).into_iter().chain(corners.map(|case| (case, false)));
    let (mut matrices, mut expected) = (0, 0);
    for ((parameters, seeds), is_close) in cases {
        let (shape, mut outcomes) = campaign_with(parameters, seeds, &[ADVERSARIES, TALL]);
        let reference = Reference::new(task_of(&shape));
        let repeated = |seed| {
            outcome(&shape, &reference, "small rows below large ones", small_rows_below_large_ones(&shape, seed))
        };
        // Among a hundred matrices only a few add half a unit every time.
        let tries = if is_close { 100 } else { 10 };
        outcomes.par_extend((0..tries).into_par_iter().map(repeated));
        assert!(outcomes.iter().all(|o| !o.capped && o.bounds.rigorous.sigma.is_some()), "{shape:?}");
        let rows = judge(&shape, &outcomes);
        print(&shape, &rows);
        if is_close {
            assert_close(&shape, &rows);
        }
        matrices += outcomes.len();
        expected += seeds as usize * (Family::ALL.len() + ADVERSARIES.len() + TALL.len()) + tries as usize;
    }
    println!("{matrices} matrices");
    assert_eq!(matrices, expected);
}

/// Whatever the sizes of an element and of the diagonal element above it, no more is left than the analysis says, both
/// by first rotations with large angles and after all rotations.
#[test]
fn rotations_leave_no_more_of_a_row_than_the_bound_takes() {
    let mut worst = [0.0f64; 2];
    let mut count = 0;
    for parameters in
        [tall(16, 8), tall(512, 8), Parameters { word: 24, ..tall(100, 5) }, Parameters { word: 8, ..tall(64, 4) }]
    {
        let shape = parameters.shape().unwrap();
        let (reference, budget) = (Reference::new(task_of(&shape)), shape.budget());
        let longest = f64::from(shape.element_bits() - 2).exp2();
        let mut draw = adversaries::generator(shape.element_bits().into());
        for _ in 0..100_000 {
            let [pivot, lead] = [(); 2].map(|()| (longest.powf(draw().abs()) * draw().signum()) as i64);
            let column = (pivot as f64).hypot(lead as f64);
            let left = reference.residues(pivot, lead);
            let found = left.last().map_or(0.0, |&y| (y as f64).abs());
            let bound = budget.largest_residue((lead as f64).abs(), column).unwrap();
            assert!(found <= bound, "{pivot} above {lead}: {found}, bound {bound}; {shape:?}");
            worst[1] = worst[1].max(found / bound);
            if lead.abs() > 1 << 12 {
                worst[0] = worst[0].max((left[0] as f64 / lead as f64).abs());
            }
            count += 1;
        }
    }
    println!("{count} pairs: the first rotation leaves {:.3}, all of them {:.2} of the bound", worst[0], worst[1]);
    assert_eq!(count, 4 * 100_000);
    assert!(worst[0] < 0.32 && worst[1] > 0.3);
}
