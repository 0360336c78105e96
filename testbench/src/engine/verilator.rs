//! Verilator: fast, compiled to C++. Everything that no reset sets starts with random bits.

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
/// Where Verilator builds, inside the folder of the export.
const BUILD: &str = "obj";
/// Random bits wherever Verilog has unknown ones, with a fixed seed.
const RANDOM: [&str; 2] = ["+verilator+rand+reset+2", "+verilator+seed+1"];

/// A core in Verilator, through its exported testbench; built once, can run any number of stimuli.
pub struct VerilatorEngine {
    export: ExportFolder,
}

impl VerilatorEngine {
    /// Exports a core into a temporary folder and builds it there.
    pub fn new(core: &Core) -> Result<Self, EngineError> {
        Self::build(core, None)
    }

    /// The same, with Verilator's run-time library as it was compiled for another core: three quarters of the build.
    pub fn beside(core: &Core, other: &Self) -> Result<Self, EngineError> {
        Self::build(core, Some(other))
    }

    fn build(core: &Core, other: Option<&Self>) -> Result<Self, EngineError> {
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
        // A run takes seconds, so the C++ compiler's time counts for more than that of its result: -O0.
        let options = ["--cc", "--exe", "--main", "--timing", "-O3", "-CFLAGS", "-O0", "--x-initial", "unique"];
        let names = ["--Mdir", BUILD, "-o", "sim", "--top-module", &top, "-f", &list, &bench];
        let arguments: Vec<&str> = options.into_iter().chain(names).collect();
        process::run("verilator", &arguments, folder, NEEDED_FOR)?.success()?;
        if let Some(other) = other {
            // After Verilator, so that make finds them newer than its makefile and leaves them as they are.
            copy_runtime(&other.export.path().join(BUILD), &folder.join(BUILD))?;
        }
        let makefile = format!("V{top}.mk");
        process::run("make", &["-j", "2", "-f", &makefile], &folder.join(BUILD), NEEDED_FOR)?.success()?;
        Ok(Self { export })
    }

    /// The temporary folder stays when the engine goes: Verilog, testbench, binary and the data of the last run.
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

/// Copies Verilator's run-time library, compiled: `verilated*.o`.
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
