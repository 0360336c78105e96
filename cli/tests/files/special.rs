//! Outputs that are no regular files or folders.

use crate::table::{NOTES, Place, Writer, copy, writers};
use std::fs::{self, File};
use std::io::Read;
use std::os::unix::fs::{FileTypeExt, PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::process::Command;

/// Runs the command. It must end with this status, and print this word.
fn ends(place: &Place, writer: &Writer, status: i32, word: &str) {
    let output = place.command(&writer.arguments).output().unwrap();
    let message = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(status), "{}: {message}", writer.name);
    assert!(message.contains(word), "{}: {message}", writer.name);
    assert!(!place.files().keys().any(|path| crate::table::is_staging(path)), "{}", writer.name);
}

/// The files that a command writes when nothing is in its way.
fn expected(writer: &Writer) -> crate::table::Files {
    let place = Place::of(writer);
    place.succeed(&writer.arguments);
    place.files()
}

#[test]
fn what_is_no_regular_file_is_written_to_or_refused() {
    let mut cases = 0;
    for writer in writers().iter().filter(|writer| !writer.files.is_empty()) {
        let expected = expected(writer);
        for name in writer.files {
            let fresh = || {
                let place = Place::of(writer);
                let path = place.at("out").join(name);
                (place, path)
            };
            // A link to a device: the bytes go there, and both stay.
            for (device, status, word) in [("/dev/null", 0, ""), ("/dev/full", 2, "No space left")] {
                let (place, path) = fresh();
                symlink(device, &path).unwrap();
                ends(&place, writer, status, word);
                assert!(path.is_symlink() && fs::metadata(device).unwrap().file_type().is_char_device());
                // If one file cannot be written, no other is.
                assert_eq!(place.files().len() > 2, status == 0 && expected.len() > 2, "{}: {name}", writer.name);
            }
            // A pipe: its reader gets everything.
            let (place, path) = fresh();
            assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
            let reader = {
                let path = path.clone();
                std::thread::spawn(move || {
                    let mut bytes = Vec::new();
                    File::open(path).unwrap().read_to_end(&mut bytes).unwrap();
                    bytes
                })
            };
            ends(&place, writer, 0, "");
            assert!(fs::symlink_metadata(&path).unwrap().file_type().is_fifo());
            assert!(reader.join().unwrap() == expected[*name], "{}: {name}", writer.name);
            // A socket, and a folder.
            let (place, path) = fresh();
            let _socket = UnixListener::bind(&path).unwrap();
            ends(&place, writer, 2, "a socket");
            assert!(fs::symlink_metadata(&path).unwrap().file_type().is_socket());
            let (place, path) = fresh();
            fs::create_dir(&path).unwrap();
            ends(&place, writer, 2, "folder");
            // A link to a file of a user's, which is replaced as any file that is given. Its permissions stay.
            let (place, path) = fresh();
            let real = place.at("in/real");
            fs::write(&real, NOTES).unwrap();
            fs::set_permissions(&real, fs::Permissions::from_mode(0o600)).unwrap();
            symlink("../in/real", &path).unwrap();
            ends(&place, writer, 0, "");
            assert!(path.is_symlink() && fs::read(&real).unwrap() == expected[*name], "{}: {name}", writer.name);
            assert_eq!(real.metadata().unwrap().permissions().mode() & 0o777, 0o600);
            assert_eq!(
                fs::read_dir(place.at("in"))
                    .unwrap()
                    .filter(|e| crate::table::is_staging(e.as_ref().unwrap().file_name().to_str().unwrap()))
                    .count(),
                0
            );
            // A link to nothing.
            let (place, path) = fresh();
            symlink("../in/new", &path).unwrap();
            ends(&place, writer, 0, "");
            assert!(path.is_symlink() && fs::read(place.at("in/new")).unwrap() == expected[*name]);
            cases += 7;
        }
    }
    assert_eq!(cases, 7 * 17, "files of all commands");
}

