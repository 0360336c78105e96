//! Architectures: what differs between cores that rotate one block per cycle, or many.

pub mod serial;
