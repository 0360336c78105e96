use super::*;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use svdforge_hdl::export::File;
use svdforge_hdl::export::origin::{generated_by, seal, sha256};
use tempfile::TempDir;

/// A folder in a folder of its own, so that what is left beside it is seen.
struct Place(TempDir);

/// What a generated file with this text holds.
fn generated(text: &str) -> String {
    format!("{text} // {}\n", generated_by("9"))
}

fn file(name: &str, text: String) -> File {
    File { name: name.to_owned(), text }
}

/// A manifest that lists files with their sums.
fn manifest(files: &[(&str, &str)]) -> String {
    let listed: Vec<_> = files
        .iter()
        .map(|(name, text)| serde_json::json!({ "name": name, "sha256": sha256(text.as_bytes()) }))
        .collect();
    seal(serde_json::json!({ "generator": "svdforge", "files": listed }))
}

impl Place {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("core")
    }

    /// Exports files with these names; the text of each is `text`, and says that it is generated.
    fn export(&self, names: &[&str], text: &str, force: bool) -> Result<bool, FileError> {
        self.export_listing(names, &[], text, force)
    }

    /// The same. The manifest also lists others, with their true sums.
    fn export_listing(&self, names: &[&str], also: &[&str], text: &str, force: bool) -> Result<bool, FileError> {
        let text = generated(text);
        let others: Vec<(&str, String)> = also
            .iter()
            .map(|name| (*name, fs::read_to_string(self.path().join(name)).unwrap_or_else(|_| text.clone())))
            .collect();
        let listed = names.iter().map(|name| (*name, text.as_str()));
        let listed: Vec<_> = listed.chain(others.iter().map(|(name, text)| (*name, text.as_str()))).collect();
        let mut files: Vec<File> = names.iter().map(|name| file(name, text.clone())).collect();
        files.push(file("core.json", manifest(&listed)));
        write_export(&self.path(), &files, force)
    }

    /// Writes a file of somebody else.
    fn own(&self, name: &str) {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "mine").unwrap();
    }

    /// Everything in the folder but the manifest, in order: a path and what the file holds, without the sentence of
    /// generated files; folders end in `/`.
    fn contents(&self) -> Vec<String> {
        fn below(root: &Path, path: &Path, found: &mut Vec<String>) {
            for entry in fs::read_dir(path).unwrap() {
                let path = entry.unwrap().path();
                let name = path.strip_prefix(root).unwrap().display().to_string();
                if path.is_dir() && !path.is_symlink() {
                    found.push(format!("{name}/"));
                    below(root, &path, found);
                } else if name != "core.json" {
                    let text = fs::read_to_string(&path).unwrap();
                    found.push(format!("{name}: {}", text.split(" //").next().unwrap()));
                }
            }
        }
        let mut found = Vec::new();
        below(&self.path(), &self.path(), &mut found);
        found.sort();
        assert_eq!(fs::read_dir(self.0.path()).unwrap().count(), 1, "nothing is left beside the folder");
        found
    }
}

/// The paths that an error refuses.
fn occupied(result: Result<bool, FileError>) -> Vec<PathBuf> {
    match result.unwrap_err() {
        FileError::Occupied(paths) | FileError::NoSums(_, paths) => paths,
        other => panic!("{other}"),
    }
}

#[test]
fn subfolders_come_and_go_with_an_export_and_files_of_others_stay() {
    let place = Place::new();
    place.export(&["a.v", "cocotb/test.py", "cocotb/data/x", "constraints/a.xdc"], "1", false).unwrap();
    let first = [
        "a.v: 1",
        "cocotb/",
        "cocotb/data/",
        "cocotb/data/x: 1",
        "cocotb/test.py: 1",
        "constraints/",
        "constraints/a.xdc: 1",
    ];
    assert_eq!(place.contents(), first);

    place.own("notes.txt");
    place.own("cocotb/mine.py");
    place.own("cocotb/build/deep/sim");
    place.own("my folder/a.v");
    place.export(&["a.v", "cocotb/test.py", "python/a.py"], "2", false).unwrap();
    let stays = ["cocotb/build/", "cocotb/build/deep/", "cocotb/build/deep/sim: mine", "cocotb/mine.py: mine"];
    let mine = ["my folder/", "my folder/a.v: mine", "notes.txt: mine"];
    let new = ["a.v: 2", "cocotb/", "cocotb/test.py: 2", "python/", "python/a.py: 2"];
    let mut expected = [&stays[..], &mine, &new].concat();
    expected.sort_unstable();
    assert_eq!(place.contents(), expected);

    // The folder `cocotb` is no longer of an export, but stays for what is of others in it; `python` goes.
    place.export(&["b.v"], "3", false).unwrap();
    let mut expected = [&stays[..], &mine, &["b.v: 3", "cocotb/"]].concat();
    expected.sort_unstable();
    assert_eq!(place.contents(), expected);
}

