//! Runs the real commands on damaged files, and with damaged values of options: the exit status, what is printed, and
//! what is left in the folder.

use super::batch::{Outcome, random};
use super::exports;
use super::mutate::{Form, Random, mutated, number, one};
use super::readers::{Reader, Source};
use super::seeds;
use nalgebra::DMatrix;
use rand::RngExt;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// The address space of a command in KiB: 4 GiB.
const MEMORY: u32 = 4 << 20;
/// How long a command may take. It takes less than a second, and the machine may have much else to do.
const TIME: Duration = Duration::from_secs(60);

/// A command, and the file that is damaged.
pub struct Case {
    /// The name of its test.
    pub name: &'static str,
    /// The damaged file. Nothing is damaged if it is empty, but an option's value.
    file: &'static str,
    source: Source,
    /// Whether the command needs files of an earlier campaign.
    campaign: bool,
    /// Its arguments, separated by blanks.
    arguments: &'static str,
    /// What is there after it succeeded.
    outputs: &'static [&'static str],
}

const fn case(
    name: &'static str,
    file: &'static str,
    source: Source,
    arguments: &'static str,
    outputs: &'static [&'static str],
) -> Case {
    Case { name, file, source, campaign: false, arguments, outputs }
}

/// A case with the files of an earlier campaign.
const fn later(
    name: &'static str,
    file: &'static str,
    source: Source,
    arguments: &'static str,
    outputs: &'static [&'static str],
) -> Case {
    Case { campaign: true, ..case(name, file, source, arguments, outputs) }
}

/// The options of the campaign that a command continues.
const CAMPAIGN: &str = "report --rows 2 --word 12 --guard 2 --suite quick --matrices 1 --families uniform";

/// All commands that read a file.
pub const COMMANDS: [Case; 20] = [
    case(
        "csv",
        "a.csv",
        text(|_| seeds::owned(&seeds::CSV)),
        "simulate --json --matrix a.csv --npy arrays --vcd w.vcd --beats b.json",
        &["arrays", "w.vcd", "b.json"],
    ),
    case("csv-text", "a.csv", text(|_| seeds::owned(&seeds::CSV)), "simulate --matrix a.csv --trace seen", &["seen"]),
    case("mtx", "a.mtx", text(|_| seeds::owned(&seeds::MTX)), "simulate --json --matrix a.mtx --fst w.fst", &["w.fst"]),
    case(
        "json",
        "a.json",
        Source::Seeds(Form::Json, |_| seeds::owned(&seeds::JSON)),
        "simulate --json --matrix a.json --beats b.json",
        &["b.json"],
    ),
    case(
        "npy",
        "a.npy",
        Source::Seeds(Form::Binary, |_| seeds::npys()),
        "simulate --json --matrix a.npy --npy arrays",
        &["arrays"],
    ),
    case(
        "npz",
        "a.npz",
        Source::Maker(seeds::damaged_small_npz),
        "simulate --sizes any --json --matrix a.npz --npy arrays",
        &[],
    ),
    case(
        "complete",
        "a.csv",
        text(|_| seeds::studies(svdforge_apps::complete::SAMPLE, 40)),
        "complete a.csv --json --out filled.csv --picture p.svg",
        &["filled.csv", "p.svg"],
    ),
    case(
        "recommend",
        "a.csv",
        text(|_| seeds::studies(svdforge_apps::recommend::SAMPLE, 1000)),
        "recommend a.csv --json --picture p.svg",
        &["p.svg"],
    ),
    case(
        "recommend-text",
        "a.csv",
        text(|_| seeds::studies(svdforge_apps::recommend::SAMPLE, 1000)),
        "recommend a.csv --engine golden",
        &[],
    ),
    case(
        "documents",
        "a.txt",
        text(|_| seeds::owned(&seeds::DOCUMENTS)),
        "lsi a.txt --json --min-documents 1 --picture p.svg",
        &["p.svg"],
    ),
    case(
        "counts",
        "a.csv",
        text(|_| seeds::owned(&seeds::COUNTS)),
        "lsi a.csv --engine golden --picture p.svg",
        &["p.svg"],
    ),
    case(
        "png",
        "a.png",
        Source::Maker(seeds::damaged_png),
        "compress a.png --json --tile 8 --out b.png --side-by-side c.png --picture p.svg",
        &["b.png", "c.png", "p.svg"],
    ),
    case("pnm", "a.pgm", text(|_| seeds::pnms()), "compress a.pgm --json --tile 8 --rank 1 --out b.png", &["b.png"]),
    case(
        "config",
        "a.toml",
        text(|_| seeds::owned(&seeds::TOML)),
        "generate --config a.toml --json --out core",
        &["core"],
    ),
    case("earlier", "core/core.json", Source::Maker(exports::text), "generate --rows 2 --json --out core", &["core"]),
    later(
        "compare",
        "b.json",
        Source::Made(Form::Json, "report.json"),
        "compare report.json b.json --json --out page",
        &["page"],
    ),
    later(
        "external",
        "b.json",
        Source::Made(Form::Json, "external.json"),
        "compare report.json --external b.json --json --out page",
        &["page"],
    ),
    later("replay", "b.json", Source::Made(Form::Json, "report.json"), "report replay b.json --matrix 0 --json", &[]),
    later(
        "continue",
        "out/matrices-1-of-1.jsonl",
        Source::Made(Form::JsonLines, "journal.jsonl"),
        "report --rows 2 --word 12 --guard 2 --suite quick --matrices 1 --families uniform --json --out out",
        &["out"],
    ),
    case("values", "", Source::Maker(|_| Vec::new()), "", &[]),
];

