//! The SVD cores, assembled from units.

mod datapath;
pub mod layout;
pub mod ordering;
pub mod params;
pub mod schedule;
mod sequencer;
pub mod serial;
