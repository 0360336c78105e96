//! Writes the folder of an exported core.

use crate::commit::{Phase, Step};
use crate::error::FileError;
use crate::outputs::Outputs;
use crate::record::{self, RECORD, Sums};
use crate::{folders, staging};
use std::collections::BTreeSet;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use svdforge_hdl::export::File;
use svdforge_hdl::export::manifest::MANIFEST;
use svdforge_hdl::export::origin::{SEAL, says_generated, sealed, sha256};

/// Writes the files of an export into a folder, which is created if necessary, and so are the subfolders that names of
/// files ask for. The manifest comes last. What svdforge wrote there earlier is replaced or removed; everything else
/// stays. Any other folder that is not empty is refused unless `force` is given: then its files are kept, and those of
/// the export come beside them.
///
/// The result tells whether an earlier run was interrupted in the middle of this, and is completed now.
///
/// # Errors
///
/// If something that svdforge did not write, or that was changed since, has the name of a file of the new export or of
/// the earlier one, whether or not `force` is given; if the folder cannot be written. Nothing is changed then.
pub fn write_export(folder: &Path, files: &[File], force: bool) -> Result<bool, FileError> {
    let (outputs, interrupted) = stage_export(folder, files, force)?;
    outputs.commit()?;
    Ok(interrupted)
}

/// Does all of [`write_export`] but its last part: the files are staged, and have not got their names.
pub(crate) fn stage_export(folder: &Path, files: &[File], force: bool) -> Result<(Outputs, bool), FileError> {
    let mut outputs = Outputs::new();
    if !folders::exists(folder)? {
        outputs.folder(folder)?;
    }
    let real = folder.canonicalize().map_err(FileError::io(folder))?;
    // From what was there on, nobody else may change it.
    outputs.lock(&real, folder)?;
    staging::remove_abandoned(&real);
    let found = Found::read(&real, folder, force)?;
    let place = Place { real: &real, shown: folder };
    let obsolete = found.obsolete(place, files)?;
    outputs.export(place, files, &found.sums, &obsolete)?;
    Ok((outputs, found.interrupted))
}

/// Where a folder is, and its name in messages.
#[derive(Clone, Copy)]
struct Place<'a> {
    real: &'a Path,
    shown: &'a Path,
}

/// What svdforge wrote into a folder earlier.
#[derive(Default)]
struct Found {
    sums: Sums,
    interrupted: bool,
    /// The manifest is of a version that did not record sums.
    without_sums: bool,
}

impl Found {
    fn read(real: &Path, shown: &Path, force: bool) -> Result<Self, FileError> {
        let record = record::read(real, shown)?;
        let text = real.join(MANIFEST).symlink_metadata().is_ok_and(|found| found.is_file());
        let text = text.then(|| fs::read_to_string(real.join(MANIFEST)).ok()).flatten();
        let manifest = text.as_deref().and_then(|text| serde_json::from_str(text).ok()).filter(record::is_ours);
        let is_empty = fs::read_dir(real).map_err(FileError::io(shown))?.next().is_none();
        if record.is_none() && manifest.is_none() && !is_empty && !force {
            return Err(FileError::NotOurs(shown.to_owned()));
        }
        let mut found = Self { interrupted: record.is_some(), ..Self::default() };
        found.sums = record.unwrap_or_default();
        if let (Some(text), Some(manifest)) = (&text, manifest) {
            if sealed(text).is_some() {
                for (name, sums) in record::sums(&manifest) {
                    found.sums.entry(name).or_default().extend(sums);
                }
                found.sums.entry(MANIFEST.to_owned()).or_default().insert(sha256(text.as_bytes()));
            } else if !found.interrupted {
                if manifest[SEAL].is_string() {
                    // Somebody has edited it, and with it the sums.
                    return Err(FileError::Occupied(vec![shown.join(MANIFEST)]));
                }
                found.without_sums = true;
            }
        }
        Ok(found)
    }

    /// The files of the earlier export that the new one does not have.
    fn obsolete(&self, place: Place<'_>, files: &[File]) -> Result<Vec<String>, FileError> {
        let mut occupied = BTreeSet::new();
        let new: BTreeSet<&str> = files.iter().map(|file| file.name.as_str()).collect();
        for file in files {
            match Entry::of(place, &file.name)? {
                Entry::Nothing => {}
                Entry::File(bytes) if bytes == file.text.as_bytes() || self.is_ours(&file.name, &bytes, &new) => {}
                Entry::File(_) => drop(occupied.insert(place.shown.join(&file.name))),
                Entry::Other(path) => drop(occupied.insert(path)),
            }
        }
        let mut obsolete = Vec::new();
        for name in self.sums.keys().filter(|name| !new.contains(name.as_str())) {
            match Entry::of(place, name)? {
                Entry::File(bytes) if self.is_ours(name, &bytes, &new) => obsolete.push(name.clone()),
                Entry::File(_) => drop(occupied.insert(place.shown.join(name))),
                // A folder or a link is nothing that an export has.
                Entry::Nothing | Entry::Other(_) => {}
            }
        }
        if occupied.is_empty() {
            return Ok(obsolete);
        }
        let occupied = occupied.into_iter().collect();
        Err(match self.without_sums {
            true => FileError::NoSums(place.shown.to_owned(), occupied),
            false => FileError::Occupied(occupied),
        })
    }

