//! The sequencer of the QR decomposition: it decides which row is rotated against which row of a triangle, and when.
//!
//! In a *step* every row of R is rotated against the row in its slot. Then the rows move on by one slot, and two new
//! rows enter, one in slot 0 of each lane. So each row is rotated against all rows of R in turn, and up to n rows are
//! in the slots of a lane.
//!
//! When no more rows come, the last ones *drain* out of the slots. Then the triangle of lane 1 is *merged* into that of
//! lane 0: all rows of lane 1's triangle enter the slots of lane 0 at once. Row t of R is final after step t of the
//! merge.
//!
//! Each rotation leaves about 2^-8 of the angle, so a step consists of three or more *passes* over the same row
//! rotations ([`crate::formats::Arithmetic::passes`]). A pass over n rows begins with the first two words of every row
//! rotation in turn, the word of the diagonal and the next one. So a first word, for which an angle must be computed,
//! comes every second cycle. The remaining words follow, one word column after the other. A pass takes n (n + 2) / 4 +
//! 2 cycles, or the latency from one angle of a row rotation to its next angle if that is longer.

use crate::architecture::decomposer::ReductionCycles;
use crate::architecture::jacobi::square::Square;
use crate::builder::{DesignBuilder, ModuleBuilder, Signal};
use crate::ir::{ModuleId, address_width};
use crate::shape::Shape;

/// The largest latency, in cycles, from reading a word to reading the rotated word for which the order of the words is
/// correct. The sequencer never reads a word again sooner.
pub const WORD_LATENCY: u32 = 9;

/// Cycles from `load_batch` to the first cycle of the step in which the batch enters: one until the queue has counted
/// it, one until the sequencer sees that.
const ENTRY: usize = 2;
/// Cycles from the last cycle of the merge to `full`: the phase ends, and a register follows.
const FULL: usize = 2;
/// The pass that reads the buffers of incoming rows for the last time ends before this one does.
const LAST_READER: usize = 2;

/// Cycles of a pass over the rows of R from `first` on, for n columns, without the wait for the last angle.
fn pass_cycles(n: usize, first: usize) -> usize {
    let tail: usize = (2..n / 2).map(|offset| (n - first).saturating_sub(2 * offset)).sum();
    let head = if tail > 0 { 2 * (n - first) } else { 2 * (n - first) - 1 };
    head + tail
}

/// How long `passes` passes a step take for a triangle of n (even) columns. `latency` is that from one angle of a row
/// rotation to its next angle.
///
/// While rows stream in, the next pass begins when the angles of its first row rotation can be computed. In the step of
/// the last rows, while rows drain and while the triangles are merged, the next pass begins two cycles later at the
/// earliest.
pub fn reduction_cycles(passes: usize, n: usize, latency: usize) -> ReductionCycles {
    let streaming = pass_cycles(n, 0).max(latency);
    let ending = |first: usize| pass_cycles(n, first).max(latency + 2);
    // The step of the last rows, those in which rows drain, and those of the merge.
    let steps = ending(0) + (1..n).map(ending).sum::<usize>() + (0..n).map(ending).sum::<usize>();
    ReductionCycles {
        entry: ENTRY,
        batch: passes * streaming,
        taken: LAST_READER * streaming,
        ending: passes * steps - 1 + FULL,
    }
}

