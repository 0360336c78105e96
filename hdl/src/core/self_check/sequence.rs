//! The sequence of a check: it walks over a result in the store several times, and then sends it.
//!
//! The passes, in order, with the cycles of each for k singular values, m rows of U and n rows of V:
//!
//! | pass | words | cycles |
//! |---|---|---|
//! | head | the status word | 1 |
//! | V | each row twice: to sum it up, and to multiply it by its sums | n k + 2 n k |
//! | compare | the columns of V'V s | 2 k |
//! | scale | sigma | 4 k |
//! | U | each row twice: to combine it with 4 vectors, and to multiply it by its sums | 4 m k + 2 m k |
//! | compare | the columns of U'U s | 2 k |
//! | send | all, as the FIFO has room | 1 each |
//!
//! Symmetric matrices have V in place of U; it is multiplied by its sums only once. In the pass V, each word then takes
//! two cycles, so that the sum of a column is written before the column comes again. A bad frame has no pass but head
//! and send. After each pass the unit waits until the pipeline is empty.

use super::store::place_bits;
use crate::architecture::size::index_bits;
use crate::builder::{DesignBuilder, ModuleBuilder};
use crate::core::stream_fifo::Credits;
use crate::formats::{ORTHOGONAL_PROBES, PROBES};
use crate::ir::{ModuleId, address_width};
use crate::shape::Shape;

/// Cycles from the last word of a pass to the first one of the next, less one: more than the pipeline of a check has.
pub const WAIT: usize = 15;

const HEAD: i128 = 1;
const V: i128 = 2;
const COMPARE_V: i128 = 3;
const SCALE: i128 = 4;
const U: i128 = 5;
const COMPARE_U: i128 = 6;
const SEND: i128 = 7;

/// Cycles from the first word of the head pass to the first word that is sent, for a good frame of (rows, columns).
pub fn cycles(shape: &Shape, (rows, cols): (usize, usize)) -> usize {
    let (orthogonal, probes) = (ORTHOGONAL_PROBES as usize, PROBES as usize);
    let values = shape.rank_of((rows, cols));
    let of_v = cols * values * if shape.symmetric() { 2 } else { 1 + orthogonal };
    let of_u = rows * values * (probes + orthogonal);
    let compares = values * orthogonal * if shape.symmetric() { 1 } else { 2 };
    let passes = if shape.symmetric() { 5 } else { 6 };
    1 + of_v + compares + probes * values + of_u + passes * WAIT
}

