//! The datapath of the serial core and of the quarter core: its memories, rotators and the angle unit.
//!
//! One block of A enters the pipeline per cycle. The two left rotators turn its columns, then the two right
//! rotators turn its rows. In slots without a block of A, the left rotators turn a block of Uᵀ and the right
//! rotators a block of Vᵀ. Results are written to the memories at their places for the next step. The angle unit
//! takes the diagonal blocks of the next step, and the coefficients that follow from its angles are kept in a
//! small memory.
//!
//! In a quarter core a single rotator makes the rotations of a block one after the other, and a block enters every four
//! cycles ([`crate::units::shared_rotator`]). The two operands of a side stand in the same stage as with two rotators,
//! and so do its results, so that nothing else differs.
//!
//! While the elements of A are still as they were loaded, they are shifted up when they are read, and rows and columns
//! beyond the matrix are set to zero. In cores that reduce rows to a triangle while they stream in, the same rotators
//! and the same angle unit do that first ([`crate::architecture::jacobi::qr`]).

mod angles;
mod drawing;
mod qr;
mod rotators;

use super::block::{Block, block, formats_of_matrices, other_copy, select_if_present, stage, vectors_or_identity};
use super::first_read::{FirstRead, before_register};
use super::layout::{largest, member_table, move_table, pair_bits};
use super::mapping::Mapping;
use super::pipeline::{COEFFICIENT_READ, VECTOR_READ, depth, diagonal_cycles, holds_words, pace};
use super::schedule::Latencies;
use super::square::Square;
use super::timing::{Stages, Timing};
use crate::architecture::contexts::{self, context_bits};
use crate::architecture::jacobi::qr::lane::qr_lane;
use crate::architecture::number::each_component;
use crate::builder::{DesignBuilder, Instance, ModuleBuilder, Signal};
use crate::ir::ModuleId;
use crate::ordering::Ordering;
use crate::parameters::{Scaling, Sizes};
use crate::shape::Shape;
use crate::units::angles::Pace;
use crate::units::matrix_memory::matrix_memory;
use crate::units::vector_memory::vector_memory;
use angles::angle_units;
use drawing::{Command, Drawing, PhaseCommand, PlainWrite, UnitModules, VectorCommand, VectorSide};
pub use qr::COMMANDS as QR_COMMANDS;
use qr::Qr;
use rotators::{Hand, Rotated, RotatorModule, Rotators};

/// Adds the datapath of the serial core. Returns its module and its latencies.
pub fn datapath(design: &mut DesignBuilder, orderings: &[Ordering], shape: &Shape) -> (ModuleId, Timing) {
    let pair = pair_bits(largest(orderings));
    let copies = context_bits(shape) + 1;
    let depth = depth(shape);
    let [element, vector] = [shape.element_bits(), shape.vector_bits()].map(|bits| shape.components() * bits);
    let (angles, coefficients) = angle_units(design, shape);
    let units = UnitModules {
        angles,
        coefficients,
        rotator: RotatorModule::new(design, shape, depth),
        matrix: matrix_memory(design, element, [pair; 2], copies, holds_words(shape)),
        vectors: vector_memory(design, vector, [pair; 2], copies),
        lane: shape.is_reduced().then(|| qr_lane(design, shape)),
    };
    let m = ModuleBuilder::new("datapath");
    m.doc(format!(
        "Memories, rotators and angle unit of the {} core: one block of A, or one of U and one of V, {}.\n\
         {} Commands stand at stage 0.",
        shape.arch(),
        match Mapping::of(shape).cycles_per_block(shape) {
            1 => "per cycle",
            3 => "in three cycles",
            _ => "in four cycles",
        },
        formats_of_matrices(shape)
    ));
    let drawing = Drawing {
        m: &m,
        design,
        orderings,
        units,
        shape,
        pair,
        command: Command::new(&m, shape, pair),
        move_table: move_table(&m, orderings),
        member_table: member_table(&m, orderings),
        square: if shape.is_reduced() { Square::loading(&m, shape) } else { Square::new(&m, shape) },
    };
    let timing = drawing.draw();
    (design.add(m), timing)
}