/// Whether or not `force` is given.
#[test]
fn what_is_of_others_is_not_replaced() {
    let mut cases = 0;
    let mut refused = |own: &str, names: &[&str], at: &str| {
        for force in [false, true] {
            let place = Place::new();
            place.export(&["a.v", "cocotb/test.py"], "1", false).unwrap();
            place.own(own);
            let before = place.contents();
            assert_eq!(occupied(place.export(names, "2", force)), [place.path().join(at)]);
            assert_eq!(place.contents(), before);
            cases += 1;
        }
    };
    refused("Makefile", &["a.v", "Makefile"], "Makefile");
    refused("cocotb/mine.py", &["a.v", "cocotb/mine.py"], "cocotb/mine.py");
    refused("datapath.v/notes", &["a.v", "datapath.v"], "datapath.v");
    refused("constraints", &["a.v", "constraints/a.xdc"], "constraints");
    refused("cocotb/notes", &["a.v", "cocotb"], "cocotb");
    // A file of the export that was edited, whether the new export has it or not.
    refused("a.v", &["a.v"], "a.v");
    refused("a.v", &["b.v"], "a.v");
    assert_eq!(cases, 14);
    // An edited manifest.
    for force in [false, true] {
        let place = Place::new();
        place.export(&["a.v"], "1", false).unwrap();
        let path = place.path().join("core.json");
        let edited = fs::read_to_string(&path).unwrap().replace("a.v", "b.v");
        fs::write(&path, &edited).unwrap();
        assert_eq!(occupied(place.export(&["a.v"], "2", force)), std::slice::from_ref(&path));
        assert_eq!((place.contents(), fs::read_to_string(&path).unwrap()), (vec!["a.v: 1".to_owned()], edited));
    }

    let place = Place::new();
    place.own("Makefile");
    place.own("constraints/mine.xdc");
    assert!(matches!(place.export(&["a.v"], "1", false), Err(FileError::NotOurs(_))));
    assert_eq!(occupied(place.export(&["Makefile"], "1", true)), [place.path().join("Makefile")]);
    place.export(&["a.v", "constraints/a.xdc"], "1", true).unwrap();
    let expected = ["Makefile: mine", "a.v: 1", "constraints/", "constraints/a.xdc: 1", "constraints/mine.xdc: mine"];
    assert_eq!(place.contents(), expected);
}

/// A manifest is only text in a folder, and may come from anybody. What it lists outside of the folder, folders and
/// links, and files that svdforge did not write, are not removed, though their sums are right.
#[test]
fn a_crafted_manifest_leads_nowhere() {
    let outside = TempDir::new().unwrap();
    let victim = outside.path().join("victim");
    fs::write(&victim, generated("mine")).unwrap();
    let place = Place::new();
    let up = format!("../../{}/victim", outside.path().file_name().unwrap().to_str().unwrap());
    let through = "link/victim";
    let also = [".", "..", "", "./a.v", "x/../a.v", "a//b", &up, victim.to_str().unwrap(), through, "folder"];
    place.own("a//b");
    place.own("folder/chapter.tex");
    #[cfg(unix)]
    std::os::unix::fs::symlink(outside.path(), place.path().join("link")).unwrap();
    assert!(place.path().join(&up).exists());
    place.export_listing(&["a.v", "sub/b.v"], &also, "1", true).unwrap();
    place.export(&["c.v"], "2", false).unwrap();
    assert_eq!(fs::read_to_string(&victim).unwrap(), generated("mine"));
    assert_eq!(fs::read_to_string(place.path().join("folder/chapter.tex")).unwrap(), "mine");
    assert_eq!(fs::read_to_string(place.path().join("a/b")).unwrap(), "mine");
    assert!(!place.path().join("a.v").exists() && !place.path().join("sub").exists());
    #[cfg(unix)]
    {
        assert!(place.path().join("link").is_symlink());
        // A subfolder is never written through a link.
        assert_eq!(occupied(place.export(&["link/victim"], "3", true)), [place.path().join("link")]);
        assert_eq!(fs::read_to_string(&victim).unwrap(), generated("mine"));
    }

    // A file of the user's, listed with its right sum in a manifest with its own right sum.
    for name in ["thesis.tex", "list.f"] {
        let place = Place::new();
        place.own(name);
        place.export_listing(&["a.v"], &[name], "1", true).unwrap();
        for names in [&["c.v"][..], &[name]] {
            assert_eq!(occupied(place.export(names, "2", true)), [place.path().join(name)]);
        }
        assert_eq!(place.contents()[1], format!("{name}: mine"));
    }
}

