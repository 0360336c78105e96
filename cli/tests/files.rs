//! Every command that writes, against what goes wrong with files: nothing of a user's is lost, and nothing is left half
//! written.

#![cfg(unix)]

#[path = "files/failures.rs"]
mod failures;
#[path = "files/inputs.rs"]
mod inputs;
#[path = "files/mounts.rs"]
mod mounts;
#[path = "files/special.rs"]
mod special;
#[path = "files/table.rs"]
mod table;

use table::{Place, writers};

/// The options of all commands with which a file or a folder is written, as the manual pages list them.
#[test]
fn the_table_has_every_option_that_writes() {
    const WRITE: [&str; 9] = ["out", "vcd", "fst", "npy", "trace", "beats", "save", "picture", "side\\-by\\-side"];
    let place = Place::new();
    place.succeed(&["man", "--out", "pages"]);
    let writers = writers();
    let mut found = 0;
    for entry in std::fs::read_dir(place.at("out/pages")).unwrap() {
        let path = entry.unwrap().path();
        let page = std::fs::read_to_string(&path).unwrap();
        let words: Vec<&str> = path.file_stem().unwrap().to_str().unwrap().split('-').skip(1).collect();
        for option in
            WRITE.iter().filter(|option| page.lines().any(|l| l.starts_with(&format!("\\fB\\-\\-{option}\\fR"))))
        {
            let option = format!("--{}", option.replace('\\', ""));
            let covers = |writer: &&table::Writer| {
                writer.arguments.starts_with(&words) && writer.arguments.contains(&option.as_str())
            };
            // What it writes are times, which differ from run to run.
            let is_measured = words == ["bench", "growth"];
            assert!(is_measured || writers.iter().any(|writer| covers(&writer)), "{words:?} {option}");
            found += 1;
        }
    }
    assert_eq!(found, 25, "options that write");
}
