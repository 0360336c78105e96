//! Reads the results of other tools for the matrices of a report. They are judged by the same golden metrics as the
//! core's own results.
//!
//! [`offer`] writes a document with the matrices as a core gets them. The other tool adds its `name`, and `sigma`, `u`
//! and `v` for each matrix. [`External::read`] reads the completed document. `docs/report-format.md` documents it.

use super::error::CompareError;
use crate::campaign::plan::Settings;
use crate::campaign::record::{LARGEST, rounded};
use crate::campaign::run::input;
use crate::campaign::{CampaignError, Item, Metric, Plan, Purpose};
use crate::documents::{EXTERNAL, REPORT, difference};
use crate::report::Report;
use nalgebra::DMatrix;
use rayon::prelude::*;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::path::Path;
use svdforge_golden::metrics::MetricsError;
use svdforge_golden::reader::{brief, read_bytes};
use svdforge_golden::{Accuracy, Factors, accuracy, eigen_accuracy};
use svdforge_hdl::shape::Shape;
use svdforge_testbench::framing::Quantised;

/// The version of the format of such documents.
const SCHEMA: u64 = 1;

/// The fields of an entry that the tool fills in, followed by the one that it may fill in.
const RESULT: [&str; 4] = ["sigma", "u", "v", "cycles"];

/// The results of another tool.
#[derive(Clone, Debug)]
pub struct External {
    /// Its name.
    pub name: String,
    /// The notes of its user.
    pub notes: Option<String>,
    /// The results, in the order of the matrices in the report.
    pub results: Vec<ExternalResult>,
}

/// The result for one matrix.
#[derive(Clone, Debug)]
pub struct ExternalResult {
    /// The number of the matrix in the report.
    pub matrix: usize,
    /// The errors, to as many decimals as those of a report.
    pub accuracy: Accuracy,
    /// The number of clock cycles, if the tool gives it.
    pub cycles: Option<u64>,
}

/// The document, whose entries are still to be checked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    #[serde(rename = "kind")]
    _kind: String,
    #[serde(rename = "schema")]
    _schema: u64,
    name: Option<String>,
    notes: Option<String>,
    campaign: Option<Settings>,
    matrices: Vec<Map<String, Value>>,
}

/// Whether the matrices of this core are offered to other tools. Cores that stop early serve only to show the
/// convergence.
pub fn is_offered(plan: &Plan, core: usize) -> bool {
    plan.cores[core].purpose == Purpose::Accuracy
}

/// The document for another tool to fill in, with one line for each matrix as the core gets it. It has the matrices of
/// one core of a report, or of all cores if `core` is `None`.
pub fn offer(report: &Report, core: Option<usize>) -> Result<String, CampaignError> {
    let plan = &report.plan;
    let asked = |item: &&Item| core.map_or_else(|| is_offered(plan, item.core), |core| core == item.core);
    let items: Vec<Item> = plan.items().into_iter().filter(|item| asked(&item)).collect();
    let lines: Vec<String> = items
        .par_iter()
        .map(|item| {
            let input = quantised(plan, item)?;
            Ok(identity(plan, item, &input).to_string())
        })
        .collect::<Result<_, CampaignError>>()?;
    Ok(format!(
        "{{\n\"kind\": \"{EXTERNAL}\",\n\"schema\": {SCHEMA},\n\"name\": null,\n\"notes\": null,\n\"campaign\": {},\n\"matrices\": [\n{}\n]\n}}\n",
        json!(plan.settings),
        lines.join(",\n")
    ))
}

/// What a document says about a matrix before it has a result.
fn identity(plan: &Plan, item: &Item, input: &Quantised) -> Value {
    let shape = plan.shape(item.core);
    let matrix = input.matrix(shape);
    let rows: Vec<Vec<f64>> = matrix.row_iter().map(|row| row.iter().copied().collect()).collect();
    json!({
        "matrix": item.matrix, "core": item.core, "family": item.family, "seed": item.seed, "rows": input.rows, "cols": input.cols,
        "lsb": input.lsb(shape), "a": rows, "sigma": null, "u": null, "v": null,
    })
}

fn quantised(plan: &Plan, item: &Item) -> Result<Quantised, CampaignError> {
    input(plan, item).map_err(|source| CampaignError::Judge {
        matrix: item.matrix,
        name: item.name(plan),
        source: Box::new(source.into()),
    })
}

