//! Files that are written at the end of long work.

use anyhow::{Context, Result};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use svdforge_testbench::folder::StagedFile;

/// A file that is written when the work is done, either completely or not at all. It is created before the work starts,
/// so that a wrong path is reported first.
pub struct LaterFile {
    path: PathBuf,
    staged: StagedFile,
    sink: io::BufWriter<fs::File>,
}

impl LaterFile {
    /// Creates the file for an option, if the option is given.
    pub fn create(path: Option<&Path>) -> Result<Option<Self>> {
        let Some(path) = path else { return Ok(None) };
        let (staged, sink) = StagedFile::create(path)?;
        Ok(Some(Self { path: path.to_owned(), staged, sink }))
    }

    /// Writes the content and renames the file to its final name.
    pub fn write(mut self, content: &[u8]) -> Result<()> {
        let written = self.sink.write_all(content).and_then(|()| self.sink.flush());
        written.with_context(|| format!("{}: cannot be written", self.path.display()))?;
        Ok(self.staged.commit()?)
    }
}
