//! The probes of the input matrix: y = A x for several random vectors x of ±1, while A streams in.
//!
//! The sums take adders only. A row's sums are complete with its last element, so that there is one accumulator for
//! each probe, whatever the size of the matrix.

use crate::architecture::contexts::{self, PerContext};
use crate::architecture::size::index_bits;
use crate::builder::{DesignBuilder, ModuleBuilder, Signal};
use crate::dimensions::ceil_log2;
use crate::formats::PROBES;
use crate::ir::{ModuleId, address_width};
use crate::shape::Shape;

/// Bits of the shift register that makes the random signs.
const GENERATOR: u32 = 32;
/// The number of its first state. Any but 0 will do.
const FIRST_STATE: i128 = 0x2545_f491;

/// Bits of a sum of a row: so many elements of the input word, any of which may be the most negative one.
pub fn sum_bits(shape: &Shape) -> u32 {
    shape.word() + ceil_log2(shape.cols()) + 1
}

/// Frames whose probes are kept: one that is being loaded, those in the core, and two in the store.
fn slots(shape: &Shape) -> u32 {
    (shape.in_flight() as u32 + 3).next_power_of_two()
}

/// Bits of the number of a slot.
pub fn slot_bits(shape: &Shape) -> u32 {
    address_width(slots(shape))
}

/// Adds the unit. Each frame has a *slot* for its signs and sums.
///
/// Inputs: the load port, `release_frame`, after which the elements of the next frame come; `start`, which begins the
/// decomposition of the frame loaded last, with its `start_context` and the `wanted_context` where several matrices are
/// in flight. `read_slot`, `read_row` and `read_column` address what was kept.
///
/// Outputs, one cycle after the address: `sum_p`, the sum of the row for probe p; `row_signs` and `column_signs`, bit p
/// of which is 1 where element number `read_row`, or `read_column`, of x is -1 in probe p. `wanted_slot` is the slot of
/// the frame whose result leaves the decomposer next.
pub fn probe_sums(design: &mut DesignBuilder, shape: &Shape) -> ModuleId {
    let m = ModuleBuilder::new("probe_sums");
    let (word, bits) = (shape.word(), sum_bits(shape));
    m.doc(format!(
        "y = A x for {PROBES} vectors x of +1 and -1, while A is loaded: signed sums of {bits} bits, fraction as the input.\n\
         The signs come from a {GENERATOR}-bit shift register with feedback x^32 + x^22 + x^2 + x + 1, {PROBES} bits per\n\
         column. All rows of a matrix have the same signs, and the next matrix has those that follow."
    ));
    let index = index_bits(shape);
    let valid = m.input("load_valid", 1);
    let (row, column) = (m.input("load_row", index), m.input("load_column", index));
    let data = m.input("load_data", word);
    let (release, start) = (m.input("release_frame", 1), m.input("start", 1));
    let start_context = contexts::input(&m, shape, "start_context");
    let wanted_context = contexts::input(&m, shape, "wanted_context");

    let slot = m.register("slot", slot_bits(shape)).reset(0).enabled_by(release);
    slot.drive(slot.value().plus(1));
    let of_context = PerContext::new(&m, shape, "slot_of_matrix", start, start_context, slot.value());
    let wanted = of_context.read(wanted_context, "slot_of_wanted");
    m.output("wanted_slot", wanted.untimed().registered("wanted_slot_out"));

    // The signs of a column. The state of the first column is kept for the other rows.
    let state = m.register("state", GENERATOR).reset(FIRST_STATE).enabled_by(valid);
    let (in_first_row, in_first_column) = (!row.any(), !column.any());
    let begins = (valid & in_first_row & in_first_column).named("matrix_begins");
    let first = m.register("first_state", GENERATOR).reset(FIRST_STATE).enabled_by(begins);
    let following = following(&m, state.value()).named("state_following");
    let now = (in_first_column & !in_first_row).select(first.value(), following).named("state_now");
    state.drive(now);
    first.drive(now);
    let signs = now.low_bits(PROBES).named("signs");

    // Stage 1: the element is added. Stage 2: the sum is written; that with the last element of the row remains.
    let valid = valid.at(0).flag();
    let place = m.concat(&[slot.value(), row]).at(0);
    let signs_at = m.concat(&[slot.value(), column]).at(0).delayed_to(1);
    let adds = valid.delayed_to(1);
    let begins_row = in_first_column.at(0).delayed_to(1);
    let element = data.at(0).sign_extend(bits).delayed_to(1);
    let signs = signs.at(0).delayed_to(1);
    let read_slot = m.input("read_slot", slot_bits(shape));
    let (read_row, read_column) = (m.input("read_row", index), m.input("read_column", index));
    let row_at = m.concat(&[read_slot, read_row]);
    for p in 0..PROBES {
        let sum = m.register(&format!("sum_{p}_of_row"), bits).enabled_by(adds);
        let before = begins_row.untimed().select(m.zero(bits), sum.value());
        sum.drive(before.add_sub(element.untimed(), signs.bit(p).untimed()));
        let sums = m.memory(&format!("sums_{p}"), bits, 1 << row_at.width()).never_collides();
        sums.write(adds.delayed_to(2), place.delayed_to(2), sum.value());
        m.output(&format!("sum_{p}"), sums.read(row_at, None, &format!("sum_{p}_read")).untimed());
    }
    let kept = m.memory("kept_signs", PROBES, 1 << signs_at.width()).never_collides();
    kept.write(adds, signs_at, signs);
    m.output("row_signs", kept.read(row_at, None, "row_signs_read").untimed());
    let column_at = m.concat(&[read_slot, read_column]);
    m.output("column_signs", kept.read(column_at, None, "column_signs_read").untimed());
    design.add_guarded(m)
}

/// The state of the shift register after as many steps as there are probes. From the state 0, which a flipped bit could
/// lead to and which would stay, it starts anew.
fn following<'m>(m: &'m ModuleBuilder, state: Signal<'m>) -> Signal<'m> {
    let mut bits: Vec<Signal<'m>> = (0..GENERATOR).rev().map(|bit| state.bit(bit)).collect();
    for _ in 0..PROBES {
        // The oldest bit is the first one, which has the number 31.
        let of = |bit: usize| bits[31 - bit];
        let new = of(31) ^ of(21) ^ of(1) ^ of(0);
        bits.remove(0);
        bits.push(new);
    }
    state.any().select(m.concat(&bits), m.constant(GENERATOR, FIRST_STATE))
}
