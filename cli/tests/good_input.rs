//! Tests that the commands do what their help says.

use assert_cmd::Command;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

fn run(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::cargo_bin("svdforge").unwrap().current_dir(folder).args(arguments).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The files of a folder and of its subfolders, by their paths in it.
fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if path.is_dir() {
            found.extend(contents(&path).into_iter().map(|(below, bytes)| (format!("{name}/{below}"), bytes)));
        } else {
            found.insert(name, fs::read(path).unwrap());
        }
    }
    found
}

/// The committed export is what the demo writes, to the last byte.
/// What a matrix file holds beside the matrix is told: on stderr, and in the JSON.
#[test]
fn what_is_read_beside_a_matrix_is_told() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("a.csv"), "# note\n;a;b\n0;0,5;0,25\n\n1;0,125;-0,5\n").unwrap();
    fs::write(folder.path().join("b.csv"), "0.5,0.25\n0.125,-0.5\n").unwrap();
    let arguments = ["simulate", "--rows", "2", "--matrix", "a.csv", "b.csv", "--json"];
    let output = Command::cargo_bin("svdforge").unwrap().current_dir(folder.path()).args(arguments).output().unwrap();
    let note = String::from_utf8(output.stderr).unwrap();
    let right = "a.csv: fields separated by semicolons; 1 comment line and 1 blank line skipped; the decimal sign is the comma; the first row is the header; the first column holds labels (the header has no name for it)";
    assert!(note.contains(right) && !note.contains("b.csv"), "{note}");
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(found["results"][0]["sigma"], found["results"][1]["sigma"]);
    let text = &found["texts"][0]["reading"];
    assert_eq!((&text["text"]["separator"], &text["text"]["skipped"]["comments"]), (&";".into(), &1.into()));
    assert_eq!((&text["header"], &text["labels"]), (&true.into(), &"the header has no name for it".into()));
    assert_eq!((&found["texts"][1]["file"], &found["texts"][1]["reading"]["header"]), (&"b.csv".into(), &false.into()));
}

/// What in a matrix file may be meant otherwise is told by every command that reads one, as the commands for tables do.
#[test]
fn what_may_be_meant_otherwise_is_told() {
    let folder = TempDir::new().unwrap();
    let cases = [
        (
            "2019,2020,2021\n1,0,5\n0,1,7\n",
            "the first row has years in order; if this is the header",
            "first_row",
            "years",
        ),
        ("0,1,2\n5,0,5\n0,1,7\n", "the first row counts the columns; if this is the header", "first_row", "counts"),
        (
            "0,5,2\n1,0,5\n2,1,7\n",
            "the first column counts the rows; if these are labels",
            "first_column_counts",
            "true",
        ),
        ("3,05\n-2,50\n", "commas were taken to separate numbers", "may_be_decimal_commas", "true"),
        ("1.234;2\n3;-4\n", "the decimal sign is the point (1.234 is read as 1.234)", "may_divide_thousands", "true"),
        ("country,2019,2020\nDE,1,2\nFR,0,4\n", "the first row is the header", "header", "true"),
    ];
    let mut told = 0;
    for (text, sentence, key, value) in cases {
        fs::write(folder.path().join("a.csv"), text).unwrap();
        for command in [&["simulate", "--json"][..], &["verify", "--with", "svdforge", "--json"]] {
            let arguments = [command, &["--sizes", "any", "--rows", "3", "--cols", "3", "--matrix", "a.csv"]].concat();
            let output = Command::cargo_bin("svdforge").unwrap().current_dir(folder.path()).args(&arguments).output();
            let output = output.unwrap();
            let message = String::from_utf8(output.stderr).unwrap();
            assert!(
                message.contains(&format!("a.csv: {sentence}")) || message.contains(&format!("; {sentence}")),
                "{message}"
            );
            told += 1;
            if command[0] == "simulate" {
                assert_eq!(output.status.code(), Some(0), "{message}");
                let found: Value = serde_json::from_slice(&output.stdout).unwrap();
                let found = &found["texts"][0]["reading"][key];
                assert_eq!(found.to_string().trim_matches('"'), value, "{key}");
            }
        }
    }
    assert_eq!(told, 12);
}

