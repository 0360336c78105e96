//! Disks that are full, read-only folders and mount points, in a mount namespace of their own.

use crate::table::{NOTES, Place, Writer, is_staging, writers};
use std::process::{Command, Output};

/// Runs a shell script in a mount namespace of its own. `$0` is the command line to test, quoted; the script runs in
/// the folder of the place.
fn in_namespace(place: &Place, writer: &Writer, script: &str) -> Output {
    let id = Command::new("id").arg("-u").output().unwrap();
    let flags = if id.stdout == b"0\n" { "-m" } else { "-rm" };
    let program = assert_cmd::cargo::cargo_bin("svdforge");
    let line = [&[program.to_str().unwrap()], &writer.arguments[..]].concat();
    let output = Command::new("unshare")
        .args([flags, "sh", "-c"])
        .arg(format!("set -e\nrun() {{ (cd out && \"$@\" 2>../message) && status=0 || status=$?; }}\n{script}"))
        .arg("sh")
        .args(line)
        .current_dir(place.0.path())
        .env("RAYON_NUM_THREADS", "1")
        .output()
        .expect("this test needs `unshare` of util-linux, and the right to use it");
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: unshare {flags}: {message}", writer.name);
    output
}

fn printed(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// A disk without any room, for every command. Nothing is left on it.
#[test]
fn a_full_disk() {
    let mut cases = 0;
    for writer in writers() {
        let place = Place::of(&writer);
        let script = "mount -t tmpfs -o size=8k none out\n\
                      head -c 8192 /dev/zero >out/fill\n\
                      run \"$@\" >/dev/null\n\
                      echo $status; ls -A out; cat message";
        let text = printed(&in_namespace(&place, &writer, script));
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[..2], ["2", "fill"], "{}: {text}", writer.name);
        assert!(lines[2].starts_with("error: ") && text.contains("No space left"), "{}: {text}", writer.name);
        cases += 1;
    }
    assert_eq!(cases, 22);
}

/// A folder that cannot be written, with and without outputs of an earlier run: an error, and all is as before.
#[test]
fn a_read_only_folder() {
    let mut cases = 0;
    for writer in writers() {
        for over_earlier in [false, true] {
            let place = Place::of(&writer);
            if over_earlier {
                place.earlier(&writer);
            }
            let before = place.files();
            let script =
                "mount --bind out out\nmount -o remount,bind,ro out\nrun \"$@\" >/dev/null\necho $status; cat message";
            let text = printed(&in_namespace(&place, &writer, script));
            // A part of a campaign that is complete needs nothing written.
            let is_done = writer.name == "report --shard" && over_earlier;
            if !is_done {
                assert!(
                    text.starts_with("2\nerror: ") && text.to_lowercase().contains("read-only"),
                    "{}: {text}",
                    writer.name
                );
            }
            assert!(place.files() == before, "{}", writer.name);
            cases += 1;
        }
    }
    assert_eq!(cases, 44);
}

/// Outputs on another file system, which itself is a mount point, and one inside of a folder that is written.
fn mount_points(writers: Vec<Writer>) -> usize {
    let mut cases = 0;
    for writer in writers {
        let whole = Place::of(&writer);
        whole.earlier(&writer);
        whole.succeed(&writer.arguments);
        let mut points = vec!["out".to_owned()];
        points.extend(writer.folders.iter().map(|folder| format!("out/{folder}")));
        points.extend(writer.folders.iter().map(|folder| format!("out/{folder}/cocotb")));
        let place = Place::of(&writer);
        place.earlier(&writer);
        for point in points {
            // The mount point shows what the folder has; afterwards its content is copied back.
            let script = format!(
                "mkdir -p saved; cp -a out saved/\n\
                 mount -t tmpfs none {point}\ncp -a saved/{point}/. {point}/\n\
                 run \"$@\" >/dev/null\n\
                 mkdir result; cp -a out result/; umount {point}\n\
                 echo $status; cat message"
            );
            let text = printed(&in_namespace(&place, &writer, &script));
            assert!(text.starts_with("0\n"), "{}: {point}: {text}", writer.name);
            let expected = whole.files();
            let same =
                Command::new("diff").arg("-r").arg(place.at("result/out")).arg(whole.at("out")).output().unwrap();
            assert!(same.status.success(), "{}: {point}: {}", writer.name, String::from_utf8_lossy(&same.stdout));
            assert!(!expected.keys().any(|path| is_staging(path)) && expected["notes.txt"] == NOTES.as_bytes());
            for folder in ["saved", "result"] {
                std::fs::remove_dir_all(place.at(folder)).unwrap();
            }
            cases += 1;
        }
    }
    cases
}

#[test]
fn mount_points_of_some_commands() {
    let mut some = writers();
    some.retain(|writer| ["generate", "simulate, all", "compare", "man"].contains(&writer.name));
    assert_eq!(mount_points(some), 4 + 2 * 5);
}

#[test]
#[ignore = "takes a minute"]
fn mount_points_of_all_commands() {
    assert_eq!(mount_points(writers()), 22 + 2 * 13);
}
