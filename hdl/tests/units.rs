//! Tests of single units in the simulator. Their results are compared with exact integers, or with the claims in the
//! headers of the units.
//!
//! Tests are exhaustive if the widths permit it, and random (proptest) otherwise. Every test asserts the number of its
//! cases.

#[path = "units/angles.rs"]
mod angles;
#[path = "units/beats.rs"]
mod beats;
#[path = "units/bench.rs"]
mod bench;
#[path = "units/coefficients.rs"]
mod coefficients;
#[path = "units/frame_controller.rs"]
mod frame_controller;
#[path = "units/groups.rs"]
mod groups;
#[path = "units/headroom.rs"]
mod headroom;
#[path = "units/memories.rs"]
mod memories;
#[path = "units/protected.rs"]
mod protected;
#[path = "units/qr.rs"]
mod qr;
#[path = "units/registers.rs"]
mod registers;
#[path = "units/rotator.rs"]
mod rotator;
#[path = "units/sorter.rs"]
mod sorter;
#[path = "units/streams.rs"]
mod streams;