#[test]
fn a_folder_may_be_a_link_but_no_device() {
    let mut cases = 0;
    for writer in writers().iter().filter(|writer| !writer.folders.is_empty()) {
        let expected = expected(writer);
        for folder in writer.folders {
            let fresh = || {
                let place = Place::of(writer);
                let path = place.at("out").join(folder);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                (place, path)
            };
            let (place, path) = fresh();
            fs::create_dir(place.at("elsewhere")).unwrap();
            symlink(place.at("elsewhere"), &path).unwrap();
            ends(&place, writer, 0, "");
            assert!(path.is_symlink());
            let below =
                expected.iter().filter_map(|(name, text)| Some((name.strip_prefix(&format!("{folder}/"))?, text)));
            let mut written = 0;
            for (name, text) in below.filter(|(name, _)| !name.is_empty() && !name.ends_with('/')) {
                assert!(fs::read(place.at("elsewhere").join(name)).unwrap() == *text, "{}: {name}", writer.name);
                written += 1;
            }
            assert!(written > 0, "{}", writer.name);
            for make in ["/dev/null", "/dev/full", "nowhere", "fifo", "file"] {
                let (place, path) = fresh();
                match make {
                    "fifo" => assert!(Command::new("mkfifo").arg(&path).status().unwrap().success()),
                    "file" => fs::write(&path, NOTES).unwrap(),
                    _ => symlink(make, &path).unwrap(),
                }
                let before = place.files();
                ends(&place, writer, 2, folder);
                assert!(place.files() == before, "{}: {make}", writer.name);
            }
            cases += 6;
        }
    }
    assert_eq!(cases, 6 * 13, "folders of all commands");
}

/// Files of a user's with names of results, edited results, and results that are links or pipes.
#[test]
fn in_a_folder_only_what_svdforge_wrote_is_replaced() {
    let mut cases = 0;
    for writer in writers().iter().filter(|writer| !writer.folders.is_empty()) {
        // The files of these two have names that say whose they are, as `svdforge.1` does.
        if ["completions", "man", "report --shard"].contains(&writer.name) {
            continue;
        }
        for folder in writer.folders {
            let place = Place::of(writer);
            place.earlier(writer);
            let all = place.files();
            let name = all
                .keys()
                .find(|path| {
                    path.starts_with(&format!("{folder}/"))
                        && [".v", "u.npy", ".html"].iter().any(|end| path.ends_with(end))
                })
                .unwrap();
            let path = place.at("out").join(name);
            copy(&place.at("out"), &place.at("kept"));
            for what in ["edited", "link", "fifo", "folder"] {
                fs::remove_dir_all(place.at("out")).unwrap();
                copy(&place.at("kept"), &place.at("out"));
                fs::remove_file(&path).unwrap();
                match what {
                    "edited" => fs::write(&path, NOTES).unwrap(),
                    "link" => symlink("/dev/null", &path).unwrap(),
                    "fifo" => assert!(Command::new("mkfifo").arg(&path).status().unwrap().success()),
                    _ => fs::create_dir(&path).unwrap(),
                }
                // An export has no such file any more: a link, a pipe or a folder in its place is nothing to it.
                if writer.name == "generate" && what != "edited" {
                    continue;
                }
                let before = place.files();
                ends(&place, writer, 2, name);
                assert!(place.files() == before, "{}: {what}", writer.name);
                cases += 1;
            }
        }
    }
    assert_eq!(cases, 4 * 9 + 1, "folders of all commands");
}

/// Standard output has names, too. What is written there comes after what is there, and before what follows.
#[test]
fn standard_output_is_written_to() {
    let place = Place::new();
    let output = place.succeed(&["complete", "--json", "--out", "/dev/stdout"]);
    let expected = place.succeed(&["complete", "--json", "--out", "c.csv"]).stdout;
    let table = fs::read(place.at("out/c.csv")).unwrap();
    let expected = String::from_utf8(expected).unwrap().replace("c.csv", "/dev/stdout");
    assert!(output.stdout == [&table[..], expected.as_bytes()].concat());
    // Into a file, after what is there.
    fs::write(place.at("log"), NOTES).unwrap();
    let log = File::options().append(true).open(place.at("log")).unwrap();
    let status = place.command(&["complete", "--json", "--out", "/dev/stdout"]).stdout(log).status().unwrap();
    assert!(status.success());
    assert!(fs::read(place.at("log")).unwrap() == [NOTES.as_bytes(), &output.stdout].concat());
}
