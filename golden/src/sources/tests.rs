#[path = "tests/complex.rs"]
mod complex;

use super::*;
use crate::replay::{BlockRotation, GivensRotation};

const LSB: f64 = 1.0 / 32768.0;
/// A value or an element is rounded by far less than 1e-12, which in LSB is less than this.
const ROUNDING: f64 = 1e-7;

/// A = P(-0.3) diag(0.75, 0.5) P(-1.1)ᵀ, where P(t) is the rotation by t: rotations by 0.3 and 1.1 make it diagonal.
fn matrix() -> DMatrix<f64> {
    let turn = |t: f64| DMatrix::from_row_slice(2, 2, &[t.cos(), -t.sin(), t.sin(), t.cos()]);
    turn(-0.3) * DMatrix::from_row_slice(2, 2, &[0.75, 0.0, 0.0, 0.5]) * turn(-1.1).transpose()
}

fn rotation(angle: f64, stretch: f64) -> Rotation {
    Rotation { cosine: angle.cos() * stretch, sine: angle.sin() * stretch }
}

/// The rotations of one 2 x 2 block, with c² + s² = `stretch`².
fn one_block(left: f64, right: f64, stretch: f64) -> Recording {
    let block = BlockRotation { pair: (0, 1), left: rotation(left, stretch), right: rotation(right, stretch) };
    Recording { sweeps: vec![block], ..Recording::default() }
}

/// The sources of error of a core that makes these rotations, with vectors that are not rounded.
fn measured(original: &DMatrix<f64>, input: &DMatrix<f64>, sigma: &[f64], rotations: &Recording) -> Sources {
    let found = replay(input, rotations, identity);
    let factors = Factors { sigma, u: Some(&found.u), v: Some(&found.v) };
    sources(&Case { original, input, factors, rotations, symmetric: false, lsb: LSB, word: 16 }).expect("a reference")
}

/// Compares with the right numbers for input quantisation, rounding, angle precision and convergence.
fn close(found: BySource, right: [f64; 4]) {
    for ((found, right), source) in found.parts().into_iter().zip(right).zip(BySource::NAMES) {
        assert!((found - right).abs() < 1e-4 * right + ROUNDING, "{source}: {found} is not {right}");
    }
}

fn root_mean_square(values: &[f64]) -> f64 {
    (values.iter().map(|value| value * value).sum::<f64>() / values.len() as f64).sqrt()
}

#[test]
fn each_planted_error_is_found_at_its_source_alone() {
    let a = matrix();
    let right = one_block(0.3, 1.1, 1.0);
    let (values, elements) = (root_mean_square(&[0.75, 0.5]) / LSB, root_mean_square(a.as_slice()) / LSB);
    let nothing = [0.0; 4];

    let none = measured(&a, &a, &[0.75, 0.5], &right);
    none.kinds().into_iter().for_each(|(_, kind)| close(kind.unwrap(), nothing));
    assert!(none.kinds().into_iter().all(|(_, kind)| kind.unwrap().total < ROUNDING));

    // The first value is off by 3 LSB, the product by that times the first vectors, whose four products of elements
    // have a square sum of 1.
    let rounded = measured(&a, &a, &[0.75 + 3.0 * LSB, 0.5], &right);
    close(rounded.sigma_rms_lsb, [0.0, 3.0 / 2.0_f64.sqrt(), 0.0, 0.0]);
    close(rounded.reconstruction_rms_lsb.unwrap(), [0.0, 1.5, 0.0, 0.0]);
    close(rounded.orthogonality_rms_lsb.unwrap(), nothing);
    assert!((rounded.reconstruction_rms_lsb.unwrap().total - 1.5).abs() < ROUNDING);

    // Everything is twice as large as it should be before quantisation, which doubles the values.
    let quantised = measured(&(&a * 2.0), &a, &[0.75, 0.5], &right);
    close(quantised.sigma_rms_lsb, [values, 0.0, 0.0, 0.0]);
    close(quantised.reconstruction_rms_lsb.unwrap(), [elements, 0.0, 0.0, 0.0]);
    close(quantised.orthogonality_rms_lsb.unwrap(), nothing);

    // Rotations longer by h change vectors by h, the diagonal by 2 h, and the product by 4 h. UᵀU changes by 2 h on its
    // diagonal, which is half of its elements.
    let h = 1e-6;
    let stretched = measured(&a, &a, &[0.75, 0.5].map(|value| value * (1.0 + 2.0 * h)), &one_block(0.3, 1.1, 1.0 + h));
    close(stretched.sigma_rms_lsb, [0.0, 0.0, 2.0 * h * values, 0.0]);
    close(stretched.reconstruction_rms_lsb.unwrap(), [0.0, 0.0, 4.0 * h * elements, 0.0]);
    close(stretched.orthogonality_rms_lsb.unwrap(), [0.0, 0.0, 2.0_f64.sqrt() * h / LSB, 0.0]);

    // The left angle falls short by t: the diagonal shrinks by 1 - cos t, and 0.5 sin t and -0.75 sin t stay beside it.
    let t = 1e-3_f64;
    let unfinished = measured(&a, &a, &[0.75, 0.5].map(|value| value * t.cos()), &one_block(0.3 - t, 1.1, 1.0));
    let left = [0.75 * t.sin(), 0.5 * t.sin(), 0.75 * (1.0 - t.cos()), 0.5 * (1.0 - t.cos())];
    close(unfinished.sigma_rms_lsb, [0.0, 0.0, 0.0, values * (1.0 - t.cos())]);
    close(unfinished.orthogonality_rms_lsb.unwrap(), nothing);
    let product = unfinished.reconstruction_rms_lsb.unwrap();
    // The product lacks exactly what is left off the diagonal, rotated.
    close(product, [0.0, 0.0, 0.0, root_mean_square(&left[..2]) / LSB / 2.0_f64.sqrt()]);
}

