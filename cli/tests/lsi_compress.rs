//! Tests what `svdforge lsi` and `svdforge compress` print, write and refuse.

use assert_cmd::Command;
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};
use tempfile::TempDir;

fn svdforge(folder: &Path, arguments: &[&str]) -> std::process::Output {
    Command::cargo_bin("svdforge").unwrap().current_dir(folder).args(arguments).output().unwrap()
}

fn run(folder: &Path, arguments: &[&str]) -> String {
    let begin = Instant::now();
    let output = svdforge(folder, arguments);
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    // Alone, each command takes less than 5 s (docs/apps), but here others run at the same time.
    assert!(begin.elapsed() < Duration::from_secs(15), "{arguments:?} took {:?}", begin.elapsed());
    String::from_utf8(output.stdout).unwrap()
}

/// Asserts the exit status 2 and one line with every one of `words`. Nothing may be printed on stdout, and the folder
/// must stay as it was.
fn refused(files: &[(&str, &[u8])], arguments: &[&str], words: &[&str]) {
    let folder = TempDir::new().unwrap();
    for (name, bytes) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    let count = || fs::read_dir(folder.path()).unwrap().count();
    let before = count();
    let output = svdforge(folder.path(), arguments);
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {message}");
    assert!(output.stdout.is_empty(), "{arguments:?}");
    for word in words {
        assert!(message.contains(word), "{arguments:?}: `{word}` is not in the message:\n{message}");
    }
    assert!(!message.contains("panicked"), "{message}");
    assert_eq!(count(), before, "{arguments:?} left something behind");
}

/// Titles that are numbers: the file decides, or the user does, and the output says which.
#[test]
fn titles_of_a_table_may_be_years() {
    let folder = TempDir::new().unwrap();
    let rows = "fish,2,0,1\nbird,0,3,0\n\ncat,1,1,2\n";
    let lsi = |name: &str, text: &str, more: &[&str]| {
        fs::write(folder.path().join(name), text).unwrap();
        let output = svdforge(folder.path(), &[&["lsi", name, "--engine", "golden"], more].concat());
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (output.status.code(), text(output.stdout), text(output.stderr))
    };
    let note = "note: the numbers of the first row are taken for titles; if they are counts, give --header no";
    let years = format!("word,2019,2020,2021\n{rows}");
    let (status, text, message) = lsi("a.csv", &years, &[]);
    assert!(status == Some(0) && message.contains(note) && text.contains("skipped: 1 blank line\n"), "{text}{message}");
    assert!(text.contains("3 words in 3 documents") && text.contains("2020"), "{text}");
    let (_, text, message) = lsi("a.csv", &years, &["--header", "yes"]);
    assert!(!message.contains("note") && text.contains("3 words in 3 documents"), "{text}{message}");
    let (_, text, _) = lsi("a.csv", &years, &["--header", "no", "--json"]);
    let found: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!((&found["words"], &found["titles"]), (&4.into(), &"counted".into()));
    let open = format!("Wort,7,9,11\n{rows}");
    let (status, _, message) = lsi("a.csv", &open, &[]);
    assert!(status == Some(2) && message.contains("--header yes") && message.contains("--header no"), "{message}");
    assert!(lsi("a.csv", &open, &["--header", "yes"]).1.contains("3 words in 3 documents"));
    let (status, _, message) = lsi("a.txt", "one fish\ntwo fish\n", &["--header", "yes"]);
    assert!(status == Some(2) && message.contains("a.txt: --header is for tables of counts"), "{message}");
    let (_, _, message) = lsi("b.txt", "one fish\ntwo fish\nred\n", &["--min-documents", "2"]);
    assert!(message.contains("1 document contains none of the words and stays at the origin"), "{message}");
}

#[test]
fn lsi_prints_the_classic_figures_beside_golden() {
    let folder = TempDir::new().unwrap();
    let text = run(folder.path(), &["lsi", "--engine", "both", "--similar", "rich", "--query", "real estate"]);
    for word in ["3.9094", "2.6091", "1.9968", "dads", "sigma, core", "sigma, golden", "Words used like 'rich'"] {
        assert!(text.contains(word), "`{word}` is not in:\n{text}");
    }
    let text = run(folder.path(), &["lsi", "--engine", "both", "--json", "--query", "real estate", "--top", "2"]);
    let document: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((&document["words"], &document["documents"], &document["rank"]), (&11.into(), &9.into(), &3.into()));
    for run in document["runs"].as_array().unwrap() {
        for (sigma, published) in run["sigma"].as_array().unwrap().iter().zip(["3.91", "2.61", "2.00"]) {
            assert_eq!(format!("{:.2}", sigma.as_f64().unwrap()), published);
        }
        let ranking = run["query"]["ranking"].as_array().unwrap();
        assert_eq!(ranking.len(), 2);
        assert_eq!(ranking[0]["document"], "d7", "Investing in Real Estate");
        assert_eq!(run["documents"].as_array().unwrap().len(), 9);
    }
}

