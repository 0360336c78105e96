use super::*;
use crate::engine::SimulatorEngine;
use crate::framing::InputScale;
use crate::run::quantise_for;
use crate::samples::example_matrix;
use svdforge_golden::{BySource, Family};
use svdforge_hdl::core::Core;
use svdforge_hdl::ordering::reduction::streaming_steps;
use svdforge_hdl::parameters::{Parameters, Sizes, Sweeps, Vectors};
use svdforge_hdl::units::coefficients::norm_error;

/// Runs matrices through a core and judges each of them.
fn judge_all(core: &Core, matrices: impl Iterator<Item = NamedMatrix>) -> Vec<Judgement> {
    let mut engine = SimulatorEngine::new(core).unwrap();
    let judged = matrices.map(|named| {
        let input = quantise_for(core.shape(), &named, InputScale::Auto).unwrap();
        judge(core.shape(), &mut engine, &named, &input).unwrap()
    });
    judged.collect()
}

/// Runs a matrix of every family through a core and judges each of them.
fn judged(parameters: Parameters) -> (Core, Vec<Judgement>) {
    let core = Core::new(parameters.shape().unwrap());
    let example = |family: Family| example_matrix(core.shape(), family, 7);
    let named = |&family: &Family| NamedMatrix { name: family.name().to_owned(), matrix: example(family) };
    let judged = judge_all(&core, Family::ALL.iter().map(named));
    (core, judged)
}

/// The root mean square of a figure over all families.
fn rms(judged: &[Judgement], figure: impl Fn(&BySource) -> f64) -> f64 {
    let squares = judged.iter().map(|j| figure(&j.sources.unwrap().sigma_rms_lsb).powi(2));
    (squares.sum::<f64>() / judged.len() as f64).sqrt()
}

/// If rotations were read wrongly, they would not make the matrix diagonal, and the error of rounding would appear to
/// be as large as the matrix.
#[test]
fn sources_of_every_kind_of_core_are_as_the_analysis_says() {
    let default = Parameters::default();
    let cores = [
        default,
        Parameters { rows: 2, cols: 2, ..default },
        Parameters { rows: 7, cols: 5, ..default },
        Parameters { rows: 5, cols: 8, ..default },
        Parameters { rows: 16, cols: 16, word: 24, guard: 8, ..default },
        Parameters { symmetric: true, ..default },
        Parameters { vectors: Vectors::V, rank: Some(3), ..default },
        Parameters { vectors: Vectors::None, ..default },
        Parameters { sizes: Sizes::Any, ..default },
        Parameters { coef: Some(14), ..default },
        Parameters { word: 8, guard: 0, ..default },
        Parameters { rows: 20, cols: 4, vectors: Vectors::V, ..default },
        Parameters { rows: 33, cols: 5, vectors: Vectors::V, ..default },
        Parameters { rows: 64, vectors: Vectors::None, rank: Some(3), ..default },
        Parameters { rows: 40, word: 24, guard: 8, vectors: Vectors::V, ..default },
        Parameters { rows: 17, cols: 6, vectors: Vectors::V, sizes: Sizes::Any, ..default },
    ];
    let mut matrices = 0;
    for parameters in cores {
        let (core, judged) = judged(parameters);
        for j in &judged {
            let sources = j.sources.unwrap();
            let (shape, name) = (core.shape(), format!("{} {}", core.shape().name(), j.matrix));
            assert_eq!(
                sources.reconstruction_rms_lsb.is_some(),
                j.accuracy.reconstruction_max_lsb.is_some() && shape.rank_of((j.rows, j.cols)) == j.rows.min(j.cols),
                "{name}"
            );
            assert_eq!(sources.orthogonality_rms_lsb.is_some(), shape.has_vectors(), "{name}");
            // Rounding alone stays within the bound on all errors of the core.
            assert!(sources.sigma_rms_lsb.rounding <= j.bounds.statistical.sigma.unwrap(), "{name} {sources:?}");
            // Each rotation stretches a vector by at most half the error of c² + s², and a singular value is
            // stretched by the rotations of both sides.
            let even = shape.even();
            let steps = streaming_steps(j.rows.div_ceil(2), even) + even;
            let reducing = if shape.is_reduced() { f64::from(shape.arithmetic().passes()) * steps as f64 } else { 0.0 };
            let rotations = f64::from(j.sweeps) * 2.0 * (even - 1) as f64 + reducing;
            let stretch = (rotations * norm_error(shape.coef() - 1).largest / 2.0).exp_m1();
            let largest = j.result.values().1.iter().fold(0.0_f64, |largest, value| largest.max(value.abs()));
            let unit = j.accuracy.lsb;
            assert!(
                sources.sigma_rms_lsb.angle_precision <= stretch * 1.01 * largest / unit + 1e-6,
                "{name} {sources:?}"
            );
            // A settled matrix is diagonal except for less than an LSB, at its own scale.
            assert!(sources.sigma_rms_lsb.convergence < 1.0, "{name} {sources:?}");
            // The four differences together lead from the result to the exact decomposition.
            let sum: f64 = sources.sigma_rms_lsb.parts().iter().sum();
            assert!(sources.sigma_rms_lsb.total <= sum * (1.0 + 1e-9) + 1e-9, "{name} {sources:?}");
            matrices += 1;
        }
    }
    assert_eq!(matrices, 16 * Family::ALL.len());
}

