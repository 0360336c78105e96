//! The port list.

use super::{Writer, spaced};
use crate::export::verilog::module_name;
use crate::export::verilog::text::{banner, comment, longest, range, statement};
use crate::ir::NodeId;

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
            if self.joined(&mut rows, "input  wire", self.name(id)) {
                continue;
            }
            rows.push(("input  wire", range(node.width), self.name(id).to_owned(), note));
        }
        for output in &self.module.outputs {
            if self.joined(&mut rows, "output wire", &output.name) {
                continue;
            }
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
        self.parts_of_inputs();
    }

    /// If the port is a part of a wide port, adds the row of that port in place of its lowest part, and returns true.
    fn joined<'s>(&self, rows: &mut Vec<(&'s str, String, String, String)>, kind: &'s str, port: &str) -> bool {
        let Some(wide) = self.module.wide_ports.iter().find(|wide| wide.parts.iter().any(|part| part == port)) else {
            return false;
        };
        if wide.parts[0] == port {
            let width = wide.parts.iter().map(|part| self.width_of_port(part)).sum();
            rows.push((kind, range(width), wide.name.clone(), String::new()));
        }
        true
    }

    fn width_of_port(&self, port: &str) -> u32 {
        let module = self.module;
        let input = module.input_named(port).map(|index| module.inputs[index]);
        let node = input.or_else(|| module.output_named(port).map(|index| module.outputs[index].node));
        module.node(node.expect("The checker has seen that parts of ports are ports.")).width
    }

    /// The parts of wide inputs as wires.
    fn parts_of_inputs(&mut self) {
        let mut rows = Vec::new();
        let inputs = self.module.wide_ports.iter().filter(|wide| self.module.input_named(&wide.parts[0]).is_some());
        for wide in inputs {
            let mut low = 0;
            for part in &wide.parts {
                let width = self.width_of_port(part);
                let bits = if width == 1 { format!("[{low}]") } else { format!("[{}:{low}]", low + width - 1) };
                rows.push((range(width), format!("{part} = {}{bits};", wide.name)));
                low += width;
            }
        }
        if rows.is_empty() {
            return;
        }
        self.text += &banner("Parts of the input ports");
        let ranges = longest(rows.iter().map(|(range, _)| range.as_str()));
        for (range, assignment) in rows {
            self.text += &statement(4, &format!("wire {}{assignment}", spaced(&range, ranges)), None);
        }
    }

    /// The assignments of all outputs. Wide outputs are concatenations of their parts.
    pub(super) fn outputs(&mut self) {
        if self.module.outputs.is_empty() {
            return;
        }
        self.text += &banner("Outputs");
        let module = self.module;
        let is_part = |name: &String| module.wide_ports.iter().any(|wide| wide.parts.contains(name));
        let plain = module.outputs.iter().filter(|output| !is_part(&output.name));
        let mut rows: Vec<(&str, String)> =
            plain.map(|output| (output.name.as_str(), self.value(output.node))).collect();
        for wide in &module.wide_ports {
            let nodes: Option<Vec<NodeId>> = wide
                .parts
                .iter()
                .map(|part| module.output_named(part).map(|index| module.outputs[index].node))
                .collect();
            let Some(nodes) = nodes else { continue };
            let values: Vec<String> = nodes.iter().rev().map(|&node| self.value(node)).collect();
            let terms = values.chunk_by(|a, b| a == b).map(|run| match run.len() {
                1 => run[0].clone(),
                count => format!("{{{count}{{{}}}}}", run[0]),
            });
            rows.push((&wide.name, format!("{{{}}}", terms.collect::<Vec<_>>().join(", "))));
        }
        let names = longest(rows.iter().map(|(name, _)| *name));
        for (name, value) in rows {
            self.text += &statement(4, &format!("assign {name:names$} = {value};"), None);
        }
    }
}
