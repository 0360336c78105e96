//! Reads and writes tables with gaps.

use super::texts::Texts;
use std::path::Path;
use svdforge_golden::reader::{
    Fault, Kind, MAX_ELEMENTS, NoMemory, Place, ReadError, Records, number, quote, read_bytes, reserve, utf8,
};

/// A table of numbers, some of them missing, m x n.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// The names of the fields, including that of the labels, if the file has a header.
    pub header: Option<Texts>,
    /// The label of each row, if the rows have labels.
    pub labels: Option<Texts>,
    /// The texts of the fields as in the file, row by row, without labels. An empty text is a missing number.
    pub fields: Texts,
    /// The values of the fields, row by row, with NaN for a missing number.
    pub values: Vec<f64>,
    /// The number of columns of numbers.
    pub columns: usize,
}

/// The words for a missing number, besides an empty field.
const MISSING: [&str; 3] = ["NaN", "NA", "?"];
/// The largest absolute value that is accepted, so that differences do not overflow.
const LARGEST: f64 = 1e300;
const REMEDY: &str = "write one row per line, its numbers separated by commas; leave a field empty (or NaN, NA, ?) where the number is missing";

/// Reads a table from a file; see [`parse_table`].
///
/// # Errors
///
/// The file cannot be read, or its text has a fault that [`parse_table`] finds.
pub fn read_table(path: &Path) -> Result<Table, ReadError> {
    parse_table(path, &read_bytes(path, "table")?)
}

/// Reads comma-separated numbers. An empty field, `NaN`, `NA` and `?` are missing numbers. The first row is a header if
/// it contains words and no number. If there is a header and the first entry of the first column is a word, that column
/// holds labels. Every row and every column must have a number.
///
/// # Errors
///
/// The text has a fault, which is reported with file, line and field; or a row or a column has no number.
pub fn parse_table(path: &Path, bytes: &[u8]) -> Result<Table, ReadError> {
    parse(bytes).map_err(|fault| ReadError::new(path, fault))
}

fn is_missing(field: &str) -> bool {
    field.is_empty() || MISSING.iter().any(|word| field.eq_ignore_ascii_case(word))
}

/// Whether a field is neither missing nor a number.
fn is_word(field: &str) -> bool {
    !is_missing(field) && field.parse::<f64>().is_err()
}

fn parse(bytes: &[u8]) -> Result<Table, Fault> {
    let mut table = Table::with_room_for(bytes)?;
    let mut lines = Vec::new();
    let mut width = None;
    for record in Records::new(utf8(bytes)?, b',') {
        let (line, record) = record?;
        let row = &record;
        let Some((width, first_line)) = width else {
            width = Some((row.len(), line));
            if row.iter().any(is_word) && row.iter().all(|field| is_missing(field) || is_word(field)) {
                table.header = Some(row.iter().collect());
            } else {
                table.push(row, line)?;
                lines.push(line);
            }
            continue;
        };
        if row.len() != width {
            let found = format!("this row has {} fields where line {first_line} has {width}", row.len());
            return Err(Fault::new(Place::Line(line), Kind::Ragged, found, format!("give every row {width} fields")));
        }
        table.push(row, line)?;
        lines.push(line);
    }
    table.check(&lines)?;
    Ok(table)
}

impl Table {
    /// An empty table with room for all numbers that a file of these bytes can have.
    fn with_room_for(bytes: &[u8]) -> Result<Self, Fault> {
        let fields = 1 + bytes.iter().filter(|&&byte| matches!(byte, b',' | b'\n' | b'\r')).count();
        let count = fields.min(MAX_ELEMENTS);
        let texts = Texts::with_room(count, bytes.len());
        let mut table = Self { header: None, labels: None, fields: Texts::default(), values: Vec::new(), columns: 0 };
        table.fields = texts.map_err(|_| NoMemory { bytes: (4 * count + bytes.len()) as u64 })?;
        reserve(&mut table.values, count)?;
        Ok(table)
    }

