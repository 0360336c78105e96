//! The command `svdforge simulate`.

use crate::options::{CoreOptions, ScaleOption};
use crate::{Verdict, output};
use anyhow::{Context, Result};
use clap::Args;
use std::path::PathBuf;
use svdforge_golden::{NamedMatrix, read_matrix};
use svdforge_hdl::core::Core;
use svdforge_hdl::export::manifest::Summary;
use svdforge_testbench::engine::SimulatorEngine;
use svdforge_testbench::folder::StagedFile;
use svdforge_testbench::judge::{Judgement, judge};
use svdforge_testbench::run::quantise_for;

/// Run matrices through the cycle-accurate simulator, and judge the results
///
/// Example: svdforge simulate --matrix a.csv b.mtx --json
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct Simulate {
    #[command(flatten)]
    core: CoreOptions,
    #[command(flatten)]
    scale: ScaleOption,
    /// Matrix files: .csv, .mtx, .npy or .json
    #[arg(long, value_name = "FILE", num_args = 1.., required = true)]
    matrix: Vec<PathBuf>,
    /// Write the waveforms of every named signal, as VCD
    #[arg(long, value_name = "FILE")]
    vcd: Option<PathBuf>,
    /// Print the results as JSON
    #[arg(long)]
    json: bool,
}

impl Simulate {
    /// Simulates and judges the matrices, and prints the results.
    pub fn run(self) -> Result<Verdict> {
        let core = self.core.core()?;
        let matrices: Vec<NamedMatrix> = self.matrix.iter().map(read_matrix).collect::<Result<_, _>>()?;
        let inputs = matrices
            .iter()
            .zip(&self.matrix)
            .map(|(m, file)| {
                quantise_for(core.shape(), m, self.scale.get()).with_context(|| file.display().to_string())
            })
            .collect::<Result<Vec<_>>>()?;
        let (waves, mut engine) = match &self.vcd {
            None => (None, SimulatorEngine::new(&core)?),
            Some(path) => {
                let (staged, sink) = StagedFile::create(path)?;
                (Some(staged), SimulatorEngine::recording(&core, Box::new(sink))?)
            }
        };
        let bar = output::progress(inputs.len(), "simulating");
        let mut judgements = Vec::new();
        for (matrix, input) in matrices.iter().zip(&inputs) {
            judgements.push(judge(core.shape(), &mut engine, matrix, input)?);
            bar.inc(1);
        }
        bar.finish_and_clear();
        engine.finish()?;
        waves.map(StagedFile::commit).transpose()?;
        if self.json {
            output::json(&serde_json::json!({ "core": Summary::new(&core), "results": judgements }))?;
        } else {
            print(&core, &judgements)?;
        }
        Ok(output::promises(&judgements))
    }
}

/// Prints the results as tables.
pub fn print(core: &Core, judgements: &[Judgement]) -> Result<()> {
    for judgement in judgements {
        let scale = match judgement.input_exponent {
            0 => String::new(),
            e => format!(", scaled by 2^{} to fit the word", -e),
        };
        output::print(format!("\n{}{scale}; 1 LSB = {:.3e}", judgement.matrix, judgement.accuracy.lsb))?;
        output::print(output::sigma_table(judgement))?;
        if judgement.result.values().1.len() < judgement.rows.min(judgement.cols) {
            output::print(format!("They explain {:.2} % of the matrix (squared norm).", 100.0 * judgement.explained))?;
        }
    }
    let summary = Summary::new(core);
    output::print(format!(
        "\nThe largest errors against the reference (f64) for the quantised input, in LSB (orthogonality: in units of 2^-{}), the statistical bound on the values, and the cycles:",
        core.shape().word() - 1
    ))?;
    output::print(output::accuracy_table(judgements))?;
    if let Some(table) = output::sources_table(judgements) {
        let values = judgements[0].result.values().0;
        output::print(format!(
            "\nWhere the errors of {values} come from: root mean squares in LSB, against the matrix before it was quantised:"
        ))?;
        output::print(table)?;
    }
    output::print(format!(
        "{}: {} x {}, word {}, guard {}, coefficients of {} bits: {} multipliers, {} cycles per sweep, at most {} sweeps",
        core.shape().name(),
        summary.shape.rows(),
        summary.shape.cols(),
        summary.shape.word(),
        summary.shape.guard(),
        summary.shape.coef(),
        summary.multipliers,
        summary.sweep_cycles,
        summary.sweep_cap
    ))
}
