//! The Matrix Market exchange format (R. F. Boisvert, R. Pozo, K. A. Remington, "The Matrix Market Exchange Formats:
//! Initial Design", NISTIR 5935, 1996).
//!
//! Matrices are `array` or `coordinate`; `real` (or `double`), `integer` (or `unsigned-integer`) or `pattern`, where
//! each entry is 1; `general`, `symmetric` or `skew-symmetric`. A real matrix declared `hermitian` is symmetric. Where
//! complex matrices are wanted, they are `complex`, and may be `hermitian`.
//!
//! Files in the wild stray from the paper. What has one meaning is read, as scipy.io.mmread reads it:
//!
//! - The banner begins with one or two `%`, in upper or lower case.
//! - Blank lines and comments stand anywhere, comments in any encoding, and also behind an entry.
//! - Entries that are given several times are added up. In a pattern each counts 1.
//! - Entries of a symmetric or skew-symmetric matrix stand in either triangle, as long as no entry stands in both.
//! - A skew-symmetric matrix has zeros on its diagonal, which may be stored.
//! - Exponents are marked by `e` or, as in Fortran, by `d` (of which scipy ignores what follows).
//!
//! What may mean several things, or nothing, is refused, though scipy reads some of it: entries in both triangles of a
//! symmetric matrix (which scipy doubles), a skew-symmetric matrix with a diagonal, integers with a fraction (which
//! scipy drops), further words behind an entry, exponents without a letter (`1.5-103`), NaN and infinity. Vectors are
//! refused, too, and so are complex matrices where real ones are wanted, and the reverse.
//!
//! The reader is our own, because one that trusts the size line allocates whatever that line says.

use crate::reader::error::{Fault, Kind, Place};
use crate::reader::kind::Number;
use crate::reader::limits::element_count;
use crate::reader::text::{number, quote};
use nalgebra::DMatrix;
use std::collections::HashMap;

pub(super) fn parse<T: Number>(bytes: &[u8]) -> Result<DMatrix<T>, Fault> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    if bytes.is_empty() {
        return Err(Fault::new(Place::File, Kind::Empty, "the file is empty", BANNER));
    }
    let mut lines = bytes.split(|&byte| byte == b'\n').enumerate();
    let (_, first) = lines.next().unwrap_or_default();
    let header = Header::parse::<T>(Line { number: 1, text: &String::from_utf8_lossy(first) })?;
    let mut body = lines.filter_map(|(index, bytes)| Line::of_body(index + 1, bytes).transpose());
    let size = body.next().transpose()?.ok_or_else(|| {
        Fault::new(Place::File, Kind::Empty, "there is no size line after the banner", header.size_line())
    })?;
    let sizes = size.integers(if header.coordinate { 3 } else { 2 }, header.size_line())?;
    let place = Place::Line(size.number);
    element_count(sizes[0], sizes[1], place)?;
    // Both fit, because their product does.
    let (rows, columns) = (sizes[0] as usize, sizes[1] as usize);
    if header.symmetry != Symmetry::General && rows != columns {
        return Err(Fault::new(
            place,
            Kind::Malformed,
            format!("a symmetric matrix cannot be {rows} x {columns}"),
            "give as many rows as columns, or declare the matrix general",
        ));
    }
    let mut matrix = DMatrix::zeros(rows, columns);
    if header.coordinate {
        fill_coordinate(&mut matrix, &header, sizes[2], body)?;
    } else {
        fill_array(&mut matrix, &header, body)?;
    }
    Ok(matrix)
}

const BANNER: &str =
    "begin with '%%MatrixMarket matrix coordinate|array real|integer|pattern general|symmetric|skew-symmetric'";

const COMPLEX: &str = "write its real part, as 'real', if the imaginary part, which would be lost, does not matter";

