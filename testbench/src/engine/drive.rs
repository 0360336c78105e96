//! Drives source, sink and reset, cycle by cycle. This is the only definition of that timing in Rust; the exported
//! testbench repeats it in Verilog.

use crate::framing::{InputBeat, OutputBeat};
use crate::stimulus::{BeatSource, RESET_CYCLES, Stimulus, Trace};

/// The values at the core's inputs during one cycle.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Pins {
    pub aresetn: bool,
    pub offered: Option<InputBeat>,
    pub sink_ready: bool,
}

/// The values at the core's outputs during the same cycle.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seen {
    pub source_ready: bool,
    pub valid: bool,
    pub data: u64,
    pub user: u8,
    pub last: bool,
}

/// A simulated core whose ports can be driven.
pub(super) trait Ports {
    type Error;

    /// Simulates one clock cycle. All outputs come from registers, so the values read before the clock edge are those
    /// that the edge sees.
    fn cycle(&mut self, pins: Pins) -> Result<Seen, Self::Error>;
}

/// Why a run produced no trace.
#[derive(Debug)]
pub(super) enum Halt<E> {
    /// The simulation failed.
    Failed(E),
    /// No beat has moved for too long.
    Stuck { cycles: u64, found: usize },
}

/// Resets a core and runs a stimulus. The run ends when the core has answered every frame that it has taken whole and
/// that no reset has discarded.
///
/// `patience` is the number of cycles without a beat after which the core counts as stuck.
pub(super) fn drive<P: Ports>(ports: &mut P, stimulus: &Stimulus, patience: u64) -> Result<Trace, Halt<P::Error>> {
    for _ in 0..RESET_CYCLES {
        ports.cycle(Pins::default()).map_err(Halt::Failed)?;
    }
    let patience = patience + stimulus.stalls.pattern.len() as u64;
    let mut trace = Trace::default();
    let (mut source, mut unanswered, mut silence, mut cycle) = (BeatSource::default(), 0usize, 0, 0);
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
        let offered = source.offer(stimulus, cycle).copied();
        let sink_ready = stimulus.stalls.at(cycle).1;
        let seen = ports.cycle(Pins { aresetn: true, offered, sink_ready }).map_err(Halt::Failed)?;
        silence += 1;
        if let Some(beat) = offered.filter(|_| seen.source_ready) {
            trace.accepted.push(cycle);
            source.taken();
            unanswered += usize::from(beat.last);
            silence = 0;
        }
        if sink_ready && seen.valid {
            trace.output.push(OutputBeat { cycle, data: seen.data, user: seen.user, last: seen.last });
            unanswered = unanswered.saturating_sub(usize::from(seen.last));
            silence = 0;
        }
        cycle += 1;
    }
    Ok(trace)
}
