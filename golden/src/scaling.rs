//! Powers of two by which numbers are scaled before they are squared, so that no square overflows or vanishes. Nothing
//! is rounded, except where a result is subnormal.

use crate::element::{Element, largest_component};
use nalgebra::DMatrix;

/// `value` times 2^`exponent`, which is exact unless the result is subnormal. Every `i32` is allowed, also where 2 to
/// that power is no `f64`.
pub fn scaled(value: f64, exponent: i32) -> f64 {
    libm::scalbn(value, exponent)
}

/// The exponent of the largest magnitude: e with 2^e <= magnitude < 2^(e + 1). It is 0 if all values are 0.
pub fn exponent(values: impl Iterator<Item = f64>) -> i32 {
    match values.fold(0.0_f64, |most, value| most.max(value.abs())) {
        0.0 => 0,
        most => libm::ilogb(most),
    }
}

/// The root of the mean of the squares, or 0 if there are no values.
pub fn root_mean_square(values: impl Iterator<Item = f64> + Clone) -> f64 {
    let unit = exponent(values.clone());
    let squares = values.map(|value| scaled(value, -unit)).map(|value| (value * value, 1.0));
    let (sum, count) = squares.fold((0.0, 0.0), |(sum, count), (square, one)| (sum + square, count + one));
    if count > 0.0 { scaled((sum / count).sqrt(), unit) } else { 0.0 }
}

/// The exponent of the largest component of any element.
pub(crate) fn matrix_exponent<T: Element>(matrix: &DMatrix<T>) -> i32 {
    exponent([largest_component(matrix)].into_iter())
}

/// The matrix times 2^`exponent`.
pub(crate) fn scaled_matrix<T: Element>(matrix: &DMatrix<T>, exponent: i32) -> DMatrix<T> {
    matrix.map(|element| element.map_components(|component| scaled(component, exponent)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_overflows_or_vanishes() {
        let least = f64::from_bits(1);
        assert_eq!([exponent([0.0].into_iter()), exponent([1.5, -4.0].into_iter())], [0, 2]);
        assert_eq!([exponent([least].into_iter()), exponent([-f64::MAX].into_iter())], [-1074, 1023]);
        assert_eq!([scaled(least, 1074), scaled(f64::MAX, -2000)], [1.0, scaled(f64::MAX, -2000)]);
        assert_eq!(scaled(0.5, 1024), 2.0_f64.powi(1023));
        for size in [1e-320, 1e-300, 1e-20, 1.0, 1e20, 1e300, 1e308] {
            let found = root_mean_square([size, -size, size, size].into_iter());
            assert!((found / size - 1.0).abs() < 1e-15, "{size}: {found}");
        }
        assert_eq!(root_mean_square([].into_iter()), 0.0);
        assert!(root_mean_square([f64::NAN, 1.0].into_iter()).is_nan());
    }
}
