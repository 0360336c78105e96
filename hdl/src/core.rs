//! The SVD cores, assembled from units.

mod datapath;
pub mod layout;
pub mod ordering;
pub mod params;
pub mod qr_sequencer;
pub mod schedule;
mod sequencer;
mod serial;
pub mod size;

use crate::check::Checked;
use crate::ir::Design;
use params::Shape;
use schedule::StepProgram;

/// A core: its shape, its hardware, and the program of its steps.
#[derive(Clone, Debug)]
pub struct Core {
    /// Sizes and number formats.
    pub shape: Shape,
    /// The hardware.
    pub design: Checked<Design>,
    /// What each cycle of a step does.
    pub program: StepProgram,
    /// Where rows are reduced: cycles of a pass of two rows over both triangles, and from the last row to the finished triangle, at most.
    pub qr_cycles: Option<(usize, usize)>,
}

impl Core {
    /// Draws the core of a shape.
    pub fn new(shape: Shape) -> Self {
        let (design, program, meeting) = serial::serial_core(&shape);
        let qr_cycles = meeting.map(|latency| {
            (qr_sequencer::pass_cycles(&shape, latency), qr_sequencer::finish_cycles(&shape, latency))
        });
        Self { shape, design, program, qr_cycles }
    }

    /// Cycles from the first beat of a frame to the last beat of its result that the core never exceeds, with a source and a sink that never stall.
    pub fn cycle_limit(&self) -> u64 {
        let (n, steps) = (self.shape.even() as u64, self.shape.even() as u64 - 1);
        let sweeps = u64::from(self.shape.sweep_cap()) * steps * self.program.cycles() as u64;
        let qr = self.qr_cycles.map_or(0, |(pass, finish)| {
            let step = (pass * qr_sequencer::PASSES as usize).max(2 * self.shape.cols);
            self.shape.rows.div_ceil(2) * step + finish
        });
        4 * n * n + 2 * n + sweeps + 100 + qr as u64
    }
}
