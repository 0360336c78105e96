//! The arithmetic of complex matrices, by its definition in plain integers: how accurate it is, and how many sweeps it
//! takes.
//!
//! `cargo test --release -p svdforge-testbench --test complex -- --nocapture` prints what the limits below are compared
//! with.

#[path = "complex/bounds.rs"]
mod bounds;
#[path = "complex/core.rs"]
mod core;
#[path = "complex/reference.rs"]
mod reference;
#[path = "complex/tables.rs"]
mod tables;
#[path = "complex/units.rs"]
mod units;

use nalgebra::{Complex as Number, DMatrix, DVector};
use rayon::prelude::*;
use reference::{Complex, Reference, Run};
use std::f64::consts::FRAC_PI_2;
use svdforge_golden::oracle::svd;
use svdforge_golden::{Accuracy, Factors, Family, accuracy, eigen_accuracy};
use tables::Tables;

/// Bits of a component of an input element, and guard bits.
const FORMAT: (u32, u32) = (16, 4);
/// Bits of a coefficient.
const COEF: u32 = 18;
/// More sweeps than any matrix takes.
const CAP: u32 = 16;

/// The worst that was found in a suite of matrices of one size.
#[derive(Clone, Copy, Debug, Default)]
struct Worst {
    /// Error of a singular value or eigenvalue, in LSB.
    sigma: f64,
    /// Error of U^H U or V^H V, in LSB.
    orthogonality: f64,
    sweeps: u32,
    matrices: usize,
}

impl Worst {
    fn or(self, other: Self) -> Self {
        Self {
            sigma: self.sigma.max(other.sigma),
            orthogonality: self.orthogonality.max(other.orthogonality),
            sweeps: self.sweeps.max(other.sweeps),
            matrices: self.matrices + other.matrices,
        }
    }
}

/// Decomposes matrices of all families, made Hermitian if that is what the arithmetic is for.
fn worst(n: usize, seeds: u64, hermitian: bool) -> Worst {
    let reference = Reference::new((n, n), FORMAT, COEF, hermitian);
    let cases: Vec<(Family, u64)> = Family::ALL.iter().flat_map(|&f| (0..seeds).map(move |seed| (f, seed))).collect();
    let judged = cases.into_par_iter().map(|(family, seed)| {
        let matrix = family.generate_complex(n, n, seed);
        let matrix = if hermitian { hermitian_of(&matrix, seed % 2 == 1) } else { matrix };
        let units = quantised(&matrix);
        let run = reference.run(units.transpose().as_slice(), CAP, false);
        assert!(!run.capped, "{family}, n = {n}, seed {seed}");
        if hermitian {
            assert_eq!(run.uh, run.vh, "{family}, n = {n}, seed {seed}: U = V");
        }
        let (word, guard) = FORMAT;
        let [lsb, unit] = [word - 1, word - 1 + guard].map(|fraction| f64::from(fraction).exp2().recip());
        let found = Decomposed::new(&reference, &run, (n, n), unit);
        let found = found.judged(&units.map(|element| number(element, lsb)), word, hermitian);
        let orthogonality = [found.orthogonality_u_max_lsb, found.orthogonality_v_max_lsb];
        Worst {
            sigma: found.sigma_max_lsb,
            orthogonality: orthogonality.into_iter().flatten().fold(0.0, f64::max),
            sweeps: run.sweeps,
            matrices: 1,
        }
    });
    judged.reduce(Worst::default, Worst::or)
}

/// U diag(sigma) U^H for the left vectors and the singular values of a matrix: positive, or with values of both signs.
fn hermitian_of(matrix: &DMatrix<Number<f64>>, is_indefinite: bool) -> DMatrix<Number<f64>> {
    let svd = svd(matrix).unwrap();
    let values =
        svd.sigma.iter().enumerate().map(|(i, &value)| if is_indefinite && i % 2 == 1 { -value } else { value });
    let diagonal = DMatrix::from_diagonal(&DVector::from_iterator(svd.sigma.len(), values.map(Number::from)));
    // Below full scale, where a number and its negative both fit.
    let largest = svd.sigma[0].max(1.0) / 0.99;
    let product = (&svd.u * diagonal * svd.u.adjoint()).unscale(largest);
    (&product + product.adjoint()).scale(0.5)
}

/// The matrix on the grid of the input, in units of the last place.
fn quantised(matrix: &DMatrix<Number<f64>>) -> DMatrix<Complex> {
    let limit = f64::from(1 << (FORMAT.0 - 1));
    let component = |value: f64| (value * limit).round_ties_even().clamp(-limit, limit - 1.0) as i64;
    matrix.map(|element| Complex::new(component(element.re), component(element.im)))
}

/// A = U diag(values) V^H.
struct Decomposed {
    values: Vec<f64>,
    u: DMatrix<Number<f64>>,
    v: DMatrix<Number<f64>>,
}

