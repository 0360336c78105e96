//! Tests the comparison of reports with each other, and with the results of other tools.

use super::{command as report, is_refused, run, svdforge};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::process::Output;
use tempfile::TempDir;

fn compare(folder: &Path, arguments: &[&str]) -> Output {
    svdforge(folder, &[&["compare"], arguments].concat())
}

/// The exit status, and what is printed.
fn compared(folder: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let output = compare(folder, arguments);
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    (output.status.code(), String::from_utf8(output.stdout).unwrap())
}

fn refused(folder: &Path, arguments: &[&str], words: &[&str]) {
    is_refused(folder, &[&["compare"], arguments].concat(), words);
}

/// Makes a report of one core for 4 x 4 matrices with this number of guard bits, for 62 matrices.
fn guarded(folder: &Path, guard: &str, more: &[&str]) {
    let grid = ["--suite=quick", "--rows=4", "--word=12", "--matrices=4", "--guard", guard];
    run(folder, &[&grid[..], &["--out", guard], more].concat());
}

#[test]
fn a_guard_bit_less_is_worse_and_a_guard_bit_more_is_not() {
    let folder = TempDir::new().unwrap();
    let at = folder.path();
    guarded(at, "4", &[]);
    guarded(at, "3", &[]);
    let (four, three) = ("4/report.json", "3/report.json");
    let (status, text) = compared(at, &[four, four, "--fail-if-worse"]);
    assert_eq!(status, Some(0), "{text}");
    assert!(text.contains("B is worse in nothing") && text.contains("0 / 62 / 0"), "{text}");
    let (status, text) = compared(at, &[four, three, "--fail-if-worse"]);
    assert_eq!(status, Some(1), "{text}");
    assert!(text.contains("guard 4 in A, 3 in B") && text.contains("times as large, p "), "{text}");
    assert_eq!(compared(at, &[four, three]).0, Some(0), "only if asked");
    assert_eq!(compared(at, &[four, three, "--fail-if-worse=checks,area"]).0, Some(0), "nor in what is not");
    let (status, text) = compared(at, &[three, four, "--fail-if-worse"]);
    assert_eq!(status, Some(0), "{text}");
    assert!(text.contains("better"), "{text}");
    // The JSON document has the same verdict. One document that is worse among several is enough.
    let (status, text) = compared(at, &[four, four, three, "--json", "--fail-if-worse"]);
    let document: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((status, &document["fails"], &document["schema"]), (Some(1), &json!(true), &json!(1)));
    assert_eq!(document["comparisons"][0]["worse"], json!([]));
    let orthogonality = &document["comparisons"][1]["cores"][0]["differences"][2];
    assert_eq!(
        (&orthogonality["quantity"], &orthogonality["verdict"]),
        (&json!("orthogonality_max_lsb"), &json!("worse"))
    );
    assert!(orthogonality["p_holm"].as_f64().unwrap() < 1e-6 && orthogonality["ratio"].as_f64().unwrap() > 1.5);
    // The files are the same each time, and other files in the folder stay.
    fs::create_dir(at.join("out")).unwrap();
    fs::write(at.join("out/notes.txt"), "mine").unwrap();
    let files = |out: &str| {
        compared(at, &[four, three, "--out", out]);
        ["compare.json", "compare.md", "compare.html"].map(|name| fs::read_to_string(at.join(out).join(name)).unwrap())
    };
    let [json, markdown, page] = files("out");
    assert!([json.clone(), markdown.clone(), page.clone()] == files("new/place"), "same input, same bytes");
    // The third kind of file beside the comparison and the notes is the record of what svdforge wrote.
    assert_eq!(fs::read_dir(at.join("out")).unwrap().count(), 5);
    assert_eq!(serde_json::from_str::<Value>(&json).unwrap()["kind"], "svdforge comparison");
    assert!(markdown.contains("B is worse:") && page.contains("log2 of B / A") && !page.contains("<script"));
    refused(at, &[four, three, "--out", "out/notes.txt"], &["notes.txt"]);
    // If a folder has the name of one of the files, none is written.
    fs::create_dir_all(at.join("taken/compare.html")).unwrap();
    refused(
        at,
        &[four, three, "--out", "taken"],
        &["taken/compare.html", "not written by svdforge", "nothing was changed"],
    );
    assert_eq!(fs::read_dir(at.join("taken")).unwrap().count(), 1);
}

