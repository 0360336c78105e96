//! Places and routes with nextpnr, and reads the clock rate and where the slowest path spends its time.

use super::device::Device;
use super::error::SynthError;
use super::frame;
use super::tool::Found;
use super::yosys::NETLIST;
use crate::process::ToolError;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;
use svdforge_hdl::ir::Design;

const REPORT: &str = "report.json";

/// The slowest path from register to register.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CriticalPath {
    /// The delay of the whole path.
    pub delay_ns: f64,
    /// The register where it starts.
    pub from: String,
    /// The register where it ends.
    pub to: String,
    /// What each module instance contributes, in the order of the path.
    pub shares: Vec<Share>,
    /// The steps of the path.
    pub segments: Vec<Segment>,
}

/// What one module instance contributes to a path.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Share {
    /// The path of the instance inside the top module; empty for the top module itself.
    pub instance: String,
    /// Its module.
    pub module: String,
    /// The delay of its cells, including setup and clock-to-output times.
    pub logic_ns: f64,
    /// The delay of the wires that lead to its cells.
    pub routing_ns: f64,
}

/// One step of a path.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Segment {
    /// `clk-to-q`, `logic`, `routing` or `setup`.
    pub kind: String,
    /// The delay of the step.
    pub delay_ns: f64,
    /// The cell, or the one to which the wire leads.
    pub cell: String,
    /// The port where the step ends.
    pub port: String,
}

/// The figures of a placed and routed design.
pub(super) struct Placed {
    /// How many cells of each kind of the device are used.
    pub used: BTreeMap<String, u64>,
    pub fmax_mhz: f64,
    pub critical_path: CriticalPath,
}

/// Places and routes the netlist in a folder.
pub(super) fn run(
    nextpnr: &Found,
    folder: &Path,
    device: &Device,
    seed: u32,
    design: &Design,
) -> Result<Placed, SynthError> {
    let mut arguments = format!(
        "{} --json {NETLIST} --report {REPORT} --freq {} --seed {seed} --timing-allow-fail --quiet",
        device.arguments, device.goal_mhz
    );
    if let Some(places) = frame::places(device) {
        std::fs::write(folder.join(frame::PLACES), places)?;
        arguments += &format!(" --vopt cst={}", frame::PLACES);
    }
    let arguments: Vec<String> = arguments.split(' ').map(str::to_owned).collect();
    nextpnr.run(folder, &arguments).map_err(|error| no_room(error, device))?;
    read_report(&std::fs::read_to_string(folder.join(REPORT))?, design)
}

/// Tells an error of a placer that found no room from others.
fn no_room(error: ToolError, device: &Device) -> SynthError {
    let ToolError::Failed { printed, .. } = &error else { return error.into() };
    let signs = ["no BELs remaining", "no Bels available", "nable to find legal placement", "Failed to expand region"];
    let line = printed.lines().find(|line| signs.iter().any(|sign| line.contains(sign)));
    match line {
        Some(line) => SynthError::NoRoom { device: device.name, message: line.trim().to_owned() },
        None => error.into(),
    }
}

#[derive(Deserialize)]
struct NextpnrReport {
    critical_paths: Vec<ReportedPath>,
    fmax: BTreeMap<String, ReportedClock>,
    utilization: BTreeMap<String, Utilization>,
}

#[derive(Deserialize)]
struct ReportedClock {
    achieved: f64,
}

#[derive(Deserialize)]
struct Utilization {
    used: u64,
}

#[derive(Deserialize)]
struct ReportedPath {
    from: String,
    to: String,
    path: Vec<Step>,
}

#[derive(Deserialize)]
struct Step {
    #[serde(rename = "type")]
    kind: String,
    delay: f64,
    from: Pin,
    to: Pin,
}

#[derive(Deserialize)]
struct Pin {
    cell: String,
    port: String,
}

pub(super) fn read_report(text: &str, design: &Design) -> Result<Placed, SynthError> {
    let lacks = |what: &str| SynthError::Report { program: "nextpnr", what: what.to_owned() };
    let report: NextpnrReport = serde_json::from_str(text).map_err(|e| lacks(&format!("a readable form ({e})")))?;
    let slowest = report.fmax.values().map(|clock| clock.achieved).min_by(f64::total_cmp);
    let clocked = |name: &str| name.starts_with("posedge") || name.starts_with("negedge");
    let paths = report.critical_paths.iter().filter(|p| clocked(&p.from) && clocked(&p.to));
    let delay = |path: &ReportedPath| path.path.iter().map(|step| step.delay).sum::<f64>();
    let path = paths.max_by(|a, b| delay(a).total_cmp(&delay(b))).ok_or_else(|| lacks("a path between registers"))?;
    Ok(Placed {
        fmax_mhz: slowest.ok_or_else(|| lacks("a clock"))?,
        critical_path: critical_path(path, design).ok_or_else(|| lacks("steps of the critical path"))?,
        used: report.utilization.into_iter().map(|(name, utilization)| (name, utilization.used)).collect(),
    })
}

