//! Tests explorations: the front, the pick and the core that it names, interruptions, repetitions, and the mistakes of
//! users.

use super::{is_refused, lines, svdforge};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// 6 cores for 3 x 2 matrices with 13 matrices each, which take a moment.
const SMALL: [&str; 9] = [
    "--rows=3",
    "--cols=2",
    "--word=8,12",
    "--guard=0..4:2",
    "--families=uniform,gaussian,equal,ones",
    "--matrices=4",
    "--seed=5",
    "--coef=auto,18",
    "--out",
];
const MATRICES: usize = 6 * 13;

/// The exit status and what was printed, on stdout if the status is 0 or 1 and else on stderr.
fn run(folder: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let output = svdforge(folder, arguments);
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(!error.contains("panicked"), "{error}");
    let status = output.status.code();
    (status, if status == Some(2) { error } else { String::from_utf8(output.stdout).unwrap() })
}

fn small(folder: &Path, out: &str, more: &[&str]) -> String {
    let (status, text) = run(folder, &[&["explore"], &SMALL[..], &[out], more].concat());
    assert_eq!(status, Some(0), "{text}");
    text
}

fn refused(folder: &Path, arguments: &[&str], words: &[&str]) {
    is_refused(folder, &[&["explore"], arguments].concat(), words);
}

fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let names = ["explore.json", "explore.csv", "explore.md", "explore.html"];
    names.iter().map(|name| ((*name).to_owned(), fs::read(folder.join(name)).unwrap())).collect()
}

#[test]
fn an_exploration_is_whole_the_same_every_time_and_continues_after_an_interruption() {
    let folder = TempDir::new().unwrap();
    let at = |name: &str| folder.path().join(name);
    let text = small(folder.path(), "a", &[]);
    assert!(text.contains("3 x 2; cores: 6") && text.contains("effective bits"), "{text}");
    let first = files(&at("a"));
    let document: Value = serde_json::from_slice(&first["explore.json"]).unwrap();
    assert_eq!((&document["kind"], &document["schema"]), (&"svdforge exploration".into(), &1.into()));
    let points = document["points"].as_array().unwrap();
    assert_eq!(points.len(), 6);
    assert_eq!(document["left_out"][0]["combinations"], 6, "--coef auto is 18 here");
    assert_eq!(String::from_utf8_lossy(&first["explore.csv"]).lines().count(), 7);
    assert!(first["explore.html"].len() < 1_000_000);
    // No point of the front is dominated, and every other point is dominated by the one that it names.
    let objectives = document["objectives"].as_array().unwrap();
    let dominates = |a: &Value, b: &Value| {
        let pairs =
            || objectives.iter().map(|o| o.as_str().unwrap()).map(|o| (a[o].as_f64().unwrap(), b[o].as_f64().unwrap()));
        pairs().all(|(a, b)| a <= b) && pairs().any(|(a, b)| a < b)
    };
    for point in points {
        match point["dominated_by"].as_u64() {
            None => assert!(point["front"] == true && !points.iter().any(|other| dominates(other, point))),
            Some(other) => assert!(point["front"] == false && dominates(&points[other as usize], point)),
        }
    }
    assert!(points.iter().any(|p| p["front"] == true) && points.iter().any(|p| p["front"] == false));
    // A second run with a pick, and a run that continues from a journal cut off in a line, give the same bytes.
    small(folder.path(), "a", &["--pick", "cycles>0"]);
    let mut picked = files(&at("a"));
    // Only the page tells of the pick.
    let page = picked.insert("explore.html".to_owned(), first["explore.html"].clone()).unwrap();
    assert!(String::from_utf8(page).unwrap().contains("The cheapest core with cycles&gt;0 is core "));
    assert!(first == picked);
    let journal = fs::read(at("a/matrices-1-of-1.jsonl")).unwrap();
    assert_eq!(lines(&at("a/matrices-1-of-1.jsonl")), MATRICES + 1);
    fs::create_dir(at("b")).unwrap();
    fs::write(at("b/matrices-1-of-1.jsonl"), &journal[..journal.len() / 2]).unwrap();
    let output = svdforge(folder.path(), &[&["explore"], &SMALL[..], &["b"]].concat());
    assert!(String::from_utf8_lossy(&output.stderr).contains(" of 78 matrices are there"));
    assert!(first == files(&at("b")));
    assert_eq!(lines(&at("b/matrices-1-of-1.jsonl")), MATRICES + 1);
}

