//! What the formats of waveforms have in common.

use crate::error::SimError;
use std::io::{Seek, Write};

/// A place in which a file can be written and corrected afterwards.
pub trait Target: Write + Seek + Send {}

impl<T: Write + Seek + Send> Target for T {}

/// A variable of a file, by the order in which variables were declared.
pub(super) type Variable = usize;

/// A format of waveforms. First the scopes and variables are declared, then the values follow in the order of time.
pub(super) trait Format {
    fn enter(&mut self, scope: &str) -> Result<(), SimError>;
    fn declare(&mut self, name: &str, width: u32) -> Result<(), SimError>;
    fn leave(&mut self) -> Result<(), SimError>;
    fn begin(&mut self) -> Result<(), SimError>;
    fn time(&mut self, time: u64) -> Result<(), SimError>;
    fn change(&mut self, variable: Variable, width: u32, bits: u128) -> Result<(), SimError>;
    fn finish(self: Box<Self>) -> Result<(), SimError>;
}
