//! QR of rows that stream in, in the units of the serial architecture.

pub mod input;
pub mod lane;
pub mod sequencer;
