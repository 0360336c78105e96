//! Matrices of complex numbers.

use super::*;
use crate::replay::BlockRotation;
use nalgebra::Complex;

type C = Complex<f64>;

fn rotation(angle: f64, phase: f64, stretch: f64) -> Rotation<C> {
    Rotation { cosine: angle.cos() * stretch, sine: C::from_polar(angle.sin() * stretch, phase) }
}

fn one_block(left: f64, stretch: f64) -> Recording<C> {
    let (left, right) = (rotation(left, 0.9, stretch), rotation(1.1, -2.0, stretch));
    Recording { reduction: Vec::new(), sweeps: vec![BlockRotation { pair: (0, 1), left, right }] }
}

/// The matrix that the block's rotations make diag(0.75, 0.5).
fn matrix() -> DMatrix<C> {
    let found = replay(&DMatrix::identity(2, 2), &one_block(0.3, 1.0), identity);
    oracle::reconstruct(&found.u, &[0.75, 0.5], &found.v)
}

fn measured(original: &DMatrix<C>, sigma: &[f64], rotations: &Recording<C>, phases: [C; 2]) -> Sources {
    let input = &matrix();
    let mut found = replay(input, rotations, identity);
    // A core may give both vectors of a pair any common phase.
    for (column, phase) in phases.into_iter().enumerate() {
        found.u.column_mut(column).iter_mut().for_each(|x| *x *= phase);
        found.v.column_mut(column).iter_mut().for_each(|x| *x *= phase);
    }
    let factors = Factors { sigma, u: Some(&found.u), v: Some(&found.v) };
    sources(&Case { original, input, factors, rotations, symmetric: false, lsb: LSB, word: 16 }).expect("a reference")
}

#[test]
fn each_planted_error_is_found_at_its_source_alone() {
    let a = matrix();
    let values = root_mean_square(&[0.75, 0.5]) / LSB;
    let (none, phases) = ([C::from(1.0); 2], [C::i(), C::from_polar(1.0, 2.2)]);
    for phases in [none, phases] {
        let found = measured(&a, &[0.75, 0.5], &one_block(0.3, 1.0), phases);
        found.kinds().into_iter().for_each(|(_, kind)| close(kind.expect("delivered"), [0.0; 4]));

        // The first value is off by 3 LSB. The product is off by that times vectors of length 1: 8 components share 9.
        let found = measured(&a, &[0.75 + 3.0 * LSB, 0.5], &one_block(0.3, 1.0), phases);
        close(found.sigma_rms_lsb, [0.0, 3.0 / 2.0_f64.sqrt(), 0.0, 0.0]);
        close(found.reconstruction_rms_lsb.expect("delivered"), [0.0, (9.0_f64 / 8.0).sqrt(), 0.0, 0.0]);
        close(found.orthogonality_rms_lsb.expect("delivered"), [0.0; 4]);

        let found = measured(&a.scale(2.0), &[0.75, 0.5], &one_block(0.3, 1.0), phases);
        close(found.sigma_rms_lsb, [values, 0.0, 0.0, 0.0]);
        close(found.orthogonality_rms_lsb.expect("delivered"), [0.0; 4]);

        // c² + |s|² is 1 + 2h: the diagonal grows by 2h, and so do the diagonals of U^H U and V^H V, 4 of 16
        // components.
        let h = 1e-6;
        let sigma = [0.75, 0.5].map(|value| value * (1.0 + 2.0 * h));
        let found = measured(&a, &sigma, &one_block(0.3, 1.0 + h), phases);
        close(found.sigma_rms_lsb, [0.0, 0.0, 2.0 * h * values, 0.0]);
        close(found.orthogonality_rms_lsb.expect("delivered"), [0.0, 0.0, h / LSB, 0.0]);

        let t = 1e-3_f64;
        let found = measured(&a, &[0.75, 0.5].map(|value| value * t.cos()), &one_block(0.3 - t, 1.0), phases);
        close(found.sigma_rms_lsb, [0.0, 0.0, 0.0, values * (1.0 - t.cos())]);
        close(found.orthogonality_rms_lsb.expect("delivered"), [0.0; 4]);
    }
}

