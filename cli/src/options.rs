//! The options that describe a core: the same as flags and as keys of a TOML file.

use crate::values::{self, Values};
use anyhow::{Context, Result, anyhow};
use clap::{Args, ValueEnum};
use serde::Deserialize;
use std::path::{Path, PathBuf};
use svdforge_hdl::core::Core;
use svdforge_hdl::core::params::{Parameters, Scaling, Shape, Sizes, Sweeps, Vectors};
use svdforge_testbench::framing::InputScale;

/// The core.
#[derive(Args, Clone, Debug, Default, Deserialize)]
#[command(next_help_heading = "Core")]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct CoreOptions {
    /// Rows of the matrix, 1 to 32; up to 262144 with `--vectors v` or `none` [default: the columns, or 8]
    #[arg(long, value_name = "M")]
    rows: Option<usize>,
    /// Columns of the matrix, 1 to 32 [default: the rows]
    #[arg(long, value_name = "N")]
    cols: Option<usize>,
    /// Bits of one input element, signed, 8 to 24 [default: 16]
    #[arg(long, value_name = "W", value_parser = Values::numbers)]
    #[serde(default, deserialize_with = "values::numbers")]
    word: Option<Values>,
    /// Fraction bits of one input element [default: W-1]
    #[arg(long, value_name = "F")]
    frac: Option<u32>,
    /// Extra bits inside, 0 to 8: each halves the rounding error [default: 4]
    #[arg(long, value_name = "G", value_parser = Values::numbers)]
    #[serde(default, deserialize_with = "values::numbers")]
    guard: Option<Values>,
    /// Bits of a coefficient, sign included [default: 18, more where the error needs it]
    #[arg(long, value_name = "C", value_parser = Values::numbers_or_auto)]
    #[serde(default, deserialize_with = "values::numbers_or_auto")]
    coef: Option<Values>,
    /// How many 2x2 blocks are rotated per cycle [default: serial, one]
    #[arg(long)]
    arch: Option<Architecture>,
    /// Sweeps: `auto` stops when settled, a number K makes always exactly K [default: auto]
    #[arg(long, value_name = "auto|K", value_parser = Values::numbers_or_auto)]
    #[serde(default, deserialize_with = "values::numbers_or_auto")]
    sweeps: Option<Values>,
    /// Which singular vectors are computed [default: uv]
    #[arg(long)]
    vectors: Option<VectorsOption>,
    /// Only the k largest singular values and their vectors leave the core [default: all]
    #[arg(long, value_name = "k")]
    rank: Option<usize>,
    /// Eigen-decomposition of symmetric matrices: eigenvalues in signed order, highest first, one set of vectors
    #[arg(long, value_name = "true|false", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    symmetric: Option<bool>,
    /// Scaling of each matrix in the hardware [default: auto, to full scale]
    #[arg(long)]
    scaling: Option<ScalingOption>,
    /// Which matrices the core takes [default: fixed, those of its size]
    #[arg(long)]
    sizes: Option<SizesOption>,
    /// Take options of the core from a TOML file; flags win
    #[arg(long, value_name = "FILE")]
    #[serde(skip)]
    config: Option<PathBuf>,
}

#[derive(ValueEnum, Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Architecture {
    /// One block per cycle: 16 multipliers in the rotators
    Serial,
}

#[derive(ValueEnum, Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum VectorsOption {
    /// U and V
    Uv,
    /// U alone
    U,
    /// V alone
    V,
    /// Singular values alone
    None,
}

impl From<VectorsOption> for Vectors {
    fn from(option: VectorsOption) -> Self {
        match option {
            VectorsOption::Uv => Self::Uv,
            VectorsOption::U => Self::U,
            VectorsOption::V => Self::V,
            VectorsOption::None => Self::None,
        }
    }
}

#[derive(ValueEnum, Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum ScalingOption {
    /// Each matrix is shifted to full scale; the exponent comes with the result
    Auto,
    /// None: the host scales (`--input-scale`)
    Fixed,
}

impl From<ScalingOption> for Scaling {
    fn from(option: ScalingOption) -> Self {
        match option {
            ScalingOption::Auto => Self::Auto,
            ScalingOption::Fixed => Self::Fixed,
        }
    }
}

#[derive(ValueEnum, Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum SizesOption {
    /// Matrices of its own size
    Fixed,
    /// Any matrix up to its own size; each frame begins with two beats, its rows and columns
    Any,
}

impl From<SizesOption> for Sizes {
    fn from(option: SizesOption) -> Self {
        match option {
            SizesOption::Fixed => Self::Fixed,
            SizesOption::Any => Self::Any,
        }
    }
}

impl CoreOptions {
    /// The core that the options describe.
    pub fn core(&self) -> Result<Core> {
        Ok(Core::new(self.shape()?))
    }

    /// The shape that the options describe.
    pub fn shape(&self) -> Result<Shape> {
        self.parameters()?.shape().map_err(|e| anyhow!("{e}{}", self.place()))
    }

    /// Where options come from, for messages.
    fn place(&self) -> String {
        self.config.as_ref().map_or(String::new(), |path| format!(" (options from {} and flags)", path.display()))
    }

    /// The value of an option that takes one here.
    fn one(&self, option: &str, values: &Option<Values>) -> Result<Option<Option<u32>>> {
        values.as_ref().map(Values::one).transpose().map_err(|e| anyhow!("--{option}: {e}{}", self.place()))
    }

