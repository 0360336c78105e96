//! A program that is killed, and a disk that is full, at each of its file operations.

use crate::table::{Files, NOTES, Place, Writer, copy, is_staging, writers};
use std::fs;
use std::os::unix::process::ExitStatusExt;

/// Which operations are tested.
#[derive(Clone, Copy)]
enum Which {
    /// Those at these parts of all.
    At(&'static [f64]),
    /// All of `generate`, and about ten of every other command.
    Many,
}

/// Whether the file is one to which lines are added.
fn grows(path: &str) -> bool {
    path.ends_with(".jsonl")
}

/// The number of file operations of a run.
fn operations(place: &Place, writer: &Writer) -> usize {
    let output = place.command(&writer.arguments).env("SVDFORGE_FAIL", "count:0").output().unwrap();
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {text}", writer.name);
    text.matches("file operation ").count()
}

/// Each file is the old one or the new one, and complete, and nothing of the user's has changed.
fn check(context: &str, old: &Files, new: &Files, after: &Files) {
    for (path, content) in after.iter().filter(|(path, _)| !is_staging(path)) {
        let of = |files: &Files| files.get(path).cloned();
        let is_record = path.ends_with(".svdforge-files.json");
        let known = Some(content.clone()) == of(old) || Some(content.clone()) == of(new);
        let grows = grows(path) && of(new).is_some_and(|new| new.starts_with(content) || content.starts_with(&new));
        assert!(known || is_record || grows, "{context}: {path} is neither old nor new");
    }
    for path in old.keys().filter(|path| new.contains_key(*path)) {
        assert!(after.contains_key(path), "{context}: {path} is lost");
    }
    assert_eq!(after.get("notes.txt").map(Vec::as_slice), Some(NOTES.as_bytes()), "{context}");
    // A new manifest tells that its folder is complete.
    for (path, content) in after.iter().filter(|(path, _)| path.ends_with("core.json")) {
        if old.get(path) == Some(content) || new.get(path) != Some(content) {
            continue;
        }
        let folder = path.strip_suffix("core.json").unwrap();
        let of = |files: &Files| -> Files {
            let is_shown = |path: &String| {
                path.starts_with(folder) && !is_staging(path) && !path.ends_with(".svdforge-files.json")
            };
            files.iter().filter(|(path, _)| is_shown(path)).map(|(path, text)| (path.clone(), text.clone())).collect()
        };
        assert!(of(after) == of(new), "{context}: {path} is new, but not everything beside it");
    }
}

/// Runs every command, with and without outputs of an earlier run, and lets it fail. Returns the number of cases.
fn fail(how: &str, which: Which) -> usize {
    let mut cases = 0;
    for writer in writers() {
        for over_earlier in [false, true] {
            let begin = Place::of(&writer);
            if over_earlier {
                begin.earlier(&writer);
            }
            let old = begin.files();
            copy(&begin.at("out"), &begin.at("kept"));
            let count = operations(&begin, &writer);
            // A part of a campaign that is complete is only opened.
            assert!(count > 5 || (over_earlier && count == 1), "{}: {count} file operations", writer.name);
            let new = begin.files();
            assert!(new.len() > 1 && !new.keys().any(|path| is_staging(path)), "{}: {new:?}", writer.name);
            let chosen: Vec<usize> = match which {
                Which::Many if writer.name == "generate" => (1..=count).collect(),
                Which::Many => (1..=count).step_by(count.div_ceil(10)).collect(),
                Which::At(parts) => parts.iter().map(|part| (part * count as f64).ceil() as usize).collect(),
            };
            for number in chosen {
                let context = format!("{}, {how} at operation {number} of {count}, {over_earlier}", writer.name);
                fs::remove_dir_all(begin.at("out")).unwrap();
                copy(&begin.at("kept"), &begin.at("out"));
                let output =
                    begin.command(&writer.arguments).env("SVDFORGE_FAIL", format!("{how}:{number}")).output().unwrap();
                let message = String::from_utf8_lossy(&output.stderr).into_owned();
                let after = begin.files();
                check(&context, &old, &new, &after);
                if how == "kill" {
                    assert!(output.status.signal().is_some(), "{context}: it was not killed: {message}");
                } else if output.status.success() {
                    // What failed was not needed.
                    assert!(after == new, "{context}: {message}");
                } else {
                    assert_eq!(output.status.code(), Some(2), "{context}: {message}");
                    assert!(message.contains("cannot be"), "{context}: {message}");
                    assert!(!after.keys().any(|path| is_staging(path)), "{context}: staging files are left");
                    if !over_earlier && !after.keys().any(|path| grows(path)) {
                        assert!(after == old, "{context}: something is left: {:?}", after.keys());
                    }
                }
                let output = begin.command(&writer.arguments).output().unwrap();
                let message = String::from_utf8_lossy(&output.stderr);
                assert!(output.status.success(), "{context}: the next run: {message}");
                let again = begin.files();
                let differ: Vec<&String> =
                    again.keys().chain(new.keys()).filter(|path| again.get(*path) != new.get(*path)).collect();
                assert!(differ.is_empty(), "{context}: after the next run differ {differ:?}");
                cases += 1;
            }
        }
    }
    cases
}

#[test]
fn a_kill_at_some_file_operations() {
    // While files get their names.
    assert_eq!(fail("kill", Which::At(&[0.75])), 22 * 2);
}

#[test]
fn a_full_disk_at_some_file_operations() {
    assert_eq!(fail("full", Which::At(&[0.65])), 22 * 2);
}

#[test]
#[ignore = "takes minutes"]
fn a_kill_at_many_file_operations() {
    let cases = fail("kill", Which::Many);
    assert!(cases > 300, "{cases}");
}

#[test]
#[ignore = "takes minutes"]
fn a_full_disk_at_many_file_operations() {
    let cases = fail("full", Which::Many);
    assert!(cases > 300, "{cases}");
}
