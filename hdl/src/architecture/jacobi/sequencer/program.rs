//! The table of step programs: one program after the other, smallest size first.

use crate::architecture::jacobi::schedule::{Slot, StepProgram};
use crate::architecture::jacobi::square::Square;
use crate::builder::{ModuleBuilder, Signal, Table};
use crate::ir::address_width;

/// The addresses in the program table of the program for the current size.
pub struct ProgramRange<'m> {
    /// Address of its first entry.
    pub first: Signal<'m>,
    /// Address of the entry with the first diagonal read.
    pub first_diagonal: Signal<'m>,
    /// Address of its last entry.
    pub last: Signal<'m>,
    /// The addresses have been looked up since the reset, if they are looked up.
    known: Option<Signal<'m>>,
}

impl<'m> ProgramRange<'m> {
    /// Draws the look-up of these addresses for the current size.
    pub fn new(m: &'m ModuleBuilder, programs: &[StepProgram], square: &Square<'m>) -> Self {
        let total: usize = programs.iter().map(StepProgram::cycles).sum();
        let bits = address_width(total as u32);
        let mut first = 0;
        let mut bounds = Vec::new();
        for program in programs {
            bounds.push([first, first + program.first_diagonal, first + program.cycles() - 1]);
            first += program.cycles();
        }
        let mut known = None;
        let [first, first_diagonal, last] = match square.number() {
            None => bounds[0].map(|address| m.constant(bits, address as i128)),
            Some(number) => {
                let entry = |b: &[usize; 3]| b.iter().rev().fold(0, |word, &address| word << bits | address as u128);
                let comment = |(k, b): (usize, &[usize; 3])| {
                    format!("{0} x {0}: from {1}, first diagonal {2}, to {3}", 2 * k + 2, b[0], b[1], b[2])
                };
                let comments = bounds.iter().enumerate().map(comment).collect();
                let table = m.table("program_bounds", 3 * bits, bounds.iter().map(entry).collect(), comments);
                let entry = table.lookup(number, None, "bounds");
                let is_known = m.register("bounds_known", 1).reset(0);
                is_known.drive(m.one_bit(true));
                known = Some(is_known.value());
                [0, 1, 2].map(|k| entry.slice(k * bits, bits))
            }
        };
        Self { first, first_diagonal, last, known }
    }

    /// Whether the sequencer is at an address, which is one of these or beside one.
    pub fn is_at(&self, cycle: Signal<'m>, address: Signal<'m>) -> Signal<'m> {
        let is_there = cycle.equals(address);
        self.known.map_or(is_there, |known| is_there & known)
    }
}

/// The program table, with one entry per cycle of a step.
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
    let comments = programs.iter().flat_map(|p| p.slots.iter().enumerate().map(comment)).collect();
    let entries = programs.iter().flat_map(|p| &p.slots).map(entry).collect();
    m.table("program_table", 3 * pair + 2 + u32::from(vectors), entries, comments)
}
