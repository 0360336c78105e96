//! The frame controller: accepts a frame, has it decomposed, sorts the values, lets the result out.
//!
//! It knows no architecture. What it commands has the logical ports of [`crate::architecture`].

use super::status::status_word;
use super::stream_output::FIRST_READ;
use crate::architecture::decomposer::PortTiming;
use crate::architecture::size::{Size, index_bits};
use crate::builder::{DesignBuilder, ModuleBuilder};
use crate::interface::STATUS_BITS;
use crate::ir::{ModuleId, address_width};
use crate::parameters::Scaling;
use crate::shape::Shape;

/// Cycles from a value at the sorter's input to its place in the sorted row.
const SORTER_LATENCY: u32 = 2;

/// Cycles from `done`, included, to `unload_start`, included: while they pass, the values are sorted and the
/// decomposer's pipeline drains.
pub fn sort_cycles(shape: &Shape, timing: PortTiming) -> usize {
    // Before the walk the decomposition ends, and after it `unload_start` is registered.
    1 + (last_place(shape, timing) + 1) as usize + 1
}

/// The number of the last place in the walk over the values, the first one having number 0.
///
/// `place` is 0 in the first cycle of sorting, one after `done`, and the output end starts one after `sorted`. When it
/// first reads the sorter, the last value is in its cell. When it then first reads a vector, and the status word, the
/// drain is over.
fn last_place(shape: &Shape, timing: PortTiming) -> u32 {
    let values = shape.triplets() as u32;
    let in_its_cell = values - 1 + timing.value + SORTER_LATENCY;
    let (cell_read, vector_read) = (FIRST_READ + 1, FIRST_READ + 2);
    in_its_cell.saturating_sub(cell_read).max(timing.drain.saturating_sub(vector_read + 1)).max(values - 1)
}

/// Adds the frame controller, given when the decomposer's ports answer.
///
/// A frame that is `full` and not `bad` is started; one that is bad goes straight to the output, as its status word.
/// When the decomposition is `done`, `value_number`, whose lowest bits are the index of a value, walks over the values,
/// each of which is inserted into the sorter. The frame is released, and the output started, as early as the sorter and
/// the drain of the decomposer allow.
pub fn frame_controller(design: &mut DesignBuilder, shape: &Shape, timing: PortTiming) -> ModuleId {
    let m = ModuleBuilder::new("frame_controller");
    m.doc("Accepts a frame, has it decomposed, sorts its values, starts the output: one frame at a time.");
    let input = |name| m.input(name, 1);
    let (full, bad_frame) = (input("frame_full"), input("frame_bad"));
    let (done, unloaded) = (input("done"), input("unloaded"));

    let flag = |name| m.register(name, 1).reset(0);
    let (decomposing, sorting, unloading) = (flag("decomposing"), flag("sorting"), flag("unloading"));
    let bad = flag("bad");
    let idle = (!(decomposing.value() | sorting.value() | unloading.value())).named("idle");
    let accept = (idle & full & !bad_frame).named("accept");
    let refuse = (idle & full & bad_frame).named("refuse");
    let size = match shape.takes_any() {
        false => Size::new(&m, shape),
        true => {
            let keep = |name: &str| {
                let kept = m.register(&format!("{name}_kept"), index_bits(shape)).enabled_by(accept);
                kept.drive(m.input(name, index_bits(shape)));
                m.output(&format!("{name}_now"), kept.value());
                kept.value()
            };
            Size::announced(&m, shape, keep("size_rows"), keep("size_cols"))
        }
    };

    // Sorting: every value passes the sorter, while the decomposer finishes what is under way.
    let values = shape.triplets() as u32;
    let last_place = last_place(shape, timing);
    let place = m.register("place", address_width(last_place + 1)).reset(0);
    let sorted = (sorting.value() & place.value().is(last_place.into())).named("sorted");
    place.drive(sorting.value().select(place.value().plus(1), m.zero(place.value().width())));
    decomposing.drive(accept | (decomposing.value() & !done));
    sorting.drive(done | (sorting.value() & !sorted));
    unloading.drive(sorted | refuse | (unloading.value() & !unloaded));
    bad.enabled_by(accept | refuse).drive(refuse);

    m.output("start", accept.flag().registered("start_out"));
    m.output("clear", accept.flag().registered("clear_out"));
    let width = place.value().width().max(size.last_triplet.width());
    let beyond = size.last_triplet.zero_extend(width).less_than(place.value().zero_extend(width));
    let inserts = (sorting.value() & !beyond).at(0).flag().named("inserts");
    let index = place.value().low_bits(address_width(values)).at(0).named("index");
    m.output("value_number", place.value());
    m.output("insert", inserts.delayed_to(timing.value).untimed());
    m.output("insert_index", index.delayed_to(timing.value).untimed());
    m.output("release_frame", (sorted | refuse).flag().registered("release_out"));
    m.output("unload_start", (sorted | refuse).flag().registered("unload_start_out"));

    // The status word: of a bad frame nothing else is set.
    let good = !bad.value();
    let of_good = |name: &str, width: u32| {
        let value = m.input(name, width);
        good.select(value, m.zero(width))
    };
    let mut fields = vec![
        ("bad_frame", bad.value()),
        ("overflow", of_good("overflow", 1)),
        ("cap_reached", of_good("cap_reached", 1)),
        ("sweeps", of_good("sweeps", 8)),
    ];
    if shape.scaling() == Scaling::Auto {
        let shifted = of_good("shifted", shape.shift_bits()).zero_extend(8);
        fields.push(("block_exponent", m.zero(8) - shifted));
    }
    let status = status_word(&m, &fields);
    assert_eq!(status.width(), STATUS_BITS, "The fields fill the status word.");
    m.output("status", status.registered("status_out"));
    m.output("status_is_all", bad.value());
    design.add(m)
}
