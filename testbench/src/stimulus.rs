//! What goes into a core and what comes out of it: input elements with their timing, and the trace that an engine
//! returns.
//!
//! # Timing
//!
//! - Cycle 0 is the first cycle after a reset of [`RESET_CYCLES`] cycles.
//! - The [`BeatSource`] offers a beat from the first cycle in which its stall pattern allows it, and keeps offering it
//!   until it is taken.
//! - The sink is ready exactly in those cycles in which its stall pattern says so.
//! - During a [`Reset`] no beat moves and outputs are ignored. If the source has already sent part of a frame, it gives
//!   that frame up and continues with the next whole frame. Frames that the core had taken are lost, so their results
//!   may be missing or cut off.
//! - A run ends when all beats are taken and every whole frame that was not lost has been answered.

use crate::framing::{InputElement, OutputElement, output_beats};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

/// The number of cycles for which `aresetn` is 0 before cycle 0.
pub const RESET_CYCLES: u32 = 4;

/// The cycles in which source and sink are ready to move a beat, as a pattern that repeats. Cycle `c` uses entry `c %
/// length`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stalls {
    /// Pairs of (the source may begin to offer a beat, the sink takes a beat). If the pattern is empty, both are always
    /// ready.
    pub pattern: Vec<(bool, bool)>,
}

impl Stalls {
    /// Neither side ever stalls.
    pub fn none() -> Self {
        Self { pattern: Vec::new() }
    }

    /// Both sides are ready at random, each with its own probability. The pattern has `length` cycles and then repeats.
    pub fn random(seed: u64, length: usize, source: f64, sink: f64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        Self { pattern: (0..length).map(|_| (rng.random_bool(source), rng.random_bool(sink))).collect() }
    }

    /// Whether (the source, the sink) is ready in this cycle.
    pub fn at(&self, cycle: u64) -> (bool, bool) {
        match self.pattern.len() as u64 {
            0 => (true, true),
            length => self.pattern[(cycle % length) as usize],
        }
    }
}

/// Frames for a core, and the timing with which they are offered and taken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stimulus {
    /// All elements, frame after frame.
    pub elements: Vec<InputElement>,
    /// When source and sink are ready.
    pub stalls: Stalls,
    /// Resets during the run, in addition to the one before cycle 0. They are in order and do not overlap.
    pub resets: Vec<Reset>,
}

/// A reset during a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reset {
    /// The first cycle in which `aresetn` is 0.
    pub cycle: u64,
    /// The number of cycles for which it stays 0.
    pub length: u64,
}

impl Stimulus {
    /// A stimulus of these elements, offered and taken without stalls.
    pub fn new(elements: Vec<InputElement>) -> Self {
        Self { elements, ..Self::default() }
    }

    /// Whether a cycle belongs to a reset during the run.
    pub fn in_reset(&self, cycle: u64) -> bool {
        self.resets.iter().any(|r| cycle.checked_sub(r.cycle).is_some_and(|since| since < r.length))
    }

    /// The number of input frames.
    pub fn frames(&self) -> usize {
        self.elements.iter().filter(|element| element.last).count()
    }

    /// The beat that begins with an element, where beats have at most `most` elements. No beat reaches into the next
    /// frame. The beat is empty if there is no such element.
    pub fn beat_at(&self, first: usize, most: u32) -> &[InputElement] {
        let left = self.elements.get(first..).unwrap_or_default();
        let left = &left[..left.len().min(most as usize)];
        let end = left.iter().position(|element| element.last).map_or(left.len(), |last| last + 1);
        &left[..end]
    }

    /// All beats, where beats have at most `most` elements.
    pub fn beats(&self, most: u32) -> impl Iterator<Item = &[InputElement]> {
        let mut first = 0;
        std::iter::from_fn(move || {
            let beat = self.beat_at(first, most);
            first += beat.len();
            (!beat.is_empty()).then_some(beat)
        })
    }
}

/// What an engine saw at the ports, element by element.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trace {
    /// For each input element, the cycle in which its beat was accepted.
    pub accepted: Vec<u64>,
    /// All output elements.
    pub output: Vec<OutputElement>,
}

impl Trace {
    /// The number of input beats. In one cycle at most one is taken.
    pub fn input_beats(&self) -> usize {
        self.accepted.chunk_by(|a, b| a == b).count()
    }

    /// The number of output beats.
    pub fn output_beats(&self) -> usize {
        output_beats(&self.output).count()
    }

    /// The output elements, frame by frame. A frame that a reset has cut off ends where the next status word begins.
    pub fn frames(&self) -> impl Iterator<Item = &[OutputElement]> {
        self.output.chunk_by(|element, next| !element.last && next.user != 0)
    }
}

/// The source's side of the handshake. A beat that is once offered stays until it is taken.
#[derive(Clone, Debug)]
pub struct BeatSource {
    /// The most elements of a beat.
    most: u32,
    /// The first element of the next beat.
    next: usize,
    offering: bool,
}

impl BeatSource {
    /// A source at the start of its stimulus. Its beats have at most `most` elements.
    pub fn new(most: u32) -> Self {
        Self { most, next: 0, offering: false }
    }

    /// The beat that is offered in this cycle, if there is one.
    pub fn offer<'a>(&mut self, stimulus: &'a Stimulus, cycle: u64) -> Option<&'a [InputElement]> {
        self.offering |= stimulus.stalls.at(cycle).0;
        Some(stimulus.beat_at(self.next, self.most)).filter(|beat| self.offering && !beat.is_empty())
    }

    /// Whether all beats have been taken.
    pub fn is_done(&self, stimulus: &Stimulus) -> bool {
        self.next >= stimulus.elements.len()
    }

    /// Handles a reset: if part of a frame has been taken, the rest of that frame is skipped.
    pub fn reset(&mut self, stimulus: &Stimulus) {
        let within_frame = self.next > 0 && !stimulus.elements[self.next - 1].last;
        if within_frame {
            let rest = &stimulus.elements[self.next..];
            self.next += rest.iter().position(|element| element.last).map_or(rest.len(), |last| last + 1);
        }
        self.offering = false;
    }

    /// Notes that the offered beat was taken.
    pub fn taken(&mut self, stimulus: &Stimulus) {
        self.next += stimulus.beat_at(self.next, self.most).len();
        self.offering = false;
    }
}
