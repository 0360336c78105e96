//! Tests tall matrices whose rows are reduced to a triangle as they arrive.

use super::*;

/// Covers every number of columns, with odd and even, small and large numbers of rows.
#[test]
fn rows_that_stream_in_become_what_the_reference_says() {
    let cases: usize = (1..33usize)
        .into_par_iter()
        .rev()
        .map(|cols| {
            let least = cols.next_multiple_of(2) + 1;
            let some = |count: usize| all_families(cols as u64..cols as u64 + 2).skip(3 * cols % 20).take(count);
            let run =
                |rows, vectors, count| agree(Parameters { rows, cols, vectors, ..Parameters::default() }, some(count));
            run(least, Vectors::V, 4) + run(2 * cols + 3, Vectors::V, 3) + run(4 * cols + 60, Vectors::None, 2)
        })
        .sum();
    assert_eq!(cases, 32 * 9);
}

#[test]
fn rows_that_stream_in_do_so_with_every_parameter() {
    let tall = Parameters { rows: 40, cols: 6, vectors: Vectors::V, ..Parameters::default() };
    let parameters = [
        Parameters { word: 8, ..tall },
        Parameters { word: 24, guard: 8, ..tall },
        Parameters { guard: 0, ..tall },
        Parameters { coef: Some(24), ..tall },
        Parameters { scaling: Scaling::Fixed, ..tall },
        Parameters { sweeps: Sweeps::Fixed(4), ..tall },
        Parameters { rank: Some(2), ..tall },
        Parameters { frac: Some(3), ..tall },
        Parameters { rows: 4096, cols: 3, ..tall },
        Parameters { rows: 300, cols: 5, word: 24, ..tall },
    ];
    let cases: usize = parameters.into_par_iter().map(|p| agree(p, all_families(3..4).skip(4).take(8))).sum();
    assert_eq!(cases, 10 * 8);
}

/// A core for up to 40 x 7 takes every size: tall, square and wide matrices, and a single row.
#[test]
fn a_core_that_reduces_rows_takes_every_size() {
    let parameters = Parameters { rows: 40, cols: 7, vectors: Vectors::V, sizes: Sizes::Any, ..Parameters::default() };
    let mut pair = Pair::new(parameters);
    let mut compared = 0;
    for cols in 1..=7 {
        for rows in (1..=9).chain([20, 39, 40]) {
            let matrix = Family::Uniform.generate(rows, cols, (rows * cols) as u64).map(|value| value * 0.99);
            let matrix = quantise(&pair.shape, &matrix, InputScale::Exponent(0)).unwrap();
            let name = format!("{rows}x{cols}");
            let (trace, _) = pair.run(&matrix, &name);
            let error = sigma_error(&pair.shape, &matrix, &trace);
            assert!(error <= 0.7, "{name}: {error} LSB");
            compared += 1;
        }
    }
    assert_eq!(compared, 7 * 12);
}

/// With many more rows than columns, sigma and V are as accurate as for a square matrix of the number of columns.
///
/// The vectors are judged in two ways. One is the orthogonality of V. The other is that of A V, whose columns are
/// orthogonal if the columns of V are the exact singular vectors: an error d of V changes the product of two columns by
/// at most 2 d sigma_1^2.
fn accuracy_of_reduced_rows_stays_within(rows: usize, cols: usize, matrices: u64, sigma: f64, orthogonality: f64) {
    let parameters = Parameters { rows, cols, vectors: Vectors::V, ..Parameters::default() };
    let worst: Vec<[f64; 3]> = (0..matrices)
        .collect::<Vec<u64>>()
        .par_chunks(matrices.div_ceil(2) as usize)
        .flat_map_iter(|seeds| {
            let mut pair = Pair::new(parameters);
            seeds.iter().map(move |&seed| {
                let shape = pair.shape;
                let (accuracy, _) = measure(&mut pair, seed);
                let matrix = matrix_of(&shape, Family::Uniform, seed);
                let result = pair.engine.run(&Stimulus::new(matrix.frame(&shape))).unwrap();
                let v = parse_frame(&shape, (rows, cols), &result.output).unwrap().v.unwrap();
                let av = matrix.matrix::<f64>(&shape) * v;
                let mut products = av.tr_mul(&av);
                let largest = products.diagonal().max();
                products.fill_diagonal(0.0);
                let skew = products.amax() / largest * f64::from(shape.word() - 1).exp2();
                [accuracy.sigma_max_lsb, accuracy.orthogonality_v_max_lsb.unwrap(), skew]
            })
        })
        .collect();
    assert_eq!(worst.len(), matrices as usize);
    let found = [0, 1, 2].map(|k| worst.iter().map(|w| w[k]).fold(0.0, f64::max));
    println!(
        "{rows}x{cols}: sigma {:.2} of {sigma}, orthogonality {:.2} of {orthogonality}, of A V {:.2} LSB",
        found[0], found[1], found[2]
    );
    for (found, limit) in found.into_iter().zip([sigma, orthogonality, 2.0 * orthogonality]) {
        assert!(found <= limit, "{rows}x{cols}: {found} LSB where {limit} are allowed");
    }
}

