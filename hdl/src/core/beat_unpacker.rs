//! The beat unpacker: it converts beats with `tkeep` to single elements.
//!
//! The bytes of the last beat of a frame that hold no element have zeros in `tkeep`. All other beats are full. A beat
//! that breaks this rule makes its frame bad, since it is not known what its elements are.

use super::supervisor::ready_or_dropping;
use crate::builder::{DesignBuilder, ModuleBuilder, Signal};
use crate::formats::BeatFormat;
use crate::interface::port;
use crate::ir::ModuleId;
use crate::shape::Shape;

/// Adds the unpacker. Its inputs are beats, with each element as a port of its own.
///
/// - The outputs `element`, `element_valid`, `element_last` and the input `element_ready` are a stream of elements.
///   `element_last` comes with the last element of a frame.
/// - The output `element_broken` is 1 with an element of a beat whose `tkeep` breaks the rule. Such a beat counts as
///   one element.
///
/// Two beats fit in, so that `s_axis_tready` is held by a register and elements leave without a gap.
pub fn beat_unpacker(design: &mut DesignBuilder, shape: &Shape) -> ModuleId {
    let format = shape.streams().input;
    let count = format.elements;
    let m = ModuleBuilder::new("beat_unpacker");
    m.doc(format!(
        "Takes beats of {count} x {} bytes and gives their elements one by one, the one in the low bits first.\n\
         broken: tkeep is partial before the last beat, or cuts an element, or has a gap, or is 0.",
        format.element_bytes
    ));
    let arriving = Beat::arriving(&m, format);
    let valid = m.input(port::INPUT_VALID, 1);
    let element_taken = m.input("element_ready", 1);

    // `more` has a 1 for each element that leaves after the one that is offered.
    let ready = m.register("ready", 1).reset(0);
    let waits = m.register("beat_waits", 1).reset(0);
    let has_element = m.register("has_element", 1).reset(0);
    let more = (count > 1).then(|| m.register("more", count - 1).reset(0));
    let accepted = (valid & ready.value()).named("accepted");
    let moves_on = (has_element.value() & element_taken).named("moves_on");
    let has_another = more.map_or(m.one_bit(false), |more| more.value().bit(0));
    let is_free = (!has_element.value() | (moves_on & !has_another)).named("is_free");
    let must_wait = (accepted & !is_free).named("must_wait");
    let refilled = (is_free & (accepted | waits.value())).named("is_refilled");
    let waits_next = ((waits.value() & !is_free) | must_wait).named("beat_waits_next");
    waits.drive(waits_next);
    ready.drive(ready_or_dropping(&m, !waits_next, accepted & arriving.last));
    has_element.drive(refilled | !is_free);

    let next = arriving.or_from(&m, waits.value(), must_wait);
    let beat_last = m.register("is_last_beat", 1).reset(0).enabled_by(refilled);
    let broken = m.register("beat_is_broken", 1).enabled_by(refilled);
    beat_last.drive(next.last);
    broken.drive(next.broken);
    // The element that leaves next is the last one of its frame if none of the last beat follows it.
    let element_last = m.register("is_last_element", 1).reset(0).enabled_by(refilled | moves_on);
    match more {
        None => element_last.drive(refilled & next.last),
        Some(more) => {
            let rest = match count {
                2 => m.zero(1),
                _ => m.concat(&[m.zero(1), more.value().bits_from(1)]),
            };
            let arrives = next.last & !next.present.bit(1);
            element_last.drive(refilled.select(arrives, beat_last.value() & !rest.bit(0)));
            more.drive(refilled.select(next.present.bits_from(1), moves_on.select(rest, more.value())));
        }
    }
    let mut above = None;
    for (number, &arrives) in next.elements.iter().enumerate().rev() {
        let element = m.register(&format!("element_{number}"), format.element_bits()).enabled_by(refilled | moves_on);
        element.drive(above.map_or(arrives, |above| refilled.select(arrives, above)));
        above = Some(element.value());
    }

    m.output(port::INPUT_READY, ready.value());
    m.output("element", above.expect("A beat has at least one element."));
    m.output("element_valid", has_element.value());
    m.output("element_last", element_last.value());
    m.output("element_broken", broken.value());
    design.add_guarded(m)
}

/// A beat.
struct Beat<'m> {
    elements: Vec<Signal<'m>>,
    /// A 1 for each element that is there, that of element 0 in bit 0.
    present: Signal<'m>,
    last: Signal<'m>,
    broken: Signal<'m>,
}

impl<'m> Beat<'m> {
    /// The beat on the stream.
    fn arriving(m: &'m ModuleBuilder, format: BeatFormat) -> Self {
        let parts = port::parts(port::INPUT_DATA, format.elements);
        let elements = parts.iter().map(|part| m.input(part, format.element_bits())).collect();
        let parts = port::parts_of_keep(port::INPUT_KEEP, format.elements);
        let bytes: Vec<Signal<'_>> = parts.iter().map(|part| m.input(part, format.element_bytes)).collect();
        let last = m.input(port::INPUT_LAST, 1);
        let whole: Vec<Signal<'_>> =
            bytes.iter().enumerate().map(|(i, &bytes)| (!(!bytes).any()).named(&format!("has_{i}"))).collect();
        let cut = bytes.iter().zip(&whole).map(|(&bytes, &whole)| bytes.any() & !whole);
        let gap = whole.windows(2).map(|pair| pair[1] & !pair[0]);
        let partial = !last & !whole[whole.len() - 1];
        let broken = cut.chain(gap).fold(partial | !whole[0], |broken, fault| broken | fault).named("is_broken");
        let present = whole[1..].iter().rev().map(|&whole| whole & !broken);
        let present: Vec<Signal<'_>> = present.chain([m.one_bit(true)]).collect();
        Self { elements, present: m.concat(&present).named("present"), last, broken }
    }

    /// Adds a place in which a beat waits. The result is the beat in this place if `waits`, and this one otherwise.
    fn or_from(self, m: &'m ModuleBuilder, waits: Signal<'m>, stored: Signal<'m>) -> Self {
        let choose = |name: &str, signal: Signal<'m>| {
            let place = m.register(&format!("waiting_{name}"), signal.width()).enabled_by(stored);
            // Where a frame ends must not be lost.
            let place = if name == "last" { place.reset(0) } else { place };
            place.drive(signal);
            waits.select(place.value(), signal)
        };
        let elements = self.elements.iter().enumerate();
        Self {
            elements: elements.map(|(number, &element)| choose(&format!("element_{number}"), element)).collect(),
            present: choose("present", self.present),
            last: choose("last", self.last),
            broken: choose("broken", self.broken),
        }
    }
}
