//! Tests of cores for complex matrices from the command line: what they take and give, and what is refused.

use assert_cmd::Command;
use nalgebra::{Complex, DMatrix};
use serde_json::Value;
use std::fs;
use std::path::Path;
use svdforge_golden::reader::read_numbers;
use tempfile::TempDir;

const GENERAL: &str = "0.5+0.25i,-0.125i\n0.75,-0.5-0.5i\n0.25-1i,0.125\n";
const HERMITIAN: &str = "0.5,0.25-0.5i\n0.25+0.5i,-0.75\n";
const REAL: &str = "0.5,0.25\n0.125,-0.75\n";

/// A folder with the matrices above.
fn folder() -> TempDir {
    let folder = TempDir::new().unwrap();
    for (name, text) in [("general.csv", GENERAL), ("hermitian.csv", HERMITIAN), ("real.csv", REAL)] {
        fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

/// Runs the program in a folder. The result is its exit status and what it printed on both streams.
fn run(folder: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = Command::cargo_bin("svdforge").unwrap().current_dir(folder).args(arguments).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

fn json(folder: &Path, arguments: &[&str]) -> Value {
    let (status, text, message) = run(folder, &[arguments, &["--json"]].concat());
    assert_eq!(status, Some(0), "{message}");
    serde_json::from_str(&text).unwrap()
}

/// Complex numbers that JSON has as pairs.
fn matrix(rows: &Value) -> DMatrix<Complex<f64>> {
    let number = |pair: &Value| Complex::new(pair[0].as_f64().unwrap(), pair[1].as_f64().unwrap());
    let rows: Vec<Vec<Complex<f64>>> =
        (rows.as_array().unwrap().iter()).map(|row| row.as_array().unwrap().iter().map(number).collect()).collect();
    DMatrix::from_fn(rows.len(), rows[0].len(), |i, j| rows[i][j])
}

fn values(list: &Value) -> DMatrix<Complex<f64>> {
    let numbers = list.as_array().unwrap().iter().map(|v| Complex::from(v.as_f64().unwrap()));
    DMatrix::from_diagonal(&numbers.collect::<Vec<_>>().into())
}

/// U, sigma and V of `simulate --json` give the matrix of the file, and so do the arrays of `--npy`.
#[test]
fn the_factors_of_a_complex_matrix_give_it_again() {
    let folder = folder();
    let read = |name: &str| read_numbers::<Complex<f64>>(folder.path().join(name)).unwrap().0.remove(0).matrix;
    let core = ["simulate", "--complex", "--matrix", "general.csv", "--npy", "out"];
    let document = json(folder.path(), &core);
    assert_eq!(document["core"]["complex"], true);
    let result = &document["results"][0];
    let (u, v) = (matrix(&result["u"]), matrix(&result["v"]));
    let product = &u * values(&result["sigma"]) * v.adjoint();
    let rigorous = result["bounds"]["rigorous"]["reconstruction"].as_f64().unwrap();
    let lsb = result["accuracy"]["lsb"].as_f64().unwrap();
    let largest = |apart: DMatrix<Complex<f64>>| apart.iter().map(|e| e.re.abs().max(e.im.abs())).fold(0.0, f64::max);
    assert!(largest(product - read("general.csv")) <= rigorous * lsb);
    assert!(result["accuracy"]["sigma_max_lsb"].as_f64().unwrap() > 0.0 && result["sources"].is_null());
    assert_eq!(read("out/u.npy"), u, "the same numbers in numpy's format");
    assert_eq!(read("out/v.npy"), v);
    let raw = fs::read(folder.path().join("out/raw_u.npy")).unwrap();
    assert!(raw.windows(13).any(|part| part == b"(1, 3, 2, 2,)"), "the part of a number is the last index");

    let document = json(folder.path(), &["simulate", "--complex", "--symmetric", "--matrix", "hermitian.csv"]);
    let result = &document["results"][0];
    let vectors = matrix(&result["vectors"]);
    let product = &vectors * values(&result["eigenvalues"]) * vectors.adjoint();
    let rigorous = result["bounds"]["rigorous"]["reconstruction"].as_f64().unwrap();
    assert!(largest(product - read("hermitian.csv")) <= rigorous * result["accuracy"]["lsb"].as_f64().unwrap());
}

/// Elements of a frame hold the real part in the low half; the beats of a real core are as before.
#[test]
fn beats_hold_both_parts() {
    let folder = folder();
    let arguments = ["simulate", "--complex", "--matrix", "general.csv", "--beats", "beats.json"];
    let (status, text, message) = run(folder.path(), &arguments);
    assert_eq!(status, Some(0), "{message}");
    assert!(text.contains("sigma, core") && text.contains("svd_3x2_complex"), "{text}");
    let text = fs::read_to_string(folder.path().join("beats.json")).unwrap();
    let document: Value = serde_json::from_str(&text).unwrap();
    let beats = &document["matrices"][0];
    // 0.5+0.25i and -0.125i, with 15 fraction bits.
    assert_eq!(beats["input"][0]["tdata"], "20004000");
    assert_eq!(beats["integers"][0], serde_json::json!([16384, 8192, 0, -4096]));
}

#[test]
fn throughput_is_measured_and_judged() {
    let folder = folder();
    let core = ["bench", "core", "--complex", "--rows", "4", "--cols", "4", "--sweeps", "5", "--frames", "20"];
    let found = json(folder.path(), &[&core[..], &["--interleave", "auto"]].concat());
    assert_eq!((&found["frames"], &found["results_correct"]), (&20.into(), &20.into()));
    let utilisation = found["utilisation"].as_f64().unwrap();
    assert!(utilisation > 0.5 && utilisation <= 1.0, "{utilisation}");
}

#[test]
fn what_does_not_fit_is_refused_with_the_reason() {
    let folder = folder();
    fs::write(folder.path().join("nearly.csv"), "0.5,0.25-0.5i\n0.25+0.375i,-0.75\n").unwrap();
    let simulate = |file, more: &[&'static str]| [&["simulate", "--matrix", file], more].concat();
    let complex = &["--complex"][..];
    let hermitian = &["--complex", "--symmetric"][..];
    let cases: Vec<(Vec<&str>, &[&str])> = vec![
        (simulate("general.csv", &[]), &["general.csv", "line 2, field 2", "is a complex number", "complex matrices"]),
        (simulate("real.csv", complex), &["real.csv", "no number in the file has an imaginary part"]),
        (simulate("general.csv", hermitian), &["general.csv", "3 x 2", "square"]),
        (
            simulate("nearly.csv", hermitian),
            &[
                "nearly.csv: row 1, column 2 is 0.25-0.5i, but row 2, column 1 is 0.25+0.375i",
                "by 0.125 (4096 LSB)",
                "(8192, -16384) and (8192, 12288) LSB",
                "(A + conjugate transpose of A) / 2",
            ],
        ),
        (simulate("hermitian.csv", &["--complex", "--arch", "row"]), &["--complex true: ", "architecture serial"]),
        (simulate("general.csv", &["--complex", "--trace", "look"]), &["--trace", "real matrices"]),
        (vec!["report", "--complex", "--out", "r"], &["--complex", "real matrices only"]),
        (vec!["explore", "--complex", "--out", "e"], &["--complex", "real matrices only"]),
        (vec!["bench", "sweeps", "--complex"], &["--complex", "real matrices only"]),
        (vec!["bench", "growth", "--complex", "--out", "g"], &["--complex", "real matrices only"]),
        (vec!["upset", "--complex"], &["--complex", "real matrices only"]),
    ];
    for (arguments, words) in &cases {
        let (status, text, message) = run(folder.path(), arguments);
        assert_eq!((status, text.as_str()), (Some(2), ""), "{arguments:?}: {message}");
        for word in *words {
            assert!(message.contains(word), "{arguments:?}: `{word}` is not in: {message}");
        }
    }
    assert_eq!(cases.len(), 11);
    // The diagonal of a Hermitian matrix is real.
    fs::write(folder.path().join("nearly.csv"), "0.5,0.25-0.5i\n0.25+0.5i,-0.75+0.25i\n").unwrap();
    let (status, _, message) = run(folder.path(), &simulate("nearly.csv", hermitian));
    assert_eq!(status, Some(2));
    let words = "row 2, column 2 is -0.75+0.25i: on the diagonal of a Hermitian matrix there is no imaginary part, but this one is 8192 LSB";
    assert!(message.contains(words), "{message}");
}
