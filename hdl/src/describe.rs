//! Names for nodes that nobody named: they say what the node is, in words made of the names that exist.

use crate::ir::{Binary, Module, NodeId, Op};

/// Largest length of a name.
const LONGEST: usize = 30;
/// How many operations are looked through on the way to names.
const DEEPEST: u32 = 4;

/// A name for a node, such as `x_plus_y`, `x_msb` or `sum_of_x`. `given` tells the name of a node that has one.
pub(crate) fn describe(module: &Module, id: NodeId, given: &dyn Fn(NodeId) -> Option<String>) -> String {
    let found = Names { module, given }.of_operation(id, DEEPEST);
    found.filter(|name| suits(name)).unwrap_or_else(|| word(&module.node(id).op).to_owned())
}

fn suits(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.len() <= LONGEST
}

struct Names<'a> {
    module: &'a Module,
    given: &'a dyn Fn(NodeId) -> Option<String>,
}

impl Names<'_> {
    fn of(&self, id: NodeId, depth: u32) -> Option<String> {
        (self.given)(id).or_else(|| self.of_operation(id, depth.checked_sub(1)?))
    }

    fn of_operation(&self, id: NodeId, depth: u32) -> Option<String> {
        let node = self.module.node(id);
        let whole = match &node.op {
            Op::Constant(bits) => (*bits < 100_000).then(|| bits.to_string()),
            Op::Not(a) => self.of(*a, depth).map(|a| format!("not_{a}")),
            Op::ZeroExtend(a) | Op::SignExtend(a) => self.of(*a, depth).map(|a| format!("{a}_wide")),
            Op::Slice { a, low } => {
                let (high, top) = (low + node.width - 1, self.module.node(*a).width - 1);
                self.of(*a, depth).map(|a| match (*low, high) {
                    (0, 0) => format!("{a}_lsb"),
                    (low, high) if low == high && high == top => format!("{a}_msb"),
                    (low, high) if low == high => format!("{a}_bit_{low}"),
                    (0, _) => format!("{a}_low"),
                    (_, high) if high == top => format!("{a}_high"),
                    (low, high) => format!("{a}_{high}_{low}"),
                })
            }
            Op::Binary(binary, a, b) => {
                self.of(*a, depth).zip(self.of(*b, depth)).map(|(a, b)| format!("{a}_{}_{b}", between(*binary)))
            }
            Op::AddSub { a, b, .. } => {
                self.of(*a, depth).zip(self.of(*b, depth)).map(|(a, b)| format!("{a}_plus_minus_{b}"))
            }
            Op::Mux { on_true, on_false, .. } => {
                self.of(*on_true, depth).zip(self.of(*on_false, depth)).map(|(a, b)| format!("{a}_else_{b}"))
            }
            Op::Concat(parts) => {
                let mut parts = parts.iter().filter(|&&part| !matches!(self.module.node(part).op, Op::Constant(_)));
                match (parts.next(), parts.next(), parts.next()) {
                    (Some(&only), None, _) => self.of(only, depth).map(|a| format!("{a}_padded")),
                    (Some(&a), Some(&b), None) => {
                        self.of(a, depth).zip(self.of(b, depth)).map(|(a, b)| format!("{a}_with_{b}"))
                    }
                    _ => None,
                }
            }
            Op::Read { memory, .. } => Some(format!("{}_word", self.module.memories[memory.index()].name)),
            Op::Lookup { table, .. } => Some(format!("{}_entry", self.module.tables[table.index()].name)),
            Op::InstanceOutput { instance, .. } => {
                Some(format!("{}_output", self.module.instances[instance.index()].name))
            }
            Op::Register { next: Some(next), .. } => self.of(*next, depth).map(|next| format!("{next}_held")),
            Op::Input | Op::Register { .. } => None,
        };
        whole
            .filter(|name| suits(name) || name.bytes().all(|b| b.is_ascii_digit()))
            .or_else(|| self.in_short(id, depth))
    }

    /// The word for the operation and the first operand that has a name, such as `sum_of_x`.
    fn in_short(&self, id: NodeId, depth: u32) -> Option<String> {
        let node = self.module.node(id);
        let operands = node.operands();
        let last = operands.first().filter(|_| matches!(node.op, Op::Mux { .. })).copied();
        let mut tried = operands.iter().skip(usize::from(last.is_some())).copied().chain(last);
        tried.find_map(|operand| {
            let name = self.of(operand, depth).filter(|name| suits(name))?;
            let innermost = name.rsplit("_of_").next().unwrap_or(&name);
            let short = format!("{}_of_{innermost}", word(&node.op));
            suits(&short).then_some(short)
        })
    }
}

/// The word for an operator between the names of its operands.
fn between(binary: Binary) -> &'static str {
    match binary {
        Binary::And => "and",
        Binary::Or => "or",
        Binary::Xor => "xor",
        Binary::Add => "plus",
        Binary::Sub => "minus",
        Binary::Mul => "times",
        Binary::Equal => "is",
        Binary::LessUnsigned | Binary::LessSigned => "below",
        Binary::ShiftLeft => "up_by",
        Binary::ShiftRight => "down_by",
    }
}

/// The word for an operation.
pub(crate) fn word(op: &Op) -> &'static str {
    match op {
        Op::Not(_) => "inverse",
        Op::Binary(Binary::And, ..) => "conjunction",
        Op::Binary(Binary::Or, ..) => "disjunction",
        Op::Binary(Binary::Xor, ..) => "parity",
        Op::Binary(Binary::Add, ..) | Op::AddSub { .. } => "sum",
        Op::Binary(Binary::Sub, ..) => "difference",
        Op::Binary(Binary::Mul, ..) => "product",
        Op::Binary(Binary::Equal, ..) => "equality",
        Op::Binary(Binary::LessUnsigned | Binary::LessSigned, ..) => "order",
        Op::Binary(Binary::ShiftLeft | Binary::ShiftRight, ..) => "shift",
        Op::Mux { .. } => "choice",
        Op::Concat(_) => "bits",
        Op::ZeroExtend(_) | Op::SignExtend(_) => "extension",
        Op::Slice { .. } => "part",
        Op::Register { .. } => "delay",
        _ => "value",
    }
}