#[test]
fn the_demo_makes_the_committed_core() {
    let folder = TempDir::new().unwrap();
    let text = run(folder.path(), &["demo"]);
    for word in ["hilbert", "franklin-square", "17 multipliers", "verilog-out/svd_8x8"] {
        assert!(text.contains(word), "`{word}` is not in:\n{text}");
    }
    let made = contents(&folder.path().join("verilog-out/svd_8x8"));
    let mut committed = contents(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../verilog-out/svd_8x8"));
    // What its makefile and Python leave there is not committed.
    committed.retain(|name, _| !["build/", "__pycache__/"].iter().any(|folder| name.starts_with(folder)));
    assert_eq!(made.keys().collect::<Vec<_>>(), committed.keys().collect::<Vec<_>>());
    assert!(made.len() >= 20, "{} files", made.len());
    for (name, bytes) in &made {
        assert!(bytes == &committed[name], "{name} differs from the committed one; run `cargo run --release -- demo`");
    }
}

#[test]
fn simulate_speaks_the_json_of_its_contract() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("a.csv"), "3,0\n0,-4\n").unwrap();
    let text = run(folder.path(), &["simulate", "--rows", "2", "--matrix", "a.csv", "--json"]);
    let document: Value = serde_json::from_str(&text).unwrap();
    let core = &document["core"];
    for (key, value) in
        [("rows", 2), ("cols", 2), ("word", 16), ("frac", 15), ("guard", 4), ("coef", 18), ("multipliers", 17)]
    {
        assert_eq!(core[key], value, "{key}");
    }
    assert_eq!(core["arch"], "serial");
    let result = &document["results"][0];
    assert_eq!(result["matrix"], "a");
    // -4 / 2^2 = -1, which fits the word exactly.
    assert_eq!((&result["input_exponent"], &result["block_exponent"]), (&2.into(), &0.into()));
    let number = |value: &Value| value.as_f64().unwrap();
    let lsb = number(&result["accuracy"]["lsb"]);
    assert_eq!(lsb, 4.0 / 32768.0);
    for (sigma, expected) in result["sigma"].as_array().unwrap().iter().zip([4.0, 3.0]) {
        assert!((number(sigma) - expected).abs() <= lsb, "{sigma}");
    }
    // A = U diag(sigma) V^T must hold for the numbers as printed.
    for (i, row) in [[3.0, 0.0], [0.0, -4.0]].iter().enumerate() {
        for (j, &element) in row.iter().enumerate() {
            let sum: f64 = (0..2)
                .map(|k| number(&result["u"][i][k]) * number(&result["sigma"][k]) * number(&result["v"][j][k]))
                .sum();
            assert!((sum - element).abs() <= 2.0 * lsb, "element {i}, {j}: {sum}");
        }
    }
    for key in ["bad_frame", "overflow", "cap_reached", "self_check_failed", "watchdog"] {
        assert_eq!(result["flags"][key], false, "{key}");
    }
    let cycles = &result["cycles"];
    assert_eq!((cycles["load"].as_u64(), cycles["unload"].as_u64()), (Some(4), Some(11)));
    let parts: u64 = ["load", "compute", "unload"].iter().map(|k| cycles[*k].as_u64().unwrap()).sum();
    // t1 and t2 are each counted in two of the parts or in none, so load + compute + unload = total + 1.
    assert_eq!(cycles["total"].as_u64().unwrap() + 1, parts);
    let bounds = &result["bounds"];
    assert_eq!(result["accuracy"]["bound_lsb"], bounds["statistical"]["sigma"]);
    for kind in ["sigma_rms_lsb", "reconstruction_rms_lsb", "orthogonality_rms_lsb"] {
        for source in ["input_quantisation", "rounding", "angle_precision", "convergence", "total"] {
            assert!(result["sources"][kind][source].as_f64().is_some_and(|error| error >= 0.0), "{kind} {source}");
        }
    }
    for key in ["sigma", "orthogonality_u", "orthogonality_v", "reconstruction"] {
        let [expected, statistical, rigorous] =
            ["expected_rms", "statistical", "rigorous"].map(|kind| number(&bounds[kind][key]));
        assert!(0.0 < expected && expected < statistical && statistical <= rigorous, "{key}: {bounds}");
    }
}

#[test]
fn flags_win_over_the_configuration_file() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("core.toml"), "rows = 4\nword = 12\nsweeps = 3\n").unwrap();
    let arguments = ["generate", "--out", "core", "--config", "core.toml", "--word", "10", "--json"];
    let document: Value = serde_json::from_str(&run(folder.path(), &arguments)).unwrap();
    let core = &document["core"];
    assert_eq!(
        (&core["rows"], &core["cols"], &core["word"], &core["sweeps"]),
        (&4.into(), &4.into(), &10.into(), &3.into())
    );
}

