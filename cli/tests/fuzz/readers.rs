//! Every reader of bytes that come from a user, from an earlier run or from another program; how its input is damaged,
//! and what must hold of what it accepts.

use super::exports;
use super::mutate::{Form, Random, mutated};
use super::seeds;
use super::{options, values};
use clap::{Args, FromArgMatches};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use svdforge_apps::complete::table::parse_table;
use svdforge_apps::compress::picture::Picture;
use svdforge_apps::lsi::read::{Counting, parse_corpus};
use svdforge_apps::lsi::tokens::StopWords;
use svdforge_apps::recommend::ratings::{Scale, parse_ratings};
use svdforge_golden::Family;
use svdforge_golden::reader::{parse_matrices, utf8};
use svdforge_hdl::core::Core;
use svdforge_hdl::parameters::{OPTIONS, Parameters};
use svdforge_hdl::shape::Shape;
use svdforge_studies::campaign::{Shard, Suite, journal};
use svdforge_studies::compare::external::External;
use svdforge_studies::compare::finding::Aspect;
use svdforge_studies::explore::pick::Pick;
use svdforge_studies::explore::synthesis::read_lines;
use svdforge_studies::report::Report;
use svdforge_testbench::engine::{Engine, SimulatorEngine, read_record};
use svdforge_testbench::framing::{InputScale, Quantised};
use svdforge_testbench::run::{CoreRun, quantise_for};
use svdforge_testbench::samples::example_matrix;
use svdforge_testbench::stimulus::Stimulus;
use svdforge_tools::synth::{Target, read_statistics, read_timing};

/// What a try may use: files that were made for all tries, and a folder for its own files.
pub struct Place {
    /// Made by the program before the first try: `report.json`, `journal.jsonl`, `external.json`.
    pub made: PathBuf,
    /// Empty at first; a try leaves in it what it likes.
    pub scratch: PathBuf,
}

/// How the input of a try is made.
pub enum Source {
    /// Seeds, and what they are.
    Seeds(Form, fn(&Place) -> Vec<Vec<u8>>),
    /// A file that the program made before the first try.
    Made(Form, &'static str),
    /// A maker that knows the format.
    Maker(fn(&mut Random) -> Vec<u8>),
}

/// A reader.
pub struct Reader {
    /// The name of its test.
    pub name: &'static str,
    /// Its inputs.
    pub source: Source,
    /// Reads an input: the error is its message. It panics if it accepts something that it must not.
    pub read: fn(&[u8], &Place) -> Result<(), String>,
}

impl Source {
    /// The seeds; none of a maker.
    pub fn seeds(&self, place: &Place) -> Vec<Vec<u8>> {
        match self {
            Self::Seeds(_, make) => make(place),
            Self::Made(_, name) => vec![fs::read(place.made.join(name)).expect("made before the first try")],
            Self::Maker(_) => Vec::new(),
        }
    }

