//! Finds the columns of a rating file that hold user, item and rating.

use super::words::{Role, rank};
use std::fmt;
use std::str::FromStr;
use svdforge_golden::reader::{Fault, Kind, Place, Record, Records, is_missing, is_number, quote, unusual_number};

/// The columns of user, item and rating as the caller gives them: the name of each in the header, or its number, which
/// counts from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked([String; 3]);

impl FromStr for Asked {
    type Err = String;

    /// Reads `user=..,item=..,rating=..`, in any order.
    fn from_str(text: &str) -> Result<Self, String> {
        let refuse = |found: &str| Err(format!("{found}; give all three, such as user=uid,item=isbn,rating=3"));
        let mut columns = [const { None }; 3];
        for part in text.split(',') {
            let (role, column) = part.split_once('=').map_or(("", ""), |(role, column)| (role.trim(), column.trim()));
            let Some(index) = Role::ALL.iter().position(|r| r.name() == role) else {
                return refuse(&format!("{} does not begin with user=, item= or rating=", quote(part)));
            };
            if column.is_empty() || column == "0" {
                return refuse(&format!("{} gives neither a name nor a number counted from 1", quote(part)));
            }
            if columns[index].replace(column.to_owned()).is_some() {
                return refuse(&format!("the column of the {role} is given twice"));
            }
        }
        match columns {
            [Some(user), Some(item), Some(rating)] => Ok(Self([user, item, rating])),
            _ => refuse("a column is missing"),
        }
    }
}

/// Where the columns come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The words of the header in the first row.
    Header,
    /// The words of a header that is written as a comment before the first row.
    Comment,
    /// There is no header, so that the first three columns are taken.
    Order,
    /// The caller gave them.
    Asked,
}

/// Which columns hold what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Columns {
    /// The indices of the columns of user, item and rating, which count from 0.
    pub indices: [usize; 3],
    /// The names of all columns, if there is a header.
    pub names: Option<Vec<String>>,
    /// Where the choice comes from.
    pub origin: Origin,
    /// Whether the first row is a header and no rating.
    pub header: bool,
    /// The line of the first row.
    pub line: usize,
    /// The number of columns.
    pub width: usize,
}

impl fmt::Display for Columns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (role, &index) in Role::ALL.iter().zip(&self.indices) {
            let comma = if *role == Role::User { "" } else { ", " };
            match self.name(index) {
                Some(name) => write!(f, "{comma}{} = {} ({})", role.name(), shown(name), index + 1)?,
                None => write!(f, "{comma}{} = {}", role.name(), index + 1)?,
            }
        }
        match self.origin {
            Origin::Header | Origin::Asked => Ok(()),
            Origin::Comment => write!(f, ", as the comment before the first row names them"),
            Origin::Order if self.width == 3 => write!(f, ", since there is no header"),
            Origin::Order => write!(f, ", the first three of {}, since there is no header", self.width),
        }
    }
}

/// What the rows of a rating file are, for messages.
pub const ROWS: &str =
    "write rows of user,item,rating, separated by commas, semicolons, tabs or double colons; more columns may follow";

impl Columns {
    /// The name of a column in the header.
    pub fn name(&self, index: usize) -> Option<&str> {
        self.names.as_ref().map(|names| names[index].as_str())
    }

    /// The columns of the text that `records` has. The result is `None` if it has no row.
    ///
    /// # Errors
    ///
    /// The header leaves open which columns to take, or there is none and the first three columns are hardly those of
    /// ratings, or a column that was asked for does not exist.
    pub fn of(records: &Records, asked: Option<&Asked>) -> Result<Option<Self>, Fault> {
        let mut rows = records.again();
        let Some(first) = rows.next().transpose()? else { return Ok(None) };
        let width = first.fields.len();
        if width < 3 {
            let found = format!("this row has {width} of the three fields user, item and rating");
            return Err(Fault::new(Place::Line(first.line), Kind::Ragged, found, ROWS));
        }
        let names = |record: &Record| Some(record.fields.iter().map(|f| f.text.clone().into_owned()).collect());
        let columns = |indices, names, origin, header| Self { indices, names, origin, header, line: first.line, width };
        if let Some(asked) = asked {
            let (indices, header) = find_asked(asked, &first, records)?;
            return Ok(Some(columns(indices, header.then(|| names(&first)).flatten(), Origin::Asked, header)));
        }
        let number = |index: usize| is_number(&first.fields[index].text, records.separator());
        let found = find(&first);
        match &found {
            Ok(indices) => return Ok(Some(columns(*indices, names(&first), Origin::Header, true))),
            Err(problem) if !(0..width).any(number) => return Err(unclear(&first, problem)),
            Err(_) => {}
        }
        if let Some(comment) = rows.last_comment().filter(|comment| comment.fields.len() == width)
            && let Ok(indices) = find(&comment)
        {
            return Ok(Some(columns(indices, names(&comment), Origin::Comment, false)));
        }
        check_order(&first, records, number(2))?;
        Ok(Some(columns([0, 1, 2], None, Origin::Order, false)))
    }
}

