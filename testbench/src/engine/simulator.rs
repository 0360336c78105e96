//! The project's own simulator as an engine.

use super::contract::Engine;
use super::drive::{Halt, Pins, Ports, Seen, drive};
use super::error::{EngineError, SimulatorError};
use super::rotations::{MEMORIES, Rotations};
use crate::stimulus::{Stimulus, Trace};
use std::io::Write;
use svdforge_hdl::architecture::serial::probe::ARITHMETIC;
use svdforge_hdl::core::Core;
use svdforge_sim::{InputPort, Observe, OutputPort, SimError, Simulator, Waveform};

/// A core in the simulator, ports found; can run any number of stimuli.
pub struct SimulatorEngine {
    simulator: Simulator,
    inputs: Inputs,
    outputs: Outputs,
    cycle_limit: u64,
    waveform: Option<Waveform<Box<dyn Write>>>,
    /// What is being gathered, if it is.
    rotations: Option<Rotations>,
}

struct Inputs {
    data: InputPort,
    valid: InputPort,
    last: InputPort,
    ready: InputPort,
}

struct Outputs {
    ready: OutputPort,
    data: OutputPort,
    valid: OutputPort,
    last: OutputPort,
    user: OutputPort,
}

impl SimulatorEngine {
    /// Compiles a core for simulation.
    ///
    /// In builds with debug assertions it is watched, and a sum that wraps around is a panic.
    pub fn new(core: &Core) -> Result<Self, SimulatorError> {
        if cfg!(debug_assertions) {
            return Self::watched(core);
        }
        Ok(Self::with(core, simulator(core, Observe::default())?, None))
    }

    /// Compiles a core for simulation, and writes the waves of everything that runs to a VCD file; somewhat slower.
    pub fn recording(core: &Core, sink: Box<dyn Write>) -> Result<Self, SimulatorError> {
        let simulator = simulator(core, Observe { names: true, ..Observe::default() })?;
        let waveform = Waveform::start(sink, &simulator)?;
        Ok(Self::with(core, simulator, Some(waveform)))
    }

    /// Compiles a core for simulation, and watches the ranges of its numbers; slower.
    pub fn watched(core: &Core) -> Result<Self, SimulatorError> {
        Ok(Self::with(core, simulator(core, Observe { guarded: ARITHMETIC, ..Observe::default() })?, None))
    }

    /// The simulator of the core, with what it has watched.
    pub fn simulator(&self) -> &Simulator {
        &self.simulator
    }

    /// Ends the recording, if there is one.
    pub fn finish(mut self) -> Result<(), SimulatorError> {
        match self.waveform.take() {
            Some(waveform) => Ok(waveform.finish(&mut self.simulator)?),
            None => Ok(()),
        }
    }

    fn with(core: &Core, simulator: Simulator, waveform: Option<Waveform<Box<dyn Write>>>) -> Self {
        let input = |name| simulator.input(name).expect("Every core has the ports of its contract.");
        let output = |name| simulator.output(name).expect("Every core has the ports of its contract.");
        let inputs = Inputs {
            data: input("s_axis_tdata"),
            valid: input("s_axis_tvalid"),
            last: input("s_axis_tlast"),
            ready: input("m_axis_tready"),
        };
        let outputs = Outputs {
            ready: output("s_axis_tready"),
            data: output("m_axis_tdata"),
            valid: output("m_axis_tvalid"),
            last: output("m_axis_tlast"),
            user: output("m_axis_tuser"),
        };
        Self { simulator, inputs, outputs, cycle_limit: core.cycle_limit(), waveform, rotations: None }
    }

    /// Resets the core and runs a stimulus to the last frame of its result.
    pub fn run(&mut self, stimulus: &Stimulus) -> Result<Trace, SimulatorError> {
        let patience = self.cycle_limit;
        let trace = drive(self, stimulus, patience).map_err(|halt| match halt {
            Halt::Failed(error) => error,
            Halt::Stuck { cycles, found } => SimulatorError::Stuck { cycles, found, expected: stimulus.frames() },
        });
        let (wrapped, _) = self.simulator.wrapped();
        debug_assert!(wrapped.is_empty(), "No sum leaves its width: {wrapped:?}");
        trace
    }

    /// The same with one frame, and the rotations that the core makes of it.
    pub fn run_seeing_rotations(&mut self, stimulus: &Stimulus) -> Result<(Trace, Rotations), SimulatorError> {
        self.rotations = Some(Rotations::default());
        let trace = self.run(stimulus);
        let rotations = self.rotations.take().unwrap_or_default();
        Ok((trace?, rotations))
    }

    fn step(&mut self) -> Result<(), SimulatorError> {
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
    Simulator::observing(&core.design, &Observe { memories: &MEMORIES, ..observe })
}

impl Ports for SimulatorEngine {
    type Error = SimulatorError;

    fn cycle(&mut self, pins: Pins) -> Result<Seen, SimulatorError> {
        let sim = &mut self.simulator;
        sim.set_reset(!pins.aresetn);
        if let Some(beat) = pins.offered {
            sim.poke_signed(self.inputs.data, beat.data.into());
            sim.poke(self.inputs.last, beat.last.into());
        }
        sim.poke(self.inputs.valid, pins.offered.is_some().into());
        sim.poke(self.inputs.ready, pins.sink_ready.into());
        let outputs = &self.outputs;
        let seen = Seen {
            source_ready: sim.peek(outputs.ready) == 1,
            valid: sim.peek(outputs.valid) == 1,
            data: sim.peek(outputs.data) as u64,
            user: sim.peek(outputs.user) as u8,
            last: sim.peek(outputs.last) == 1,
        };
        self.step()?;
        Ok(seen)
    }
}

impl Engine for SimulatorEngine {
    fn name(&self) -> &'static str {
        "svdforge"
    }

    fn run(&mut self, stimulus: &Stimulus) -> Result<Trace, EngineError> {
        Ok(SimulatorEngine::run(self, stimulus)?)
    }
}
