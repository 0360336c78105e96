//! Reads and writes tables with gaps.

use std::path::Path;
use svdforge_golden::reader::{Fault, Kind, Place, ReadError, Records, number, quote, read_bytes, utf8};

/// A table of numbers, some of them missing, m x n.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// The names of the fields, including that of the labels, if the file has a header.
    pub header: Option<Vec<String>>,
    /// The label of each row, if the rows have labels.
    pub labels: Option<Vec<String>>,
    /// The texts of the fields as in the file. An empty text is a missing number.
    pub fields: Vec<Vec<String>>,
    /// The values of the fields, with `None` for a missing number.
    pub values: Vec<Vec<Option<f64>>>,
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

fn missing(field: &str) -> bool {
    field.is_empty() || MISSING.iter().any(|word| field.eq_ignore_ascii_case(word))
}

/// Whether a field is neither missing nor a number.
fn word(field: &str) -> bool {
    !missing(field) && field.parse::<f64>().is_err()
}

fn parse(bytes: &[u8]) -> Result<Table, Fault> {
    let mut table = Table { header: None, labels: None, fields: Vec::new(), values: Vec::new() };
    let mut lines = Vec::new();
    let mut width = None;
    for record in Records::new(utf8(bytes)?, b',') {
        let (line, record) = record?;
        let row: Vec<String> = record.iter().map(str::to_owned).collect();
        let Some((width, first_line)) = width else {
            width = Some((row.len(), line));
            if row.iter().any(|field| word(field)) && row.iter().all(|field| missing(field) || word(field)) {
                table.header = Some(row);
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
    fn push(&mut self, mut row: Vec<String>, line: usize) -> Result<(), Fault> {
        if self.fields.is_empty() && self.header.is_some() && word(&row[0]) {
            self.labels = Some(Vec::new());
        }
        let shift = usize::from(self.labels.is_some());
        if let Some(labels) = &mut self.labels {
            labels.push(row.remove(0));
        }
        let value = |(index, field): (usize, &String)| {
            if missing(field) {
                return Ok(None);
            }
            let place = Place::Field { line, field: index + 1 + shift };
            let value = number(field, place).map_err(|fault| Fault { remedy: REMEDY.to_owned(), ..fault })?;
            if value.abs() > LARGEST {
                let found = format!("{} is too large", quote(field));
                return Err(Fault::new(place, Kind::NotAllowed, found, "give numbers of a size up to 1e300"));
            }
            Ok(Some(value))
        };
        self.values.push(row.iter().enumerate().map(value).collect::<Result<_, _>>()?);
        self.fields.push(row);
        Ok(())
    }

    fn check(&self, lines: &[usize]) -> Result<(), Fault> {
        let columns = self.values.first().map_or(0, Vec::len);
        if columns == 0 {
            return Err(Fault::new(Place::File, Kind::Empty, "there are no numbers in the file", REMEDY));
        }
        let remedy = |what| format!("give at least one number in every {what}, or take this one out");
        for (row, &line) in self.values.iter().zip(lines) {
            if row.iter().all(Option::is_none) {
                let found = "every number of this row is missing";
                return Err(Fault::new(Place::Line(line), Kind::Empty, found, remedy("row")));
            }
        }
        for column in 0..columns {
            if self.values.iter().all(|row| row[column].is_none()) {
                let name = self.header.as_ref().map_or(String::new(), |names| {
                    format!(" ({})", quote(&names[column + usize::from(self.labels.is_some())]))
                });
                let found = format!("column {}{name}: every number of it is missing", column + 1);
                return Err(Fault::new(Place::File, Kind::Empty, found, remedy("column")));
            }
        }
        Ok(())
    }

    /// The number of rows and of columns of numbers.
    pub fn shape(&self) -> (usize, usize) {
        (self.values.len(), self.values.first().map_or(0, Vec::len))
    }

    /// The known numbers as (row, column, value), row by row.
    pub fn known(&self) -> Vec<(usize, usize, f64)> {
        let row = |(i, row): (usize, &Vec<Option<f64>>)| -> Vec<(usize, usize, f64)> {
            row.iter().enumerate().filter_map(|(j, value)| value.map(|value| (i, j, value))).collect()
        };
        self.values.iter().enumerate().flat_map(row).collect()
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
            writer.write_record(header)?;
        }
        for (i, (fields, values)) in self.fields.iter().zip(&self.values).enumerate() {
            let label = self.labels.iter().map(|labels| labels[i].clone());
            let numbers = fields.iter().zip(values).enumerate().map(|(j, (field, value))| match value {
                Some(_) => field.clone(),
                None => fill(i, j).to_string(),
            });
            writer.write_record(label.chain(numbers))?;
        }
        Ok(writer.flush()?)
    }
}

#[cfg(test)]
#[path = "table_tests.rs"]
mod tests;
