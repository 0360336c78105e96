//! What is in a folder that an export is written to: files of an earlier export, which are replaced, and what belongs
//! to others, which stays.

use super::error::FolderError;
use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};
use svdforge_hdl::export::File;
use svdforge_hdl::export::manifest::MANIFEST;

/// The paths in a folder that belong neither to the new export nor to the earlier one, relative to it. A folder in
/// which nothing is of an export is one path. Folders with nothing but files of the earlier export are not among them.
/// `folder` is the name of the folder in messages, and `target` is where it is.
///
/// # Errors
///
/// If the folder is not an earlier export of svdforge and `force` is not given, or if something of others is in the
/// place of a file or of a folder of the new export.
pub(super) fn others(folder: &Path, target: &Path, files: &[File], force: bool) -> Result<Vec<PathBuf>, FolderError> {
    let earlier = earlier_files(target);
    let error = |source| FolderError::Io { path: folder.to_owned(), source };
    if earlier.is_none() && !force && fs::read_dir(target).map_err(error)?.next().is_some() {
        return Err(FolderError::NotOurs(folder.to_owned()));
    }
    let new: BTreeSet<PathBuf> = files.iter().map(|file| PathBuf::from(&file.name)).collect();
    let scan = Scan { folder, target, force, folders: parents(&new), new, earlier: earlier.unwrap_or_default() };
    let mut others = Vec::new();
    scan.folder(Path::new(""), &mut others)?;
    Ok(others)
}

/// A walk through the folder.
struct Scan<'a> {
    folder: &'a Path,
    target: &'a Path,
    force: bool,
    /// Files of the new export.
    new: BTreeSet<PathBuf>,
    /// Folders of the new export.
    folders: BTreeSet<PathBuf>,
    /// Files of the earlier export.
    earlier: BTreeSet<PathBuf>,
}

impl Scan<'_> {
    /// Adds what is of others in this subfolder.
    fn folder(&self, path: &Path, others: &mut Vec<PathBuf>) -> Result<(), FolderError> {
        let error = |source| FolderError::Io { path: self.folder.join(path), source };
        let mut entries =
            fs::read_dir(self.target.join(path)).map_err(error)?.collect::<io::Result<Vec<_>>>().map_err(error)?;
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in &entries {
            let own = path.join(entry.file_name());
            // A symbolic link is no folder here: what it points to is never touched.
            let is_folder = entry.file_type().map_err(error)?.is_dir();
            let of_earlier = self.earlier.iter().any(|file| file != &own && file.starts_with(&own));
            if is_folder && (self.folders.contains(&own) || of_earlier) {
                self.folder(&own, others)?;
            } else if !is_folder && self.earlier.contains(&own) {
                // It is replaced, or goes.
            } else if self.is_occupied(&own, is_folder) {
                return Err(FolderError::Occupied(self.folder.join(own)));
            } else if !self.new.contains(&own) {
                others.push(own);
            }
        }
        Ok(())
    }

    /// Whether something of others stands in the way of the new export. With `force` a file may be replaced by a file.
    fn is_occupied(&self, path: &Path, is_folder: bool) -> bool {
        let is_below_file = path.ancestors().skip(1).any(|above| self.new.contains(above));
        is_below_file || self.folders.contains(path) || (self.new.contains(path) && (is_folder || !self.force))
    }
}

/// All folders in which these files are.
fn parents(files: &BTreeSet<PathBuf>) -> BTreeSet<PathBuf> {
    let above = files.iter().flat_map(|file| file.ancestors().skip(1));
    above.filter(|folder| !folder.as_os_str().is_empty()).map(Path::to_owned).collect()
}

/// The files listed in the manifest of the earlier export in this folder, and the manifest, if there is one. A name
/// that leads out of the folder is none of an export, and is left out.
fn earlier_files(folder: &Path) -> Option<BTreeSet<PathBuf>> {
    let text = fs::read_to_string(folder.join(MANIFEST)).ok()?;
    let manifest: serde_json::Value = serde_json::from_str(&text).ok()?;
    (manifest["generator"] == "svdforge").then_some(())?;
    let files = manifest["files"].as_array()?.iter();
    // Exports of earlier versions list names alone.
    let names = files.filter_map(|file| file.as_str().or(file["name"].as_str()));
    let inside = |path: &PathBuf| path.components().all(|part| matches!(part, Component::Normal(_)));
    Some(names.map(PathBuf::from).filter(inside).chain([PathBuf::from(MANIFEST)]).collect())
}
