//! Decides whether a table has a header, and whether its first column holds labels.

use crate::reader::decimals::is_number;
use crate::reader::records::{IsNumber, Record, Records};
use crate::reader::separator::Separator;
use crate::reader::spelling::unusual;
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

/// What a user decides about the form of a table. `None` leaves it to the file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// Whether the first row is a header.
    pub header: Option<bool>,
    /// Whether the first column holds labels.
    pub labels: Option<bool>,
}

/// The form of a table. In JSON it has the same keys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Form {
    /// Whether the first row is a header.
    pub header: bool,
    /// Whether, and why, the first column holds labels.
    pub labels: Option<Labels>,
    /// Whether the first column has numbers that count the rows from 0 or 1, so that they may be labels. It is known
    /// only if there is no header.
    #[serde(rename = "first_column_counts")]
    pub counts: bool,
    /// Why the numbers of the first row may be a header, though they are read as numbers.
    pub first_row: Option<FirstRow>,
    /// Whether the pairs of numbers between commas may be single numbers with decimal commas, such as `1,05`.
    pub may_be_decimal_commas: bool,
}

/// What numbers in a first row have in common that may be names of columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum FirstRow {
    /// They count from 0 or 1.
    Counts,
    /// They are years in order.
    Years,
}

impl Form {
    /// What in this form may be meant otherwise: a sentence for each, which says how the file was read. The caller adds
    /// what the user can do about labels and a header, since that differs between commands.
    pub fn doubts(&self, labels: &str, header: &str) -> Vec<String> {
        let mut doubts = Vec::new();
        if self.counts {
            doubts.push(format!("the first column counts the rows; if these are labels and no numbers, {labels}"));
        }
        if let Some(first) = self.first_row {
            let what = match first {
                FirstRow::Counts => "counts the columns",
                FirstRow::Years => "has years in order",
            };
            doubts.push(format!("the first row {what}; if this is the header and no row of numbers, {header}"));
        }
        if self.may_be_decimal_commas {
            doubts.push(
                "commas were taken to separate numbers; if a number such as 1,05 has a decimal comma here, write it as \
                 1.05, or separate the fields with semicolons"
                    .to_owned(),
            );
        }
        doubts
    }
}

/// Names of columns that count the rows, without signs and in lower case.
const COUNTERS: [&str; 12] =
    ["", "index", "idx", "row", "rownumber", "rowname", "rownames", "no", "nr", "number", "obs", "level0"];
/// Names of columns that identify the rows.
const IDENTIFIERS: [&str; 3] = ["id", "rowid", "uid"];

impl Form {
    /// The form of the table that `records` has. Faults of rows are left for the reading of the table to find. With
    /// `asked` the user decides.
    ///
    /// The first row is a header
    ///
    /// - if it has a word, and no number;
    /// - or if its first field is a word, the others are years in order ([`are_years`]), the second row has no such
    ///   numbers, and the first column has words;
    /// - or if its first field is empty, and the others are numbers, and either these and the first column count from 0
    ///   or 1, as pandas writes an array, or the first column has words.
    ///
    /// A word is what is neither a number, nor a word for a missing number, nor a number in disguise such as `12%`,
    /// `$5`, `1.234,50` or one with a minus sign of typographers.
    pub fn of(records: &Records, asked: Asked) -> Self {
        Self::of_numbers(records, asked, is_number)
    }

