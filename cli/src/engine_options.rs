//! The options that choose what decomposes the small matrices of an application.

use crate::options::FormatOptions;
use anyhow::Result;
use clap::{Args, ValueEnum};
use svdforge_apps::decomposer::{CoreDecomposer, Decomposer, GoldenDecomposer};

/// The choice of decomposer, and the number formats of the core.
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
    /// The generated core in the cycle-accurate simulator, made for each size that occurs
    Core,
    /// The golden model in `f64`
    Golden,
    /// Both, one after the other, for comparison
    Both,
}

impl EngineOptions {
    /// The number of bits of one input element.
    pub fn word(&self) -> Result<u32> {
        Ok(self.formats.parameters()?.word)
    }

    /// The decomposers to use, in this order.
    pub fn engines(&self) -> Result<Vec<Box<dyn Decomposer>>> {
        let parameters = self.formats.parameters()?;
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