fn critical_path(path: &ReportedPath, design: &Design) -> Option<CriticalPath> {
    let mut shares: Vec<Share> = Vec::new();
    for step in &path.path {
        let (instance, module) = owner(&step.to.cell, design);
        let known = shares.iter().position(|s| s.instance == instance).unwrap_or_else(|| {
            shares.push(Share { instance, module, logic_ns: 0.0, routing_ns: 0.0 });
            shares.len() - 1
        });
        let share = &mut shares[known];
        *(if step.kind == "routing" { &mut share.routing_ns } else { &mut share.logic_ns }) += step.delay;
    }
    let segment = |step: &Step| Segment {
        kind: step.kind.clone(),
        delay_ns: step.delay,
        cell: step.to.cell.clone(),
        port: step.to.port.clone(),
    };
    Some(CriticalPath {
        delay_ns: path.path.iter().map(|step| step.delay).sum(),
        from: path.path.first()?.from.cell.clone(),
        to: path.path.last()?.to.cell.clone(),
        shares,
        // Steps without delay, as in carry chains, are left out.
        segments: path.path.iter().filter(|step| step.delay > 0.0).map(segment).collect(),
    })
}

/// The instance, and its module, to which a cell of the flattened design belongs. It follows from the cell's name, such
/// as `datapath.left_0.p2_kx...`. Cells of a frame around the core belong to its top module.
fn owner(cell: &str, design: &Design) -> (String, String) {
    let mut module = design.top();
    let mut instances = Vec::new();
    let inside = cell.strip_prefix(frame::INSTANCE).and_then(|rest| rest.strip_prefix('.')).unwrap_or(cell);
    for part in inside.split('.') {
        let Some(instance) = module.instances.iter().find(|i| i.name == part) else { break };
        instances.push(part);
        module = design.module(instance.module);
    }
    (instances.join("."), module.name.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use svdforge_hdl::core::Core;
    use svdforge_hdl::parameters::Parameters;

    #[test]
    fn the_slowest_path_is_shared_out_among_instances() {
        let shape = Parameters { rows: 2, cols: 2, ..Parameters::default() }.shape().unwrap();
        let core = Core::new(shape);
        let pin = |cell: &str, port: &str| format!(r#"{{ "cell": "{cell}", "loc": [1, 2], "port": "{port}" }}"#);
        let step = |kind: &str, delay: f64, from: String, to: String| {
            format!(r#"{{ "type": "{kind}", "delay": {delay}, "from": {from}, "to": {to} }}"#)
        };
        let steps = [
            step(
                "clk-to-q",
                0.5,
                pin("framed_core.decomposer.datapath.left_0.a", "CLK"),
                pin("framed_core.decomposer.datapath.left_0.a", "Q"),
            ),
            step("routing", 1.0, pin("decomposer.datapath.left_0.a", "Q"), pin("decomposer.datapath.matrix.b.c", "A")),
            step("logic", 0.25, pin("decomposer.datapath.matrix.b.c", "A"), pin("decomposer.datapath.matrix.b.c", "F")),
            step("setup", 0.0, pin("decomposer.datapath.matrix.b.c", "F"), pin("decomposer.datapath.matrix.b.c", "F")),
        ];
        let text = format!(
            r#"{{ "critical_paths": [ {{ "from": "async", "to": "posedge c", "path": [] }}, {{ "from": "posedge c", "to": "posedge c", "path": [ {} ] }} ],
               "fmax": {{ "c": {{ "achieved": 81.5, "constraint": 100 }} }},
               "utilization": {{ "TRELLIS_COMB": {{ "used": 9 }}, "TRELLIS_RAMW": {{ "used": 2 }}, "TRELLIS_FF": {{ "used": 4 }} }} }}"#,
            steps.join(", ")
        );
        let placed = read_report(&text, core.design()).unwrap();
        let used = |name: &str| placed.used.get(name).copied();
        assert_eq!((used("TRELLIS_COMB"), used("TRELLIS_RAMW"), used("TRELLIS_FF")), (Some(9), Some(2), Some(4)));
        assert_eq!(placed.fmax_mhz, 81.5);
        let path = placed.critical_path;
        assert_eq!((path.delay_ns, path.segments.len()), (1.75, 3));
        let share = |instance: &str, module: &str, logic_ns, routing_ns| Share {
            instance: instance.to_owned(),
            module: module.to_owned(),
            logic_ns,
            routing_ns,
        };
        let expected = [
            share("decomposer.datapath.left_0", "rotator", 0.5, 0.0),
            share("decomposer.datapath.matrix", "matrix_memory", 0.25, 1.0),
        ];
        assert_eq!(path.shares, expected);
    }
}
