//! Tests the page that shows a core at work, and its data.

use assert_cmd::Command;
use serde_json::Value;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// Runs `simulate` with these arguments and the options `--trace look --json`. Returns the JSON on stdout, the data and
/// the page.
fn look(folder: &Path, arguments: &[&str]) -> (Value, Value, String) {
    let all = [&["simulate"], arguments, &["--trace", "look", "--json"]].concat();
    let output = Command::cargo_bin("svdforge").unwrap().current_dir(folder).args(&all).output().unwrap();
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{all:?}: {message}");
    assert!(message.contains("look/index.html"), "{message}");
    let text = fs::read_to_string(folder.join("look/trace.json")).unwrap();
    let page = fs::read_to_string(folder.join("look/index.html")).unwrap();
    (serde_json::from_slice(&output.stdout).unwrap(), serde_json::from_str(&text).unwrap(), page)
}

fn integers(value: &Value) -> Vec<f64> {
    match value {
        Value::Array(parts) => parts.iter().flat_map(integers).collect(),
        Value::Null => vec![],
        number => vec![number.as_f64().unwrap()],
    }
}

fn list<'a>(value: &'a Value, key: &str) -> &'a Vec<Value> {
    value[key].as_array().unwrap_or_else(|| panic!("no list {key}"))
}

/// Checks what every trace must have: a page without references, the same data in it, a complete set of positions of
/// the slider, and the values that `--json` gives.
fn check(folder: &Path, arguments: &[&str], values: &str, vectors: [&str; 2]) -> Value {
    let (results, data, page) = look(folder, arguments);
    for reference in ["http:", "https:", "src=", "href=", "url(", "@import", "import(", "fetch(", "XMLHttpRequest"] {
        assert!(!page.contains(reference), "the page refers to something: {reference}");
    }
    let (_, embedded) = page.split_once(r#"<script type="application/json" id="trace">"#).unwrap();
    let embedded = embedded.split_once("</script>").unwrap().0;
    assert_eq!(serde_json::from_str::<Value>(embedded).unwrap(), data);
    assert!(page.len() < 300_000, "{} bytes", page.len());
    let matrices = list(&data, "matrices");
    assert_eq!(matrices.len(), list(&results, "results").len());
    for (trace, result) in matrices.iter().zip(list(&results, "results")) {
        assert_eq!(trace["matrix"], result["matrix"]);
        assert_eq!(trace["cycles"], result["cycles"]);
        let sweeps = result["sweeps"].as_u64().unwrap();
        let steps = list(trace, "steps");
        let per_sweep = steps.iter().map(|step| step["step"].as_u64().unwrap()).max().unwrap();
        assert_eq!(steps.len() as u64, sweeps * per_sweep + 1);
        for step in steps {
            assert!(!list(step, "a").is_empty(), "each position of the slider has data");
        }
        let scale = |exponent: &Value, frac: &Value| (exponent.as_f64().unwrap() - frac.as_f64().unwrap()).exp2();
        let unit = scale(&trace["input_exponent"], &trace["output"]["values_frac"]);
        let unit = unit * trace["block_exponent"].as_f64().unwrap().exp2();
        let found: Vec<f64> = integers(&trace["output"]["values"]).iter().map(|units| units * unit).collect();
        assert_eq!(found, integers(&result[values]), "{values}");
        assert!(!found.is_empty());
        let unit = (-trace["vector_frac"].as_f64().unwrap()).exp2();
        for (part, name) in ["u", "v"].into_iter().zip(vectors) {
            let found: Vec<f64> = integers(&trace["output"][part]).iter().map(|units| units * unit).collect();
            assert_eq!(found, if name.is_empty() { vec![] } else { integers(&result[name]) }, "{name}");
        }
        let end = trace["end"].as_u64().unwrap();
        for (unit, run) in
            list(trace, "tracks").iter().flat_map(|t| list(t, "runs").iter().map(|run| (&t["unit"], run)))
        {
            assert!(run[0].as_u64().unwrap() + run[1].as_u64().unwrap() <= end, "{unit}: {run}");
        }
        assert_eq!(list(trace, "streams").len(), 9);
    }
    data
}

#[test]
fn the_page_shows_what_the_core_delivered() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("a.csv"), "1,2,3\n4,5,6\n7,8,10\n").unwrap();
    fs::write(folder.path().join("<b>.csv"), "2,-1,0\n-1,2,-1\n0,-1,2\n").unwrap();
    let two = ["--matrix", "a.csv", "<b>.csv"];
    let data = check(folder.path(), &two, "sigma", ["u", "v"]);
    assert_eq!(list(&data, "matrices").len(), 2);
    assert_eq!(data["core"]["rows"], 3);
    let symmetric = ["--matrix", "<b>.csv", "--symmetric"];
    check(folder.path(), &symmetric, "eigenvalues", ["", "vectors"]);
    check(folder.path(), &["--matrix", "a.csv", "--vectors", "none"], "sigma", ["", ""]);
    check(folder.path(), &["--matrix", "a.csv", "--rows=5", "--cols=4", "--sizes=any"], "sigma", ["u", "v"]);
    let tall: String = (0..12).map(|k| format!("{},{},1\n", k % 5, k * k % 7)).collect();
    fs::write(folder.path().join("tall.csv"), tall).unwrap();
    let data = check(folder.path(), &["--matrix", "tall.csv", "--vectors=v"], "sigma", ["", "v"]);
    let steps = list(&data["matrices"][0], "reduction");
    assert!(steps.len() > 6 && steps.iter().all(|step| list(step, "triangles").len() == 2));
}

/// The waveforms in both formats, the trace and the arrays come from one run.
#[test]
fn everything_is_written_in_one_run_and_is_the_same_every_time() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("a.csv"), "1,2\n3,4\n").unwrap();
    let all = ["--matrix=a.csv", "--vcd=a.vcd", "--fst=a.fst", "--npy=arrays"];
    let mut before: Option<Vec<Vec<u8>>> = None;
    for _ in 0..2 {
        look(folder.path(), &all);
        let read = |name: &str| fs::read(folder.path().join(name)).unwrap();
        let files = ["a.vcd", "a.fst", "arrays/sigma.npy", "look/index.html", "look/trace.json"].map(read).to_vec();
        assert!(files[1].len() * 4 < files[0].len(), "FST is smaller");
        assert!(before.as_ref().is_none_or(|before| *before == files), "the same bytes");
        before = Some(files);
    }
}
