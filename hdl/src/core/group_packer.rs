//! The beat packer of arrays: it puts groups of elements together to beats with `tkeep`.
//!
//! The elements of all groups follow each other without a gap, so only the last beat of a frame may be partial.

use super::group_output::largest_group;
use crate::builder::{DesignBuilder, ModuleBuilder, Signal};
use crate::interface::{USER_BITS, port};
use crate::ir::ModuleId;
use crate::shape::Shape;

/// Adds the packer.
///
/// The inputs are a group in each cycle in which `write_group` is 1: `group_count` elements `element_e`, all of the
/// section `group_user`, which begin at the place `group_offset` of their beat. `group_fills` says that the beat is
/// complete with them, and `group_last` that it is the last one of its frame. Elements beyond a full beat wait for the
/// next one.
///
/// One cycle later the output `write_beat` is 1, and the other outputs are the beat: `tlast`, and for each element a
/// part of `tdata` and of `tuser`, and a bit of `tkeep` that says whether it is there.
pub fn group_packer(design: &mut DesignBuilder, shape: &Shape) -> ModuleId {
    let format = shape.streams().output;
    let count = format.elements;
    let m = ModuleBuilder::new("beat_packer");
    m.doc(format!(
        "Puts groups of up to {count} elements together to beats of {count} x {} bytes, the first one in the low bits.\n\
         tuser has the section of each element.",
        format.element_bytes
    ));
    let write = m.input("write_group", 1);
    let fills = m.input("group_fills", 1);
    let last = m.input("group_last", 1);
    let place = count.ilog2();
    let offset = m.input("group_offset", place);
    let end = (offset.zero_extend(place + 1) + m.input("group_count", place + 1)).named("end_of_group");
    let user = m.input("group_user", USER_BITS);
    let absent = m.zero(format.element_bits());
    let element = |e| if e < largest_group(shape) { m.input(&format!("element_{e}"), absent.width()) } else { absent };
    let elements: Vec<Signal<'_>> = (0..count).map(|e| m.concat(&[user, element(e)])).collect();

    let completes = (write & fills).named("completes_beat");
    let ports = [port::parts("tdata", count), port::parts("tuser", count), port::parts_of_keep("tkeep", count)];
    for number in 0..count {
        // The element of the group that comes to this place, in this beat or in the next one.
        let turned: Vec<Signal<'_>> = (0..count).map(|o| elements[((number + count - o) % count) as usize]).collect();
        let arriving = offset.choose(&turned).named(&format!("arriving_{number}"));
        let now = if number + 1 == count {
            arriving
        } else {
            let waiting = m.register(&format!("waiting_{number}"), arriving.width()).enabled_by(write);
            let is_before = m.constant(place, number.into()).less_than(offset);
            let now = is_before.select(waiting.value(), arriving).named(&format!("now_{number}"));
            waiting.drive(completes.select(arriving, now));
            now
        };
        let is_here = m.constant(place + 1, number.into()).less_than(end).named(&format!("is_here_{number}"));
        let now = is_here.select(now, m.zero(now.width()));
        let parts = [now.low_bits(format.element_bits()), now.bits_from(format.element_bits()), is_here];
        for (names, part) in ports.iter().zip(parts) {
            let port = &names[number as usize];
            m.output(port, part.kept_when(completes, &format!("{port}_held")));
        }
    }
    let beat_last = m.register("tlast_held", 1).reset(0).enabled_by(completes);
    beat_last.drive(last);
    m.output("tlast", beat_last.value());
    m.output("write_beat", completes.flag().registered("write_beat_out"));
    design.add_guarded(m)
}
