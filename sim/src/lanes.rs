//! Several copies of a design that run side by side in vector instructions.

use crate::emit_lanes::LANES as NARROW;
use crate::error::SimError;
use crate::flatten::{Flat, WritePort};
use crate::layout::{Cell, Layout};
use crate::machine::Machine;
use crate::simulator::{InputPort, OutputPort, SeenMemory, Written, find_memory, flat, input_ports, output_ports};
use crate::state::{StateBit, StateElement, States};
use crate::wide;
use svdforge_hdl::check::Checked;
use svdforge_hdl::ir::{Design, mask, signed_value};

/// Copies of a design, the lanes. Each has its own inputs, reset, registers and memories, and does in every cycle
/// exactly what a [`crate::Simulator`] does with the same inputs.
pub struct Lanes {
    machine: Machine,
    inputs: Vec<(String, InputPort)>,
    outputs: Vec<(String, OutputPort)>,
    memories: Vec<SeenMemory>,
    /// The registers and memories, if their bits can be flipped.
    states: States,
    /// The cell that tells the compiled code which lanes are in reset, if it knows that.
    reset: Option<Cell>,
    /// The lanes that are in reset, with one bit for each.
    in_reset: u16,
}

impl Lanes {
    /// The number of lanes.
    pub const COUNT: usize = wide::LANES;

    /// Lanes of a design at power-up. `memories` are those whose writes are observed, as in
    /// [`crate::Observe::memories`].
    ///
    /// # Errors
    ///
    /// The design is too large, it cannot be compiled for this computer, or a memory to observe does not exist or is
    /// never written.
    pub fn new(design: &Checked<Design>, memories: &[&str]) -> Result<Self, SimError> {
        Self::with(design, memories, wide::is_supported(), false)
    }

    /// Lanes of a design in which bits of registers and memories can be flipped ([`Self::flip`]). Nothing is then taken
    /// for granted about the numbers in registers, so that whatever follows from a flipped bit is what hardware would
    /// do.
    ///
    /// # Errors
    ///
    /// As for [`Self::new`].
    pub fn with_state(design: &Checked<Design>) -> Result<Self, SimError> {
        Self::with(design, &[], wide::is_supported(), true)
    }

    /// The same with vectors of 128 bits.
    ///
    /// # Errors
    ///
    /// As for [`Self::new`].
    pub fn with_state_and_short_vectors(design: &Checked<Design>) -> Result<Self, SimError> {
        Self::with(design, &[], false, true)
    }

    /// The same with vectors of 128 bits, which every supported processor has. They are for processors without AVX-512,
    /// and for numbers of more than 64 bits.
    ///
    /// # Errors
    ///
    /// As for [`Self::new`].
    pub fn with_short_vectors(design: &Checked<Design>, memories: &[&str]) -> Result<Self, SimError> {
        Self::with(design, memories, false, false)
    }

    /// Whether this processor has vectors of 512 bits.
    pub fn has_long_vectors() -> bool {
        wide::is_supported()
    }

    /// The size of the vectors, in bits.
    pub fn vector_bits(&self) -> usize {
        if self.reset.is_none() { 32 * wide::LANES } else { 32 * NARROW }
    }

    fn with(design: &Checked<Design>, memories: &[&str], wide: bool, any_state: bool) -> Result<Self, SimError> {
        let Flat { graph, inputs, outputs, root, .. } = flat(design, &[], any_state);
        let memories: Vec<&WritePort> =
            memories.iter().map(|path| find_memory(&root, path)).collect::<Result<_, _>>()?;
        let observed: Vec<_> = memories.iter().flat_map(|m| [m.enable, m.address, m.data]).collect();
        let layout = |lanes| Layout::new(&graph, outputs.iter().map(|port| port.value), &observed, lanes);
        let assembled =
            wide.then(|| layout(wide::LANES)).and_then(|layout| Some((wide::assemble(&graph, &layout)?, layout)));
        let (machine, layout, reset) = match assembled {
            Some((assembled, layout)) => (Machine::wide(&graph, &layout, &assembled)?, layout, None),
            None => {
                let layout = layout(NARROW);
                let reset = layout.reset;
                (Machine::new(&graph, &layout, Self::COUNT / NARROW)?, layout, Some(reset))
            }
        };
        Ok(Self {
            machine,
            inputs: input_ports(&graph, &layout, inputs),
            outputs: output_ports(&graph, &layout, outputs),
            memories: memories.into_iter().map(|port| SeenMemory::new(port, &layout)).collect(),
            states: if any_state { States::new(&root, &layout) } else { States::default() },
            reset,
            in_reset: 0,
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

    /// Sets an input of a lane to a bit pattern, of which the port takes its lowest bits.
    pub fn poke(&mut self, lane: usize, port: InputPort, bits: u128) {
        if let Some(cell) = port.cell {
            self.machine.write(cell, lane, signed_value(bits & mask(port.width), port.width));
        }
    }

    /// Asserts the reset of a lane or releases it.
    pub fn set_reset(&mut self, lane: usize, asserted: bool) {
        let bit = 1 << lane;
        if (self.in_reset & bit != 0) != asserted {
            self.in_reset ^= bit;
            if let Some(cell) = self.reset {
                self.machine.write(cell, lane, -i128::from(asserted));
            }
        }
    }

    /// Simulates one clock cycle of all lanes.
    pub fn step(&mut self) {
        self.machine.compute(self.in_reset);
        self.machine.advance();
    }

    /// All registers and memories that an output depends on, if the lanes were made by [`Self::with_state`].
    pub fn state(&self) -> &[StateElement] {
        &self.states.elements
    }

    /// The bits that a register, or a word of a memory, holds in a lane.
    pub fn state_value(&self, lane: usize, element: usize, word: usize) -> u128 {
        self.states.value(&self.machine, lane, element, word)
    }

    /// Flips a bit of a register or memory of a lane between two cycles.
    ///
    /// # Panics
    ///
    /// If there is no such bit in [`Self::state`].
    pub fn flip(&mut self, lane: usize, bit: StateBit) {
        self.states.flip(&mut self.machine, lane, bit);
    }

    /// Sets all registers and memories in [`Self::state`] to 0 in a lane, as they are at power-up.
    pub fn power_up(&mut self, lane: usize) {
        self.states.clear(&mut self.machine, lane);
    }

    /// The bits of an output of a lane, after the last clock edge.
    pub fn peek(&self, lane: usize, port: OutputPort) -> u128 {
        port.register.map_or(0, |cell| self.machine.register(cell, lane)) as u128 & mask(port.width)
    }

    /// The lanes in which an output is not 0, with one bit for each.
    pub fn set(&self, port: OutputPort) -> u16 {
        port.register.map_or(0, |cell| self.machine.set(self.machine.present(cell)))
    }

    /// The lanes in which the clock edge of the last step has written to a memory, with one bit for each. The memory is
    /// given by its index among the observed ones.
    pub fn set_written(&self, memory: usize) -> u16 {
        self.memories.get(memory).map_or(0, |memory| self.machine.set(memory.enable))
    }

    /// What the clock edge of the last step has written to a memory of a lane, if anything.
    pub fn written(&self, lane: usize, memory: usize) -> Option<Written> {
        self.memories.get(memory)?.written(&self.machine, lane)
    }
}
