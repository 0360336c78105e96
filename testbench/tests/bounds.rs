//! What `hdl/src/core/budget.rs` promises of the errors holds, and is not far from what happens.
//!
//! `cargo test --release -p svdforge-testbench --test bounds -- --nocapture` prints the tables of `docs/bounds.md`.

mod reference;

use nalgebra::DMatrix;
use rayon::prelude::*;
use reference::{Reference, Roundings, Run, Task};
use svdforge_golden::{Accuracy, Factors, Family, accuracy, eigen_accuracy};
use svdforge_hdl::core::budget::{Bounds, Budget, Errors};
use svdforge_hdl::core::params::{Parameters, Scaling, Shape, Sweeps, Vectors};
use svdforge_testbench::framing::{InputScale, Quantised, quantise};
use svdforge_testbench::judge::example_matrix;

/// How a matrix is made, by shape and seed.
type Source = (&'static str, fn(&Shape, u64) -> Vec<i64>);

/// Makes a number from uniform ones.
type Draw = fn(&mut dyn FnMut() -> f64) -> f64;

/// One matrix through the reference.
struct Outcome {
    name: &'static str,
    accuracy: Accuracy,
    /// Sums of the squares of the errors and their number: sigma, orthogonality of U and of V, reconstruction.
    squares: [(f64, f64); 4],
    roundings: [Roundings; 3],
    /// Of the matrix: for its sweeps and its scale.
    bounds: Bounds,
    sweeps: u32,
    capped: bool,
}

fn task_of(shape: &Shape) -> Task {
    Task {
        rows: shape.rows,
        cols: shape.cols,
        word: shape.word,
        guard: shape.guard,
        coef: shape.coef,
        data: shape.data(),
        rank: shape.rank,
        u: shape.has_u(),
        v: shape.has_v(),
        symmetric: shape.symmetric,
        scaled: shape.scaling == Scaling::Auto,
        largest: None,
    }
}

fn family(shape: &Shape, family: Family, seed: u64) -> Vec<i64> {
    quantise(shape, &example_matrix(shape, family, seed), InputScale::Auto).unwrap().units
}

/// Runs a matrix of input units and measures the result.
fn outcome(shape: &Shape, reference: &Reference, name: &'static str, units: Vec<i64>) -> Outcome {
    let sweeps = match shape.sweeps {
        Sweeps::Auto => None,
        Sweeps::Fixed(sweeps) => Some(sweeps),
    };
    let run = reference.run(&units, sweeps);
    assert!(!run.overflow, "{name}, {shape:?}");
    let input = Quantised { rows: shape.rows, cols: shape.cols, units, exponent: 0 }.matrix(shape);
    let lsb = f64::from(-(shape.frac as i32)).exp2();
    let (sigma, u, v) = factors(shape, &run);
    let (u, v) = (shape.has_u().then_some(&u), shape.has_v().then_some(&v));
    let accuracy = match shape.symmetric {
        true => eigen_accuracy(&input, &sigma, v, lsb, shape.word),
        false => accuracy(&input, Factors { sigma: &sigma, u, v }, lsb, shape.word),
    };
    let accuracy = accuracy.unwrap();
    let full = f64::from(shape.word - 1).exp2();
    let gram = |q: &DMatrix<f64>| (q.transpose() * q - DMatrix::identity(q.ncols(), q.ncols())) * full;
    let product = |u: &DMatrix<f64>, v: &DMatrix<f64>| {
        (u * DMatrix::from_diagonal(&nalgebra::DVector::from_column_slice(&sigma)) * v.transpose() - &input) / lsb
    };
    let of = |errors: Option<DMatrix<f64>>| errors.map_or((0.0, 0.0), |e| (e.norm_squared(), e.len() as f64));
    let left = if shape.symmetric { v } else { u };
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
        bounds: Budget::of(shape, (shape.rows, shape.cols), run.sweeps).bounds().of_matrix(-(run.shift as i32), !run.capped),
        sweeps: run.sweeps,
        capped: run.capped,
    }
}