/// A smaller campaign is not better. If no core differs, the cores are not listed one by one.
#[test]
fn less_than_the_first_has_is_worse() {
    let folder = TempDir::new().unwrap();
    let at = folder.path();
    let small = ["--suite=quick", "--rows=2", "--word=8", "--families=uniform", "--matrices=1"];
    run(at, &[&small[..], &["--out=a"]].concat());
    run(at, &[&small[..], &["--guard=4", "--out=b"]].concat());
    run(at, &[&small[..], &["--coef=20", "--out=c"]].concat());
    let (all, one, other) = ("a/report.json", "b/report.json", "c/report.json");
    let (status, text) = compared(at, &[all, all, "--fail-if-worse"]);
    assert_eq!(status, Some(0), "{text}");
    assert!(text.contains("No core is significantly better or worse."), "{text}");
    assert!(text.contains("3 cores, 3 results of 1 matrix;"), "{text}");
    let (status, text) = compared(at, &[all, one, "--fail-if-worse"]);
    assert_eq!(status, Some(1), "{text}");
    assert!(text.contains("2 cores of A missing in B"), "{text}");
    assert_eq!(compared(at, &[all, one, "--fail-if-worse=errors,cycles,area"]).0, Some(0));
    assert_eq!(compared(at, &[one, all, "--fail-if-worse=coverage"]).0, Some(0), "more is no fault");
    // An option that differs is reported once, with all its values.
    let (_, text) = compared(at, &[all, other]);
    assert_eq!(text.matches("20 in B").count(), 1, "{text}");
    let words = ["errors,checks: there is no such file", "--fail-if-worse=errors,checks"];
    refused(at, &[all, one, "--fail-if-worse", "errors,checks"], &words);
}

