//! The constant tables of the arithmetic, computed from their definitions.

/// The angles of the rotation table are multiples of 2^-6 rad.
pub const BIN_BITS: u32 = 6;
/// A logarithm has 8 fraction bits, and is looked up by the 8 bits after the leading one.
pub const LOG_BITS: u32 = 8;
/// The most candidates on each side in the search for a pair of coefficients.
const REACH: i64 = 8192;
/// Up to this number of coefficient fraction bits, the table of h has values alone.
const BY_VALUE: u32 = 18;

/// The nearest integer, with halves rounded up.
fn nearest(value: f64) -> i64 {
    (value + 0.5).floor() as i64
}

/// The table of (cos, sin) of k / 64 rad with `fraction` fraction bits. Each entry is the pair whose norm is nearest to
/// 1 among all pairs within half a bin. The last entry is a quarter turn backwards, for angles of either sign. Entries
/// below 2^-4 rad are never read, and are (0, 0).
pub fn rotations(fraction: u32) -> Vec<(i64, i64)> {
    let last = (std::f64::consts::FRAC_PI_2 * 64.0).ceil() as usize;
    let mut table: Vec<_> = (0..last).map(|k| if k < 4 { (0, 0) } else { rotation(k, fraction) }).collect();
    table.push((0, -(1 << fraction)));
    table
}

fn rotation(k: usize, fraction: u32) -> (i64, i64) {
    let one = 1i64 << fraction;
    let angle = k as f64 / f64::from(1 << BIN_BITS);
    let (cosine, sine) = (nearest(angle.cos() * one as f64), nearest(angle.sin() * one as f64));
    let faster = cosine.min(sine);
    let reach = ((1 << (fraction - BIN_BITS)) / 2 - 24).clamp(0, REACH);
    // Candidates are tried from the nearest to the angle outwards, and of two equally near ones the smaller first. Only
    // a better norm replaces an earlier candidate.
    let mut best: Option<(i128, i64, i64)> = None;
    for distance in 0..=reach {
        for candidate in [faster - distance, faster + distance] {
            if candidate < 0 || candidate >= one {
                continue;
            }
            let rest = i128::from(one).pow(2) - i128::from(candidate).pow(2);
            let below = rest.isqrt();
            let other = if rest - below * below <= (below + 1).pow(2) - rest { below } else { below + 1 };
            let error = (rest - other * other).abs();
            if other < i128::from(one) && best.is_none_or(|(found, ..)| error < found) {
                best = Some((error, candidate, other as i64));
            }
        }
    }
    let (_, faster, slower) = best.expect("The search has candidates.");
    if sine > cosine { (faster, slower) } else { (slower, faster) }
}

/// log2(1 + m / 256) in the middle of each interval, rounded down.
pub fn logarithms() -> Vec<i64> {
    let steps = f64::from(1 << LOG_BITS);
    (0..1 << LOG_BITS).map(|m| ((1.0 + (f64::from(m) + 0.5) / steps).log2() * steps).floor() as i64).collect()
}

/// The half angles of the ratios 2^-(i / 256) for i < 512. They are scaled by 2^9 in the first octave, and by 2^10 in
/// the second, which contains the limit.
pub fn half_angles() -> Vec<i64> {
    let ratio = |i: u32| (-f64::from(i) / 256.0).exp2();
    let scaled = |i: u32| if i < 256 { ratio(i).atan() / 2.0 * 512.0 } else { ratio(i) / 2.0 * 1024.0 };
    (0..512).map(|i| nearest(scaled(i)).min(255)).collect()
}

/// The table of h(p) = 1 - sqrt(1 - p) - p / 2 for p below 2^-8, with `fraction + 10` fraction bits. It is read by the
/// leading bits of p and gives the value at the start of an interval and the rise over the interval.
pub struct Remainder {
    fraction: u32,
    index_bits: u32,
    starts: Vec<i64>,
    rises: Vec<i64>,
}

impl Remainder {
    pub fn new(fraction: u32) -> Self {
        let scale = f64::from(fraction + 10).exp2();
        let index_bits = if fraction <= BY_VALUE { fraction - 9 } else { (fraction - 12).div_ceil(2) };
        let at = |position: f64| series(position * f64::from(8 + index_bits).exp2().recip());
        let intervals = || (0..1 << index_bits).map(f64::from);
        let (starts, rises) = if fraction <= BY_VALUE {
            (intervals().map(|i| nearest(at(i + 0.5) * scale)).collect(), Vec::new())
        } else {
            // The chord of the interval, lowered by half of its distance to the function in the middle.
            let lowered = |i: f64| at(i) - ((at(i) + at(i + 1.0)) / 2.0 - at(i + 0.5)) / 2.0;
            let starts = intervals().map(|i| nearest(lowered(i) * scale).max(0)).collect();
            (starts, intervals().map(|i| nearest((at(i + 1.0) - at(i)) * scale)).collect())
        };
        Self { fraction, index_bits, starts, rises }
    }

    /// h of p = `square` / 2^(2 fraction + 8).
    pub fn of(&self, square: i128) -> i64 {
        let below_index = 2 * self.fraction - self.index_bits;
        let index = (square >> below_index) as usize;
        let Some(rise) = self.rises.get(index) else { return self.starts[index] };
        let place_bits = self.fraction - 7 - self.index_bits;
        let place = (square >> (below_index - place_bits)) as i64 & ((1 << place_bits) - 1);
        self.starts[index] + ((rise * place) >> place_bits)
    }
}

/// The binomial series of h, which avoids cancellation. The first omitted term is below 2^-60 of the first term.
fn series(p: f64) -> f64 {
    let (mut term, mut sum) = (p / 2.0, 0.0);
    for k in 2..10 {
        term *= p * (2.0 * f64::from(k) - 3.0) / (2.0 * f64::from(k));
        sum += term;
    }
    sum
}
