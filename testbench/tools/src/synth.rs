//! Synthesises a core with Yosys, and places and routes it with nextpnr, to find its area, clock rate and critical
//! path.
//!
//! The numbers have the following meaning:
//!
//! - `lut` is the number of occupied LUTs, whatever they are used for. On ECP5 this counts LUT4s, 2 for each CCU2C
//!   (carry) and 6 for each TRELLIS_DPR16X4, of which 4 LUTs hold the words and 2 more are blocked by the write port.
//!   PFUMX and L6MUX21 take no LUTs. After place and route it is the number of nextpnr's TRELLIS_COMB, plus 2 for each
//!   TRELLIS_RAMW, which also includes what packing adds. On iCE40 it is then the number of logic cells, also of those
//!   of which only the flip-flop or the carry is used. For other targets see [`target`].
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

mod cells;
mod device;
mod error;
mod frame;
mod multiplier;
mod netlist;
mod nextpnr;
mod options;
pub mod target;
mod tool;
mod yosys;

pub use error::SynthError;
pub use netlist::{PowerUp, netlist};
pub use nextpnr::{CriticalPath, Segment, Share};
pub use options::Options;
pub use target::{Target, UnknownTarget};
pub use yosys::ModuleArea;

use crate::process::ToolError;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::Path;
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
    pub device: Option<&'static str>,
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
    /// The clock rate in MHz, the median of all seeds; `None` without place and route.
    pub fmax_mhz: Option<f64>,
    /// The lowest clock rate of all seeds.
    pub fmax_min_mhz: Option<f64>,
    /// The highest clock rate of all seeds.
    pub fmax_max_mhz: Option<f64>,
    /// Matrices per second: the median clock rate divided by the cycles per matrix.
    pub svd_per_second: Option<f64>,
    /// The seed to which area and critical path belong: the one in the middle, ordered by the clock rate.
    pub seed: Option<u32>,
    /// The clock rate of each seed, in the order in which they ran. Empty without place and route.
    pub seeds: Vec<SeedResult>,
    /// Bits of ports that a frame of shift registers connects, since the package has too few pins. The area then
    /// includes the frame: a flip-flop for each bit of an input; two flip-flops and a LUT for each bit of an output.
    pub frame_bits: Option<u64>,
    /// What the clock rate leaves out.
    pub caveat: Option<&'static str>,
    /// The slowest path between two registers.
    pub critical_path: Option<CriticalPath>,
    /// The area of one instance of each module, without the modules inside it. Empty for a flattened design.
    pub modules: Vec<ModuleArea>,
    /// The number of each primitive.
    pub cells: BTreeMap<String, u64>,
    /// Name and version of each tool that ran.
    pub tools: BTreeMap<String, String>,
}

/// The clock rate for one seed of the placement.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct SeedResult {
    /// The seed.
    pub seed: u32,
    /// The clock rate in MHz.
    pub fmax_mhz: f64,
}

