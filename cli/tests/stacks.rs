//! Tests `svdforge simulate` with several matrices in a file, with standard input, and with arrays as results.

use assert_cmd::Command;
use serde_json::Value;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// A `.npy` file of `f64`.
fn npy(shape: &str, values: &[f64]) -> Vec<u8> {
    let header = format!("{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}\n");
    let length = (header.len() as u16).to_le_bytes();
    let data: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
    [b"\x93NUMPY\x01\x00", &length[..], header.as_bytes(), &data].concat()
}

/// The numbers of a `.npy` file of `f64` or `i64`, each as eight bytes.
fn numbers(folder: &Path, name: &str, shape: &str) -> Vec<[u8; 8]> {
    let bytes = fs::read(folder.join(name)).unwrap();
    let header = String::from_utf8_lossy(&bytes[..128]);
    assert!(header.contains(&format!("'shape': {shape}, ")), "{name}: {header}");
    let length = usize::from(u16::from_le_bytes([bytes[8], bytes[9]]));
    bytes[10 + length..].chunks_exact(8).map(|chunk| chunk.try_into().unwrap()).collect()
}

fn simulate(folder: &Path, input: &[u8], arguments: &[&str]) -> (Option<i32>, Value, String) {
    let mut command = Command::cargo_bin("svdforge").unwrap();
    let command = command.current_dir(folder).args(["simulate", "--json"]).args(arguments).write_stdin(input);
    let output = command.output().unwrap();
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(!message.contains("panicked"), "{message}");
    (output.status.code(), serde_json::from_slice(&output.stdout).unwrap_or_default(), message)
}

fn good(folder: &Path, input: &[u8], arguments: &[&str]) -> Value {
    let (status, document, message) = simulate(folder, input, arguments);
    assert_eq!(status, Some(0), "{arguments:?}: {message}");
    document
}

const TWO: [f64; 12] = [3.0, 0.0, 0.0, -4.0, 0.0, 0.0, 0.5, 0.25, 0.125, -0.5, 0.25, 0.75];

#[test]
fn a_stack_is_several_matrices_and_tells_the_size() {
    let folder = TempDir::new().unwrap();
    let path = folder.path();
    fs::write(path.join("a.npy"), npy("(2, 3, 2)", &TWO)).unwrap();
    let document = good(path, b"", &["--matrix", "a.npy", "--npy", "out"]);
    assert_eq!((&document["core"]["rows"], &document["core"]["cols"]), (&3.into(), &2.into()));
    let results = document["results"].as_array().unwrap();
    assert_eq!(results.iter().map(|result| &result["matrix"]).collect::<Vec<_>>(), ["a[0]", "a[1]"]);
    let out = path.join("out");
    let real = |value: &Value| value.as_f64().unwrap().to_le_bytes();
    let all = |pointer: &str| -> Vec<[u8; 8]> {
        let rows = results.iter().flat_map(|result| result.pointer(pointer).unwrap().as_array().unwrap());
        rows.flat_map(|row| row.as_array().map_or_else(|| vec![real(row)], |row| row.iter().map(real).collect()))
            .collect()
    };
    assert_eq!(numbers(&out, "sigma.npy", "(2, 2,)"), all("/sigma"));
    assert_eq!(numbers(&out, "u.npy", "(2, 3, 2,)"), all("/u"));
    assert_eq!(numbers(&out, "v.npy", "(2, 2, 2,)"), all("/v"));
    let integers = |pointer: &str| -> Vec<[u8; 8]> {
        results.iter().map(|result| result.pointer(pointer).unwrap().as_i64().unwrap().to_le_bytes()).collect()
    };
    assert_eq!(numbers(&out, "cycles_total.npy", "(2,)"), integers("/cycles/total"));
    assert_eq!(numbers(&out, "status_sweeps.npy", "(2,)"), integers("/sweeps"));
    assert_eq!(numbers(&out, "input_exponent.npy", "(2,)"), integers("/input_exponent"));
    assert!(out.join("raw_u.npy").exists());
    // A later run leaves nothing of an earlier one, and touches nothing else.
    fs::write(out.join("mine.npy"), "mine").unwrap();
    good(path, b"", &["--matrix", "a.npy", "--npy", "out", "--vectors", "v"]);
    assert!(!out.join("u.npy").exists() && !out.join("raw_u.npy").exists());
    assert!(out.join("v.npy").exists() && out.join("mine.npy").exists());
}

#[test]
fn standard_input_shows_its_format() {
    let folder = TempDir::new().unwrap();
    let banner = "%%MatrixMarket matrix array real general\n2 2\n3\n0\n0\n-4\n";
    let cases: [(&[u8], usize); 4] = [
        (b"3,0\n0,-4\n", 1),
        (banner.as_bytes(), 1),
        (b" [[3, 0], [0, -4]]", 1),
        (&npy("(3, 2, 2)", &[3.0, 0.0, 0.0, -4.0].repeat(3)), 3),
    ];
    for (input, count) in cases {
        let document = good(folder.path(), input, &["--matrix", "-"]);
        let results = document["results"].as_array().unwrap();
        assert_eq!((results.len(), &document["core"]["rows"]), (count, &2.into()));
        assert!(results.iter().all(|result| (result["sigma"][0].as_f64().unwrap() - 4.0).abs() < 1e-3));
    }
}

#[test]
fn given_rows_columns_and_files_of_options_win() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("core.toml"), "rows = 4\n").unwrap();
    fs::write(folder.path().join("a.csv"), "3,0\n0,-4\n").unwrap();
    fs::write(folder.path().join("b.csv"), "3,0,1\n").unwrap();
    let refused: [(&[&str], &[&str]); 6] = [
        (&["--matrix", "a.csv", "--config", "core.toml"], &["a.csv", "2 x 2", "core takes 4 x 4"]),
        (&["--matrix", "a.csv", "--cols", "3"], &["a.csv", "2 x 2", "core takes 3 x 3"]),
        (&["--matrix", "a.csv", "b.csv"], &["1 x 3", "2 x 2", "--sizes any"]),
        (&["--matrix", "b.csv", "--symmetric"], &["b.csv", "1 x 3", "symmetric"]),
        (&["--matrix", "a.csv", "b.csv", "--sizes", "any", "--npy", "out"], &["--npy out", "1 x 3"]),
        (&["--matrix", "a.csv", "--npy", "a.csv"], &["a.csv", "file"]),
    ];
    for (arguments, words) in refused {
        let (status, _, message) = simulate(folder.path(), b"", arguments);
        assert_eq!(status, Some(2), "{arguments:?}: {message}");
        assert!(words.iter().all(|word| message.contains(word)), "{arguments:?}: {words:?} are not in {message}");
    }
    assert!(!folder.path().join("out").exists());
    let document = good(folder.path(), b"", &["--matrix", "a.csv", "b.csv", "--sizes", "any"]);
    assert_eq!((&document["core"]["rows"], &document["core"]["cols"]), (&2.into(), &3.into()));
    let stack = npy("(2, 1, 2)", &[0.5, 0.25, 0.5, 1.5]);
    let (status, _, message) = simulate(folder.path(), &stack, &["--matrix", "-", "--input-scale", "0"]);
    assert_eq!(status, Some(2), "{message}");
    assert!(message.contains("standard input[1]: row 1, column 2: 1.5"), "{message}");
    let (status, _, message) = simulate(folder.path(), b"", &["--matrix", "-"]);
    assert_eq!(status, Some(2), "{message}");
    assert!(message.contains("standard input"), "{message}");
}