/// The columns of a header, by their words.
fn find(header: &Record) -> Result<[usize; 3], String> {
    let mut indices = [0; 3];
    for (role, place) in Role::ALL.into_iter().zip(&mut indices) {
        let ranks = header.fields.iter().map(|field| rank(role, &field.text));
        let Some(best) = ranks.clone().flatten().min() else {
            return Err(format!("the header names no column of the {}", role.name()));
        };
        let columns: Vec<usize> = ranks.enumerate().filter(|(_, rank)| *rank == Some(best)).map(|(i, _)| i).collect();
        match columns[..] {
            [one] => *place = one,
            _ => {
                let list: Vec<_> =
                    columns.iter().map(|&i| format!("{} ({})", quote(&header.fields[i].text), i + 1)).collect();
                return Err(format!(
                    "the header has several columns that may be the {}: {}",
                    role.name(),
                    list.join(", ")
                ));
            }
        }
    }
    Ok(indices)
}

/// The fault of a header that leaves open which columns to take.
fn unclear(header: &Record, problem: &str) -> Fault {
    let mut taken = [None; 3];
    for (role, place) in Role::ALL.into_iter().zip(&mut taken) {
        let ranks = header.fields.iter().enumerate().filter_map(|(i, field)| Some((rank(role, &field.text)?, i)));
        *place = ranks.min().map(|(_, index)| index);
    }
    let mut free: Vec<usize> = (0..header.fields.len()).filter(|i| !taken.contains(&Some(*i))).collect();
    // What no column of ratings is called comes last.
    free.sort_by_key(|&i| !super::words::is_possible(&header.fields[i].text));
    let mut free = free.into_iter();
    let example = taken.map(|index| index.or_else(|| free.next()).map_or(String::new(), |i| option(header, i)));
    let [user, item, rating] = &example;
    let names: Vec<_> = header.fields.iter().take(12).map(|field| quote(&field.text)).collect();
    let more = if header.fields.len() > names.len() { ", ..." } else { "" };
    Fault::new(
        Place::Line(header.line),
        Kind::Malformed,
        format!("{problem}; its columns are {}{more}", names.join(", ")),
        format!(
            "known words are {}; say which columns to take, for instance --columns user={user},item={item},rating={rating}",
            Role::ALL.map(|role| format!("{} for the {}", role.examples(), role.name())).join(", ")
        ),
    )
}

/// A column as `--columns` takes it: its name if that is plain and given once, and its number otherwise.
fn option(header: &Record, index: usize) -> String {
    let name = &*header.fields[index].text;
    let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'));
    let once = header.fields.iter().filter(|field| field.text == name).count() == 1;
    let number = name.is_empty() || name.bytes().all(|byte| byte.is_ascii_digit());
    if plain && once && !number { name.to_owned() } else { (index + 1).to_string() }
}

