//! How numbers are written for readers: with the digits that say something, whatever their size.

/// A number with this many significant digits. It is written plainly if that takes few letters, and otherwise with a
/// power of ten: `0.0312`, `1235`, `1.20e-20`. Zero is `0`.
pub fn significant(value: f64, digits: usize) -> String {
    if value == 0.0 || !value.is_finite() {
        return if value == 0.0 { "0".to_owned() } else { value.to_string() };
    }
    let text = format!("{value:.*e}", digits.max(1) - 1);
    let Some(exponent) = text.split_once('e').and_then(|(_, exponent)| exponent.parse::<i32>().ok()) else {
        return text;
    };
    if (-4..7).contains(&exponent) {
        let decimals = digits as i32 - 1 - exponent;
        format!("{value:.*}", decimals.max(0) as usize)
    } else {
        text
    }
}

/// A number with this many decimals, so that the numbers of a column stand in line. One that this would turn to zero,
/// or that is too long, is written with a power of ten: `0.031`, `0.000` for zero alone, `4.2e-6`, `1.2e12`.
pub fn fixed(value: f64, decimals: usize) -> String {
    // The longest number in a column that is not a power of ten.
    const LONGEST: f64 = 1e10;
    let text = format!("{value:.decimals$}");
    let shows = text.bytes().any(|letter| (b'1'..=b'9').contains(&letter));
    match value {
        0.0 => format!("{:.decimals$}", 0.0),
        _ if !value.is_finite() || shows && value.abs() < LONGEST => text,
        _ => format!("{value:.1e}"),
    }
}

/// As [`fixed`], with a sign in front of numbers above zero, too.
pub fn signed(value: f64, decimals: usize) -> String {
    let sign = if value > 0.0 { "+" } else { "" };
    format!("{sign}{}", fixed(value, decimals))
}

/// A number in which a hundredth of `unit` shows: its last digit is that of a hundredth of the unit, or of something
/// smaller.
pub fn resolved(value: f64, unit: f64) -> String {
    let decimals = (2.0 - unit.log10()).ceil();
    if (0.0..=15.0).contains(&decimals) && value.abs() < 1e15 {
        return format!("{value:.*}", decimals as usize);
    }
    if value == 0.0 {
        return "0".to_owned();
    }
    // An f64 has at most 17 significant digits.
    let digits = (value.abs().log10().floor() + decimals).clamp(0.0, 16.0);
    format!("{value:.*e}", digits as usize)
}

/// A number of things: `1 blank line`, `2 blank lines`.
pub fn counted(count: usize, one: &str, several: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { several })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_thing_is_singular() {
        let lines = [0, 1, 2, 21].map(|count| counted(count, "line", "lines"));
        assert_eq!(lines, ["0 lines", "1 line", "2 lines", "21 lines"]);
    }

    #[test]
    fn digits_say_something_whatever_the_size() {
        let cases = [
            (0.0, "0"),
            (1.0, "1.00"),
            (-0.031_234, "-0.0312"),
            (1234.56, "1235"),
            (0.000_999_6, "0.00100"),
            (9.98e6, "9980000"),
            (9.9999e6, "1.00e7"),
            (1.2e-20, "1.20e-20"),
            (-5e-324, "-4.94e-324"),
            (1.7e308, "1.70e308"),
            (f64::INFINITY, "inf"),
        ];
        for (value, right) in cases {
            assert_eq!(significant(value, 3), right);
        }
    }

    #[test]
    fn only_zero_looks_like_zero() {
        let cases = [
            (0.0, "0.000", "0.000"),
            (-0.0, "0.000", "0.000"),
            (0.0312, "0.031", "+0.031"),
            (-2.0, "-2.000", "-2.000"),
            (0.0005, "0.001", "+0.001"),
            (0.0004, "4.0e-4", "+4.0e-4"),
            (-1.25e-20, "-1.2e-20", "-1.2e-20"),
            (1e12, "1.0e12", "+1.0e12"),
            (f64::NAN, "NaN", "NaN"),
        ];
        for (value, right, with_sign) in cases {
            assert_eq!((fixed(value, 3).as_str(), signed(value, 3).as_str()), (right, with_sign));
        }
        assert_eq!(fixed(1234.5, 0), "1234");
    }

    #[test]
    fn a_hundredth_of_the_unit_shows() {
        assert_eq!(resolved(0.25, 3.05e-5), "0.2500000");
        assert_eq!(resolved(12345.678, 250.0), "12346");
        assert_eq!(resolved(3.162_277_66e-20, 1.654e-24), "3.162278e-20");
        assert_eq!(resolved(2.5e-23, 1.654e-24), "2.500e-23");
        assert_eq!(resolved(0.0, 1.654e-24), "0");
        assert_eq!(resolved(1.414_213_562e308, 5.5e303), "1.4142136e308");
        assert_eq!(resolved(-1e-30, 1e-20), "-1e-30");
    }
}
