//! Writes waveforms, with the hierarchy and the names of the design, in the formats VCD and FST.

mod format;
mod fst;
mod vcd;

use crate::error::SimError;
use crate::layout::Cell;
use crate::names::Names;
use crate::simulator::Simulator;
pub use format::Target;
use format::{Format, Variable};
use fst::Fst;
use std::io::Write;
use vcd::Vcd;

/// The length of a clock cycle, in nanoseconds, which are the time unit of the file. The clock rises at the start of a
/// cycle and falls in its middle.
pub const CYCLE: u64 = 10;

/// A file of waveforms to be written: its format, and where it goes.
pub enum Waves<'a> {
    /// Value change dump, the text format of the Verilog standard.
    Vcd(Box<dyn Write + Send + 'a>),
    /// Fast signal trace, the compressed format of GTKWave.
    Fst(Box<dyn Target + 'a>),
}

/// Files of waveforms that are being written. Each cycle adds only what has changed since the cycle before.
///
/// All values of a cycle appear at its start, right after the clock edge. They are the registers and everything that is
/// computed from them and from the inputs until the next edge.
pub struct Waveform<'a> {
    files: Vec<Box<dyn Format + Send + 'a>>,
    signals: Vec<Signal>,
    first_cycle: u64,
    was_in_reset: Option<bool>,
}

const CLOCK: Variable = 0;
const RESET: Variable = 1;

struct Signal {
    variable: Variable,
    cell: Cell,
    width: u32,
    last: Option<u128>,
}

impl<'a> Waveform<'a> {
    /// Begins a waveform in VCD format at the present cycle of the simulator, which becomes time 0.
    ///
    /// # Errors
    ///
    /// The simulator does not observe names, or the sink cannot be written.
    pub fn start(sink: impl Write + Send + 'a, simulator: &Simulator) -> Result<Self, SimError> {
        Self::start_all(vec![Waves::Vcd(Box::new(sink))], simulator)
    }

    /// Begins several files with the same waveforms, as [`Waveform::start`] begins one.
    ///
    /// # Errors
    ///
    /// As for [`Waveform::start`].
    pub fn start_all(files: Vec<Waves<'a>>, simulator: &Simulator) -> Result<Self, SimError> {
        let names = simulator.names().ok_or(SimError::NotObservable)?;
        let file = |waves| -> Result<Box<dyn Format + Send + 'a>, SimError> {
            Ok(match waves {
                Waves::Vcd(sink) => Box::new(Vcd::new(sink)?),
                Waves::Fst(sink) => Box::new(Fst::new(sink)?),
            })
        };
        let mut files = files.into_iter().map(file).collect::<Result<Vec<_>, _>>()?;
        let mut signals = Vec::new();
        for file in &mut files {
            file.enter(&names.scope)?;
            file.declare("aclk", 1)?;
            file.declare("aresetn", 1)?;
            signals.clear();
            declare(file.as_mut(), names, &mut signals)?;
            file.leave()?;
            file.begin()?;
        }
        Ok(Self { files, signals, first_cycle: simulator.cycle(), was_in_reset: None })
    }

    /// Writes the values after the last clock edge, and completes the files.
    ///
    /// # Errors
    ///
    /// The sink cannot be written.
    pub fn finish(mut self, simulator: &mut Simulator) -> Result<(), SimError> {
        simulator.settle();
        self.sample(simulator)?;
        self.files.into_iter().try_for_each(Format::finish)
    }

    /// Writes what has changed. The combinational values of the simulator must be settled.
    fn sample(&mut self, simulator: &Simulator) -> Result<(), SimError> {
        let start = (simulator.cycle() - self.first_cycle) * CYCLE;
        let in_reset = simulator.is_in_reset();
        let reset_changes = self.was_in_reset.replace(in_reset) != Some(in_reset);
        for file in &mut self.files {
            file.time(start)?;
            file.change(CLOCK, 1, 1)?;
            if reset_changes {
                file.change(RESET, 1, u128::from(!in_reset))?;
            }
        }
        for signal in &mut self.signals {
            let bits = simulator.bits(signal.cell, signal.width);
            if signal.last.replace(bits) != Some(bits) {
                self.files.iter_mut().try_for_each(|file| file.change(signal.variable, signal.width, bits))?;
            }
        }
        for file in &mut self.files {
            file.time(start + CYCLE / 2)?;
            file.change(CLOCK, 1, 0)?;
        }
        Ok(())
    }
}

impl Simulator {
    /// Simulates one clock cycle and writes its settled values to a waveform.
    ///
    /// # Errors
    ///
    /// The sink of the waveform cannot be written.
    pub fn step_recorded(&mut self, waveform: &mut Waveform<'_>) -> Result<(), SimError> {
        self.compute();
        waveform.sample(self)?;
        self.advance();
        Ok(())
    }
}

fn declare(file: &mut dyn Format, names: &Names, signals: &mut Vec<Signal>) -> Result<(), SimError> {
    for &(ref name, cell, width) in &names.signals {
        file.declare(name, width)?;
        signals.push(Signal { variable: RESET + 1 + signals.len(), cell, width, last: None });
    }
    for child in &names.children {
        file.enter(&child.scope)?;
        declare(file, child, signals)?;
        file.leave()?;
    }
    Ok(())
}
