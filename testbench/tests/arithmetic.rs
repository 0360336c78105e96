//! Tests the arithmetic of the cores. The hardware computes what its definition says, bit for bit, and the result is
//! accurate.
//!
//! `cargo test -p svdforge-testbench --test arithmetic -- --nocapture` prints the tables of
//! `docs/decisions/0002-arithmetic.md`.

#[path = "arithmetic/inside.rs"]
mod inside;
#[allow(dead_code, reason = "its moments of roundings are for the test `bounds`")]
mod reference;
#[path = "arithmetic/streamed.rs"]
mod streamed;

use nalgebra::DMatrix;
use rayon::prelude::*;
use reference::{Reference, Run, Task};
use svdforge_golden::{Accuracy, Factors, Family, accuracy};
use svdforge_hdl::core::Core;
use svdforge_hdl::parameters::{ArchitectureName, Parameters, Scaling, Sizes, Sweeps, Vectors};
use svdforge_hdl::shape::Shape;
use svdforge_testbench::engine::{Engine, SimulatorEngine};
use svdforge_testbench::framing::{InputElement, InputScale, Quantised, parse_frame, quantise};
use svdforge_testbench::samples::example_matrix;
use svdforge_testbench::stimulus::{Stimulus, Trace};

/// A core in the simulator, together with the definition of its arithmetic.
struct Pair {
    shape: Shape,
    engine: SimulatorEngine,
    reference: Reference,
    /// The rows and columns for which the reference was made.
    size: (usize, usize),
}

impl Pair {
    fn new(parameters: Parameters) -> Self {
        let shape = parameters.shape().unwrap();
        let engine = SimulatorEngine::new(&Core::new(shape)).unwrap();
        Self { shape, engine, reference: reference_of(&shape), size: (shape.rows(), shape.cols()) }
    }

    /// Runs a matrix through both, compares every beat, and returns both results.
    fn run(&mut self, matrix: &Quantised, name: &str) -> (Trace, Run) {
        let sweeps = match self.shape.sweeps() {
            Sweeps::Auto => None,
            Sweeps::Fixed(sweeps) => Some(sweeps),
        };
        if (matrix.rows, matrix.cols) != self.size {
            self.size = (matrix.rows, matrix.cols);
            self.reference = reference_for(&self.shape, matrix.rows, matrix.cols);
        }
        let expected = self.reference.run(&matrix.units, sweeps);
        let trace = self.engine.run(&Stimulus::new(matrix.frame(&self.shape))).unwrap();
        let beat_mask = u64::MAX >> (64 - self.shape.interface().output_bits());
        let expected_beats = expected.frame();
        assert_eq!(trace.output.len(), expected_beats.len(), "{name}, {:?}", self.shape);
        for (index, (beat, (section, value))) in trace.output.iter().zip(expected_beats).enumerate() {
            let found = (beat.user, beat.data);
            assert_eq!(found, (section, value as u64 & beat_mask), "beat {index}, {name}, {:?}", self.shape);
        }
        assert!(!expected.overflow, "{name}, {:?}", self.shape);
        (trace, expected)
    }
}

fn square(n: usize, word: u32, guard: u32, sweeps: Sweeps) -> Parameters {
    Parameters { rows: n, cols: n, word, guard, sweeps, ..Parameters::default() }
}

fn reference_of(shape: &Shape) -> Reference {
    reference_for(shape, shape.rows(), shape.cols())
}

/// The reference for matrices of one of the sizes that the core takes.
fn reference_for(shape: &Shape, rows: usize, cols: usize) -> Reference {
    Reference::new(Task {
        rows,
        cols,
        word: shape.word(),
        guard: shape.guard(),
        coef: shape.coef(),
        data: shape.element_bits(),
        rank: shape.rank_of((rows, cols)),
        u: shape.has_u(),
        v: shape.has_v(),
        symmetric: shape.symmetric(),
        scaled: shape.scaling() == Scaling::Auto,
        largest: (shape.sizes() == Sizes::Any).then_some((shape.rows(), shape.cols())),
        streamed: shape.is_reduced(),
    })
}

fn matrix_of(shape: &Shape, family: Family, seed: u64) -> Quantised {
    let largest = 1.0 - f64::from(1 - shape.word() as i32).exp2();
    let matrix = example_matrix::<f64>(shape, family, seed).map(|value| value.clamp(-1.0, largest));
    quantise(shape, &matrix, InputScale::Exponent(0)).unwrap()
}