impl External {
    /// Reads and judges results for the matrices of a report. An error names the field, says what is wrong and what
    /// would be right.
    pub fn read(path: &Path, report: &Report) -> Result<Self, CompareError> {
        let broken = |message: String| CompareError::external(path, "", message);
        if path.is_dir() {
            return Err(broken("this is a folder; give a file with the results of another tool".to_owned()));
        }
        let bytes = read_bytes(path, "file with the results of another tool")?;
        let value: Value = serde_json::from_slice(&bytes).map_err(|e| {
            broken(format!(
                "this is not JSON (which has no NaN and no infinity), or it was cut off: {}",
                brief(&e.to_string())
            ))
        })?;
        match &value["kind"] {
            kind if kind == EXTERNAL => {}
            kind if kind == REPORT => {
                return Err(broken("this is a report of svdforge; give it before --external".to_owned()));
            }
            kind => {
                return Err(broken(format!(
                    "`kind` is {}, not \"{EXTERNAL}\"; `svdforge report matrices` writes a document to fill in",
                    brief(&kind.to_string())
                )));
            }
        }
        if value["schema"] != SCHEMA {
            return Err(broken(format!(
                "`schema` is {}; this svdforge reads schema {SCHEMA}",
                brief(&value["schema"].to_string())
            )));
        }
        let document: Document = serde_json::from_value(value).map_err(|e| broken(brief(&e.to_string())))?;
        let plan = &report.plan;
        if let Some((field, found, right)) = document.campaign.and_then(|there| difference(&there, &plan.settings)) {
            return Err(broken(format!(
                "this document belongs to another report: `campaign.{field}` is {found} here and {right} in the first report"
            )));
        }
        let name = document.name.filter(|name| !name.trim().is_empty());
        let name =
            name.ok_or_else(|| broken("`name` is missing: say in a line which tool made the results".to_owned()))?;
        if name.contains(char::is_control) {
            return Err(broken("`name` has a line break or another control character: give one line".to_owned()));
        }
        let at = |index: usize, message| CompareError::external(path, format!("matrices[{index}]"), message);
        let mut seen = vec![None; report.records.len()];
        for (index, entry) in document.matrices.iter().enumerate() {
            let number = number(entry, report).map_err(|message| at(index, message))?;
            if let Some(before) = seen[number].replace(index) {
                return Err(at(
                    index,
                    format!(": matrix {number} is there already, as matrices[{before}]; give it once"),
                ));
            }
        }
        let entries: Vec<(usize, usize)> =
            seen.iter().enumerate().filter_map(|(number, index)| Some((number, (*index)?))).collect();
        if entries.is_empty() {
            return Err(broken("`matrices` is empty: give a result for at least one matrix of the report".to_owned()));
        }
        let results = entries.par_iter().map(|&(number, index)| {
            judge(plan, &report.records[number].item(), &document.matrices[index]).map_err(|message| at(index, message))
        });
        Ok(Self { name, notes: document.notes, results: results.collect::<Result<_, _>>()? })
    }
}

/// The number of the matrix that an entry is about.
fn number(entry: &Map<String, Value>, report: &Report) -> Result<usize, String> {
    let count = report.records.len();
    let value = entry.get("matrix").ok_or(".matrix is missing: give the number of the matrix in the first report")?;
    let number = value.as_u64().and_then(|number| usize::try_from(number).ok()).filter(|&number| number < count);
    let number =
        number.ok_or_else(|| format!(".matrix is {value}; the first report has matrices 0 to {}", count - 1))?;
    if is_offered(&report.plan, report.records[number].core) {
        Ok(number)
    } else {
        Err(format!(
            ".matrix is {number}, which belongs to a core that stops early to show the convergence; give matrices of `svdforge report matrices`"
        ))
    }
}

