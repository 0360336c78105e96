//! Writes files and folders so that nothing is ever left half written: everything is first written beside its place and
//! then renamed into it.

mod earlier;
mod error;

pub use error::FolderError;

use earlier::others;
use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use svdforge_hdl::export::File;

/// Folders and files that are being written, for [`remove_staged`].
static STAGED: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

/// Removes everything that is still being written. A program calls this when it is interrupted.
pub fn remove_staged() {
    if let Ok(staged) = STAGED.lock() {
        for path in staged.iter() {
            let _ = fs::remove_dir_all(path).or_else(|_| fs::remove_file(path));
        }
    }
}

/// A temporary path beside the final one. It is registered as long as this value exists, and removed when it is
/// dropped.
struct Staged(PathBuf);

impl Staged {
    fn beside(target: &Path, tag: &str) -> Self {
        let name = target.file_name().unwrap_or_default().to_string_lossy();
        let path = target.with_file_name(format!(".{name}.{tag}-{}", std::process::id()));
        if let Ok(mut staged) = STAGED.lock() {
            staged.insert(path.clone());
        }
        Self(path)
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0).or_else(|_| fs::remove_file(&self.0));
        if let Ok(mut staged) = STAGED.lock() {
            staged.remove(&self.0);
        }
    }
}

/// A file that is being written beside its place. If it is dropped without [`StagedFile::commit`], it leaves nothing
/// behind.
pub struct StagedFile {
    staged: Staged,
    target: PathBuf,
}

impl StagedFile {
    /// Starts a file that is to become `target`, and returns the writer for its contents.
    pub fn create(target: &Path) -> Result<(Self, io::BufWriter<fs::File>), FolderError> {
        let staged = Staged::beside(target, "new");
        let file = fs::File::create(&staged.0).map_err(|source| FolderError::Io { path: target.to_owned(), source })?;
        Ok((Self { staged, target: target.to_owned() }, io::BufWriter::new(file)))
    }

    /// Renames the finished file to its final name. The writer must have been flushed.
    pub fn commit(self) -> Result<(), FolderError> {
        fs::rename(&self.staged.0, &self.target).map_err(|source| FolderError::Io { path: self.target.clone(), source })
    }
}

/// Writes files, given as (name, content), into a folder that exists. All files are first written beside their
/// places and only then renamed. If a folder has the name of one of them, none is written.
pub fn write_files(folder: &Path, files: &[(&str, impl AsRef<[u8]>)]) -> Result<(), FolderError> {
    if let Some(path) = files.iter().map(|(name, _)| folder.join(name)).find(|path| path.is_dir()) {
        return Err(FolderError::Io { path, source: io::ErrorKind::IsADirectory.into() });
    }
    let mut staged = Vec::new();
    for (name, content) in files {
        let path = folder.join(name);
        let (file, mut sink) = StagedFile::create(&path)?;
        let written = sink.write_all(content.as_ref()).and_then(|()| sink.flush());
        written.map_err(|source| FolderError::Io { path, source })?;
        staged.push(file);
    }
    staged.into_iter().try_for_each(StagedFile::commit)
}

/// Writes the files of an export into a folder, which is created if necessary, and so are the subfolders that names of
/// files ask for. An earlier export in the folder is replaced as a whole, and files that do not belong to it stay, in
/// subfolders, too. Any other folder that is not empty is refused unless `force` is given.
pub fn write_folder(folder: &Path, files: &[File], force: bool) -> Result<(), FolderError> {
    let target = absolute(folder)?;
    let error = |source| FolderError::Io { path: folder.to_owned(), source };
    let others = match target.metadata() {
        Err(e) if e.kind() == io::ErrorKind::NotFound => None,
        Err(e) => return Err(error(e)),
        Ok(found) if !found.is_dir() => return Err(FolderError::IsFile(folder.to_owned())),
        Ok(_) => Some(others(folder, &target, files, force)?),
    };
    if let Some(parent) = target.parent() {
        fs::create_dir_all(parent).map_err(error)?;
    }
    let new = Staged::beside(&target, "new");
    fs::create_dir(&new.0).map_err(error)?;
    for file in files {
        let path = new.0.join(&file.name);
        path.parent().map_or(Ok(()), fs::create_dir_all).map_err(error)?;
        fs::write(path, &file.text).map_err(error)?;
    }
    let Some(others) = others else { return fs::rename(&new.0, &target).map_err(error) };
    // The folders of others are made before anything is moved, so that what follows only renames.
    for parent in others.iter().filter_map(|other| other.parent()) {
        fs::create_dir_all(new.0.join(parent)).map_err(error)?;
    }
    // The old folder is moved aside. It is moved back if the new folder cannot be put in its place.
    let old = target.with_file_name(format!(
        ".{}.old-{}",
        target.file_name().unwrap_or_default().to_string_lossy(),
        std::process::id()
    ));
    // While this lock is held, an interrupted program waits before it removes anything.
    let _swapping = STAGED.lock();
    fs::rename(&target, &old).map_err(error)?;
    if let Err(e) = fs::rename(&new.0, &target) {
        let _ = fs::rename(&old, &target);
        return Err(error(e));
    }
    for other in others {
        fs::rename(old.join(&other), target.join(&other)).map_err(error)?;
    }
    fs::remove_dir_all(&old).map_err(error)
}

fn absolute(folder: &Path) -> Result<PathBuf, FolderError> {
    let error = |source| FolderError::Io { path: folder.to_owned(), source };
    // An existing path is resolved to the real folder, so that a symbolic link stays a link.
    match folder.canonicalize() {
        Ok(real) => Ok(real),
        Err(_) => {
            let path = std::path::absolute(folder).map_err(error)?;
            // A path that ends in `..` has no file name of its own.
            match path.file_name() {
                Some(_) => Ok(path),
                None => Err(error(io::Error::new(
                    io::ErrorKind::InvalidInput,
                    "the path does not end in the name of a folder",
                ))),
            }
        }
    }
}

#[cfg(test)]
mod tests;