impl Decomposed {
    /// The result of a run for matrices of (rows, columns). One unit of the last place is worth `unit`.
    fn new(reference: &Reference, run: &Run, (rows, cols): (usize, usize), unit: f64) -> Self {
        let order = reference.order(run);
        Self {
            values: order.iter().map(|&index| reference.value(run, index) as f64 * unit).collect(),
            u: DMatrix::from_fn(rows, order.len(), |row, k| number(reference.u(run, row, order[k]), unit)),
            v: DMatrix::from_fn(cols, order.len(), |row, k| number(reference.v(run, row, order[k]), unit)),
        }
    }

    /// Compares it with the golden model. `input` is on the grid of words of `word` bits.
    fn judged(&self, input: &DMatrix<Number<f64>>, word: u32, hermitian: bool) -> Accuracy {
        let lsb = f64::from(word - 1).exp2().recip();
        let judged = match hermitian {
            true => eigen_accuracy(input, &self.values, Some(&self.v), lsb, word),
            false => {
                let factors = Factors { sigma: &self.values, u: Some(&self.u), v: Some(&self.v) };
                accuracy(input, factors, lsb, word)
            }
        };
        judged.unwrap()
    }
}

fn number(element: Complex, unit: f64) -> Number<f64> {
    Number::new(element.re as f64 * unit, element.im as f64 * unit)
}

/// The limits are those that the arithmetic was designed for.
#[test]
fn errors_and_sweeps_of_general_matrices_are_within_the_limits() {
    for (n, seeds, sigma, orthogonality, sweeps) in [
        (2, 100, 0.5, 0.4, 6),
        (3, 50, 0.6, 0.6, 8),
        (4, 50, 0.6, 0.6, 8),
        (8, 10, 0.75, 1.0, 9),
        (16, 2, 1.3, 1.4, 11),
    ] {
        let found = worst(n, seeds, false);
        println!("n = {n}: {found:.2?}");
        assert_eq!(found.matrices as u64, seeds * Family::ALL.len() as u64);
        assert!(
            found.sigma <= sigma && found.orthogonality <= orthogonality && found.sweeps <= sweeps,
            "{n}: {found:?}"
        );
    }
}

#[test]
fn errors_and_sweeps_of_hermitian_matrices_are_within_the_limits() {
    for (n, seeds, sigma, orthogonality, sweeps) in
        [(2, 100, 0.5, 0.4, 4), (3, 50, 0.6, 0.6, 5), (4, 50, 0.6, 0.6, 5), (8, 10, 0.75, 1.0, 8), (16, 2, 1.3, 1.4, 8)]
    {
        let found = worst(n, seeds, true);
        println!("Hermitian, n = {n}: {found:.2?}");
        assert_eq!(found.matrices as u64, seeds * Family::ALL.len() as u64);
        assert!(
            found.sigma <= sigma && found.orthogonality <= orthogonality && found.sweeps <= sweeps,
            "{n}: {found:?}"
        );
    }
}

/// A real matrix stays real.
#[test]
fn a_real_matrix_has_real_vectors() {
    for n in [2, 4, 7] {
        let reference = Reference::new((n, n), FORMAT, COEF, false);
        for &family in Family::ALL {
            let units = quantised(&family.generate(n, n, 1).map(|element| Number::new(element, 0.0)));
            let run = reference.run(units.transpose().as_slice(), CAP, false);
            let all = run.x.iter().chain(&run.uh).chain(&run.vh);
            assert!(!run.capped && all.clone().all(|element| element.im == 0), "{family}, n = {n}");
        }
    }
}

/// The error of the norm decides on the accuracy; an error of the angle does not.
#[test]
fn rotations_of_the_table_keep_the_norm_and_stay_in_their_bin() {
    let fraction = COEF - 1;
    let one = f64::from(1 << fraction);
    let mut entries = 0;
    for ([i, j], entry) in Tables::of(fraction).all() {
        let [c, re, im] = [entry.c, entry.s.re, entry.s.im].map(|component| component as f64 / one);
        let norm = c * c + re * re + im * im - 1.0;
        assert!(norm.abs() <= (-26.5f64).exp2(), "{i}, {j}: {norm:e}");
        assert!([entry.c, entry.s.re, entry.s.im].iter().all(|&component| (0..1 << fraction).contains(&component)));
        assert!((entry.s.re + entry.s.im) % 2 == 0 && (j > 0 || entry.s.im == 0));
        let length = (i as f64).hypot(j as f64) / 32.0;
        let sine = length.min(FRAC_PI_2).sin();
        for (bin, component) in [(i, re), (j, im)] {
            let exact = sine * bin as f64 / 32.0 / length;
            assert!((component - exact).abs() < 1.0 / 64.0, "{i}, {j}: {component} instead of {exact}");
        }
        entries += 1;
    }
    assert_eq!(entries, 1095);
}
