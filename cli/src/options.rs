//! The options that describe a core. They are the same on the command line and as keys of a TOML file. They are defined
//! in [`svdforge_hdl::parameters::OPTIONS`], and here they become arguments of the command line.

use crate::values::Values;
use anyhow::{Context, Result, anyhow};
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Arg, ArgMatches, Args, Command, FromArgMatches};
use std::ffi::OsStr;
use std::io::Read;
use std::path::{Path, PathBuf};
use svdforge_golden::reader::quote;
use svdforge_hdl::core::Core;
use svdforge_hdl::parameters::{CoreOption, Kind, OPTIONS, OptionMap, Parameters, Sizes, Value};
use svdforge_hdl::shape::Shape;
use svdforge_studies::explore::space::Axis;
use svdforge_testbench::framing::InputScale;

const HEADING: &str = "Core";
const CONFIG: &str = "config";

/// What was given for one option. The options that campaigns vary may have several values.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Setting {
    One(Value),
    Several(Vec<Value>),
}

impl Setting {
    /// Reads the text of a flag or of a key in the file.
    fn parse(option: &CoreOption, text: &str) -> Result<Self, String> {
        match option.kind {
            Kind::Number if option.varies => Values::numbers(text).map(Self::of),
            Kind::NumberOrAuto if option.varies => Values::numbers_or_auto(text).map(Self::of),
            Kind::Choice(_) if option.varies => {
                let mut words = Vec::new();
                for word in text.split(',').map(str::trim) {
                    let value = option.parse(word).map_err(|error| error.reason)?;
                    if !words.contains(&value) {
                        words.push(value);
                    }
                }
                Ok(Self::Several(words))
            }
            _ => option.parse(text).map(Self::One).map_err(|error| error.reason),
        }
    }

    fn of(values: Values) -> Self {
        Self::Several(values.all().map(number_or_auto).collect())
    }

    /// The only value. If there are several, the error says so.
    fn one(&self) -> Result<Value, String> {
        match self {
            Self::One(value) => Ok(value.clone()),
            Self::Several(values) => match &values[..] {
                [value] => Ok(value.clone()),
                _ => Err(format!(
                    "{} values are given, but only one is allowed; `svdforge explore` takes several",
                    values.len()
                )),
            },
        }
    }
}

fn number_or_auto(number: Option<u32>) -> Value {
    number.map_or(Value::Auto, |number| Value::Number(number as usize))
}

/// The argument of the command line for this option.
fn argument(option: &'static CoreOption) -> Arg {
    let arg = Arg::new(option.name).long(option.name).value_name(option.placeholder).help(option.help);
    let arg = arg.help_heading(HEADING);
    match option.kind {
        Kind::Choice(_) if option.varies => arg.value_parser(Choices(option)),
        Kind::Choice(words) => {
            let words = words.iter().map(|word| PossibleValue::new(word.name).help(word.help));
            let parser = PossibleValuesParser::new(words);
            arg.value_parser(parser.try_map(|text| Setting::parse(option, &text).map_err(std::io::Error::other)))
        }
        Kind::Switch => {
            let parser = PossibleValuesParser::new(["true", "false"]);
            let parser = parser.try_map(|text| Setting::parse(option, &text).map_err(std::io::Error::other));
            let arg = arg.num_args(0..=1).require_equals(true).default_missing_value("true");
            arg.hide_possible_values(true).value_parser(parser)
        }
        Kind::Number | Kind::NumberOrAuto | Kind::Name => arg.value_parser(|text: &str| Setting::parse(option, text)),
    }
}

