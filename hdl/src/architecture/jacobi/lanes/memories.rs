//! The commands for the memories in the lanes.

use super::Drawing;
use super::wires::source;
use crate::architecture::contexts::{self, PerContext};
use crate::architecture::jacobi::block::other_copy;
use crate::architecture::jacobi::layout::{move_table, pair_bits};
use crate::architecture::jacobi::mapping::Mapping;
use crate::architecture::jacobi::pipeline::VECTOR_READ;
use crate::builder::{Instance, ModuleBuilder, Signal};
use crate::ir::address_width;
use crate::shape::Shape;

/// What is loaded in a cycle.
enum Loaded<'m> {
    /// One element: the banks that it is written to, by row and column, the pair of its column, and the element.
    One { banks: Signal<'m>, column_home: Signal<'m>, data: Signal<'m> },
    /// Several neighbouring elements of a row.
    Group(LoadedGroup<'m>),
}

/// Several neighbouring elements of a row, which are loaded in the same cycle, each by its own lane.
struct LoadedGroup<'m> {
    valid: Signal<'m>,
    number: Signal<'m>,
    elements: Vec<Signal<'m>>,
}

impl<'m> LoadedGroup<'m> {
    fn new(m: &'m ModuleBuilder, shape: &Shape, at: u32) -> Self {
        let taken = shape.elements_taken();
        let groups = shape.cols() as u32 / taken;
        let elements = (0..taken).map(|e| m.input(&format!("load_data_{e}"), shape.word()).at(at));
        Self {
            valid: m.input("load_valid", 1).at(at),
            number: m.input("load_group", address_width(groups)).at(at),
            elements: elements.collect(),
        }
    }

    /// Whether the element of a column is in the group, and the element.
    fn element(&self, column: usize) -> (Signal<'m>, Signal<'m>) {
        let taken = self.elements.len();
        let group = (column / taken) as i128;
        // Columns beyond the matrix are in no group.
        let is_here = match group < 1 << self.number.width() {
            true => self.valid & self.number.is(group),
            false => self.valid.builder.zero(1),
        };
        (is_here, self.elements[column % taken])
    }
}

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
        let (unload_copy, unload_column) = (unload.copy.at(address), unload.column.at(address));
        let unloads = m.input(&name("unload"), 1).at(address);
        let read_copy = unloads.select(unload_copy, command.copy.delayed_to(address));
        let read_column = command.column.map(|column| unloads.select(unload_column, column.delayed_to(address)));
        let pair = pair_bits(ordering);
        let index = pair + 1;
        let written = if side == "u" { self.stages.right } else { self.stages.done };
        for (row, column, lane) in self.every_lane() {
            lane.drive(&name("copy"), read_copy);
            // A lane chooses the right coefficients one cycle before the operands.
            let chosen = if side == "v" { at - 1 } else { at };
            lane.drive(&format!("rotates_{side}"), rotates.delayed_to(chosen));
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
                unload_column.delayed_to(at).choose(&words)
            });
            let of_rows: Vec<Signal<'m>> = of_rows.collect();
            let name = format!("{side}_row_{bank}");
            let Some(home) = unload.home else {
                for (row, word) in of_rows.into_iter().enumerate() {
                    let name = format!("{name}_{row}");
                    m.output(&name, word.registered(&name));
                }
                continue;
            };
            let home = home.at(address).low_bits(pair).delayed_to(at);
            m.output(&name, home.choose(&of_rows).registered(&name));
        }
    }

    /// The diagonal elements of the matrix in the context `value_context`, by pair and bank. Those of every step are
    /// written over those of the step before, so that the last ones stay: the values.
    pub(super) fn kept_values(&self) -> Vec<[Signal<'m>; 2]> {
        let (m, shape, command, done) = (self.m, self.shape, self.command, self.stages.done);
        let rotates = command.block.delayed_to(done).untimed();
        let (written, wanted) = (contexts::of_part(command.copy, done), contexts::input(m, shape, "value_context"));
        let pairs = 0..self.ordering.pairs();
        let values = pairs.map(|pair| {
            [0, 1].map(|bank| {
                let (from, r) = source(self.ordering, pair, bank);
                let moved = self.diagonal_lane(from).output(&format!("right_{r}{r}")).untimed();
                let name = format!("values_{pair}_{bank}");
                PerContext::new(m, shape, &name, rotates, written, moved).read(wanted, &format!("value_{pair}_{bank}"))
            })
        });
        values.collect()
    }

    /// The write port of the memories of A: rotated blocks, or loaded elements.
    pub(super) fn write_matrix(&self) {
        let (m, shape, command, ordering) = (self.m, self.shape, self.command, self.ordering);
        let (done, pair) = (self.stages.done, pair_bits(ordering));
        let load = |name: &str, width| m.input(name, width).at(done);
        let row_home = load("load_row", pair + 1);
        let loaded = match shape.elements_taken() {
            1 => Loaded::One {
                banks: load("load_enable", 4),
                column_home: load("load_column", pair + 1).low_bits(pair),
                data: load("load_data", shape.word()),
            },
            _ => Loaded::Group(LoadedGroup::new(m, shape, done)),
        };
        let load_copy = contexts::first_part(m, shape, "load_context").at(done);
        let rotates = command.block.delayed_to(done);
        let copy = rotates.select(other_copy(command.copy.delayed_to(done)), load_copy);
        let moves = command.column.map(|column| {
            let moves = move_table(m, self.orderings).lookup(column.delayed_to(done - 1), None, "moves");
            let targets = [0, 1].map(|bank| moves.slice(bank * pair, pair));
            let to = |target| match loaded {
                Loaded::One { column_home, .. } => rotates.select(target, column_home),
                Loaded::Group(_) => target,
            };
            (moves.sign(), targets.map(to))
        });
        for (row, column, lane) in self.every_lane() {
            let is_row = row_home.low_bits(pair).is(row as i128);
            let banks = match &loaded {
                Loaded::One { banks, column_home, data } => {
                    let is_array = self.mapping == Mapping::Array;
                    let is_home = if is_array { is_row & column_home.is(column as i128) } else { is_row };
                    lane.drive("load_data", *data);
                    is_home.select(*banks, m.zero(4))
                }
                Loaded::Group(group) => {
                    let columns = [0, 1].map(|bank| group.element(ordering.place(column, bank)));
                    for (bank, (_, data)) in columns.iter().enumerate() {
                        lane.drive(&format!("load_data_{bank}"), *data);
                    }
                    let rows = [!row_home.sign(), row_home.sign()].map(|in_bank| is_row & in_bank);
                    m.concat(&[[1, 1], [1, 0], [0, 1], [0, 0]].map(|[r, c]: [usize; 2]| rows[r] & columns[c].0))
                }
            };
            lane.drive("write_block", rotates);
            lane.drive("write_enable", rotates.select(m.constant(4, 15), banks));
            lane.drive("write_copy", copy);
            if let Some((crosses, targets)) = moves {
                lane.drive("write_crosses", crosses);
                for (bank, target) in targets.into_iter().enumerate() {
                    lane.drive(&format!("write_column_{bank}"), target);
                }
            }
        }
    }
}
