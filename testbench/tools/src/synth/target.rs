//! The targets: how Yosys maps a design to them, and how their primitives are counted.

use super::device::{self, Device};
use super::tool::Version;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

/// A family of FPGAs, or one of its sizes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(into = "&'static str")]
pub enum Target {
    /// Lattice ECP5, 24k LUTs.
    Ecp5_25k,
    /// Lattice ECP5, 44k LUTs.
    Ecp5_45k,
    /// Lattice ECP5, 84k LUTs.
    Ecp5_85k,
    /// Lattice iCE40 UltraPlus, with multipliers.
    Ice40Up5k,
    /// Lattice iCE40 HX, without multipliers.
    Ice40Hx8k,
    /// AMD 7-series.
    Xc7,
    /// Gowin GW2A.
    GowinGw2a,
    /// No particular device: LUTs with four inputs, while multipliers and memories are left as they are.
    Generic,
}

/// What a netlist is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Its cells are counted, by module.
    Area,
    /// It is placed and routed.
    Placement,
    /// It is simulated.
    Simulation,
}

/// The primitives of a family: (name, number of counted units that each one takes).
type Weights = &'static [(&'static str, f64)];

struct Family {
    luts: Weights,
    dsps: Weights,
    block_rams: Weights,
    /// The prefixes of the names of flip-flops.
    flip_flops: &'static [&'static str],
}

const ECP5: Family = Family {
    luts: &[("LUT4", 1.0), ("CCU2C", 2.0), ("TRELLIS_DPR16X4", 6.0)],
    dsps: &[("MULT18X18D", 1.0)],
    block_rams: &[("DP16KD", 1.0), ("PDPW16KD", 1.0)],
    flip_flops: &["TRELLIS_FF"],
};

/// A carry cell shares its logic cell with a LUT, so it is not counted.
const ICE40: Family = Family {
    luts: &[("SB_LUT4", 1.0)],
    dsps: &[("SB_MAC16", 1.0)],
    block_rams: &[("SB_RAM40_4K", 1.0), ("SB_SPRAM256KA", 1.0)],
    flip_flops: &["SB_DFF"],
};

/// Two small LUTs may later share one LUT6, so the number of LUTs is an upper bound.
const XC7: Family = Family {
    luts: &[
        ("LUT1", 1.0),
        ("LUT2", 1.0),
        ("LUT3", 1.0),
        ("LUT4", 1.0),
        ("LUT5", 1.0),
        ("LUT6", 1.0),
        ("INV", 1.0),
        ("RAM32M", 4.0),
        ("RAM64M", 4.0),
        ("RAM32X1D", 2.0),
        ("RAM64X1D", 2.0),
        ("RAM128X1D", 4.0),
        ("SRL16E", 1.0),
        ("SRLC32E", 1.0),
    ],
    dsps: &[("DSP48E1", 1.0)],
    block_rams: &[("RAMB18E1", 1.0), ("RAMB36E1", 1.0)],
    flip_flops: &["FD"],
};

/// Multipliers are counted in units of 18 x 18. An ALU cell takes the place of a LUT.
const GOWIN: Family = Family {
    luts: &[
        ("LUT1", 1.0),
        ("LUT2", 1.0),
        ("LUT3", 1.0),
        ("LUT4", 1.0),
        ("ALU", 1.0),
        ("RAM16SDP1", 1.0),
        ("RAM16SDP2", 2.0),
        ("RAM16SDP4", 4.0),
    ],
    dsps: &[("MULT9X9", 0.5), ("MULT18X18", 1.0), ("MULT36X36", 4.0), ("MULTALU18X18", 1.0), ("MULTALU36X18", 2.0)],
    block_rams: &[
        ("SP", 1.0),
        ("SPX9", 1.0),
        ("SDPB", 1.0),
        ("SDPX9B", 1.0),
        ("DPB", 1.0),
        ("DPX9B", 1.0),
        ("pROM", 1.0),
        ("pROMX9", 1.0),
    ],
    flip_flops: &["DFF"],
};

