//! JSON: an array of rows, `[[1, 2], [3, 4]]`, or an object, `{"name": "mine", "matrix": [[1, 2], [3, 4]]}`, whose
//! other keys are ignored.
//!
//! Serde's visitors know the row and the column of an element, and the parser knows the line and the character. The
//! reason for which a visitor refuses its input is left in a cell beside serde's own error, because that error carries
//! nothing but text.

use crate::reader::error::{Fault, Kind, Place};
use crate::reader::limits::{MAX_ELEMENTS, element_count};
use crate::reader::text::{brief, quote, utf8};
use nalgebra::DMatrix;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::{cell::RefCell, fmt};

pub(super) fn parse(bytes: &[u8]) -> Result<(Option<String>, DMatrix<f64>), Fault> {
    let text = utf8(bytes)?;
    if text.trim().is_empty() {
        return Err(Fault::new(Place::File, Kind::Empty, "the file is empty", REMEDY));
    }
    let refusal = RefCell::new(None);
    let mut source = serde_json::Deserializer::from_str(text);
    let document = DocumentSeed { refusal: &refusal };
    document
        .deserialize(&mut source)
        .and_then(|document| source.end().map(|()| document))
        .map_err(|error| locate(&error, refusal.take()))
        .and_then(|(name, rows)| Ok((name, rows.into_matrix()?)))
}

const REMEDY: &str = r#"write rows such as [[1, 2], [3, 4]] or {"name": "mine", "matrix": [[1, 2], [3, 4]]}"#;

/// A fault that does not know its place yet.
type Refusal = (Kind, String);

fn locate(error: &serde_json::Error, refusal: Option<Refusal>) -> Fault {
    let place = Place::Character { line: error.line(), column: error.column() };
    let (kind, found) = refusal.unwrap_or_else(|| {
        let text = error.to_string();
        let suffix = format!(" at line {} column {}", error.line(), error.column());
        let found = text.strip_suffix(&suffix).unwrap_or(&text);
        if found == "number out of range" {
            (Kind::NotFinite, "a number is too large for an f64".to_owned())
        } else {
            (Kind::Malformed, brief(found))
        }
    });
    let remedy = match kind {
        Kind::Ragged => "give every row the same number of elements",
        Kind::NotANumber | Kind::NotFinite => "write a finite decimal number such as -0.25 or 1e-3",
        Kind::Duplicate => "give each key once",
        Kind::TooLarge => "give a smaller matrix",
        _ => REMEDY,
    };
    Fault::new(place, kind, found, remedy)
}

/// The elements read so far, row by row.
#[derive(Default)]
struct Rows {
    rows: usize,
    columns: usize,
    elements: Vec<f64>,
}

impl Rows {
    fn into_matrix(self) -> Result<DMatrix<f64>, Fault> {
        element_count(self.rows as u64, self.columns as u64, Place::File)?;
        Ok(DMatrix::from_row_iterator(self.rows, self.columns, self.elements))
    }
}

/// Leaves `refusal` in its cell and stops the parser.
fn refuse<E: Error>(cell: &RefCell<Option<Refusal>>, kind: Kind, found: String) -> E {
    cell.replace(Some((kind, found)));
    E::custom("refused")
}

#[derive(Clone, Copy)]
struct DocumentSeed<'a> {
    refusal: &'a RefCell<Option<Refusal>>,
}

impl<'de> DeserializeSeed<'de> for DocumentSeed<'_> {
    type Value = (Option<String>, Rows);
    fn deserialize<D: Deserializer<'de>>(self, source: D) -> Result<Self::Value, D::Error> {
        source.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for DocumentSeed<'_> {
    type Value = (Option<String>, Rows);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of rows, or an object with a \"matrix\"")
    }

    fn visit_seq<S: SeqAccess<'de>>(self, mut source: S) -> Result<Self::Value, S::Error> {
        let mut rows = Rows::default();
        while let Some(()) = source.next_element_seed(RowSeed { rows: &mut rows, refusal: self.refusal })? {}
        Ok((None, rows))
    }

    fn visit_map<M: MapAccess<'de>>(self, mut source: M) -> Result<Self::Value, M::Error> {
        let (mut name, mut matrix) = (None, None);
        while let Some(key) = source.next_key::<String>()? {
            let twice = match key.as_str() {
                "name" => name.replace(source.next_value::<String>()?).is_some(),
                "matrix" => matrix.replace(source.next_value_seed(MatrixSeed(self))?).is_some(),
                _ => {
                    source.next_value::<IgnoredAny>()?;
                    false
                }
            };
            if twice {
                let found = format!("the key {} is given twice", quote(&key));
                return Err(refuse(self.refusal, Kind::Duplicate, found));
            }
        }
        let missing = || {
            let found = "the object has no key \"matrix\"".to_owned();
            refuse(self.refusal, Kind::Malformed, found)
        };
        Ok((name, matrix.ok_or_else(missing)?))
    }
}

