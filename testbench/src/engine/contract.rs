//! What every engine offers.

use super::error::EngineError;
use super::rotations::SeenRotations;
use crate::stimulus::{Stimulus, Trace};

/// Something that runs a core.
pub trait Engine {
    /// Its name, as `--with` knows it.
    fn name(&self) -> &'static str;

    /// Resets the core and runs a stimulus.
    fn run(&mut self, stimulus: &Stimulus) -> Result<Trace, EngineError>;

    /// Runs a stimulus whose result is known. An engine that can compare by itself does so, and fails where it and the
    /// trace disagree.
    fn run_against(&mut self, stimulus: &Stimulus, _expected: &Trace) -> Result<Trace, EngineError> {
        self.run(stimulus)
    }

    /// Runs a stimulus of one frame, and tells the rotations that the core made of it: `None` from an engine that shows
    /// only the ports.
    fn run_seeing_rotations(&mut self, stimulus: &Stimulus) -> Result<(Trace, Option<SeenRotations>), EngineError> {
        Ok((self.run(stimulus)?, None))
    }
}
