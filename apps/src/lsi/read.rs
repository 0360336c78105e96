//! Reads a corpus from a text file with one document per line, from a folder of text files, or from a CSV of counts.

use super::corpus::{Corpus, Document, Skipped, printable};
use super::tokens::StopWords;
use crate::sparse::from_entries;
use crate::unicode::search_form;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use svdforge_golden::reader::{
    self, Fault, Kind, Place, ReadError, Record, Records, is_missing, is_spreadsheet_error, quote, read_bytes, utf8,
};

/// Which words of a text are counted.
#[derive(Clone, Debug)]
pub struct Counting {
    /// Words that are left out.
    pub stop_words: StopWords,
    /// Words that occur in fewer documents than this are left out.
    pub min_documents: usize,
}

/// Reads a corpus. In a folder each file is a document, a `.csv` or `.tsv` is a matrix of counts, and in any other file
/// each line is a document.
///
/// # Errors
///
/// A file cannot be read or is not UTF-8, there are fewer than two documents or no words, or a row of counts has
/// another length than the header or an element that is not a count.
pub fn read_corpus(path: &Path, counting: Counting) -> Result<Corpus, ReadError> {
    if path.is_dir() {
        let (texts, hidden) = read_folder(path)?;
        let corpus = from_texts(path, &texts, counting)?;
        return Ok(Corpus { skipped: Skipped { hidden, ..Skipped::default() }, ..corpus });
    }
    let is_csv = path.extension().is_some_and(|e| e.eq_ignore_ascii_case("csv") || e.eq_ignore_ascii_case("tsv"));
    parse_corpus(path, &read_text(path)?, is_csv, counting)
}

/// Does the same as [`read_corpus`] with the `text` of a file, which is not opened.
pub fn parse_corpus(path: &Path, text: &str, is_csv: bool, counting: Counting) -> Result<Corpus, ReadError> {
    if is_csv {
        return parse_counts(text, counting.stop_words).map_err(|fault| ReadError::new(path, fault));
    }
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let texts: Vec<_> = lines.map(|(index, line)| (format!("d{}", index + 1), line.to_owned())).collect();
    let corpus = from_texts(path, &texts, counting)?;
    let blank = text.lines().count() - texts.len();
    Ok(Corpus { skipped: Skipped { blank, ..Skipped::default() }, ..corpus })
}

/// The text of a UTF-8 file.
pub fn read_text(path: &Path) -> Result<String, ReadError> {
    let bytes = read_bytes(path, "text file")?;
    utf8(&bytes).map(str::to_owned).map_err(|fault| ReadError::new(path, fault))
}

fn from_texts(path: &Path, texts: &[(String, String)], counting: Counting) -> Result<Corpus, ReadError> {
    let refuse =
        |found: String, remedy: String| Err(ReadError::new(path, Fault::new(Place::File, Kind::Empty, found, remedy)));
    if texts.len() < 2 {
        return refuse(
            match texts.len() {
                0 => "there are no documents".to_owned(),
                _ => "there is only one document".to_owned(),
            },
            "give at least two: lines of a text file, or files of a folder".to_owned(),
        );
    }
    let least = counting.min_documents;
    let corpus = Corpus::from_texts(texts, counting.stop_words, least);
    if corpus.words.is_empty() {
        return refuse(
            format!("no word but stop words occurs in at least {least} of the {} documents", texts.len()),
            "give documents that share words, or a lower --min-documents".to_owned(),
        );
    }
    Ok(corpus)
}

/// The text files of a folder as (name, text), sorted by name, and the number of hidden files and of folders in it,
/// which are skipped.
fn read_folder(path: &Path) -> Result<(Vec<(String, String)>, usize), ReadError> {
    let (files, skipped) = list_folder(path)?;
    let name = |file: &Path| file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let texts = files.iter().map(|file| Ok((name(file), read_text(file)?))).collect::<Result<_, _>>()?;
    Ok((texts, skipped))
}

/// The files that [`read_corpus`] reads: those of a folder, or the file itself.
///
/// # Errors
///
/// The folder cannot be read.
pub fn files(path: &Path) -> Result<Vec<PathBuf>, ReadError> {
    if path.is_dir() { list_folder(path).map(|(files, _)| files) } else { Ok(vec![path.to_owned()]) }
}

