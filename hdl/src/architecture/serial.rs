//! The serial architecture: one 2x2 block is rotated per cycle.

pub mod datapath;
pub mod layout;
pub mod probe;
pub mod qr;
pub mod schedule;
pub mod sequencer;
