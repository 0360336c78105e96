//! Tests the mistakes of users. Each gives the exit status 2 and one message that names the place and the remedy, and
//! leaves nothing behind.

use assert_cmd::Command;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

fn svdforge(folder: &Path) -> Command {
    let mut command = Command::cargo_bin("svdforge").unwrap();
    command.current_dir(folder);
    command
}

/// Runs the program in a folder that holds `files`. The message must contain every one of `words`, and the folder must
/// stay as it was.
fn refused(files: &[(&str, &str)], arguments: &[&str], words: &[&str]) {
    let folder = TempDir::new().unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let output = svdforge(folder.path()).args(arguments).output().unwrap();
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {message}");
    assert!(output.stdout.is_empty(), "{arguments:?} printed {:?}", String::from_utf8_lossy(&output.stdout));
    for word in words {
        assert!(message.contains(word), "{arguments:?}: `{word}` is not in the message:\n{message}");
    }
    assert!(!message.contains("panicked"), "{message}");
    let mut left: Vec<String> =
        fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    let mut before: Vec<String> = files.iter().map(|(name, _)| (*name).to_owned()).collect();
    left.sort();
    before.sort();
    assert_eq!(left, before, "{arguments:?} changed the folder");
    for (name, text) in files {
        assert_eq!(&fs::read_to_string(folder.path().join(name)).unwrap(), text);
    }
}

const TWO: [&str; 5] = ["simulate", "--rows", "2", "--matrix", "a.csv"];

#[test]
fn matrix_files_that_are_wrong() {
    let cases: [(&str, &[&str]); 7] = [
        ("", &["a.csv", "no numbers"]),
        ("1,2\n3\n", &["a.csv", "line 2", "field"]),
        ("1,2\n3,x\n", &["a.csv", "line 2", "field 2", "'x'"]),
        ("1,2\n3,NaN\n", &["a.csv", "line 2", "field 2"]),
        ("1,inf\n3,4\n", &["a.csv", "line 1", "field 2"]),
        ("1,2,3\n4,5,6\n7,8,9\n", &["a.csv", "3 x 3", "2 x 2", "--rows 3"]),
        ("1,2\n3,4\n5,6\n", &["a.csv", "3 x 2"]),
    ];
    for (text, words) in cases {
        refused(&[("a.csv", text)], &TWO, words);
    }
    refused(&[], &TWO, &["a.csv", "No such file"]);
    refused(&[("a.xlsx", "1,2\n3,4\n")], &["simulate", "--rows", "2", "--matrix", "a.xlsx"], &["a.xlsx", ".csv"]);
}

#[test]
fn elements_that_do_not_fit_the_input_scale_asked_for() {
    let arguments = [&TWO[..], &["--input-scale", "0"]].concat();
    refused(&[("a.csv", "0.5,0.25\n-1,1.5\n")], &arguments, &["a.csv", "row 2, column 2", "1.5", "--input-scale auto"]);
}

