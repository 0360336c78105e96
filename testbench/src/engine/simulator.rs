//! The project's own simulator as an engine.

use super::contract::Engine;
use super::core_ports::{Access, CorePorts};
use super::drive::{Halt, Limits, Pins, Ports, Seen, drive};
use super::error::EngineError;
use super::inside::{Recorder, SeenInside, StreamValues};
use super::rotations::SeenRotations;
use crate::framing::InputElement;
use crate::stimulus::{Stimulus, Trace};
use svdforge_hdl::architecture::architecture;
use svdforge_hdl::architecture::probe::Probe;
use svdforge_hdl::core::Core;
use svdforge_sim::{InputPort, Observe, OutputPort, SimError, Simulator, Waveform, Waves};

/// A core in the simulator. It can run any number of stimuli.
pub struct SimulatorEngine {
    simulator: Simulator,
    ports: CorePorts,
    limits: Limits,
    /// The number of observed memories from which rotations are read.
    memories: usize,
    waveform: Option<Waveform<'static>>,
    /// The rotations recorded so far, while a run records them.
    rotations: Option<SeenRotations>,
    /// Records the inside of the core, if it is traced.
    inside: Option<Recorder>,
}

impl SimulatorEngine {
    /// Compiles a core for simulation.
    ///
    /// In builds with debug assertions the core is also watched (see [`Self::watched`]), and a sum that wraps around
    /// causes a panic.
    pub fn new(core: &Core) -> Result<Self, EngineError> {
        if cfg!(debug_assertions) {
            return Self::watched(core);
        }
        Ok(Self::with(core, simulator(core, Observe::default())?, None))
    }

    /// Compiles a core for simulation, and writes the waveforms of everything that it runs. It runs somewhat slower
    /// than without.
    pub fn recording(core: &Core, waves: Vec<Waves<'static>>) -> Result<Self, EngineError> {
        let simulator = simulator(core, Observe { names: true, ..Observe::default() })?;
        let waveform = Waveform::start_all(waves, &simulator)?;
        Ok(Self::with(core, simulator, Some(waveform)))
    }

    /// Compiles a core for simulation, and records what happens inside it ([`Self::take_inside`]). If there are files
    /// for `waves`, waveforms are written as well. It runs slower than without.
    pub fn tracing(core: &Core, waves: Vec<Waves<'static>>) -> Result<Self, EngineError> {
        let recorder = Recorder::new(core, probe(core).memories.len());
        let mut memories = probe(core).memories;
        memories.extend(recorder.points().memories.iter().cloned());
        let memories: Vec<&str> = memories.iter().map(String::as_str).collect();
        let signals: Vec<&str> = recorder.points().signals.iter().map(String::as_str).collect();
        let observe =
            Observe { names: !waves.is_empty(), memories: &memories, signals: &signals, ..Observe::default() };
        let simulator = Simulator::observing(core.design(), &observe)?;
        let started = (!waves.is_empty()).then(|| Waveform::start_all(waves, &simulator));
        let waveform = started.transpose()?;
        Ok(Self { inside: Some(recorder), ..Self::with(core, simulator, waveform) })
    }

    /// What happened inside the core in the last run. It is `None` if the engine does not trace.
    pub fn take_inside(&mut self) -> Option<SeenInside> {
        self.inside.as_mut().map(Recorder::take)
    }

    /// Compiles a core for simulation, and watches the range of every number in it. It runs slower than without.
    pub fn watched(core: &Core) -> Result<Self, EngineError> {
        Ok(Self::with(core, simulator(core, Observe { guarded: probe(core).arithmetic, ..Observe::default() })?, None))
    }

    /// The simulator itself, from which the watched ranges can be read.
    pub fn simulator(&self) -> &Simulator {
        &self.simulator
    }

    /// Completes the waveform file, if one is being written.
    pub fn finish(mut self) -> Result<(), EngineError> {
        match self.waveform.take() {
            Some(waveform) => Ok(waveform.finish(&mut self.simulator)?),
            None => Ok(()),
        }
    }

