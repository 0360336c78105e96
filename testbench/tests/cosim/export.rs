//! Tests the exported folder as its user sees it: run by hand, with faults in it, and under linters.

use crate::common::{complex_variants, core, core_of, frame, simulate, square, variants, without_numbers};
use std::fs;
use std::path::Path;
use svdforge_hdl::core::Core;
use svdforge_hdl::export::Header;
use svdforge_hdl::export::verilog::verilog;
use svdforge_hdl::parameters::Parameters;
use svdforge_testbench::engine::SimulatorEngine;
use svdforge_testbench::stimulus::Stimulus;
use svdforge_testbench::testbench_verilog::testbench_files;
use svdforge_tools::process::{find, run};
use tempfile::TempDir;

fn header() -> Header {
    Header { command: "svdforge generate --out core".into(), version: "0".into(), parameters: vec![] }
}

/// An export with a testbench whose stimulus has two frames.
fn export(n: usize) -> TempDir {
    export_of(&core(n))
}

fn export_of(core: &Core) -> TempDir {
    let stimulus = Stimulus::new([frame(core, 1), frame(core, 2)].concat());
    let trace = simulate(&mut SimulatorEngine::new(core).unwrap(), &stimulus);
    let folder = TempDir::new().unwrap();
    let files = verilog(core.design(), &header()).into_iter();
    for file in files.chain(testbench_files(core, &header(), &stimulus, &trace)) {
        fs::write(folder.path().join(&file.name), &file.text).unwrap();
    }
    folder
}

/// Runs the command that the testbench gives, in a shell. Returns the exit status and what is printed.
fn by_hand(folder: &Path, n: usize, plusargs: &str) -> (Option<i32>, String) {
    let name = format!("svd_{n}x{n}");
    let line = format!("iverilog -g2005 -o sim -c {name}.f {name}_tb.v && vvp -n sim {plusargs}");
    let finished = run("sh", &["-c", &line], folder, "this test").unwrap_or_else(|e| panic!("{e}"));
    (finished.status.code(), finished.printed())
}

/// Changes one file.
fn edit(folder: &Path, name: &str, change: impl FnOnce(String) -> String) {
    let path = folder.join(name);
    let text = fs::read_to_string(&path).unwrap();
    let changed = change(text.clone());
    assert_ne!(text, changed, "{name}: nothing was changed");
    fs::write(path, changed).unwrap();
}

#[test]
fn the_testbench_passes_and_tells_what_it_saw() {
    find("iverilog", "this test").unwrap_or_else(|e| panic!("{e}"));
    let folder = export(3);
    let (status, printed) = by_hand(folder.path(), 3, "+vcd=waves.vcd +record=beats.txt");
    assert_eq!(status, Some(0), "{printed}");
    let line = printed.lines().filter(|l| !l.starts_with("VCD info")).collect::<Vec<_>>().join("\n");
    assert!(line.starts_with("PASS: 2 frames, 18 input beats, 44 output beats, "), "{printed}");
    let beats = fs::read_to_string(folder.path().join("beats.txt")).unwrap();
    assert_eq!(beats.lines().count(), 2 * 9 + 2 * 22);
    assert!(fs::read_to_string(folder.path().join("waves.vcd")).unwrap().contains("$enddefinitions"));
}

