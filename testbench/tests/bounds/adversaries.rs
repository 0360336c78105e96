//! Matrices that come close to a bound or to the limit of a range.

use svdforge_hdl::shape::Shape;

/// The name of an adversary, and the function that makes its matrix, in units of the input, from a shape and a seed.
pub type Adversary = (&'static str, fn(&Shape, u64) -> Vec<i64>);

/// Makes a number from a generator of uniformly distributed ones.
type Draw = fn(&mut dyn FnMut() -> f64) -> f64;

/// Matrices that come close to a bound: all elements are at full scale, or repeated, or as far off the diagonal as in a
/// settled matrix.
pub const ADVERSARIES: &[Adversary] = &[
    ("signs at full scale", |shape, seed| from(shape, seed, |draw, _, _| if draw() < 0.0 { -1.0 } else { 1.0 })),
    ("rank one of signs", |shape, seed| {
        let mut draw = generator(seed);
        let mut signs = |count: usize| (0..count).map(|_| draw().signum()).collect::<Vec<_>>();
        let (rows, cols) = (signs(shape.rows()), signs(shape.cols()));
        fill(shape, |i, j| rows[i] * cols[j])
    }),
    ("Hadamard", |shape, _| fill(shape, |i, j| if (i & j).count_ones() % 2 == 0 { 1.0 } else { -1.0 })),
    ("repeated blocks", |shape, seed| {
        let small = from(shape, seed, |draw, _, _| draw());
        let full = f64::from(shape.word() - 1).exp2();
        let repeat = 2 + seed as usize % 3;
        fill(shape, |i, j| small[(i / repeat) * shape.cols() + j / repeat] as f64 / full)
    }),
    ("nearly diagonal", |shape, seed| nearly_diagonal(shape, seed, |draw| draw(), |draw| draw())),
    ("nearly diagonal, signs", |shape, seed| {
        nearly_diagonal(shape, seed, |draw| draw().signum(), |draw| draw().signum())
    }),
    ("scaled rotation, perturbed", |shape, seed| {
        let mut draw = generator(seed);
        let angle = 3.0 * draw();
        let unit = f64::from(1 - shape.word() as i32).exp2();
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

/// Tall matrices for which the errors of the reduction of rows add up.
pub const TALL: &[Adversary] = &[
    ("rows alike", |shape, seed| rows_alike(shape, seed, |_| 1.0, |draw| draw())),
    // For some sizes, what remains before the last rotation counts as noise.
    ("rows alike, smaller", |shape, seed| {
        rows_alike(shape, seed, |draw| (-9.0 * draw().abs()).exp2(), |draw| draw().signum())
    }),
    ("rows alike at full scale", |shape, seed| rows_alike(shape, seed, |_| 1.0, |draw| draw().signum())),
    // The rows are orthogonal and repeat over and over, so every column of the triangle grows by residues of one sign.
    ("rows of Hadamard's matrix", |shape, seed| {
        let (cols, turn) = (shape.cols(), seed as usize);
        fill(shape, |i, j| if (((i + turn) % cols) & j).count_ones() % 2 == 0 { 1.0 } else { -1.0 })
    }),
    ("rows of a rotation", |shape, seed| {
        let mut draw = generator(seed);
        let vector: Vec<f64> = (0..shape.cols()).map(|_| draw()).collect();
        let square: f64 = vector.iter().map(|v| v * v).sum();
        fill(shape, |i, j| {
            let (row, own) = (i % shape.cols(), if i % shape.cols() == j { 1.0 } else { 0.0 });
            own - 2.0 * vector[row] * vector[j] / square
        })
    }),
    // The angles stay where the rotation table begins.
    ("rows that grow", |shape, seed| {
        let mut draw = generator(seed);
        let angle = 0.0625 + 0.01 * draw().abs();
        fill(shape, |i, j| {
            let age = (shape.rows() - 1 - i) / shape.cols();
            if i % shape.cols() == j { (-(age as f64) * angle * angle / 4.0).exp() } else { 0.02 * draw() }
        })
    }),
];

/// A generator of uniformly distributed numbers in [-1, 1) (xorshift; G. Marsaglia, J. Stat. Software 8, 2003).
pub fn generator(seed: u64) -> impl FnMut() -> f64 {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x2545_f491_4f6c_dd1d;
    move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as f64 / f64::from(1u32 << 26).powi(2) - 1.0
    }
}

/// Makes a matrix of input words from numbers where +-1 is full scale. For a symmetric core the upper half is mirrored.
pub fn fill(shape: &Shape, mut element: impl FnMut(usize, usize) -> f64) -> Vec<i64> {
    let full = f64::from(shape.word() - 1).exp2();
    let mut units: Vec<i64> = (0..shape.elements())
        .map(|place| {
            (element(place / shape.cols(), place % shape.cols()) * full).round().clamp(-full, full - 1.0) as i64
        })
        .collect();
    if shape.symmetric() {
        for i in 0..shape.rows() {
            for j in 0..i {
                units[i * shape.cols() + j] = units[j * shape.cols() + i];
            }
        }
    }
    units
}

fn from(shape: &Shape, seed: u64, element: fn(&mut dyn FnMut() -> f64, usize, usize) -> f64) -> Vec<i64> {
    let mut draw = generator(seed);
    fill(shape, |i, j| element(&mut draw, i, j))
}

/// The same row over and over.
fn rows_alike(shape: &Shape, seed: u64, scale: Draw, element: Draw) -> Vec<i64> {
    let mut draw = generator(seed);
    let scale = scale(&mut draw);
    let row: Vec<f64> = (0..shape.cols()).map(|_| scale * element(&mut draw)).collect();
    fill(shape, |_, j| row[j])
}

/// Every block is almost as far off the diagonal as a settled one may be, so the first sweep may be the last.
fn nearly_diagonal(shape: &Shape, seed: u64, diagonal: Draw, share: Draw) -> Vec<i64> {
    let mut draw = generator(seed);
    let side = shape.rows().max(shape.cols());
    let values: Vec<f64> = (0..side).map(|_| 0.97 * diagonal(&mut draw)).collect();
    let ratio = 1.94 * (-f64::from(shape.arithmetic().limits().settled_bits)).exp2();
    let mut off = vec![0.0; side * side];
    for i in 0..side {
        for j in 0..i {
            let skew = if shape.symmetric() { 0.0 } else { share(&mut draw) };
            let (sum, difference) = (share(&mut draw) * (values[i] - values[j]), skew * (values[i] + values[j]));
            off[i * side + j] = ratio * (sum + difference) / 2.0;
            off[j * side + i] = ratio * (sum - difference) / 2.0;
        }
    }
    fill(shape, |i, j| if i == j { values[i] } else { off[i * side + j] })
}
