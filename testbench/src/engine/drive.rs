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

/// The most elements of a beat.
pub(super) const MOST_ELEMENTS: usize = ELEMENTS_PER_BEAT[ELEMENTS_PER_BEAT.len() - 1] as usize;

/// A simulated core whose ports can be driven.
pub(super) trait Ports {
    type Error;

    /// Simulates one clock cycle. All outputs come from registers, so the values read before the clock edge are those
    /// that the edge sees.
    fn cycle(&mut self, pins: Pins<'_>) -> Result<Seen, Self::Error>;
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
    let patience = limits.patience + stimulus.stalls.pattern.len() as u64;
    let mut trace = Trace::default();
    let (mut source, mut unanswered, mut silence, mut cycle) =
        (BeatSource::new(limits.elements_per_beat), 0usize, 0, 0);
    while !source.is_done(stimulus) || unanswered > 0 {
        if silence > patience {
            return Err(Halt::Stuck { cycles: cycle, found: trace.output.iter().filter(|b| b.last).count() });
        }
        if stimulus.in_reset(cycle) {
            source.reset(stimulus);
            (unanswered, silence) = (0, 0);
            ports.cycle(Pins::default()).map_err(Halt::Failed)?;
            cycle += 1;
            continue;
        }
        let offered = source.offer(stimulus, cycle);
        let sink_ready = stimulus.stalls.at(cycle).1;
        let seen = ports.cycle(Pins { aresetn: true, offered, sink_ready }).map_err(Halt::Failed)?;
        silence += 1;
        if let Some(beat) = offered.filter(|_| seen.source_ready) {
            trace.accepted.extend(beat.iter().map(|_| cycle));
            source.taken(stimulus);
            unanswered += usize::from(beat.iter().any(|element| element.last));
            silence = 0;
        }
        if sink_ready && seen.valid {
            let elements = seen.elements[..seen.count].iter().enumerate();
            trace.output.extend(elements.map(|(number, &(data, user))| OutputElement {
                cycle,
                data,
                user,
                last: seen.last && number + 1 == seen.count,
            }));
            unanswered = unanswered.saturating_sub(usize::from(seen.last));
            silence = 0;
        }
        cycle += 1;
    }
    Ok(trace)
}
