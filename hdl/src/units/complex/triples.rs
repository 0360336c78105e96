//! The table of complex rotations: triples (c, Re s, Im s) whose rounded coefficients nearly preserve the norm.
//!
//! As in the table of real rotations ([`crate::units::norm_exact`]), the error c² + |s|² - 1 decides on the accuracy of
//! results, while an error of the angle only slows convergence a little. So for each angle vector of the table, of all
//! triples within about half a bin of it, one with the smallest such error is chosen.
//!
//! Angle vectors are folded to the octant re >= im >= 0. The other octants follow by signs and by an exchange of Re s
//! and Im s.

use std::collections::BTreeMap;
use std::f64::consts::FRAC_PI_2;
use std::sync::Mutex;

/// The bins of the table are 2^-BIN_BITS rad wide in both directions.
pub const BIN_BITS: u32 = 5;
/// How far beyond pi / 2 the vectors of the table reach, in bins. Half a bin in each direction is rounding; the rest is
/// the error of an angle.
const MARGIN: f64 = 2.0;
/// The search for the smaller component of s reaches so many units of the last place to both sides.
const REACH_ACROSS: i64 = 64;
/// So many values of the larger component of s are tried on each side.
const TRIES_ALONG: i64 = 256;

/// An entry of the table, in units of the last place: no coefficient reaches 1.0, and none is negative.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Triple {
    /// Cosine.
    pub cosine: i64,
    /// The larger component of the sine.
    pub larger: i64,
    /// The smaller component of the sine.
    pub smaller: i64,
}

/// The triples for coefficients with `fraction` fraction bits, by the bin of the larger component of the angle vector,
/// and then by that of the smaller one, from 0 on. A row ends where the vectors become too long.
pub fn rows(fraction: u32) -> &'static [Vec<Triple>] {
    static MADE: Mutex<BTreeMap<u32, &'static [Vec<Triple>]>> = Mutex::new(BTreeMap::new());
    let mut made = MADE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    made.entry(fraction).or_insert_with(|| Box::leak(search(fraction).into_boxed_slice()))
}

fn search(fraction: u32) -> Vec<Vec<Triple>> {
    let longest = FRAC_PI_2 * f64::from(1 << BIN_BITS) + MARGIN;
    let is_reached = |i: usize, j: usize| (i as f64).hypot(j as f64) <= longest;
    let row = |i: usize| (0..=i).take_while(|&j| is_reached(i, j)).map(|j| entry(i, j, fraction)).collect();
    (0..).take_while(|&i| is_reached(i, 0)).map(row).collect()
}

/// The best triple near the angle vector (i, j), in bins. Vectors that are longer than pi / 2 count as quarter turns.
fn entry(i: usize, j: usize, fraction: u32) -> Triple {
    if i == 0 {
        // A vector this short is fine and does not use the table.
        return Triple::default();
    }
    let one = 1i64 << fraction;
    let half_bin = (1i64 << (fraction - BIN_BITS)) / 2 - 24;
    let length = (i as f64).hypot(j as f64) / f64::from(1 << BIN_BITS);
    let sine = length.min(FRAC_PI_2).sin() / length / f64::from(1 << BIN_BITS) * one as f64;
    let [larger, smaller] = [i, j].map(|bin| (sine * bin as f64).round_ties_even() as i64);
    // A vector of real matrices has no imaginary part, and then its sine has none either.
    let (stride, reach) = if j > 0 { ((half_bin / TRIES_ALONG).max(1), half_bin.min(REACH_ACROSS)) } else { (1, 0) };
    let mut best = (i64::MAX, Triple::default());
    for along in (-half_bin..=half_bin).step_by(stride as usize) {
        for across in -reach..=reach {
            let [larger, smaller] = [larger + along, smaller + across].map(|component| component.min(one - 1));
            let rest = one * one - larger * larger - smaller * smaller;
            let cosine = (rest.max(0) as f64).sqrt().round_ties_even() as i64;
            // With an even sum, half of it and half of the difference are coefficients too: a complex product can then
            // be made of three real ones.
            if rest < 0 || cosine >= one || (larger + smaller) % 2 != 0 {
                continue;
            }
            let weight = (rest - cosine * cosine).abs() * (4 * half_bin + 200) + along.abs() + across.abs();
            if weight < best.0 {
                best = (weight, Triple { cosine, larger, smaller });
            }
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn triples_keep_the_norm_and_stay_near_their_vectors() {
        for fraction in [15, 17, 18] {
            let one = f64::from(1 << fraction);
            let mut entries = 0;
            for (i, row) in rows(fraction).iter().enumerate().skip(1) {
                for (j, triple) in row.iter().enumerate() {
                    let [c, re, im] = [triple.cosine, triple.larger, triple.smaller].map(|value| value as f64 / one);
                    let norm = c * c + re * re + im * im - 1.0;
                    let limit = if fraction < 17 { -21.5f64 } else { -26.5 };
                    assert!(norm.abs() <= limit.exp2(), "{fraction}: {i}, {j}: {norm:e}");
                    let length = (i as f64).hypot(j as f64) / 32.0;
                    let sine = length.min(FRAC_PI_2).sin() / length / 32.0;
                    for (bin, component) in [(i, re), (j, im)] {
                        assert!((component - sine * bin as f64).abs() < 1.0 / 64.0, "{fraction}: {i}, {j}");
                    }
                    assert!(j > 0 || triple.smaller == 0);
                    entries += 1;
                }
            }
            assert_eq!(entries, 1117, "{fraction}");
        }
    }
}