#[test]
fn an_export_without_sums_is_not_replaced() {
    let place = Place::new();
    let old = serde_json::json!({ "generator": "svdforge", "files": [{ "name": "a.v" }, "b.v"] }).to_string();
    fs::create_dir(place.path()).unwrap();
    fs::write(place.path().join("core.json"), old).unwrap();
    fs::write(place.path().join("a.v"), generated("old")).unwrap();
    for force in [false, true] {
        let error = place.export(&["a.v"], "1", force).unwrap_err();
        assert!(error.to_string().contains("remove"), "{error}");
        assert_eq!(occupied(Err(error)), ["a.v", "core.json"].map(|name| place.path().join(name)));
    }
    assert_eq!(place.contents(), ["a.v: old"]);
}

/// All that can stand in a folder after a program was killed: some files are old, some are new, some are not there.
#[test]
fn an_interrupted_export_is_completed() {
    let names = ["a.v", "b.v", "sub/c.v"];
    for state in 0..27 {
        let place = Place::new();
        place.export(&names, "1", false).unwrap();
        let old = fs::read_to_string(place.path().join("core.json")).unwrap();
        let other = Place::new();
        other.export(&names, "2", false).unwrap();
        let sums =
            |text: &str| [sha256(generated(text).as_bytes())].into_iter().collect::<std::collections::BTreeSet<_>>();
        let both: record::Sums = names.iter().map(|name| ((*name).to_owned(), &sums("1") | &sums("2"))).collect();
        fs::write(place.path().join(record::RECORD), record::text(&both)).unwrap();
        for (index, name) in names.iter().enumerate() {
            let path = place.path().join(name);
            match state / 3_usize.pow(index as u32) % 3 {
                0 => {}
                1 => drop(fs::copy(other.path().join(name), path).unwrap()),
                _ => fs::remove_file(path).unwrap(),
            }
        }
        place.own("notes");
        assert!(place.export(&["a.v", "d.v"], "3", false).unwrap(), "it says so");
        assert_eq!(place.contents(), ["a.v: 3", "d.v: 3", "notes: mine"], "{state}");
        assert_ne!(fs::read_to_string(place.path().join("core.json")).unwrap(), old);
        assert!(!place.export(&["a.v"], "3", false).unwrap());
    }
    // A record of somebody else, and an edit after the interruption.
    let place = Place::new();
    place.export(&names, "1", false).unwrap();
    place.own(record::RECORD);
    assert_eq!(occupied(place.export(&names, "2", true)), [place.path().join(record::RECORD)]);
}

