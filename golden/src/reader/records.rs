//! Divides text into rows of fields, and accounts for every line.

use crate::digits::counted;
use crate::reader::decimals::is_number;
use crate::reader::error::{Fault, Kind, Place};
use crate::reader::separator::{Field, Separator};
use crate::reader::text::quote;
use crate::reader::words::is_spreadsheet_error;
use std::fmt;

/// Whether a text is a number in a text whose fields this separates.
pub(super) type IsNumber = fn(&str, Separator) -> bool;

/// A row of fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record<'a> {
    /// The line, counted from 1.
    pub line: usize,
    /// The fields, whose number may differ from row to row. There is at least one.
    pub fields: Vec<Field<'a>>,
}

impl Record<'_> {
    /// The place of the field with this index.
    pub fn place(&self, index: usize) -> Place {
        Place::Field { line: self.line, field: index + 1 }
    }
}

/// The numbers of lines that hold no row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Skipped {
    /// Comments.
    pub comments: usize,
    /// Lines of nothing but blanks.
    pub blank: usize,
}

/// How delimited text was read. In JSON it is an object with the keys `separator`, `trailing_separator` and `skipped`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Layout {
    /// What separates the fields.
    pub separator: Separator,
    /// Whether a separator ends every row.
    pub trailing_separator: bool,
    /// The lines that hold no row.
    pub skipped: Skipped,
}

impl fmt::Display for Layout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "fields separated by {}", self.separator.name())?;
        if self.trailing_separator {
            write!(f, ", with one more at the end of every row")?;
        }
        let lines = |count: usize, what: &str| {
            (count > 0).then(|| counted(count, &format!("{what} line"), &format!("{what} lines")))
        };
        let Skipped { comments, blank } = self.skipped;
        match (lines(comments, "comment"), lines(blank, "blank")) {
            (Some(comments), Some(blank)) => write!(f, "; {comments} and {blank} skipped"),
            (Some(lines), None) | (None, Some(lines)) => write!(f, "; {lines} skipped"),
            (None, None) => Ok(()),
        }
    }
}

/// The rows of delimited text. Each line is a row, unless it is blank or a comment, which are counted.
///
/// A line is a comment if it begins with `#`, and
///
/// - it stands before the first row, or
/// - a blank follows the `#`, or nothing.
///
/// After the first row, a line that begins otherwise with `#` is refused: it may be a comment, or a row whose first
/// field begins with `#`. It is a row wherever it stands if that field is the error of a spreadsheet, such as `#N/A`,
/// or nothing but `#`, or in quotes.
///
/// If every row ends with a separator, as some programs write them, no field follows the last one. The first row need
/// not end with it if it has as many fields without it. A single row is no evidence.
pub struct Records<'a> {
    text: &'a str,
    lines: Lines<'a>,
    separator: Separator,
    trailing: bool,
    skipped: Skipped,
    last_comment: Option<(usize, &'a str)>,
    begun: bool,
}

impl<'a> Records<'a> {
    /// Reads `text`, whose fields are separated by `separator`.
    pub fn new(text: &'a str, separator: Separator) -> Self {
        let trailing = separator != Separator::Blanks && every_row_ends_with_separator(text, separator);
        Self { trailing, ..Self::plain(text, separator) }
    }

    /// Reads the text with a field after every separator.
    fn plain(text: &'a str, separator: Separator) -> Self {
        let (lines, skipped) = (Lines { text, at: 0, number: 0 }, Skipped::default());
        Self { text, lines, separator, trailing: false, skipped, last_comment: None, begun: false }
    }

    /// Finds the separator from the first rows of the text, and reads the text. The separator is the one that divides
    /// most of these rows into the same number of fields, at least `fields`; among equals, the one that leaves most
    /// numbers. Blanks are taken only if nothing else is found, and commas if there is nothing at all.
    pub fn detect(text: &'a str, fields: usize) -> Self {
        Self::detect_numbers(text, fields, is_number)
    }

    /// Does the same for a text whose numbers are those for which `is_number` holds.
    pub(super) fn detect_numbers(text: &'a str, fields: usize, is_number: IsNumber) -> Self {
        let best = |fields| {
            // `max_by_key` takes the last of equals.
            let visible = Separator::VISIBLE.iter().rev().filter_map(|&s| Some((fit(text, s, fields, is_number)?, s)));
            let blanks = fit(text, Separator::Blanks, fields, is_number);
            match (visible.max_by_key(|(fit, _)| *fit), blanks) {
                (Some((visible, separator)), Some(blanks)) => {
                    // Tabs may be some of the blanks.
                    let better = separator == Separator::Tab && blanks.0 > visible.0;
                    if better { Some(Separator::Blanks) } else { Some(separator) }
                }
                (Some((_, separator)), None) => Some(separator),
                (None, blanks) => blanks.map(|_| Separator::Blanks),
            }
        };
        Self::new(text, best(fields).or_else(|| best(2)).unwrap_or(Separator::Comma))
    }

    /// The same text from its beginning.
    pub fn again(&self) -> Self {
        Self { trailing: self.trailing, ..Self::plain(self.text, self.separator) }
    }

    /// What separates the fields.
    pub fn separator(&self) -> Separator {
        self.separator
    }