/// Runs matrices through one core and returns their number.
fn agree(parameters: Parameters, cases: impl IntoIterator<Item = (Family, u64)>) -> usize {
    let mut pair = Pair::new(parameters);
    let run = |(family, seed)| {
        pair.run(&matrix_of(&pair.shape, family, seed), &format!("{family}, seed {seed}"));
    };
    cases.into_iter().map(run).count()
}

fn all_families(seeds: std::ops::Range<u64>) -> impl Iterator<Item = (Family, u64)> {
    seeds.flat_map(|seed| Family::ALL.iter().map(move |&family| (family, seed)))
}

#[test]
fn every_size_computes_what_the_reference_does() {
    let cases: usize = (2..33usize)
        .into_par_iter()
        .rev()
        .map(|n| {
            let parameters = square(n, 16, 4, Sweeps::Auto);
            // Large sizes get three families each, so that all families occur over the sizes.
            let some = |count: usize| all_families(n as u64..n as u64 + 2).skip(3 * n % 20).take(count);
            match n {
                2..=8 => agree(parameters, all_families(0..4)),
                9..=16 => agree(parameters, all_families(0..1)),
                _ => agree(parameters, some(3)),
            }
        })
        .sum();
    assert_eq!(cases, 7 * 80 + 8 * 20 + 16 * 3);
}

#[test]
fn every_format_computes_what_the_reference_does() {
    let sizes = [2, 3, 4, 5, 8];
    let formats = [8, 16, 24].into_iter().flat_map(|word| [0, 4, 8].map(|guard| (word, guard)));
    let cores: Vec<_> = formats.flat_map(|(word, guard)| sizes.map(|n| square(n, word, guard, Sweeps::Auto))).collect();
    let cases: usize = cores.into_par_iter().map(|parameters| agree(parameters, all_families(10..12))).sum();
    assert_eq!(cases, 9 * 5 * 2 * 20);
}

#[test]
fn every_coefficient_width_computes_what_the_reference_does() {
    let widths = 14..=32u32;
    let cores = widths.into_par_iter().map(|coef| Parameters { coef: Some(coef), ..square(5, 16, 4, Sweeps::Auto) });
    let cases: usize = cores.map(|parameters| agree(parameters, all_families(20..22))).sum();
    assert_eq!(cases, 19 * 2 * 20);
}

#[test]
fn a_fixed_number_of_sweeps_is_kept_settled_or_not() {
    let cores: Vec<_> = [2, 3, 6, 8].into_iter().flat_map(|n| [1, 2, 4, 9].map(|sweeps| (n, sweeps))).collect();
    let runs: Vec<(bool, u32, u32)> = cores
        .into_par_iter()
        .flat_map_iter(|(n, sweeps)| {
            let mut pair = Pair::new(square(n, 16, 4, Sweeps::Fixed(sweeps)));
            all_families(30..31).map(move |(family, seed)| {
                let (_, run) = pair.run(&matrix_of(&pair.shape, family, seed), family.name());
                (run.capped, run.sweeps, sweeps)
            })
        })
        .collect();
    assert!(runs.iter().all(|(_, made, asked)| made == asked));
    assert_eq!(runs.len(), 4 * 4 * 20);
    // Some matrices have settled and some have not.
    assert!(runs.iter().any(|r| r.0) && runs.iter().any(|r| !r.0));
}

/// Covers every pair of sizes up to 8, and a few larger ones.
#[test]
fn every_rectangle_computes_what_the_reference_does() {
    let small = (1..=8usize).flat_map(|rows| (1..=8).map(move |cols| (rows, cols)));
    let large = [(16, 8), (8, 16), (9, 13), (32, 5), (1, 32), (17, 16)];
    let sizes: Vec<_> = small.chain(large).filter(|(rows, cols)| rows != cols).collect();
    let cases: usize = sizes
        .into_par_iter()
        .map(|(rows, cols)| {
            let parameters = Parameters { rows, cols, ..Parameters::default() };
            if rows.max(cols) <= 8 {
                agree(parameters, all_families(0..2))
            } else {
                agree(parameters, all_families(2..3))
            }
        })
        .sum();
    assert_eq!(cases, 56 * 40 + 6 * 20);
}