#[test]
fn options_out_of_range() {
    let cases: [(&[&str], &[&str]); 39] = [
        (&["--word", "7"], &["--word 7", "8 to 24"]),
        (&["--word", "25"], &["--word 25", "8 to 24"]),
        (&["--guard", "9"], &["--guard 9", "0 to 8"]),
        (&["--rows", "65"], &["--rows 65", "without --cols", "at most 64", "--vectors v"]),
        (&["--rows", "65", "--vectors", "v"], &["--rows 65", "without --cols", "at most 64"]),
        (&["--rows", "70", "--symmetric"], &["--rows 70", "symmetric", "64 x 64"]),
        (&["--rows", "65", "--cols", "65"], &["--cols 65", "1 to 64"]),
        (&["--cols", "70"], &["--cols 70", "1 to 64"]),
        (&["--cols", "70", "--vectors", "v", "--symmetric"], &["--cols 70", "1 to 64"]),
        (&["--cols", "0"], &["--cols 0", "1 to 64"]),
        (&["--rows", "65", "--cols", "8"], &["--rows 65", "U of more than 64 rows", "--vectors v"]),
        (&["--rows", "8", "--cols", "65"], &["--cols 65", "1 to 64", "transpose"]),
        (&["--rows", "262145", "--cols", "3", "--vectors", "v"], &["--rows 262145", "262144"]),
        (
            &["--rows", "300", "--cols", "3", "--vectors", "v", "--sizes", "any", "--word", "8"],
            &["--rows 300", "at most 255"],
        ),
        (&["--rows", "70", "--cols", "8", "--symmetric"], &["--rows 70", "symmetric", "64 x 64"]),
        (&["--rows", "0"], &["--rows 0", "1 to 64"]),
        (&["--rows", "4", "--cols", "8", "--symmetric"], &["--cols 8", "symmetric", "--cols 4"]),
        (&["--rows", "4", "--cols", "8", "--rank", "5"], &["--rank 5", "1 to 4"]),
        (&["--vectors", "w"], &["--vectors", "uv"]),
        (&["--frac", "17"], &["--frac 17", "--word 16", "0 to 16"]),
        (&["--name", "2d"], &["--name", "'2d'", "starts with a letter"]),
        (&["--name", "my core"], &["--name", "'my core'", "letters, digits and underscores"]),
        (&["--name", "module"], &["--name", "'module'", "reserved in Verilog"]),
        (&["--name", "Entity"], &["--name", "'Entity'", "reserved in VHDL"]),
        (&["--name", "a__b"], &["--name", "'a__b'", "VHDL allows no underscore"]),
        (&["--coef", "10"], &["--coef 10"]),
        (&["--sweeps", "0"], &["--sweeps 0", "1 to 63", "auto"]),
        (&["--sweeps", "many"], &["--sweeps", "auto"]),
        (&["--element-bytes", "2"], &["--element-bytes 2", "output stream has 24 bits", "3 bytes", "use 4 or auto"]),
        (&["--element-bytes", "2", "--word", "20"], &["--element-bytes 2", "input stream has 20 bits", "3 bytes"]),
        (&["--element-bytes", "5"], &["--element-bytes 5", "2, 4, 8", "auto"]),
        (&["--elements-per-beat-in", "3"], &["--elements-per-beat-in 3", "1, 2, 4, 8"]),
        (&["--elements-per-beat-out", "0"], &["--elements-per-beat-out 0", "1, 2, 4, 8"]),
        (&["--rows", "2", "--elements-per-beat-in", "8"], &["--elements-per-beat-in 8", "input", "only 4 elements"]),
        (
            &["--rows", "2", "--vectors", "none", "--elements-per-beat-out", "4"],
            &["--elements-per-beat-out 4", "output", "only 3 elements"],
        ),
        (&["--selfcheck", "--vectors", "v"], &["--selfcheck", "takes U and V", "use --vectors uv"]),
        (&["--selfcheck", "--rank", "2"], &["--selfcheck", "all singular values", "leave out --rank"]),
        (&["--front", "apb"], &["--front", "apb", "stream", "axi-lite"]),
        (&["--arch", "hypercube"], &["--arch", "hypercube", "serial"]),
    ];
    for (flags, words) in cases {
        refused(&[], &[&["generate", "--out", "core"], flags].concat(), words);
    }
    refused(&[], &["generate"], &["--out"]);
    refused(&[], &["simulate"], &["--matrix"]);
    refused(&[], &["synth", "--target", "abacus"], &["--target", "abacus", "ecp5-85k"]);
}

#[test]
fn configuration_files_that_are_wrong() {
    let cases: [(&str, &[&str]); 4] = [
        ("rows = \n", &["core.toml", "line 1"]),
        ("rows = 8\nrow = 9\n", &["core.toml", "line 2", "row", "rows"]),
        ("word = \"wide\"\n", &["core.toml", "line 1", "word"]),
        ("word = 30\n", &["core.toml", "--word 30", "8 to 24"]),
    ];
    for (text, words) in cases {
        refused(&[("core.toml", text)], &["generate", "--out", "core", "--config", "core.toml"], words);
    }
    refused(&[], &["generate", "--out", "core", "--config", "none.toml"], &["none.toml", "TOML"]);
}

#[test]
fn folders_that_cannot_be_written() {
    refused(&[("core", "mine")], &["generate", "--out", "core"], &["core", "file"]);
    refused(&[("mine", "text")], &["generate", "--out", "mine/core"], &["mine/core", "cannot be written"]);
    refused(
        &[("a.csv", "1,2\n3,4\n")],
        &[&TWO[..], &["--vcd", "none/a.vcd"]].concat(),
        &["none/a.vcd", "cannot be written"],
    );
    let folder = TempDir::new().unwrap();
    fs::create_dir(folder.path().join("core")).unwrap();
    fs::write(folder.path().join("core/thesis.tex"), "years of work").unwrap();
    let output = svdforge(folder.path()).args(["generate", "--out", "core"]).output().unwrap();
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(message.contains("not empty") && message.contains("--force"), "{message}");
    assert_eq!(fs::read_dir(folder.path().join("core")).unwrap().count(), 1);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    // With --force files are added, but a folder of somebody else never becomes a file.
    fs::create_dir(folder.path().join("core/Makefile")).unwrap();
    let output = svdforge(folder.path()).args(["generate", "--out", "core", "--force"]).output().unwrap();
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(message.contains("core/Makefile") && message.contains("move it away"), "{message}");
    assert_eq!(fs::read_dir(folder.path().join("core")).unwrap().count(), 2);
}

