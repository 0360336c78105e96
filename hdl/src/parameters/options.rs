//! The options of a core. [`OPTIONS`] has one row per parameter, with its name, its help text, its kind of value, and
//! how it is read and set.
//!
//! The command line, TOML files, `core.json`, datasheets and reports all use this table. To add a parameter, add a
//! field to [`Parameters`] and a row here.

use super::Parameters;
use super::choices::{ArchitectureName, Front, NamedChoice, Scaling, Sizes, Sweeps, Vectors, Word, position};
use super::error::{ParameterError, error};
use super::name::CoreName;
use super::value::Value;

/// The kind of values that an option has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A whole number.
    Number,
    /// A whole number, or the word `auto`.
    NumberOrAuto,
    /// One of these words.
    Choice(&'static [Word]),
    /// On or off. It is off if it is not given.
    Switch,
    /// The name of a core.
    Name,
}

/// One option of a core.
#[derive(Debug)]
pub struct CoreOption {
    /// Its name: `--name` on the command line, `name` in files.
    pub name: &'static str,
    /// The placeholder for its value in `--help`.
    pub placeholder: &'static str,
    /// Its help text.
    pub help: &'static str,
    /// The kind of its values.
    pub kind: Kind,
    /// Whether campaigns and explorations can vary it. If so, their command lines accept lists and ranges for it.
    pub varies: bool,
    /// What stands before its value in the name of a core that differs from the defaults in it. `None` if it never
    /// stands there.
    pub code: Option<&'static str>,
    /// Whether it may be missing in a file, since files were written before the option existed. It then has its
    /// default.
    pub came_later: bool,
    get: fn(&Parameters) -> Option<Value>,
    set: fn(&mut Parameters, &Value) -> Result<(), ParameterError>,
}

