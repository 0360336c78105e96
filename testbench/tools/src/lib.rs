//! External programs: [`process`] finds and runs them, and [`synth`] synthesises a core with Yosys and nextpnr.
//!
//! This crate depends on `hdl` alone. It must not depend on the test bench, which runs its engines Icarus and Verilator
//! through this crate, nor on `svdforge-studies`.

pub mod process;
pub mod synth;
