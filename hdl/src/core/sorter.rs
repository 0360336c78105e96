//! The sorter: it sorts singular values in descending order, and equal ones by their index.
//!
//! A row of cells holds the values inserted so far, the largest first. A new value is compared with all cells at once.
//! Cells with values at least as large stay as they are, the first cell with a smaller value takes the new one, and
//! every cell after it takes the value of its left neighbour.
//!
//! For reading, the row is rotated by one cell per cycle. After as many rotations as there are cells, the order is as
//! before. An array sees all cells at once instead.
//!
//! If the row is rotated and all values are kept, it holds them in ascending order instead: the largest is in the last
//! cell, which is the front. Then insertion and rotation both move values to the next cell, so that a cell has one
//! source less.

use crate::builder::{DesignBuilder, ModuleBuilder, Register, Signal};
use crate::ir::ModuleId;

/// How the sorted values are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readout {
    /// One after the other: the front cell is an output, and the row is rotated.
    Front {
        /// Only the cells up to number `last_cell`, an input, are rotated.
        shrinks: bool,
        /// Exactly as many values as there are cells are inserted between two times that the sorter is cleared.
        all: bool,
    },
    /// All cells are outputs.
    Cells,
}

/// Adds the sorter for `cells` values of `data` bits, signed. It keeps the largest `cells` values and drops the others.
///
/// Values are sorted by magnitude, or by value if `signed` is set.
///
/// The input `clear` empties the sorter. `insert` inserts `value` with its `index`, which is visible two cycles later.
/// `turn` brings the next cell to the front.
///
/// The output is the front cell, `front`, or each cell, `sorted_0` with the largest value and so on. Its fields, from
/// the high bits down, are whether the value was negative (1 bit), its index (`index_bits` bits), and the key by which
/// it is sorted (`data` bits, unsigned). The key is the magnitude, or the value with its sign bit inverted if `signed`
/// is set.
pub fn sorter(
    design: &mut DesignBuilder,
    data: u32,
    cells: usize,
    index_bits: u32,
    signed: bool,
    readout: Readout,
) -> ModuleId {
    let m = ModuleBuilder::new("sorter");
    m.doc(format!(
        "Sorts signed values of {data} bits by {}, descending, equal ones in the order of insertion; keeps the first {cells}.\n\
         {}",
        if signed { "value" } else { "size" },
        match readout {
            Readout::Front { .. } =>
                format!("turn: the next cell comes to the front; after {cells} turns the order is as before."),
            Readout::Cells => "sorted_0 is the largest value.".to_owned(),
        }
    ));
    let clear = m.input("clear", 1);
    let insert = m.input("insert", 1).at(0).flag().registered("inserted").untimed();
    let turn = (readout != Readout::Cells).then(|| m.input("turn", 1));
    let value = m.input("value", data);
    let new_sign = value.sign().registered("new_negative");
    let new_size = if signed {
        let offset = m.concat(&[!value.sign(), value.low_bits(data - 1)]);
        offset.registered("new_size").note("value with its sign inverted: unsigned order")
    } else {
        value.negated_if(value.sign()).registered("new_size").note("unsigned")
    };
    let new_index = m.input("index", index_bits).registered("new_index");
    let new = m.concat(&[new_sign, new_index, new_size]);

    let cell = |i: usize| (m.register(&format!("cell_{i}"), new.width()), m.register(&format!("used_{i}"), 1).reset(0));
    let row: Vec<_> = (0..cells).map(cell).collect();
    if let (Readout::Front { shrinks: false, all: true }, Some(turn)) = (readout, turn) {
        ascending(&m, &row, new, data, [insert, turn, clear]);
        return design.add(m);
    }
    let keeps: Vec<Signal<'_>> = (row.iter().enumerate())
        .map(|(i, (cell, used))| {
            let smaller = cell.value().low_bits(data).less_than(new_size);
            (used.value() & !smaller).named(&format!("keeps_{i}"))
        })
        .collect();
    let shrinks = matches!(readout, Readout::Front { shrinks: true, .. });
    let last_cell = shrinks.then(|| m.input("last_cell", crate::ir::address_width(cells as u32)));
    for (i, (cell, used)) in row.iter().enumerate() {
        let next = row[(i + 1) % cells].0.value();
        let next = last_cell.map_or(next, |last| last.is(i as i128).select(row[0].0.value(), next));
        let (shifted, before) = match i {
            0 => (new, m.one_bit(true)),
            _ => (keeps[i - 1].select(new, row[i - 1].0.value()), row[i - 1].1.value()),
        };
        let inserts = insert & !keeps[i];
        match turn {
            Some(turn) => cell.enabled_by(turn | inserts).drive(turn.select(next, shifted)),
            None => cell.enabled_by(inserts).drive(shifted),
        }
        used.drive(!clear & (used.value() | (insert & before)));
    }
    match readout {
        Readout::Front { .. } => m.output("front", row[0].0.value()),
        Readout::Cells => {
            row.iter().enumerate().for_each(|(i, (cell, _))| m.output(&format!("sorted_{i}"), cell.value()))
        }
    }
    design.add(m)
}

/// Draws the row in ascending order: cells before the place of a new value stay as they are, and those after it move to
/// the next cell, as all do when the row is rotated. An empty cell counts as larger than any value.
fn ascending<'m>(
    m: &'m ModuleBuilder,
    row: &[(Register<'m>, Register<'m>)],
    new: Signal<'m>,
    data: u32,
    [insert, turn, clear]: [Signal<'m>; 3],
) {
    let last = row[row.len() - 1].0.value();
    let mut before = (m.one_bit(true), last, m.one_bit(true));
    for (i, (cell, used)) in row.iter().enumerate() {
        let (kept_before, previous, used_before) = before;
        let smaller = cell.value().low_bits(data).less_than(new.low_bits(data));
        let keeps = (used.value() & smaller).named(&format!("keeps_{i}"));
        let is_new = !turn & kept_before;
        cell.enabled_by(turn | (insert & !keeps)).drive(is_new.select(new, previous));
        used.drive(!clear & (used.value() | (insert & used_before)));
        before = (keeps, cell.value(), used.value());
    }
    m.output("front", last);
}
