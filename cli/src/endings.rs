//! Checks the endings of files and folders to be written, so that no file gets a name that says something else.

use std::path::{Path, PathBuf};

/// The endings of files that some option writes. A folder whose name has one of them was meant as a file.
const OF_FILES: [&str; 9] = ["csv", "fst", "html", "json", "npy", "npz", "png", "svg", "vcd"];

/// Reads the name of a VCD file.
pub fn vcd(text: &str) -> Result<PathBuf, String> {
    file(text, "vcd", "waveforms in VCD format", &[("fst", "--fst")])
}

/// Reads the name of an FST file.
pub fn fst(text: &str) -> Result<PathBuf, String> {
    file(text, "fst", "waveforms in FST format", &[("vcd", "--vcd")])
}

/// Reads the name of a table.
pub fn csv(text: &str) -> Result<PathBuf, String> {
    file(text, "csv", "comma-separated numbers", &[])
}

/// Reads the name of a JSON document.
pub fn json(text: &str) -> Result<PathBuf, String> {
    file(text, "json", "a JSON document", &[])
}

/// Reads the name of a picture that is written as SVG only.
pub fn svg(text: &str) -> Result<PathBuf, String> {
    file(text, "svg", "a picture in SVG format", &[])
}

/// Reads the name of a folder.
pub fn folder(text: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(text);
    match ending(&path).filter(|ending| OF_FILES.contains(&ending.as_str()) && !path.is_dir()) {
        Some(ending) => {
            Err(format!("a folder is written here, but `.{ending}` is the ending of a file; give the name of a folder"))
        }
        None => Ok(path),
    }
}

/// Reads the name of a file with this ending, which holds `what`. Endings that say nothing else are accepted as well.
/// `others` are the options that write other endings.
fn file(text: &str, wanted: &str, what: &str, others: &[(&str, &str)]) -> Result<PathBuf, String> {
    let path = PathBuf::from(text);
    let Some(found) = ending(&path).filter(|found| found != wanted && OF_FILES.contains(&found.as_str())) else {
        return Ok(path);
    };
    let other = others.iter().find(|(ending, _)| *ending == found);
    let remedy = other.map_or(String::new(), |(ending, option)| format!(", or use {option} for .{ending}"));
    Err(format!("this option writes {what}, not .{found}; give a name that ends in `.{wanted}`{remedy}"))
}

fn ending(path: &Path) -> Option<String> {
    Some(path.extension()?.to_str()?.to_ascii_lowercase())
}
