//! Numbers of a text whose decimal sign is found from the text.

use crate::reader::error::{Fault, Kind, Place};
use crate::reader::separator::Separator;
use crate::reader::text::{number, quote};
use std::fmt;

/// Reads the numbers of one text. The decimal sign is the point, or the comma if no comma separates fields. Both signs
/// in one text are refused, because one of them may divide thousands.
#[derive(Debug)]
pub struct Decimals {
    separator: Separator,
    point: Option<(Place, String)>,
    comma: Option<(Place, String)>,
    /// Whether some number shows that the sign, be it point or comma, does not divide thousands.
    clear: bool,
}

/// The decimal sign of a text, as it was taken to be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct DecimalSign {
    /// Whether it is the comma, and not the point.
    pub decimal_comma: bool,
    /// Whether every number that has the sign would be a number with thousands, too, as 1.234 is 1234 in German.
    pub may_divide_thousands: bool,
}

impl DecimalSign {
    /// Whether it is the point, which nobody can take for anything else.
    pub fn is_plain(self) -> bool {
        self == Self::default()
    }
}

impl fmt::Display for DecimalSign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, example) = if self.decimal_comma { ("comma", "1,234") } else { ("point", "1.234") };
        write!(f, "the decimal sign is the {name}")?;
        if self.may_divide_thousands {
            write!(f, " ({example} is read as 1.234); if every {name} divides thousands, take them out")?;
        }
        Ok(())
    }
}

impl Decimals {
    /// For a text whose fields this separates.
    pub fn new(separator: Separator) -> Self {
        Self { separator, point: None, comma: None, clear: false }
    }

    /// The decimal sign of the numbers so far. Where commas separate fields, no point divides thousands.
    pub fn sign(&self) -> DecimalSign {
        let is_found = self.comma.is_some() || (self.point.is_some() && self.separator != Separator::Comma);
        DecimalSign { decimal_comma: self.comma.is_some(), may_divide_thousands: is_found && !self.clear }
    }

    /// The finite number that `text` spells.
    ///
    /// # Errors
    ///
    /// It spells none, or its decimal sign is not that of an earlier number. The fault is then at `place`.
    pub fn number(&mut self, text: &str, place: Place) -> Result<f64, Fault> {
        let Some(value) = with_comma(text, self.separator) else {
            let value = number(text, place)?;
            if text.contains('.') {
                if self.comma.is_some() {
                    return Err(self.mixed(text, place, "point", "comma", self.comma.as_ref()));
                }
                self.point.get_or_insert_with(|| (place, text.to_owned()));
                self.clear |= !may_divide_thousands(text, '.');
            }
            return Ok(value);
        };
        if self.point.is_some() {
            return Err(self.mixed(text, place, "comma", "point", self.point.as_ref()));
        }
        self.comma.get_or_insert_with(|| (place, text.to_owned()));
        self.clear |= !may_divide_thousands(text, ',');
        number(&value, place)
    }

    /// Checks the numbers as a whole, after the last of them.
    ///
    /// # Errors
    ///
    /// Every number with a comma may have it as its decimal sign or to divide thousands, and the fields are not
    /// separated by semicolons, which go with decimal commas.
    pub fn finish(&self) -> Result<(), Fault> {
        match &self.comma {
            Some((place, text)) if !self.clear && self.separator != Separator::Semicolon => Err(Fault::new(
                *place,
                Kind::NotANumber,
                format!("{} may be {} or {}", quote(text), text.replace(',', "."), text.replace(',', "")),
                "write numbers with a decimal point and nothing between thousands",
            )),
            _ => Ok(()),
        }
    }

    fn mixed(&self, text: &str, place: Place, sign: &str, other: &str, earlier: Option<&(Place, String)>) -> Fault {
        let earlier = earlier.map_or(String::new(), |(place, text)| {
            let place = place.to_string();
            format!(" where {} in {} has a decimal {other}", quote(text), place.trim_start_matches(", "))
        });
        let found = format!("{} has a decimal {sign}{earlier}", quote(text));
        let remedy = "write all numbers with the same decimal sign, and nothing between thousands";
        Fault::new(place, Kind::NotANumber, found, remedy)
    }
}

/// Whether `text` is a number in a text whose fields this separates.
pub fn is_number(text: &str, separator: Separator) -> bool {
    text.parse::<f64>().is_ok_and(f64::is_finite) || with_comma(text, separator).is_some()
}

/// The number with a point, if it has a decimal comma.
fn with_comma(text: &str, separator: Separator) -> Option<String> {
    let (_, after) = text.split_once(',')?;
    if separator == Separator::Comma || text.contains('.') || !after.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let text = text.replace(',', ".");
    text.parse::<f64>().is_ok().then_some(text)
}

/// Whether the `sign` in a number may divide thousands: one to three digits before it, of which the first is not 0,
/// and three after it.
fn may_divide_thousands(text: &str, sign: char) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    unsigned.split_once(sign).is_some_and(|(before, after)| {
        digits(before) && digits(after) && before.len() <= 3 && !before.starts_with('0') && after.len() == 3
    })
}
