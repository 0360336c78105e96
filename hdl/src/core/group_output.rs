//! The output end of arrays: it sends a frame that consists of the status word, sigma, U and V, a group of elements per
//! cycle.
//!
//! A group has as many elements as a beat, or fewer at the end of a row. The groups of sections follow one another, so
//! that a beat may have elements of two of them: each token knows at which offset in the beat its group begins, and the
//! packer puts them together. If the last group does not fit its beat, one more token sends what is left.
//!
//! The first token of a row has the decomposer read this row of all vectors, which stays until the next row is read.
//! The sorter tells the vector of each element of a group.

use super::output_walk::Walk;
use super::stream_fifo::Credits;
use super::stream_output::{element_cycles, sigma, start};
use crate::architecture::decomposer::PortTiming;
use crate::architecture::size::Size;
use crate::builder::{DesignBuilder, ModuleBuilder, Signal};
use crate::interface::{STATUS_BITS, section, status_summary};
use crate::ir::{ModuleId, address_width};
use crate::shape::Shape;

/// Cycles from the elements of vectors to those of a group: they are chosen, and columns of U are negated.
pub const GROUP_CYCLES: usize = 2;

/// The elements of the largest group.
pub fn largest_group(shape: &Shape) -> u32 {
    shape.elements_given().min(shape.rank() as u32)
}

/// The sizes of the groups of a frame of the largest matrix, in order. A last 0 is the token that sends what is left.
pub fn groups(shape: &Shape) -> Vec<usize> {
    let given = shape.elements_given() as usize;
    let mut groups = Vec::new();
    for section in shape.interface().sections() {
        let row = if section.tuser == section::STATUS { 1 } else { shape.rank() };
        for _ in 0..section.count / row {
            groups.extend((0..row).step_by(given).map(|first| given.min(row - first)));
        }
    }
    let last = groups[groups.len() - 1];
    let offset = groups[..groups.len() - 1].iter().sum::<usize>() % given;
    if offset + last > given {
        groups.push(0);
    }
    groups
}