/// One source is made larger at a time, and it alone grows.
#[test]
fn a_source_that_is_switched_grows_alone() {
    let default = Parameters { scaling: svdforge_hdl::parameters::Scaling::Fixed, ..Parameters::default() };
    let (_, base) = judged(default);
    let ratio = |changed: &[Judgement]| {
        let of = |figure: fn(&BySource) -> f64| rms(changed, figure) / rms(&base, figure);
        [of(|s| s.input_quantisation), of(|s| s.rounding), of(|s| s.angle_precision), of(|s| s.convergence)]
    };
    // With four guard bits less, rounding errors are 16 times as large. The level of noise below which nothing is
    // rotated grows with them.
    let [input, rounding, angles, _] = ratio(&judged(Parameters { guard: 0, ..default }).1);
    assert!(
        input == 1.0 && (10.0..24.0).contains(&rounding) && (0.5..2.0).contains(&angles),
        "{input} {rounding} {angles}"
    );
    // With coefficients that are four bits shorter, errors of angles grow by 2^4 or more, because there are also fewer
    // pairs to choose from.
    let [input, rounding, angles, _] = ratio(&judged(Parameters { coef: Some(14), ..default }).1);
    assert!(input == 1.0 && (0.5..2.0).contains(&rounding) && angles > 10.0, "{input} {rounding} {angles}");
    // There are two sweeps, where five to seven are needed.
    let [input, rounding, angles, convergence] = ratio(&judged(Parameters { sweeps: Sweeps::Fixed(2), ..default }).1);
    assert!(
        input == 1.0 && rounding < 1.0 && angles < 2.0 && convergence > 1000.0,
        "{rounding} {angles} {convergence}"
    );
}

/// The mean square of the rounding error of an element is 1/12 LSB². So the root mean square error of an otherwise
/// exact product is the root of that.
#[test]
fn quantisation_of_the_input_is_that_of_a_rounded_number() {
    let (_, judged) = judged(Parameters { rows: 16, cols: 16, guard: 8, ..Parameters::default() });
    let uniform = judged.iter().find(|j| j.matrix == Family::Uniform.name()).unwrap();
    let product = uniform.sources.unwrap().reconstruction_rms_lsb.unwrap();
    // The mean of 256 squares with mean 1/12 and standard deviation 1/sqrt(180) is within 4 of its standard deviations.
    assert!((product.input_quantisation.powi(2) - 1.0 / 12.0).abs() < 4.0 / (180.0_f64 * 256.0).sqrt(), "{product:?}");
}

/// Covers matrices that are smaller than the core, which leave rows of the matrix and columns of the triangle empty.
#[test]
fn sources_of_every_size_are_told() {
    let sizes = [(1, 1), (2, 1), (5, 2), (4, 6), (16, 3), (13, 5), (17, 6)];
    for rows in [6, 17] {
        let parameters = Parameters { rows, cols: 6, vectors: Vectors::V, sizes: Sizes::Any, ..Parameters::default() };
        let core = Core::new(parameters.shape().unwrap());
        let matrices = sizes.into_iter().filter(|(m, _)| *m <= rows);
        let named = |(m, n)| NamedMatrix { name: format!("{m}x{n}"), matrix: Family::Uniform.generate(m, n, 3) };
        let judged = judge_all(&core, matrices.map(named));
        for found in &judged {
            let sigma = found.sources.unwrap().sigma_rms_lsb;
            assert!(sigma.rounding <= found.bounds.statistical.sigma.unwrap(), "{} {sigma:?}", found.matrix);
        }
        assert_eq!(judged.len(), if rows == 6 { 4 } else { sizes.len() });
    }
}
