//! A folder with a page, and the same data as JSON, that shows what a core did with some matrices.

use anyhow::{Context, Result};
use std::fs;
use std::path::{Path, PathBuf};
use svdforge_hdl::core::Core;
use svdforge_studies::trace::{PAGE, files};
use svdforge_testbench::engine::SeenInside;
use svdforge_testbench::folder::{FolderError, write_files};
use svdforge_testbench::framing::Quantised;
use svdforge_testbench::judge::Judgement;
use svdforge_testbench::stimulus::Trace;
use svdforge_testbench::trace::{Extent, MatrixTrace, matrix_trace};

/// Traces that are written into a folder when all matrices have run.
pub struct TraceFolder {
    path: PathBuf,
    extent: Extent,
    traces: Vec<MatrixTrace>,
}

impl TraceFolder {
    /// No traces yet, of matrices of these sizes (rows, columns). It is an error if they are too many for a page, or if
    /// the path is that of a file.
    pub fn new(path: &Path, core: &Core, sizes: &[(usize, usize)]) -> Result<Self> {
        if path.exists() && !path.is_dir() {
            return Err(FolderError::IsFile(path.to_owned()).into());
        }
        let extent = Extent::new(core, sizes).with_context(|| format!("--trace {}", path.display()))?;
        Ok(Self { path: path.to_owned(), extent, traces: Vec::new() })
    }

    /// Adds what the core did with a matrix.
    pub fn push(
        &mut self,
        core: &Core,
        judgement: &Judgement,
        input: &Quantised,
        beats: &Trace,
        seen: &SeenInside,
    ) -> Result<()> {
        self.traces.push(matrix_trace(core, judgement, input, beats, seen, self.extent)?);
        Ok(())
    }

    /// Writes the page and the data. Returns a message that says where the page is and what it leaves out.
    pub fn write(self, core: &Core) -> Result<String> {
        let files = files(core, &self.traces);
        fs::create_dir_all(&self.path).with_context(|| format!("{}: cannot be written", self.path.display()))?;
        write_files(&self.path, &files.each_ref().map(|(name, text)| (*name, text.as_bytes())))?;
        let left_out = self.traces.iter().flat_map(|trace| {
            trace.left_out.iter().map(|sentence| format!("\n  {}: left out: {sentence}", trace.matrix))
        });
        Ok(format!("A look inside: {}{}", self.path.join(PAGE).display(), left_out.collect::<String>()))
    }
}
