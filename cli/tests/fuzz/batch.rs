//! Runs the tries of a reader in child processes under a limit of memory and of time. A child says which try it begins,
//! so that its end, however it comes, belongs to an input.

use super::mutate::Random;
use super::readers::{Place, READERS, Reader};
use rand::SeedableRng;
use std::any::Any;
use std::env;
use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio, exit};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

/// Tells a child what to do: `READER SEED FIRST LAST`, or `READER FILE` for one input.
const ORDER: &str = "SVDFORGE_FUZZ_CHILD";
/// The folder of files that were made before the first try.
const MADE: &str = "SVDFORGE_FUZZ_MADE";
/// The address space of a child in KiB: 3 GiB. The largest matrix takes half a GiB.
const MEMORY: u32 = 3 << 20;
/// How long one try may take. It takes less than a millisecond, and the machine may have much else to do.
const TIME: Duration = Duration::from_secs(20);
/// How long making a failing input smaller may take.
const SHRINKING: Duration = Duration::from_secs(30);
/// The exit status of a child whose reader panicked.
const PANICKED: i32 = 101;
/// The line of a child that has made all tries.
const DONE: &str = "done";

/// What the tries of a reader came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Inputs that were read.
    pub accepted: u64,
    /// Inputs that were refused.
    pub refused: u64,
}

/// The random numbers of one try. They depend on nothing else.
pub fn random(name: &str, seed: u64, number: u64) -> Random {
    let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x100_0000_01b3));
    let mut random = Random::seed_from_u64(hash ^ seed);
    random.set_stream(number);
    random
}

/// Does what the environment asks of a child, if this process is one.
pub fn child() -> Option<()> {
    let order = env::var(ORDER).ok()?;
    let words: Vec<&str> = order.splitn(2, ' ').collect();
    let reader = READERS.iter().find(|reader| reader.name == words[0]).expect("the name of a reader");
    let scratch = tempfile::Builder::new().prefix("svdforge-fuzz-").tempdir().expect("a temporary folder");
    let made = env::var_os(MADE).map(PathBuf::from).unwrap_or_default();
    let place = Place { made, scratch: scratch.path().join("try") };
    fs::create_dir_all(&place.scratch).expect("a temporary folder");
    // The first message, with the place in the source, is the one that counts; threads may add more.
    set_hook(Box::new(|info| eprintln!("{info}")));
    let numbers: Vec<u64> = words[1].split(' ').filter_map(|word| word.parse().ok()).collect();
    let ended = if let [seed, first, last] = numbers[..] {
        tries(reader, &place, seed, first..last)
    } else {
        let input = fs::read(words[1]).expect("the input");
        try_one(reader, &place, &input)
            .map(|result| println!("{DONE} {}", result.map_or_else(|e| e, |()| "accepted".into())))
    };
    drop(scratch);
    exit(if ended.is_ok() { 0 } else { PANICKED })
}

type Caught<T> = Result<T, Box<dyn Any + Send>>;

fn tries(reader: &Reader, place: &Place, seed: u64, numbers: std::ops::Range<u64>) -> Caught<()> {
    let mut outcome = Outcome::default();
    let mut sink = io::stdout().lock();
    for number in numbers {
        // The line is out before the input is made, because a lock or a buffer could die with the process.
        writeln!(sink, "{number}").and_then(|()| sink.flush()).expect("the parent listens");
        let input = reader.source.input(place, &mut random(reader.name, seed, number));
        match try_one(reader, place, &input)? {
            Ok(()) => outcome.accepted += 1,
            Err(_) => outcome.refused += 1,
        }
    }
    writeln!(sink, "{DONE} {} {}", outcome.accepted, outcome.refused).expect("the parent listens");
    Ok(())
}

/// Reads one input. The outer error is a panic, the inner one the reader's message.
fn try_one(reader: &Reader, place: &Place, input: &[u8]) -> Caught<Result<(), String>> {
    catch_unwind(AssertUnwindSafe(|| {
        let result = (reader.read)(input, place);
        if let Err(message) = &result {
            assert!(!message.trim().is_empty(), "the refusal says nothing");
            assert!(message.len() < input.len() + 5000, "the refusal has {} bytes", message.len());
        }
        result
    }))
}

/// How a child ended.
enum End {
    /// With this line.
    Done(String),
    /// In this try, for this reason.
    Failed(Option<u64>, String),
}

