//! Delimited text, with one row of the matrix per line.
//!
//! - The separator is found from the text ([`Records::detect`]). Blank lines and comments are skipped, as described at
//!   [`Records`].
//! - The first row may be a header, and then the first column may hold labels ([`Form::of`]). In a column of labels
//!   that are words, no entry may be a number.

use crate::reader::decimals::{DecimalSign, Decimals};
use crate::reader::error::{Fault, Kind, Place};
use crate::reader::kind::{Number, check_kind};
use crate::reader::labels::{Asked, Form, Labels};
use crate::reader::limits::{check_so_far, element_count};
use crate::reader::records::{Layout, Record, Records, Skipped};
use crate::reader::separator::Separator;
use crate::reader::text::{counted_fields, quote, utf8};
use nalgebra::DMatrix;
use std::fmt;

/// How the text of a matrix was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct MatrixText {
    /// What separates the fields, and which lines hold no row.
    pub text: Layout,
    /// The decimal sign.
    #[serde(flatten)]
    pub decimals: DecimalSign,
    /// Whether there is a header, and labels; and what may be meant otherwise.
    #[serde(flatten)]
    pub form: Form,
}

impl MatrixText {
    /// Whether the text is nothing but numbers that are separated by commas.
    pub fn is_plain(&self) -> bool {
        let Layout { separator, trailing_separator, skipped } = self.text;
        let plain = separator == Separator::Comma && !trailing_separator && skipped == Skipped::default();
        plain && self.decimals.is_plain() && !self.form.header && self.form.labels.is_none()
    }
}

impl fmt::Display for MatrixText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.text)?;
        if !self.decimals.is_plain() {
            write!(f, "; {}", self.decimals)?;
        }
        if self.form.header {
            write!(f, "; the first row is the header")?;
        }
        self.form.labels.map_or(Ok(()), |labels| write!(f, "; the first column holds labels ({labels})"))
    }
}

pub(super) fn parse<T: Number>(bytes: &[u8]) -> Result<(DMatrix<T>, MatrixText), Fault> {
    let mut records = Records::detect_numbers(utf8(bytes)?, 2, T::is_spelled);
    let form = Form::of_numbers(&records, Asked::default(), T::is_spelled);
    let separator = records.separator();
    let mut decimals = Decimals::new(separator);
    // The number of fields of the first row, be it a header or not, and the line of that row.
    let mut width = None;
    let (mut rows, mut elements) = (0_usize, Vec::new());
    for record in records.by_ref() {
        let record = record?;
        let (width, first_line) = *width.get_or_insert((record.fields.len(), record.line));
        if record.fields.len() != width {
            return Err(Fault::new(
                Place::Line(record.line),
                Kind::Ragged,
                format!("this row has {} where line {first_line} has {width}", counted_fields(record.fields.len())),
                format!("give every row {}, separated by {}", counted_fields(width), separator.name()),
            ));
        }
        if form.header && record.line == first_line {
            continue;
        }
        if form.labels == Some(Labels::Words) {
            check_label(&record, T::is_spelled(&record.fields[0].text, separator))?;
        }
        check_so_far(elements.len() + record.fields.len(), Place::Line(record.line))?;
        for (index, field) in record.fields.iter().enumerate().skip(usize::from(form.labels.is_some())) {
            elements.push(T::spelled(&field.text, record.place(index), &mut decimals)?);
        }
        rows += 1;
    }
    decimals.finish()?;
    let columns = width.map_or(0, |(width, _)| width - usize::from(form.labels.is_some()));
    if rows == 0 || columns == 0 {
        return Err(Fault::new(
            Place::File,
            Kind::Empty,
            "there are no numbers in the file",
            "write one row per line, its elements separated by commas, semicolons, tabs or blanks",
        ));
    }
    element_count(rows as u64, columns as u64, Place::File)?;
    let text = MatrixText { text: records.layout(), decimals: decimals.sign(), form };
    check_kind(&elements)?;
    Ok((DMatrix::from_row_iterator(rows, columns, elements), text))
}

fn check_label(record: &Record, is_number: bool) -> Result<(), Fault> {
    let label = &record.fields[0].text;
    let found = match (label.is_empty(), is_number) {
        (true, _) => "a label is missing".to_owned(),
        (_, true) => format!("{} is a number in a column of labels", quote(label)),
        _ => return Ok(()),
    };
    let remedy = "give every row a label that is not a number, or none";
    Err(Fault::new(record.place(0), Kind::Malformed, found, remedy))
}
