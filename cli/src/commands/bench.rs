//! `svdforge bench`

use crate::Verdict;
use anyhow::Result;
use clap::Args;

/// Measure the speed of the simulators
#[derive(Args)]
pub struct Bench {}

impl Bench {
    /// Not yet.
    pub fn run(self) -> Result<Verdict> {
        anyhow::bail!("not built yet")
    }
}
