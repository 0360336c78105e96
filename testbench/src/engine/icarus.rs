//! The engine `icarus`: Icarus Verilog. It is slow, and the only engine that simulates unknown bits (`x` and `z`).

use super::contract::Engine;
use super::error::EngineError;
use super::exported::ExportFolder;
use crate::stimulus::{Stimulus, Trace};
use std::path::PathBuf;
use svdforge_hdl::core::Core;
use svdforge_tools::process;

const NAME: &str = "icarus";
const NEEDED_FOR: &str = "the engine icarus";

/// A core in Icarus Verilog, run through its exported testbench. It is compiled once and can run any number of stimuli.
pub struct IcarusEngine {
    export: ExportFolder,
}

impl IcarusEngine {
    /// Exports a core into a temporary folder and compiles it there.
    pub fn new(core: &Core) -> Result<Self, EngineError> {
        process::find("vvp", NEEDED_FOR)?;
        process::find("iverilog", NEEDED_FOR)?;
        let export = ExportFolder::new(NAME, core)?;
        let (list, bench) = (format!("{}.f", export.name()), format!("{}_tb.v", export.name()));
        let arguments = ["-g2005", "-o", "sim", "-c", &list, &bench];
        process::run("iverilog", &arguments, export.path(), NEEDED_FOR)?.success()?;
        Ok(Self { export })
    }

    /// Keeps the temporary folder after the engine is dropped, and returns its path. The folder holds the Verilog, the
    /// testbench and the data of the last run.
    pub fn keep(&mut self) -> PathBuf {
        self.export.keep()
    }
}

/// Runs the program `sim` that Icarus has compiled in the folder.
pub(super) fn run_compiled(
    export: &ExportFolder,
    stimulus: &Stimulus,
    expected: Option<&Trace>,
) -> Result<Trace, EngineError> {
    export.run(stimulus, expected, |plusargs, folder| {
        let arguments: Vec<&str> = ["-n", "sim"].into_iter().chain(plusargs.iter().map(String::as_str)).collect();
        process::run("vvp", &arguments, folder, NEEDED_FOR)
    })
}

impl Engine for IcarusEngine {
    fn name(&self) -> &'static str {
        NAME
    }

    fn run(&mut self, stimulus: &Stimulus) -> Result<Trace, EngineError> {
        run_compiled(&self.export, stimulus, None)
    }

    fn run_against(&mut self, stimulus: &Stimulus, expected: &Trace) -> Result<Trace, EngineError> {
        run_compiled(&self.export, stimulus, Some(expected))
    }
}
