//! `svdforge synth` with tools that play a part: what a user sees of several seeds, of tools that are missing or too
//! old, and of cores that do not fit. The real tools run in the tests of `svdforge-tools`.

#![cfg(unix)]

use serde_json::Value;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};
use tempfile::TempDir;

const CORE: [&str; 6] = ["synth", "--rows=2", "--cols=2", "--word=8", "--coef=14", "--target"];

/// A folder with a Yosys of this version that maps every core to these cells, and with a nextpnr for each family whose
/// clock rate is 80 MHz and a few more for some seeds.
fn tools(version: &str, cells: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    let write = |name: &str, text: String| {
        let path = folder.path().join(name);
        fs::write(&path, format!("#!/bin/sh\n{text}")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    };
    write(
        "yosys",
        format!(
            "[ \"$1\" = -V ] && {{ echo 'Yosys {version} (git sha1 0)'; exit; }}\n\
             printf '%s' '{{ \"modules\": {{ \"top\": {{ \"num_cells_by_type\": {{ {cells} }} }} }}, \"design\": {{ \"num_cells_by_type\": {{ {cells} }} }} }}' > statistics.json\n"
        ),
    );
    let pin = r#"{ "cell": "a", "port": "Q" }"#;
    let step = format!(r#"{{ "type": "clk-to-q", "delay": 12.5, "from": {pin}, "to": {pin} }}"#);
    let report = format!(
        r#"{{ "critical_paths": [ {{ "from": "posedge c", "to": "posedge c", "path": [ {step} ] }} ], "fmax": {{ "c": {{ "achieved": '$rate' }} }}, "utilization": {{ "TRELLIS_COMB": {{ "used": 5'$seed' }}, "TRELLIS_RAMW": {{ "used": 1 }}, "TRELLIS_FF": {{ "used": 7 }}, "ICESTORM_LC": {{ "used": 66 }} }} }}"#
    );
    for family in ["ecp5", "ice40", "himbaechel-gowin"] {
        write(
            &format!("nextpnr-{family}"),
            format!(
                "[ \"$1\" = --version ] && {{ echo 'nextpnr (Version nextpnr-0.11)'; exit; }}\n\
                 while [ \"$1\" != --seed ]; do shift; done\nseed=$2\n\
                 case $seed in 1) rate=80.5;; 2) rate=91.25;; 3) rate=84;; 4) rate=86;; \
                 *) echo 'ERROR: Unable to place cell a, no BELs remaining to implement it'; exit 1;; esac\n\
                 printf '%s' '{report}' > report.json\n"
            ),
        );
    }
    folder
}

fn synth(path: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_svdforge"));
    command.args(CORE).args(arguments).env("PATH", format!("{}:/usr/bin:/bin", path.display()));
    command.output().unwrap()
}

fn document(tools: &TempDir, arguments: &[&str]) -> Value {
    let output = synth(tools.path(), &[arguments, &["--json"]].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn refused(tools: &TempDir, arguments: &[&str], words: &[&str]) {
    let output = synth(tools.path(), arguments);
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {text}");
    for word in words {
        assert!(text.contains(word), "{arguments:?}: {word} is not in: {text}");
    }
}

#[test]
fn several_seeds_give_the_median_and_the_spread() {
    let tools = tools("0.70", r#""LUT4": 50, "MULT18X18D": 2"#);
    let three = document(&tools, &["ecp5-25k", "--pnr", "--seeds=3"]);
    let rates = ["fmax_mhz", "fmax_min_mhz", "fmax_max_mhz"].map(|key| three[key].as_f64().unwrap());
    assert_eq!(rates, [84.0, 80.5, 91.25]);
    assert_eq!((&three["seed"], &three["lut"]), (&3.into(), &55.into()), "area and path of the seed in the middle");
    let seeds: Vec<u64> = three["seeds"].as_array().unwrap().iter().map(|s| s["seed"].as_u64().unwrap()).collect();
    assert_eq!(seeds, [1, 2, 3]);
    assert_eq!(three["device"], "LFE5U-25F-6CABGA256");
    let four = document(&tools, &["ecp5-25k", "--pnr", "--seeds=4"]);
    assert_eq!((&four["fmax_mhz"], &four["seed"]), (&85.0.into(), &3.into()), "the mean of the two in the middle");
    let cycles = |report: &Value| report["fmax_mhz"].as_f64().unwrap() / report["svd_per_second"].as_f64().unwrap();
    assert!((cycles(&three) - cycles(&four)).abs() < 1e-12, "from the median");
    let one = document(&tools, &["ecp5-25k", "--pnr", "--seed=2"]);
    assert_eq!((&one["fmax_mhz"], &one["fmax_min_mhz"], &one["seed"]), (&91.25.into(), &91.25.into(), &2.into()));
    let none = document(&tools, &["ecp5-25k"]);
    assert!(none["fmax_mhz"].is_null() && none["fmax_min_mhz"].is_null() && none["seeds"] == Value::Array(vec![]));
    let text = synth(tools.path(), &["ecp5-25k", "--pnr", "--seeds=3"]);
    let text = String::from_utf8(text.stdout).unwrap();
    for words in ["Fmax, MHz, median", "84.0", "lowest", "80.5", "highest, of seeds 1 to 3", "91.2", "with seed 3"] {
        assert!(text.contains(words), "{words} is not in {text}");
    }
}

#[test]
fn every_placer_is_called_for_its_devices() {
    let cases = [
        ("ice40-up5k", "nextpnr-ice40", (true, false)),
        ("ice40-hx8k", "nextpnr-ice40", (false, false)),
        ("gowin-gw2a", "nextpnr-himbaechel-gowin", (true, true)),
    ];
    for (target, placer, framed) in cases {
        let report = document(&tools("0.70", r#""SB_LUT4": 66, "LUT4": 66"#), &[target, "--pnr"]);
        assert_eq!((&report["tools"][placer], &report["lut"]), (&"0.11".into(), &66.into()), "{target}");
        assert_eq!((report["frame_bits"].is_u64(), report["caveat"].is_string()), framed, "{target}");
    }
    // 4 elements of 8 bytes in a beat are more bits than any package has pins.
    let report = document(&tools("0.70", ""), &["ecp5-85k", "--pnr", "--elements-per-beat-out=4", "--element-bytes=8"]);
    assert!(report["frame_bits"].as_u64().unwrap() > 205, "{report}");
}

#[test]
fn what_cannot_be_met_is_refused() {
    let small = tools("0.70", r#""LUT4": 50"#);
    refused(&small, &["ecp5-25k", "--pnr", "--seeds=0"], &["--seeds", "1..=100"]);
    refused(&small, &["ecp5-25k", "--seeds=2"], &["--pnr"]);
    refused(&small, &["xc7", "--pnr"], &["--pnr", "xc7", "ecp5-25k", "ice40-up5k", "gowin-gw2a"]);
    refused(&small, &["ecp5-25k", "--pnr", "--seed=9"], &["LFE5U-25F-6CABGA256", "does not fit", "no BELs remaining"]);
    let large = tools("0.70", r#""SB_LUT4": 5000, "SB_MAC16": 18"#);
    refused(&large, &["ice40-up5k", "--pnr"], &["iCE40UP5K-SG48", "18 SB_MAC16", "has 8", "larger --target"]);
    let many = tools("0.70", r#""SB_LUT4": 50, "SB_RAM40_4K": 33"#);
    refused(&many, &["ice40-hx8k", "--pnr"], &["iCE40HX8K-CT256", "33 SB_RAM40_4K", "has 32"]);
    let old = tools("0.23", r#""LUT4": 50"#);
    assert_eq!(document(&old, &["ecp5-25k"])["tools"]["yosys"], "0.23");
    refused(&old, &["gowin-gw2a"], &["gowin-gw2a needs Yosys 0.70", "is 0.23", "install-tools.sh", "ecp5-85k"]);
    let older = tools("0.9", r#""LUT4": 50"#);
    refused(&older, &["ecp5-25k"], &["needs Yosys 0.23", "is 0.9"]);
    let nothing = TempDir::new().unwrap();
    refused(&nothing, &["ecp5-25k"], &["yosys", "PATH", "install-tools.sh"]);
    fs::remove_file(small.path().join("nextpnr-ice40")).unwrap();
    refused(&small, &["ice40-hx8k", "--pnr"], &["nextpnr-ice40", "PATH", "install-tools.sh"]);
}
