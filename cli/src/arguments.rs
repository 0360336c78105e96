//! Reads the command line. A wrong argument that is repeated in a message can do nothing to the terminal.

use crate::{Cli, escape, terminal, values};
use clap::Parser;
use std::ffi::OsString;
use std::process::exit;

/// The command that was given. If there is none, the program ends with a message.
pub fn parse() -> Cli {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    Cli::try_parse_from(&arguments).unwrap_or_else(|error| {
        let status = error.exit_code();
        terminal::usage(&values::with_short_values(escaped(&arguments).unwrap_or(error)));
        exit(status)
    })
}

/// What clap says of the same arguments with all their characters made visible; `None` if they are visible as they are.
fn escaped(arguments: &[OsString]) -> Option<clap::Error> {
    let texts: Vec<String> = arguments.iter().map(|argument| argument.to_string_lossy().into_owned()).collect();
    let shown: Vec<String> = texts.iter().map(|text| escape::line(text).into_owned()).collect();
    if shown == texts {
        return None;
    }
    let error = |arguments: &[String]| Cli::try_parse_from(arguments).err();
    error(&shown)
        .or_else(|| error(&texts).map(|e| clap::Error::raw(e.kind(), escape::lines(&e.to_string()).into_owned())))
}
