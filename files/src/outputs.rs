//! The files that one command writes.

use crate::commit::{self, Phase, Step};
use crate::error::FileError;
use crate::folders;
use crate::operations;
use crate::record::{self, RECORD, Record};
use crate::staging::Staging;
use crate::target::{Target, open};
use std::collections::BTreeMap;
use std::fs::{File, TryLockError};
use std::io::{self, BufWriter, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// Writes the content of a file. It must be flushed before [`Outputs::commit`].
pub type Sink = BufWriter<StagedFile>;

/// A file that has no name of its own yet.
#[derive(Debug)]
pub struct StagedFile(File);

impl Write for StagedFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        operations::write(&mut self.0, bytes)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl Seek for StagedFile {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.0.seek(to)
    }
}

/// Bytes that are gathered before a write. Waveforms are written in small pieces.
const BUFFER: usize = 1 << 18;

/// All files of a command. They are staged beside their places, and get their names together in [`Outputs::commit`].
/// If this is dropped before, nothing is left of them, nor of the folders that were created for them.
#[derive(Default)]
pub struct Outputs {
    /// One in each folder with files.
    stagings: BTreeMap<PathBuf, Staging>,
    steps: Vec<(Phase, Step)>,
    /// What is written to devices and pipes: name for messages, where to, and the content.
    through: Vec<(PathBuf, Target, File)>,
    /// Everything that is written, so that no name is given twice.
    targets: Vec<PathBuf>,
    /// The records of folders of results.
    records: BTreeMap<PathBuf, Record>,
    created: Vec<PathBuf>,
    /// Folders that no other program may write at the same time, open and locked.
    locked: BTreeMap<PathBuf, File>,
}

impl Outputs {
    /// No files yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Starts the file with this path. A wrong path is an error here, before any work.
    ///
    /// A file of this name is replaced, and keeps its permissions. If the path is a symbolic link, the file that it
    /// leads to is written. What is written to a device or a pipe, it gets in [`Outputs::commit`].
    ///
    /// # Errors
    ///
    /// If the path is that of a folder, a socket or a block device, if it was given before, or if its folder cannot be
    /// written.
    pub fn file(&mut self, path: &Path) -> Result<Sink, FileError> {
        let sink = |file| BufWriter::with_capacity(BUFFER, StagedFile(file));
        let target = match Target::of(path)? {
            Target::File(target) => target,
            through => {
                let file = tempfile::tempfile().map_err(FileError::io(path))?;
                self.through.push((path.to_owned(), through, file.try_clone().map_err(FileError::io(path))?));
                return Ok(sink(file));
            }
        };
        let folder = match target.parent() {
            Some(parent) if parent != Path::new("") => parent.canonicalize(),
            _ => Path::new(".").canonicalize(),
        };
        let real = folder.map_err(FileError::io(path))?.join(target.file_name().unwrap_or_default());
        self.claim(&real, path)?;
        let (staged, file) = self.stage(&real, path)?;
        self.steps.push((Phase::Files, Step::Rename(staged, target)));
        Ok(sink(file))
    }

    /// Takes a name for one file. `shown` is the name in messages.
    pub(crate) fn claim(&mut self, target: &Path, shown: &Path) -> Result<(), FileError> {
        if self.targets.iter().any(|other| other == target) {
            return Err(FileError::Twice(shown.to_owned()));
        }
        self.targets.push(target.to_owned());
        Ok(())
    }

    /// The record of a folder to which results were added before.
    pub(crate) fn record(&self, real: &Path) -> Option<Record> {
        self.records.get(real).cloned()
    }

    /// Keeps the record of a folder of results.
    pub(crate) fn put_record(&mut self, real: &Path, record: Record) {
        self.records.insert(real.to_owned(), record);
    }