    fn push(&mut self, row: &csv::StringRecord, line: usize) -> Result<(), Fault> {
        if self.values.is_empty() {
            if self.header.is_some() && is_word(&row[0]) {
                self.labels = Some(Texts::default());
            }
            self.columns = row.len() - usize::from(self.labels.is_some());
        }
        if self.values.len() + self.columns > MAX_ELEMENTS {
            let found = format!("the table has more than {MAX_ELEMENTS} numbers, gaps included");
            return Err(Fault::new(Place::Line(line), Kind::TooLarge, found, "give fewer rows or columns"));
        }
        let shift = usize::from(self.labels.is_some());
        if let Some(labels) = &mut self.labels {
            labels.push(&row[0]);
        }
        for (index, field) in row.iter().enumerate().skip(shift) {
            self.fields.push(field);
            self.values.push(value(field, Place::Field { line, field: index + 1 })?);
        }
        Ok(())
    }

    fn check(&self, lines: &[usize]) -> Result<(), Fault> {
        if self.values.is_empty() {
            return Err(Fault::new(Place::File, Kind::Empty, "there are no numbers in the file", REMEDY));
        }
        let remedy = |what| format!("give at least one number in every {what}, or take this one out");
        let mut found_in = vec![false; self.columns];
        for (row, &line) in self.values.chunks(self.columns).zip(lines) {
            if row.iter().all(|value| value.is_nan()) {
                let found = "every number of this row is missing";
                return Err(Fault::new(Place::Line(line), Kind::Empty, found, remedy("row")));
            }
            found_in.iter_mut().zip(row).for_each(|(found, value)| *found |= !value.is_nan());
        }
        if let Some(column) = found_in.iter().position(|found| !found) {
            let name = self.header.as_ref().map_or(String::new(), |names| {
                format!(" ({})", quote(&names[column + usize::from(self.labels.is_some())]))
            });
            let found = format!("column {}{name}: every number of it is missing", column + 1);
            return Err(Fault::new(Place::File, Kind::Empty, found, remedy("column")));
        }
        Ok(())
    }

    /// The number of rows and of columns of numbers.
    pub fn shape(&self) -> (usize, usize) {
        (self.values.len() / self.columns.max(1), self.columns)
    }

    /// The known numbers as (row, column, value), row by row.
    pub fn known(&self) -> impl Iterator<Item = (usize, usize, f64)> {
        let all = self.values.iter().enumerate().filter(|(_, value)| !value.is_nan());
        all.map(|(index, &value)| (index / self.columns, index % self.columns, value))
    }

    /// The rows and columns of the missing numbers, row by row.
    pub fn gaps(&self) -> impl Iterator<Item = (usize, usize)> {
        let all = self.values.iter().enumerate().filter(|(_, value)| value.is_nan());
        all.map(|(index, _)| (index / self.columns, index % self.columns))
    }

    /// Writes the table as comma-separated text. Known numbers are written as they were in the file, and missing ones
    /// come from `fill`, which is called with (row, column).
    ///
    /// # Errors
    ///
    /// The sink reports an error.
    pub fn write(&self, sink: impl std::io::Write, fill: impl Fn(usize, usize) -> f64) -> Result<(), csv::Error> {
        let mut writer = csv::Writer::from_writer(sink);
        if let Some(header) = &self.header {
            writer.write_record(header.iter())?;
        }
        for (i, values) in self.values.chunks(self.columns).enumerate() {
            if let Some(labels) = &self.labels {
                writer.write_field(&labels[i])?;
            }
            for (j, value) in values.iter().enumerate() {
                match value.is_nan() {
                    true => writer.write_field(fill(i, j).to_string())?,
                    false => writer.write_field(&self.fields[i * self.columns + j])?,
                }
            }
            writer.write_record(None::<&[u8]>)?;
        }
        Ok(writer.flush()?)
    }
}

/// The value of a field, NaN if it is missing.
fn value(field: &str, place: Place) -> Result<f64, Fault> {
    if is_missing(field) {
        return Ok(f64::NAN);
    }
    let value = number(field, place).map_err(|fault| Fault { remedy: REMEDY.to_owned(), ..fault })?;
    if value.abs() > LARGEST {
        let found = format!("{} is too large", quote(field));
        return Err(Fault::new(place, Kind::NotAllowed, found, "give numbers of a size up to 1e300"));
    }
    Ok(value)
}

#[cfg(test)]
#[path = "table_tests.rs"]
mod tests;
