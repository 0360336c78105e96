//! The input end: it converts AXI4-Stream beats to elements of a matrix, each with its row and column.
//!
//! A frame is bad if its `tlast` comes early or late, or if it announces a size that the core does not accept. If
//! `tlast` is late, all beats up to and including it are discarded. When a frame has ended, good or bad, `full` is 1
//! until the core releases the frame. Then `s_axis_tready` rises again.
//!
//! In cores that reduce rows while they stream in, elements come in *batches* of two rows. The input end has one credit
//! for each batch that the decomposer has room for. `s_axis_tready` falls when the credits are used up.

use super::supervisor::ready_or_dropping;
use crate::architecture::decomposer::BATCHES;
use crate::architecture::number::{components, each_component};
use crate::architecture::size::index_bits;
use crate::builder::{DesignBuilder, ModuleBuilder, Signal};
use crate::interface::port;
use crate::ir::{ModuleId, address_width};
use crate::parameters::{Front, Scaling, Sizes};
use crate::shape::Shape;
use crate::units::headroom::headroom;

/// Whether a beat unpacker takes the beats, and the input end its elements.
pub fn beat_unpacked(shape: &Shape) -> bool {
    shape.streams().keep && shape.elements_taken() == 1
}

/// Adds the input end for the matrices of a shape.
///
/// Beside the ports of the stream there are these:
///
/// - The input `release_frame` ends the wait of a full frame. The outputs `full` and `bad` describe the frame.
/// - The outputs `load_valid`, `load_row`, `load_column` and `load_data` are the load port of the decomposer
///   ([`crate::architecture::decomposer`]).
/// - In cores that reduce rows, `load_batch` says that the element completes a batch, and `load_final` that this batch
///   is the last one of the matrix. The input `batch_taken` returns a credit.
/// - In other cores with automatic scaling, `shift` is the number of bits by which a full frame can be shifted up.
/// - If beats have `tkeep`, the input `broken` comes with an element of a beat that breaks its rule.
/// - In arrays that take all elements of a beat at once ([`Shape::elements_taken`]), the beat has a port for each
///   element, `load_group` takes the place of `load_column`, and each element has its own `load_data`.
/// - In cores for any size with registers, the inputs `size_from_register`, `frame_rows` and `frame_cols` are fields of
///   these registers: software announces the size instead of the frame.
/// - In cores for any size, `size_rows` and `size_cols` are the indices of the last row and the last column of the
///   matrix that is decomposed.
pub fn stream_input(design: &mut DesignBuilder, shape: &Shape) -> ModuleId {
    let (rows, cols, word, reduced) = (shape.rows(), shape.cols(), shape.word(), shape.is_reduced());
    let m = ModuleBuilder::new("stream_input");
    m.doc(format!(
        "Takes {}, row by row, one {word}-bit element at a time, tlast on the last.\n\
         full: a frame has ended and waits for release; bad: its tlast came early or late{}.",
        match shape.sizes() {
            Sizes::Fixed => format!("a {rows}x{cols} matrix"),
            Sizes::Any => format!("the rows (1 to {rows}) and columns (1 to {cols}) of a matrix, then the matrix"),
        },
        if shape.takes_any() { ", or its size is not taken" } else { "" }
    ));
    let beat = shape.streams().input;
    let taken = shape.elements_taken();
    let parts: Vec<Signal<'_>> =
        port::parts(port::INPUT_DATA, taken).iter().map(|part| m.input(part, beat.element_bits())).collect();
    let data = parts[0];
    let (valid, last) = (m.input(port::INPUT_VALID, 1), m.input(port::INPUT_LAST, 1));
    let release = m.input("release_frame", 1);
    let flag = |name| m.register(name, 1).reset(0);
    let (ready, full, bad, late) = (flag("ready"), flag("frame_full"), flag("frame_bad"), flag("late"));
    let in_row = cols as u32 / taken;
    let row_bits = if reduced { address_width(rows as u32) } else { index_bits(shape) };
    let index = if taken > 1 { address_width(in_row) } else { index_bits(shape) };
    let row = m.register("row", row_bits).reset(0);
    let place = if taken > 1 { "group" } else { "column" };
    let column = m.register(place, index).reset(0);

    let accepted = (valid & ready.value()).named("accepted");
    let ends = (accepted & last).named("frame_ends");
    let header = shape.takes_any().then(|| Header::new(&m, shape, row_bits.max(index), data, accepted, ends));
    let (last_row, last_column) = match &header {
        Some(h) => (h.rows.now.low_bits(row_bits), h.cols.now.low_bits(index)),
        None => (m.constant(row_bits, rows as i128 - 1), m.constant(index, i128::from(in_row) - 1)),
    };
    let in_elements = |signal| header.as_ref().map_or(signal, |h| signal & h.is_over);
    let end_of_row = column.value().equals(last_column).named("end_of_row");
    let at_last_row = row.value().equals(last_row).named("at_last_row");
    let last_element = in_elements(end_of_row & at_last_row).named("last_element");
    // Whether the beats were not as `tkeep` must be.
    let broken = match shape.streams().keep {
        false => m.one_bit(false),
        true => {
            let seen = m.register("broken_before", 1).reset(0);
            let broken = match taken {
                1 => m.input("broken", 1),
                // All beats are full.
                _ => {
                    let keep = port::parts_of_keep(port::INPUT_KEEP, taken);
                    let keep: Vec<Signal<'_>> = keep.iter().map(|part| m.input(part, beat.element_bytes)).collect();
                    (!m.concat(&keep)).any().named("beat_is_broken")
                }
            };
            let broken = (broken | seen.value()).named("frame_is_broken");
            seen.enabled_by(accepted).drive(broken & !last);
            broken
        }
    };
    let waits = (ends | (full.value() & !release)).named("frame_waits");
    full.drive(waits);
    bad.drive(waits & ends.select(late.value() | !last_element | broken, bad.value()));
    late.enabled_by(accepted).drive(!last & (late.value() | last_element));
    // The first module of a core gets beats from outside.
    let takes_beats = !beat_unpacked(shape);
    let drive_ready = |next: Signal<'_>| {
        ready.drive(if takes_beats { ready_or_dropping(&m, next, ends) } else { next });
    };
    let element = in_elements(accepted & !late.value()).named("element_accepted");
    let next_row = end_of_row.select(row.value().plus(1), row.value());
    let next_column = end_of_row.select(m.zero(index), column.value().plus(1));
    row.enabled_by(element | ends).drive(ends.select(m.zero(row_bits), next_row));
    column.enabled_by(element | ends).drive(ends.select(m.zero(index), next_column));

    m.output(port::INPUT_READY, ready.value());
    m.output("full", full.value());
    m.output("bad", bad.value());
    m.output("load_valid", element.at(0).flag().registered("load_valid_out"));
    m.output("load_row", row.value().at(0).registered("load_row_out"));
    m.output(&format!("load_{place}"), column.value().at(0).registered(&format!("load_{place}_out")));
    for (name, part) in port::parts("load_data", taken).iter().zip(&parts) {
        let element = each_component(shape, *part, |component| component.low_bits(word));
        m.output(name, element.at(0).registered(&format!("{name}_out")));
    }
    if reduced {
        // The last batch counts only if tlast comes with its last element.
        let completes = end_of_row & (row.value().bit(0) | at_last_row) & (!at_last_row | (last & !broken));
        let completes = (element & completes).named("completes_batch");
        let credits = m.register("credits", address_width(BATCHES + 1)).reset(BATCHES.into());
        let width = credits.value().width();
        let taken = m.input("batch_taken", 1).note("the decomposer has room for one more batch");
        let moved = credits.value() + taken.zero_extend(width) - completes.zero_extend(width);
        let anew = (bad.value() | release).named("begins_anew");
        let next = anew.select(m.constant(width, BATCHES.into()), moved).named("credits_next");
        credits.drive(next);
        drive_ready(!waits & next.any());
        m.output("load_batch", completes.at(0).flag().registered("load_batch_out"));
        m.output("load_final", (at_last_row & completes).at(0).flag().registered("load_final_out"));
    } else {
        // With several matrices in flight, an element is taken when the decomposer has time to write it.
        let free = (shape.in_flight() > 1).then(|| m.input("load_free", 1));
        drive_ready(free.map_or(!waits, |free| !waits & free));
        if shape.scaling() == Scaling::Auto {
            let numbers = parts.iter().flat_map(|&part| components(shape, part));
            let elements: Vec<Signal<'_>> = numbers.map(|component| component.low_bits(word)).collect();
            // What is not there, in a beat that is not full, must not count: it may be anything.
            m.output("shift", headroom(&m, word - 1, &elements, 0, element & !broken, release));
        }
    }
    if let Some(header) = &header {
        let (rows, cols) = (header.rows.kept.low_bits(row_bits), header.cols.kept.low_bits(index));
        let last_row = match reduced {
            false => rows,
            // If a matrix has fewer rows than columns, so has its triangle.
            true => {
                let [row, column] = [rows, cols].map(|last| last.zero_extend(row_bits.max(index)));
                let is_short = row.less_than(column).named("is_short");
                is_short.select(row.low_bits(index), cols).registered("size_rows_out")
            }
        };
        m.output("size_rows", last_row);
        m.output("size_cols", if reduced { cols.registered("size_cols_out") } else { cols });
    }
    design.add_guarded(m)
}

