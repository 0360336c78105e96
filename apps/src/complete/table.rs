//! Tables with gaps.

use std::path::Path;
use svdforge_golden::reader::{Fault, Kind, Place, ReadError, Records, number, quote, read_bytes, utf8};

/// A table of numbers, some of them missing, m x n.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// Names of the fields, the label's included, if the file has a header.
    pub header: Option<Vec<String>>,
    /// What stands before each row, if the rows have labels.
    pub labels: Option<Vec<String>>,
    /// The fields of numbers as they stand in the file; empty: missing.
    pub fields: Vec<Vec<String>>,
    /// Their values, `None` where missing.
    pub values: Vec<Vec<Option<f64>>>,
}

/// What stands for a missing number, beside nothing at all.
const MISSING: [&str; 3] = ["NaN", "NA", "?"];
/// Numbers whose differences are far from the end of `f64`.
const LARGEST: f64 = 1e300;
const REMEDY: &str = "write one row per line, its numbers separated by commas; leave a field empty (or NaN, NA, ?) where the number is missing";

/// Reads a table: as [`parse_table`].
///
/// # Errors
///
/// The file cannot be read, or as [`parse_table`].
pub fn read_table(path: &Path) -> Result<Table, ReadError> {
    parse_table(path, &read_bytes(path, "table")?)
}

/// Reads comma-separated numbers. An empty field, `NaN`, `NA` and `?` are missing numbers. The first row is a header if it has words in it and no number;
/// with a header, the first column holds labels if its first entry is a word. Every row and every column must have a number.
///
/// # Errors
///
/// Each fault in the text, with file, line and field; a row or a column without a number, by line and by name.
pub fn parse_table(path: &Path, bytes: &[u8]) -> Result<Table, ReadError> {
    parse(bytes).map_err(|fault| ReadError::new(path, fault))
}

fn missing(field: &str) -> bool {
    field.is_empty() || MISSING.iter().any(|word| field.eq_ignore_ascii_case(word))
}

/// Neither missing nor a number.
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

    /// Rows and columns of numbers.
    pub fn shape(&self) -> (usize, usize) {
        (self.values.len(), self.values.first().map_or(0, Vec::len))
    }

    /// The known numbers: row, column, value; row by row.
    pub fn known(&self) -> Vec<(usize, usize, f64)> {
        let row = |(i, row): (usize, &Vec<Option<f64>>)| -> Vec<(usize, usize, f64)> {
            row.iter().enumerate().filter_map(|(j, value)| value.map(|value| (i, j, value))).collect()
        };
        self.values.iter().enumerate().flat_map(row).collect()
    }

    /// As comma-separated text: what was known as it stood in the file, the rest from `fill` (row, column).
    ///
    /// # Errors
    ///
    /// The writer refuses.
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
