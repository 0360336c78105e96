//! The decision which nodes of a module get identifiers, and which ones.

use super::expression::{Expression, Level};
use super::names::{self, Names};
use super::usage::Usage;
use crate::describe::describe;
use crate::ir::*;

/// The largest length of an operation that is printed inside its only reader. Longer operations are declared as wires.
const INLINE: usize = 56;

/// The largest length if the only reader is a register. It is larger, since the operation is then alone on the right
/// side of an assignment.
const INLINE_OF_REGISTER: usize = 84;

/// A module with an identifier for every node that is declared.
pub(super) struct Scope<'a> {
    pub(super) module: &'a Module,
    pub(super) usage: &'a Usage,
    identifiers: Vec<Option<String>>,
    groups: Vec<u32>,
    pub(super) names: Names,
}

impl<'a> Scope<'a> {
    pub(super) fn of(module: &'a Module, usage: &'a Usage, name: &str) -> Self {
        let count = module.nodes.len();
        let mut scope = Self {
            module,
            usage,
            identifiers: vec![None; count],
            groups: vec![0; count],
            names: Names::of_module(module, name),
        };
        for id in module.node_ids().filter(|&id| usage.is_live(id) || module.inputs.contains(&id)) {
            scope.name_given(id);
        }
        for id in module.node_ids().filter(|&id| usage.is_live(id)) {
            scope.name_state(id);
        }
        let anchors = scope.anchors();
        for id in module.node_ids().filter(|&id| usage.is_live(id) && !is_leaf(module, id)) {
            scope.groups[id.index()] = scope.group_of_operation(id);
            if scope.identifiers[id.index()].is_none() && !scope.stands_inline(id, &anchors) {
                let name = names::for_operation(&mut scope, id);
                scope.identifiers[id.index()] = Some(name);
            }
        }
        scope
    }

    /// The identifier of a declared node.
    pub(super) fn identifier(&self, id: NodeId) -> Option<&str> {
        self.identifiers[id.index()].as_deref()
    }

    /// The section of the module's text that declares the node: its pipeline stage, or 0 outside pipelines.
    pub(super) fn group(&self, id: NodeId) -> u32 {
        self.groups[id.index()]
    }

    /// Whether the node is printed as `wire name = operation;`.
    pub(super) fn is_wire(&self, id: NodeId) -> bool {
        self.identifier(id).is_some() && !is_leaf(self.module, id)
    }

    fn name_given(&mut self, id: NodeId) {
        if let Some(name) = &self.module.node(id).name {
            self.groups[id.index()] = names::stage_of(name).unwrap_or(0);
            self.identifiers[id.index()] = Some(name.clone());
        }
    }

    /// Gives an identifier to a register, a read, a look-up or an instance output without a name.
    fn name_state(&mut self, id: NodeId) {
        let node = self.module.node(id);
        if !node.op.is_state() || self.identifiers[id.index()].is_some() {
            return;
        }
        let given = |id: NodeId| self.identifier(id).map(|name| names::without_stage(name).to_owned());
        let wanted = describe(self.module, id, &given);
        self.identifiers[id.index()] = Some(self.names.free(&wanted));
    }

    /// The section of a wire. It is the latest section among its operands, or its own if that is later, so that a wire
    /// comes after everything that it reads.
    fn group_of_operation(&self, id: NodeId) -> u32 {
        let operands = self.module.node(id).operands();
        let latest = operands.into_iter().map(|o| self.group(o)).max().unwrap_or(0);
        latest.max(self.group(id))
    }

    /// Marks nodes that need an identifier because the text of their readers selects some of their bits or contains
    /// them twice.
    fn anchors(&self) -> Vec<bool> {
        let mut anchors = vec![false; self.module.nodes.len()];
        for id in self.module.node_ids().filter(|&id| self.usage.is_live(id)) {
            let node = self.module.node(id);
            match node.op {
                Op::Slice { a, low } => self.anchor_bits(a, low, node.width, &mut anchors),
                Op::SignExtend(a) => self.anchor_bits(a, self.module.node(a).width - 1, 1, &mut anchors),
                Op::AddSub { subtract, .. } if !self.is_plain_slice(subtract) => anchors[subtract.index()] = true,
                _ => {}
            }
        }
        anchors
    }

