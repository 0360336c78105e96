//! The sequencer of the serial core.
//!
//! It runs the step program, counts steps and sweeps, and ends the decomposition when the matrix is settled or the
//! sweep cap is reached.

mod program;

use super::layout::{home_table, largest, pair_bits};
use super::schedule::StepProgram;
use super::square::Square;
use super::timing::Timing;
use crate::builder::{DesignBuilder, ModuleBuilder};
use crate::ir::{ModuleId, address_width};
use crate::ordering::Ordering;
use crate::parameters::{Scaling, Sweeps};
use crate::shape::Shape;
use program::{ProgramRange, program_table};

/// Adds the sequencer. Returns its module, and the cycles from `value_index` to the words of the memory of A. The
/// output `value_bank` arrives in the same cycle as these words.
///
/// A matrix starts at the first diagonal read of the step program. Until the first step begins, rotations are
/// suppressed (`warm`) and only angles are computed, so that the first step finds its coefficients.
pub fn sequencer(
    design: &mut DesignBuilder,
    orderings: &[Ordering],
    shape: &Shape,
    timing: Timing,
    programs: &[StepProgram],
) -> (ModuleId, u32) {
    let (pair, cap) = (pair_bits(largest(orderings)), i128::from(shape.sweep_cap()));
    let m = ModuleBuilder::new("sequencer");
    let cycles: Vec<String> = programs.iter().map(|p| p.cycles().to_string()).collect();
    m.doc(format!(
        "Runs the step program ({} cycles), at most {cap} sweeps.\n\
         Commands for the datapath leave two cycles after the cycle counter.",
        cycles.join(", ")
    ));
    let input = |name| m.input(name, 1);
    let start = input("start");
    // A core with several programs looks up the range of this matrix's one first.
    let start = if orderings.len() > 1 { start.at(0).flag().registered("start_now").untimed() } else { start };
    let (settled, settled_valid, overflowed) = (input("settled"), input("settled_valid"), input("overflow_seen"));

    let flag = |name| m.register(name, 1).reset(0);
    let running = flag("running");
    let (warm, first_step, copy) = (flag("warm"), flag("first_step"), flag("current_copy"));
    let (finish, capped, overflow) = (flag("finish"), flag("capped"), flag("overflow_kept"));
    let all_settled = flag("all_settled");
    let step = m.register("step", address_width(shape.even() as u32 - 1)).reset(0);
    let sweeps = m.register("sweeps_done", 8).reset(0);

    let square = Square::new(&m, shape);
    let steps_less_one = m.concat(&[square.last_pair, m.zero(1)]).low_bits(step.value().width());

    // Counters of cycles, steps and sweeps.
    let range = ProgramRange::new(&m, programs, &square);
    let cycle = m.register("cycle", range.last.width()).reset(0);
    let last_cycle = cycle.value().equals(range.last).named("last_cycle");
    let step_ends = (running.value() & last_cycle & !warm.value()).named("step_ends");
    let last_step = step.value().equals(steps_less_one).named("last_step");
    let sweep_ends = (step_ends & last_step).named("sweep_ends");
    let finished = (sweep_ends & finish.value()).named("finished");
    let next_cycle = last_cycle.select(range.first, cycle.value().plus(1));
    cycle.drive(start.select(range.first_diagonal, next_cycle));
    let next_step = last_step.select(m.zero(step.value().width()), step.value().plus(1));
    step.enabled_by(start | step_ends).drive(start.select(m.zero(step.value().width()), next_step));
    sweeps.enabled_by(start | sweep_ends).drive(start.select(m.zero(8), sweeps.value().plus(1)));
    running.drive(start | (running.value() & !finished));
    warm.drive(start | (warm.value() & !last_cycle));
    first_step.drive(start | (first_step.value() & !step_ends));
    let copies_change = running.value() & last_cycle & !finished;
    // Matrices are loaded into copy 0. The first diagonal reads look at the copy that the step before would write.
    copy.enabled_by(start | copies_change).drive(start | !copy.value());

    // In the last step of a sweep, the first diagonal block read is one of the next sweep. By then all angles of this
    // sweep are computed, so it is known whether the sweep left the matrix settled.
    let verdict =
        (running.value() & !warm.value() & last_step & cycle.value().equals(range.first_diagonal)).named("verdict");
    for program in programs {
        let last_angle = program.slots.iter().rposition(|s| s.diagonal.is_some()).unwrap_or(0);
        let latest = last_angle + COMMAND_LATENCY as usize + timing.settled as usize;
        assert!(
            latest < program.cycles() + program.first_diagonal,
            "The core would decide whether a sweep has settled the matrix before the last angle of the sweep is known."
        );
    }
    let at_cap = sweeps.value().is(cap - 1).named("at_cap");
    all_settled.drive(start | verdict | (all_settled.value() & !(settled_valid & !settled)));
    let done = match shape.sweeps() {
        Sweeps::Auto => all_settled.value() | at_cap,
        Sweeps::Fixed(_) => at_cap,
    };
    finish.enabled_by(start | verdict).drive(!start & done);
    capped.enabled_by(start | verdict).drive(verdict & at_cap & !all_settled.value());
    let before = shape.is_reduced().then(|| {
        // Rows are reduced before `start`, so an overflow there is remembered until then.
        let seen = m.register("qr_overflow_seen", 1).reset(0);
        let [overflowed, starting] = ["qr_overflow", "qr_starting"].map(|name| m.input(name, 1));
        seen.drive(!starting & (seen.value() | overflowed));
        (start & seen.value()).named("overflow_before")
    });
    let kept = !start & (overflow.value() | overflowed);
    overflow.drive(before.map_or(kept, |before| kept | before));

    // Commands.
    let has_vectors = shape.has_vectors();
    let fields = program_table(&m, programs, pair, has_vectors).lookup(cycle.value().at(0), None, "fields");
    let value_index = m.input("value_index", address_width(shape.triplets() as u32)).at(0);
    let home = home_table(&m, orderings, shape.triplets());
    let home = home.lookup(square.address(&m, value_index), None, "home");
    let runs = running.value().at(0).flag().registered("runs");
    let rotates = runs & !warm.value().at(0);
    let field = |bit: u32| fields.bit(3 * pair + bit);
    let pair_field = |index: u32| fields.slice(index * pair, pair);
    let measure = (runs & field(0)).flag();
    m.output("block", (rotates & field(1)).flag().registered("block_out"));
    if has_vectors {
        m.output("vectors", (rotates & field(2)).flag().registered("vectors_out"));
        m.output("identity", first_step.value().at(0).registered("identity").registered("identity_out"));
    }
    if shape.is_prepared() {
        let raw =
            warm.value().at(0).registered("warms") | (!field(0) & first_step.value().at(0).registered("in_first_step"));
        m.output("raw", raw.registered("raw_out"));
    }
    m.output("row", pair_field(2).registered("row_out"));
    m.output("column", pair_field(1).registered("column_out"));
    m.output("copy", copy.value().at(0).registered("copy").registered("copy_out"));
    // While no program runs, the diagonal can be read from outside.
    let reads_value = !runs;
    m.output("diagonal", (measure | reads_value).registered("diagonal_out"));
    m.output("measure", measure.registered("measure_out"));
    let diagonal_pair = reads_value.select(home.low_bits(pair), pair_field(0)).registered("diagonal_pair_out");
    m.output("diagonal_pair", diagonal_pair);
    let arrival = diagonal_pair.stage().unwrap_or(0) + timing.read;
    m.output("value_bank", home.sign().registered("value_bank").delayed_to(arrival));
    m.output("done", finished.flag().registered("done_out"));
    if shape.scaling() == Scaling::Auto {
        let shifted = m.register("shift_made", shape.shift_bits()).enabled_by(start);
        shifted.drive(m.input("shift", shape.shift_bits()));
        m.output("shifted", shifted.value());
    }
    for (name, register) in [("cap_reached", capped), ("overflow", overflow), ("sweeps", sweeps)] {
        m.output(name, register.value());
    }
    (design.add(m), arrival)
}

/// Cycles from the cycle counter to the commands.
const COMMAND_LATENCY: u32 = 2;
