//! Comma-separated values, with one row of the matrix per line.
//!
//! - Lines that start with `#`, and blank lines, are skipped.
//! - The first row is a header if none of its fields is a number.
//! - If there is a header, the first column holds labels if its first entry is not a number. Then none of its entries
//!   may be a number.

use crate::reader::error::{Fault, Kind, Place};
use crate::reader::limits::{check_so_far, element_count};
use crate::reader::records::Records;
use crate::reader::text::{number, quote, utf8};
use nalgebra::DMatrix;

pub(super) fn parse(bytes: &[u8]) -> Result<DMatrix<f64>, Fault> {
    let text = utf8(bytes)?;
    let mut table = Table::default();
    for record in Records::new(text, b',') {
        let (line, record) = record?;
        table.push(&record, line)?;
    }
    table.finish()
}

/// The rows read so far.
#[derive(Default)]
struct Table {
    /// The number of fields of the first row, be it a header or not, and the line of that row.
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
        check_so_far(self.elements.len() + record.len(), Place::Line(line))?;
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
                    format!("{} is a number in a column of labels", quote(label))
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
