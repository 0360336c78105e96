//! Everything that runs a core and judges it: frames, engines, co-simulation, synthesis.

pub mod bench;
pub mod campaign;
pub mod compare;
pub mod corpus;
pub mod drawing;
pub mod engine;
pub mod explore;
pub mod export;
pub mod folder;
pub mod framing;
pub mod judge;
pub mod process;
pub mod report;
pub mod samples;
pub mod synth;
pub mod testbench_verilog;
pub mod verify;
