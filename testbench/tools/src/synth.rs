//! Synthesises a core with Yosys, and places and routes it with nextpnr, to find its area, clock rate and critical
//! path.
//!
//! The numbers have the following meaning:
//!
//! - `lut` is the number of occupied LUTs, whatever they are used for. On ECP5 this counts LUT4s, 2 for each CCU2C
//!   (carry) and 6 for each TRELLIS_DPR16X4, of which 4 LUTs hold the words and 2 more are blocked by the write port.
//!   PFUMX and L6MUX21 take no LUTs. After place and route it is the number of nextpnr's TRELLIS_COMB, plus 2 for each
//!   TRELLIS_RAMW, which also includes what packing adds. For other targets see [`target`].
//! - `dsp` is the number of multiplier blocks: MULT18X18D on ECP5, DSP48E1 on 7-series, and so on. For `generic` it is
//!   the number of multipliers of any width.
//! - `memory_bits` is the number of bits of all memories that are written, wherever they are mapped, and `table_bits`
//!   that of constant tables. Both are counted in the design, so they are the same for every target.
//! - `block_rams` is the number of block RAM primitives that the tool chose.
//!
//! Without place and route the hierarchy is kept and each module is mapped once. That is fast and gives the area of
//! each module, but takes some LUTs that a flattened design would save. With place and route the design is flattened.
//!
//! Every run also asserts that Yosys finds no problem (`check -assert`: no loop, and no wire that is driven twice or
//! not at all) and infers no latch.

mod error;
mod multiplier;
mod nextpnr;
mod options;
pub mod target;
mod tool;
mod yosys;

pub use error::SynthError;
pub use nextpnr::{CriticalPath, Segment, Share};
pub use options::Options;
pub use target::{Target, UnknownTarget};
pub use yosys::ModuleArea;

use serde::Serialize;
use std::collections::BTreeMap;
use svdforge_hdl::core::Core;
use svdforge_hdl::export::{Header, verilog::verilog};
use svdforge_hdl::ir::Design;

/// Reads the JSON statistics that Yosys prints: the number of each primitive of a target in the whole design.
///
/// # Errors
///
/// The text is not JSON, or it lacks what this function reads.
pub fn read_statistics(text: &str, target: Target) -> Result<BTreeMap<String, u64>, SynthError> {
    yosys::read_statistics(text, target).map(|area| area.cells)
}

/// Reads the JSON report that nextpnr writes about a design: its slowest path from register to register.
///
/// # Errors
///
/// The text is not JSON, or it lacks what this function reads.
pub fn read_timing(text: &str, design: &Design) -> Result<CriticalPath, SynthError> {
    nextpnr::read_report(text, design).map(|placed| placed.critical_path)
}

/// The result of a synthesis.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SynthReport {
    /// The target.
    pub target: Target,
    /// The device, package and speed grade that was placed and routed.
    pub device: Option<String>,
    /// Occupied LUTs.
    pub lut: u64,
    /// Flip-flops.
    pub ff: u64,
    /// Multiplier blocks.
    pub dsp: u64,
    /// Bits of memories that are written.
    pub memory_bits: u64,
    /// Bits of constant tables.
    pub table_bits: u64,
    /// Block RAMs.
    pub block_rams: u64,
    /// The clock rate in MHz; `None` without place and route.
    pub fmax_mhz: Option<f64>,
    /// Matrices per second: the clock rate divided by the cycles per matrix.
    pub svd_per_second: Option<f64>,
    /// The seed of the placement.
    pub seed: Option<u32>,
    /// The slowest path between two registers.
    pub critical_path: Option<CriticalPath>,
    /// The area of one instance of each module, without the modules inside it. Empty for a flattened design.
    pub modules: Vec<ModuleArea>,
    /// The number of each primitive.
    pub cells: BTreeMap<String, u64>,
    /// Name and version of each tool that ran.
    pub tools: BTreeMap<String, String>,
}

