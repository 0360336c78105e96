//! JSON: an array of rows, `[[1, 2], [3, 4]]`, or an object, `{"name": "mine", "matrix": [[1, 2], [3, 4]]}`, whose
//! other keys are ignored. A complex element is a pair `[re, im]`, or a number if its imaginary part is 0.
//!
//! Serde's visitors know the row and the column of an element, and the parser knows the line and the character. The
//! reason for which a visitor refuses its input is left in a cell beside serde's own error, because that error carries
//! nothing but text.

use crate::reader::error::{Fault, Kind, Place};
use crate::reader::kind::{Number, check_kind};
use crate::reader::limits::{MAX_ELEMENTS, element_count};
use crate::reader::text::{brief, quote, utf8};
use nalgebra::DMatrix;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::{cell::RefCell, fmt, marker::PhantomData};

pub(super) fn parse<T: Number>(bytes: &[u8]) -> Result<(Option<String>, DMatrix<T>), Fault> {
    let text = utf8(bytes)?;
    if text.trim().is_empty() {
        return Err(Fault::new(Place::File, Kind::Empty, "the file is empty", REMEDY));
    }
    let refusal = RefCell::new(None);
    let mut source = serde_json::Deserializer::from_str(text);
    let document = DocumentSeed::<T> { refusal: &refusal, kind: PhantomData };
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
struct Rows<T> {
    rows: usize,
    columns: usize,
    elements: Vec<T>,
}

impl<T: Number> Rows<T> {
    fn into_matrix(self) -> Result<DMatrix<T>, Fault> {
        element_count(self.rows as u64, self.columns as u64, Place::File)?;
        check_kind(&self.elements)?;
        Ok(DMatrix::from_row_iterator(self.rows, self.columns, self.elements))
    }
}

/// Leaves `refusal` in its cell and stops the parser.
fn refuse<E: Error>(cell: &RefCell<Option<Refusal>>, kind: Kind, found: String) -> E {
    cell.replace(Some((kind, found)));
    E::custom("refused")
}

struct DocumentSeed<'a, T> {
    refusal: &'a RefCell<Option<Refusal>>,
    kind: PhantomData<T>,
}

impl<'de, T: Number> DeserializeSeed<'de> for DocumentSeed<'_, T> {
    type Value = (Option<String>, Rows<T>);
    fn deserialize<D: Deserializer<'de>>(self, source: D) -> Result<Self::Value, D::Error> {
        source.deserialize_any(self)
    }
}

impl<'de, T: Number> Visitor<'de> for DocumentSeed<'_, T> {
    type Value = (Option<String>, Rows<T>);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of rows, or an object with a \"matrix\"")
    }

    fn visit_seq<S: SeqAccess<'de>>(self, mut source: S) -> Result<Self::Value, S::Error> {
        let mut rows = Rows { rows: 0, columns: 0, elements: Vec::new() };
        while let Some(()) = source.next_element_seed(RowSeed { rows: &mut rows, refusal: self.refusal })? {}
        Ok((None, rows))
    }

    fn visit_map<M: MapAccess<'de>>(self, mut source: M) -> Result<Self::Value, M::Error> {
        let (mut name, mut matrix) = (None, None);
        while let Some(key) = source.next_key::<String>()? {
            let twice = match key.as_str() {
                "name" => name.replace(source.next_value::<String>()?).is_some(),
                "matrix" => {
                    let seed = MatrixSeed(Self { refusal: self.refusal, kind: PhantomData });
                    matrix.replace(source.next_value_seed(seed)?).is_some()
                }
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
struct MatrixSeed<'a, T>(DocumentSeed<'a, T>);

impl<'de, T: Number> DeserializeSeed<'de> for MatrixSeed<'_, T> {
    type Value = Rows<T>;
    fn deserialize<D: Deserializer<'de>>(self, source: D) -> Result<Rows<T>, D::Error> {
        source.deserialize_seq(self)
    }
}