/// Takes one of the words of an option, or several of them with commas between. `--help` lists the words.
#[derive(Clone)]
struct Choices(&'static CoreOption);

impl TypedValueParser for Choices {
    type Value = Setting;

    fn parse_ref(&self, command: &Command, arg: Option<&Arg>, value: &OsStr) -> Result<Setting, clap::Error> {
        let option = self.0;
        let parse = move |text: &str| Setting::parse(option, text).map_err(std::io::Error::other);
        parse.parse_ref(command, arg, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        match self.0.kind {
            Kind::Choice(words) => {
                Some(Box::new(words.iter().map(|word| PossibleValue::new(word.name).help(word.help))))
            }
            _ => None,
        }
    }
}

fn given(matches: &ArgMatches) -> OptionMap<Setting> {
    let setting = |name| matches.try_get_one::<Setting>(name).ok().flatten().cloned();
    OptionMap(OPTIONS.iter().filter_map(|option| Some((option.name, setting(option.name)?))).collect())
}

/// The options of a core.
#[derive(Clone, Debug, Default)]
pub struct CoreOptions {
    flags: OptionMap<Setting>,
    /// A TOML file of options. Flags take precedence.
    config: Option<PathBuf>,
}

impl Args for CoreOptions {
    fn augment_args(command: Command) -> Command {
        let config = Arg::new(CONFIG).long(CONFIG).value_name("FILE").value_parser(clap::value_parser!(PathBuf));
        let config =
            config.help("Take options of the core from a TOML file; flags take precedence").help_heading(HEADING);
        command.args(OPTIONS.iter().map(argument)).arg(config)
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for CoreOptions {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        Ok(Self { flags: given(matches), config: matches.get_one::<PathBuf>(CONFIG).cloned() })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl CoreOptions {
    /// The file of options, if one was given.
    pub fn config(&self) -> Option<&Path> {
        self.config.as_deref()
    }

    /// The core that the options describe.
    pub fn core(&self) -> Result<Core> {
        Ok(Core::new(self.shape()?))
    }

    /// The core that the options describe, for matrices of these `sizes` (rows, columns). If the options give neither
    /// rows nor columns, the core gets the size of the matrices, or the largest that it needs if it takes several.
    pub fn core_for(&self, sizes: &[(usize, usize)]) -> Result<Core> {
        let given = self.given()?;
        let mut parameters = self.set(&given, |_| true)?;
        let is_given = |name| given.0.contains_key(name);
        let Some(&first) = sizes.first().filter(|_| !is_given("rows") && !is_given("cols")) else {
            return self.core();
        };
        let most = sizes.iter().fold(first, |most, size| (most.0.max(size.0), most.1.max(size.1)));
        if let Some(other) = sizes.iter().find(|&&size| size != first && parameters.sizes == Sizes::Fixed) {
            return Err(anyhow!(
                "a matrix is {} x {}, but the first one is {} x {}; run matrices of one size, or use --sizes any",
                other.0,
                other.1,
                first.0,
                first.1
            ));
        }
        (parameters.rows, parameters.cols) = most;
        let shape = parameters.shape().map_err(|e| anyhow!("{e}{}", self.place()));
        Ok(Core::new(
            shape.with_context(|| format!("no core takes the matrix of {} x {} with these options", most.0, most.1))?,
        ))
    }

    /// The shape that the options describe.
    pub fn shape(&self) -> Result<Shape> {
        self.parameters()?.shape().map_err(|e| anyhow!("{e}{}", self.place()))
    }

    /// The parameters that the options describe. Flags take precedence over the file, and the file over the defaults.
    pub fn parameters(&self) -> Result<Parameters> {
        self.set(&self.given()?, |_| true)
    }

    /// Refuses cores for complex matrices, for a command that works with real ones only.
    pub fn only_real(&self) -> Result<()> {
        let given = self.given()?;
        if self.set(&given, |option| option.name == "complex")?.complex {
            return Err(anyhow!(
                "--complex: this command works with real matrices only; simulate, verify, generate, synth, bench core and bench sim take complex ones{}",
                self.place()
            ));
        }
        Ok(())
    }

    /// The size, word and guard bits, if the flags or the file give them.
    pub fn fixed(&self) -> Result<Fixed> {
        let given = self.given()?;
        let Parameters { rows, cols, word, guard, .. } = self.set(&given, |_| true)?;
        let is_given = |name| given.0.contains_key(name);
        Ok(Fixed {
            size: (is_given("rows") || is_given("cols")).then_some((rows, cols)),
            word: is_given("word").then_some(word),
            guard: is_given("guard").then_some(guard),
        })
    }

    /// The parameters if several values may be given for some options.
    pub fn varied(&self) -> Result<Varied> {
        let given = self.given()?;
        let axis = |option: &'static CoreOption| match given.0.get(option.name) {
            Some(Setting::Several(values)) => Some(Axis { option, values: values.clone() }),
            _ => None,
        };
        Ok(Varied {
            base: self.set(&given, |option| !option.varies)?,
            sized: ["rows", "cols"].iter().any(|name| given.0.contains_key(*name)),
            axes: OPTIONS.iter().filter(|option| option.varies).filter_map(axis).collect(),
        })
    }

    /// The flags, and the settings of the file for which there is no flag.
    fn given(&self) -> Result<OptionMap<Setting>> {
        let mut given = self.config.as_deref().map(read).transpose()?.unwrap_or_default();
        given.0.extend(self.flags.0.clone());
        Ok(given)
    }

    /// The defaults with those options that were given and are `wanted`.
    fn set(&self, given: &OptionMap<Setting>, wanted: impl Fn(&CoreOption) -> bool) -> Result<Parameters> {
        set(given, wanted).map_err(|error| anyhow!("{error}{}", self.place()))
    }

    /// Says where the options come from, for messages.
    fn place(&self) -> String {
        self.config.as_ref().map_or(String::new(), |path| format!(" (options from {} and flags)", path.display()))
    }
}

/// The defaults with those options that were given and are `wanted`.
fn set(given: &OptionMap<Setting>, wanted: impl Fn(&CoreOption) -> bool) -> Result<Parameters> {
    given.parameters(|option, setting| {
        let value = || setting.one().map_err(|message| anyhow!("--{}: {message}", option.name));
        wanted(option).then(value).transpose()
    })
}

/// The options for the number formats of a core whose size follows from the data.
#[derive(Clone, Debug, Default)]
pub struct FormatOptions {
    flags: OptionMap<Setting>,
}

impl FormatOptions {
    /// The parameters of the default core with these formats.
    pub fn parameters(&self) -> Result<Parameters> {
        set(&self.flags, |_| true)
    }
}

impl Args for FormatOptions {
    fn augment_args(command: Command) -> Command {
        command.args(OPTIONS.iter().filter(|option| option.varies).map(argument))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for FormatOptions {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        Ok(Self { flags: given(matches) })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

/// Parameters of which some may have several values.
pub struct Varied {
    /// The options that do not vary.
    pub base: Parameters,
    /// Whether rows or columns were given.
    pub sized: bool,
    /// Those of the options that vary that were given, with their values.
    pub axes: Vec<Axis>,
}

/// The parameters that a user fixes among those that a campaign may vary.
pub struct Fixed {
    /// Rows and columns.
    pub size: Option<(usize, usize)>,
    /// Bits of an input element.
    pub word: Option<u32>,
    /// Guard bits.
    pub guard: Option<u32>,
}

/// The longest file of options, in bytes.
const LONGEST_CONFIG: u64 = 1 << 20;

/// The most characters of the value of an option in the file.
const LONGEST_VALUE: usize = 1000;

/// Reads a TOML file of options. An error names the file, the line and the key.
fn read(path: &Path) -> Result<OptionMap<Setting>> {
    let place = || format!("{}: cannot be read; --config takes a TOML file of core options", path.display());
    let mut text = String::new();
    std::fs::File::open(path)
        .and_then(|file| file.take(LONGEST_CONFIG + 1).read_to_string(&mut text))
        .with_context(place)?;
    if text.len() as u64 > LONGEST_CONFIG {
        return Err(anyhow!(
            "{}: is longer than {LONGEST_CONFIG} bytes; --config takes a TOML file of core options, which is short",
            path.display()
        ));
    }
    let file: OptionMap<toml::Spanned<toml::Value>> =
        toml::from_str(&text).map_err(|e| anyhow!("{}: {}", path.display(), described(&e, &text)))?;
    let mut settings = OptionMap::default();
    for (name, value) in file.0 {
        let option = CoreOption::named(name).expect("The keys of an option map are names of options.");
        let words = match value.get_ref() {
            toml::Value::Integer(number) => Ok(number.to_string()),
            toml::Value::Boolean(on) => Ok(on.to_string()),
            toml::Value::String(text) if text.chars().nth(LONGEST_VALUE).is_some() => {
                Err(format!("{} is too long for a value", quote(text)))
            }
            toml::Value::String(text) => Ok(text.clone()),
            other => Err(format!(
                "a value of type {} cannot be given for an option; give a number, true or false, or text",
                other.type_str()
            )),
        };
        let setting = words.and_then(|words| Setting::parse(option, &words));
        let line = text[..value.span().start].lines().count().max(1);
        let setting = setting.map_err(|message| anyhow!("{}: line {line}, {name}: {message}", path.display()))?;
        settings.0.insert(name, setting);
    }
    Ok(settings)
}

/// What is wrong with a TOML file, with the line that is wrong if people can read a line of its length.
fn described(error: &toml::de::Error, text: &str) -> String {
    const LONGEST: usize = 1000;
    let whole = error.to_string();
    if whole.len() <= LONGEST {
        return whole.trim_end().to_owned();
    }
    let line = error.span().map_or(1, |span| text[..span.start].lines().count().max(1));
    format!("line {line}: {}", error.message().chars().take(LONGEST).collect::<String>())
}

/// How the host scales a matrix before it is quantised.
#[derive(Args, Clone, Copy, Debug)]
pub struct ScaleOption {
    /// Divide each matrix by 2^E before quantising; `auto` takes the smallest E with which it fits
    #[arg(long, value_name = "auto|E", default_value = "auto", allow_hyphen_values = true, value_parser = scale)]
    input_scale: InputScale,
}

impl ScaleOption {
    /// The chosen scale.
    pub fn get(self) -> InputScale {
        self.input_scale
    }
}

fn scale(text: &str) -> Result<InputScale, String> {
    match (text, text.parse::<i32>()) {
        ("auto", _) => Ok(InputScale::Auto),
        (_, Ok(exponent)) if exponent.abs() <= 1100 => Ok(InputScale::Exponent(exponent)),
        _ => Err("give `auto` or a whole number from -1100 to 1100".to_owned()),
    }
}
