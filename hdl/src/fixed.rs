//! Fixed-point formats whose word length and fraction length are run-time values. They convert between numbers in files
//! and words of the hardware.

use fixed::types::I64F64;

/// A signed fixed-point format of `word` bits, `frac` of which are fraction bits. One LSB is 2^-`frac`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QFormat {
    /// Bits of the word, sign included (2 to 62).
    pub word: u32,
    /// Fraction bits.
    pub frac: u32,
}

/// A number that does not fit a format.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[error("{value:?} does not fit {word} bits with {frac} fraction bits: the range is {lowest} to {highest}")]
pub struct RangeError {
    /// The number that was to be quantised.
    pub value: f64,
    /// Bits of the format.
    pub word: u32,
    /// Fraction bits of the format.
    pub frac: u32,
    /// Lowest number of the format.
    pub lowest: f64,
    /// Highest number of the format.
    pub highest: f64,
}

/// `value` times 2^`exponent`, also where 2 to that power is no `f64`. It is exact unless the result is subnormal.
pub fn scaled(value: f64, exponent: i32) -> f64 {
    libm::scalbn(value, exponent)
}

impl QFormat {
    /// The nearest number of the format, in LSB. Ties are rounded to even.
    ///
    /// # Errors
    ///
    /// A [`RangeError`] if the rounded number is outside the range of the format, or if `value` is not finite.
    pub fn quantise(self, value: f64) -> Result<i64, RangeError> {
        // Multiplication by a power of two is exact. Numbers that I64F64 cannot hold are outside the range of every
        // format.
        let scaled = I64F64::checked_from_num(value * f64::from(self.frac).exp2());
        let units = scaled.and_then(|s| s.checked_round_ties_even()).map(|s| s.to_num::<i64>());
        units.filter(|u| (self.lowest()..=self.highest()).contains(u)).ok_or(RangeError {
            value,
            word: self.word,
            frac: self.frac,
            lowest: self.dequantise(self.lowest()),
            highest: self.dequantise(self.highest()),
        })
    }

    /// The number that `units` LSB stand for. It is exact up to 53 bits.
    pub fn dequantise(self, units: i64) -> f64 {
        units as f64 * (-f64::from(self.frac)).exp2()
    }

    /// The lowest number of the format, in LSB.
    pub fn lowest(self) -> i64 {
        -(1 << (self.word - 1))
    }

    /// The highest number of the format, in LSB.
    pub fn highest(self) -> i64 {
        (1 << (self.word - 1)) - 1
    }

    /// The smallest exponent e for which every value / 2^e fits the format after rounding. If all values are 0, it is 0.
    pub fn scale_for(self, values: impl Iterator<Item = f64> + Clone) -> i32 {
        let largest = values.clone().fold(0.0f64, |m, v| m.max(v.abs()));
        if largest == 0.0 {
            return 0;
        }
        let fits = |e: i32| values.clone().all(|v| self.quantise(scaled(v, -e)).is_ok());
        // This exponent brings the largest magnitude just below full scale. The smallest that fits is at most one or
        // two away.
        let start = largest.log2().floor() as i32 - (self.word as i32 - 1 - self.frac as i32);
        (start - 1..=start + 2).find(|&e| fits(e)).unwrap_or(start + 2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_to_nearest_even_and_refuses_what_does_not_fit() {
        let q = QFormat { word: 8, frac: 7 };
        let cases =
            [(0.5, 64), (-1.0, -128), (127.4 / 128.0, 127), (2.5 / 128.0, 2), (3.5 / 128.0, 4), (-2.5 / 128.0, -2)];
        for (value, units) in cases {
            assert_eq!(q.quantise(value), Ok(units), "{value}");
            assert!((q.dequantise(units) - value).abs() <= 0.5 / 128.0);
        }
        for value in [1.0, 127.5 / 128.0, -128.51 / 128.0, f64::NAN, f64::INFINITY, 1e300] {
            assert!(q.quantise(value).is_err(), "{value}");
        }
    }

    #[test]
    fn the_scale_is_the_smallest_that_fits() {
        let q = QFormat { word: 16, frac: 15 };
        let cases = [
            (0.0, 0),
            (0.5, 0),
            (0.4999, -1),
            (1.0, 1),
            (-1.0, 0),
            (-0.5, -1),
            (3.91, 2),
            (1e-6, -19),
            (32767.4 / 32768.0, 0),
            (32767.5 / 32768.0, 1),
            (f64::from_bits(1), -1073),
            (f64::MIN_POSITIVE, -1021),
            (1e308, 1024),
            (f64::MAX, 1025),
        ];
        for (value, scale) in cases {
            assert_eq!(q.scale_for([value, value / 3.0].into_iter()), scale, "{value}");
        }
    }
}
