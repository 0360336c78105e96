//! Runs the cocotb bench of exported cores, as its user does, and checks that it sees faults.

use crate::common::{core_of, square, write_all};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use svdforge_hdl::export::verilog::provenance;
use svdforge_hdl::parameters::{Front, Parameters, Sizes, Vectors};
use svdforge_testbench::export::export;
use svdforge_tools::process::{Finished, run};
use tempfile::TempDir;

/// Frames of each test of the bench, where nothing else is said.
const FRAMES: usize = 4;

fn exported(parameters: Parameters) -> TempDir {
    let folder = TempDir::new().unwrap();
    write_all(folder.path(), &export(&core_of(parameters)).unwrap());
    folder
}

/// Runs the bench of an export.
fn bench(folder: &Path, simulator: &str, frames: usize) -> Finished {
    let (sim, frames) = (format!("SIM={simulator}"), format!("FRAMES={frames}"));
    run("make", &["-C", "cocotb", &sim, &frames], folder, "this test").unwrap_or_else(|e| panic!("{e}"))
}

/// The bench of an export passes, and has run its tests: all of them, or all but that of the registers. Returns what it
/// prints.
fn passes(folder: &Path, simulator: &str, frames: usize, registers: bool) -> String {
    let finished = bench(folder, simulator, frames);
    let text = finished.printed();
    assert!(finished.status.success(), "{text}");
    let result = if registers { "TESTS=10 PASS=10 FAIL=0 SKIP=0" } else { "TESTS=10 PASS=9 FAIL=0 SKIP=1" };
    assert!(text.contains(result), "{text}");
    // Four times good frames alone; then with one or two bad ones behind each; then three frames for each reset.
    let resets = frames / 4 + 1;
    let judged = format!("  {} frames: ", 4 * frames + frames + frames * 3 / 2 + 3 * 3 * resets);
    let phases = format!("resets while: loading {resets}, computing {resets}, unloading {resets}");
    let summary = ["summary of ", &judged, "bad: ", &phases, "of sigma: "];
    for words in summary {
        assert!(text.contains(words), "`{words}` is not in:\n{text}");
    }
    text
}

/// The bench of an export fails, and says why.
fn fails(folder: &Path, words: &str) {
    let finished = bench(folder, "icarus", FRAMES);
    let text = finished.printed();
    assert!(!finished.status.success() && text.contains(words), "`{words}` is not in:\n{text}");
}

/// Cores of several kinds that are simulated in little time, each with the frames of each test.
fn small_cores() -> [(Parameters, usize); 7] {
    let size = |rows, cols| Parameters { rows, cols, ..Parameters::default() };
    [
        (size(2, 2), FRAMES),
        (Parameters { symmetric: true, ..size(4, 4) }, FRAMES),
        (Parameters { sizes: Sizes::Any, ..size(4, 3) }, FRAMES),
        (Parameters { vectors: Vectors::None, ..size(4, 4) }, FRAMES),
        (Parameters { vectors: Vectors::V, ..size(12, 4) }, 2),
        (Parameters { complex: true, ..size(3, 2) }, FRAMES),
        (Parameters { complex: true, symmetric: true, elements_per_beat_out: 2, ..size(3, 3) }, FRAMES),
    ]
}

fn all_pass(cores: &[(Parameters, usize)], simulator: &str) {
    for &(parameters, frames) in cores {
        passes(exported(parameters).path(), simulator, frames, false);
    }
}

#[test]
fn the_bench_passes_in_icarus() {
    all_pass(&small_cores(), "icarus");
}

#[test]
#[ignore = "takes minutes"]
fn the_bench_passes_in_verilator() {
    all_pass(&small_cores(), "verilator");
}

#[test]
#[ignore = "takes minutes"]
fn the_bench_of_the_default_core_passes() {
    all_pass(&[(square(8), 16)], "icarus");
    all_pass(&[(square(8), 16)], "verilator");
}

/// The same text for every core, apart from the lines that say where it comes from; and packages of the versions that
/// are installed for these tests.
#[test]
fn the_bench_is_the_same_for_every_core() {
    let mut texts = BTreeSet::new();
    for (parameters, _) in small_cores() {
        let core = core_of(parameters);
        let opening = provenance("#", &svdforge_hdl::export::manifest::Summary::new(&core).header());
        let files = export(&core).unwrap();
        let of_bench: Vec<_> = files.iter().filter(|file| file.name.starts_with("cocotb/")).collect();
        assert_eq!(of_bench.len(), 3);
        for file in of_bench {
            texts.insert((file.name.clone(), file.text.strip_prefix(&opening).expect("the opening").to_owned()));
        }
    }
    assert_eq!(texts.len(), 3);
    let installed = include_str!("../../../scripts/install-tools.sh");
    let (_, packages) = texts.iter().find(|(name, _)| name == "cocotb/requirements.txt").unwrap();
    let packages: Vec<_> = packages.split_whitespace().collect();
    assert_eq!(packages.len(), 3);
    for package in packages {
        assert!(package.contains("==") && installed.contains(&format!("\n  {package}\n")), "{package}");
    }
}

/// Makes a module the top of an export, and changes what the manifest says.
fn put_around(folder: &Path, name: &str, text: &str, change: impl FnOnce(&mut Value)) {
    let manifest = folder.join("core.json");
    let mut document: Value = serde_json::from_str(&fs::read_to_string(&manifest).unwrap()).unwrap();
    let file = format!("{name}.v");
    fs::write(folder.join(&file), text).unwrap();
    document["name"] = name.into();
    document["files"].as_array_mut().unwrap().push(json!({ "name": file, "role": "rtl" }));
    change(&mut document);
    fs::write(manifest, document.to_string()).unwrap();
}

