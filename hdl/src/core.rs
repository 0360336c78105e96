//! The modules that all cores share, and the assembly of complete cores.
//!
//! The shared modules are the stream ends, the frame controller and the sorter. They surround the decomposer that the
//! architecture of the core provides.

mod assembly;
pub mod frame_controller;
pub mod observed;
pub mod sorter;
mod status;
pub mod stream_fifo;
pub mod stream_input;
pub mod stream_output;

use crate::architecture::decomposer::Schedule;
use crate::check::Checked;
use crate::ir::Design;
use crate::shape::Shape;

/// A core: its shape, its hardware, and how many cycles it takes.
#[derive(Clone, Debug)]
pub struct Core {
    shape: Shape,
    design: Checked<Design>,
    schedule: Schedule,
}

impl Core {
    /// Builds the core of a shape.
    pub fn new(shape: Shape) -> Self {
        let (design, schedule) = assembly::assemble(&shape);
        Self { shape, design, schedule }
    }

    /// Its parameters, sizes and number formats.
    pub fn shape(&self) -> &Shape {
        &self.shape
    }

    /// Its hardware.
    pub fn design(&self) -> &Checked<Design> {
        &self.design
    }

    /// How many cycles the decomposition takes.
    pub fn schedule(&self) -> &Schedule {
        &self.schedule
    }

    /// Upper bound on the cycles from the first beat of a frame to the last beat of its result, for a source and a sink
    /// that never stall.
    pub fn cycle_limit(&self) -> u64 {
        let (shape, schedule) = (&self.shape, &self.schedule);
        let beats = shape.interface().input_beats();
        let unload: usize = shape.interface().sections().iter().map(|section| section.count).sum();
        let load = schedule.load_cycles(shape.rows(), beats) + schedule.qr.map_or(0, |qr| qr.finish);
        let sweeps = shape.sweep_cap() as usize * schedule.sweep_cycles();
        // The preparation visits every block once, and the sorter takes one value per cycle. The rest is a margin.
        let around = shape.even() * shape.even() / 4 + shape.triplets() + 100;
        (load + around + sweeps + unload) as u64
    }
}
