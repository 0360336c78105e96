//! The norm-exact table: rotations whose rounded coefficients nearly preserve the norm.
//!
//! After thousands of rotations, the error of a result depends on c² + s² - 1 of the coefficient pairs (c, s),
//! while an error of the angle only slows convergence a little. So for each angle of the table the pair with the
//! smallest |c² + s² - 1| is chosen. The candidates are all pairs whose faster-changing component is within half
//! a bin of that of the exact angle. This moves the angle by at most sqrt(2) half bins.

/// The angles of the table are multiples of 2^-TABLE_BITS rad.
pub const TABLE_BITS: u32 = 6;
/// Angles below 2^-FINE_BITS rad are rotated in the fine form, which does not use this table.
pub const FINE_BITS: u32 = 4;
/// Number of entries, 0 to 101. The last one is the quarter turn.
pub const ENTRIES: usize = 102;
/// The widest search, in units of the last place. A wider one would find better pairs, but other errors would dominate.
const WIDEST_SEARCH: i64 = 8192;

/// An entry of the table. Both coefficients have the same number of fraction bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Coefficients {
    /// Cosine, in units of the last place.
    pub cosine: i64,
    /// Sine, in units of the last place.
    pub sine: i64,
}

/// The rotations by k * 2^-6 rad for k = 0 to 101, with `fraction` fraction bits (17 to 40). The last entry, (0, 1), is
/// the quarter turn.
pub fn table(fraction: u32) -> Vec<Coefficients> {
    let one = 1i64 << fraction;
    let quarter = Coefficients { cosine: 0, sine: one };
    (0..ENTRIES - 1).map(|k| entry(k, fraction)).chain([quarter]).collect()
}

/// Entry `k`, the best pair near the angle k * 2^-6 rad.
fn entry(k: usize, fraction: u32) -> Coefficients {
    let one = 1i64 << fraction;
    let angle = k as f64 / f64::from(1 << TABLE_BITS);
    let (cosine, sine) = ((angle.cos() * one as f64).round() as i64, (angle.sin() * one as f64).round() as i64);
    // The faster-changing component may move by half a bin, less 24 units, because it changes a little slower than the
    // angle.
    let reach = ((1i64 << (fraction - TABLE_BITS - 1)) - 24).clamp(0, WIDEST_SEARCH);
    let steep = sine.min(cosine);
    let pairs = (-reach..=reach).map(|move_by| {
        let fast = (steep + move_by).clamp(0, one);
        let slow = nearest_square_root(i128::from(one) * i128::from(one) - i128::from(fast) * i128::from(fast)) as i64;
        (fast, slow, move_by)
    });
    let best = pairs
        .filter(|&(_, slow, _)| slow < one || k == 0)
        .min_by_key(|&(fast, slow, move_by)| (norm_error(fast, slow, one), move_by.abs()));
    let (fast, slow, _) = best.unwrap_or((steep, sine.max(cosine), 0));
    if sine <= cosine { Coefficients { cosine: slow, sine: fast } } else { Coefficients { cosine: fast, sine: slow } }
}

/// |c² + s² - 1| in units of 2^-(2 fraction).
fn norm_error(a: i64, b: i64, one: i64) -> i128 {
    let square = |v: i64| i128::from(v) * i128::from(v);
    (square(a) + square(b) - square(one)).abs()
}

/// The square root, rounded to nearest.
fn nearest_square_root(value: i128) -> i128 {
    let root = value.isqrt();
    if value - root * root > root { root + 1 } else { root }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// r is the integer nearest to the square root of v if (r - 1/2)² < v < (r + 1/2)². There are no ties.
    #[test]
    fn square_roots_are_rounded_to_nearest() {
        for v in 1..10_000 {
            let r = nearest_square_root(v);
            assert!(r * r - r < v && v <= r * r + r, "{v}: {r}");
        }
        assert_eq!(nearest_square_root(0), 0);
    }

    /// The accuracy of cores depends on this property: the error of the norm is at most 2^-(fraction + 8) for all
    /// angles that are taken from the table (4/64 rad and more).
    #[test]
    fn entries_keep_the_norm_and_stay_in_their_bin() {
        let mut entries = 0;
        for fraction in [17, 20, 24, 29, 31] {
            let table = table(fraction);
            assert_eq!(table.len(), ENTRIES);
            let one = 1i64 << fraction;
            for (k, e) in table.iter().enumerate().skip(1 << (TABLE_BITS - FINE_BITS)) {
                let relative = norm_error(e.cosine, e.sine, one) as f64 / (one as f64).powi(2);
                assert!(
                    relative <= 2f64.powf(-f64::from(fraction) - 8.0),
                    "fraction {fraction}, entry {k}: {relative:e}"
                );
                let angle = (e.sine as f64).atan2(e.cosine as f64);
                assert!(
                    (angle - k as f64 / 64.0).abs() <= std::f64::consts::SQRT_2 / 128.0,
                    "fraction {fraction}, entry {k}: {angle}"
                );
                assert!(e.cosine < one && (e.sine < one || k == ENTRIES - 1));
                entries += 1;
            }
        }
        assert_eq!(entries, 5 * (ENTRIES - 4));
    }
}
