//! Tests that foreign text cannot command a terminal: names of files, names in files, values of options, messages of
//! parsers. What programs read keeps its value.

use assert_cmd::Command;
use serde_json::Value;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// A colour, the title of a window, a C1 sequence, DEL, an override of direction, a separator, no width.
const FOREIGN: &str = "\u{1b}[31mred\u{1b}]0;title\u{7}\u{9b}2J\u{7f}\u{202e}\u{2066}\u{2028}\u{200b}";
const SHOWN: &str = "\\u{1b}[31mred\\u{1b}]0;title\\u{7}\\u{9b}2J\\u{7f}\\u{202e}\\u{2066}\\u{2028}\\u{200b}";

fn run(folder: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = Command::cargo_bin("svdforge").unwrap().current_dir(folder).args(arguments).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

fn is_harmless(text: &str) -> bool {
    !text.chars().any(|c| (c.is_control() && !"\n\t".contains(c)) || FOREIGN.contains(c) && !c.is_ascii())
}

/// Each command line, with the exit status, and whether the text is seen in an error.
#[test]
fn foreign_text_is_shown_and_not_obeyed() {
    let folder = TempDir::new().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    let file = format!("{FOREIGN}.csv");
    write(&file, "1,2\n3,4\n");
    write("name.json", &serde_json::json!({ "name": FOREIGN, "matrix": [[1, 2], [3, 4]] }).to_string());
    write("bad.json", &format!("{{\"matrix\": [[1, \"{}\"]]}}", FOREIGN.replace(['\u{1b}', '\u{7}'], "")));
    write("bad.csv", &format!("1,2\n3,{FOREIGN}\n"));
    write("bad.toml", &format!("rows = 2\n\"{}\" = 3\n", FOREIGN.replace(['\u{1b}', '\u{7}', '\u{7f}'], "")));
    write("worse.toml", &format!("rows = {FOREIGN}\n"));
    write("words.txt", &format!("{FOREIGN} one two\ntwo three one\none three {FOREIGN}\n"));
    write("table.csv", &format!("name,{FOREIGN},b,c\n{FOREIGN},1,2,\nx,3,,5\ny,2,2,4\nz,1,,3\nw,2,4,4\n"));
    let ratings: String =
        (0..60).map(|i| format!("u{},{}{},{}\n", i % 9, ["film ", FOREIGN][i % 2], i % 7, 1 + i % 5)).collect();
    write("ratings.csv", &format!("user,item,rating\n{ratings}"));
    let good: &[&[&str]] = &[
        &["simulate", "--matrix", &file],
        &["simulate", "--matrix", "name.json"],
        &["verify", "--matrix", "name.json"],
        &["recommend", "ratings.csv", "--user", "u1"],
        &["complete", "table.csv", "--lambda", "0.5"],
        &["lsi", "words.txt", "--rank", "2"],
        &["lsi", "words.txt", "--rank", "2", "--similar", FOREIGN],
        &["generate", "--rows", "2", "--out", FOREIGN],
    ];
    let bad: &[&[&str]] = &[
        &["simulate", "--matrix", "bad.csv"],
        &["simulate", "--matrix", "bad.json"],
        &["simulate", "--matrix", &format!("{FOREIGN}.npy")],
        &["simulate", "--config", "bad.toml", "--matrix", &file],
        &["simulate", "--config", "worse.toml", "--matrix", &file],
        &["simulate", "--rows", FOREIGN, "--matrix", &file],
        &["simulate", FOREIGN],
        &[FOREIGN],
        &["report", "--suite", FOREIGN, "--out", "a"],
        &["explore", "--pick", FOREIGN, "--out", "a"],
        &["verify", "--with", FOREIGN],
        &["recommend", "ratings.csv", "--user", FOREIGN],
        &["man", FOREIGN],
    ];
    let mut seen = 0;
    for (status, commands) in [(0, good), (2, bad)] {
        for arguments in commands {
            let (found, text, message) = run(folder.path(), arguments);
            assert_eq!(found, Some(status), "{arguments:?}: {message}");
            assert!(is_harmless(&text) && is_harmless(&message), "{arguments:?}: {text:?} {message:?}");
            let all = text + &message;
            assert!(status == 0 || all.contains("u{202e}"), "{arguments:?}: {all}");
            seen += usize::from(all.contains(SHOWN));
        }
    }
    assert!(seen >= 9, "{seen} show the text in whole");
}

#[test]
fn json_and_files_keep_foreign_text() {
    let folder = TempDir::new().unwrap();
    fs::write(
        folder.path().join("a.json"),
        serde_json::json!({ "name": FOREIGN, "matrix": [[1, 2], [3, 4]] }).to_string(),
    )
    .unwrap();
    let (status, text, _) = run(folder.path(), &["simulate", "--matrix", "a.json", "--json"]);
    assert_eq!(status, Some(0));
    assert!(is_harmless(&text) && text.contains("\\u001b[31mred") && text.contains("\\u202e"), "{text}");
    let document: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(document["results"][0]["matrix"], FOREIGN);
    // The page of a trace is well-formed, and its data keeps the name.
    let (status, _, message) = run(folder.path(), &["simulate", "--matrix", "a.json", "--trace", "look"]);
    assert_eq!(status, Some(0), "{message}");
    let page = fs::read_to_string(folder.path().join("look/index.html")).unwrap();
    assert!(!page.chars().any(|c| c.is_control() && !"\n\r\t".contains(c)));
}
