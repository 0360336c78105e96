//! Reads many damaged inputs with every reader of the program, and runs commands on damaged files: nothing panics,
//! hangs, takes all memory or leaves half an output. See `docs/fuzzing.md`.
//!
//! Every random number follows from the seed, the reader and the number of the try.

#[path = "fuzz/batch.rs"]
mod batch;
#[path = "fuzz/commands.rs"]
mod commands;
#[path = "fuzz/mutate.rs"]
mod mutate;
#[path = "../src/options.rs"]
#[allow(dead_code, unused_imports)]
mod options;
#[path = "fuzz/readers.rs"]
mod readers;
#[path = "fuzz/seeds.rs"]
mod seeds;
#[path = "../src/values.rs"]
#[allow(dead_code, unused_imports)]
mod values;

use batch::Outcome;
use commands::COMMANDS;
use libtest_mimic::{Arguments, Failed, Trial};
use readers::{READERS, Reader};
use std::env;
use std::path::Path;
use std::process::exit;

/// Tries of each reader in a usual run, and in a full one.
const TRIES: [u64; 2] = [500, 20_000];
/// Runs of each command in a usual run, and in a full one.
const RUNS: [u64; 2] = [10, 200];

/// A number from the environment.
fn asked(name: &str) -> Option<u64> {
    env::var(name).ok().map(|text| text.parse().unwrap_or_else(|_| panic!("{name} is {text}: give a whole number")))
}

fn seed() -> u64 {
    asked("SVDFORGE_FUZZ_SEED").unwrap_or(1)
}

/// That tries of both kinds occurred: a mutation that always breaks its input, or never, tests little.
fn check(what: &str, count: u64, least: u64, outcome: Outcome) -> Result<(), Failed> {
    let Outcome { accepted, refused } = outcome;
    if accepted + refused != count {
        return Err(format!("{what}: {accepted} + {refused} tries instead of {count}").into());
    }
    if accepted.min(refused) < least {
        return Err(format!("{what}: of {count} inputs {accepted} are accepted and {refused} refused; at least {least} of each kind are wanted").into());
    }
    println!("{what}: {accepted} accepted, {refused} refused");
    Ok(())
}

fn reader_trial(reader: &'static Reader, full: usize) -> Trial {
    let kind = ["reader", "reader-full"][full];
    let run = move || {
        let made = commands::made_for(reader)?;
        let count = asked("SVDFORGE_FUZZ_TRIES").unwrap_or(TRIES[full]);
        let outcome = batch::tries_of(reader, made.path(), seed(), count)?;
        check(reader.name, count, count / 20, outcome)
    };
    Trial::test(format!("{kind}::{}", reader.name), run).with_ignored_flag(full == 1)
}

fn command_trial(command: &'static commands::Case, full: usize) -> Trial {
    let kind = ["command", "command-full"][full];
    let run = move || {
        let count = asked("SVDFORGE_FUZZ_RUNS").unwrap_or(RUNS[full]);
        let outcome = commands::runs_of(command, seed(), count)?;
        check(command.name, count, 1, outcome)
    };
    Trial::test(format!("{kind}::{}", command.name), run).with_ignored_flag(full == 1)
}

fn main() {
    if batch::child().is_some() {
        return;
    }
    if let Ok(wanted) = env::var("SVDFORGE_FUZZ_REPLAY") {
        let (name, file) = wanted.split_once(':').expect("SVDFORGE_FUZZ_REPLAY=READER:FILE");
        let reader = READERS.iter().find(|reader| reader.name == name).expect("the name of a reader");
        let made = commands::made_for(reader).expect("files made by the program");
        match batch::replay(name, made.path(), &Path::new(file).canonicalize().expect("the file")) {
            Ok(message) => println!("{name}: {message}"),
            Err(reason) => {
                eprintln!("{name} failed: {reason}");
                exit(1)
            }
        }
        return;
    }
    let mut trials = Vec::new();
    for full in [0, 1] {
        trials.extend(READERS.iter().map(|reader| reader_trial(reader, full)));
        trials.extend(COMMANDS.iter().map(|command| command_trial(command, full)));
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}
