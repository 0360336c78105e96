//! What every engine offers.

use super::error::EngineError;
use crate::stimulus::{Stimulus, Trace};

/// Something that runs a core.
pub trait Engine {
    /// Its name, as `--with` knows it.
    fn name(&self) -> &'static str;

    /// Resets the core and runs a stimulus.
    fn run(&mut self, stimulus: &Stimulus) -> Result<Trace, EngineError>;

    /// Runs a stimulus whose result is known. An engine that can compare by itself does so, and fails where it and the trace disagree.
    fn run_against(&mut self, stimulus: &Stimulus, _expected: &Trace) -> Result<Trace, EngineError> {
        self.run(stimulus)
    }
}
