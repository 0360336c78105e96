//! The memories of one lane of the QR decomposition: a triangle R, the rows in the slots, and the buffered incoming
//! rows.
//!
//! A row rotation is the Givens rotation of row j of R against the row w in slot j. It turns (r_jk, w_k) for all
//! columns k from the diagonal on, two columns (one word) per cycle. After the last pass the row moves on to slot j +
//! 1.
//!
//! The angle unit needs the diagonal elements of R (*pivots*) and the first remaining element of each row in a slot
//! (*leads*). Both are stored a second time, in memories of their own, so that they can be read while the rotators read
//! words.

use crate::builder::{DesignBuilder, ModuleBuilder, Signal};
use crate::ir::{ModuleId, address_width};
use crate::shape::Shape;

/// Cycles from an address to the operands that are read there.
pub const READ_LATENCY: u32 = 2;

/// Adds the lane for a shape.
///
/// The lane has two read ports, each with pipeline stages of its own:
///
/// - for the angle unit, `lead_pair` addresses `pivot` and `lead`;
/// - for the rotators, `pair` and `word` address `x_0`, `x_1` (of R) and `y_0`, `y_1` (of the row in the slot).
///
/// `fresh` says that this row of R is still empty and reads as zeros. `enter` says that the row comes from `half` of
/// the buffer; it reads as zeros if it is `absent`. `odd` says that the second column of word 0 is padding.
///
/// The write port takes rotated words. `write_target` is the slot to which the row moves; `write_keeps` is 0 if nothing
/// is left of the row.
pub fn qr_lane(design: &mut DesignBuilder, shape: &Shape) -> ModuleId {
    let (data, even) = (shape.element_bits(), shape.even() as u32);
    let (number, word) = (address_width(even), address_width(even / 2));
    let m = ModuleBuilder::new("qr_lane");
    m.doc(format!(
        "Memories of a lane: triangle R and rows under way, {data}-bit elements, two columns to a word; two buffered rows of {} bits.\n\
         Pivots r_jj and leads (first elements of rows) a second time, for the angle unit.",
        shape.word()
    ));
    let input = |name: &str, width| m.input(name, width);
    let start = |name: &str, width| m.input(name, width).at(0);

    // The write port.
    let enable = input("write_enable", 1);
    let (row, target) = (input("write_pair", number), input("write_target", number));
    let (to_word, keeps) = (input("write_word", word), input("write_keeps", 1));
    let triangle_at = m.concat(&[row, to_word]);
    let slot_at = m.concat(&[target, to_word]);
    let x = [0, 1].map(|c| input(&format!("write_x_{c}"), data));
    let y = [0, 1].map(|c| input(&format!("write_y_{c}"), data));
    let keeps = (enable & keeps).named("keeps");
    let memory = |name: &str, c: usize| m.memory(&format!("{name}_{c}"), data, 1 << (number + word));
    let triangle = [0, 1].map(|c| memory("triangle", c));
    let slots = [0, 1].map(|c| memory("rows", c));
    for c in 0..2 {
        triangle[c].write(enable, triangle_at, x[c]);
        slots[c].write(keeps, slot_at, y[c]);
    }
    let [in_row, in_slot] = [row, target].map(|number| number.zero_extend(word + 1).bits_from(1).equals(to_word));
    let (pivots, leads) = (m.memory("pivots", data, 1 << number), m.memory("leads", data, 1 << number));
    pivots.write((enable & in_row).named("writes_pivot"), row, row.bit(0).select(x[1], x[0]));
    leads.write((keeps & in_slot).named("writes_lead"), target, target.bit(0).select(y[1], y[0]));
    let buffers = [0, 1].map(|c| m.memory(&format!("buffer_{c}"), shape.word(), 2 << word));
    let load = input("load_enable", 1);
    let (load_bank, load_data) = (input("load_bank", 1), input("load_data", shape.word()));
    let load_at = m.concat(&[input("load_half", 1), input("load_word", word)]);
    buffers[0].write(load & !load_bank, load_at, load_data);
    buffers[1].write(load & load_bank, load_at, load_data);

    // The read port of the angle unit.
    let zero = m.zero(data);
    let pair = start("lead_pair", number);
    let [fresh, enter, absent] = ["lead_fresh", "lead_enter", "lead_absent"].map(|name| start(name, 1));
    let first = m.concat(&[start("lead_half", 1), m.zero(word)]);
    let pivot = fresh.select(zero, pivots.read(pair, None, "pivot_read"));
    let entered = entering(shape, buffers[0].read(first, None, "first_element"), absent);
    let lead = enter.select(entered, leads.read(pair, None, "lead_read"));
    m.output("pivot", pivot.registered("pivot_out"));
    m.output("lead", lead.registered("lead_out"));

    // The read port of the rotators.
    let at = m.concat(&[start("pair", number), start("word", word)]);
    let [fresh, enter, absent] = ["fresh", "enter", "absent"].map(|name| start(name, 1));
    let column = at.low_bits(word);
    let buffered_at = m.concat(&[start("half", 1), column]);
    for c in 0..2 {
        let x = fresh.select(zero, triangle[c].read(at, None, &format!("triangle_{c}_read")));
        let absent = if c == 1 { absent | (column.is(0) & input("odd", 1).at(0)) } else { absent };
        let entered = entering(shape, buffers[c].read(buffered_at, None, &format!("buffer_{c}_read")), absent);
        let y = enter.select(entered, slots[c].read(at, None, &format!("row_{c}_read")));
        m.output(&format!("x_{c}"), x.registered(&format!("x_{c}_out")));
        m.output(&format!("y_{c}"), y.registered(&format!("y_{c}_out")));
    }
    design.add(m)
}

/// An element of an incoming row, extended to the width of the elements inside the core; 0 if the row is `absent`.
fn entering<'m>(shape: &Shape, element: Signal<'m>, absent: Signal<'m>) -> Signal<'m> {
    let grown = element.shifted_up(shape.inner_guard()).sign_extend(shape.element_bits());
    absent.select(element.builder.zero(shape.element_bits()), grown)
}
