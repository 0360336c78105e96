//! The input end: AXI4-Stream beats to writes into the memory of A, row by row.
//!
//! A frame whose `tlast` comes early or late, or whose announced size the core does not take, is bad; a late one swallows the beats up to and including its `tlast`. Either way the frame
//! waits, `full`, until the core releases it; then `s_axis_tready` rises again.

use crate::architecture::serial::layout::home_table;
use crate::builder::{DesignBuilder, ModuleBuilder, Signal};
use crate::core::size::{Size, index_bits};
use crate::ir::ModuleId;
use crate::ordering::Ordering;
use crate::parameters::{Scaling, Sizes};
use crate::shape::Shape;
use crate::units::headroom::headroom;

/// Adds the input end for the matrices of a shape.
///
/// Outputs beside the stream: `full`, `bad`; `write_enable` (4 bits, bank rc at bit 2 r + c), `write_row`, `write_column` (bank and
/// pair), `write_data`. With scaling also `shift`: by how many bits a full frame can be shifted up. Where frames announce their size, also
/// `size_rows`, `size_cols`: the numbers of the last row and column.
pub fn stream_input(design: &mut DesignBuilder, orderings: &[Ordering], shape: &Shape) -> ModuleId {
    let (rows, cols, word) = (shape.rows(), shape.cols(), shape.word());
    let m = ModuleBuilder::new("stream_input");
    m.doc(format!(
        "Takes {}, row by row, one {word}-bit element per beat, tlast on the last.\n\
         full: a frame has ended and waits for release; bad: its tlast came early or late{}.",
        match shape.sizes() {
            Sizes::Fixed => format!("a {rows}x{cols} matrix"),
            Sizes::Any => format!("the rows (1 to {rows}) and columns (1 to {cols}) of a matrix, then the matrix"),
        },
        if shape.sizes() == Sizes::Any { ", or its size is not taken" } else { "" }
    ));
    let (data, valid) = (m.input("s_axis_tdata", shape.interface().input_bits()), m.input("s_axis_tvalid", 1));
    let (last, release) = (m.input("s_axis_tlast", 1), m.input("release_frame", 1));
    let ready = m.register("ready", 1).reset(0);
    let full = m.register("frame_full", 1).reset(0);
    let bad = m.register("frame_bad", 1).reset(0);
    let late = m.register("late", 1).reset(0);
    let index = index_bits(shape);
    let row = m.register("row", index).reset(0);
    let column = m.register("column", index).reset(0);

    let accepted = (valid & ready.value()).named("accepted");
    let ends = (accepted & last).named("frame_ends");
    let header = (shape.sizes() == Sizes::Any).then(|| Header::new(&m, shape, index, data, accepted, ends));
    let size = header.as_ref().map_or_else(|| Size::new(&m, shape), |h| Size::announced(&m, shape, h.rows, h.cols));
    let end_of_row = column.value().equals(size.last_column);
    let at_last = end_of_row & row.value().equals(size.last_row);
    let last_element = header.as_ref().map_or(at_last, |h| at_last & h.is_over).named("last_element");
    let waits = (ends | (full.value() & !release)).named("frame_waits");
    full.drive(waits);
    ready.drive(!waits);
    bad.enabled_by(ends).drive(late.value() | !last_element);
    late.enabled_by(accepted).drive(!last & (late.value() | last_element));
    let in_time = accepted & !late.value();
    let element_accepted = header.as_ref().map_or(in_time, |h| in_time & h.is_over).named("element_accepted");
    let next_row = end_of_row.select(row.value().plus(1), row.value());
    let next_column = end_of_row.select(m.zero(index), column.value().plus(1));
    row.enabled_by(element_accepted | ends).drive(ends.select(m.zero(index), next_row));
    column.enabled_by(element_accepted | ends).drive(ends.select(m.zero(index), next_column));

    let home = home_table(&m, orderings, shape.side());
    let row_home = home.lookup(size.address(&m, row.value().at(0)), None, "row_home");
    let column_home = home.lookup(size.address(&m, column.value().at(0)), None, "column_home");
    let hit = |wanted: [i128; 2]| row_home.sign().is(wanted[0]) & column_home.sign().is(wanted[1]);
    let banks = m.concat(&[[1, 1], [1, 0], [0, 1], [0, 0]].map(hit));
    let started = element_accepted.at(0).flag().registered("write");
    let element = data.low_bits(word);
    m.output("s_axis_tready", ready.value());
    m.output("full", full.value());
    m.output("bad", bad.value());
    if shape.scaling() == Scaling::Auto {
        m.output("shift", headroom(&m, word - 1, &[element], 0, element_accepted, release));
    }
    if let Some(header) = header {
        m.output("size_rows", header.rows);
        m.output("size_cols", header.cols);
    }
    m.output("write_enable", started.select(banks, m.zero(4)).flag().registered("write_enable_out"));
    m.output("write_row", row_home.registered("write_row_out"));
    m.output("write_column", column_home.registered("write_column_out"));
    m.output("write_data", element.at(0).registered("element").registered("write_data_out"));
    design.add(m)
}

/// The first two beats of a frame, where it announces its size.
pub(crate) struct Header<'m> {
    /// Number of the last row.
    pub rows: Signal<'m>,
    /// Number of the last column.
    pub cols: Signal<'m>,
    /// The elements come, and the size is one that the core takes.
    pub is_over: Signal<'m>,
}

impl<'m> Header<'m> {
    /// The header in beats that are `accepted`, of a frame that `ends`; numbers have `index` bits.
    pub fn new(
        m: &'m ModuleBuilder,
        shape: &Shape,
        index: u32,
        data: Signal<'m>,
        accepted: Signal<'m>,
        ends: Signal<'m>,
    ) -> Self {
        let (waits_for_rows, waits_for_cols) =
            (m.register("waits_for_rows", 1).reset(1), m.register("waits_for_cols", 1).reset(0));
        waits_for_rows.enabled_by(accepted).drive(ends);
        waits_for_cols.enabled_by(accepted).drive(waits_for_rows.value() & !ends);
        let last = data.plus(-1).named("announced_less_one");
        let number = |name: &str, waits: Signal<'m>, most: usize| {
            let takes = accepted & waits;
            let number = m.register(name, index).enabled_by(takes);
            number.drive(last.low_bits(index));
            let fits = m.register(&format!("{name}_fits"), 1).enabled_by(takes);
            fits.drive(last.less_than(m.constant(last.width(), most as i128)));
            (number.value(), fits.value())
        };
        let (rows, rows_fit) = number("announced_row", waits_for_rows.value(), shape.rows());
        let (cols, cols_fit) = number("announced_column", waits_for_cols.value(), shape.cols());
        let fits = rows_fit & cols_fit;
        let fits = if shape.symmetric() { fits & rows.equals(cols) } else { fits };
        let is_over = !(waits_for_rows.value() | waits_for_cols.value()) & fits;
        Self { rows, cols, is_over: is_over.named("header_is_over") }
    }
}
