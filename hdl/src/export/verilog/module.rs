//! The text of one module: ports, constants, tables and memories, then one pipeline stage after the other, and last the
//! assignments that close feedback loops.

use super::expression::Expression;
use super::scope::Scope;
use super::text::{banner, comment, literal, longest, range, statement};
use super::usage::{Tree, Usage};
use crate::ir::*;
use std::collections::{BTreeMap, BTreeSet};

mod blocks;
mod ports;
mod storage;

/// The state while the text of one module is written.
pub(super) struct Writer<'a> {
    design: &'a Design,
    module: &'a Module,
    usage: &'a Usage,
    tree: &'a Tree,
    index: usize,
    scope: Scope<'a>,
    /// For each node, the bits that the text written so far reads.
    used: Vec<u128>,
    /// Names of wires for unread outputs of instances, by instance and port.
    idle: BTreeMap<(usize, usize), String>,
    text: String,
}

/// Where a block of statements is printed. It must come after the declarations of everything that it reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    /// In the section of this stage, before its wires.
    Early(u32),
    /// In the section of this stage, after its wires.
    Late(u32),
    /// At the end of the module, since it reads nodes of a later section than that of its registers.
    Feedback,
}

/// The text of a module, from `module` to `endmodule`.
pub(super) fn text(design: &Design, index: usize, tree: &Tree) -> String {
    let (module, usage) = (&design.modules[index], &tree.usages[index]);
    let mut scope = Scope::of(module, usage, &super::module_name(design, index));
    let mut idle = BTreeMap::new();
    for (i, instance) in module.instances.iter().enumerate().filter(|&(i, _)| usage.has_instance(i)) {
        for (port, output) in design.module(instance.module).outputs.iter().enumerate() {
            if usage.instance_output(InstanceId(i as u32), port).is_none() {
                idle.insert((i, port), scope.names.free(&format!("{}_{}", instance.name, output.name)));
            }
        }
    }
    let used = vec![0; module.nodes.len()];
    let mut writer = Writer { design, module, usage, tree, index, scope, used, idle, text: String::new() };
    writer.write();
    writer.text
}

