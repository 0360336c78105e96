//! Numbers of a text whose decimal sign is found from the text.

use crate::reader::error::{Fault, Kind, Place};
use crate::reader::separator::Separator;
use crate::reader::text::{number, quote};

/// Reads the numbers of one text. The decimal sign is the point, or the comma if no comma separates fields. Both signs
/// in one text are refused, because one of them may divide thousands.
#[derive(Debug)]
pub struct Decimals {
    separator: Separator,
    point: Option<(Place, String)>,
    comma: Option<(Place, String)>,
    /// The first number with a comma that may as well divide thousands. It is forgotten when another number shows that
    /// the comma is the decimal sign.
    unclear: Option<(Place, String)>,
    clear: bool,
}

impl Decimals {
    /// For a text whose fields this separates.
    pub fn new(separator: Separator) -> Self {
        Self { separator, point: None, comma: None, unclear: None, clear: separator == Separator::Semicolon }
    }

    /// Whether the decimal sign of the numbers so far is the comma.
    pub fn has_commas(&self) -> bool {
        self.comma.is_some()
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
            }
            return Ok(value);
        };
        if self.point.is_some() {
            return Err(self.mixed(text, place, "comma", "point", self.point.as_ref()));
        }
        self.comma.get_or_insert_with(|| (place, text.to_owned()));
        if !self.clear {
            self.clear = !may_divide_thousands(text);
            self.unclear.get_or_insert_with(|| (place, text.to_owned()));
        }
        number(&value, place)
    }

    /// Checks the numbers as a whole, after the last of them.
    ///
    /// # Errors
    ///
    /// Every number with a comma may have it as its decimal sign or to divide thousands, and the fields are not
    /// separated by semicolons, which go with decimal commas.
    pub fn finish(&self) -> Result<(), Fault> {
        match &self.unclear {
            Some((place, text)) if !self.clear => Err(Fault::new(
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

/// Whether the comma of a number may divide thousands: one to three digits, not 0 at first, before it, and three after.
fn may_divide_thousands(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    unsigned.split_once(',').is_some_and(|(before, after)| {
        digits(before) && digits(after) && before.len() <= 3 && !before.starts_with('0') && after.len() == 3
    })
}
