//! What may not depend on what: the rules of `ARCHITECTURE.md`, checked against the manifests and the imports of every
//! module.

#[path = "architecture/imports.rs"]
mod imports;

use imports::{Module, circles, modules};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Every crate: its folder, and the crates of the project that it may depend on.
const CRATES: [(&str, &[&str]); 11] = [
    ("hdl", &[]),
    ("sim", &["hdl"]),
    ("golden", &[]),
    ("drawing", &[]),
    ("files", &["hdl"]),
    ("testbench/tools", &["hdl"]),
    ("testbench", &["hdl", "sim", "golden", "tools"]),
    ("testbench/studies", &["files", "hdl", "golden", "drawing", "testbench", "tools"]),
    ("apps", &["hdl", "golden", "drawing", "testbench"]),
    ("cli", &["files", "hdl", "golden", "testbench", "studies", "tools", "apps"]),
    ("python", &["hdl", "golden", "testbench"]),
];

/// Modules of `hdl`, and the modules that they must not import.
const HDL: [(&str, &[&str]); 14] = [
    ("fixed", &["ir", "builder", "units", "shape", "architecture", "core", "export", "parameters"]),
    ("graph", &["units", "shape", "architecture", "core", "export", "parameters"]),
    ("ir", &["builder", "check", "graph", "units", "shape", "architecture", "core", "export", "parameters"]),
    ("builder", &["units", "shape", "architecture", "core", "export", "parameters"]),
    ("check", &["units", "shape", "architecture", "core", "export", "parameters"]),
    ("ordering", &["builder", "units", "parameters", "shape", "architecture", "core", "export"]),
    (
        "parameters",
        &["builder", "units", "dimensions", "formats", "shape", "interface", "architecture", "core", "export"],
    ),
    ("dimensions", &["builder", "units", "formats", "shape", "interface", "architecture", "core", "export"]),
    ("units", &["shape", "formats", "parameters", "dimensions", "interface", "architecture", "core", "export"]),
    ("formats", &["builder", "shape", "interface", "architecture", "core", "export"]),
    ("shape", &["builder", "interface", "architecture", "core", "export"]),
    ("interface", &["builder", "architecture", "core", "export"]),
    ("architecture", &["core", "export"]),
    ("core", &["export"]),
];

/// What belongs to one architecture: no module outside of it may import this, but the one that lists all architectures.
const ARCHITECTURES: [&str; 1] = ["architecture::jacobi"];
const LIST_OF_ARCHITECTURES: &str = "hdl/src/architecture.rs";

/// The modules of the only circle that is allowed.
const ALLOWED_CIRCLE: [&str; 3] =
    ["hdl/src/export/verilog/expression.rs", "hdl/src/export/verilog/names.rs", "hdl/src/export/verilog/scope.rs"];

/// The only file with `unsafe` code.
const UNSAFE: &str = "sim/src/machine.rs";
/// The only file that writes to stdout and stderr, so that nothing foreign reaches a terminal as it is.
const TERMINAL: &str = "cli/src/terminal.rs";
/// What else writes there: the handles, and clap when it prints an error or help. They take hold of an open stream, but
/// print no text for people: the first writes the bytes of a file that a user names `/dev/stdout`, the second counts
/// file operations for tests, with the feature `failpoints`.
const HOLD_STREAMS: [&str; 2] = ["files/src/target.rs", "files/src/operations.rs"];
const PRINTS: [&str; 5] = ["stdout()", "stderr()", "Cli::parse()", ".exit()", ".print()"];

/// What changes files, and the only crate that may, and the modules that do it in temporary folders.
const WRITES: [&str; 9] = [
    "fs::write(",
    "fs::rename(",
    "fs::copy(",
    "fs::remove_",
    "fs::create_dir",
    "fs::hard_link(",
    "File::create",
    "File::options(",
    "OpenOptions",
];
const WRITER: &str = "files/";
const IN_TEMPORARY_FOLDERS: [&str; 7] = [
    "testbench/src/engine/exported.rs",
    "testbench/src/engine/verilator.rs",
    "testbench/studies/src/bench.rs",
    "testbench/tools/src/synth.rs",
    "testbench/tools/src/synth/multiplier.rs",
    "testbench/tools/src/synth/nextpnr.rs",
    "testbench/tools/src/synth/yosys.rs",
];
const MOST_LINES: usize = 450;
const MOST_COLUMNS: usize = 120;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// The modules of all crates, by the crate's folder.
fn all() -> BTreeMap<&'static str, Vec<Module>> {
    CRATES.iter().map(|&(folder, _)| (folder, modules(&root(), folder))).collect()
}

