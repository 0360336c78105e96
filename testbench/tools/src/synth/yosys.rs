//! Synthesises with Yosys: writes the script, and reads the statistics.

use super::error::SynthError;
use super::multiplier;
use super::target::{MULTIPLIER, Purpose, Target, list};
use super::tool::{Found, Version};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

/// The file with the netlist for nextpnr.
pub(super) const NETLIST: &str = "netlist.json";
const STATISTICS: &str = "statistics.json";
/// The file with the netlist for simulation.
pub(super) const SIMULATED: &str = "netlist.v";

/// Area of one module, without the modules inside it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ModuleArea {
    /// The module.
    pub module: String,
    /// Occupied LUTs.
    pub lut: u64,
    /// Flip-flops.
    pub ff: u64,
    /// Multiplier blocks.
    pub dsp: u64,
    /// Block RAMs.
    pub block_rams: u64,
}

/// The cells of a netlist.
pub(super) struct Area {
    /// The number of each primitive in the whole design.
    pub cells: BTreeMap<String, u64>,
    pub modules: Vec<ModuleArea>,
}

/// What is synthesised: the Verilog files in a folder.
pub(super) struct Sources {
    /// The names of the files.
    pub files: Vec<String>,
    pub top: String,
    pub purpose: Purpose,
}

/// Synthesises Verilog files in a folder.
pub(super) fn run(yosys: &Found, folder: &Path, sources: &Sources, target: Target) -> Result<Area, SynthError> {
    let version = Version::of(&yosys.version(folder)?.1);
    if version < target.least_yosys() {
        return Err(SynthError::OldYosys {
            target,
            needed: target.least_yosys().to_string(),
            found: version.to_string(),
            others: list(|other| other.least_yosys() <= version),
        });
    }
    let replaced = multiplier::replace(folder, &sources.files, target)?;
    std::fs::write(folder.join("synth.ys"), script(sources, replaced, target, version))?;
    yosys.run(folder, &["-q", "-s", "synth.ys"].map(str::to_owned))?;
    let text = std::fs::read_to_string(folder.join(STATISTICS))?;
    read_statistics(&text, target)
}

fn script(sources: &Sources, replaced: Vec<String>, target: Target, version: Version) -> String {
    let top = &sources.top;
    let mut lines = vec![
        format!("read_verilog {}", sources.files.join(" ")),
        format!("hierarchy -check -top {top}"),
        "proc".to_owned(),
        "check -assert".to_owned(),
        "select -assert-none t:$dlatch t:$adlatch t:$dlatchsr t:$sr".to_owned(),
    ];
    lines.extend(replaced);
    lines.extend(target.mapping(top, sources.purpose, version));
    lines.push(format!("tee -q -o {STATISTICS} stat -json -top {top}"));
    lines.push(match sources.purpose {
        // The multipliers of a generic netlist become products again, and its LUTs become multiplexers. In Verilog, an
        // unknown address makes all of a LUT unknown, while a multiplexer of equal inputs is known.
        Purpose::Simulation => {
            format!("chtype -set $mul t:{MULTIPLIER}; lut2mux; write_verilog -noattr {SIMULATED}")
        }
        Purpose::Area | Purpose::Placement => format!("write_json {NETLIST}"),
    });
    lines.join("\n") + "\n"
}

/// The JSON among the statistics. Yosys 0.23 prints the names of the modules between its parts.
fn json_lines(text: &str) -> String {
    let is_name = |line: &&str| line.trim_start().starts_with(|c: char| c.is_ascii_alphabetic() || "_$\\".contains(c));
    text.lines().filter(|line| !is_name(line)).collect::<Vec<_>>().join("\n")
}

pub(super) fn read_statistics(text: &str, target: Target) -> Result<Area, SynthError> {
    let lacks = |what: &str| SynthError::Report { program: "yosys", what: what.to_owned() };
    let statistics: Value =
        serde_json::from_str(&json_lines(text)).map_err(|e| lacks(&format!("JSON statistics ({e})")))?;
    let modules = statistics["modules"].as_object().ok_or_else(|| lacks("`modules`"))?;
    let name_of = |key: &str| key.trim_start_matches('\\').to_owned();
    let is_module = |cell: &str| modules.keys().any(|key| name_of(key) == name_of(cell));
    let cells_of = |entry: &Value| {
        let counts = entry["num_cells_by_type"].as_object()?;
        let primitives = counts.iter().filter(|(cell, _)| !is_module(cell));
        let count = |(cell, count): (&String, &Value)| Some((name_of(cell), count.as_u64()?));
        Some(primitives.filter_map(count).filter(|&(_, count)| count > 0).collect::<BTreeMap<_, _>>())
    };
    let cells = cells_of(&statistics["design"]).ok_or_else(|| lacks("`design.num_cells_by_type`"))?;
    if modules.len() == 1 {
        return Ok(Area { cells, modules: Vec::new() });
    }
    let area = |(key, entry): (&String, &Value)| {
        let own = cells_of(entry)?;
        let (lut, ff) = (target.luts(&own), target.flip_flops(&own));
        let (dsp, block_rams) = (target.dsps(&own), target.block_rams(&own));
        Some(ModuleArea { module: name_of(key), lut, ff, dsp, block_rams })
    };
    Ok(Area { cells, modules: modules.iter().filter_map(area).collect() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statistics_are_counted_by_module_and_in_all() {
        let text = r#"{ "modules": {
            "\\top": { "num_cells_by_type": { "unit": 2, "LUT4": 3 } },
            "\\unit": { "num_cells_by_type": { "CCU2C": 5, "TRELLIS_DPR16X4": 1, "MULT18X18D": 1, "TRELLIS_FF": 7, "DP16KD": 1 } } },
          "design": { "num_cells_by_type": { "unit": 2, "LUT4": 3, "CCU2C": 10, "TRELLIS_DPR16X4": 2, "MULT18X18D": 2, "TRELLIS_FF": 14, "DP16KD": 2 } } }"#;
        let target = Target::Ecp5_85k;
        let area = read_statistics(text, target).unwrap();
        assert_eq!(target.luts(&area.cells), 3 + 2 * 10 + 6 * 2);
        assert_eq!((target.flip_flops(&area.cells), target.dsps(&area.cells)), (14, 2));
        assert_eq!(area.cells.get("unit"), None);
        let unit = ModuleArea { module: "unit".to_owned(), lut: 16, ff: 7, dsp: 1, block_rams: 1 };
        assert_eq!(area.modules[1], unit);
        assert_eq!(area.modules[0].lut, 3);
    }

    #[test]
    fn names_that_yosys_0_23_prints_among_the_statistics_are_skipped() {
        let text = "{\n \"modules\": {\n \"\\\\top\": { \"num_cells_by_type\": { \"LUT4\": 3 } }\n },\n   svd_unit      1\n   \"design\": { \"num_cells_by_type\": { \"LUT4\": 3 } }\n}";
        let area = read_statistics(text, Target::Ecp5_85k).unwrap();
        assert_eq!(area.cells, BTreeMap::from([("LUT4".to_owned(), 3)]));
    }

    #[test]
    fn statistics_of_another_version_are_an_error() {
        for text in ["", "{}", r#"{ "modules": {} }"#] {
            assert!(matches!(read_statistics(text, Target::Xc7), Err(SynthError::Report { .. })), "{text}");
        }
    }
}
