//! A core's parameters as they are written in files. Every parameter is written out, with the same name and value as
//! the option of the command line.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use svdforge_hdl::shape::Shape;

/// `"auto"`, or a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// The program chooses the value.
    Auto,
    /// The user has chosen this value.
    Number(i32),
}

impl Serialize for Choice {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Auto => serializer.serialize_str("auto"),
            Self::Number(number) => serializer.serialize_i32(*number),
        }
    }
}

impl<'de> Deserialize<'de> for Choice {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged, expecting = "`auto` or a whole number")]
        enum Value {
            Number(i32),
            Word(Auto),
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "lowercase")]
        enum Auto {
            Auto,
        }
        Ok(match Value::deserialize(deserializer)? {
            Value::Number(number) => Self::Number(number),
            Value::Word(Auto::Auto) => Self::Auto,
        })
    }
}

impl std::fmt::Display for Choice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Auto => f.write_str("auto"),
            Self::Number(number) => number.fmt(f),
        }
    }
}

/// A core of a campaign. In a file it is written as a table of all options of the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CoreParameters(pub Shape);

impl CoreParameters {
    /// The command-line options that make this core, with every option written out.
    pub fn flags(&self) -> String {
        self.0.parameters().flags()
    }

    /// A name such as "8 x 8, word 16, guard 4", which distinguishes the cores of a campaign.
    pub fn short(&self) -> String {
        let Self(shape) = self;
        format!("{} x {}, word {}, guard {}", shape.rows(), shape.cols(), shape.word(), shape.guard())
    }
}
