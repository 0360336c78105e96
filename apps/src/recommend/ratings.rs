//! Reads rating files, which say who gave how many points to what.

use crate::unicode;
use std::collections::BTreeMap;
use std::path::Path;
use svdforge_golden::reader::{Fault, Kind, Place, ReadError, Records, number, quote, read_bytes, utf8};

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
#[derive(Clone, Debug, Default)]
pub struct Ratings {
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

/// The range of sizes in which sums and squares neither overflow nor underflow.
const SIZES: std::ops::RangeInclusive<f64> = 1e-100..=1e100;

const COLUMNS: &str = "write rows of user,item,rating, separated by commas or tabs; more columns may follow";

/// Reads a rating file; see [`parse_ratings`].
///
/// # Errors
///
/// The file cannot be read, or its text has a fault that [`parse_ratings`] finds.
pub fn read_ratings(path: &Path, scale: Option<Scale>) -> Result<Ratings, ReadError> {
    parse_ratings(path, &read_bytes(path, "rating file")?, scale)
}

/// Reads user, item and rating from delimited text.
///
/// - The delimiter is the tab if the first line has one, and the comma otherwise.
/// - A first line with a column `rating` (or `rating:float`, `score`) is a header. It may put `user` and `item` (or
///   `movie`, `product`) in other places than first and second.
/// - Names are any text except nothing, `NaN` and negative numbers.
/// - If a user has rated an item twice, the later rating is used.
/// - Ratings outside `scale` are dropped. Without a scale, negative ratings are refused. Ratings of absurd size are
///   always refused.
///
/// # Errors
///
/// The text has a fault, which is reported with file, line and field.
pub fn parse_ratings(path: &Path, bytes: &[u8], scale: Option<Scale>) -> Result<Ratings, ReadError> {
    parse(bytes, scale).map_err(|fault| ReadError::new(path, fault))
}

fn parse(bytes: &[u8], scale: Option<Scale>) -> Result<Ratings, Fault> {
    let text = utf8(bytes)?;
    let first = text.lines().find(|line| !line.trim().is_empty() && !line.starts_with('#')).unwrap_or("");
    let mut ratings = Ratings::default();
    let mut columns: Option<Columns> = None;
    // The place in the list of the rating of an item by a user.
    let mut places = BTreeMap::new();
    for record in Records::new(text, if first.contains('\t') { b'\t' } else { b',' }) {
        let (line, record) = record?;
        let Some(columns) = &columns else {
            let found = Columns::of(&record, line)?;
            if !found.header {
                ratings.push(&found, &record, line, scale, &mut places)?;
            }
            columns = Some(found);
            continue;
        };
        if record.len() != columns.width {
            let found =
                format!("this row has {} fields where line {} has {}", record.len(), columns.line, columns.width);
            return Err(Fault::new(Place::Line(line), Kind::Ragged, found, COLUMNS));
        }
        ratings.push(columns, &record, line, scale, &mut places)?;
    }
    if ratings.list.is_empty() {
        let found = match ratings.read {
            0 => "there are no ratings in the file".to_owned(),
            read => format!("none of the {read} ratings lies on the scale"),
        };
        return Err(Fault::new(Place::File, Kind::Empty, found, COLUMNS));
    }
    Ok(ratings)
}

/// Which field holds what.
struct Columns {
    line: usize,
    width: usize,
    header: bool,
    user: usize,
    item: usize,
    rating: usize,
}

impl Columns {
    fn of(record: &csv::StringRecord, line: usize) -> Result<Self, Fault> {
        let find = |words: &[&str]| {
            record.iter().position(|field| {
                let field = field.to_ascii_lowercase();
                let word = field.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or("");
                words.contains(&word.strip_suffix("id").unwrap_or(word))
            })
        };
        let named = find(&["rating", "score"]);
        let (user, item, rating) = match named {
            None => (0, 1, 2),
            Some(rating) => (find(&["user"]).unwrap_or(0), find(&["item", "movie", "product"]).unwrap_or(1), rating),
        };
        let (width, header) = (record.len(), named.is_some());
        let fault = |kind, found| Err(Fault::new(Place::Line(line), kind, found, COLUMNS));
        if width < 3 {
            return fault(Kind::Ragged, format!("this row has {width} of the three fields user, item and rating"));
        }
        if user == item || item == rating || user == rating {
            return fault(Kind::Malformed, "the header does not distinguish user, item and rating".to_owned());
        }
        Ok(Self { line, width, header, user, item, rating })
    }
}

impl Ratings {
    fn push(
        &mut self,
        columns: &Columns,
        record: &csv::StringRecord,
        line: usize,
        scale: Option<Scale>,
        places: &mut BTreeMap<(usize, usize), usize>,
    ) -> Result<(), Fault> {
        let name = |index: usize, what| name(&record[index], Place::Field { line, field: index + 1 }, what);
        let user = name(columns.user, "user")?;
        let item = name(columns.item, "item")?;
        let place = Place::Field { line, field: columns.rating + 1 };
        let value = number(&record[columns.rating], place)?;
        if value != 0.0 && !SIZES.contains(&value.abs()) {
            let found = format!("the rating {} is too large or too small to be one", quote(&record[columns.rating]));
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

fn name<'a>(field: &'a str, place: Place, what: &str) -> Result<&'a str, Fault> {
    let remedy = format!("give every row the {what}'s name or number, counted from 0 or 1");
    if field.is_empty() || field.eq_ignore_ascii_case("nan") {
        return Err(Fault::new(place, Kind::NotAllowed, format!("the {what}'s name is missing"), remedy));
    }
    if field.parse::<f64>().is_ok_and(|number| number < 0.0) {
        return Err(Fault::new(place, Kind::NotAllowed, format!("the {what} {} is negative", quote(field)), remedy));
    }
    Ok(field)
}

#[cfg(test)]
#[path = "ratings_tests.rs"]
mod tests;
