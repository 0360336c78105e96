//! Writes files and folders so that nothing is ever half there: everything is staged beside its place, then renamed into it.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use svdforge_hdl::export::File;

/// Why an export was not written; what was there before is as it was.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// The folder holds something else.
    #[error("{}: the folder is not empty, and not an earlier export of svdforge; choose another one, or keep its files and add to them with --force", .0.display())]
    NotOurs(PathBuf),
    /// The place is taken by a file.
    #[error("{}: is a file, where a folder is to be written; choose another name", .0.display())]
    IsFile(PathBuf),
    /// The system refused.
    #[error("{}: cannot be written: {source}; check that the folder exists, can be written to, and has room", path.display())]
    Io {
        /// What was being written.
        path: PathBuf,
        /// The system's word.
        source: io::Error,
    },
}

/// Folders and files under construction, for [`remove_staged`].
static STAGED: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

/// Removes whatever is under construction; for a program that is interrupted.
pub fn remove_staged() {
    if let Ok(staged) = STAGED.lock() {
        for path in staged.iter() {
            let _ = fs::remove_dir_all(path).or_else(|_| fs::remove_file(path));
        }
    }
}

/// A temporary place beside the final one, registered while it exists.
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

/// A file under construction beside its place; dropped without [`StagedFile::commit`], it leaves nothing behind.
pub struct StagedFile {
    staged: Staged,
    target: PathBuf,
}

impl StagedFile {
    /// Begins a file, and gives the place to write its contents to.
    pub fn create(target: &Path) -> Result<(Self, io::BufWriter<fs::File>), FolderError> {
        let staged = Staged::beside(target, "new");
        let file = fs::File::create(&staged.0).map_err(|source| FolderError::Io { path: target.to_owned(), source })?;
        Ok((Self { staged, target: target.to_owned() }, io::BufWriter::new(file)))
    }

    /// Puts the finished file in its place.
    pub fn commit(self) -> Result<(), FolderError> {
        fs::rename(&self.staged.0, &self.target).map_err(|source| FolderError::Io { path: self.target.clone(), source })
    }
}

/// Writes text files into a folder that exists. Each is written beside its place first, and all are put in their places in the end; none, if a folder is in the
/// place of one.
pub fn write_files(folder: &Path, files: &[(&str, &str)]) -> Result<(), FolderError> {
    if let Some(path) = files.iter().map(|(name, _)| folder.join(name)).find(|path| path.is_dir()) {
        return Err(FolderError::Io { path, source: io::ErrorKind::IsADirectory.into() });
    }
    let mut staged = Vec::new();
    for (name, content) in files {
        let path = folder.join(name);
        let (file, mut sink) = StagedFile::create(&path)?;
        let written = sink.write_all(content.as_bytes()).and_then(|()| sink.flush());
        written.map_err(|source| FolderError::Io { path, source })?;
        staged.push(file);
    }
    staged.into_iter().try_for_each(StagedFile::commit)
}

/// Writes an export. An earlier export in its place is replaced as a whole; files that are not svdforge's stay. Any other
/// folder that is not empty is refused without `force`.
pub fn write_folder(folder: &Path, files: &[File], force: bool) -> Result<(), FolderError> {
    let target = absolute(folder)?;
    let error = |source| FolderError::Io { path: folder.to_owned(), source };
    let strangers = match target.metadata() {
        Err(e) if e.kind() == io::ErrorKind::NotFound => None,
        Err(e) => return Err(error(e)),
        Ok(found) if !found.is_dir() => return Err(FolderError::IsFile(folder.to_owned())),
        Ok(_) => Some(
            strangers(&target, files, force).map_err(error)?.ok_or_else(|| FolderError::NotOurs(folder.to_owned()))?,
        ),
    };
    if let Some(parent) = target.parent() {
        fs::create_dir_all(parent).map_err(error)?;
    }
    let new = Staged::beside(&target, "new");
    fs::create_dir(&new.0).map_err(error)?;
    for file in files {
        fs::write(new.0.join(&file.name), &file.text).map_err(error)?;
    }
    let Some(strangers) = strangers else { return fs::rename(&new.0, &target).map_err(error) };
    // The old folder steps aside; should the new one not get its place, it steps back.
    let old = target.with_file_name(format!(
        ".{}.old-{}",
        target.file_name().unwrap_or_default().to_string_lossy(),
        std::process::id()
    ));
    // An interruption waits until this is over.
    let _swapping = STAGED.lock();
    fs::rename(&target, &old).map_err(error)?;
    if let Err(e) = fs::rename(&new.0, &target) {
        let _ = fs::rename(&old, &target);
        return Err(error(e));
    }
    for stranger in strangers {
        fs::rename(old.join(&stranger), target.join(&stranger)).map_err(error)?;
    }
    fs::remove_dir_all(&old).map_err(error)
}

/// Names in a folder that are neither in the new export nor of the earlier one; `None` when the folder is not ours to replace.
fn strangers(folder: &Path, files: &[File], force: bool) -> io::Result<Option<Vec<std::ffi::OsString>>> {
    let ours = earlier_files(folder);
    let new: BTreeSet<&str> = files.iter().map(|f| f.name.as_str()).collect();
    let mut strangers = Vec::new();
    let mut empty = true;
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name();
        empty = false;
        let text = name.to_string_lossy();
        let listed = ours.as_ref().is_some_and(|ours| ours.contains(text.as_ref()));
        if !listed && !new.contains(text.as_ref()) {
            strangers.push(name);
        }
    }
    Ok((empty || ours.is_some() || force).then_some(strangers))
}

/// The files that the earlier export in a folder lists, if there is one.
fn earlier_files(folder: &Path) -> Option<BTreeSet<String>> {
    let text = fs::read_to_string(folder.join("core.json")).ok()?;
    let manifest: serde_json::Value = serde_json::from_str(&text).ok()?;
    (manifest["generator"] == "svdforge").then_some(())?;
    let files = manifest["files"].as_array()?.iter().filter_map(|f| f.as_str().map(str::to_owned));
    Some(files.collect())
}

fn absolute(folder: &Path) -> Result<PathBuf, FolderError> {
    let error = |source| FolderError::Io { path: folder.to_owned(), source };
    // An existing folder is followed to where it really is, so that a link stays a link.
    match folder.canonicalize() {
        Ok(real) => Ok(real),
        Err(_) => {
            let path = std::path::absolute(folder).map_err(error)?;
            // `..` and trailing dots would hide the name.
            match path.file_name() {
                Some(_) => Ok(path),
                None => Err(error(io::Error::new(io::ErrorKind::InvalidInput, "the path names no folder"))),
            }
        }
    }
}