/// All options of a core, in the order in which `--help`, files and headers list them.
pub static OPTIONS: &[CoreOption] = &[
    CoreOption {
        name: "rows",
        placeholder: "M",
        help: "Rows of the matrix, 1 to 64; up to 262144 with `--vectors v` or `none` [default: the columns, or 8]",
        kind: Kind::Number,
        varies: false,
        code: None,
        came_later: false,
        get: |p| Some(Value::Number(p.rows)),
        set: |p, value| assign(&mut p.rows, number("rows", value)),
    },
    CoreOption {
        name: "cols",
        placeholder: "N",
        help: "Columns of the matrix, 1 to 64 [default: the rows]",
        kind: Kind::Number,
        varies: false,
        code: None,
        came_later: false,
        get: |p| Some(Value::Number(p.cols)),
        set: |p, value| assign(&mut p.cols, number("cols", value)),
    },
    CoreOption {
        name: "word",
        placeholder: "W",
        help: "Bits of one input element, signed, 8 to 24 [default: 16]",
        kind: Kind::Number,
        varies: true,
        code: Some("w"),
        came_later: false,
        get: |p| Some(bits(p.word)),
        set: |p, value| assign(&mut p.word, number("word", value)),
    },
    CoreOption {
        name: "frac",
        placeholder: "F",
        help: "Fraction bits of one input element [default: W-1]",
        kind: Kind::Number,
        varies: false,
        code: Some("f"),
        came_later: false,
        get: |p| p.frac.map(bits),
        set: |p, value| assign(&mut p.frac, number("frac", value).map(Some)),
    },
    CoreOption {
        name: "guard",
        placeholder: "G",
        help: "Extra bits inside, 0 to 8: each halves the rounding error [default: 4]",
        kind: Kind::Number,
        varies: true,
        code: Some("g"),
        came_later: false,
        get: |p| Some(bits(p.guard)),
        set: |p, value| assign(&mut p.guard, number("guard", value)),
    },
    CoreOption {
        name: "coef",
        placeholder: "C",
        help: "Bits of a coefficient, sign included [default: 18, more where the error needs it]",
        kind: Kind::NumberOrAuto,
        varies: true,
        code: Some("c"),
        came_later: false,
        get: |p| p.coef.map(bits),
        set: |p, value| assign(&mut p.coef, number_or_auto("coef", value)),
    },
    CoreOption {
        name: "arch",
        placeholder: "ARCH",
        help: "How many 2x2 blocks are rotated per cycle [default: serial, one]",
        kind: Kind::Choice(ArchitectureName::WORDS),
        varies: true,
        code: Some(""),
        came_later: false,
        get: |p| Some(word(p.arch)),
        set: |p, value| assign(&mut p.arch, choice("arch", value)),
    },
    CoreOption {
        name: "sweeps",
        placeholder: "auto|K",
        help: "Sweeps: `auto` stops when settled, a number K makes always exactly K [default: auto]",
        kind: Kind::NumberOrAuto,
        varies: true,
        code: Some("s"),
        came_later: false,
        get: |p| match p.sweeps {
            Sweeps::Auto => Some(Value::Auto),
            Sweeps::Fixed(sweeps) => Some(bits(sweeps)),
        },
        set: |p, value| {
            assign(
                &mut p.sweeps,
                number_or_auto("sweeps", value).map(|sweeps| sweeps.map_or(Sweeps::Auto, Sweeps::Fixed)),
            )
        },
    },
    CoreOption {
        name: "vectors",
        placeholder: "VECTORS",
        help: "Which singular vectors are computed [default: uv]",
        kind: Kind::Choice(Vectors::WORDS),
        varies: false,
        code: Some(""),
        came_later: false,
        get: |p| Some(word(p.vectors)),
        set: |p, value| assign(&mut p.vectors, choice("vectors", value)),
    },
    CoreOption {
        name: "rank",
        placeholder: "k",
        help: "Only the k largest singular values and their vectors leave the core [default: all]",
        kind: Kind::Number,
        varies: false,
        code: Some("k"),
        came_later: false,
        get: |p| p.rank.map(Value::Number),
        set: |p, value| assign(&mut p.rank, number("rank", value).map(Some)),
    },
    CoreOption {
        name: "symmetric",
        placeholder: "true|false",
        help: "Eigen-decomposition of symmetric matrices: eigenvalues in signed order, highest first, one set of vectors",
        kind: Kind::Switch,
        varies: false,
        code: None,
        came_later: false,
        get: |p| Some(Value::Switch(p.symmetric)),
        set: |p, value| assign(&mut p.symmetric, switch("symmetric", value)),
    },
    CoreOption {
        name: "complex",
        placeholder: "true|false",
        help: "Complex matrices: the real part of an element in its low half; with --symmetric: Hermitian",
        kind: Kind::Switch,
        varies: false,
        code: None,
        came_later: true,
        get: |p| Some(Value::Switch(p.complex)),
        set: |p, value| assign(&mut p.complex, switch("complex", value)),
    },
    CoreOption {
        name: "scaling",
        placeholder: "SCALING",
        help: "Scaling of each matrix in the hardware [default: auto, to full scale]",
        kind: Kind::Choice(Scaling::WORDS),
        varies: false,
        code: Some(""),
        came_later: false,
        get: |p| Some(word(p.scaling)),
        set: |p, value| assign(&mut p.scaling, choice("scaling", value)),
    },
    CoreOption {
        name: "sizes",
        placeholder: "SIZES",
        help: "Which matrices the core takes [default: fixed, those of its size]",
        kind: Kind::Choice(Sizes::WORDS),
        varies: false,
        code: Some(""),
        came_later: false,
        get: |p| Some(word(p.sizes)),
        set: |p, value| assign(&mut p.sizes, choice("sizes", value)),
    },
    CoreOption {
        name: "interleave",
        placeholder: "auto|K",
        help: "Matrices in flight, 1 to 32: they take turns, so that the rotators need not wait; `auto` takes as many as keep them busy [default: 1]",
        kind: Kind::NumberOrAuto,
        varies: true,
        code: Some("x"),
        came_later: true,
        get: |p| Some(p.interleave.map_or(Value::Auto, bits)),
        set: |p, value| assign(&mut p.interleave, number_or_auto("interleave", value)),
    },
    CoreOption {
        name: "front",
        placeholder: "FRONT",
        help: "What stands beside the streams [default: stream, nothing]",
        kind: Kind::Choice(Front::WORDS),
        varies: false,
        code: Some(""),
        came_later: true,
        get: |p| Some(word(p.front)),
        set: |p, value| assign(&mut p.front, choice("front", value)),
    },
    CoreOption {
        name: "element-bytes",
        placeholder: "auto|B",
        help: "Bytes of one element on the streams, 2, 4 or 8; 4 suits a 32-bit DMA [default: auto, the fewest]",
        kind: Kind::NumberOrAuto,
        varies: false,
        code: Some("b"),
        came_later: true,
        get: |p| Some(p.element_bytes.map_or(Value::Auto, bits)),
        set: |p, value| assign(&mut p.element_bytes, number_or_auto("element-bytes", value)),
    },
    CoreOption {
        name: "elements-per-beat-in",
        placeholder: "E",
        help: "Elements in one beat of the input stream, 1, 2, 4 or 8 [default: 1]",
        kind: Kind::Number,
        varies: false,
        code: Some("i"),
        came_later: true,
        get: |p| Some(bits(p.elements_per_beat_in)),
        set: |p, value| assign(&mut p.elements_per_beat_in, number("elements-per-beat-in", value)),
    },
    CoreOption {
        name: "elements-per-beat-out",
        placeholder: "E",
        help: "Elements in one beat of the output stream, 1, 2, 4 or 8 [default: 1]",
        kind: Kind::Number,
        varies: false,
        code: Some("o"),
        came_later: true,
        get: |p| Some(bits(p.elements_per_beat_out)),
        set: |p, value| assign(&mut p.elements_per_beat_out, number("elements-per-beat-out", value)),
    },
    CoreOption {
        name: "selfcheck",
        placeholder: "true|false",
        help: "Compare each result with its matrix before it leaves, by random vectors; bit 3 of the status word",
        kind: Kind::Switch,
        varies: false,
        code: Some("checked"),
        came_later: true,
        get: |p| Some(Value::Switch(p.selfcheck)),
        set: |p, value| assign(&mut p.selfcheck, switch("selfcheck", value)),
    },
    CoreOption {
        name: "name",
        placeholder: "NAME",
        help: "Name of the top module, and prefix of all modules and files [default: the size and what differs from the defaults]",
        kind: Kind::Name,
        varies: false,
        code: None,
        came_later: true,
        get: |p| p.name.map(|name| Value::Word(name.as_str().to_owned())),
        set: |p, value| assign(&mut p.name, CoreName::new(&value.to_string()).map(Some)),
    },
];

