//! Simplification of a finished module: no node reads an operation that changes nothing, and nodes that are equal are
//! read as one.
//!
//! Values, cycles and ports stay the same. Nodes that nothing reads any more stay in the arena; exporters leave them
//! out.

use crate::ir::{Binary, Module, Node, NodeId, Op, mask};
use std::collections::HashMap;

/// Simplifies a module until nothing changes. Registers read values that come later in the arena, so that one pass may
/// make another one useful.
pub(super) fn simplify(module: &mut Module) {
    while pass(module) {}
}

/// One pass over the module. Returns whether it changed anything.
fn pass(module: &mut Module) -> bool {
    let mut stands: Vec<NodeId> = module.node_ids().collect();
    let mut first: HashMap<(u32, Op), NodeId> = HashMap::new();
    for id in module.node_ids() {
        let node = module.node(id);
        let found = match node.op {
            Op::Input => None,
            _ => unchanged(module, node).or_else(|| Some(*first.entry((node.width, node.op.clone())).or_insert(id))),
        };
        if let Some(found) = found.filter(|&found| found != id) {
            stands[id.index()] = stands[found.index()];
            pass_on_name(module, id, stands[found.index()]);
        }
    }
    rewire(module, |id| stands[id.index()])
}

/// Lets a node have the name and the comment of the one that it replaces, if it has none.
fn pass_on_name(module: &mut Module, from: NodeId, to: NodeId) {
    if module.node(to).name.is_none() && !matches!(module.node(to).op, Op::Constant(_)) {
        let name = module.nodes[from.index()].name.take();
        let note = module.nodes[from.index()].note.take();
        let to = &mut module.nodes[to.index()];
        to.name = name;
        to.note = to.note.take().or(note);
    }
}

/// Replaces every reference to a node. Returns whether one changed.
fn rewire(module: &mut Module, stands: impl Fn(NodeId) -> NodeId) -> bool {
    let mut changed = false;
    let mut replace = |id: &mut NodeId| {
        let new = stands(*id);
        changed |= new != *id;
        *id = new;
    };
    for node in &mut module.nodes {
        match &mut node.op {
            Op::Input | Op::Constant(_) | Op::InstanceOutput { .. } => {}
            Op::Register { next, enable, .. } => next.iter_mut().chain(enable).for_each(&mut replace),
            Op::Read { address, enable, .. } => address.iter_mut().chain(enable).for_each(&mut replace),
            Op::Lookup { address, enable, .. } => [address].into_iter().chain(enable).for_each(&mut replace),
            Op::Not(a) | Op::SignExtend(a) | Op::ZeroExtend(a) | Op::Slice { a, .. } => replace(a),
            Op::Binary(_, a, b) => [a, b].into_iter().for_each(&mut replace),
            Op::AddSub { a, b, subtract } => [a, b, subtract].into_iter().for_each(&mut replace),
            Op::Mux { select, on_true, on_false } => {
                [select, on_true, on_false].into_iter().for_each(&mut replace);
            }
            Op::Concat(parts) => parts.iter_mut().for_each(&mut replace),
        }
    }
    for port in module.memories.iter_mut().filter_map(|memory| memory.write.as_mut()) {
        [&mut port.enable, &mut port.address, &mut port.data].into_iter().for_each(&mut replace);
    }
    module
        .instances
        .iter_mut()
        .flat_map(|i| i.inputs.iter_mut().chain([&mut i.restart]).flatten())
        .for_each(&mut replace);
    module.outputs.iter_mut().for_each(|output| replace(&mut output.node));
    changed
}

