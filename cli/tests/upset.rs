//! The fault campaign as a command: the same document whatever the number of threads, its exit status, and the upsets
//! that it lists one by one.

use assert_cmd::Command;
use serde_json::Value;
use tempfile::TempDir;

/// The exit status and the document.
fn upset(arguments: &str) -> (i32, Value) {
    let mut command = Command::cargo_bin("svdforge").unwrap();
    let output = command.arg("upset").args(arguments.split(' ')).arg("--json").output().unwrap();
    let message = String::from_utf8_lossy(&output.stderr);
    let document = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {message}"));
    (output.status.code().unwrap(), document)
}

#[test]
fn a_campaign_repeats_itself_and_lists_what_did_most_harm() {
    let line = "--rows 3 --cols 3 --upsets 600 --seed 5 --worst 600";
    let (status, document) = upset(&format!("{line} --threads 1"));
    assert_eq!((status, &document), (upset(&format!("{line} --threads 3")).0, &upset(line).1));
    let core = &document["cores"][0];
    let classes = core["classes"].as_object().unwrap();
    assert_eq!(classes.len(), 8);
    assert_eq!(classes.values().map(|count| count.as_u64().unwrap()).sum::<u64>(), 600);
    assert_eq!(status, i32::from(core["never"] != 0));
    let worst = core["worst"].as_array().unwrap();
    assert_eq!(worst.len() as u64, 600 - classes["harmless"].as_u64().unwrap());
    for listed in worst.iter().step_by(20) {
        let (status, again) = upset(&format!("{line} --replay {}", listed["number"]));
        assert_eq!((status, &again["upset"]), (i32::from(listed["never"] == true), listed));
    }
    let (_, fifo) = upset("--rows 3 --cols 3 --upsets 240 --only output_fifo");
    let modules = fifo["cores"][0]["modules"].as_array().unwrap();
    assert!(!modules.is_empty() && modules.iter().all(|m| m["module"].as_str().unwrap().contains("output_fifo")));
}

#[test]
fn random_cores_are_listed_with_their_options() {
    let (_, document) = upset("--random 3 --seed 9 --upsets 48 --traffic back-to-back");
    let cores = document["cores"].as_array().unwrap();
    assert_eq!(cores.iter().map(|core| core["upsets"].as_u64().unwrap()).collect::<Vec<_>>(), [48; 3]);
    assert_ne!(cores[0]["core"], cores[1]["core"]);
}

#[test]
fn mistakes_are_refused() {
    let cases = [
        ("--rows 3 --cols 3 --only nothing", "--only nothing: no register or memory of svd_3x3"),
        (
            "--rows 3 --cols 3 --upsets 10 --replay 10",
            "--replay 10: the upsets of the campaign have the numbers 0 to 9",
        ),
        ("--replay 1 --random 2", "cannot be used with"),
        ("--vcd a.vcd", "--replay"),
        ("--upsets 0", "--upsets"),
        ("--traffic none", "back-to-back"),
    ];
    let folder = TempDir::new().unwrap();
    for (arguments, words) in cases {
        let mut command = Command::cargo_bin("svdforge").unwrap();
        let arguments: Vec<&str> = arguments.split(' ').collect();
        let output = command.current_dir(folder.path()).arg("upset").args(&arguments).output().unwrap();
        let message = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {message}");
        assert!(message.contains(words), "{arguments:?}: {message}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
