//! The record of a folder: which files svdforge wrote there, and their sums.
//!
//! A folder of results keeps its record. In the folder of an export `core.json` has the sums, and there is a record
//! only while the export is written.

use crate::error::FileError;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};
use svdforge_hdl::export::origin::{seal, sealed};

/// Its name.
pub(crate) const RECORD: &str = ".svdforge-files.json";
const GENERATOR: &str = "svdforge";
/// No record is longer, in bytes.
const LONGEST: u64 = 1 << 24;

/// The names of files, which are paths in the folder, and the SHA-256 of what svdforge wrote to each. While files are
/// being replaced, a name has the sum of the old one and that of the new one.
pub(crate) type Sums = BTreeMap<String, BTreeSet<String>>;

/// What the record of a folder says before, while and after its files are replaced.
#[derive(Clone)]
pub(crate) struct Record {
    /// The name of the folder in messages.
    pub(crate) shown: PathBuf,
    pub(crate) before: Sums,
    pub(crate) both: Sums,
    pub(crate) after: Sums,
}

impl Record {
    /// Nothing is replaced yet.
    pub(crate) fn new(shown: &Path, before: Sums) -> Self {
        Self { shown: shown.to_owned(), both: before.clone(), after: before.clone(), before }
    }
}

/// The record in a folder, if there is one. Something else of this name is an error.
pub(crate) fn read(folder: &Path, shown: &Path) -> Result<Option<Sums>, FileError> {
    let (path, shown) = (folder.join(RECORD), shown.join(RECORD));
    match path.symlink_metadata() {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(FileError::Io { path: shown, source }),
        Ok(found) if !found.is_file() || found.len() > LONGEST => return Err(FileError::Occupied(vec![shown])),
        Ok(_) => {}
    }
    let text = fs::read(&path).map_err(FileError::io(&shown))?;
    let document = std::str::from_utf8(&text).ok().and_then(sealed);
    let document = document.filter(is_ours).ok_or_else(|| FileError::Occupied(vec![shown]))?;
    Ok(Some(sums(&document)))
}

/// Whether a document says that it is of svdforge.
pub(crate) fn is_ours(document: &serde_json::Value) -> bool {
    document["generator"] == GENERATOR
}

/// The sums in a document with a list `files`, that of a record or of a manifest. Files without a sum are left out, and
/// so are names that lead out of the folder.
pub(crate) fn sums(document: &serde_json::Value) -> Sums {
    let mut sums = Sums::new();
    for file in document["files"].as_array().into_iter().flatten() {
        let Some(name) = file["name"].as_str().filter(|name| is_inside(name)) else { continue };
        let of_file = file["sha256"].as_array().map_or(std::slice::from_ref(&file["sha256"]), Vec::as_slice);
        for sum in of_file.iter().filter_map(|sum| sum.as_str()) {
            sums.entry(name.to_owned()).or_default().insert(sum.to_owned());
        }
    }
    sums
}

fn is_inside(name: &str) -> bool {
    // `a//b` and `a/./b` have only normal components, too, and would be second names of the same file.
    !name.is_empty()
        && name.split('/').all(|part| !part.is_empty() && part != ".")
        && Path::new(name).components().all(|part| matches!(part, Component::Normal(_)))
}

/// The text of a record.
pub(crate) fn text(sums: &Sums) -> String {
    let files: Vec<_> = sums.iter().map(|(name, sums)| serde_json::json!({ "name": name, "sha256": sums })).collect();
    seal(serde_json::json!({
        "generator": GENERATOR, "files": files,
        "purpose": "files that svdforge wrote here, with their SHA-256: what was changed since is not overwritten",
    }))
}
