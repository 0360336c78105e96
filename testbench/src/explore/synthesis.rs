//! What synthesis measures of the cores of an exploration. It takes from seconds to minutes for each, so every result is kept in the folder.

use super::Exploration;
use crate::campaign::CampaignError;
use crate::campaign::parameters::CoreParameters;
use crate::judge::{JudgeError, period};
use crate::synth::{Options, SynthError, Target, synth};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use svdforge_hdl::core::Core;

/// The results that a folder has: a JSON object a line. Lines that are not whole are ignored: their cores are synthesised again.
pub const FILE: &str = "synthesis.jsonl";

/// What was measured of one core, as `svdforge synth` has it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// The core.
    pub core: CoreParameters,
    /// For which device.
    pub target: String,
    /// Whether it was placed and routed.
    pub pnr: bool,
    /// Occupied LUTs.
    pub lut: u64,
    /// Flip-flops.
    pub ff: u64,
    /// Multiplier blocks.
    pub dsp: u64,
    /// Block RAMs.
    pub block_rams: u64,
    /// Clock rate, if placed.
    pub fmax_mhz: Option<f64>,
    /// Matrices a second, if placed: uniform ones without a pause.
    pub svd_per_second: Option<f64>,
    /// Name and version of each tool that ran.
    pub tools: BTreeMap<String, String>,
}

/// Why a core was not measured.
#[derive(Debug, thiserror::Error)]
pub enum SynthesisError {
    /// The synthesis.
    #[error("{core}: {source}")]
    Synth {
        /// Which core.
        core: String,
        /// What went wrong.
        source: SynthError,
    },
    /// The simulation of its period.
    #[error(transparent)]
    Judge(#[from] JudgeError),
    /// The file of results.
    #[error(transparent)]
    File(#[from] CampaignError),
}

/// Measures the points with these indices, those that the folder does not have yet; `progress` is told of each, after it.
pub fn synthesise(
    exploration: &mut Exploration,
    points: &[usize],
    target: Target,
    pnr: bool,
    folder: &Path,
    progress: &dyn Fn(),
) -> Result<(), SynthesisError> {
    let path = folder.join(FILE);
    let known = read(&path)?;
    for &index in points {
        let point = &mut exploration.points[index];
        let same = |m: &&Measured| m.core == point.core && m.target == target.name() && m.pnr == pnr;
        let measured = match known.iter().find(same) {
            Some(measured) => measured.clone(),
            None => {
                let core = Core::new(*point.shape());
                let cycles_per_matrix = if pnr { Some(period(&core)?) } else { None };
                let options = Options { cycles_per_matrix, ..Options::default() };
                let report = synth(&core, target, pnr, &options)
                    .map_err(|source| SynthesisError::Synth { core: point.label(), source })?;
                let measured = Measured {
                    core: point.core,
                    target: target.name().to_owned(),
                    pnr,
                    lut: report.lut,
                    ff: report.ff,
                    dsp: report.dsp,
                    block_rams: report.block_rams,
                    fmax_mhz: report.fmax_mhz,
                    svd_per_second: report.svd_per_second.map(f64::round),
                    tools: report.tools,
                };
                add(&path, &measured)?;
                measured
            }
        };
        point.measured = Some(measured);
        progress();
    }
    Ok(())
}

fn error(path: &Path, what: &'static str) -> impl FnOnce(std::io::Error) -> CampaignError {
    let path: PathBuf = path.to_owned();
    move |source| CampaignError::Io { path, what, source }
}

fn read(path: &Path) -> Result<Vec<Measured>, CampaignError> {
    match fs::read(path) {
        Ok(text) => {
            Ok(text.split(|&byte| byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok()).collect())
        }
        Err(e) if e.kind() == ErrorKind::NotFound => Ok(Vec::new()),
        Err(e) => Err(error(path, "cannot be read")(e)),
    }
}

/// Adds a line. It begins with the end of the one before, should that have none.
fn add(path: &Path, measured: &Measured) -> Result<(), CampaignError> {
    let line = serde_json::to_string(measured).expect("What is measured has string keys and finite numbers.");
    let file = File::options().append(true).create(true).open(path);
    let written = file.and_then(|mut file| file.write_all(format!("\n{line}\n").as_bytes()));
    written.map_err(error(path, "cannot be written"))
}
