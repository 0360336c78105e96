//! The datapath of cores with rows in space: lanes for the pairs of rows, and in an array for the pairs of columns as
//! well; the wires between them; and the angle units.
//!
//! All lanes do the same in the same cycle. In a slot for A each of them rotates a block, and in a slot for U and V one
//! block of each. A lane needs the coefficients of its own pair of rows. Those of the pair of columns are the same for
//! all lanes with that pair.
//!
//! After a rotation the rows go to the lanes in which they meet their next partners, over wires that are the same in
//! every step ([`crate::ordering`]). In an array the columns of A do so as well; otherwise they go to other addresses.
//!
//! The diagonal blocks of all lanes are read in one cycle. They leave lane by lane towards the angle units, as in a
//! shift register, and their coefficients come back in the same order.

mod lane;
mod wires;

use super::block::{other_copy, stage};
use super::datapath::form;
use super::layout::{largest, member_table, move_table, pair_bits};
use super::mapping::Mapping;
use super::schedule::Latencies;
use super::timing::{Stages, Timing};
use crate::architecture::contexts::{self, context_bits};
use crate::builder::{DesignBuilder, Instance, Memory, ModuleBuilder, Signal};
use crate::ir::ModuleId;
use crate::ordering::Ordering;
use crate::parameters::Scaling;
use crate::shape::Shape;
use crate::units::angles::{angle_fraction, angle_unit};
use crate::units::coefficients::coefficient_unit;
use lane::{Lane, lane};

/// The name of the memory with the left coefficients of a pair of rows, below the datapath.
pub fn left_memory(row: usize) -> String {
    format!("left_coefficient_memory_{row}")
}

/// The name of the memory with the right coefficients of a pair.
pub fn right_memory(pair: usize) -> String {
    format!("right_coefficient_memory_{pair}")
}

/// The name of the instance with the lane at (row, column).
pub fn lane_name(mapping: Mapping, row: usize, column: usize) -> String {
    if mapping == Mapping::Array { format!("lane_{row}_{column}") } else { format!("lane_{row}") }
}

/// Adds the datapath. Returns its module and its latencies.
pub fn lanes(design: &mut DesignBuilder, orderings: &[Ordering], shape: &Shape) -> (ModuleId, Timing) {
    let (mapping, ordering) = (Mapping::of(shape), largest(orderings));
    let pair = pair_bits(ordering);
    let on_diagonal = lane(design, shape, mapping, ordering, true);
    let others =
        (mapping == Mapping::Array && ordering.pairs() > 1).then(|| lane(design, shape, mapping, ordering, false));
    let arithmetic = shape.arithmetic();
    let angle = angle_fraction(shape.coef());
    let angles = angle_unit(design, shape.element_bits(), angle, arithmetic.limits(), form(shape));
    let coefficients = coefficient_unit(design, shape.coef());
    let m = ModuleBuilder::new("datapath");
    let lanes = mapping.lanes(ordering.pairs());
    m.doc(format!(
        "{} and {} for the angles: {}.\n\
         A: {} bits, {} of them fraction. U, V: {} bits, {} of them fraction. Commands stand at stage 0.",
        match lanes {
            [rows, 1] => format!("Lanes for {rows} pairs of rows"),
            [rows, columns] => format!("{rows} x {columns} lanes for the pairs of rows and of columns"),
        },
        match mapping.angle_units(ordering.pairs()) {
            1 => "one unit".to_owned(),
            units => format!("{units} units"),
        },
        "a block of A in every lane, or one of U and one of V, per cycle",
        shape.element_bits(),
        shape.frac() + shape.inner_guard(),
        shape.vector_bits(),
        shape.vector_fraction()
    ));
    let drawing = Drawing {
        command: Command::new(&m, shape, pair, mapping),
        m: &m,
        design,
        orderings,
        ordering,
        shape,
        mapping,
        stages: on_diagonal,
        lanes: instances(&m, design, lanes, mapping, on_diagonal, others),
        angles,
        coefficients,
    };
    let timing = drawing.draw();
    (design.add(m), timing)
}

