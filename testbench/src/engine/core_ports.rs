//! The ports of a core in the project's own simulator.

use super::drive::{MOST_ELEMENTS, Pins, Seen};
use super::error::EngineError;
use svdforge_hdl::core::Core;
use svdforge_hdl::formats::{BeatFormat, Streams};
use svdforge_hdl::interface::port;
use svdforge_sim::{InputPort, Lanes, OutputPort};

/// Something that has the ports of a simulated design.
pub(super) trait Access {
    /// Sets an input.
    fn poke(&mut self, port: InputPort, bits: u128);
    /// Reads an output.
    fn peek(&self, port: OutputPort) -> u128;
}

/// One lane of the simulator.
pub(super) struct OneLane<'a> {
    pub lanes: &'a mut Lanes,
    pub lane: usize,
}

impl Access for OneLane<'_> {
    fn poke(&mut self, port: InputPort, bits: u128) {
        self.lanes.poke(self.lane, port, bits);
    }

    fn peek(&self, port: OutputPort) -> u128 {
        self.lanes.peek(self.lane, port)
    }
}

/// The ports of the streams of a core.
pub(super) struct CorePorts {
    inputs: Inputs,
    outputs: Outputs,
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

impl CorePorts {
    /// The ports of a core, found by their names.
    pub fn new(
        core: &Core,
        input: impl Fn(&str) -> Option<InputPort>,
        output: impl Fn(&str) -> Option<OutputPort>,
    ) -> Self {
        let Streams { input: from, output: to, keep } = *core.shape().streams();
        let keeps = |port, beat: BeatFormat| if keep { port::parts_of_keep(port, beat.elements) } else { vec![] };
        let input = |name: &str| input(name).expect("Every core has the ports of its interface.");
        let output = |name: &str| output(name).expect("Every core has the ports of its interface.");
        Self {
            inputs: Inputs {
                data: port::parts(port::INPUT_DATA, from.elements).iter().map(|part| input(part)).collect(),
                keep: keeps(port::INPUT_KEEP, from).iter().map(|part| input(part)).collect(),
                valid: input(port::INPUT_VALID),
                last: input(port::INPUT_LAST),
                ready: input(port::OUTPUT_READY),
            },
            outputs: Outputs {
                ready: output(port::INPUT_READY),
                data: port::parts(port::OUTPUT_DATA, to.elements).iter().map(|part| output(part)).collect(),
                keep: keeps(port::OUTPUT_KEEP, to).iter().map(|part| output(part)).collect(),
                valid: output(port::OUTPUT_VALID),
                last: output(port::OUTPUT_LAST),
                user: port::parts(port::OUTPUT_USER, to.elements).iter().map(|part| output(part)).collect(),
            },
        }
    }

    /// The output that tells whether the core offers a beat.
    pub fn valid(&self) -> OutputPort {
        self.outputs.valid
    }

    /// The output that tells whether the core takes a beat.
    pub fn ready(&self) -> OutputPort {
        self.outputs.ready
    }

    /// Sets the inputs, apart from the reset.
    pub fn poke(&self, core: &mut impl Access, pins: Pins<'_>) {
        let inputs = &self.inputs;
        if let Some(beat) = pins.offered {
            for (number, &port) in inputs.keep.iter().enumerate() {
                let is_kept = beat.get(number).is_some_and(|element| element.kept);
                // The port has a bit for each byte of the element.
                core.poke(port, if is_kept { u128::MAX } else { 0 });
            }
            for (element, &port) in beat.iter().zip(&inputs.data) {
                core.poke(port, i128::from(element.data) as u128);
            }
            core.poke(inputs.last, beat.iter().any(|element| element.last).into());
        }
        core.poke(inputs.valid, pins.offered.is_some().into());
        core.poke(inputs.ready, pins.sink_ready.into());
    }

    /// Sets the reset and the inputs of a lane.
    pub fn set(&self, lanes: &mut Lanes, lane: usize, pins: Pins<'_>) {
        lanes.set_reset(lane, !pins.aresetn);
        self.poke(&mut OneLane { lanes, lane }, pins);
    }

    /// The outputs. It is an error if a beat is none that the core may offer.
    pub fn peek(&self, core: &impl Access) -> Result<Seen, EngineError> {
        let (seen, is_whole) = self.look(core);
        if !is_whole {
            let kept: Vec<bool> = self.outputs.keep.iter().map(|&port| core.peek(port) == 1).collect();
            let message = format!("an output beat has the elements {kept:?}, and tlast is {}", seen.last);
            return Err(EngineError::Core { engine: "svdforge", message });
        }
        Ok(seen)
    }

    /// The outputs, and whether a beat is one that the core may offer. If not, it has the elements up to the first one
    /// that is missing.
    pub fn look(&self, core: &impl Access) -> (Seen, bool) {
        let outputs = &self.outputs;
        let is_set = |port: OutputPort| core.peek(port) == 1;
        let mut is_whole = true;
        let mut seen = Seen {
            source_ready: is_set(outputs.ready),
            valid: is_set(outputs.valid),
            last: is_set(outputs.last),
            count: 1,
            elements: [(0, 0); MOST_ELEMENTS],
        };
        if seen.valid {
            if !outputs.keep.is_empty() {
                let is_kept = |&port: &OutputPort| is_set(port);
                seen.count = outputs.keep.iter().take_while(|port| is_kept(port)).count();
                // Only the last beat of a frame may be partial, and none is empty or has a hole.
                let rest = &outputs.keep[seen.count..];
                is_whole = !rest.iter().any(is_kept) && seen.count > 0 && (rest.is_empty() || seen.last);
            }
            for (element, (&data, &user)) in seen.elements.iter_mut().zip(outputs.data.iter().zip(&outputs.user)) {
                *element = (core.peek(data) as u64, core.peek(user) as u8);
            }
        }
        (seen, is_whole)
    }
}
