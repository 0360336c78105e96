//! Tests that the exported core in other simulators equals the project's own simulation, bit for bit and cycle for
//! cycle.

#[path = "cosim/cocotb.rs"]
mod cocotb;
#[path = "cosim/common.rs"]
mod common;
#[path = "cosim/corpus.rs"]
mod corpus;
#[path = "cosim/export.rs"]
mod export;
#[path = "cosim/gates.rs"]
mod gates;
#[path = "cosim/gtkwave.rs"]
mod gtkwave;
#[path = "cosim/judge.rs"]
mod judge;
#[path = "cosim/lanes.rs"]
mod lanes;
#[path = "cosim/long_run.rs"]
mod long_run;
#[path = "cosim/registers.rs"]
mod registers;
#[path = "cosim/reset.rs"]
mod reset;
#[path = "cosim/stalls.rs"]
mod stalls;
#[path = "cosim/two_cores.rs"]
mod two_cores;
#[path = "cosim/wrappers.rs"]
mod wrappers;