/// The manifest tells of the files that are there: whichever file does not get its name, it is the one of before.
#[test]
fn the_manifest_comes_last() {
    let names = ["a.v", "b.v", "sub/c.v"];
    let mut failed = 0;
    for number in 0..names.len() {
        let place = Place::new();
        place.export(&names, "old", false).unwrap();
        let before = fs::read_to_string(place.path().join("core.json")).unwrap();
        let text = generated("new");
        let listed: Vec<(&str, &str)> = names.iter().map(|name| (*name, text.as_str())).collect();
        let mut files: Vec<File> = names.iter().map(|name| file(name, text.clone())).collect();
        files.insert(0, file("core.json", manifest(&listed)));
        let (outputs, _) = export::stage_export(&place.path(), &files, false).unwrap();
        // One of the staged files disappears.
        let staged: Vec<PathBuf> = fs::read_dir(place.path())
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| is_helper(path.file_name().unwrap().to_str().unwrap()) && path.is_dir())
            .flat_map(|folder| fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect::<Vec<_>>())
            .chain(fs::read_dir(place.path().join("sub")).unwrap().flat_map(|entry| {
                let path = entry.unwrap().path();
                if path.is_dir() { fs::read_dir(path).unwrap().map(|e| e.unwrap().path()).collect() } else { vec![] }
            }))
            .filter(|path| fs::read_to_string(path).is_ok_and(|found| found == text))
            .collect();
        assert_eq!(staged.len(), names.len());
        fs::remove_file(&staged[number]).unwrap();
        assert!(outputs.commit().is_err());
        assert_eq!(fs::read_to_string(place.path().join("core.json")).unwrap(), before);
        // The next export completes it.
        place.export(&names, "new", false).unwrap();
        assert_eq!(place.contents(), ["a.v: new", "b.v: new", "sub/", "sub/c.v: new"]);
        failed += 1;
    }
    assert_eq!(failed, 3);
}

/// An export that is killed, or finds the disk full, at each of its file operations. If the manifest is the new one, so
/// is everything else; if the disk is full and the folder is new, nothing of it stays.
#[cfg(feature = "failpoints")]
#[test]
fn whatever_operation_fails_the_manifest_tells_what_is_there() {
    use std::env;
    use std::os::unix::process::ExitStatusExt;
    use std::process::{Command, Output};
    const FOLDER: &str = "SVDFORGE_TEST_FOLDER";
    let export = |folder: &Path, names: &[&str], text: &str| {
        let text = generated(text);
        let listed: Vec<(&str, &str)> = names.iter().map(|name| (*name, text.as_str())).collect();
        let mut files: Vec<File> = names.iter().map(|name| file(name, text.clone())).collect();
        // Its place in the list is not what brings it last.
        files.insert(0, file("core.json", manifest(&listed)));
        write_export(folder, &files, false)
    };
    let second = |folder: &Path| export(folder, &["a.v", "sub/c.v", "more/d.v"], "new");
    if let Some(folder) = env::var_os(FOLDER) {
        // This is the program that fails.
        second(Path::new(&folder)).unwrap();
        return;
    }
    let run = |folder: &Path, how: &str| -> Output {
        let name = "tests::whatever_operation_fails_the_manifest_tells_what_is_there";
        let mut command = Command::new(env::current_exe().unwrap());
        command
            .args(["--exact", name, "--nocapture"])
            .env(FOLDER, folder)
            .env("SVDFORGE_FAIL", how)
            .env("RUST_BACKTRACE", "0");
        command.output().unwrap()
    };
    // Everything in the folder but the helpers, and the manifest.
    let state = |place: &Place| {
        let manifest = fs::read_to_string(place.path().join("core.json")).ok();
        if !place.path().exists() {
            return (Vec::new(), manifest);
        }
        let is_user = |path: &String| !path.split(['/', ':']).any(is_helper);
        (place.contents().into_iter().filter(is_user).collect::<Vec<_>>(), manifest)
    };
    let begin = |over_earlier: bool| {
        let place = Place::new();
        if over_earlier {
            export(&place.path(), &["a.v", "sub/c.v", "gone/b.v"], "old").unwrap();
        }
        place
    };
    let mut manifests = [0, 0];
    for over_earlier in [false, true] {
        let whole = begin(over_earlier);
        let old = state(&whole);
        let output = run(&whole.path(), "count:0");
        assert!(output.status.success());
        let count = String::from_utf8_lossy(&output.stderr).matches("file operation ").count();
        let new = state(&whole);
        assert_eq!(new.0, ["a.v: new", "more/", "more/d.v: new", "sub/", "sub/c.v: new"]);
        assert!(count > 20, "{count} file operations");
        // All but for kills in a new folder, of which a third is enough.
        let step = |how| if how == "kill" && !over_earlier { 3 } else { 1 };
        let chosen = ["kill", "full"].map(|how| (1..=count).step_by(step(how)).map(move |number| (how, number)));
        for (how, number) in chosen.into_iter().flatten() {
            let context = format!("{how} at operation {number} of {count}, {over_earlier}");
            let place = begin(over_earlier);
            let output = run(&place.path(), &format!("{how}:{number}"));
            assert_eq!(output.status.signal().is_some(), how == "kill", "{context}");
            let after = state(&place);
            if after.1 == new.1 {
                assert_eq!(after, new, "{context}: the manifest is new");
            } else {
                assert_eq!(after.1, old.1, "{context}: the manifest");
            }
            manifests[usize::from(after.1 == new.1)] += 1;
            if how == "full" && !output.status.success() && !over_earlier {
                assert_eq!(fs::read_dir(place.0.path()).unwrap().count(), 0, "{context}: {after:?} is left");
            }
            let has = |line: &str| after.0.iter().any(|found| found == line);
            let is_replaced = has("a.v: new") && has("sub/c.v: new");
            assert!(!over_earlier || is_replaced || has("gone/b.v: old"), "{context}: a file went before others came");
            // Another export knows what this one and the one before wrote.
            export(&place.path(), &["a.v", "sub/c.v"], "third").unwrap();
            assert_eq!(place.contents(), ["a.v: third", "sub/", "sub/c.v: third"], "{context}: after the next export");
        }
    }
    assert!(manifests[0] > 40 && manifests[1] > 10, "{manifests:?}");
}

