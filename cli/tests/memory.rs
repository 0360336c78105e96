//! Measures the memory that commands take at most, and runs them where there is little. Each test has its own process
//! (nextest), so the largest child is that of the test.
#![cfg(target_os = "linux")]

use nix::sys::resource::{UsageWho, getrusage};
use std::fmt::Write;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output};
use tempfile::TempDir;

fn run(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_svdforge")).current_dir(folder).args(arguments).output().unwrap()
}

/// The most memory that any child has held so far, in bytes.
fn peak() -> u64 {
    1024 * u64::try_from(getrusage(UsageWho::RUSAGE_CHILDREN).unwrap().max_rss()).unwrap()
}

/// Runs commands that must succeed and take at most `most` bytes more than `idle`, a command that has little to do.
fn take_at_most(most: usize, folder: &Path, idle: &[&str], commands: &[Vec<&str>]) {
    let base = run(folder, idle);
    assert!(base.status.success(), "{idle:?}: {}", String::from_utf8_lossy(&base.stderr));
    let idle = peak();
    for arguments in commands {
        let output = run(folder, arguments);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        let taken = peak() - idle;
        println!("{arguments:?}: {taken} of {most} bytes");
        assert!(taken <= most as u64, "{arguments:?}: {taken} bytes, allowed are {most}");
    }
    assert!(peak() > idle, "The input is too small to see what it takes.");
}

/// What docs/use.md promises: ten times the size of the numbers, at 8 bytes each.
const BYTES_PER_NUMBER: usize = 10 * 8;

/// What a user or an item adds, as docs/use.md says.
const BYTES_PER_NAME: usize = 300;

const NOTHING: &[&str] = &["--version"];

/// A grey picture of this side, with a pattern that no tile of which is flat.
fn pgm(side: usize) -> Vec<u8> {
    let mut bytes = format!("P5\n{side} {side}\n255\n").into_bytes();
    bytes.extend((0..side * side).map(|i| ((i % side * 3) ^ (i / side * 5)) as u8));
    bytes
}

/// Digits in 16 columns, with every tenth missing.
fn table(rows: usize) -> String {
    let field = |i: usize| if i % 10 == 3 { String::new() } else { (i * 7919 % 97 % 10).to_string() };
    let row = |i: usize| (0..16).map(|j| field(16 * i + j)).collect::<Vec<_>>().join(",");
    (0..rows).map(|i| row(i) + "\n").collect()
}

#[test]
fn a_picture_takes_ten_times_its_pixels() {
    let folder = TempDir::new().unwrap();
    let side = 1536;
    fs::write(folder.path().join("a.pgm"), pgm(side)).unwrap();
    let most = 10 * side * side;
    let arguments = vec!["compress", "a.pgm", "--engine", "golden", "--tile", "8", "--out", "b.png"];
    take_at_most(most, folder.path(), NOTHING, &[arguments]);
}

#[test]
fn a_picture_as_a_whole_takes_ten_times_its_pixels() {
    let folder = TempDir::new().unwrap();
    let side = 1536;
    fs::write(folder.path().join("a.pgm"), pgm(side)).unwrap();
    let arguments = vec!["compress", "a.pgm", "--engine", "golden", "--whole"];
    take_at_most(10 * side * side, folder.path(), NOTHING, &[arguments]);
}

