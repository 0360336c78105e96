//! The commands `svdforge completions` and `svdforge man`, which describe the command line itself.

use crate::{Verdict, output, shell};
use anyhow::{Context, Result, anyhow};
use clap::{Args, Command};
use clap_complete::{Generator, Shell};
use clap_mangen::Man as Page;
use std::path::{Path, PathBuf};
use svdforge_files::Outputs;

const PROGRAM: &str = "svdforge";

/// Print the completions of all commands and options for a shell
///
/// Example: source <(svdforge completions bash)
/// Example: svdforge completions zsh --out ~/.zfunc
/// Example: svdforge completions fish --out ~/.config/fish/completions
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct Completions {
    /// The shell
    #[arg(value_name = "SHELL")]
    shell: Shell,
    /// Write the file into this folder, with the name that the shell expects; created if it does not exist
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// Print the manual page of svdforge or of one command, or write the pages of all commands
///
/// Example: svdforge man | man -l -
/// Example: svdforge man report merge | man -l -
/// Example: svdforge man --out ~/.local/share/man/man1
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct Man {
    /// The command whose page is printed [default: svdforge itself]
    #[arg(value_name = "COMMAND", conflicts_with = "out")]
    command: Vec<String>,
    /// Write the pages of all commands into this folder; created if it does not exist
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

impl Completions {
    /// Prints or writes the completions of this command line.
    pub fn run(self, mut program: Command) -> Result<Verdict> {
        let mut text = Vec::new();
        clap_complete::generate(self.shell, &mut program, PROGRAM, &mut text);
        match &self.out {
            None => output::print_own(&text)?,
            Some(out) => write(out, &[(self.shell.file_name(PROGRAM), text)])?,
        }
        Ok(Verdict::Holds)
    }
}

impl Man {
    /// Prints or writes the manual pages of this command line.
    pub fn run(self, program: Command) -> Result<Verdict> {
        let mut program = program.disable_help_subcommand(true);
        program.build();
        if let Some(out) = &self.out {
            let mut pages = Vec::new();
            add_pages(&program, &mut pages)?;
            write(out, &pages)?;
            output::print(format!("To read them, run: man {}", shell::path(&out.join(&pages[0].0))))?;
            return Ok(Verdict::Holds);
        }
        let mut command = &program;
        for name in &self.command {
            command = command.find_subcommand(name).ok_or_else(|| unknown(name, command))?;
        }
        output::print_own(&page(command)?.1)?;
        Ok(Verdict::Holds)
    }
}

fn unknown(name: &str, within: &Command) -> anyhow::Error {
    let names: Vec<&str> = within.get_subcommands().map(Command::get_name).collect();
    let within = within.get_bin_name().unwrap_or(PROGRAM);
    match names.is_empty() {
        true => anyhow!("{name}: `{within}` has no commands of its own"),
        false => anyhow!("{name}: `{within}` has no such command; its commands are {}", names.join(", ")),
    }
}

/// The name of the file of a page, and the page.
fn page(command: &Command) -> Result<(String, Vec<u8>)> {
    let page = Page::new(command.clone());
    let mut text = Vec::new();
    page.render(&mut text).context("the page cannot be made")?;
    Ok((page.get_filename(), text))
}

fn add_pages(command: &Command, pages: &mut Vec<(String, Vec<u8>)>) -> Result<()> {
    pages.push(page(command)?);
    command.get_subcommands().try_for_each(|command| add_pages(command, pages))
}

/// Writes these files into the folder, and says which.
fn write(folder: &Path, files: &[(String, Vec<u8>)]) -> Result<()> {
    let mut outputs = Outputs::new();
    outputs.folder(folder)?;
    files.iter().try_for_each(|(name, text)| outputs.content(&folder.join(name), text))?;
    outputs.commit()?;
    let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    output::print(format!("{}: {}", folder.display(), names.join(", ")))
}