    /// How the text was read so far.
    pub fn layout(&self) -> Layout {
        Layout { separator: self.separator, trailing_separator: self.trailing, skipped: self.skipped }
    }

    /// The fields of the last comment before the first row, with its line.
    pub fn last_comment(&self) -> Option<Record<'a>> {
        let (line, text) = self.last_comment?;
        let fields = self.separator.split(text, 0, line).ok()?;
        Some(Record { line, fields })
    }

    /// What a line that begins with `#` is.
    fn is_comment(&mut self, line: &'a str, number: usize) -> Result<bool, Fault> {
        let rest = &line[1..];
        let head = self.separator.head(line);
        if is_spreadsheet_error(head) || is_spreadsheet_error(self.separator.trim(line)) {
            return Ok(false);
        }
        if self.separator != Separator::Blanks && head == "#" && rest.trim_start_matches(' ').len() < rest.len() {
            // A comment such as "# ; and so on".
            return Ok(true);
        }
        if self.separator != Separator::Blanks && rest.starts_with(self.separator.text()) {
            return Ok(false);
        }
        if !self.begun {
            self.last_comment = Some((number, rest));
            return Ok(true);
        }
        if rest.is_empty() || rest.starts_with(char::is_whitespace) {
            return Ok(true);
        }
        Err(Fault::new(
            Place::Line(number),
            Kind::Malformed,
            format!("{} may be a comment or a row", quote(head)),
            "put a blank after the # if this is a comment, or quotes around the first field if it is a row",
        ))
    }
}

impl<'a> Iterator for Records<'a> {
    type Item = Result<Record<'a>, Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let (number, start, line) = self.lines.next()?;
            // A line of nothing but tabs is a row of empty fields, if tabs separate fields.
            let trimmed = self.separator.trim(line);
            if trimmed.is_empty() {
                self.skipped.blank += 1;
                continue;
            }
            if trimmed.starts_with('\u{feff}') {
                let found = "a byte order mark stands inside of the text, as if two files were joined";
                return Some(Err(Fault::new(Place::Line(number), Kind::Malformed, found, "take it out")));
            }
            if trimmed.starts_with('#') {
                match self.is_comment(trimmed, number) {
                    Ok(true) => {
                        self.skipped.comments += 1;
                        continue;
                    }
                    Ok(false) => {}
                    Err(fault) => return Some(Err(fault)),
                }
            }
            self.begun = true;
            return Some(self.separator.split(line, start, number).map(|mut fields| {
                if self.trailing && fields.len() > 1 && is_empty(fields.last()) {
                    fields.pop();
                }
                Record { line: number, fields }
            }));
        }
    }
}

/// The lines of a text, which end with "\n", "\r\n" or "\r". Each item is the number of a line, counted from 1, the
/// byte at which it starts, and its text.
struct Lines<'a> {
    text: &'a str,
    at: usize,
    number: usize,
}

impl<'a> Iterator for Lines<'a> {
    type Item = (usize, usize, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        let start = self.at;
        let rest = &self.text[start..];
        if rest.is_empty() {
            return None;
        }
        let length = rest.find(['\n', '\r']).unwrap_or(rest.len());
        self.at += length + if rest[length..].starts_with("\r\n") { 2 } else { usize::from(length < rest.len()) };
        self.number += 1;
        Some((self.number, start, &rest[..length]))
    }
}

fn is_empty(field: Option<&Field>) -> bool {
    field.is_some_and(|field| field.text.is_empty() && !field.quoted)
}

fn every_row_ends_with_separator(text: &str, separator: Separator) -> bool {
    let mut rows = Records::plain(text, separator);
    let Some(Ok(first)) = rows.next() else { return false };
    let first_ends = is_empty(first.fields.last());
    let mut width = None;
    for row in rows {
        match row {
            Ok(row) if is_empty(row.fields.last()) => width = width.or(Some(row.fields.len())),
            _ => return false,
        }
    }
    let expected = first.fields.len() + usize::from(!first_ends);
    // One field and a separator after it may as well be a field and a gap.
    expected > 2 && width.is_some_and(|width| first_ends || width == expected)
}

/// How well a separator fits: the number of rows, of the first ones, that it divides into the most frequent number of
/// fields, and the share of numbers among all fields, in millionths. The result is `None` if that number of fields is
/// below `least`, or if fewer than half of the rows have it.
fn fit(text: &str, separator: Separator, least: usize, is_number: IsNumber) -> Option<(usize, usize)> {
    const ROWS: usize = 200;
    let (mut widths, mut fields, mut numbers) = (std::collections::BTreeMap::new(), 0, 0);
    let rows: Vec<_> = Records::plain(text, separator).take(ROWS).collect();
    // If no row has anything after its last separator, that may only end the row.
    let ends = rows.iter().flatten().all(|row| is_empty(row.fields.last()));
    for row in rows.iter().flatten() {
        *widths.entry(row.fields.len() - usize::from(ends)).or_insert(0) += 1;
        fields += row.fields.len();
        numbers += row.fields.iter().filter(|field| is_number(&field.text, separator)).count();
    }
    let (&width, &count) = widths.iter().max_by_key(|(width, count)| (**count, **width))?;
    (width >= least && 2 * count >= rows.len()).then(|| (count, numbers * 1_000_000 / fields.max(1)))
}