const GENERIC: Family = Family {
    luts: &[("$lut", 1.0)],
    dsps: &[(MULTIPLIER, 1.0)],
    block_rams: &[("$mem_v2", 1.0)],
    flip_flops: &["$_DFF", "$_SDFF"],
};

/// The first Yosys with the command `booth`.
const BOOTH: Version = Version(0, 34);

/// The name of multipliers in a generic netlist.
pub(super) const MULTIPLIER: &str = "multiplier";

impl Target {
    /// All targets.
    pub const ALL: [Self; 8] = [
        Self::Ecp5_25k,
        Self::Ecp5_45k,
        Self::Ecp5_85k,
        Self::Ice40Up5k,
        Self::Ice40Hx8k,
        Self::Xc7,
        Self::GowinGw2a,
        Self::Generic,
    ];

    /// The name on the command line and in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ecp5_25k => "ecp5-25k",
            Self::Ecp5_45k => "ecp5-45k",
            Self::Ecp5_85k => "ecp5-85k",
            Self::Ice40Up5k => "ice40-up5k",
            Self::Ice40Hx8k => "ice40-hx8k",
            Self::Xc7 => "xc7",
            Self::GowinGw2a => "gowin-gw2a",
            Self::Generic => "generic",
        }
    }

    /// Whether it can be placed and routed.
    pub fn has_pnr(self) -> bool {
        self.device().is_some()
    }

    pub(super) fn device(self) -> Option<&'static Device> {
        match self {
            Self::Ecp5_25k => Some(&device::ECP5_25K),
            Self::Ecp5_45k => Some(&device::ECP5_45K),
            Self::Ecp5_85k => Some(&device::ECP5_85K),
            Self::Ice40Up5k => Some(&device::ICE40_UP5K),
            Self::Ice40Hx8k => Some(&device::ICE40_HX8K),
            Self::GowinGw2a => Some(&device::GOWIN_GW2A),
            Self::Xc7 | Self::Generic => None,
        }
    }

    /// The oldest Yosys that maps to it. Older ones than 0.23 were not tried. For Gowin, 0.23 has no multipliers, and
    /// no choice of the family.
    pub(super) fn least_yosys(self) -> Version {
        match self {
            Self::GowinGw2a => Version(0, 70),
            _ => Version(0, 23),
        }
    }

    /// The commands of Yosys that map a checked design whose top is `top`. Only a design whose area is wanted by
    /// module keeps its hierarchy. One that will be placed and routed gets pads where the placer needs them.
    pub(super) fn mapping(self, top: &str, purpose: Purpose, version: Version) -> Vec<String> {
        let flatten = purpose != Purpose::Area;
        let keep = if flatten { "" } else { " -noflatten" };
        let map = |command: &str| vec![format!("{command}{keep} -top {top}")];
        match self {
            Self::Ecp5_25k | Self::Ecp5_45k | Self::Ecp5_85k => map("synth_ecp5"),
            Self::Ice40Up5k => map("synth_ice40 -device u -dsp"),
            Self::Ice40Hx8k => {
                // Without multiplier blocks, Booth's recoding takes a quarter fewer LUTs than rows of adders.
                let booth = (version >= BOOTH).then(|| "wreduce; booth".to_owned());
                booth.into_iter().chain(map("synth_ice40 -device hx")).collect()
            }
            Self::GowinGw2a if purpose == Purpose::Placement => map("synth_gowin -family gw2a"),
            Self::GowinGw2a => map("synth_gowin -family gw2a -noiopads"),
            Self::Xc7 => {
                let flatten = if flatten { " -flatten" } else { "" };
                vec![format!("synth_xilinx -family xc7 -noiopad{flatten} -top {top}")]
            }
            Self::Generic => generic(flatten),
        }
    }

    /// (LUTs, flip-flops) of a placed design, as far as the placer's report tells more than the netlist. On iCE40 it
    /// counts logic cells.
    pub(super) fn placed(self, used: &BTreeMap<String, u64>) -> (Option<u64>, Option<u64>) {
        let used = |name: &str| used.get(name).copied();
        match self {
            // The write port of a distributed RAM blocks two LUTs.
            Self::Ecp5_25k | Self::Ecp5_45k | Self::Ecp5_85k => {
                let luts = used("TRELLIS_COMB").map(|luts| luts + 2 * used("TRELLIS_RAMW").unwrap_or(0));
                (luts, used("TRELLIS_FF"))
            }
            Self::Ice40Up5k | Self::Ice40Hx8k => (used("ICESTORM_LC"), None),
            Self::GowinGw2a | Self::Xc7 | Self::Generic => (None, None),
        }
    }

    fn family(self) -> &'static Family {
        match self {
            Self::Ecp5_25k | Self::Ecp5_45k | Self::Ecp5_85k => &ECP5,
            Self::Ice40Up5k | Self::Ice40Hx8k => &ICE40,
            Self::Xc7 => &XC7,
            Self::GowinGw2a => &GOWIN,
            Self::Generic => &GENERIC,
        }
    }

    /// LUTs that these primitives take.
    pub(super) fn luts(self, cells: &BTreeMap<String, u64>) -> u64 {
        weighted(self.family().luts, cells)
    }

    /// Multiplier blocks that these primitives take.
    pub(super) fn dsps(self, cells: &BTreeMap<String, u64>) -> u64 {
        weighted(self.family().dsps, cells)
    }

    /// Block RAMs among these primitives.
    pub(super) fn block_rams(self, cells: &BTreeMap<String, u64>) -> u64 {
        weighted(self.family().block_rams, cells)
    }

    /// Flip-flops among these primitives.
    pub(super) fn flip_flops(self, cells: &BTreeMap<String, u64>) -> u64 {
        let is_one = |name: &str| self.family().flip_flops.iter().any(|start| name.starts_with(start));
        cells.iter().filter(|(name, _)| is_one(name)).map(|(_, &count)| count).sum()
    }
}

