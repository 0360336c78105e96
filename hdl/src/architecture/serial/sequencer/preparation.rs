//! Before the first sweep: every block of A is read, shifted and padded (by the datapath), and written back.

use crate::architecture::serial::timing::Timing;
use crate::builder::{ModuleBuilder, Signal};

/// Cycles from a word of the memory of A, through the preparation, back into the memory.
const WRITE_BACK: u32 = 2;

/// A walk over all blocks of A before the first sweep. Signals for the datapath stand at stage 1.
pub struct Preparation<'m> {
    /// A block is read.
    pub active: Signal<'m>,
    /// Its row pair.
    pub row: Signal<'m>,
    /// Its column pair.
    pub column: Signal<'m>,
    /// Everything is written back when the program, started now, reads it.
    pub done: Signal<'m>,
}

impl<'m> Preparation<'m> {
    /// The walk that `begin` starts, up to the pair `last_pair` of rows and of columns.
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
