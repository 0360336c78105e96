//! What goes into a core and what comes out of it: input beats with their rhythm, and the trace that an engine gives
//! back.
//!
//! # The rhythm
//!
//! - Cycle 0 is the first cycle after a reset of [`RESET_CYCLES`] cycles.
//! - The [`BeatSource`] offers a beat from the first cycle in which its stall pattern lets it, and then until it is
//!   taken.
//! - The sink is ready exactly when its stall pattern says so.
//! - In a [`Reset`] nothing moves and outputs are ignored. The source gives up the frame of which it has moved a beat
//!   and goes on with the next whole frame; frames that the core had taken are lost, so that their results may be
//!   missing or cut off.
//! - A run ends when all beats are taken and every whole frame that was not lost is answered.

use crate::framing::{InputBeat, OutputBeat};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

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
    /// Resets during the run, beside the one before cycle 0; in order, and not overlapping.
    pub resets: Vec<Reset>,
}

/// A reset during a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reset {
    /// The first cycle in which `aresetn` is 0.
    pub cycle: u64,
    /// For how many cycles.
    pub length: u64,
}

impl Stimulus {
    /// Beats that are offered and taken without stalls.
    pub fn new(beats: Vec<InputBeat>) -> Self {
        Self { beats, ..Self::default() }
    }

    /// Whether a cycle belongs to a reset during the run.
    pub fn in_reset(&self, cycle: u64) -> bool {
        self.resets.iter().any(|r| cycle.checked_sub(r.cycle).is_some_and(|since| since < r.length))
    }

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
    /// The output beats of each frame. One that a reset has cut off ends where the next status word begins.
    pub fn frames(&self) -> impl Iterator<Item = &[OutputBeat]> {
        self.output.chunk_by(|beat, next| !beat.last && next.user != 0)
    }
}

/// The source's side of the handshake: a beat once offered stays until it is taken.
#[derive(Clone, Debug, Default)]
pub struct BeatSource {
    next: usize,
    offering: bool,
}

impl BeatSource {
    /// The beat that is offered in a cycle, if any.
    pub fn offer<'a>(&mut self, stimulus: &'a Stimulus, cycle: u64) -> Option<&'a InputBeat> {
        self.offering |= stimulus.stalls.at(cycle).0;
        stimulus.beats.get(self.next).filter(|_| self.offering)
    }

    /// All beats are taken.
    pub fn is_done(&self, stimulus: &Stimulus) -> bool {
        self.next >= stimulus.beats.len()
    }

    /// Gives up the frame of which a beat was taken; goes on with the next whole one.
    pub fn reset(&mut self, stimulus: &Stimulus) {
        let within_frame = self.next > 0 && !stimulus.beats[self.next - 1].last;
        if within_frame {
            let rest = &stimulus.beats[self.next..];
            self.next += rest.iter().position(|b| b.last).map_or(rest.len(), |last| last + 1);
        }
        self.offering = false;
    }

    /// The offered beat was taken.
    pub fn taken(&mut self) {
        self.next += 1;
        self.offering = false;
    }
}
