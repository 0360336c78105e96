//! Many stimuli in the lanes of the project's own simulator.

use super::core_ports::{CorePorts, OneLane};
use super::drive::{Limits, Pins, Run};
use super::error::EngineError;
use super::rotations::SeenRotations;
use super::simulator::probe;
use crate::stimulus::{RESET_CYCLES, Stimulus, Trace};
use svdforge_hdl::core::Core;
use svdforge_sim::Lanes;

/// Copies of a core that run side by side, each with a stimulus of its own. What a lane does is bit for bit and cycle
/// for cycle what a [`super::SimulatorEngine`] does with the same stimulus.
pub struct LanesEngine {
    lanes: Lanes,
    ports: CorePorts,
    limits: Limits,
    /// The number of observed memories from which rotations are read.
    memories: usize,
}

/// A stimulus in a lane.
struct Lane<'a> {
    /// Which of the stimuli it is.
    number: usize,
    /// The cycle of the engine that is cycle 0 of the run. The reset comes before.
    start: u64,
    run: Run<'a>,
    rotations: Option<SeenRotations>,
}

impl Lane<'_> {
    /// The cycle of the engine from which on the run may be stuck.
    fn deadline(&self) -> u64 {
        self.start + self.run.stuck_from()
    }
}

impl LanesEngine {
    /// The number of lanes.
    pub const LANES: usize = Lanes::COUNT;

    /// Compiles a core for simulation.
    pub fn new(core: &Core) -> Result<Self, EngineError> {
        let memories = probe(core).memories;
        let memories: Vec<&str> = memories.iter().map(String::as_str).collect();
        let lanes = Lanes::new(core.design(), &memories)?;
        let ports = CorePorts::new(core, |name| lanes.input(name), |name| lanes.output(name));
        Ok(Self { lanes, ports, limits: Limits::of(core), memories: memories.len() })
    }

    /// Runs each stimulus by itself, from a reset on, and returns what was seen at the ports.
    ///
    /// # Errors
    ///
    /// The core did not answer, or offered a beat that it may not offer.
    pub fn run(&mut self, stimuli: &[Stimulus]) -> Result<Vec<Trace>, EngineError> {
        Ok(self.run_all(stimuli, false)?.into_iter().map(|(trace, _)| trace).collect())
    }

    /// Does the same with stimuli of one frame each, and also returns the rotations that the core made for them.
    ///
    /// # Errors
    ///
    /// As for [`Self::run`].
    pub fn run_seeing_rotations(&mut self, stimuli: &[Stimulus]) -> Result<Vec<(Trace, SeenRotations)>, EngineError> {
        let found = self.run_all(stimuli, true)?;
        Ok(found.into_iter().map(|(trace, seen)| (trace, seen.unwrap_or_default())).collect())
    }

    fn run_all(
        &mut self,
        stimuli: &[Stimulus],
        seeing: bool,
    ) -> Result<Vec<(Trace, Option<SeenRotations>)>, EngineError> {
        let mut finished: Vec<Option<(Trace, Option<SeenRotations>)>> = vec![None; stimuli.len()];
        let mut waiting = stimuli.iter().enumerate();
        let mut running: [Option<Lane>; Self::LANES] = [const { None }; Self::LANES];
        // Sets of lanes, with one bit for each: those that are looked at in every cycle, and those that also are when
        // the core takes a beat or offers one.
        let (mut busy, mut sending, mut receiving) = (u16::MAX, 0_u16, 0_u16);
        let (mut now, mut deadline) = (0, u64::MAX);
        loop {
            let (valid, ready) = (self.lanes.set(self.ports.valid()), self.lanes.set(self.ports.ready()));
            let mut looked_at = busy | receiving & valid | sending & ready;
            if now >= deadline {
                looked_at = u16::MAX;
                deadline = running.iter().flatten().map(Lane::deadline).min().unwrap_or(u64::MAX);
            }
            for lane in (0..Self::LANES).filter(|lane| looked_at >> lane & 1 != 0) {
                let (place, bit) = (&mut running[lane], 1 << lane);
                (busy, sending, receiving) = (busy & !bit, sending & !bit, receiving & !bit);
                if let Some(done) = place.take_if(|it| now >= it.start && it.run.is_done()) {
                    finished[done.number] = Some((done.run.trace, done.rotations));
                }
                if place.is_none() {
                    let Some((number, stimulus)) = waiting.next() else { continue };
                    let run = Run::new(stimulus, self.limits);
                    let rotations = seeing.then(|| SeenRotations::new(self.memories));
                    let it = place.insert(Lane { number, start: now + u64::from(RESET_CYCLES), run, rotations });
                    deadline = deadline.min(it.deadline());
                    self.ports.set(&mut self.lanes, lane, Pins::default());
                }
                let Some(it) = place else { continue };
                busy |= bit;
                if now < it.start {
                    continue;
                }
                let cycle = now - it.start;
                if let Some(found) = it.run.is_stuck(cycle) {
                    let expected = stimuli[it.number].frames();
                    return Err(EngineError::Stuck { cycles: cycle, found, expected });
                }
                let pins = it.run.pins(cycle);
                self.ports.set(&mut self.lanes, lane, pins);
                let seen = self.ports.peek(&OneLane { lanes: &mut self.lanes, lane })?;
                it.run.see(cycle, pins, &seen);
                if it.run.is_still() {
                    busy &= !bit;
                    receiving |= bit;
                    sending |= if it.run.offers() { bit } else { 0 };
                }
            }
            if busy | receiving == 0 {
                return Ok(finished.into_iter().flatten().collect());
            }
            self.lanes.step();
            now += 1;
            if seeing {
                self.record(&mut running);
            }
        }
    }

    /// Records the writes of the cycle that was just simulated.
    fn record(&self, running: &mut [Option<Lane>; Self::LANES]) {
        for memory in 0..self.memories {
            let written = self.lanes.set_written(memory);
            if written == 0 {
                continue;
            }
            for lane in (0..Self::LANES).filter(|lane| written >> lane & 1 != 0) {
                if let Some(seen) = running[lane].as_mut().and_then(|it| it.rotations.as_mut()) {
                    seen.add(memory, self.lanes.written(lane, memory));
                }
            }
        }
    }
}