/// Sigma, U and V of a run, at the scale of the input.
fn factors(shape: &Shape, run: &Run) -> (Vec<f64>, DMatrix<f64>, DMatrix<f64>) {
    let (even, count) = (shape.even(), run.order.len());
    let diagonal = |k: usize| run.x[run.order[k] * (even + 1)] as f64;
    let unit = (-f64::from(shape.sigma_fraction() + run.shift)).exp2();
    let sigma = (0..count).map(|k| unit * if shape.symmetric { diagonal(k) } else { diagonal(k).abs() });
    let element = |vectors: &[i64], row: usize, k: usize| {
        vectors[run.order[k] * even + row] as f64 / f64::from(shape.vector_fraction()).exp2()
    };
    let u = DMatrix::from_fn(shape.rows, count, |row, k| element(&run.ut, row, k) * diagonal(k).signum());
    let v = DMatrix::from_fn(shape.cols, count, |row, k| element(&run.vt, row, k));
    (sigma.collect(), u, v)
}

/// The errors of a result as its bounds name them; what has no bound has no error.
fn measured(accuracy: &Accuracy, bound: &Errors) -> [(&'static str, f64, f64); 4] {
    let pair = |name, found: Option<f64>, bound: Option<f64>| {
        bound.map_or((name, 0.0, 0.0), |bound| (name, found.expect("What has a bound is measured."), bound))
    };
    [
        pair("sigma", Some(accuracy.sigma_max_lsb), bound.sigma),
        pair("orthogonality of U", accuracy.orthogonality_u_max_lsb, bound.orthogonality_u),
        pair("orthogonality of V", accuracy.orthogonality_v_max_lsb, bound.orthogonality_v),
        pair("reconstruction", accuracy.reconstruction_max_lsb, bound.reconstruction),
    ]
}

/// Matrices that are hard on a bound: everything at full scale, repeated, or as far off the diagonal as a settled matrix may be.
const ADVERSARIES: &[Source] = &[
    ("signs at full scale", |shape, seed| from(shape, seed, |draw, _, _| if draw() < 0.0 { -1.0 } else { 1.0 })),
    ("rank one of signs", |shape, seed| {
        let mut draw = generator(seed);
        let mut signs = |count: usize| (0..count).map(|_| draw().signum()).collect::<Vec<_>>();
        let (rows, cols) = (signs(shape.rows), signs(shape.cols));
        fill(shape, |i, j| rows[i] * cols[j])
    }),
    ("Hadamard", |shape, _| fill(shape, |i, j| if (i & j).count_ones() % 2 == 0 { 1.0 } else { -1.0 })),
    ("repeated blocks", |shape, seed| {
        let small = from(shape, seed, |draw, _, _| draw());
        let full = f64::from(shape.word - 1).exp2();
        let repeat = 2 + seed as usize % 3;
        fill(shape, |i, j| small[(i / repeat) * shape.cols + j / repeat] as f64 / full)
    }),
    ("nearly diagonal", |shape, seed| nearly_diagonal(shape, seed, |draw| draw(), |draw| draw())),
    ("nearly diagonal, signs", |shape, seed| nearly_diagonal(shape, seed, |draw| draw().signum(), |draw| draw().signum())),
    ("scaled rotation, perturbed", |shape, seed| {
        let mut draw = generator(seed);
        let angle = 3.0 * draw();
        let unit = f64::from(1 - shape.word as i32).exp2();
        fill(shape, |i, j| {
            let base = match (i / 2 == j / 2, i % 2, j % 2) {
                (false, ..) => 0.0,
                (_, a, b) if a == b => angle.cos(),
                (_, a, _) => angle.sin() * if a == 0 { 1.0 } else { -1.0 },
            };
            0.99 * base + 3.0 * unit * draw()
        })
    }),
];

/// Uniform numbers in [-1, 1) (xorshift; G. Marsaglia, J. Stat. Software 8, 2003).
fn generator(seed: u64) -> impl FnMut() -> f64 {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x2545_f491_4f6c_dd1d;
    move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as f64 / f64::from(1u32 << 26).powi(2) * 2.0 - 1.0
    }
}