/// Adds the sequencer. `latency` is the number of cycles from the command that reads the operands of an angle to the
/// first command that may read those of the next angle of the same row rotation.
///
/// Outputs beside the commands: `starting` (no row of this frame has been rotated yet), `take_rows` (the rows in the
/// buffers are no longer needed), `full` (the triangle is complete; it stays so until `restart`, and falls one cycle
/// later).
pub fn qr_sequencer(design: &mut DesignBuilder, shape: &Shape, latency: usize) -> ModuleId {
    let number = address_width(shape.even() as u32);
    let m = ModuleBuilder::new("qr_sequencer");
    m.doc(format!(
        "Reduces rows to a triangle: {} passes a step, {} cycles each; then drains, then merges lane 1 into lane 0.",
        shape.arithmetic().passes(),
        pass_cycles(shape.even(), 0).max(latency)
    ));
    let [ready, is_last, absent] = ["rows_ready", "rows_last", "rows_absent"].map(|name| m.input(name, 1));
    let restart = m.input("restart", 1);
    let flag = |name: &str| m.register(name, 1).reset(0);
    let pass_bits = address_width(shape.arithmetic().passes());
    let (draining, merging, finished) = (flag("draining"), flag("merging"), flag("finished"));
    let (last_rows, half) = (flag("last_rows"), flag("half_in_use"));
    let pass = m.register("pass", pass_bits).reset(0);
    let step = m.register("step", number + 1).reset(0);
    let first = m.register("first", number).reset(0);
    let (over, tail, second) = (flag("over"), flag("tail"), flag("second_word"));
    let pair = m.register("row_of_triangle", number).reset(0);
    let last_word = Square::loading(&m, shape).last_pair;
    let bits = last_word.width();
    let offset = m.register("offset", bits).reset(0);
    let age = m.register("age", address_width(latency as u32 + 3)).reset(0);
    let last_pair = m.concat(&[last_word, m.one_bit(true)]).low_bits(number).named("last_pair");

    // Whether the pass advances in this cycle. The first cycle of a step waits for rows.
    let streaming = (!(draining.value() | merging.value() | finished.value())).named("streams");
    let first_pass = pass.value().is(0).named("first_pass");
    let last_pass = pass.value().is(i128::from(shape.arithmetic().passes()) - 1).named("last_pass");
    let begins = age.value().is(0).named("pass_begins");
    let waits = (streaming & first_pass & begins & !ready).named("waits_for_rows");
    let goes = (!(finished.value() | waits)).named("goes");
    let enters = (goes & streaming & first_pass & begins).named("rows_enter");
    last_rows.enabled_by(enters | restart).drive(!restart & is_last);

    // The row rotation and the word of this cycle.
    let diagonal_word = pair.value().zero_extend(bits + 1).bits_from(1);
    let offset_now = tail.value().select(offset.value(), second.value().zero_extend(bits));
    let word = (diagonal_word + offset_now).named("word_now");
    let at_last_word = diagonal_word.equals(last_word);
    let no_word = (over.value() | (second.value() & at_last_word)).named("no_word");
    let at_last_pair = pair.value().equals(last_pair).named("at_last_pair");
    let end_of_column = (word.equals(last_word) & pair.value().bit(0)).named("end_of_column");
    let head_ends = (!tail.value() & second.value() & at_last_pair).named("head_ends");
    let column_ends = (tail.value() & end_of_column).named("column_ends");
    // Whether any row has a word at the next offset. The first row of the pass has the most words, so it decides.
    let first_word = first.value().zero_extend(bits + 1).bits_from(1);
    let next_offset = tail.value().select(offset.value().plus(1), m.constant(bits.max(2), 2).low_bits(bits));
    let after_offset = offset.value().zero_extend(bits + 1).plus(1);
    let reach = first_word.zero_extend(bits + 1) + tail.value().select(after_offset, m.constant(bits + 1, 2));
    let no_further_column = last_word.zero_extend(bits + 1).less_than(reach).named("no_further_column");
    let last_entry = ((head_ends | column_ends) & no_further_column).named("last_entry");
    let least = (last_rows.value() | !streaming).select(
        m.constant(age.value().width(), latency as i128 + 1),
        m.constant(age.value().width(), latency as i128 - 1),
    );
    let is_old = age.value().equals(least).named("old_enough");
    let pass_ends = (goes & (over.value() | last_entry) & is_old).named("pass_ends");
    let resets = (restart | pass_ends).named("resets");

    // Counters within a pass.
    age.enabled_by(restart | goes);
    let grown = is_old.select(age.value(), age.value().plus(1));
    age.drive(resets.select(m.zero(grown.width()), grown));
    over.drive(!resets & (over.value() | (goes & last_entry)));
    second.enabled_by(restart | goes).drive(!resets & !tail.value() & !second.value());
    tail.enabled_by(restart | goes).drive(!resets & (tail.value() | head_ends));
    let turns = head_ends | column_ends;
    offset.enabled_by(restart | (goes & turns)).drive(next_offset);
    let pair_moves = (tail.value() | second.value()).named("pair_moves");
    let steps_on = (pass_ends & last_pass).named("step_ends");
    let first_ends = first.value().equals(last_pair);
    let to_merge = draining.value() & first_ends;
    let stays = streaming & !last_rows.value();
    let from_zero = (stays | to_merge | restart).named("from_zero");
    let next_first = from_zero.select(m.zero(number), first.value().plus(1));
    let next_start = steps_on.select(next_first, first.value());
    let within = turns.select(first.value(), pair.value().plus(1));
    let next_pair = resets.select(restart.select(m.zero(number), next_start), within);
    pair.enabled_by(resets | (goes & pair_moves)).drive(next_pair);

    // Counters of passes and steps, and the phases.
    pass.enabled_by(resets);
    pass.drive((restart | last_pass).select(m.zero(pass_bits), pass.value().plus(1)));
    first.enabled_by(restart | steps_on).drive(next_first);
    let step_full = step.value().bit(number);
    step.enabled_by(restart | steps_on);
    let next_step = step_full.select(step.value(), step.value().plus(1));
    step.drive(restart.select(m.zero(number + 1), next_step));
    let drains = steps_on & streaming & last_rows.value();
    let drained = (steps_on & to_merge).named("drained");
    let merged = (steps_on & merging.value() & first_ends).named("merged");
    draining.drive(!restart & (drains | (draining.value() & !drained)));
    merging.drive(!restart & (drained | (merging.value() & !merged)));
    finished.drive(!restart & (merged | finished.value()));
    half.enabled_by(restart | (steps_on & streaming)).drive(!restart & !half.value());

    // Commands.
    let slot_is_occupied = merging.value() | !step.value().less_than(pair.value().zero_extend(number + 1));
    let valid = (goes & !no_word & slot_is_occupied & !restart).named("valid");
    let is_first_row = step.value().equals(pair.value().zero_extend(number + 1));
    let command = |name: &str, signal: Signal<'_>| {
        m.output(name, signal.at(0).flag().registered(&format!("{name}_out")));
    };
    command("valid_0", valid);
    command("valid_1", valid & !merging.value());
    command("lead", valid & !tail.value() & !second.value());
    command("fresh", first_pass & is_first_row & !merging.value());
    command("enter", first_pass & pair.value().is(0) & !merging.value());
    command("absent", absent);
    command("half", half.value());
    command("merge", merging.value());
    command("take", merging.value() & first_pass & first.value().is(0));
    command("keeps", !(last_pass & at_last_pair));
    command("is_final", valid & merging.value() & last_pass & pair.value().equals(first.value()));
    command("pair", pair.value());
    command("target", last_pass.select(pair.value().plus(1), pair.value()));
    command("word", word);
    command("active", !finished.value());
    command("streaming", streaming);
    // Until the first pass of a frame ends, results of the previous frame can still leave the pipeline.
    let starts = (streaming & first_pass & step.value().is(0)).named("first_pass_of_frame");
    m.output("starting", starts.registered("starting_out"));
    // Only the first pass reads the buffers, and all its commands have been executed when the second pass ends.
    m.output(
        "take_rows",
        (pass_ends & pass.value().is(LAST_READER as i128 - 1) & streaming).flag().registered("take_rows_out"),
    );
    // It falls at once, so that there is a cycle without a frame before the next one ends, however short that is.
    m.output("full", (finished.value() & !restart).flag().registered("full_out"));
    design.add_guarded(m)
}
