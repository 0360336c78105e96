//! The sequencer: prepares the matrix in its memory, runs the step program, counts steps and sweeps, ends when settled, then sorts and lets
//! the result out.

mod preparation;
mod program;

use super::datapath::Timing;
use super::layout::{home_table, largest, pair_bits};
use super::schedule::StepProgram;
use crate::builder::{DesignBuilder, ModuleBuilder};
use crate::core::size::{Size, index_bits};
use crate::ir::{ModuleId, address_width};
use crate::ordering::Ordering;
use crate::parameters::{Scaling, Sizes, Sweeps};
use crate::shape::Shape;
use preparation::Preparation;
use program::{Bounds, program_table};

/// Adds the sequencer.
///
/// A frame that is `full` and not `bad` starts at the first diagonal read of the step program, with its rotations left out (`warm`),
/// so that the first angles are there when the first step begins. Where matrices are prepared, every block of A is read, shifted, padded and
/// written back before that.
pub fn sequencer(
    design: &mut DesignBuilder,
    orderings: &[Ordering],
    shape: &Shape,
    timing: Timing,
    programs: &[StepProgram],
) -> ModuleId {
    let (pair, cap) = (pair_bits(largest(orderings)), i128::from(shape.sweep_cap()));
    let m = ModuleBuilder::new("sequencer");
    let cycles: Vec<String> = programs.iter().map(|p| p.cycles().to_string()).collect();
    m.doc(format!(
        "Runs the step program ({} cycles), at most {cap} sweeps; then sorts, then starts the output.\n\
         Commands for the datapath leave two cycles after the cycle counter.",
        cycles.join(", ")
    ));
    let input = |name| m.input(name, 1);
    let (full, bad_frame) = (input("frame_full"), input("frame_bad"));
    let (settled, settled_valid, overflowed) = (input("settled"), input("settled_valid"), input("overflow_seen"));
    let unloaded = input("unloaded");

    let flag = |name| m.register(name, 1).reset(0);
    let (running, sorting, unloading) = (flag("running"), flag("sorting"), flag("unloading"));
    let (warm, first_step, copy) = (flag("warm"), flag("first_step"), flag("current_copy"));
    let (finish, capped, bad, overflow) = (flag("finish"), flag("capped"), flag("bad"), flag("overflow"));
    let all_settled = flag("all_settled");
    let step = m.register("step", address_width(shape.even() as u32 - 1)).reset(0);
    let sweeps = m.register("sweeps_done", 8).reset(0);

    let preparing = flag("preparing");
    let idle = (!(preparing.value() | running.value() | sorting.value() | unloading.value())).named("idle");
    let accept = (idle & full & !bad_frame).named("accept");
    let size = match shape.sizes() {
        Sizes::Fixed => Size::new(&m, shape),
        Sizes::Any => {
            let keep = |name: &str| {
                let kept = m.register(&format!("{name}_kept"), index_bits(shape)).enabled_by(accept);
                kept.drive(m.input(name, index_bits(shape)));
                m.output(&format!("{name}_now"), kept.value());
                kept.value()
            };
            Size::announced(&m, shape, keep("size_rows"), keep("size_cols"))
        }
    };
    let steps_less_one = m.concat(&[size.last_pair, m.zero(1)]).low_bits(step.value().width());
    let preparation = shape.is_prepared().then(|| Preparation::new(&m, accept, size.last_pair, timing));
    let start = preparation.as_ref().map_or(accept, |p| p.done);
    let start_bad = (idle & full & bad_frame).named("start_bad");

    // Cycle, step, sweep.
    let bounds = Bounds::new(&m, programs, &size);
    let cycle = m.register("cycle", bounds.last.width()).reset(0);
    let last_cycle = cycle.value().equals(bounds.last).named("last_cycle");
    let step_ends = (running.value() & last_cycle & !warm.value()).named("step_ends");
    let last_step = step.value().equals(steps_less_one).named("last_step");
    let sweep_ends = (step_ends & last_step).named("sweep_ends");
    let finished = (sweep_ends & finish.value()).named("finished");
    let next_cycle = last_cycle.select(bounds.first, cycle.value().plus(1));
    cycle.drive(start.select(bounds.first_diagonal, next_cycle));
    let next_step = last_step.select(m.zero(step.value().width()), step.value().plus(1));
    step.enabled_by(start | step_ends).drive(start.select(m.zero(step.value().width()), next_step));
    sweeps.enabled_by(start | start_bad | sweep_ends);
    sweeps.drive((start | start_bad).select(m.zero(8), sweeps.value().plus(1)));
    running.drive(start | (running.value() & !finished));
    warm.drive(start | (warm.value() & !last_cycle));
    first_step.drive(start | (first_step.value() & !step_ends));
    let turns_over = running.value() & last_cycle & !finished;
    // Matrices are loaded and prepared in copy 0.
    copy.enabled_by(accept | start | turns_over).drive(start | !(accept | copy.value()));
    preparing.drive((accept | preparing.value()) & !start);

    // A sweep's verdict is complete when its last step reads the diagonal of the next sweep.
    let verdict =
        (running.value() & !warm.value() & last_step & cycle.value().equals(bounds.first_diagonal)).named("verdict");
    for program in programs {
        let last_angle = program.slots.iter().rposition(|s| s.diagonal.is_some()).unwrap_or(0);
        let latest = last_angle + COMMAND_LATENCY as usize + timing.settled as usize;
        assert!(
            latest < program.cycles() + program.first_diagonal,
            "The verdict on a sweep would come before its last angle."
        );
    }
    let at_cap = sweeps.value().is(cap - 1).named("at_cap");
    all_settled.drive(start | verdict | (all_settled.value() & !(settled_valid & !settled)));
    let done = match shape.sweeps() {
        Sweeps::Auto => all_settled.value() | at_cap,
        Sweeps::Fixed(_) => at_cap,
    };
    finish.enabled_by(start | verdict).drive(!start & done);
    capped.enabled_by(start | start_bad | verdict).drive(verdict & at_cap & !all_settled.value());
    bad.enabled_by(start | start_bad).drive(start_bad);
    let before = shape.is_reduced().then(|| {
        // Of the rows that are reduced before a matrix is accepted.
        let seen = m.register("qr_overflow_seen", 1).reset(0);
        let [overflowed, starting] = ["qr_overflow", "qr_starting"].map(|name| m.input(name, 1));
        seen.drive(!starting & (seen.value() | overflowed));
        (accept & seen.value()).named("overflow_before")
    });
    let kept = !(if before.is_some() { accept } else { start } | start_bad) & (overflow.value() | overflowed);
    overflow.drive(before.map_or(kept, |before| kept | before));

    // Sorting: every diagonal element passes the sorter while the last rotations drain.
    let n = shape.triplets() as i128;
    let sort_cycles = (n + SORT_LATENCY + i128::from(timing.read)).max(timing.latencies.vectors as i128 + 2);
    let place = m.register("place", address_width(sort_cycles as u32 + 1)).reset(0);
    let sorted = (sorting.value() & place.value().is(sort_cycles - 1)).named("sorted");
    place.drive(sorting.value().select(place.value().plus(1), m.zero(place.value().width())));
    sorting.drive(finished | (sorting.value() & !sorted));
    unloading.drive(sorted | start_bad | (unloading.value() & !unloaded));

    // Commands.
    let has_vectors = shape.has_vectors();
    let fields = program_table(&m, programs, pair, has_vectors).lookup(cycle.value().at(0), None, "fields");
    let index = place.value().low_bits(address_width(n as u32));
    let home = home_table(&m, orderings, shape.triplets());
    let home = home.lookup(size.address(&m, index.at(0)), None, "home");
    let runs = running.value().at(0).flag().registered("runs");
    // Both numbers fit the narrower of the two.
    let last_sorted = size.last_triplet.low_bits(size.last_triplet.width().min(place.value().width()));
    let beyond = last_sorted.zero_extend(place.value().width()).less_than(place.value());
    let sorts = (sorting.value() & !beyond).at(0).flag().registered("sorts");
    let rotates = runs & !warm.value().at(0);
    let field = |bit: u32| fields.bit(3 * pair + bit);
    let pair_field = |index: u32| fields.slice(index * pair, pair);
    let measure = (runs & field(0)).flag();
    m.output("block", (rotates & field(1)).flag().registered("block_out"));
    if has_vectors {
        m.output("vectors", (rotates & field(2)).flag().registered("vectors_out"));
        m.output("identity", first_step.value().at(0).registered("identity").registered("identity_out"));
        m.output("unload", unloading.value());
    }
    let (mut row, mut column) = (pair_field(2), pair_field(1));
    if let Some(p) = &preparation {
        row = p.active.select(p.row, row);
        column = p.active.select(p.column, column);
        m.output("prepare", p.active.registered("prepare_out"));
    }
    m.output("row", row.registered("row_out"));
    m.output("column", column.registered("column_out"));
    m.output("copy", copy.value().at(0).registered("copy").registered("copy_out"));
    m.output("diagonal", (measure | sorts).registered("diagonal_out"));
    m.output("measure", measure.registered("measure_out"));
    let diagonal_pair = sorts.select(home.low_bits(pair), pair_field(0)).registered("diagonal_pair_out");
    m.output("diagonal_pair", diagonal_pair);
    let arrival = diagonal_pair.stage().unwrap_or(0) + timing.read;
    m.output("insert", sorts.delayed_to(arrival));
    m.output("insert_index", index.at(0).delayed_to(arrival));
    m.output("insert_bank", home.sign().registered("insert_bank").delayed_to(arrival));
    m.output("release_frame", (sorted | start_bad).flag().registered("release_out"));
    m.output("clear", start.flag().registered("clear_out"));
    m.output(
        "unload_start",
        (sorted | start_bad).at(0).flag().registered("unload_start").registered("unload_start_out"),
    );
    if shape.scaling() == Scaling::Auto {
        let shift = m.input("shift", shape.shift_bits()).zero_extend(8);
        let exponent = m.register("exponent", 8).enabled_by(start | start_bad);
        exponent.drive(start_bad.select(m.zero(8), m.zero(8) - shift));
        m.output("status_exponent", exponent.value());
    }
    for (name, register) in [("bad", bad), ("capped", capped), ("overflow_flag", overflow), ("sweeps", sweeps)] {
        m.output(&format!("status_{name}"), register.value());
    }
    design.add(m)
}

/// Cycles from the cycle counter to the commands.
const COMMAND_LATENCY: u32 = 2;
/// Cycles from the place counter to the sorter's row, less those of the memory.
const SORT_LATENCY: i128 = 4;
