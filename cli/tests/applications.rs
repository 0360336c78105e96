//! Tests what `recommend` and `complete` print, and what they refuse.

use assert_cmd::Command;
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::Output;
use std::time::{Duration, Instant};
use tempfile::TempDir;

fn svdforge(folder: &Path, arguments: &[&str]) -> Output {
    Command::cargo_bin("svdforge").unwrap().current_dir(folder).args(arguments).output().unwrap()
}

fn done(folder: &Path, arguments: &[&str]) -> String {
    let output = svdforge(folder, arguments);
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn document(folder: &Path, arguments: &[&str]) -> Value {
    serde_json::from_str(&done(folder, arguments)).unwrap()
}

/// Asserts the exit status 2 and one line with every word. Nothing may be printed on stdout, and no file made or
/// changed.
fn refused(text: &[u8], arguments: &[&str], words: &[&str]) {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("a.csv"), text).unwrap();
    let output = svdforge(folder.path(), arguments);
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {message}");
    assert!(output.stdout.is_empty() && !message.contains("panicked"), "{message}");
    for word in words {
        assert!(message.contains(word), "{arguments:?}: `{word}` is not in the message:\n{message}");
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "{arguments:?} left something behind");
    assert_eq!(fs::read(folder.path().join("a.csv")).unwrap(), text);
}

/// Thirty ratings by five users, followed by the line `last`.
fn ratings(last: &str) -> Vec<u8> {
    let lines: String = (0..30).map(|n| format!("u{},i{},{}\n", n % 5, n / 5, 1 + (2 * n + n / 5) % 5)).collect();
    format!("{lines}{last}\n").into_bytes()
}

#[test]
fn the_samples_run_in_less_than_five_seconds() {
    let folder = TempDir::new().unwrap();
    for (command, words) in [
        ("recommend", ["18 users", "Evelyn Jefferson", "svd, by predicted rating", "clock cycles"]),
        ("complete", ["60 x 4, 34 of 240", "setosa 1", "petal width", "clock cycles"]),
    ] {
        let begin = Instant::now();
        let text = done(folder.path(), &[command]);
        assert!(begin.elapsed() < Duration::from_secs(5), "{command}: {:?}", begin.elapsed());
        for word in words {
            assert!(text.contains(word), "`{word}` is not in:\n{text}");
        }
    }
}

#[test]
fn recommend_answers_from_a_file() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("a.csv"), ratings("u0,i0,5")).unwrap();
    fs::write(folder.path().join("new.csv"), "ann,i1,4\nann,i2,1\nann,unheard of,3\nu1,i0,1\nann,i4,9\n").unwrap();
    let arguments = ["recommend", "a.csv", "--scale", "1,4.5", "--fold-in", "new.csv", "--user", "ann", "--top", "2"];
    let more = ["--similar-items", "i3", "--similar-users", "u2", "--engine", "both", "--picture", "p.svg", "--json"];
    let found = document(folder.path(), &[&arguments[..], &more[..]].concat());
    // Six of the thirty ratings are 5, and the last line is, too.
    assert_eq!((&found["cleaning"]["read"], &found["cleaning"]["out_of_scale"]), (&31.into(), &7.into()));
    assert_eq!(
        (&found["users"], &found["items"], &found["fold_in"]["unknown_items"]),
        (&5.into(), &6.into(), &1.into())
    );
    assert_eq!((&found["fold_in"]["users"], &found["fold_in"]["out_of_scale"]), (&2.into(), &1.into()));
    let runs = found["runs"].as_array().unwrap();
    assert_eq!((&runs[0]["engine"], &runs[1]["engine"]), (&"core".into(), &"golden".into()));
    assert!(runs[0]["cycles"].as_u64().unwrap() > 0 && runs[1]["cycles"].is_null());
    assert!(runs[0]["rank"].as_u64().unwrap() >= 1 && runs[0]["test"].as_array().unwrap().len() == 5);
    let top = &found["top"][0];
    assert_eq!(top["of"], "ann");
    let ids: Vec<&str> = top["list"].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap()).collect();
    assert!(ids.len() == 2 && !ids.contains(&"i1") && !ids.contains(&"i2"), "{ids:?}");
    for row in top["list"].as_array().unwrap() {
        assert!((1.0..=4.5).contains(&row["predicted"].as_f64().unwrap()));
    }
    for (key, of) in [("similar_items", "i3"), ("similar_users", "u2")] {
        assert_eq!((&found[key][0]["of"], found[key][0]["list"].as_array().unwrap().len()), (&of.into(), 2));
    }
    assert!(fs::read_to_string(folder.path().join("p.svg")).unwrap().starts_with("<svg "));
}

