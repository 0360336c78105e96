//! The options of a synthesis besides the target.

use std::num::NonZeroU32;

/// The options of a run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Options {
    /// The first seed of the placement. The clock rates for different seeds differ by up to 15 %.
    pub seed: u32,
    /// How many seeds are tried: this one and those that follow.
    pub seeds: NonZeroU32,
    /// Clock cycles from one matrix to the next, from which matrices per second are computed.
    pub cycles_per_matrix: Option<u64>,
}

impl Default for Options {
    fn default() -> Self {
        Self { seed: 1, seeds: NonZeroU32::MIN, cycles_per_matrix: None }
    }
}
