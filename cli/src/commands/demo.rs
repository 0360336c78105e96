//! The command `svdforge demo`.

use super::generate::COMPLETED;
use super::simulate;
use crate::progress::Progress;
use crate::{Verdict, output};
use anyhow::Result;
use clap::Args;
use std::path::PathBuf;
use svdforge_files::write_export;
use svdforge_hdl::core::Core;
use svdforge_hdl::export::manifest::Summary;
use svdforge_hdl::parameters::Parameters;
use svdforge_testbench::engine::SimulatorEngine;
use svdforge_testbench::export::export;
use svdforge_testbench::framing::InputScale;
use svdforge_testbench::judge::judge;
use svdforge_testbench::run::quantise_for;
use svdforge_testbench::samples::samples;

/// Export, simulate and judge the default 8x8 core on the sample matrices
#[derive(Args)]
pub struct Demo {
    /// Folder in which the folder of the core is written
    #[arg(long, value_name = "DIR", default_value = "verilog-out")]
    out: PathBuf,
    /// Print the results as JSON
    #[arg(long)]
    json: bool,
}

impl Demo {
    /// Exports, simulates and judges: what a newcomer wants to see first.
    pub fn run(self) -> Result<Verdict> {
        let core = Core::new(Parameters::default().shape()?);
        let folder = self.out.join(core.shape().name());
        let files = export(&core)?;
        if write_export(&folder, &files, false)? {
            output::note(COMPLETED);
        }
        let mut engine = SimulatorEngine::new(&core)?;
        let mut judgements = Vec::new();
        let samples = samples()?;
        let progress = Progress::steps(samples.len(), "simulating");
        for sample in samples {
            let input = quantise_for(core.shape(), &sample, InputScale::Auto)?;
            judgements.push(judge(core.shape(), &mut engine, &sample, &input)?);
            progress.inc(1);
        }
        drop(progress);
        if self.json {
            output::json(&serde_json::json!({ "core": Summary::new(&core), "out": folder, "results": judgements }))?;
        } else {
            simulate::print(&core, &judgements)?;
            output::print(format!(
                "The core is exported to {}; the README.md there is its datasheet.",
                folder.display()
            ))?;
        }
        Ok(output::promises(&judgements))
    }
}
