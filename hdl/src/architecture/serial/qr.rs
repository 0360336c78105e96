//! QR of rows that stream in, in the units of the serial architecture.

pub mod lane;
pub mod row_queue;
pub mod sequencer;
