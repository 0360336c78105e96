//! Folders of results: files with fixed names, which a later run replaces.

use crate::commit::{Phase, Step};
use crate::error::FileError;
use crate::folders;
use crate::outputs::Outputs;
use crate::record::{self, Record, Sums};
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use svdforge_hdl::export::origin::sha256;

/// Whether results with these names may be written into a folder, which need not exist. A command asks this before its
/// work.
///
/// # Errors
///
/// If there is no folder but something else, or if one of the names is taken by something that svdforge did not write,
/// or that was changed since.
pub fn check_results(folder: &Path, names: &[&str]) -> Result<(), FileError> {
    if !folders::exists(folder)? {
        return Ok(());
    }
    let sums = record::read(folder, folder)?.unwrap_or_default();
    refuse(folder, &sums, &names.iter().map(|name| (*name, None)).collect::<Vec<_>>())
}

/// Refuses to replace what svdforge did not write. A file that has the new content already is no obstacle.
fn refuse(folder: &Path, sums: &Sums, files: &[(&str, Option<&[u8]>)]) -> Result<(), FileError> {
    let mut occupied: Vec<PathBuf> = Vec::new();
    for (name, content) in files {
        let path = folder.join(name);
        let found = match path.symlink_metadata() {
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            Err(source) => return Err(FileError::Io { path, source }),
            Ok(found) => found,
        };
        let may = found.is_file() && {
            let text = fs::read(&path).map_err(FileError::io(&path))?;
            content.is_some_and(|new| new == text) || sums.get(*name).is_some_and(|sums| sums.contains(&sha256(&text)))
        };
        if !may {
            occupied.push(path);
        }
    }
    if occupied.is_empty() { Ok(()) } else { Err(FileError::Occupied(occupied)) }
}

impl Outputs {
    /// Adds results, given as (name, content), in a folder, which is created if it does not exist. Those of an earlier
    /// run are replaced; those with the names `obsolete` are removed. A record in the folder tells them from files of
    /// the user's.
    ///
    /// # Errors
    ///
    /// As for [`check_results`], and if the folder cannot be written.
    pub fn results(
        &mut self,
        folder: &Path,
        files: &[(&str, impl AsRef<[u8]>)],
        obsolete: &[&str],
    ) -> Result<(), FileError> {
        self.folder(folder)?;
        let real = folder.canonicalize().map_err(FileError::io(folder))?;
        self.lock(&real, folder)?;
        // Several kinds of results may come into the same folder.
        let mut record = match self.record(&real) {
            Some(record) => record,
            None => Record::new(folder, record::read(&real, folder)?.unwrap_or_default()),
        };
        let mut names: Vec<(&str, Option<&[u8]>)> =
            files.iter().map(|(name, content)| (*name, Some(content.as_ref()))).collect();
        names.extend(obsolete.iter().map(|name| (*name, None)));
        refuse(folder, &record.before, &names)?;

        obsolete.iter().for_each(|name| drop(record.after.remove(*name)));
        for (name, content) in files {
            let sum = sha256(content.as_ref());
            record.both.entry((*name).to_owned()).or_default().insert(sum.clone());
            record.after.insert((*name).to_owned(), [sum].into());
            let (target, shown) = (real.join(name), folder.join(name));
            self.claim(&target, &shown)?;
            let staged = self.stage_content(&target, &shown, content.as_ref())?;
            self.plan(Phase::Files, Step::Rename(staged, target));
        }
        self.put_record(&real, record);
        for name in obsolete.iter().filter(|name| folder.join(name).exists()) {
            self.plan(Phase::Removal, Step::Remove(real.join(name)));
        }
        Ok(())
    }
}
