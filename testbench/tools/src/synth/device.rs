//! The devices that nextpnr places for: their names, what they have, and how they are named on its command line.

use super::tool::{NEXTPNR_ECP5, NEXTPNR_GOWIN, NEXTPNR_ICE40, Tool};

/// A device with its package and speed grade.
#[derive(Clone, Copy, Debug)]
pub(super) struct Device {
    /// The vendor's name, with speed grade and package.
    pub name: &'static str,
    pub placer: &'static Tool,
    /// What selects it on the placer's command line.
    pub arguments: &'static str,
    /// The clock rate that placement aims at, in MHz. If it is far too high, the placer wastes effort on paths that
    /// cannot meet it.
    pub goal_mhz: f64,
    pub luts: Resource,
    pub multipliers: Resource,
    pub block_rams: Resource,
    /// Pins of the package for signals.
    pub pins: u64,
    /// The places of the pins of a frame in the constraints of Gowin, where every pin must have one: clock, reset,
    /// input, output.
    pub places: Option<[&'static str; 4]>,
    /// What its clock rates lack.
    pub caveat: Option<&'static str>,
}

/// What a device has of one kind: its name in netlists, and how many.
pub(super) type Resource = (&'static str, u64);

const ECP5: Device = Device {
    name: "LFE5U-85F-6CABGA381",
    placer: &NEXTPNR_ECP5,
    arguments: "--85k --package CABGA381 --speed 6 --placer static",
    goal_mhz: 100.0,
    luts: ("LUT4", 83_640),
    multipliers: ("MULT18X18D", 156),
    block_rams: ("DP16KD", 208),
    pins: 205,
    places: None,
    caveat: None,
};

pub(super) const ECP5_25K: Device = Device {
    name: "LFE5U-25F-6CABGA256",
    arguments: "--25k --package CABGA256 --speed 6",
    luts: ("LUT4", 24_288),
    multipliers: ("MULT18X18D", 28),
    block_rams: ("DP16KD", 56),
    pins: 197,
    ..ECP5
};

pub(super) const ECP5_45K: Device = Device {
    name: "LFE5U-45F-6CABGA256",
    arguments: "--45k --package CABGA256 --speed 6 --placer static",
    luts: ("LUT4", 43_848),
    multipliers: ("MULT18X18D", 72),
    block_rams: ("DP16KD", 108),
    pins: 197,
    ..ECP5
};

pub(super) const ECP5_85K: Device = ECP5;

pub(super) const ICE40_UP5K: Device = Device {
    name: "iCE40UP5K-SG48",
    placer: &NEXTPNR_ICE40,
    arguments: "--up5k --package sg48",
    goal_mhz: 24.0,
    luts: ("SB_LUT4", 5280),
    multipliers: ("SB_MAC16", 8),
    block_rams: ("SB_RAM40_4K", 30),
    pins: 39,
    places: None,
    caveat: None,
};

pub(super) const ICE40_HX8K: Device = Device {
    name: "iCE40HX8K-CT256",
    arguments: "--hx8k --package ct256",
    goal_mhz: 50.0,
    luts: ("SB_LUT4", 7680),
    multipliers: ("SB_MAC16", 0),
    block_rams: ("SB_RAM40_4K", 32),
    pins: 206,
    ..ICE40_UP5K
};

pub(super) const GOWIN_GW2A: Device = Device {
    name: "GW2A-LV18PG256C8/I7",
    placer: &NEXTPNR_GOWIN,
    arguments: "--device GW2A-LV18PG256C8/I7 --vopt family=GW2A-18",
    goal_mhz: 100.0,
    luts: ("LUT4", 20_736),
    multipliers: ("MULT18X18", 48),
    block_rams: ("BSRAM", 46),
    pins: 207,
    places: Some(["H11", "T3", "T2", "C13"]),
    caveat: Some(
        "the timing data of Project Apicula have no delays of multipliers, so the clock rate is an upper limit",
    ),
};
