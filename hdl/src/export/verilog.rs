//! Export as Verilog-2005 that is readable for people as well as for tools.
//!
//! Each module is a file. Its parts are, in this order: the ports with their formats; tables and memories; the pipeline
//! stage by stage, each with its registers, their assignments, and the logic that follows them; the registers that
//! later stages feed back to; the outputs. Nodes that do not affect an output are left out. Small operations with one
//! reader are printed inside the expression of that reader.
//!
//! Registers have no initial value. They are unknown until a reset or until a value arrives, so that a simulator with
//! unknown values (Icarus) reveals a missing reset.

mod expression;
mod module;
mod names;
mod scope;
mod text;
mod usage;

use super::origin::generated_by;
use super::{File, Header};
use crate::check::Checked;
use crate::ir::Design;
use text::{comment, comment_paragraph};
use usage::Tree;

/// The files of the export: `<module>.v` for each module inside the top and for the top itself, children first, and
/// then the list of these files, `<top>.f`. The name of each module, and with it of its file, begins with the name of
/// the top, so that several cores can stand in one design.
pub fn verilog(design: &Checked<Design>, header: &Header) -> Vec<File> {
    let tree = Tree::of(design);
    let mut files: Vec<File> = (0..design.modules.len())
        .filter(|&index| tree.present[index])
        .map(|index| File {
            name: format!("{}.v", module_name(design, index)),
            text: format!("{}{}", opening(design, index, header), module::text(design, index, &tree)) + CLOSING,
        })
        .collect();
    let list: String = files.iter().map(|file| format!("{}\n", file.name)).collect();
    files.push(File { name: format!("{}.f", design.top().name), text: list });
    files
}

/// The name of a module in the export: its own with the name of the top before it.
fn module_name(design: &Design, index: usize) -> String {
    let (top, own) = (&design.top().name, &design.modules[index].name);
    if index + 1 == design.modules.len() { top.clone() } else { format!("{top}_{own}") }
}

/// The end of each file. It restores the default net type, since the files may be read together with others.
const CLOSING: &str = "\n`default_nettype wire\n";

/// The first lines of every generated file: its licence, and how it was made. `sign` begins a comment.
pub fn provenance(sign: &str, header: &Header) -> String {
    format!(
        "{sign} SPDX-License-Identifier: MIT OR Apache-2.0\n\
         {sign} {}:\n\
         {sign}   {}\n",
        generated_by(&comment(&header.version)),
        comment(&header.command)
    )
}

/// The directives of each file. All have the same time scale, since linters ask for one in each file if one has it.
const DIRECTIVES: &str = "`timescale 1ns / 1ps\n`default_nettype none\n\n";

/// The header comment of a file, and directives: the time scale, and that nets are not implicit.
fn opening(design: &Design, index: usize, header: &Header) -> String {
    let mut text = provenance("//", header);
    if !header.parameters.is_empty() {
        let words: Vec<String> = header.parameters.iter().map(|(k, v)| comment(&format!("{k} {v}"))).collect();
        text += &comment_paragraph("Parameters: ", &words, ",");
    }
    text += "//\n";
    text += &format!("// {}\n", module_name(design, index));
    for line in &design.modules[index].doc {
        text += format!("//   {}", comment(line)).trim_end();
        text.push('\n');
    }
    text + "\n" + DIRECTIVES
}