impl CoreOption {
    /// The option with this name. Files and programs may write underscores in place of hyphens.
    pub fn named(name: &str) -> Option<&'static Self> {
        OPTIONS.iter().find(|option| option.name == name || option.key() == name)
    }

    /// Its name in JSON and in Python: with underscores in place of hyphens.
    pub fn key(&self) -> String {
        self.name.replace('-', "_")
    }

    /// Its value in these parameters. `None` if they leave the choice to the program.
    pub fn get(&self, parameters: &Parameters) -> Option<Value> {
        (self.get)(parameters)
    }

    /// Sets it in these parameters.
    ///
    /// # Errors
    ///
    /// If the value is of the wrong kind, or too large. The error says which values are possible.
    pub fn set(&self, parameters: &mut Parameters, value: &Value) -> Result<(), ParameterError> {
        (self.set)(parameters, value)
    }

    /// Parses a value as the command line spells it. An empty text turns a switch on.
    ///
    /// # Errors
    ///
    /// If the text is not a value of this option. The error says which values are possible.
    pub fn parse(&self, text: &str) -> Result<Value, ParameterError> {
        let number = || text.parse().map(Value::Number);
        let wrong = |reason: String| error(self.name, text, reason);
        match self.kind {
            Kind::Number => number().map_err(|_| wrong("give a whole number".to_owned())),
            Kind::NumberOrAuto if text == "auto" => Ok(Value::Auto),
            Kind::NumberOrAuto => number().map_err(|_| wrong("give `auto` or a whole number".to_owned())),
            Kind::Choice(words) => position(words, self.name, text).map(|_| Value::Word(text.to_owned())),
            Kind::Switch => match text {
                "" | "true" => Ok(Value::Switch(true)),
                "false" => Ok(Value::Switch(false)),
                _ => Err(wrong("use true or false".to_owned())),
            },
            Kind::Name => CoreName::new(text).map(|_| Value::Word(text.to_owned())),
        }
    }
}

