//! Synthesises the cores of an exploration. This takes from seconds to minutes for each core, so every result is kept
//! in the folder.

use super::exploration::Exploration;
use super::measured::{Measured, Outcome, Setup};
use crate::campaign::CampaignError;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use svdforge_files::append;
use svdforge_hdl::core::Core;
use svdforge_hdl::export::Header;
use svdforge_hdl::export::verilog::verilog;
use svdforge_tools::synth::{Options, SynthError, Target, synth};

/// The file of results in a folder, with a JSON object on each line. Lines that are not complete are ignored, and their
/// cores are synthesised again.
pub const FILE: &str = "synthesis.jsonl";

/// Why a core was not measured.
#[derive(Debug, thiserror::Error)]
pub enum SynthesisError {
    /// The synthesis failed.
    #[error("{core}: {source}")]
    Synth {
        /// Which core.
        core: String,
        /// What went wrong.
        source: SynthError,
    },
    /// The file of results cannot be read or written.
    #[error(transparent)]
    File(#[from] CampaignError),
}

/// Measures the points with these indices. Results that the folder already has are reused. `progress` is called after
/// each point.
pub fn synthesise(
    exploration: &mut Exploration,
    points: &[usize],
    target: Target,
    setup: &Setup,
    folder: &Path,
    progress: &dyn Fn(),
) -> Result<(), SynthesisError> {
    let path = folder.join(FILE);
    let known = read(&path)?;
    for &index in points {
        let point = &mut exploration.points[index];
        let core = Core::new(*point.shape());
        let verilog = hash(&core);
        let same = |m: &&Measured| m.core == point.core && m.setup == *setup && m.verilog == verilog;
        let measured = match known.iter().find(same) {
            Some(measured) => measured.clone(),
            None => {
                let cycles_per_matrix = setup.pnr.then_some(point.interval);
                let options = Options { cycles_per_matrix, seeds: setup.seeds, ..Options::default() };
                let outcome = Outcome::of(synth(&core, target, setup.pnr, &options, &|_| {}))
                    .map_err(|source| SynthesisError::Synth { core: point.label(), source })?;
                let measured = Measured { core: point.core, setup: setup.clone(), verilog, outcome };
                add(&path, &measured)?;
                measured
            }
        };
        point.measured = Some(measured);
        progress();
    }
    Ok(())
}

/// The 64-bit FNV-1a hash of a core's Verilog.
pub(super) fn hash(core: &Core) -> String {
    let files = verilog(core.design(), &Header::default());
    let bytes = files.iter().flat_map(|file| file.text.bytes());
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    format!("{:016x}", bytes.fold(0xcbf2_9ce4_8422_2325, step))
}

fn error(path: &Path, what: &'static str) -> impl FnOnce(std::io::Error) -> CampaignError {
    let path: PathBuf = path.to_owned();
    move |source| CampaignError::Io { path, what, source }
}

fn read(path: &Path) -> Result<Vec<Measured>, CampaignError> {
    if path.metadata().is_ok_and(|found| !found.is_file()) {
        let source = std::io::Error::new(ErrorKind::InvalidInput, "this is no regular file");
        return Err(error(path, "cannot be continued")(source));
    }
    match fs::read(path) {
        Ok(text) => {
            let lines = || text.split(|&byte| byte == b'\n');
            let found = read_lines(&text);
            // The last line may be cut off. If no other one is a result, somebody else wrote the file.
            let complete = lines().count() - 1;
            if found.is_empty() && lines().take(complete).any(|line| !line.is_empty()) {
                let message = "this has no results of a synthesis; move it away, or choose another folder".to_owned();
                return Err(CampaignError::Broken { path: path.to_owned(), place: String::new(), message });
            }
            Ok(found)
        }
        Err(e) if e.kind() == ErrorKind::NotFound => Ok(Vec::new()),
        Err(e) => Err(error(path, "cannot be read")(e)),
    }
}

/// The results in the text of a file of them, one on each line. Lines that are cut off or say something else are left
/// out: their cores are synthesised again.
pub fn read_lines(text: &[u8]) -> Vec<Measured> {
    text.split(|&byte| byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok()).collect()
}

/// Adds a line. It starts with a line break, in case the line before was cut off.
fn add(path: &Path, measured: &Measured) -> Result<(), CampaignError> {
    let line = serde_json::to_string(measured).expect("What is measured has string keys and finite numbers.");
    let file = append::open(path);
    let written = file.and_then(|mut file| append::add(&mut file, format!("\n{line}\n").as_bytes()));
    written.map_err(error(path, "cannot be written"))
}