/// The tools that a run needs, and the device to place for.
struct Tools {
    yosys: tool::Found,
    placer: Option<(&'static device::Device, tool::Found)>,
}

impl Tools {
    fn find(target: Target, pnr: bool) -> Result<Self, SynthError> {
        let placer = match (pnr, target.device()) {
            (true, None) => return Err(SynthError::NoPlaceAndRoute(target)),
            (true, Some(device)) => Some((device, device.placer.find()?)),
            (false, _) => None,
        };
        Ok(Self { yosys: tool::YOSYS.find()?, placer })
    }
}

/// The name and version of each tool that a run needs. With this function a missing tool is found before, not after,
/// minutes of other work.
pub fn tools(target: Target, pnr: bool) -> Result<BTreeMap<String, String>, SynthError> {
    let Tools { yosys, placer } = Tools::find(target, pnr)?;
    let folder = tempfile::tempdir()?;
    let placer = placer.map(|(_, found)| found);
    let found = [Some(yosys), placer];
    Ok(found.iter().flatten().map(|tool| tool.version(folder.path())).collect::<Result<_, ToolError>>()?)
}

/// Synthesises a core for a target. With `pnr` the core is also placed and routed, once for each seed; it is an error
/// if the target does not support that, or if the core does not fit the device. `progress` is called with the number
/// of seeds that are done, after synthesis and after each seed.
pub fn synth(
    core: &Core,
    target: Target,
    pnr: bool,
    options: &Options,
    progress: &dyn Fn(u32),
) -> Result<SynthReport, SynthError> {
    let Tools { yosys, placer } = Tools::find(target, pnr)?;
    let folder = tempfile::tempdir()?;
    let frame_bits = placer.as_ref().and_then(|(device, _)| frame::bits(core, device));
    let area = run_yosys(&yosys, folder.path(), core, target, pnr, frame_bits.is_some())?;
    let (memory_bits, table_bits) = storage_bits(core.design());
    let mut report = SynthReport {
        target,
        device: placer.as_ref().map(|(device, _)| device.name),
        lut: target.luts(&area.cells),
        ff: target.flip_flops(&area.cells),
        dsp: target.dsps(&area.cells),
        memory_bits,
        table_bits,
        block_rams: target.block_rams(&area.cells),
        fmax_mhz: None,
        fmax_min_mhz: None,
        fmax_max_mhz: None,
        svd_per_second: None,
        seed: None,
        seeds: Vec::new(),
        frame_bits,
        caveat: placer.as_ref().and_then(|(device, _)| device.caveat),
        critical_path: None,
        modules: area.modules,
        cells: area.cells,
        tools: BTreeMap::from([yosys.version(folder.path())?]),
    };
    progress(0);
    if let Some((device, nextpnr)) = placer {
        check_room(&report, device)?;
        let mut runs = Vec::new();
        for done in 0..options.seeds.get() {
            let seed = options.seed.wrapping_add(done);
            runs.push((seed, nextpnr::run(&nextpnr, folder.path(), device, seed, core.design())?));
            progress(done + 1);
        }
        report.place(target, runs);
        let rate = report.fmax_mhz.zip(options.cycles_per_matrix);
        report.svd_per_second = rate.map(|(fmax, cycles)| fmax * 1e6 / cycles as f64);
        report.tools.extend([nextpnr.version(folder.path())?]);
    }
    Ok(report)
}

/// Writes the Verilog of a core, framed if it is to be, and runs Yosys on it.
fn run_yosys(
    yosys: &tool::Found,
    folder: &Path,
    core: &Core,
    target: Target,
    pnr: bool,
    framed: bool,
) -> Result<yosys::Area, SynthError> {
    let mut files = write_core(folder, core)?;
    let mut top = core.design().top().name.clone();
    if framed {
        std::fs::write(folder.join(frame::FILE), frame::verilog(core))?;
        files.push(frame::FILE.to_owned());
        top = frame::TOP.to_owned();
    }
    let purpose = if pnr { target::Purpose::Placement } else { target::Purpose::Area };
    yosys::run(yosys, folder, &yosys::Sources { files, top, purpose }, target)
}

/// Writes the Verilog of a core, and returns the names of its files.
fn write_core(folder: &Path, core: &Core) -> std::io::Result<Vec<String>> {
    let files = verilog(core.design(), &Header::default()).into_iter().filter(|file| file.name.ends_with(".v"));
    files.map(|file| std::fs::write(folder.join(&file.name), &file.text).map(|()| file.name)).collect()
}

/// Checks the netlist against what the device has. nextpnr would find the same, later and in other words.
fn check_room(report: &SynthReport, device: &device::Device) -> Result<(), SynthError> {
    let needs = [(report.dsp, device.multipliers), (report.lut, device.luts), (report.block_rams, device.block_rams)];
    for (needed, (what, available)) in needs {
        if needed > available {
            return Err(SynthError::TooBig { device: device.name, what, needed, available });
        }
    }
    Ok(())
}

impl SynthReport {
    /// Enters the results of placement, one for each seed. The clock rate is their median: of an even number, the mean
    /// of the two in the middle. The critical path and the area are those of the run in the middle, or of the lower of
    /// two.
    fn place(&mut self, target: Target, mut runs: Vec<(u32, nextpnr::Placed)>) {
        self.seeds = runs.iter().map(|(seed, placed)| SeedResult { seed: *seed, fmax_mhz: placed.fmax_mhz }).collect();
        runs.sort_by(|a, b| a.1.fmax_mhz.total_cmp(&b.1.fmax_mhz));
        let rate = |index: usize| runs.get(index).map(|(_, placed)| placed.fmax_mhz);
        let (lower, upper) = (runs.len().saturating_sub(1) / 2, runs.len() / 2);
        self.fmax_mhz = rate(lower).zip(rate(upper)).map(|(lower, upper)| f64::midpoint(lower, upper));
        self.fmax_min_mhz = rate(0);
        self.fmax_max_mhz = rate(runs.len().saturating_sub(1));
        if lower < runs.len() {
            let (seed, placed) = runs.swap_remove(lower);
            let (lut, ff) = target.placed(&placed.used);
            self.lut = lut.unwrap_or(self.lut);
            self.ff = ff.unwrap_or(self.ff);
            self.seed = Some(seed);
            self.critical_path = Some(placed.critical_path);
        }
    }
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