fn weighted(weights: Weights, cells: &BTreeMap<String, u64>) -> u64 {
    weights.iter().map(|&(name, weight)| weight * cells.get(name).copied().unwrap_or(0) as f64).sum::<f64>().ceil()
        as u64
}

/// The commands of Yosys' `synth` with two differences: multipliers become black boxes before they are broken up into
/// adders, and memories stay arrays.
fn generic(flatten: bool) -> Vec<String> {
    let first = if flatten { "flatten; opt_expr; opt_clean" } else { "opt_expr; opt_clean" };
    let lines = [
        first,
        "opt -nodffe -nosdff; opt; wreduce; peepopt; opt_clean",
        &format!("chtype -set {MULTIPLIER} t:$mul"),
        "alumacc; share; opt; memory -nomap; opt_clean",
        "opt -fast -full; techmap; opt -fast; abc -lut 4; opt_clean",
    ];
    lines.map(str::to_owned).to_vec()
}

/// The names of the targets that satisfy `wanted`, for messages.
pub(super) fn list(wanted: impl Fn(Target) -> bool) -> String {
    let names: Vec<&str> = Target::ALL.into_iter().filter(|&t| wanted(t)).map(Target::name).collect();
    names.join(", ")
}

impl From<Target> for &'static str {
    fn from(target: Target) -> Self {
        target.name()
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A name that no target has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("--target {0}: there is no such target; choose one of {list}", list = list(|_| true))]
pub struct UnknownTarget(String);

impl FromStr for Target {
    type Err = UnknownTarget;

    fn from_str(name: &str) -> Result<Self, UnknownTarget> {
        Self::ALL.into_iter().find(|t| t.name() == name).ok_or_else(|| UnknownTarget(name.to_owned()))
    }
}
