//! The beat packer: it gathers the elements of an output frame in beats with `tkeep`.
//!
//! The elements of all sections follow each other without a gap, so only the last beat of a frame may be partial.

use crate::builder::{DesignBuilder, ModuleBuilder};
use crate::interface::{USER_BITS, port};
use crate::ir::ModuleId;
use crate::shape::Shape;

/// Adds the packer.
///
/// The inputs `element`, `element_user` and `element_last` are an element in each cycle in which `write_element` is 1.
/// One cycle after the last element of a beat the output `write_beat` is 1, and the other outputs are this beat:
/// `tlast`, and for each element a part of `tdata` and of `tuser`, and a bit of `tkeep` that says whether it is there.
/// Nothing stalls: whoever writes knows that there is room.
pub fn beat_packer(design: &mut DesignBuilder, shape: &Shape) -> ModuleId {
    let format = shape.streams().output;
    let count = format.elements;
    let m = ModuleBuilder::new("beat_packer");
    m.doc(format!(
        "Gathers elements in beats of {count} x {} bytes, the first one in the low bits. tuser has the section of each.",
        format.element_bytes
    ));
    let write = m.input("write_element", 1);
    let data = m.input("element", format.element_bits());
    let user = m.input("element_user", USER_BITS);
    let last = m.input("element_last", 1);

    // The place of the next element in its beat, with a bit for each place.
    let place = m.register("place", count).reset(1);
    let completes = (last | place.value().sign()).named("completes_beat");
    let first = m.constant(count, 1);
    let next = match count {
        1 => first,
        _ => m.concat(&[place.value().low_bits(count - 1), m.zero(1)]),
    };
    place.enabled_by(write).drive(completes.select(first, next));

    // The first element of a beat clears the places of the others.
    let begins = (write & place.value().bit(0)).named("begins_beat");
    let ports = [port::parts("tdata", count), port::parts("tuser", count), port::parts_of_keep("tkeep", count)];
    for number in 0..count {
        let is_here = place.value().bit(number);
        let enable = match number {
            0 => begins,
            _ => (begins | (write & is_here)).named(&format!("changes_{number}")),
        };
        let arriving = |signal| if number == 0 { signal } else { is_here.select(signal, m.zero(signal.width())) };
        for (parts, element) in ports.iter().zip([arriving(data), arriving(user), is_here]) {
            let port = &parts[number as usize];
            m.output(port, element.kept_when(enable, &format!("{port}_held")));
        }
    }
    let beat_last = m.register("tlast_held", 1).reset(0).enabled_by(write);
    beat_last.drive(last);
    m.output("tlast", beat_last.value());
    m.output("write_beat", (write & completes).flag().registered("write_beat_out"));
    design.add_guarded(m)
}