/// The columns, the separator and what was skipped are in the output, for readers and for programs.
#[test]
fn recommend_names_the_columns_and_what_it_skips() {
    let folder = TempDir::new().unwrap();
    let lines = String::from_utf8(ratings("u0,i0,5")).unwrap();
    let lines: String =
        lines.lines().enumerate().map(|(n, line)| format!("{n};{}\n", line.replace(',', ";"))).collect();
    fs::write(folder.path().join("a.csv"), format!("# note\n;member;isbn;stars\n\n{lines}")).unwrap();
    fs::write(folder.path().join("new.csv"), "0;ann;i1;4\n1;ann;i1;3\n2;u0;i0;2\n").unwrap();
    let text = done(folder.path(), &["recommend", "a.csv", "--engine", "golden"]);
    let columns = "columns: user = member (2), item = isbn (3), rating = stars (4); fields separated by semicolons; 1 comment line and 1 blank line skipped";
    assert!(text.contains(columns), "{text}");
    let found = document(folder.path(), &["recommend", "a.csv", "--engine", "golden", "--json"]);
    assert_eq!((&found["columns"]["user"]["column"], &found["columns"]["user"]["name"]), (&2.into(), &"member".into()));
    assert_eq!((&found["columns"]["rating"]["column"], &found["text"]["separator"]), (&4.into(), &";".into()));
    assert_eq!(found["text"]["skipped"], serde_json::json!({ "comments": 1, "blank": 1 }));
    assert!(found["fold_in"]["columns"].is_null());
    let asked =
        ["recommend", "a.csv", "--engine", "golden", "--columns", "user=2,item=3,rating=4", "--fold-in", "new.csv"];
    let found = document(folder.path(), &[&asked[..], &["--json"]].concat());
    let new = &found["fold_in"];
    assert_eq!((&new["read"], &new["duplicates"], &new["replaced"]), (&3.into(), &1.into(), &1.into()));
    assert_eq!((&new["columns"]["item"]["column"], &new["columns"]["header"]), (&3.into(), &false.into()));
    let text = done(folder.path(), &asked);
    assert!(
        text.contains("of their 3 ratings") && text.contains("their columns: user = 2, item = 3, rating = 4"),
        "{text}"
    );

    let open = b"date,who,what,rating\n2024-01-01,m1,B7,4\n";
    refused(
        open,
        &["recommend", "a.csv"],
        &["a.csv, line 1", "no column of the user", "--columns user=who,item=what,rating=rating"],
    );
    refused(open, &["recommend", "a.csv", "--columns", "user=who"], &["--columns", "a column is missing", "user=uid"]);
    refused(open, &["recommend", "--columns", "user=1,item=2,rating=3"], &["<FILE>"]);
}