/// The padding around the matrix stays exactly zero, and its singular vectors stay unit vectors. So no row of U and no
/// column of V is lost to it.
#[test]
fn padding_stays_exactly_zero() {
    let mut matrices = 0;
    for (rows, cols) in [(1, 4), (4, 1), (3, 8), (8, 3), (5, 7), (7, 6), (16, 8), (8, 16)] {
        let shape = Parameters { rows, cols, ..Parameters::default() }.shape().unwrap();
        let reference = reference_of(&shape);
        for (family, seed) in all_families(0..6) {
            let run = reference.run(&matrix_of(&shape, family, seed).units, None);
            let even = shape.even();
            let one = 1 << shape.vector_fraction();
            for (index, &value) in run.x.iter().enumerate() {
                let inside = index / even < rows && index % even < cols;
                assert!(inside || value == 0, "{rows}x{cols} {family} {seed}: {value} at {index}");
            }
            for (vectors, size) in [(&run.ut, rows), (&run.vt, cols)] {
                for (index, &value) in vectors.iter().enumerate() {
                    let (row, column) = (index / even, index % even);
                    if row >= size || column >= size {
                        assert_eq!(value, if row == column { one } else { 0 }, "{rows}x{cols} {family} {seed}");
                    }
                }
            }
            matrices += 1;
        }
    }
    assert_eq!(matrices, 8 * 20 * 6);
}

#[test]
fn every_choice_of_vectors_rank_and_scaling_computes_what_the_reference_does() {
    let vectors = [Vectors::Uv, Vectors::U, Vectors::V, Vectors::None];
    let sizes = [(2, 2), (8, 8), (5, 3), (3, 6)];
    let mut cores = Vec::new();
    for (rows, cols) in sizes {
        for vectors in vectors {
            for scaling in [Scaling::Auto, Scaling::Fixed] {
                for rank in [Some(1), Some(rows.min(cols) - 1), None] {
                    cores.push(Parameters { rows, cols, vectors, rank, scaling, ..Parameters::default() });
                }
            }
        }
    }
    let cases: usize = cores.into_par_iter().map(|parameters| agree(parameters, all_families(50..51))).sum();
    assert_eq!(cases, 4 * 4 * 2 * 3 * 20);
}

/// Runs every size up to that of the core in one core. Smaller matrices take fewer cycles.
#[test]
fn cores_for_any_size_compute_what_the_reference_does() {
    let mut matrices = 0;
    for (parameters, seeds) in [
        (Parameters { rows: 8, cols: 8, ..Parameters::default() }, 2),
        (Parameters { rows: 5, cols: 7, rank: Some(3), vectors: Vectors::V, ..Parameters::default() }, 1),
        (Parameters { rows: 6, cols: 6, symmetric: true, ..Parameters::default() }, 2),
        (Parameters { rows: 4, cols: 1, scaling: Scaling::Fixed, ..Parameters::default() }, 2),
        (Parameters { rows: 16, cols: 12, vectors: Vectors::None, ..Parameters::default() }, 1),
    ] {
        let mut pair = Pair::new(Parameters { sizes: Sizes::Any, ..parameters });
        let shape = pair.shape;
        let mut compute = Vec::new();
        for rows in 1..=shape.rows() {
            for cols in 1..=shape.cols() {
                if shape.symmetric() && rows != cols {
                    continue;
                }
                for (family, seed) in all_families(0..seeds) {
                    let largest = 1.0 - f64::from(1 - shape.word() as i32).exp2();
                    let mut matrix = family.generate(rows, cols, seed).map(|value| value.clamp(-1.0, largest));
                    if shape.symmetric() {
                        matrix = (&matrix + matrix.transpose()) / 2.0;
                    }
                    let matrix = quantise(&shape, &matrix, InputScale::Exponent(0)).unwrap();
                    let (trace, run) = pair.run(&matrix, &format!("{rows}x{cols} {family}, seed {seed}"));
                    let cycles = trace.output[0].cycle - trace.accepted.last().unwrap();
                    compute.push((rows.max(cols).next_multiple_of(2), cycles / u64::from(run.sweeps)));
                    matrices += 1;
                }
            }
        }
        // A sweep of half the size takes less than half as long, unless it is limited by the latencies.
        let slowest = |size: usize| compute.iter().filter(|c| c.0 == size).map(|c| c.1).max().unwrap();
        let size = shape.even();
        assert!(size < 8 || slowest(size / 2) * 2 < slowest(size), "{} {}", slowest(size / 2), slowest(size));
    }
    assert_eq!(matrices, 64 * 40 + 35 * 20 + 6 * 40 + 4 * 40 + 192 * 20);
}