/// Computes the errors of a result. If the entry is not valid, the error names the field and says what would be right.
fn judge(plan: &Plan, item: &Item, entry: &Map<String, Value>) -> Result<ExternalResult, String> {
    let shape = plan.shape(item.core);
    let input = quantised(plan, item).map_err(|e| format!(": {e}"))?;
    check_identity(plan, item, &input, entry)?;
    let count = shape.rank_of((input.rows, input.cols));
    let sigma = values(shape, count, entry)?;
    let u = factor("u", (input.rows, count), entry)?;
    let v = factor("v", (input.cols, count), entry)?;
    let matrix = input.matrix(shape);
    let lsb = input.lsb(shape);
    let found = if shape.symmetric() {
        if u.is_some() {
            return Err(
                ".u is given; of a symmetric matrix give the vectors as `v`, and the eigenvalues as `sigma`".to_owned()
            );
        }
        eigen_accuracy(&matrix, &sigma, v.as_ref(), lsb, shape.word())
    } else {
        accuracy(&matrix, Factors { sigma: &sigma, u: u.as_ref(), v: v.as_ref() }, lsb, shape.word())
    };
    let found = found.map_err(|e: MetricsError| format!(": {e}"))?;
    let mut errors = Metric::ALL.into_iter().filter_map(|m| m.measured(shape, matrix.shape(), &found));
    if !errors.all(|error| error < LARGEST) {
        return Err(" has numbers that are too large to be a result".to_owned());
    }
    let cycles = match entry.get("cycles") {
        None | Some(Value::Null) => None,
        Some(value) => Some(value.as_u64().filter(|c| *c > 0).ok_or_else(|| {
            format!(".cycles is {value}; give a whole number of clock cycles from the first element in to the last word out, or leave it out")
        })?),
    };
    Ok(ExternalResult { matrix: item.matrix, accuracy: rounded(&found), cycles })
}

/// Checks that what an entry says about its matrix is true, and that it has no unknown field.
fn check_identity(plan: &Plan, item: &Item, input: &Quantised, entry: &Map<String, Value>) -> Result<(), String> {
    let right = identity(plan, item, input);
    for (field, found) in entry.iter().filter(|(field, _)| !RESULT.contains(&field.as_str())) {
        let Some(right) = right.get(field) else {
            return Err(format!(".{field} is unknown; a result has {}", RESULT.join(", ")));
        };
        if !same(found, right) {
            let right = if field == "a" { "other elements".to_owned() } else { right.to_string() };
            return Err(format!(
                ".{field} is not that of matrix {} of the first report, which has {right}; give the results of its own matrices",
                item.matrix
            ));
        }
    }
    Ok(())
}

/// Whether two JSON values are the same. Numbers are equal even if one is written 1 and the other 1.0.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Number(a), Value::Number(b)) => a.as_f64() == b.as_f64(),
        _ => a == b,
    }
}

/// The singular values, or eigenvalues, of an entry.
fn values(shape: &Shape, count: usize, entry: &Map<String, Value>) -> Result<Vec<f64>, String> {
    let value = entry.get("sigma").filter(|value| !value.is_null());
    let value = value.ok_or_else(|| format!(".sigma is missing: give the {count} singular values of the matrix"))?;
    let sigma = numbers(value, ".sigma", count)?;
    if let Some(index) = sigma.iter().position(|s| *s < 0.0).filter(|_| !shape.symmetric()) {
        return Err(format!(
            ".sigma[{index}] is {}; singular values are not negative: give it without the sign, and the column of u with the other one",
            sigma[index]
        ));
    }
    if let Some(index) = sigma.windows(2).position(|pair| pair[0] < pair[1]) {
        return Err(format!(
            ".sigma[{}] is {}, above the one before, {}; give them in descending order, and the columns of u and v with them",
            index + 1,
            sigma[index + 1],
            sigma[index]
        ));
    }
    Ok(sigma)
}

/// The matrix U or V of an entry, if it is there.
fn factor(
    field: &str,
    (rows, cols): (usize, usize),
    entry: &Map<String, Value>,
) -> Result<Option<DMatrix<f64>>, String> {
    let Some(value) = entry.get(field).filter(|value| !value.is_null()) else { return Ok(None) };
    let lists = list(value, &format!(".{field}"), rows, "rows")?;
    let mut elements = Vec::new();
    for (index, row) in lists.iter().enumerate() {
        elements.extend(numbers(row, &format!(".{field}[{index}]"), cols)?);
    }
    Ok(Some(DMatrix::from_row_slice(rows, cols, &elements)))
}

fn list<'a>(value: &'a Value, field: &str, count: usize, of: &str) -> Result<&'a [Value], String> {
    let right = format!("a list of {count} {of}");
    let found = value.as_array().ok_or_else(|| format!("{field} is not a list; give {right}"))?;
    if found.len() == count { Ok(found) } else { Err(format!("{field} has {} {of}; give {right}", found.len())) }
}

fn numbers(value: &Value, field: &str, count: usize) -> Result<Vec<f64>, String> {
    let found = list(value, field, count, "numbers")?.iter().enumerate();
    found.map(|(i, n)| n.as_f64().ok_or_else(|| format!("{field}[{i}] is {n}; give a number"))).collect()
}

#[cfg(test)]
mod tests;
