//! One rotator for the four rotations of a block, which take turns in it.
//!
//! The two left rotations of a block are chosen in the cycle in which its operands arrive and in the one after it.
//! Their results are the operands of the two right rotations, which are chosen [`RIGHT`] cycles later, and in the cycle
//! after that. [`RIGHT`] is 2 more than a multiple of 4. So if the blocks come at a distance of 4 cycles, or of a
//! multiple of that, the right rotations of a block are chosen while no left rotation of a later one is.
//!
//! The choice ends in registers, which share the logic cells of an FPGA with the multiplexers.

use super::depth::Depth;
use super::rotator::rotator;
use crate::builder::{DesignBuilder, ModuleBuilder};
use crate::ir::ModuleId;

/// Cycles from the left operands of a block to its left results, which is when its right operands are taken.
pub const RIGHT: u32 = 6;

/// Adds the shared rotator for data of `data` bits and coefficients of `coef` bits.
///
/// `begins` is 1 in the cycle in which a block comes. Its left operands are `left_x_c` and `left_y_c` for the rotation
/// c, 0 or 1. `left_coefficients` is a word (fine, k, s) that stays the same for two cycles. `right_x_i`, `right_y_i`
/// and `right_coefficients` are expected [`RIGHT`] cycles later.
///
/// The results of two rotations leave together, those on the left [`RIGHT`] cycles after their operands, and those on
/// the right as long after theirs: `x_0` and `y_0` of the first one, `x_1` and `y_1` of the second one, with
/// `overflow_0` and `overflow_1`.
pub fn shared_rotator(design: &mut DesignBuilder, data: u32, coef: u32) -> ModuleId {
    let unit = rotator(design, data, coef, Depth::Shallow);
    let m = ModuleBuilder::new("shared_rotator");
    m.doc(format!(
        "One rotator for a 2x2 block, at most every 4 cycles. Left rotations are chosen in the cycle of `begins` and in the next,\n\
         right rotations {RIGHT} cycles after them. The results of two rotations leave together, {RIGHT} cycles after the operands.\n\
         Data: {data} bits, signed. Coefficients: (fine, k, s), 2 x {coef} + 1 bits."
    ));
    let begins = m.input("begins", 1).note("left operands of a block are here");
    let operands = |side: &str| {
        let word = |name: &str, rotation: usize| m.input(&format!("{side}_{name}_{rotation}"), data);
        let rotations = [0, 1].map(|rotation| ["x", "y"].map(|name| word(name, rotation)));
        (rotations, m.input(&format!("{side}_coefficients"), 2 * coef + 1))
    };
    let (left, left_coefficients) = operands("left");
    let (right, right_coefficients) = operands("right");

    // 0 and 1: a first and a second rotation on the left; 2 and 3: on the right. Each `begins` is a phase 0.
    let phase = m.register("phase", 2).reset(0);
    phase.drive(begins.select(m.constant(2, 1), phase.value().plus(1)));
    let is_left = (begins | phase.value().is(1)).named("is_left");
    let is_second = (phase.value().bit(0) & !begins).named("is_second");
    let coefficients = is_left.select(left_coefficients, right_coefficients).registered("coefficients");
    let [x, y] = [0, 1].map(|k| {
        let name = ["x", "y"][k];
        let second = begins.select(left[1][k], right[1][k]).registered(&format!("second_{name}"));
        let first = begins.select(left[0][k], right[0][k]).named(&format!("first_{name}"));
        is_second.select(second, first).registered(name)
    });
    let (fine, k, s) = (coefficients.sign(), coefficients.slice(coef, coef), coefficients.low_bits(coef));
    let rotator = m.place(design, unit, "rotator", &[("x", x), ("y", y), ("k", k), ("s", s), ("fine", fine)]);

    let latency = design.module(unit).outputs.iter().find_map(|output| output.latency);
    assert_eq!(
        latency,
        Some(RIGHT - 2),
        "Rotations are chosen in one cycle, and the first result waits for the second."
    );
    for (output, port) in [("x_rotated", "x"), ("y_rotated", "y"), ("overflow", "overflow")] {
        let second = rotator.output(output);
        m.output(&format!("{port}_0"), second.registered(&format!("{port}_before")).at(RIGHT));
        m.output(&format!("{port}_1"), second.at(RIGHT));
    }
    design.add(m)
}