    /// The same where the numbers are those for which `is_number` holds.
    pub(super) fn of_numbers(records: &Records, asked: Asked, is_number: IsNumber) -> Self {
        let separator = records.separator();
        // An infinity is a number, too, though one that will be refused.
        let number = |text: &str| is_number(text, separator) || text.parse::<f64>().is_ok();
        let word = |text: &str| !is_missing(text) && !number(text) && !is_garbled(text) && unusual(text).is_none();
        let mut rows = records.again();
        let Some(Ok(first)) = rows.next() else { return Self::default() };
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
        let second = records.again().nth(1).and_then(Result::ok);
        let first_row = second.as_ref().and_then(|second| first_row(&first, second));
        let word_first = || column().find(|entry| !is_missing(entry)).is_some_and(|entry| word(&entry));
        let years_below_a_word = word(name) && first_row == Some(FirstRow::Years) && word_first();
        let found = numbers_below_nothing
            || years_below_a_word
            || (first.fields.iter().any(|field| word(&field.text))
                && first.fields.iter().all(|field| !number(&field.text)));
        let header = asked.header.unwrap_or(found);
        let labels = match (asked.labels, header) {
            (Some(asked), _) => asked.then_some(Labels::Asked),
            (None, false) => None,
            (None, true) => {
                let plain: String = name.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect();
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
        let counts = !header && asked.labels.is_none() && first.fields.len() > 1 && {
            count(std::iter::once(name.clone().into_owned()).chain(column()))
        };
        let is_open = !header && asked.header.is_none() && first.fields.iter().all(|field| number(&field.text));
        let first_row = first_row.filter(|_| is_open);
        Self { header, labels, counts, first_row, may_be_decimal_commas: may_be_decimal_commas(records) }
    }
}

/// What the numbers of the first row have in common, and those of the second row have not. The first field need not be
/// a year.
fn first_row(first: &Record, second: &Record) -> Option<FirstRow> {
    let of = |record: &Record| {
        let fields = || record.fields.iter().map(|field| &*field.text);
        if are_years(fields()) || are_years(fields().skip(1)) {
            Some(FirstRow::Years)
        } else {
            (record.fields.len() > 2 && count(fields())).then_some(FirstRow::Counts)
        }
    };
    // A matrix such as 1, 2, 3 / 4, 5, 6 counts on.
    let goes_on = || {
        let numbers: Option<Vec<i64>> = second.fields.iter().map(|field| field.text.parse().ok()).collect();
        numbers.is_some_and(|numbers| numbers.windows(2).all(|pair| pair[0].checked_add(1) == Some(pair[1])))
    };
    of(first).filter(|found| of(second) != Some(*found) && (*found == FirstRow::Years || !goes_on()))
}

/// Whether the texts are at least two whole numbers from 1800 to 2200 that rise or fall.
pub fn are_years<'a>(fields: impl Iterator<Item = &'a str>) -> bool {
    let year = |text: &str| text.parse::<u32>().ok().filter(|year| (1800..=2200).contains(year));
    let Some(years) = fields.map(year).collect::<Option<Vec<u32>>>() else { return false };
    years.len() > 1 && (years.is_sorted_by(|a, b| a < b) || years.is_sorted_by(|a, b| a > b))
}

/// Whether each second field between commas may hold the decimals of the one before it: all are digits, and one of them
/// begins with a 0 that a whole number would not have, or there are three rows or more of one pair, whose second fields
/// have the same number of digits, at least two.
fn may_be_decimal_commas(records: &Records) -> bool {
    if records.separator() != Separator::Comma {
        return false;
    }
    let (mut rows, mut zero, mut lengths) = (0, false, std::collections::BTreeSet::new());
    for record in records.again().map_while(Result::ok) {
        let is_whole = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        for pair in record.fields.chunks(2) {
            let [whole, decimals] = pair else { return false };
            let (whole, decimals) = (&*whole.text, &*decimals.text);
            if !is_whole(whole.strip_prefix(['-', '+']).unwrap_or(whole)) || !is_whole(decimals) {
                return false;
            }
            zero |= decimals.len() > 1 && decimals.starts_with('0');
            lengths.insert((record.fields.len(), decimals.len()));
        }
        rows += 1;
    }
    let one_length = lengths.len() == 1 && lengths.first().is_some_and(|&(fields, digits)| fields == 2 && digits > 1);
    zero || (rows > 2 && one_length)
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
