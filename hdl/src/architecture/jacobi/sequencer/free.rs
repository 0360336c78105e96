//! When the ports of the memories are free for others, in cores with several matrices in flight.

use crate::architecture::jacobi::mapping::Mapping;
use crate::architecture::jacobi::schedule::{Slot, StepProgram, Turn};
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
    let kinds: Vec<&Turn> = program.kinds().collect();
    // An element from outside is written, and an address from outside reaches a memory, when a command of the same
    // cycle reaches the datapath.
    let stages = timing.stages;
    let free = |(turn, cycle): (&Turn, usize)| {
        // Whether none of the slots that can be `away` cycles from this one is taken. The table is looked up a cycle
        // before the outputs change.
        let never = |away: i64, is_taken: &dyn Fn(&Slot) -> bool| {
            !around(&kinds, turn, cycle as i64 + away).into_iter().any(is_taken)
        };
        let before = |stage: u32| 1 - i64::from(stage);
        [
            never(before(stages.done) + 1, &|slot| slot.block.is_some()),
            never(before(0), &|slot| slot.block.is_some() || slot.diagonal.is_some()),
            never(before(stages.left_address), &|slot| slot.vectors.is_some()),
            never(before(stages.right_address), &|slot| slot.vectors.is_some()),
        ]
    };
    let entry = |at| free(at).iter().rev().fold(0u128, |word, &free| word << 1 | u128::from(free));
    let names = ["load", "value", "u", "v"];
    let comment = |at: (&Turn, usize)| {
        let cycle = at.1;
        let free: Vec<&str> = names.into_iter().zip(free(at)).filter_map(|(name, free)| free.then_some(name)).collect();
        format!("after cycle {cycle}: {}", if free.is_empty() { "nothing".to_owned() } else { free.join(", ") })
    };
    let cycles = || kinds.iter().flat_map(|&turn| (0..turn.cycles()).map(move |cycle| (turn, cycle)));
    let table = m.table("free_table", 4, cycles().map(entry).collect(), cycles().map(comment).collect());
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

/// The slots that may be those of a cycle, counted from the first one of a turn: the turns before and after it may be
/// of any kind.
fn around<'a>(kinds: &[&'a Turn], turn: &'a Turn, cycle: i64) -> Vec<&'a Slot> {
    let length = |turn: &Turn| turn.cycles() as i64;
    let in_other =
        |cycle: &dyn Fn(&Turn) -> i64| kinds.iter().flat_map(|&other| around(kinds, other, cycle(other))).collect();
    match usize::try_from(cycle) {
        Err(_) => in_other(&|other| length(other) + cycle),
        Ok(cycle) if cycle < turn.cycles() => vec![&turn.slots[cycle]],
        Ok(_) => in_other(&|_| cycle - length(turn)),
    }
}
