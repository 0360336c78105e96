//! The host of a core that may be disturbed: it sends frames and takes whatever comes, for as long as there is hope.

use super::drive::{Pins, Seen};
use crate::framing::{InputElement, OutputElement};
use crate::stimulus::{BeatSource, Stalls, Stimulus};
use svdforge_hdl::core::Core;

/// The cycles after the last result in which the host waits for beats that should not come.
const LINGER: u64 = 64;

/// How many times the longest time of a matrix the host waits for a beat before it gives a frame up.
const PATIENCE: u64 = 3;

/// How many times as many elements as it expects the host takes.
const MOST_OUTPUT: usize = 4;

/// Frames for a core, and how they are sent.
#[derive(Clone, Debug)]
pub struct Traffic {
    stimulus: Stimulus,
    /// The number of elements of all results, if nothing goes wrong.
    expected: usize,
    single: bool,
}

impl Traffic {
    /// Frames that the source offers one after the other without a pause, or, if `single` is set, each one after the
    /// result of the one before. `expected` is the number of elements of all results.
    pub fn new(frames: impl IntoIterator<Item = Vec<InputElement>>, expected: usize, single: bool) -> Self {
        Self { stimulus: Stimulus::new(frames.into_iter().flatten().collect()), expected, single }
    }

    /// The same with a source and a sink that stall.
    pub fn stalling(self, stalls: Stalls) -> Self {
        Self { stimulus: Stimulus { stalls, ..self.stimulus }, ..self }
    }

    /// Whether each frame is sent after the result of the one before.
    pub fn is_single(&self) -> bool {
        self.single
    }

    /// Whether source and sink stall.
    pub fn stalls(&self) -> bool {
        !self.stimulus.stalls.pattern.is_empty()
    }
}

/// How a run ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ending {
    /// All frames were sent, and as many results came, or were given up.
    #[default]
    Complete,
    /// No beat moved any more.
    Stuck,
    /// There were far more beats than expected.
    Endless,
}

/// What the host of a core saw.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Observed {
    /// The cycle in which the first beat of each frame was taken.
    pub begun: Vec<u64>,
    /// All output elements.
    pub output: Vec<OutputElement>,
    /// The output beats whose `tkeep` is none that a core may offer.
    pub odd_beats: usize,
    /// How it ended.
    pub ending: Ending,
    /// The number of cycles.
    pub cycles: u64,
}

impl Observed {
    /// The output elements, frame by frame: each ends with `tlast`, but perhaps the last one.
    pub fn frames(&self) -> Vec<&[OutputElement]> {
        self.output.split_inclusive(|element| element.last).collect()
    }
}

/// A host at work, from cycle 0 on.
pub(super) struct Host<'a> {
    traffic: &'a Traffic,
    patience: u64,
    source: BeatSource,
    within_frame: bool,
    /// Frames that were sent whole, and those of them that were answered or given up.
    sent: usize,
    over: usize,
    /// Frames that were given up since the last beat.
    given_up: usize,
    /// The cycle after the last one in which something happened.
    moved: u64,
    still: bool,
    done: bool,
    pub observed: Observed,
}

impl<'a> Host<'a> {
    pub fn new(core: &Core, traffic: &'a Traffic) -> Self {
        let stalls = traffic.stimulus.stalls.pattern.len() as u64;
        Self {
            traffic,
            patience: PATIENCE * core.cycle_limit() + stalls,
            source: BeatSource::new(core.shape().streams().input.elements),
            within_frame: false,
            sent: 0,
            over: 0,
            given_up: 0,
            moved: 0,
            still: false,
            done: false,
            observed: Observed::default(),
        }
    }

    /// Whether the pins stay as they are until a beat moves, or until [`Self::deadline`].
    pub fn is_still(&self) -> bool {
        self.still
    }

    /// The cycle in which the host loses its patience if nothing happens until then.
    pub fn deadline(&self) -> u64 {
        self.moved + if self.has_all() { LINGER } else { self.patience }
    }

    /// Whether a beat is offered when the pins stay as they are.
    pub fn offers(&self) -> bool {
        !self.source.is_done(&self.traffic.stimulus) && self.may_send()
    }

    fn has_all(&self) -> bool {
        self.source.is_done(&self.traffic.stimulus) && self.over >= self.sent
    }

    fn may_send(&self) -> bool {
        !self.traffic.single || self.within_frame || self.over >= self.sent
    }

    /// The values at the core's inputs in this cycle, or `None` if the run has ended. To be called once in each cycle
    /// that is looked at.
    pub fn pins(&mut self, cycle: u64) -> Option<Pins<'a>> {
        if cycle >= self.deadline() {
            let waits = self.traffic.single && !self.within_frame && self.sent > self.over && self.given_up == 0;
            if waits {
                (self.over, self.given_up, self.moved) = (self.over + 1, 1, cycle);
            } else {
                self.end(cycle, if self.has_all() { Ending::Complete } else { Ending::Stuck });
            }
        }
        if self.observed.output.len() > MOST_OUTPUT * self.traffic.expected {
            self.end(cycle, Ending::Endless);
        }
        if self.done {
            return None;
        }
        let stimulus = &self.traffic.stimulus;
        let offered = if self.may_send() { self.source.offer(stimulus, cycle) } else { None };
        Some(Pins { aresetn: true, offered, sink_ready: stimulus.stalls.at(cycle).1 })
    }

    fn end(&mut self, cycle: u64, ending: Ending) {
        self.done = true;
        (self.observed.ending, self.observed.cycles) = (ending, cycle);
    }

    /// Notes what was seen in the cycle with these pins. `is_whole` tells whether the output beat is a proper one.
    pub fn see(&mut self, cycle: u64, pins: Pins<'_>, seen: &Seen, is_whole: bool) {
        if let Some(beat) = pins.offered.filter(|_| seen.source_ready) {
            if !self.within_frame {
                self.observed.begun.push(cycle);
            }
            self.within_frame = !beat.iter().any(|element| element.last);
            self.sent += usize::from(!self.within_frame);
            self.source.taken(&self.traffic.stimulus);
            (self.given_up, self.moved) = (0, cycle + 1);
        }
        if pins.sink_ready && seen.valid {
            self.observed.output.extend(seen.output(cycle));
            self.observed.odd_beats += usize::from(!is_whole);
            self.over += usize::from(seen.last);
            (self.given_up, self.moved) = (0, cycle + 1);
        }
        self.still = !self.traffic.stalls() && self.moved <= cycle;
    }
}
