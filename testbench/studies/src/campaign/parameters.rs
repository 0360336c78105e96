//! A core's parameters as they stand in files: every one spelled out, the same names and values as the options of the command.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use svdforge_hdl::core::params::{ParameterError, Parameters, Scaling, Shape, Sizes, Sweeps, Vectors};
use svdforge_hdl::export::manifest::{self, ARCHITECTURE};

/// `"auto"`, or a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// The program chooses.
    Auto,
    /// The user's choice.
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

/// The shape of a core that can be read from and written to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "Fields", try_from = "Fields")]
pub struct CoreParameters(pub Shape);

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Fields {
    rows: usize,
    cols: usize,
    word: u32,
    frac: u32,
    guard: u32,
    coef: u32,
    arch: String,
    sweeps: Choice,
    vectors: String,
    rank: usize,
    symmetric: bool,
    scaling: String,
    sizes: String,
}

impl From<CoreParameters> for Fields {
    fn from(CoreParameters(shape): CoreParameters) -> Self {
        Self {
            rows: shape.rows,
            cols: shape.cols,
            word: shape.word,
            frac: shape.frac,
            guard: shape.guard,
            coef: shape.coef,
            arch: ARCHITECTURE.to_owned(),
            sweeps: match shape.sweeps {
                Sweeps::Auto => Choice::Auto,
                Sweeps::Fixed(sweeps) => Choice::Number(sweeps as i32),
            },
            vectors: shape.vectors.name().to_owned(),
            rank: shape.rank,
            symmetric: shape.symmetric,
            scaling: shape.scaling.name().to_owned(),
            sizes: shape.sizes.name().to_owned(),
        }
    }
}

impl TryFrom<Fields> for CoreParameters {
    type Error = ParameterError;

    fn try_from(fields: Fields) -> Result<Self, ParameterError> {
        let vectors = [Vectors::Uv, Vectors::U, Vectors::V, Vectors::None].map(|v| (v.name(), v));
        let scaling = [Scaling::Auto, Scaling::Fixed].map(|s| (s.name(), s));
        let sizes = [Sizes::Fixed, Sizes::Any].map(|s| (s.name(), s));
        by_name("arch", &fields.arch, &[(ARCHITECTURE, ())])?;
        let parameters = Parameters {
            rows: fields.rows,
            cols: fields.cols,
            word: fields.word,
            frac: Some(fields.frac),
            guard: fields.guard,
            coef: Some(fields.coef),
            sweeps: match fields.sweeps {
                Choice::Auto => Sweeps::Auto,
                // A negative one is as wrong as 0.
                Choice::Number(sweeps) => Sweeps::Fixed(u32::try_from(sweeps).unwrap_or(0)),
            },
            vectors: by_name("vectors", &fields.vectors, &vectors)?,
            rank: Some(fields.rank),
            symmetric: fields.symmetric,
            scaling: by_name("scaling", &fields.scaling, &scaling)?,
            sizes: by_name("sizes", &fields.sizes, &sizes)?,
        };
        parameters.shape().map(Self)
    }
}

fn by_name<T: Copy>(option: &'static str, name: &str, all: &[(&str, T)]) -> Result<T, ParameterError> {
    all.iter().find(|(known, _)| *known == name).map(|&(_, value)| value).ok_or_else(|| {
        let known: Vec<&str> = all.iter().map(|(known, _)| *known).collect();
        ParameterError { option, value: name.to_owned(), reason: format!("use one of {}", known.join(", ")) }
    })
}

impl CoreParameters {
    /// The options of the command that make this core, every one spelled out.
    pub fn flags(&self) -> String {
        manifest::flags(&self.0)
    }

    /// "8 x 8, word 16, guard 4": what tells the cores of a campaign apart.
    pub fn short(&self) -> String {
        let Shape { rows, cols, word, guard, .. } = self.0;
        format!("{rows} x {cols}, word {word}, guard {guard}")
    }
}
