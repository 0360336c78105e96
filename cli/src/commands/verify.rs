//! `svdforge verify`

use crate::Verdict;
use anyhow::Result;
use clap::Args;

/// The same matrices through every engine, bit for bit and cycle for cycle
#[derive(Args)]
pub struct Verify {}

impl Verify {
    /// Not yet.
    pub fn run(self) -> Result<Verdict> {
        anyhow::bail!("not built yet")
    }
}
