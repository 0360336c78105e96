//! Text and numbers, shared by the formats that are made of text.

use crate::digits::counted;
use crate::reader::error::{Fault, Kind, Place};
use crate::reader::spelling::unusual;

/// The finite number that `text` spells.
///
/// # Errors
///
/// It spells none. The fault is then at `place`.
pub fn number(text: &str, place: Place) -> Result<f64, Fault> {
    let fault = |kind, found, remedy| Err(Fault::new(place, kind, found, remedy));
    match text.parse::<f64>() {
        Ok(value) if value.is_finite() => Ok(value),
        Ok(value) => fault(
            Kind::NotFinite,
            if value.is_nan() {
                format!("{} is not a number (NaN)", quote(text))
            } else {
                format!("{} is infinite, or too large for an f64", quote(text))
            },
            "give a finite number",
        ),
        Err(_) if text.is_empty() => {
            fault(Kind::NotANumber, "an element is missing".to_owned(), "write a number, 0 if there is nothing")
        }
        Err(_) => Err(unusual_number(text, place).unwrap_or_else(|| {
            let found = format!("{} is not a number", quote(text));
            Fault::new(place, Kind::NotANumber, found, "write a decimal number such as -0.25 or 1e-3")
        })),
    }
}

/// The fault at `place` of a text that is a number but for characters that no number has, such as U+2212 for the minus
/// sign. It says which character that is, and how to write the number. The result is `None` for all other texts.
pub fn unusual_number(text: &str, place: Place) -> Option<Fault> {
    let (found, remedy) = unusual(text)?;
    Some(Fault::new(place, Kind::UnusualNumber, format!("{} {found}", quote(text)), remedy))
}

/// A number of fields, for messages.
pub fn counted_fields(count: usize) -> String {
    counted(count, "field", "fields")
}

/// `text` in quotes, shortened and escaped, so that no content of a file can garble a terminal through an error
/// message.
pub fn quote(text: &str) -> String {
    const SHOWN: usize = 40;
    let head: String = text.chars().take(SHOWN).collect();
    let dots = if head.len() < text.len() { "..." } else { "" };
    format!("'{}{dots}'", head.escape_debug())
}

/// The beginning of a message of a library, which may repeat what it has read, and that may be long.
pub fn brief(message: &str) -> String {
    const SHOWN: usize = 100;
    match message.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}...", &message[..end]),
        None => message.to_owned(),
    }
}

/// The text without a byte order mark.
///
/// # Errors
///
/// A byte is not UTF-8, or it is 0, as in UTF-16 text. The fault names its line.
pub fn utf8(bytes: &[u8]) -> Result<&str, Fault> {
    if bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF") {
        let remedy = "save the file as plain UTF-8 text (in Excel: \"CSV UTF-8\")";
        return Err(Fault::new(Place::File, Kind::Malformed, "the file is UTF-16 text", remedy));
    }
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let fault = |before: &[u8], found: &str| {
        let line = 1 + before.iter().filter(|&&byte| byte == b'\n').count();
        Fault::new(Place::Line(line), Kind::Malformed, found, "save the file as plain UTF-8 text")
    };
    if let Some(zero) = bytes.iter().position(|&byte| byte == 0) {
        return Err(fault(&bytes[..zero], "a byte is 0, as in UTF-16 text or in a file that is no text"));
    }
    std::str::from_utf8(bytes).map_err(|error| fault(&bytes[..error.valid_up_to()], "a byte is not UTF-8 text"))
}
