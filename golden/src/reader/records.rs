//! Lines of text split into fields, each with its true line number.

use super::{Fault, Kind, Place};

/// The records of delimited text: fields trimmed, quotes understood; lines that start with `#`, and blank lines, are skipped. Gives
/// the line (from 1) on which each record starts, and its fields, whose number may differ from record to record.
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
                    return Some(Err(Fault::new(Place::File, Kind::Malformed, error.to_string(), remedy)));
                }
            }
            // The csv crate's own line number is that of the comments and blank lines before the record.
            let start = record.position().map_or(0, csv::Position::byte);
            let line = self.lines.line_of_record(usize::try_from(start).unwrap_or(usize::MAX));
            // A line of blanks only is one empty field.
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
