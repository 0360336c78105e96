//! The kinds of numbers that a file can hold: real ones, or complex ones.

use crate::element::Element;
use crate::reader::decimals::{Decimals, is_number};
use crate::reader::error::{Fault, Kind, Place};
use crate::reader::separator::Separator;
use crate::reader::text::quote;
use nalgebra::Complex;

/// A number that is read from a file: `f64` or `Complex<f64>`.
///
/// A reader of real numbers refuses complex ones, since their imaginary parts would be lost. A reader of complex
/// numbers refuses a file without any imaginary part, since it is probably meant for something else.
pub trait Number: Element {
    /// Whether it has an imaginary part.
    const COMPLEX: bool = Self::COMPONENTS > 1;

    /// The number with these parts. The imaginary part of a real number is left out.
    fn of_parts(re: f64, im: f64) -> Self;

    /// Whether the text is a number in a text whose fields this separates.
    fn is_spelled(text: &str, separator: Separator) -> bool;

    /// The finite number that `text` spells.
    ///
    /// # Errors
    ///
    /// It spells none, or its decimal sign is not that of an earlier number. The fault is then at `place`.
    fn spelled(text: &str, place: Place, decimals: &mut Decimals) -> Result<Self, Fault>;
}

impl Number for f64 {
    fn of_parts(re: f64, _: f64) -> Self {
        re
    }

    fn is_spelled(text: &str, separator: Separator) -> bool {
        is_number(text, separator)
    }

    fn spelled(text: &str, place: Place, decimals: &mut Decimals) -> Result<Self, Fault> {
        decimals.number(text, place).map_err(|fault| match fault.kind {
            Kind::NotANumber if fault.place == place && is_complex(text) => {
                let found = format!("{} is a complex number", quote(text));
                Fault::new(place, Kind::NotANumber, found, "give real numbers, or use a core for complex matrices")
            }
            _ => fault,
        })
    }
}

/// Whether the text is a complex number with a decimal point.
fn is_complex(text: &str) -> bool {
    parts(text).is_some() && Complex::is_spelled(text, Separator::Comma)
}

impl Number for Complex<f64> {
    fn of_parts(re: f64, im: f64) -> Self {
        Self::new(re, im)
    }

    fn is_spelled(text: &str, separator: Separator) -> bool {
        let Some((re, im)) = parts(text) else { return is_number(text, separator) };
        re.is_none_or(|re| is_number(re, separator)) && is_number(&im, separator)
    }

    fn spelled(text: &str, place: Place, decimals: &mut Decimals) -> Result<Self, Fault> {
        let wrong = |fault: Fault| match fault.kind {
            Kind::NotANumber if fault.place == place && !text.is_empty() => {
                let found = format!("{} is not a complex number", quote(text));
                Fault::new(place, Kind::NotANumber, found, "write a number such as 0.5-1.25i or 1e-3+2j")
            }
            _ => fault,
        };
        let Some((re, im)) = parts(text) else { return decimals.number(text, place).map(Self::from).map_err(wrong) };
        let re = re.map_or(Ok(0.0), |re| decimals.number(re, place)).map_err(wrong)?;
        Ok(Self::new(re, decimals.number(&im, place).map_err(wrong)?))
    }
}

/// The texts of the real and of the imaginary part of a complex number, if it has an imaginary unit: `i` or `j`, or
/// `im` as in Julia. Round brackets, as Python writes them, and blanks around the sign between both parts do not count.
fn parts(text: &str) -> Option<(Option<&str>, String)> {
    let text = text.strip_prefix('(').and_then(|text| text.strip_suffix(')')).unwrap_or(text).trim();
    let body = text.strip_suffix("im").or_else(|| text.strip_suffix(['i', 'j', 'I', 'J']))?.trim_end();
    // The sign between the parts is the last one that belongs to no exponent.
    let is_of_exponent = |at: usize| at > 0 && matches!(body.as_bytes()[at - 1], b'e' | b'E');
    let sign = body.char_indices().rev().find(|&(at, letter)| matches!(letter, '+' | '-') && !is_of_exponent(at));
    let (re, im) = body.split_at(sign.map_or(0, |(at, _)| at));
    let (sign, size) = im.split_at(usize::from(im.starts_with(['+', '-'])));
    let size = if size.trim().is_empty() { "1" } else { size.trim() };
    Some((Some(re.trim()).filter(|re| !re.is_empty()), format!("{sign}{size}")))
}

/// Refuses complex numbers none of which has an imaginary part.
pub(super) fn check_kind<T: Number>(elements: &[T]) -> Result<(), Fault> {
    if !T::COMPLEX || elements.iter().any(|element| element.imaginary() != 0.0) {
        return Ok(());
    }
    let found = "no number in the file has an imaginary part";
    Err(Fault::new(Place::File, Kind::Unsupported, found, "give complex numbers, or use a core for real matrices"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, separator: Separator) -> Result<Complex<f64>, String> {
        let number = Complex::spelled(text, Place::File, &mut Decimals::new(separator));
        number.map_err(|fault| fault.to_string())
    }

    #[test]
    fn complex_numbers_are_read_as_programs_write_them() {
        let cases = [
            ("1+2i", 1.0, 2.0),
            ("-1.5-0.25j", -1.5, -0.25),
            ("(1e-3-2.5e+2j)", 1e-3, -250.0),
            ("3", 3.0, 0.0),
            ("-4.5", -4.5, 0.0),
            ("2i", 0.0, 2.0),
            ("-1e-2j", 0.0, -0.01),
            ("i", 0.0, 1.0),
            ("1-i", 1.0, -1.0),
            ("1.0 + 2.0im", 1.0, 2.0),
            ("1E+2+3E-1I", 100.0, 0.3),
        ];
        for (text, re, im) in cases {
            assert_eq!(read(text, Separator::Comma), Ok(Complex::new(re, im)), "{text}");
            assert!(Complex::is_spelled(text, Separator::Comma), "{text}");
        }
        assert_eq!(read("1,5-2,5i", Separator::Semicolon), Ok(Complex::new(1.5, -2.5)));
        for text in ["x", "1+2", "1+2k", "1++2i", "1+2i+3i", "xi", "(1+2i", "1 2i"] {
            let message = read(text, Separator::Comma).unwrap_err();
            assert!(message.contains("is not a complex number; write a number such as 0.5-1.25i"), "{message}");
            assert!(!Complex::is_spelled(text, Separator::Comma), "{text}");
        }
        assert!(read("1+1e999i", Separator::Comma).unwrap_err().contains("is infinite, or too large for an f64"));
        assert!(read("", Separator::Comma).unwrap_err().contains("an element is missing"));
    }
}
