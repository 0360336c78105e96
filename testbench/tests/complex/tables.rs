//! The tables of the complex arithmetic.

use super::reference::Complex;
use std::collections::BTreeMap;
use std::f64::consts::{FRAC_PI_2, FRAC_PI_4};
use std::sync::Mutex;

/// Fraction bits of a logarithm.
pub const LOG_BITS: u32 = 9;
/// Tables of functions of a ratio have 2^STEP_BITS entries for an octave.
pub const STEP_BITS: u32 = 4;
/// Bits of the fraction of a logarithm that the table of antilogarithms takes into account.
pub const ANTILOG_BITS: u32 = 7;
/// The bins of the table of coefficients are 2^-BIN_BITS rad wide in both directions.
pub const BIN_BITS: u32 = 5;
/// Angle vectors with |re| + |im| below 2^-FINE_BITS rad are fine. They have so many fraction bits more than a
/// coefficient.
pub const FINE_BITS: u32 = 3;
/// Fraction bits of 1 - c for a fine angle vector, beyond those of the vector.
pub const VERSINE_BITS: u32 = 3;
/// The table of 1 - c takes the square of a fine angle vector into account, but for so many of its bits beyond the
/// fraction bits of a coefficient.
pub const NORM_BITS_LESS: u32 = 8;

/// The widest search for coefficients, in units of the last place of the smaller component of s.
const REACH_ACROSS: i64 = 64;
/// The number of values of the larger component of s that are tried on each side.
const TRIES_ALONG: i64 = 256;

/// Cosine and complex sine of a rotation, in units of the last place of a coefficient.
#[derive(Clone, Copy, Debug, Default)]
pub struct Coefficients {
    pub c: i64,
    pub s: Complex,
}

pub struct Tables {
    /// log2(1 + m / 256).
    pub logarithms: Vec<i64>,
    /// log2 sqrt(1 + 4^-r) by the ratio r of the components of a vector, in octaves.
    pub hypotenuses: Vec<i64>,
    /// log2(atan(2^r) / 2) - r for ratios of 2^-5 to 2^9.
    pub arcs: Vec<i64>,
    /// log2(pi / 4).
    pub log_eighth_turn: i64,
    /// 2^f with 8 fraction bits.
    pub antilogs: Vec<i64>,
    /// 1 - sqrt(1 - q) - q / 2 for squares q of fine angle vectors, with one fraction bit more than 1 - c.
    pub norms: Vec<i64>,
    /// By the bins of the larger and of the smaller component of an angle vector.
    coefficients: Vec<Vec<Coefficients>>,
}

