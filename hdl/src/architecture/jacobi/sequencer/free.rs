//! When the ports of the memories are free for others, in cores with several matrices in flight.

use crate::architecture::jacobi::mapping::Mapping;
use crate::architecture::jacobi::schedule::{Slot, StepProgram};
use crate::architecture::jacobi::timing::Timing;
use crate::builder::{ModuleBuilder, Signal};
use crate::ir::address_width;
use crate::shape::Shape;

/// Draws whether everything that was commanded in a turn is done: the last addresses have reached the memories of U and
/// V, and the last blocks of A are written. `idle` says that no matrix is being decomposed.
pub fn rests<'m>(m: &'m ModuleBuilder, timing: Timing, idle: Signal<'m>) -> Signal<'m> {
    let drain = timing.stages.done + 2;
    let quiet = m.register("quiet", address_width(drain + 1)).reset(drain.into());
    let drained = quiet.value().is(drain.into()).named("drained");
    let width = quiet.value().width();
    quiet.drive(idle.select(drained.select(quiet.value(), quiet.value().plus(1)), m.zero(width)));
    (idle & drained).named("rests")
}

/// Draws the outputs that say, in every cycle, what may come from outside in it: the index of a value (`value_free`),
/// the address of an element of U (`u_free`) or of V (`v_free`), and in the cycle after it an input beat with an
/// element to load (`load_free`). While matrices have their turns this follows from the step program. `next_cycle` is
/// the number of the next cycle of the program, which `jumps` to its first diagonal read when a matrix finds the core
/// at rest.
pub fn free_ports<'m>(
    m: &'m ModuleBuilder,
    shape: &Shape,
    program: &StepProgram,
    timing: Timing,
    next_cycle: Signal<'m>,
    [stays_idle, rests, jumps]: [Signal<'m>; 3],
) {
    let cycles = program.cycles();
    // What the sequencer has commanded `before` cycles before this one, which is `cycle` of a turn.
    let slot = |cycle: usize, before: u32| -> &Slot {
        &program.slots[(cycle + cycles * before as usize - before as usize) % cycles]
    };
    // An element from outside is written, and an address from outside reaches a memory, when a command of the same
    // cycle reaches the datapath.
    let stages = timing.stages;
    let free = |cycle: usize| {
        // The table is looked up a cycle before the outputs change.
        let [next, after] = [1, 2].map(|later| (cycle + later) % cycles);
        let at_a = slot(next, 0);
        [
            slot(after, stages.done).block.is_none(),
            at_a.block.is_none() && at_a.diagonal.is_none(),
            slot(next, stages.left_address).vectors.is_none(),
            slot(next, stages.right_address).vectors.is_none(),
        ]
    };
    let entry = |cycle| free(cycle).iter().rev().fold(0u128, |word, &free| word << 1 | u128::from(free));
    let names = ["load", "value", "u", "v"];
    let comment = |cycle: usize| {
        let free: Vec<&str> =
            names.into_iter().zip(free(cycle)).filter_map(|(name, free)| free.then_some(name)).collect();
        format!("after cycle {cycle}: {}", if free.is_empty() { "nothing".to_owned() } else { free.join(", ") })
    };
    let table = m.table("free_table", 4, (0..cycles).map(entry).collect(), (0..cycles).map(comment).collect());
    let free = table.lookup(next_cycle, None, "free");
    for (bit, name) in names.into_iter().enumerate() {
        let rests = if name == "value" { stays_idle } else { rests };
        let exists = match name {
            "u" => shape.has_u(),
            "v" => shape.has_v(),
            "value" => !Mapping::of(shape).keeps_values(),
            _ => true,
        };
        if exists {
            let free = (!jumps & (free.bit(bit as u32) | rests)).at(0).flag();
            m.output(&format!("{name}_free"), free.registered(&format!("{name}_free_out")));
        }
    }
}