impl<'de, T: Number> Visitor<'de> for MatrixSeed<'_, T> {
    type Value = Rows<T>;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of rows")
    }
    fn visit_seq<S: SeqAccess<'de>>(self, source: S) -> Result<Rows<T>, S::Error> {
        self.0.visit_seq(source).map(|(_, rows)| rows)
    }
}

struct RowSeed<'a, T> {
    rows: &'a mut Rows<T>,
    refusal: &'a RefCell<Option<Refusal>>,
}

impl<'de, T: Number> DeserializeSeed<'de> for RowSeed<'_, T> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, source: D) -> Result<(), D::Error> {
        source.deserialize_seq(self)
    }
}

impl<'de, T: Number> Visitor<'de> for RowSeed<'_, T> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "row {} to be an array of numbers", self.rows.rows + 1)
    }

    fn visit_seq<S: SeqAccess<'de>>(self, mut source: S) -> Result<(), S::Error> {
        let rows = self.rows;
        let mut width = 0;
        while let Some(value) = source.next_element_seed(ElementSeed {
            row: rows.rows + 1,
            column: width + 1,
            refusal: self.refusal,
            kind: PhantomData,
        })? {
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

struct ElementSeed<'a, T> {
    row: usize,
    column: usize,
    refusal: &'a RefCell<Option<Refusal>>,
    kind: PhantomData<T>,
}

impl<T> ElementSeed<'_, T> {
    fn not_a_number<E: Error>(&self, what: &str) -> E {
        let found = format!("row {}, column {} is {what}, not a number", self.row, self.column);
        refuse(self.refusal, Kind::NotANumber, found)
    }
}

impl<'de, T: Number> DeserializeSeed<'de> for ElementSeed<'_, T> {
    type Value = T;
    fn deserialize<D: Deserializer<'de>>(self, source: D) -> Result<T, D::Error> {
        source.deserialize_any(self)
    }
}

impl<'de, T: Number> Visitor<'de> for ElementSeed<'_, T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number")
    }
    fn visit_f64<E: Error>(self, value: f64) -> Result<T, E> {
        if value.is_finite() { Ok(T::of_parts(value, 0.0)) } else { Err(self.not_a_number("infinite or NaN")) }
    }
    // To the nearest f64: an element beyond 2^53 loses its last bits like any long decimal.
    fn visit_i64<E: Error>(self, value: i64) -> Result<T, E> {
        Ok(T::of_parts(value as f64, 0.0))
    }
    fn visit_u64<E: Error>(self, value: u64) -> Result<T, E> {
        Ok(T::of_parts(value as f64, 0.0))
    }
    fn visit_str<E: Error>(self, value: &str) -> Result<T, E> {
        Err(self.not_a_number(&format!("the string {}", quote(value))))
    }
    fn visit_bool<E: Error>(self, value: bool) -> Result<T, E> {
        Err(self.not_a_number(&value.to_string()))
    }
    fn visit_unit<E: Error>(self) -> Result<T, E> {
        Err(self.not_a_number("null"))
    }
    fn visit_seq<S: SeqAccess<'de>>(self, mut source: S) -> Result<T, S::Error> {
        if !T::COMPLEX {
            return Err(self.not_a_number("an array"));
        }
        let part =
            || ElementSeed::<f64> { row: self.row, column: self.column, refusal: self.refusal, kind: PhantomData };
        let parts = (source.next_element_seed(part())?, source.next_element_seed(part())?);
        match (parts, source.next_element::<IgnoredAny>()?) {
            ((Some(re), Some(im)), None) => Ok(T::of_parts(re, im)),
            _ => Err(self.not_a_number("no pair [re, im]")),
        }
    }
    fn visit_map<M: MapAccess<'de>>(self, _: M) -> Result<T, M::Error> {
        Err(self.not_a_number("an object"))
    }
}
