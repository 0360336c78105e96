use super::super::difference::Quantity;
use super::super::finding::Aspect;
use super::super::tests::{four, report, request, with_convergence};
use super::super::{Against, Comparison, Other};
use super::*;
use crate::campaign::{Request, Suite};
use std::fs;
use svdforge_golden::{Family, oracle};
use svdforge_hdl::parameters::Parameters;
use svdforge_testbench::framing::InputScale;

/// Fills in an offered document from another implementation, the golden decomposition, with elements rounded to `bits`
/// fraction bits.
fn filled(report: &Report, bits: i32) -> Value {
    let mut document: Value = serde_json::from_str(&offer(report, None).unwrap()).unwrap();
    document["name"] = json!("golden");
    let round = |value: f64| (value * f64::from(bits).exp2()).round() * f64::from(-bits).exp2();
    let rows = |m: &DMatrix<f64>| {
        json!(m.row_iter().map(|r| r.iter().map(|v| round(*v)).collect()).collect::<Vec<Vec<f64>>>())
    };
    for entry in document["matrices"].as_array_mut().unwrap() {
        let a: Vec<Vec<f64>> = serde_json::from_value(entry["a"].clone()).unwrap();
        let a = DMatrix::from_fn(a.len(), a[0].len(), |i, j| a[i][j]);
        if report.plan.cores[0].core.0.symmetric() {
            let eigen = oracle::eigen(&a).unwrap();
            entry["sigma"] = json!(eigen.values);
            entry["v"] = rows(&eigen.vectors);
        } else {
            let svd = oracle::svd(&a).unwrap();
            entry["sigma"] = json!(svd.sigma.iter().map(|s| round(*s)).collect::<Vec<f64>>());
            (entry["u"], entry["v"]) = (rows(&svd.u), rows(&svd.v));
        }
    }
    document
}

fn read(document: &str, report: &Report) -> Result<External, CompareError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tool.json");
    fs::write(&path, document).unwrap();
    External::read(&path, report)
}

fn compare(report: &Report, document: &Value) -> Against {
    let external = read(&document.to_string(), report).unwrap();
    let others = [("tool.json".into(), Other::External(external))];
    Comparison::new((Path::new("a.json"), report), &others).unwrap().comparisons.remove(0)
}

#[test]
fn another_implementation_is_judged_alike() {
    let report = four();
    // In f64 there are next to no errors.
    let exact = compare(&report, &filled(&report, 60));
    assert_eq!((exact.results(), exact.unpaired.matrices_a, exact.worse.len()), ((34, 34), 0, 0));
    for difference in &exact.all {
        assert!(difference.b.max < 1e-6, "{difference:?}");
    }
    assert_eq!(exact.quantities().len(), 4, "no sweeps, no cycles");
    // The elements are rounded to 8 fraction bits, where the word has 11. So the elements of U and V are off by up to
    // 2^-9, and the products UᵀU and VᵀV by twice that or more.
    let rounded = compare(&report, &filled(&report, 8));
    let error = |metric| rounded.cores[0].of(Quantity::Error(metric)).unwrap().b.median;
    assert!((1.0..8.0).contains(&error(Metric::Sigma)), "half of 8 LSB, of 16 where the matrix is small");
    assert!((4.0..40.0).contains(&error(Metric::Orthogonality)));
    assert!(!rounded.worse.is_empty());
}

/// A document may have a few results only, in any order. A factor that is not given has no error.
#[test]
fn documents_may_have_less_and_more() {
    let report = four();
    let mut document = filled(&report, 60);
    let entries = document["matrices"].as_array_mut().unwrap();
    entries.truncate(8);
    entries.reverse();
    for entry in entries {
        *entry = json!({ "matrix": entry["matrix"], "sigma": entry["sigma"], "v": entry["v"], "cycles": 100 });
    }
    let found = compare(&report, &document);
    assert_eq!((found.results(), found.unpaired.matrices_a), ((8, 8), 26));
    assert!(!found.worse.iter().any(|finding| finding.aspect == Aspect::Coverage), "{:?}", found.worse);
    let orthogonality = Quantity::Error(Metric::Orthogonality);
    assert_eq!(found.quantities(), [Quantity::Error(Metric::Sigma), orthogonality, Quantity::Cycles]);
    // The core's own orthogonality error is that of V alone, too.
    let of_v = report.records[..8].iter().filter_map(|record| record.accuracy.orthogonality_v_max_lsb);
    assert_eq!(found.cores[0].of(orthogonality).unwrap().a.max, of_v.reduce(f64::max).unwrap());
    assert_eq!(found.cores[0].of(Quantity::Cycles).unwrap().b.max, 100.0);
}

