//! Tests that the errors stay within the bounds of the error analysis in `svdforge_hdl::formats`, and that the bounds
//! are not far from the errors.
//!
//! `cargo test --release -p svdforge-testbench --test bounds -- --nocapture` prints the tables of `docs/bounds.md`.

#[path = "bounds/adversaries.rs"]
mod adversaries;
#[path = "bounds/ranges.rs"]
mod ranges;
#[path = "bounds/reduced.rs"]
mod reduced;
#[allow(dead_code, reason = "its frames are for the test `arithmetic`")]
mod reference;

use adversaries::{ADVERSARIES, Adversary};
use nalgebra::DMatrix;
use rayon::prelude::*;
use reference::{Reference, Roundings, Run, Task};
use svdforge_golden::{Accuracy, Factors, Family, NamedMatrix, accuracy, eigen_accuracy};
use svdforge_hdl::core::Core;
use svdforge_hdl::formats::{ACTIVE_SHARE, ErrorBounds, Errors};
use svdforge_hdl::interface::section::SIGMA;
use svdforge_hdl::parameters::{Parameters, Scaling, Sizes, Sweeps, Vectors};
use svdforge_hdl::shape::Shape;
use svdforge_testbench::engine::SimulatorEngine;
use svdforge_testbench::framing::{InputScale, Quantised, quantise};
use svdforge_testbench::judge::judge as judge_simulated;
use svdforge_testbench::run::quantise_for;
use svdforge_testbench::samples::example_matrix;

/// The result of one matrix in the reference.
struct Outcome {
    name: &'static str,
    accuracy: Accuracy,
    /// The sums of the squares of the errors and their numbers, for sigma, orthogonality of U, orthogonality of V, and
    /// reconstruction.
    squares: [(f64, f64); 4],
    roundings: [Roundings; 3],
    /// The bounds for this matrix with its sweeps and its scale.
    bounds: ErrorBounds,
    sweeps: u32,
    capped: bool,
}

fn task_of(shape: &Shape) -> Task {
    Task {
        rows: shape.rows(),
        cols: shape.cols(),
        word: shape.word(),
        guard: shape.guard(),
        coef: shape.coef(),
        data: shape.element_bits(),
        rank: shape.rank(),
        u: shape.has_u(),
        v: shape.has_v(),
        symmetric: shape.symmetric(),
        scaled: shape.scaling() == Scaling::Auto,
        largest: None,
        streamed: shape.is_reduced(),
    }
}

fn family(shape: &Shape, family: Family, seed: u64) -> Vec<i64> {
    quantise(shape, &example_matrix::<f64>(shape, family, seed), InputScale::Auto).unwrap().units
}

/// Runs a matrix, given in units of the input, and measures the errors of the result.
fn outcome(shape: &Shape, reference: &Reference, name: &'static str, units: Vec<i64>) -> Outcome {
    let sweeps = match shape.sweeps() {
        Sweeps::Auto => None,
        Sweeps::Fixed(sweeps) => Some(sweeps),
    };
    let run = reference.run(&units, sweeps);
    assert!(!run.overflow, "{name}, {shape:?}");
    let input = Quantised { rows: shape.rows(), cols: shape.cols(), units, exponent: 0 }.matrix(shape);
    let lsb = f64::from(-(shape.frac() as i32)).exp2();
    let (sigma, u, v) = factors(shape, &run);
    let (u, v) = (shape.has_u().then_some(&u), shape.has_v().then_some(&v));
    let accuracy = match shape.symmetric() {
        true => eigen_accuracy(&input, &sigma, v, lsb, shape.word()),
        false => accuracy(&input, Factors { sigma: &sigma, u, v }, lsb, shape.word()),
    };
    let accuracy = accuracy.unwrap();
    let full = f64::from(shape.word() - 1).exp2();
    let gram = |q: &DMatrix<f64>| (q.transpose() * q - DMatrix::identity(q.ncols(), q.ncols())) * full;
    let product = |u: &DMatrix<f64>, v: &DMatrix<f64>| {
        (u * DMatrix::from_diagonal(&nalgebra::DVector::from_column_slice(&sigma)) * v.transpose() - &input) / lsb
    };
    let of = |errors: Option<DMatrix<f64>>| errors.map_or((0.0, 0.0), |e| (e.norm_squared(), e.len() as f64));
    let left = if shape.symmetric() { v } else { u };
    Outcome {
        name,
        squares: [
            (accuracy.sigma_rms_lsb.powi(2) * sigma.len() as f64, sigma.len() as f64),
            of(u.map(gram)),
            of(v.map(gram)),
            of(left.zip(v).map(|(u, v)| product(u, v)).filter(|_| sigma.len() == shape.triplets())),
        ],
        accuracy,
        roundings: run.roundings,
        bounds: shape
            .budget_of((shape.rows(), shape.cols()), run.sweeps)
            .bounds_of_matrix(-(run.shift as i32), !run.capped),
        sweeps: run.sweeps,
        capped: run.capped,
    }
}