/// The lanes, by row and column.
fn instances<'m>(
    m: &'m ModuleBuilder,
    design: &DesignBuilder,
    [rows, columns]: [usize; 2],
    mapping: Mapping,
    on_diagonal: Lane,
    others: Option<Lane>,
) -> Vec<Vec<Instance<'m>>> {
    let instance = |row: usize, column: usize| {
        let lane = others.filter(|_| row != column).unwrap_or(on_diagonal);
        let mut instance = m.instance(design, lane.module, &lane_name(mapping, row, column));
        instance.stage = Some(0);
        instance
    };
    (0..rows).map(|row| (0..columns).map(|column| instance(row, column)).collect()).collect()
}

/// The command of the sequencer in a cycle. All signals but `unload` stand at stage 0.
#[derive(Clone, Copy)]
struct Command<'m> {
    /// Rotate a block of A in every lane.
    block: Signal<'m>,
    /// Rotate a block of Uᵀ and one of Vᵀ in every lane.
    vectors: Option<Signal<'m>>,
    /// U and V are still the identity matrix.
    identity: Option<Signal<'m>>,
    /// What the output end reads of U and V: context and copy, the home (bank, pair) of the vector, and the column pair.
    unload: Option<[Signal<'m>; 3]>,
    /// The block to read is as it was loaded, in cores that prepare matrices.
    raw: Option<Signal<'m>>,
    /// Column pair of the blocks, if columns are spread in time.
    column: Option<Signal<'m>>,
    /// The context of the matrix that is rotated, and the copy of the memories that its step reads: the lowest bit.
    copy: Signal<'m>,
    /// The same for the blocks of A that are read.
    read_copy: Signal<'m>,
    /// Read the diagonal blocks.
    diagonal: Signal<'m>,
    /// ... and compute their angles.
    measure: Signal<'m>,
    /// The pair of the diagonal block with the value that is read from outside.
    value_pair: Signal<'m>,
}

impl<'m> Command<'m> {
    fn new(m: &'m ModuleBuilder, shape: &Shape, pair: u32, mapping: Mapping) -> Self {
        let input = |name, width| m.input(name, width).at(0);
        let copies = context_bits(shape) + 1;
        let has_vectors = shape.has_vectors();
        Self {
            block: input("block", 1).flag().note("rotate a block of A in every lane"),
            vectors: has_vectors
                .then(|| input("vectors", 1).flag().note("rotate a block of U^T and one of V^T in every lane")),
            identity: has_vectors.then(|| input("identity", 1).note("U and V are still the identity")),
            unload: has_vectors.then(|| {
                [("copy", copies), ("home", pair + 1), ("column", pair)]
                    .map(|(name, width)| m.input(&format!("unload_{name}"), width))
            }),
            raw: shape.is_prepared().then(|| input("raw", 1).note("the blocks are as they were loaded")),
            column: (mapping == Mapping::Row).then(|| input("column", pair)),
            copy: input("copy", copies).note("copy that this step reads"),
            read_copy: input("read_copy", copies).note("copy from which blocks of A are read"),
            diagonal: input("diagonal", 1).note("read the diagonal blocks"),
            measure: input("measure", 1).flag().note("... and compute their angles"),
            value_pair: input("diagonal_pair", pair).note("the pair whose diagonal block goes to the outputs"),
        }
    }
}

/// The datapath while it is drawn.
struct Drawing<'a, 'm> {
    m: &'m ModuleBuilder,
    design: &'a DesignBuilder,
    orderings: &'a [Ordering],
    ordering: &'a Ordering,
    shape: &'a Shape,
    mapping: Mapping,
    command: Command<'m>,
    /// The stages at which the lanes need their inputs.
    stages: Lane,
    lanes: Vec<Vec<Instance<'m>>>,
    angles: ModuleId,
    coefficients: ModuleId,
}

