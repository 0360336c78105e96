//! Labels of the ticks of an axis.

/// The text of a tick's value, without trailing zeros. It has as many digits as are needed to distinguish ticks that
/// are `apart` from each other; further digits would be rounding errors of binary fractions.
pub fn number(value: f64, apart: f64) -> String {
    let decade = |value: f64| value.abs().log10().floor() as i32;
    let exponent = if value == 0.0 { 0 } else { decade(value) };
    // Two digits more than the leading digit of the distance, which may be 2.5 or 25.
    let last = decade(apart) - 2;
    let rounded = |value: f64, decimals: i32| {
        let scale = 10_f64.powi(decimals.clamp(0, 15));
        (value * scale).round() / scale
    };
    if (-3..5).contains(&exponent) {
        format!("{}", rounded(value, -last))
    } else {
        format!("{}e{exponent}", rounded(value / 10_f64.powi(exponent), exponent - last))
    }
}

#[cfg(test)]
mod tests {
    use super::number;
    use crate::report::chart::Axis;

    #[test]
    fn ticks_have_the_digits_that_tell_them_apart() {
        let labels = |axis: Axis| -> Vec<String> {
            let apart = axis.apart();
            axis.ticks.iter().map(|&tick| number(tick, apart)).collect()
        };
        let around = |low: f64, high: f64| labels(Axis::around("", [low, high].into_iter()));
        assert_eq!(around(91e3, 125e3), ["80000", "90000", "1e5", "1.1e5", "1.2e5", "1.3e5"]);
        assert_eq!(
            around(123_456.0, 123_460.0),
            ["1.23455e5", "1.23456e5", "1.23457e5", "1.23458e5", "1.23459e5", "1.2346e5", "1.23461e5"]
        );
        assert_eq!(around(0.1, 0.6), ["0", "0.1", "0.2", "0.3", "0.4", "0.5", "0.6", "0.7"]);
        assert_eq!(labels(Axis::decades("", [2e-5, 0.3].into_iter())), ["1e-5", "1e-4", "0.001", "0.01", "0.1", "1"]);
        assert_eq!(labels(Axis::of_values("", &[25, 50, 75])), ["25", "50", "75"]);
    }
}