#[test]
fn eigenvalues_are_judged_too() {
    let core = Parameters { symmetric: true, ..Parameters::default() };
    let families = vec![Family::Uniform, Family::Skew];
    let request = Request {
        suite: Suite::Quick,
        seed: 3,
        matrices: Some(2),
        families,
        input_scale: InputScale::Auto,
        core,
        size: Some((4, 4)),
        word: Some(12),
        guard: Some(2),
    };
    let report = report(&request);
    assert!(compare(&report, &filled(&report, 60)).all.iter().all(|difference| difference.b.max < 1e-6));
    let mut document = filled(&report, 60);
    document["matrices"][1]["u"] = document["matrices"][1]["v"].clone();
    let message = read(&document.to_string(), &report).unwrap_err().to_string();
    assert!(message.contains("matrices[1].u is given"), "{message}");
}

#[test]
fn wrong_documents_are_refused() {
    let report = four();
    let document = filled(&report, 60);
    let text = document.to_string();
    let refused = |text: &str, words: &[&str]| {
        let message = read(text, &report).unwrap_err().to_string();
        for word in words.iter().chain(&["tool.json"]) {
            assert!(message.contains(word), "`{word}` is not in: {message}");
        }
    };
    refused(&text[..2000], &["not JSON", "cut off"]);
    refused(&text.replacen("\"name\":\"golden\"", "\"name\":NaN", 1), &["no NaN"]);
    refused("[1, 2]", &["`kind` is null", "report matrices"]);
    refused(&report.to_json(), &["is a report of svdforge", "before --external"]);
    let changed = |change: &dyn Fn(&mut Value), words: &[&str]| {
        let mut document = document.clone();
        change(&mut document);
        refused(&document.to_string(), words);
    };
    changed(&|d| d["schema"] = json!(2), &["`schema` is 2", "schema 1"]);
    changed(&|d| d["name"] = json!(" "), &["`name` is missing"]);
    changed(&|d| d["name"] = json!("a\nb"), &["`name` has a line break"]);
    changed(&|d| d["campaign"]["seed"] = json!(2), &["another report", "`campaign.seed` is 2 here and 1"]);
    changed(&|d| d["matrices"] = json!([]), &["`matrices` is empty"]);
    changed(&|d| d["extra"] = json!(1), &["extra"]);
    let entry = |field: &'static str, value: Value, words: &[&str]| {
        changed(&|d| d["matrices"][3][field] = value.clone(), &[&["matrices[3]"], words].concat());
    };
    entry("matrix", json!(9999), &[".matrix is 9999", "matrices 0 to"]);
    entry("matrix", json!(2), &["matrix 2 is there already, as matrices[2]"]);
    entry("matrix", json!(-1), &[".matrix is -1"]);
    let swapped = |d: &mut Value| {
        d["matrices"].as_array_mut().unwrap().truncate(4);
        d["matrices"][3]["matrix"] = json!(30);
    };
    changed(&swapped, &["matrices[3].", "is not that of matrix 30 of the first report"]);
    entry("seed", json!(5), &[".seed is not that of matrix 3"]);
    entry("a", json!([[1.0]]), &[".a is not that of matrix 3"]);
    entry("sgima", json!([1.0]), &[".sgima is unknown", "sigma, u, v, cycles"]);
    entry("sigma", Value::Null, &[".sigma is missing", "3 singular values"]);
    entry("sigma", json!([1.0, 0.5]), &[".sigma has 2 numbers; give a list of 3"]);
    entry("sigma", json!([1.0, 0.5, -0.1]), &[".sigma[2] is -0.1", "not negative"]);
    entry("sigma", json!([0.5, 1.0, 0.1]), &[".sigma[1] is 1, above the one before", "descending"]);
    entry("sigma", json!([1.0, "half", 0.1]), &[".sigma[1] is \"half\"; give a number"]);
    entry("sigma", json!([1e305, 1.0, 0.1]), &["too large"]);
    entry("u", json!([[1.0, 0.0, 0.0]]), &[".u has 1 rows; give a list of 3 rows"]);
    entry("v", json!([[1.0, 0.0, 0.0], [1.0], [1.0, 0.0, 0.0]]), &[".v[1] has 1 numbers; give a list of 3"]);
    entry("cycles", json!(1.5), &[".cycles is 1.5"]);
}

/// The matrices of a single core can be asked for. The document that is offered is not accepted as a report.
#[test]
fn one_core_can_be_asked_for() {
    let report = with_convergence(&request(Some(12), Some(4), 1));
    let all: Value = serde_json::from_str(&offer(&report, None).unwrap()).unwrap();
    let one: Value = serde_json::from_str(&offer(&report, Some(0)).unwrap()).unwrap();
    assert_eq!(all, one, "the only core that does not stop early");
    let stopped = report.records.last().unwrap().matrix;
    let mut document = all;
    document["name"] = json!("tool");
    document["matrices"][0]["matrix"] = json!(stopped);
    let message = read(&document.to_string(), &report).unwrap_err().to_string();
    assert!(message.contains("stops early"), "{message}");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.json");
    fs::write(&path, one.to_string()).unwrap();
    assert!(Report::read(&path).unwrap_err().to_string().contains("after --external"));
}
