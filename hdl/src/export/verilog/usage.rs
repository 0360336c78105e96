//! Which parts of a module are printed: the live nodes, which affect an output, and how often each is read.

use crate::ir::*;
use std::collections::BTreeMap;

/// The nodes, memories, tables and instances of a module that affect one of its outputs.
pub(super) struct Usage {
    live: Vec<bool>,
    reads: Vec<u32>,
    /// How many of the reads of each node are slices.
    slices: Vec<u32>,
    /// The last reader found for each node, if it is a node. It is the only one if the node is read once.
    reader: Vec<Option<NodeId>>,
    /// The role of each node at a port of a memory or table.
    roles: Vec<Option<&'static str>>,
    memories: Vec<bool>,
    tables: Vec<bool>,
    instances: Vec<bool>,
    /// The first live node of each instance output. Further nodes of the same output share its wire.
    outputs: BTreeMap<(InstanceId, usize), NodeId>,
}

impl Usage {
    /// The usage of a module.
    pub(super) fn of(module: &Module) -> Self {
        let mut usage = Self {
            live: vec![false; module.nodes.len()],
            reads: vec![0; module.nodes.len()],
            slices: vec![0; module.nodes.len()],
            reader: vec![None; module.nodes.len()],
            roles: vec![None; module.nodes.len()],
            memories: vec![false; module.memories.len()],
            tables: vec![false; module.tables.len()],
            instances: vec![false; module.instances.len()],
            outputs: BTreeMap::new(),
        };
        let mut waiting: Vec<NodeId> = module.outputs.iter().map(|o| o.node).collect();
        for &id in &waiting {
            usage.reads[id.index()] += 1;
        }
        while let Some(id) = waiting.pop() {
            if std::mem::replace(&mut usage.live[id.index()], true) {
                continue;
            }
            for operand in module.node(id).operands() {
                usage.read(operand, Some(id), &mut waiting);
            }
            if let Op::Slice { a, .. } = module.node(id).op {
                usage.slices[a.index()] += 1;
            }
            match &module.node(id).op {
                Op::Read { memory, .. } if !std::mem::replace(&mut usage.memories[memory.index()], true) => {
                    if let Some(port) = module.memories[memory.index()].write {
                        usage.roles[port.address.index()].get_or_insert("write_address");
                        usage.roles[port.data.index()].get_or_insert("write_data");
                        for operand in [port.enable, port.address, port.data] {
                            usage.read(operand, None, &mut waiting);
                        }
                    }
                }
                Op::Lookup { table, .. } => usage.tables[table.index()] = true,
                Op::InstanceOutput { instance, .. }
                    if !std::mem::replace(&mut usage.instances[instance.index()], true) =>
                {
                    let instance = &module.instances[instance.index()];
                    for &driver in instance.inputs.iter().chain([&instance.restart]).flatten() {
                        usage.read(driver, None, &mut waiting);
                    }
                }
                _ => {}
            }
        }
        for id in module.node_ids().filter(|&id| usage.live[id.index()]) {
            if let Op::Read { address: Some(address), .. } | Op::Lookup { address, .. } = module.node(id).op {
                usage.roles[address.index()].get_or_insert("read_address");
            }
            if let Op::InstanceOutput { instance, port } = module.node(id).op {
                usage.outputs.entry((instance, port)).or_insert(id);
            }
        }
        usage
    }

    /// Records a read of `operand`, which becomes live.
    fn read(&mut self, operand: NodeId, reader: Option<NodeId>, waiting: &mut Vec<NodeId>) {
        self.reads[operand.index()] += 1;
        self.reader[operand.index()] = reader;
        waiting.push(operand);
    }

    /// Whether the node affects an output.
    pub(super) fn is_live(&self, id: NodeId) -> bool {
        self.live[id.index()]
    }

    /// The number of reads of the node by live operations, ports, memories and instances.
    pub(super) fn reads(&self, id: NodeId) -> u32 {
        self.reads[id.index()]
    }

    /// Whether all readers of the node are slices.
    pub(super) fn is_only_sliced(&self, id: NodeId) -> bool {
        self.slices[id.index()] == self.reads(id)
    }

    /// The only node that reads this one, if there is only one read.
    pub(super) fn only_reader(&self, id: NodeId) -> Option<NodeId> {
        self.reader[id.index()].filter(|_| self.reads(id) == 1)
    }

    /// `read_address`, `write_address` or `write_data` for a node that drives a port of a memory or table.
    pub(super) fn role(&self, id: NodeId) -> Option<&'static str> {
        self.roles[id.index()]
    }

    pub(super) fn has_memory(&self, index: usize) -> bool {
        self.memories[index]
    }

    pub(super) fn has_table(&self, index: usize) -> bool {
        self.tables[index]
    }

    pub(super) fn has_instance(&self, index: usize) -> bool {
        self.instances[index]
    }

    /// The node that represents an instance output, if the output is read.
    pub(super) fn instance_output(&self, instance: InstanceId, port: usize) -> Option<NodeId> {
        self.outputs.get(&(instance, port)).copied()
    }

    /// The node whose identifier is used for this one.
    pub(super) fn representative(&self, module: &Module, id: NodeId) -> NodeId {
        match module.node(id).op {
            Op::InstanceOutput { instance, port } => self.instance_output(instance, port).unwrap_or(id),
            _ => id,
        }
    }
}

/// Which modules the top contains, and which modules need the clock and the reset.
pub(super) struct Tree {
    pub(super) usages: Vec<Usage>,
    pub(super) present: Vec<bool>,
    pub(super) clocked: Vec<bool>,
    pub(super) reset: Vec<bool>,
}

impl Tree {
    pub(super) fn of(design: &Design) -> Self {
        let usages: Vec<Usage> = design.modules.iter().map(Usage::of).collect();
        let count = design.modules.len();
        let mut tree =
            Self { usages, present: vec![false; count], clocked: vec![false; count], reset: vec![false; count] };
        for (index, module) in design.modules.iter().enumerate() {
            let usage = &tree.usages[index];
            let children = || {
                let live = module.instances.iter().enumerate().filter(|&(i, _)| usage.has_instance(i));
                live.map(|(_, instance)| instance.module.index())
            };
            let state =
                |wanted: fn(&Op) -> bool| module.node_ids().any(|id| usage.is_live(id) && wanted(&module.node(id).op));
            let clocked = state(|op| matches!(op, Op::Register { .. } | Op::Read { .. } | Op::Lookup { .. }))
                || children().any(|c| tree.clocked[c]);
            let reset =
                state(|op| matches!(op, Op::Register { reset: Some(_), .. })) || children().any(|c| tree.reset[c]);
            (tree.clocked[index], tree.reset[index]) = (clocked, reset);
        }
        if let Some(top) = tree.present.last_mut() {
            *top = true;
        }
        for index in (0..count).rev() {
            if tree.present[index] {
                for (i, instance) in design.modules[index].instances.iter().enumerate() {
                    if tree.usages[index].has_instance(i) {
                        tree.present[instance.module.index()] = true;
                    }
                }
            }
        }
        tree
    }
}