#[derive(Clone, Copy, PartialEq, Eq)]
enum Field {
    Real,
    Integer,
    Pattern,
    Complex,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Symmetry {
    General,
    Symmetric,
    Skew,
    /// Complex, with conjugates across the diagonal.
    Hermitian,
}

impl Symmetry {
    /// The first row that is stored of a column.
    fn first_row(self, column: usize) -> usize {
        match self {
            Self::General => 0,
            Self::Symmetric | Self::Hermitian => column,
            Self::Skew => column + 1,
        }
    }

    /// Adds to an element, and to the one across the diagonal if that one follows from it.
    fn add<T: Number>(self, matrix: &mut DMatrix<T>, row: usize, column: usize, value: T) {
        match self {
            Self::Hermitian if row != column => matrix[(column, row)] += value.conjugate(),
            Self::Symmetric if row != column => matrix[(column, row)] += value,
            Self::Skew if row != column => matrix[(column, row)] -= value,
            _ => {}
        }
        matrix[(row, column)] += value;
    }
}

struct Header {
    coordinate: bool,
    field: Field,
    symmetry: Symmetry,
}

impl Header {
    fn parse<T: Number>(line: Line<'_>) -> Result<Self, Fault> {
        let lower = line.text.to_ascii_lowercase();
        let words: Vec<&str> = lower.split_whitespace().collect();
        let fault = |field: usize, kind, found| {
            let line = line.number;
            Fault::new(Place::Field { line, field }, kind, found, BANNER)
        };
        let unknown = |field: usize, what: &str| {
            fault(field, Kind::Malformed, format!("{} is no {what} that is read here", quote(words[field - 1])))
        };
        if !matches!(words.first(), Some(&("%%matrixmarket" | "%matrixmarket"))) {
            return Err(fault(1, Kind::Malformed, "the Matrix Market banner is missing".into()));
        }
        if words.len() != 5 {
            let found = format!("the banner has {} words, not 5", words.len());
            return Err(fault(words.len(), Kind::Malformed, found));
        }
        if words[1] != "matrix" {
            return Err(unknown(2, "object"));
        }
        let coordinate = match words[2] {
            "coordinate" => true,
            "array" => false,
            _ => return Err(unknown(3, "format")),
        };
        let field = match words[3] {
            "complex" if T::COMPLEX => Field::Complex,
            "real" | "double" | "integer" | "unsigned-integer" | "pattern" if T::COMPLEX => {
                let place = Place::Field { line: line.number, field: 4 };
                let found = format!("the matrix is {}, where a complex one is wanted", words[3]);
                let remedy = "write it as 'complex', or use a core for real matrices";
                return Err(Fault::new(place, Kind::Unsupported, found, remedy));
            }
            "real" | "double" => Field::Real,
            "integer" | "unsigned-integer" => Field::Integer,
            "complex" => {
                let found = "the matrix is complex, and cores here take real matrices";
                let place = Place::Field { line: line.number, field: 4 };
                return Err(Fault::new(place, Kind::Unsupported, found, COMPLEX));
            }
            "pattern" if coordinate => Field::Pattern,
            "pattern" => {
                return Err(fault(4, Kind::Malformed, "an array cannot be a pattern".into()));
            }
            _ => return Err(unknown(4, "type of element")),
        };
        let symmetry = match words[4] {
            "general" => Symmetry::General,
            "hermitian" if T::COMPLEX => Symmetry::Hermitian,
            // Real numbers are their own conjugates.
            "symmetric" | "hermitian" => Symmetry::Symmetric,
            "skew-symmetric" => Symmetry::Skew,
            _ => return Err(unknown(5, "symmetry")),
        };
        Ok(Self { coordinate, field, symmetry })
    }

    fn size_line(&self) -> &'static str {
        if self.coordinate {
            "give a line of three whole numbers: rows columns entries"
        } else {
            "give a line of two whole numbers: rows columns"
        }
    }
}

#[derive(Clone, Copy)]
struct Line<'a> {
    number: usize,
    text: &'a str,
}

