//! Records the rotations that a simulated core makes. The core's architecture says which memories to observe and how to
//! interpret what is written to them.

use svdforge_golden::{Meeting, Recording, Rotation, Turn};
use svdforge_hdl::architecture::architecture;
use svdforge_hdl::architecture::probe::{self, PlaneRotation};
use svdforge_hdl::shape::Shape;
use svdforge_sim::Simulator;

/// Everything that was written to the memories of the architecture's probe while one frame was computed.
#[derive(Clone, Debug, Default)]
pub struct SeenRotations {
    written: Vec<Vec<probe::Write>>,
}

impl SeenRotations {
    /// An empty record for this number of observed memories.
    pub(super) fn new(memories: usize) -> Self {
        Self { written: vec![Vec::new(); memories] }
    }

    /// Records what was written in the cycle that was just simulated.
    pub(super) fn sample(&mut self, simulator: &Simulator) {
        for (number, written) in self.written.iter_mut().enumerate() {
            let words = simulator.written(number).into_iter();
            written.extend(words.map(|write| probe::Write { address: write.address, word: write.word }));
        }
    }

    /// The rotations that were made for one matrix, where `size` is its (rows, columns) and `sweeps` the number of
    /// sweeps that it took. The result is `None` if what was recorded does not fit such a matrix.
    pub fn recording(&self, shape: &Shape, size: (usize, usize), sweeps: u32) -> Option<Recording> {
        let made = architecture(shape.arch()).rotations(shape, size, sweeps, &self.written)?;
        let rotation = |PlaneRotation { cosine, sine }| Rotation { cosine, sine };
        let meetings = made.reduction.into_iter();
        let turns = made.sweeps.into_iter();
        Some(Recording {
            meetings: meetings
                .map(|r| Meeting { rows: r.rows, columns: r.columns, rotation: rotation(r.rotation) })
                .collect(),
            turns: turns.map(|r| Turn { pair: r.pair, left: rotation(r.left), right: rotation(r.right) }).collect(),
        })
    }
}
