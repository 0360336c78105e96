//! Reads and writes tables with gaps.

use super::texts::Texts;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::ops::Range;
use std::path::Path;
use svdforge_golden::reader::{
    Asked, DecimalSign, Decimals, Fault, Form, Kind, Labels, Layout, MAX_ELEMENTS, Place, ReadError, Record, Records,
    Separator, counted_fields, is_missing, is_number, quote, read_bytes, reserve, utf8,
};

/// A table of numbers, some of them missing, m x n.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// The names of the fields, including that of the labels, if the file has a header.
    pub header: Option<Texts>,
    /// The label of each row, if the rows have labels.
    pub labels: Option<Texts>,
    /// The values of the fields, row by row, with NaN for a missing number.
    pub values: Vec<f64>,
    /// The number of columns of numbers.
    pub columns: usize,
    /// How the file was read.
    pub reading: Reading,
    /// The bytes of the file, with a byte order mark if it had one.
    text: Vec<u8>,
    /// Where the missing numbers stand in these bytes, row by row. A file that is read is shorter than 4 GiB.
    gaps: Vec<Range<u32>>,
}

/// How the file was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// What separates the fields, and which lines hold no row.
    pub layout: Layout,
    /// The decimal sign.
    pub decimals: DecimalSign,
    /// Whether there is a header, and why the first column holds labels if it does.
    pub form: Form,
    /// How often each word stands for a missing number. The empty word is an empty field.
    pub gaps: BTreeMap<String, usize>,
}

/// The largest absolute value that is accepted, so that differences do not overflow.
const LARGEST: f64 = 1e300;
const REMEDY: &str = "write one row per line, its numbers separated by commas, semicolons, tabs or blanks; leave a field empty (or write NaN, NA, N/A, null, ?, -) where the number is missing";

/// Reads a table from a file; see [`parse_table`].
///
/// # Errors
///
/// The file cannot be read, or its text has a fault that [`parse_table`] finds.
pub fn read_table(path: &Path, asked: Asked) -> Result<Table, ReadError> {
    parse(read_bytes(path, "table")?, asked).map_err(|fault| ReadError::new(path, fault))
}

/// Reads numbers that are separated by commas, semicolons, tabs, bars or blanks. The separator is found from the text
/// ([`Records::detect`]), and so are the header and the labels ([`Form::of`]). A number is missing where
/// [`is_missing`] says so. The comma may be the decimal sign if it does not separate fields. Every row and every column
/// must have a number.
///
/// # Errors
///
/// The text has a fault, which is reported with file, line and field; or a row or a column has no number.
pub fn parse_table(path: &Path, bytes: &[u8]) -> Result<Table, ReadError> {
    parse_table_as(path, bytes, Asked::default())
}

/// Does the same as [`parse_table`], but with `asked` the caller decides about labels and a header.
pub fn parse_table_as(path: &Path, bytes: &[u8], asked: Asked) -> Result<Table, ReadError> {
    parse(bytes.to_vec(), asked).map_err(|fault| ReadError::new(path, fault))
}

fn parse(bytes: Vec<u8>, asked: Asked) -> Result<Table, Fault> {
    let table = read(&bytes, asked)?;
    Ok(Table { text: bytes, ..table })
}

/// Reads the table, without its text.
fn read(bytes: &[u8], asked: Asked) -> Result<Table, Fault> {
    let text = utf8(bytes)?;
    let mark = bytes.len() - text.len();
    let mut records = Records::detect(text, 2);
    let form = Form::of(&records, asked);
    let reading = Reading { layout: records.layout(), decimals: DecimalSign::default(), form, gaps: BTreeMap::new() };
    let mut table = Table {
        header: None,
        labels: form.labels.map(|_| Texts::default()),
        values: Vec::new(),
        columns: 0,
        reading,
        text: Vec::new(),
        gaps: Vec::new(),
    };
    reserve(&mut table.values, most_fields(text, records.separator()))?;
    let mut decimals = Decimals::new(records.separator());
    let mut lines = Vec::new();
    let mut width = None;
    for record in records.by_ref() {
        let record = record?;
        let (width, first_line) = *width.get_or_insert((record.fields.len(), record.line));
        if record.fields.len() != width {
            let found =
                format!("this row has {} where line {first_line} has {width}", counted_fields(record.fields.len()));
            let remedy = format!(
                "give every row {}, separated by {}",
                counted_fields(width),
                table.reading.layout.separator.name()
            );
            return Err(Fault::new(Place::Line(record.line), Kind::Ragged, found, remedy));
        }
        if form.header && record.line == first_line {
            table.header = Some(record.fields.iter().map(|field| &*field.text).collect());
            continue;
        }
        table.push(&record, mark, &mut decimals)?;
        lines.push(record.line);
    }
    decimals.finish()?;
    table.reading.decimals = decimals.sign();
    table.reading.layout = records.layout();
    table.check(&lines)?;
    Ok(table)
}