#[test]
fn a_folder_and_a_text_file_give_the_same() {
    let folder = TempDir::new().unwrap();
    let lines = ["red fish swim", "blue fish swim fast", "red cars drive fast", "blue cars drive"];
    fs::write(folder.path().join("all.txt"), lines.join("\n")).unwrap();
    fs::create_dir(folder.path().join("each")).unwrap();
    for (index, line) in lines.iter().enumerate() {
        fs::write(folder.path().join(format!("each/{index}.txt")), line).unwrap();
    }
    let sigma = |corpus: &str| {
        let text = run(folder.path(), &["lsi", corpus, "--json", "--weights", "tf-idf"]);
        serde_json::from_str::<Value>(&text).unwrap()["runs"][0]["sigma"].clone()
    };
    assert_eq!(sigma("all.txt"), sigma("each"));
}

#[test]
fn pictures_are_written_in_both_formats_and_are_the_same_every_time() {
    let folder = TempDir::new().unwrap();
    for (command, name) in [("lsi", "map"), ("compress", "curve")] {
        for (extension, start) in [("svg", &b"<svg"[..]), ("png", b"\x89PNG")] {
            let file = format!("{name}.{extension}");
            run(folder.path(), &[command, "--picture", &file]);
            let first = fs::read(folder.path().join(&file)).unwrap();
            assert!(first.starts_with(start), "{file}");
            run(folder.path(), &[command, "--picture", &file]);
            assert!(first == fs::read(folder.path().join(&file)).unwrap(), "{file} differs");
        }
    }
}

#[test]
fn compress_counts_its_bytes_and_writes_what_it_says() {
    let folder = TempDir::new().unwrap();
    let arguments =
        ["compress", "--rank", "3", "--out", "o.png", "--side-by-side", "s.png", "--engine", "both", "--json"];
    let document: Value = serde_json::from_str(&run(folder.path(), &arguments)).unwrap();
    for run in document["runs"].as_array().unwrap() {
        // There are 64 tiles, each with 3 x (16 + 16 + 1) numbers of 2 bytes.
        assert_eq!(run["chosen"]["bytes"], 64 * 3 * 33 * 2);
        assert!(run["chosen"]["psnr_db"].as_f64().unwrap() > 25.0);
    }
    let again = run(folder.path(), &["compress", "o.png", "--rank", "16", "--engine", "golden"]);
    assert!(again.contains("128 x 128 pixels, grey") && again.contains("equal"), "{again}");
    let both = run(folder.path(), &["compress", "s.png", "--engine", "golden", "--tile", "8"]);
    assert!(both.contains("264 x 128 pixels"), "{both}");
}

#[test]
fn denoise_gains_on_the_sample() {
    let folder = TempDir::new().unwrap();
    let text = run(folder.path(), &["compress", "--denoise", "--json", "--out", "o.png"]);
    let document: Value = serde_json::from_str(&text).unwrap();
    let run = &document["runs"][0];
    let decibels = |value: &Value| value.as_f64().unwrap();
    assert!(decibels(&run["psnr_db"]) > decibels(&document["psnr_noisy_db"]) + 2.0, "{text}");
    assert!((decibels(&run["channels"][0]["noise"]) - 20.0).abs() < 4.0, "{text}");
    assert!(folder.path().join("o.png").exists());
}

/// Tests pictures without contrast, of one pixel, and smaller than a tile.
#[test]
fn pictures_of_little() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("black.pgm"), "P2\n3 3\n255\n0 0 0 0 0 0 0 0 0\n").unwrap();
    fs::write(folder.path().join("one.pgm"), "P2\n1 1\n255\n7\n").unwrap();
    for file in ["black.pgm", "one.pgm"] {
        for options in [&[][..], &["--whole"], &["--denoise"], &["--denoise", "--whole"]] {
            run(folder.path(), &[&["compress", file, "--engine", "both"], options].concat());
        }
    }
}

