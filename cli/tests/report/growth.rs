//! Tests the study of how cost grows: what it measures, its files, and the mistakes of users.

use super::{is_refused, svdforge};
use serde_json::Value;
use std::fs;
use tempfile::TempDir;

#[test]
fn the_cost_of_several_sizes_is_measured_and_the_laws_are_fitted() {
    let folder = TempDir::new().unwrap();
    let arguments = ["bench", "growth", "--n=4,8..16:8", "--arch=serial", "--word=12", "--out=a"];
    let output = svdforge(folder.path(), &[&arguments[..], &["--json"]].concat());
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    let measurements = document["measurements"].as_array().unwrap();
    let of = |key: &str| measurements.iter().map(|m| m[key].as_f64().unwrap()).collect::<Vec<_>>();
    assert_eq!(of("n"), [4.0, 8.0, 16.0]);
    assert_eq!(of("multipliers"), [17.0; 3]);
    for key in ["cycles", "interval_cycles", "memory_bits"] {
        assert!(of(key).is_sorted_by(|a, b| a < b), "{key}: {:?}", of(key));
    }
    for key in ["generation_s", "build_s", "simulation_s"] {
        assert!(of(key).iter().all(|&seconds| seconds > 0.0), "{key}: {:?}", of(key));
    }
    if cfg!(target_os = "linux") {
        // Each core has a process of its own, so none is charged for a larger one before it.
        assert!(of("peak_bytes").iter().all(|&bytes| (1e6..1e9).contains(&bytes)), "{:?}", of("peak_bytes"));
    }
    assert!(measurements.iter().all(|m| m["lut"].is_null()));
    let laws = document["laws"].as_array().unwrap();
    let law = |figure: &str| laws.iter().find(|law| law["figure"] == figure).unwrap()["exponent"].as_f64().unwrap();
    assert_eq!(law("multipliers"), 0.0);
    let cycles = of("cycles");
    let doubled = (cycles[2] / cycles[0]).log2() / 2.0;
    assert!((law("cycles") - doubled).abs() < 0.01, "equal steps: the slope is that of the ends");
    let command = document["command"].as_str().unwrap();
    assert_eq!(command, "svdforge bench growth --n 4,8,16 --arch serial --word 12");
    let read = |name: &str| fs::read_to_string(folder.path().join("a").join(name)).unwrap();
    assert!(read("growth.md").contains("**serial**") && read("growth.md").contains("| law |"));
    assert!(read("growth.svg").contains(&format!("serial n^{:.2}", law("cycles"))), "the law is in the plot");
    assert_eq!(serde_json::from_str::<Value>(&read("growth.json")).unwrap(), document);
    let text = svdforge(folder.path(), &arguments);
    let text = String::from_utf8(text.stdout).unwrap();
    assert!(text.contains("law") && text.contains("n^0.00") && text.contains("growth.svg"), "{text}");
}

#[test]
fn sizes_that_cannot_be_measured_are_refused() {
    let folder = TempDir::new().unwrap();
    let cases: [(&[&str], &[&str]); 6] = [
        (&["--n=8,4000"], &["4000 x 4000", "--cols 4000"]),
        (&["--n=few"], &["--n", "`few`"]),
        (&["--rows=8"], &["--rows", "--n"]),
        (&["--word=12,16"], &["--word: 2 values", "--n and --arch"]),
        (&["--arch=hypercube"], &["--arch", "hypercube", "serial"]),
        (&["--target=abacus"], &["--target abacus", "ecp5-85k"]),
    ];
    for (arguments, words) in cases {
        is_refused(folder.path(), &[&["bench", "growth", "--out=a"], arguments].concat(), words);
    }
    assert!(!folder.path().join("a").exists());
}