/// The tools that a run needs, and the device to place for.
struct Tools {
    device: Option<target::Device>,
    yosys: tool::Found,
    nextpnr: Option<tool::Found>,
}

impl Tools {
    fn find(target: Target, pnr: bool) -> Result<Self, SynthError> {
        let device = match (pnr, target.device()) {
            (true, None) => return Err(SynthError::NoPlaceAndRoute(target)),
            (true, device) => device,
            (false, _) => None,
        };
        let nextpnr = device.map(|_| tool::NEXTPNR_ECP5.find()).transpose()?;
        Ok(Self { device, yosys: tool::YOSYS.find()?, nextpnr })
    }
}

/// The name and version of each tool that a run needs. With this function a missing tool is found before, not after,
/// minutes of other work.
pub fn tools(target: Target, pnr: bool) -> Result<BTreeMap<String, String>, SynthError> {
    let Tools { yosys, nextpnr, .. } = Tools::find(target, pnr)?;
    let folder = tempfile::tempdir()?;
    [Some(yosys), nextpnr].iter().flatten().map(|tool| tool.version(folder.path())).collect()
}

/// Synthesises a core for a target. With `pnr` the core is also placed and routed; it is an error if the target does
/// not support that, or if the core does not fit the device.
pub fn synth(core: &Core, target: Target, pnr: bool, options: &Options) -> Result<SynthReport, SynthError> {
    let Tools { device, yosys, nextpnr } = Tools::find(target, pnr)?;
    let folder = tempfile::tempdir()?;
    for file in verilog(core.design(), &Header::default()) {
        std::fs::write(folder.path().join(file.name), file.text)?;
    }
    let top = &core.design().top().name;
    let area = yosys::run(&yosys, folder.path(), top, target, pnr)?;
    let (memory_bits, table_bits) = storage_bits(core.design());
    let mut report = SynthReport {
        target,
        device: device.map(|d| d.name()),
        lut: target.luts(&area.cells),
        ff: target.flip_flops(&area.cells),
        dsp: target.dsps(&area.cells),
        memory_bits,
        table_bits,
        block_rams: target.block_rams(&area.cells),
        fmax_mhz: None,
        svd_per_second: None,
        seed: None,
        critical_path: None,
        modules: area.modules,
        cells: area.cells,
        tools: BTreeMap::from([yosys.version(folder.path())?]),
    };
    if let (Some(device), Some(nextpnr)) = (device, nextpnr) {
        for (what, needed, available) in [("LUT4", report.lut, device.luts), ("MULT18X18D", report.dsp, device.dsps)] {
            if needed > available {
                return Err(SynthError::TooBig { device: device.name(), what, needed, available });
            }
        }
        let placed = nextpnr::run(&nextpnr, folder.path(), device, options, core.design())?;
        (report.lut, report.ff) = (placed.lut, placed.ff);
        report.fmax_mhz = Some(placed.fmax_mhz);
        report.svd_per_second = options.cycles_per_matrix.map(|cycles| placed.fmax_mhz * 1e6 / cycles as f64);
        report.seed = Some(options.seed);
        report.critical_path = Some(placed.critical_path);
        report.tools.extend([nextpnr.version(folder.path())?]);
    }
    Ok(report)
}

/// The number of bits of (memories, tables), with every instance counted.
pub fn storage_bits(design: &Design) -> (u64, u64) {
    let mut sums: Vec<(u64, u64)> = Vec::new();
    for module in &design.modules {
        let memories = module.memories.iter().map(|m| u64::from(m.width) * u64::from(m.depth)).sum();
        let tables = module.tables.iter().map(|t| u64::from(t.width) * t.entries.len() as u64).sum();
        let inside = module.instances.iter().map(|i| sums[i.module.index()]);
        sums.push(inside.fold((memories, tables), |(m, t), (inner_m, inner_t)| (m + inner_m, t + inner_t)));
    }
    sums.last().copied().unwrap_or_default()
}