impl Writer<'_> {
    fn write(&mut self) {
        self.ports();
        self.constants();
        self.tables();
        self.memories();
        let blocks = self.blocks();
        for group in self.groups() {
            self.section(group, &blocks);
        }
        if let Some(block) = blocks.get(&Place::Feedback) {
            self.text += &banner("Fed back from later stages");
            self.text += block;
        }
        self.memory_blocks();
        self.outputs();
        self.unused();
        self.text += "endmodule\n";
    }

    /// The nodes to be declared: live nodes, one for each identifier.
    fn declared(&self) -> impl Iterator<Item = NodeId> {
        self.module.node_ids().filter(|&id| {
            self.usage.is_live(id)
                && self.scope.identifier(id).is_some()
                && self.usage.representative(self.module, id) == id
        })
    }

    /// The sections of the module, see [`Scope::group`].
    fn groups(&self) -> BTreeSet<u32> {
        self.declared()
            .filter(|&id| !self.is_input(id) && !self.is_constant(id))
            .map(|id| self.scope.group(id))
            .collect()
    }

    fn is_input(&self, id: NodeId) -> bool {
        matches!(self.module.node(id).op, Op::Input)
    }

    fn is_constant(&self, id: NodeId) -> bool {
        matches!(self.module.node(id).op, Op::Constant(_))
    }

    fn name(&self, id: NodeId) -> &str {
        let id = self.usage.representative(self.module, id);
        self.scope.identifier(id).expect("All registers and ports have identifiers.")
    }

    /// The text of an expression that goes into the file. Its reads are recorded in `used`.
    fn put(&mut self, expression: Expression) -> String {
        for read in &expression.reads {
            self.used[read.node.index()] |= read.bits;
        }
        expression.text
    }

    fn value(&mut self, id: NodeId) -> String {
        let expression = self.scope.value(id);
        self.put(expression)
    }

    fn constants(&mut self) {
        let named: Vec<NodeId> = self.declared().filter(|&id| self.is_constant(id)).collect();
        if !named.is_empty() {
            self.text += &banner("Constants");
        }
        for id in named {
            let node = self.module.node(id);
            if let Op::Constant(bits) = node.op {
                let code = format!(
                    "localparam {}{} = {};",
                    spaced(&range(node.width), 0),
                    self.name(id),
                    literal(bits, node.width)
                );
                self.text += &statement(4, &code, node.note.as_deref());
            }
        }
    }

    /// A section: its registers, their assignments, and the logic that follows them.
    fn section(&mut self, group: u32, blocks: &BTreeMap<Place, String>) {
        let ids: Vec<NodeId> = self
            .declared()
            .filter(|&id| self.scope.group(id) == group && !self.is_input(id) && !self.is_constant(id))
            .collect();
        let (wires, state): (Vec<NodeId>, Vec<NodeId>) = ids.into_iter().partition(|&id| self.scope.is_wire(id));
        let title = match (group, state.is_empty(), wires.is_empty()) {
            (0, true, _) => "Logic".to_owned(),
            (0, false, true) => "State".to_owned(),
            (0, false, false) => "State and logic".to_owned(),
            _ => format!("Stage {group}"),
        };
        self.text += &banner(&title);
        self.state_declarations(&state);
        let mut started = !state.is_empty();
        if let Some(block) = blocks.get(&Place::Early(group)) {
            self.text += block;
            started = true;
        }
        if started && !wires.is_empty() {
            self.text.push('\n');
        }
        self.wire_declarations(&wires);
        if let Some(block) = blocks.get(&Place::Late(group)) {
            self.text += block;
        }
    }

    fn state_declarations(&mut self, ids: &[NodeId]) {
        let mut rows = Vec::new();
        for &id in ids {
            let node = self.module.node(id);
            let mut notes: Vec<String> = node.note.iter().cloned().collect();
            if let Op::Read { memory, .. } = node.op {
                notes.push(format!("word of {}", self.module.memories[memory.index()].name));
            }
            let kind = if matches!(node.op, Op::InstanceOutput { .. }) { "wire" } else { "reg" };
            rows.push((kind, range(node.width), format!("{};", self.name(id)), notes.join("; ")));
            if let Op::InstanceOutput { instance, .. } = node.op {
                // The unread outputs of an instance are declared after its first live one.
                let idle: Vec<_> = self
                    .idle
                    .iter()
                    .filter(|((i, _), _)| *i == instance.index())
                    .map(|(k, v)| (*k, v.clone()))
                    .collect();
                let first = ids.iter().find(|&&other| self.same_instance(other, instance));
                if first == Some(&id) && self.home(instance) == self.scope.group(id) {
                    for ((i, port), name) in idle {
                        let child = self.design.module(self.module.instances[i].module);
                        let width = child.node(child.outputs[port].node).width;
                        rows.push(("wire", range(width), format!("{name};"), String::new()));
                    }
                }
            }
        }
        let kinds = longest(rows.iter().map(|r| r.0));
        let ranges = longest(rows.iter().map(|r| r.1.as_str()));
        let names = longest(rows.iter().map(|r| r.2.as_str()).filter(|n| n.len() <= 40));
        for (kind, range, name, note) in &rows {
            let code = format!("{kind:kinds$} {}{name:names$}", spaced(range, ranges));
            self.text += &statement(4, if note.is_empty() { code.trim_end() } else { &code }, Some(note));
        }
    }

    fn same_instance(&self, id: NodeId, wanted: InstanceId) -> bool {
        matches!(self.module.node(id).op, Op::InstanceOutput { instance, .. } if instance == wanted)
    }

    /// The section in which an instance is printed: the last one in which one of its outputs is declared.
    fn home(&self, instance: InstanceId) -> u32 {
        let outputs = self.declared().filter(|&id| self.same_instance(id, instance));
        outputs.map(|id| self.scope.group(id)).max().unwrap_or(0)
    }

    fn wire_declarations(&mut self, ids: &[NodeId]) {
        let ranges: Vec<String> = ids.iter().map(|&id| range(self.module.node(id).width)).collect();
        let column = longest(ranges.iter().map(String::as_str));
        for (&id, range) in ids.iter().zip(&ranges) {
            let operation = self.scope.operation(id);
            let operation = self.put(operation);
            let code = format!("wire {}{} = {operation};", spaced(range, column), self.name(id));
            self.text += &statement(4, &code, self.module.node(id).note.as_deref());
        }
    }

    /// Linters warn about unread bits. This statement reads them all, which tells linters that they are unread on
    /// purpose.
    fn unused(&mut self) {
        let mut list = Vec::new();
        let inputs = self.module.inputs.iter().copied();
        let rest = self.declared().filter(|&id| !self.is_input(id) && !self.is_constant(id));
        for id in inputs.chain(rest) {
            let width = self.module.node(id).width;
            for (low, count) in runs(mask(width) & !self.used[id.index()]) {
                let name = self.name(id);
                list.push(match (low, count) {
                    (0, _) if count == width => name.to_owned(),
                    (_, 1) => format!("{name}[{low}]"),
                    _ => format!("{name}[{}:{low}]", low + count - 1),
                });
            }
        }
        list.extend(self.idle.values().cloned());
        if list.is_empty() {
            return;
        }
        let name = self.scope.names.free("_unused_ok");
        self.text += "\n    // Bits that nothing reads, named so that linters do not ask.\n";
        self.text += &statement(4, &format!("wire {name} = &{{1'b0, {}, 1'b0}};", list.join(", ")), None);
    }
}

/// `text`, aligned to the right in a column of `width` characters and followed by a space. If the column is empty, the
/// result is empty.
fn spaced(text: &str, width: usize) -> String {
    if text.is_empty() && width == 0 { String::new() } else { format!("{text:>width$} ") }
}

/// The runs of ones in a pattern, from the high bits down, each as its lowest bit and its length.
fn runs(mut bits: u128) -> Vec<(u32, u32)> {
    let mut runs = Vec::new();
    while bits != 0 {
        let high = 128 - bits.leading_zeros();
        let count = (bits << (128 - high)).leading_ones();
        runs.push((high - count, count));
        bits &= !(mask(count) << (high - count));
    }
    runs
}

/// A comment line inside a module.
fn remark(text: &str) -> String {
    format!("    // {}\n", comment(text))
}