/// The value of the key "matrix": rows, and not one more object.
struct MatrixSeed<'a>(DocumentSeed<'a>);

impl<'de> DeserializeSeed<'de> for MatrixSeed<'_> {
    type Value = Rows;
    fn deserialize<D: Deserializer<'de>>(self, source: D) -> Result<Rows, D::Error> {
        source.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for MatrixSeed<'_> {
    type Value = Rows;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of rows")
    }
    fn visit_seq<S: SeqAccess<'de>>(self, source: S) -> Result<Rows, S::Error> {
        self.0.visit_seq(source).map(|(_, rows)| rows)
    }
}

struct RowSeed<'a> {
    rows: &'a mut Rows,
    refusal: &'a RefCell<Option<Refusal>>,
}

impl<'de> DeserializeSeed<'de> for RowSeed<'_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, source: D) -> Result<(), D::Error> {
        source.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for RowSeed<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "row {} to be an array of numbers", self.rows.rows + 1)
    }

    fn visit_seq<S: SeqAccess<'de>>(self, mut source: S) -> Result<(), S::Error> {
        let rows = self.rows;
        let mut width = 0;
        while let Some(value) =
            source.next_element_seed(ElementSeed { row: rows.rows + 1, column: width + 1, refusal: self.refusal })?
        {
            if rows.elements.len() == MAX_ELEMENTS {
                let found = format!("the matrix has more than {MAX_ELEMENTS} elements");
                return Err(refuse(self.refusal, Kind::TooLarge, found));
            }
            rows.elements.push(value);
            width += 1;
        }
        if rows.rows == 0 {
            rows.columns = width;
        } else if width != rows.columns {
            let found = format!("row {} has {width} elements where row 1 has {}", rows.rows + 1, rows.columns);
            return Err(refuse(self.refusal, Kind::Ragged, found));
        }
        rows.rows += 1;
        Ok(())
    }
}

struct ElementSeed<'a> {
    row: usize,
    column: usize,
    refusal: &'a RefCell<Option<Refusal>>,
}

impl ElementSeed<'_> {
    fn not_a_number<E: Error>(&self, what: &str) -> E {
        let found = format!("row {}, column {} is {what}, not a number", self.row, self.column);
        refuse(self.refusal, Kind::NotANumber, found)
    }
}

impl<'de> DeserializeSeed<'de> for ElementSeed<'_> {
    type Value = f64;
    fn deserialize<D: Deserializer<'de>>(self, source: D) -> Result<f64, D::Error> {
        source.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ElementSeed<'_> {
    type Value = f64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number")
    }
    fn visit_f64<E: Error>(self, value: f64) -> Result<f64, E> {
        if value.is_finite() { Ok(value) } else { Err(self.not_a_number("infinite or NaN")) }
    }
    // To the nearest f64: an element beyond 2^53 loses its last bits like any long decimal.
    fn visit_i64<E: Error>(self, value: i64) -> Result<f64, E> {
        Ok(value as f64)
    }
    fn visit_u64<E: Error>(self, value: u64) -> Result<f64, E> {
        Ok(value as f64)
    }
    fn visit_str<E: Error>(self, value: &str) -> Result<f64, E> {
        Err(self.not_a_number(&format!("the string {}", quote(value))))
    }
    fn visit_bool<E: Error>(self, value: bool) -> Result<f64, E> {
        Err(self.not_a_number(&value.to_string()))
    }
    fn visit_unit<E: Error>(self) -> Result<f64, E> {
        Err(self.not_a_number("null"))
    }
    fn visit_seq<S: SeqAccess<'de>>(self, _: S) -> Result<f64, S::Error> {
        Err(self.not_a_number("an array"))
    }
    fn visit_map<M: MapAccess<'de>>(self, _: M) -> Result<f64, M::Error> {
        Err(self.not_a_number("an object"))
    }
}