#[test]
fn symmetric_cores_compute_what_the_reference_does() {
    let mut cores = Vec::new();
    for n in [2, 3, 4, 7, 8, 16] {
        for (vectors, rank, scaling) in [
            (Vectors::Uv, None, Scaling::Auto),
            (Vectors::V, Some(1), Scaling::Fixed),
            (Vectors::None, Some(2), Scaling::Auto),
        ] {
            let parameters = Parameters { symmetric: true, vectors, rank, scaling, ..square(n, 16, 4, Sweeps::Auto) };
            cores.push(parameters);
        }
    }
    let cases: usize = cores.into_par_iter().map(|parameters| agree(parameters, all_families(60..62))).sum();
    assert_eq!(cases, 6 * 3 * 40);
}

/// Small elements lose no accuracy. If a matrix is multiplied by 2^-10, the result is the same except for its exponent.
#[test]
fn a_small_matrix_is_as_good_as_a_large_one() {
    let mut pair = Pair::new(square(8, 24, 4, Sweeps::Auto));
    let mut compared = 0;
    for (family, seed) in all_families(70..71) {
        let large = matrix_of(&pair.shape, family, seed);
        // These are the elements that the smaller scale can represent.
        let coarse: Vec<i64> = large.units.iter().map(|unit| unit >> 10 << 10).collect();
        let small = Quantised { units: coarse.iter().map(|unit| unit >> 10).collect(), ..large.clone() };
        let large = Quantised { units: coarse, ..large };
        let mut result = |matrix: &Quantised| {
            let (trace, _) = pair.run(matrix, family.name());
            parse_frame::<f64>(&pair.shape, (matrix.rows, matrix.cols), &trace.output).unwrap()
        };
        let (large, small) = (result(&large), result(&small));
        assert_eq!((&large.sigma, &large.u, &large.v), (&small.sigma, &small.u, &small.v), "{family}");
        let zero = large.sigma[0] == 0.0;
        assert!(zero || small.status.block_exponent() == large.status.block_exponent() - 10, "{family}");
        compared += 1;
    }
    assert_eq!(compared, 20);
}

/// The sums have 78 bits and the coefficients 30.
#[test]
fn the_widest_core_computes_what_the_reference_does() {
    let parameters = square(32, 24, 8, Sweeps::Auto);
    let shape = parameters.shape().unwrap();
    assert_eq!((shape.element_bits(), shape.coef()), (38, 30));
    assert_eq!(agree(parameters, [(Family::Uniform, 40)]), 1);
}

/// Measures what is left off the diagonal when a core reports that the matrix has settled.
#[test]
fn less_than_one_unit_of_the_input_is_left_off_the_diagonal() {
    let runs: Vec<(usize, Family, f64, u32, bool)> = [(4, 60), (8, 40), (16, 10), (32, 2)]
        .into_par_iter()
        .flat_map_iter(|(n, seeds)| all_families(0..seeds).map(move |case| (n, case)))
        .map(|(n, (family, seed))| {
            let shape = square(n, 16, 4, Sweeps::Auto).shape().unwrap();
            // The references are made once for each thread, so that the cases share nothing.
            let run = REFERENCES.with(|cache| {
                let mut cache = cache.borrow_mut();
                let reference = cache.entry(n).or_insert_with(|| reference_of(&shape));
                reference.run(&matrix_of(&shape, family, seed).units, None)
            });
            (n, family, run.off_diagonal() as f64 / f64::from(16 << run.shift), run.sweeps, run.capped)
        })
        .collect();
    for n in [4, 8, 16, 32] {
        let of_size = || runs.iter().filter(|r| r.0 == n);
        let worst = of_size().max_by(|a, b| a.2.total_cmp(&b.2)).unwrap();
        let slowest = of_size().max_by_key(|r| r.3).unwrap();
        let (left, family, sweeps) = (worst.2, worst.1, slowest.3);
        println!("n={n}: off the diagonal at most {left:.2} LSB ({family}), at most {sweeps} sweeps ({})", slowest.1);
        assert!(left <= 1.0, "n = {n}, {family}: {left} LSB");
        assert!(of_size().all(|r| !r.4), "n = {n}: a run reached its cap");
    }
    assert_eq!(runs.len(), 20 * (60 + 40 + 10 + 2));
}

