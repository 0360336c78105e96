//! What people do with a singular value decomposition, on top of the simulated hardware.

pub mod compress;
pub mod engine;
pub mod input;
pub mod lsi;
pub mod plot;
pub mod range_finder;
pub mod sparse;
