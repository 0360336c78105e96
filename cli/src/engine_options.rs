//! The options that say what decomposes the small matrices of an application.

use anyhow::Result;
use clap::{Args, ValueEnum};
use std::str::FromStr;
use svdforge_apps::engine::{CoreEngine, Engine, GoldenEngine};
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

    /// The engines to run, by name; the simulated core also tells its clock cycles.
    pub fn engines(&self) -> Result<Vec<AppEngine>> {
        let default = Parameters::default();
        let parameters = Parameters {
            word: self.word.unwrap_or(default.word),
            guard: self.guard.unwrap_or(default.guard),
            coef: self.coef,
            sweeps: self.sweeps.map_or(default.sweeps, |s| s.0),
            ..default
        };
        parameters.shape()?;
        let core = || AppEngine::Core(Box::new(CoreEngine::new(parameters)));
        Ok(match self.engine {
            EngineChoice::Core => vec![core()],
            EngineChoice::Golden => vec![AppEngine::Golden(GoldenEngine)],
            EngineChoice::Both => vec![core(), AppEngine::Golden(GoldenEngine)],
        })
    }
}

/// An engine of an application.
pub enum AppEngine {
    /// The simulated core.
    Core(Box<CoreEngine>),
    /// The reference.
    Golden(GoldenEngine),
}

impl AppEngine {
    /// The engine itself.
    pub fn get(&mut self) -> &mut dyn Engine {
        match self {
            Self::Core(engine) => engine.as_mut(),
            Self::Golden(engine) => engine,
        }
    }

    /// Its name, as `--engine` knows it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Core(engine) => engine.name(),
            Self::Golden(engine) => engine.name(),
        }
    }

    /// Clock cycles so far, where there is a clock.
    pub fn cycles(&self) -> Option<u64> {
        match self {
            Self::Core(engine) => Some(engine.cycles()),
            Self::Golden(_) => None,
        }
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
