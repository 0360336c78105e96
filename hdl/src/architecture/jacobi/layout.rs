//! Where the elements of a matrix are stored: constant tables that several modules look up.

use crate::builder::{ModuleBuilder, Table};
use crate::ir::address_width;
use crate::ordering::Ordering;
use crate::shape::Shape;

/// Bits of a pair number.
pub fn pair_bits(ordering: &Ordering) -> u32 {
    address_width(ordering.pairs() as u32)
}

/// The orderings that a core needs, smallest first. A core of fixed size needs the ordering of its size; a core for any
/// size needs those of all even sizes up to its own.
pub fn orderings(shape: &Shape) -> Vec<Ordering> {
    match shape.takes_any() {
        false => vec![Ordering::new(shape.even())],
        true => (2..=shape.even()).step_by(2).map(Ordering::new).collect(),
    }
}

/// The largest of several orderings, given smallest first. It decides the widths of the tables.
pub fn largest(orderings: &[Ordering]) -> &Ordering {
    orderings.last().expect("A core has an ordering.")
}

/// The home table: index of a row or column (below `n`) -> (bank, pair). This is its place before and after a sweep.
pub fn home_table<'m>(m: &'m ModuleBuilder, orderings: &[Ordering], n: usize) -> Table<'m> {
    let bits = pair_bits(largest(orderings));
    let entry = |o: &Ordering, i| (o.bank(i) << bits | o.pair(i)) as u128;
    let comment = |o: &Ordering, i| format!("{i} lies in bank {}, pair {}", o.bank(i), o.pair(i));
    parts(m, "home_table", bits + 1, orderings, (n, Ordering::size), entry, comment)
}

/// A table with one part per ordering.
///
/// A single part has `entries` entries. If there are several parts, each is padded to the next power of two, so that
/// the number of the ordering forms the high bits of the address. `used` gives the number of entries of an ordering.
fn parts<'m>(
    m: &'m ModuleBuilder,
    name: &str,
    width: u32,
    orderings: &[Ordering],
    (entries, used): (usize, fn(&Ordering) -> usize),
    entry: impl Fn(&Ordering, usize) -> u128,
    comment: impl Fn(&Ordering, usize) -> String,
) -> Table<'m> {
    let stride = if orderings.len() == 1 { entries } else { 1 << address_width(entries as u32) };
    let mut all = Vec::new();
    let mut comments = Vec::new();
    for ordering in orderings {
        for i in 0..stride {
            let is_used = i < entries.min(used(ordering));
            all.push(if is_used { entry(ordering, i) } else { 0 });
            let of = if orderings.len() == 1 { String::new() } else { format!("{0} x {0}: ", ordering.size()) };
            comments.push(if is_used { of + &comment(ordering, i) } else { of + "unused" });
        }
    }
    m.table(name, width, all, comments)
}

/// The move table: pair -> (crosses, target pair in bank 1, target pair in bank 0). It tells where the results of a
/// rotation are written.
pub fn move_table<'m>(m: &'m ModuleBuilder, orderings: &[Ordering]) -> Table<'m> {
    let bits = pair_bits(largest(orderings));
    let entry = |o: &Ordering, p| {
        let [zero, one] = [0, 1].map(|bank| o.target(p, bank));
        ((usize::from(o.crosses(p)) << bits | one) << bits | zero) as u128
    };
    let comment = |o: &Ordering, p| {
        let crossing = if o.crosses(p) { "exchanged, " } else { "" };
        format!("pair {p}: {crossing}bank 0 to pair {}, bank 1 to pair {}", o.target(p, 0), o.target(p, 1))
    };
    let pairs = (largest(orderings).pairs(), Ordering::pairs as fn(&Ordering) -> usize);
    parts(m, "move_table", 2 * bits + 1, orderings, pairs, entry, comment)
}

/// The member table: pair -> (index of the row or column in bank 1, in bank 0), before and after a sweep.
pub fn member_table<'m>(m: &'m ModuleBuilder, orderings: &[Ordering]) -> Table<'m> {
    let bits = pair_bits(largest(orderings)) + 1;
    let entry = |o: &Ordering, p| (o.place(p, 1) << bits | o.place(p, 0)) as u128;
    let comment = |o: &Ordering, p| format!("pair {p}: {} in bank 0, {} in bank 1", o.place(p, 0), o.place(p, 1));
    let pairs = (largest(orderings).pairs(), Ordering::pairs as fn(&Ordering) -> usize);
    parts(m, "member_table", 2 * bits, orderings, pairs, entry, comment)
}
