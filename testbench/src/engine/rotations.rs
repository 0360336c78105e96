//! Records the rotations that a simulated core makes. The architecture of the core says which memories to look at, and
//! what their words mean.

use svdforge_golden::{BlockRotation, GivensRotation, Recording, Rotation};
use svdforge_hdl::architecture::architecture;
use svdforge_hdl::architecture::probe::{self, PlaneRotation};
use svdforge_hdl::shape::Shape;
use svdforge_sim::{Simulator, Written};

/// Everything that was written to the memories of the architecture's probe while one frame was computed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SeenRotations {
    written: Vec<Vec<probe::Write>>,
}

impl SeenRotations {
    /// An empty record of this many memories.
    pub(super) fn new(memories: usize) -> Self {
        Self { written: vec![Vec::new(); memories] }
    }

    /// The number of words that were written.
    pub fn count(&self) -> usize {
        self.written.iter().map(Vec::len).sum()
    }

    /// Records the writes of the cycle that was just simulated.
    pub(super) fn sample(&mut self, simulator: &Simulator) {
        for (number, written) in self.written.iter_mut().enumerate() {
            written.extend(simulator.written(number).map(converted));
        }
    }

    /// Records a write to one of the memories, if there is one.
    pub(super) fn add(&mut self, memory: usize, write: Option<Written>) {
        self.written[memory].extend(write.map(converted));
    }

    /// The rotations of a matrix with `size` (rows, columns) that took this many sweeps. `None` if what was written
    /// cannot be the rotations of such a matrix.
    pub fn recording(&self, shape: &Shape, size: (usize, usize), sweeps: u32) -> Option<Recording> {
        let made = architecture(shape.arch()).rotations(shape, size, sweeps, &self.written)?;
        let rotation = |PlaneRotation { cosine, sine }| Rotation { cosine, sine };
        let reduction = made.reduction.into_iter();
        let sweeps = made.sweeps.into_iter();
        Some(Recording {
            reduction: reduction
                .map(|r| GivensRotation { rows: r.rows, columns: r.columns, rotation: rotation(r.rotation) })
                .collect(),
            sweeps: sweeps
                .map(|r| BlockRotation { pair: r.pair, left: rotation(r.left), right: rotation(r.right) })
                .collect(),
        })
    }
}

fn converted(write: Written) -> probe::Write {
    probe::Write { address: write.address, word: write.word }
}
