//! A folder with a page, and the same data as JSON, that shows what a core did with some matrices.

use anyhow::{Context, Result};
use std::path::{Path, PathBuf};
use svdforge_files::{Outputs, check_inputs_stay, check_results};
use svdforge_hdl::core::Core;
use svdforge_studies::trace::{DATA, PAGE, files};
use svdforge_testbench::engine::SeenInside;
use svdforge_testbench::framing::Quantised;
use svdforge_testbench::judge::Judgement;
use svdforge_testbench::scalar::Scalar;
use svdforge_testbench::stimulus::Trace;
use svdforge_testbench::trace::{Extent, MatrixTrace, matrix_trace};

/// Traces that are written into a folder when all matrices have run.
pub struct TraceFolder {
    path: PathBuf,
    extent: Extent,
    traces: Vec<MatrixTrace>,
}

impl TraceFolder {
    /// No traces yet, of matrices of these sizes (rows, columns). It is an error if they are too many for a page, if
    /// the path is that of a file, or if the page or its data are among the `inputs`.
    pub fn new<'a>(
        path: &Path,
        core: &Core,
        sizes: &[(usize, usize)],
        inputs: impl Iterator<Item = &'a Path>,
    ) -> Result<Self> {
        check_inputs_stay(inputs, [PAGE, DATA].map(|name| path.join(name)))?;
        check_results(path, &[PAGE, DATA])?;
        let extent = Extent::new(core, sizes).with_context(|| format!("--trace {}", path.display()))?;
        Ok(Self { path: path.to_owned(), extent, traces: Vec::new() })
    }

    /// Adds what the core did with a matrix.
    pub fn push(
        &mut self,
        core: &Core,
        judgement: &Judgement<impl Scalar>,
        input: &Quantised,
        beats: &Trace,
        seen: &SeenInside,
    ) -> Result<()> {
        self.traces.push(matrix_trace(core, judgement, input, beats, seen, self.extent)?);
        Ok(())
    }

    /// Adds the page and the data to the files of the command. Returns a message that says where the page is and what
    /// it leaves out.
    pub fn write(self, core: &Core, outputs: &mut Outputs) -> Result<String> {
        let files = files(core, &self.traces);
        outputs.results(&self.path, &files, &[])?;
        let left_out = self.traces.iter().flat_map(|trace| {
            trace.left_out.iter().map(|sentence| format!("\n  {}: left out: {sentence}", trace.matrix))
        });
        Ok(format!("A look inside: {}{}", self.path.join(PAGE).display(), left_out.collect::<String>()))
    }
}
