//! What every engine gets, and what every engine gives back: the same beats in, a trace of beats out.

mod simulator;

pub use simulator::{SimulatorEngine, SimulatorError};

use crate::framing::{InputBeat, OutputBeat};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Cycles for which `aresetn` is 0 before cycle 0.
pub const RESET_CYCLES: u32 = 4;

/// When source and sink are ready to move a beat: bit patterns that repeat. An engine uses entry `cycle % len`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stalls {
    /// (the source may begin to offer a beat, the sink takes one); empty: always both.
    pub pattern: Vec<(bool, bool)>,
}

impl Stalls {
    /// Neither side ever stalls.
    pub fn none() -> Self {
        Self { pattern: Vec::new() }
    }

    /// Both sides are ready at random, each with its own probability, for `length` cycles; then again.
    pub fn random(seed: u64, length: usize, source: f64, sink: f64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        Self { pattern: (0..length).map(|_| (rng.random_bool(source), rng.random_bool(sink))).collect() }
    }

    /// (source, sink) in a cycle.
    pub fn at(&self, cycle: u64) -> (bool, bool) {
        match self.pattern.len() as u64 {
            0 => (true, true),
            length => self.pattern[(cycle % length) as usize],
        }
    }
}

/// Frames for a core, and the rhythm in which they are offered and taken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stimulus {
    /// All beats, frame after frame.
    pub beats: Vec<InputBeat>,
    /// The rhythm.
    pub stalls: Stalls,
}

impl Stimulus {
    /// Input frames: beats with `tlast`.
    pub fn frames(&self) -> usize {
        self.beats.iter().filter(|b| b.last).count()
    }
}

/// What an engine saw at the ports.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trace {
    /// The cycle in which each input beat was accepted.
    pub accepted: Vec<u64>,
    /// All output beats.
    pub output: Vec<OutputBeat>,
}

impl Trace {
    /// The output beats of each frame.
    pub fn frames(&self) -> impl Iterator<Item = &[OutputBeat]> {
        self.output.split_inclusive(|b| b.last)
    }
}

/// The source's side of the handshake: a beat once offered stays until it is taken.
#[derive(Clone, Debug, Default)]
pub struct Source {
    next: usize,
    offering: bool,
}

impl Source {
    /// The beat that is offered in a cycle, if any.
    pub fn offer<'a>(&mut self, stimulus: &'a Stimulus, cycle: u64) -> Option<&'a InputBeat> {
        self.offering |= stimulus.stalls.at(cycle).0;
        stimulus.beats.get(self.next).filter(|_| self.offering)
    }

    /// The offered beat was taken.
    pub fn taken(&mut self) {
        self.next += 1;
        self.offering = false;
    }
}
