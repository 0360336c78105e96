//! The input end: AXI4-Stream beats to writes into the memory of A, row by row.
//!
//! A frame whose `tlast` comes early or late is bad; a late one swallows the beats up to and including its `tlast`. Either way the frame
//! waits, `full`, until the core releases it; then `s_axis_tready` rises again. Odd sizes have a pad row and column of zeros inside; their
//! place lies opposite of index 0, so they are written beside row 0 and column 0, in the other bank.

use crate::builder::{DesignBuilder, ModuleBuilder, Signal};
use crate::core::layout::home_table;
use crate::core::ordering::Ordering;
use crate::ir::{ModuleId, address_width};

/// Adds the input end for n x n matrices of `word`-bit elements in beats of `beat` bits.
///
/// Outputs beside the stream: `full`, `bad`; `write_enable` and `write_element` (4 bits, bank rc at bit 2 r + c: which banks are
/// written, and which of them takes the element, not zero), `write_row`, `write_column` (bank and pair), `write_data`.
pub fn stream_input(design: &mut DesignBuilder, ordering: &Ordering, n: usize, word: u32, beat: u32) -> ModuleId {
    let m = ModuleBuilder::new("stream_input");
    m.doc(format!(
        "Takes a {n}x{n} matrix, row by row, one {word}-bit element per beat, tlast on the last.\n\
         full: a frame has ended and waits for release; bad: its tlast came early or late."
    ));
    let (data, valid) = (m.input("s_axis_tdata", beat), m.input("s_axis_tvalid", 1));
    let (last, release) = (m.input("s_axis_tlast", 1), m.input("release_frame", 1));
    let ready = m.register("ready", 1).reset(0);
    let full = m.register("frame_full", 1).reset(0);
    let bad = m.register("frame_bad", 1).reset(0);
    let late = m.register("late", 1).reset(0);
    let index = address_width(n as u32);
    let row = m.register("row", index).reset(0);
    let column = m.register("column", index).reset(0);

    let accepted = (valid & ready.value()).named("accepted");
    let ends = (accepted & last).named("frame_ends");
    let end_of_row = column.value().is(n as i128 - 1);
    let last_element = (end_of_row & row.value().is(n as i128 - 1)).named("last_element");
    let waits = (ends | (full.value() & !release)).named("frame_waits");
    full.drive(waits);
    ready.drive(!waits);
    bad.enabled_by(ends).drive(late.value() | !last_element);
    late.enabled_by(accepted).drive(!last & (late.value() | last_element));
    let element_accepted = (accepted & !late.value()).named("element_accepted");
    let next_row = end_of_row.select(row.value().plus(1), row.value());
    let next_column = end_of_row.select(m.zero(index), column.value().plus(1));
    row.enabled_by(element_accepted | ends).drive(ends.select(m.zero(index), next_row));
    column.enabled_by(element_accepted | ends).drive(ends.select(m.zero(index), next_column));

    let home = home_table(&m, ordering, n);
    let row_home = home.lookup(row.value().at(0), None, "row_home");
    let column_home = home.lookup(column.value().at(0), None, "column_home");
    let (row_pads, column_pads) = (beside_pad(&m, row.value(), n), beside_pad(&m, column.value(), n));
    let hit = |wanted: [i128; 2]| (row_home.sign().is(wanted[0]), column_home.sign().is(wanted[1]));
    let banks = [[1, 1], [1, 0], [0, 1], [0, 0]].map(hit);
    let written = m.concat(&banks.map(|(r, c)| (r | row_pads) & (c | column_pads)));
    let element = m.concat(&banks.map(|(r, c)| r & c));
    let started = element_accepted.at(0).flag().registered("write");
    m.output("s_axis_tready", ready.value());
    m.output("full", full.value());
    m.output("bad", bad.value());
    let enable = started.select(written, m.zero(4)).flag();
    m.output("write_enable", enable.registered("write_enable_out"));
    m.output("write_element", element.registered("write_element_out"));
    m.output("write_row", row_home.registered("write_row_out"));
    m.output("write_column", column_home.registered("write_column_out"));
    m.output("write_data", data.low_bits(word).at(0).registered("element").registered("write_data_out"));
    design.add(m)
}

/// Whether the pad of an odd size lies opposite of an index.
fn beside_pad<'m>(m: &'m ModuleBuilder, index: Signal<'m>, n: usize) -> Signal<'m> {
    if n.is_multiple_of(2) { m.zero(1) } else { index.at(0).is(0).registered("beside_pad") }
}
