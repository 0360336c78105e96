//! What people do with a singular value decomposition, on top of the simulated hardware.

pub mod complete;
pub mod compress;
pub mod engine;
pub mod lsi;
pub mod plot;
pub mod range_finder;
pub mod recommend;
pub mod soft_impute;
pub mod sparse;