#[test]
fn corpora_that_are_wrong() {
    refused(&[], &["lsi", "none.txt"], &["none.txt", "No such file"]);
    refused(&[("a.txt", b"")], &["lsi", "a.txt"], &["a.txt", "no documents"]);
    refused(&[("a.txt", b"one line\n")], &["lsi", "a.txt"], &["a.txt", "only one document"]);
    refused(&[("a.txt", b"red fish\nblue bird\n")], &["lsi", "a.txt"], &["a.txt", "--min-documents"]);
    refused(&[("a.txt", b"one\ntwo \xFF\n")], &["lsi", "a.txt"], &["a.txt", "line 2", "UTF-8"]);
    refused(&[("d/a.txt", b"one\n"), ("d/b.txt", b"\xC3(")], &["lsi", "d"], &["b.txt", "line 1", "UTF-8"]);
    refused(&[("d/.hidden", b"one\n")], &["lsi", "d"], &["no documents"]);
    refused(&[("a.csv", b"word,A,B\nx,1\n")], &["lsi", "a.csv"], &["a.csv", "line 2", "2 fields"]);
    refused(&[("a.csv", b"word,A,B\nx,1,-1\n")], &["lsi", "a.csv"], &["a.csv", "line 2, field 3", "'-1'", "0 or more"]);
    refused(&[("s.txt", b"\xFE")], &["lsi", "--stop-words", "s.txt"], &["s.txt", "line 1", "UTF-8"]);
}

#[test]
fn questions_that_cannot_be_answered() {
    refused(&[], &["lsi", "--query", "xylophone"], &["none of the words", "'xylophone'"]);
    refused(&[], &["lsi", "--query", ""], &["none of the words"]);
    refused(&[], &["lsi", "--similar", "stocks"], &["'stocks'", "it has stock"]);
    refused(&[], &["lsi", "--rank", "10"], &["--rank 10", "1 to 9"]);
    refused(&[], &["lsi", "--rank", "0"], &["rank 0", "1 to 9"]);
    refused(&[], &["lsi", "--picture", "map.gif"], &["map.gif", ".svg or .png"]);
    refused(&[], &["lsi", "--picture", "m.svg", "--axes", "2,9"], &["--axes", "3 dimensions"]);
    refused(&[], &["lsi", "--picture", "none/m.svg"], &["none/m.svg", "cannot be written"]);
    refused(&[], &["lsi", "--axes", "1,1"], &["--axes", "two different"]);
    refused(&[], &["lsi", "--top", "0"], &["--top", "1..=1000"]);
    refused(&[], &["lsi", "--word", "99"], &["--word 99", "8 to 24"]);
}

#[test]
fn pictures_that_are_none() {
    refused(&[], &["compress", "none.png"], &["none.png", "No such file"]);
    refused(&[("a.png", b"")], &["compress", "a.png"], &["a.png", "is empty", "PNG or PGM"]);
    refused(&[("a.png", b"word,T1\n")], &["compress", "a.png"], &["a.png", "no picture", "PNG or PGM"]);
    refused(&[("a.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")], &["compress", "a.png"], &["a.png", "damaged PNG"]);
    refused(&[("a.pgm", b"P5\n4 4\n255\nabc")], &["compress", "a.pgm"], &["a.pgm", "damaged PNM"]);
    refused(&[("a.pgm", b"P5\n0 4\n255\n")], &["compress", "a.pgm"], &["a.pgm", "pixel"]);
    refused(&[], &["compress", "--rank", "17"], &["--rank 17", "1 to 16"]);
    refused(&[], &["compress", "--rank", "0", "--whole"], &["--rank 0", "1 to 32"]);
    refused(&[], &["compress", "--tile", "9"], &["--tile", "8", "16", "32"]);
    refused(&[], &["compress", "--noise", "3"], &["--denoise"]);
    refused(&[], &["compress", "--denoise", "--noise", "-3"], &["--noise"]);
    refused(&[], &["compress", "--out", "o.jpg"], &["o.jpg", ".png"]);
    refused(&[], &["compress", "--picture", "c"], &["c", ".svg or .png"]);
    refused(&[], &["compress", "--out", "o.png", "--side-by-side", "o.png"], &["o.png", "its own name"]);
    refused(&[], &["compress", "--out", "none/o.png"], &["none/o.png", "cannot be written"]);
}