impl<'a> Line<'a> {
    /// A line with something on it. Only comments may have bytes that are not UTF-8.
    fn of_body(number: usize, bytes: &'a [u8]) -> Result<Option<Self>, Fault> {
        let data = bytes.split(|&byte| byte == b'%').next().unwrap_or_default();
        let text = std::str::from_utf8(data).map_err(|_| {
            let found = "a byte is not UTF-8 text";
            Fault::new(Place::Line(number), Kind::Malformed, found, "save the file as plain UTF-8 text")
        })?;
        Ok(Some(Self { number, text }).filter(|_| !text.trim().is_empty()))
    }

    fn words(self, count: usize, remedy: &str) -> Result<Vec<&'a str>, Fault> {
        let words: Vec<&str> = self.text.split_whitespace().collect();
        if words.len() == count {
            return Ok(words);
        }
        let found = format!("the line has {} words, not {count}", words.len());
        Err(Fault::new(Place::Line(self.number), Kind::Malformed, found, remedy))
    }

    fn integers(self, count: usize, remedy: &str) -> Result<Vec<u64>, Fault> {
        let words = self.words(count, remedy)?;
        (words.iter().enumerate()).map(|(index, word)| self.integer(word, index + 1, remedy)).collect()
    }

    fn integer(self, word: &str, field: usize, remedy: &str) -> Result<u64, Fault> {
        let line = self.number;
        word.parse().map_err(|_| {
            let found = format!("{} is not a whole number in range", quote(word));
            Fault::new(Place::Field { line, field }, Kind::Malformed, found, remedy)
        })
    }

    fn value(self, word: &str, field: usize, kind: Field) -> Result<f64, Fault> {
        let line = self.number;
        let place = Place::Field { line, field };
        let value = match number(&word.replacen(['d', 'D'], "e", 1), place) {
            // The message shows the number as it stands in the file.
            Err(fault) if fault.kind == Kind::NotFinite && word.contains(['d', 'D']) => {
                let found = format!("{} is too large for an f64", quote(word));
                return Err(Fault { found, ..fault });
            }
            Err(_) => number(word, place)?,
            Ok(value) => value,
        };
        if kind == Field::Integer && value.fract() != 0.0 {
            let found = format!("{} is not an integer", quote(word));
            let remedy = "write an integer, or declare the matrix real";
            return Err(Fault::new(place, Kind::NotANumber, found, remedy));
        }
        Ok(value)
    }
}

fn fill_coordinate<'a, T: Number>(
    matrix: &mut DMatrix<T>,
    header: &Header,
    promised: u64,
    body: impl Iterator<Item = Result<Line<'a>, Fault>>,
) -> Result<(), Fault> {
    let (width, remedy) = match header.field {
        Field::Pattern => (2, "write the entry as: row column"),
        Field::Complex => (4, "write the entry as: row column real-part imaginary-part"),
        _ => (3, "write the entry as: row column value"),
    };
    // The first lines of entries beside the diagonal, where no entry may stand in both triangles.
    let mut seen = HashMap::new();
    let mut given = 0;
    for line in body {
        let line = line?;
        if given == promised {
            return Err(too_many(line, promised));
        }
        let words = line.words(width, remedy)?;
        let index = |field: usize, limit: usize| {
            let value = line.integer(words[field - 1], field, remedy)?;
            if value == 0 || value > limit as u64 {
                let line = line.number;
                return Err(Fault::new(
                    Place::Field { line, field },
                    Kind::Index,
                    format!("the index {value} is outside the matrix"),
                    format!("indices count from 1; give 1 to {limit}"),
                ));
            }
            Ok(value as usize - 1)
        };
        let (row, column) = (index(1, matrix.nrows())?, index(2, matrix.ncols())?);
        let value = match header.field {
            Field::Pattern => T::of_parts(1.0, 0.0),
            Field::Complex => {
                T::of_parts(line.value(words[2], 3, header.field)?, line.value(words[3], 4, header.field)?)
            }
            field => T::of_parts(line.value(words[2], 3, field)?, 0.0),
        };
        check_diagonal(header, line, row, column, value)?;
        if header.symmetry == Symmetry::Skew && row == column && value != T::of_parts(0.0, 0.0) {
            return Err(Fault::new(
                Place::Line(line.number),
                Kind::Index,
                format!(
                    "entry ({0}, {0}) is {1}, but a skew-symmetric matrix has zeros on its diagonal",
                    row + 1,
                    shown(value)
                ),
                "leave the entry out, or declare the matrix general and store all of it",
            ));
        }
        if header.symmetry != Symmetry::General && row != column {
            seen.entry((row, column)).or_insert(line.number);
            if let Some(first) = seen.get(&(column, row)) {
                return Err(Fault::new(
                    Place::Line(line.number),
                    Kind::Duplicate,
                    format!(
                        "entry ({}, {}) follows already from entry ({}, {}) on line {first}",
                        row + 1,
                        column + 1,
                        column + 1,
                        row + 1
                    ),
                    "store one triangle only, or declare the matrix general",
                ));
            }
        }
        header.symmetry.add(matrix, row, column, value);
        if !matrix[(row, column)].is_finite() {
            let found = format!("the entries ({}, {}) add up to more than an f64 holds", row + 1, column + 1);
            return Err(Fault::new(Place::Line(line.number), Kind::NotFinite, found, "give smaller numbers"));
        }
        given += 1;
    }
    if given < promised {
        return Err(too_few(given, promised));
    }
    Ok(())
}

