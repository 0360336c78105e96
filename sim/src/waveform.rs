//! Writes waveforms in the VCD format, with the hierarchy and the names of the design.

use crate::error::SimError;
use crate::layout::Cell;
use crate::names::Names;
use crate::simulator::Simulator;
use std::io::Write;
use vcd::{IdCode, TimescaleUnit, Value, VarType, Writer};

/// The length of a clock cycle, in time units of the file. The clock rises at the start of a cycle and falls in its
/// middle.
pub const CYCLE: u64 = 10;

/// A VCD file that is being written. Each cycle adds only what has changed since the cycle before.
///
/// All values of a cycle appear at its start, right after the clock edge. They are the registers and everything that is
/// computed from them and from the inputs until the next edge.
pub struct Waveform<W: Write> {
    writer: Writer<W>,
    clock: IdCode,
    reset: IdCode,
    signals: Vec<Signal>,
    first_cycle: u64,
    was_in_reset: Option<bool>,
}

struct Signal {
    id: IdCode,
    cell: Cell,
    width: u32,
    last: Option<u128>,
}

impl<W: Write> Waveform<W> {
    /// Begins a waveform at the present cycle of the simulator, which becomes time 0.
    ///
    /// # Errors
    ///
    /// The simulator does not observe names, or the sink cannot be written.
    pub fn start(sink: W, simulator: &Simulator) -> Result<Self, SimError> {
        let names = simulator.names().ok_or(SimError::NotObservable)?;
        let mut writer = Writer::new(sink);
        writer.timescale(1, TimescaleUnit::NS)?;
        writer.add_module(&names.scope)?;
        let clock = writer.add_wire(1, "aclk")?;
        let reset = writer.add_wire(1, "aresetn")?;
        let mut signals = Vec::new();
        declare(&mut writer, names, &mut signals)?;
        writer.upscope()?;
        writer.enddefinitions()?;
        Ok(Self { writer, clock, reset, signals, first_cycle: simulator.cycle(), was_in_reset: None })
    }

    /// Writes the values after the last clock edge and flushes the sink.
    ///
    /// # Errors
    ///
    /// The sink cannot be written.
    pub fn finish(mut self, simulator: &mut Simulator) -> Result<(), SimError> {
        simulator.settle();
        self.sample(simulator)?;
        Ok(self.writer.flush()?)
    }

    /// Writes what has changed. The combinational values of the simulator must be settled.
    fn sample(&mut self, simulator: &Simulator) -> Result<(), SimError> {
        let start = (simulator.cycle() - self.first_cycle) * CYCLE;
        self.writer.timestamp(start)?;
        self.writer.change_scalar(self.clock, Value::V1)?;
        let in_reset = simulator.is_in_reset();
        if self.was_in_reset.replace(in_reset) != Some(in_reset) {
            self.writer.change_scalar(self.reset, !in_reset)?;
        }
        for signal in &mut self.signals {
            let bits = simulator.bits(signal.cell, signal.width);
            if signal.last.replace(bits) == Some(bits) {
                continue;
            }
            if signal.width == 1 {
                self.writer.change_scalar(signal.id, bits == 1)?;
            } else {
                let digits = (0..signal.width).rev().map(|k| Value::from(bits >> k & 1 == 1));
                self.writer.change_vector(signal.id, digits)?;
            }
        }
        self.writer.timestamp(start + CYCLE / 2)?;
        self.writer.change_scalar(self.clock, Value::V0)?;
        Ok(())
    }
}

impl Simulator {
    /// Simulates one clock cycle and writes its settled values to a waveform.
    ///
    /// # Errors
    ///
    /// The sink of the waveform cannot be written.
    pub fn step_recorded<W: Write>(&mut self, waveform: &mut Waveform<W>) -> Result<(), SimError> {
        self.compute();
        waveform.sample(self)?;
        self.advance();
        Ok(())
    }
}

fn declare<W: Write>(writer: &mut Writer<W>, names: &Names, signals: &mut Vec<Signal>) -> std::io::Result<()> {
    for &(ref name, cell, width) in &names.signals {
        let id = writer.add_var(VarType::Wire, width, name, None)?;
        signals.push(Signal { id, cell, width, last: None });
    }
    for child in &names.children {
        writer.add_module(&child.scope)?;
        declare(writer, child, signals)?;
        writer.upscope()?;
    }
    Ok(())
}
