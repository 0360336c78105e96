//! The rotator: it rotates (x, y) by one angle with four multiplications. Each result is rounded once.
//!
//! There are two forms of coefficients (see [`super::coefficients`]). With q fraction bits of a coefficient:
//!
//! | form | x' | y' | k | s |
//! |---|---|---|---|---|
//! | coarse | k x - s y | k y + s x | cos, q fraction bits | sin, q fraction bits |
//! | fine | x + k x - s y | y + k y + s x | cos - 1, q + 9 fraction bits | sin, q + 4 fraction bits |
//!
//! Bit growth: for w-bit data and a plane rotation, a sum of two products is below sqrt(2) 2^(w-1), which takes w + 1
//! integer bits. The sum of the coarse form has q fraction bits, that of the fine form q + 9, and either fits w + q + 6
//! bits, since k is small in the fine form. When both are aligned to q + 9 fraction bits, they have w + q + 10 bits.
//! The result has w bits. If a rotated number does not fit them, `overflow` is raised.

use super::depth::Depth;
use super::multiplier::{Form, multiplier};
use super::rounder::add_and_round_from_half;
use crate::builder::{DesignBuilder, ModuleBuilder, Signal};
use crate::ir::ModuleId;

/// Additional fraction bits of cos - 1 in the fine form. Below 2^-4 rad its magnitude is below 2^-9.
pub const FINE_COSINE_SHIFT: u32 = 9;
/// Additional fraction bits of the sine in the fine form, where it is below 2^-4.
pub const FINE_SINE_SHIFT: u32 = 4;

/// Adds the rotator for data of `data` bits and coefficients of `coef` bits (signed, `coef - 1` fraction bits in the
/// coarse form).
///
/// In a deep pipeline the multipliers have registers between the sums of their partial products.
///
/// Inputs are `x`, `y`, `k`, `s` and `fine`. Outputs are `x_rotated`, `y_rotated` and `overflow`.
pub fn rotator(design: &mut DesignBuilder, data: u32, coef: u32, depth: Depth) -> ModuleId {
    let form = Form { a: data, b: coef, registers: if depth.is_deep() { 3 } else { 2 } };
    let unit = multiplier(design, form);
    let m = ModuleBuilder::new("rotator");
    let fraction = coef - 1 + FINE_COSINE_SHIFT;
    let width = data + fraction + 1;
    m.doc(format!(
        "Plane rotation (x, y) -> (x_rotated, y_rotated), rounded to nearest, ties to even.\n\
         coarse (fine = 0): x' = k x - s y,     y' = k y + s x;     k, s with {} fraction bits\n\
         fine   (fine = 1): x' = x + k x - s y, y' = y + k y + s x; k with {}, s with {} fraction bits\n\
         Data: {data} bits, signed. Sums: {width} bits, {fraction} of them fraction. Four multipliers of {data} x {coef} bits.",
        coef - 1,
        fraction,
        coef - 1 + FINE_SINE_SHIFT,
    ));
    let input = |name, width| m.input(name, width).at(0);
    let (x, y) = (input("x", data), input("y", data));
    let (k, s) = (input("k", coef), input("s", coef));
    let fine = input("fine", 1);

    let product = |name, a, b| m.place(design, unit, name, &[("a", a), ("b", b)]).output("product");
    let (kx, ky) = (product("kx", x, k), product("ky", y, k));
    let (sx, sy) = (product("sx", x, s), product("sy", y, s));

    // In the coarse form all products have the same number of fraction bits. In the fine form those with k have more.
    let sine_shift = FINE_COSINE_SHIFT - FINE_SINE_SHIFT;
    let narrow = data + coef + sine_shift;
    let of_sine = [sx, sy].map(|product| fine.select(product.shifted_up(sine_shift), product.sign_extend(narrow)));
    let (sx, sy) = (of_sine[0].named("sx_aligned"), of_sine[1].named("sy_aligned"));
    let sum_x = (kx.sign_extend(narrow) - sy).registered("sum_x").note("fraction bits as of k");
    let sum_y = (ky.sign_extend(narrow) + sx).registered("sum_y").note("fraction bits as of k");

    let done = kx.stage().unwrap_or(0);
    let [x_rounded, y_rounded] = [(x, sum_x), (y, sum_y)].map(|(own, sum)| {
        let base = fine.select(own.delayed_to(done), m.zero(data)).registered("base").note("added in the fine form");
        rounded(base, sum, fine, coef - 1, FINE_COSINE_SHIFT)
    });
    let (x_rounded, y_rounded) = (x_rounded.named("x_rounded"), y_rounded.named("y_rounded"));
    let overflow = (x_rounded.bit(data) ^ x_rounded.bit(data - 1)) | (y_rounded.bit(data) ^ y_rounded.bit(data - 1));
    m.output("x_rotated", x_rounded.low_bits(data).registered("x_out"));
    m.output("y_rotated", y_rounded.low_bits(data).registered("y_out"));
    m.output("overflow", overflow.registered("overflow_out"));
    design.add(m)
}

/// `base` plus a sum that has `fraction` fraction bits in the coarse form and `shift` more in the fine form, rounded.
/// The result has one bit more than the base.
pub fn rounded<'m>(base: Signal<'m>, sum: Signal<'m>, fine: Signal<'m>, fraction: u32, shift: u32) -> Signal<'m> {
    let with = base.width() + fraction + 1;
    // Both forms are aligned to the same fraction bits, but only from half a unit upwards: whether the bits below are
    // those of a tie is decided for each form.
    let coarse = sum.low_bits(with).bits_from(fraction - 1);
    let halves = fine.select(sum.sign_extend(with + shift).bits_from(fraction + shift - 1), coarse).named("halves");
    // In either form a tie has zeros in the low bits, and then a one below the unit.
    let zeros = (!sum.low_bits(fraction - 1).any()).named("low_zeros");
    let above = sum.slice(fraction - 1, shift + 1);
    let tie = zeros & fine.select(above.is(1 << shift), above.bit(0));
    add_and_round_from_half(base, halves, tie)
}
