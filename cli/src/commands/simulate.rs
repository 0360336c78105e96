//! The command `svdforge simulate`.

use crate::array_folder::ArrayFolder;
use crate::endings;
use crate::later::LaterFile;
use crate::options::{CoreOptions, ScaleOption};
use crate::progress::Progress;
use crate::trace_folder::TraceFolder;
use crate::{Verdict, output};
use anyhow::{Context, Result, bail};
use clap::Args;
use nalgebra::Complex;
use std::path::{Path, PathBuf};
use svdforge_files::{Outputs, check_inputs_stay};
use svdforge_golden::digits::fixed;
use svdforge_golden::reader::{MatrixText, check_memory, read_numbers};
use svdforge_hdl::core::Core;
use svdforge_hdl::export::manifest::Summary;
use svdforge_testbench::beats::MatrixBeats;
use svdforge_testbench::engine::{SimulatorEngine, Waves};
use svdforge_testbench::judge::{Judgement, judge_and_trace};
use svdforge_testbench::run::quantise_for;
use svdforge_testbench::scalar::Scalar;

/// The memory in bytes that the run of one matrix takes for each of its elements, and what is kept of each afterwards.
const BYTES_OF_RUN: u64 = 60;
const BYTES_KEPT: u64 = 20;

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
    /// Matrix files: .csv, .mtx, .npy, .npz or .json, or `-` for standard input
    ///
    /// An array of three dimensions and an .npz file hold several matrices. Without --rows and --cols, the core has
    /// the size of the matrices.
    #[arg(long, value_name = "FILE", num_args = 1.., required = true)]
    matrix: Vec<PathBuf>,
    /// Write the waveforms of every named signal, as VCD (.vcd)
    #[arg(long, value_name = "FILE", value_parser = endings::vcd)]
    vcd: Option<PathBuf>,
    /// Write the same waveforms as FST (.fst), which is a small fraction of the size
    #[arg(long, value_name = "FILE", value_parser = endings::fst)]
    fst: Option<PathBuf>,
    /// Write the results into this folder as numpy arrays, with the matrix as their first dimension
    #[arg(long, value_name = "DIR", value_parser = endings::folder)]
    npy: Option<PathBuf>,
    /// Write a page into this folder that shows the core at work: A, U and V after each step, the schedule, the streams
    #[arg(long, value_name = "DIR", value_parser = endings::folder)]
    trace: Option<PathBuf>,
    /// Write the integers and the beats of both streams, for a testbench of yours (.json)
    #[arg(long, value_name = "FILE", value_parser = endings::json)]
    beats: Option<PathBuf>,
    /// Print the results as JSON
    #[arg(long)]
    json: bool,
}

impl Simulate {
    /// Simulates and judges the matrices, and prints the results.
    pub fn run(self) -> Result<Verdict> {
        match self.core.parameters()?.complex {
            false => self.run_with::<f64>(),
            true if self.trace.is_some() => {
                bail!("--trace: the page shows real matrices only; leave it out, or use --beats for the integers")
            }
            true => self.run_with::<Complex<f64>>(),
        }
    }

