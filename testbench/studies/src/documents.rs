//! What the JSON documents of all studies share: their kinds, the version of their format, and a search for the first
//! difference between two of them.

use serde::Serialize;
use serde_json::Value;

/// The version of the format of reports and journals.
pub const SCHEMA: u64 = 1;

/// The value of `kind` in every report.
pub(crate) const REPORT: &str = "svdforge report";

/// The value of `kind` in every document with the results of another tool.
pub(crate) const EXTERNAL: &str = "svdforge external results";

/// A value as JSON text.
pub(crate) fn text(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("Reports have string keys and finite numbers.")
}

/// Checks that a document has the version that this program reads. The error says what is wrong.
pub fn check_schema(document: &Value) -> Result<(), String> {
    match document.get("schema").map(|schema| (schema, schema.as_u64())) {
        Some((_, Some(SCHEMA))) => Ok(()),
        Some((_, Some(other))) if other > SCHEMA => {
            Err(format!("`schema` is {other}, of a later svdforge; this one reads schema {SCHEMA}"))
        }
        Some((schema, _)) => Err(format!(
            "`schema` is {schema}; this svdforge reads schema {SCHEMA}: make the report again with `svdforge report`"
        )),
        None => Err(format!("`schema` is missing; this svdforge reads schema {SCHEMA}")),
    }
}

/// The first field in which two documents differ, with its value in the first and in the second.
pub fn difference(first: &impl Serialize, second: &impl Serialize) -> Option<(String, String, String)> {
    let value = |v: Result<Value, _>| v.unwrap_or(Value::Null);
    find(&value(serde_json::to_value(first)), &value(serde_json::to_value(second)), "")
}

fn find(first: &Value, second: &Value, path: &str) -> Option<(String, String, String)> {
    match (first, second) {
        _ if first == second => None,
        (Value::Object(a), Value::Object(b)) if a.keys().eq(b.keys()) => a.iter().find_map(|(key, value)| {
            let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
            find(value, &b[key], &path)
        }),
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            a.iter().zip(b).enumerate().find_map(|(i, (a, b))| find(a, b, &format!("{path}[{i}]")))
        }
        (Value::Array(a), Value::Array(b)) => {
            let entries = |list: &[Value]| format!("a list of {}", list.len());
            Some((path.to_owned(), entries(a), entries(b)))
        }
        _ => Some((path.to_owned(), first.to_string(), second.to_string())),
    }
}
