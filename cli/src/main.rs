//! `svdforge`: generates fixed-point SVD cores for FPGAs, simulates and judges them.

mod answer;
mod arguments;
mod array_folder;
mod commands;
mod endings;
mod engine_options;
mod escape;
mod interrupt;
mod later;
mod options;
mod output;
mod progress;
mod shell;
mod table;
mod terminal;
mod trace_folder;
mod values;

use clap::{CommandFactory, Parser, Subcommand};
use std::process::ExitCode;

/// Generates fixed-point singular value decomposition (SVD) cores for FPGAs.
///
/// From a few parameters, svdforge makes Verilog for open-source tools, simulates it cycle by cycle, and
/// judges its accuracy against a floating-point reference. Start with `svdforge demo`.
#[derive(Parser)]
#[command(name = "svdforge", version, max_term_width = 110)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Demo(commands::demo::Demo),
    Generate(commands::generate::Generate),
    Simulate(commands::simulate::Simulate),
    Verify(commands::verify::Verify),
    Report(Box<commands::report::Report>),
    Compare(commands::compare::Compare),
    Explore(Box<commands::explore::Explore>),
    Synth(commands::synth::Synth),
    Bench(commands::bench::Bench),
    Upset(Box<commands::upset::Upset>),
    Recommend(commands::recommend::Recommend),
    Complete(commands::complete::Complete),
    Lsi(commands::lsi::Lsi),
    Compress(commands::compress::Compress),
    Completions(commands::documents::Completions),
    Man(commands::documents::Man),
}

/// The outcome of a command that did its work.
pub enum Verdict {
    /// Everything that was checked holds.
    Holds,
    /// Something that was checked does not hold.
    Fails,
}

fn main() -> ExitCode {
    let cli = arguments::parse();
    let result = interrupt::handle(progress::clear).map_err(anyhow::Error::from).and_then(|()| match cli.command {
        Command::Demo(command) => command.run(),
        Command::Generate(command) => command.run(),
        Command::Simulate(command) => command.run(),
        Command::Verify(command) => command.run(),
        Command::Report(command) => command.run(),
        Command::Compare(command) => command.run(),
        Command::Explore(command) => command.run(),
        Command::Synth(command) => command.run(),
        Command::Bench(command) => command.run(),
        Command::Upset(command) => command.run(),
        Command::Recommend(command) => command.run(),
        Command::Complete(command) => command.run(),
        Command::Lsi(command) => command.run(),
        Command::Compress(command) => command.run(),
        Command::Completions(command) => command.run(Cli::command()),
        Command::Man(command) => command.run(Cli::command()),
    });
    svdforge_files::clean_up();
    match result {
        Ok(Verdict::Holds) => ExitCode::SUCCESS,
        Ok(Verdict::Fails) => ExitCode::from(1),
        Err(error) if output::is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            output::error(&error);
            ExitCode::from(2)
        }
    }
}