/// Sigma, U and V of a run, at the scale of the input.
fn factors(shape: &Shape, run: &Run) -> (Vec<f64>, DMatrix<f64>, DMatrix<f64>) {
    let (even, count) = (shape.even(), run.order.len());
    let diagonal = |k: usize| run.x[run.order[k] * (even + 1)] as f64;
    let unit = (-f64::from(shape.sigma_fraction() + run.shift)).exp2();
    let sigma = run.frame().into_iter().filter(|&(user, _)| user == SIGMA).map(|(_, value)| unit * value as f64);
    let element = |vectors: &[i64], row: usize, k: usize| {
        vectors[run.order[k] * even + row] as f64 / f64::from(shape.vector_fraction()).exp2()
    };
    let rows = if shape.has_u() { shape.rows() } else { 0 };
    let u = DMatrix::from_fn(rows, count, |row, k| element(&run.ut, row, k) * diagonal(k).signum());
    let v = DMatrix::from_fn(shape.cols(), count, |row, k| element(&run.vt, row, k));
    (sigma.collect(), u, v)
}

/// The errors of a result with the names and values of their bounds. What has no bound counts as 0.
fn measured(accuracy: &Accuracy, bound: &Errors) -> [(&'static str, f64, f64); 4] {
    let pair = |name, found: Option<f64>, bound: Option<f64>| {
        bound.map_or((name, 0.0, 0.0), |bound| (name, found.expect("Every error that has a bound is measured."), bound))
    };
    [
        pair("sigma", Some(accuracy.sigma_max_lsb), bound.sigma),
        pair("orthogonality of U", accuracy.orthogonality_u_max_lsb, bound.orthogonality_u),
        pair("orthogonality of V", accuracy.orthogonality_v_max_lsb, bound.orthogonality_v),
        pair("reconstruction", accuracy.reconstruction_max_lsb, bound.reconstruction),
    ]
}

/// Runs all families and all adversaries, `seeds` matrices of each, through one core.
fn campaign(parameters: Parameters, seeds: u64) -> (Shape, Vec<Outcome>) {
    campaign_with(parameters, seeds, &[ADVERSARIES])
}

fn campaign_with(parameters: Parameters, seeds: u64, adversaries: &[&[Adversary]]) -> (Shape, Vec<Outcome>) {
    let shape = parameters.shape().unwrap();
    let reference = Reference::new(task_of(&shape));
    let families = (0..seeds).flat_map(|seed| Family::ALL.iter().map(move |&f| (f.name(), Some(f), None, seed)));
    let others = (0..seeds)
        .flat_map(|seed| adversaries.concat().into_iter().map(move |(name, make)| (name, None, Some(make), seed)));
    let cases: Vec<_> = families.chain(others).collect();
    let outcomes = cases.into_par_iter().map(|(name, of, make, seed)| {
        let units = of.map(|f| family(&shape, f, seed)).or_else(|| make.map(|make| make(&shape, seed)));
        outcome(&shape, &reference, name, units.expect("A case has either a family or an adversary."))
    });
    (shape, outcomes.collect())
}

/// The worst of an error over all matrices of a core, with its bounds.
struct Row {
    error: &'static str,
    worst: f64,
    family: &'static str,
    statistical: f64,
    rigorous: f64,
    rms: f64,
    expected: f64,
}

/// Asserts that no error exceeds its bounds, and summarises the errors of the core's matrices.
fn judge(shape: &Shape, outcomes: &[Outcome]) -> Vec<Row> {
    let at_cap = shape.budget().bounds();
    let mut rows = Vec::new();
    for index in 0..4 {
        let (mut worst, mut family) = (0.0, "");
        for o in outcomes {
            for bound in [o.bounds.statistical, o.bounds.rigorous] {
                let (error, found, bound) = measured(&o.accuracy, &bound)[index];
                // The computation of the error in f64 has a rounding error, too.
                let rounding = 1e-12 * f64::from(shape.word()).exp2();
                let text = format!("{}, {} sweeps: {error} {found}, bound {bound}", o.name, o.sweeps);
                assert!(found <= bound + rounding, "{text}; {shape:?}");
                if found > worst {
                    (worst, family) = (found, o.name);
                }
            }
        }
        let of = |errors: &Errors| measured(&outcomes[0].accuracy, errors)[index];
        // Only the families count for the root mean square, because none can be predicted for the adversaries.
        let suite = outcomes.iter().filter(|o| Family::ALL.iter().any(|f| f.name() == o.name));
        let (sum, count) = suite.fold((0.0, 0.0), |(s, c), o| (s + o.squares[index].0, c + o.squares[index].1));
        let (error, _, statistical) = of(&at_cap.statistical);
        let (rigorous, expected) = (of(&at_cap.rigorous).2, of(&at_cap.expected_rms).2);
        if worst > 0.0 {
            rows.push(Row { error, worst, family, statistical, rigorous, rms: (sum / count).sqrt(), expected });
        }
    }
    rows
}

/// Asserts that each statistical bound is at most four times the worst error, and that the root mean square is within
/// 30 % of the expected one.
fn assert_close(shape: &Shape, rows: &[Row]) {
    for r in rows {
        let (far, ratio) = (r.statistical / r.worst, r.expected / r.rms);
        assert!(far <= 4.0, "{}: {} is far from {}; {shape:?}", r.error, r.statistical, r.worst);
        assert!((0.7..=1.3).contains(&ratio), "{}: {} expected, {} found; {shape:?}", r.error, r.expected, r.rms);
    }
}

fn size(rows: usize, cols: usize) -> Parameters {
    Parameters { rows, cols, ..Parameters::default() }
}

fn format(word: u32, guard: u32, n: usize) -> Parameters {
    Parameters { word, guard, ..size(n, n) }
}

fn print(s: &Shape, rows: &[Row]) {
    let kind = if s.symmetric() { ", symmetric" } else { "" };
    for r in rows {
        let Row { error, worst, family, statistical, rigorous, rms, expected } = r;
        println!(
            "| {}x{}, {}+{}{kind} | {error} | {worst:.3} ({family}) | {statistical:.3} ({:.1}) | {rigorous:.1} ({:.0}) | {rms:.4} | {expected:.4} ({:+.0} %) |",
            s.rows(),
            s.cols(),
            s.word(),
            s.guard(),
            statistical / worst,
            rigorous / worst,
            100.0 * (expected / rms - 1.0)
        );
    }
}

/// For matrices of full size in typical formats no error exceeds its bounds. The bounds are at most four times what is
/// measured, and root mean squares are within 30 % of the expected ones.
#[test]
fn no_error_exceeds_its_bounds_and_none_is_far_from_them() {
    let mut matrices = 0;
    for (parameters, seeds) in [
        (size(2, 2), 100),
        (size(3, 3), 100),
        (size(4, 4), 100),
        (size(6, 6), 50),
        (size(8, 8), 60),
        (size(16, 16), 12),
        (size(32, 32), 3),
        (size(16, 8), 12),
        (size(3, 8), 40),
        (size(9, 13), 12),
        (size(32, 4), 6),
        (format(8, 8, 8), 40),
        (format(12, 2, 8), 40),
        (format(16, 0, 8), 40),
        (format(16, 8, 8), 60),
        (format(24, 4, 8), 40),
        (format(24, 8, 8), 60),
        (Parameters { symmetric: true, ..size(8, 8) }, 40),
        (Parameters { symmetric: true, ..size(16, 16) }, 10),
    ] {
        let (shape, outcomes) = campaign(parameters, seeds);
        assert!(outcomes.iter().all(|o| !o.capped), "{shape:?}");
        let rows = judge(&shape, &outcomes);
        print(&shape, &rows);
        let (most, cap) = (outcomes.iter().map(|o| o.sweeps).max().unwrap_or(0), shape.sweep_cap());
        println!("{} matrices, at most {most} sweeps of {cap}", outcomes.len());
        assert_close(&shape, &rows);
        matrices += outcomes.len();
    }
    println!("{matrices} matrices");
    assert_eq!(matrices, 825 * 27);
}

/// In unusual formats the bounds hold, even where they are not close.
#[test]
fn no_error_exceeds_its_bounds_in_the_corners() {
    let mut matrices = 0;
    for (parameters, seeds) in [
        (size(1, 1), 4),
        (size(1, 8), 20),
        (size(8, 1), 10),
        (format(8, 0, 8), 20),
        (format(8, 0, 32), 2),
        (format(24, 8, 32), 1),
        (format(10, 1, 5), 20),
        (Parameters { coef: Some(14), ..size(8, 8) }, 10),
        (Parameters { coef: Some(16), ..size(8, 8) }, 10),
        (Parameters { rank: Some(3), ..size(8, 6) }, 10),
        (Parameters { vectors: Vectors::V, ..size(6, 8) }, 10),
        (Parameters { vectors: Vectors::None, ..size(8, 8) }, 10),
        (Parameters { scaling: Scaling::Fixed, frac: Some(3), ..size(8, 8) }, 10),
        (Parameters { symmetric: true, rank: Some(2), ..size(5, 5) }, 10),
        (Parameters { sweeps: Sweeps::Fixed(12), ..size(8, 8) }, 10),
        (Parameters { sweeps: Sweeps::Fixed(63), ..size(8, 8) }, 4),
        // Three sweeps are too few to settle. What remains off the diagonal has no bound, but orthogonality has one.
        (Parameters { sweeps: Sweeps::Fixed(3), ..size(8, 8) }, 10),
    ] {
        let (shape, outcomes) = campaign(parameters, seeds);
        print(&shape, &judge(&shape, &outcomes));
        let unsettled = outcomes.iter().filter(|o| o.capped).count();
        assert_eq!(unsettled > 0, shape.sweeps() == Sweeps::Fixed(3), "{unsettled} not settled, {shape:?}");
        assert!(outcomes.iter().all(|o| o.capped == o.bounds.rigorous.sigma.is_none()));
        matrices += outcomes.len();
    }
    assert_eq!(matrices, 171 * 27);
}

/// Tests the simulated core itself, as `svdforge simulate` judges it. The other tests run the definition of its
/// arithmetic.
#[test]
fn simulated_cores_keep_what_is_promised() {
    let mut matrices = 0;
    for parameters in [
        size(8, 8),
        size(8, 5),
        Parameters { symmetric: true, ..size(6, 6) },
        Parameters { sizes: Sizes::Any, ..size(6, 6) },
        Parameters { sweeps: Sweeps::Fixed(4), rank: Some(2), ..size(6, 6) },
        Parameters { vectors: Vectors::V, ..size(30, 5) },
        Parameters { vectors: Vectors::None, sizes: Sizes::Any, ..size(40, 6) },
    ] {
        let core = Core::new(parameters.shape().unwrap());
        let mut engine = SimulatorEngine::new(&core).unwrap();
        for (seed, &family) in (0..4).flat_map(|seed| Family::ALL.iter().map(move |f| (seed, f))) {
            let named = NamedMatrix {
                name: family.name().to_owned(),
                matrix: example_matrix::<f64>(core.shape(), family, seed),
            };
            let input = quantise_for(core.shape(), &named, InputScale::Auto).unwrap();
            let judgement = judge_simulated(core.shape(), &mut engine, &named, &input).unwrap();
            assert_eq!(judgement.broken_promises(), Vec::<String>::new(), "{:?}", core.shape());
            assert_eq!(judgement.accuracy.bound_lsb.is_none(), judgement.flags.cap_reached());
            matrices += 1;
        }
    }
    assert_eq!(matrices, 7 * 4 * 20);
}

/// A core that is worse than its bounds is detected: by every error if it has two guard bits less, and by sigma if its
/// coefficients are four bits shorter.
#[test]
fn a_worse_core_exceeds_the_bounds() {
    let promised = size(8, 8);
    let cases = [(Parameters { guard: 2, ..promised }, 0..4), (Parameters { coef: Some(14), ..promised }, 0..1)];
    for (worse, exceeded_bounds) in cases {
        let bounds = promised.shape().unwrap().budget().bounds().statistical;
        let (_, outcomes) = campaign(worse, 10);
        for index in exceeded_bounds {
            let exceeded = outcomes.iter().filter(|o| {
                let (_, found, bound) = measured(&o.accuracy, &bounds)[index];
                found > bound
            });
            let count = exceeded.count();
            println!("guard {}, coefficients {:?}: bound {index} exceeded by {count}", worse.guard, worse.coef);
            assert!(count > 0, "{worse:?}, bound {index}");
        }
    }
}

/// The statistical bound assumes that rounding errors are independent, uniformly distributed, and zero on average. It
/// also assumes that no matrix keeps the rotators busy for more than a share of the sweep cap.
#[test]
fn roundings_are_as_the_statistical_bound_assumes() {
    for (parameters, seeds) in [(size(4, 4), 200), (size(8, 8), 60), (size(16, 16), 10), (format(24, 8, 8), 40)] {
        let (shape, outcomes) = campaign(parameters, seeds);
        let n = shape.side() as f64;
        let random = outcomes.iter().filter(|o| ["uniform", "gaussian", "triangular", "pairs"].contains(&o.name));
        let sum = random.flat_map(|o| o.roundings).fold(Roundings::default(), Roundings::plus);
        // These are in standard deviations of a sum of as many independent rounding errors.
        let mean = sum.sum / sum.squares.sqrt();
        let correlation = sum.products / sum.product_squares.sqrt();
        // This is for rotations by angles that are not tiny.
        let variance = 12.0 * sum.busy_squares / sum.busy_count;
        let activity = |of: fn(&[Roundings; 3]) -> f64, turns: f64| {
            outcomes.iter().map(|o| 12.0 * of(&o.roundings) / (n * n * turns * (n - 1.0))).fold(0.0, f64::max)
        };
        let in_a = activity(|r| r[0].squares, 2.0) / f64::from(shape.sweep_cap());
        let in_vectors = activity(|r| r[1].squares.max(r[2].squares), 1.0) / f64::from(shape.sweep_cap());
        println!(
            "n = {n}, {}+{}: {:.1e} roundings, mean {mean:+.2} and correlation {correlation:+.2} standard deviations, 12 variances {variance:.4}; \
             activity at most {in_a:.2} of the cap in A, {in_vectors:.2} in U and V",
            shape.word(),
            shape.guard(),
            sum.count
        );
        assert!(mean.abs() < 5.0 && correlation.abs() < 5.0 && (variance - 1.0).abs() < 0.01);
        assert!(in_a < ACTIVE_SHARE[0] && in_vectors < ACTIVE_SHARE[1]);
    }
}