impl Parameters {
    /// The names and values of all options that are given, in the order of [`OPTIONS`]. Switches that are off are left
    /// out, and so are the defaults of options that came later, so that commands stay short.
    pub fn given(&self) -> Vec<(&'static str, Value)> {
        let default = Self::default();
        let is_given = |option: &&CoreOption| !option.came_later || option.get(self) != option.get(&default);
        let given = OPTIONS.iter().filter(is_given).filter_map(|option| Some((option.name, option.get(self)?)));
        given.filter(|(_, value)| *value != Value::Switch(false)).collect()
    }

    /// These parameters as options of the command line.
    pub fn flags(&self) -> String {
        let flag = |(name, value): (&str, Value)| match value {
            Value::Switch(_) => format!("--{name}"),
            value => format!("--{name} {value}"),
        };
        self.given().into_iter().map(flag).collect::<Vec<_>>().join(" ")
    }
}

fn bits(count: u32) -> Value {
    Value::Number(count as usize)
}

fn word(choice: impl NamedChoice) -> Value {
    // `auto` is also a word of `--scaling`. It is represented as it is read from a file.
    match choice.name() {
        "auto" => Value::Auto,
        name => Value::Word(name.to_owned()),
    }
}

fn wrong(option: &'static str, value: &Value, reason: &str) -> ParameterError {
    error(option, value, reason.to_owned())
}

/// Assigns a value if there is no error.
fn assign<T>(place: &mut T, value: Result<T, ParameterError>) -> Result<(), ParameterError> {
    *place = value?;
    Ok(())
}

fn number<T: TryFrom<usize>>(option: &'static str, value: &Value) -> Result<T, ParameterError> {
    match value {
        Value::Number(number) => T::try_from(*number).map_err(|_| wrong(option, value, "the number is too large")),
        _ => Err(wrong(option, value, "give a whole number")),
    }
}

fn number_or_auto(option: &'static str, value: &Value) -> Result<Option<u32>, ParameterError> {
    match value {
        Value::Auto => Ok(None),
        Value::Number(_) => number(option, value).map(Some),
        _ => Err(wrong(option, value, "give `auto` or a whole number")),
    }
}

fn choice<C: NamedChoice>(option: &'static str, value: &Value) -> Result<C, ParameterError> {
    C::from_name(option, &value.to_string())
}

fn switch(option: &'static str, value: &Value) -> Result<bool, ParameterError> {
    match value {
        Value::Switch(on) => Ok(*on),
        _ => Err(wrong(option, value, "use true or false")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each option is parsed and set. Then it must have the same value, and no other option may have changed.
    #[test]
    fn every_option_is_set_and_read_back() {
        let mut checked = 0;
        for option in OPTIONS {
            let texts: Vec<String> = match option.kind {
                Kind::Number => vec!["5".into()],
                Kind::NumberOrAuto => vec!["5".into(), "auto".into()],
                Kind::Choice(words) => words.iter().map(|word| word.name.to_owned()).collect(),
                Kind::Switch => vec!["true".into(), "false".into()],
                Kind::Name => vec!["mine".into()],
            };
            for text in texts {
                let value = option.parse(&text).unwrap();
                let mut parameters = Parameters::default();
                option.set(&mut parameters, &value).unwrap();
                let found = option.get(&parameters).unwrap_or(Value::Auto);
                assert_eq!(found.to_string(), text, "{}", option.name);
                let json = serde_json::to_string(&found).unwrap();
                assert_eq!(serde_json::from_str::<Value>(&json).unwrap().to_string(), text, "{}", option.name);
                for other in OPTIONS.iter().filter(|other| other.name != option.name) {
                    assert_eq!(other.get(&parameters), other.get(&Parameters::default()), "{}", other.name);
                }
                checked += 1;
            }
            assert!(option.parse("?").unwrap_err().to_string().starts_with(&format!("--{} ?", option.name)));
        }
        assert_eq!(checked, 8 + 4 * 2 + (4 + 4 + 2 + 2 + 2) + 3 * 2 + 1);
    }
}
