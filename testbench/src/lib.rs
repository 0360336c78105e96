//! Co-simulation: it runs one core in several engines and judges what each of them delivers.
//!
//! - [`framing`] turns a matrix into input beats, and output beats into a decomposition.
//! - [`stimulus`] holds the beats that enter a core and the trace of the beats that leave it.
//! - [`engine`] runs a core in the project's own simulator, in Icarus, in Verilator or in rust_hdl.
//! - [`acceptable`] says of which matrices a core gives a right result.
//! - [`run`] passes one matrix through a core in any engine and reads the result back.
//! - [`pool`] passes many matrices through a core, on all processors, and [`arrays`] turns their results into arrays.
//! - [`verify`] checks that all engines agree bit for bit and cycle for cycle.
//! - [`judge`] compares a result with the golden model.
//! - [`trace`] tells what a core did with a matrix, step by step and cycle by cycle.
//! - [`corpus`] and [`samples`] supply the matrices for these checks.
//! - [`speed`] runs matrices for what the export tells of the speed of a core.
//! - [`throughput`] measures a core that matrices stream through without a pause.
//! - [`example`] is the run that comes with an exported core.
//! - [`testbench_verilog`], [`cocotb_bench`] and [`export`] make the files that accompany an exported core;
//!   `svdforge-files` writes them to disk.
//!
//! This crate depends on `hdl`, `sim`, `golden` and `svdforge-tools`. It must not depend on `svdforge-studies`, and
//! nothing in it draws pictures, makes pages or computes statistics. The applications are built on this crate and need
//! none of that.

pub mod acceptable;
pub mod arrays;
pub mod beats;
pub mod cocotb_bench;
pub mod corpus;
pub mod engine;
pub mod example;
pub mod export;
pub mod framing;
pub mod judge;
pub mod pool;
pub mod run;
pub mod samples;
pub mod scalar;
pub mod speed;
pub mod stimulus;
pub mod testbench_verilog;
pub mod throughput;
pub mod trace;
pub mod verify;