const fn text(make: fn(&super::readers::Place) -> Vec<Vec<u8>>) -> Source {
    Source::Seeds(Form::Text, make)
}

/// Commands that take few milliseconds, with options of which one gets a damaged value.
const OPTIONS: [(&str, &[&str]); 6] = [
    (
        "simulate --json --matrix a.csv",
        &[
            "rows",
            "cols",
            "word",
            "frac",
            "guard",
            "coef",
            "arch",
            "sweeps",
            "vectors",
            "rank",
            "symmetric",
            "scaling",
            "sizes",
            "front",
            "element-bytes",
            "elements-per-beat-in",
            "elements-per-beat-out",
            "selfcheck",
            "name",
            "input-scale",
            "config",
            "matrix",
        ],
    ),
    (
        "complete t.csv --json --engine golden",
        &["rank", "lambda", "seed", "engine", "word", "sweeps", "out", "picture"],
    ),
    (
        "recommend r.csv --json --engine golden",
        &["scale", "rank", "top", "user", "similar-items", "similar-users", "fold-in", "seed", "guard"],
    ),
    (
        "lsi --json --engine golden",
        &["stop-words", "min-documents", "weights", "rank", "similar", "query", "top", "clusters", "axes", "picture"],
    ),
    ("compress --json --engine golden", &["tile", "rank", "noise", "add-noise", "denoise", "coef", "side-by-side"]),
    ("compare report.json report.json --json", &["fail-if-worse", "external"]),
];

fn program(folder: &Path, arguments: &[String]) -> Result<Output, String> {
    let mut command = Command::new("sh");
    command.args([
        "-c",
        &format!("ulimit -v {MEMORY}; ulimit -c 0; exec \"$0\" \"$@\""),
        env!("CARGO_BIN_EXE_svdforge"),
    ]);
    command.args(arguments).current_dir(folder).stdin(Stdio::null());
    // Files and not pipes, which could be full while nobody reads them.
    let (printed, messages) = (tempfile::tempfile(), tempfile::tempfile());
    let (printed, messages) = (printed.map_err(said)?, messages.map_err(said)?);
    command.stdout(printed.try_clone().map_err(said)?).stderr(messages.try_clone().map_err(said)?);
    let mut child = command.spawn().map_err(said)?;
    let ends = Instant::now() + TIME;
    let mut pause = Duration::from_micros(500);
    let status = loop {
        if let Some(status) = child.try_wait().map_err(said)? {
            break status;
        }
        if Instant::now() > ends {
            let _ = child.kill();
            let _ = child.wait();
            return Err(format!("it took longer than {} s", TIME.as_secs()));
        }
        thread::sleep(pause);
        pause = (pause * 5 / 4).min(Duration::from_millis(20));
    };
    Ok(Output { status, stdout: content(printed)?, stderr: content(messages)? })
}

fn content(mut file: fs::File) -> Result<Vec<u8>, String> {
    use std::io::{Read, Seek};
    let mut bytes = Vec::new();
    file.rewind().and_then(|()| file.read_to_end(&mut bytes)).map_err(said)?;
    Ok(bytes)
}

