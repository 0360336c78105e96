//! The engine `verilator`: the core compiled to C++, which is fast. Every register that no reset sets starts with
//! random bits.

use super::contract::Engine;
use super::error::EngineError;
use super::exported::ExportFolder;
use crate::stimulus::{Stimulus, Trace};
use std::fs;
use std::path::{Path, PathBuf};
use svdforge_hdl::core::Core;
use svdforge_tools::process;

const NAME: &str = "verilator";
const NEEDED_FOR: &str = "the engine verilator";
/// The folder in which Verilator builds, inside the folder of the export.
const BUILD: &str = "obj";
/// Puts random bits, from a fixed seed, wherever Verilog would have unknown ones.
const RANDOM: [&str; 2] = ["+verilator+rand+reset+2", "+verilator+seed+1"];

/// A core in Verilator, run through its exported testbench. It is built once and can run any number of stimuli.
pub struct VerilatorEngine {
    export: ExportFolder,
}

impl VerilatorEngine {
    /// Exports a core into a temporary folder and builds it there.
    pub fn new(core: &Core) -> Result<Self, EngineError> {
        Self::build(core, "-O0", None)
    }

    /// Does the same as [`Self::new`], for long runs: the build takes longer, and the program is faster.
    pub fn optimised(core: &Core) -> Result<Self, EngineError> {
        Self::build(core, "-O2", None)
    }

    /// Does the same as [`Self::new`], but takes over Verilator's run-time library as it was compiled for `other`. The
    /// library is three quarters of the build time.
    pub fn beside(core: &Core, other: &Self) -> Result<Self, EngineError> {
        Self::build(core, "-O0", Some(other))
    }

    fn build(core: &Core, optimisation: &str, other: Option<&Self>) -> Result<Self, EngineError> {
        for tool in ["verilator", "make", "g++"] {
            process::find(tool, NEEDED_FOR)?;
        }
        let export = ExportFolder::new(NAME, core)?;
        let folder = export.path();
        if folder.to_string_lossy().contains(' ') {
            return Err(EngineError::Space(folder.to_owned()));
        }
        let (list, bench) = (format!("{}.f", export.name()), format!("{}_tb.v", export.name()));
        let top = format!("{}_tb", export.name());
        // Most runs take only seconds, so compiling without optimisation (-O0) saves more time than the faster program
        // would.
        let options = ["--cc", "--exe", "--main", "--timing", "-O3", "-CFLAGS", optimisation, "--x-initial", "unique"];
        let names = ["--Mdir", BUILD, "-o", "sim", "--top-module", &top, "-f", &list, &bench];
        let arguments: Vec<&str> = options.into_iter().chain(names).collect();
        process::run("verilator", &arguments, folder, NEEDED_FOR)?.success()?;
        if let Some(other) = other {
            // The files are copied after Verilator has run, so that make finds them newer than its makefile and keeps
            // them.
            copy_runtime(&other.export.path().join(BUILD), &folder.join(BUILD))?;
        }
        let makefile = format!("V{top}.mk");
        process::run("make", &["-j", "2", "-f", &makefile], &folder.join(BUILD), NEEDED_FOR)?.success()?;
        Ok(Self { export })
    }

    /// Keeps the temporary folder after the engine is dropped, and returns its path. The folder holds the Verilog, the
    /// testbench, the compiled program and the data of the last run.
    pub fn keep(&mut self) -> PathBuf {
        self.export.keep()
    }

    fn simulate(&self, stimulus: &Stimulus, expected: Option<&Trace>) -> Result<Trace, EngineError> {
        self.export.run(stimulus, expected, |plusargs, folder| {
            let arguments: Vec<&str> = RANDOM.into_iter().chain(plusargs.iter().map(String::as_str)).collect();
            process::run_program(&folder.join(BUILD).join("sim"), &arguments, folder)
        })
    }
}

impl Engine for VerilatorEngine {
    fn name(&self) -> &'static str {
        NAME
    }

    fn run(&mut self, stimulus: &Stimulus) -> Result<Trace, EngineError> {
        self.simulate(stimulus, None)
    }

    fn run_against(&mut self, stimulus: &Stimulus, expected: &Trace) -> Result<Trace, EngineError> {
        self.simulate(stimulus, Some(expected))
    }
}

/// Copies the object files of Verilator's run-time library, `verilated*.o`.
fn copy_runtime(from: &Path, to: &Path) -> Result<(), EngineError> {
    let error = |source| EngineError::File { path: from.to_owned(), source };
    for entry in fs::read_dir(from).map_err(error)? {
        let entry = entry.map_err(error)?;
        let name = entry.file_name();
        if name.to_string_lossy().starts_with("verilated") {
            fs::copy(entry.path(), to.join(&name)).map_err(error)?;
        }
    }
    Ok(())
}
