//! Each unit alone in the simulator, against exact integers or the mathematics that its header claims.
//!
//! Exhaustive where the widths allow it, random (proptest) elsewhere. Every test asserts how many cases it has seen.

#[path = "units/angles.rs"]
mod angles;
#[path = "units/bench.rs"]
mod bench;
#[path = "units/coefficients.rs"]
mod coefficients;
#[path = "units/frame_controller.rs"]
mod frame_controller;
#[path = "units/headroom.rs"]
mod headroom;
#[path = "units/memories.rs"]
mod memories;
#[path = "units/qr.rs"]
mod qr;
#[path = "units/rotator.rs"]
mod rotator;
#[path = "units/sorter.rs"]
mod sorter;
#[path = "units/streams.rs"]
mod streams;
