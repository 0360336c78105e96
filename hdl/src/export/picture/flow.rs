//! The dataflow between the boxes of a diagram.

use crate::ir::*;
use std::collections::BTreeMap;

/// What a box of a diagram represents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Inputs,
    Instance,
    Memory,
    Outputs,
}

/// A box of a diagram.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Shape {
    pub(super) kind: Kind,
    pub(super) name: String,
    /// The second line of text: the module of an instance, or the size of a memory.
    pub(super) detail: String,
}

/// An arrow. There is at most one from one box to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Arrow {
    pub(super) from: usize,
    pub(super) to: usize,
    /// Total width of the ports that it reaches, in bits.
    pub(super) bits: u32,
    /// Number of registers on the path, if it is the same on all paths.
    pub(super) registers: Option<u32>,
}

impl Arrow {
    /// The label, such as `16 bits, 2 registers`.
    pub(super) fn label(&self) -> String {
        let bits = if self.bits == 1 { "1 bit".to_owned() } else { format!("{} bits", self.bits) };
        match self.registers {
            None | Some(0) => bits,
            Some(1) => format!("{bits}, 1 register"),
            Some(count) => format!("{bits}, {count} registers"),
        }
    }
}

/// The boxes and arrows of a module.
pub(super) struct Flow {
    pub(super) title: String,
    pub(super) shapes: Vec<Shape>,
    pub(super) arrows: Vec<Arrow>,
}

/// The boxes from which the value of a node comes. Each has the number of registers on the path, or `None` if paths
/// differ.
pub(super) type Origins = BTreeMap<usize, Option<u32>>;

impl Flow {
    pub(super) fn of(design: &Design, module: &Module) -> Self {
        let shapes = shapes(design, module);
        let origins = origins(module, Node::operands);
        let mut arrows: BTreeMap<(usize, usize), Arrow> = BTreeMap::new();
        for (to, nodes) in sinks(module) {
            for node in nodes {
                let bits = module.node(node).width;
                for (&from, &registers) in &origins[node.index()] {
                    let arrow = arrows.entry((from, to)).or_insert(Arrow { from, to, bits: 0, registers });
                    arrow.bits += bits;
                    arrow.registers = arrow.registers.filter(|_| arrow.registers == registers);
                }
            }
        }
        let arrows: Vec<Arrow> = arrows.into_values().collect();
        Self { title: module.name.clone(), shapes, arrows }.without_idle_ports()
    }

    /// Removes the boxes of the ports that have no arrows.
    fn without_idle_ports(mut self) -> Self {
        for kind in [Kind::Outputs, Kind::Inputs] {
            let Some(index) = self.shapes.iter().position(|s| s.kind == kind) else { continue };
            if self.arrows.iter().all(|a| a.from != index && a.to != index) {
                self.shapes.remove(index);
                for arrow in &mut self.arrows {
                    arrow.from -= usize::from(arrow.from > index);
                    arrow.to -= usize::from(arrow.to > index);
                }
            }
        }
        self
    }
}

/// The boxes of a module, in the order inputs, instances, memories, outputs.
pub(super) fn shapes(design: &Design, module: &Module) -> Vec<Shape> {
    let ports = |kind, name: &str| Shape { kind, name: name.into(), detail: String::new() };
    let instances = module.instances.iter().map(|instance| Shape {
        kind: Kind::Instance,
        name: instance.name.clone(),
        detail: design.module(instance.module).name.clone(),
    });
    let memories = module.memories.iter().map(|memory| Shape {
        kind: Kind::Memory,
        name: memory.name.clone(),
        detail: format!("{} words of {} bits", memory.depth, memory.width),
    });
    let first = std::iter::once(ports(Kind::Inputs, "inputs"));
    first.chain(instances).chain(memories).chain([ports(Kind::Outputs, "outputs")]).collect()
}

/// The index of an instance's box.
pub(super) fn of_instance(id: InstanceId) -> usize {
    1 + id.index()
}

/// The index of a memory's box.
pub(super) fn of_memory(module: &Module, id: MemoryId) -> usize {
    1 + module.instances.len() + id.index()
}

/// The origins of all nodes, if a node has its value from these `operands`. Passes over the arena are repeated until
/// nothing changes. In a loop through registers the number of registers becomes `None`.
pub(super) fn origins(module: &Module, operands: fn(&Node) -> Vec<NodeId>) -> Vec<Origins> {
    let mut all: Vec<Origins> = vec![Origins::new(); module.nodes.len()];
    loop {
        let mut changed = false;
        for id in module.node_ids() {
            let node = module.node(id);
            let mut own = Origins::new();
            match node.op {
                Op::Input => drop(own.insert(0, Some(0))),
                Op::InstanceOutput { instance, .. } => drop(own.insert(of_instance(instance), Some(0))),
                Op::Read { memory, .. } => drop(own.insert(of_memory(module, memory), Some(0))),
                _ => {
                    let step = u32::from(node.op.is_state());
                    for operand in operands(node) {
                        for (&shape, &registers) in &all[operand.index()] {
                            let registers = registers.map(|count| count + step);
                            let known = own.entry(shape).or_insert(registers);
                            *known = known.filter(|_| *known == registers);
                        }
                    }
                    // If a number has changed since the last pass, it was counted around a loop.
                    for (shape, registers) in &mut own {
                        if all[id.index()].get(shape).is_some_and(|before| before != registers) {
                            *registers = None;
                        }
                    }
                }
            }
            if all[id.index()] != own {
                all[id.index()] = own;
                changed = true;
            }
        }
        if !changed {
            return all;
        }
    }
}

/// The nodes that drive the ports of each box. A node that drives two ports is listed twice.
fn sinks(module: &Module) -> Vec<(usize, Vec<NodeId>)> {
    let instances =
        module.instances.iter().enumerate().map(|(i, instance)| {
            (of_instance(InstanceId(i as u32)), instance.inputs.iter().copied().flatten().collect())
        });
    let memories = module.memories.iter().enumerate().map(|(i, memory)| {
        let id = MemoryId(i as u32);
        let written = memory.write.into_iter().flat_map(|w| [w.enable, w.address, w.data]);
        let reads = module.nodes.iter().filter(|n| matches!(n.op, Op::Read { memory, .. } if memory == id));
        (of_memory(module, id), written.chain(reads.flat_map(Node::operands)).collect())
    });
    let outputs = (1 + module.instances.len() + module.memories.len(), module.outputs.iter().map(|o| o.node).collect());
    instances.chain(memories).chain([outputs]).collect()
}