impl<'m> Drawing<'_, 'm> {
    fn draw(&self) -> Timing {
        let (m, command) = (self.m, self.command);
        let diagonal = command.diagonal;
        let address = [
            ("read_copy", command.read_copy),
            ("read_row", diagonal.select(command.diagonal_pair, command.row)),
            ("read_column", diagonal.select(command.diagonal_pair, command.column)),
        ];
        let matrix = m.place(self.design, self.units.matrix, "matrix", &address);
        let words = block(|r, c| matrix.output(&format!("element_{r}{c}")));
        let read = stage(words[0][0]);
        m.output("diagonal_0", words[0][0]);
        m.output("diagonal_1", words[1][1]);
        let first_read = command.raw.map(|raw| self.first_read(words, raw, address[1].1, address[2].1));
        let a = first_read.map_or(words, |next| block(|r, c| next[r][c].registered(&format!("a_{r}{c}"))));
        let operands = stage(a[0][0]);
        let qr = Qr::new(self, operands);
        // An angle unit that keeps its block needs no other register before it.
        let measured = match pace(self.shape) {
            Pace::EveryCycle => a,
            Pace::EveryOtherCycle => first_read.unwrap_or(a),
        };
        let angles = self.angles(measured, qr.as_ref());
        let [left_new, right_new] = self.new_coefficients(&angles);
        let rotates_vectors = |at: u32| command.vectors.map(|v| v.rotate.delayed_to(at));

        // The left rotators turn the columns of a block of A or of Uᵀ.
        let left_address = operands - VECTOR_READ;
        let left_read = operands - COEFFICIENT_READ;
        let u = command.vectors.filter(|_| self.shape.has_u()).map(|c| self.vectors(c, "u", left_address));
        let qr_left = qr.as_ref().map(|qr| qr.left(left_new, left_read));
        let left_row = command.row.delayed_to(left_read);
        let left_coefficients = self.stored("left", left_new, left_row, qr_left.as_ref());
        let drawn = (m, self.design);
        let rotators = self.rotators(right_new, left_row, operands);
        let left = rotators.rotate(drawn, Hand::Left, left_coefficients, |r, c| {
            let from_u = u.as_ref().map(|u| u.elements[r][c]);
            let own = select_if_present(rotates_vectors(operands), from_u, a[r][c]);
            qr_left.as_ref().map_or(own, |side| side.operand(r, c, own))
        });
        let from_left = left.block;
        let left_done = stage(from_left[0][0]);

        // The right rotators turn the rows of that block of A, or the columns of a block of Vᵀ.
        let right_address = left_done - VECTOR_READ;
        let right_read = left_done - COEFFICIENT_READ;
        let v = command.vectors.filter(|_| self.shape.has_v()).map(|c| self.vectors(c, "v", right_address));
        let row_of_v = v.as_ref().map(|_| command.row);
        let turned = select_if_present(rotates_vectors(0), row_of_v, command.column).delayed_to(right_read);
        let qr_right = qr.as_ref().map(|qr| qr.right(left_new, right_read, left_done));
        let right_coefficients = self.unless_turned(self.stored("right", right_new, turned, qr_right.as_ref()));
        let right = rotators.rotate(drawn, Hand::Right, right_coefficients, |i, j| {
            let from_v = v.as_ref().map(|v| v.elements[j][i]);
            let own = select_if_present(rotates_vectors(left_done), from_v, from_left[i][j]);
            qr_right.as_ref().map_or(own, |side| side.operand(j, i, own))
        });
        let from_right = right.block;
        let right_done = stage(from_right[0][0]);

        if let Some(u) = &u {
            self.write_vectors(&u.memory, from_left);
        }
        if let Some(v) = &v {
            self.write_vectors(&v.memory, block(|r, c| from_right[c][r]));
        }
        let triangle = qr_left.zip(qr_right).map(|(left_side, right_side)| {
            let left_overflow = left_side.write(from_left, &left);
            let right_overflow = right_side.write(block(|r, c| from_right[c][r]), &right);
            let overflow = left_overflow.untimed() | right_overflow.untimed();
            m.output("qr_overflow", overflow.flag().registered("qr_overflow_out"));
            self.triangle(&left_side, from_left, right_done)
        });
        self.write_matrix(&matrix, from_right, triangle);
        let overflow = |side: &Rotated<'m>, vectors: bool, at: u32| {
            let block = command.block.delayed_to(at);
            let busy = rotates_vectors(at).filter(|_| vectors).map_or(block, |rotates| block | rotates);
            let overflow = busy & side.overflow();
            contexts::one_of(m, self.shape, overflow.untimed(), contexts::of_part(command.copy, at))
        };
        let overflow = overflow(&left, u.is_some(), left_done) | overflow(&right, v.is_some(), right_done);
        m.output("overflow", overflow.at(0).flag().registered("overflow_out"));
        let settled = angles.output("settled");
        m.output("settled", settled);
        m.output("settled_valid", command.measure.delayed_to(stage(settled)));
        // Phases of both rows of a pair are coefficients of the left rotators.
        let phases_new = if self.shape.has_phases() { stage(right_new) } else { 0 };
        let latencies = Latencies {
            block: right_done as usize + 1,
            vectors: ((left_done - left_address).max(right_done - right_address) + 1) as usize,
            // The rotators address their coefficients `left_read` and `right_read` cycles after a command.
            angle: [stage(left_new).max(phases_new) - left_read, stage(right_new) - right_read]
                .map(|cycles| cycles as usize + 1),
            diagonal: diagonal_cycles(self.shape),
        };
        let row_rotation = qr.map(|qr| qr.row_rotation_latency(left_new, left_done));
        let stages = Stages {
            left_address,
            right_address,
            left: operands,
            right: left_done,
            done: right_done,
            coefficients: stage(left_new),
        };
        Timing {
            latencies,
            settled: stage(settled),
            read,
            value: read,
            unload: VECTOR_READ,
            overflow: right_done + 1,
            row_rotation,
            stages,
        }
    }

    /// The rotators. Left operands stand at stage `operands`. The right coefficients in `new` are, in a step with
    /// phases, those of the second row of a `pair`.
    fn rotators(&self, new: Signal<'m>, pair: Signal<'m>, operands: u32) -> Rotators<'m> {
        let begins = || self.rotates().delayed_to(operands);
        match self.units.rotator {
            RotatorModule::OfEach(module) => Rotators::OfEach(module),
            RotatorModule::Shared(module) => Rotators::shared(self.m, self.design, module, begins()),
            RotatorModule::Complex(modules) => Rotators::Complex {
                modules,
                begins: self.rotates(),
                of_matrix: self.command.block,
                turn: self.command.phases.map(|phases| (phases.turn, self.phase_coefficients(new, pair))),
            },
        }
    }

    /// A block of A, or of U and V, is rotated.
    fn rotates(&self) -> Signal<'m> {
        let Command { block, vectors, .. } = self.command;
        vectors.map_or(block, |vectors| (block | vectors.rotate).flag())
    }

    /// The memory of Uᵀ or Vᵀ, addressed at stage `at`, and the block that is read from it. In the first step the
    /// block is that of the identity matrix instead.
    fn vectors(&self, vectors: VectorCommand<'m>, name: &str, at: u32) -> VectorSide<'m> {
        let (m, command) = (self.m, self.command);
        let [row, column, copy] = [command.row, command.column, command.copy].map(|s| s.delayed_to(at));
        let [unload_copy, home, unload_column] = vectors.unload.map(|s| s.at(at));
        let unload = m.input(&format!("{name}_unload"), 1).at(at);
        let address = [
            ("read_copy", unload.select(unload_copy, copy)),
            ("read_pair", unload.select(home.low_bits(self.pair), row)),
            ("read_column", unload.select(unload_column, column)),
        ];
        let memory = m.place(self.design, self.units.vectors, &format!("{name}_transposed"), &address);
        let words = [0, 1].map(|r| memory.output(&format!("row_{r}")));
        for (r, word) in words.iter().enumerate() {
            m.output(&format!("{name}_row_{r}"), *word);
        }
        let members = self.member_table.lookup(self.square.address(m, row), None, &format!("{name}_members"));
        let index_bits = members.width() / 2;
        let identity = vectors.identity.delayed_to(stage(words[0]));
        let row = |r: usize| members.slice(r as u32 * index_bits, index_bits);
        let columns = column.delayed_to(stage(words[0]));
        let elements = vectors_or_identity(m, self.shape, name, words, (identity, columns), row);
        VectorSide { memory, elements }
    }

    /// Writes two rotated rows of Uᵀ or Vᵀ to their places for the next step.
    fn write_vectors(&self, memory: &Instance<'m>, rotated: Block<'m>) {
        let (m, command, vector) = (self.m, self.command, self.shape.vector_bits());
        let at = stage(rotated[0][0]);
        let (crosses, targets) = self.moves(command.row, at);
        let kept = |element| each_component(self.shape, element, |part| part.low_bits(vector));
        let words = rotated.map(|row| m.concat(&[kept(row[1]), kept(row[0])]));
        let rotates = command.vectors.expect("There are vectors to write.").rotate;
        memory.drive("write_enable", rotates.delayed_to(at));
        memory.drive("write_copy", other_copy(command.copy.delayed_to(at)));
        memory.drive("write_column", command.column.delayed_to(at));
        for (bank, target) in targets.into_iter().enumerate() {
            memory.drive(&format!("write_pair_{bank}"), target);
            memory.drive(&format!("write_{bank}"), crosses.select(words[1 - bank], words[bank]));
        }
    }

    /// Draws the write port of the memory of A. It writes a rotated block to its places for the next step, or elements
    /// to their homes. These are loaded elements, or those of a final word of the `triangle`.
    fn write_matrix(&self, memory: &Instance<'m>, rotated: Block<'m>, triangle: Option<PlainWrite<'m>>) {
        let (m, command) = (self.m, self.command);
        let at = stage(rotated[0][0]);
        let (row_crosses, rows) = self.moves(command.row, at);
        let (column_crosses, columns) = self.moves(command.column, at);
        let plain = triangle.unwrap_or_else(|| self.loaded(at));

        let rotates = command.block.delayed_to(at);
        memory.drive("write_enable", rotates.select(m.constant(4, 15), plain.enable));
        memory.drive("write_copy", rotates.select(other_copy(command.copy.delayed_to(at)), plain.copy));
        for bank in 0..2 {
            memory.drive(&format!("write_row_{bank}"), rotates.select(rows[bank], plain.row));
            memory.drive(&format!("write_column_{bank}"), rotates.select(columns[bank], plain.column));
        }
        let exchanged = rotated.map(|row| [0, 1].map(|c| column_crosses.select(row[1 - c], row[c])));
        for (r, c) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
            let new = row_crosses.select(exchanged[1 - r][c], exchanged[r][c]);
            let element = each_component(self.shape, plain.elements[r][c], |element| {
                let is_loaded = element.width() == self.shape.word();
                let element = if is_loaded { element.shifted_up(self.shape.guard()) } else { element };
                element.sign_extend(self.shape.element_bits())
            });
            memory.drive(&format!("write_{r}{c}"), rotates.select(new, element));
        }
    }

    /// The write of an element from the load port, at stage `at`.
    fn loaded(&self, at: u32) -> PlainWrite<'m> {
        let load = |name, width| self.m.input(name, width).at(at);
        let home = |name| load(name, self.pair + 1).low_bits(self.pair);
        let data = load("load_data", self.shape.components() * self.shape.word());
        PlainWrite {
            enable: load("load_enable", 4),
            copy: contexts::first_part(self.m, self.shape, "load_context").at(at),
            row: home("load_row"),
            column: home("load_column"),
            elements: block(|_, _| data),
        }
    }

    /// The block with its elements shifted up and padded with zeros, if it is still as it was loaded, before the
    /// register that takes it. `row` and `column` are the pairs at which the block was read.
    fn first_read(&self, read: Block<'m>, raw: Signal<'m>, row: Signal<'m>, column: Signal<'m>) -> Block<'m> {
        let (m, shape) = (self.m, self.shape);
        let at = stage(read[0][0]);
        let shift = (shape.scaling() == Scaling::Auto).then(|| m.input("shift", shape.shift_bits()).at(at));
        before_register(m, shape, read, &FirstRead { raw, shift, inside: self.inside(row, column) })
    }

    /// For each element of the block (row, column), the conditions that must all hold for it to belong to the matrix.
    /// For a triangle, all elements of a block share one condition.
    fn inside(&self, row: Signal<'m>, column: Signal<'m>) -> [[Vec<Signal<'m>>; 2]; 2] {
        let (m, shape) = (self.m, self.shape);
        if shape.is_reduced() {
            let belongs = (!column.less_than(row)).registered("in_triangle");
            return [0, 1].map(|_| [0, 1].map(|_| vec![belongs]));
        }
        let inside = |name: &str, pair: Signal<'m>, last: Signal<'m>, size: usize| {
            let is_padded = size < shape.even() || shape.sizes() == Sizes::Any;
            let members = is_padded.then(|| self.member_table.lookup(self.square.address(m, pair), None, name));
            [0, 1].map(|bank| {
                members.map(|members| {
                    let bits = members.width() / 2;
                    !last.zero_extend(bits).less_than(members.slice(bank * bits, bits))
                })
            })
        };
        let rows = inside("rows_read", row, self.square.size.last_row, shape.rows());
        let columns = inside("columns_read", column, self.square.size.last_column, shape.cols());
        [0, 1].map(|r| [0, 1].map(|c| [rows[r], columns[c]].into_iter().flatten().collect()))
    }

    /// Looks up where the results of a pair go: whether they exchange their banks, and the target pair in each bank.
    fn moves(&self, pair: Signal<'m>, at: u32) -> (Signal<'m>, [Signal<'m>; 2]) {
        let moves = self.move_table.lookup(self.square.address(self.m, pair.delayed_to(at - 1)), None, "moves");
        let (crosses, targets) = (moves.sign(), [moves.low_bits(self.pair), moves.slice(self.pair, self.pair)]);
        match self.command.phases {
            None => (crosses, targets),
            // While rows are turned, nothing moves.
            Some(PhaseCommand { turn, .. }) => {
                let turn = turn.delayed_to(at);
                (crosses & !turn, targets.map(|target| turn.select(pair.delayed_to(at), target)))
            }
        }
    }
}
