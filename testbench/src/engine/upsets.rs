//! A core in which bits are flipped: many copies of it in lanes, or one whose waveforms are recorded.

use super::core_ports::{CorePorts, OneLane};
use super::drive::Pins;
use super::error::EngineError;
use super::host::{Host, Observed, Traffic};
use crate::stimulus::RESET_CYCLES;
use svdforge_hdl::core::Core;
use svdforge_sim::{Lanes, Observe, Simulator, StateBit, StateElement, Waveform, Waves};

/// A bit that is flipped before a cycle, counted from the end of the reset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flip {
    /// The cycle.
    pub cycle: u64,
    /// The bit.
    pub bit: StateBit,
}

/// Copies of a core that run side by side. In each of them a bit can be flipped.
pub struct UpsetEngine<'a> {
    core: &'a Core,
    lanes: Lanes,
    ports: CorePorts,
}

/// A run in a lane.
struct Lane<'a> {
    /// Which of the runs it is.
    number: usize,
    /// The cycle of the engine that is cycle 0 of the run. The reset comes before.
    start: u64,
    host: Host<'a>,
    flip: Option<Flip>,
    /// What was seen before the reset, if this run shows whether a reset helps.
    before: Option<Observed>,
}

impl<'a> UpsetEngine<'a> {
    /// Compiles a core for simulation.
    ///
    /// # Errors
    ///
    /// The core is too large for the simulator, or cannot be compiled for this computer.
    pub fn new(core: &'a Core) -> Result<Self, EngineError> {
        let lanes = Lanes::with_state(core.design())?;
        let ports = CorePorts::new(core, |name| lanes.input(name), |name| lanes.output(name));
        Ok(Self { core, lanes, ports })
    }

    /// The registers and memories of the core.
    pub fn state(&self) -> &[StateElement] {
        self.lanes.state()
    }

    /// Runs the traffic once for each of the flips, from power-up and a reset on. If `is_lost` says so of what was
    /// seen, the lane is reset, and the traffic is run once more, without power-up and without a flip.
    ///
    /// Returns what was seen in each run, and after such a reset.
    pub fn run(
        &mut self,
        traffic: &Traffic,
        flips: &[Option<Flip>],
        is_lost: impl Fn(usize, &Observed) -> bool,
    ) -> Vec<(Observed, Option<Observed>)> {
        let mut finished: Vec<Option<(Observed, Option<Observed>)>> = vec![None; flips.len()];
        let mut waiting = flips.iter().enumerate();
        let mut running: [Option<Lane>; Lanes::COUNT] = [const { None }; Lanes::COUNT];
        // Sets of lanes, with one bit for each: those that are looked at in every cycle, and those that also are when
        // the core takes a beat or offers one.
        let (mut busy, mut sending, mut receiving) = (u16::MAX, 0_u16, 0_u16);
        // The cycles of the engine in which a bit is flipped next, and in which a host may lose its patience.
        let (mut now, mut next_flip, mut deadline) = (0, u64::MAX, u64::MAX);
        loop {
            if now >= next_flip {
                next_flip = self.flip(now, &mut running);
            }
            let (valid, ready) = (self.lanes.set(self.ports.valid()), self.lanes.set(self.ports.ready()));
            let mut looked_at = busy | receiving & valid | sending & ready;
            if now >= deadline {
                looked_at = u16::MAX;
                deadline = u64::MAX;
            }
            for lane in (0..Lanes::COUNT).filter(|lane| looked_at >> lane & 1 != 0) {
                let (place, bit) = (&mut running[lane], 1 << lane);
                (busy, sending, receiving) = (busy & !bit, sending & !bit, receiving & !bit);
                let pins = match place {
                    Some(it) if now < it.start => {
                        busy |= bit;
                        continue;
                    }
                    Some(it) => it.host.pins(now - it.start),
                    None => None,
                };
                if let (Some(pins), Some(it)) = (pins, place.as_mut()) {
                    self.ports.set(&mut self.lanes, lane, pins);
                    let (seen, is_whole) = self.ports.look(&OneLane { lanes: &mut self.lanes, lane });
                    it.host.see(now - it.start, pins, &seen, is_whole);
                    if it.host.is_still() {
                        receiving |= bit;
                        sending |= if it.host.offers() { bit } else { 0 };
                        deadline = deadline.min(it.start + it.host.deadline());
                    } else {
                        busy |= bit;
                    }
                    continue;
                }
                let ended = place.take();
                let start = now + u64::from(RESET_CYCLES);
                let host = Host::new(self.core, traffic);
                match ended {
                    Some(Lane { number, host: old, before: None, .. }) if is_lost(number, &old.observed) => {
                        *place = Some(Lane { number, start, host, flip: None, before: Some(old.observed) });
                    }
                    ended => {
                        if let Some(Lane { number, host: old, before, .. }) = ended {
                            finished[number] = Some(match before {
                                Some(before) => (before, Some(old.observed)),
                                None => (old.observed, None),
                            });
                        }
                        let Some((number, &flip)) = waiting.next() else { continue };
                        self.lanes.power_up(lane);
                        next_flip = flip.map_or(next_flip, |flip| next_flip.min(start + flip.cycle));
                        *place = Some(Lane { number, start, host, flip, before: None });
                    }
                }
                self.ports.set(&mut self.lanes, lane, Pins::default());
                busy |= bit;
            }
            if busy | receiving == 0 {
                return finished.into_iter().flatten().collect();
            }
            self.lanes.step();
            now += 1;
        }
    }

