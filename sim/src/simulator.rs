//! The simulator as its users see it: ports, reset and clock.

use crate::error::SimError;
use crate::flatten::{Flat, NamedValue, Scope, WritePort, flatten};
use crate::graph::{Graph, Origin, Value};
use crate::layout::{Cell, Layout};
use crate::machine::Machine;
use crate::names::Names;
use crate::state::{StateBit, StateElement, States};
use crate::watch::{Extremes, Watch};
use svdforge_hdl::check::Checked;
use svdforge_hdl::ir::{Design, mask, signed_value};

/// The largest number of passes over the hierarchy. Each pass knows the ranges of registers better than the one before.
const PASSES: usize = 3;

/// An input port of a simulated design.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InputPort {
    /// `None` if nothing depends on the port.
    pub(crate) cell: Option<Cell>,
    pub(crate) width: u32,
}

impl InputPort {
    /// The width of the port, in bits.
    pub fn width(self) -> u32 {
        self.width
    }
}

/// An output port of a simulated design.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutputPort {
    /// `None` if the output is always 0.
    pub(crate) register: Option<Cell>,
    pub(crate) width: u32,
}

impl OutputPort {
    /// The width of the port, in bits.
    pub fn width(self) -> u32 {
        self.width
    }
}

/// What to observe inside a design, besides its ports. Everything observed makes the simulation slower.
#[derive(Clone, Copy, Debug, Default)]
pub struct Observe<'a> {
    /// Whether all named nodes are observed, as waveforms need it.
    pub names: bool,
    /// The names of modules whose sums should never wrap around ([`Simulator::wrapped`]). If there are any, the
    /// extremes of all named nodes are recorded, too ([`Simulator::extremes`]).
    pub guarded: &'a [&'a str],
    /// Memories whose writes are observed ([`Simulator::written`]). Each is given by the names of the instances below
    /// the top module and of the memory, with dots between them.
    pub memories: &'a [&'a str],
    /// Named nodes whose values are observed ([`Simulator::signal`]). Each is given by the names of the instances below
    /// the top module and of the node, with dots between them.
    pub signals: &'a [&'a str],
    /// Whether bits of registers and memories can be flipped ([`Simulator::flip`]). Nothing is then taken for granted
    /// about the numbers in registers, so that whatever follows from a flipped bit is what hardware would do.
    pub state: bool,
}

/// A write to a memory at a clock edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written {
    /// The address.
    pub address: usize,
    /// The bits of the word.
    pub word: u128,
}

/// The places of the values at an observed memory's write port.
pub(crate) struct SeenMemory {
    pub enable: Cell,
    address: Cell,
    data: Cell,
    /// The widths of an address and of a word, in bits.
    widths: (u32, u32),
}

impl SeenMemory {
    pub fn new(port: &WritePort, layout: &Layout) -> Self {
        let place = |value: Value| layout.observed[&value];
        Self { enable: place(port.enable), address: place(port.address), data: place(port.data), widths: port.widths }
    }

    /// What the last clock edge has written in a lane.
    pub fn written(&self, machine: &Machine, lane: usize) -> Option<Written> {
        let bits = |cell, width| machine.read(cell, lane) as u128 & mask(width);
        (machine.read(self.enable, lane) != 0).then(|| Written {
            address: bits(self.address, self.widths.0) as usize,
            word: bits(self.data, self.widths.1),
        })
    }
}

/// A design in operation.
pub struct Simulator {
    machine: Machine,
    inputs: Vec<(String, InputPort)>,
    outputs: Vec<(String, OutputPort)>,
    /// The names of all signals, if they are observed.
    names: Option<Names>,
    watch: Option<Watch>,
    memories: Vec<SeenMemory>,
    /// The places and the widths of the observed nodes.
    signals: Vec<(Cell, u32)>,
    /// The registers and memories, if their bits can be flipped.
    states: States,
    in_reset: bool,
    cycle: u64,
}

impl Simulator {
    /// A simulator of a design at power-up: registers, memories and inputs are 0, and `aresetn` is 1.
    ///
    /// Whatever no output depends on is left out.
    ///
    /// # Errors
    ///
    /// The design is too large, or it cannot be compiled for this computer.
    pub fn new(design: &Checked<Design>) -> Result<Self, SimError> {
        Self::observing(design, &Observe::default())
    }

