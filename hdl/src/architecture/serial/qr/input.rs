//! The input end of a core that reduces rows to a triangle: AXI4-Stream beats to rows in the buffers of the two lanes.
//!
//! Even rows go to lane 0, odd ones to lane 1. A buffer holds two rows of its lane, one in each half: while the lanes work on one half,
//! the next two rows fill the other, and `s_axis_tready` falls only when both are full. Columns that form a pair of the first Jacobi step (c
//! and n - 1 - c) are neighbours in a buffer: word c holds both, the smaller one in bank 0.
//!
//! Frames end as in [`super::stream_input`]; the last rows are handed on only when `tlast` has come with their last element.

use crate::builder::{DesignBuilder, ModuleBuilder};
use crate::core::size::{Size, index_bits};
use crate::core::stream_input::Header;
use crate::ir::{ModuleId, address_width};
use crate::parameters::Sizes;
use crate::shape::Shape;

/// Cycles from a full half to the first use of its rows: their last element is in the buffer by then.
const WRITE_LATENCY: u32 = 2;

/// Adds the input end for the matrices of a shape.
///
/// Outputs beside the stream: `full`, `bad` as [`super::stream_input`]; `rows_ready`: the older half can be used; `rows_last`: after it the
/// matrix is over; `rows_absent`: it has no row for lane 1. `write_enable` (a bit for each lane), `write_half`, `write_word`, `write_bank`, `write_data`. Where
/// frames announce their size also `size_rows`, `size_cols`: the last row and column of the triangle.
pub fn qr_input(design: &mut DesignBuilder, shape: &Shape) -> ModuleId {
    let (rows, cols, word) = (shape.rows(), shape.cols(), shape.word());
    let any = shape.sizes() == Sizes::Any;
    let m = ModuleBuilder::new("qr_input");
    m.doc(format!(
        "Takes {}, row by row, one {word}-bit element per beat, tlast on the last.\n\
         Rows go to the buffers of the two lanes in turn. full: a frame has ended and waits for release.",
        if any {
            format!("the rows (1 to {rows}) and columns (1 to {cols}) of a matrix, then the matrix")
        } else {
            format!("a {rows}x{cols} matrix")
        }
    ));
    let (data, valid) = (m.input("s_axis_tdata", shape.interface().input_bits()), m.input("s_axis_tvalid", 1));
    let (last, release) = (m.input("s_axis_tlast", 1), m.input("release_frame", 1));
    let take = m.input("take_rows", 1).note("the older half is free again");
    let flag = |name| m.register(name, 1).reset(0);
    let (ready, full, bad, late) = (flag("ready"), flag("frame_full"), flag("frame_bad"), flag("late"));
    let (filling, oldest) = (flag("filling_half"), flag("oldest_half"));
    let filled = [flag("half_0_filled"), flag("half_1_filled")];
    let (row_bits, index) = (address_width(rows as u32), index_bits(shape));
    let row = m.register("row", row_bits).reset(0);
    let column = m.register("column", index).reset(0);

    let accepted = (valid & ready.value()).named("accepted");
    let ends = (accepted & last).named("frame_ends");
    let header = any.then(|| Header::new(&m, shape, row_bits.max(index), data, accepted, ends));
    let (size, last_row) = match &header {
        None => (Size::new(&m, shape), m.constant(row_bits, rows as i128 - 1)),
        Some(h) => {
            let last_column = h.cols.low_bits(index);
            let is_short = h.rows.less_than(h.cols).named("is_short");
            let triangle_row = is_short.select(h.rows.low_bits(index), last_column);
            m.output("size_rows", triangle_row.registered("size_rows_out"));
            m.output("size_cols", last_column.registered("size_cols_out"));
            (Size::announced(&m, shape, triangle_row, last_column), h.rows.low_bits(row_bits))
        }
    };
    let end_of_row = column.value().equals(size.last_column).named("end_of_row");
    let at_last_row = row.value().equals(last_row).named("at_last_row");
    let in_elements = |signal| header.as_ref().map_or(signal, |h| signal & h.is_over);
    let last_element = in_elements(end_of_row & at_last_row).named("last_element");
    let waits = (ends | (full.value() & !release)).named("frame_waits");
    full.drive(waits);
    bad.drive(waits & ends.select(late.value() | !last_element, bad.value()));
    late.enabled_by(accepted).drive(!last & (late.value() | last_element));
    let element = in_elements(accepted & !late.value()).named("element_accepted");
    let next_row = end_of_row.select(row.value().plus(1), row.value());
    let next_column = end_of_row.select(m.zero(index), column.value().plus(1));
    row.enabled_by(element | ends).drive(ends.select(m.zero(row_bits), next_row));
    column.enabled_by(element | ends).drive(ends.select(m.zero(index), next_column));

    // Two rows, or the last one alone, fill a half. Both halves are empty before a frame.
    let lane = row.value().bit(0);
    let fills = (element & end_of_row & (lane | at_last_row) & (!at_last_row | last)).named("fills_half");
    let restarts = (bad.value() | release).named("restarts");
    let next_filled = [0, 1].map(|half| {
        let [is_oldest, is_filling] = [oldest, filling].map(|at| if half == 1 { at.value() } else { !at.value() });
        let kept = filled[half].value() & !(take & is_oldest);
        (!restarts & (kept | (fills & is_filling))).named(&format!("half_{half}_filled_next"))
    });
    for (filled, next) in filled.iter().zip(next_filled) {
        filled.drive(next);
    }
    let next_filling = (!restarts & (filling.value() ^ fills)).named("filling_half_next");
    filling.drive(next_filling);
    oldest.drive(!restarts & (oldest.value() ^ take));
    ready.drive(!waits & !next_filling.select(next_filled[1], next_filled[0]));
    let oldest_filled = oldest.value().select(filled[1].value(), filled[0].value());
    let other_filled = oldest.value().select(filled[0].value(), filled[1].value());
    let oldest_filled = oldest_filled.flag().named("oldest_filled");
    let is_last = (full.value() & !other_filled).named("oldest_is_last");
    let is_absent = (is_last & !last_row.bit(0)).named("row_is_absent");
    let about_rows = [("rows_ready", oldest_filled), ("rows_last", is_last), ("rows_absent", is_absent)];
    for (port, signal) in about_rows {
        m.output(port, signal.at(0).delayed_to(WRITE_LATENCY).untimed());
    }

    // The word of a column, and its bank.
    let columns_less_one = m.concat(&[size.last_pair, m.one_bit(true)]);
    let width = columns_less_one.width().max(index);
    let wide = column.value().zero_extend(width);
    let is_second = size.last_pair.zero_extend(width).less_than(wide).named("is_second_of_pair");
    let partner = columns_less_one.zero_extend(width) - wide;
    let word_number = is_second.select(partner, wide).low_bits(size.last_pair.width());
    let enable = m.concat(&[element & lane, element & !lane]).at(0).flag();
    m.output("s_axis_tready", ready.value());
    m.output("full", full.value());
    m.output("bad", bad.value());
    m.output("write_enable", enable.registered("write_enable_out"));
    m.output("write_half", filling.value().at(0).registered("write_half_out"));
    m.output("write_word", word_number.at(0).registered("write_word_out"));
    m.output("write_bank", is_second.at(0).registered("write_bank_out"));
    m.output("write_data", data.low_bits(word).at(0).registered("write_data_out"));
    design.add(m)
}