/// The command that a pick prints makes the core. A campaign of that core on the same matrices finds the same errors
/// and cycles.
#[test]
fn the_picked_core_is_what_was_promised() {
    let folder = TempDir::new().unwrap();
    let text = small(folder.path(), "a", &["--pick", "sigma_max_lsb<=0.4, cycles<=375", "--json"]);
    let document: Value = serde_json::from_str(&text).unwrap();
    let pick = &document["pick"];
    let point = &document["points"][pick["point"].as_u64().unwrap() as usize];
    assert_eq!((&pick["met"], &pick["command"]), (&true.into(), &point["command"]));
    assert!(point["sigma_max_lsb"].as_f64().unwrap() <= 0.4 && point["cycles"].as_u64().unwrap() <= 375);
    let meets = |p: &&Value| p["sigma_max_lsb"].as_f64().unwrap() <= 0.4 && p["cycles"].as_u64().unwrap() <= 375;
    let bits = |p: &Value| p["multiplier_bits"].as_u64().unwrap();
    let met: Vec<&Value> = document["points"].as_array().unwrap().iter().filter(meets).collect();
    assert!(met.len() > 1 && met.iter().all(|p| bits(p) >= bits(point)), "none is cheaper");
    let line = pick["command"].as_str().unwrap().strip_prefix("svdforge ").unwrap();
    let mut arguments: Vec<&str> = line.split(' ').collect();
    assert_eq!(run(folder.path(), &arguments).0, Some(0));
    let made = folder.path().join(arguments[arguments.len() - 1]).join("core.json");
    let core: Value = serde_json::from_slice(&fs::read(made).unwrap()).unwrap();
    for key in ["word", "guard", "coef", "sweeps", "multipliers"] {
        let expected = if point[key].is_null() { &point["core"][key] } else { &point[key] };
        assert_eq!(&core["core"][key], expected, "{key}");
    }
    arguments.truncate(arguments.len() - 2);
    arguments[0] = "report";
    let same =
        ["--suite=quick", "--families=uniform,gaussian,equal,ones", "--matrices=4", "--seed=5", "--json", "--out=r"];
    let (status, text) = run(folder.path(), &[&arguments[..], &same].concat());
    assert_eq!(status, Some(0), "{text}");
    let report: Value = serde_json::from_str(&text).unwrap();
    let statistics = &report["cores"][0]["statistics"];
    for name in ["sigma_max_lsb", "reconstruction_max_lsb", "orthogonality_max_lsb"] {
        assert_eq!(statistics[name]["max"], point[name], "{name}");
    }
    assert_eq!(
        (&statistics["cycles"]["max"], &statistics["cycles"]["mean"]),
        (&point["cycles"], &point["cycles_mean"])
    );
}

#[test]
fn conditions_that_no_core_meets_are_told_by_the_exit_status() {
    let folder = TempDir::new().unwrap();
    let arguments = [&["explore"], &SMALL[..], &["a", "--pick", "sigma_max_lsb<=0.0001, cycles<=100000"]].concat();
    let (status, text) = run(folder.path(), &arguments);
    assert_eq!(status, Some(1), "{text}");
    assert!(text.contains("No core meets") && text.contains("misses sigma_max_lsb<=0.0001: it is 0."), "{text}");
    assert!(text.contains("svdforge generate") && folder.path().join("a/explore.json").exists());
    let (status, text) = run(folder.path(), &[&arguments[..], &["--json"]].concat());
    let document: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((status, &document["pick"]["met"]), (Some(1), &false.into()));
    assert!(document["pick"]["misses"][0].as_str().unwrap().contains("off by"));
}

