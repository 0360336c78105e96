//! Where the elements of a matrix lie: constant tables that several modules look up.

use super::ordering::Ordering;
use crate::builder::{ModuleBuilder, Table};
use crate::ir::address_width;

/// Bits of a pair number.
pub fn pair_bits(ordering: &Ordering) -> u32 {
    address_width(ordering.pairs() as u32)
}

/// Element index -> (bank, pair): where a row or column lies before and after a sweep.
pub fn home_table<'m>(m: &'m ModuleBuilder, ordering: &Ordering, n: usize) -> Table<'m> {
    let bits = pair_bits(ordering);
    let entry = |i| (ordering.bank(i) << bits | ordering.pair(i)) as u128;
    let comments =
        (0..n).map(|i| format!("{i} lies in bank {}, pair {}", ordering.bank(i), ordering.pair(i))).collect();
    m.table("home_table", bits + 1, (0..n).map(entry).collect(), comments)
}

/// Pair -> (crosses, target of bank 1, target of bank 0): where the results of a rotation are written.
pub fn move_table<'m>(m: &'m ModuleBuilder, ordering: &Ordering) -> Table<'m> {
    let bits = pair_bits(ordering);
    let entry = |p| {
        let [zero, one] = [0, 1].map(|bank| ordering.target(p, bank));
        ((usize::from(ordering.crosses(p)) << bits | one) << bits | zero) as u128
    };
    let comments = (0..ordering.pairs())
        .map(|p| {
            let crossing = if ordering.crosses(p) { "exchanged, " } else { "" };
            format!(
                "pair {p}: {crossing}bank 0 to pair {}, bank 1 to pair {}",
                ordering.target(p, 0),
                ordering.target(p, 1)
            )
        })
        .collect();
    m.table("move_table", 2 * bits + 1, (0..ordering.pairs()).map(entry).collect(), comments)
}

/// Pair -> (index of the member in bank 1, in bank 0), before and after a sweep.
pub fn member_table<'m>(m: &'m ModuleBuilder, ordering: &Ordering) -> Table<'m> {
    let bits = pair_bits(ordering) + 1;
    let entry = |p| (ordering.place(p, 1) << bits | ordering.place(p, 0)) as u128;
    let comments = (0..ordering.pairs())
        .map(|p| format!("pair {p}: {} in bank 0, {} in bank 1", ordering.place(p, 0), ordering.place(p, 1)))
        .collect();
    m.table("member_table", 2 * bits, (0..ordering.pairs()).map(entry).collect(), comments)
}
