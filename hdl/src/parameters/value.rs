//! The value of an option, as files hold it.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// The value of one option.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// The word `auto`, for an option whose other values are numbers.
    Auto,
    /// A whole number.
    Number(usize),
    /// A word.
    Word(String),
    /// On or off.
    Switch(bool),
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Auto => f.write_str("auto"),
            Self::Number(number) => number.fmt(f),
            Self::Word(word) => f.write_str(word),
            Self::Switch(on) => on.fmt(f),
        }
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Auto => serializer.serialize_str("auto"),
            Self::Number(number) => serializer.serialize_u64(*number as u64),
            Self::Word(word) => serializer.serialize_str(word),
            Self::Switch(on) => serializer.serialize_bool(*on),
        }
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged, expecting = "a whole number, a word, or true or false")]
        enum Raw {
            Switch(bool),
            Number(usize),
            Word(String),
        }
        Ok(match Raw::deserialize(deserializer)? {
            Raw::Switch(on) => Self::Switch(on),
            Raw::Number(number) => Self::Number(number),
            Raw::Word(word) if word == "auto" => Self::Auto,
            Raw::Word(word) => Self::Word(word),
        })
    }
}