#[test]
fn what_cannot_be_explored_is_refused() {
    let folder = TempDir::new().unwrap();
    let cases: [(&[&str], &[&str]); 15] = [
        (&["--word", "20..12"], &["--word", "20..12", "12..20"]),
        (&["--word", "wide"], &["--word", "`wide` is no whole number"]),
        (&["--word", "0..4000000000"], &["--word", "more than 100"]),
        (&["--guard", ""], &["--guard", "whole number"]),
        (&["--guard", "auto"], &["--guard", "`auto`"]),
        (&["--sweeps", "often"], &["--sweeps", "`often`", "`auto`"]),
        (&["--word", "30,40"], &["none of the combinations", "--word 30", "8 to 24"]),
        (&["--word", "8..24", "--guard", "0..8", "--coef", "14..32"], &["2907 combinations", "1000"]),
        (&["--arch", "serial,hypercube"], &["--arch", "hypercube", "serial"]),
        (&["--rows", "4", "--rank", "5"], &["--rank 5", "1 to 4"]),
        (&["--pick", "cycle<=5"], &["--pick", "did you mean `cycles`?"]),
        (&["--pick", "cycles"], &["--pick", "no condition"]),
        (&["--pick", "lut<=5"], &["--pick", "`lut` is not measured", "--synth --target T"]),
        (&["--synth"], &["--target"]),
        (&["--target", "xc7"], &["--synth"]),
    ];
    for (arguments, words) in cases {
        refused(folder.path(), &[&["--out", "a"], arguments].concat(), words);
    }
    refused(folder.path(), &[], &["--out"]);
    // Several values are given where only one is allowed.
    let (status, message) = run(folder.path(), &["generate", "--word", "12,16", "--out", "core"]);
    assert!(
        status == Some(2) && message.contains("--word: 2 values") && message.contains("svdforge explore"),
        "{message}"
    );
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    // Folders that hold something else.
    small(folder.path(), "a", &[]);
    let before = files(&folder.path().join("a"));
    let with = |from: &str, to: &'static str| SMALL.map(|argument| if argument == from { to } else { argument });
    let other = |from: &str, to: &'static str, words: &[&str]| {
        refused(folder.path(), &[&with(from, to)[..], &["a"]].concat(), words);
    };
    other("--guard=0..4:2", "--guard=0..3", &["a/", "another campaign", "`cores`", "--out"]);
    other("--seed=5", "--seed=6", &["`seed` is 5 there and 6 here"]);
    assert!(before == files(&folder.path().join("a")));
    fs::create_dir(folder.path().join("mine")).unwrap();
    fs::write(folder.path().join("mine/thesis.tex"), "years of work").unwrap();
    refused(folder.path(), &[&SMALL[..], &["mine"]].concat(), &["mine", "not empty"]);
    // A figure that no core of this kind has.
    let values = ["--rows=2", "--word=8", "--guard=2", "--families=zero", "--out=v", "--vectors=none"];
    refused(
        folder.path(),
        &[&values[..], &["--pick", "reconstruction_max_lsb<1"]].concat(),
        &["not known for any", "--vectors uv"],
    );
    assert!(!folder.path().join("v").exists(), "before the run");
    // The folder holds a report with other families, so more than the number of cores differs.
    let report = ["report", "--rows=2", "--word=8", "--guard=2", "--families=zero", "--suite=quick", "--out=r"];
    let (status, message) = run(folder.path(), &report);
    assert_eq!(status, Some(0), "{message}");
    refused(folder.path(), &[&SMALL[..], &["r"]].concat(), &["families"]);
    // A configuration file may give several values, too, and flags take precedence.
    fs::write(folder.path().join("core.toml"), "rows = 2\nword = \"8,10\"\nguard = 3\nsweeps = \"auto,2\"\n").unwrap();
    let rest = ["--guard=1", "--families=zero", "--json", "--out=c"];
    let (status, text) = run(folder.path(), &[&["explore", "--config=core.toml"], &rest[..]].concat());
    assert_eq!(status, Some(0), "{text}");
    let document: Value = serde_json::from_str(&text).unwrap();
    let cores: Vec<String> = document["points"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| format!("{} {} {}", p["word"], p["guard"], p["core"]["sweeps"]))
        .collect();
    let (status, message) = run(folder.path(), &["generate", "--config=core.toml", "--out=g"]);
    assert!(status == Some(2) && message.contains("--word: 2 values") && message.contains("core.toml"), "{message}");
    assert_eq!(cores, ["8 1 \"auto\"", "8 1 2", "10 1 \"auto\"", "10 1 2"]);
}

/// Architectures and matrices in flight are axes too. The core with several in flight gives results more often, and the
/// command that makes it says how many there are.
#[test]
fn architectures_and_matrices_in_flight_are_explored() {
    let folder = TempDir::new().unwrap();
    let core = ["explore", "--rows=4", "--cols=4", "--word=12", "--guard=2", "--families=uniform"];
    let axes = ["--arch=serial,serial", "--interleave=1,4", "--out=a", "--json", "--pick=interval_cycles<=200"];
    let (status, text) = run(folder.path(), &[&core[..], &axes].concat());
    assert_eq!(status, Some(0), "{text}");
    let document: Value = serde_json::from_str(&text).unwrap();
    let points = document["points"].as_array().unwrap();
    let of = |key: &str| points.iter().map(|p| p[key].as_u64().unwrap()).collect::<Vec<_>>();
    assert_eq!(of("in_flight"), [1, 4], "an architecture that is given twice counts once");
    let (intervals, memory) = (of("interval_cycles"), of("memory_bits"));
    assert!(intervals[1] < intervals[0] && memory[1] > memory[0], "{intervals:?} {memory:?}");
    assert_eq!(document["objectives"].as_array().unwrap().len(), 5);
    assert_eq!(document["pick"]["point"], 1);
    assert!(document["pick"]["command"].as_str().unwrap().contains("--interleave 4"), "{}", document["pick"]);
    let csv = fs::read_to_string(folder.path().join("a/explore.csv")).unwrap();
    assert!(csv.lines().next().unwrap().contains(",sweeps,arch,") && csv.contains(",serial,"), "{csv}");
    // The same core by the number and by `auto` is one core.
    let (status, text) = run(folder.path(), &[&core[..], &["--interleave=auto,8", "--out=b", "--json"]].concat());
    assert_eq!(status, Some(0), "{text}");
    let document: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(document["points"].as_array().unwrap().len(), 1, "{}", document["left_out"]);
    let (status, message) = run(folder.path(), &["generate", "--interleave=1,4", "--out=core"]);
    assert!(status == Some(2) && message.contains("--interleave: 2 values"), "{message}");
}
