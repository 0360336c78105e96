//! Every command that writes, with what it writes.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::OnceLock;
use tempfile::TempDir;

/// A command that writes.
pub struct Writer {
    /// What it is in messages.
    pub name: &'static str,
    /// An earlier run, whose outputs the second one replaces.
    pub earlier: Vec<&'static str>,
    /// The run that is tested. The paths of outputs are relative to the folder `out`, in which the command is run.
    pub arguments: Vec<&'static str>,
    /// Single files that it writes.
    pub files: &'static [&'static str],
    /// Folders that it writes.
    pub folders: &'static [&'static str],
}

fn writer(name: &'static str, lines: [&'static str; 2], outs: [&'static [&'static str]; 2]) -> Writer {
    let words = |line: &'static str| line.split_whitespace().collect::<Vec<_>>();
    Writer { name, earlier: words(lines[0]), arguments: words(lines[1]), files: outs[0], folders: outs[1] }
}

/// The same line twice: the second run finds what the first one wrote.
fn again(name: &'static str, line: &'static str, outs: [&'static [&'static str]; 2]) -> Writer {
    writer(name, [line, line], outs)
}

/// The same line with other input.
fn with_input(name: &'static str, line: [&'static str; 2], outs: [&'static [&'static str]; 2]) -> Writer {
    writer(name, line, outs)
}

pub fn writers() -> Vec<Writer> {
    vec![
        writer(
            "generate",
            ["generate --rows 2 --guard 3 --out core", "generate --rows 2 --out core"],
            [&[], &["core"]],
        ),
        again("demo", "demo --out demo", [&[], &["demo/svd_8x8"]]),
        with_input(
            "simulate --vcd",
            ["simulate --matrix ../in/b.csv --vcd a.vcd", "simulate --matrix ../in/a.csv --vcd a.vcd"],
            [&["a.vcd"], &[]],
        ),
        with_input(
            "simulate --fst",
            ["simulate --matrix ../in/b.csv --fst a.fst", "simulate --matrix ../in/a.csv --fst a.fst"],
            [&["a.fst"], &[]],
        ),
        with_input(
            "simulate --beats",
            ["simulate --matrix ../in/b.csv --beats a.json", "simulate --matrix ../in/a.csv --beats a.json"],
            [&["a.json"], &[]],
        ),
        with_input(
            "simulate --npy",
            ["simulate --matrix ../in/b.csv --npy arrays", "simulate --matrix ../in/a.csv --vectors none --npy arrays"],
            [&[], &["arrays"]],
        ),
        with_input(
            "simulate --trace",
            ["simulate --matrix ../in/b.csv --trace look", "simulate --matrix ../in/a.csv --trace look"],
            [&[], &["look"]],
        ),
        with_input(
            "simulate, all",
            [
                "simulate --matrix ../in/b.csv --vcd w.vcd --fst w.fst --beats w.json --npy all/n --trace all/t",
                "simulate --matrix ../in/a.csv --vcd w.vcd --fst w.fst --beats w.json --npy all/n --trace all/t",
            ],
            [&["w.vcd", "w.fst", "w.json"], &["all/n", "all/t"]],
        ),
        again(
            "report",
            "report --suite quick --rows=2 --word=10 --guard=3 --matrices 1 --families uniform,zero --out rep",
            [&[], &["rep"]],
        ),
        again(
            "report --shard",
            "report --suite quick --rows=2 --word=10 --guard=3 --matrices 1 --families uniform,zero --shard 1/2 --out part",
            [&[], &["part"]],
        ),
        again("report merge", "report merge ../in/rep --out merged", [&[], &["merged"]]),
        with_input(
            "report matrices",
            [
                "report matrices ../in/rep/report.json --core 0 --out offer.json",
                "report matrices ../in/rep/report.json --out offer.json",
            ],
            [&["offer.json"], &[]],
        ),
        with_input(
            "report replay",
            [
                "report replay ../in/rep/report.json --matrix 1 --save m.csv",
                "report replay ../in/rep/report.json --matrix 0 --save m.csv",
            ],
            [&["m.csv"], &[]],
        ),
        again("compare", "compare ../in/rep/report.json ../in/rep/report.json --out cmp", [&[], &["cmp"]]),
        again(
            "explore",
            "explore --rows 2 --word 10 --guard 3 --matrices 1 --families uniform --out exp",
            [&[], &["exp"]],
        ),
        with_input(
            "recommend",
            ["recommend ../in/r.csv --rank 1 --picture r.svg", "recommend ../in/r.csv --rank 2 --picture r.svg"],
            [&["r.svg"], &[]],
        ),
        with_input(
            "complete",
            ["complete --seed 2 --rank 2 --picture c.svg --out c.csv", "complete --picture c.svg --out c.csv"],
            [&["c.svg", "c.csv"], &[]],
        ),
        with_input("lsi", ["lsi --weights tf-idf --picture l.svg", "lsi --picture l.svg"], [&["l.svg"], &[]]),
        with_input(
            "compress",
            [
                "compress ../in/p.pgm --tile 8 --rank 1 --out p.png --side-by-side q.png --picture r.png",
                "compress ../in/p.pgm --tile 8 --rank 2 --out p.png --side-by-side q.png --picture r.png",
            ],
            [&["p.png", "q.png", "r.png"], &[]],
        ),
        writer(
            "upset --replay",
            [
                "upset --rows 2 --cols 2 --upsets 9 --replay 1 --vcd u.vcd --fst u.fst",
                "upset --rows 2 --cols 2 --upsets 9 --replay 2 --vcd u.vcd --fst u.fst",
            ],
            [&["u.vcd", "u.fst"], &[]],
        ),
        again("completions", "completions bash --out shells", [&[], &["shells"]]),
        again("man", "man --out pages", [&[], &["pages"]]),
    ]
}