#[test]
fn two_programs_do_not_write_the_same_folder() {
    let place = Place::new();
    place.export(&["a.v"], "old", false).unwrap();
    let files = [file("a.v", generated("new")), file("core.json", manifest(&[("a.v", &generated("new"))]))];
    let (first, _) = export::stage_export(&place.path(), &files, false).unwrap();
    let busy = place.export(&["a.v"], "third", false);
    assert!(matches!(&busy, Err(FileError::Busy(path)) if *path == place.path()), "{busy:?}");
    let busy = Outputs::new().results(&place.path(), &[("report.html", "page")], &[]);
    assert!(matches!(busy, Err(FileError::Busy(_))));
    first.commit().unwrap();
    assert_eq!(place.contents(), ["a.v: new"]);
    place.export(&["a.v"], "third", false).unwrap();
    assert_eq!(place.contents(), ["a.v: third"]);
}

/// If one of several new files does not get its name, none of them stays, and neither does a folder made for them.
#[test]
fn no_file_stays_if_another_one_fails() {
    let place = Place::new();
    fs::create_dir(place.path()).unwrap();
    let [one, two] = ["one.svg", "new/two.svg"].map(|name| place.path().join(name));
    let mut outputs = Outputs::new();
    outputs.content(&one, b"one").unwrap();
    outputs.folder(&place.path().join("new")).unwrap();
    outputs.content(&two, b"two").unwrap();
    let staging = fs::read_dir(place.path().join("new")).unwrap().next().unwrap().unwrap().path();
    let staged = fs::read_dir(staging).unwrap().map(|entry| entry.unwrap().path());
    let lost: Vec<PathBuf> = staged.filter(|path| fs::read(path).unwrap() == b"two").collect();
    assert_eq!(lost.len(), 1);
    fs::remove_file(&lost[0]).unwrap();
    assert!(outputs.commit().is_err());
    assert_eq!(place.contents(), [""; 0]);
}

#[test]
fn results_replace_only_results() {
    let place = Place::new();
    let write = |files: &[(&str, &str)], obsolete: &[&str]| {
        let mut outputs = Outputs::new();
        outputs.results(&place.path(), files, obsolete)?;
        outputs.commit()
    };
    write(&[("a", "1"), ("b", "1")], &["c"]).unwrap();
    write(&[("a", "2")], &["b", "c"]).unwrap();
    assert!(!place.path().join("b").exists());
    place.own("b");
    place.own("c");
    check_results(&place.path(), &["a"]).unwrap();
    for names in [&["a", "b"][..], &["c"]] {
        assert!(matches!(check_results(&place.path(), names), Err(FileError::Occupied(_))), "{names:?}");
    }
    assert!(matches!(write(&[("a", "3")], &["b"]), Err(FileError::Occupied(_))));
    assert!(matches!(write(&[("a", "3"), ("c", "3")], &[]), Err(FileError::Occupied(_))));
    // What has the new content already may stay as it is.
    write(&[("a", "3"), ("c", "mine")], &[]).unwrap();
    fs::write(place.path().join("a"), "edited").unwrap();
    assert!(matches!(write(&[("a", "4")], &[]), Err(FileError::Occupied(_))));
    assert_eq!(fs::read_to_string(place.path().join("a")).unwrap(), "edited");
}

