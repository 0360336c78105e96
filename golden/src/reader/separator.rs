//! What separates the fields of a line of text, and how a line is divided.

use crate::reader::error::{Fault, Kind, Place};
use crate::reader::text::quote;
use std::borrow::Cow;
use std::ops::Range;

/// What separates fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Separator {
    /// `,`
    Comma,
    /// `;`, which programs write where the comma is the decimal sign.
    Semicolon,
    /// A tab.
    Tab,
    /// `|`
    Bar,
    /// `::`, as in the `.dat` files of MovieLens.
    DoubleColon,
    /// One or more blanks or tabs. Blanks that forbid a line break, as programs put between thousands, are none.
    Blanks,
}

impl serde::Serialize for Separator {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.text())
    }
}

/// One field of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field<'a> {
    /// The text, without blanks around it and without the quotes.
    pub text: Cow<'a, str>,
    /// Whether it was in quotes.
    pub quoted: bool,
    /// Where it stands in the whole text, in bytes, including its quotes.
    pub range: Range<usize>,
}

impl Separator {
    /// All separators but blanks, those first that decide between files that several would fit.
    pub(super) const VISIBLE: [Self; 5] = [Self::Tab, Self::DoubleColon, Self::Semicolon, Self::Bar, Self::Comma];

    /// The characters between two fields, as a program would write them.
    pub fn text(self) -> &'static str {
        match self {
            Self::Comma => ",",
            Self::Semicolon => ";",
            Self::Tab => "\t",
            Self::Bar => "|",
            Self::DoubleColon => "::",
            Self::Blanks => " ",
        }
    }

    /// The name for messages, in the plural.
    pub fn name(self) -> &'static str {
        match self {
            Self::Comma => "commas",
            Self::Semicolon => "semicolons",
            Self::Tab => "tabs",
            Self::Bar => "vertical bars",
            Self::DoubleColon => "double colons",
            Self::Blanks => "blanks",
        }
    }

    /// Whether a character is a blank, and no separator.
    fn is_padding(self, c: char) -> bool {
        c.is_whitespace() && !(c == '\t' && self == Self::Tab)
    }

    /// The text without the blanks around it.
    pub(super) fn trim(self, text: &str) -> &str {
        text.trim_matches(|c| self.is_padding(c))
    }

    /// The text before the first separator, without regard to quotes.
    pub(super) fn head(self, line: &str) -> &str {
        match self {
            Self::Blanks => line.trim_start().split(is_blank).next().unwrap_or(""),
            _ => self.trim(line.split(self.text()).next().unwrap_or("")),
        }
    }

    /// Divides the line with this number, which begins at the byte `start` of the text. Blanks around fields are left
    /// out.
    ///
    /// A field that begins with `"` ends with the next single `"`, and `""` stands for one quote in it. Between tabs
    /// and double colons, quotes have this meaning only if they enclose the field, and are plain text otherwise.
    pub(super) fn split(self, line: &str, start: usize, number: usize) -> Result<Vec<Field<'_>>, Fault> {
        let mut fields = Vec::new();
        let mut at = 0;
        if self == Self::Blanks {
            at = line.len() - line.trim_start().len();
        }
        loop {
            let rest = &line[at..];
            let lead = rest.len() - rest.trim_start_matches(|c| self.is_padding(c)).len();
            let begin = at + lead;
            let quoting = !matches!(self, Self::Tab | Self::DoubleColon);
            let (field, end) = if quoting && line[begin..].starts_with('"') {
                let place = Place::Field { line: number, field: fields.len() + 1 };
                let length = quoted_length(&line[begin..], place)?;
                let after = &line[begin + length..];
                let end = begin + length + self.find(after).unwrap_or(after.len());
                let left = self.trim(&line[begin + length..end]);
                if !left.is_empty() {
                    return Err(Fault::new(
                        place,
                        Kind::Malformed,
                        format!("{} follows a closing quote", quote(left)),
                        "write the quotes of a quoted field twice (\"\"), or leave out those around it",
                    ));
                }
                let text = unquoted(&line[begin + 1..begin + length - 1]);
                (Field { text, quoted: true, range: begin..begin + length }, end)
            } else {
                let end = begin + self.find(&line[begin..]).unwrap_or(line.len() - begin);
                let text = self.trim(&line[begin..end]);
                let range = begin..begin + text.len();
                let inner = (!quoting).then(|| enclosed(text)).flatten();
                (Field { quoted: inner.is_some(), text: inner.unwrap_or(Cow::Borrowed(text)), range }, end)
            };
            fields.push(Field { range: start + field.range.start..start + field.range.end, ..field });
            match self {
                _ if end == line.len() => return Ok(fields),
                Self::Blanks => {
                    at = line.len() - line[end..].trim_start().len();
                    if at == line.len() {
                        return Ok(fields);
                    }
                }
                _ => at = end + self.text().len(),
            }
        }
    }

    /// Where the next separator begins.
    fn find(self, text: &str) -> Option<usize> {
        if self == Self::Blanks { text.find(is_blank) } else { text.find(self.text()) }
    }
}

/// Whether a character may separate fields where blanks do.
fn is_blank(c: char) -> bool {
    c.is_whitespace() && !matches!(c, '\u{a0}' | '\u{2007}' | '\u{2009}' | '\u{202f}')
}

/// The length of a quoted field, including its quotes.
fn quoted_length(text: &str, place: Place) -> Result<usize, Fault> {
    let mut at = 1;
    while let Some(next) = text[at..].find('"') {
        at += next + 1;
        if !text[at..].starts_with('"') {
            return Ok(at);
        }
        at += 1;
    }
    Err(Fault::new(
        place,
        Kind::Malformed,
        "a quote opens here and does not close on this line",
        "close it on the same line, since a field may not span lines; if the quote belongs to the text, write the \
         field in quotes and that quote twice (\"\")",
    ))
}

fn unquoted(inner: &str) -> Cow<'_, str> {
    if inner.contains("\"\"") { inner.replace("\"\"", "\"").into() } else { inner.into() }
}

/// The text between quotes that enclose a whole field, if every quote in it is written twice.
fn enclosed(text: &str) -> Option<Cow<'_, str>> {
    let inner = text.strip_prefix('"')?.strip_suffix('"')?;
    (!inner.replace("\"\"", "").contains('"')).then(|| unquoted(inner))
}
