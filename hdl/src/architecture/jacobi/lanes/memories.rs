//! The commands for the memories in the lanes.

use super::Drawing;
use crate::architecture::contexts;
use crate::architecture::jacobi::block::other_copy;
use crate::architecture::jacobi::datapath::VECTOR_READ;
use crate::architecture::jacobi::layout::{move_table, pair_bits};
use crate::architecture::jacobi::mapping::Mapping;
use crate::builder::{Instance, Signal};

impl<'m> Drawing<'_, 'm> {
    /// The commands for the memories of Uᵀ or Vᵀ, whose words are needed at stage `at`, and what the output end reads
    /// of them.
    pub(super) fn vectors(&self, side: &str, at: u32) {
        let address = at - VECTOR_READ;
        let (m, command, ordering) = (self.m, self.command, self.ordering);
        let (Some(rotates), Some(identity), Some(unload)) = (command.vectors, command.identity, command.unload) else {
            return;
        };
        let name = |what: &str| format!("{side}_{what}");
        let [unload_copy, unload_home, unload_column] = unload.map(|signal| signal.at(address));
        let unloads = m.input(&name("unload"), 1).at(address);
        let read_copy = unloads.select(unload_copy, command.copy.delayed_to(address));
        let read_column = command.column.map(|column| unloads.select(unload_column, column.delayed_to(address)));
        let pair = pair_bits(ordering);
        let index = pair + 1;
        let written = if side == "u" { self.stages.right } else { self.stages.done };
        for (row, column, lane) in self.every_lane() {
            lane.drive(&name("copy"), read_copy);
            lane.drive(&format!("rotates_{side}"), rotates.delayed_to(at));
            lane.drive(&name("identity"), identity.delayed_to(at));
            let of_block = match command.column {
                Some(of_block) => of_block.delayed_to(at),
                None => m.constant(pair, column as i128),
            };
            lane.drive(&name("column_pair"), of_block);
            for bank in [0, 1] {
                let member = m.constant(index, ordering.place(row, bank) as i128);
                lane.drive(&format!("{side}_member_{bank}"), member);
            }
            lane.drive(&format!("write_{side}"), rotates.delayed_to(written));
            lane.drive(&format!("write_{side}_copy"), other_copy(command.copy.delayed_to(written)));
            if let (Some(read), Some(column)) = (read_column, command.column) {
                lane.drive(&name("column"), read);
                lane.drive(&format!("write_{side}_column"), column.delayed_to(written));
            }
        }
        for bank in 0..2 {
            let word = |lane: &Instance<'m>| lane.output(&format!("{side}_row_{bank}")).at(at);
            let of_rows = self.lanes.iter().map(|lanes| {
                let words: Vec<Signal<'m>> = lanes.iter().map(word).collect();
                self.chosen(unload_column.delayed_to(at), &words)
            });
            let of_rows: Vec<Signal<'m>> = of_rows.collect();
            let home = unload_home.low_bits(pair).delayed_to(at);
            let name = format!("{side}_row_{bank}");
            m.output(&name, self.chosen(home, &of_rows).registered(&name));
        }
    }

    /// The write port of the memories of A: rotated blocks, or a loaded element.
    pub(super) fn write_matrix(&self) {
        let (m, shape, command, ordering) = (self.m, self.shape, self.command, self.ordering);
        let (done, pair) = (self.stages.done, pair_bits(ordering));
        let load = |name: &str, width| m.input(name, width).at(done);
        let banks = load("load_enable", 4);
        let [row_home, column_home] = ["load_row", "load_column"].map(|name| load(name, pair + 1).low_bits(pair));
        let data = load("load_data", shape.word());
        let load_copy = contexts::first_part(m, shape, "load_context").at(done);
        let rotates = command.block.delayed_to(done);
        let copy = rotates.select(other_copy(command.copy.delayed_to(done)), load_copy);
        let moves = command.column.map(|column| {
            let moves = move_table(m, self.orderings).lookup(column.delayed_to(done - 1), None, "moves");
            let targets = [0, 1].map(|bank| moves.slice(bank * pair, pair));
            (moves.sign(), targets.map(|target| rotates.select(target, column_home)))
        });
        for (row, column, lane) in self.every_lane() {
            let mut is_home = row_home.is(row as i128);
            if self.mapping == Mapping::Array {
                is_home = is_home & column_home.is(column as i128);
            }
            let loaded = is_home.select(banks, m.zero(4));
            lane.drive("write_block", rotates);
            lane.drive("write_enable", rotates.select(m.constant(4, 15), loaded));
            lane.drive("write_copy", copy);
            lane.drive("load_data", data);
            if let Some((crosses, targets)) = moves {
                lane.drive("write_crosses", crosses);
                for (bank, target) in targets.into_iter().enumerate() {
                    lane.drive(&format!("write_column_{bank}"), target);
                }
            }
        }
    }
}