#[test]
fn generate_replaces_its_own_and_keeps_what_is_not_its_own() {
    let folder = TempDir::new().unwrap();
    let core = folder.path().join("core");
    run(folder.path(), &["generate", "--rows", "2", "--out", "core"]);
    let first = contents(&core);
    fs::write(core.join("wave.vcd"), "mine").unwrap();
    run(folder.path(), &["generate", "--rows", "3", "--out", "core"]);
    let second = contents(&core);
    assert!(second.contains_key("svd_3x3.v") && !second.contains_key("svd_2x2.v"));
    assert!(second.contains_key("constraints/svd_3x3.xdc") && !second.contains_key("constraints/svd_2x2.xdc"));
    assert_eq!(second["wave.vcd"], b"mine");
    run(folder.path(), &["generate", "--rows", "2", "--out", "core"]);
    fs::remove_file(core.join("wave.vcd")).unwrap();
    assert!(contents(&core) == first, "same parameters, same bytes");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
}

#[test]
fn waves_can_be_read() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("a.csv"), "0.5,0.25\n0.125,-0.5\n").unwrap();
    run(folder.path(), &["simulate", "--rows", "2", "--matrix", "a.csv", "--vcd", "a.vcd"]);
    let waves = fs::read_to_string(folder.path().join("a.vcd")).unwrap();
    for name in
        ["$scope module svd_2x2", "$scope module datapath", "$scope module left_0", "m_axis_tvalid", "p3_sum_x", "aclk"]
    {
        assert!(waves.contains(name), "`{name}` is not in the waves");
    }
}

/// The integers of `--beats` are those of the results, and the beats carry them: four 32-bit elements each, from the
/// low digits on.
#[test]
fn simulate_writes_the_beats_of_a_matrix() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("a.csv"), "0.5,-0.25,0.125\n-1,0.75,0\n").unwrap();
    let streams = ["--element-bytes", "4", "--elements-per-beat-in", "4", "--elements-per-beat-out", "4"];
    let arguments = [&["simulate", "--matrix", "a.csv", "--json", "--beats", "b.json"], &streams[..]].concat();
    let simulated: Value = serde_json::from_str(&run(folder.path(), &arguments)).unwrap();
    let written: Value = serde_json::from_slice(&fs::read(folder.path().join("b.json")).unwrap()).unwrap();
    assert_eq!(written["core"], simulated["core"]);
    assert_eq!((&written["core"]["element_bytes"], &written["core"]["elements_per_beat_in"]), (&4.into(), &4.into()));
    let matrix = &written["matrices"][0];
    let integers = serde_json::json!([[16384, -8192, 4096], [-32768, 24576, 0]]);
    assert_eq!((&matrix["integers"], &matrix["input_exponent"]), (&integers, &0.into()));

    let list = |value: &Value| value.as_array().unwrap().clone();
    let numbers = |value: &Value| list(value).iter().map(|n| n.as_i64().unwrap()).collect::<Vec<_>>();
    // The elements of all beats, as `tkeep` says, and the sections of `tuser`.
    let read = |beats: &Value| {
        let (mut elements, mut sections) = (Vec::new(), Vec::new());
        let beats = list(beats);
        for (index, beat) in beats.iter().enumerate() {
            let digits = |key: &str| beat[key].as_str().unwrap_or("0").to_owned();
            let count = digits("tkeep").chars().filter(|digit| *digit == 'f').count();
            assert!(count == 4 || index + 1 == beats.len() && digits("tkeep") == format!("{:0>4}", "f".repeat(count)));
            assert_eq!(beat["tlast"], index + 1 == beats.len());
            let (data, user) = (digits("tdata"), u32::from_str_radix(&digits("tuser"), 16).unwrap());
            assert_eq!(data.len(), 32);
            for place in 0..count {
                let word = &data[data.len() - 8 * (place + 1)..data.len() - 8 * place];
                elements.push(i64::from(u32::from_str_radix(word, 16).unwrap() as i32));
                sections.push(user >> (2 * place) & 3);
            }
        }
        (elements, sections)
    };
    assert_eq!(read(&matrix["input"]).0, list(&matrix["integers"]).iter().flat_map(numbers).collect::<Vec<_>>());
    let (elements, users) = read(&matrix["output"]);
    let sections = list(&matrix["sections"]);
    assert_eq!(elements, sections.iter().flat_map(|section| numbers(&section["values"])).collect::<Vec<_>>());
    assert_eq!(users, [vec![0], vec![1; 2], vec![2; 4], vec![3; 6]].concat());
    let sigma = numbers(&sections[1]["values"]).into_iter().map(|units| units as f64 / f64::from(1 << 19));
    let exponent = simulated["results"][0]["block_exponent"].as_i64().unwrap() as i32;
    let expected = list(&simulated["results"][0]["sigma"]);
    for (sigma, expected) in sigma.zip(expected) {
        assert_eq!(sigma * f64::from(exponent).exp2(), expected.as_f64().unwrap());
    }
}
