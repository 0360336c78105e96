//! Everything that runs a core and judges it: frames, engines, co-simulation, synthesis.

pub mod engine;
pub mod framing;