    /// A simulator as from [`Simulator::new`] that observes more than the ports.
    ///
    /// # Errors
    ///
    /// As for [`Simulator::new`], and if a memory to observe does not exist or is never written, or a node
    /// to observe does not exist.
    pub fn observing(design: &Checked<Design>, observe: &Observe<'_>) -> Result<Self, SimError> {
        let Flat { graph, inputs, outputs, root, guards } = flat(design, observe.guarded, observe.state);
        let has_names = observe.names || !observe.guarded.is_empty();
        let memories: Vec<&WritePort> =
            observe.memories.iter().map(|path| find_memory(&root, path)).collect::<Result<_, _>>()?;
        let mut observed: Vec<Value> = guards.iter().map(|guard| guard.1).collect();
        observed.extend(memories.iter().flat_map(|m| [m.enable, m.address, m.data]));
        let signals: Vec<&NamedValue> =
            observe.signals.iter().map(|path| find_signal(&root, path)).collect::<Result<_, _>>()?;
        observed.extend(signals.iter().map(|signal| signal.value));
        if has_names {
            add_named(&root, &mut observed);
        }
        let layout = Layout::new(&graph, outputs.iter().map(|port| port.value), &observed, 1);
        let machine = Machine::new(&graph, &layout, 1)?;
        let memories = memories.into_iter().map(|port| SeenMemory::new(port, &layout)).collect();
        let place = |value: Value| layout.observed[&value];
        let signals = signals.into_iter().map(|signal| (place(signal.value), signal.width)).collect();
        let names = has_names.then(|| Names::new(&root, &layout));
        let guards = guards.into_iter().map(|(place, value)| (place, layout.observed[&value])).collect();
        let watch = names.as_ref().filter(|_| !observe.guarded.is_empty()).map(|names| Watch::new(names, guards));
        let states = if observe.state { States::new(&root, &layout) } else { States::default() };
        Ok(Self {
            machine,
            inputs: input_ports(&graph, &layout, inputs),
            outputs: output_ports(&graph, &layout, outputs),
            names,
            watch,
            memories,
            signals,
            states,
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

    /// Sets an input to a bit pattern, of which the port takes its lowest bits. The input keeps it until the next poke.
    pub fn poke(&mut self, port: InputPort, bits: u128) {
        if let Some(cell) = port.cell {
            self.machine.write(cell, 0, signed_value(bits & mask(port.width), port.width));
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

    /// Simulates one clock cycle: the combinational nodes settle, then the rising edge updates memories and registers.
    pub fn step(&mut self) {
        self.compute();
        if let Some(watch) = &mut self.watch {
            watch.sample(&self.machine);
        }
        self.advance();
    }

    /// What the clock edge of the last step has written to a memory, if anything. The memory is given by its index in
    /// [`Observe::memories`].
    pub fn written(&self, memory: usize) -> Option<Written> {
        self.memories.get(memory)?.written(&self.machine, 0)
    }

    /// The bits that an observed node had in the cycle of the last step. The node is given by its index in
    /// [`Observe::signals`].
    pub fn signal(&self, number: usize) -> Option<u128> {
        self.signals.get(number).map(|&(cell, width)| self.bits(cell, width))
    }

    /// The extremes of each named node so far, read as a signed number. They are recorded only if sums are guarded.
    pub fn extremes(&self) -> &[Extremes] {
        self.watch.as_ref().map_or(&[], |watch| watch.extremes())
    }

    /// The guarded sums that have wrapped around so far, and the number of all guarded sums.
    pub fn wrapped(&self) -> (Vec<&str>, usize) {
        self.watch.as_ref().map_or((Vec::new(), 0), Watch::wrapped)
    }

    /// All registers and memories that an output depends on, if [`Observe::state`] was set.
    pub fn state(&self) -> &[StateElement] {
        &self.states.elements
    }

    /// The bits that a register, or a word of a memory, holds now.
    pub fn state_value(&self, element: usize, word: usize) -> u128 {
        self.states.value(&self.machine, 0, element, word)
    }

    /// Flips a bit of a register or memory between two cycles.
    ///
    /// # Panics
    ///
    /// If there is no such bit in [`Self::state`].
    pub fn flip(&mut self, bit: StateBit) {
        self.states.flip(&mut self.machine, 0, bit);
    }

    /// The bits of an output, after the last clock edge.
    pub fn peek(&self, port: OutputPort) -> u128 {
        self.peek_signed(port) as u128 & mask(port.width)
    }

    /// The two's complement number at an output, after the last clock edge.
    pub fn peek_signed(&self, port: OutputPort) -> i128 {
        port.register.map_or(0, |cell| self.machine.register(cell, 0))
    }

    /// The number of clock edges so far.
    pub fn cycle(&self) -> u64 {
        self.cycle
    }

    pub(crate) fn names(&self) -> Option<&Names> {
        self.names.as_ref()
    }

    pub(crate) fn settle(&mut self) {
        self.machine.settle();
    }

    /// The first half of a cycle: the combinational nodes settle.
    pub(crate) fn compute(&mut self) {
        self.machine.compute(self.in_reset.into());
    }

    /// The second half: the rising edge updates memories and registers.
    pub(crate) fn advance(&mut self) {
        self.machine.advance();
        self.cycle += 1;
    }

    pub(crate) fn bits(&self, cell: Cell, width: u32) -> u128 {
        self.machine.read(cell, 0) as u128 & mask(width)
    }

    pub(crate) fn is_in_reset(&self) -> bool {
        self.in_reset
    }
}

/// Flattens a design until a pass learns nothing more about the registers, but at most [`PASSES`] times. If `any_state`
/// is set, there is only one pass, after which registers may hold whatever fits their widths.
pub(crate) fn flat(design: &Design, guarded: &[&str], any_state: bool) -> Flat {
    let mut flat = flatten(design, &[], guarded);
    let mut known = Vec::new();
    for _ in 1..if any_state { 1 } else { PASSES } {
        let ranges = flat.graph.state_ranges();
        if ranges == known {
            break;
        }
        flat = flatten(design, &ranges, guarded);
        known = ranges;
    }
    flat
}

pub(crate) fn find_memory<'a>(root: &'a Scope, path: &str) -> Result<&'a WritePort, SimError> {
    let (scope, name) = find_scope(root, path);
    let memory = scope.and_then(|scope| scope.memories.iter().find(|memory| memory.name == name));
    memory.ok_or_else(|| SimError::NoMemory(path.to_owned()))
}

fn find_signal<'a>(root: &'a Scope, path: &str) -> Result<&'a NamedValue, SimError> {
    let (scope, name) = find_scope(root, path);
    let signal = scope.and_then(|scope| scope.signals.iter().find(|signal| signal.name == name));
    signal.ok_or_else(|| SimError::NoSignal(path.to_owned()))
}

/// The instance in which the last part of a path is named, and that part.
fn find_scope<'a, 'p>(root: &'a Scope, path: &'p str) -> (Option<&'a Scope>, &'p str) {
    let (instances, name) = path.rsplit_once('.').map_or((None, path), |(instances, name)| (Some(instances), name));
    let mut parts = instances.into_iter().flat_map(|instances| instances.split('.'));
    (parts.try_fold(root, |scope, part| scope.children.iter().find(|child| child.name == part)), name)
}

pub(crate) fn input_ports(graph: &Graph, layout: &Layout, ports: Vec<NamedValue>) -> Vec<(String, InputPort)> {
    let place = |value: Value| match graph.origin(value) {
        Origin::Input(number) => layout.inputs.get(&number).copied(),
        _ => unreachable!("An input port's value is the input."),
    };
    ports.into_iter().map(|port| (port.name, InputPort { cell: place(port.value), width: port.width })).collect()
}

pub(crate) fn output_ports(graph: &Graph, layout: &Layout, ports: Vec<NamedValue>) -> Vec<(String, OutputPort)> {
    let place = |value: Value| register(graph, layout, value);
    ports.into_iter().map(|port| (port.name, OutputPort { register: place(port.value), width: port.width })).collect()
}

fn add_named(scope: &Scope, observed: &mut Vec<Value>) {
    observed.extend(scope.signals.iter().map(|port| port.value));
    scope.children.iter().for_each(|child| add_named(child, observed));
}

/// The register behind an output. There is none if the output is always 0, because it has then become a constant.
fn register(graph: &Graph, layout: &Layout, value: Value) -> Option<Cell> {
    match graph.origin(value) {
        Origin::State(number) => Some(layout.states[&(number as usize)]),
        _ => None,
    }
}