/// Checks that the first three columns of a text without a header may be those of user, item and rating.
fn check_order(first: &Record, records: &Records, third_is_number: bool) -> Result<(), Fault> {
    let field = |index: usize| &*first.fields[index].text;
    let width = first.fields.len();
    let counts = || {
        let mut rows = records.again().map_while(Result::ok).enumerate();
        let start = field(0).parse::<usize>().ok().filter(|&start| start <= 1);
        start.is_some_and(|start| rows.all(|(i, row)| row.fields[0].text.parse() == Ok(start + i)))
            && records.again().nth(1).is_some()
    };
    let (index, found, example) = if let Some(index) = (0..2).find(|&index| is_date(field(index))) {
        (index, format!("{} looks like a date, and there is no header", quote(field(index))), "user=2,item=3,rating=4")
    } else if let Some(fault) = unusual_number(field(2), first.place(2)) {
        return Err(fault);
    } else if !third_is_number {
        let found = match is_missing(field(2)) {
            true if field(2).is_empty() => "an element is missing".to_owned(),
            _ => format!("{} is not a number", quote(field(2))),
        };
        let remedy = format!(
            "write a decimal number such as 4 or 3.5 in the third field, or say which columns to take, for instance --columns user=1,item=2,rating={width}"
        );
        return Err(Fault::new(first.place(2), Kind::NotANumber, found, remedy));
    } else if width > 3 && field(2).parse::<f64>().is_ok_and(|value| value.abs() >= 1e8 && value.fract() == 0.0) {
        (2, format!("{} looks like a time, and there is no header", quote(field(2))), "user=1,item=2,rating=4")
    } else if width > 3 && counts() {
        (0, "this column counts the rows, and there is no header".to_owned(), "user=2,item=3,rating=4")
    } else {
        return Ok(());
    };
    let remedy = format!("say which columns hold user, item and rating, for instance --columns {example}");
    Err(Fault::new(first.place(index), Kind::Malformed, found, remedy))
}

/// Whether a text begins with a date such as 2024-01-31, 31.01.2024 or 1/31/2024.
fn is_date(text: &str) -> bool {
    let date = text.split(['T', ' ']).next().unwrap_or("");
    ['-', '/', '.'].iter().any(|&sign| {
        let parts: Vec<&str> = date.split(sign).collect();
        parts.len() == 3
            && parts.iter().all(|part| (1..=4).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit()))
            && parts.iter().filter(|part| part.len() == 4).count() == 1
    })
}

/// The columns that the caller asks for, and whether the first row is a header.
fn find_asked(Asked(asked): &Asked, first: &Record, records: &Records) -> Result<([usize; 3], bool), Fault> {
    let mut indices = [0; 3];
    let mut named = false;
    let refuse = |found: String, remedy: &str| Err(Fault::new(Place::Line(first.line), Kind::Malformed, found, remedy));
    let names: Vec<_> = first.fields.iter().take(12).map(|field| quote(&field.text)).collect();
    for (column, place) in asked.iter().zip(&mut indices) {
        if let Ok(number) = column.parse::<usize>() {
            if number > first.fields.len() {
                let found = format!("--columns asks for column {number}, and this row has {}", first.fields.len());
                return refuse(found, "give numbers of columns that there are, counted from 1");
            }
            *place = number - 1;
            continue;
        }
        named = true;
        let plain = |text: &str| text.split(':').next().unwrap_or("").trim().to_lowercase();
        let exact = |text: &str| text == column;
        let alike = |text: &str| text.to_lowercase() == column.to_lowercase() || plain(text) == column.to_lowercase();
        let all = |test: &dyn Fn(&str) -> bool| -> Vec<usize> {
            (0..first.fields.len()).filter(|&i| test(&first.fields[i].text)).collect()
        };
        let found = Some(all(&exact)).filter(|found| !found.is_empty()).unwrap_or_else(|| all(&alike));
        match found[..] {
            [one] => *place = one,
            [] => {
                let found =
                    format!("there is no column {}; the fields of this row are {}", quote(column), names.join(", "));
                return refuse(found, "give the name of a column in the header, or its number, counted from 1");
            }
            _ => {
                return refuse(
                    format!("several columns are called {}", quote(column)),
                    "give its number, counted from 1",
                );
            }
        }
    }
    let [user, item, rating] = indices;
    if user == item || item == rating || user == rating {
        return refuse("--columns asks for one column twice".to_owned(), "give three different columns");
    }
    let numbers = indices.iter().any(|&i| is_number(&first.fields[i].text, records.separator()));
    let header = named || !(numbers || is_missing(&first.fields[rating].text));
    Ok((indices, header))
}

/// A name in a message, without anything that could garble a terminal.
fn shown(name: &str) -> String {
    let quoted = quote(name);
    quoted[1..quoted.len() - 1].to_owned()
}
