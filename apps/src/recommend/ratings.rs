//! Reads rating files, which say who gave how many points to what.

use super::columns::{Asked, Columns, ROWS};
use crate::unicode;
use std::collections::BTreeMap;
use std::path::Path;
use svdforge_golden::reader::{
    DecimalSign, Decimals, Fault, Field, Kind, Layout, Place, ReadError, Record, Records, check_memory, counted_fields,
    is_spreadsheet_error, quote, read_bytes, utf8,
};

/// Names in the order of their first appearance, and their indices. Names are kept in the normal form NFC, so that
/// both spellings of a letter with an accent are the same name.
#[derive(Clone, Debug, Default)]
pub struct Names {
    list: Vec<String>,
    index: BTreeMap<String, usize>,
}

impl Names {
    /// The number of names.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The name with this index.
    ///
    /// # Panics
    ///
    /// The index is not below [`Names::len`].
    pub fn name(&self, index: usize) -> &str {
        &self.list[index]
    }

    /// The index of this name, if it is known.
    pub fn find(&self, name: &str) -> Option<usize> {
        self.index.get(&*unicode::name(name)).copied()
    }

    fn intern(&mut self, name: &str) -> usize {
        self.find(name).unwrap_or_else(|| {
            let name = unicode::name(name).into_owned();
            self.list.push(name.clone());
            self.index.insert(name, self.list.len() - 1);
            self.list.len() - 1
        })
    }
}

/// One rating.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rating {
    /// Index of the user.
    pub user: usize,
    /// Index of the item.
    pub item: usize,
    /// The number of points.
    pub value: f64,
}

/// All ratings of a file, at most one for each user and item.
#[derive(Clone, Debug)]
pub struct Ratings {
    /// Which columns were used.
    pub columns: Columns,
    /// What separates the fields, and which lines hold no row.
    pub layout: Layout,
    /// The decimal sign.
    pub decimals: DecimalSign,
    /// Names of the users.
    pub users: Names,
    /// Names of the items.
    pub items: Names,
    /// The ratings, in the order of the file.
    pub list: Vec<Rating>,
    /// The number of ratings that were read, before any was dropped.
    pub read: usize,
    /// The number of ratings that were dropped because a later line has a rating of the same item by the same user.
    pub duplicates: usize,
    /// The number of ratings that were dropped because they lie outside the scale.
    pub out_of_scale: usize,
}

/// The lowest and the highest rating that are allowed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    /// The lowest.
    pub low: f64,
    /// The highest.
    pub high: f64,
}

/// The memory in bytes that a rating takes while its file is read: an element of the list, and one of the map by which
/// further ratings of the same item are found.
const BYTES_PER_RATING: u64 = 80;

/// The range of sizes in which sums and squares neither overflow nor underflow.
const SIZES: std::ops::RangeInclusive<f64> = 1e-100..=1e100;

/// Reads a rating file; see [`parse_ratings`].
///
/// # Errors
///
/// The file cannot be read, or its text has a fault that [`parse_ratings`] finds.
pub fn read_ratings(path: &Path, scale: Option<Scale>) -> Result<Ratings, ReadError> {
    read_ratings_as(path, scale, None)
}

/// Does the same as [`read_ratings`], but with `columns` the caller says which columns to take.
pub fn read_ratings_as(path: &Path, scale: Option<Scale>, columns: Option<&Asked>) -> Result<Ratings, ReadError> {
    parse_ratings_as(path, &read_bytes(path, "rating file")?, scale, columns)
}

/// Reads user, item and rating from delimited text.
///
/// - The separator is found from the text ([`Records::detect`]), and so are the columns ([`Columns::of`]).
/// - Names are any text except nothing and negative numbers. `NaN`, `null`, `N/A`, `<NA>`, `\N` and the errors of
///   spreadsheets are names only in quotes.
/// - If a user has rated an item twice, the later rating is used.
/// - Ratings outside `scale` are dropped. Without a scale, negative ratings are refused. Ratings of absurd size are
///   always refused.
///
/// Every line is accounted for: it is skipped ([`Layout::skipped`]), or the header, or read ([`Ratings::read`]); and
/// what was read is in the list, or a duplicate, or outside the scale.
///
/// # Errors
///
/// The text has a fault, which is reported with file, line and field.
pub fn parse_ratings(path: &Path, bytes: &[u8], scale: Option<Scale>) -> Result<Ratings, ReadError> {
    parse_ratings_as(path, bytes, scale, None)
}

/// Does the same as [`parse_ratings`], but with `columns` the caller says which columns to take.
pub fn parse_ratings_as(
    path: &Path,
    bytes: &[u8],
    scale: Option<Scale>,
    columns: Option<&Asked>,
) -> Result<Ratings, ReadError> {
    parse(bytes, scale, columns).map_err(|fault| ReadError::new(path, fault))
}