#[test]
fn complete_says_how_it_read_the_table() {
    let folder = TempDir::new().unwrap();
    let rows: String = (1..=12).map(|n| format!("{n};{n},50;{};{}\n", 2 * n, 5 * n)).collect();
    let text = format!("# note\n;a;b;c\n{}", rows.replace("5,50;10;25\n", "#N/A;10;25\n").replace(";8;20\n", ";;20\n"));
    fs::write(folder.path().join("a.csv"), &text).unwrap();
    let found = document(folder.path(), &["complete", "a.csv", "--engine", "golden", "--out", "b.csv", "--json"]);
    assert_eq!((&found["rows"], &found["cols"], &found["known"]), (&12.into(), &3.into(), &34.into()));
    assert_eq!((&found["text"]["separator"], &found["text"]["skipped"]["comments"]), (&";".into(), &1.into()));
    assert_eq!((&found["decimal_comma"], &found["header"]), (&true.into(), &true.into()));
    assert_eq!(found["gaps"], serde_json::json!({ "": 1, "#N/A": 1 }));
    assert_eq!(found["labels"], "the header has no name for it");
    // Only the gaps have changed, and they have the decimal sign of the file.
    let filled = found["runs"][0]["filled"].as_array().unwrap();
    let value = |n: usize| filled[n]["value"].as_f64().unwrap().to_string().replace('.', ",");
    let right = text.replace("#N/A", &value(1)).replace("4,50;;20", &format!("4,50;{};20", value(0)));
    assert_eq!(fs::read_to_string(folder.path().join("b.csv")).unwrap(), right);
    let text = done(folder.path(), &["complete", "a.csv", "--engine", "golden"]);
    for words in [
        "fields separated by semicolons",
        "decimal sign is the comma",
        "labels (the header has no name for it)",
        "1 empty, 1 #N/A",
    ] {
        assert!(text.contains(words), "`{words}` is not in:\n{text}");
    }
    let found = document(folder.path(), &["complete", "a.csv", "--labels", "no", "--engine", "golden", "--json"]);
    assert_eq!((&found["cols"], &found["labels"]), (&4.into(), &Value::Null));
    refused(b"1,2\n#3,4\n", &["complete", "a.csv"], &["a.csv, line 2", "'#3' may be a comment or a row"]);
    refused(b"n,a\n\"x\ny\",2\n", &["complete", "a.csv"], &["a.csv, line 2, field 1", "a quote opens here"]);
    refused(b"\xff\xfe1\0", &["complete", "a.csv"], &["a.csv", "UTF-16", "UTF-8"]);
}

/// Years as titles, a header that the user decides on, points that may divide thousands.
#[test]
fn what_a_table_leaves_open_is_told_and_decided() {
    let folder = TempDir::new().unwrap();
    let rows: String = (1..=12).map(|n| format!("c{n};{n}.250;{};{}\n", 2 * n, 5 * n)).collect();
    let rows = rows.replace("5.250;10;25\n", ";10;25\n");
    let write = |text: &str| fs::write(folder.path().join("a.csv"), text).unwrap();
    let complete = |more: &[&str]| {
        let output = svdforge(folder.path(), &[&["complete", "a.csv", "--engine", "golden"], more].concat());
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (output.status.code(), text(output.stdout), text(output.stderr))
    };
    write(&format!("country;2019;2020;2021\n{rows}"));
    let (status, text, _) = complete(&[]);
    assert_eq!(status, Some(0));
    for words in ["12 x 3", "the decimal sign is the point (1.234 is read as 1.234)", "the first row is the header"] {
        assert!(text.contains(words), "`{words}` is not in:\n{text}");
    }
    let (_, text, _) = complete(&["--json"]);
    let found: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((&found["may_divide_thousands"], &found["decimal_comma"]), (&true.into(), &false.into()));
    // Without its word, the first row is numbers, and a note says so, unless the user decides.
    let numbers = rows.replace('c', "");
    write(&format!("100;2019;2020;2021\n{numbers}"));
    let row = "note: the first row has years in order; if this is the header and no row of numbers, give --header yes";
    let (_, text, note) = complete(&[]);
    assert!(text.contains("13 x 4") && note.contains(row), "{text}{note}");
    let (_, text, note) = complete(&["--header", "yes"]);
    assert!(text.contains("12 x 4") && !note.contains("the first row"), "{text}{note}");
    let (_, text, note) = complete(&["--header", "no"]);
    assert!(text.contains("13 x 4") && !note.contains("the first row"), "{text}{note}");
    write(&format!("name;7;9;5\n{rows}"));
    let (status, _, message) = complete(&[]);
    assert!(status == Some(2) && message.contains("line 1, field 1: 'name' is not a number"), "{message}");
    assert!(complete(&["--header", "yes"]).1.contains("12 x 3"));
    refused("1,2\n3,\u{2212}4\n".as_bytes(), &["complete", "a.csv"], &["line 2, field 2", "(U+2212)", "write -4"]);
}

