//! Decides whether a table has a header, and whether its first column holds labels.

use crate::reader::decimals::is_number;
use crate::reader::records::{Record, Records};
use crate::reader::words::is_missing;
use std::fmt;

/// Why the first column holds labels and no numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Labels {
    /// Its name in the header is empty, or `Unnamed: 0`, as pandas calls such a column.
    NoName,
    /// Its name is one of an index, such as `index` or `#`, and its entries count the rows from 0 or 1; or its name is
    /// `id`, and its entries are different whole numbers.
    Index,
    /// Its first entry, apart from words for missing numbers, is a word.
    Words,
    /// The user said so.
    Asked,
}

impl fmt::Display for Labels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoName => "the header has no name for it",
            Self::Index => "by its name and its numbers it is an index",
            Self::Words => "it holds words",
            Self::Asked => "--labels yes",
        })
    }
}

impl serde::Serialize for Labels {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// The form of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Form {
    /// Whether the first row is a header.
    pub header: bool,
    /// Whether, and why, the first column holds labels.
    pub labels: Option<Labels>,
    /// Whether the first column has numbers that count the rows from 0 or 1, so that they may be labels. It is known
    /// only if there is no header.
    pub counts: bool,
}

/// Names of columns that count the rows, without signs and in lower case.
const COUNTERS: [&str; 12] =
    ["", "index", "idx", "row", "rownumber", "rowname", "rownames", "no", "nr", "number", "obs", "level0"];
/// Names of columns that identify the rows.
const IDENTIFIERS: [&str; 3] = ["id", "rowid", "uid"];

impl Form {
    /// The form of the table that `records` has. Faults of rows are left for the reading of the table to find. With
    /// `asked` the user decides about labels.
    ///
    /// The first row is a header
    ///
    /// - if it has a word, and no number;
    /// - or if its first field is empty, and the others are numbers, and either these and the first column count from 0
    ///   or 1, as pandas writes an array, or the first column has words.
    ///
    /// A word is what is neither a number, nor a word for a missing number, nor a number in disguise such as `12%`,
    /// `$5` or `1.234,50`.
    pub fn of(records: &Records, asked: Option<bool>) -> Self {
        let separator = records.separator();
        // An infinity is a number, too, though one that will be refused.
        let number = |text: &str| is_number(text, separator) || text.parse::<f64>().is_ok();
        let word = |text: &str| !is_missing(text) && !number(text) && !is_garbled(text);
        let mut rows = records.again();
        let Some(Ok(first)) = rows.next() else { return Self { header: false, labels: None, counts: false } };
        let column = || {
            let rows = records.again().skip(1).map_while(Result::ok);
            rows.map(|row: Record| row.fields[0].text.clone().into_owned())
        };
        let name = &first.fields[0].text;
        let numbers_below_nothing = name.is_empty()
            && first.fields.len() > 1
            && first.fields[1..].iter().all(|field| number(&field.text))
            && ((count(first.fields[1..].iter().map(|field| &*field.text)) && count(column()))
                || column().find(|entry| !is_missing(entry)).is_some_and(|entry| word(&entry)));
        let header = numbers_below_nothing
            || (first.fields.iter().any(|field| word(&field.text))
                && first.fields.iter().all(|field| !number(&field.text)));
        let labels = match (asked, header) {
            (Some(asked), _) => asked.then_some(Labels::Asked),
            (None, false) => None,
            (None, true) => {
                let plain: String = name.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect();
                let word_first = || column().find(|entry| !is_missing(entry)).is_some_and(|entry| word(&entry));
                if name.is_empty() || plain == "unnamed0" {
                    Some(Labels::NoName)
                } else if (COUNTERS.contains(&plain.as_str()) && count(column()))
                    || (IDENTIFIERS.contains(&plain.as_str()) && identify(column()))
                {
                    Some(Labels::Index)
                } else {
                    word_first().then_some(Labels::Words)
                }
            }
        };
        let counts = !header && asked.is_none() && first.fields.len() > 1 && {
            count(std::iter::once(name.clone().into_owned()).chain(column()))
        };
        Self { header, labels, counts }
    }
}

/// Whether the text is made of digits, with signs of currencies, percent, decimals and thousands.
fn is_garbled(text: &str) -> bool {
    let digits = text.trim_matches(|c: char| c.is_whitespace() || "+-%$\u{20ac}\u{a3}\u{a5}".contains(c));
    digits.contains(|c: char| c.is_ascii_digit())
        && digits.chars().all(|c| c.is_ascii_digit() || c.is_whitespace() || ".,'\u{2019}".contains(c))
}

/// Whether the numbers are 0, 1, 2 ... or 1, 2, 3 ..., at least two of them.
fn count(entries: impl Iterator<Item = impl AsRef<str>>) -> bool {
    let mut start = None;
    let mut length = 0;
    for (index, entry) in entries.enumerate() {
        let Ok(number) = entry.as_ref().parse::<u64>() else { return false };
        if number.checked_sub(index as u64) != Some(*start.get_or_insert(number)) {
            return false;
        }
        length += 1;
    }
    length > 1 && start.is_some_and(|start| start <= 1)
}

/// Whether the entries are different whole numbers, at least two of them.
fn identify(entries: impl Iterator<Item = String>) -> bool {
    let mut seen = std::collections::BTreeSet::new();
    for entry in entries {
        if !entry.parse::<u64>().is_ok_and(|number| seen.insert(number)) {
            return false;
        }
    }
    seen.len() > 1
}