fn parse(bytes: &[u8], scale: Option<Scale>, asked: Option<&Asked>) -> Result<Ratings, Fault> {
    let text = utf8(bytes)?;
    check_memory(text.lines().count() as u64 * BYTES_PER_RATING)?;
    let mut records = Records::detect(text, 3);
    let empty = |found: String| Fault::new(Place::File, Kind::Empty, found, ROWS);
    let columns = Columns::of(&records, asked)?.ok_or_else(|| empty("there are no ratings in the file".to_owned()))?;
    let (names, layout) = (Names::default(), records.layout());
    let mut ratings = Ratings {
        columns,
        layout,
        decimals: DecimalSign::default(),
        users: names.clone(),
        items: names,
        list: Vec::new(),
        read: 0,
        duplicates: 0,
        out_of_scale: 0,
    };
    let mut decimals = Decimals::new(layout.separator);
    // The place in the list of the rating of an item by a user.
    let mut places = BTreeMap::new();
    for record in records.by_ref() {
        let record = record?;
        let Columns { line, width, header, .. } = ratings.columns;
        if record.fields.len() != width {
            let found = format!("this row has {} where line {line} has {width}", counted_fields(record.fields.len()));
            return Err(Fault::new(Place::Line(record.line), Kind::Ragged, found, ROWS));
        }
        if !(header && record.line == line) {
            ratings.push(&record, scale, &mut decimals, &mut places)?;
        }
    }
    decimals.finish()?;
    ratings.layout = records.layout();
    ratings.decimals = decimals.sign();
    if ratings.list.is_empty() {
        return Err(empty(match ratings.read {
            0 => "there are no ratings in the file".to_owned(),
            read => format!("none of the {read} ratings lies on the scale"),
        }));
    }
    Ok(ratings)
}

impl Ratings {
    fn push(
        &mut self,
        record: &Record,
        scale: Option<Scale>,
        decimals: &mut Decimals,
        places: &mut BTreeMap<(usize, usize), usize>,
    ) -> Result<(), Fault> {
        let [user, item, rating] = self.columns.indices;
        let user = name(&record.fields[user], record.place(user), "user")?;
        let item = name(&record.fields[item], record.place(item), "item")?;
        let place = record.place(rating);
        let rating = &*record.fields[rating].text;
        let value = decimals.number(rating, place)?;
        if value != 0.0 && !SIZES.contains(&value.abs()) {
            let found = format!("the rating {} is too large or too small to be one", quote(rating));
            let remedy = "give ratings of a size from 1e-100 to 1e100, or 0";
            return Err(Fault::new(place, Kind::NotAllowed, found, remedy));
        }
        self.read += 1;
        match scale {
            Some(scale) if !(scale.low..=scale.high).contains(&value) => {
                self.out_of_scale += 1;
                return Ok(());
            }
            None if value < 0.0 => {
                let remedy = "give ratings of at least 0, or give the range of valid ratings with --scale LOW,HIGH";
                return Err(Fault::new(place, Kind::NotAllowed, format!("the rating {value} is negative"), remedy));
            }
            _ => {}
        }
        let (user, item) = (self.users.intern(user), self.items.intern(item));
        match places.get(&(user, item)) {
            Some(&index) => {
                self.duplicates += 1;
                self.list[index] = Rating { user, item, value };
            }
            None => {
                places.insert((user, item), self.list.len());
                self.list.push(Rating { user, item, value });
            }
        }
        Ok(())
    }
}

fn name<'a>(field: &'a Field, place: Place, what: &str) -> Result<&'a str, Fault> {
    let text = &*field.text;
    let fault = |found, remedy| Err(Fault::new(place, Kind::NotAllowed, found, remedy));
    let remedy = format!("give every row the {what}'s name or number, counted from 0 or 1");
    let missing = ["nan", "null", "n/a", "<na>", "\\n"].iter().any(|word| text.eq_ignore_ascii_case(word));
    if text.is_empty() {
        return fault(format!("the {what}'s name is missing"), remedy);
    }
    if !field.quoted && (missing || is_spreadsheet_error(text)) {
        let found = format!("the {what}'s name is missing: {} stands in its place", quote(text));
        return fault(found, format!("{remedy}; if this is a name, write it in quotes"));
    }
    if text.parse::<f64>().is_ok_and(|number| number < 0.0) {
        return fault(format!("the {what} {} is negative", quote(text)), remedy);
    }
    Ok(text)
}

#[cfg(test)]
#[path = "ratings_tests.rs"]
mod tests;
