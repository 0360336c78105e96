//! The combinational operations of the IR on vectors, implemented from the definitions of the IR alone.

use super::vector::Vector;
use crate::ir::{Binary, Node, NodeId, Op, bits_of, mask, signed_value};

/// The value of a combinational node, or `None` for a node of another kind. Operands are read from `nodes`.
pub(super) fn combinational(node: &Node, nodes: &[Vector]) -> Option<u128> {
    let of = |id: NodeId| nodes[id.index()].val();
    let width = |id: NodeId| nodes[id.index()].width();
    let signed = |id: NodeId| signed_value(of(id), width(id));
    let bits = match &node.op {
        Op::Not(a) => !of(*a),
        Op::Binary(binary, a, b) => match binary {
            Binary::And => of(*a) & of(*b),
            Binary::Or => of(*a) | of(*b),
            Binary::Xor => of(*a) ^ of(*b),
            Binary::Add => of(*a).wrapping_add(of(*b)),
            Binary::Sub => of(*a).wrapping_sub(of(*b)),
            Binary::Mul => bits_of(signed(*a).wrapping_mul(signed(*b)), node.width),
            Binary::Equal => u128::from(of(*a) == of(*b)),
            Binary::LessUnsigned => u128::from(of(*a) < of(*b)),
            Binary::LessSigned => u128::from(signed(*a) < signed(*b)),
            // An amount of 128 or more shifts every bit out, even if it does not fit into 32 bits.
            Binary::ShiftLeft => of(*a).unbounded_shl(of(*b).min(128) as u32),
            Binary::ShiftRight => of(*a).unbounded_shr(of(*b).min(128) as u32),
        },
        Op::AddSub { a, b, subtract } => {
            // One adder as in hardware: to subtract, its second operand is inverted and its carry input is 1.
            let inverted = if of(*subtract) == 1 { !of(*b) } else { of(*b) };
            of(*a).wrapping_add(inverted).wrapping_add(of(*subtract))
        }
        Op::Mux { select, on_true, on_false } => of(if of(*select) == 1 { *on_true } else { *on_false }),
        Op::Slice { a, low } => of(*a) >> low,
        Op::Concat(parts) => parts.iter().fold(0, |high: u128, &part| high.unbounded_shl(width(part)) | of(part)),
        Op::SignExtend(a) => signed(*a) as u128,
        Op::ZeroExtend(a) => of(*a),
        Op::Input
        | Op::Constant(_)
        | Op::Register { .. }
        | Op::Read { .. }
        | Op::Lookup { .. }
        | Op::InstanceOutput { .. } => return None,
    };
    Some(bits & mask(node.width))
}