fn said(error: impl std::fmt::Display) -> String {
    error.to_string()
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

/// The files that a reader's tries need: those of a campaign, if it reads them.
pub fn made_for(reader: &Reader) -> Result<TempDir, String> {
    match reader.source {
        Source::Made(..) => made(),
        _ => tempfile::tempdir().map_err(said),
    }
}

/// A folder with the report, the journal, and the results of another tool for a small campaign.
fn made() -> Result<TempDir, String> {
    let folder = tempfile::tempdir().map_err(said)?;
    for arguments in [format!("{CAMPAIGN} --out out"), "report matrices out/report.json --out external.json".to_owned()]
    {
        let output = program(folder.path(), &words(&arguments))?;
        if !output.status.success() {
            return Err(format!("{arguments}: {}", String::from_utf8_lossy(&output.stderr)));
        }
    }
    let path = |name: &str| folder.path().join(name);
    fs::rename(path("out/report.json"), path("report.json")).map_err(said)?;
    fs::rename(path("out/matrices-1-of-1.jsonl"), path("journal.jsonl")).map_err(said)?;
    fs::remove_dir_all(path("out")).map_err(said)?;
    let offered = fs::read_to_string(path("external.json")).map_err(said)?;
    let mut document: Value = serde_json::from_str(&offered).map_err(said)?;
    document["name"] = json!("another tool");
    for entry in document["matrices"].as_array_mut().ok_or("no matrices")? {
        let rows: Vec<Vec<f64>> = serde_json::from_value(entry["a"].clone()).map_err(said)?;
        let matrix = DMatrix::from_fn(rows.len(), rows[0].len(), |i, j| rows[i][j]);
        let svd = matrix.svd(true, true);
        entry["sigma"] = json!(svd.singular_values.as_slice());
        let lists =
            |m: DMatrix<f64>| -> Vec<Vec<f64>> { m.row_iter().map(|row| row.iter().copied().collect()).collect() };
        entry["u"] = json!(svd.u.map(lists));
        entry["v"] = json!(svd.v_t.map(|v| lists(v.transpose())));
    }
    fs::write(path("external.json"), document.to_string()).map_err(said)?;
    Ok(folder)
}

/// Every file below a folder, with its content; a folder has none.
fn listing(folder: &Path) -> Result<BTreeMap<PathBuf, Option<Vec<u8>>>, String> {
    let mut all = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).map_err(said)? {
            let path = entry.map_err(said)?.path();
            let name = path.strip_prefix(folder).map_err(said)?.to_owned();
            if path.is_dir() {
                all.insert(name, None);
                folders.push(path);
            } else {
                all.insert(name, Some(fs::read(path).map_err(said)?));
            }
        }
    }
    Ok(all)
}

impl Case {
    /// A file that the command takes.
    fn undamaged(&self, seeds: &[Vec<u8>]) -> Vec<u8> {
        match self.name {
            "npz" => seeds::npz(),
            "png" => seeds::pngs().remove(0),
            "earlier" => exports::undamaged(),
            _ => seeds.first().cloned().unwrap_or_default(),
        }
    }
}

/// Runs the command so often. The error tells everything that is needed to see the failure again.
pub fn runs_of(case: &Case, seed: u64, count: u64) -> Result<Outcome, String> {
    let made = if case.campaign || case.file.is_empty() { made()? } else { tempfile::tempdir().map_err(said)? };
    let place = super::readers::Place { made: made.path().to_owned(), scratch: PathBuf::new() };
    let seeds = case.source.seeds(&place);
    let mut outcome = Outcome::default();
    for number in 0..count {
        let mut random = random(&format!("command {}", case.name), seed, number);
        // The first run shows that the command takes the file as it was.
        let arguments = if case.file.is_empty() { option(number == 0, &mut random) } else { words(case.arguments) };
        let input = match &case.source {
            _ if number == 0 => case.undamaged(&seeds),
            Source::Seeds(form, _) | Source::Made(form, _) => mutated(&seeds, *form, &mut random),
            Source::Maker(make) => make(&mut random),
        };
        match one_run(case, &arguments, &input, made.path()) {
            Ok(false) if number == 0 => {
                return Err(format!(
                    "svdforge {arguments:?} refuses an undamaged file of {} bytes: {:?}",
                    input.len(),
                    String::from_utf8_lossy(&input[..input.len().min(300)])
                ));
            }
            Ok(true) => outcome.accepted += 1,
            Ok(false) => outcome.refused += 1,
            Err(reason) => {
                let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fuzz");
                let kept = folder.join(format!("{}-{seed}-{number}-{}", case.name, case.file.replace('/', "-")));
                fs::create_dir_all(&folder).and_then(|()| fs::write(&kept, &input)).map_err(said)?;
                return Err(format!(
                    "seed {seed}, run {number}: svdforge {arguments:?}: {reason}\nthe file {} is kept as {}",
                    case.file,
                    kept.display()
                ));
            }
        }
    }
    Ok(outcome)
}

