//! Drives source, sink and reset, cycle by cycle. This is the only definition of that timing in Rust; the exported
//! testbench repeats it in Verilog.

use crate::framing::{InputElement, OutputElement};
use crate::stimulus::{BeatSource, RESET_CYCLES, Stimulus, Trace};
use svdforge_hdl::core::Core;
use svdforge_hdl::parameters::ELEMENTS_PER_BEAT;

/// The values at the core's inputs during one cycle.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Pins<'a> {
    pub aresetn: bool,
    pub offered: Option<&'a [InputElement]>,
    pub sink_ready: bool,
}

/// The values at the core's outputs during the same cycle.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seen {
    pub source_ready: bool,
    pub valid: bool,
    pub last: bool,
    /// Elements of the output beat: those that `tkeep` says are there, or the only one.
    pub count: usize,
    /// `tdata` and `tuser` of each element.
    pub elements: [(u64, u8); MOST_ELEMENTS],
}

impl Seen {
    /// The elements of the output beat that is taken in this cycle.
    pub fn output(&self, cycle: u64) -> impl Iterator<Item = OutputElement> {
        let elements = self.elements[..self.count].iter().enumerate();
        elements.map(move |(number, &(data, user))| OutputElement {
            cycle,
            data,
            user,
            last: self.last && number + 1 == self.count,
        })
    }
}

/// The most elements of a beat.
pub(super) const MOST_ELEMENTS: usize = ELEMENTS_PER_BEAT[ELEMENTS_PER_BEAT.len() - 1] as usize;

/// A simulated core whose ports can be driven.
pub(super) trait Ports {
    type Error;

    /// Simulates one clock cycle. All outputs come from registers, so the values read before the clock edge are those
    /// that the edge sees.
    fn cycle(&mut self, pins: Pins<'_>) -> Result<Seen, Self::Error>;

    /// Simulates one clock cycle with the inputs of the cycle before, if no beat moves in it: the core offers none, and
    /// is not ready for one if one is `offered`. Returns whether that was so; if not, nothing was done. An engine that
    /// must see every cycle, or that gains nothing, does nothing.
    fn quiet_cycle(&mut self, _offered: bool) -> Result<bool, Self::Error> {
        Ok(false)
    }
}

/// Why a run produced no trace.
#[derive(Debug)]
pub(super) enum Halt<E> {
    /// The simulation failed.
    Failed(E),
    /// No beat has moved for too long.
    Stuck { cycles: u64, found: usize },
}

/// What a run must know of its core.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// Cycles without a beat after which the core counts as stuck.
    pub patience: u64,
    /// The most elements of an input beat.
    pub elements_per_beat: u32,
}

impl Limits {
    /// Those of a core.
    pub fn of(core: &Core) -> Self {
        Self { patience: core.cycle_limit(), elements_per_beat: core.shape().streams().input.elements }
    }
}

/// Resets a core and runs a stimulus. The run ends when the core has answered every frame that it has taken whole and
/// that no reset has discarded.
///
/// `limits` are those of the core.
pub(super) fn drive<P: Ports>(ports: &mut P, stimulus: &Stimulus, limits: Limits) -> Result<Trace, Halt<P::Error>> {
    for _ in 0..RESET_CYCLES {
        ports.cycle(Pins::default()).map_err(Halt::Failed)?;
    }
    let (mut run, mut cycle) = (Run::new(stimulus, limits), 0);
    while !run.is_done() {
        if let Some(found) = run.is_stuck(cycle) {
            return Err(Halt::Stuck { cycles: cycle, found });
        }
        if run.is_still() && ports.quiet_cycle(run.offers()).map_err(Halt::Failed)? {
            cycle += 1;
            continue;
        }
        let pins = run.pins(cycle);
        let seen = ports.cycle(pins).map_err(Halt::Failed)?;
        run.see(cycle, pins, &seen);
        cycle += 1;
    }
    Ok(run.trace)
}

/// A stimulus on its way through a core, from cycle 0 on.
pub(super) struct Run<'a> {
    stimulus: &'a Stimulus,
    /// Cycles without a beat after which the core counts as stuck.
    patience: u64,
    source: BeatSource,
    unanswered: usize,
    /// The cycle after the last one in which a beat moved, or in which there was a reset.
    moved: u64,
    still: bool,
    /// What was seen so far.
    pub trace: Trace,
}

impl<'a> Run<'a> {
    pub fn new(stimulus: &'a Stimulus, limits: Limits) -> Self {
        Self {
            stimulus,
            patience: limits.patience + stimulus.stalls.pattern.len() as u64,
            source: BeatSource::new(limits.elements_per_beat),
            unanswered: 0,
            moved: 0,
            still: false,
            trace: Trace::default(),
        }
    }

    pub fn is_done(&self) -> bool {
        self.source.is_done(self.stimulus) && self.unanswered == 0
    }

    /// Whether the pins stay as they are for another cycle: source and sink never stall, and no beat has just moved.
    pub fn is_still(&self) -> bool {
        self.still
    }

    /// Whether the source offers a beat when the pins stay as they are.
    pub fn offers(&self) -> bool {
        !self.source.is_done(self.stimulus)
    }

    /// The number of frames found, if no beat has moved for too long before this cycle.
    pub fn is_stuck(&self, cycle: u64) -> Option<usize> {
        (cycle >= self.stuck_from()).then(|| self.trace.output.iter().filter(|b| b.last).count())
    }

    /// The first cycle in which the run is stuck if no beat moves from now on.
    pub fn stuck_from(&self) -> u64 {
        self.moved + self.patience + 1
    }

    /// The values at the core's inputs in this cycle. To be called once in each cycle.
    pub fn pins(&mut self, cycle: u64) -> Pins<'a> {
        if self.stimulus.in_reset(cycle) {
            self.source.reset(self.stimulus);
            (self.unanswered, self.moved) = (0, cycle + 1);
            return Pins::default();
        }
        let offered = self.source.offer(self.stimulus, cycle);
        Pins { aresetn: true, offered, sink_ready: self.stimulus.stalls.at(cycle).1 }
    }

    /// Notes what was seen at the core's outputs in the cycle with these inputs.
    pub fn see(&mut self, cycle: u64, pins: Pins<'_>, seen: &Seen) {
        self.still = false;
        if !pins.aresetn {
            return;
        }
        if let Some(beat) = pins.offered.filter(|_| seen.source_ready) {
            self.trace.accepted.extend(beat.iter().map(|_| cycle));
            self.source.taken(self.stimulus);
            self.unanswered += usize::from(beat.iter().any(|element| element.last));
            self.moved = cycle + 1;
        }
        if pins.sink_ready && seen.valid {
            self.trace.output.extend(seen.output(cycle));
            self.unanswered = self.unanswered.saturating_sub(usize::from(seen.last));
            self.moved = cycle + 1;
        }
        let never_stalls = self.stimulus.stalls.pattern.is_empty() && self.stimulus.resets.is_empty();
        self.still = never_stalls && self.moved <= cycle;
    }
}