/// Adds the unit.
///
/// Inputs: what the store says of the frame to be checked, and `freed`, a credit of the FIFO.
///
/// Outputs: `read_place`, the word that is read; `finished`, with the last word that is sent; `sends`, that it is sent.
/// For the arithmetic: flags of what is done with the word (`is_head`, `sums_columns`, `sums_row`, `scales`,
/// `combines`, `multiplies`, `compares`), the number of its probe, its column and row, and whether these are the first
/// or last ones.
pub fn sequence(design: &mut DesignBuilder, shape: &Shape) -> ModuleId {
    let m = ModuleBuilder::new("check_sequence");
    m.doc(
        "Walks over a result: V, sigma, U, each row of V and U twice; then sends it.\n\
         Pass: 0 idle, 1 head, 2 V, 3 compare V'V, 4 scale by sigma, 5 U, 6 compare U'U, 7 send.",
    );
    let (place, rank, index) = (place_bits(shape), address_width(shape.rank() as u32), index_bits(shape));
    let [ready, freed] = ["ready", "freed"].map(|port| m.input(port, 1));
    let last_value = m.input("last_value", rank);
    let (first_of_v, last_place) = (m.input("first_of_v", place), m.input("last_place", place));
    let symmetric = shape.symmetric();

    let register = |name: &str, width| m.register(name, width).reset(0);
    let pass = register("pass", 3);
    let is = |wanted: i128| pass.value().is(wanted);
    let (waits, waited) = (register("waits", 1), register("waited", address_width(WAIT as u32 + 1)));
    let at = register("at", place);
    let row_start = register("row_start", place);
    let (probe, column, row) = (register("probe_now", 2), register("column_now", rank), register("row_now", index));
    let again = register("row_again", 1);

    // A word is read in each cycle of a pass; one is sent if the FIFO has room.
    let credits = Credits::new(&m);
    let runs = (pass.value().any() & !waits.value()).named("pass_runs");
    let sends = (runs & is(SEND) & credits.any()).named("sends_word");
    let moves = (runs & (!is(SEND) | credits.any())).named("moves");

    // Each word of a pass takes as many cycles as it has multiplications.
    let in_matrix = (is(V) | is(U)).named("in_matrix");
    let multiplies = (in_matrix & again.value()).named("multiplies_row");
    let takes_all = is(SCALE) | (is(U) & !again.value());
    let takes_few = multiplies | is(COMPARE_V) | is(COMPARE_U);
    let takes_few = if symmetric { takes_few | is(V) } else { takes_few };
    let last_probe = |count: u32| m.constant(2, i128::from(count) - 1);
    let probes = takes_all.select(last_probe(PROBES), takes_few.select(last_probe(ORTHOGONAL_PROBES), m.zero(2)));
    let word_ends = probe.value().equals(probes).named("word_ends");
    let row_ends = (word_ends & column.value().equals(last_value)).named("row_ends");
    let once = if symmetric { is(V) } else { m.one_bit(false) };
    let repeats = (row_ends & in_matrix & !again.value() & !once).named("row_repeats");
    let of_u = if symmetric { last_place } else { first_of_v.plus(-1) };
    let last_of_matrix = is(U).select(of_u, last_place);
    let by_place = is(HEAD) | is(SEND);
    // Beyond the last word a pass ends as well, so that it ends even if a bit of these numbers has flipped.
    let reaches = |last| !at.value().less_than(last);
    let last_row = row.value().is(shape.rows().max(shape.cols()) as i128 - 1);
    let is_over = !in_matrix | reaches(last_of_matrix) | last_row;
    let at_end = by_place.select(is(HEAD) | reaches(last_place), row_ends & !repeats & is_over);
    let ends = (moves & at_end).named("pass_ends");

    let begins = (!pass.value().any() & !waits.value() & ready).named("check_begins");
    let finished = (ends & is(SEND)).named("frame_finished");
    // Waiting, and the next pass.
    let over = (waits.value() & waited.value().is(WAIT as i128 - 1)).named("wait_ends");
    waits.drive(ends | (waits.value() & !over));
    waited.drive(waits.value().select(waited.value().plus(1), m.zero(waited.value().width())));
    let is_bad = !last_place.any();
    let only_u = if symmetric { (is(V), SCALE) } else { (m.one_bit(false), SCALE) };
    let skips =
        (is(HEAD) & is_bad).select(m.constant(3, SEND), only_u.0.select(m.constant(3, only_u.1), pass.value().plus(1)));
    let next = over.select(skips, pass.value());
    pass.drive(begins.select(m.constant(3, HEAD), next));

    // The first word of the next pass.
    let first_of_u =
        if symmetric { first_of_v } else { last_value.zero_extend(place.max(rank)).low_bits(place).plus(2) };
    let first = is(HEAD).select(
        is_bad.select(m.zero(place), first_of_v),
        is(SCALE).select(first_of_u, (is(V) | is(COMPARE_V)).select(m.constant(place, 1), m.zero(place))),
    );
    let following = repeats.select(row_start.value(), at.value().plus(1));
    let next_at = (moves & word_ends).select(following, at.value());
    at.drive(over.select(first, begins.select(m.zero(place), next_at)));
    let row_over = (moves & row_ends & in_matrix & !repeats).named("row_over");
    row_start.drive(over.select(first, row_over.select(at.value().plus(1), row_start.value())));
    let fresh = (over | begins).named("begins_anew");
    let next_column = (moves & word_ends).select(row_ends.select(m.zero(rank), column.value().plus(1)), column.value());
    column.drive(fresh.select(m.zero(rank), next_column));
    let next_probe = moves.select(word_ends.select(m.zero(2), probe.value().plus(1)), probe.value());
    probe.drive(fresh.select(m.zero(2), next_probe));
    row.drive(fresh.select(m.zero(index), row_over.select(row.value().plus(1), row.value())));
    again.drive(!fresh & (moves & row_ends & in_matrix).select(repeats, again.value()));

    // Where a beat has several elements, its last one takes the room in the FIFO.
    let fills = match shape.streams().output.elements {
        1 => sends,
        elements => {
            let part = m.register("place_in_beat", elements.ilog2()).reset(0);
            let last = part.value().is(i128::from(elements) - 1) | at_end;
            part.enabled_by(sends).drive(last.select(m.zero(part.value().width()), part.value().plus(1)));
            (sends & last).named("fills_beat")
        }
    };
    credits.update(freed, fills);

    let sums = (runs & in_matrix & !again.value()).named("sums");
    let flags = [
        ("sends", sends),
        ("finished", finished),
        ("is_head", runs & is(HEAD)),
        ("sums_columns", if symmetric { sums & is(V) & !probe.value().any() } else { sums & is(V) }),
        ("sums_row", if symmetric { sums & is(U) & !probe.value().any() } else { sums & !probe.value().any() }),
        ("combines", sums & is(U)),
        ("multiplies", runs & multiplies),
        ("scales", runs & is(SCALE)),
        ("compares", runs & (is(COMPARE_V) | is(COMPARE_U))),
    ];
    for (name, flag) in flags {
        m.output(name, flag.at(0).flag().registered(&format!("{name}_out")).untimed());
    }
    let numbers = [
        ("read_place", at.value()),
        ("probe", probe.value()),
        ("column", column.value()),
        ("row", row.value()),
        ("is_first_row", !row.value().any()),
        ("is_first_column", !column.value().any()),
        ("is_last_column", column.value().equals(last_value)),
    ];
    for (name, number) in numbers {
        m.output(name, number.at(0).flag().registered(&format!("{name}_out")).untimed());
    }
    design.add_guarded(m)
}
