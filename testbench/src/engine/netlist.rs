//! The engines `netlist:TARGET`: the core after synthesis, made of the cells of a target, in Icarus Verilog.

use super::contract::Engine;
use super::error::EngineError;
use super::exported::ExportFolder;
use super::icarus::run_compiled;
use crate::stimulus::{Stimulus, Trace};
use svdforge_hdl::core::Core;
use svdforge_tools::process;
use svdforge_tools::synth::{PowerUp, Target, netlist};

const NEEDED_FOR: &str = "the simulation of a netlist";

/// The name of the engine for a target.
fn name(target: Target) -> &'static str {
    match target {
        Target::Ecp5_25k => "netlist:ecp5-25k",
        Target::Ecp5_45k => "netlist:ecp5-45k",
        Target::Ecp5_85k => "netlist:ecp5-85k",
        Target::Ice40Up5k => "netlist:ice40-up5k",
        Target::Ice40Hx8k => "netlist:ice40-hx8k",
        Target::Xc7 => "netlist:xc7",
        Target::GowinGw2a => "netlist:gowin-gw2a",
        Target::Generic => "netlist:generic",
    }
}

/// The netlist of a core in Icarus Verilog, run through the testbench of the core. It is compiled once and can run any
/// number of stimuli.
pub struct NetlistEngine {
    export: ExportFolder,
    target: Target,
}

impl NetlistEngine {
    /// Synthesises a core for a target, and compiles the netlist with models of its cells. Flip-flops start as
    /// `power_up` says.
    pub fn new(core: &Core, target: Target, power_up: PowerUp) -> Result<Self, EngineError> {
        process::find("vvp", NEEDED_FOR)?;
        process::find("iverilog", NEEDED_FOR)?;
        let mut names = Vec::new();
        let export = ExportFolder::with(name(target), core, |_| {
            let files = netlist(core, target, power_up)?;
            names.extend(files.iter().map(|file| file.name.clone()));
            Ok(files)
        })?;
        names.push(format!("{}_tb.v", export.name()));
        let options = ["-g2012", "-o", "sim", "-s", &format!("{}_tb", export.name())].map(str::to_owned);
        let arguments: Vec<String> = options.into_iter().chain(names).collect();
        process::run("iverilog", &arguments, export.path(), NEEDED_FOR)?.success()?;
        Ok(Self { export, target })
    }
}

impl Engine for NetlistEngine {
    fn name(&self) -> &'static str {
        name(self.target)
    }

    fn run(&mut self, stimulus: &Stimulus) -> Result<Trace, EngineError> {
        run_compiled(&self.export, stimulus, None)
    }

    fn run_against(&mut self, stimulus: &Stimulus, expected: &Trace) -> Result<Trace, EngineError> {
        run_compiled(&self.export, stimulus, Some(expected))
    }
}
