//! The options of a synthesis besides the target.

/// The options of a run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Options {
    /// The seed of the placement. The results for different seeds differ by a few percent.
    pub seed: u32,
    /// The clock rate that placement aims at, in MHz. If it is far too high, the placer wastes effort on paths that
    /// cannot meet it.
    pub goal_mhz: f64,
    /// Clock cycles from one matrix to the next, from which matrices per second are computed.
    pub cycles_per_matrix: Option<u64>,
}

impl Default for Options {
    fn default() -> Self {
        Self { seed: 1, goal_mhz: 100.0, cycles_per_matrix: None }
    }
}
