//! The options that say what decomposes the small matrices of an application.

use crate::options::FormatOptions;
use anyhow::Result;
use clap::{Args, ValueEnum};
use svdforge_apps::engine::{CoreEngine, Engine, GoldenEngine};

/// What decomposes the small matrices of an application.
#[derive(Args, Clone, Debug)]
pub struct EngineOptions {
    /// What decomposes the small dense matrices
    #[arg(long, default_value = "core")]
    engine: EngineChoice,
    #[command(flatten)]
    formats: FormatOptions,
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
    pub fn word(&self) -> Result<u32> {
        Ok(self.formats.parameters()?.word)
    }

    /// The engines to run, by name; the simulated core also tells its clock cycles.
    pub fn engines(&self) -> Result<Vec<AppEngine>> {
        let parameters = self.formats.parameters()?;
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
