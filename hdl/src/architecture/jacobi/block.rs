//! 2x2 blocks of signals, and what all datapaths draw alike to work on them.

use crate::architecture::number::each_component;
use crate::builder::{DesignBuilder, Instance, ModuleBuilder, Signal};
use crate::ir::ModuleId;
use crate::shape::Shape;

/// The elements of a 2x2 block by row and column: of A, or of two rows and two columns of Uᵀ or Vᵀ.
pub type Block<'m> = [[Signal<'m>; 2]; 2];

/// `other` while the condition holds and `own` otherwise; always `own` if there is no condition or no `other`.
pub fn select_if_present<'m>(condition: Option<Signal<'m>>, other: Option<Signal<'m>>, own: Signal<'m>) -> Signal<'m> {
    condition.zip(other).map_or(own, |(condition, other)| condition.select(other, own))
}

/// A block with an element for each (row, column).
pub fn block<'m>(element: impl Fn(usize, usize) -> Signal<'m>) -> Block<'m> {
    [0, 1].map(|r| [0, 1].map(|c| element(r, c)))
}

/// The pipeline stage of a signal.
pub fn stage(signal: Signal<'_>) -> u32 {
    signal.stage().expect("All signals of the datapath's pipeline have a stage.")
}

/// The other copy of the same context.
pub fn other_copy(copy: Signal<'_>) -> Signal<'_> {
    match copy.width() {
        1 => !copy,
        _ => copy.builder.concat(&[copy.bits_from(1), !copy.bit(0)]),
    }
}

/// An instance of the rotator for (x, y), with the coefficients of one word: (fine, k, s) side by side.
pub fn place_rotator<'m>(
    m: &'m ModuleBuilder,
    design: &DesignBuilder,
    rotator: ModuleId,
    name: &str,
    [x, y]: [Signal<'m>; 2],
    coefficients: Signal<'m>,
) -> Instance<'m> {
    let coef = (coefficients.width() - 1) / 2;
    let (fine, k, s) = (coefficients.sign(), coefficients.slice(coef, coef), coefficients.low_bits(coef));
    m.place(design, rotator, name, &[("x", x), ("y", y), ("k", k), ("s", s), ("fine", fine)])
}

/// An instance of the coefficient unit, fed with the angle of one side. Returns a word of coefficients: (fine, k, s)
/// side by side.
pub fn place_coefficient_unit<'m>(
    m: &'m ModuleBuilder,
    design: &DesignBuilder,
    unit: ModuleId,
    name: &str,
    angles: &Instance<'m>,
    side: &str,
) -> Signal<'m> {
    let angle = |part: &str| angles.output(&format!("{side}_{part}"));
    coefficient_word(m, design, unit, name, [angle("size"), angle("negative")])
}

/// An instance of the coefficient unit, fed with the size and the sign of an angle. Returns a word of coefficients.
pub fn coefficient_word<'m>(
    m: &'m ModuleBuilder,
    design: &DesignBuilder,
    unit: ModuleId,
    name: &str,
    [size, negative]: [Signal<'m>; 2],
) -> Signal<'m> {
    let unit = m.place(design, unit, name, &[("size", size), ("negative", negative)]);
    m.concat(&[unit.output("fine"), unit.output("k"), unit.output("s")])
}

/// The block of Uᵀ or Vᵀ in two words, or that of the identity matrix while `identity` is 1. `columns` is the number of
/// the pair of columns, and `row` the index of the row that each word holds at first. `name` is u or v.
pub fn vectors_or_identity<'m>(
    m: &'m ModuleBuilder,
    shape: &Shape,
    name: &str,
    words: [Signal<'m>; 2],
    (identity, columns): (Signal<'m>, Signal<'m>),
    row: impl Fn(usize) -> Signal<'m>,
) -> Block<'m> {
    let (vector, fraction) = (shape.components() * shape.vector_bits(), shape.vector_fraction());
    block(|r, c| {
        let index = row(r);
        let own = m.concat(&[columns, m.constant(1, c as i128)]).equals(index);
        let one = m.concat(&[m.zero(vector - 1 - fraction), own, m.zero(fraction)]);
        let element = identity.select(one, words[r].slice(c as u32 * vector, vector));
        each_component(shape, element, |part| part.sign_extend(shape.element_bits())).named(&format!("{name}_{r}{c}"))
    })
}

/// An instance of the coefficient unit of a complex core, fed with the vector of the angle unit. Returns a word of
/// coefficients: (fine, k, Re s, Im s) side by side.
pub fn complex_coefficient_word<'m>(
    m: &'m ModuleBuilder,
    design: &DesignBuilder,
    unit: ModuleId,
    angles: &Instance<'m>,
) -> Signal<'m> {
    let vector = ["re_size", "re_negative", "im_size", "im_negative"].map(|port| (port, angles.output(port)));
    let unit = m.place(design, unit, "coefficients", &vector);
    m.concat(&["fine", "k", "s_re", "s_im"].map(|port| unit.output(port)))
}

/// A line for the header comment of a module: the formats of A, U and V.
pub fn formats_of_matrices(shape: &Shape) -> String {
    format!(
        "A: {} bits, {} of them fraction. U, V: {} bits, {} of them fraction{}.",
        shape.element_bits(),
        shape.frac() + shape.inner_guard(),
        shape.vector_bits(),
        shape.vector_fraction(),
        if shape.complex() { "; of each component" } else { "" }
    )
}
