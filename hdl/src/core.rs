//! The modules that all cores share, and the assembly of complete cores.
//!
//! The shared modules are the stream ends, the frame controller and the sorter. They surround the decomposer that the
//! architecture of the core provides.

mod assembly;
pub mod beat_packer;
pub mod beat_unpacker;
pub mod frame_controller;
mod frames;
pub mod group_output;
pub mod group_packer;
pub mod latency;
pub mod observed;
mod output_walk;
pub mod protected;
pub mod registers;
pub mod self_check;
pub mod sorter;
mod status;
pub mod stream_fifo;
pub mod stream_input;
pub mod stream_output;
pub mod supervisor;

use crate::architecture::decomposer::{PortTiming, Schedule};
use crate::check::Checked;
use crate::ir::Design;
use crate::shape::Shape;
use latency::Latency;

/// A core: its shape, its hardware, and how many cycles it takes.
#[derive(Clone, Debug)]
pub struct Core {
    shape: Shape,
    design: Checked<Design>,
    ports: PortTiming,
    schedule: Schedule,
}

impl Core {
    /// Builds the core of a shape.
    pub fn new(shape: Shape) -> Self {
        let (design, ports, schedule) = assembly::assemble(&shape);
        Self { shape, design, ports, schedule }
    }

    /// Its parameters, sizes and number formats.
    pub fn shape(&self) -> &Shape {
        &self.shape
    }

    /// Its hardware.
    pub fn design(&self) -> &Checked<Design> {
        &self.design
    }

    /// When the ports of its decomposer answer.
    pub(crate) fn ports(&self) -> PortTiming {
        self.ports
    }

    /// How many cycles the decomposition takes.
    pub fn schedule(&self) -> &Schedule {
        &self.schedule
    }

    /// The cycles of a matrix of the core's largest size.
    pub fn latency(&self) -> Latency {
        self.latency_of(self.shape.dimensions().largest())
    }

    /// The cycles of a matrix of `size` (rows, columns), which the core must take.
    pub fn latency_of(&self, size: (usize, usize)) -> Latency {
        Latency::new(&self.shape, self.ports, &self.schedule, size)
    }

    /// The most cycles from the first beat of a frame to the last beat of its result, for a source and a sink that
    /// never stall: those of the largest matrix, after the most sweeps. No smaller matrix takes longer.
    pub fn cycle_limit(&self) -> u64 {
        self.latency().total(self.shape.sweep_cap()) as u64
    }
}
