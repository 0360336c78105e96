//! Error bounds of cores for complex matrices, compared with the errors of the reference.

use super::reference::{Complex, Reference};
use super::{CAP, Decomposed, hermitian_of, number};
use nalgebra::{Complex as Number, DMatrix, DVector};
use rayon::prelude::*;
use svdforge_golden::Family;
use svdforge_hdl::formats::ErrorBounds;
use svdforge_hdl::parameters::{Parameters, Scaling};
use svdforge_hdl::shape::Shape;
use svdforge_testbench::framing::{InputScale, quantise};

/// The errors of one result, and what bounds them: sigma, orthogonality of U and V, reconstruction.
struct Outcome {
    found: [Option<f64>; 4],
    /// For each kind, the sum of the squares of all components, and their number.
    squares: [(f64, f64); 4],
    bounds: ErrorBounds,
    capped: bool,
    sweeps: u32,
}

fn outcome(shape: &Shape, reference: &Reference, family: Family, seed: u64) -> Outcome {
    let (rows, cols) = (shape.rows(), shape.cols());
    let matrix: DMatrix<Number<f64>> = family.generate_complex(rows, cols, seed);
    let matrix = if shape.symmetric() { hermitian_of(&matrix, seed % 2 == 1) } else { matrix };
    let input = quantise(shape, &matrix, InputScale::Auto).unwrap();
    let lsb = f64::from(-(shape.frac() as i32)).exp2();
    let units: Vec<Complex> = input.units.chunks(2).map(|part| Complex::new(part[0], part[1])).collect();
    let run = reference.run(&units, CAP, false);
    let input = DMatrix::from_row_iterator(rows, cols, units.iter().map(|&element| number(element, lsb)));
    let found = Decomposed::new(reference, &run, (rows, cols), (-f64::from(shape.vector_fraction())).exp2());
    let accuracy = found.judged(&input, shape.word(), shape.symmetric());
    let Decomposed { values, u, v } = found;
    let full = f64::from(shape.word() - 1).exp2();
    let gram = |q: &DMatrix<Number<f64>>| (q.adjoint() * q - DMatrix::identity(q.ncols(), q.ncols())).scale(full);
    let diagonal = DVector::from_iterator(values.len(), values.iter().map(|&value| Number::from(value)));
    let product = (&u * DMatrix::from_diagonal(&diagonal) * v.adjoint() - &input).unscale(lsb);
    let of =
        |errors: DMatrix<Number<f64>>| (errors.iter().map(|e| e.norm_sqr()).sum::<f64>(), 2.0 * errors.len() as f64);
    let count = values.len() as f64;
    Outcome {
        found: [
            Some(accuracy.sigma_max_lsb),
            accuracy.orthogonality_u_max_lsb.filter(|_| !shape.symmetric()),
            accuracy.orthogonality_v_max_lsb,
            accuracy.reconstruction_max_lsb,
        ],
        squares: [(accuracy.sigma_rms_lsb.powi(2) * count, count), of(gram(&u)), of(gram(&v)), of(product)],
        bounds: shape.budget_of((rows, cols), run.sweeps).bounds(),
        capped: run.capped,
        sweeps: run.sweeps,
    }
}

#[test]
fn no_error_exceeds_its_bounds_and_none_is_far_from_them() {
    let size = |rows, cols| Parameters { rows, cols, complex: true, scaling: Scaling::Fixed, ..Parameters::default() };
    let hermitian = |n| Parameters { symmetric: true, ..size(n, n) };
    let cases = [
        (size(2, 2), 100),
        (size(3, 3), 50),
        (size(4, 4), 50),
        (size(8, 8), 10),
        (size(16, 16), 2),
        (size(6, 3), 20),
        (size(3, 8), 20),
        (Parameters { word: 12, guard: 2, ..size(4, 4) }, 20),
        (Parameters { word: 20, guard: 4, ..size(4, 4) }, 20),
        (Parameters { guard: 0, ..size(8, 8) }, 10),
        (hermitian(2), 50),
        (hermitian(4), 50),
        (hermitian(8), 10),
        (hermitian(16), 2),
    ];
    let mut matrices = 0;
    for (parameters, seeds) in cases {
        let shape = parameters.shape().unwrap();
        let format = (shape.word(), shape.guard());
        let reference = Reference::new((shape.rows(), shape.cols()), format, shape.coef(), shape.symmetric());
        let plan: Vec<_> = Family::ALL.iter().flat_map(|&f| (0..seeds).map(move |seed| (f, seed))).collect();
        let all: Vec<Outcome> =
            plan.par_iter().map(|&(family, seed)| outcome(&shape, &reference, family, seed)).collect();
        matrices += all.len();
        let most = all.iter().map(|o| o.sweeps).max().unwrap();
        println!("{}: {most} sweeps at most, cap {}", shape.name(), shape.sweep_cap());
        assert!(most < shape.sweep_cap() && all.iter().all(|o| !o.capped));
        for (kind, name) in ["sigma", "orthogonality of U", "orthogonality of V", "reconstruction"].iter().enumerate() {
            let Some(worst) = all.iter().filter_map(|o| o.found[kind]).reduce(f64::max) else { continue };
            for o in &all {
                let [statistical, rigorous] = [o.bounds.statistical, o.bounds.rigorous].map(|b| b.all()[kind].unwrap());
                let found = o.found[kind].unwrap();
                assert!(
                    found <= statistical + 1e-4 && found <= rigorous + 1e-4,
                    "{name}: {found}, {statistical}, {rigorous}; {shape:?}"
                );
            }
            let (squares, count) =
                all.iter().fold((0.0, 0.0), |(s, n), o| (s + o.squares[kind].0, n + o.squares[kind].1));
            let rms = (squares / count).sqrt();
            let mean = |of: fn(&ErrorBounds) -> [Option<f64>; 4]| {
                all.iter().map(|o| of(&o.bounds)[kind].unwrap()).sum::<f64>() / all.len() as f64
            };
            let [rigorous, statistical, expected] =
                [mean(|b| b.rigorous.all()), mean(|b| b.statistical.all()), mean(|b| b.expected_rms.all())];
            // The expectation is a model of the standard suite. Of few seeds and complex numbers it tells the
            // magnitude.
            assert!((0.5..=2.0).contains(&(expected / rms)), "{name}: {expected} expected, {rms} found; {shape:?}");
            println!(
                "  {name:20} worst {worst:7.3}, statistical {statistical:7.3} ({:4.1}), rigorous {rigorous:9.1}, rms {rms:6.4}, expected {expected:6.4} ({:4.2})",
                statistical / worst,
                expected / rms
            );
        }
    }
    assert_eq!(matrices, 414 * Family::ALL.len());
}
