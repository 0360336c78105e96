//! Splits lines of text into fields and keeps their true line numbers.

use crate::reader::error::{Fault, Kind, Place};
use crate::reader::text::brief;

/// The records of delimited text.
///
/// Fields are trimmed and may be quoted. Blank lines and lines that start with `#` are skipped. Each item is the line,
/// counted from 1, on which a record starts, and the fields of the record, whose number may differ from record to
/// record.
pub struct Records<'a> {
    reader: csv::Reader<&'a [u8]>,
    lines: LineCounter<'a>,
}

impl<'a> Records<'a> {
    /// Reads `text`, its fields separated by `delimiter`.
    pub fn new(text: &'a str, delimiter: u8) -> Self {
        let reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter)
            .comment(Some(b'#'))
            .trim(csv::Trim::All)
            .from_reader(text.as_bytes());
        Self { reader, lines: LineCounter::new(text.as_bytes()) }
    }
}

impl Iterator for Records<'_> {
    type Item = Result<(usize, csv::StringRecord), Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut record = csv::StringRecord::new();
        loop {
            match self.reader.read_record(&mut record) {
                Ok(true) => {}
                Ok(false) => return None,
                Err(error) => {
                    let remedy = "write rows of fields separated by commas";
                    return Some(Err(Fault::new(Place::File, Kind::Malformed, brief(&error.to_string()), remedy)));
                }
            }
            // The line number of the csv crate is that of the comments and blank lines before the record.
            let start = record.position().map_or(0, csv::Position::byte);
            let line = self.lines.line_of_record(usize::try_from(start).unwrap_or(usize::MAX));
            // A line of nothing but blanks has one empty field.
            if record.len() != 1 || !record[0].is_empty() {
                return Some(Ok((line, record)));
            }
        }
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

    /// The line of the first record at or after the byte `start`, which must not decrease from call to call.
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
