//! The simulator's face: ports, reset, clock.

use crate::compile::compile;
use crate::error::SimError;
use crate::flatten::{Flat, Port, Scope, flatten};
use crate::graph::Value;
use crate::layout::Layout;
use crate::machine::{Machine, TapeMachine};
use crate::tape::Slot;
use crate::waveform::Waveform;
use std::io::Write;
use svdforge_hdl::check::Checked;
use svdforge_hdl::ir::{Design, mask, signed_value};

/// Passes over the hierarchy: each one knows the ranges of registers better than the one before.
const PASSES: usize = 3;

/// Registers that share an enable, from which on asking for it once beats a multiplexer for each.
const SMALLEST_GATED_GROUP: usize = 6;

/// Slots behind 16-bit slot numbers, and behind the 32-bit ones of larger designs.
const SMALL: usize = 1 << 16;
const LARGE: usize = 1 << 24;

/// An input port of a simulated design.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InputPort {
    slot: Option<Slot>,
    width: u32,
}

impl InputPort {
    /// Bits.
    pub fn width(self) -> u32 {
        self.width
    }
}

/// An output port of a simulated design.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutputPort {
    slot: Slot,
    width: u32,
}

impl OutputPort {
    /// Bits.
    pub fn width(self) -> u32 {
        self.width
    }
}

/// A design in operation.
pub struct Simulator {
    machine: Box<dyn Machine>,
    inputs: Vec<(String, InputPort)>,
    outputs: Vec<(String, OutputPort)>,
    /// All names, if they were kept.
    names: Option<Names>,
    in_reset: bool,
    cycle: u64,
}

/// The named signals of one instance: name, where its value stands, bits.
pub(crate) struct Names {
    pub scope: String,
    pub signals: Vec<(String, Slot, u32)>,
    pub children: Vec<Names>,
}

impl Simulator {
    /// A simulator of a design at power-up: registers and memories hold 0, inputs are 0, `aresetn` is 1.
    ///
    /// What no output depends on is left out.
    pub fn new(design: &Checked<Design>) -> Result<Self, SimError> {
        Self::build(design, false)
    }

    /// A simulator that keeps every named node, for waveforms; somewhat slower.
    pub fn observable(design: &Checked<Design>) -> Result<Self, SimError> {
        Self::build(design, true)
    }

    fn build(design: &Checked<Design>, observable: bool) -> Result<Self, SimError> {
        let Flat { mut graph, inputs, outputs, root } = flat(design);
        graph.ungate_small_groups(SMALLEST_GATED_GROUP);
        let mut roots: Vec<Value> = outputs.iter().map(|port| port.value).collect();
        if observable {
            add_named(&root, &mut roots);
        }
        let mut layout = Layout::new(&graph, roots.into_iter());
        let tape = compile(&graph, &mut layout);
        let slots = layout.narrow.max(layout.wide) as usize;
        for (what, needed) in [("values", slots), ("memories and tables", graph.words.len())] {
            if needed > LARGE {
                return Err(SimError::TooLarge { what, needed, limit: LARGE });
            }
        }
        let machine: Box<dyn Machine> = if slots.max(graph.words.len()) <= SMALL {
            Box::new(TapeMachine::<u16, SMALL>::new(tape.resized()))
        } else {
            Box::new(TapeMachine::<u32, LARGE>::new(tape))
        };
        let slot = |port: &Port| layout.slots[port.value.index()];
        let input = |port: Port| (port.name.clone(), InputPort { slot: slot(&port), width: port.width });
        let output = |port: Port| {
            let slot = slot(&port).expect("Outputs are roots of the layout.");
            (port.name, OutputPort { slot, width: port.width })
        };
        Ok(Self {
            machine,
            inputs: inputs.into_iter().map(input).collect(),
            outputs: outputs.into_iter().map(output).collect(),
            names: observable.then(|| placed_names(&root, &layout)),
            in_reset: false,
            cycle: 0,
        })
    }

    /// An input port of the top module.
    pub fn input(&self, name: &str) -> Option<InputPort> {
        self.inputs.iter().find(|(found, _)| found == name).map(|(_, port)| *port)
    }

    /// An output port of the top module.
    pub fn output(&self, name: &str) -> Option<OutputPort> {
        self.outputs.iter().find(|(found, _)| found == name).map(|(_, port)| *port)
    }

    /// Sets an input to a bit pattern, of which the port takes its lowest bits. It keeps them until the next poke.
    pub fn poke(&mut self, port: InputPort, bits: u128) {
        if let Some(slot) = port.slot {
            self.machine.write(slot, signed_value(bits & mask(port.width), port.width));
        }
    }

    /// Sets an input to a two's complement number, of which the port takes its lowest bits.
    pub fn poke_signed(&mut self, port: InputPort, value: i128) {
        self.poke(port, value as u128);
    }

    /// Asserts the reset (`aresetn` = 0) or releases it. It takes effect at each clock edge while it is asserted.
    pub fn set_reset(&mut self, asserted: bool) {
        self.in_reset = asserted;
    }

    /// One clock cycle: the combinational nodes settle, then the rising edge updates memories and registers.
    pub fn step(&mut self) {
        self.machine.evaluate();
        self.machine.clock(self.in_reset);
        self.cycle += 1;
    }

    /// One clock cycle, whose settled values go into a waveform.
    pub fn step_recorded<W: Write>(&mut self, waveform: &mut Waveform<W>) -> Result<(), SimError> {
        self.machine.evaluate();
        waveform.sample(self)?;
        self.machine.clock(self.in_reset);
        self.cycle += 1;
        Ok(())
    }

    /// The bits of an output, after the last clock edge.
    pub fn peek(&self, port: OutputPort) -> u128 {
        self.machine.read(port.slot) as u128 & mask(port.width)
    }

    /// The two's complement number at an output, after the last clock edge.
    pub fn peek_signed(&self, port: OutputPort) -> i128 {
        self.machine.read(port.slot)
    }

    /// Clock edges so far.
    pub fn cycle(&self) -> u64 {
        self.cycle
    }

    /// Instructions that one cycle executes, and the batches that they form: what a cycle costs.
    pub fn size(&self) -> (usize, usize) {
        self.machine.size()
    }

    pub(crate) fn names(&self) -> Option<&Names> {
        self.names.as_ref()
    }

    pub(crate) fn settle(&mut self) {
        self.machine.evaluate();
    }

    pub(crate) fn bits(&self, slot: Slot, width: u32) -> u128 {
        self.machine.read(slot) as u128 & mask(width)
    }

    pub(crate) fn is_in_reset(&self) -> bool {
        self.in_reset
    }
}

/// Flattens until nothing more is learned about the registers, or three times.
fn flat(design: &Design) -> Flat {
    let mut flat = flatten(design, &[]);
    let mut known = Vec::new();
    for _ in 1..PASSES {
        let ranges = flat.graph.state_ranges();
        if ranges == known {
            break;
        }
        flat = flatten(design, &ranges);
        known = ranges;
    }
    flat
}

fn add_named(scope: &Scope, roots: &mut Vec<Value>) {
    roots.extend(scope.signals.iter().map(|port| port.value));
    scope.children.iter().for_each(|child| add_named(child, roots));
}

fn placed_names(scope: &Scope, layout: &Layout) -> Names {
    let place = |port: &Port| Some((port.name.clone(), layout.slots[port.value.index()]?, port.width));
    Names {
        scope: scope.name.clone(),
        signals: scope.signals.iter().filter_map(place).collect(),
        children: scope.children.iter().map(|child| placed_names(child, layout)).collect(),
    }
}