#[test]
fn ratings_tell_their_decimal_sign() {
    let folder = TempDir::new().unwrap();
    let text = String::from_utf8(ratings("u1;i1;2.125")).unwrap().replace(',', ";");
    fs::write(folder.path().join("a.csv"), &text).unwrap();
    let words = "the decimal sign is the point (1.234 is read as 1.234)";
    let found = done(folder.path(), &["recommend", "a.csv", "--rank", "1", "--engine", "golden"]);
    assert!(found.contains(words) && found.contains("dropped of the 31 ratings in the file: 1 that were"), "{found}");
    fs::write(folder.path().join("a.csv"), text.replace('.', ",")).unwrap();
    let found = document(folder.path(), &["recommend", "a.csv", "--rank", "1", "--engine", "golden", "--json"]);
    assert_eq!(found["decimals"], serde_json::json!({ "decimal_comma": true, "may_divide_thousands": true }));
    fs::write(folder.path().join("a.csv"), text.replace(".125", "\u{2009}125")).unwrap();
    let output = svdforge(folder.path(), &["recommend", "a.csv", "--rank", "1", "--engine", "golden"]);
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(message.contains("line 31, field 3") && message.contains("a thin space (U+2009)"), "{message}");
}

#[test]
fn complete_keeps_what_is_known() {
    let folder = TempDir::new().unwrap();
    let rows: String = (1..=12).map(|n| format!("{n}.50,{}.0,{}\n", 2 * n, 5 * n)).collect();
    let text = rows.replace("10.0,25\n", ",25\n");
    fs::write(folder.path().join("a.csv"), &text).unwrap();
    let found = document(folder.path(), &["complete", "a.csv", "--out", "b.csv", "--picture", "p.svg", "--json"]);
    assert_eq!((&found["rows"], &found["cols"], &found["known"]), (&12.into(), &3.into(), &35.into()));
    let filled = found["runs"][0]["filled"].as_array().unwrap();
    assert_eq!((filled.len(), &filled[0]["row"], &filled[0]["column"]), (1, &5.into(), &2.into()));
    let value = filled[0]["value"].as_f64().unwrap();
    // The rows lie on a line, on which the missing number is 10. Its neighbours are 8 and 12.
    assert!((8.0..12.0).contains(&value), "{value}");
    let written = fs::read_to_string(folder.path().join("b.csv")).unwrap();
    assert_eq!(written, text.replace(",,25\n", &format!(",{value},25\n")));
    assert!(fs::read_to_string(folder.path().join("p.svg")).unwrap().starts_with("<svg "));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3);
    // The same seed gives the same bytes.
    done(folder.path(), &["complete", "a.csv", "--out", "c.csv"]);
    assert_eq!(fs::read_to_string(folder.path().join("c.csv")).unwrap(), written);
}

#[test]
fn bad_ratings_are_refused() {
    let cases: [(&[u8], &[&str]); 12] = [
        (&ratings("u1,i9,1e200"), &["a.csv, line 31, field 3", "'1e200'", "1e-100 to 1e100"]),
        (b"", &["a.csv", "no ratings", "user,item,rating"]),
        (b"a b;3\n", &["a.csv, line 1", "three fields", "user,item,rating"]),
        (&ratings("u9,i9"), &["a.csv, line 31", "2 fields where line 1 has 3", "user,item,rating"]),
        (&ratings("-1,i1,3"), &["a.csv, line 31, field 1", "the user '-1' is negative", "counted from 0"]),
        (&ratings("u1,-4,3"), &["a.csv, line 31, field 2", "the item '-4' is negative"]),
        (&ratings(",i1,3"), &["a.csv, line 31, field 1", "the user's name is missing"]),
        (&ratings("u1,i9,"), &["a.csv, line 31, field 3", "missing", "write a number"]),
        (&ratings("u1,i9,-2"), &["a.csv, line 31, field 3", "negative", "--scale LOW,HIGH"]),
        (&ratings("u1,i9,NaN"), &["a.csv, line 31, field 3", "NaN", "finite"]),
        (&[&ratings("u1,i9,2")[..], b"\xe9,i1,3\n"].concat(), &["a.csv, line 32", "UTF-8"]),
        (b"u,i,3\nv,i,4\n", &["a.csv", "2 ratings are too few", "at least 20"]),
    ];
    for (text, words) in cases {
        refused(text, &["recommend", "a.csv", "--picture", "p.svg"], words);
    }
}