thread_local! {
    static REFERENCES: std::cell::RefCell<std::collections::BTreeMap<usize, Reference>> = Default::default();
}

/// Checks that the errors of sigma, orthogonality and reconstruction stay within these limits, in LSB, for uniformly
/// distributed matrices at full scale.
fn accuracy_stays_within(rows: usize, cols: usize, sigma: f64, orthogonality: f64, reconstruction: f64) {
    let parameters = Parameters { rows, cols, ..Parameters::default() };
    let matrices = 60;
    let results: Vec<(Accuracy, u32)> = (0..matrices)
        .collect::<Vec<u64>>()
        .par_chunks(30)
        .flat_map_iter(|seeds| {
            let mut pair = Pair::new(parameters);
            seeds.iter().map(move |&seed| measure(&mut pair, seed))
        })
        .collect();
    assert_eq!(results.len(), matrices as usize);
    let worst = |of: fn(&Accuracy) -> f64| results.iter().map(|(a, _)| of(a)).fold(0.0, f64::max);
    let found = [
        worst(|a| a.sigma_max_lsb),
        worst(|a| a.orthogonality_u_max_lsb.unwrap().max(a.orthogonality_v_max_lsb.unwrap())),
        worst(|a| a.reconstruction_max_lsb.unwrap()),
    ];
    let sweeps = results.iter().map(|r| r.1);
    println!(
        "{rows}x{cols}: sigma {:.2} of {sigma}, orthogonality {:.2} of {orthogonality}, reconstruction {:.2} of {reconstruction} LSB; \
         sweeps {:.2} on average, at most {}",
        found[0],
        found[1],
        found[2],
        f64::from(sweeps.clone().sum::<u32>()) / matrices as f64,
        sweeps.max().unwrap()
    );
    for (found, limit) in found.into_iter().zip([sigma, orthogonality, reconstruction]) {
        assert!(found <= limit, "{rows}x{cols}: {found} LSB where {limit} are allowed");
    }
}

fn measure(pair: &mut Pair, seed: u64) -> (Accuracy, u32) {
    let shape = pair.shape;
    let matrix = matrix_of(&shape, Family::Uniform, seed);
    let (trace, _) = pair.run(&matrix, "uniform");
    let result = parse_frame(&shape, (matrix.rows, matrix.cols), &trace.output).unwrap();
    let input: DMatrix<f64> = matrix.matrix(&shape);
    let factors = Factors { sigma: &result.sigma, u: result.u.as_ref(), v: result.v.as_ref() };
    let lsb = f64::from(-(shape.frac() as i32)).exp2();
    (accuracy(&input, factors, lsb, shape.word()).unwrap(), result.status.sweeps())
}

#[test]
fn accuracy_of_4x4() {
    accuracy_stays_within(4, 4, 0.4, 0.7, 0.8);
}

#[test]
fn accuracy_of_8x8() {
    accuracy_stays_within(8, 8, 0.7, 1.0, 1.5);
}

#[test]
fn accuracy_of_16x16() {
    accuracy_stays_within(16, 16, 1.1, 1.5, 3.2);
}

#[test]
fn accuracy_of_32x32() {
    accuracy_stays_within(32, 32, 2.0, 2.5, 6.5);
}

/// With twice as many rows as columns, or the reverse, sigma, U and V are as accurate as for a square matrix of the
/// shorter side, and the product of all three is as accurate as for one of the longer side.
#[test]
fn accuracy_of_16x8_and_8x16() {
    accuracy_stays_within(16, 8, 0.7, 1.0, 3.2);
    accuracy_stays_within(8, 16, 0.7, 1.0, 3.2);
}

#[test]
fn accuracy_of_32x16() {
    accuracy_stays_within(32, 16, 1.1, 1.5, 6.5);
}

/// The compute cycles run from the last beat of the matrix to the first beat of its result.
#[test]
fn five_sweeps_of_8x8_and_six_of_16x16_take_the_promised_cycles() {
    for (n, sweeps, limit) in [(8, 5, 1300), (16, 6, 11_900)] {
        let mut pair = Pair::new(square(n, 16, 4, Sweeps::Fixed(sweeps)));
        let (trace, _) = pair.run(&matrix_of(&pair.shape, Family::Uniform, 50), "uniform");
        let compute = trace.output[0].cycle - trace.accepted.last().unwrap();
        println!("{n}x{n}, {sweeps} sweeps: {compute} cycles of {limit}");
        assert!(compute <= limit);
    }
}
