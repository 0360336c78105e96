//! The sequencer.
//!
//! It runs the step program, gives the matrices in flight their turns, counts their steps and sweeps, and ends a
//! decomposition when the matrix is settled or the sweep cap is reached.

mod free;
mod program;
mod turns;

use super::layout::{home_table, largest, pair_bits};
use super::mapping::Mapping;
use super::schedule::StepProgram;
use super::square::Square;
use super::timing::Timing;
use crate::architecture::contexts::{self, PerContext};
use crate::builder::{DesignBuilder, ModuleBuilder};
use crate::ir::{ModuleId, address_width};
use crate::ordering::Ordering;
use crate::parameters::{Scaling, Sweeps};
use crate::shape::Shape;
use free::{free_ports, rests};
use program::{ProgramRange, program_table};
use turns::{Decision, Queue, Turns};

/// Adds the sequencer. Returns its module, and the cycles from `value_index` to the words of the memory of A. The
/// output `value_bank` arrives in the same cycle as these words.
///
/// In the turn of a matrix, the diagonal blocks for its next step are read. Before the first of them, it is decided
/// whether there is a next step. If there is none, these reads serve the next matrix that waits: its angles are
/// computed (`warm`), so that its first step can begin in the next turn. A core that idles goes to these reads at once.
pub fn sequencer(
    design: &mut DesignBuilder,
    orderings: &[Ordering],
    shape: &Shape,
    timing: Timing,
    programs: &[StepProgram],
) -> (ModuleId, u32) {
    let (pair, cap) = (pair_bits(largest(orderings)), i128::from(shape.sweep_cap()));
    let longest = programs.last().expect("A core has a program.");
    let m = ModuleBuilder::new("sequencer");
    let cycles: Vec<String> =
        programs.iter().flat_map(StepProgram::kinds).map(|turn| turn.cycles().to_string()).collect();
    m.doc(format!(
        "Runs the step program ({} cycles), at most {cap} sweeps{}.\n\
         Commands for the datapath leave two cycles after the cycle counter.",
        cycles.join(", "),
        if longest.turns > 1 { format!(", for {} matrices in turn", longest.turns) } else { String::new() }
    ));
    let input = |name| m.input(name, 1);
    let start = input("start");
    let start_context = contexts::input(&m, shape, "start_context");
    // A core with several programs looks up the range of this matrix's one first.
    let start = if orderings.len() > 1 { start.at(0).flag().registered("start_now").untimed() } else { start };
    let (settled, settled_valid) = (input("settled"), input("settled_valid"));
    let overflowed = m.input("overflow_seen", shape.in_flight() as u32);

    let square = Square::new(&m, shape);
    let range = ProgramRange::new(&m, programs, &square);
    let cycle = m.register("cycle", range.rotations.last.width()).reset(0);
    let last_cycle = range.is_at(cycle.value(), |turn| turn.last).named("last_cycle");
    let decides = range.is_at(cycle.value(), |turn| turn.first_diagonal.plus(-1)).named("decides");
    let turns = Turns::new(&m, shape, longest, square.last_pair);
    let now = &turns.now;
    for program in programs {
        assert!(
            program.knows_angles_after(COMMAND_LATENCY + timing.settled),
            "The core would decide whether a sweep has settled the matrix before the last angle of the sweep is known."
        );
    }

    // Whether the current matrix goes on after this turn, and whether another one begins.
    let queue = start_context.map(|context| Queue::new(&m, shape, start, input("skip"), context));
    let waits = queue.as_ref().map_or(start, |queue| queue.waits);
    let rests = if shape.in_flight() > 1 { rests(&m, timing, turns.idle) } else { turns.idle };
    let jumps = (rests & waits).named("jumps");
    let verdict = (decides | jumps).named("verdict");
    let at_cap = now.sweeps.is(cap - 1).named("at_cap");
    let is_settled = turns.settled(settled, settled_valid, COMMAND_LATENCY + timing.settled, verdict, waits);
    let over = match shape.sweeps() {
        Sweeps::Auto => is_settled | at_cap,
        Sweeps::Fixed(_) => at_cap,
    };
    let decision = Decision::new(now, verdict, over, waits);
    let waiting = queue.as_ref().map(|queue| queue.take(&m, shape, decision.takes));
    turns.advance(&decision, last_cycle, waiting);
    let next_turn = match (range.phases, turns.next_makes_real()) {
        (Some(phases), Some(makes_real)) => makes_real.select(phases.first, range.rotations.first),
        _ => range.rotations.first,
    };
    let next_cycle = last_cycle.select(next_turn, cycle.value().plus(1));
    let next_cycle = jumps.select(range.first_turn().first_diagonal, next_cycle).named("next_cycle");
    cycle.drive(next_cycle);

    // What the status word says of a matrix.
    let finished = (turns.ends & last_cycle).named("finished");
    let capped = m.register("capped", 1).enabled_by(verdict);
    capped.drive(at_cap & !is_settled);
    let wanted = contexts::input(&m, shape, "wanted_context");
    let [_, sweeps] = [("cap_reached", capped.value()), ("sweeps", now.sweeps.plus(1))].map(|(name, word)| {
        let words = PerContext::new(&m, shape, &format!("{name}_kept"), finished, now.context, word);
        let word = words.read(wanted, &format!("{name}_wanted"));
        m.output(name, word);
        word
    });
    let before = shape.is_reduced().then(|| {
        // Rows are reduced before `start`, so an overflow there is remembered until then.
        let seen = m.register("qr_overflow_seen", 1).reset(0);
        let [overflowed, starting] = ["qr_overflow", "qr_starting"].map(|name| m.input(name, 1));
        seen.drive(!starting & (seen.value() | overflowed));
        (start & seen.value()).named("overflow_before")
    });
    let overflow = m.register("overflow_kept", overflowed.width()).reset(0);
    let kept = overflow.value() | overflowed;
    let kept = kept & !contexts::one_of(&m, shape, decision.takes, waiting);
    overflow.drive(before.map_or(kept, |before| kept | before));

    // When a matrix is done, its last blocks of A are in the memory.
    let late = longest.late(timing.latencies);

    // Commands.
    let has_vectors = shape.has_vectors();
    let fields = program_table(&m, programs, pair, has_vectors).lookup(cycle.value().at(0), None, "fields");
    let value_index = m.input("value_index", address_width(shape.triplets() as u32)).at(0);
    let home = home_table(&m, orderings, shape.triplets());
    let home = home.lookup(square.address(&m, value_index), None, "home");
    let field = |bit: u32| fields.bit(3 * pair + bit);
    let pair_field = |index: u32| fields.slice(index * pair, pair);
    let rotates = now.active.at(0).flag().registered("rotates");
    let target = turns.target;
    let block = (rotates & field(1)).flag();
    let measure = (target.valid.at(0).flag().registered("measures") & field(0)).flag();
    m.output("block", block.registered("block_out"));
    let in_first_step = now.first.at(0).registered("in_first_step");
    if has_vectors {
        m.output("vectors", (rotates & field(2)).flag().registered("vectors_out"));
        m.output("identity", in_first_step.registered("identity_out"));
    }
    if let (Some(turns), Some(measures)) = (now.begins_sweep, target.begins_sweep) {
        m.output("phase_step", turns.at(0).registered("in_phase_step").registered("phase_step_out"));
        m.output("measure_phases", measures.at(0).registered("phases").registered("measure_phases_out"));
    }
    let is_raw = measure.select(target.fresh.at(0).registered("warms"), in_first_step);
    if shape.is_prepared() {
        m.output("raw", is_raw.registered("raw_out"));
    }
    let mapping = Mapping::of(shape);
    for name in mapping.commands() {
        let index = if *name == "row" { 2 } else { 1 };
        m.output(name, pair_field(index).registered(&format!("{name}_out")));
    }
    // A context has two copies of each memory. Its number and that of the copy form one.
    let own = contexts::part(&m, now.context, now.copy).at(0).registered("copy");
    m.output("copy", own.registered("copy_out"));
    // While no block of A is read, the memory answers with a diagonal block: one whose angles are computed, or the one
    // that is wanted from outside, unless values are kept in memories of their own.
    m.output("measure", measure.registered("measure_out"));
    if mapping != Mapping::Array {
        m.output("diagonal", (!block).registered("diagonal_out"));
    }
    let (pair_of_value, keeps_values) = (home.low_bits(pair), mapping.keeps_values());
    let diagonal_pair = if keeps_values { pair_of_value } else { measure.select(pair_field(0), pair_of_value) };
    let diagonal_pair = diagonal_pair.registered("diagonal_pair_out");
    m.output("diagonal_pair", diagonal_pair);
    // Each step writes the other copy. A sweep has an odd number of steps, or with phases an even one.
    let last_copy = if shape.has_phases() { m.zero(1) } else { sweeps.bit(0).named("last_copy") };
    let of_target = contexts::part(&m, target.context, target.copy).at(0).registered("copy_measured");
    let of_wanted = contexts::part(&m, wanted, last_copy);
    let idle = if keeps_values { of_target } else { measure.select(of_target, of_wanted.at(1)) };
    let read = block.select(own, idle).registered("read_copy_out");
    if let Some(wanted) = wanted.filter(|_| keeps_values) {
        m.output("value_context", wanted.at(0).registered("value_context_out"));
    }
    if has_vectors {
        m.output("unload_copy", of_wanted.at(0).registered("unload_copy_out"));
    }
    m.output("read_copy", read);
    if let Some(context) = now.context {
        m.output("done_context", context.at(0).flag().registered("done_context_out").delayed_to(1 + late));
        // A matrix that is taken in this cycle may have its diagonal blocks read in the next one.
        let stays_idle = (turns.idle & !decision.takes).named("stays_idle");
        free_ports(&m, shape, longest, timing, next_cycle, [stays_idle, rests, jumps]);
    }
    let arrival = diagonal_pair.stage().unwrap_or(0) + timing.value;
    m.output("value_bank", home.sign().registered("value_bank").delayed_to(arrival));
    m.output("done", finished.at(0).flag().registered("done_out").delayed_to(1 + late));
    if shape.scaling() == Scaling::Auto {
        let shift = m.input("shift", shape.shift_bits());
        let shifts = PerContext::new(&m, shape, "shift_made", start, start_context, shift);
        m.output("shifted", shifts.read(wanted, "shift_wanted"));
        // It comes with the elements of the block.
        let shift = shifts.read(wanted.map(|_| read.bits_from(1)), "shift_read");
        m.output("shift_read", shift.stage().map_or(shift, |stage| shift.delayed_to(stage + timing.read - 1)));
    }
    let overflow = match wanted {
        None => overflow.value(),
        Some(_) => contexts::bit_of(overflow.value(), wanted).at(0).registered("overflow_out"),
    };
    m.output("overflow", overflow);
    (design.add_guarded(m), arrival)
}

/// Cycles from the cycle counter to the commands.
const COMMAND_LATENCY: u32 = 2;
