use super::*;
use crate::oracle;
use nalgebra::Complex;

type C = Complex<f64>;

/// The rotation by an angle, with a phase: s = sin(angle) e^(i phase).
fn rotation(angle: f64, phase: f64) -> Rotation<C> {
    Rotation { cosine: angle.cos(), sine: C::from_polar(angle.sin(), phase) }
}

/// The rotation of a pair as an n x n matrix.
fn as_matrix(n: usize, (i, j): (usize, usize), Rotation { cosine, sine }: Rotation<C>) -> DMatrix<C> {
    let mut matrix = DMatrix::identity(n, n);
    (matrix[(i, i)], matrix[(i, j)]) = (C::from(cosine), -sine);
    (matrix[(j, i)], matrix[(j, j)]) = (sine.conj(), C::from(cosine));
    matrix
}

fn close(found: &DMatrix<C>, right: &DMatrix<C>) {
    assert_eq!(found.shape(), right.shape());
    assert!((found - right).iter().all(|difference| difference.norm() < 1e-14), "{found} is not {right}");
}

fn blocks() -> Vec<BlockRotation<C>> {
    [
        ((0, 1), 0.3, 1.0, -0.7, 2.0),
        ((1, 2), -0.9, 0.4, 0.2, -1.5),
        ((0, 2), 1.1, -2.5, 0.5, 0.1),
        ((0, 1), 0.6, 3.0, 0.8, -0.3),
    ]
    .map(|(pair, left, left_phase, right, right_phase)| BlockRotation {
        pair,
        left: rotation(left, left_phase),
        right: rotation(right, right_phase),
    })
    .to_vec()
}

/// A = L^H D R, where L and R are products of the matrices of all rotations: they must make A the diagonal D again,
/// with L^H as U and R^H as V.
#[test]
fn complex_rotations_reproduce_a_decomposition_built_by_hand() {
    let (mut left, mut right) = (DMatrix::identity(3, 3), DMatrix::identity(3, 3));
    for block in blocks() {
        left = as_matrix(3, block.pair, block.left) * left;
        right = as_matrix(3, block.pair, block.right) * right;
    }
    let diagonal = [C::new(0.75, 0.0), C::new(-0.5, 0.25), C::new(0.0, -0.25)];
    let middle = DMatrix::from_diagonal(&nalgebra::DVector::from_column_slice(&diagonal));
    let a = left.adjoint() * &middle * &right;
    let found = replay(&a, &Recording { reduction: Vec::new(), sweeps: blocks() }, |rotation| rotation);
    close(&DMatrix::from_row_slice(1, 3, &found.diagonal), &DMatrix::from_row_slice(1, 3, &diagonal));
    close(&found.u, &left.adjoint());
    close(&found.v, &right.adjoint());
    close(&oracle::product(&found.u, &found.diagonal, &found.v), &a);
}

/// In complex numbers without imaginary parts, the rotations give exactly what they give in real numbers.
#[test]
fn real_rotations_are_the_same_in_complex_numbers() {
    let a = crate::Family::Uniform.generate(4, 3, 1);
    let real = |rotation: Rotation<C>| Rotation { cosine: rotation.cosine, sine: rotation.sine.re };
    let complex = |rotation: Rotation<f64>| Rotation { cosine: rotation.cosine, sine: C::from(rotation.sine) };
    let sweeps: Vec<BlockRotation> = blocks()
        .into_iter()
        .map(|block| BlockRotation { pair: block.pair, left: real(block.left), right: real(block.right) })
        .collect();
    let complex_sweeps = sweeps
        .iter()
        .map(|block| BlockRotation { pair: block.pair, left: complex(block.left), right: complex(block.right) })
        .collect();
    let first = replay(&a, &Recording { reduction: Vec::new(), sweeps }, |rotation| rotation);
    let recording = Recording { reduction: Vec::new(), sweeps: complex_sweeps };
    let second = replay(&a.map(C::from), &recording, |rotation| rotation);
    assert_eq!(second.diagonal, first.diagonal.into_iter().map(C::from).collect::<Vec<_>>());
    assert_eq!((second.u, second.v), (first.u.map(C::from), first.v.map(C::from)));
}

/// Two rows of one column, 0.5i and 0.3 - 0.4i, become a triangle of one element, whose modulus is the length of the
/// column.
#[test]
fn complex_rows_become_a_triangle() {
    let a = DMatrix::from_row_slice(2, 1, &[C::new(0.0, 0.5), C::new(0.3, -0.4)]);
    // Row 2 is the triangle. x' = c x - s y with y' = conj(s) x + c y = 0, first of all for x = 0.
    let quarter = rotation(std::f64::consts::FRAC_PI_2, 0.0);
    // Then x = -0.5i, y = 0.3 - 0.4i: both have the modulus 0.5, so that c = |s| and conj(s) = -c y / x.
    let phase = (-(a[1] / C::new(0.0, -0.5))).conj().arg();
    let eighth = rotation(std::f64::consts::FRAC_PI_4, phase);
    let givens = |row, rotation| GivensRotation { rows: (2, row), columns: 0..1, rotation };
    let recording = Recording { reduction: vec![givens(0, quarter), givens(1, eighth)], sweeps: Vec::new() };
    let found = replay(&a, &recording, |rotation| rotation);
    assert!((found.diagonal[0].norm() - 0.5_f64.sqrt()).abs() < 1e-15, "{:?}", found.diagonal);
    assert!((found.diagonal[0] - C::new(0.0, -(0.5_f64.sqrt()))).norm() < 1e-15, "{:?}", found.diagonal);
}

#[test]
fn normalising_keeps_angle_and_phase() {
    let right = rotation(0.7, -2.0);
    let longer = Rotation { cosine: right.cosine * 3.0, sine: right.sine.scale(3.0) };
    let found = longer.normalised();
    assert!((found.cosine - right.cosine).abs() < 1e-15 && (found.sine - right.sine).norm() < 1e-15);
    let nothing = Rotation { cosine: 0.0, sine: C::from(0.0) };
    assert_eq!(nothing.normalised(), nothing);
}