/// A limit on the size of files simulates a full disk, so that writing fails half-way.
#[test]
fn a_full_disk_leaves_nothing_behind() {
    let folder = TempDir::new().unwrap();
    let program = assert_cmd::cargo::cargo_bin("svdforge");
    let script = format!("trap '' XFSZ; ulimit -f 4; '{}' generate --rows 2 --out core", program.display());
    let output = std::process::Command::new("sh").args(["-c", &script]).current_dir(folder.path()).output().unwrap();
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{message}");
    assert!(message.contains("core") && message.contains("cannot be written"), "{message}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn an_interrupted_run_leaves_nothing_behind() {
    let folder = TempDir::new().unwrap();
    let row = ["0.5"; 32].join(",") + "\n";
    fs::write(folder.path().join("a.csv"), row.repeat(32)).unwrap();
    let program = assert_cmd::cargo::cargo_bin("svdforge");
    let mut child = std::process::Command::new(program)
        .args(["simulate", "--rows", "32", "--vcd", "a.vcd", "--matrix"])
        .args(["a.csv"; 40])
        .current_dir(folder.path())
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    // The program runs until the staged file exists, so it is interrupted in the middle.
    let staged = || fs::read_dir(folder.path()).unwrap().count() > 1;
    for _ in 0..600 {
        if staged() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    assert!(staged(), "the recording never began");
    let killed = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "only the matrix is left");
}

/// rust_hdl is in the build only if it was asked for; the largest core that it takes is 4 x 4.
#[test]
fn an_engine_that_is_not_in_the_build_or_refuses_the_core() {
    let build: &[&str] = &["--with rust_hdl", "cargo run --release --features rust-hdl -- verify"];
    let smaller: &[&str] = &["--with rust_hdl", "at most 4"];
    let words = if cfg!(feature = "rust-hdl") { smaller } else { build };
    refused(&[], &["verify", "--with", "rust_hdl"], words);
}

/// A name whose ending says something else than what would be written.
#[test]
fn endings_that_do_not_fit() {
    let a = [("a.csv", "1,2\n3,4\n")];
    let with = |more: &[&'static str]| [&TWO[..], more].concat();
    refused(&a, &with(&["--vcd", "x.fst"]), &["--vcd", "x.fst", "`.vcd`", "--fst"]);
    refused(&a, &with(&["--fst", "x.vcd"]), &["--fst", "x.vcd", "`.fst`", "--vcd"]);
    refused(&a, &with(&["--fst", "x.json"]), &["--fst", "x.json", "`.fst`"]);
    refused(&a, &with(&["--npy", "x.npy"]), &["--npy", "folder", "`.npy`"]);
    refused(&a, &with(&["--beats", "x.csv"]), &["--beats", "x.csv", "`.json`"]);
    refused(&a, &with(&["--trace", "x.html"]), &["--trace", "folder", "`.html`"]);
    refused(&[], &["complete", "--picture", "x.png"], &["--picture", "x.png", "`.svg`"]);
    refused(&[], &["recommend", "--picture", "x.png"], &["--picture", "x.png", "`.svg`"]);
    refused(&[], &["complete", "--out", "x.json"], &["--out", "x.json", "`.csv`"]);
}

#[test]
fn traces_that_cannot_be_written() {
    refused(&[("a.csv", "1,2\n3,4\n"), ("look", "")], &[&TWO[..], &["--trace", "look"]].concat(), &["look", "folder"]);
    let many = vec!["a.csv"; 70];
    let arguments = [&["simulate", "--trace", "look", "--matrix"], &many[..]].concat();
    refused(&[("a.csv", "1,2\n3,4\n")], &arguments, &["--trace look", "70", "at most 64"]);
}

#[test]
fn lanes_that_do_not_divide() {
    let bench = |lanes: &'static str| ["bench", "sim", "--matrices", "200", "--lanes", lanes];
    refused(&[], &bench("7"), &["--lanes 7", "a multiple of 4", "at most 64"]);
    refused(&[], &bench("0"), &["--lanes 0", "a multiple of 4", "at most 64"]);
    refused(&[], &bench("68"), &["--lanes 68", "a multiple of 4", "at most 64"]);
    refused(&[], &bench("12"), &["--lanes 12", "200 matrices", "192 or 204", "at most 64"]);
}
