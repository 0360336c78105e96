//! The port list.

use super::{Writer, spaced};
use crate::export::verilog::module_name;
use crate::export::verilog::text::{comment, longest, range};

impl Writer<'_> {
    /// The port list, from `module name (` to `);`. Each port is on a line of its own, with its meaning as a comment.
    pub(super) fn ports(&mut self) {
        let mut rows: Vec<(&str, String, String, String)> = Vec::new();
        if self.tree.clocked[self.index] {
            rows.push(("input  wire", String::new(), "aclk".into(), String::new()));
        }
        if self.tree.reset[self.index] {
            rows.push(("input  wire", String::new(), "aresetn".into(), "synchronous, active low".into()));
        }
        for &id in &self.module.inputs {
            let node = self.module.node(id);
            let note = node.note.clone().unwrap_or_default();
            rows.push(("input  wire", range(node.width), self.name(id).to_owned(), note));
        }
        for output in &self.module.outputs {
            let node = self.module.node(output.node);
            let latency = output.latency.map(|cycles| match cycles {
                1 => "1 cycle after the inputs".to_owned(),
                _ => format!("{cycles} cycles after the inputs"),
            });
            let notes: Vec<String> = node.note.iter().cloned().chain(latency).collect();
            rows.push(("output wire", range(node.width), output.name.clone(), notes.join("; ")));
        }
        let name = module_name(self.design, self.index);
        if rows.is_empty() {
            self.text += &format!("module {name};\n");
            return;
        }
        self.text += &format!("module {name} (\n");
        let ranges = longest(rows.iter().map(|r| r.1.as_str()));
        let names = longest(rows.iter().map(|r| r.2.as_str()));
        for (i, (kind, range, name, note)) in rows.iter().enumerate() {
            let comma = if i + 1 < rows.len() { "," } else { "" };
            let name = format!("{name}{comma}");
            let line = match note.is_empty() {
                true => format!("    {kind} {}{name}", spaced(range, ranges)),
                false => format!("    {kind} {}{name:w$}  // {}", spaced(range, ranges), comment(note), w = names + 1),
            };
            self.text += line.trim_end();
            self.text.push('\n');
        }
        self.text += ");\n";
    }
}
