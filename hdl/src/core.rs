//! The SVD cores, assembled from units.

mod assembly;
pub mod size;
pub mod sorter;
pub mod stream_fifo;
pub mod stream_input;
pub mod stream_output;

use crate::architecture::serial::qr::sequencer as qr_sequencer;
use crate::architecture::serial::schedule::StepProgram;
use crate::check::Checked;
use crate::ir::Design;
use crate::shape::Shape;
use serde::Serialize;

/// A core: its shape, its hardware, and the program of its steps.
#[derive(Clone, Debug)]
pub struct Core {
    /// Sizes and number formats.
    pub shape: Shape,
    /// The hardware.
    pub design: Checked<Design>,
    /// What each cycle of a step does.
    pub program: StepProgram,
    /// Where rows are reduced: how long that takes.
    pub qr: Option<QrCycles>,
}

/// The reduction of rows to a triangle, in cycles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct QrCycles {
    /// Rotations of one row against one row of a triangle.
    pub passes: u32,
    /// For two rows: a row in each lane passes all rows of its triangle.
    pub two_rows: usize,
    /// From the last beat to the finished triangle, at most.
    pub finish: usize,
}

impl Core {
    /// Draws the core of a shape.
    pub fn new(shape: Shape) -> Self {
        let (design, program, meeting) = assembly::serial_core(&shape);
        let qr = meeting.map(|latency| QrCycles {
            passes: shape.arithmetic().passes(),
            two_rows: qr_sequencer::step_cycles(&shape, latency),
            finish: qr_sequencer::finish_cycles(&shape, latency),
        });
        Self { shape, design, program, qr }
    }

    /// Cycles from the first beat of a frame to the last beat of its result that the core never exceeds, with a source and a sink that never stall.
    pub fn cycle_limit(&self) -> u64 {
        let (n, steps) = (self.shape.even() as u64, self.shape.even() as u64 - 1);
        let sweeps = u64::from(self.shape.sweep_cap()) * steps * self.program.cycles() as u64;
        let qr = self.qr.map_or(0, |qr| self.shape.rows().div_ceil(2) * qr.two_rows + qr.finish);
        4 * n * n + 2 * n + sweeps + 100 + qr as u64
    }
}