/// The header of a frame in cores for any size: two elements that announce the numbers of rows and columns.
///
/// In cores with registers, software can announce the size instead. Then frames have no header, and the size is that
/// in the registers when the first element of a frame is accepted.
struct Header<'m> {
    /// Index of the last row.
    rows: Announced<'m>,
    /// Index of the last column.
    cols: Announced<'m>,
    /// The size is known, and the core accepts it.
    is_over: Signal<'m>,
}

/// One number of a size, less one.
struct Announced<'m> {
    /// As it holds for the element that is offered.
    now: Signal<'m>,
    /// The same, held by a register. It is right one cycle later.
    kept: Signal<'m>,
    /// Whether the core accepts the number.
    fits: Signal<'m>,
}

impl<'m> Header<'m> {
    /// Draws the registers that hold the size. `accepted` is 1 in the cycle of an accepted element, and `ends` in that
    /// of the last element of a frame. Indices have `index` bits.
    fn new(
        m: &'m ModuleBuilder,
        shape: &Shape,
        index: u32,
        data: Signal<'m>,
        accepted: Signal<'m>,
        ends: Signal<'m>,
    ) -> Self {
        let (begins, waits_for_cols) =
            (m.register("frame_begins", 1).reset(1), m.register("waits_for_cols", 1).reset(0));
        let begins_frame = begins.value();
        let has_registers = shape.front() == Front::AxiLite;
        let from_register = has_registers.then(|| {
            let given = m.input("size_from_register", 1);
            (begins_frame & given).named("takes_size_of_register")
        });
        let waits_for_rows = match from_register {
            None => begins_frame,
            Some(given) => (begins_frame & !given).named("waits_for_rows"),
        };
        begins.enabled_by(accepted).drive(ends);
        waits_for_cols.enabled_by(accepted).drive(waits_for_rows & !ends);
        let registers = shape.interface().registers();
        let size = registers.iter().find(|register| register.name == "frame_size");
        let number = |name: &str, waits: Signal<'m>, most: usize, side: &str| {
            let less_one = |number: Signal<'m>, name: &str| {
                let last = number.plus(-1).named(name);
                let fits = last.less_than(m.constant(last.width(), most as i128));
                (last.zero_extend(last.width().max(index)).low_bits(index), fits)
            };
            let element = less_one(data, "announced_less_one");
            let (takes, (last, fits)) = match from_register.zip(size) {
                None => (accepted & waits, element),
                Some((given, size)) => {
                    let register = m.input(&format!("frame_{side}"), size.field(side).width());
                    let register = less_one(register, &format!("frame_{side}_less_one"));
                    let of = |register: Signal<'m>, element| given.select(register, element);
                    (accepted & (waits | given), (of(register.0, element.0), of(register.1, element.1)))
                }
            };
            let kept = m.register(name, index).enabled_by(takes);
            // A frame may end before its size is known, and the first element is in the decomposer before the size from
            // a register is. Any size will do then, but a simulator with unknown values must know one.
            let kept = kept.reset(most as i128 - 1);
            kept.drive(last);
            let fit = m.register(&format!("{name}_fits"), 1).reset(0).enabled_by(takes);
            fit.drive(fits);
            let (kept, fit) = (kept.value(), fit.value());
            let now = |new: Signal<'m>, kept: Signal<'m>| from_register.map_or(kept, |given| given.select(new, kept));
            Announced { now: now(last, kept), kept, fits: now(fits, fit) }
        };
        let rows = number("announced_row", waits_for_rows, shape.rows(), "rows");
        let cols = number("announced_column", waits_for_cols.value(), shape.cols(), "cols");
        let fits = rows.fits & cols.fits;
        let fits = if shape.symmetric() { fits & rows.now.equals(cols.now) } else { fits };
        let is_over = !(waits_for_rows | waits_for_cols.value()) & fits;
        Self { rows, cols, is_over: is_over.named("header_is_over") }
    }
}
