//! Other people's programs: [`process`] finds and runs them, [`synth`] has Yosys and nextpnr synthesise a core.
//!
//! This crate depends on `hdl` alone. It must not depend on the test bench, whose engines Icarus and Verilator are run through it, nor on
//! `svdforge-studies`.

pub mod process;
pub mod synth;