/// Adds the output end. `timing` holds the latencies of the decomposer's ports.
///
/// Inputs:
///
/// - `start` begins a frame.
/// - `status` is the status word. If `bad` is 1, it is the only word of the frame.
/// - `sorted_i` is cell i of the sorter.
/// - `u_k` and `v_k` are the elements of vector k in the row that was read last.
/// - `answer` begins a frame as well, and while `gives_up` is 1 every frame is its status word alone.
/// - `freed` returns a credit of the FIFO.
///
/// Outputs:
///
/// - `write`, `count` elements `tdata_e`, `offset`, `fills`, `tuser` and `tlast` are a group for the packer
///   ([`super::group_packer`]).
/// - `u_read` or `v_read`, and `vector_row`, read a row of U or V.
/// - `done` is 1 when the last token has read its elements.
pub fn group_output(design: &mut DesignBuilder, shape: &Shape, timing: PortTiming) -> ModuleId {
    let m = ModuleBuilder::new("stream_output");
    let given = shape.elements_given();
    let sections = shape.interface().sections();
    let counted = sections.iter().map(|section| format!("{} of section {}", section.count, section.tuser));
    m.doc(format!(
        "Sends a frame, up to {given} elements per cycle, by section (tuser): {}. A bad frame is its status word alone.\n\
         Status, by bits: {}.",
        counted.collect::<Vec<_>>().join(", "),
        status_summary()
    ));
    let (start, bad) = start(&m);
    let freed = m.input("freed", 1);
    let status = m.input("status", STATUS_BITS);
    let bits = shape.streams().output.element_bits();
    let in_row = (shape.rank() as u32).div_ceil(given);

    // The last group of a frame may need two beats.
    let credits = Credits::new(&m);
    let has_room = credits.at_least_two();
    let last_place = m.constant(address_width(in_row), i128::from(in_row) - 1);
    let walk = Walk { start, bad, has_room, place: "group", last_place, reads_each: false };
    let walk = walk.draw(&m, shape, &Size::new(&m, shape));

    // Where the group lies in its beat.
    let place = given.ilog2();
    let rest = m.register("rest_waits", 1).reset(0);
    let offset = m.register("place_in_beat", place).reset(0);
    let count = {
        let constant = |count: u32| m.constant(place + 1, count.into());
        let of_last = constant(shape.rank() as u32 - (in_row - 1) * given);
        let of_group = walk.column.equals(last_place).select(of_last, constant(given));
        let of_token = walk.is_in(section::STATUS).select(constant(1), of_group);
        rest.value().select(constant(0), of_token).named("group_count")
    };
    let end = (offset.value().zero_extend(place + 1) + count).named("end_of_group");
    let is_cut = (end.sign() & end.low_bits(place).any()).named("is_cut");
    rest.drive(walk.issue & walk.frame_ends & is_cut);
    let token = (walk.issue | rest.value()).named("token_leaves");
    let last = (rest.value() | (walk.issue & walk.frame_ends & !is_cut)).named("is_last");
    let fills = (token & (end.sign() | last)).named("fills_beat");
    let next_offset = (start | last).select(m.zero(place), end.low_bits(place));
    offset.enabled_by(start | token).drive(next_offset);
    credits.update(freed, fills);

    // A token decides on its group at stage 0.
    let read = (walk.issue & !walk.column.any()).at(0).flag();
    let section = walk.section.at(0).flag();
    walk.address_vectors(&m, shape, read);

    // The row of all vectors arrives, and the cells of the sorter choose among them.
    let arrival = element_cycles(timing) as u32;
    let index = address_width(shape.triplets() as u32);
    let key = shape.element_bits();
    let group = walk.column.at(0).delayed_to(arrival - 1);
    let cells: Vec<Signal<'_>> =
        (0..shape.rank()).map(|i| m.input(&format!("sorted_{i}"), 1 + index + key).at(arrival - 1)).collect();
    let of_side = |present: bool, side: &str| -> Option<Vec<Signal<'_>>> {
        let vectors = 0..shape.triplets();
        present.then(|| vectors.map(|k| m.input(&format!("{side}_{k}"), shape.vector_bits()).at(arrival)).collect())
    };
    let vectors = match (of_side(shape.has_u(), "u"), of_side(shape.has_v(), "v")) {
        (Some(u), Some(v)) => {
            let is_v = section.delayed_to(arrival).is(section::V.into());
            Some(u.into_iter().zip(v).map(|(u, v)| is_v.select(v, u)).collect())
        }
        (one, other) => one.or(other),
    };
    let of_section = section.delayed_to(arrival + 1);
    let is_matrix = of_section.bit(1);
    let [is_status, is_u] = [section::STATUS, section::U].map(|wanted| of_section.is(wanted.into()));
    for e in 0..largest_group(shape) as usize {
        // The cells that this place of a group shows.
        let own: Vec<Signal<'_>> = cells.iter().skip(e).step_by(given as usize).copied().collect();
        let head =
            |other| if e == 0 { is_status.select(status.zero_extend(bits).at(arrival + 1), other) } else { other };
        let cell = group.choose(&own).registered(&format!("cell_of_{e}"));
        let head = head(sigma(&m, shape, cell.low_bits(key), &format!("sigma_{e}")));
        let element = vectors.as_ref().map(|vectors: &Vec<Signal<'_>>| {
            let element = cell.slice(key, index).choose(vectors).registered(&format!("vector_{e}"));
            let negate = cell.sign().delayed_to(arrival + 1) & is_u;
            let element = if shape.has_u() { element.negated_if(negate) } else { element };
            is_matrix.select(element.sign_extend(bits), head)
        });
        m.output(&format!("tdata_{e}"), element.unwrap_or(head).registered(&format!("tdata_{e}_out")));
    }
    let end = arrival + GROUP_CYCLES as u32;
    let token = token.at(0).flag();
    m.output("tuser", section.delayed_to(end));
    let fields = [("count", count), ("offset", offset.value()), ("fills", fills), ("tlast", last)];
    for (name, signal) in fields {
        m.output(name, signal.at(0).flag().registered(&format!("{name}_of_token")).delayed_to(end));
    }
    m.output("write", token.registered("token").delayed_to(end));
    // Once the last row is read, the core may write the memories again.
    let ends = (walk.issue & walk.frame_ends).at(0).flag().registered("done");
    m.output("done", ends.delayed_to(arrival));
    design.add_guarded(m)
}