#[test]
fn the_cores_own_factors_given_back_are_as_in_the_report() {
    let folder = TempDir::new().unwrap();
    let at = folder.path();
    guarded(at, "4", &["--families=uniform,geometric,hilbert"]);
    let text = run(at, &["matrices", "4/report.json", "--out", "m.json", "--core", "0"]);
    assert!(text.contains("svdforge compare 4/report.json --external m.json"), "{text}");
    let mut document: Value = serde_json::from_str(&fs::read_to_string(at.join("m.json")).unwrap()).unwrap();
    document["name"] = json!("the core itself");
    let entries = document["matrices"].as_array_mut().unwrap();
    assert_eq!(entries.len(), 9);
    for entry in entries.iter_mut() {
        let number = entry["matrix"].to_string();
        let replayed: Value =
            serde_json::from_str(&run(at, &["replay", "4/report.json", "--json", "--matrix", &number])).unwrap();
        for field in ["sigma", "u", "v"] {
            entry[field] = replayed["results"][0][field].clone();
        }
        entry["cycles"] = replayed["results"][0]["cycles"]["total"].clone();
    }
    let external = at.join("core.json");
    fs::write(&external, document.to_string()).unwrap();
    let (status, text) = compared(at, &["4/report.json", "--external", "core.json", "--json", "--fail-if-worse"]);
    let found: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((status, &found["comparisons"][0]["source"]["tool"]), (Some(0), &json!("the core itself")));
    let differences = found["comparisons"][0]["all"].as_array().unwrap();
    assert_eq!(differences.len(), 5, "four errors and the cycles");
    for difference in differences {
        assert_eq!((&difference["verdict"], &difference["ties"]), (&json!("equal"), &json!(9)));
        assert_eq!(
            (&difference["a"]["max"], &difference["a"]["median"]),
            (&difference["b"]["max"], &difference["b"]["median"])
        );
    }
    // A sigma that is wrong by two LSB in every matrix.
    for entry in document["matrices"].as_array_mut().unwrap() {
        let off = entry["sigma"][0].as_f64().unwrap() + 2.0 * entry["lsb"].as_f64().unwrap();
        entry["sigma"][0] = json!(off);
    }
    fs::write(&external, document.to_string()).unwrap();
    let (status, text) = compared(at, &["4/report.json", "--external", "core.json", "--fail-if-worse"]);
    assert_eq!(status, Some(1), "{text}");
    // The message for a mistake names its place.
    document["matrices"][7]["v"][2] = json!([1.0]);
    fs::write(&external, document.to_string()).unwrap();
    let words = ["core.json: matrices[7].v[2] has 1 numbers; give a list of 4"];
    refused(at, &["4/report.json", "--external", "core.json"], &words);
    let output = report(at, &["matrices", "4/report.json", "--out", "n.json", "--core", "1"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("--core 1") && !at.join("n.json").exists());
    let output = report(at, &["matrices", "4/report.json", "--out", "4/../4/report.json"]);
    assert!(String::from_utf8_lossy(&output.stderr).contains("this output is the input 4/report.json"));
}

#[test]
fn what_cannot_be_compared_is_refused() {
    let folder = TempDir::new().unwrap();
    let at = folder.path();
    let few = ["--families=zero,uniform", "--vectors=none"];
    guarded(at, "4", &few);
    let good = "4/report.json";
    run(
        at,
        &[
            "--suite=quick",
            "--rows=4",
            "--word=12",
            "--guard=4",
            "--families=uniform",
            "--seed=2",
            "--vectors=none",
            "--out=seed",
        ],
    );
    run(
        at,
        &["--suite=quick", "--rows=3", "--word=12", "--guard=4", "--families=uniform", "--vectors=none", "--out=size"],
    );
    let text = fs::read_to_string(at.join(good)).unwrap();
    let broken = |name: &str, text: &str| fs::write(at.join(name), text).unwrap();
    broken("cut.json", &text[..text.len() / 2]);
    broken("old.json", &text.replacen("\"schema\": 1", "\"schema\": 0", 1));
    broken("new.json", &text.replacen("\"schema\": 1", "\"schema\": 2", 1));
    broken("other.json", "{\"kind\": \"recipe\"}");
    broken("negative.json", &text.replacen("\"accuracy\":{\"lsb\":", "\"accuracy\":{\"lsb\":-", 1));
    run(at, &["matrices", good, "--out", "m.json"]);
    let cases: [(&[&str], &[&str]); 14] = [
        (&[good], &["the number of documents is 1; give 2 to 26"]),
        (&[good, "none.json"], &["none.json", "cannot be read"]),
        (&[good, "4"], &["4: this is a folder", "report.json in it"]),
        (&["cut.json", good], &["cut.json", "cut off"]),
        (&[good, "old.json"], &["old.json", "`schema` is 0", "make the report again"]),
        (&[good, "new.json"], &["new.json", "later svdforge"]),
        (&[good, "other.json"], &["other.json", "\"recipe\"", "give a report.json"]),
        (&[good, "negative.json"], &["negative.json", "matrix 0", "a unit is positive"]),
        (
            &[good, "seed/report.json"],
            &["seed/report.json, compared with 4/report.json", "`campaign.seed` is 1 there and 2"],
        ),
        (&[good, "size/report.json"], &["no core", "sizes 4 x 4", "sizes 3 x 3"]),
        (&[good, "m.json"], &["m.json", "after --external"]),
        (&[good, "--external", good], &["is a report", "before --external"]),
        (&[good, "--external", "m.json"], &["m.json", "`name` is missing"]),
        (&[good, good, "--fail-if-worse=speed"], &["speed", "errors, checks, coverage, cycles, area"]),
    ];
    for (arguments, words) in cases {
        refused(at, arguments, words);
    }
}
