//! The folder of an earlier export, with a manifest that was damaged, or that somebody made up, and with files of a
//! user's.
//!
//! An input is a line with a letter for each thing that stands in the way, followed by the text of a manifest.

use super::mutate::{Form, Random, below, chance, mutate, one};
use super::readers::Place;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use svdforge_files::write_export;
use svdforge_hdl::export::File;
use svdforge_hdl::export::origin::{generated_by, seal, sha256};

const MANIFEST: &str = "core.json";
/// The record of what is in a folder of results, or of an export that was interrupted.
pub const RECORD: &str = ".svdforge-files.json";
/// The files of the earlier export and of the new one, beside the manifest.
const EARLIER: [&str; 4] = ["svd.v", "svd.f", "sub/one.v", "gone/one.py"];
const NEW: [&str; 3] = ["svd.v", "svd.f", "sub/two.v"];
/// Files of the user's that are always there. A manifest may list them with their right sums, but not one of them is
/// to be written.
const MINE: [&str; 5] = ["thesis.tex", "mine.v", "mine.f", "sub/kept by hand", "folder/a.v"];
/// Names that lead out of the folder, or to a folder, or through a link.
const ASTRAY: [&str; 9] = ["../outside.v", ".", "..", "", "./mine.v", "sub", "folder//a.v", "link/outside.v", "/tmp/x"];
/// What may stand in the way: a letter, the name that it takes, and whether a new export has to be refused.
const OBSTACLES: [(char, &str); 6] = [
    ('e', "svd.v: edited"),
    ('n', "sub/two.v: of the user's"),
    ('d', "sub/two.v: a folder"),
    ('l', "sub/two.v: a link"),
    ('f', "--force"),
    ('r', "the text is that of a record"),
];

/// What svdforge writes to a file of this export.
fn generated(name: &str, export: &str) -> String {
    match name {
        "svd.f" => "svd.v\n".to_owned(),
        _ => format!("{export} {name} // {}\n", generated_by("9.9.9")),
    }
}

/// What a user has in a file. A file outside of the folder looks like a generated one.
fn of_user(name: &str) -> String {
    match name {
        _ if name.ends_with("outside.v") => generated(name, "outside"),
        "mine.f" => "mine.v\n+incdir+rtl\n".to_owned(),
        _ => format!("{name} is mine\n"),
    }
}

/// A manifest that lists these files.
fn listing(files: impl Iterator<Item = (String, String)>) -> Value {
    let files: Vec<Value> =
        files.map(|(name, text)| json!({ "name": name, "role": "rtl", "sha256": sha256(text.as_bytes()) })).collect();
    json!({ "generator": "svdforge", "name": "svd", "version": 3, "files": files })
}

/// The manifest of an export of these files.
fn manifest(names: &[&str], export: &str) -> Value {
    listing(names.iter().map(|name| ((*name).to_owned(), generated(name, export))))
}

/// The text of the manifest of the earlier export.
pub fn undamaged() -> Vec<u8> {
    seal(manifest(&EARLIER, "old")).into_bytes()
}

/// Some obstacles, and a manifest as in [`text`].
pub fn input(random: &mut Random) -> Vec<u8> {
    // Half of the time nothing stands in the way: otherwise nearly all would be refused.
    let obstacles = OBSTACLES.iter().filter(|(letter, _)| chance(random, if "fr".contains(*letter) { 4 } else { 8 }));
    let mut input: Vec<u8> = obstacles.map(|&(letter, _)| letter as u8).collect();
    input.push(b'\n');
    input.extend(text(random));
    input
}

/// A manifest: as svdforge wrote it; damaged; or made up, with a right sum of itself.
pub fn text(random: &mut Random) -> Vec<u8> {
    if chance(random, 5) {
        return undamaged();
    }
    let mut document = manifest(&EARLIER, "old");
    if chance(random, 3) {
        let mut bytes = undamaged();
        let seeds = [bytes.clone(), seal(manifest(&NEW, "new")).into_bytes(), document.to_string().into_bytes()];
        for _ in 0..=below(random, 3) {
            mutate(&mut bytes, &seeds, Form::Json, random);
        }
        return bytes;
    }
    // Made up: it lists files of the user's with their right sums, and names that lead astray.
    for _ in 0..below(random, 3) {
        let names: &[&str] = if chance(random, 4) { &MINE } else { &ASTRAY };
        let name = one(random, names).to_string();
        let text = of_user(&name);
        let entry = listing([(name, text)].into_iter())["files"][0].clone();
        document["files"].as_array_mut().expect("a list").push(entry);
    }
    if chance(random, 3) {
        let edited = "svd.v".to_owned();
        document["files"][0] = listing([(edited.clone(), of_user(&edited))].into_iter())["files"][0].clone();
    }
    if chance(random, 2) {
        let mut bytes = document.to_string().into_bytes();
        let seeds = [bytes.clone()];
        mutate(&mut bytes, &seeds, Form::Json, random);
        match serde_json::from_slice(&bytes) {
            Ok(changed @ Value::Object(_)) => document = changed,
            _ => return bytes,
        }
    }
    seal(document).into_bytes()
}

