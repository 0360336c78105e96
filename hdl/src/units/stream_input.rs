//! The input end: AXI4-Stream beats to writes into the memory of A, row by row.
//!
//! A frame whose `tlast` comes early or late is bad; a late one swallows the beats up to and including its `tlast`. Either way the frame
//! waits, `full`, until the core releases it; then `s_axis_tready` rises again.

use crate::builder::{DesignBuilder, ModuleBuilder, Signal};
use crate::core::layout::home_table;
use crate::core::ordering::Ordering;
use crate::core::params::{Scaling, Shape};
use crate::ir::{ModuleId, address_width};

/// Adds the input end for the matrices of a shape.
///
/// Outputs beside the stream: `full`, `bad`; `write_enable` (4 bits, bank rc at bit 2 r + c), `write_row`, `write_column` (bank and
/// pair), `write_data`. With scaling also `shift`: by how many bits a full frame can be shifted up.
pub fn stream_input(design: &mut DesignBuilder, ordering: &Ordering, shape: &Shape) -> ModuleId {
    let Shape { rows, cols, word, .. } = *shape;
    let m = ModuleBuilder::new("stream_input");
    m.doc(format!(
        "Takes a {rows}x{cols} matrix, row by row, one {word}-bit element per beat, tlast on the last.\n\
         full: a frame has ended and waits for release; bad: its tlast came early or late."
    ));
    let (data, valid) = (m.input("s_axis_tdata", shape.input_bits()), m.input("s_axis_tvalid", 1));
    let (last, release) = (m.input("s_axis_tlast", 1), m.input("release_frame", 1));
    let ready = m.register("ready", 1).reset(0);
    let full = m.register("frame_full", 1).reset(0);
    let bad = m.register("frame_bad", 1).reset(0);
    let late = m.register("late", 1).reset(0);
    let index = address_width(shape.side() as u32);
    let row = m.register("row", index).reset(0);
    let column = m.register("column", index).reset(0);

    let accepted = (valid & ready.value()).named("accepted");
    let ends = (accepted & last).named("frame_ends");
    let end_of_row = column.value().is(cols as i128 - 1);
    let last_element = (end_of_row & row.value().is(rows as i128 - 1)).named("last_element");
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

    let home = home_table(&m, ordering, shape.side());
    let row_home = home.lookup(row.value().at(0), None, "row_home");
    let column_home = home.lookup(column.value().at(0), None, "column_home");
    let hit = |wanted: [i128; 2]| row_home.sign().is(wanted[0]) & column_home.sign().is(wanted[1]);
    let banks = m.concat(&[[1, 1], [1, 0], [0, 1], [0, 0]].map(hit));
    let started = element_accepted.at(0).flag().registered("write");
    let element = data.low_bits(word);
    m.output("s_axis_tready", ready.value());
    m.output("full", full.value());
    m.output("bad", bad.value());
    if shape.scaling == Scaling::Auto {
        m.output("shift", headroom(&m, element, accepted, release, shape.shift_bits()));
    }
    m.output("write_enable", started.select(banks, m.zero(4)).flag().registered("write_enable_out"));
    m.output("write_row", row_home.registered("write_row_out"));
    m.output("write_column", column_home.registered("write_column_out"));
    m.output("write_data", element.at(0).registered("element").registered("write_data_out"));
    design.add(m)
}

/// Sign bits that every element of the frame has beside its sign, two cycles after the last one; of a frame of zeros, as many as there can be.
fn headroom<'m>(
    m: &'m ModuleBuilder,
    element: Signal<'m>,
    accepted: Signal<'m>,
    release: Signal<'m>,
    bits: u32,
) -> Signal<'m> {
    let magnitude = element.width() - 1;
    let sign = element.sign();
    let signs = m.concat(&vec![sign; magnitude as usize]);
    let seen = m.register("bits_seen", magnitude).reset(0).enabled_by(accepted | release);
    seen.drive(release.select(m.zero(magnitude), seen.value() | (element.low_bits(magnitude) ^ signs)));
    let count = (0..magnitude).fold(m.constant(bits, magnitude.into()), |below, bit| {
        seen.value().bit(bit).select(m.constant(bits, i128::from(magnitude - 1 - bit)), below)
    });
    count.registered("headroom")
}
