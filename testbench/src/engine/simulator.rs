//! The project's own simulator as an engine.

use super::{RESET_CYCLES, Source, Stimulus, Trace};
use crate::framing::OutputBeat;
use std::io::Write;
use svdforge_hdl::core::Core;
use svdforge_sim::{InputPort, OutputPort, SimError, Simulator, Waveform};

/// Why a simulation gave no trace.
#[derive(Debug, thiserror::Error)]
pub enum SimulatorError {
    /// The design cannot be simulated.
    #[error(transparent)]
    Simulator(#[from] SimError),
    /// The core did not deliver.
    #[error("after {cycles} cycles the core has delivered {found} of {expected} frames")]
    Stuck {
        /// Cycles simulated.
        cycles: u64,
        /// Frames delivered.
        found: usize,
        /// Frames expected.
        expected: usize,
    },
}

/// A core in the simulator, ports found; can run any number of stimuli.
pub struct SimulatorEngine {
    simulator: Simulator,
    inputs: Inputs,
    outputs: Outputs,
    cycle_limit: u64,
    waveform: Option<Waveform<Box<dyn Write>>>,
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
    pub fn new(core: &Core) -> Result<Self, SimulatorError> {
        Ok(Self::with(core, Simulator::new(&core.design)?, None))
    }

    /// Compiles a core for simulation, and writes the waves of everything that runs to a VCD file; somewhat slower.
    pub fn recording(core: &Core, sink: Box<dyn Write>) -> Result<Self, SimulatorError> {
        let simulator = Simulator::observable(&core.design)?;
        let waveform = Waveform::start(sink, &simulator)?;
        Ok(Self::with(core, simulator, Some(waveform)))
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
        Self { simulator, inputs, outputs, cycle_limit: core.cycle_limit(), waveform }
    }

    /// Resets the core and runs a stimulus to the last frame of its result.
    pub fn run(&mut self, stimulus: &Stimulus) -> Result<Trace, SimulatorError> {
        self.reset()?;
        let expected = stimulus.frames();
        let mut trace = Trace::default();
        let (mut source, mut found, mut cycle) = (Source::default(), 0, 0);
        // A stall pattern can stretch loading and unloading, beat by beat.
        let limit = (expected as u64 + 1) * self.cycle_limit + 64 * stimulus.beats.len() as u64;
        while found < expected {
            if cycle > limit {
                return Err(SimulatorError::Stuck { cycles: cycle, found, expected });
            }
            found += usize::from(self.cycle(stimulus, &mut source, cycle, &mut trace)?);
            cycle += 1;
        }
        Ok(trace)
    }

    fn reset(&mut self) -> Result<(), SimulatorError> {
        self.simulator.poke(self.inputs.valid, 0);
        self.simulator.poke(self.inputs.ready, 0);
        self.simulator.set_reset(true);
        for _ in 0..RESET_CYCLES {
            self.step()?;
        }
        self.simulator.set_reset(false);
        Ok(())
    }

    /// One clock cycle; whether it ended an output frame.
    fn cycle(
        &mut self,
        stimulus: &Stimulus,
        source: &mut Source,
        cycle: u64,
        trace: &mut Trace,
    ) -> Result<bool, SimulatorError> {
        let sim = &mut self.simulator;
        let offered = source.offer(stimulus, cycle);
        if let Some(beat) = offered {
            sim.poke_signed(self.inputs.data, beat.data.into());
            sim.poke(self.inputs.last, beat.last.into());
        }
        sim.poke(self.inputs.valid, offered.is_some().into());
        let sink_ready = stimulus.stalls.at(cycle).1;
        sim.poke(self.inputs.ready, sink_ready.into());
        // All outputs are registers: what they show now is what the clock edge sees.
        if offered.is_some() && sim.peek(self.outputs.ready) == 1 {
            trace.accepted.push(cycle);
            source.taken();
        }
        let mut ended = false;
        if sink_ready && sim.peek(self.outputs.valid) == 1 {
            let (data, user) = (sim.peek(self.outputs.data) as u64, sim.peek(self.outputs.user) as u8);
            ended = sim.peek(self.outputs.last) == 1;
            trace.output.push(OutputBeat { cycle, data, user, last: ended });
        }
        self.step()?;
        Ok(ended)
    }

    fn step(&mut self) -> Result<(), SimulatorError> {
        match &mut self.waveform {
            Some(waveform) => Ok(self.simulator.step_recorded(waveform)?),
            None => {
                self.simulator.step();
                Ok(())
            }
        }
    }
}