#[test]
fn vectors_are_compared_in_their_order_whatever_their_signs() {
    let a = matrix();
    let rotations = one_block(0.3, 1.1, 1.0 + 1e-6);
    let found = replay(&a, &rotations, identity);
    let mut u = DMatrix::from_columns(&[-found.u.column(1), found.u.column(0).into_owned()]);
    u[(0, 0)] += LSB;
    let factors = Factors { sigma: &[0.75, 0.5], u: Some(&u), v: None };
    let case = Case { original: &a, input: &a, factors, rotations: &rotations, symmetric: false, lsb: LSB, word: 16 };
    let found = sources(&case).unwrap();
    assert_eq!(found.reconstruction_rms_lsb, None);
    // The element is off by one unit: UᵀU by twice its vector's element on the diagonal, and by the other vector's
    // twice beside it.
    let beside = u[(0, 1)];
    let rounding = root_mean_square(&[2.0 * u[(0, 0)], beside, beside, 0.0]);
    let found = found.orthogonality_rms_lsb.unwrap();
    assert!((found.rounding - rounding).abs() < 1e-4, "{found:?}, {rounding}");
    assert!((found.angle_precision - 2.0_f64.sqrt() * 1e-6 / LSB).abs() < 1e-6, "{found:?}");
}

/// Rotates one of three rows, of one column, with the only row of a triangle.
fn givens(row: usize, angle: f64, stretch: f64) -> GivensRotation {
    GivensRotation { rows: (3, row), columns: 0..1, rotation: rotation(angle, stretch) }
}

/// Three rows of one column, whose length is 0.75, become one row.
#[test]
fn rows_become_a_triangle_and_what_is_left_of_them_is_unfinished() {
    let a = DMatrix::from_row_slice(3, 1, &[0.5, 0.25, -0.5]);
    let v = DMatrix::identity(1, 1);
    let right = |row: usize, before: f64| -libm::atan2(a[row], before);
    let angles = [right(0, 0.0), right(1, 0.5), right(2, 0.3125_f64.sqrt())];
    let sources = |sigma: f64, last_angle: f64, stretch: f64| {
        let reduction = vec![givens(0, angles[0], 1.0), givens(1, angles[1], 1.0), givens(2, last_angle, stretch)];
        let rotations = &Recording { reduction, sweeps: Vec::new() };
        let factors = Factors { sigma: &[sigma], u: None, v: Some(&v) };
        let case = Case { original: &a, input: &a, factors, rotations, symmetric: false, lsb: LSB, word: 16 };
        let found = super::sources(&case).unwrap();
        assert_eq!(found.reconstruction_rms_lsb, None);
        close(found.orthogonality_rms_lsb.unwrap(), [0.0; 4]);
        found.sigma_rms_lsb
    };
    close(sources(0.75, angles[2], 1.0), [0.0; 4]);
    close(sources(0.75 + 2.0 * LSB, angles[2], 1.0), [0.0, 2.0, 0.0, 0.0]);
    let h = 1e-5;
    close(sources(0.75 * (1.0 + h), angles[2], 1.0 + h), [0.0, 0.0, 0.75 * h / LSB, 0.0]);
    let t = 1e-2_f64;
    close(sources(0.75 * t.cos(), angles[2] + t, 1.0), [0.0, 0.0, 0.0, 0.75 * (1.0 - t.cos()) / LSB]);
}

