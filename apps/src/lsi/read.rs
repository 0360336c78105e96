//! Reads a corpus from a text file with one document per line, from a folder of text files, or from a CSV of counts.

use super::corpus::{Corpus, Document, Skipped, Titles, printable};
use super::tokens::StopWords;
use crate::sparse::from_entries;
use crate::unicode::search_form;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use svdforge_golden::reader::{
    self, Fault, Kind, Place, ReadError, Record, Records, are_years, check_memory, counted_fields, is_missing,
    is_number, is_spreadsheet_error, quote, read_bytes, unusual_number, utf8,
};

/// Which words of a text are counted, and how a table of counts is read.
#[derive(Clone, Debug)]
pub struct Counting {
    /// Whether the first row of a table of counts is a header of titles; `None` leaves it to the file.
    pub header: Option<bool>,
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
        let skipped = Skipped { hidden, ..Skipped::default() };
        return Ok(Corpus { skipped, titles: Titles::Files, ..corpus });
    }
    parse_corpus(path, &read_text(path)?, is_table(path), counting)
}

/// Whether [`read_corpus`] takes a file of this name for a table of counts.
pub fn is_table(path: &Path) -> bool {
    let is_text = |ending: &std::ffi::OsStr| ending.eq_ignore_ascii_case("csv") || ending.eq_ignore_ascii_case("tsv");
    !path.is_dir() && path.extension().is_some_and(is_text)
}

/// Does the same as [`read_corpus`] with the `text` of a file, which is not opened.
pub fn parse_corpus(path: &Path, text: &str, is_csv: bool, counting: Counting) -> Result<Corpus, ReadError> {
    if is_csv {
        return parse_counts(text, counting).map_err(|fault| ReadError::new(path, fault));
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

/// The memory in bytes that a word of a text takes while words are counted, and that a row of a table of counts takes,
/// and each count in it.
const BYTES_PER_WORD: u64 = 120;
const BYTES_PER_ROW: u64 = 150;
const BYTES_PER_COUNT: u64 = 64;

fn from_texts(path: &Path, texts: &[(String, String)], counting: Counting) -> Result<Corpus, ReadError> {
    let words: usize = texts.iter().map(|(_, text)| text.split_whitespace().count()).sum();
    check_memory(words as u64 * BYTES_PER_WORD).map_err(|error| ReadError::new(path, error.into()))?;
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

/// Names of a column of words, in lower case. Below such a name, and below none, numbers in the first row are titles.
const WORDS: [&str; 8] = ["", "word", "words", "term", "terms", "token", "tokens", "lemma"];

/// Where the titles of a table of counts come from, given its first row.
///
/// # Errors
///
/// A title is missing, or the row may be one of counts, and the user has not decided.
fn titles(first: &Record, asked: Option<bool>) -> Result<Titles, Fault> {
    let fields = || first.fields.iter().map(|field| &*field.text);
    let name = fields().next().unwrap_or("").to_lowercase();
    let is_no_word = |text: &str| is_missing(text) || text.parse::<f64>().is_ok();
    let are_numbers = || fields().skip(1).all(|text| is_number(text, reader::Separator::Comma));
    let Some(index) = (1..first.fields.len()).find(|&index| is_no_word(&first.fields[index].text)) else {
        return Ok(if asked == Some(false) { Titles::Counted } else { Titles::Header });
    };
    match asked {
        Some(true) => return Ok(Titles::Numbers),
        Some(false) => return Ok(Titles::Counted),
        None if are_numbers() && (WORDS.contains(&name.as_str()) || are_years(fields().skip(1))) => {
            return Ok(Titles::Numbers);
        }
        None => {}
    }
    let text = &*first.fields[index].text;
    let (found, remedy) = match is_missing(text) {
        true => ("is no title of a document", ""),
        false => (
            "may be the title of a document or a count",
            "; or give --header yes if this row holds the titles, --header no if it holds a word and its counts",
        ),
    };
    Err(Fault::new(
        first.place(index),
        Kind::Malformed,
        format!("{} {found}", quote(text)),
        format!("begin with a header: a word for the first column, then a title for each document{remedy}"),
    ))
}

/// Reads a table of counts: a header of titles, then one row per word with the word in the first column.
fn parse_counts(text: &str, counting: Counting) -> Result<Corpus, Fault> {
    let Counting { stop_words, header: asked, .. } = counting;
    let mut records = Records::detect(text, 2);
    let (mut documents, mut first_line, mut titles) = (Vec::new(), 0, Titles::Header);
    if let Some(first) = records.again().next() {
        let first = first?;
        (first_line, titles) = (first.line, self::titles(&first, asked)?);
        let number = |index: usize| format!("d{index}");
        documents.extend(first.fields.iter().enumerate().skip(1).map(|(index, field)| Document {
            name: if titles == Titles::Counted { number(index) } else { printable(&field.text) },
            text: String::new(),
        }));
    }
    let rows = text.lines().count() as u64;
    check_memory(rows * (BYTES_PER_ROW + documents.len() as u64 * BYTES_PER_COUNT))?;
    let mut words: BTreeMap<String, usize> = BTreeMap::new();
    let mut order = Vec::new();
    let mut entries = Vec::new();
    for record in records.by_ref() {
        let Record { line, fields } = record?;
        let record: Vec<&str> = fields.iter().map(|field| &*field.text).collect();
        let at = |field| Place::Field { line, field };
        if line == first_line && titles != Titles::Counted {
            continue;
        }
        let width = documents.len() + 1;
        if record.len() != width {
            return Err(Fault::new(
                Place::Line(line),
                Kind::Ragged,
                format!(
                    "this row has {} where the first one, in line {first_line}, has {width}",
                    counted_fields(record.len())
                ),
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
                let fault = || Fault::new(at(j + 2), Kind::NotANumber, found, "give whole numbers, 0 or more");
                return Err(unusual_number(field, at(j + 2)).unwrap_or_else(fault));
            };
            if count > 0 {
                entries.push((order.len(), j, f64::from(count)));
            }
        }
        order.push(word);
    }
    let (found, remedy) = match (documents.len(), order.len(), entries.len()) {
        (0, ..) => ("there are no documents", "give a header with the title of each document"),
        (1, ..) => ("there is only one document", "give at least two columns of counts"),
        (_, 0, _) => ("there are no words", "give one row for each word, under the header"),
        (.., 0) => ("every count is 0", "give counts of words that occur"),
        _ => {
            let counts = from_entries(order.len(), documents.len(), entries);
            let reader::Skipped { comments, blank } = records.layout().skipped;
            let skipped = Skipped { comments, blank, hidden: 0 };
            return Ok(Corpus { words: order, documents, counts, stop_words, skipped, titles });
        }
    };
    Err(Fault::new(Place::File, Kind::Empty, found, remedy))
}

#[cfg(test)]
#[path = "read_tests.rs"]
mod tests;
