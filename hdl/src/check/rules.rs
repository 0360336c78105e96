//! The implementation of the rules. They are checked in the order in which a module is read.

use super::CheckError;
use crate::ir::*;
use crate::keywords::is_reserved;
use std::collections::BTreeSet;

pub(super) fn check_design(design: &Design) -> Result<(), CheckError> {
    if design.modules.is_empty() {
        return Err(CheckError { rule: 8, path: "design".into(), message: "The design has no module.".into() });
    }
    let mut names = BTreeSet::new();
    for (index, module) in design.modules.iter().enumerate() {
        let here = Place { design, module, index };
        if !names.insert(module.name.as_str()) {
            return here.broken(6, "module", format!("Two modules are called `{}`.", module.name));
        }
        here.names()?;
        here.inputs()?;
        here.tables_and_memories()?;
        here.instances()?;
        for id in module.node_ids() {
            here.node(id)?;
        }
        here.outputs()?;
        here.wide_ports()?;
    }
    Ok(())
}

/// The module that is being checked.
struct Place<'a> {
    design: &'a Design,
    module: &'a Module,
    index: usize,
}

type Verdict = Result<(), CheckError>;

impl Place<'_> {
    fn broken<T>(&self, rule: u32, what: &str, message: String) -> Result<T, CheckError> {
        Err(CheckError { rule, path: format!("{}.{what}", self.module.name), message })
    }

    fn label(&self, id: NodeId) -> String {
        match self.module.nodes.get(id.index()).and_then(|n| n.name.as_ref()) {
            Some(name) => name.clone(),
            None => id.to_string(),
        }
    }

    fn require(&self, holds: bool, rule: u32, at: NodeId, message: impl FnOnce() -> String) -> Verdict {
        if holds { Ok(()) } else { self.broken(rule, &self.label(at), message()) }
    }

    fn names(&self) -> Verdict {
        let module = self.module;
        let nodes = module.nodes.iter().filter_map(|n| n.name.as_ref());
        let ports = module.outputs.iter().map(|o| &o.name);
        let rest = module.memories.iter().map(|m| &m.name).chain(module.tables.iter().map(|t| &t.name));
        let instances = module.instances.iter().map(|i| &i.name);
        let mut seen = BTreeSet::new();
        let wide = module.wide_ports.iter().map(|port| &port.name);
        for name in [&module.name].into_iter().chain(nodes).chain(ports).chain(wide).chain(rest).chain(instances) {
            let mut chars = name.chars();
            let first = chars.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_');
            if !first || !chars.all(|c| c.is_ascii_alphanumeric() || c == '_') || is_reserved(name) {
                return self.broken(6, name, format!("`{name}` cannot be a Verilog identifier."));
            }
            if !seen.insert(name) {
                return self.broken(6, name, format!("The name `{name}` is used twice."));
            }
        }
        Ok(())
    }

    fn inputs(&self) -> Verdict {
        for (i, &id) in self.module.inputs.iter().enumerate() {
            let node = self.module.nodes.get(id.index());
            let named = node.is_some_and(|n| matches!(n.op, Op::Input) && n.name.is_some());
            self.require(named, 8, id, || "The port list names a node that is no input with a name.".into())?;
            let once = !self.module.inputs[..i].contains(&id);
            self.require(once, 8, id, || "The input stands twice in the port list.".into())?;
        }
        Ok(())
    }

    fn tables_and_memories(&self) -> Verdict {
        for table in &self.module.tables {
            if table.width == 0 || table.width > MAX_WIDTH {
                return self.broken(4, &table.name, format!("A table entry of {} bits is not supported.", table.width));
            }
            if table.entries.is_empty() {
                return self.broken(7, &table.name, "The table is empty.".into());
            }
            if let Some(i) = table.entries.iter().position(|&e| e & !mask(table.width) != 0) {
                return self.broken(9, &table.name, format!("Entry {i} does not fit {} bits.", table.width));
            }
        }
        for memory in &self.module.memories {
            if memory.width == 0 || memory.width > MAX_WIDTH {
                return self.broken(
                    4,
                    &memory.name,
                    format!("A memory word of {} bits is not supported.", memory.width),
                );
            }
            if memory.depth == 0 || memory.depth > 1 << 31 {
                let message = format!("A memory of {} words cannot be addressed.", memory.depth);
                return self.broken(7, &memory.name, message);
            }
            let Some(write) = memory.write else {
                return self.broken(3, &memory.name, "The memory has no write port.".into());
            };
            for id in [write.enable, write.address, write.data] {
                self.require(id.index() < self.module.nodes.len(), 1, id, || {
                    "The write port reads a node that does not exist.".into()
                })?;
            }
            let (enable, address, data) = (self.width(write.enable), self.width(write.address), self.width(write.data));
            self.require(enable == 1, 10, write.enable, || format!("A write enable has 1 bit, not {enable}."))?;
            self.address_fits(write.address, address, memory.depth)?;
            self.require(data == memory.width, 2, write.data, || {
                format!("Data of {data} bits are written to words of {} bits.", memory.width)
            })?;
        }
        Ok(())
    }

    fn instances(&self) -> Verdict {
        for instance in &self.module.instances {
            if instance.module.index() >= self.index {
                return self.broken(
                    8,
                    &instance.name,
                    "An instance can place only a module that stands before its own.".into(),
                );
            }
            let child = self.design.module(instance.module);
            if instance.inputs.len() != child.inputs.len() {
                return self.broken(
                    8,
                    &instance.name,
                    format!("`{}` has {} inputs, not {}.", child.name, child.inputs.len(), instance.inputs.len()),
                );
            }
            if let Some(restart) = instance.restart {
                let node = self.module.nodes.get(restart.index());
                if !node.is_some_and(|node| node.op.is_state() && node.width == 1) {
                    return self.broken(
                        8,
                        &instance.name,
                        "Its restart is not one bit that is held by a register.".into(),
                    );
                }
            }
            for (port, driver) in child.inputs.iter().zip(&instance.inputs) {
                let port = child.node(*port);
                let name = port.name.as_deref().unwrap_or("?");
                let Some(driver) = *driver else {
                    return self.broken(8, &instance.name, format!("Input `{name}` is not driven."));
                };
                self.require(driver.index() < self.module.nodes.len(), 1, driver, || {
                    format!("Input `{name}` reads a node that does not exist.")
                })?;
                let width = self.width(driver);
                self.require(width == port.width, 2, driver, || {
                    format!("{width} bits drive the {} bits of `{}.{name}`.", port.width, instance.name)
                })?;
            }
        }
        Ok(())
    }

    fn outputs(&self) -> Verdict {
        for output in &self.module.outputs {
            let is_state = self.module.nodes.get(output.node.index()).is_some_and(|n| n.op.is_state());
            if !is_state {
                return self.broken(5, &output.name, "The output is not held by a register.".into());
            }
        }
        Ok(())
    }

    fn wide_ports(&self) -> Verdict {
        let (module, mut seen) = (self.module, BTreeSet::new());
        for port in &module.wide_ports {
            let wrong = |message: String| self.broken(8, &port.name, message);
            if self.index + 1 != self.design.modules.len() {
                return wrong("Only the top module can have a port of several parts.".into());
            }
            let inputs = port.parts.iter().filter(|part| module.input_named(part).is_some()).count();
            let outputs = port.parts.iter().filter(|part| module.output_named(part).is_some()).count();
            if port.parts.is_empty() || inputs.max(outputs) != port.parts.len() {
                return wrong(format!("Its parts {:?} are not all inputs, nor all outputs.", port.parts));
            }
            let mut distinct: Vec<&String> = port.parts.iter().collect();
            distinct.dedup();
            if let Some(part) = distinct.iter().find(|&&part| !seen.insert(part)) {
                return wrong(format!("The port `{part}` is already part of another port, or of this one."));
            }
            if inputs > distinct.len() {
                return wrong("An input is several parts of it.".into());
            }
        }
        Ok(())
    }

    fn width(&self, id: NodeId) -> u32 {
        self.module.node(id).width
    }

    fn address_fits(&self, at: NodeId, width: u32, depth: u32) -> Verdict {
        let needed = address_width(depth);
        self.require(width == needed, 7, at, || format!("An address of {depth} words has {needed} bits, not {width}."))
    }

    fn node(&self, id: NodeId) -> Verdict {
        let node = self.module.node(id);
        self.require((1..=MAX_WIDTH).contains(&node.width), 4, id, || {
            format!("A width of {} bits is not supported; 1 to {MAX_WIDTH} are.", node.width)
        })?;
        let combinational = !node.op.is_state();
        for operand in node.operands() {
            self.require(operand.index() < self.module.nodes.len(), 1, id, || {
                "It reads a node that does not exist.".into()
            })?;
            self.require(!combinational || operand < id, 1, id, || {
                format!("It reads `{}`, which is defined after it, without a register between.", self.label(operand))
            })?;
        }
        self.operation(id, node)
    }

    fn operation(&self, id: NodeId, node: &Node) -> Verdict {
        let w = node.width;
        let same = |operand: NodeId| {
            let found = self.width(operand);
            self.require(found == w, 2, id, || {
                format!("Operand `{}` has {found} bits, the result {w}.", self.label(operand))
            })
        };
        let one_bit = |operand: NodeId| {
            let found = self.width(operand);
            self.require(found == 1, 10, id, || {
                format!("`{}` has {found} bits where 1 is needed.", self.label(operand))
            })
        };
        let result = |needed: u32| {
            self.require(w == needed, 2, id, || format!("The result has {w} bits, the operation gives {needed}."))
        };
        match &node.op {
            Op::Input => {
                self.require(self.module.inputs.contains(&id), 8, id, || "The input is not in the port list.".into())
            }
            Op::Constant(value) => {
                self.require(value & !mask(w) == 0, 9, id, || format!("{value} does not fit {w} bits."))
            }
            Op::Register { next, enable, reset } => {
                let Some(next) = *next else {
                    return self.broken(3, &self.label(id), "The register is never driven.".into());
                };
                same(next)?;
                enable.map_or(Ok(()), one_bit)?;
                self.require(reset.is_none_or(|r| r & !mask(w) == 0), 9, id, || {
                    format!("The reset value does not fit {w} bits.")
                })
            }
            Op::Read { memory, address, enable } => {
                let Some(memory) = self.module.memories.get(memory.index()) else {
                    return self.broken(3, &self.label(id), "It reads a memory that does not exist.".into());
                };
                let Some(address) = *address else {
                    return self.broken(3, &self.label(id), "The read port has no address.".into());
                };
                result(memory.width)?;
                enable.map_or(Ok(()), one_bit)?;
                self.address_fits(id, self.width(address), memory.depth)
            }
            Op::Lookup { table, address, enable } => {
                let Some(table) = self.module.tables.get(table.index()) else {
                    return self.broken(3, &self.label(id), "It reads a table that does not exist.".into());
                };
                result(table.width)?;
                enable.map_or(Ok(()), one_bit)?;
                self.address_fits(id, self.width(*address), table.entries.len() as u32)
            }
            Op::InstanceOutput { instance, port } => {
                let child = self.module.instances.get(instance.index()).map(|i| self.design.module(i.module));
                let Some(output) = child.and_then(|c| c.outputs.get(*port).map(|o| c.node(o.node))) else {
                    return self.broken(8, &self.label(id), "It reads an instance output that does not exist.".into());
                };
                result(output.width)
            }
            Op::Not(a) => same(*a),
            Op::Binary(binary, a, b) => match binary {
                Binary::And | Binary::Or | Binary::Xor | Binary::Add | Binary::Sub => same(*a).and(same(*b)),
                Binary::Mul => result(self.width(*a) + self.width(*b)),
                Binary::Equal | Binary::LessUnsigned | Binary::LessSigned => {
                    let (left, right) = (self.width(*a), self.width(*b));
                    self.require(left == right, 2, id, || format!("{left} bits are compared with {right}."))?;
                    result(1)
                }
                Binary::ShiftLeft | Binary::ShiftRight => same(*a),
            },
            Op::AddSub { a, b, subtract } => same(*a).and(same(*b)).and(one_bit(*subtract)),
            Op::Mux { select, on_true, on_false } => one_bit(*select).and(same(*on_true)).and(same(*on_false)),
            Op::Slice { a, low } => {
                let found = self.width(*a);
                let end = u64::from(*low) + u64::from(w);
                self.require(end <= u64::from(found), 2, id, || {
                    format!("Bits {} to {low} are taken of {found}.", end - 1)
                })
            }
            Op::Concat(parts) => result(parts.iter().map(|&p| self.width(p)).sum()),
            Op::SignExtend(a) | Op::ZeroExtend(a) => {
                let found = self.width(*a);
                self.require(found <= w, 2, id, || format!("{found} bits cannot be extended to {w}."))
            }
        }
    }
}
