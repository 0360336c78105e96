//! What the other modules of the serial architecture must know of the datapath's timing.

use super::schedule::Latencies;

/// Latencies of the datapath, in cycles.
#[derive(Clone, Copy, Debug)]
pub struct Timing {
    /// How early one operation may follow another.
    pub latencies: Latencies,
    /// From the read address of a diagonal block to its verdict `settled`.
    pub settled: u32,
    /// From an address to the words of the memories.
    pub read: u32,
    /// Where rows are reduced: from an angle of two rows to the first cycle in which the next one can be read.
    pub meeting: Option<usize>,
}
