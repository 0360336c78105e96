//! The command `svdforge verify`.

use crate::commands::simulate::note_texts;
use crate::options::{CoreOptions, ScaleOption};
use crate::progress::Progress;
use crate::{Verdict, output};
use anyhow::{Context, Result};
use clap::Args;
use nalgebra::Complex;
use std::path::PathBuf;
use svdforge_golden::NamedMatrix;
use svdforge_golden::reader::read_numbers;
use svdforge_hdl::core::Core;
use svdforge_testbench::engine::engine;
use svdforge_testbench::example::example;
use svdforge_testbench::run::quantise_for;
use svdforge_testbench::scalar::Scalar;
use svdforge_testbench::stimulus::{Stalls, Stimulus};
use svdforge_testbench::verify::{VerifyReport, verify};

/// Run the same matrices through every engine, and check that all agree bit for bit and cycle for cycle
///
/// Every engine runs twice: without stalls, and with random stalls at both ends.
/// Example: svdforge verify --rows 4 --with icarus,verilator
/// Example: svdforge verify --rows 2 --with netlist:ecp5-85k
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct Verify {
    #[command(flatten)]
    core: CoreOptions,
    #[command(flatten)]
    scale: ScaleOption,
    /// Engines to compare with the simulator: icarus, verilator, netlist:TARGET (after synthesis, see `synth
    /// --target`), rust_hdl (to 4 x 4, built with `--features rust-hdl`)
    #[arg(long, value_name = "LIST", value_delimiter = ',', default_value = "icarus")]
    with: Vec<String>,
    /// Matrix files [default: five frames made for the core, of which one is bad]
    #[arg(long, value_name = "FILE", num_args = 1..)]
    matrix: Vec<PathBuf>,
    /// Print the result as JSON
    #[arg(long)]
    json: bool,
}

impl Verify {
    /// Runs the engines and compares their traces.
    pub fn run(self) -> Result<Verdict> {
        if self.core.parameters()?.complex { self.run_with::<Complex<f64>>() } else { self.run_with::<f64>() }
    }

    /// The same for matrices with elements of this kind.
    fn run_with<T: Scalar>(self) -> Result<Verdict> {
        let read = |file: &PathBuf| {
            let (found, text) = read_numbers::<T>(file)?;
            note_texts(text.map(|text| (file.as_path(), text)).as_slice());
            Ok::<_, anyhow::Error>((file.clone(), found))
        };
        let files = self.matrix.iter().map(read).collect::<Result<Vec<_>>>()?;
        let sizes: Vec<(usize, usize)> = files.iter().flat_map(|(_, found)| found).map(|m| m.matrix.shape()).collect();
        let core = self.core.core_for(&sizes)?;
        let plain = self.stimulus(&core, &files)?;
        let mut engines = self.with.iter().map(|name| engine(name, &core)).collect::<Result<Vec<_>, _>>()?;
        let stalled = Stimulus { stalls: Stalls::random(2, 1000, 0.7, 0.6), ..plain.clone() };
        let mut reports = Vec::new();
        let progress = Progress::steps(2, "comparing the engines");
        for (rhythm, stimulus) in [("without stalls", plain), ("with random stalls", stalled)] {
            reports.push((rhythm, verify(&core, &stimulus, &mut engines)?));
            progress.inc(1);
        }
        drop(progress);
        let equal = reports.iter().all(|(_, report)| report.is_equal());
        if self.json {
            let runs: Vec<_> =
                reports.iter().map(|(rhythm, r)| serde_json::json!({ "rhythm": rhythm, "report": r })).collect();
            output::json(&serde_json::json!({ "equal": equal, "runs": runs }))?;
        } else {
            print(&reports)?;
        }
        Ok(if equal { Verdict::Holds } else { Verdict::Fails })
    }

    fn stimulus<T: Scalar>(&self, core: &Core, files: &[(PathBuf, Vec<NamedMatrix<T>>)]) -> Result<Stimulus> {
        if files.is_empty() {
            return Ok(example(core.shape(), Stalls::none()));
        }
        let mut beats = Vec::new();
        for (file, matrix) in files.iter().flat_map(|(file, found)| found.iter().map(move |matrix| (file, matrix))) {
            let input =
                quantise_for(core.shape(), matrix, self.scale.get()).with_context(|| file.display().to_string())?;
            beats.extend(input.frame(core.shape()));
        }
        Ok(Stimulus::new(beats))
    }
}

fn print(reports: &[(&str, VerifyReport)]) -> Result<()> {
    for (rhythm, report) in reports {
        output::print(format!(
            "{}: {} frames, {rhythm}: {} beats in, {} beats out, {} cycles",
            report.core, report.frames, report.input_beats, report.output_beats, report.cycles
        ))?;
        let mut table = output::table(&["engine", "beats compared", "cycles compared", ""]);
        for engine in &report.engines {
            let text = engine.difference.as_deref().unwrap_or("equal bit for bit and cycle for cycle");
            table.add_row([
                engine.engine.into(),
                output::number(engine.beats_compared),
                output::number(engine.cycles_compared),
                output::verdict(engine.equal, text),
            ]);
        }
        output::print(table)?;
    }
    Ok(())
}