/// Rows of two columns: the second row of the triangle turns in the second column alone, whatever is left in the first.
#[test]
fn columns_that_are_done_with_stay() {
    let a = DMatrix::from_row_slice(2, 2, &[0.5, 0.25, 0.125, 0.75]);
    let quarter = std::f64::consts::FRAC_PI_2;
    let givens = |rows, columns| GivensRotation { rows, columns, rotation: rotation(-quarter, 1.0) };
    // A quarter turn brings row 0 into row 2, the triangle's first, and row 1's second element into row 3.
    let reduction = vec![givens((2, 0), 0..2), givens((3, 1), 1..2)];
    let found = replay(&a, &Recording { reduction, sweeps: Vec::new() }, identity);
    assert!((found.diagonal[0] - 0.5).abs() < 1e-15 && (found.diagonal[1] - 0.75).abs() < 1e-15, "{found:?}");
    assert_eq!((found.u.shape(), found.v.shape()), ((2, 2), (2, 2)));
    // The other rows of the triangle stay zero.
    let one = Recording { reduction: vec![givens((1, 0), 0..3)], sweeps: Vec::new() };
    let found = replay(&DMatrix::from_row_slice(1, 3, &[0.5, 0.25, 0.125]), &one, identity);
    assert_eq!(found.diagonal.iter().map(|x| x.abs() > 0.4).collect::<Vec<_>>(), [true, false, false]);
}

#[test]
fn no_rotation_stays_none() {
    let nothing = Rotation { cosine: 0.0, sine: 0.0 };
    assert_eq!(nothing.normalised(), nothing);
    assert_eq!(Rotation { cosine: -3.0, sine: 4.0 }.normalised(), Rotation { cosine: -0.6, sine: 0.8 });
}

#[test]
fn eigenvalues_keep_their_signs() {
    let a = DMatrix::from_row_slice(2, 2, &[0.25, 0.5, 0.5, 0.25]);
    // Eigenvalues 0.75 and -0.25; the vectors turn by an eighth.
    let angle = -std::f64::consts::FRAC_PI_4;
    let rotations = one_block(angle, angle, 1.0);
    let found = replay(&a, &rotations, identity);
    let vectors = found.v.select_columns(if found.diagonal[0] > 0.0 { &[0, 1] } else { &[1, 0] });
    let factors = Factors { sigma: &[0.75, -0.25], u: Some(&vectors), v: Some(&vectors) };
    let case = Case { original: &a, input: &a, factors, rotations: &rotations, symmetric: true, lsb: LSB, word: 16 };
    let found = sources(&case).unwrap();
    found.kinds().into_iter().for_each(|(_, kind)| close(kind.unwrap(), [0.0; 4]));
}

#[test]
fn means_are_taken_of_squares() {
    let all = |number| BySource {
        input_quantisation: number,
        rounding: 0.0,
        angle_precision: 1.0,
        convergence: 2.0 * number,
        total: number,
    };
    let of = |number| Sources {
        sigma_rms_lsb: all(number),
        reconstruction_rms_lsb: Some(all(-number)),
        orthogonality_rms_lsb: None,
    };
    let mean = Sources::root_mean_square([of(1.0), of(7.0)].into_iter()).unwrap();
    let right =
        BySource { input_quantisation: 5.0, rounding: 0.0, angle_precision: 1.0, convergence: 10.0, total: 5.0 };
    assert_eq!(
        mean,
        Sources { sigma_rms_lsb: right, reconstruction_rms_lsb: Some(right), orthogonality_rms_lsb: None }
    );
    assert_eq!(Sources::root_mean_square(std::iter::empty()), None);
}
