//! The preparation of a matrix before its first sweep.
//!
//! Every block of A is read from the memory, shifted and padded with zeros by the datapath, and written back.

use crate::architecture::serial::timing::Timing;
use crate::builder::{ModuleBuilder, Signal};

/// Cycles from the word read from the memory of A to the prepared word in the memory.
const WRITE_BACK: u32 = 2;

/// Cycles by which the preparation of a matrix with `pairs` row pairs delays its start: one for each block, then those
/// until the last block is back in the memory.
pub fn preparation_cycles(pairs: usize, timing: Timing) -> usize {
    pairs * pairs + (timing.read + WRITE_BACK) as usize
}

/// A walk over all blocks of A before the first sweep. The signals for the datapath stand at stage 1.
pub struct Preparation<'m> {
    /// A block is read in this cycle.
    pub active: Signal<'m>,
    /// The row pair of the block.
    pub row: Signal<'m>,
    /// The column pair of the block.
    pub column: Signal<'m>,
    /// The program can start: every block is written back before the program reads it.
    pub done: Signal<'m>,
}

impl<'m> Preparation<'m> {
    /// Draws the walk. `begin` starts it; it ends at the row pair and column pair `last_pair`.
    pub fn new(m: &'m ModuleBuilder, begin: Signal<'m>, last_pair: Signal<'m>, timing: Timing) -> Self {
        let pair = last_pair.width();
        let walking = m.register("walking", 1).reset(0);
        let [row, column] = ["prepared_row", "prepared_column"].map(|name| m.register(name, pair));
        let last_column = column.value().equals(last_pair);
        let last_block = (last_column & row.value().equals(last_pair)).named("last_block");
        walking.drive(begin | (walking.value() & !last_block));
        let restart = begin | last_column;
        column.drive(restart.select(m.zero(pair), column.value().plus(1)));
        let next_row = last_column.select(row.value().plus(1), row.value());
        row.drive(begin.select(m.zero(pair), next_row));
        let ends = (walking.value() & last_block).at(0).flag().named("preparation_ends");
        Self {
            active: walking.value().at(0).flag().registered("prepares"),
            row: row.value().at(0).registered("prepared_row_command"),
            column: column.value().at(0).registered("prepared_column_command"),
            done: ends.delayed_to(timing.read + WRITE_BACK).untimed().named("prepared"),
        }
    }
}