/// A matrix of input words from numbers of which +-1 is full scale; of a symmetric core the upper half decides.
fn fill(shape: &Shape, mut element: impl FnMut(usize, usize) -> f64) -> Vec<i64> {
    let full = f64::from(shape.word - 1).exp2();
    let mut units: Vec<i64> = (0..shape.elements())
        .map(|place| (element(place / shape.cols, place % shape.cols) * full).round().clamp(-full, full - 1.0) as i64)
        .collect();
    if shape.symmetric {
        for i in 0..shape.rows {
            for j in 0..i {
                units[i * shape.cols + j] = units[j * shape.cols + i];
            }
        }
    }
    units
}

fn from(shape: &Shape, seed: u64, element: fn(&mut dyn FnMut() -> f64, usize, usize) -> f64) -> Vec<i64> {
    let mut draw = generator(seed);
    fill(shape, |i, j| element(&mut draw, i, j))
}

/// Every block is almost as far off the diagonal as a settled one may be: the first sweep may be the last.
fn nearly_diagonal(shape: &Shape, seed: u64, diagonal: Draw, share: Draw) -> Vec<i64> {
    let mut draw = generator(seed);
    let values: Vec<f64> = (0..shape.side()).map(|_| 0.97 * diagonal(&mut draw)).collect();
    let ratio = 1.94 * (-f64::from(shape.limits().settled_bits)).exp2();
    let mut off = vec![0.0; shape.side() * shape.side()];
    for i in 0..shape.side() {
        for j in 0..i {
            let skew = if shape.symmetric { 0.0 } else { share(&mut draw) };
            let (sum, difference) = (share(&mut draw) * (values[i] - values[j]), skew * (values[i] + values[j]));
            off[i * shape.side() + j] = ratio * (sum + difference) / 2.0;
            off[j * shape.side() + i] = ratio * (sum - difference) / 2.0;
        }
    }
    fill(shape, |i, j| if i == j { values[i] } else { off[i * shape.side() + j] })
}

/// All families and all adversaries, `seeds` of each, through one core.
fn campaign(parameters: Parameters, seeds: u64) -> (Shape, Vec<Outcome>) {
    let shape = parameters.shape().unwrap();
    let reference = Reference::new(task_of(&shape));
    let families = (0..seeds).flat_map(|seed| Family::ALL.iter().map(move |&f| (f.name(), Some(f), None, seed)));
    let others = (0..seeds).flat_map(|seed| ADVERSARIES.iter().map(move |&(name, make)| (name, None, Some(make), seed)));
    let cases: Vec<_> = families.chain(others).collect();
    let outcomes = cases.into_par_iter().map(|(name, of, make, seed)| {
        let units = of.map(|f| family(&shape, f, seed)).or_else(|| make.map(|make| make(&shape, seed)));
        outcome(&shape, &reference, name, units.expect("One of the two makes it."))
    });
    (shape, outcomes.collect())
}

/// Worst of an error beside its bounds, over all matrices of a core.
struct Row {
    error: &'static str,
    worst: f64,
    family: &'static str,
    statistical: f64,
    rigorous: f64,
    rms: f64,
    uni: f64,
    expected: f64,
}