/// Whether a text has this call, and not only one whose name ends in the same way.
fn calls(text: &str, call: &str) -> bool {
    text.match_indices(call).any(|(at, _)| !text[..at].ends_with(|before: char| before.is_alphanumeric()))
}

/// What breaks the rules, in sentences; empty if nothing does.
fn broken(all: &BTreeMap<&'static str, Vec<Module>>) -> Vec<String> {
    let mut broken = Vec::new();
    for module in &all["hdl"] {
        for (from, forbidden) in HDL.iter().filter(|(from, _)| module.is_in(from)) {
            let wrong = module.imports.iter().filter(|import| forbidden.iter().any(|to| import.is_in(to)));
            broken.extend(wrong.map(|import| format!("{}: `{from}` must not import `{import}`", module.file)));
        }
    }
    for module in all.values().flatten().filter(|module| module.file != LIST_OF_ARCHITECTURES) {
        for own in ARCHITECTURES.iter().filter(|own| !(module.file.starts_with("hdl/") && module.is_in(own))) {
            let wrong = module.imports.iter().chain(&module.foreign).filter(|import| import.is_in(own));
            broken.extend(wrong.map(|import| format!("{}: `{import}` belongs to one architecture", module.file)));
        }
    }
    for circle in all.values().flat_map(|modules| circles(modules)) {
        if !circle.iter().all(|file| ALLOWED_CIRCLE.contains(&file.as_str())) {
            broken.push(format!("modules import each other in a circle: {}", circle.join(", ")));
        }
    }
    for module in all.values().flatten() {
        if module.file != UNSAFE && module.text.contains("unsafe_code") {
            broken.push(format!("{}: only {UNSAFE} may have unsafe code", module.file));
        }
        let may_write = module.file.starts_with(WRITER)
            || module.file.ends_with("tests.rs")
            || IN_TEMPORARY_FOLDERS.contains(&module.file.as_str());
        if !may_write && WRITES.iter().any(|call| calls(&module.text, call)) {
            broken.push(format!("{}: only the crate `files` writes files", module.file));
        }
        if !module.file.starts_with("cli/") && module.prints {
            broken.push(format!("{}: only `cli` prints", module.file));
        }
        let writes = PRINTS.iter().find(|words| module.text.contains(*words));
        let may_hold = module.file == TERMINAL || HOLD_STREAMS.contains(&module.file.as_str());
        if let Some(words) = writes.filter(|_| !may_hold) {
            broken.push(format!("{}: `{words}`: only {TERMINAL} writes to the terminal", module.file));
        }
        if module.file.starts_with("cli/") && module.prints {
            broken.push(format!("{}: a printing macro: only {TERMINAL} writes to the terminal", module.file));
        }
        let touches = ["std::fs", "std::process", "std::net", "std::env"];
        if module.file.starts_with("hdl/") && module.foreign.iter().any(|path| touches.iter().any(|t| path.is_in(t))) {
            broken.push(format!("{}: `hdl` is pure, it opens no file and starts no process", module.file));
        }
    }
    broken
}