/// The operand that an operation returns as it is, if it does nothing else.
fn unchanged(module: &Module, node: &Node) -> Option<NodeId> {
    let constant = |id: NodeId| match module.node(id).op {
        Op::Constant(bits) => Some(bits),
        _ => None,
    };
    let is = |id: NodeId, bits: u128| constant(id) == Some(bits);
    let ones = mask(node.width);
    // No number is less than 0, and the largest one is less than none.
    let never = |id: NodeId| match module.node(id).op {
        Op::Constant(bits) => bits == 0,
        Op::Binary(Binary::LessUnsigned, a, b) => is(b, 0) || is(a, mask(module.node(a).width)),
        _ => false,
    };
    match node.op {
        Op::Binary(Binary::And, a, b) if a == b || is(b, ones) || is(a, 0) => Some(a),
        Op::Binary(Binary::And, a, b) if is(a, ones) || is(b, 0) => Some(b),
        Op::Binary(Binary::Or, a, b) if a == b || is(b, 0) || is(a, ones) => Some(a),
        Op::Binary(Binary::Or, a, b) if is(a, 0) || is(b, ones) => Some(b),
        Op::Binary(Binary::Xor | Binary::Add | Binary::Sub, a, b) if is(b, 0) => Some(a),
        Op::Binary(Binary::Xor | Binary::Add, a, b) if is(a, 0) => Some(b),
        Op::Mux { on_true, on_false, .. } if on_true == on_false => Some(on_true),
        Op::Mux { select, on_false, .. } if never(select) => Some(on_false),
        Op::Mux { select, on_true, on_false } => match (constant(select), constant(on_true), constant(on_false)) {
            (Some(_), ..) => Some(on_true),
            (None, Some(1), Some(0)) if node.width == 1 => Some(select),
            _ => None,
        },
        Op::Not(a) => match module.node(a).op {
            Op::Not(inner) => Some(inner),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::builder::{DesignBuilder, ModuleBuilder};
    use crate::ir::{Module, Op};

    fn added(m: ModuleBuilder) -> Module {
        let mut design = DesignBuilder::new();
        let id = design.add(m);
        design.module(id).clone()
    }

    #[test]
    fn equal_registers_are_read_as_one_even_if_their_inputs_become_equal_first() {
        let m = ModuleBuilder::new("equal");
        let (a, b) = (m.input("a", 4).at(0), m.input("b", 4).at(0));
        let sums = [(a + b).registered("first").registered("x"), (a + b).registered("second").registered("y")];
        m.output("difference", (sums[0] ^ sums[1]).registered("z"));
        let module = added(m);
        let Op::Register { next: Some(next), .. } = module.node(module.outputs[0].node).op else { panic!() };
        let xor = |op: &Op| matches!(op, Op::Binary(crate::ir::Binary::Xor, a, b) if a == b);
        assert!(xor(&module.node(next).op), "{module:?}");
    }

    #[test]
    fn operations_that_change_nothing_are_not_read() {
        let m = ModuleBuilder::new("nothing");
        let (x, select) = (m.input("x", 3), m.input("select", 1));
        let ones = m.constant(3, 7);
        let same = [x & ones, ones & x, x | m.zero(3), m.zero(3) ^ x, x + m.zero(3), x - m.zero(3), !!x, x & x];
        let never = [m.one_bit(false), ones.less_than(x), x.less_than(m.zero(3))];
        let same = same.into_iter().chain([select.select(x, x)]).chain(never.map(|never| never.select(ones, x)));
        same.enumerate().for_each(|(i, value)| m.output(&format!("y{i}"), value.registered(&format!("r{i}"))));
        let flag = select.select(m.one_bit(true), m.one_bit(false));
        m.output("flag", flag.registered("flag_held"));
        let module = added(m);
        let taken = module.outputs.iter().map(|output| match module.node(output.node).op {
            Op::Register { next: Some(next), .. } => next,
            _ => panic!("every output is a register"),
        });
        let wanted = [vec![x_of(&module, 0); 12], vec![x_of(&module, 1)]].concat();
        assert_eq!(taken.collect::<Vec<_>>(), wanted);
    }

    fn x_of(module: &Module, input: usize) -> crate::ir::NodeId {
        module.inputs[input]
    }

    /// Registers that differ in their reset or their enable, or count by themselves, are not the same.
    #[test]
    fn what_differs_stays_apart() {
        let m = ModuleBuilder::new("apart");
        let (x, enable) = (m.input("x", 2), m.input("enable", 1));
        let plain = x.registered("plain");
        let reset = m.register("reset_to_1", 2).reset(1);
        reset.drive(x);
        let enabled = m.register("enabled", 2).enabled_by(enable);
        enabled.drive(x);
        for (name, value) in [("a", plain), ("b", reset.value()), ("c", enabled.value())] {
            m.output(name, value);
        }
        let module = added(m);
        let mut nodes: Vec<_> = module.outputs.iter().map(|output| output.node).collect();
        nodes.dedup();
        assert_eq!(nodes.len(), 3);
    }
}