/// One bit of a data file or of the core is changed. Each fault is found and described in words.
#[test]
fn the_testbench_fails_where_something_is_wrong() {
    let failure = |name: &str, change: &dyn Fn(String) -> String| {
        let folder = export(2);
        edit(folder.path(), name, change);
        let (status, printed) = by_hand(folder.path(), 2, "");
        assert_eq!(status, Some(1), "{printed}");
        assert_eq!(printed.lines().count(), 1, "{printed}");
        without_numbers(printed.trim_end())
    };
    let line = |text: String, number: usize, change: &dyn Fn(&str) -> String| {
        let lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let changed = lines.iter().enumerate().map(|(i, l)| if i == number { change(l) } else { l.clone() });
        changed.map(|l| l + "\n").collect::<String>()
    };
    let expected = "svd_2x2_expected.hex";
    let fields = |l: &str| l.split(' ').map(str::to_owned).collect::<Vec<_>>();
    let flipped = |l: &str, field: usize| {
        let mut fields = fields(l);
        let digits = fields[field].len();
        let value = u64::from_str_radix(&fields[field], 16).unwrap() ^ 1;
        fields[field] = format!("{value:0digits$x}");
        fields.join(" ")
    };
    let later = |l: &str| {
        let mut fields = fields(l);
        fields[0] = (fields[0].parse::<u64>().unwrap() + 1).to_string();
        fields.join(" ")
    };
    insta::assert_snapshot!(failure(expected, &|t| line(t, 5, &|l| flipped(l, 3))), @"FAIL: cycle N: U row 0, column 1 of output frame 0: tdata is H, expected H");
    insta::assert_snapshot!(failure(expected, &|t| line(t, 11, &|l| flipped(l, 1))), @"FAIL: cycle N: U row 0, column 0 of output frame 0: tuser is 3, expected 2");
    insta::assert_snapshot!(failure(expected, &|t| line(t, 11, &|l| flipped(l, 2))), @"FAIL: cycle N: V row 1, column 1 of output frame 0: tlast is 1, expected 0");
    insta::assert_snapshot!(failure(expected, &|t| line(t, 2, &later)), @"FAIL: cycle N: sigma 0 of output frame 0 comes now, expected in cycle N");
    insta::assert_snapshot!(failure(expected, &|t| line(t, 22, &|_| "".into())), @"FAIL: cycle N: output beat 21 comes, expected none: tuser 3, tlast 1, tdata H");
    insta::assert_snapshot!(failure(expected, &|t| t + "9000 3 1 000000\n"), @"FAIL: cycle N: V row 2, column 0 of output frame 2 does not come, expected in cycle N");
    insta::assert_snapshot!(failure("svd_2x2_accepted.hex", &|t| line(t, 3, &later)), @"FAIL: input beat 2 is taken in cycle N, expected in cycle N");
    insta::assert_snapshot!(failure("svd_2x2_stimulus.hex", &|t| line(t, 1, &|l| flipped(l, 1))), @"FAIL: cycle N: sigma 0 of output frame 0: tdata is H, expected H");
    insta::assert_snapshot!(failure("svd_2x2_stimulus.hex", &|t| line(t, 2, &|_| "0 frog".into())), @"FAIL: a data file has a line that cannot be read, before cycle N");
    // Changes one bit in every entry of a table of the core.
    let table = |text: String| {
        let entry = |l: &str| match l.trim_start().starts_with("rotation_table[") {
            true => l.replace("= 36'h", "= 36'h1 ^ 36'h"),
            false => l.to_owned(),
        };
        text.lines().map(|l| entry(l) + "\n").collect()
    };
    insta::assert_snapshot!(failure("svd_2x2_coefficient_unit.v", &table), @"FAIL: cycle N: sigma 0 of output frame 0: tdata is H, expected H");
}

#[test]
fn linters_have_nothing_to_say() {
    let mut cores = 0;
    for parameters in [2, 3, 8, 16, 32].map(square).into_iter().chain(variants()).chain(complex_variants()) {
        let core = core_of(parameters);
        let folder = export_of(&core);
        let name = core.shape().name();
        let (list, bench) = (format!("{name}.f"), format!("{name}_tb.v"));
        let bench_top = format!("{name}_tb");
        let verilator = ["--lint-only", "-Wall", "--quiet-stats", "--top-module"];
        let core_alone = [&verilator[..], &[&name, "-f", &list]].concat();
        let with_bench = [&verilator[..], &[&bench_top, "--timing", "-f", &list, &bench]].concat();
        let icarus = vec!["-g2005", "-Wall", "-t", "null", "-c", &list, &bench];
        for (tool, arguments) in [("verilator", core_alone), ("verilator", with_bench), ("iverilog", icarus)] {
            let finished = run(tool, &arguments, folder.path(), "this test").unwrap_or_else(|e| panic!("{e}"));
            assert_eq!(finished.printed(), "", "{tool}, {name}");
            assert!(finished.status.success());
        }
        cores += 1;
    }
    assert_eq!(cores, 46);
}

/// The message for a missing tool names it and says what to do.
#[test]
fn a_missing_tool_is_an_error() {
    let message = find("no-such-tool", "the engine icarus").unwrap_err().to_string();
    insta::assert_snapshot!(message, @"`no-such-tool` is not on the PATH, and the engine icarus needs it; install it with scripts/install-tools.sh, then source scripts/tools-env.sh");
}

/// The bits of `tdata` above each value hold what the interface says: the sign, or zeros.
#[test]
fn the_bits_above_a_value_are_as_stated() {
    let mut beats = 0;
    for parameters in [square(3)].into_iter().chain(variants()).chain(complex_variants()) {
        for word in [8, 16] {
            let core = core_of(Parameters { word, ..parameters });
            let interface = core.shape().interface();
            let trace = simulate(&mut SimulatorEngine::new(&core).unwrap(), &Stimulus::new(frame(&core, 1)));
            for beat in &trace.output {
                let sections = interface.sections();
                let section = sections.iter().find(|section| section.tuser == beat.user).expect("a section");
                let all = u64::MAX >> (64 - interface.streams().output.element_bits());
                // Components follow each other from the low bits on, and above them are zeros.
                let bits = section.component_bits.unwrap_or(interface.streams().output.element_bits());
                let place = u64::MAX >> (64 - bits);
                let component = |number: u32| {
                    let value = beat.data >> (number * bits) & (u64::MAX >> (64 - section.word));
                    let negative = section.signed && value >> (section.word - 1) == 1;
                    let padding = if negative { place & !(u64::MAX >> (64 - section.word)) } else { 0 };
                    (value | padding) << (number * bits)
                };
                let expected = (0..section.components).map(component).sum::<u64>();
                assert_eq!(beat.data & all, expected, "{}, {}", core.shape().name(), section.name);
                beats += 1;
            }
        }
    }
    assert!(beats > 500, "{beats}");
}
