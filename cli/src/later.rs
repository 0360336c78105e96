//! Files that are written at the end of long work.

use anyhow::{Context, Result};
use std::io::Write;
use std::path::{Path, PathBuf};
use svdforge_files::{Outputs, Sink};

/// A file whose content is known when the work is done. It is begun before the work, so that a wrong path is reported
/// first. It gets its name together with all other files of the command, in [`Outputs::commit`].
pub struct LaterFile {
    path: PathBuf,
    sink: Sink,
}

impl LaterFile {
    /// Begins the file for an option, if the option is given.
    pub fn create(outputs: &mut Outputs, path: Option<&Path>) -> Result<Option<Self>> {
        let Some(path) = path else { return Ok(None) };
        let sink = outputs.file(path)?;
        Ok(Some(Self { path: path.to_owned(), sink }))
    }

    /// Writes the content.
    pub fn write(mut self, content: &[u8]) -> Result<()> {
        let written = self.sink.write_all(content).and_then(|()| self.sink.flush());
        written.with_context(|| format!("{}: cannot be written", self.path.display()))
    }
}