    fn with(core: &Core, simulator: Simulator, waveform: Option<Waveform<'static>>) -> Self {
        let ports = CorePorts::new(core, |name| simulator.input(name), |name| simulator.output(name));
        Self {
            simulator,
            ports,
            limits: Limits::of(core),
            memories: probe(core).memories.len(),
            waveform,
            rotations: None,
            inside: None,
        }
    }

    fn step(&mut self) -> Result<(), EngineError> {
        match &mut self.waveform {
            Some(waveform) => self.simulator.step_recorded(waveform)?,
            None => self.simulator.step(),
        }
        if let Some(rotations) = &mut self.rotations {
            rotations.sample(&self.simulator);
        }
        Ok(())
    }
}

fn simulator(core: &Core, observe: Observe<'_>) -> Result<Simulator, SimError> {
    let memories = probe(core).memories;
    let memories: Vec<&str> = memories.iter().map(String::as_str).collect();
    Simulator::observing(core.design(), &Observe { memories: &memories, ..observe })
}

pub(super) fn probe(core: &Core) -> Probe {
    architecture(core.shape().arch()).probe(core.shape())
}

impl Access for Simulator {
    fn poke(&mut self, port: InputPort, bits: u128) {
        Simulator::poke(self, port, bits);
    }

    fn peek(&self, port: OutputPort) -> u128 {
        Simulator::peek(self, port)
    }
}

impl Ports for SimulatorEngine {
    type Error = EngineError;

    fn cycle(&mut self, pins: Pins<'_>) -> Result<Seen, EngineError> {
        self.simulator.set_reset(!pins.aresetn);
        self.ports.poke(&mut self.simulator, pins);
        let seen = self.ports.peek(&self.simulator)?;
        self.step()?;
        if let Some(inside) = self.inside.as_mut().filter(|_| pins.aresetn) {
            inside.sample(&self.simulator, stream_values(pins, seen));
        }
        Ok(seen)
    }

    fn quiet_cycle(&mut self, offered: bool) -> Result<bool, EngineError> {
        let is_set = |port| self.simulator.peek(port) == 1;
        if self.inside.is_some() || is_set(self.ports.valid()) || offered && is_set(self.ports.ready()) {
            return Ok(false);
        }
        self.step()?;
        Ok(true)
    }
}

/// The values at the streams. Data that is not offered does not matter, and is 0.
fn stream_values(pins: Pins<'_>, seen: Seen) -> StreamValues {
    let is_last = |beat: &[InputElement]| beat.iter().any(|element| element.last);
    let offered = pins.offered.map_or((0, false), |beat| (beat[0].data as u64, is_last(beat)));
    let (data, user) = seen.elements[0];
    [
        pins.offered.is_some().into(),
        seen.source_ready.into(),
        offered.1.into(),
        offered.0,
        seen.valid.into(),
        pins.sink_ready.into(),
        seen.last.into(),
        data,
        user.into(),
    ]
}

impl Engine for SimulatorEngine {
    fn name(&self) -> &'static str {
        "svdforge"
    }

    fn run(&mut self, stimulus: &Stimulus) -> Result<Trace, EngineError> {
        let limits = self.limits;
        if let Some(inside) = &mut self.inside {
            inside.begin();
        }
        let trace = drive(self, stimulus, limits).map_err(|halt| match halt {
            Halt::Failed(error) => error,
            Halt::Stuck { cycles, found } => EngineError::Stuck { cycles, found, expected: stimulus.frames() },
        });
        let (wrapped, _) = self.simulator.wrapped();
        debug_assert!(wrapped.is_empty(), "These sums have wrapped around: {wrapped:?}");
        trace
    }

    fn run_seeing_rotations(&mut self, stimulus: &Stimulus) -> Result<(Trace, Option<SeenRotations>), EngineError> {
        self.rotations = Some(SeenRotations::new(self.memories));
        let trace = self.run(stimulus);
        let rotations = self.rotations.take();
        Ok((trace?, rotations))
    }
}
