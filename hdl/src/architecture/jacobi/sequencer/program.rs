//! The table of step programs: one program after the other, smallest size first.

use crate::architecture::jacobi::schedule::{Slot, StepProgram, Turn};
use crate::architecture::jacobi::square::Square;
use crate::builder::{ModuleBuilder, Signal, Table};
use crate::ir::address_width;

/// The addresses in the program table of a kind of turn, for the current size.
#[derive(Clone, Copy)]
pub struct TurnRange<'m> {
    /// Address of its first entry.
    pub first: Signal<'m>,
    /// Address of the entry with the first diagonal read.
    pub first_diagonal: Signal<'m>,
    /// Address of its last entry.
    pub last: Signal<'m>,
}

/// The addresses in the program table of the program for the current size.
pub struct ProgramRange<'m> {
    /// Those of a turn with rotations.
    pub rotations: TurnRange<'m>,
    /// Those of a turn that makes the diagonal real, in cores that have one.
    pub phases: Option<TurnRange<'m>>,
    /// The addresses have been looked up since the reset, if they are looked up.
    known: Option<Signal<'m>>,
}

impl<'m> ProgramRange<'m> {
    /// Draws the look-up of these addresses for the current size.
    pub fn new(m: &'m ModuleBuilder, programs: &[StepProgram], square: &Square<'m>) -> Self {
        let total: usize = programs.iter().flat_map(StepProgram::kinds).map(Turn::cycles).sum();
        let bits = address_width(total as u32);
        let mut first = 0;
        let bounds: Vec<Vec<usize>> = programs
            .iter()
            .map(|program| {
                let of_turn = |turn: &Turn| {
                    let start = first;
                    first += turn.cycles();
                    [start, start + turn.first_diagonal, first - 1]
                };
                program.kinds().flat_map(of_turn).collect()
            })
            .collect();
        let mut known = None;
        let addresses: Vec<Signal<'m>> = match square.number() {
            None => bounds[0].iter().map(|&address| m.constant(bits, address as i128)).collect(),
            Some(number) => {
                let entry = |b: &Vec<usize>| b.iter().rev().fold(0, |word, &address| word << bits | address as u128);
                let comment = |(k, b): (usize, &Vec<usize>)| {
                    format!("{0} x {0}: from {1}, first diagonal {2}, to {3}", 2 * k + 2, b[0], b[1], b[2])
                };
                let comments = bounds.iter().enumerate().map(comment).collect();
                let width = bits * bounds[0].len() as u32;
                let table = m.table("program_bounds", width, bounds.iter().map(entry).collect(), comments);
                let entry = table.lookup(number, None, "bounds");
                let is_known = m.register("bounds_known", 1).reset(0);
                is_known.drive(m.one_bit(true));
                known = Some(is_known.value());
                (0..bounds[0].len() as u32).map(|k| entry.slice(k * bits, bits)).collect()
            }
        };
        let mut kinds = addresses.chunks(3).map(|a| TurnRange { first: a[0], first_diagonal: a[1], last: a[2] });
        let rotations = kinds.next().expect("Every program has rotations.");
        Self { rotations, phases: kinds.next(), known }
    }

    /// The turn in which the first angles of a matrix are computed, if it finds the core idle.
    pub fn first_turn(&self) -> TurnRange<'m> {
        self.phases.unwrap_or(self.rotations)
    }

    /// Whether the sequencer is at an address of a turn of either kind, which is one of these or beside one.
    pub fn is_at(&self, cycle: Signal<'m>, address: impl Fn(&TurnRange<'m>) -> Signal<'m>) -> Signal<'m> {
        let is_at = |range: &TurnRange<'m>| cycle.equals(address(range));
        let of_rotations = is_at(&self.rotations);
        let is_there = self.phases.as_ref().map_or(of_rotations, |phases| of_rotations | is_at(phases));
        self.known.map_or(is_there, |known| is_there & known)
    }
}

/// The program table, with one entry per cycle of a turn of each kind.
///
/// The fields of an entry, from the high bits down: `vectors` (only if singular vectors are computed), `block` and
/// `diagonal`, 1 bit each; then row pair, column pair and diagonal pair, `pair` bits each.
pub fn program_table<'m>(m: &'m ModuleBuilder, programs: &[StepProgram], pair: u32, vectors: bool) -> Table<'m> {
    let entry = |slot: &Slot| {
        let (row, column) = slot.block.or(slot.vectors).unwrap_or_default();
        let flags = [slot.vectors.is_some(), slot.block.is_some(), slot.diagonal.is_some()];
        let flags = flags.iter().fold(0u128, |bits, &flag| bits << 1 | u128::from(flag));
        [row, column, slot.diagonal.unwrap_or_default()].iter().fold(flags, |bits, &field| bits << pair | field as u128)
    };
    let comment = |(cycle, slot): (usize, &Slot)| {
        let mut parts = vec![format!("cycle {cycle}:")];
        parts.extend(slot.block.map(|(r, c)| format!("block ({r}, {c})")));
        parts.extend(slot.vectors.map(|(r, c)| format!("vectors ({r}, {c})")));
        parts.extend(slot.diagonal.map(|p| format!("diagonal {p}")));
        parts.join(" ")
    };
    let turns = || programs.iter().flat_map(StepProgram::kinds);
    let comments = turns().flat_map(|turn| turn.slots.iter().enumerate().map(comment)).collect();
    let entries = turns().flat_map(|turn| &turn.slots).map(entry).collect();
    m.table("program_table", 3 * pair + 2 + u32::from(vectors), entries, comments)
}