    /// The input of a try. A process uses a single source, and makes its seeds once.
    pub fn input(&self, place: &Place, random: &mut Random) -> Vec<u8> {
        static SEEDS: OnceLock<Vec<Vec<u8>>> = OnceLock::new();
        match self {
            Self::Seeds(form, _) | Self::Made(form, _) => {
                mutated(SEEDS.get_or_init(|| self.seeds(place)), *form, random)
            }
            Self::Maker(make) => make(random),
        }
    }
}

/// All readers.
pub const READERS: [Reader; 22] = [
    Reader {
        name: "csv",
        source: Source::Seeds(Form::Text, |_| seeds::owned(&seeds::CSV)),
        read: |b, _| matrices("a.csv", b),
    },
    Reader {
        name: "mtx",
        source: Source::Seeds(Form::Text, |_| seeds::owned(&seeds::MTX)),
        read: |b, _| matrices("a.mtx", b),
    },
    Reader {
        name: "json",
        source: Source::Seeds(Form::Json, |_| seeds::owned(&seeds::JSON)),
        read: |b, _| matrices("a.json", b),
    },
    Reader { name: "npy", source: Source::Maker(seeds::damaged_npy), read: |b, _| matrices("a.npy", b) },
    Reader { name: "npz", source: Source::Maker(seeds::damaged_npz), read: |b, _| matrices("a.npz", b) },
    Reader { name: "ratings", source: Source::Seeds(Form::Text, |_| seeds::owned(&seeds::RATINGS)), read: ratings },
    Reader { name: "table", source: Source::Seeds(Form::Text, |_| seeds::owned(&seeds::TABLES)), read: table },
    Reader {
        name: "documents",
        source: Source::Seeds(Form::Text, |_| seeds::owned(&seeds::DOCUMENTS)),
        read: |b, _| documents("a.txt", b),
    },
    Reader {
        name: "counts",
        source: Source::Seeds(Form::Text, |_| seeds::owned(&seeds::COUNTS)),
        read: |b, _| documents("a.csv", b),
    },
    Reader { name: "png", source: Source::Maker(seeds::damaged_png), read: |b, _| picture(b) },
    Reader { name: "pnm", source: Source::Seeds(Form::Text, |_| seeds::pnms()), read: |b, _| picture(b) },
    Reader { name: "options", source: Source::Seeds(Form::Text, |_| seeds::owned(&seeds::TOML)), read: option_file },
    Reader {
        name: "values",
        source: Source::Seeds(Form::Text, |_| seeds::owned(&seeds::VALUES)),
        read: |b, _| option_value(b),
    },
    Reader { name: "core", source: Source::Seeds(Form::Json, core_seeds), read: |b, _| core(b) },
    Reader { name: "earlier", source: Source::Maker(exports::input), read: exports::replace },
    Reader { name: "report", source: Source::Made(Form::Json, "report.json"), read: report },
    Reader { name: "journal", source: Source::Made(Form::JsonLines, "journal.jsonl"), read: campaign_journal },
    Reader { name: "external", source: Source::Made(Form::Json, "external.json"), read: external },
    Reader { name: "synthesis", source: Source::Seeds(Form::JsonLines, synthesis_seeds), read: |b, _| synthesis(b) },
    Reader {
        name: "yosys",
        source: Source::Seeds(Form::Json, |_| seeds::owned(&seeds::STATISTICS)),
        read: |b, _| yosys(b),
    },
    Reader {
        name: "nextpnr",
        source: Source::Seeds(Form::Json, |_| seeds::owned(&seeds::TIMING)),
        read: |b, _| nextpnr(b),
    },
    Reader { name: "record", source: Source::Seeds(Form::Text, record_seeds), read: |b, _| record(b) },
];

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}

fn matrices(name: &str, bytes: &[u8]) -> Result<(), String> {
    let found = parse_matrices(name, bytes).map_err(text)?;
    assert!(!found.is_empty(), "no matrix");
    for named in found {
        assert!(!named.matrix.is_empty(), "an empty matrix");
        assert!(named.matrix.iter().all(|x| x.is_finite()), "an element is not finite");
    }
    Ok(())
}

fn ratings(bytes: &[u8], _: &Place) -> Result<(), String> {
    // With a scale, other ratings are allowed.
    let scaled = parse_ratings(Path::new("a.csv"), bytes, Some(Scale { low: -10.0, high: 10.0 }));
    let plain = parse_ratings(Path::new("a.csv"), bytes, None);
    for found in [&scaled, &plain].into_iter().flatten() {
        assert!(found.list.len() + found.duplicates + found.out_of_scale == found.read, "a rating is lost");
        for rating in &found.list {
            assert!(rating.user < found.users.len() && rating.item < found.items.len(), "an index is wrong");
            assert!(rating.value.is_finite(), "a rating is not finite");
        }
    }
    plain.map(drop).map_err(text)
}

fn table(bytes: &[u8], _: &Place) -> Result<(), String> {
    let found = parse_table(Path::new("a.csv"), bytes).map_err(text)?;
    let (rows, columns) = found.shape();
    assert!(rows > 0 && columns > 0, "an empty table");
    assert!(found.values.len() == rows * columns, "ragged values");
    assert!(found.labels.as_ref().is_none_or(|labels| labels.len() == rows), "a label is lost");
    assert!(found.known().all(|(i, j, x)| i < rows && j < columns && x.is_finite()), "a known value is wrong");
    // What is written is read as the same numbers again.
    let mut written = Vec::new();
    found.write(&mut written, |_, _| 0.5).expect("a vector takes all");
    let again = parse_table(Path::new("b.csv"), &written).map_err(text);
    let again = again.unwrap_or_else(|error| panic!("the table that was written is refused: {error}"));
    assert!(
        again.shape() == (rows, columns),
        "the table that was written is {:?}, not {rows} x {columns}",
        again.shape()
    );
    let kept = found.known().all(|(i, j, x)| again.values[i * columns + j] == x);
    assert!(kept, "a number changes when the table is written");
    Ok(())
}