    /// Makes the flips that are due, and returns the cycle of the next one.
    fn flip(&mut self, now: u64, running: &mut [Option<Lane>; Lanes::COUNT]) -> u64 {
        let mut next = u64::MAX;
        for (lane, it) in running.iter_mut().enumerate() {
            let Some(it) = it else { continue };
            if let Some(flip) = it.flip.take_if(|flip| it.start + flip.cycle <= now) {
                self.lanes.flip(lane, flip.bit);
            }
            next = it.flip.map_or(next, |flip| next.min(it.start + flip.cycle));
        }
        next
    }
}

/// One core in which a bit can be flipped.
pub struct OneUpsetEngine<'a> {
    core: &'a Core,
    simulator: Simulator,
    ports: CorePorts,
    waveform: Option<Waveform<'static>>,
}

impl<'a> OneUpsetEngine<'a> {
    /// Compiles a core for simulation. If there are files for `waves`, the waveforms of everything that it runs are
    /// written.
    ///
    /// # Errors
    ///
    /// The core is too large for the simulator, cannot be compiled for this computer, or a file cannot be written.
    pub fn new(core: &'a Core, waves: Vec<Waves<'static>>) -> Result<Self, EngineError> {
        let observe = Observe { names: !waves.is_empty(), state: true, ..Observe::default() };
        let simulator = Simulator::observing(core.design(), &observe)?;
        let started = (!waves.is_empty()).then(|| Waveform::start_all(waves, &simulator));
        let ports = CorePorts::new(core, |name| simulator.input(name), |name| simulator.output(name));
        Ok(Self { core, ports, waveform: started.transpose()?, simulator })
    }

    /// The registers and memories of the core.
    pub fn state(&self) -> &[StateElement] {
        self.simulator.state()
    }

    /// Runs the traffic from power-up and a reset on, and completes the waveforms.
    ///
    /// # Errors
    ///
    /// The waveforms cannot be written.
    pub fn run(mut self, traffic: &Traffic, flip: Option<Flip>) -> Result<Observed, EngineError> {
        self.simulator.set_reset(true);
        self.ports.poke(&mut self.simulator, Pins::default());
        for _ in 0..RESET_CYCLES {
            self.step()?;
        }
        self.simulator.set_reset(false);
        let (mut host, mut cycle) = (Host::new(self.core, traffic), 0);
        loop {
            if let Some(flip) = flip.filter(|flip| flip.cycle == cycle) {
                self.simulator.flip(flip.bit);
            }
            let Some(pins) = host.pins(cycle) else { break };
            self.ports.poke(&mut self.simulator, pins);
            let (seen, is_whole) = self.ports.look(&self.simulator);
            self.step()?;
            host.see(cycle, pins, &seen, is_whole);
            cycle += 1;
        }
        if let Some(waveform) = self.waveform.take() {
            waveform.finish(&mut self.simulator)?;
        }
        Ok(host.observed)
    }

    fn step(&mut self) -> Result<(), EngineError> {
        match &mut self.waveform {
            Some(waveform) => self.simulator.step_recorded(waveform)?,
            None => self.simulator.step(),
        }
        Ok(())
    }
}