impl<'m> Drawing<'_, 'm> {
    fn draw(&self) -> Timing {
        let (command, stages) = (self.command, self.stages);
        let [left_address, right_address] = [stages.left - 1, stages.right - 1];
        self.reads();
        self.wires();
        let new = self.angles();
        self.coefficients(&new);
        for (side, address, present) in
            [("u", left_address, self.shape.has_u()), ("v", right_address, self.shape.has_v())]
        {
            if present {
                self.vectors(side, address);
            }
        }
        self.write_matrix();
        let overflow = self.overflow();
        self.values();
        let measured = self.mapping.diagonals(self.ordering.pairs()) as u32 - 1;
        let coefficients = stage(new.left[0]);
        let settled = stage(new.settled);
        self.m.output("settled", new.settled);
        self.m.output("settled_valid", command.measure.delayed_to(settled));
        let vectors_done = [(stages.right, left_address), (stages.done, right_address)].map(|(done, at)| done - at);
        Timing {
            latencies: Latencies {
                block: stages.done as usize + 1,
                vectors: vectors_done.into_iter().max().unwrap_or(0) as usize + 1,
                angle: (coefficients + measured) as usize + 1,
            },
            settled,
            value: stages.read + 1,
            unload: 2,
            overflow,
            row_rotation: None,
            stages: Stages {
                left_address,
                right_address,
                left: stages.left,
                right: stages.right,
                done: stages.done,
                coefficients: coefficients + measured,
            },
        }
    }

    /// All lanes with their rows and columns.
    fn every_lane(&self) -> Vec<(usize, usize, &Instance<'m>)> {
        let mut all = Vec::new();
        for (row, lanes) in self.lanes.iter().enumerate() {
            all.extend(lanes.iter().enumerate().map(|(column, lane)| (row, column, lane)));
        }
        all
    }

    /// The lane that holds the diagonal block of a pair.
    fn diagonal_lane(&self, pair: usize) -> &Instance<'m> {
        &self.lanes[pair][if self.mapping == Mapping::Array { pair } else { 0 }]
    }

    /// The signal that is chosen by a number.
    fn chosen(&self, number: Signal<'m>, of: &[Signal<'m>]) -> Signal<'m> {
        let rest = of.iter().enumerate().skip(1);
        rest.fold(of[0], |chosen, (index, own)| number.is(index as i128).select(*own, chosen))
    }

    /// The addresses and flags with which blocks of A are read.
    fn reads(&self) {
        let (m, shape, command, ordering) = (self.m, self.shape, self.command, self.ordering);
        let read = self.stages.read;
        let pair = pair_bits(ordering);
        let is_padded = shape.dimensions().is_padded();
        let (rows, columns) = shape.dimensions().decomposed(shape.dimensions().largest());
        // Which members of a pair are below `end`.
        let inside = |pair: usize, end: usize| {
            let belongs = [0, 1].map(|bank| u32::from(ordering.place(pair, bank) < end));
            m.constant(2, (belongs[0] | belongs[1] << 1).into())
        };
        let members = command.column.filter(|_| is_padded).map(|column| {
            let members = member_table(m, self.orderings).lookup(column, None, "members");
            let bits = members.width() / 2;
            let last = m.constant(bits, columns as i128 - 1);
            m.concat(&[1, 0].map(|bank| !last.less_than(members.slice(bank * bits, bits)))).delayed_to(read)
        });
        let shift = (shape.scaling() == Scaling::Auto).then(|| m.input("shift", shape.shift_bits()));
        for (row, column, lane) in self.every_lane() {
            lane.drive("read_copy", command.read_copy);
            if let Some(of_block) = command.column {
                lane.drive("number", m.constant(pair, row as i128));
                lane.drive("column", of_block);
                lane.drive("diagonal", command.diagonal);
            }
            if let Some(raw) = command.raw {
                lane.drive("raw", raw.delayed_to(read));
            }
            if let Some(shift) = shift {
                lane.drive("shift", shift);
            }
            if is_padded {
                let own = if self.mapping == Mapping::Array { column } else { row };
                lane.drive("rows_inside", inside(row, rows));
                lane.drive("columns_inside", inside(own, columns));
            }
            if let Some(members) = members {
                lane.drive("block_columns_inside", members);
                lane.drive("diagonal_read", command.diagonal.delayed_to(read));
            }
        }
    }

    /// The angle units with the lanes that they serve.
    fn angles(&self) -> Angles<'m> {
        let (m, command, pairs) = (self.m, self.command, self.ordering.pairs());
        let takes = command.measure.delayed_to(self.stages.left);
        let chained = self.mapping.diagonals(pairs);
        let element = self.shape.element_bits();
        let ports = [(0, 0), (0, 1), (1, 0), (1, 1)];
        let (mut left, mut right, mut settled) = (Vec::new(), Vec::new(), Vec::new());
        for first in (0..pairs).step_by(chained) {
            let served = first..(first + chained).min(pairs);
            for pair in served.clone() {
                let lane = self.diagonal_lane(pair);
                lane.drive("takes_diagonal", takes);
                for (r, c) in ports {
                    let behind = match served.contains(&(pair + 1)) {
                        true => self.diagonal_lane(pair + 1).output(&format!("ahead_{r}{c}")).untimed(),
                        false => m.zero(element),
                    };
                    lane.drive(&format!("behind_{r}{c}"), behind);
                }
            }
            let name =
                |base: &str| if chained < pairs { format!("{base}_{}", first / chained) } else { base.to_owned() };
            let ahead = |r: usize, c: usize| self.diagonal_lane(first).output(&format!("ahead_{r}{c}"));
            let block = [("a", ahead(0, 0)), ("b", ahead(0, 1)), ("c", ahead(1, 0)), ("d", ahead(1, 1))];
            let unit = m.place(self.design, self.angles, &name("angles"), &block);
            let coefficients = |side: &str| {
                let part = |part: &str| unit.output(&format!("{side}_{part}"));
                let inputs = [("size", part("size")), ("negative", part("negative"))];
                let unit = m.place(self.design, self.coefficients, &name(&format!("{side}_coefficients")), &inputs);
                m.concat(&[unit.output("fine"), unit.output("k"), unit.output("s")])
            };
            let of_right = coefficients("right");
            left.push(if self.shape.symmetric() { of_right } else { coefficients("left") });
            right.push(of_right);
            let of_unit = unit.output("settled");
            // After its last diagonal block, a unit has nothing to say.
            let counts = (served.len() < chained).then(|| command.measure.delayed_to(stage(of_unit)));
            settled.push(counts.map_or(of_unit, |counts| of_unit | !counts));
        }
        // Whether all diagonal blocks of a step are settled is known when the last one has passed.
        let now = settled.into_iter().reduce(|a, b| a & b).expect("There is an angle unit.");
        let all = m.register("all_settled", 1);
        let first = command.measure.delayed_to(stage(now)).untimed();
        all.drive(now.untimed() & (first | all.value()));
        Angles { left, right, settled: all.value().at(stage(now) + chained as u32) }
    }

    /// The memories of the coefficients: for each pair of rows those of its left rotations, and for each pair those of
    /// its right ones. They hold the coefficients of the current step and those of the next one.
    fn coefficients(&self, new: &Angles<'m>) {
        let (m, command, pairs) = (self.m, self.command, self.ordering.pairs());
        let chained = self.mapping.diagonals(pairs);
        let [left_address, right_address] = [self.stages.left - 1, self.stages.right - 1];
        let memory = |name: String, pair: usize, of: &[Signal<'m>]| -> Memory<'m> {
            let word = of[pair / chained];
            let memory = m.memory(&name, word.width(), 1 << command.copy.width());
            let at = stage(word) + (pair % chained) as u32;
            memory.write(command.measure.delayed_to(at), command.read_copy.delayed_to(at), word.untimed());
            memory
        };
        let left: Vec<Memory<'m>> = (0..pairs).map(|pair| memory(left_memory(pair), pair, &new.left)).collect();
        let right: Vec<Memory<'m>> = (0..pairs).map(|pair| memory(right_memory(pair), pair, &new.right)).collect();
        let read = |memory: &Memory<'m>, at: u32, name: String| memory.read(command.copy.delayed_to(at), None, &name);
        let left: Vec<Signal<'m>> =
            left.iter().enumerate().map(|(i, of)| read(of, left_address, format!("left_coefficient_{i}"))).collect();
        let right: Vec<Signal<'m>> =
            right.iter().enumerate().map(|(i, of)| read(of, right_address, format!("right_coefficient_{i}"))).collect();
        // Where columns take turns, the one whose turn it is.
        let now = command.column.map(|column| self.chosen(column.delayed_to(self.stages.right), &right));
        for (row, column, lane) in self.every_lane() {
            lane.drive("left_coefficients", left[row]);
            lane.drive("right_coefficients", now.unwrap_or(right[column]));
            if self.shape.has_v() {
                lane.drive("right_coefficients_of_rows", right[row]);
            }
        }
    }

    /// The commands for the memories of Uᵀ or Vᵀ, which are addressed at stage `address`, and what the output end reads
    /// of them.
    fn vectors(&self, side: &str, address: u32) {
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
            lane.drive(&format!("rotates_{side}"), rotates.delayed_to(address + 1));
            lane.drive(&name("identity"), identity.delayed_to(address + 1));
            let of_block = match command.column {
                Some(of_block) => of_block.delayed_to(address + 1),
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
            let word = |lane: &Instance<'m>| lane.output(&format!("{side}_row_{bank}")).at(address + 1);
            let of_rows = self.lanes.iter().map(|lanes| {
                let words: Vec<Signal<'m>> = lanes.iter().map(word).collect();
                self.chosen(unload_column.delayed_to(address + 1), &words)
            });
            let of_rows: Vec<Signal<'m>> = of_rows.collect();
            let home = unload_home.low_bits(pair).delayed_to(address + 1);
            let name = format!("{side}_row_{bank}");
            m.output(&name, self.chosen(home, &of_rows).registered(&name));
        }
    }

    /// The write port of the memories of A: rotated blocks, or a loaded element.
    fn write_matrix(&self) {
        let (m, shape, command, ordering) = (self.m, self.shape, self.command, self.ordering);
        let (done, pair) = (self.stages.done, pair_bits(ordering));
        let load = |name: &str, width| m.input(name, width).at(done);
        let banks = load("load_enable", 4);
        let [row_home, column_home] = ["load_row", "load_column"].map(|name| load(name, pair + 1).low_bits(pair));
        let data = load("load_data", shape.word());
        let load_copy = contexts::input(m, shape, "load_context")
            .map_or(m.zero(1), |context| m.concat(&[context, m.zero(1)]))
            .at(done);
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

    /// The output `overflow`. Returns its latency.
    fn overflow(&self) -> u32 {
        let (m, shape, command) = (self.m, self.shape, self.command);
        let side = |name: &str, of_vectors: bool, at: u32| {
            let busy = match command.vectors.filter(|_| of_vectors) {
                Some(vectors) => command.block | vectors,
                None => command.block,
            };
            let any = self.every_lane().into_iter().map(|(.., lane)| lane.output(name).untimed()).reduce(|a, b| a | b);
            let any = any.expect("There is a lane.") & busy.delayed_to(at).untimed();
            let context = (command.copy.width() > 1).then(|| command.copy.bits_from(1).delayed_to(at).untimed());
            contexts::one_of(m, shape, any, context)
        };
        let [left, right] = [self.stages.right + 1, self.stages.done + 1];
        let overflow = side("left_overflow", shape.has_u(), left) | side("right_overflow", shape.has_v(), right);
        m.output("overflow", overflow.at(0).flag().registered("overflow_out"));
        right + 1
    }

    /// The diagonal elements of the pair that is read from outside.
    fn values(&self) {
        let pair = self.command.value_pair.delayed_to(self.stages.read);
        for bank in 0..2 {
            let name = format!("diagonal_{bank}");
            let of_lanes: Vec<Signal<'m>> =
                (0..self.ordering.pairs()).map(|pair| self.diagonal_lane(pair).output(&name)).collect();
            self.m.output(&name, self.chosen(pair, &of_lanes).registered(&name));
        }
    }
}

/// What the angle units find. The first diagonal block of each unit stands at the stage of these signals, and the others
/// follow.
struct Angles<'m> {
    /// The words of left coefficients (fine, k, s), by unit.
    left: Vec<Signal<'m>>,
    /// The words of right coefficients.
    right: Vec<Signal<'m>>,
    /// All diagonal blocks of the step are settled.
    settled: Signal<'m>,
}