/// The text files of a folder, sorted by name, and the number of everything else in it.
fn list_folder(path: &Path) -> Result<(Vec<PathBuf>, usize), ReadError> {
    let refuse = |error: std::io::Error| {
        let found = format!("cannot be read: {error}");
        ReadError::new(path, Fault::new(Place::File, Kind::Unreadable, found, "give a folder of text files"))
    };
    let (mut files, mut skipped) = (Vec::new(), 0);
    for entry in fs::read_dir(path).map_err(refuse)? {
        let file = entry.map_err(refuse)?.path();
        let hidden = file.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if file.is_file() && !hidden {
            files.push(file);
        } else {
            skipped += 1;
        }
    }
    files.sort();
    Ok((files, skipped))
}

/// Reads a table of counts: a header of titles, then one row per word with the word in the first column.
fn parse_counts(text: &str, stop_words: StopWords) -> Result<Corpus, Fault> {
    let mut header: Option<(Vec<Document>, usize)> = None;
    let mut words: BTreeMap<String, usize> = BTreeMap::new();
    let mut order = Vec::new();
    let mut entries = Vec::new();
    let mut records = Records::detect(text, 2);
    for record in records.by_ref() {
        let Record { line, fields } = record?;
        let record: Vec<&str> = fields.iter().map(|field| &*field.text).collect();
        let at = |field| Place::Field { line, field };
        let Some((documents, header_line)) = &header else {
            if let Some(field) = record.iter().skip(1).position(|t| is_missing(t) || t.parse::<f64>().is_ok()) {
                return Err(Fault::new(
                    at(field + 2),
                    Kind::Malformed,
                    format!("{} is no title of a document", quote(record[field + 1])),
                    "begin with a header: a word for the first column, then a title for each document",
                ));
            }
            let title = |name: &str| Document { name: printable(name), text: String::new() };
            header = Some((record.iter().skip(1).map(|name| title(name)).collect(), line));
            continue;
        };
        let width = documents.len() + 1;
        if record.len() != width {
            return Err(Fault::new(
                Place::Line(line),
                Kind::Ragged,
                format!("this row has {} fields where the header in line {header_line} has {width}", record.len()),
                "give a word and one count for each document",
            ));
        }
        let word = printable(&search_form(record[0]));
        let is_error = is_spreadsheet_error(record[0]) && !fields[0].quoted;
        if word.is_empty() || word.parse::<f64>().is_ok() || is_error {
            let found = format!("{} is no word", quote(&word));
            return Err(Fault::new(at(1), Kind::Malformed, found, "begin each row with its word"));
        }
        if let Some(earlier) = words.insert(word.clone(), line) {
            let found = format!("the word {} has a row already, in line {earlier}", quote(&word));
            return Err(Fault::new(at(1), Kind::Duplicate, found, "give each word one row"));
        }
        for (j, field) in record.iter().skip(1).enumerate() {
            let Ok(count) = field.parse::<u32>() else {
                let found = format!("{} is no count", quote(field));
                return Err(Fault::new(at(j + 2), Kind::NotANumber, found, "give whole numbers, 0 or more"));
            };
            if count > 0 {
                entries.push((order.len(), j, f64::from(count)));
            }
        }
        order.push(word);
    }
    let documents = header.map_or(Vec::new(), |(documents, _)| documents);
    let (found, remedy) = match (documents.len(), order.len(), entries.len()) {
        (0, ..) => ("there are no documents", "give a header with the title of each document"),
        (1, ..) => ("there is only one document", "give at least two columns of counts"),
        (_, 0, _) => ("there are no words", "give one row for each word, under the header"),
        (.., 0) => ("every count is 0", "give counts of words that occur"),
        _ => {
            let counts = from_entries(order.len(), documents.len(), entries);
            let reader::Skipped { comments, blank } = records.layout().skipped;
            let skipped = Skipped { comments, blank, hidden: 0 };
            return Ok(Corpus { words: order, documents, counts, stop_words, skipped });
        }
    };
    Err(Fault::new(Place::File, Kind::Empty, found, remedy))
}

#[cfg(test)]
#[path = "read_tests.rs"]
mod tests;
