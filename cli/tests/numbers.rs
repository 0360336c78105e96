//! Tests that numbers of every size are read, judged and printed right, and that matrices for symmetric cores need to
//! be symmetric only after quantisation.

use assert_cmd::Command;
use serde_json::Value;
use std::fs;
use tempfile::TempDir;

/// Runs the program in a folder with these files. The result is its exit status and what it printed on both streams.
fn run(files: &[(&str, &[u8])], arguments: &[&str]) -> (Option<i32>, String, String) {
    let folder = TempDir::new().unwrap();
    for (name, content) in files {
        fs::write(folder.path().join(name), content).unwrap();
    }
    let output = Command::cargo_bin("svdforge").unwrap().current_dir(folder.path()).args(arguments).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

fn json(files: &[(&str, &[u8])], arguments: &[&str]) -> Value {
    let (status, text, message) = run(files, &[arguments, &["--json"]].concat());
    assert_eq!(status, Some(0), "{message}");
    serde_json::from_str(&text).unwrap()
}

/// The same matrix at very different sizes: printed digits, and errors in LSB that do not depend on the size.
#[test]
fn results_of_every_size_show_their_digits() {
    let base = [[1.0, 2.0], [3.0, -5.0]];
    // Powers of two near 1e-300, 1e-20, 1, 1e20 and 1e300.
    let errors: Vec<(Value, Value)> = [-997, -66, 0, 66, 996]
        .into_iter()
        .map(|exponent| {
            let row = |row: [f64; 2]| {
                format!("{:e},{:e}\n", row[0] * 2.0_f64.powi(exponent), row[1] * 2.0_f64.powi(exponent))
            };
            let file = base.map(row).concat();
            let files = [("a.csv", file.as_bytes())];
            let (status, text, message) = run(&files, &["simulate", "--matrix", "a.csv"]);
            assert_eq!(status, Some(0), "{message}");
            assert!(!text.contains("0.00000"), "2^{exponent}: {text}");
            let result = &json(&files, &["simulate", "--matrix", "a.csv"])["results"][0];
            assert!(result["accuracy"]["lsb"].as_f64().unwrap() > 0.0);
            (result["accuracy"]["sigma_rms_lsb"].clone(), result["sources"]["sigma_rms_lsb"]["total"].clone())
        })
        .collect();
    assert!(errors.iter().all(|one| *one == errors[0] && one.0.as_f64().unwrap() > 0.0), "{errors:?}");
    let (_, text, _) = run(&[("a.csv", b"1e-20,2e-20\n3e-20,-5e-20\n")], &["simulate", "--matrix", "a.csv"]);
    assert!(text.contains("5.966650e-20") && text.contains("1.843613e-20"), "{text}");
}

#[test]
fn results_at_the_end_of_the_range() {
    let large = [("a.csv", &b"1e308,1e308\n1e308,-1e308\n"[..])];
    let result = &json(&large, &["simulate", "--matrix", "a.csv"])["results"][0];
    let sigma = result["sigma"][0].as_f64().unwrap();
    assert!((sigma / 1e308 - 2.0_f64.sqrt()).abs() < 1e-4, "{sigma}");
    let too_large = b"1e308,1e308\n1e308,1e308\n";
    let too_small = b"1e-310,0\n0,1e-310\n";
    for command in [&["simulate", "--matrix", "a.csv"][..], &["verify", "--matrix", "a.csv"]] {
        for (content, words) in [
            (&too_large[..], "a.csv: the elements are too large: the largest is 1e308"),
            (too_small, "a.csv: the elements are too small: the largest is 1e-310"),
        ] {
            let (status, text, message) = run(&[("a.csv", content)], command);
            assert_eq!((status, text.as_str()), (Some(2), ""));
            assert!(message.contains(words) && message.contains("the matrix by 2^"), "{message}");
            assert!(!message.contains("00000000000"), "{message}");
        }
    }
}

#[test]
fn symmetric_after_quantisation_is_symmetric() {
    let nearly = [("a.csv", &b"0.5,0.30000000000000004\n0.3,0.25\n"[..])];
    let result = &json(&nearly, &["simulate", "--symmetric", "--matrix", "a.csv"])["results"][0];
    assert_eq!(result["eigenvalues"].as_array().unwrap().len(), 2);
    assert!(result["sources"]["sigma_rms_lsb"]["total"].as_f64().unwrap() > 0.0);
    let (status, _, message) = run(&nearly, &["verify", "--symmetric", "--matrix", "a.csv"]);
    assert_eq!(status, Some(0), "{message}");
    for command in ["simulate", "verify"] {
        let files = [("a.csv", &b"0.5,0.25\n0.125,0.25\n"[..])];
        let (status, text, message) = run(&files, &[command, "--symmetric", "--matrix", "a.csv"]);
        assert_eq!((status, text.as_str()), (Some(2), ""));
        let words = "a.csv: row 1, column 2 is 0.25, but row 2, column 1 is 0.125: they differ by 0.125 (";
        assert!(message.contains(words) && message.contains("(A + transpose of A) / 2"), "{message}");
    }
}

/// What numpy and scipy write reaches the core, or is refused by name.
#[test]
fn files_of_numpy_and_scipy() {
    let npy = |descr: &str, shape: &str, data: &[u8]| {
        let header = format!("{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}");
        let length = (header.len() as u16).to_le_bytes();
        [b"\x93NUMPY\x01\x00", &length[..], header.as_bytes(), data].concat()
    };
    let complex = npy("'<c16'", "(2, 2)", &[0; 64]);
    let (status, _, message) = run(&[("a.npy", &complex)], &["simulate", "--matrix", "a.npy"]);
    assert_eq!(status, Some(2));
    assert!(message.contains("a.npy: the elements (dtype '<c16') are complex numbers (complex128)"), "{message}");
    assert!(message.contains("a.real") && message.contains("imaginary part, which would be lost"), "{message}");
    let structured = npy("[('a', '<f8'), ('b', '<f8')]", "(2,)", &[0; 32]);
    let (status, _, message) = run(&[("a.npy", &structured)], &["simulate", "--matrix", "a.npy"]);
    assert_eq!(status, Some(2));
    assert!(
        message.contains("a.npy: this is a structured array, with the fields 'a', 'b'; save one field"),
        "{message}"
    );
    // 1, -2, 0.5, 0.25 in half precision.
    let half = npy("'<f2'", "(2, 2)", &[0x00, 0x3c, 0x00, 0xc0, 0x00, 0x38, 0x00, 0x34]);
    let sparse = b"%%MatrixMarket matrix coordinate real general\n% caf\xe9\n2 2 5\n1 1 0.5\n1 1 5D-1\n1 2 -2\n2 1 0.5\n2 2 .25\n";
    let files = [("a.npy", &half[..]), ("b.mtx", sparse)];
    let document = json(&files, &["simulate", "--matrix", "a.npy", "b.mtx"]);
    assert_eq!(document["results"][0]["sigma"], document["results"][1]["sigma"]);
}
