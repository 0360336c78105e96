//! Tests campaigns and their reports: interrupted, in shards, replayed, compared, and with the mistakes of users.

#[path = "report/compare.rs"]
mod compare;

#[path = "report/explore.rs"]
mod explore;

#[path = "report/growth.rs"]
mod growth;

use assert_cmd::Command;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Output, Stdio};
use tempfile::TempDir;

/// One core for 2 x 2 matrices, and those that stop early: 34 + 5 x 20 matrices, which take a moment.
const SMALL: [&str; 7] = ["--suite", "quick", "--rows=2", "--word=10", "--guard=3", "--seed=7", "--out"];
const MATRICES: usize = 134;

/// Runs the program in a folder.
fn svdforge(folder: &Path, arguments: &[&str]) -> Output {
    Command::cargo_bin("svdforge").unwrap().current_dir(folder).args(arguments).output().unwrap()
}

fn command(folder: &Path, arguments: &[&str]) -> Output {
    svdforge(folder, &[&["report"], arguments].concat())
}

fn run(folder: &Path, arguments: &[&str]) -> String {
    let output = command(folder, arguments);
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn small(folder: &Path, out: &str, more: &[&str]) -> String {
    run(folder, &[&SMALL[..], &[out], more].concat())
}

fn refused(folder: &Path, arguments: &[&str], words: &[&str]) {
    is_refused(folder, &[&["report"], arguments].concat(), words);
}

/// Asserts the exit status 2, one message with all of `words`, and nothing on stdout.
fn is_refused(folder: &Path, arguments: &[&str], words: &[&str]) {
    let output = svdforge(folder, arguments);
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {message}");
    assert!(output.stdout.is_empty() && !message.contains("panicked"), "{message}");
    for word in words {
        assert!(message.contains(word), "{arguments:?}: `{word}` is not in the message:\n{message}");
    }
}

/// The four files of a report.
fn report(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let files = ["report.json", "report.csv", "report.md", "report.html"];
    files.iter().map(|name| ((*name).to_owned(), fs::read(folder.join(name)).unwrap())).collect()
}

fn lines(journal: &Path) -> usize {
    fs::read(journal).map_or(0, |text| text.iter().filter(|&&byte| byte == b'\n').count())
}

#[test]
fn a_report_is_whole_and_the_same_every_time() {
    let folder = TempDir::new().unwrap();
    let document: Value = serde_json::from_str(&small(folder.path(), "a", &["--json"])).unwrap();
    assert_eq!((&document["matrices"], &document["holds"]), (&MATRICES.into(), &true.into()));
    assert_eq!(document["campaign"]["families"].as_array().unwrap().len(), 20);
    let text = small(folder.path(), "b/c", &[]);
    assert!(text.contains("settled under the cap") && text.contains("report.html"), "{text}");
    let first = report(&folder.path().join("a"));
    assert!(first == report(&folder.path().join("b/c")), "same parameters, same bytes");
    let read: Value = serde_json::from_slice(&first["report.json"]).unwrap();
    assert_eq!((&read["schema"], &read["kind"]), (&1.into(), &"svdforge report".into()));
    let records = read["matrices"].as_array().unwrap();
    assert_eq!(records.len(), MATRICES);
    for key in ["family", "seed", "index", "input_exponent", "sweeps", "flags", "cycles", "accuracy"] {
        assert!(!records[MATRICES - 1][key].is_null(), "{key}");
    }
    assert_eq!(String::from_utf8_lossy(&first["report.csv"]).lines().count(), MATRICES + 1);
    assert!(first["report.html"].len() < 2_000_000);
    assert!(String::from_utf8_lossy(&first["report.html"]).contains("report replay report.json --matrix"));
    // The second run in the same folder computes and changes nothing, and leaves no other files: there are the report,
    // the journal, and the record of what svdforge wrote.
    let output = command(folder.path(), &[&SMALL[..], &["a"]].concat());
    assert!(String::from_utf8_lossy(&output.stderr).contains("134 of 134 matrices are there"));
    assert!(first == report(&folder.path().join("a")));
    assert_eq!(fs::read_dir(folder.path().join("a")).unwrap().count(), 6);
}

#[test]
fn an_interrupted_campaign_continues_and_loses_nothing() {
    let folder = TempDir::new().unwrap();
    let arguments = ["report", "--suite=quick", "--rows=8", "--word=16", "--guard=4", "--matrices=60", "--out"];
    let program = assert_cmd::cargo::cargo_bin("svdforge");
    let journal = folder.path().join("a/matrices-1-of-1.jsonl");
    for (signal, more) in [("-KILL", 20), ("-INT", 40)] {
        // It must have done something itself: before that it may not yet listen to the signal.
        let least = lines(&journal) + more;
        let mut child = std::process::Command::new(&program);
        let child = child.args(arguments).arg("a").current_dir(folder.path());
        let mut child = child.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        for _ in 0..60_000 {
            if lines(&journal) > least {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        let killed = std::process::Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap();
        assert!(killed.success());
        let status = child.wait().unwrap();
        assert_eq!(status.code(), if signal == "-INT" { Some(130) } else { None });
        assert!(!folder.path().join("a/report.json").exists(), "it was too fast to be interrupted");
    }
    // The last line is as a crash of the machine might leave it.
    let text = fs::read(&journal).unwrap();
    fs::write(&journal, &text[..text.len() - 100]).unwrap();
    let there = lines(&journal) - 1;
    assert!(there >= 50, "{there}");
    let output = command(folder.path(), &[&arguments[1..], &["a"]].concat());
    assert_eq!(output.status.code(), Some(0));
    let note = String::from_utf8(output.stderr).unwrap();
    assert!(note.contains(&format!("continuing this campaign: {there} of ")), "{there}: {note}");
    run(folder.path(), &[&arguments[1..], &["whole"]].concat());
    assert!(report(&folder.path().join("a")) == report(&folder.path().join("whole")));
    assert_eq!(lines(&journal), lines(&folder.path().join("whole/matrices-1-of-1.jsonl")));
}

#[test]
fn shards_make_the_report_of_the_whole() {
    let folder = TempDir::new().unwrap();
    small(folder.path(), "whole", &["--vectors=none"]);
    for shard in ["1/3", "2/3", "3/3"] {
        let text = small(folder.path(), "together", &["--vectors=none", "--shard", shard]);
        assert!(text.contains("report merge together --out together"), "{text}");
        let document =
            small(folder.path(), &format!("apart-{}", &shard[..1]), &["--vectors=none", "--shard", shard, "--json"]);
        assert_eq!(serde_json::from_str::<Value>(&document).unwrap()["shard"]["count"], 3);
    }
    run(folder.path(), &["merge", "together", "--out", "together"]);
    run(folder.path(), &["merge", "apart-1", "apart-2/matrices-2-of-3.jsonl", "apart-3", "--out", "merged"]);
    let whole = report(&folder.path().join("whole"));
    assert!(whole == report(&folder.path().join("together")));
    assert!(whole == report(&folder.path().join("merged")));
}

#[test]
fn shards_that_do_not_fit_together_are_refused() {
    let folder = TempDir::new().unwrap();
    let at = |name: &str| folder.path().join(name);
    small(folder.path(), "one", &["--vectors=none", "--shard", "1/3"]);
    small(folder.path(), "two", &["--vectors=none", "--shard", "2/3"]);
    small(folder.path(), "half", &["--vectors=none", "--shard", "1/2"]);
    let merge = |paths: &[&str], words: &[&str]| {
        refused(folder.path(), &[&["merge"], paths, &["--out", "joined"]].concat(), words);
        assert!(!at("joined").exists());
    };
    merge(&["one", "two"], &["1 of 3 shards are missing: 3", "--shard i/3"]);
    merge(&["one", "two", "one"], &["both are shard 1 of 3"]);
    merge(&["one", "half"], &["half/matrices-1-of-2.jsonl", "`shard.count` is 2 here and 3 there"]);
    merge(&["none"], &["none", "cannot be read"]);
    fs::create_dir(at("empty")).unwrap();
    merge(&["empty"], &["empty", "no journal", "--shard i/k"]);
    let other = [
        &[
            "--suite",
            "quick",
            "--rows=2",
            "--word=11",
            "--guard=3",
            "--seed=7",
            "--shard=3/3",
            "--vectors=none",
            "--out",
        ][..],
        &["other"],
    ];
    run(folder.path(), &other.concat());
    merge(&["one", "two", "other"], &["other", "`cores[0].core.frac` is 10 here and 9 there"]);
    // The shard is not finished, broken, of another version, or not a journal.
    small(folder.path(), "three", &["--vectors=none", "--shard", "3/3"]);
    let path = at("three/matrices-3-of-3.jsonl");
    let text = fs::read_to_string(&path).unwrap();
    let all: Vec<&str> = text.split_inclusive('\n').collect();
    let broken = |text: String, words: &[&str]| {
        fs::write(&path, text).unwrap();
        merge(&["one", "two", "three"], &[&["three/matrices-3-of-3.jsonl"], words].concat());
    };
    broken(all[..10].concat(), &["shard 3/3 is not finished: 9 of 11"]);
    broken(all[..10].concat() + &all[10][..40], &["shard 3/3 is not finished: 9 of 11"]);
    broken(
        text.replacen("{\"matrix\":5,", "{\"matrix\";5,", 1),
        &["line ", "expected `:` at column 10; remove this line"],
    );
    broken(text.replacen("\"schema\":1", "\"schema\":3", 1), &["line 1", "`schema` is 3", "reads schema 1"]);
    broken(text.clone() + all[1], &["line 13", "is there already"]);
    broken(text.replacen("\"family\":\"gaussian\"", "\"family\":\"hilbert\"", 1), &["hilbert", "by the campaign"]);
    broken("1,2\n3,4\n".to_owned(), &["no journal"]);
    fs::write(&path, &text).unwrap();
    run(folder.path(), &["merge", "one", "two", "three", "--out", "joined"]);
}

#[test]
fn folders_with_something_else_in_them_are_refused() {
    let folder = TempDir::new().unwrap();
    small(folder.path(), "a", &[]);
    let before = report(&folder.path().join("a"));
    let other = ["--suite=quick", "--rows=2", "--word=10", "--guard=3", "--seed=8", "--out=a"];
    refused(folder.path(), &other, &["a/", "another campaign", "`seed` is 7 there and 8 here", "--out"]);
    refused(folder.path(), &[&SMALL[..], &["a", "--shard=1/2"]].concat(), &["number of shards", "1 there and 2 here"]);
    // The report alone is enough to recognise it.
    fs::remove_file(folder.path().join("a/matrices-1-of-1.jsonl")).unwrap();
    refused(folder.path(), &other, &["a/report.json", "`seed` is 7 there"]);
    assert!(before == report(&folder.path().join("a")));
    fs::create_dir(folder.path().join("mine")).unwrap();
    fs::write(folder.path().join("mine/thesis.tex"), "years of work").unwrap();
    refused(folder.path(), &[&SMALL[..], &["mine"]].concat(), &["mine", "not empty"]);
    refused(folder.path(), &[&SMALL[..], &["mine/thesis.tex"]].concat(), &["thesis.tex", "file"]);
    assert_eq!(fs::read_dir(folder.path().join("mine")).unwrap().count(), 1);
    // Another process is working in the folder.
    small(folder.path(), "b", &["--shard=1/2"]);
    let journal = fs::File::open(folder.path().join("b/matrices-1-of-2.jsonl")).unwrap();
    journal.lock().unwrap();
    refused(folder.path(), &[&SMALL[..], &["b", "--shard=1/2"]].concat(), &["matrices-1-of-2.jsonl", "at work"]);
}

#[test]
fn requests_that_cannot_be_met_are_refused() {
    let folder = TempDir::new().unwrap();
    let cases: [(&[&str], &[&str]); 9] = [
        (&["--suite", "huge", "--out", "a"], &["huge", "quick, standard, hard"]),
        (&["--families", "uniform,unicorn", "--out", "a"], &["unicorn", "full-scale-positive"]),
        (&["--shard", "4/3", "--out", "a"], &["4/3", "i from 1 to k"]),
        (&["--matrices", "0", "--out", "a"], &["--matrices", "1..=1000000"]),
        (&["--rank", "6", "--out", "a"], &["--rank 6", "4 x 4", "--rows"]),
        (&["--word", "30", "--out", "a"], &["--word 30", "8 to 24"]),
        (&["--input-scale", "-2", "--out", "a"], &["--input-scale", "from -1 to 1"]),
        (&["--matrices", "1000000", "--out", "a"], &["matrices: a campaign has 10000000 at most"]),
        (&["--suite", "quick"], &["--out"]),
    ];
    for (arguments, words) in cases {
        refused(folder.path(), arguments, words);
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_check_that_fails_is_told_by_the_exit_status() {
    let folder = TempDir::new().unwrap();
    small(folder.path(), "a", &[]);
    let journal = folder.path().join("a/matrices-1-of-1.jsonl");
    let text = fs::read_to_string(&journal).unwrap();
    fs::write(&journal, text.replacen("\"overflow\":false", "\"overflow\":true", 1)).unwrap();
    let output = command(folder.path(), &[&SMALL[..], &["a"]].concat());
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(String::from_utf8_lossy(&output.stdout).contains("fails, first for matrix"));
    assert!(fs::read_to_string(folder.path().join("a/report.html")).unwrap().contains("FAILS, first matrix"));
}

#[test]
fn matrices_can_be_replayed() {
    let folder = TempDir::new().unwrap();
    small(folder.path(), "a", &[]);
    let replay = |more: &[&str]| command(folder.path(), &[&["replay", "a/report.json", "--matrix"], more].concat());
    let output = replay(&["3", "--save", "m.csv"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && text.contains("The result is as in the report."), "{text}");
    // This is the command that it prints, without the waveforms.
    let line = text.lines().find_map(|l| l.strip_prefix("To look into it, run: svdforge ")).unwrap();
    let arguments: Vec<&str> = line.split(' ').map(|a| if a == "--vcd" { "--json" } else { a }).collect();
    let output = Command::cargo_bin("svdforge")
        .unwrap()
        .current_dir(folder.path())
        .args(&arguments[..arguments.len() - 1])
        .output();
    let document: Value = serde_json::from_slice(&output.unwrap().stdout).unwrap();
    let simulated = &document["results"][0]["accuracy"]["sigma_max_lsb"];
    let again: Value = serde_json::from_slice(&replay(&["3", "--json"]).stdout).unwrap();
    assert_eq!(&again["results"][0]["accuracy"]["sigma_max_lsb"], simulated);
    assert_eq!(again["equal"], true);
    for (arguments, words) in
        [(&["9999"][..], &["--matrix 9999", "0 to 133"][..]), (&["3", "--save", "m.xlsx"], &["m.xlsx", ".csv"])]
    {
        refused(folder.path(), &[&["replay", "a/report.json", "--matrix"], arguments].concat(), words);
    }
    refused(folder.path(), &["replay", "a", "--matrix", "1"], &["a", "is a folder", "report.json in it"]);
    refused(folder.path(), &["replay", "none.json", "--matrix", "1"], &["none.json", "No such file"]);
    // The report has another value.
    let path = folder.path().join("a/report.json");
    let text = fs::read_to_string(&path).unwrap();
    let record = text.lines().find(|l| l.starts_with("{\"matrix\":3,")).unwrap();
    let value: Value = serde_json::from_str(record.trim_end_matches(',')).unwrap();
    let error = format!("\"sigma_max_lsb\":{}", value["accuracy"]["sigma_max_lsb"]);
    fs::write(&path, text.replace(record, &record.replace(&error, "\"sigma_max_lsb\":77.0"))).unwrap();
    let output = replay(&["3"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        String::from_utf8_lossy(&output.stdout)
            .contains("The result is NOT as in the report: `accuracy.sigma_max_lsb`")
    );
}
