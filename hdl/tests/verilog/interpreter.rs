//! An interpreter of the combinational operations, written from the documentation of the IR.

use svdforge_hdl::ir::{Binary, Module, Op, bits_of, mask, signed_value};

/// The values of all nodes of a module whose registers are only at its outputs. The value of a register is the one that
/// it takes.
pub fn values(module: &Module, inputs: &[u128]) -> Vec<u128> {
    let mut values: Vec<u128> = Vec::new();
    for node in &module.nodes {
        let of = |id: svdforge_hdl::ir::NodeId| values[id.index()];
        let width = |id: svdforge_hdl::ir::NodeId| module.node(id).width;
        let signed = |id: svdforge_hdl::ir::NodeId| signed_value(of(id), width(id));
        let value = match &node.op {
            Op::Input => inputs[module.input_named(node.name.as_deref().unwrap()).unwrap()],
            Op::Constant(bits) => *bits,
            Op::Register { next, .. } => of(next.unwrap()),
            Op::Not(a) => !of(*a),
            Op::Binary(binary, a, b) => match binary {
                Binary::And => of(*a) & of(*b),
                Binary::Or => of(*a) | of(*b),
                Binary::Xor => of(*a) ^ of(*b),
                Binary::Add => of(*a).wrapping_add(of(*b)),
                Binary::Sub => of(*a).wrapping_sub(of(*b)),
                Binary::Mul => bits_of(signed(*a).wrapping_mul(signed(*b)), node.width),
                Binary::Equal => (of(*a) == of(*b)).into(),
                Binary::LessUnsigned => (of(*a) < of(*b)).into(),
                Binary::LessSigned => (signed(*a) < signed(*b)).into(),
                Binary::ShiftLeft => shift(of(*a), of(*b), u128::checked_shl),
                Binary::ShiftRight => shift(of(*a), of(*b), u128::checked_shr),
            },
            Op::AddSub { a, b, subtract } if of(*subtract) == 1 => of(*a).wrapping_sub(of(*b)),
            Op::AddSub { a, b, .. } => of(*a).wrapping_add(of(*b)),
            Op::Mux { select, on_true, on_false } => of(if of(*select) == 1 { *on_true } else { *on_false }),
            Op::Slice { a, low } => of(*a) >> low,
            Op::Concat(parts) => parts.iter().fold(0u128, |high, &p| high.unbounded_shl(width(p)) | of(p)),
            Op::SignExtend(a) => signed(*a) as u128,
            Op::ZeroExtend(a) => of(*a),
            other => panic!("{other:?} is not combinational."),
        };
        values.push(value & mask(node.width));
    }
    values
}

fn shift(value: u128, amount: u128, by: fn(u128, u32) -> Option<u128>) -> u128 {
    u32::try_from(amount).ok().and_then(|amount| by(value, amount)).unwrap_or(0)
}
