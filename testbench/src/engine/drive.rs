//! The rhythm of source, sink and reset, cycle by cycle: the one definition in Rust. The exported testbench spells the
//! same in Verilog.

use crate::framing::{InputBeat, OutputBeat};
use crate::stimulus::{BeatSource, RESET_CYCLES, Stimulus, Trace};

/// What the core's inputs show during a cycle.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Pins {
    pub aresetn: bool,
    pub offered: Option<InputBeat>,
    pub sink_ready: bool,
}

/// What the core's outputs show during the same cycle.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seen {
    pub source_ready: bool,
    pub valid: bool,
    pub data: u64,
    pub user: u8,
    pub last: bool,
}

/// A core that something simulates.
pub(super) trait Ports {
    type Error;

    /// One clock cycle. All outputs are registers: what they show before the clock edge is what the edge sees.
    fn cycle(&mut self, pins: Pins) -> Result<Seen, Self::Error>;
}

/// Why a run gave no trace.
#[derive(Debug)]
pub(super) enum Halt<E> {
    /// The simulation failed.
    Failed(E),
    /// Nothing has moved for too long.
    Stuck { cycles: u64, found: usize },
}

/// Resets a core and runs a stimulus until every frame that was taken whole, and that no reset has killed, is answered.
///
/// `patience`: cycles without a beat after which the core counts as stuck.
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
