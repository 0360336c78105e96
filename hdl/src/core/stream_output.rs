//! The output end: it sends a frame that consists of the status word, sigma, U and V, one element per cycle.
//!
//! Sections that a core does not compute are left out. For each element a token enters a short pipeline. The front cell
//! of the sorter gives the column, and the decomposer returns the element of U or V in that column. Columns of U whose
//! sigma was negative are negated. A token is issued only if the FIFO after the pipeline has room for its beat. Where a
//! beat has several elements, its last one takes the room.

use super::output_walk::Walk;
use super::stream_fifo::Credits;
use crate::architecture::decomposer::PortTiming;
use crate::architecture::number::{components, each_component};
use crate::architecture::size::Size;
use crate::builder::{DesignBuilder, ModuleBuilder, Signal};
use crate::interface::{STATUS_BITS, Section, section, status_summary};
use crate::ir::{ModuleId, address_width};
use crate::shape::Shape;

/// Cycles from `start` to the first read of the front cell of the sorter.
pub const FIRST_READ: u32 = 3;

/// Cycles from the token of a beat to its `write`. One register after its element has arrived, the beat is complete.
pub fn beat_cycles(timing: PortTiming) -> usize {
    element_cycles(timing) + 1
}

/// Cycles from the token of a beat to its element of U or V. The first of them reads the sorter.
pub fn element_cycles(timing: PortTiming) -> usize {
    1 + timing.vectors as usize
}