/// An element of a vector is off in its imaginary part, in a matrix that needs no rotation.
#[test]
fn rounding_of_imaginary_parts_is_seen() {
    let a = DMatrix::from_row_slice(2, 2, &[C::from(0.75), C::from(0.0), C::from(0.0), C::from(0.5)]);
    let mut u = DMatrix::identity(2, 2);
    u[(0, 1)] = C::new(0.0, LSB);
    let v = DMatrix::identity(2, 2);
    let factors = Factors { sigma: &[0.75, 0.5], u: Some(&u), v: Some(&v) };
    let rotations = &Recording::default();
    let case = Case { original: &a, input: &a, factors, rotations, symmetric: false, lsb: LSB, word: 16 };
    let found = sources(&case).expect("a reference");
    close(found.reconstruction_rms_lsb.expect("delivered"), [0.0, 0.5 / 8.0_f64.sqrt(), 0.0, 0.0]);
    close(found.orthogonality_rms_lsb.expect("delivered"), [0.0, (2.0_f64 / 16.0).sqrt(), 0.0, 0.0]);
}

#[test]
fn hermitian_eigenvalues_keep_their_signs() {
    // The eigenvalues of (0.25 0.5i; -0.5i 0.25) are 0.75 and -0.25.
    let i = C::i();
    let a = DMatrix::from_row_slice(2, 2, &[C::from(0.25), i * 0.5, -i * 0.5, C::from(0.25)]);
    let eighth = rotation(std::f64::consts::FRAC_PI_4, std::f64::consts::FRAC_PI_2, 1.0);
    let block = BlockRotation { pair: (0, 1), left: eighth, right: eighth };
    let rotations = &Recording { reduction: Vec::new(), sweeps: vec![block] };
    let found = replay(&a, rotations, identity);
    let order = if found.diagonal[0].re > 0.0 { [0, 1] } else { [1, 0] };
    let vectors = found.v.select_columns(&order);
    let factors = Factors { sigma: &[0.75, -0.25], u: Some(&vectors), v: Some(&vectors) };
    let case = Case { original: &a, input: &a, factors, rotations, symmetric: true, lsb: LSB, word: 16 };
    let found = sources(&case).expect("a reference");
    found.kinds().into_iter().for_each(|(_, kind)| close(kind.expect("delivered"), [0.0; 4]));
}

/// Stretched rotations of overlapping pairs leave vectors that are not orthogonal. A core that delivers just these has
/// rounded nothing, whatever the phases of its vectors.
#[test]
fn vectors_are_compared_whatever_their_phases() {
    let a = crate::Family::Uniform.generate_complex(3, 3, 1);
    let block = |pair, angle| {
        let (left, right) = (rotation(angle, 0.9, 1.001), rotation(-angle, -2.0, 1.001));
        BlockRotation { pair, left, right }
    };
    let rotations = &Recording { reduction: Vec::new(), sweeps: vec![block((0, 1), 0.3), block((1, 2), 0.5)] };
    let found = replay(&a, rotations, identity);
    let phases = [C::i(), C::from_polar(1.0, 2.2), C::from(-1.0)];
    let turned = |vectors: &DMatrix<C>| DMatrix::from_fn(3, 3, |i, j| vectors[(i, j)] * phases[j]);
    let (u, v) = (turned(&found.u), turned(&found.v));
    let beside = (u.adjoint() * &u)[(1, 2)].norm();
    assert!(beside > 1e-4, "{beside}");
    let factors = Factors { sigma: &[0.75, 0.5, 0.25], u: Some(&u), v: Some(&v) };
    let case = Case { original: &a, input: &a, factors, rotations, symmetric: false, lsb: LSB, word: 16 };
    let found = sources(&case).expect("a reference").orthogonality_rms_lsb.expect("delivered");
    assert!(found.rounding < ROUNDING && found.angle_precision > 1.0, "{found:?}");
}