fn start(made: &Path, order: &str) -> io::Result<Child> {
    let program = env::current_exe()?;
    let mut command = Command::new("sh");
    command.args(["-c", &format!("ulimit -v {MEMORY}; ulimit -c 0; exec \"$0\"")]).arg(program);
    // One thread for each processor would take much address space on a large machine.
    command.env(ORDER, order).env(MADE, made).env("RAYON_NUM_THREADS", "2").env("MALLOC_ARENA_MAX", "2");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()
}

fn run(made: &Path, order: &str) -> End {
    let mut child = start(made, order).expect("a shell and this program");
    let (lines, mut errors) = (child.stdout.take().expect("a pipe"), child.stderr.take().expect("a pipe"));
    let (sender, receiver) = channel();
    let reader = thread::spawn(move || {
        BufReader::new(lines).lines().map_while(Result::ok).try_for_each(|line| sender.send(line))
    });
    let messages = thread::spawn(move || {
        let mut text = Vec::new();
        let _ = errors.read_to_end(&mut text);
        String::from_utf8_lossy(&text).into_owned()
    });
    let mut number = None;
    let mut done = None;
    let late = loop {
        match receiver.recv_timeout(TIME) {
            Ok(line) if line.starts_with(DONE) => done = Some(line),
            Ok(line) => number = line.parse().ok().or(number),
            Err(RecvTimeoutError::Disconnected) => break false,
            Err(RecvTimeoutError::Timeout) => {
                let _ = child.kill();
                break true;
            }
        }
    };
    let status = child.wait().expect("a child");
    let _ = reader.join();
    let message = messages.join().unwrap_or_default();
    match done {
        Some(line) if status.success() => End::Done(line),
        _ if late => End::Failed(number, format!("it took longer than {} s", TIME.as_secs())),
        _ => End::Failed(number, format!("{status}: {}", message.trim_end())),
    }
}

/// Makes these tries. The error tells everything that is needed to see the failure again.
pub fn tries_of(reader: &Reader, made: &Path, seed: u64, count: u64) -> Result<Outcome, String> {
    match run(made, &format!("{} {seed} 0 {count}", reader.name)) {
        End::Done(line) => {
            let counts: Vec<u64> = line.split(' ').filter_map(|word| word.parse().ok()).collect();
            Ok(Outcome { accepted: counts[0], refused: counts[1] })
        }
        End::Failed(None, reason) => Err(format!("it failed before the first try: {reason}")),
        End::Failed(Some(number), reason) => Err(found(reader, made, seed, number, &reason)),
    }
}

/// Reads the input in a file, and tells what came of it.
pub fn replay(name: &str, made: &Path, file: &Path) -> Result<String, String> {
    match run(made, &format!("{name} {}", file.display())) {
        End::Done(line) => Ok(line.trim_start_matches(DONE).trim().to_owned()),
        End::Failed(_, reason) => Err(reason),
    }
}

/// Shrinks the input of a try that failed, keeps it in a file, and describes it.
fn found(reader: &Reader, made: &Path, seed: u64, number: u64, reason: &str) -> String {
    let scratch = tempfile::tempdir().expect("a temporary folder");
    let place = Place { made: made.to_owned(), scratch: scratch.path().to_owned() };
    let mut input = reader.source.input(&place, &mut random(reader.name, seed, number));
    let candidate = scratch.path().join("candidate");
    let ends = Instant::now() + SHRINKING;
    let fails = |input: &[u8]| {
        fs::write(&candidate, input).expect("a temporary file");
        replay(reader.name, made, &candidate).is_err()
    };
    let mut size = input.len().div_ceil(2);
    while size > 0 && Instant::now() < ends {
        let mut at = 0;
        while at < input.len() && Instant::now() < ends {
            let shorter = [&input[..at], &input[(at + size).min(input.len())..]].concat();
            if fails(&shorter) { input = shorter } else { at += size }
        }
        size /= 2;
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fuzz");
    let file = folder.join(format!("{}-{seed}-{number}", reader.name));
    fs::create_dir_all(&folder).and_then(|()| fs::write(&file, &input)).expect("the target folder");
    let hex: String = input.iter().take(2000).map(|byte| format!("{byte:02x}")).collect();
    format!(
        "reader {}, seed {seed}, try {number}: {reason}\nthe input, made smaller, {} bytes, in hexadecimal: {hex}\nas text: {:?}\nsee it again: SVDFORGE_FUZZ_REPLAY={}:{} cargo test --release --all-features -p svdforge --test fuzz",
        reader.name,
        input.len(),
        String::from_utf8_lossy(&input[..input.len().min(500)]),
        reader.name,
        file.display()
    )
}