    /// The same for matrices with elements of this kind.
    fn run_with<T: Scalar>(self) -> Result<Verdict> {
        check_inputs_stay(self.inputs(), [&self.vcd, &self.fst, &self.beats].into_iter().flatten())?;
        let (mut matrices, mut texts) = (Vec::new(), Vec::new());
        for file in &self.matrix {
            let (found, text) = read_numbers::<T>(file)?;
            texts.extend(text.map(|text| (file.as_path(), text)));
            let is_one = found.len() == 1 && *file != Path::new("-");
            let place =
                |name: &str| if is_one { file.display().to_string() } else { format!("{}: {name}", file.display()) };
            matrices.extend(found.into_iter().map(|matrix| (place(&matrix.name), matrix)));
        }
        note_texts(&texts);
        let sizes: Vec<(usize, usize)> = matrices.iter().map(|(_, m)| m.matrix.shape()).collect();
        let core = self.core.core_for(&sizes).with_context(|| self.matrix[0].display().to_string())?;
        // A matrix is simulated and judged at a time; all of them are kept.
        let largest = sizes.iter().map(|(rows, cols)| rows * cols).max().unwrap_or(0) as u64;
        let all: u64 = sizes.iter().map(|(rows, cols)| (rows * cols) as u64).sum();
        check_memory(BYTES_OF_RUN * largest + BYTES_KEPT * all)
            .with_context(|| self.matrix[0].display().to_string())?;
        let mut arrays = self
            .npy
            .as_deref()
            .map(|folder| ArrayFolder::new(folder, core.shape(), &sizes, self.inputs()))
            .transpose()?;
        let inputs = matrices
            .iter()
            .map(|(place, m)| quantise_for(core.shape(), m, self.scale.get()).with_context(|| place.clone()))
            .collect::<Result<Vec<_>>>()?;
        let mut looks =
            self.trace.as_deref().map(|folder| TraceFolder::new(folder, &core, &sizes, self.inputs())).transpose()?;
        let mut outputs = Outputs::new();
        let beats_file = LaterFile::create(&mut outputs, self.beats.as_deref())?;
        let waves = waves(&mut outputs, self.vcd.as_deref(), self.fst.as_deref())?;
        let mut engine = match (looks.is_some(), waves.is_empty()) {
            (true, _) => SimulatorEngine::tracing(&core, waves)?,
            (false, false) => SimulatorEngine::recording(&core, waves)?,
            (false, true) => SimulatorEngine::new(&core)?,
        };
        let progress = Progress::steps(inputs.len(), "simulating");
        let (mut judgements, mut beats) = (Vec::new(), Vec::new());
        for ((_, matrix), input) in matrices.iter().zip(&inputs) {
            let (judgement, trace) = judge_and_trace(core.shape(), &mut engine, matrix, input)?;
            arrays.as_mut().map(|arrays| arrays.push(input, &trace)).transpose()?;
            if let Some((looks, seen)) = looks.as_mut().zip(engine.take_inside()) {
                looks.push(&core, &judgement, input, &trace, &seen)?;
            }
            if beats_file.is_some() {
                beats.push(MatrixBeats::new(core.shape(), &judgement.matrix, input, &trace)?);
            }
            judgements.push(judgement);
            progress.inc(1);
        }
        drop(progress);
        engine.finish()?;
        arrays.map(|arrays| arrays.write(&mut outputs)).transpose()?;
        if let Some(file) = beats_file {
            let document = serde_json::json!({ "core": Summary::new(&core), "matrices": beats });
            file.write(format!("{document:#}\n").as_bytes())?;
        }
        let seen = looks.map(|looks| looks.write(&core, &mut outputs)).transpose()?;
        outputs.commit()?;
        seen.iter().for_each(output::note);
        if self.json {
            output::json(
                &serde_json::json!({ "core": Summary::new(&core), "results": judgements, "texts": texts_document(&texts) }),
            )?;
        } else {
            print(&core, &judgements)?;
        }
        Ok(output::promises(&judgements))
    }

    /// All files that are read.
    fn inputs<'a>(&'a self) -> impl Iterator<Item = &'a Path> {
        let standard_input = |path: &'a Path| if path == Path::new("-") { Path::new("/dev/stdin") } else { path };
        self.matrix.iter().map(move |path| standard_input(path)).chain(self.core.config())
    }
}

/// What writes the files of waveforms.
pub fn waves(outputs: &mut Outputs, vcd: Option<&Path>, fst: Option<&Path>) -> Result<Vec<Waves<'static>>> {
    let mut waves = Vec::new();
    if let Some(path) = vcd {
        waves.push(Waves::Vcd(Box::new(outputs.file(path)?)));
    }
    if let Some(path) = fst {
        waves.push(Waves::Fst(Box::new(outputs.file(path)?)));
    }
    Ok(waves)
}

/// Says how each file of delimited text was read, unless it is nothing but numbers between commas, and what in it may
/// be meant otherwise.
pub fn note_texts(texts: &[(&Path, MatrixText)]) {
    const LABELS: &str = "take the column out, or add a header without a name for it, such as ,a,b";
    const HEADER: &str = "write a # and a blank before it";
    for (file, text) in texts {
        let file = file.display();
        if !text.is_plain() {
            output::note(format!("{file}: {text}"));
        }
        for doubt in text.form.doubts(LABELS, HEADER) {
            output::note(format!("note: {file}: {doubt}"));
        }
    }
}

/// How each file of delimited text was read, for programs.
fn texts_document(texts: &[(&Path, MatrixText)]) -> Vec<serde_json::Value> {
    texts.iter().map(|(file, text)| serde_json::json!({ "file": file, "reading": text })).collect()
}

/// Prints the results as tables.
pub fn print(core: &Core, judgements: &[Judgement<impl Scalar>]) -> Result<()> {
    for judgement in judgements {
        let scale = match judgement.input_exponent {
            0 => String::new(),
            e => format!(", scaled by 2^{} to fit the word", -e),
        };
        let name = output::name(&judgement.matrix);
        output::print(format!("\n{name}{scale}; 1 LSB = {:.3e}", judgement.accuracy.lsb))?;
        output::print(output::sigma_table(judgement))?;
        if judgement.result.values().1.len() < judgement.rows.min(judgement.cols) {
            let share = fixed(100.0 * judgement.explained, 2);
            output::print(format!("They explain {share} % of the matrix (squared norm)."))?;
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