    /// Whether svdforge wrote these bytes to this file. A manifest may come from anybody, and may list what a user has,
    /// with its sum. So the content must also be such as svdforge writes.
    fn is_ours(&self, name: &str, bytes: &[u8], new: &BTreeSet<&str>) -> bool {
        let Ok(text) = std::str::from_utf8(bytes) else { return false };
        let is_recorded = self.sums.get(name).is_some_and(|sums| sums.contains(&sha256(bytes)));
        is_recorded
            && match name {
                MANIFEST => sealed(text).is_some_and(|document| record::is_ours(&document)),
                // A list of Verilog files has no comment.
                _ if name.ends_with(".f") => text
                    .lines()
                    .all(|line| line.ends_with(".v") && (self.sums.contains_key(line) || new.contains(line))),
                _ => says_generated(text),
            }
    }
}

/// What is in the place of a file of an export.
enum Entry {
    Nothing,
    File(Vec<u8>),
    /// Something else, at this path: the place itself, or something that is no folder above it.
    Other(PathBuf),
}

impl Entry {
    fn of(place: Place<'_>, name: &str) -> Result<Self, FileError> {
        let parts: Vec<&str> = name.split('/').collect();
        let (mut path, mut shown) = (place.real.to_owned(), place.shown.to_owned());
        for (index, part) in parts.iter().enumerate() {
            path.push(part);
            shown.push(part);
            let kind = match path.symlink_metadata() {
                Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Self::Nothing),
                Err(source) => return Err(FileError::Io { path: shown, source }),
                Ok(found) => found.file_type(),
            };
            let is_last = index + 1 == parts.len();
            if is_last && kind.is_file() {
                return Ok(Self::File(fs::read(&path).map_err(FileError::io(&shown))?));
            }
            // A symbolic link is no folder here: what it points to is never touched.
            if is_last || !kind.is_dir() {
                return Ok(Self::Other(shown));
            }
        }
        Ok(Self::Nothing)
    }
}

impl Outputs {
    /// Adds an export. `known` are the sums of what svdforge wrote earlier.
    fn export(&mut self, place: Place<'_>, files: &[File], known: &Sums, obsolete: &[String]) -> Result<(), FileError> {
        let mut both = known.clone();
        for file in files {
            both.entry(file.name.clone()).or_default().insert(sha256(file.text.as_bytes()));
            let (target, shown) = (place.real.join(&file.name), place.shown.join(&file.name));
            let staged = self.stage_content(&target, &shown, file.text.as_bytes())?;
            let phase = if file.name == MANIFEST { Phase::Last } else { Phase::Files };
            self.plan(phase, Step::Rename(staged, target));
        }
        let record = place.real.join(RECORD);
        let staged = self.stage_content(&record, &place.shown.join(RECORD), record::text(&both).as_bytes())?;
        self.plan(Phase::Records, Step::Record(staged, record.clone()));

        let names = || files.iter().map(|file| file.name.as_str());
        let new_folders = parents(names());
        for folder in new_folders.iter().filter(|folder| !place.real.join(folder).exists()) {
            self.plan(Phase::Folders, Step::Folder(place.real.join(folder)));
        }
        for name in obsolete {
            self.plan(Phase::Removal, Step::Remove(place.real.join(name)));
        }
        let earlier = parents(known.keys().map(String::as_str));
        for folder in earlier.iter().rev().filter(|folder| !new_folders.contains(*folder)) {
            // A link is no folder of an export.
            let path = place.real.join(folder);
            if path.symlink_metadata().is_ok_and(|found| found.is_dir()) {
                self.plan(Phase::Removal, Step::RemoveEmpty(path));
            }
        }
        self.plan(Phase::Last, Step::Remove(record));
        Ok(())
    }
}

/// All folders in which these files are, outer ones first.
fn parents<'a>(names: impl Iterator<Item = &'a str>) -> BTreeSet<PathBuf> {
    let above = names.flat_map(|name| Path::new(name).ancestors().skip(1));
    above.filter(|folder| !folder.as_os_str().is_empty()).map(Path::to_owned).collect()
}
