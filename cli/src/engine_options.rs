//! The options that say what decomposes the small matrices of an application.

use anyhow::Result;
use clap::{Args, ValueEnum};
use std::str::FromStr;
use svdforge_apps::decomposer::{CoreDecomposer, Decomposer, GoldenDecomposer};
use svdforge_hdl::core::params::{Parameters, Sweeps};

/// What decomposes the small matrices of an application.
#[derive(Args, Clone, Debug)]
pub struct EngineOptions {
    /// What decomposes the small dense matrices
    #[arg(long, default_value = "core")]
    engine: EngineChoice,
    /// Bits of one input element of the core, signed, 8 to 24 [default: 16]
    #[arg(long, value_name = "W", help_heading = "Core")]
    word: Option<u32>,
    /// Extra bits inside the core, 0 to 8: each halves the rounding error [default: 4]
    #[arg(long, value_name = "G", help_heading = "Core")]
    guard: Option<u32>,
    /// Bits of a coefficient of the core, sign included [default: 18, more where the error needs it]
    #[arg(long, value_name = "C", help_heading = "Core")]
    coef: Option<u32>,
    /// Sweeps of the core: `auto` stops when settled, a number K makes always exactly K [default: auto]
    #[arg(long, value_name = "auto|K", help_heading = "Core")]
    sweeps: Option<SweepsOption>,
}

#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
enum EngineChoice {
    /// The generated core in the cycle-accurate simulator, built for each size that comes
    Core,
    /// The reference in `f64`
    Golden,
    /// One after the other, for comparison
    Both,
}

impl EngineOptions {
    /// Bits of one input element.
    pub fn word(&self) -> u32 {
        self.word.unwrap_or(Parameters::default().word)
    }

    /// What decomposes, one after the other.
    pub fn engines(&self) -> Result<Vec<Box<dyn Decomposer>>> {
        let default = Parameters::default();
        let parameters = Parameters {
            word: self.word.unwrap_or(default.word),
            guard: self.guard.unwrap_or(default.guard),
            coef: self.coef,
            sweeps: self.sweeps.map_or(default.sweeps, |s| s.0),
            ..default
        };
        parameters.shape()?;
        let core = || Box::new(CoreDecomposer::new(parameters)) as Box<dyn Decomposer>;
        let golden = || Box::new(GoldenDecomposer) as Box<dyn Decomposer>;
        Ok(match self.engine {
            EngineChoice::Core => vec![core()],
            EngineChoice::Golden => vec![golden()],
            EngineChoice::Both => vec![core(), golden()],
        })
    }
}

#[derive(Clone, Copy, Debug)]
struct SweepsOption(Sweeps);

impl FromStr for SweepsOption {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "auto" => Ok(Self(Sweeps::Auto)),
            _ => {
                text.parse().map(|k| Self(Sweeps::Fixed(k))).map_err(|_| "give `auto` or a number of sweeps".to_owned())
            }
        }
    }
}
