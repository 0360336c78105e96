//! Matrices to begin with, and random changes of a matrix.

use rand::RngExt;
use rand::rngs::ChaCha8Rng;
use rand::seq::IndexedRandom;
use svdforge_golden::Family;
use svdforge_hdl::shape::Shape;
use svdforge_testbench::framing::input_format;
use svdforge_testbench::samples::quantised_of_size;

/// A matrix that is changed again and again.
pub(super) struct Walker {
    /// Row by row, in units of the last bit.
    pub units: Vec<i64>,
    /// The changes that did not make it harder since the last one that did.
    pub tries: u32,
}

/// The largest element, in units. The smallest is the negative of it, so that every matrix can be negated.
fn largest(shape: &Shape) -> i64 {
    (1 << (input_format(shape).word - 1)) - 1
}

/// A matrix of a random family.
pub(super) fn start(shape: &Shape, rng: &mut ChaCha8Rng) -> Vec<i64> {
    let family = Family::ALL.choose(rng).copied().unwrap_or(Family::Uniform);
    let most = largest(shape);
    let units = quantised_of_size(shape, (shape.rows(), shape.cols()), family, rng.random()).units;
    units.into_iter().map(|unit| unit.clamp(-most, most)).collect()
}

/// The matrix of a walker after one to three random changes, some of which take parts from another walker.
pub(super) fn mutated(shape: &Shape, walkers: &[Walker], number: usize, rng: &mut ChaCha8Rng) -> Vec<i64> {
    let (n, most) = (shape.cols(), largest(shape));
    let mut units = walkers[number].units.clone();
    for _ in 0..rng.random_range(1..=3) {
        let other = &walkers[rng.random_range(0..walkers.len())].units;
        change(&mut units, other, n, most, rng);
    }
    if shape.symmetric() {
        for row in 0..n {
            for column in 0..row {
                units[row * n + column] = units[column * n + row];
            }
        }
    }
    for unit in &mut units {
        *unit = (*unit).clamp(-most, most);
    }
    units
}

/// A row or a column.
fn line(n: usize, rng: &mut ChaCha8Rng) -> Vec<usize> {
    let at = rng.random_range(0..n);
    if rng.random() { (0..n).map(|k| at * n + k).collect() } else { (0..n).map(|k| k * n + at).collect() }
}

fn change(units: &mut [i64], other: &[i64], n: usize, most: i64, rng: &mut ChaCha8Rng) {
    let count = units.len();
    let bits = 64 - most.leading_zeros();
    let at = rng.random_range(0..count);
    let step = |rng: &mut ChaCha8Rng| {
        let size = 1_i64 << rng.random_range(0..bits);
        rng.random_range(-size..=size)
    };
    match rng.random_range(0..12) {
        // One element, by a step of any size, or to a special number.
        0..=2 => units[at] += step(rng),
        3 => units[at] = *[0, 1, -1, most, -most, most / 2].choose(rng).unwrap_or(&0),
        4 => units[at] = units[rng.random_range(0..count)] * if rng.random() { 1 } else { -1 },
        // All elements.
        5 => {
            let size = 1_i64 << rng.random_range(0..bits / 2);
            units.iter_mut().for_each(|unit| *unit += rng.random_range(-size..=size));
        }
        6 => {
            let scale = rng.random_range(0.25..2.0);
            units.iter_mut().for_each(|unit| *unit = (*unit as f64 * scale) as i64);
        }
        // A row or a column: negated, scaled, equal to another one but for its sign, or with a step added.
        7 => line(n, rng).into_iter().for_each(|at| units[at] = -units[at]),
        8 => {
            let shift = rng.random_range(1..bits);
            line(n, rng).into_iter().for_each(|at| units[at] >>= shift);
        }
        9 => {
            let (from, to) = (line(n, rng), line(n, rng));
            let sign = if rng.random() { 1 } else { -1 };
            let copied: Vec<i64> = from.into_iter().map(|at| units[at]).collect();
            to.into_iter().zip(copied).for_each(|(at, unit)| units[at] = sign * unit);
        }
        10 => {
            let step = step(rng);
            line(n, rng).into_iter().for_each(|at| units[at] += step);
        }
        // A part of another matrix.
        _ => {
            for _ in 0..rng.random_range(1..=n / 2) {
                line(n, rng).into_iter().for_each(|at| units[at] = other[at]);
            }
        }
    }
}