/// Everything below a folder: what a file holds, where a link leads, or that it is a folder.
fn snapshot(folder: &Path) -> BTreeMap<PathBuf, String> {
    fn below(root: &Path, folder: &Path, found: &mut BTreeMap<PathBuf, String>) {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            let name = path.strip_prefix(root).expect("it is below").to_owned();
            let kind = path.symlink_metadata().expect("it exists");
            let content = match () {
                () if kind.is_symlink() => format!("link to {}", fs::read_link(&path).expect("a link").display()),
                () if kind.is_dir() => "folder".to_owned(),
                () => format!("file: {}", String::from_utf8_lossy(&fs::read(&path).expect("a file"))),
            };
            found.insert(name, content);
            if kind.is_dir() {
                below(root, &path, found);
            }
        }
    }
    let mut found = BTreeMap::new();
    below(folder, folder, &mut found);
    found
}

fn put(path: &Path, content: &[u8]) -> Result<(), String> {
    fs::create_dir_all(path.parent().expect("it is in a folder")).and_then(|()| fs::write(path, content)).map_err(said)
}

fn said(error: impl std::fmt::Display) -> String {
    error.to_string()
}

fn export(folder: &Path, names: &[&str], export: &str, force: bool) -> Result<bool, String> {
    let file = |name: &str, text: String| File { name: name.to_owned(), text };
    let mut files: Vec<File> = names.iter().map(|name| file(name, generated(name, export))).collect();
    files.push(file(MANIFEST, seal(manifest(names, export))));
    write_export(folder, &files, force).map_err(said)
}

/// Writes an export, gives it the manifest of the input, puts files of the user's beside it, and writes another export
/// in its place.
pub fn replace(bytes: &[u8], place: &Place) -> Result<(), String> {
    let split = bytes.iter().position(|&byte| byte == b'\n').unwrap_or(0);
    let (obstacles, text) = bytes.split_at(split);
    let (there, text) = (|letter: char| obstacles.contains(&(letter as u8)), &text[text.len().min(1)..]);
    let folder = place.scratch.join("export");
    let _ = fs::remove_dir_all(&place.scratch);
    fs::create_dir_all(&place.scratch).map_err(said)?;
    export(&folder, &EARLIER, "old", false).expect("a new folder takes an export");

    put(&folder.join(if there('r') { RECORD } else { MANIFEST }), text)?;
    let outside = place.scratch.join("outside.v");
    put(&outside, of_user("outside.v").as_bytes())?;
    put(&place.scratch.join("elsewhere/outside.v"), of_user("outside.v").as_bytes())?;
    symlink("../elsewhere", folder.join("link")).map_err(said)?;
    for name in MINE {
        put(&folder.join(name), of_user(name).as_bytes())?;
    }
    if there('e') {
        put(&folder.join("svd.v"), of_user("svd.v").as_bytes())?;
    }
    let two = folder.join("sub/two.v");
    if there('n') {
        put(&two, of_user("sub/two.v").as_bytes())?;
    } else if there('d') {
        put(&two.join("mine"), b"mine")?;
    } else if there('l') {
        symlink(&outside, &two).map_err(said)?;
    }
    let is_blocked = "endl".chars().any(there);

    let before = snapshot(&place.scratch);
    let result = export(&folder, &NEW, "new", there('f'));
    let after = snapshot(&place.scratch);
    if let Err(message) = result {
        assert!(before == after, "the export is refused, and something is changed: {message}");
        assert!(is_blocked || text != undamaged(), "nothing is wrong with the earlier export: {message}");
        return Err(message);
    }
    assert!(!is_blocked, "something of the user's is in the way, but the export is written");
    // Of what was there, only files of the earlier export may be gone or changed.
    let earlier = |path: &Path| {
        let name = path.strip_prefix("export").unwrap_or(path);
        [MANIFEST, RECORD, "gone"].into_iter().chain(EARLIER).any(|of_export| name == Path::new(of_export))
    };
    for (path, content) in &before {
        assert!(earlier(path) || after.get(path) == Some(content), "{} is lost or changed", path.display());
    }
    let new: BTreeMap<PathBuf, String> = NEW
        .iter()
        .map(|name| (name, generated(name, "new")))
        .chain([(&MANIFEST, seal(manifest(&NEW, "new")))])
        .map(|(name, text)| (Path::new("export").join(name), format!("file: {text}")))
        .collect();
    for (path, content) in &new {
        assert!(after.get(path) == Some(content), "{} is not the new one", path.display());
    }
    let strange = after.keys().find(|path| !new.contains_key(*path) && !before.contains_key(*path));
    assert!(strange.is_none(), "{strange:?} is left");
    assert!(!folder.join(RECORD).exists(), "the record is left");
    // A whole manifest names all that has to go.
    if text == undamaged() {
        assert!(!folder.join("sub/one.v").exists() && !folder.join("gone").exists(), "an old file is left");
    }
    Ok(())
}
