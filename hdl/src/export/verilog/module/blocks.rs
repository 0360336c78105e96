//! Clocked blocks and instances, grouped by the place where they are printed.

use super::{Place, Writer};
use crate::export::verilog::expression::Expression;
use crate::export::verilog::module_name;
use crate::export::verilog::text::{literal, longest, statement};
use crate::ir::*;
use std::collections::BTreeMap;

/// The control of a register. Registers with the same control share one clocked block.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Control {
    place: Place,
    resets: bool,
    enable: Option<NodeId>,
}

impl Writer<'_> {
    /// The text of all clocked blocks and instances, by place.
    pub(super) fn blocks(&mut self) -> BTreeMap<Place, String> {
        let mut blocks: BTreeMap<Place, String> = BTreeMap::new();
        for index in (0..self.module.instances.len()).filter(|&i| self.usage.has_instance(i)) {
            let (place, text) = self.instance(index);
            *blocks.entry(place).or_default() += &format!("\n{text}");
        }
        let mut clocked: BTreeMap<Control, Vec<NodeId>> = BTreeMap::new();
        let mut order: Vec<Control> = Vec::new();
        let registers: Vec<NodeId> = self.declared().filter(|&id| self.takes(id).is_some()).collect();
        for id in registers {
            let control = self.control(id);
            if !order.contains(&control) {
                order.push(control);
            }
            clocked.entry(control).or_default().push(id);
        }
        for control in order {
            let text = self.clocked(control, &clocked[&control]);
            *blocks.entry(control.place).or_default() += &format!("\n{text}");
        }
        blocks
    }

    /// The value that a register or a look-up takes at the end of a cycle; `None` for other nodes.
    fn takes(&self, id: NodeId) -> Option<Expression> {
        match self.module.node(id).op {
            Op::Register { next: Some(next), .. } => Some(self.scope.value(next)),
            Op::Lookup { table, address, .. } => {
                let address = self.scope.value(address);
                let text = format!("{}[{}]", self.module.tables[table.index()].name, address.text);
                Some(Expression::atom(text, address.reads))
            }
            _ => None,
        }
    }

    fn control(&self, id: NodeId) -> Control {
        let (enable, resets) = match self.module.node(id).op {
            Op::Register { enable, reset, .. } => (enable, reset.is_some()),
            Op::Lookup { enable, .. } => (enable, false),
            _ => (None, false),
        };
        let enable = enable.filter(|&e| !matches!(self.module.node(e).op, Op::Constant(1)));
        let mut reads = self.takes(id).map(|e| e.reads).unwrap_or_default();
        reads.extend(enable.into_iter().flat_map(|e| self.scope.value(e).reads));
        let enable = enable.map(|e| self.usage.representative(self.module, e));
        Control { place: self.place(self.scope.group(id), reads.iter().map(|r| r.node)), resets, enable }
    }

    /// The earliest place for a block whose registers belong to a group and that reads these nodes.
    fn place(&self, group: u32, reads: impl Iterator<Item = NodeId>) -> Place {
        let of_read = |id: NodeId| match self.scope.group(id) {
            _ if group > 0 && (self.is_input(id) || self.is_constant(id)) => Place::Early(group),
            later if later > group => Place::Feedback,
            same if same == group && self.scope.is_wire(id) => Place::Late(group),
            // Registers outside any pipeline are easiest to read after the logic that drives them.
            _ if group == 0 => Place::Late(group),
            _ => Place::Early(group),
        };
        let rank = |place: &Place| match place {
            Place::Early(_) => 0,
            Place::Late(_) => 1,
            Place::Feedback => 2,
        };
        let least = if group == 0 { Place::Late(group) } else { Place::Early(group) };
        reads.map(of_read).max_by_key(rank).unwrap_or(least)
    }

    /// The condition of an enable; `None` if it is always 1.
    pub(super) fn condition(&mut self, id: NodeId) -> Option<String> {
        if matches!(self.module.node(id).op, Op::Constant(1)) {
            return None;
        }
        let expression = self.scope.condition(id);
        Some(self.put(expression))
    }

    fn clocked(&mut self, control: Control, ids: &[NodeId]) -> String {
        let enable = control.enable.and_then(|e| self.condition(e));
        let depth = if control.resets || enable.is_some() { 12 } else { 8 };
        let (mut resets, mut takes) = (String::new(), String::new());
        let column = longest(ids.iter().map(|&id| self.name(id)).filter(|n| n.len() <= 32));
        for &id in ids {
            let node = self.module.node(id);
            let name = format!("{:column$}", self.name(id));
            if let Op::Register { reset: Some(bits), .. } = node.op {
                resets += &statement(depth, &format!("{name} <= {};", literal(bits, node.width)), None);
            }
            if let Some(next) = self.takes(id) {
                let next = self.put(next);
                takes += &statement(depth, &format!("{name} <= {next};"), None);
            }
        }
        let body = match (control.resets, enable) {
            (false, None) => takes,
            (false, Some(enable)) => format!("        if ({enable}) begin\n{takes}        end\n"),
            (true, None) => {
                format!("        if (!aresetn) begin\n{resets}        end else begin\n{takes}        end\n")
            }
            (true, Some(enable)) => format!(
                "        if (!aresetn) begin\n{resets}        end else if ({enable}) begin\n{takes}        end\n"
            ),
        };
        format!("    always @(posedge aclk) begin\n{body}    end\n")
    }

    fn instance(&mut self, index: usize) -> (Place, String) {
        let id = InstanceId(index as u32);
        let instance = &self.module.instances[index];
        let child_index = instance.module.index();
        let child = &self.design.modules[child_index];
        let mut rows: Vec<(String, String)> = Vec::new();
        let mut reads = Vec::new();
        for (name, present) in [("aclk", self.tree.clocked[child_index]), ("aresetn", self.tree.reset[child_index])] {
            if present {
                rows.push((name.to_owned(), name.to_owned()));
            }
        }
        if let (Some(restart), true) = (instance.restart, self.tree.reset[child_index]) {
            let expression = self.scope.value(restart);
            reads.extend(expression.reads.iter().map(|r| r.node));
            let restart = self.put(expression);
            rows.last_mut().expect("A module with a reset has the port.").1 = format!("aresetn & ~{restart}");
        }
        for (&port, driver) in child.inputs.iter().zip(&instance.inputs) {
            let driver = driver.expect("Rule R8 requires that every input is driven.");
            let expression = self.scope.value(driver);
            reads.extend(expression.reads.iter().map(|r| r.node));
            let port = child.node(port).name.clone().expect("Rule R8 requires that every input has a name.");
            rows.push((port, self.put(expression)));
        }
        for (port, output) in child.outputs.iter().enumerate() {
            let wire = match self.usage.instance_output(id, port) {
                Some(node) => self.name(node).to_owned(),
                None => self.idle[&(index, port)].clone(),
            };
            rows.push((output.name.clone(), wire));
        }
        let names = longest(rows.iter().map(|r| r.0.as_str()));
        let ports: Vec<String> = rows.iter().map(|(port, value)| format!("        .{port:names$} ({value})")).collect();
        let name = module_name(self.design, child_index);
        let text = format!("    {name} {} (\n{}\n    );\n", instance.name, ports.join(",\n"));
        (self.place(self.home(id), reads.into_iter()), text)
    }
}