/// Arrays and a trace may be written to the same folder, again and again.
#[test]
fn two_kinds_of_results_in_one_folder() {
    let place = Place::new();
    for text in ["1", "2", "3"] {
        let mut outputs = Outputs::new();
        outputs.results(&place.path(), &[("a.npy", text)], &["b.npy"]).unwrap();
        outputs.results(&place.path(), &[("index.html", text)], &[]).unwrap();
        assert!(matches!(outputs.results(&place.path(), &[("a.npy", text)], &[]), Err(FileError::Twice(_))));
        assert!(matches!(outputs.file(&place.path().join("index.html")), Err(FileError::Twice(_))));
        outputs.commit().unwrap();
        check_results(&place.path(), &["a.npy", "index.html"]).unwrap();
        assert_eq!(fs::read_to_string(place.path().join("a.npy")).unwrap(), text);
    }
}

#[cfg(unix)]
#[test]
fn a_file_keeps_its_permissions_and_a_link_stays() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = TempDir::new().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::write(at("real"), "old").unwrap();
    fs::set_permissions(at("real"), fs::Permissions::from_mode(0o640)).unwrap();
    symlink("real", at("link")).unwrap();
    symlink("link", at("link to link")).unwrap();
    symlink("not there", at("dangling")).unwrap();
    symlink("circle", at("circle")).unwrap();
    let mut outputs = Outputs::new();
    outputs.content(&at("link to link"), b"new").unwrap();
    outputs.content(&at("dangling"), b"made").unwrap();
    for name in ["real", "link"] {
        assert!(matches!(outputs.file(&at(name)), Err(FileError::Twice(_))), "{name}");
    }
    assert!(outputs.file(&at("circle")).unwrap_err().to_string().contains("circle"));
    for name in ["new/", "."] {
        assert!(matches!(outputs.file(&at(name)), Err(FileError::IsFolder(_))), "{name}");
    }
    outputs.commit().unwrap();
    assert!(at("link").is_symlink() && at("link to link").is_symlink() && at("dangling").is_symlink());
    assert_eq!(fs::read_to_string(at("real")).unwrap(), "new");
    assert_eq!(at("real").metadata().unwrap().permissions().mode() & 0o777, 0o640);
    assert_eq!(fs::read_to_string(at("not there")).unwrap(), "made");
    // A new file has the permissions that any program would give it.
    fs::write(at("other"), "").unwrap();
    assert_eq!(at("not there").metadata().unwrap().permissions(), at("other").metadata().unwrap().permissions());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 7);
    assert!(matches!(make_folder(&at("circle")), Err(FileError::Io { .. } | FileError::Dangling(_))));
}

/// Of the folders that a path needs, none stays if one of them cannot be created.
#[test]
fn no_folder_stays_if_one_in_it_cannot_be_created() {
    let place = Place::new();
    let long = "x".repeat(300);
    assert!(matches!(make_folder(&place.path().join("a").join(long).join("b")), Err(FileError::Io { .. })));
    assert_eq!(fs::read_dir(place.0.path()).unwrap().count(), 0);
    let made = make_folder(&place.path().join("a/b")).unwrap();
    assert_eq!(made, ["", "a", "a/b"].map(|name| place.path().join(name).components().collect::<PathBuf>()));
}

/// What cannot be taken back, which is what a device gets, comes before files get their names.
#[cfg(target_os = "linux")]
#[test]
fn a_device_without_room_leaves_no_files_and_a_socket_is_refused() {
    use std::os::unix::fs::symlink;
    use std::os::unix::net::UnixListener;
    let folder = TempDir::new().unwrap();
    let at = |name: &str| folder.path().join(name);
    let _socket = UnixListener::bind(at("socket")).unwrap();
    symlink("/dev/full", at("full")).unwrap();
    fs::write(at("old"), "old").unwrap();
    let mut outputs = Outputs::new();
    assert!(matches!(outputs.file(&at("socket")), Err(FileError::Special { what: "a socket", .. })));
    for name in ["new", "old", "full"] {
        outputs.content(&at(name), b"new").unwrap();
    }
    let error = outputs.commit().unwrap_err();
    assert!(matches!(&error, FileError::Io { path, .. } if *path == at("full")), "{error}");
    assert_eq!(fs::read_to_string(at("old")).unwrap(), "old");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3);
}