const REPORT_LINE: &str =
    "report --suite quick --rows=2 --word=10 --guard=3 --matrices 1 --families uniform,zero --out";

/// Copies a folder with all that is in it.
pub fn copy(from: &Path, to: &Path) {
    let status = Command::new("cp").arg("-a").args([from, to]).status().unwrap();
    assert!(status.success());
}

/// Folders `in`, with inputs, and `out`, in which commands run.
pub struct Place(pub TempDir);

pub const NOTES: &str = "years of work";

impl Place {
    pub fn new() -> Self {
        let place = Self(TempDir::new().unwrap());
        fs::create_dir(place.at("in")).unwrap();
        fs::create_dir(place.at("out")).unwrap();
        fs::write(place.at("in/a.csv"), "0.5,0.25\n-0.125,0.75\n").unwrap();
        fs::write(place.at("in/b.csv"), "0.1,0.2\n0.3,0.4\n").unwrap();
        let ratings: String = (0..40).map(|i| format!("person {},item {},{}\n", i % 5, i % 8, 1 + i * i % 5)).collect();
        fs::write(place.at("in/r.csv"), ratings).unwrap();
        let pixels: String = (0..256).map(|i| format!("{}\n", i * 7 % 256)).collect();
        fs::write(place.at("in/p.pgm"), format!("P2\n16 16\n255\n{pixels}")).unwrap();
        fs::write(place.at("out/notes.txt"), NOTES).unwrap();
        place
    }

    /// The same, with a report among the inputs if the command reads one.
    pub fn of(writer: &Writer) -> Self {
        let place = Self::new();
        if writer.arguments.iter().any(|word| word.starts_with("../in/rep")) {
            static REPORT: OnceLock<Place> = OnceLock::new();
            let report = REPORT.get_or_init(|| {
                let place = Self::new();
                let line = format!("{REPORT_LINE} ../in/rep");
                place.succeed(&line.split(' ').collect::<Vec<_>>());
                place
            });
            copy(&report.at("in/rep"), &place.at("in/rep"));
        }
        place
    }

    pub fn at(&self, path: &str) -> std::path::PathBuf {
        self.0.path().join(path)
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin("svdforge"));
        // Records of a campaign come in the same order each time.
        command.args(arguments).current_dir(self.at("out")).env("RAYON_NUM_THREADS", "1");
        command
    }

    pub fn succeed(&self, arguments: &[&str]) -> Output {
        let output = self.command(arguments).output().unwrap();
        let message = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {message}");
        output
    }

    /// Runs the earlier command, and adds files of a user's to all folders that it wrote.
    pub fn earlier(&self, writer: &Writer) {
        self.succeed(&writer.earlier);
        for folder in writer.folders {
            fs::write(self.at("out").join(folder).join("thesis.tex"), NOTES).unwrap();
            fs::create_dir_all(self.at("out").join(folder).join("cocotb/mine")).unwrap();
            fs::write(self.at("out").join(folder).join("cocotb/mine/own.py"), NOTES).unwrap();
        }
    }

    /// All files in the folder `out`, by their paths; folders end in `/` and are empty here.
    pub fn files(&self) -> Files {
        let mut files = Files::new();
        below(&self.at("out"), "", &mut files);
        files
    }
}

pub type Files = BTreeMap<String, Vec<u8>>;

fn below(folder: &Path, prefix: &str, files: &mut Files) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = format!("{prefix}{}", entry.file_name().to_str().unwrap());
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            files.insert(format!("{name}/"), Vec::new());
            below(&entry.path(), &format!("{name}/"), files);
        } else if kind.is_file() {
            files.insert(name, fs::read(entry.path()).unwrap());
        } else {
            files.insert(name, b"special".to_vec());
        }
    }
}

/// Whether a path leads to or into a staging folder.
pub fn is_staging(path: &str) -> bool {
    path.split('/').any(|part| part.starts_with(".svdforge-") && part != ".svdforge-files.json")
}
