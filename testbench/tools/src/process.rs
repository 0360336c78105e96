//! Runs external tools. They are found on the PATH and run in a given folder, without a terminal.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Why a tool did not do its work.
#[derive(Debug, thiserror::Error)]
pub enum ToolError {
    /// The tool is not on the path.
    #[error(
        "`{tool}` is not on the PATH, and {needed_for} needs it; install it with scripts/install-tools.sh, then source scripts/tools-env.sh"
    )]
    Missing {
        /// Its name.
        tool: String,
        /// What needs it.
        needed_for: &'static str,
    },
    /// The tool cannot be started.
    #[error("`{tool}` ({}) does not start: {source}; install it with scripts/install-tools.sh, then source scripts/tools-env.sh", path.display())]
    Start {
        /// Its name.
        tool: String,
        /// Where it was found.
        path: PathBuf,
        /// The operating system's error.
        source: std::io::Error,
    },
    /// The tool ended with an exit status other than 0.
    #[error("`{command}` failed ({status}):\n{}", tail(printed))]
    Failed {
        /// The command line.
        command: String,
        /// Its exit status.
        status: std::process::ExitStatus,
        /// What it printed to standard output and standard error.
        printed: String,
    },
}

/// A tool that has run to its end.
#[derive(Clone, Debug)]
pub struct Finished {
    /// The command line, for messages.
    pub command: String,
    /// Its exit status.
    pub status: std::process::ExitStatus,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl Finished {
    /// Turns an exit status other than 0 into an error.
    pub fn success(self) -> Result<Self, ToolError> {
        if self.status.success() {
            return Ok(self);
        }
        let printed = self.stdout + &self.stderr;
        Err(ToolError::Failed { command: self.command, status: self.status, printed })
    }

    /// Everything that was printed to both streams.
    pub fn printed(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }
}

/// Finds a tool on the PATH. `needed_for` is used in the message "... is not on the PATH, and `needed_for` needs it".
pub fn find(tool: &str, needed_for: &'static str) -> Result<PathBuf, ToolError> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let places = std::env::split_paths(&path).map(|folder| folder.join(tool));
    let missing = || ToolError::Missing { tool: tool.to_owned(), needed_for };
    places.into_iter().find(|place| is_program(place)).ok_or_else(missing)
}

/// Finds a tool on the PATH and runs it with `folder` as its current directory and an empty standard input. An exit
/// status other than 0 is not an error here; see [`Finished::success`].
pub fn run<A: AsRef<OsStr>>(
    tool: &str,
    arguments: &[A],
    folder: &Path,
    needed_for: &'static str,
) -> Result<Finished, ToolError> {
    run_program(&find(tool, needed_for)?, arguments, folder)
}

/// Runs the program at this path in the same way as [`run`].
pub fn run_program<A: AsRef<OsStr>>(program: &Path, arguments: &[A], folder: &Path) -> Result<Finished, ToolError> {
    let tool = program.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut command = Command::new(program);
    command.args(arguments).current_dir(folder).stdin(Stdio::null());
    let words = arguments.iter().map(|a| a.as_ref().to_string_lossy().into_owned());
    let line = std::iter::once(tool.clone()).chain(words).collect::<Vec<_>>().join(" ");
    let output = command.output().map_err(|source| ToolError::Start { tool, path: program.to_owned(), source })?;
    Ok(Finished {
        command: line,
        status: output.status,
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    })
}

#[cfg(unix)]
fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata().is_ok_and(|m| m.is_file() && m.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_program(path: &Path) -> bool {
    path.is_file()
}

/// The last lines of the output, where tools usually say what went wrong.
fn tail(text: &str) -> String {
    let lines: Vec<&str> = text.trim_end().lines().collect();
    lines[lines.len().saturating_sub(20)..].join("\n")
}
