//! The complex rotator: it rotates a pair (x, y) of complex numbers by one complex angle with four multiplications in
//! each of three cycles. Each component of a result is one sum of three products, rounded once.
//!
//! x' = c x - s y and y' = conj(s) x + c y, where c is real, s is complex, and c² + |s|² = 1. By components:
//!
//! | result | with Re s | with Im s | with c |
//! |---|---|---|---|
//! | Re x' | - Re y | + Im y | Re x |
//! | Im x' | - Im y | - Re y | Im x |
//! | Re y' | + Re x | + Im x | Re y |
//! | Im y' | + Im x | - Re x | Im y |
//!
//! Each row is the work of one multiplier, from left to right. There are two forms of coefficients (see
//! [`super::coefficients`]), with q fraction bits of a coefficient:
//!
//! | form | x' | k | s |
//! |---|---|---|---|
//! | coarse | k x - s y | c, q fraction bits | q fraction bits |
//! | fine | x + k x - s y | c - 1, q + 6 fraction bits | q + 3 fraction bits |
//!
//! A rotator that turns rows ([`Phases::Turn`]) can also multiply x and y by two numbers of modulus 1, each with its
//! own coefficients: x' = c x - s x with s = i Im s. The product with Im s then takes the other component of the same
//! number. There is none with Re s, so that such operands may come every other cycle: the product with c is formed
//! while the next ones come.
//!
//! Bit growth: for components of w bits, each component of a result is below 2 * 2^(w-1), so that a sum of the coarse
//! form is below 2^(w+q). In the fine form |Re s| + |Im s| < 2^-3 and |k| < 2^-7, so that a sum with q + 6 fraction
//! bits is below 2^(w+q+3). Both fit w + q + 4 bits. If a rotated number does not fit w bits, `overflow` is raised.

use crate::builder::{DesignBuilder, ModuleBuilder, Signal};
use crate::ir::ModuleId;
use crate::units::depth::Depth;
use crate::units::multiplier::{Form, multiplier};
use crate::units::rotator::rounded;

/// Cycles in which a rotator takes its operands.
pub const CYCLES: u32 = 3;
/// The same where it multiplies by numbers of modulus 1. A rotator that does not turn, with a word of coefficients that
/// is fine and otherwise 0, lets its operands pass at this pace as well.
pub const FEWEST_CYCLES: u32 = 2;
/// Additional fraction bits of c - 1 in the fine form. Below 2^-3 rad its magnitude is below 2^-7.
pub const FINE_COSINE_SHIFT: u32 = 6;
/// Additional fraction bits of the sine in the fine form, where the sum of its components is below 2^-3.
pub const FINE_SINE_SHIFT: u32 = 3;

/// What a rotator does with operands that come every other cycle, where numbers of modulus 1 multiply rows.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Phases {
    /// There are none.
    Absent,
    /// It lets them pass.
    Pass,
    /// It multiplies them.
    Turn,
}

/// Adds the rotator for components of `data` bits and coefficients of `coef` bits. A complex number has its real part
/// in the low half.
///
/// `begins` is 1 in the cycle in which `x` and `y` come, at most every [`CYCLES`] cycles, or [`FEWEST_CYCLES`] as
/// explained there. `coefficients`, a word (fine, k, Re s, Im s), stays the same until other operands come. With
/// `conjugate`, the rotation takes conj(s) instead of s. A rotator that turns rows has the inputs `turn`, which says
/// that x and y are turned, and `coefficients_y`, a word (fine, k, Im s) for y.
///
/// The outputs are `x_rotated`, `y_rotated` and `overflow`.
pub fn complex_rotator(design: &mut DesignBuilder, (data, coef): (u32, u32), depth: Depth, phases: Phases) -> ModuleId {
    let registers = if depth.is_deep() { 3 } else { 2 };
    let unit = multiplier(design, Form { a: data, b: coef, registers });
    let turns = phases == Phases::Turn;
    let m = ModuleBuilder::new(if turns { "turning_complex_rotator" } else { "complex_rotator" });
    let fraction = coef - 1;
    m.doc(format!(
        "Rotation of a pair of complex numbers in {CYCLES} cycles, each component rounded to nearest, ties to even.\n\
         coarse (fine = 0): x' = k x - s y,     y' = k y + conj(s) x;     k, s with {fraction} fraction bits\n\
         fine   (fine = 1): x' = x + k x - s y, y' = y + k y + conj(s) x; k with {}, s with {} fraction bits\n\
         Components: {data} bits, signed, the real part in the low half. Four multipliers of {data} x {coef} bits.",
        fraction + FINE_COSINE_SHIFT,
        fraction + FINE_SINE_SHIFT,
    ));
    if turns {
        m.doc("turn = 1: x' = k x - i s x and y' = k y - i s y, where s is an imaginary part, each with its own coefficients.");
    }
    draw(&m, design, unit, (data, coef), registers, phases);
    design.add(m)
}

