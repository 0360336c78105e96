//! Files that are written at the end of long work.

use anyhow::{Context, Result};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use svdforge_testbench::folder::StagedFile;

/// A file to be written once the work is done, all or nothing. Made before the work, so that a bad path is known before it.
pub struct LaterFile {
    path: PathBuf,
    staged: StagedFile,
    sink: io::BufWriter<fs::File>,
}

impl LaterFile {
    /// For an option that may be left out.
    pub fn create(path: Option<&Path>) -> Result<Option<Self>> {
        let Some(path) = path else { return Ok(None) };
        let (staged, sink) = StagedFile::create(path)?;
        Ok(Some(Self { path: path.to_owned(), staged, sink }))
    }

    /// Writes the content and puts the file in its place.
    pub fn write(mut self, content: &[u8]) -> Result<()> {
        let written = self.sink.write_all(content).and_then(|()| self.sink.flush());
        written.with_context(|| format!("{}: cannot be written", self.path.display()))?;
        Ok(self.staged.commit()?)
    }
}