#[test]
fn denoising_takes_eighty_bytes_for_each_pixel() {
    let folder = TempDir::new().unwrap();
    let side = 512;
    fs::write(folder.path().join("a.pgm"), pgm(side)).unwrap();
    let command = |cut: &[&'static str]| [&["compress", "a.pgm", "--engine", "golden", "--denoise"], cut].concat();
    let commands = [command(&["--tile", "8", "--out", "b.png"]), command(&["--whole"])];
    let idle = ["compress", "--engine", "golden", "--denoise"];
    take_at_most(BYTES_PER_NUMBER * side * side, folder.path(), &idle, &commands);
}

#[test]
fn a_table_takes_ten_times_its_numbers_at_any_rank() {
    let folder = TempDir::new().unwrap();
    let rows = 20_000;
    fs::write(folder.path().join("t.csv"), table(rows)).unwrap();
    let command = |rank, end: &[&'static str]| {
        [&["complete", "t.csv", "--engine", "golden", "--lambda", "1000", "--rank", rank], end].concat()
    };
    let commands = ["4", "16"].map(|rank| [command(rank, &["--out", "o.csv"]), command(rank, &["--json"])]).concat();
    take_at_most(BYTES_PER_NUMBER * 16 * rows, folder.path(), &["complete", "--engine", "golden"], &commands);
}

#[test]
fn a_tall_matrix_takes_ten_times_its_elements() {
    let folder = TempDir::new().unwrap();
    let (rows, cols) = (60_000, 8);
    let row = |i: usize| (0..cols).map(|j| (i * 7919 % 101 * (j + 3) % 97).to_string()).collect::<Vec<_>>().join(",");
    let lines = |count: usize| (0..count).map(|i| row(i) + "\n").collect::<String>();
    fs::write(folder.path().join("m.csv"), lines(rows)).unwrap();
    fs::write(folder.path().join("short.csv"), lines(100)).unwrap();
    let core = ["--rows", "60000", "--cols", "8", "--sizes", "any", "--vectors", "none"];
    let simulate = |file| [&["simulate", "--matrix", file], &core[..]].concat();
    take_at_most(BYTES_PER_NUMBER * cols * rows, folder.path(), &simulate("short.csv"), &[simulate("m.csv")]);
}

/// A rating and a count are three numbers each: a row, a column and a value.
#[test]
fn ratings_take_ten_times_their_numbers() {
    let recommend = |file| vec!["recommend", file, "--engine", "golden", "--rank", "4"];
    difference_is_ten_times_the_numbers(&recommend("few.csv"), recommend("many.csv"));
}

#[test]
fn words_take_ten_times_their_numbers() {
    let lsi = |file| vec!["lsi", file, "--engine", "golden"];
    difference_is_ten_times_the_numbers(&lsi("few.txt"), lsi("many.txt"));
}

/// Runs the same command with few and with many ratings or words. What a program takes whatever its input is does not
/// count, so that the difference is measured. A rating has three numbers.
fn difference_is_ten_times_the_numbers(few_of: &[&str], many_of: Vec<&str>) {
    let folder = TempDir::new().unwrap();
    let (few, many, each) = (500, 4000, 25);
    for (name, users) in [("few", few), ("many", many)] {
        let mut ratings = String::new();
        let mut texts = String::new();
        for i in 0..users * each {
            let (user, item) = (i / each, (i % each * 37 + i / each * 11) % 500);
            writeln!(ratings, "u{user},i{item},{}", 1 + i * 7919 % 101 % 5).unwrap();
            write!(texts, "w{item}x{}{}", item % 7, if i % each + 1 == each { "\n" } else { " " }).unwrap();
        }
        fs::write(folder.path().join(format!("{name}.csv")), ratings).unwrap();
        fs::write(folder.path().join(format!("{name}.txt")), texts).unwrap();
    }
    let users = many - few;
    let most = 3 * BYTES_PER_NUMBER * users * each + BYTES_PER_NAME * users;
    take_at_most(most, folder.path(), few_of, &[many_of]);
}

/// A small archive that unpacks to much more than its header promises is refused after the header.
#[test]
fn an_archive_is_not_unpacked_beyond_its_array() {
    let folder = TempDir::new().unwrap();
    let mut writer = zip::ZipWriter::new(fs::File::create(folder.path().join("m.npz")).unwrap());
    writer.start_file("a.npy", zip::write::SimpleFileOptions::default()).unwrap();
    let header = "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 2), }\n";
    writer.write_all(b"\x93NUMPY\x01\x00").unwrap();
    writer.write_all(&(header.len() as u16).to_le_bytes()).unwrap();
    writer.write_all(header.as_bytes()).unwrap();
    let zeros = vec![0; 1 << 20];
    (0..100).for_each(|_| writer.write_all(&zeros).unwrap());
    writer.finish().unwrap();
    assert!(run(folder.path(), NOTHING).status.success());
    let idle = peak();
    let output = run(folder.path(), &["simulate", "--matrix", "m.npz"]);
    let message = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{message}");
    assert!(message.contains("more than 1048576 bytes follow the array"), "{message}");
    assert!(peak() - idle < 10 << 20, "{} bytes", peak() - idle);
}

/// Where memory is short, the answer is an error that says so, and nothing is written.
#[test]
fn too_little_memory_is_an_error_and_no_abort() {
    let folder = TempDir::new().unwrap();
    let path = folder.path();
    fs::write(path.join("a.pgm"), pgm(4096)).unwrap();
    fs::write(path.join("t.csv"), table(150_000)).unwrap();
    let mut lines = String::new();
    (0..400_000).for_each(|i| writeln!(lines, "1,2,3,4,5,6,7,{i}").unwrap());
    fs::write(path.join("m.csv"), lines).unwrap();
    let (mut ratings, mut texts, mut counts) = (String::new(), String::new(), String::from("word,A,B,C,D\n"));
    for i in 0..400_000 {
        writeln!(ratings, "u{},i{},{}", i / 50, i % 50 * 7 + i / 50 % 7, 1 + i % 5).unwrap();
        write!(texts, "w{}x{}{}", i % 5000, i / 5000, if i % 100 == 99 { "\n" } else { " " }).unwrap();
        writeln!(counts, "w{i},1,2,3,4").unwrap();
    }
    fs::write(path.join("r.csv"), ratings).unwrap();
    fs::write(path.join("c.txt"), texts).unwrap();
    fs::write(path.join("c.csv"), counts).unwrap();
    let before = fs::read_dir(path).unwrap().count();
    let size = ["--rows", "262144", "--cols", "8", "--vectors", "none"];
    let cases: [(&str, &[&str]); 8] = [
        ("120000", &["compress", "a.pgm", "--engine", "golden", "--out", "b.png"]),
        ("250000", &["complete", "t.csv", "--engine", "golden", "--out", "o.csv"]),
        ("90000", &[&["simulate", "--matrix", "m.csv"], &size[..]].concat()),
        // While they are read, and before the decomposition.
        ("60000", &["recommend", "r.csv", "--engine", "golden", "--rank", "2", "--picture", "r.svg"]),
        ("100000", &["recommend", "r.csv", "--engine", "golden", "--rank", "2", "--picture", "r.svg"]),
        ("60000", &["lsi", "c.txt", "--engine", "golden", "--picture", "l.svg"]),
        ("60000", &["lsi", "c.csv", "--engine", "golden", "--picture", "l.svg"]),
        ("150000", &["lsi", "c.csv", "--engine", "golden", "--picture", "l.svg"]),
    ];
    for (kilobytes, arguments) in cases {
        let program = env!("CARGO_BIN_EXE_svdforge");
        let line = format!("ulimit -v {kilobytes}; exec {program} {}", arguments.join(" "));
        let output = Command::new("sh").current_dir(path).args(["-c", &line]).output().unwrap();
        let message = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {message}");
        assert!(message.contains("memory"), "{arguments:?}: {message}");
        assert_eq!(fs::read_dir(path).unwrap().count(), before, "{arguments:?} wrote a file");
    }
}

/// Nothing that is given comes back whole in an error.
#[test]
fn long_input_is_quoted_in_part() {
    let folder = TempDir::new().unwrap();
    let path = folder.path();
    let long = "1, ".repeat(30_000);
    let word = "x".repeat(90_000);
    fs::write(path.join("list.toml"), format!("word = [{long}]\n")).unwrap();
    fs::write(path.join("broken.toml"), format!("word = [{long}\n")).unwrap();
    fs::write(path.join("text.toml"), format!("word = \"{word}\"\n")).unwrap();
    fs::write(path.join("key.toml"), format!("{word} = 1\n")).unwrap();
    fs::write(path.join("huge.toml"), format!("word = [{}]\n", "1, ".repeat(1 << 19))).unwrap();
    fs::write(path.join("text.json"), format!("{{\"matrix\": \"{word}\"}}")).unwrap();
    fs::write(path.join("field.csv"), format!("1,2\n3,{word}\n")).unwrap();
    fs::write(path.join("kind.json"), format!("{{\"kind\": \"{word}\"}}")).unwrap();
    let matrix = |file| ["simulate", "--rows", "2", "--cols", "2", "--matrix", file];
    let config = |file| ["generate", "--out", "o", "--config", file];
    let mut cases: Vec<Vec<&str>> = ["text.json", "field.csv"].map(|file| matrix(file).to_vec()).to_vec();
    for file in ["list.toml", "broken.toml", "text.toml", "key.toml", "huge.toml"] {
        cases.push(config(file).to_vec());
    }
    cases.push(vec!["compare", "kind.json", "kind.json"]);
    for option in ["--word", "--vectors", "--rows", "--coef", "--nothing"] {
        cases.push(vec!["generate", "--out", "o", option, &word]);
    }
    cases.push(vec!["compress", "--noise", &word, "--denoise"]);
    cases.push(vec![&word]);
    assert_eq!(cases.len(), 15);
    for arguments in cases {
        let output = run(path, &arguments);
        let message = String::from_utf8_lossy(&output.stderr);
        let begin: Vec<String> = arguments.iter().map(|argument| argument.chars().take(20).collect()).collect();
        assert_eq!(output.status.code(), Some(2), "{begin:?}");
        let head: String = message.chars().take(300).collect();
        assert!(message.len() < 1200, "{begin:?}: {} bytes: {head}", message.len());
    }
}

/// Advice is followed, and what it says is accepted.
#[test]
fn advice_on_the_size_of_a_core_is_legal() {
    let folder = TempDir::new().unwrap();
    let path = folder.path();
    let mut followed = 0;
    for (rows, cols) in [(3, 3), (3, 5), (40, 3), (3, 40), (300_000, 1), (5, 32)] {
        let row = vec!["1"; cols].join(",");
        fs::write(path.join("m.csv"), format!("{row}\n").repeat(rows)).unwrap();
        for options in [&[][..], &["--rank", "2"], &["--vectors", "none"]] {
            let base = [&["simulate", "--rows", "2", "--cols", "2", "--matrix", "m.csv"], options].concat();
            let output = run(path, &base);
            let message = String::from_utf8_lossy(&output.stderr).into_owned();
            assert_eq!(output.status.code(), Some(2), "{rows} x {cols}: {message}");
            let Some(advice) = message.split("use --").nth(1) else { continue };
            let advice = format!("--{}", advice.split(',').next().unwrap());
            let given: Vec<&str> = advice.split_whitespace().collect();
            let kept = if given.contains(&"--vectors") { &options[..0] } else { options };
            let kept = if options.contains(&"--rank") { options } else { kept };
            let again = run(path, &[&["simulate", "--matrix", "m.csv"], &given[..], kept].concat());
            let message = String::from_utf8_lossy(&again.stderr);
            assert_eq!(again.status.code(), Some(0), "{rows} x {cols} {options:?}, {given:?}: {message}");
            followed += 1;
        }
    }
    assert!(followed >= 8, "{followed}");
}