/// Draws the rotator. A product comes `registers` cycles after its operands.
fn draw<'m>(
    m: &'m ModuleBuilder,
    design: &DesignBuilder,
    unit: ModuleId,
    (data, coef): (u32, u32),
    registers: u32,
    phases: Phases,
) {
    let begins = m.input("begins", 1).at(0).flag();
    let later = |cycles: u32| begins.delayed_to(cycles).untimed();
    let second = later(1);
    // What comes with the operands and is needed in the two cycles after them.
    let held = |signal: Signal<'m>, name: &str| signal.kept_when(begins, name);
    let turn = (phases == Phases::Turn).then(|| m.input("turn", 1).at(0));
    // There is a product with Re s unless rows are turned: then it is that of the operands before with their c.
    let rotates =
        |begins: Signal<'m>, cycles: u32| turn.map_or(begins, |turn| begins & !turn.delayed_to(cycles).untimed());
    let has_first = rotates(begins.untimed(), 0);
    // One after the other, by cycle.
    let in_turn = |[first, between, last]: [Signal<'m>; 3]| has_first.select(first, second.select(between, last));
    let [fine, k, re, im] = word(m.input("coefficients", 3 * coef + 1), coef);
    let conjugate = m.input("conjugate", 1).at(0);
    let last = |k: Signal<'m>, name: &str| if turn.is_some() { held(k, name).untimed() } else { k };
    let of_x = (fine, in_turn([re, im, last(k, "k_held")]).named("coefficient"));
    let of_y = turn.map_or(of_x, |turn| {
        let own = m.input("coefficients_y", 2 * coef + 1);
        let turn = turn.untimed();
        let (k, im) = (turn.select(own.slice(coef, coef), k), turn.select(own.low_bits(coef), im));
        (turn.select(own.sign(), fine), in_turn([re, im, last(k, "k_of_y_held")]).named("coefficient_y"))
    });

    let operands = ["x", "y"].map(|name| {
        let number = m.input(name, 2 * data);
        [(number.low_bits(data), format!("{name}_re")), (number.bits_from(data), format!("{name}_im"))]
    });
    let numbers = [0, 1].map(|which| {
        [0, 1].map(|part| {
            let (new, name) = &operands[which][part];
            (*new, held(*new, name))
        })
    });
    let done = CYCLES + registers;
    let component = |which: usize, part: usize| {
        let name = &operands[which][part].1;
        let (other_new, _) = numbers[1 - which][part];
        let (across, own) = (numbers[1 - which][1 - part].1, numbers[which][part].1);
        let across = turn.map_or(across, |turn| turn.untimed().select(numbers[which][1 - part].1, across));
        let operand = in_turn([other_new, across, own]).named(&format!("{name}_operand"));
        let (fine, coefficient) = if which == 0 { of_x } else { of_y };
        let ports = [("a", operand.at(0)), ("b", coefficient.at(0))];
        let product = m.place(design, unit, &format!("{name}_product"), &ports).output("product").untimed();

        // The sum of the products with s. That with c has more fraction bits in the fine form.
        let width = data + coef + 3;
        let fine = fine.at(0);
        let [first, second, third] = [0, 1, 2].map(|phase| later(registers + phase));
        let starts = turn.map_or(first, |turn| {
            let turned = turn.delayed_to(registers + 1).untimed();
            rotates(first, registers) | (second & turned)
        });
        let first = rotates(first, registers);
        let of_im = conjugate.delayed_to(registers + 1).untimed();
        let of_im = second & if part == 0 { of_im } else { !of_im };
        let subtract = if which == 0 { first | of_im } else { of_im };
        let sum = m.register(&format!("{name}_sum"), width);
        let shifted = (third & fine.delayed_to(registers + 2).untimed()).named("shifts");
        let before = shifted.select(sum.value().shifted_up(FINE_SINE_SHIFT).low_bits(width), sum.value());
        let before = starts.select(m.zero(width), before);
        sum.drive(before.add_sub(product.sign_extend(width), subtract));

        // The number itself is needed one cycle before the sum is complete. In its register it would be overwritten.
        let fewest = if phases == Phases::Absent { CYCLES } else { FEWEST_CYCLES };
        let kept = own.kept_when(later(fewest), &format!("{name}_kept")).untimed();
        let kept = kept.at(done - 1 - (done - 1).saturating_sub(2 * fewest)).delayed_to(done - 1);
        let base = fine.delayed_to(done - 1).select(kept, m.zero(data)).registered("base");
        rounded(base, sum.value().at(done), fine.delayed_to(done), coef - 1, FINE_COSINE_SHIFT)
    };
    let results = [0, 1].map(|which| [0, 1].map(|part| component(which, part)));
    let leaves = |result: Signal<'m>| result.bit(data) ^ result.bit(data - 1);
    let overflow = results.into_iter().flatten().map(leaves).reduce(|a, b| a | b).expect("There are four results.");
    for (name, [re, im]) in ["x", "y"].into_iter().zip(results) {
        let number = m.concat(&[im.low_bits(data), re.low_bits(data)]);
        m.output(&format!("{name}_rotated"), number.registered(&format!("{name}_out")));
    }
    m.output("overflow", overflow.registered("overflow_out"));
}

/// The parts (fine, k, Re s, Im s) of a word of coefficients.
fn word(word: Signal<'_>, coef: u32) -> [Signal<'_>; 4] {
    [word.sign(), word.slice(2 * coef, coef), word.slice(coef, coef), word.low_bits(coef)]
}
