//! The SVD cores, assembled from units.

pub mod budget;
mod datapath;
pub mod layout;
pub mod ordering;
pub mod params;
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
}

impl Core {
    /// Draws the core of a shape.
    pub fn new(shape: Shape) -> Self {
        let (design, program) = serial::serial_core(&shape);
        Self { shape, design, program }
    }

    /// Cycles from the first beat of a frame to the last beat of its result that the core never exceeds, with a source and a sink that never stall.
    pub fn cycle_limit(&self) -> u64 {
        let (n, steps) = (self.shape.even() as u64, self.shape.even() as u64 - 1);
        let sweeps = u64::from(self.shape.sweep_cap()) * steps * self.program.cycles() as u64;
        4 * n * n + 2 * n + sweeps + 100
    }
}