/// A pipe stays one, also behind a link, and its reader gets the bytes.
#[cfg(unix)]
#[test]
fn a_pipe_is_written_through() {
    use std::os::unix::fs::{FileTypeExt, symlink};
    use std::process::Command;
    for through_link in [false, true] {
        let folder = TempDir::new().unwrap();
        let pipe = folder.path().join("pipe");
        assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let mut given = pipe.clone();
        if through_link {
            given = folder.path().join("link");
            symlink("pipe", &given).unwrap();
        }
        let reader = {
            let pipe = pipe.clone();
            std::thread::spawn(move || fs::read_to_string(pipe).unwrap())
        };
        let mut outputs = Outputs::new();
        outputs.content(&given, b"new").unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1 + usize::from(through_link), "nothing is staged");
        outputs.commit().unwrap();
        assert!(pipe.symlink_metadata().unwrap().file_type().is_fifo());
        assert_eq!(given.is_symlink(), through_link);
        assert_eq!(reader.join().unwrap(), "new");
    }
}

/// Somebody who knows where the next file is staged may put a link there, to have another file overwritten.
#[cfg(unix)]
#[test]
fn a_link_at_the_place_of_a_staged_file_is_not_followed() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = TempDir::new().unwrap();
    let victim = folder.path().join("victim");
    fs::write(&victim, "mine").unwrap();
    for to in ["victim", "nothing"] {
        let mut outputs = Outputs::new();
        outputs.content(&folder.path().join("one"), b"one").unwrap();
        let staging = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path());
        let staging: Vec<PathBuf> = staging.filter(|path| path.is_dir()).collect();
        assert_eq!(staging.len(), 1);
        // Nobody else may enter it.
        assert_eq!(staging[0].metadata().unwrap().permissions().mode() & 0o077, 0);
        symlink(folder.path().join(to), staging[0].join("1")).unwrap();
        let error = outputs.content(&folder.path().join("two"), b"two").unwrap_err();
        assert!(matches!(&error, FileError::Io { path, .. } if *path == folder.path().join("two")), "{error}");
        drop(outputs);
        assert_eq!(fs::read_to_string(&victim).unwrap(), "mine");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "only the file of before is left");
    }
}

#[test]
fn only_abandoned_staging_folders_are_removed() {
    let folder = TempDir::new().unwrap();
    let at = |name: &str| folder.path().join(name);
    let make = |name: &str, files: &[(&str, &str)]| {
        fs::create_dir(at(name)).unwrap();
        files.iter().for_each(|(file, text)| fs::write(at(name).join(file), text).unwrap());
    };
    let text = "svdforge writes files here. It removes this folder when they are complete.\n";
    make(".svdforge-abandoned001", &[("staging", text), ("0", "half"), ("17", "")]);
    make(".svdforge-abandoned002", &[("staging", "svdforge wr")]);
    make(".svdforge-abandoned003", &[("staging", "")]);
    make(".svdforge-abandoned004", &[]);
    make(".svdforge-mine12345678", &[("0", "mine")]);
    make(".svdforge-mine12345679", &[("staging", "mine")]);
    make(".svdforge-mine1234567a", &[("staging", text), ("thesis", "mine")]);
    make(".svdforge-mine", &[]);
    fs::write(at(".svdforge-mine1234567b"), "mine").unwrap();
    let mut outputs = Outputs::new();
    let mut sink = outputs.file(&at("new")).unwrap();
    sink.write_all(b"new").unwrap();
    sink.flush().unwrap();
    // They are gone as soon as another one is begun, which is in use.
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 5 + 1);
    staging::remove_abandoned(folder.path());
    outputs.commit().unwrap();
    let mut left: Vec<String> =
        fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    left.sort();
    let mine = ["", "12345678", "12345679", "1234567a", "1234567b"].map(|end| format!(".svdforge-mine{end}"));
    assert_eq!(left, [&mine[..], &["new".to_owned()]].concat());
}