/// A command with a damaged value of an option, or without it.
fn option(undamaged: bool, random: &mut Random) -> Vec<String> {
    let (command, options) = one(random, &OPTIONS);
    if undamaged {
        return words(command);
    }
    let valid = [
        "2",
        "4",
        "auto",
        "1,5",
        "golden",
        "u",
        "a.csv",
        "filled.csv",
        "p.svg",
        "true",
        "checks",
        "human",
        "12",
        "fixed",
        "0.5",
    ];
    let value = match random.random_range(0..4) {
        0 => String::from_utf8_lossy(&mutated(&seeds::owned(&seeds::VALUES), Form::Text, random)).into_owned(),
        1 => number(random).to_owned(),
        _ => (*one(random, &valid)).to_owned(),
    };
    // The operating system passes neither NUL nor very long words, and `-` is standard input.
    let value: String = value.replace('\0', "\u{1}").chars().take(1000).collect();
    [words(command), vec![format!("--{}={value}", one(random, options))]].concat()
}

/// Whether the command took its input.
fn one_run(case: &Case, arguments: &[String], input: &[u8], made: &Path) -> Result<bool, String> {
    let folder = tempfile::tempdir().map_err(said)?;
    let at = folder.path();
    for (name, content) in [("a.csv", seeds::CSV[0]), ("t.csv", seeds::TABLES[0]), ("r.csv", seeds::RATINGS[0])] {
        fs::write(at.join(name), content).map_err(said)?;
    }
    if case.campaign || case.file.is_empty() {
        fs::copy(made.join("report.json"), at.join("report.json")).map_err(said)?;
    }
    if !case.file.is_empty() {
        let file = at.join(case.file);
        fs::create_dir_all(file.parent().unwrap_or(at)).and_then(|()| fs::write(file, input)).map_err(said)?;
    }
    let before = listing(at)?;
    let Output { status, stdout, stderr } = program(at, arguments)?;
    let (printed, message) = (String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
    let wrong =
        |what: &str| Err(format!("{what}; {status}\nstandard error: {message}\nstandard output: {printed:.2000}"));
    if status.signal().is_some() || !matches!(status.code(), Some(0..=2)) || message.contains("panicked") {
        return wrong("a signal, a panic or a status that is none of 0, 1 and 2");
    }
    let after = listing(at)?;
    // A folder of results keeps its record. An export has `core.json` instead.
    let is_record = |name: &Path| {
        name.file_name().is_some_and(|file| file == exports::RECORD)
            && !after.contains_key(&name.with_file_name("core.json"))
    };
    let is_hidden = |name: &Path| name.file_name().is_some_and(|file| file.to_string_lossy().starts_with('.'));
    if let Some(name) = after.keys().find(|name| is_hidden(name) && !is_record(name)) {
        return wrong(&format!("{} is left", name.display()));
    }
    let strange = |text: &str| text.chars().find(|&c| c.is_control() && c != '\n' && c != '\t');
    if let Some(found) = strange(&message).or_else(|| strange(&printed)) {
        return wrong(&format!("the control character {found:?} is printed"));
    }
    if status.code() == Some(2) {
        if !message.contains("error:") {
            return wrong("there is no line with `error:`");
        }
        if !stdout.is_empty() {
            return wrong("something is printed to standard output");
        }
        if before != after {
            let changed = before.iter().find(|(name, content)| after.get(*name) != Some(content));
            let new = after.keys().find(|name| !before.contains_key(*name));
            return wrong(&format!("the folder is changed: {:?}, {new:?}", changed.map(|(name, _)| name)));
        }
        return Ok(false);
    }
    if arguments.iter().any(|word| word == "--json") && serde_json::from_slice::<Value>(&stdout).is_err() {
        return wrong("standard output is no JSON document");
    }
    match case.outputs.iter().find(|name| !at.join(name).exists()) {
        Some(missing) => wrong(&format!("{missing} is missing")),
        None => Ok(true),
    }
}
