//! Outputs that are inputs of the same command.

use crate::table::{Place, Writer, writers};
use std::fs;
use std::os::unix::fs::symlink;

/// Runs a command that must be refused, with the output and the input in its message, and that must change nothing.
fn is_refused(place: &Place, arguments: &[&str], output: &str, input: &str) {
    let before = (place.files(), contents(place));
    let run = place.command(arguments).output().unwrap();
    let message = String::from_utf8_lossy(&run.stderr);
    assert_eq!(run.status.code(), Some(2), "{arguments:?}: {message}");
    let right = format!("{output}: this output is the input {input} of the same command");
    assert!(message.contains(&right), "{arguments:?}: {message}");
    assert!(run.stdout.is_empty() && (place.files(), contents(place)) == before, "{arguments:?}");
}

/// The files directly in the folder `in`.
fn contents(place: &Place) -> Vec<(String, Vec<u8>)> {
    let files = fs::read_dir(place.at("in")).unwrap().map(|entry| entry.unwrap().path());
    let files = files.filter(|path| path.is_file());
    let mut list: Vec<_> = files.map(|path| (path.display().to_string(), fs::read(&path).unwrap())).collect();
    list.sort();
    list
}

/// A place with more inputs than those of the other tests.
fn place(writer: Option<&Writer>) -> Place {
    let place = writer.map_or_else(Place::new, Place::of);
    fs::write(place.at("in/t.csv"), "1,2,3\n4,,6\n7,8,10\n2,1,0\n").unwrap();
    fs::write(place.at("in/c.txt"), "one fish two fish\nred fish one\ntwo red\n").unwrap();
    fs::write(place.at("in/core.toml"), "rows = 2\ncols = 2\n").unwrap();
    place
}

/// Every single file that a command writes, as a link to each file that it reads.
#[test]
fn a_link_to_an_input_is_no_output() {
    let lines = [
        "complete ../in/t.csv --rank 1 --picture c.svg --out c.csv",
        "lsi ../in/c.txt --rank 2 --stop-words ../in/b.csv --picture l.svg",
        "recommend ../in/r.csv --rank 1 --fold-in ../in/b.csv --picture r.svg",
        "simulate --matrix ../in/a.csv ../in/b.csv --config ../in/core.toml --vcd w.vcd --fst w.fst --beats w.json",
    ];
    let mut commands = writers();
    commands.extend(lines.map(|line| Writer {
        name: "more",
        earlier: Vec::new(),
        arguments: line.split(' ').collect(),
        files: &["c.svg", "c.csv", "l.svg", "r.svg", "w.vcd", "w.fst", "w.json"],
        folders: &[],
    }));
    let mut cases = 0;
    for writer in &commands {
        for name in writer.files.iter().filter(|name| writer.arguments.contains(name)) {
            for input in writer.arguments.iter().filter(|argument| argument.starts_with("../in/")) {
                let place = place(Some(writer));
                let path = place.at("out").join(name);
                symlink(input, &path).unwrap();
                is_refused(&place, &writer.arguments, name, input);
                // A link to the link, and a second name of the same file.
                fs::remove_file(&path).unwrap();
                symlink(input, place.at("out/between")).unwrap();
                symlink("between", &path).unwrap();
                is_refused(&place, &writer.arguments, name, input);
                fs::remove_file(&path).unwrap();
                fs::hard_link(place.at("out").join(input), &path).unwrap();
                is_refused(&place, &writer.arguments, name, input);
                cases += 1;
            }
        }
    }
    assert_eq!(cases, 6 + 2 + 1 + 3 + 2 + 2 + 2 + 9);
}

/// The same path, spelled in the same way and in others.
#[test]
fn an_input_is_no_output_however_it_is_spelled() {
    let mut cases = 0;
    for (line, output, input) in [
        ("complete ../in/t.csv --rank 1 --out", "t.csv", "../in/t.csv"),
        ("report matrices ../in/rep/report.json --out", "rep/report.json", "../in/rep/report.json"),
        ("compress ../in/p.png --tile 8 --side-by-side", "p.png", "../in/p.png"),
        ("compress ../in/p.png --tile 8 --out", "p.png", "../in/p.png"),
        ("simulate --matrix ../in/a.json --beats", "a.json", "../in/a.json"),
        ("simulate --matrix - --beats", "a.json", "/dev/stdin"),
    ] {
        let report = writers().into_iter().find(|writer| writer.name == "report matrices");
        let place = place(report.as_ref().filter(|_| line.starts_with("report")));
        place.succeed(&["compress", "../in/p.pgm", "--tile", "8", "--out", "../in/p.png"]);
        fs::write(place.at("in/a.json"), "[[1, 2], [3, 4]]").unwrap();
        let absolute = place.at("in").canonicalize().unwrap();
        let absolute = absolute.to_str().unwrap();
        for folder in ["../in", "../out/../in", ".././in", absolute] {
            let path = format!("{folder}/{output}");
            let arguments: Vec<&str> = line.split(' ').chain([path.as_str()]).collect();
            match input {
                "/dev/stdin" => {
                    let mut command = place.command(&arguments);
                    let run = command.stdin(fs::File::open(place.at("in/a.json")).unwrap()).output().unwrap();
                    let message = String::from_utf8_lossy(&run.stderr);
                    assert!(message.contains("is the input /dev/stdin of the same"), "{message}");
                }
                input => is_refused(&place, &arguments, &path, input),
            }
            cases += 1;
        }
    }
    assert_eq!(cases, 6 * 4);
}

/// Files in folders: results that are inputs, and documents of a folder.
#[test]
fn a_file_in_a_folder_is_no_output_if_it_is_an_input() {
    let place = place(None);
    place.succeed(&["simulate", "--matrix", "../in/a.csv", "--npy", "n"]);
    is_refused(&place, &["simulate", "--matrix", "n/u.npy", "--npy", "../out/n"], "../out/n/u.npy", "n/u.npy");
    place.succeed(&["simulate", "--matrix", "n/u.npy", "--npy", "m"]);

    fs::create_dir(place.at("in/docs")).unwrap();
    fs::write(place.at("in/docs/one"), "one fish two fish").unwrap();
    fs::write(place.at("in/docs/two"), "red fish one").unwrap();
    let lsi = ["lsi", "../in/docs", "--rank", "2", "--min-documents", "1", "--picture", "../in/docs/map.svg", "--axes"];
    let lsi = [&lsi[..], &["1,2"]].concat();
    place.succeed(&lsi);
    is_refused(&place, &lsi, "../in/docs/map.svg", "../in/docs/map.svg");
}

/// The same file may be read twice, and a device may be input and output.
#[test]
fn other_files_are_outputs() {
    let place = place(None);
    place.succeed(&["complete", "../in/t.csv", "--rank", "1", "--out", "../in/t2.csv"]);
    place.succeed(&["simulate", "--matrix", "../in/a.csv", "../in/a.csv", "--vcd", "/dev/null"]);
    let line =
        ["lsi", "../in/c.txt", "--rank", "2", "--stop-words", "/dev/null", "--picture", "l.svg", "--axes", "1,2"];
    symlink("/dev/null", place.at("out/l.svg")).unwrap();
    place.succeed(&line);
}
