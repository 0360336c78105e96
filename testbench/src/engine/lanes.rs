//! Many stimuli in the lanes of the project's own simulator.

use super::core_ports::{Access, CorePorts};
use super::drive::{Limits, Pins, Run};
use super::error::EngineError;
use super::rotations::SeenRotations;
use super::simulator::probe;
use crate::stimulus::{RESET_CYCLES, Stimulus, Trace};
use svdforge_hdl::core::Core;
use svdforge_sim::{InputPort, Lanes, OutputPort};

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

/// One lane of the simulator.
struct OneLane<'a> {
    lanes: &'a mut Lanes,
    lane: usize,
}

impl Access for OneLane<'_> {
    fn poke(&mut self, port: InputPort, bits: u128) {
        self.lanes.poke(self.lane, port, bits);
    }

    fn peek(&self, port: OutputPort) -> u128 {
        self.lanes.peek(self.lane, port)
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
        let mut now = 0;
        loop {
            for (lane, place) in running.iter_mut().enumerate() {
                if let Some(done) = place.take_if(|it| now >= it.start && it.run.is_done()) {
                    finished[done.number] = Some((done.run.trace, done.rotations));
                }
                if place.is_none()
                    && let Some((number, stimulus)) = waiting.next()
                {
                    let run = Run::new(stimulus, self.limits);
                    let rotations = seeing.then(|| SeenRotations::new(self.memories));
                    *place = Some(Lane { number, start: now + u64::from(RESET_CYCLES), run, rotations });
                    self.set(lane, Pins::default());
                }
            }
            if running.iter().all(Option::is_none) {
                return Ok(finished.into_iter().flatten().collect());
            }
            let (valid, ready) = (self.lanes.set(self.ports.valid()), self.lanes.set(self.ports.ready()));
            for (lane, it) in running.iter_mut().enumerate() {
                let Some(it) = it.as_mut().filter(|it| now >= it.start) else { continue };
                let cycle = now - it.start;
                if let Some(found) = it.run.is_stuck(cycle) {
                    let expected = stimuli[it.number].frames();
                    return Err(EngineError::Stuck { cycles: cycle, found, expected });
                }
                let moves = valid | if it.run.offers() { ready } else { 0 };
                if it.run.is_still() && moves >> lane & 1 == 0 {
                    continue;
                }
                let pins = it.run.pins(cycle);
                self.set(lane, pins);
                let seen = self.ports.peek(&OneLane { lanes: &mut self.lanes, lane })?;
                it.run.see(cycle, pins, &seen);
            }
            self.lanes.step();
            now += 1;
            if seeing {
                self.record(&mut running);
            }
        }
    }

    /// Sets the reset and the inputs of a lane.
    fn set(&mut self, lane: usize, pins: Pins<'_>) {
        self.lanes.set_reset(lane, !pins.aresetn);
        self.ports.poke(&mut OneLane { lanes: &mut self.lanes, lane }, pins);
    }

    /// Records the writes of the cycle that was just simulated.
    fn record(&self, running: &mut [Option<Lane>; Self::LANES]) {
        for memory in 0..self.memories {
            let written = self.lanes.set_written(memory);
            if written == 0 {
                continue;
            }
            for (lane, it) in running.iter_mut().enumerate() {
                if let Some(seen) = it.as_mut().and_then(|it| it.rotations.as_mut()) {
                    seen.add(memory, self.lanes.written(lane, memory));
                }
            }
        }
    }
}