    /// Size, word and guard bits, where flags or the file name them.
    pub fn fixed(&self) -> Result<Fixed> {
        let given = self.given()?;
        let Parameters { rows, cols, .. } = given.sized();
        let size = given.rows.or(given.cols).map(|_| (rows, cols));
        Ok(Fixed {
            size,
            word: self.one("word", &given.word)?.flatten(),
            guard: self.one("guard", &given.guard)?.flatten(),
        })
    }

    /// The parameters that the options describe: flags first, then the file, then the defaults.
    pub fn parameters(&self) -> Result<Parameters> {
        let given = self.given()?;
        let sized = given.sized();
        Ok(Parameters {
            word: self.one("word", &given.word)?.flatten().unwrap_or(sized.word),
            guard: self.one("guard", &given.guard)?.flatten().unwrap_or(sized.guard),
            coef: self.one("coef", &given.coef)?.flatten(),
            sweeps: self.one("sweeps", &given.sweeps)?.map_or(sized.sweeps, sweeps),
            ..sized
        })
    }

    /// The same where several values may be given of some: those of words, guard bits, coefficient bits and sweeps, where they are given at all.
    pub fn varied(&self) -> Result<Varied> {
        let given = self.given()?;
        let numbers = |values: &Option<Values>| values.as_ref().map(|values| values.all().flatten().collect());
        Ok(Varied {
            base: given.sized(),
            words: numbers(&given.word),
            guards: numbers(&given.guard),
            coefs: given.coef.as_ref().map(|values| values.all().collect()),
            sweeps: given.sweeps.as_ref().map(|values| values.all().map(sweeps).collect()),
        })
    }

    /// Flags, and the file where there is no flag.
    fn given(&self) -> Result<Self> {
        let Some(path) = &self.config else { return Ok(self.clone()) };
        let (flags, file) = (self.clone(), read(path)?);
        Ok(Self {
            rows: flags.rows.or(file.rows),
            cols: flags.cols.or(file.cols),
            word: flags.word.or(file.word),
            frac: flags.frac.or(file.frac),
            guard: flags.guard.or(file.guard),
            coef: flags.coef.or(file.coef),
            arch: flags.arch.or(file.arch),
            sweeps: flags.sweeps.or(file.sweeps),
            vectors: flags.vectors.or(file.vectors),
            rank: flags.rank.or(file.rank),
            symmetric: flags.symmetric.or(file.symmetric),
            scaling: flags.scaling.or(file.scaling),
            sizes: flags.sizes.or(file.sizes),
            config: None,
        })
    }

    /// All parameters but word, guard bits, coefficient bits and sweeps, which are the default's.
    fn sized(&self) -> Parameters {
        let default = Parameters::default();
        let rows = self.rows.or(self.cols).unwrap_or(default.rows);
        Parameters {
            rows,
            cols: self.cols.unwrap_or(rows),
            frac: self.frac,
            vectors: self.vectors.map_or(default.vectors, Vectors::from),
            rank: self.rank,
            symmetric: self.symmetric.unwrap_or(default.symmetric),
            sizes: self.sizes.map_or(default.sizes, Sizes::from),
            scaling: self.scaling.map_or(default.scaling, Scaling::from),
            ..default
        }
    }
}

fn sweeps(value: Option<u32>) -> Sweeps {
    value.map_or(Sweeps::Auto, Sweeps::Fixed)
}

/// Parameters of which some may have several values; `None` where none is given.
pub struct Varied {
    /// All others.
    pub base: Parameters,
    /// Bits of an input element.
    pub words: Option<Vec<u32>>,
    /// Guard bits.
    pub guards: Option<Vec<u32>>,
    /// Bits of a coefficient; `None` among them is `auto`.
    pub coefs: Option<Vec<Option<u32>>>,
    /// How many sweeps are made.
    pub sweeps: Option<Vec<Sweeps>>,
}

/// What a user fixes of that which a campaign may vary.
pub struct Fixed {
    /// Rows and columns.
    pub size: Option<(usize, usize)>,
    /// Bits of an input element.
    pub word: Option<u32>,
    /// Guard bits.
    pub guard: Option<u32>,
}

fn read(path: &Path) -> Result<CoreOptions> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("{}: cannot be read; --config takes a TOML file of core options", path.display()))?;
    toml::from_str(&text).map_err(|e| anyhow!("{}: {}", path.display(), e.to_string().trim_end()))
}

/// How the host scales a matrix before quantising.
#[derive(Args, Clone, Copy, Debug)]
pub struct ScaleOption {
    /// Divide each matrix by 2^E before quantising; `auto` takes the smallest E that fits
    #[arg(long, value_name = "auto|E", default_value = "auto", allow_hyphen_values = true, value_parser = scale)]
    input_scale: InputScale,
}

impl ScaleOption {
    /// The choice.
    pub fn get(self) -> InputScale {
        self.input_scale
    }
}

fn scale(text: &str) -> Result<InputScale, String> {
    match (text, text.parse::<i32>()) {
        ("auto", _) => Ok(InputScale::Auto),
        (_, Ok(exponent)) if exponent.abs() <= 1000 => Ok(InputScale::Exponent(exponent)),
        _ => Err("give `auto` or a whole number from -1000 to 1000".to_owned()),
    }
}
