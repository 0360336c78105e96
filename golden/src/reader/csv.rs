//! Comma-separated values, one row of the matrix per line.
//!
//! - Lines that start with `#`, and blank lines, are skipped.
//! - The first row is a header if none of its fields is a number.
//! - With a header, the first column holds labels if the first entry under it is not a number. Then no entry may be one.

use super::{Fault, Kind, Place, element_count, number, utf8};
use nalgebra::DMatrix;

pub(super) fn parse(bytes: &[u8]) -> Result<DMatrix<f64>, Fault> {
    let text = utf8(bytes)?;
    let mut lines = LineCounter::new(text.as_bytes());
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .comment(Some(b'#'))
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let mut table = Table::default();
    let mut record = csv::StringRecord::new();
    loop {
        let more = reader.read_record(&mut record).map_err(|error| {
            Fault::new(Place::File, Kind::Malformed, error.to_string(), "write rows of numbers separated by commas")
        })?;
        if !more {
            return table.finish();
        }
        // The csv crate's own line number is that of the comments and blank lines before the record.
        let start = record.position().map_or(0, csv::Position::byte);
        let line = lines.line_of_record(usize::try_from(start).unwrap_or(usize::MAX));
        // A line of blanks only is one empty field.
        if record.len() == 1 && record[0].is_empty() {
            continue;
        }
        table.push(&record, line)?;
    }
}

/// The rows read so far.
#[derive(Default)]
struct Table {
    /// Fields of the first row (header or not), and its line.
    width: Option<(usize, usize)>,
    has_header: bool,
    has_labels: bool,
    rows: usize,
    elements: Vec<f64>,
}

impl Table {
    fn push(&mut self, record: &csv::StringRecord, line: usize) -> Result<(), Fault> {
        let Some((width, first_line)) = self.width else {
            self.width = Some((record.len(), line));
            // A row of empty fields is a row of missing numbers, not a header.
            self.has_header = record.iter().all(|field| field.parse::<f64>().is_err())
                && record.iter().any(|field| !field.is_empty());
            return if self.has_header { Ok(()) } else { self.push_elements(record, line) };
        };
        if record.len() != width {
            return Err(Fault::new(
                Place::Line(line),
                Kind::Ragged,
                format!("this row has {} fields where line {first_line} has {width}", record.len()),
                format!("give every row {width} fields, separated by commas"),
            ));
        }
        self.push_elements(record, line)
    }

    fn push_elements(&mut self, record: &csv::StringRecord, line: usize) -> Result<(), Fault> {
        let label = &record[0];
        if self.rows == 0 {
            self.has_labels = self.has_header && !label.is_empty() && label.parse::<f64>().is_err();
        } else if self.has_labels && (label.is_empty() || label.parse::<f64>().is_ok_and(f64::is_finite)) {
            return Err(Fault::new(
                Place::Field { line, field: 1 },
                Kind::Malformed,
                if label.is_empty() {
                    "a label is missing".to_owned()
                } else {
                    format!("{} is a number in a column of labels", super::quote(label))
                },
                "give every row a label that is not a number, or none",
            ));
        }
        for (index, field) in record.iter().enumerate().skip(usize::from(self.has_labels)) {
            let place = Place::Field { line, field: index + 1 };
            self.elements.push(number(field, place)?);
        }
        self.rows += 1;
        Ok(())
    }

    fn finish(self) -> Result<DMatrix<f64>, Fault> {
        let columns = self.width.map_or(0, |(width, _)| width - usize::from(self.has_labels));
        if self.rows == 0 || columns == 0 {
            return Err(Fault::new(
                Place::File,
                Kind::Empty,
                "there are no numbers in the file",
                "write one row per line, its elements separated by commas",
            ));
        }
        element_count(self.rows as u64, columns as u64, Place::File)?;
        Ok(DMatrix::from_row_iterator(self.rows, columns, self.elements))
    }
}

/// Finds the line on which a record starts, in one pass over the text.
struct LineCounter<'a> {
    bytes: &'a [u8],
    at: usize,
    line: usize,
}

impl<'a> LineCounter<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0, line: 1 }
    }

    /// The line of the first record at or after byte `start`, which grows from call to call.
    fn line_of_record(&mut self, start: usize) -> usize {
        let mut in_comment = false;
        while let Some(&byte) = self.bytes.get(self.at) {
            let end_of_line = matches!(byte, b'\n' | b'\r');
            if self.at >= start {
                in_comment = !end_of_line && (in_comment || byte == b'#');
                if !in_comment && !end_of_line {
                    break;
                }
            }
            // "\r\n" is one end of line.
            let ends = byte == b'\n' || (byte == b'\r' && self.bytes.get(self.at + 1) != Some(&b'\n'));
            self.line += usize::from(ends);
            self.at += 1;
        }
        self.line
    }
}
