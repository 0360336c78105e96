//! `Makefile`: what one does with an exported core, by the names of the tools that do it.

use super::constraints::constraint_file;
use super::verilog::provenance;
use super::{File, Header, Listed, Role};

/// The text, with `{{...}}` where cores differ.
const TEMPLATE: &str = include_str!("makefile/template.mk");

/// The makefile of a core with these files.
pub fn makefile(name: &str, header: &Header, files: &[Listed]) -> File {
    let rtl = files.iter().filter(|file| file.role == Role::Rtl && file.name.ends_with(".v"));
    let values = [
        ("opening", provenance("#", header)),
        ("rtl", rtl.map(|file| file.name.as_str()).collect::<Vec<_>>().join(" \\\n       ")),
        ("lpf", constraint_file(name, "lpf")),
        ("name", name.to_owned()),
    ];
    let text =
        values.iter().fold(TEMPLATE.to_owned(), |text, (key, value)| text.replace(&format!("{{{{{key}}}}}"), value));
    File { name: "Makefile".to_owned(), text }
}