    fn anchor_bits(&self, id: NodeId, low: u32, count: u32, anchors: &mut [bool]) {
        let node = self.module.node(id);
        match node.op {
            _ if count == node.width => {}
            Op::Slice { a, low: lower } if self.identifier(id).is_none() => {
                self.anchor_bits(a, lower + low, count, anchors);
            }
            _ if self.is_transparent(id) => {
                for (part, low, count) in self.parts(id, low, count) {
                    if let Some(part) = part {
                        self.anchor_bits(part, low, count, anchors);
                    }
                }
            }
            _ => anchors[id.index()] = true,
        }
    }

    fn is_plain_slice(&self, id: NodeId) -> bool {
        matches!(self.module.node(id).op, Op::Slice { .. }) && self.identifier(id).is_none()
    }

    /// Whether a slice of the node can be printed as slices of its parts. This holds for a concatenation or a zero
    /// extension without a name, whose parts are named nodes, slices and constants.
    pub(super) fn is_transparent(&self, id: NodeId) -> bool {
        let simple = |&part: &NodeId| {
            let op = &self.module.node(part).op;
            let plain = matches!(op, Op::Slice { .. } | Op::Constant(_) | Op::Input);
            // This must not depend on generated names of operations, so that the answer never changes.
            plain || op.is_state() || self.module.node(part).name.is_some() || self.is_transparent(part)
        };
        self.module.node(id).name.is_none()
            && match &self.module.node(id).op {
                Op::Concat(parts) => parts.iter().all(simple),
                Op::ZeroExtend(a) => simple(a),
                _ => false,
            }
    }

    /// Bits of a transparent node as bits of its parts, each as (part, lowest bit, number of bits), from the high bits
    /// down. `None` stands for zeros.
    pub(super) fn parts(&self, id: NodeId, low: u32, count: u32) -> Vec<(Option<NodeId>, u32, u32)> {
        let width = |id: NodeId| self.module.node(id).width;
        let whole: Vec<(Option<NodeId>, u32)> = match &self.module.node(id).op {
            Op::Concat(parts) => parts.iter().map(|&p| (Some(p), width(p))).collect(),
            Op::ZeroExtend(a) => vec![(None, width(id) - width(*a)), (Some(*a), width(*a))],
            _ => vec![(Some(id), width(id))],
        };
        let mut end = width(id);
        let mut found = Vec::new();
        for (part, size) in whole {
            let start = end - size;
            let (from, to) = (low.max(start), (low + count).min(end));
            if from < to {
                found.push((part, from - start, to - from));
            }
            end = start;
        }
        found
    }

    fn stands_inline(&self, id: NodeId, anchors: &[bool]) -> bool {
        let node = self.module.node(id);
        match &node.op {
            Op::Constant(_) => true,
            Op::Slice { .. } => true,
            Op::Not(a) if self.is_short(*a) && self.module.node(id).width == 1 => true,
            _ if anchors[id.index()] => false,
            _ if self.is_transparent(id) && self.usage.is_only_sliced(id) => true,
            // A product is signed only if it is the complete right side of an assignment.
            Op::Binary(Binary::Mul, ..) => self.only_feeds_register(id),
            Op::ZeroExtend(_) | Op::SignExtend(_) if self.operation(id).text.len() <= 24 => true,
            _ => {
                let longest = if self.only_feeds_register(id) { INLINE_OF_REGISTER } else { INLINE };
                self.usage.reads(id) == 1 && self.operation(id).text.len() <= longest
            }
        }
    }

    fn only_feeds_register(&self, id: NodeId) -> bool {
        let reader = self.usage.only_reader(id).map(|r| &self.module.node(r).op);
        matches!(reader, Some(Op::Register { next, .. }) if *next == Some(id))
    }

    /// Whether the node is printed as a name or a slice of one.
    fn is_short(&self, id: NodeId) -> bool {
        let id = self.usage.representative(self.module, id);
        self.identifier(id).is_some() || matches!(self.module.node(id).op, Op::Slice { .. } | Op::Constant(_))
    }

    /// A node as a condition inside `if (...)`.
    pub(super) fn condition(&self, id: NodeId) -> Expression {
        let mut expression = self.value(id);
        if expression.level == Level::Unary && expression.text.starts_with('~') {
            expression.text.replace_range(0..1, "!");
        }
        expression
    }
}

/// Whether a node is no combinational operation, that is, an input port or state.
fn is_leaf(module: &Module, id: NodeId) -> bool {
    matches!(module.node(id).op, Op::Input) || module.node(id).op.is_state()
}