fn documents(name: &str, bytes: &[u8]) -> Result<(), String> {
    let read = utf8(bytes).map_err(text)?;
    let stop_words = StopWords::parse(&read[..read.len() / 4 * usize::from(read.is_ascii())]);
    let counting = Counting { header: None, stop_words, min_documents: 1 };
    let found = parse_corpus(Path::new(name), read, name.ends_with(".csv"), counting).map_err(text)?;
    assert!(!found.words.is_empty() && found.documents.len() > 1, "an empty corpus");
    Ok(())
}

fn picture(bytes: &[u8]) -> Result<(), String> {
    let found = Picture::parse(Path::new("a.png"), bytes).map_err(text)?;
    assert!([1, 3].contains(&found.planes.len()), "{} planes", found.planes.len());
    for plane in &found.planes {
        assert!(plane.shape() == found.shape() && !plane.is_empty(), "planes of different sizes");
    }
    let again = Picture::parse(Path::new("b.png"), &found.to_png().map_err(text)?).map_err(text);
    assert!(again == Ok(found), "the picture that was written is another one");
    Ok(())
}

/// A TOML file of options, as `--config` takes it.
fn option_file(bytes: &[u8], place: &Place) -> Result<(), String> {
    let path = place.scratch.join("core.toml");
    fs::write(&path, bytes).map_err(text)?;
    let command = options::CoreOptions::augment_args(clap::Command::new("svdforge"));
    let words = [Path::new("svdforge"), Path::new("--config"), &path];
    let matches = command.try_get_matches_from(words.map(Path::as_os_str)).map_err(text)?;
    let given = options::CoreOptions::from_arg_matches(&matches).map_err(text)?;
    given.varied().map_err(|error| format!("{error:#}"))?;
    given.fixed().map_err(|error| format!("{error:#}"))?;
    let shape = given.shape().map_err(|error| format!("{error:#}"))?;
    if build(shape, bytes) {
        // It may be that no core takes this size with these options.
        let _ = given.core_for(&[(3, 2)]);
    }
    Ok(())
}

/// Building a core takes longer than all the rest, so it is done for some of the small ones. Says whether it was done.
fn build(shape: Shape, bytes: &[u8]) -> bool {
    let sum: usize = bytes.iter().map(|&byte| usize::from(byte)).sum();
    let wanted = sum.is_multiple_of(64) && shape.rows() * shape.cols() <= 16;
    if wanted {
        Core::new(shape);
    }
    wanted
}

/// Values that the command line takes, and TOML files.
fn option_value(bytes: &[u8]) -> Result<(), String> {
    let read = utf8(bytes).map_err(text)?;
    let mut refusals = vec![
        values::Values::numbers(read).err(),
        values::Values::numbers_or_auto(read).err(),
        read.parse::<Shard>().err(),
        read.parse::<Suite>().err(),
        read.parse::<Aspect>().err(),
        read.parse::<Pick>().err(),
        read.parse::<Family>().err().map(text),
        read.parse::<Target>().err().map(text),
    ];
    refusals.extend(OPTIONS.iter().map(|option| option.parse(read).err().map(text)));
    if let Ok(found) = values::Values::numbers_or_auto(read) {
        assert!((1..=100).contains(&found.all().count()), "no value, or too many");
    }
    refusals.into_iter().min().flatten().map_or(Ok(()), Err)
}

fn core_seeds(_: &Place) -> Vec<Vec<u8>> {
    let shape = |change: fn(&mut Parameters)| {
        let mut parameters = Parameters { rows: 2, cols: 2, ..Parameters::default() };
        change(&mut parameters);
        serde_json::to_vec(&parameters.shape().expect("a valid core")).expect("a shape is JSON")
    };
    vec![shape(|_| {}), shape(|p| p.symmetric = true), shape(|p| (p.rows, p.word) = (4, 24))]
}

/// The parameters of a core as they stand in reports.
fn core(bytes: &[u8]) -> Result<(), String> {
    let shape: Shape = serde_json::from_slice(bytes).map_err(text)?;
    build(shape, bytes);
    Ok(())
}

fn report(bytes: &[u8], place: &Place) -> Result<(), String> {
    let path = place.scratch.join("report.json");
    fs::write(&path, bytes).map_err(text)?;
    let found = Report::read(&path).map_err(text)?;
    // What a page and a comparison ask of it.
    found.checks();
    fs::write(&path, found.to_json()).map_err(text)?;
    let again = Report::read(&path).map_err(text);
    let again = again.unwrap_or_else(|error| panic!("the report that was written is refused: {error}"));
    assert!(again.to_json() == found.to_json(), "the report that was written is another one");
    Ok(())
}

