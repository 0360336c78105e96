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

mod angles;
mod lane;
mod memories;
mod wires;

use super::block::{formats_of_matrices, stage};
use super::layout::{largest, member_table, pair_bits};
use super::mapping::Mapping;
use super::pipeline::{COEFFICIENT_READ, VECTOR_READ, depth, form, pace};
use super::schedule::Latencies;
use super::timing::{Stages, Timing};
use crate::architecture::contexts::{self, context_bits};
use crate::builder::{DesignBuilder, Instance, ModuleBuilder, Signal};
use crate::ir::ModuleId;
use crate::ordering::Ordering;
use crate::parameters::Scaling;
use crate::shape::Shape;
use crate::units::angles::{angle_fraction, angle_unit};
use crate::units::coefficients::coefficient_unit;
use lane::{LaneStages, lane};

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
    let (on_diagonal, stages) = lane(design, shape, mapping, ordering, true);
    let others =
        (mapping == Mapping::Array && ordering.pairs() > 1).then(|| lane(design, shape, mapping, ordering, false).0);
    let arithmetic = shape.arithmetic();
    let angle = angle_fraction(shape.coef());
    let pace = (depth(shape), pace(shape));
    let angles = angle_unit(design, shape.element_bits(), angle, arithmetic.limits(), form(shape), pace);
    let coefficients = coefficient_unit(design, shape.coef());
    let m = ModuleBuilder::new("datapath");
    let lanes = mapping.lanes(ordering.pairs());
    m.doc(format!(
        "{} and {} for the angles: {}.\n\
         {} Commands stand at stage 0.",
        match lanes {
            [rows, 1] => format!("Lanes for {rows} pairs of rows"),
            [rows, columns] => format!("{rows} x {columns} lanes for the pairs of rows and of columns"),
        },
        match mapping.angle_units(ordering.pairs()) {
            1 => "one unit".to_owned(),
            units => format!("{units} units"),
        },
        "a block of A in every lane, or one of U and one of V, per cycle",
        formats_of_matrices(shape)
    ));
    let drawing = Drawing {
        command: Command::new(&m, shape, pair, mapping),
        m: &m,
        design,
        orderings,
        ordering,
        shape,
        mapping,
        stages,
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
    on_diagonal: ModuleId,
    others: Option<ModuleId>,
) -> Vec<Vec<Instance<'m>>> {
    let instance = |row: usize, column: usize| {
        let lane = others.filter(|_| row != column).unwrap_or(on_diagonal);
        let mut instance = m.instance(design, lane, &lane_name(mapping, row, column));
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
    /// What the output end reads of U and V.
    unload: Option<Unload<'m>>,
    /// The block to read is as it was loaded, in cores that prepare matrices.
    raw: Option<Signal<'m>>,
    /// Column pair of the blocks, if columns are spread in time.
    column: Option<Signal<'m>>,
    /// The context of the matrix that is rotated, and the copy of the memories that its step reads: the lowest bit.
    copy: Signal<'m>,
    /// The same for the blocks of A that are read.
    read_copy: Signal<'m>,
    /// Read the diagonal blocks, if lanes have several blocks.
    diagonal: Option<Signal<'m>>,
    /// Compute the angles of the diagonal blocks that are read.
    measure: Signal<'m>,
    /// The pair of the value that is read from outside.
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
            unload: has_vectors.then(|| Unload {
                copy: m.input("unload_copy", copies),
                home: (shape.elements_given() == 1).then(|| m.input("unload_home", pair + 1)),
                column: m.input("unload_column", pair),
            }),
            raw: shape.is_prepared().then(|| input("raw", 1).note("the blocks are as they were loaded")),
            column: (mapping == Mapping::Row).then(|| input("column", pair)),
            copy: input("copy", copies).note("copy that this step reads"),
            read_copy: input("read_copy", copies).note("copy from which blocks of A are read"),
            diagonal: (mapping == Mapping::Row).then(|| input("diagonal", 1).note("read the diagonal blocks")),
            measure: input("measure", 1).flag().note("compute the angles of the diagonal blocks that are read"),
            value_pair: input("diagonal_pair", pair).note("the pair whose diagonal elements go to the outputs"),
        }
    }
}

