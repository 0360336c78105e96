//! Co-simulation: it runs one core in several engines and judges what each of them delivers.
//!
//! - [`framing`] turns a matrix into input beats, and output beats into a decomposition.
//! - [`stimulus`] holds the beats that enter a core and the trace of those that leave it; [`engine`] runs a core: in the project's own
//!   simulator, in Icarus, in Verilator, in rust_hdl.
//! - [`run`] takes one matrix through a core in any engine and reads the result back.
//! - [`verify`] demands that all engines agree bit for bit and cycle for cycle; [`judge`] compares a result with the golden model.
//! - [`corpus`] and [`samples`] are the matrices for that; [`testbench_verilog`] and [`export`] write what goes with a core, [`folder`]
//!   puts it on the disk.
//!
//! This crate depends on `hdl`, `sim`, `golden` and `svdforge-tools`. It must not depend on `svdforge-studies`, and nothing in it draws
//! pictures, makes pages or computes statistics: the applications are built on it, and need none of that.

pub mod corpus;
pub mod engine;
pub mod export;
pub mod folder;
pub mod framing;
pub mod judge;
pub mod run;
pub mod samples;
pub mod scalar;
pub mod stimulus;
pub mod testbench_verilog;
pub mod verify;