impl Tables {
    /// The tables for coefficients with so many fraction bits, which are made once.
    pub fn of(fraction: u32) -> &'static Self {
        static MADE: Mutex<BTreeMap<u32, &'static Tables>> = Mutex::new(BTreeMap::new());
        MADE.lock().unwrap().entry(fraction).or_insert_with(|| Box::leak(Box::new(Self::new(fraction))))
    }

    fn new(fraction: u32) -> Self {
        let one = f64::from(1 << LOG_BITS);
        let middles = |count: usize, per_unit: f64| (0..count).map(move |i| (i as f64 + 0.5) / per_unit);
        let steps = f64::from(1 << STEP_BITS);
        let logarithms = middles(256, 256.0).map(|m| nearest((1.0 + m).log2() * one)).collect();
        let hypotenuse = |r: f64| nearest((1.0 + (-2.0 * r).exp2()).log2() / 2.0 * one);
        // Beyond 6 octaves the smaller component does not count.
        let hypotenuses = middles(6 << STEP_BITS, steps).map(hypotenuse).chain([0]).collect();
        let arc = |r: f64| nearest((r.exp2().atan().log2() - r - 1.0) * one);
        let mut arcs: Vec<i64> = middles(14 << STEP_BITS, steps).map(|r| arc(r - 5.0)).collect();
        arcs[0] = -(1 << LOG_BITS);
        let antilogs = middles(1 << ANTILOG_BITS, f64::from(1 << ANTILOG_BITS)).map(|f| nearest(f.exp2() * 256.0));
        let places = f64::from(fraction + FINE_BITS + VERSINE_BITS + 1).exp2();
        let bits = fraction - NORM_BITS_LESS;
        let squares = middles(1 << bits, f64::from(bits + 2 * FINE_BITS).exp2());
        let norms = squares.map(|q| nearest((1.0 - (1.0 - q).sqrt() - q / 2.0) * places));
        Self {
            logarithms,
            hypotenuses,
            arcs,
            log_eighth_turn: nearest(FRAC_PI_4.log2() * one),
            antilogs: antilogs.collect(),
            norms: norms.collect(),
            coefficients: coefficients(fraction),
        }
    }

    /// The last bin.
    pub fn last(&self) -> usize {
        self.coefficients.len() - 1
    }

    /// The coefficients for the angle vector in the middle of two bins. The first is not before the second.
    pub fn coefficients(&self, larger: usize, smaller: usize) -> Coefficients {
        self.coefficients[larger][smaller]
    }

    /// All coefficients of the table, each with its bins.
    pub fn all(&self) -> impl Iterator<Item = ([usize; 2], Coefficients)> {
        let rows = self.coefficients.iter().enumerate();
        let all = rows.flat_map(|(i, row)| row.iter().enumerate().map(move |(j, &entry)| ([i, j], entry)));
        all.filter(|(_, entry)| entry.c != 0 || entry.s != Complex::default())
    }
}

/// Of all coefficients within about half a bin of an angle vector, those whose c² + |s|² is nearest to 1, for all
/// vectors with components i 2^-5 >= j 2^-5 >= 0 and a length of at most pi / 2 and the width of a bin and a half.
///
/// No component reaches 1.0. The components of s add up to an even number, so that half of their sum and half of their
/// difference are coefficients too: a complex product then takes three multiplications.
fn coefficients(fraction: u32) -> Vec<Vec<Coefficients>> {
    let bins = f64::from(1 << BIN_BITS);
    let last = (FRAC_PI_2 * bins).ceil() as usize + 1;
    let is_reached = |i: usize, j: usize| (i as f64).hypot(j as f64) / bins <= FRAC_PI_2 + 1.5 / bins;
    let entry =
        |i: usize, j: usize| if i > 0 && is_reached(i, j) { best(i, j, fraction) } else { Coefficients::default() };
    (0..=last).map(|i| (0..=i).map(|j| entry(i, j)).collect()).collect()
}

fn best(i: usize, j: usize, fraction: u32) -> Coefficients {
    let one = 1i64 << fraction;
    let half_bin = (1i64 << (fraction - BIN_BITS)) / 2 - 24;
    let length = (i as f64).hypot(j as f64) / f64::from(1 << BIN_BITS);
    let sine = length.min(FRAC_PI_2).sin() / length / f64::from(1 << BIN_BITS) * one as f64;
    let [along, across] = [i, j].map(|bin| nearest(sine * bin as f64));
    let (step, reach) = if j > 0 { (1.max(half_bin / TRIES_ALONG), half_bin.min(REACH_ACROSS)) } else { (1, 0) };
    let tries = (-half_bin..=half_bin).step_by(step as usize);
    let candidates = tries.flat_map(|di| (-reach..=reach).map(move |dj| (di, dj)));
    let judged = candidates.filter_map(|(di, dj)| {
        let s = Complex::new((along + di).min(one - 1), (across + dj).min(one - 1));
        let rest = one * one - s.re * s.re - s.im * s.im;
        let c = nearest((rest.max(0) as f64).sqrt());
        let fits = rest >= 0 && c < one && (s.re + s.im) % 2 == 0;
        fits.then(|| ((rest - c * c).abs() * (4 * half_bin + 200) + di.abs() + dj.abs(), Coefficients { c, s }))
    });
    judged.min_by_key(|&(error, _)| error).expect("There are coefficients near every angle vector.").1
}

fn nearest(value: f64) -> i64 {
    value.round_ties_even() as i64
}