/// What the output end reads of U and V.
#[derive(Clone, Copy)]
struct Unload<'m> {
    /// Context and copy.
    copy: Signal<'m>,
    /// The home (bank, pair) of the vector, unless all vectors are read.
    home: Option<Signal<'m>>,
    /// The column pair.
    column: Signal<'m>,
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
    stages: LaneStages,
    lanes: Vec<Vec<Instance<'m>>>,
    angles: ModuleId,
    coefficients: ModuleId,
}

impl<'m> Drawing<'_, 'm> {
    fn draw(&self) -> Timing {
        let (command, stages) = (self.command, self.stages);
        let [left_address, right_address] = [stages.left, stages.right].map(|stage| stage - VECTOR_READ);
        self.reads();
        self.wires();
        let new = self.angles();
        self.coefficients(&new);
        for (side, at, present) in [("u", stages.left, self.shape.has_u()), ("v", stages.right, self.shape.has_v())] {
            if present {
                self.vectors(side, at);
            }
        }
        self.write_matrix();
        let overflow = self.overflow();
        let value = self.values();
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
                // The rotators address their coefficients so many cycles after a command, or later.
                angle: [(coefficients + measured + 1 - (stages.left - COEFFICIENT_READ)) as usize; 2],
                diagonal: 1,
            },
            settled,
            read: stages.read,
            value,
            unload: VECTOR_READ + 1,
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
            if let (Some(of_block), Some(diagonal)) = (command.column, command.diagonal) {
                lane.drive("number", m.constant(pair, row as i128));
                lane.drive("column", of_block);
                lane.drive("diagonal", diagonal);
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
            if let (Some(members), Some(diagonal)) = (members, command.diagonal) {
                lane.drive("block_columns_inside", members);
                lane.drive("diagonal_read", diagonal.delayed_to(read));
            }
        }
    }

    /// The output `overflow`. Returns its latency.
    fn overflow(&self) -> u32 {
        let (m, shape, command) = (self.m, self.shape, self.command);
        let side = |name: &str, of_vectors: bool, at: u32| {
            let busy = match command.vectors.filter(|_| of_vectors) {
                Some(vectors) => (command.block | vectors).flag(),
                None => command.block,
            };
            let any = self.every_lane().into_iter().map(|(.., lane)| lane.output(name).untimed()).reduce(|a, b| a | b);
            let any = any.expect("There is a lane.") & busy.delayed_to(at).untimed();
            contexts::one_of(m, shape, any, contexts::of_part(command.copy, at))
        };
        let [left, right] = [self.stages.right + 1, self.stages.done + 1];
        let overflow = side("left_overflow", shape.has_u(), left) | side("right_overflow", shape.has_v(), right);
        m.output("overflow", overflow.at(0).flag().registered("overflow_out"));
        right + 1
    }

    /// The diagonal elements of the pair that is read from outside. Returns their latency.
    fn values(&self) -> u32 {
        let keeps = self.mapping.keeps_values();
        let read = if keeps { 0 } else { self.stages.read };
        let pair = self.command.value_pair.delayed_to(read);
        let kept = keeps.then(|| self.kept_values());
        for bank in 0..2 {
            let name = format!("diagonal_{bank}");
            let of_lanes: Vec<Signal<'m>> = match &kept {
                Some(kept) => kept.iter().map(|words| words[bank].at(read)).collect(),
                None => (0..self.ordering.pairs()).map(|pair| self.diagonal_lane(pair).output(&name)).collect(),
            };
            self.m.output(&name, pair.choose(&of_lanes).registered(&name));
        }
        read + 1
    }
}
