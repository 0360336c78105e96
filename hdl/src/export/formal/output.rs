//! The proofs of the modules through which results leave a core.

use super::template::{fifo_memories, fifo_word_at, fifo_words, fill, odd_function};
use crate::architecture::size::index_bits;
use crate::core::Core;
use crate::core::stream_fifo::{DEPTH, parts_of_beat};
use crate::core::stream_output::beat_cycles;
use crate::interface::{port, section};
use crate::ir::address_width;
use std::fmt::Write;

/// The properties of the FIFO for the beats of a core.
pub(super) fn fifo(core: &Core) -> String {
    let parts = parts_of_beat(core.shape().streams());
    let bits: u32 = parts.iter().map(|(_, width)| width).sum();
    let memory = |memory| fifo_words("dut", memory) + &fifo_word_at("dut", memory, "there", "place");
    let memories: String = fifo_memories(core).iter().map(memory).collect();
    // The two memories of `tlast` disagree in every place that is in use.
    let mut inversions = String::new();
    for place in 0..DEPTH {
        let _ = writeln!(
            inversions,
            "        assert ({{1'b0, 4'd{place} - \\dut.read_at }} >= \\dut.count || \
             \\dut.tlast_memory[{place}] != \\dut.tlast_inverted_memory[{place}] );"
        );
    }
    let list = |of: &dyn Fn(&str) -> String| {
        let (last, numbers) = parts.split_last().expect("A beat has a tlast.");
        let parts = numbers.iter().rev().chain([last]);
        parts.map(|(name, _)| of(name)).collect::<Vec<_>>().join(", ")
    };
    let values = [
        ("bits", bits.to_string()),
        ("parts_in", list(&str::to_owned)),
        ("parts_there", list(&|name| format!("{name}_there"))),
        ("parts_out", list(&|name| format!("m_axis_{name}"))),
        ("memories", memories),
        ("odd_function", odd_function(bits - 1)),
        ("first_user", port::parts("tuser", core.shape().streams().output.elements)[0].clone()),
        ("inversions", inversions),
    ];
    fill(include_str!("fifo.sv"), &values, &[])
}

/// The properties of the output end of a core that gives one element after the other.
pub(super) fn stream_output(core: &Core) -> String {
    let shape = core.shape();
    let (any, latency) = (shape.takes_any(), beat_cycles(core.ports()));
    let sections = shape.interface().sections();
    let elements: usize = sections.iter().map(|section| section.count).sum();
    // The numbers of all elements fit, and what rows and columns beyond the last ones would give.
    let bits = address_width((elements + 4 * shape.side() * shape.rank()) as u32);
    // For an element by its number: the section that it is in, and the first element of that section.
    let by_number = |of: &dyn Fn(u8, usize) -> String| {
        let mut text = String::new();
        let mut first = 0;
        for (i, section) in sections.iter().enumerate() {
            if i + 1 < sections.len() {
                let _ = write!(text, "number < {bits}'d{} ? ", first + section.count);
            }
            text += &of(section.tuser, first);
            text += if i + 1 < sections.len() { " : " } else { "" };
            first += section.count;
        }
        text
    };
    let sides = [(shape.has_u(), "u", section::U), (shape.has_v(), "v", section::V)];
    let sides = || sides.iter().filter(|(present, ..)| *present);
    let of_sides = |of: &dyn Fn(&str, u8) -> String| sides().map(|&(_, side, number)| of(side, number)).collect();
    let frees: String = match shape.in_flight() {
        1 => String::new(),
        _ => of_sides(&|side, number| format!(" && (section != 2'd{number} || {side}_free)")),
    };
    let per_beat = if shape.self_check() { 1 } else { shape.streams().output.elements };
    let values = [
        ("index_bits", index_bits(shape).to_string()),
        ("rows", shape.dimensions().decomposed(shape.dimensions().largest()).0.to_string()),
        ("cols", shape.cols().to_string()),
        ("rank", shape.rank().to_string()),
        ("bits", bits.to_string()),
        ("elements", elements.to_string()),
        ("first_of_section", by_number(&|_, first| format!("{bits}'d{first}"))),
        ("section", by_number(&|tuser, _| format!("2'd{tuser}"))),
        ("last_section", sections.last().map_or(section::STATUS, |section| section.tuser).to_string()),
        ("next_section", if shape.has_u() { "section + 1" } else { "section == 2'd0 ? 2'd1 : 2'd3" }.to_owned()),
        ("sections", of_sides(&|_, number| format!(" || section == 2'd{number}"))),
        ("frees", frees),
        (
            "reads",
            of_sides(&|side, number| {
                format!("        assert ({side}_read == (read[1] && section_of[3:2] == 2'd{number}));\n")
            }),
        ),
        ("latency", latency.to_string()),
        ("place_bits", address_width(per_beat).to_string()),
        ("per_beat", per_beat.to_string()),
        ("on_the_way", (1..=latency).map(|stage| format!("filling[{stage}]")).collect::<Vec<_>>().join(" + ")),
        ("depth", DEPTH.to_string()),
    ];
    fill(include_str!("output.sv"), &values, &[("any", any), ("fixed", !any), ("beats", per_beat > 1)])
}

/// The properties of the beat packer of a core that gives one element after the other.
pub(super) fn beat_packer(core: &Core) -> String {
    let format = core.shape().streams().output;
    // A list for all elements, the one of element 0 in the low bits.
    let list = |parts: Vec<String>| parts.into_iter().rev().collect::<Vec<_>>().join(", ");
    let values = [
        ("elements", format.elements.to_string()),
        ("bits", format.element_bits().to_string()),
        ("data_out", list(port::parts("tdata", format.elements))),
        ("user_out", list(port::parts("tuser", format.elements))),
        ("keep_out", list(port::parts_of_keep("tkeep", format.elements))),
    ];
    fill(include_str!("packer.sv"), &values, &[])
}