/// Adds the output end. `timing` holds the latencies of the decomposer's ports.
///
/// Inputs:
///
/// - `start` begins a frame.
/// - `status` is the status word. If `bad` is 1, it is the only word of the frame.
/// - `front` is the front cell of the sorter.
/// - `u` and `v` are the addressed elements of the vectors.
/// - `answer` begins a frame as well, and while `gives_up` is 1 every frame is its status word alone.
/// - `freed` returns a credit of the FIFO.
///
/// Outputs:
///
/// - `write`, `tdata`, `tuser` and `tlast` write an element.
/// - `turn` rotates the sorter.
/// - `u_read` or `v_read`, and `vector_row`, together with the index in the front cell, address an element of U or V.
/// - `done` is 1 when the last token has read its element.
pub fn stream_output(design: &mut DesignBuilder, shape: &Shape, timing: PortTiming) -> ModuleId {
    let m = ModuleBuilder::new("stream_output");
    let sections = shape.interface().sections();
    let counted = |section: &Section| format!("{} of section {}", section.count, section.tuser);
    m.doc(format!(
        "Sends a frame, elements by section (tuser), of the largest matrix: {}. A bad frame is its status word alone.\n\
         Status, by bits: {}.",
        sections.iter().map(counted).collect::<Vec<_>>().join(", "),
        status_summary()
    ));
    let status = m.input("status", STATUS_BITS);
    let (start, bad) = start(&m);
    let freed = m.input("freed", 1);
    let beat = shape.streams().output;

    let credits = Credits::new(&m);
    let size = Size::new(&m, shape);
    let has_room = credits.any();
    let walk = Walk { start, bad, has_room, place: "column", last_place: size.last_delivered, reads_each: true };
    let walk = walk.draw(&m, shape, &size);
    let (issue, frame_ends) = (walk.issue, walk.frame_ends);
    let fills = match beat.elements {
        1 => issue,
        // The store of a self-check takes elements, not beats.
        _ if shape.self_check() => issue,
        elements => {
            let place = m.register("place_in_beat", elements.ilog2()).reset(0);
            let last = place.value().is(i128::from(elements) - 1) | frame_ends;
            place.enabled_by(issue).drive(last.select(m.zero(place.value().width()), place.value().plus(1)));
            (issue & last).named("fills_beat")
        }
    };
    credits.update(freed, fills);

    // A token decides on its beat at stage 0. At stage 1 it reads the front cell of the sorter, which gives the column.
    let token = issue.at(0).flag();
    let section = walk.section.at(0).flag();
    m.output("turn", (token & !walk.is_in(section::STATUS)).flag().registered("turn_out"));
    let index = address_width(shape.triplets() as u32);
    let front = m.input("front", 1 + index + shape.element_bits()).at(1);
    walk.address_vectors(&m, shape, token);

    // The element of U or V arrives, and the word to send is selected.
    let arrival = element_cycles(timing) as u32;
    let bits = beat.element_bits();
    let sigma = sigma(&m, shape, front.low_bits(shape.element_bits()), "sigma");
    let is_sigma = section.bit(0).registered("is_sigma");
    let head = is_sigma.select(sigma, status.zero_extend(bits).at(arrival));
    let vectors: Vec<Signal<'_>> = [(shape.has_u(), "u"), (shape.has_v(), "v")]
        .into_iter()
        .filter(|&(present, _)| present)
        .map(|(_, name)| m.input(name, shape.components() * shape.vector_bits()).at(arrival))
        .collect();
    let element = match vectors[..] {
        [u, v] => Some(section.is(section::V.into()).registered("is_v").select(v, u)),
        [one] => Some(one),
        _ => None,
    };
    let tdata = match element {
        None => head,
        Some(element) => {
            let negate = front.sign() & section.is(section::U.into()).registered("is_u");
            let element = match shape.complex() {
                false if shape.has_u() => element.negated_if(negate).named("element"),
                false => element,
                // The memories hold the conjugates.
                true => {
                    let [re, im] = [0, 1].map(|part| components(shape, element)[part]);
                    m.concat(&[im.negated_if(!negate), re.negated_if(negate)]).named("element")
                }
            };
            let is_matrix = section.bit(1).registered("is_matrix");
            let bits = bits / shape.components();
            is_matrix.select(each_component(shape, element, |component| component.sign_extend(bits)), head)
        }
    };
    let tdata = tdata.registered("tdata_out");
    let end = tdata.stage().unwrap_or(0);
    assert_eq!(end as usize, beat_cycles(timing), "The latency of a beat is known without drawing it.");
    m.output("tdata", tdata);
    m.output("tuser", section.registered("tuser").delayed_to(end));
    let last = (token & frame_ends.at(0)).flag().registered("tlast");
    m.output("tlast", last.delayed_to(end));
    m.output("write", token.registered("token").delayed_to(end));
    // Once the last token has read the memories, the core may write them again.
    m.output("done", last.delayed_to(arrival));
    design.add_guarded(m)
}

/// Whether a frame begins, and whether it is its status word alone: the frame controller begins frames, and the
/// supervisor answers those that are given up.
pub(super) fn start(m: &ModuleBuilder) -> (Signal<'_>, Signal<'_>) {
    let [start, bad, answer, gives_up] = ["start", "bad", "answer", "gives_up"].map(|port| m.input(port, 1));
    ((start | answer).named("starts"), (bad | gives_up).named("is_status_alone"))
}

/// The element of the output stream for a singular value, or an eigenvalue, with this `key` of the sorter. It is
/// rounded to the fraction bits of its section, which takes a cycle.
pub(super) fn sigma<'m>(m: &'m ModuleBuilder, shape: &Shape, key: Signal<'m>, name: &str) -> Signal<'m> {
    let bits = shape.streams().output.element_bits();
    // A value is real.
    let half = bits / shape.components();
    let finer = shape.element_bits() - shape.sigma_bits();
    let value = if finer > 0 { key.plus(1 << (finer - 1)).bits_from(finer) } else { key };
    let value = value.registered(name);
    match shape.symmetric() {
        true => {
            let value = m.concat(&[!value.sign(), value.low_bits(shape.sigma_bits() - 1)]);
            value.sign_extend(half).zero_extend(bits)
        }
        false => value.zero_extend(bits),
    }
}
