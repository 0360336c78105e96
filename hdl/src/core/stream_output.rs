//! The output end: a frame of status word, sigma, U and V, one element per beat.
//!
//! Sections that a core does not compute are left out. For each beat a token runs down a short pipeline: the sorter's front cell names the column, a table the place of that column's row in the
//! memory of Uᵀ or Vᵀ, the memory gives the element. Columns of U whose sigma was negative are negated. Tokens
//! start only while the FIFO behind has room.

use super::stream_fifo::DEPTH;
use crate::architecture::serial::layout::{home_table, largest, pair_bits};
use crate::builder::{DesignBuilder, ModuleBuilder, Signal};
use crate::core::size::Size;
use crate::interface::{Section, section};
use crate::ir::{ModuleId, address_width};
use crate::ordering::Ordering;
use crate::shape::Shape;

/// Adds the output end. `read_latency`: cycles from `read_home` to the words of the vector memories.
///
/// Outputs: the FIFO's write side (`write`, `tdata`, `tuser`, `tlast`), `turn` for the sorter, `read_home` (bank and pair) and `read_column` for the
/// vector memories, `done` when the last token has read its element.
pub fn stream_output(design: &mut DesignBuilder, orderings: &[Ordering], shape: &Shape, read_latency: u32) -> ModuleId {
    let m = ModuleBuilder::new("stream_output");
    let sections = shape.interface().sections();
    let beats = |section: &Section| format!("{} of section {}", section.count, section.tuser);
    m.doc(format!(
        "Sends a frame, beats by section (tuser), of the largest matrix: {}. A bad frame is its status word alone.\n\
         Status: bit 0 bad frame, 1 overflow, 2 cap reached before settled; bits 15:8 sweeps; 23:16 block exponent.",
        sections.iter().map(beats).collect::<Vec<_>>().join(", ")
    ));
    let start = m.input("start", 1);
    let bad = m.input("bad", 1);
    let flags = [m.zero(5), m.input("capped", 1), m.input("overflow", 1), bad];
    let status = m.concat(&[&[m.input("exponent", 8), m.input("sweeps", 8)], &flags[..]].concat());
    let freed = m.input("freed", 1);
    let index = address_width(shape.side() as u32);

    let active = m.register("active", 1).reset(0);
    let section = m.register("section", 2);
    let row = m.register("row", index);
    let column = m.register("column", index);
    let credits = m.register("credits", DEPTH.ilog2() + 1).reset(DEPTH.into());

    let issue = (active.value() & credits.value().any()).named("issue");
    credits.drive(credits.value() + freed.zero_extend(5) - issue.zero_extend(5));
    let is = |wanted: u8| section.value().is(wanted.into());
    let in_matrix = section.value().bit(1).named("in_matrix");
    let size = Size::new(&m, shape);
    let last_column = column.value().equals(size.last_delivered).named("last_column");
    let [last_of_u, last_of_v] = [size.last_row, size.last_column].map(|last| row.value().equals(last));
    let last_row = is(section::U).select(last_of_u, last_of_v);
    let section_ends = (is(section::STATUS) | (last_column & (!in_matrix | last_row))).named("section_ends");
    let last_section = sections.last().map_or(section::STATUS, |section| section.tuser);
    let frame_ends = ((is(section::STATUS) & bad) | (is(last_section) & section_ends)).named("frame_ends");
    active.drive(start | (active.value() & !(issue & frame_ends)));
    let zero = m.zero(index);
    // Without U, V follows sigma.
    let after_section = match shape.has_u() {
        true => section.value().plus(1),
        false => is(section::STATUS).select(m.constant(2, section::SIGMA.into()), m.constant(2, section::V.into())),
    };
    let next_section = section_ends.select(after_section, section.value());
    section.enabled_by(start | issue).drive(start.select(m.zero(2), next_section));
    let begins = (start | section_ends).named("begins");
    let next_column = (begins | last_column).select(zero, column.value().plus(1));
    column.enabled_by(start | issue).drive(next_column);
    row.enabled_by(start | issue).drive(begins.select(zero, last_column.select(row.value().plus(1), row.value())));

    // Token, stage 0: which beat. Stage 1: the sorter's front cell.
    let token = issue.at(0).flag();
    let section = section.value().at(0);
    m.output("turn", (token & !is(section::STATUS)).flag().registered("turn_out"));
    let index = address_width(shape.triplets() as u32);
    let front = m.input("front", 1 + index + shape.element_bits()).at(1);
    let front_index = front.slice(shape.element_bits(), index);
    let home = home_table(&m, orderings, shape.triplets()).lookup(size.address(&m, front_index), None, "home");
    if shape.has_vectors() {
        m.output("read_home", home);
        let row_pair =
            row.value().at(0).zero_extend(pair_bits(largest(orderings)) + 1).bits_from(1).registered("row_pair");
        m.output("read_column", row_pair.delayed_to(home.stage().unwrap_or(0)));
    }

    // The words of the vector memories arrive; pick the element.
    let arrival = home.stage().unwrap_or(0) + read_latency;
    let beat = shape.interface().output_bits();
    let finer = shape.element_bits() - shape.sigma_bits();
    let value = match front.low_bits(shape.element_bits()) {
        value if finer > 0 => value.plus(1 << (finer - 1)).bits_from(finer),
        value => value,
    };
    let value = value.registered("sigma");
    let sigma = match shape.symmetric() {
        true => m.concat(&[!value.sign(), value.low_bits(shape.sigma_bits() - 1)]).sign_extend(beat),
        false => value.zero_extend(beat),
    };
    let is_sigma = section.bit(0).registered("is_sigma");
    let head = is_sigma.select(sigma, status.zero_extend(beat).at(arrival));
    let vectors: Vec<Signal<'_>> = [(shape.has_u(), "u"), (shape.has_v(), "v")]
        .into_iter()
        .filter(|&(present, _)| present)
        .map(|(_, name)| {
            let word = |bank: u32| m.input(&format!("{name}_row_{bank}"), 2 * shape.vector_bits()).at(arrival);
            let (zero, one) = (word(0), word(1));
            home.sign().select(one, zero)
        })
        .collect();
    let word = match vectors[..] {
        [u, v] => Some(section.is(section::V.into()).registered("is_v").select(v, u)),
        [one] => Some(one),
        _ => None,
    };
    let tdata = match word {
        None => head,
        Some(word) => {
            let odd_row = row.value().at(0).bit(0).registered("odd_row");
            let element = odd_row.select(word.bits_from(shape.vector_bits()), word.low_bits(shape.vector_bits()));
            let negate = front.sign() & section.is(section::U.into()).registered("is_u");
            let element = if shape.has_u() { element.negated_if(negate) } else { element };
            let is_matrix = section.bit(1).registered("is_matrix");
            is_matrix.select(element.named("element").sign_extend(beat), head)
        }
    };
    let tdata = tdata.registered("tdata_out");
    let end = tdata.stage().unwrap_or(0);
    m.output("tdata", tdata);
    m.output("tuser", section.registered("tuser").delayed_to(end));
    m.output("tlast", frame_ends.at(0).registered("tlast").delayed_to(end));
    m.output("write", token.registered("token").delayed_to(end));
    // The memories are the core's again once the last token has read them.
    m.output("done", (token & frame_ends.at(0)).flag().registered("done").delayed_to(arrival));
    design.add(m)
}
