//! The queue of rows that wait to be reduced. It decides where each element goes in the buffers of the two lanes, and
//! it counts the rows that are ready.
//!
//! Even rows go to lane 0, odd rows to lane 1. The buffer of a lane holds two rows, one in each half. While the lanes
//! work on the rows in one half, the next two rows fill the other half.
//!
//! The columns c and n - 1 - c form a pair in the first Jacobi step. They share word c of a buffer: the column with the
//! smaller index is in bank 0.

use crate::architecture::decomposer::BATCHES;
use crate::architecture::jacobi::square::Square;
use crate::architecture::size::index_bits;
use crate::builder::{DesignBuilder, ModuleBuilder};
use crate::ir::{ModuleId, address_width};
use crate::shape::Shape;

/// Adds the queue for the rows of a shape.
///
/// Inputs are the load port of the decomposer ([`crate::architecture::decomposer`]) and `taken`: the lanes need the
/// oldest batch of two rows no longer.
///
/// Outputs describe the oldest batch: it is complete (`rows_ready`), it is the last one of the matrix (`rows_last`), it
/// has no row for lane 1 (`rows_absent`). The outputs `write_enable` (one bit per lane), `write_half`, `write_word`,
/// `write_bank` and `write_data` write the buffers.
pub fn row_queue(design: &mut DesignBuilder, shape: &Shape) -> ModuleId {
    let (row_bits, index) = (address_width(shape.rows() as u32), index_bits(shape));
    let m = ModuleBuilder::new("row_queue");
    m.doc("Places elements of incoming rows in the buffers of the two lanes, and counts the batches of two rows that wait there.");
    let (valid, row, column) = (m.input("load_valid", 1), m.input("load_row", row_bits), m.input("load_column", index));
    let (batch, is_final) = (m.input("load_batch", 1), m.input("load_final", 1));
    let data = m.input("load_data", shape.word());
    let (taken, restart) = (m.input("taken", 1), m.input("restart", 1));
    let square = Square::loading(&m, shape);

    // The number of waiting batches, and whether the newest of them is the last one of the matrix.
    let waiting = m.register("waiting", address_width(BATCHES + 1)).reset(0);
    let width = waiting.value().width();
    let next = waiting.value() + batch.zero_extend(width) - taken.zero_extend(width);
    waiting.drive(restart.select(m.zero(width), next));
    let ended = m.register("ended", 1).reset(0);
    ended.drive(!restart & (ended.value() | (batch & is_final)));
    let odd = m.register("odd_number_of_rows", 1).reset(0).enabled_by(batch);
    odd.drive(!row.bit(0));
    let is_last = (ended.value() & waiting.value().is(1)).named("oldest_is_last");
    m.output("rows_ready", waiting.value().any().flag().registered("rows_ready_out"));
    m.output("rows_last", is_last.flag().registered("rows_last_out"));
    m.output("rows_absent", (is_last & odd.value()).flag().registered("rows_absent_out"));

    // The word and the bank of a column.
    let columns_less_one = m.concat(&[square.last_pair, m.one_bit(true)]);
    let width = columns_less_one.width().max(index);
    let wide = column.zero_extend(width);
    let is_second = square.last_pair.zero_extend(width).less_than(wide).named("is_second_of_pair");
    let partner = columns_less_one.zero_extend(width) - wide;
    let word = is_second.select(partner, wide).low_bits(square.last_pair.width());
    let (lane, half) = (row.bit(0), row.zero_extend(row_bits.max(2)).bit(1));
    let enable = m.concat(&[valid & lane, valid & !lane]).flag();
    m.output("write_enable", enable.registered("write_enable_out"));
    m.output("write_half", half.registered("write_half_out"));
    m.output("write_word", word.registered("write_word_out"));
    m.output("write_bank", is_second.registered("write_bank_out"));
    m.output("write_data", data.registered("write_data_out"));
    design.add_guarded(m)
}