/// The most fields that the text can have. It has more than that of blanks if several stand side by side.
fn most_fields(text: &str, separator: Separator) -> usize {
    let between = match separator {
        Separator::Blanks => text.split_whitespace().count(),
        _ => text.matches(separator.text()).count(),
    };
    (1 + between + text.lines().count()).min(MAX_ELEMENTS)
}

impl Table {
    fn push(&mut self, record: &Record, shift: usize, decimals: &mut Decimals) -> Result<(), Fault> {
        let mut fields = record.fields.iter().enumerate();
        if let (Some(labels), Some(label)) = (&mut self.labels, record.fields.first()) {
            fields.next();
            if self.reading.form.labels == Some(Labels::Words) && is_number(&label.text, self.reading.layout.separator)
            {
                let found = format!("{} is a number in a column that begins with a word", quote(&label.text));
                let remedy = "give --labels yes if the first column holds labels, or --labels no if it holds numbers";
                return Err(Fault::new(record.place(0), Kind::Malformed, found, remedy));
            }
            labels.push(&label.text);
        }
        self.columns = fields.len();
        if self.values.len() + self.columns > MAX_ELEMENTS {
            let found = format!("the table has more than {MAX_ELEMENTS} numbers, gaps included");
            return Err(Fault::new(Place::Line(record.line), Kind::TooLarge, found, "give fewer rows or columns"));
        }
        for (index, field) in fields {
            if is_missing(&field.text) {
                self.gap(&field.text, shift + field.range.start..shift + field.range.end);
                continue;
            }
            let place = record.place(index);
            let is_number = is_number(&field.text, self.reading.layout.separator);
            let value = decimals.number(&field.text, place).map_err(|fault| match (is_number, index) {
                (true, _) => fault,
                _ if fault.kind == Kind::UnusualNumber => fault,
                (false, 0) => Fault { remedy: format!("{REMEDY}; give --labels yes if these are labels"), ..fault },
                (false, _) => Fault { remedy: REMEDY.to_owned(), ..fault },
            })?;
            if value.abs() > LARGEST {
                let found = format!("{} is too large", quote(&field.text));
                return Err(Fault::new(place, Kind::NotAllowed, found, "give numbers of a size up to 1e300"));
            }
            self.values.push(value);
        }
        Ok(())
    }

    /// Adds a missing number, which the file writes as `word` at this place.
    fn gap(&mut self, word: &str, place: Range<usize>) {
        match self.reading.gaps.get_mut(word) {
            Some(count) => *count += 1,
            None => drop(self.reading.gaps.insert(word.to_owned(), 1)),
        }
        let byte = |at: usize| u32::try_from(at).expect("No file of this size is read.");
        self.gaps.push(byte(place.start)..byte(place.end));
        self.values.push(f64::NAN);
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

    /// Writes the text of the file with numbers in the place of its gaps, and nothing else changed. The numbers come
    /// from `fill`, which is called with (row, column), and get the decimal sign of the file.
    ///
    /// # Errors
    ///
    /// The sink reports an error.
    pub fn write(&self, mut sink: impl Write, fill: impl Fn(usize, usize) -> f64) -> io::Result<()> {
        let mut at = 0;
        for ((i, j), gap) in self.gaps().zip(&self.gaps) {
            let number = fill(i, j).to_string();
            let number = if self.reading.decimals.decimal_comma { number.replace('.', ",") } else { number };
            sink.write_all(&self.text[at..gap.start as usize])?;
            sink.write_all(number.as_bytes())?;
            at = gap.end as usize;
        }
        sink.write_all(&self.text[at..])
    }
}

#[cfg(test)]
#[path = "table_tests.rs"]
mod tests;