/// A core whose beats carry several elements, with registers beside the streams.
#[test]
fn the_bench_knows_wide_beats_and_registers() {
    let parameters = Parameters {
        rows: 4,
        cols: 3,
        sizes: Sizes::Any,
        front: Front::AxiLite,
        element_bytes: Some(4),
        elements_per_beat_in: 2,
        elements_per_beat_out: 4,
        ..Parameters::default()
    };
    let folder = exported(parameters);
    let text = passes(folder.path(), "icarus", FRAMES, true);
    let registers = core_of(parameters).shape().interface().registers();
    let read = format!("{} registers read", registers.len());
    for words in [&read, "bad: partial tkeep", "bad: tkeep with a hole"] {
        assert!(text.contains(words), "`{words}` is not in:\n{text}");
    }
    // The bench sees a register that is not what the manifest says.
    let manifest = folder.path().join("core.json");
    let mut document: Value = serde_json::from_str(&fs::read_to_string(&manifest).unwrap()).unwrap();
    let map = document["registers"]["map"].as_array_mut().unwrap();
    map.iter_mut().find(|register| register["name"] == "frame_size").unwrap()["reset"] = 8.into();
    fs::write(manifest, document.to_string()).unwrap();
    fails(folder.path(), "frame_size at 0x20 is 0x403 after a reset, expected 0x8");
}

/// An edit of the exported Verilog: the lines of a file that it is about, and what it makes of them.
struct Edit {
    parameters: Parameters,
    file: &'static str,
    line: &'static str,
    from: &'static str,
    to: &'static str,
    words: &'static str,
}

/// Faults inside a core: a sign is inverted, `tlast` is dropped, results are rounded down.
#[test]
fn the_bench_sees_a_changed_core() {
    let edit =
        |parameters, [file, line, from, to, words]: [&'static str; 5]| Edit { parameters, file, line, from, to, words };
    let edits = [
        edit(square(2), ["svd_2x2_rotator.v", "p3_sum_x", " - ", " + ", "an internal value left its range"]),
        edit(square(2), ["svd_2x2.v", "assign m_axis_tlast", "= ", "= 1'b0 & ", "4 frames without an answer"]),
        edit(square(4), ["svd_4x4_rotator.v", "p3_base", "1'b1", "1'b0", "statistical bound"]),
    ];
    for Edit { parameters, file, line, from, to, words } in edits {
        let folder = exported(parameters);
        let path = folder.path().join(file);
        let before = fs::read_to_string(&path).unwrap();
        let changed = |l: &str| if l.contains(line) { l.replace(from, to) } else { l.to_owned() } + "\n";
        let after: String = before.lines().map(changed).collect();
        assert_ne!(before, after, "{file} has no `{line}` with `{from}`");
        fs::write(path, after).unwrap();
        fails(folder.path(), words);
    }
}

/// Faults at the outside of a core, by their numbers in `faulty.v`, and what the bench says.
const FAULTS: [(u32, &str); 23] = [
    (1, "sigma is off by 0.4302, statistical bound"),
    (2, "sigma are not in descending order"),
    (3, "sigma is negative"),
    (4, "orthogonality_u is off by"),
    (5, "reconstruction is off by"),
    (6, "with sign above it"),
    (7, "orthogonality_v is off by"),
    (8, "tuser is [0, 1, 0, 2"),
    (9, "10 elements in the output frame, expected 11"),
    (10, "22 elements in the output frame, expected 11"),
    (11, "an internal value left its range"),
    (12, "a bit outside of all fields is set"),
    (13, "sigma is off by"),
    (14, "sets [], expected bad_frame alone"),
    (15, "255 sweeps, at most"),
    (16, "the offered beat changes before it is taken"),
    (17, "m_axis_tdata has bits that are not known"),
    (18, "in the output frame, expected 11"),
    (19, "m_axis_tvalid falls before the beat is taken"),
    (20, "frames without an answer"),
    (21, "a beat that belongs to no frame"),
    (22, "an earlier frame with the same matrix had other bits"),
    (23, "a beat is offered during a reset"),
];

/// The faults of these numbers are seen, and without a fault the bench passes.
fn faults_are_seen(faults: impl Iterator<Item = (u32, &'static str)>) {
    let folder = exported(square(2));
    let text = include_str!("cocotb/faulty.v");
    put_around(folder.path(), "faulty", text, |_| ());
    passes(folder.path(), "icarus", FRAMES, false);
    for (number, words) in faults {
        let with = text.replace("FAULT = 0;", &format!("FAULT = {number};"));
        assert_ne!(with, text);
        // A folder of its own, since make looks at times only.
        let faulty = exported(square(2));
        put_around(faulty.path(), "faulty", &with, |_| ());
        fails(faulty.path(), words);
    }
}

#[test]
fn the_bench_sees_faults_at_the_ports() {
    faults_are_seen(FAULTS.into_iter().filter(|&(number, _)| [5, 10, 16].contains(&number)));
}

#[test]
#[ignore = "takes a minute"]
fn the_bench_sees_every_fault_at_the_ports() {
    faults_are_seen(FAULTS.into_iter());
}