fn fill_array<'a, T: Number>(
    matrix: &mut DMatrix<T>,
    header: &Header,
    mut body: impl Iterator<Item = Result<Line<'a>, Fault>>,
) -> Result<(), Fault> {
    let (rows, columns) = matrix.shape();
    let promised = (0..columns).map(|column| (rows - header.symmetry.first_row(column)) as u64).sum();
    let mut given = 0;
    for column in 0..columns {
        for row in header.symmetry.first_row(column)..rows {
            let line = body.next().transpose()?.ok_or_else(|| too_few(given, promised))?;
            let value = match header.field {
                Field::Complex => {
                    let remedy = "write one element per line, column by column: real-part imaginary-part";
                    let words = line.words(2, remedy)?;
                    let part = |at: usize| line.value(words[at], at + 1, header.field);
                    T::of_parts(part(0)?, part(1)?)
                }
                field => {
                    let words = line.words(1, "write one element per line, column by column")?;
                    T::of_parts(line.value(words[0], 1, field)?, 0.0)
                }
            };
            check_diagonal(header, line, row, column, value)?;
            header.symmetry.add(matrix, row, column, value);
            given += 1;
        }
    }
    body.next().map_or(Ok(()), |line| Err(too_many(line?, promised)))
}

/// Refuses an imaginary part on the diagonal of a Hermitian matrix.
fn check_diagonal<T: Number>(
    header: &Header,
    line: Line<'_>,
    row: usize,
    column: usize,
    value: T,
) -> Result<(), Fault> {
    if header.symmetry != Symmetry::Hermitian || row != column || value.imaginary() == 0.0 {
        return Ok(());
    }
    let found =
        format!("entry ({0}, {0}) is {1}, but the diagonal of a Hermitian matrix is real", row + 1, shown(value));
    let remedy = "write 0 for its imaginary part, or declare the matrix general and store all of it";
    Err(Fault::new(Place::Line(line.number), Kind::Index, found, remedy))
}

/// The number for messages.
fn shown<T: Number>(value: T) -> String {
    if T::COMPLEX { value.to_string() } else { format!("{:?}", value.real()) }
}

fn too_many(line: Line<'_>, promised: u64) -> Fault {
    Fault::new(
        Place::Line(line.number),
        Kind::Count,
        format!("there are more than the {promised} entries that the size line promises"),
        "correct the size line, or remove what is too much",
    )
}

fn too_few(given: u64, promised: u64) -> Fault {
    Fault::new(
        Place::File,
        Kind::Count,
        format!("the file ends after {given} of the {promised} entries that the size line promises"),
        "correct the size line, or restore what is missing",
    )
}
