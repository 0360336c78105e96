//! A lane: the rotators and memories for one pair of rows, and in an array for one pair of columns as well.
//!
//! A lane rotates its block of A, or its blocks of Uᵀ and Vᵀ, and passes the results on: rows move to other lanes over
//! fixed wires, and what the wires bring is written to the memories of the lane. All commands come from the datapath,
//! each at the stage at which it is needed.

use crate::architecture::contexts::context_bits;
use crate::architecture::jacobi::block::{
    Block, block, formats_of_matrices, place_rotator, select_if_present, stage, vectors_or_identity,
};
use crate::architecture::jacobi::first_read::{FirstRead, scaled_and_padded};
use crate::architecture::jacobi::layout::pair_bits;
use crate::architecture::jacobi::mapping::Mapping;
use crate::architecture::jacobi::pipeline::{VECTOR_READ, depth, holds_words};
use crate::builder::{DesignBuilder, Instance, ModuleBuilder, Signal};
use crate::ir::ModuleId;
use crate::ordering::Ordering;
use crate::parameters::Scaling;
use crate::shape::Shape;
use crate::units::matrix_memory::matrix_memory;
use crate::units::rotator::rotator;
use crate::units::vector_memory::vector_memory;

/// The stages at which the inputs of a lane are needed, in cycles after a command.
#[derive(Clone, Copy)]
pub(super) struct LaneStages {
    /// The words of the memory of A.
    pub(super) read: u32,
    /// The operands of the left rotators, their coefficients, and what concerns the words of U.
    pub(super) left: u32,
    /// The results of the left rotators, and the same for the right rotators and V.
    pub(super) right: u32,
    /// The results of the right rotators, which are written to the memory of A.
    pub(super) done: u32,
}

/// The units of a lane, and the widths of its signals.
struct Units {
    matrix: ModuleId,
    vectors: ModuleId,
    rotator: ModuleId,
    /// Bits of the number of a column pair, 0 if the lane has only one.
    column: u32,
    /// Bits of the number of context and copy.
    copies: u32,
    /// Bits of the index of a row.
    index: u32,
}

/// A lane while it is drawn.
struct Drawing<'a, 'm> {
    m: &'m ModuleBuilder,
    design: &'a DesignBuilder,
    shape: &'a Shape,
    units: Units,
}

/// Adds the module of a lane. If it is `on_diagonal`, it holds diagonal blocks. Returns the module and its stages.
pub(super) fn lane(
    design: &mut DesignBuilder,
    shape: &Shape,
    mapping: Mapping,
    ordering: &Ordering,
    on_diagonal: bool,
) -> (ModuleId, LaneStages) {
    let (column, copies) = (mapping.column_bits(ordering), context_bits(shape) + 1);
    let units = Units {
        matrix: matrix_memory(design, shape.element_bits(), [0, column], copies, holds_words(shape)),
        vectors: vector_memory(design, shape.vector_bits(), [0, column], copies),
        rotator: rotator(design, shape.element_bits(), shape.coef(), depth(shape)),
        column,
        copies,
        index: pair_bits(ordering) + 1,
    };
    let m = ModuleBuilder::new(if on_diagonal { "diagonal_lane" } else { "lane" });
    m.doc(format!(
        "Memories and rotators for one pair of rows{}{}.\n\
         {} Commands come at the stages named p<stage>_.",
        if column == 0 { " and one pair of columns" } else { "" },
        if on_diagonal { ", with diagonal blocks" } else { "" },
        formats_of_matrices(shape)
    ));
    let stages = Drawing { m: &m, design, shape, units }.draw(on_diagonal);
    (design.add(m), stages)
}