/// Asserts that nothing exceeds its bounds; what the matrices of the core came to.
fn judge(shape: &Shape, outcomes: &[Outcome]) -> Vec<Row> {
    let at_cap = Budget::new(shape).bounds();
    let mut rows = Vec::new();
    for index in 0..4 {
        let (mut worst, mut family) = (0.0, "");
        for o in outcomes {
            let Outcome { name, sweeps, capped, .. } = o;
            for bound in [o.bounds.statistical, o.bounds.rigorous] {
                let (error, found, bound) = measured(&o.accuracy, &bound)[index];
                // f64 rounds too.
                let rounding = 1e-12 * f64::from(shape.word).exp2();
                let orthogonal = (1..=2).contains(&index);
                if !(found <= bound + rounding || *capped && !orthogonal) { println!(
                    "{name}, {sweeps} sweeps: {error} {found}, bound {bound}; {}", name_of(shape)
                ); }
                if found > worst && (!capped || orthogonal) {
                    (worst, family) = (found, name);
                }
            }
        }
        let of = |errors: &Errors| measured(&outcomes[0].accuracy, errors)[index];
        // The suite is the families; the adversaries have no rms that one could expect.
        let suite = outcomes.iter().filter(|o| Family::ALL.iter().any(|f| f.name() == o.name));
        let (sum, count) = suite.fold((0.0, 0.0), |(s, c), o| (s + o.squares[index].0, c + o.squares[index].1));
        let (us, uc) = outcomes.iter().filter(|o| o.name == "uniform").fold((0.0, 0.0), |(s, c), o| (s + o.squares[index].0, c + o.squares[index].1));
        let (error, _, statistical) = of(&at_cap.statistical);
        let (rigorous, expected) = (of(&at_cap.rigorous).2, of(&at_cap.expected_rms).2);
        rows.push(Row { error, worst, family, statistical, rigorous, rms: (sum / count).sqrt(), expected, uni: (us / uc).sqrt() });
    }
    rows
}

fn name_of(s: &Shape) -> String {
    let kind = if s.symmetric { ", symmetric" } else { "" };
    format!("{}x{}, word {}, guard {}{kind}", s.rows, s.cols, s.word, s.guard)
}

fn size(rows: usize, cols: usize) -> Parameters {
    Parameters { rows, cols, ..Parameters::default() }
}

fn print(shape: &Shape, rows: &[Row]) {
    for r in rows.iter().filter(|r| r.rigorous > 0.0) {
        let Row { error, worst, family, statistical, rigorous, rms, expected, .. } = r;
        println!(
            "| {} | {error} | {worst:.3} ({family}) | {statistical:.3} ({:.1}) | {rigorous:.1} ({:.0}) | {rms:.4} | {expected:.4} ({:+.0} %) | {:.4}",
            name_of(shape),
            statistical / worst,
            rigorous / worst,
            100.0 * (expected / rms - 1.0), r.uni
        );
    }
}

#[test]
fn no_error_exceeds_its_bounds() {
    for (parameters, seeds) in [
        (size(2, 2), 40),
        (size(3, 3), 30),
        (size(4, 4), 30),
        (size(6, 6), 20),
        (size(8, 8), 30),
        (size(16, 16), 6),
        (size(32, 32), 2),
        (size(16, 8), 6),
        (size(32, 4), 3),
        (size(3, 8), 10),
        (size(1, 8), 10),
        (size(9, 13), 5),
        (Parameters { word: 8, guard: 0, ..size(8, 8) }, 20),
        (Parameters { word: 8, guard: 8, ..size(8, 8) }, 20),
        (Parameters { word: 12, guard: 2, ..size(8, 8) }, 20),
        (Parameters { word: 16, guard: 0, ..size(8, 8) }, 20),
        (Parameters { word: 16, guard: 8, ..size(8, 8) }, 20),
        (Parameters { word: 24, guard: 4, ..size(8, 8) }, 20),
        (Parameters { word: 24, guard: 8, ..size(8, 8) }, 20),
        (Parameters { word: 8, guard: 0, ..size(32, 32) }, 2),
        (Parameters { word: 24, guard: 8, ..size(32, 32) }, 1),
        (Parameters { symmetric: true, ..size(8, 8) }, 20),
        (Parameters { symmetric: true, ..size(16, 16) }, 4),
        (Parameters { coef: Some(14), ..size(8, 8) }, 10),
    ] {
        let (shape, outcomes) = campaign(parameters, seeds);
        let rows = judge(&shape, &outcomes);
        print(&shape, &rows);
    }
}