    /// A staged file for this target, with its permissions if it exists. `shown` is its name in messages.
    pub(crate) fn stage(&mut self, target: &Path, shown: &Path) -> Result<(PathBuf, File), FileError> {
        let folder = target.ancestors().skip(1).find(|folder| folder.is_dir()).unwrap_or(Path::new("."));
        let staging = match self.stagings.entry(folder.to_owned()) {
            std::collections::btree_map::Entry::Occupied(entry) => entry.into_mut(),
            std::collections::btree_map::Entry::Vacant(entry) => {
                entry.insert(Staging::create(folder).map_err(FileError::io(shown))?)
            }
        };
        let (staged, file) = staging.file().map_err(FileError::io(shown))?;
        if let Ok(old) = target.symlink_metadata()
            && old.is_file()
        {
            operations::set_permissions(&staged, old.permissions()).map_err(FileError::io(shown))?;
        }
        Ok((staged, file))
    }

    /// Stages a file with this content.
    pub(crate) fn stage_content(&mut self, target: &Path, shown: &Path, content: &[u8]) -> Result<PathBuf, FileError> {
        let (staged, mut file) = self.stage(target, shown)?;
        operations::write(&mut file, content).map_err(FileError::io(shown))?;
        Ok(staged)
    }

    /// Adds a step.
    pub(crate) fn plan(&mut self, phase: Phase, step: Step) {
        self.steps.push((phase, step));
    }

    /// Creates a folder for files. If nothing comes into it, it is removed again.
    pub fn folder(&mut self, folder: &Path) -> Result<(), FileError> {
        self.created.extend(folders::make_folder(folder)?);
        Ok(())
    }

    /// Keeps other programs of svdforge from writing the files of this folder, which is given by its real path and by
    /// its name in messages, until this is dropped. On a system without locks for folders it does nothing.
    pub(crate) fn lock(&mut self, real: &Path, shown: &Path) -> Result<(), FileError> {
        if self.locked.contains_key(real) {
            return Ok(());
        }
        let Ok(opened) = File::open(real) else { return Ok(()) };
        match opened.try_lock() {
            Err(TryLockError::WouldBlock) => return Err(FileError::Busy(shown.to_owned())),
            Err(TryLockError::Error(_)) => {}
            Ok(()) => drop(self.locked.insert(real.to_owned(), opened)),
        }
        Ok(())
    }

    /// Adds a complete file in a folder that exists.
    pub fn content(&mut self, path: &Path, content: &[u8]) -> Result<(), FileError> {
        let mut sink = self.file(path)?;
        sink.write_all(content).and_then(|()| sink.flush()).map_err(FileError::io(path))
    }

    /// Gives all files their names. Devices and pipes come first.
    ///
    /// # Errors
    ///
    /// If one of them cannot be written. New files are removed again then. If files were replaced before the error, it
    /// lists them.
    pub fn commit(mut self) -> Result<(), FileError> {
        for (real, record) in std::mem::take(&mut self.records) {
            let target = real.join(RECORD);
            for (phase, sums) in [(Phase::Records, &record.both), (Phase::Last, &record.after)] {
                let staged = self.stage_content(&target, &record.shown.join(RECORD), record::text(sums).as_bytes())?;
                self.plan(phase, Step::Record(staged, target.clone()));
            }
        }
        for (path, target, content) in &mut self.through {
            pass_on(target, content).map_err(FileError::io(path))?;
        }
        commit::run(std::mem::take(&mut self.steps))
    }
}

impl Drop for Outputs {
    fn drop(&mut self) {
        self.stagings.clear();
        folders::remove_empty(&self.created);
    }
}

/// Writes content to a device or a pipe.
fn pass_on(target: &Target, content: &mut File) -> io::Result<()> {
    write_all(target, content).map_err(|error| match (target, error.kind()) {
        // Only for standard output this is the end that a user wanted, as in `svdforge ... | head`.
        (Target::Through(_), ErrorKind::BrokenPipe) => io::Error::other("its reader has gone away"),
        _ => error,
    })
}

fn write_all(target: &Target, content: &mut File) -> io::Result<()> {
    let mut device = match target {
        Target::File(path) | Target::Through(path) => operations::open_to_write(path)?,
        Target::Open(number) => open(*number)?,
    };
    content.seek(SeekFrom::Start(0))?;
    let mut part = vec![0; 1 << 16];
    loop {
        match content.read(&mut part)? {
            0 => return Ok(()),
            count => operations::write(&mut device, &part[..count])?,
        }
    }
}
