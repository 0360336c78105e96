//! The frame controller: accepts a frame, has it decomposed, sorts the values, lets the result out.
//!
//! It knows no architecture. What it commands has the logical ports of [`crate::architecture`].

use super::frames::{Events, Frames};
use super::status::status_word;
use super::stream_output::FIRST_READ;
use crate::architecture::contexts;
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
pub fn last_place(shape: &Shape, timing: PortTiming) -> u32 {
    let values = shape.triplets() as u32;
    let in_its_cell = values - 1 + timing.value + SORTER_LATENCY;
    let (cell_read, vector_read) = (FIRST_READ + 1, FIRST_READ + 2);
    in_its_cell.saturating_sub(cell_read).max(timing.drain.saturating_sub(vector_read + 1)).max(values - 1)
}

/// Adds the frame controller, given when the decomposer's ports answer.
///
/// A frame that is `full` is accepted as soon as its context is free. If it is not `bad`, its decomposition is started.
/// Results leave in the order in which the frames came. When it is the turn of a frame whose decomposition is done,
/// `value_number`, whose lowest bits are the index of a value, walks over the values, each of which is inserted into
/// the sorter. The output is started as early as the sorter and the drain of the decomposer allow. Of a bad frame, only
/// the status word is sent.
///
/// A frame is released, so that the next one can be loaded, when the elements in the context of the next one are no
/// longer needed, that is, when their values are sorted.
pub fn frame_controller(design: &mut DesignBuilder, shape: &Shape, timing: PortTiming) -> ModuleId {
    let m = ModuleBuilder::new("frame_controller");
    m.doc(match shape.in_flight() {
        1 => "Accepts a frame, has it decomposed, sorts its values, starts the output: one frame at a time.".to_owned(),
        count => format!(
            "Accepts frames, has them decomposed, up to {count} at a time; sorts their values and starts the output\n\
             of one after the other, in the order in which they came."
        ),
    });
    let input = |name| m.input(name, 1);
    let (full, bad_frame) = (input("frame_full"), input("frame_bad"));
    let (done, unloaded) = (input("done"), input("unloaded"));

    let flag = |name| m.register(name, 1).reset(0);
    let (sorting, unloading) = (flag("sorting"), flag("unloading"));
    let frames = Frames::new(&m, shape);
    let done_context = contexts::input(&m, shape, "done_context");
    let accept = frames.accepts(full);
    let (start, refuse) = ((accept & !bad_frame).named("accept_good"), (accept & bad_frame).named("refuse"));
    let first = frames.first(done, done_context, refuse);
    let rests = (!(sorting.value() | unloading.value())).named("rests");
    let begins = (rests & first.is_done).named("sorting_begins");
    let sends_bad = (rests & first.is_bad).named("sends_bad");
    let size = match shape.takes_any() {
        false => Size::new(&m, shape),
        true => {
            let keep = |name: &str| {
                let kept = m.register(&format!("{name}_kept"), index_bits(shape)).reset(0).enabled_by(accept);
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
    let width = place.value().width().max(size.last_triplet.width());
    let beyond = size.last_triplet.zero_extend(width).less_than(place.value().zero_extend(width));
    // With several matrices in flight, a value is read when the decomposer has time for that.
    let reads = timing.value_waits.then(|| input("value_free"));
    let moves = reads.map_or(sorting.value(), |free| (sorting.value() & (free | beyond)).named("place_moves"));
    let sorted = (moves & place.value().is(last_place.into())).named("sorted");
    let next = moves.select(place.value().plus(1), place.value());
    place.drive(sorting.value().select(next, m.zero(place.value().width())));
    sorting.drive(begins | (sorting.value() & !sorted));
    unloading.drive(sorted | sends_bad | (unloading.value() & !unloaded));
    let unload = (sorted | sends_bad).named("unload_begins");
    let release = frames.update(&Events { start, refuse, done, begins, frees: unload, unloaded }, full, done_context);

    m.output("start", start.flag().registered("start_out"));
    m.output("clear", begins.flag().registered("clear_out"));
    if let (Some(accepting), Some(first)) = (frames.accepting(), frames.first_context()) {
        m.output("skip", refuse.flag().registered("skip_out"));
        m.output("start_context", accepting.at(0).flag().registered("start_context_out").untimed());
        m.output("load_context", accepting);
        m.output("wanted_context", first);
    }
    let inserts = (moves & !beyond).at(0).flag().named("inserts");
    let index = place.value().low_bits(address_width(values)).at(0).named("index");
    m.output("value_number", place.value());
    m.output("insert", inserts.delayed_to(timing.value).untimed());
    m.output("insert_index", index.delayed_to(timing.value).untimed());
    m.output("release_frame", release.flag().registered("release_out"));
    m.output("unload_start", unload.flag().registered("unload_start_out"));

    // The status word: of a bad frame nothing else is set.
    let bad = frames.first_is_bad();
    // Of a frame that is given up as well.
    let gives_up = input("gives_up");
    let good = !(bad | gives_up);
    // What is known once a matrix is decomposed is chosen among the contexts a cycle before.
    let of_good = |name: &str, width: u32| {
        let value = m.input(name, width);
        let is_chosen = shape.in_flight() > 1 && name != "overflow";
        let value = if is_chosen { value.at(0).registered(&format!("{name}_known")).untimed() } else { value };
        good.select(value, m.zero(width))
    };
    let mut fields = vec![
        ("bad_frame", bad & !gives_up),
        ("overflow", of_good("overflow", 1)),
        ("cap_reached", of_good("cap_reached", 1)),
        ("watchdog", gives_up),
        ("sweeps", of_good("sweeps", 8)),
    ];
    if shape.scaling() == Scaling::Auto {
        let shifted = of_good("shifted", shape.shift_bits()).zero_extend(8);
        fields.push(("block_exponent", m.zero(8) - shifted));
    }
    let status = status_word(&m, &fields);
    assert_eq!(status.width(), STATUS_BITS, "The fields fill the status word.");
    m.output("status", status.registered("status_out"));
    let is_all = if shape.in_flight() == 1 { bad } else { bad.at(0).flag().registered("status_is_all_out") };
    m.output("status_is_all", is_all);
    design.add_guarded(m)
}
