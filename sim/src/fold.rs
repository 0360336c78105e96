//! Defines each operation on 128-bit integers and so evaluates constants at compile time. `emit` writes instructions
//! with the same meaning.

use crate::graph::{Cut, Operation};

/// The result of an operation. [`Operation::Load`] is excluded, because its result depends on a memory.
#[inline]
pub(crate) fn evaluate(operation: Operation, a: i128, b: i128, c: i128, cut: Option<Cut>) -> i128 {
    use Operation::*;
    match operation {
        Move => a,
        And => a & b,
        Or => a | b,
        Xor => a ^ b,
        AndNot => a & !b,
        Add => signed_cut(a.wrapping_add(b), cut),
        Sub => signed_cut(a.wrapping_sub(b), cut),
        AddSub => signed_cut(a.wrapping_add(b ^ c).wrapping_sub(c), cut),
        Mul => signed_cut(a.wrapping_mul(b), cut),
        Equal => truth(a == b),
        Less => truth(a < b),
        LessUnsigned => truth((a as u128) < b as u128),
        ShiftLeft => signed_cut(if shifts_all(b) { 0 } else { a << b }, cut),
        ShiftRight => {
            let bits = unsigned_cut(a, cut);
            signed_cut(if shifts_all(b) { 0 } else { (bits as u128 >> b) as i128 }, cut)
        }
        Mux => b ^ ((a ^ b) & c),
        Extract => signed_cut(a, cut),
        Unsigned => unsigned_cut(a, cut),
        Join => a << cut.map_or(0, |cut| cut.width) | unsigned_cut(b, cut),
        Load => unreachable!("A memory word is not computed."),
    }
}

fn truth(holds: bool) -> i128 {
    -i128::from(holds)
}

fn shifts_all(amount: i128) -> bool {
    !(0..128).contains(&amount)
}

fn signed_cut(value: i128, cut: Option<Cut>) -> i128 {
    cut.map_or(value, |cut| (value << (128 - cut.top())) >> (128 - cut.width))
}

fn unsigned_cut(value: i128, cut: Option<Cut>) -> i128 {
    cut.map_or(value, |cut| ((value << (128 - cut.top())) as u128 >> (128 - cut.width)) as i128)
}
