//! The Matrix Market exchange format (R. F. Boisvert, R. Pozo, K. A. Remington, "The Matrix Market Exchange Formats:
//! Initial Design", NISTIR 5935, 1996).
//!
//! Matrices are `array` or `coordinate`; `real`, `integer` or `pattern`, where each entry is 1; `general`, `symmetric`
//! or `skew-symmetric`.
//!
//! The reader is our own, because one that trusts the size line allocates whatever that line says.

use crate::reader::error::{Fault, Kind, Place};
use crate::reader::limits::element_count;
use crate::reader::text::{number, quote, utf8};
use nalgebra::DMatrix;
use std::collections::HashMap;

pub(super) fn parse(bytes: &[u8]) -> Result<DMatrix<f64>, Fault> {
    let text = utf8(bytes)?;
    let mut lines = text.lines().enumerate().map(|(index, text)| Line { number: index + 1, text });
    let Some(first) = lines.next() else {
        return Err(Fault::new(Place::File, Kind::Empty, "the file is empty", BANNER));
    };
    let header = Header::parse(first)?;
    let mut body = lines.filter(|line| {
        let text = line.text.trim();
        !text.is_empty() && !text.starts_with('%')
    });
    let size = body.next().ok_or_else(|| {
        Fault::new(Place::File, Kind::Empty, "there is no size line after the banner", header.size_line())
    })?;
    let sizes = size.integers(if header.coordinate { 3 } else { 2 }, header.size_line())?;
    let place = Place::Line(size.number);
    let elements = element_count(sizes[0], sizes[1], place)?;
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
        if sizes[2] > elements as u64 {
            return Err(Fault::new(
                Place::Field { line: size.number, field: 3 },
                Kind::Count,
                format!("{} entries do not fit {rows} x {columns}", sizes[2]),
                format!("give at most {elements} entries"),
            ));
        }
        fill_coordinate(&mut matrix, &header, sizes[2] as usize, body)?;
    } else {
        fill_array(&mut matrix, &header, body)?;
    }
    Ok(matrix)
}

const BANNER: &str =
    "begin with '%%MatrixMarket matrix coordinate|array real|integer|pattern general|symmetric|skew-symmetric'";

#[derive(Clone, Copy, PartialEq, Eq)]
enum Field {
    Real,
    Integer,
    Pattern,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Symmetry {
    General,
    Symmetric,
    Skew,
}

impl Symmetry {
    /// The first row that is stored of a column.
    fn first_row(self, column: usize) -> usize {
        match self {
            Self::General => 0,
            Self::Symmetric => column,
            Self::Skew => column + 1,
        }
    }

    fn set(self, matrix: &mut DMatrix<f64>, row: usize, column: usize, value: f64) {
        match self {
            Self::General => {}
            Self::Symmetric => matrix[(column, row)] = value,
            Self::Skew => matrix[(column, row)] = -value,
        }
        matrix[(row, column)] = value;
    }
}

struct Header {
    coordinate: bool,
    field: Field,
    symmetry: Symmetry,
}

impl Header {
    fn parse(line: Line<'_>) -> Result<Self, Fault> {
        let lower = line.text.to_ascii_lowercase();
        let words: Vec<&str> = lower.split_whitespace().collect();
        let fault = |field: usize, kind, found| {
            let line = line.number;
            Fault::new(Place::Field { line, field }, kind, found, BANNER)
        };
        let unknown = |field: usize, what: &str| {
            let kind = match words[field - 1] {
                "complex" | "hermitian" => Kind::Unsupported,
                _ => Kind::Malformed,
            };
            fault(field, kind, format!("{} is no {what} that is read here", quote(words[field - 1])))
        };
        if words.first() != Some(&"%%matrixmarket") {
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
            "real" | "double" => Field::Real,
            "integer" => Field::Integer,
            "pattern" if coordinate => Field::Pattern,
            "pattern" => {
                return Err(fault(4, Kind::Malformed, "an array cannot be a pattern".into()));
            }
            _ => return Err(unknown(4, "type of element")),
        };
        let symmetry = match words[4] {
            "general" => Symmetry::General,
            "symmetric" => Symmetry::Symmetric,
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
        let value = number(word, place)?;
        if kind == Field::Integer && value.fract() != 0.0 {
            let found = format!("{} is not an integer", quote(word));
            let remedy = "write an integer, or declare the matrix real";
            return Err(Fault::new(place, Kind::NotANumber, found, remedy));
        }
        Ok(value)
    }
}

fn fill_coordinate<'a>(
    matrix: &mut DMatrix<f64>,
    header: &Header,
    promised: usize,
    body: impl Iterator<Item = Line<'a>>,
) -> Result<(), Fault> {
    let (width, remedy) = match header.field {
        Field::Pattern => (2, "write the entry as: row column"),
        _ => (3, "write the entry as: row column value"),
    };
    let mut seen = HashMap::new();
    for line in body {
        if seen.len() == promised {
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
        if row < header.symmetry.first_row(column) {
            return Err(Fault::new(
                Place::Line(line.number),
                Kind::Index,
                format!("entry ({}, {}) is not in the stored triangle", row + 1, column + 1),
                match header.symmetry {
                    Symmetry::Skew => "store only entries below the diagonal",
                    _ => "store only entries on and below the diagonal",
                },
            ));
        }
        let value = match header.field {
            Field::Pattern => 1.0,
            field => line.value(words[2], 3, field)?,
        };
        if let Some(first) = seen.insert((row, column), line.number) {
            return Err(Fault::new(
                Place::Line(line.number),
                Kind::Duplicate,
                format!("entry ({}, {}) was given on line {first} already", row + 1, column + 1),
                "give each entry once",
            ));
        }
        header.symmetry.set(matrix, row, column, value);
    }
    if seen.len() < promised {
        return Err(too_few(seen.len(), promised));
    }
    Ok(())
}

fn fill_array<'a>(
    matrix: &mut DMatrix<f64>,
    header: &Header,
    mut body: impl Iterator<Item = Line<'a>>,
) -> Result<(), Fault> {
    let (rows, columns) = matrix.shape();
    let promised = (0..columns).map(|column| rows - header.symmetry.first_row(column)).sum();
    let mut given = 0;
    for column in 0..columns {
        for row in header.symmetry.first_row(column)..rows {
            let line = body.next().ok_or_else(|| too_few(given, promised))?;
            let words = line.words(1, "write one element per line, column by column")?;
            let value = line.value(words[0], 1, header.field)?;
            header.symmetry.set(matrix, row, column, value);
            given += 1;
        }
    }
    body.next().map_or(Ok(()), |line| Err(too_many(line, promised)))
}

fn too_many(line: Line<'_>, promised: usize) -> Fault {
    Fault::new(
        Place::Line(line.number),
        Kind::Count,
        format!("there are more than the {promised} entries that the size line promises"),
        "correct the size line, or remove what is too much",
    )
}

fn too_few(given: usize, promised: usize) -> Fault {
    Fault::new(
        Place::File,
        Kind::Count,
        format!("the file ends after {given} of the {promised} entries that the size line promises"),
        "correct the size line, or restore what is missing",
    )
}
