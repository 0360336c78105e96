//! Options in files: a table from names to values, as in TOML and JSON.

use super::error::{ParameterError, error};
use super::options::{CoreOption, OPTIONS};
use super::value::Value;
use super::{Parameters, SIZES};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

/// Values of options by name. Unknown names and duplicate names are errors when it is deserialised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OptionMap<V>(pub BTreeMap<&'static str, V>);

impl<V> Default for OptionMap<V> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<V> OptionMap<V> {
    /// The defaults with the options of this map. `value` tells which value is set for an option; `None` leaves the
    /// default. If only one of rows and columns is in the map, the other is equal to it.
    ///
    /// # Errors
    ///
    /// `value` reports one, or a value is not possible for its option.
    pub fn parameters<E: From<ParameterError>>(
        &self,
        value: impl Fn(&CoreOption, &V) -> Result<Option<Value>, E>,
    ) -> Result<Parameters, E> {
        let mut parameters = Parameters::default();
        for option in OPTIONS {
            let Some(given) = self.0.get(option.name) else { continue };
            if let Some(value) = value(option, given)? {
                option.set(&mut parameters, &value)?;
            }
        }
        match (self.0.contains_key("rows"), self.0.contains_key("cols")) {
            (true, false) => {
                parameters.cols = parameters.rows;
                check_rows(&parameters)?;
            }
            (false, true) => {
                parameters.rows = parameters.cols;
                parameters.check_cols()?;
            }
            _ => {}
        }
        Ok(parameters)
    }
}

/// Checks the size if only the rows are given. An error about the columns, which are as many, is then about the rows.
fn check_rows(parameters: &Parameters) -> Result<(), ParameterError> {
    let (rows, most) = (parameters.rows, SIZES.end());
    let reason = match rows {
        _ if SIZES.contains(&rows) => return Ok(()),
        0 => format!("the rows must be 1 to {most}"),
        _ if parameters.symmetric => format!("a symmetric matrix must be at most {most} x {most}"),
        _ => format!(
            "without --cols there are as many columns, and a core has at most {most}; give --cols, and with more than \
             {most} rows also --vectors v or none"
        ),
    };
    Err(error("rows", rows, reason))
}

impl<'de, V: Deserialize<'de>> Deserialize<'de> for OptionMap<V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MapVisitor(PhantomData))
    }
}

struct MapVisitor<V>(PhantomData<V>);

impl<'de, V: Deserialize<'de>> Visitor<'de> for MapVisitor<V> {
    type Value = OptionMap<V>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a table of core options")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Self::Value, A::Error> {
        let mut map = BTreeMap::new();
        while let Some(Key(option)) = access.next_key()? {
            if map.insert(option.name, access.next_value()?).is_some() {
                return Err(A::Error::duplicate_field(option.name));
            }
        }
        Ok(OptionMap(map))
    }
}

/// The name of an option. It is checked while the key is read, so that the error message points to the key.
struct Key(&'static CoreOption);

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        CoreOption::named(&name).map(Self).ok_or_else(|| {
            let known: Vec<String> = OPTIONS.iter().map(|option| format!("`{}`", option.name)).collect();
            D::Error::custom(format!("unknown field `{name}`, expected one of {}", known.join(", ")))
        })
    }
}