fn campaign_journal(bytes: &[u8], place: &Place) -> Result<(), String> {
    let path = place.scratch.join("journal.jsonl");
    fs::write(&path, bytes).map_err(text)?;
    let _ = journal::read_header(&path);
    journal::read(&path).map(drop).map_err(text)
}

fn external(bytes: &[u8], place: &Place) -> Result<(), String> {
    static REPORT: OnceLock<Report> = OnceLock::new();
    let report = REPORT.get_or_init(|| Report::read(&place.made.join("report.json")).expect("a valid report"));
    let path = place.scratch.join("external.json");
    fs::write(&path, bytes).map_err(text)?;
    let found = External::read(&path, report).map_err(text)?;
    assert!(!found.results.is_empty(), "no results");
    Ok(())
}

fn synthesis_seeds(place: &Place) -> Vec<Vec<u8>> {
    let cores: Vec<String> =
        core_seeds(place).into_iter().map(|core| String::from_utf8(core).expect("JSON is UTF-8")).collect();
    let area = |core: &String| format!("\n{{\"core\":{core},{}}}\n", seeds::SYNTHESIS_AREA);
    let large = format!(
        "{{\"core\":{},\"target\":\"xc7\",\"pnr\":true,\"tools\":{{}},\"verilog\":\"1\",\"does_not_fit\":\"it is too large\"}}\n",
        cores[0]
    );
    vec![cores.iter().map(area).collect::<String>().into_bytes(), (area(&cores[0]) + &large).into_bytes()]
}

/// Lines that are damaged are left out, so a refusal is a line that is missing.
fn synthesis(bytes: &[u8]) -> Result<(), String> {
    let lines = bytes.split(|&byte| byte == b'\n').filter(|line| !line.trim_ascii().is_empty()).count();
    let found = read_lines(bytes).len();
    assert!(found <= lines, "more results than lines");
    if found == lines { Ok(()) } else { Err(format!("{} of {lines} lines are left out", lines - found)) }
}

fn yosys(bytes: &[u8]) -> Result<(), String> {
    let read = utf8(bytes).map_err(text)?;
    for target in [Target::Ecp5_85k, Target::Xc7] {
        read_statistics(read, target).map_err(text)?;
    }
    Ok(())
}

fn small_core() -> &'static Core {
    static CORE: OnceLock<Core> = OnceLock::new();
    CORE.get_or_init(|| {
        Core::new(Parameters { rows: 2, cols: 2, ..Parameters::default() }.shape().expect("a valid core"))
    })
}

fn nextpnr(bytes: &[u8]) -> Result<(), String> {
    let read = utf8(bytes).map_err(text)?;
    let path = read_timing(read, small_core().design()).map_err(text)?;
    assert!(!path.shares.is_empty(), "a path without shares");
    Ok(())
}

fn sample_input(core: &Core) -> Quantised {
    let matrix = example_matrix::<f64>(core.shape(), Family::Uniform, 1);
    let named = svdforge_golden::reader::NamedMatrix { name: "a".to_owned(), matrix };
    quantise_for(core.shape(), &named, InputScale::Auto).expect("the matrix fits")
}

/// The record of a testbench, as Icarus and Verilator write it.
fn record_seeds(_: &Place) -> Vec<Vec<u8>> {
    let core = small_core();
    let stimulus = Stimulus::new(sample_input(core).frame(core.shape()));
    let trace = SimulatorEngine::new(core).and_then(|mut engine| engine.run(&stimulus)).expect("the simulator runs");
    let digits = core.shape().streams().output.element_bits() as usize / 4;
    let accepted = trace.accepted.iter().enumerate().map(|(number, cycle)| format!("i {cycle} {number}\n"));
    let output = trace.output.iter().map(|element| {
        let mask = u64::MAX >> (64 - 4 * digits);
        format!("o {} {:x} {} {:0digits$x}\n", element.cycle, element.user, u8::from(element.last), element.data & mask)
    });
    vec![accepted.chain(output).collect::<String>().into_bytes()]
}

fn record(bytes: &[u8]) -> Result<(), String> {
    static INPUT: OnceLock<Quantised> = OnceLock::new();
    let core = small_core();
    let input = INPUT.get_or_init(|| sample_input(core));
    let read = utf8(bytes).map_err(text)?;
    let trace = read_record("icarus", core, read, &Stimulus::new(input.frame(core.shape()))).map_err(text)?;
    CoreRun::<f64>::read(core.shape(), input, trace).map(drop).map_err(text)
}
