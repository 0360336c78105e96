use super::*;
use tempfile::TempDir;

/// A folder in a folder of its own, so that what is left beside it is seen.
struct Place(TempDir);

impl Place {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("core")
    }

    /// Exports files with these names; the text of each is `text`. They are listed in a manifest, with `also`.
    fn export(&self, names: &[&str], text: &str, force: bool) -> Result<(), FolderError> {
        self.export_listing(names, &[], text, force)
    }

    fn export_listing(&self, names: &[&str], also: &[&str], text: &str, force: bool) -> Result<(), FolderError> {
        let listed: Vec<_> = names.iter().chain(also).map(|name| serde_json::json!({ "name": name })).collect();
        let manifest = serde_json::json!({ "generator": "svdforge", "files": listed }).to_string();
        let file = |name: &str, text: &str| File { name: name.to_owned(), text: text.to_owned() };
        let mut files: Vec<File> = names.iter().map(|name| file(name, text)).collect();
        files.push(file("core.json", &manifest));
        write_folder(&self.path(), &files, force)
    }

    /// Writes a file of somebody else.
    fn own(&self, name: &str) {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "mine").unwrap();
    }

    /// Everything in the folder but the manifest, in order: a path and what the file holds; folders end in `/`.
    fn contents(&self) -> Vec<String> {
        fn below(root: &Path, path: &Path, found: &mut Vec<String>) {
            for entry in fs::read_dir(path).unwrap() {
                let path = entry.unwrap().path();
                let name = path.strip_prefix(root).unwrap().display().to_string();
                if path.is_dir() && !path.is_symlink() {
                    found.push(format!("{name}/"));
                    below(root, &path, found);
                } else if name != "core.json" {
                    found.push(format!("{name}: {}", fs::read_to_string(&path).unwrap()));
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

#[test]
fn what_is_of_others_is_not_replaced() {
    let refused = |own: &str, names: &[&str], force: bool, message: &str| {
        let place = Place::new();
        place.export(&["a.v", "cocotb/test.py"], "1", false).unwrap();
        place.own(own);
        let before = place.contents();
        let error = place.export(names, "2", force).unwrap_err();
        assert!(matches!(error, FolderError::Occupied(_)), "{error}");
        assert!(error.to_string().contains(message), "{error}");
        assert_eq!(place.contents(), before);
    };
    refused("Makefile", &["a.v", "Makefile"], false, "core/Makefile: ");
    refused("cocotb/mine.py", &["a.v", "cocotb/mine.py"], false, "core/cocotb/mine.py: ");
    // With `force` a file is replaced, but never a folder, and a folder never takes the place of a file.
    refused("Makefile/notes", &["a.v", "Makefile"], true, "core/Makefile: ");
    refused("constraints", &["a.v", "constraints/a.xdc"], true, "core/constraints: ");
    refused("cocotb/notes", &["a.v", "cocotb"], true, "core/cocotb/notes: ");
    let place = Place::new();
    place.own("Makefile");
    place.own("constraints/mine.xdc");
    assert!(matches!(place.export(&["Makefile"], "1", false), Err(FolderError::NotOurs(_))));
    place.export(&["Makefile", "constraints/a.xdc"], "1", true).unwrap();
    let expected = ["Makefile: 1", "constraints/", "constraints/a.xdc: 1", "constraints/mine.xdc: mine"];
    assert_eq!(place.contents(), expected);
}

/// A manifest is only text in a folder. What it lists outside of the folder, and folders and links that it lists, are
/// not removed.
#[test]
fn a_crafted_manifest_leads_nowhere() {
    let outside = TempDir::new().unwrap();
    let victim = outside.path().join("victim");
    fs::write(&victim, "mine").unwrap();
    let place = Place::new();
    let up = format!("../../{}/victim", outside.path().file_name().unwrap().to_str().unwrap());
    let through = "link/victim";
    let also = ["thesis", ".", "..", "", "./thesis", "a/../thesis", &up, victim.to_str().unwrap(), through];
    place.export_listing(&["a.v", "sub/b.v"], &also, "1", false).unwrap();
    assert!(place.path().join(&up).exists());
    place.own("thesis/chapter.tex");
    #[cfg(unix)]
    std::os::unix::fs::symlink(outside.path(), place.path().join("link")).unwrap();
    place.export(&["c.v"], "2", false).unwrap();
    assert_eq!(fs::read_to_string(&victim).unwrap(), "mine");
    assert_eq!(fs::read_to_string(place.path().join("thesis/chapter.tex")).unwrap(), "mine");
    assert!(!place.path().join("a.v").exists() && !place.path().join("sub").exists());
    #[cfg(unix)]
    {
        assert!(place.path().join("link").is_symlink());
        // A subfolder is never written through a link.
        let error = place.export(&["link/victim"], "3", true).unwrap_err();
        assert!(matches!(error, FolderError::Occupied(_)), "{error}");
        assert_eq!(fs::read_to_string(&victim).unwrap(), "mine");
    }
}
