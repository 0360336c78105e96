//! What Icarus and Verilator share. The core is exported into a temporary folder, and its testbench runs there and
//! records the beats that it sees.

use super::error::EngineError;
use crate::framing::OutputElement;
use crate::stimulus::{Stimulus, Trace};
use crate::testbench_verilog::{bench, data_files};
use std::fs;
use std::path::{Path, PathBuf};
use svdforge_hdl::core::Core;
use svdforge_hdl::export::verilog::verilog;
use svdforge_hdl::export::{File, Header};
use svdforge_hdl::formats::Streams;
use svdforge_hdl::interface::USER_BITS;
use svdforge_tools::process::{Finished, ToolError};
use tempfile::TempDir;

/// The file into which the testbench records beats.
const RECORD: &str = "record.txt";

pub(super) struct ExportFolder {
    engine: &'static str,
    core: Core,
    folder: TempDir,
}

impl ExportFolder {
    /// Exports a core with its testbench into a new temporary folder.
    pub fn new(engine: &'static str, core: &Core) -> Result<Self, EngineError> {
        Self::with(engine, core, |header| Ok(verilog(core.design(), header)))
    }

    /// The same with other Verilog in place of the core, which has its name and its ports.
    pub fn with(
        engine: &'static str,
        core: &Core,
        files: impl FnOnce(&Header) -> Result<Vec<File>, EngineError>,
    ) -> Result<Self, EngineError> {
        let folder = TempDir::with_prefix(format!("svdforge-{engine}-"));
        let folder = folder.map_err(|source| EngineError::File { path: std::env::temp_dir(), source })?;
        let export = Self { engine, core: core.clone(), folder };
        let header =
            Header { command: "svdforge verify".into(), version: env!("CARGO_PKG_VERSION").into(), parameters: vec![] };
        export.write(&files(&header)?)?;
        export.write(&[bench(core, &header)])?;
        Ok(export)
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn name(&self) -> String {
        self.core.shape().name()
    }

    /// Keeps the folder after the engine is dropped, and returns its path.
    pub fn keep(&mut self) -> PathBuf {
        self.folder.disable_cleanup(true);
        self.path().to_owned()
    }

    /// Writes the data files of a run and calls `simulate` with the testbench's plusargs and the folder. With
    /// `expected`, the testbench compares every beat itself.
    pub fn run(
        &self,
        stimulus: &Stimulus,
        expected: Option<&Trace>,
        simulate: impl FnOnce(&[String], &Path) -> Result<Finished, ToolError>,
    ) -> Result<Trace, EngineError> {
        self.write(&data_files(&self.core, stimulus, expected))?;
        let record = self.path().join(RECORD);
        // The record is emptied first, so that the record of an earlier run is never taken for that of this run.
        fs::write(&record, "").map_err(|source| EngineError::File { path: record.clone(), source })?;
        let mut plusargs = vec![format!("+record={RECORD}")];
        plusargs.extend(expected.is_none().then(|| "+unchecked".to_owned()));
        let finished = simulate(&plusargs, self.path())?;
        self.verdict(finished, expected.is_some())?;
        let text = fs::read_to_string(&record).map_err(|source| EngineError::File { path: record, source })?;
        read_record(self.engine, &self.core, &text, stimulus)
    }

    fn write(&self, files: &[File]) -> Result<(), EngineError> {
        for file in files {
            let path = self.path().join(&file.name);
            fs::write(&path, &file.text).map_err(|source| EngineError::File { path, source })?;
        }
        Ok(())
    }

    /// Reads the testbench's verdict. Its exit status and the line that it prints must agree.
    fn verdict(&self, finished: Finished, checked: bool) -> Result<(), EngineError> {
        let line = |start: &str| finished.stdout.lines().find(|line| line.starts_with(start)).map(str::to_owned);
        if let Some(line) = line("FAIL: ") {
            if finished.status.success() {
                return Err(self.unreadable(format!("the exit status is 0, although it printed `{line}`")));
            }
            let message = line.trim_start_matches("FAIL: ").to_owned();
            return Err(EngineError::Core { engine: self.engine, message });
        }
        let wanted = if checked { "PASS: " } else { "DONE" };
        let ended = line(wanted).is_some();
        let finished = finished.success()?;
        if ended {
            Ok(())
        } else {
            Err(self.unreadable(format!("there is no line `{}` in `{}`", wanted.trim_end(), finished.printed())))
        }
    }

    fn unreadable(&self, message: String) -> EngineError {
        EngineError::Unreadable { engine: self.engine, message }
    }
}

/// Reads the beats that the testbench of an engine with this name recorded while it ran `stimulus` on a core.
///
/// # Errors
///
/// A line is neither an input nor an output beat of this run, or an output beat has unknown bits.
pub fn read_record(engine: &'static str, core: &Core, record: &str, stimulus: &Stimulus) -> Result<Trace, EngineError> {
    let streams = core.shape().streams();
    let sent: Vec<usize> = stimulus.beats(streams.input.elements).map(<[_]>::len).collect();
    let mut trace = Trace::default();
    for line in record.lines() {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let read = match fields[..] {
            ["i", cycle, number] => {
                let elements = number.parse().ok().and_then(|number: usize| sent.get(number));
                let accepted = cycle.parse::<u64>().ok().zip(elements);
                accepted.map(|(cycle, &elements)| trace.accepted.extend(std::iter::repeat_n(cycle, elements)))
            }
            ["o", cycle, user, last, beat] => {
                if [user, last, beat].iter().any(|field| field.contains(['x', 'X', 'z', 'Z'])) {
                    let message = format!(
                        "cycle {cycle}: an output beat has unknown bits: tuser {user}, tlast {last}, tdata (after tkeep, if there is one) {beat}"
                    );
                    return Err(EngineError::Core { engine, message });
                }
                output_beat(streams, cycle, user, last, beat).map(|elements| trace.output.extend(elements))
            }
            _ => None,
        };
        read.ok_or_else(|| {
            let message =
                format!("its record contains the line `{line}`, which is neither an input nor an output beat");
            EngineError::Unreadable { engine, message }
        })?;
    }
    Ok(trace)
}

/// The elements of a recorded beat: `tuser`, `tlast`, and `tdata` with `tkeep` above it if there is one. `None` if it
/// is not what a core may send.
fn output_beat(streams: &Streams, cycle: &str, user: &str, last: &str, beat: &str) -> Option<Vec<OutputElement>> {
    let format = streams.output;
    let (digits, keep_digits) = (format.element_bits() as usize / 4, format.keep_bits().div_ceil(4) as usize);
    let (keep, data) = beat.split_at_checked(if streams.keep { keep_digits } else { 0 })?;
    let users = u32::from_str_radix(user, 16).ok()?;
    let count = match streams.keep {
        false => 1,
        // Elements that are there come first, and all their bytes are there.
        true => {
            let bytes = u64::from_str_radix(keep, 16).ok()?.trailing_ones();
            let is_whole = keep == format!("{:0keep_digits$x}", u64::MAX.checked_shr(64 - bytes).unwrap_or(0));
            let count = bytes / format.element_bytes;
            // Only the last beat of a frame may be partial, and none is empty.
            let is_allowed = count > 0 && (count == format.elements || last == "1");
            (is_whole && is_allowed && bytes.is_multiple_of(format.element_bytes)).then_some(count)?
        }
    };
    if data.len() != digits * format.elements as usize {
        return None;
    }
    let (cycle, last) = (cycle.parse().ok()?, last == "1");
    let element = |number: u32| {
        let end = data.len() - digits * number as usize;
        Some(OutputElement {
            cycle,
            data: u64::from_str_radix(data.get(end.checked_sub(digits)?..end)?, 16).ok()?,
            user: (users >> (number * USER_BITS) & 3) as u8,
            last: last && number + 1 == count,
        })
    };
    (0..count).map(element).collect()
}