impl<'m> Drawing<'_, 'm> {
    fn input(&self, name: &str, width: u32, stage: u32) -> Signal<'m> {
        self.m.input(name, width).at(stage)
    }

    fn draw(&self, on_diagonal: bool) -> LaneStages {
        let (m, shape) = (self.m, self.shape);
        let matrix = self.matrix();
        let words = block(|r, c| matrix.output(&format!("element_{r}{c}")));
        let read = stage(words[0][0]);
        if on_diagonal && !Mapping::of(shape).keeps_values() {
            m.output("diagonal_0", words[0][0]);
            m.output("diagonal_1", words[1][1]);
        }
        let a = if shape.is_prepared() { self.first_read(words, read) } else { words };
        let operands = stage(a[0][0]);
        if on_diagonal {
            self.chain(a);
        }

        // The left rotators turn the columns of a block of A or of Uᵀ.
        let left_coefficients = self.input("left_coefficients", self.coefficient_bits(), operands);
        let u = shape.has_u().then(|| self.vectors("u", operands));
        let takes_u = u.as_ref().map(|_| self.input("rotates_u", 1, operands));
        let left = [0, 1].map(|c| {
            let [x, y] = [0, 1].map(|r| select_if_present(takes_u, u.as_ref().map(|u| u.1[r][c]), a[r][c]));
            self.rotator(&format!("left_{c}"), x, y, left_coefficients)
        });
        let from_left = block(|r, c| left[c].output(["x_rotated", "y_rotated"][r]));
        let left_done = stage(from_left[0][0]);

        // The right rotators turn the rows of that block of A, or the columns of a block of Vᵀ.
        let v = shape.has_v().then(|| self.vectors("v", left_done));
        let takes_v = v.as_ref().map(|_| self.input("rotates_v", 1, left_done - 1));
        let word = |name| self.input(name, self.coefficient_bits(), left_done - 1);
        let of_column = word("right_coefficients");
        let of_row = v.as_ref().map(|_| word("right_coefficients_of_rows"));
        // A register of its own, since a word goes to all multipliers of both rotators.
        let right_coefficients = select_if_present(takes_v, of_row, of_column).registered("right_coefficients_now");
        let right = [0, 1].map(|i| {
            let [x, y] = [0, 1].map(|j| select_if_present(takes_v, v.as_ref().map(|v| v.1[j][i]), from_left[i][j]));
            self.rotator(&format!("right_{i}"), x, y, right_coefficients)
        });
        let from_right = block(|i, j| right[i].output(["x_rotated", "y_rotated"][j]));
        let done = stage(from_right[0][0]);

        for (r, c) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
            if u.is_some() {
                m.output(&format!("left_{r}{c}"), from_left[r][c]);
            }
            m.output(&format!("right_{r}{c}"), from_right[r][c]);
        }
        self.overflow("left_overflow", &left);
        self.overflow("right_overflow", &right);
        if let Some((memory, _)) = &u {
            self.write_vectors(memory, "u");
        }
        if let Some((memory, _)) = &v {
            self.write_vectors(memory, "v");
        }
        self.write_matrix(&matrix);
        LaneStages { read, left: operands, right: left_done, done }
    }

    /// The memory of A with its address. While no block of A is rotated, a lane for a pair of rows reads its diagonal
    /// block.
    fn matrix(&self) -> Instance<'m> {
        let Units { matrix, column, copies, .. } = self.units;
        let mut address = vec![("read_copy", self.input("read_copy", copies, 0).note("context and copy that is read"))];
        if column > 0 {
            let number = self.m.input("number", column).note("number of the pair of rows");
            let of_block = self.input("column", column, 0);
            let diagonal = self.input("diagonal", 1, 0).note("read the diagonal block");
            address.push(("read_column", diagonal.select(number, of_block)));
        }
        self.m.place(self.design, matrix, "matrix", &address)
    }

    /// The block as it is read for the first time: shifted up, and padded with zeros.
    fn first_read(&self, words: Block<'m>, read: u32) -> Block<'m> {
        let (m, shape) = (self.m, self.shape);
        let raw = self.input("raw", 1, read).note("the block is as it was loaded: shift and pad it");
        let inside = shape.dimensions().is_padded().then(|| {
            let rows = m.input("rows_inside", 2).note("which rows belong to the matrix");
            let own = m.input("columns_inside", 2).note("... and which columns of the diagonal block");
            let columns = if self.units.column == 0 {
                own
            } else {
                let of_block = self.input("block_columns_inside", 2, read).note("... and of the block that is read");
                self.input("diagonal_read", 1, read).select(own, of_block)
            };
            block(|r, c| rows.bit(r as u32) & columns.bit(c as u32))
        });
        let shift = (shape.scaling() == Scaling::Auto).then(|| self.input("shift", shape.shift_bits(), read));
        let inside = |r: usize, c: usize| inside.map(|inside| inside[r][c]).into_iter().collect();
        scaled_and_padded(
            m,
            shape,
            words,
            &FirstRead { raw, shift, inside: [0, 1].map(|r| [0, 1].map(|c| inside(r, c))) },
        )
    }

    /// The diagonal block on its way to the angle unit: it is taken from the memory, and in the next cycles those of
    /// the lanes behind this one pass.
    fn chain(&self, a: Block<'m>) {
        let takes = self.input("takes_diagonal", 1, stage(a[0][0])).note("the block of this lane; else the one behind");
        for (r, c) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
            let behind = self.m.input(&format!("behind_{r}{c}"), self.shape.element_bits());
            self.m.output(&format!("ahead_{r}{c}"), takes.select(a[r][c], behind).registered(&format!("ahead_{r}{c}")));
        }
    }

    /// Bits of a word of coefficients: (fine, k, s).
    fn coefficient_bits(&self) -> u32 {
        1 + 2 * self.shape.coef()
    }

    fn rotator(&self, name: &str, x: Signal<'m>, y: Signal<'m>, coefficients: Signal<'m>) -> Instance<'m> {
        place_rotator(self.m, self.design, self.units.rotator, name, [x, y], coefficients)
    }

    /// The memory of Uᵀ or Vᵀ, and the block that is read from it, at stage `at`. In the first step the block is that
    /// of the identity matrix instead.
    fn vectors(&self, side: &str, at: u32) -> (Instance<'m>, Block<'m>) {
        let (m, shape) = (self.m, self.shape);
        let Units { vectors, column, copies, index, .. } = self.units;
        let name = |what: &str| format!("{side}_{what}");
        let mut address = vec![("read_copy", self.input(&name("copy"), copies, at - VECTOR_READ))];
        if column > 0 {
            address.push(("read_column", self.input(&name("column"), column, at - VECTOR_READ)));
        }
        let memory = m.place(self.design, vectors, &name("transposed"), &address);
        let words = [0, 1].map(|r| memory.output(&format!("row_{r}")));
        assert_eq!(stage(words[0]), at, "The memory of vectors takes as long as the datapath expects.");
        for (r, word) in words.iter().enumerate() {
            m.output(&format!("{side}_row_{r}"), *word);
        }
        let identity = self.input(&name("identity"), 1, at);
        let pair = self.input(&name("column_pair"), index - 1, at).note("the pair of columns of the block");
        let members = [0, 1].map(|r| m.input(&format!("{side}_member_{r}"), index).note("index of the row at first"));
        (memory, vectors_or_identity(m, shape, side, words, (identity, pair), |r| members[r]))
    }

    /// Draws an output that tells whether one of two rotators has overflowed.
    fn overflow(&self, name: &str, sides: &[Instance<'m>; 2]) {
        let overflow = sides[0].output("overflow") | sides[1].output("overflow");
        self.m.output(name, overflow.registered(name));
    }

    /// Writes the rows of Uᵀ or Vᵀ that the wires bring.
    fn write_vectors(&self, memory: &Instance<'m>, side: &str) {
        let Units { column, copies, .. } = self.units;
        let input = |name: &str, width| self.m.input(&format!("write_{side}{name}"), width);
        memory.drive("write_enable", input("", 1));
        memory.drive("write_copy", input("_copy", copies));
        if column > 0 {
            memory.drive("write_column", input("_column", column));
        }
        for bank in [0, 1] {
            let elements = [1, 0].map(|c| self.m.input(&format!("new_{side}_{bank}{c}"), self.shape.vector_bits()));
            memory.drive(&format!("write_{bank}"), self.m.concat(&elements));
        }
    }

    /// Writes the rows of a block of A that the wires bring, or loaded elements.
    fn write_matrix(&self, memory: &Instance<'m>) {
        let (m, shape) = (self.m, self.shape);
        let Units { column, copies, .. } = self.units;
        let rotates = m.input("write_block", 1).note("write a block that was rotated, and no loaded element");
        let crosses = (column > 0).then(|| m.input("write_crosses", 1).note("its columns exchange their banks"));
        memory.drive("write_enable", m.input("write_enable", 4));
        memory.drive("write_copy", m.input("write_copy", copies));
        let loaded = |name: &str| {
            let element = m.input(name, shape.word());
            element.shifted_up(shape.guard()).sign_extend(shape.element_bits())
        };
        let loaded = match shape.elements_taken() {
            1 => [loaded("load_data"); 2],
            _ => [loaded("load_data_0"), loaded("load_data_1")],
        };
        let new = block(|r, c| m.input(&format!("new_{r}{c}"), shape.element_bits()));
        for c in 0..2 {
            if column > 0 {
                let port = format!("write_column_{c}");
                memory.drive(&port, m.input(&port, column));
            }
            for (r, row) in new.iter().enumerate() {
                let own = select_if_present(crosses, Some(row[1 - c]), row[c]);
                memory.drive(&format!("write_{r}{c}"), rotates.select(own, loaded[c]));
            }
        }
    }
}
