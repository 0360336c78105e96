//! The trait that every engine implements.

use super::error::EngineError;
use super::rotations::SeenRotations;
use crate::stimulus::{Stimulus, Trace};

/// Something that runs a core.
pub trait Engine {
    /// The name that `--with` accepts.
    fn name(&self) -> &'static str;

    /// Resets the core, runs the stimulus to its end and returns what was seen at the ports.
    fn run(&mut self, stimulus: &Stimulus) -> Result<Trace, EngineError>;

    /// Runs a stimulus whose trace is already known. An engine that can compare by itself does so, and returns an error
    /// where the core differs from the expected trace.
    fn run_against(&mut self, stimulus: &Stimulus, _expected: &Trace) -> Result<Trace, EngineError> {
        self.run(stimulus)
    }

    /// Runs a stimulus of one frame and also returns the rotations that the core made for it. They are `None` where the
    /// engine sees only the ports.
    fn run_seeing_rotations(&mut self, stimulus: &Stimulus) -> Result<(Trace, Option<SeenRotations>), EngineError> {
        Ok((self.run(stimulus)?, None))
    }
}
