//! The project's own simulator as an engine.

use super::contract::Engine;
use super::drive::{Halt, Limits, MOST_ELEMENTS, Pins, Ports, Seen, drive};
use super::error::EngineError;
use super::inside::{Recorder, SeenInside, StreamValues};
use super::rotations::SeenRotations;
use crate::framing::InputElement;
use crate::stimulus::{Stimulus, Trace};
use svdforge_hdl::architecture::architecture;
use svdforge_hdl::architecture::probe::Probe;
use svdforge_hdl::core::Core;
use svdforge_hdl::formats::{BeatFormat, Streams};
use svdforge_hdl::interface::port;
use svdforge_sim::{InputPort, Observe, OutputPort, SimError, Simulator, Waveform, Waves};

/// A core in the simulator. It can run any number of stimuli.
pub struct SimulatorEngine {
    simulator: Simulator,
    inputs: Inputs,
    outputs: Outputs,
    limits: Limits,
    /// The number of observed memories from which rotations are read.
    memories: usize,
    waveform: Option<Waveform<'static>>,
    /// The rotations recorded so far, while a run records them.
    rotations: Option<SeenRotations>,
    /// Records the inside of the core, if it is traced.
    inside: Option<Recorder>,
}

struct Inputs {
    data: Vec<InputPort>,
    /// For each element of a beat, if there is `tkeep`.
    keep: Vec<InputPort>,
    valid: InputPort,
    last: InputPort,
    ready: InputPort,
}

struct Outputs {
    ready: OutputPort,
    data: Vec<OutputPort>,
    /// For each element of a beat, if there is `tkeep`.
    keep: Vec<OutputPort>,
    valid: OutputPort,
    last: OutputPort,
    user: Vec<OutputPort>,
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
        let Streams { input: from, output: to, keep } = *core.shape().streams();
        let keeps = |port, beat: BeatFormat| if keep { port::parts_of_keep(port, beat.elements) } else { vec![] };
        let input = |name: &str| simulator.input(name).expect("Every core has the ports of its interface.");
        let output = |name: &str| simulator.output(name).expect("Every core has the ports of its interface.");
        let inputs = Inputs {
            data: port::parts(port::INPUT_DATA, from.elements).iter().map(|part| input(part)).collect(),
            keep: keeps(port::INPUT_KEEP, from).iter().map(|part| input(part)).collect(),
            valid: input(port::INPUT_VALID),
            last: input(port::INPUT_LAST),
            ready: input(port::OUTPUT_READY),
        };
        let outputs = Outputs {
            ready: output(port::INPUT_READY),
            data: port::parts(port::OUTPUT_DATA, to.elements).iter().map(|part| output(part)).collect(),
            keep: keeps(port::OUTPUT_KEEP, to).iter().map(|part| output(part)).collect(),
            valid: output(port::OUTPUT_VALID),
            last: output(port::OUTPUT_LAST),
            user: port::parts(port::OUTPUT_USER, to.elements).iter().map(|part| output(part)).collect(),
        };
        Self {
            simulator,
            inputs,
            outputs,
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

fn probe(core: &Core) -> Probe {
    architecture(core.shape().arch()).probe(core.shape())
}

impl Ports for SimulatorEngine {
    type Error = EngineError;

    fn cycle(&mut self, pins: Pins<'_>) -> Result<Seen, EngineError> {
        let (sim, inputs, outputs) = (&mut self.simulator, &self.inputs, &self.outputs);
        sim.set_reset(!pins.aresetn);
        if let Some(beat) = pins.offered {
            for (number, &port) in inputs.keep.iter().enumerate() {
                let is_kept = beat.get(number).is_some_and(|element| element.kept);
                sim.poke_signed(port, -i128::from(is_kept));
            }
            for (element, &port) in beat.iter().zip(&inputs.data) {
                sim.poke_signed(port, element.data.into());
            }
            sim.poke(inputs.last, beat.iter().any(|element| element.last).into());
        }
        sim.poke(inputs.valid, pins.offered.is_some().into());
        sim.poke(inputs.ready, pins.sink_ready.into());
        let mut seen = Seen {
            source_ready: sim.peek(outputs.ready) == 1,
            valid: sim.peek(outputs.valid) == 1,
            last: sim.peek(outputs.last) == 1,
            count: 1,
            elements: [(0, 0); MOST_ELEMENTS],
        };
        if seen.valid {
            if !outputs.keep.is_empty() {
                let is_kept = |&port: &OutputPort| sim.peek(port) == 1;
                seen.count = outputs.keep.iter().take_while(|port| is_kept(port)).count();
                // Only the last beat of a frame may be partial, and none is empty or has a hole.
                let rest = &outputs.keep[seen.count..];
                if rest.iter().any(is_kept) || seen.count == 0 || (!rest.is_empty() && !seen.last) {
                    let kept: Vec<bool> = outputs.keep.iter().map(is_kept).collect();
                    let message = format!("an output beat has the elements {kept:?}, and tlast is {}", seen.last);
                    return Err(EngineError::Core { engine: "svdforge", message });
                }
            }
            for (element, (&data, &user)) in seen.elements.iter_mut().zip(outputs.data.iter().zip(&outputs.user)) {
                *element = (sim.peek(data) as u64, sim.peek(user) as u8);
            }
        }
        self.step()?;
        if let Some(inside) = self.inside.as_mut().filter(|_| pins.aresetn) {
            inside.sample(&self.simulator, stream_values(pins, seen));
        }
        Ok(seen)
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
