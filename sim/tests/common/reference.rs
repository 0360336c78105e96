//! A naive interpreter, which walks the hierarchy one instance at a time and optimises nothing.

use super::bits::Bits;
use svdforge_hdl::ir::{Design, Module, NodeId, Op, address_width};

/// One instance and everything that it contains.
pub struct Reference<'a> {
    module: &'a Module,
    /// The values of all nodes. Those of state nodes are always valid, those of other nodes only after `settle`.
    values: Vec<Bits>,
    memories: Vec<Vec<Bits>>,
    children: Vec<Reference<'a>>,
}

impl<'a> Reference<'a> {
    pub fn new(design: &'a Design) -> Self {
        Self::instance(design, design.top())
    }

    fn instance(design: &'a Design, module: &'a Module) -> Self {
        Self {
            module,
            values: module.nodes.iter().map(|node| Bits::zero(node.width)).collect(),
            memories: module.memories.iter().map(|m| vec![Bits::zero(m.width); 1 << address_width(m.depth)]).collect(),
            children: module.instances.iter().map(|i| Self::instance(design, design.module(i.module))).collect(),
        }
    }

    pub fn output(&self, port: usize) -> Bits {
        self.state(self.module.outputs[port].node)
    }

    fn state(&self, id: NodeId) -> Bits {
        match self.module.node(id).op {
            Op::InstanceOutput { instance, port } => self.children[instance.index()].output(port),
            _ => self.values[id.index()].clone(),
        }
    }

    /// Computes all nodes from the inputs and the state.
    pub fn settle(&mut self, inputs: &[Bits]) {
        for (id, value) in self.module.inputs.iter().zip(inputs) {
            self.values[id.index()] = value.clone();
        }
        for id in self.module.node_ids() {
            self.values[id.index()] = self.node(id);
        }
        for (instance, child) in self.module.instances.iter().zip(&mut self.children) {
            let inputs: Vec<Bits> = instance.inputs.iter().map(|id| self.values[id.unwrap().index()].clone()).collect();
            child.settle(&inputs);
        }
    }

    fn node(&self, id: NodeId) -> Bits {
        let node = self.module.node(id);
        let at = |id: &NodeId| &self.values[id.index()];
        match &node.op {
            Op::Input | Op::Register { .. } | Op::Read { .. } | Op::Lookup { .. } => at(&id).clone(),
            Op::InstanceOutput { .. } => self.state(id),
            Op::Constant(pattern) => Bits::new(*pattern, node.width),
            Op::Not(a) => at(a).not(),
            Op::Binary(binary, a, b) => at(a).binary(*binary, at(b)),
            Op::AddSub { a, b, subtract } => {
                if at(subtract).is_true() {
                    at(a).sub(at(b))
                } else {
                    at(a).add(at(b), false)
                }
            }
            Op::Mux { select, on_true, on_false } => at(if at(select).is_true() { on_true } else { on_false }).clone(),
            Op::Slice { a, low } => at(a).slice(*low as usize, node.width as usize),
            Op::Concat(parts) => parts.iter().fold(Bits(vec![]), |high, part| high.above(at(part))),
            Op::SignExtend(a) => at(a).sign_extended(node.width as usize),
            Op::ZeroExtend(a) => at(a).zero_extended(node.width as usize),
        }
    }

    /// Performs the clock edge.
    pub fn clock(&mut self, in_reset: bool) {
        let next: Vec<Bits> = self.module.node_ids().map(|id| self.next(id, in_reset)).collect();
        for (memory, words) in self.module.memories.iter().zip(&mut self.memories) {
            let write = memory.write.unwrap();
            if self.values[write.enable.index()].is_true() {
                let address = self.values[write.address.index()].pattern() as usize;
                words[address] = self.values[write.data.index()].clone();
            }
        }
        for (instance, child) in self.module.instances.iter().zip(&mut self.children) {
            let restarts = instance.restart.is_some_and(|id| self.values[id.index()].is_true());
            child.clock(in_reset || restarts);
        }
        self.values = next;
    }

    fn next(&self, id: NodeId, in_reset: bool) -> Bits {
        let node = self.module.node(id);
        let at = |id: NodeId| &self.values[id.index()];
        let enabled = |enable: Option<NodeId>| enable.is_none_or(|id| at(id).is_true());
        match node.op {
            Op::Register { reset: Some(pattern), .. } if in_reset => Bits::new(pattern, node.width),
            Op::Register { next: Some(next), enable, .. } if enabled(enable) => at(next).clone(),
            Op::Read { memory, address: Some(address), enable } if enabled(enable) => {
                self.memories[memory.index()][at(address).pattern() as usize].clone()
            }
            Op::Lookup { table, address, enable } if enabled(enable) => {
                let entry = self.module.tables[table.index()].entries.get(at(address).pattern() as usize);
                Bits::new(*entry.unwrap_or(&0), node.width)
            }
            _ => at(id).clone(),
        }
    }

    /// The value of a node or output port, given by its name and the names of the instances on the way to it.
    pub fn named(&self, path: &[String]) -> Option<Bits> {
        let (first, rest) = path.split_first()?;
        if !rest.is_empty() {
            let child = self.module.instances.iter().position(|i| i.name == *first)?;
            return self.children[child].named(rest);
        }
        let node = self.module.node_ids().find(|&id| self.module.node(id).name.as_ref() == Some(first));
        let id = node.or_else(|| self.module.output_named(first).map(|port| self.module.outputs[port].node))?;
        Some(self.state(id))
    }

    /// The number of names.
    pub fn names(&self) -> usize {
        let own = self.module.nodes.iter().filter(|n| n.name.is_some()).count() + self.module.outputs.len();
        own + self.children.iter().map(Self::names).sum::<usize>()
    }

    /// Flips a bit of a register, or of a word of a memory, given by its name and the names of the instances on the way
    /// to it. The result tells whether there is such a bit.
    pub fn flip(&mut self, path: &[&str], word: Option<usize>, bit: u32) -> bool {
        let (first, rest) = path.split_first().unwrap();
        if !rest.is_empty() {
            let child = self.module.instances.iter().position(|i| i.name == *first);
            return child.is_some_and(|child| self.children[child].flip(rest, word, bit));
        }
        let module = self.module;
        let named = |id: NodeId| module.node(id).name.clone().unwrap_or_else(|| id.to_string()) == *first;
        let held = |op: &Op| matches!(op, Op::Register { .. } | Op::Read { .. } | Op::Lookup { .. });
        let bits = match word {
            Some(word) => {
                let memory = module.memories.iter().position(|memory| memory.name == *first);
                memory.map(|memory| &mut self.memories[memory][word])
            }
            None => {
                let node = module.node_ids().find(|&id| held(&module.node(id).op) && named(id));
                node.map(|id| &mut self.values[id.index()])
            }
        };
        let Some(bit) = bits.and_then(|bits| bits.0.get_mut(bit as usize)) else { return false };
        *bit = !*bit;
        true
    }
}