#[test]
fn accuracy_of_rows_that_stream_in() {
    accuracy_of_reduced_rows_stays_within(16, 8, 60, 0.7, 1.0);
    accuracy_of_reduced_rows_stays_within(512, 8, 60, 0.7, 1.0);
    accuracy_of_reduced_rows_stays_within(32, 16, 60, 1.1, 1.5);
    accuracy_of_reduced_rows_stays_within(1024, 16, 24, 1.1, 1.5);
}

/// At 2^-10 of full scale the error of sigma is smaller than the error from the quantisation of the input. That error
/// is 1 / sqrt(12) LSB for each element. It is the same for a singular value u^T A v, because u and v are unit vectors.
#[test]
fn a_small_matrix_that_streams_in_is_as_good_as_its_quantisation() {
    let mut pair = Pair::new(Parameters { rows: 512, cols: 8, vectors: Vectors::V, ..Parameters::default() });
    let mut compared = 0;
    for seed in 0..10 {
        let mut matrix = matrix_of(&pair.shape, Family::Uniform, seed);
        matrix.units.iter_mut().for_each(|unit| *unit >>= 10);
        let (trace, _) = pair.run(&matrix, "small");
        let result = parse_frame::<f64>(&pair.shape, (512, 8), &trace.output).unwrap();
        assert_eq!(result.status.block_exponent(), -10);
        let error = sigma_error(&pair.shape, &matrix, &trace);
        assert!(error <= 12f64.sqrt().recip(), "seed {seed}: {error} LSB");
        compared += 1;
    }
    assert_eq!(compared, 10);
}

/// A pass of a row over R makes n (n + 1) / 2 rotations of two elements, and the 16 multipliers make four of them per
/// cycle. With 8 columns the multipliers are busy in two of three cycles, with more columns in more of them. Rows are
/// accepted at that pace, so no work accumulates.
#[test]
fn the_multipliers_are_busy_while_rows_stream_in() {
    for (cols, busy) in [(8, 0.67), (16, 0.9), (32, 0.95)] {
        let rows = 64 * cols;
        let mut pair = Pair::new(Parameters { rows, cols, vectors: Vectors::V, ..Parameters::default() });
        let (trace, _) = pair.run(&matrix_of(&pair.shape, Family::Uniform, 1), "uniform");
        // The cycles are counted between the first rows, which fill the buffers, and the last ones.
        let (from, to) = (16, rows - 16);
        let cycles = trace.accepted[to * cols] - trace.accepted[from * cols];
        let qr = Core::new(pair.shape).schedule().qr.unwrap();
        let rotations = qr.passes as usize * (to - from) * cols * (cols + 1) / 2;
        let found = rotations as f64 / 4.0 / cycles as f64;
        println!(
            "{rows}x{cols}: {:.1} cycles a row, multipliers {:.1} % busy",
            cycles as f64 / (to - from) as f64,
            100.0 * found
        );
        assert!(found >= busy, "{cols} columns: {found}");
        assert_eq!(2 * cycles, (to - from) as u64 * qr.two_rows as u64);
        assert_eq!(trace.output.len(), 1 + cols + cols * cols);
    }
}