#[test]
fn modules_import_only_what_they_may() {
    let all = all();
    let count: usize = all.values().map(Vec::len).sum();
    assert!(count > 200, "{count} modules were read");
    let imports: usize = all.values().flatten().map(|module| module.imports.len()).sum();
    assert!(imports > 400, "{imports} imports were found");
    let broken = broken(&all);
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

/// Each kind of rule, broken once in a copy of the modules, is seen.
#[test]
fn a_forbidden_import_is_seen() {
    let clean = all();
    let planted = |folder: &'static str, file: &str, line: &str| {
        let mut all = clean.clone();
        let modules = all.get_mut(folder).unwrap();
        let module = modules.iter_mut().find(|module| module.file == file).unwrap_or_else(|| panic!("no {file}"));
        let text = format!("{}\n{line}\n", module.text);
        *module = module.with_text(&text);
        broken(&all)
    };
    let cases = [
        ("hdl", "hdl/src/units/rotator.rs", "use crate::shape::Shape;", "`units` must not import `shape"),
        ("hdl", "hdl/src/formats/budget.rs", "use crate::core::Core;", "`formats` must not import `core"),
        (
            "hdl",
            "hdl/src/architecture/size.rs",
            "use crate::core::{sorter::sorter};",
            "`architecture` must not import `core",
        ),
        (
            "hdl",
            "hdl/src/core/sorter.rs",
            "use crate::architecture::jacobi::layout::home_table;",
            "belongs to one architecture",
        ),
        (
            "testbench",
            "testbench/src/judge.rs",
            "use svdforge_hdl::architecture::jacobi::Jacobi;",
            "belongs to one architecture",
        ),
        ("testbench", "testbench/src/framing.rs", "use crate::judge::judge;", "in a circle"),
        ("hdl", "hdl/src/check.rs", "use std::fs::read;", "`hdl` is pure"),
        ("cli", "cli/src/later.rs", "fn put() { std::fs::write(\"a\", \"\").ok(); }", "only the crate `files` writes"),
        ("golden", "golden/src/metrics.rs", "fn say() { println!(\"?\"); }", "only `cli` prints"),
        ("golden", "golden/src/metrics.rs", "// allow(unsafe_code)", "unsafe code"),
        ("cli", "cli/src/output.rs", "fn say() { println!(\"?\"); }", "a printing macro"),
        ("cli", "cli/src/progress.rs", "fn say() { let _ = writeln!(std::io::stderr(), \"?\"); }", "`stderr()`"),
        ("testbench", "testbench/src/judge.rs", "fn say() { let _ = std::io::stdout(); }", "`stdout()`"),
        ("cli", "cli/src/main.rs", "fn read() -> Cli { Cli::parse() }", "`Cli::parse()`"),
    ];
    for (folder, file, line, words) in cases {
        let broken = planted(folder, file, line);
        assert!(broken.iter().any(|sentence| sentence.contains(words)), "`{line}` in {file}: {broken:?}");
    }
}

#[test]
fn crates_depend_on_what_they_may() {
    let mut seen = 0;
    for (folder, allowed) in CRATES {
        let text = fs::read_to_string(root().join(folder).join("Cargo.toml")).unwrap();
        let manifest: toml::Table = text.parse().unwrap();
        let dependencies = manifest.get("dependencies").and_then(|table| table.as_table()).unwrap();
        for name in dependencies.keys().filter_map(|name| name.strip_prefix("svdforge-")) {
            assert!(allowed.contains(&name), "{folder}/Cargo.toml: {folder} must not depend on {name}");
            seen += 1;
        }
        for (name, value) in dependencies {
            let is_for_python = ["pyo3", "numpy"].contains(&name.as_str());
            assert!(!is_for_python || folder == "python", "{folder}/Cargo.toml: only python depends on {name}");
            let in_workspace = value.as_table().and_then(|table| table.get("workspace"));
            assert!(in_workspace.is_some(), "{folder}/Cargo.toml: the version of {name} belongs into the workspace");
        }
    }
    assert!(seen > 15, "{seen} dependencies were found");
    let manifest: toml::Table = fs::read_to_string(root().join("Cargo.toml")).unwrap().parse().unwrap();
    let members = manifest["workspace"]["members"].as_array().unwrap();
    let members: BTreeSet<&str> = members.iter().filter_map(|member| member.as_str()).collect();
    assert_eq!(members, CRATES.map(|(folder, _)| folder).into(), "every crate has its rules");
    let default = manifest["workspace"]["default-members"].as_array().unwrap();
    let default: Vec<&str> = default.iter().filter_map(|member| member.as_str()).collect();
    assert_eq!(default, ["cli"], "the first command of the README needs no Python");
}

#[test]
fn files_are_short_and_comments_narrow() {
    let mut lines = 0;
    for module in all().values().flatten() {
        let count = module.text.lines().count();
        assert!(count <= MOST_LINES, "{}: {count} lines, at most {MOST_LINES}", module.file);
        for (number, line) in module.text.lines().enumerate() {
            let is_comment = line.trim_start().starts_with("//");
            let columns = line.chars().count();
            assert!(!is_comment || columns <= MOST_COLUMNS, "{}:{}: {columns} columns", module.file, number + 1);
            lines += 1;
        }
    }
    assert!(lines > 20_000, "{lines} lines were read");
}
