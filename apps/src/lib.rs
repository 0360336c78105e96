//! Applications of the singular value decomposition, on top of the simulated hardware.
//!
//! Each application uses a [`decomposer::Decomposer`], which is the simulated core or the golden model in `f64`.
//!
//! This crate depends on the test bench (`svdforge-testbench`), `golden` and `hdl`, and on `svdforge-drawing` for its
//! pictures. It must not depend on `svdforge-studies`, since it needs neither pages nor statistics.

pub mod complete;
pub mod compress;
pub mod decomposer;
pub mod lsi;
pub mod plot;
pub mod range_finder;
pub mod recommend;
pub mod soft_impute;
pub mod sparse;
pub mod unicode;