#[test]
fn requests_that_ratings_cannot_meet_are_refused() {
    let cases: [(&[&str], &[&str]); 12] = [
        (&["--user", "nobody"], &["a.csv", "no user 'nobody'", "such as 'u0'", "--fold-in FILE"]),
        (&["--similar-items", "x"], &["a.csv", "no item 'x'", "such as 'i0'"]),
        (&["--similar-users", "x"], &["a.csv", "no user 'x'"]),
        (&["--rank", "6"], &["a.csv", "--rank 6", "1 to 5"]),
        (&["--rank", "33"], &["--rank", "1 to 32"]),
        (&["--rank", "many"], &["--rank", "auto"]),
        (&["--scale", "5,1"], &["--scale", "such as 1,5"]),
        (&["--scale", "8,9"], &["a.csv", "none of the 31 ratings lies on the scale"]),
        (&["--top", "0"], &["--top"]),
        (&["--word", "30"], &["--word 30", "8 to 24"]),
        (&["--fold-in", "gone.csv"], &["gone.csv", "readable rating file"]),
        (&["--picture", "nowhere/p.svg"], &["nowhere/p.svg", "cannot be written"]),
    ];
    for (flags, words) in cases {
        refused(&ratings("u0,i0,5"), &[&["recommend", "a.csv"], flags].concat(), words);
    }
    refused(b"", &["recommend", "gone.csv"], &["gone.csv", "readable rating file"]);
}

#[test]
fn bad_tables_are_refused() {
    let cases: [(&[u8], &[&str]); 8] = [
        (b"", &["a.csv", "no numbers", "leave a field empty"]),
        (b"1,2\n3\n", &["a.csv, line 2", "1 field where line 1 has 2"]),
        (b"1,2\n3,x\n", &["a.csv, line 2, field 2", "'x' is not a number", "leave a field empty"]),
        (b"1,2\n3,inf\n", &["a.csv, line 2, field 2", "infinite"]),
        (b"1,2\n,\n3,4\n", &["a.csv, line 2", "every number of this row is missing", "take this one out"]),
        (b"a,b\n1,\n2,\n", &["a.csv", "column 2 ('b')", "every number of it is missing"]),
        (b"1,2\n3,\xff\n", &["a.csv, line 2", "UTF-8"]),
        (b"1,2\n3,\n", &["a.csv", "3 known numbers are too few", "--lambda"]),
    ];
    for (text, words) in cases {
        refused(text, &["complete", "a.csv", "--out", "b.csv", "--picture", "p.svg"], words);
    }
    let table = b"1,2\n3,\n4,5\n7,8\n1,1\n2,2\n";
    let cases: [(&[&str], &[&str]); 6] = [
        (&["--rank", "3"], &["a.csv", "rank 3", "1 to 2"]),
        (&["--rank", "33"], &["--rank", "32"]),
        (&["--lambda", "-1"], &["--lambda", "at least 0"]),
        (&["--lambda", "some"], &["--lambda", "auto"]),
        (&["--guard", "9"], &["--guard 9", "0 to 8"]),
        (&["--out", "nowhere/b.csv", "--picture", "p.svg"], &["nowhere/b.csv", "cannot be written"]),
    ];
    for (flags, words) in cases {
        refused(table, &[&["complete", "a.csv"], flags].concat(), words);
    }
    refused(b"", &["complete", "gone.csv"], &["gone.csv", "readable table"]);
}