/// The largest error of sigma in LSB of the input.
fn sigma_error(shape: &Shape, matrix: &Quantised, trace: &Trace) -> f64 {
    let found = parse_frame::<f64>(shape, (matrix.rows, matrix.cols), &trace.output).unwrap().true_sigma(matrix);
    let truth = svdforge_golden::oracle::svd(&matrix.matrix::<f64>(shape)).unwrap().sigma;
    assert_eq!(found.len(), truth.len());
    let errors = found.iter().zip(truth).map(|(found, truth)| (found - truth).abs());
    errors.fold(0.0, f64::max) * f64::from(shape.frac()).exp2()
}

/// In matrices whose rows resemble each other, the errors of all rows have the same sign and add up. The error still
/// stays below the last bit of the input in every format, both for odd numbers of columns, with padding in the middle
/// of the triangle, and for even ones.
#[test]
fn rows_that_resemble_each_other_lose_no_more() {
    let tall = |rows, cols| Parameters { rows, cols, vectors: Vectors::V, ..Parameters::default() };
    let word = |word, guard, parameters| Parameters { word, guard, ..parameters };
    let list = [
        tall(512, 8),
        tall(512, 7),
        tall(9, 7),
        tall(100, 5),
        tall(2000, 3),
        tall(1024, 16),
        word(8, 4, tall(200, 6)),
        word(18, 4, tall(512, 7)),
        word(20, 4, tall(512, 5)),
        word(24, 4, tall(500, 7)),
        word(24, 4, tall(32, 6)),
        word(24, 8, tall(100, 7)),
    ];
    let families = [
        Family::Uniform,
        Family::Signs,
        Family::RankDeficient,
        Family::Equal,
        Family::FullScaleNegative,
        Family::Geometric,
    ];
    let cases: usize = list
        .into_par_iter()
        .map(|parameters| {
            let mut pair = Pair::new(parameters);
            let mut matrices: Vec<_> = families.iter().map(|&family| matrix_of(&pair.shape, family, 3)).collect();
            // A matrix whose rows are all the same.
            let mut alike = matrices[0].clone();
            (parameters.cols..alike.units.len()).for_each(|i| alike.units[i] = alike.units[i % parameters.cols]);
            matrices.push(alike);
            for (number, matrix) in matrices.iter().enumerate() {
                let (trace, _) = pair.run(matrix, "alike");
                let error = sigma_error(&pair.shape, matrix, &trace);
                assert!(error <= 1.0, "{:?}, matrix {number}: {error} LSB", pair.shape);
            }
            matrices.len()
        })
        .sum();
    assert_eq!(cases, 12 * 7);
}

/// Compared with a square matrix, a core needs additional cycles to complete the triangle. A zero matrix needs the same
/// number of sweeps as its triangle, so the difference can be measured.
#[test]
fn a_triangle_is_finished_when_the_datasheet_says() {
    let mut checked = 0;
    for (rows, cols) in [(5, 2), (40, 4), (41, 4), (64, 8), (63, 8), (100, 16), (99, 32)] {
        let compute = |parameters: Parameters| {
            let mut pair = Pair::new(parameters);
            let zero = matrix_of(&pair.shape, Family::Zero, 0);
            let (trace, _) = pair.run(&zero, "zero");
            trace.output[0].cycle - trace.accepted.last().unwrap()
        };
        let tall = Parameters { rows, cols, vectors: Vectors::V, ..Parameters::default() };
        let promised = Core::new(tall.shape().unwrap()).schedule().qr.unwrap().finish as u64;
        let found = compute(tall) - compute(Parameters { rows: cols, ..tall });
        println!("{rows}x{cols}: {found} cycles of {promised}");
        assert!((promised * 3 / 4..=promised).contains(&found), "{rows}x{cols}: {found} cycles of {promised}");
        checked += 1;
    }
    assert_eq!(checked, 7);
}
