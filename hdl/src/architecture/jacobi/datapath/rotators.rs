//! The rotators in the datapath: two for each side, or a single one that both sides share.

use crate::architecture::jacobi::block::{Block, block, place_rotator, stage};
use crate::architecture::jacobi::mapping::Mapping;
use crate::builder::{DesignBuilder, Instance, ModuleBuilder, Signal};
use crate::ir::ModuleId;
use crate::shape::Shape;
use crate::units::complex::rotator::{Phases, complex_rotator};
use crate::units::depth::Depth;
use crate::units::rotator::rotator;
use crate::units::shared_rotator::{RIGHT, shared_rotator};

/// The module of the rotators.
#[derive(Clone, Copy)]
pub(super) enum RotatorModule {
    /// A rotator, of which each side has two.
    OfEach(ModuleId),
    /// A rotator for all rotations of a block.
    Shared(ModuleId),
    /// A complex rotator, of which each side has two. The left ones turn rows as well, if there are phases.
    Complex([ModuleId; 2]),
}

impl RotatorModule {
    /// Adds the module for a core.
    pub(super) fn new(design: &mut DesignBuilder, shape: &Shape, depth: Depth) -> Self {
        let (data, coef) = (shape.element_bits(), shape.coef());
        if shape.complex() {
            let module = |design: &mut DesignBuilder, phases| complex_rotator(design, (data, coef), depth, phases);
            let phases = if shape.has_phases() { [Phases::Turn, Phases::Pass] } else { [Phases::Absent; 2] };
            return Self::Complex(phases.map(|phases| module(design, phases)));
        }
        match Mapping::of(shape) {
            Mapping::Quarter => Self::Shared(shared_rotator(design, data, coef)),
            _ => Self::OfEach(rotator(design, data, coef, depth)),
        }
    }
}

/// The side from which a block is rotated. From the left, rotation c takes column c of the block as (x, y). From the
/// right, rotation i takes row i.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Hand {
    /// The rotations from the left.
    Left,
    /// The rotations from the right.
    Right,
}

impl Hand {
    /// The name of the side.
    fn name(self) -> &'static str {
        match self {
            Self::Left => "left",
            Self::Right => "right",
        }
    }

    /// The row and the column of the operand x (0) or y (1) of a rotation in the block. The same exchange, or none,
    /// leads from a row and a column to the operand and the rotation.
    fn place(self, rotation: usize, operand: usize) -> (usize, usize) {
        match self {
            Self::Left => (operand, rotation),
            Self::Right => (rotation, operand),
        }
    }
}

/// What the rotations of one side have made of a block.
pub(super) struct Rotated<'m> {
    /// The block.
    pub(super) block: Block<'m>,
    flags: Flags<'m>,
}

/// Where it is told that a result does not fit.
enum Flags<'m> {
    OfEach([Instance<'m>; 2]),
    Shared([Signal<'m>; 2]),
}

impl<'m> Rotated<'m> {
    /// Whether a result does not fit.
    pub(super) fn overflow(&self) -> Signal<'m> {
        match &self.flags {
            Flags::OfEach(rotators) => rotators[0].output("overflow") | rotators[1].output("overflow"),
            Flags::Shared(flags) => flags[0] | flags[1],
        }
    }
}

/// The rotators of a datapath.
pub(super) enum Rotators<'m> {
    /// Each rotation has one.
    OfEach(ModuleId),
    /// All rotations share this one.
    Shared(Instance<'m>),
    /// Each rotation has a complex one.
    Complex {
        /// The modules of the left and of the right ones.
        modules: [ModuleId; 2],
        /// A block begins, at stage 0.
        begins: Signal<'m>,
        /// It is one of A, at stage 0.
        of_matrix: Signal<'m>,
        /// Whether its rows are turned, at stage 0, and the coefficients with which y is turned.
        turn: Option<(Signal<'m>, Signal<'m>)>,
    },
}

impl<'m> Rotators<'m> {
    /// Draws the rotator that all rotations share. `begins` tells whether the left operands of a block arrive.
    pub(super) fn shared(m: &'m ModuleBuilder, design: &DesignBuilder, module: ModuleId, begins: Signal<'m>) -> Self {
        let shared = m.instance(design, module, "shared_rotator");
        shared.drive("begins", begins);
        Self::Shared(shared)
    }

    /// Rotates the block of `operands` by row and column.
    pub(super) fn rotate(
        &self,
        (m, design): (&'m ModuleBuilder, &DesignBuilder),
        hand: Hand,
        coefficients: Signal<'m>,
        operand: impl Fn(usize, usize) -> Signal<'m>,
    ) -> Rotated<'m> {
        let of = |rotation: usize, which: usize| {
            let (row, column) = hand.place(rotation, which);
            operand(row, column)
        };
        // The block of results: `result` gives x (0) or y (1) of a rotation.
        let results = |result: &dyn Fn(usize, usize) -> Signal<'m>| {
            block(|row, column| {
                let (which, rotation) = hand.place(column, row);
                result(rotation, which)
            })
        };
        let of_each = |rotators: [Instance<'m>; 2]| {
            let result = |rotation: usize, which: usize| rotators[rotation].output(["x_rotated", "y_rotated"][which]);
            Rotated { block: results(&result), flags: Flags::OfEach(rotators) }
        };
        match self {
            Self::OfEach(module) => {
                let rotators = [0, 1].map(|rotation| {
                    let name = format!("{}_{rotation}", hand.name());
                    let operands = [0, 1].map(|which| of(rotation, which));
                    place_rotator(m, design, *module, &name, operands, coefficients)
                });
                of_each(rotators)
            }
            Self::Shared(shared) => {
                let at = stage(coefficients);
                shared.drive(&format!("{}_coefficients", hand.name()), coefficients);
                for (rotation, which) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
                    let port = format!("{}_{}_{rotation}", hand.name(), ["x", "y"][which]);
                    shared.drive(&port, of(rotation, which).delayed_to(at));
                }
                let output = |port: String| shared.output(&port).at(at + RIGHT);
                let result = |rotation: usize, which: usize| output(format!("{}_{rotation}", ["x", "y"][which]));
                let flags = [0, 1].map(|rotation| output(format!("overflow_{rotation}")));
                Rotated { block: results(&result), flags: Flags::Shared(flags) }
            }
            Self::Complex { modules, begins, of_matrix, turn } => {
                let at = stage(coefficients);
                let is_left = hand == Hand::Left;
                // From the right, the columns of A are rotated by the conjugates.
                let conjugate = if is_left { m.one_bit(false) } else { of_matrix.delayed_to(at) };
                let rotators = [0, 1].map(|rotation| {
                    let mut ports = vec![
                        ("begins", begins.delayed_to(at)),
                        ("x", of(rotation, 0)),
                        ("y", of(rotation, 1)),
                        ("coefficients", coefficients),
                        ("conjugate", conjugate),
                    ];
                    if let Some((turn, of_y)) = turn.filter(|_| is_left) {
                        ports.extend([("turn", turn.delayed_to(at)), ("coefficients_y", of_y)]);
                    }
                    m.place(design, modules[usize::from(!is_left)], &format!("{}_{rotation}", hand.name()), &ports)
                });
                of_each(rotators)
            }
        }
    }
}
