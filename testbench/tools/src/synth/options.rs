//! What may be chosen beside the target.

/// Choices of a run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Options {
    /// Seed of the placement: results of different seeds differ by some percent.
    pub seed: u32,
    /// The clock rate that placement works towards, in MHz. Far too high a goal wastes its effort.
    pub goal_mhz: f64,
    /// Clock cycles from one matrix to the next, for matrices per second.
    pub cycles_per_matrix: Option<u64>,
}

impl Default for Options {
    fn default() -> Self {
        Self { seed: 1, goal_mhz: 100.0, cycles_per_matrix: None }
    }
}
