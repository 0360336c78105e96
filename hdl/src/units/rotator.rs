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
//! integer bits. Both forms are aligned to q + 9 fraction bits, so the sums have w + q + 10 bits. The result has w
//! bits. If a rotated number does not fit them, `overflow` is raised.

use super::rounder::add_and_round;
use crate::builder::{DesignBuilder, ModuleBuilder, Signal};
use crate::ir::ModuleId;

/// Additional fraction bits of cos - 1 in the fine form. Below 2^-4 rad its magnitude is below 2^-9.
pub const FINE_COSINE_SHIFT: u32 = 9;
/// Additional fraction bits of the sine in the fine form, where it is below 2^-4.
pub const FINE_SINE_SHIFT: u32 = 4;

/// Adds the rotator for data of `data` bits and coefficients of `coef` bits (signed, `coef - 1` fraction bits in the
/// coarse form).
///
/// Inputs are `x`, `y`, `k`, `s` and `fine`. Outputs are `x_rotated`, `y_rotated` and `overflow`.
pub fn rotator(design: &mut DesignBuilder, data: u32, coef: u32) -> ModuleId {
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
    let input = |name, width| m.input(name, width).at(0).registered(&format!("{name}_in"));
    let (x, y) = (input("x", data), input("y", data));
    let (k, s) = (input("k", coef), input("s", coef));
    let fine = input("fine", 1);

    let (kx, ky) = ((x * k).registered("kx"), (y * k).registered("ky"));
    let (sx, sy) = ((x * s).registered("sx"), (y * s).registered("sy"));

    let aligned = |product, shift_when_fine: u32, name: &str| aligned(product, fine, shift_when_fine, width, name);
    let (kx, ky) = (aligned(kx, 0, "kx_aligned"), aligned(ky, 0, "ky_aligned"));
    let sine_shift = FINE_COSINE_SHIFT - FINE_SINE_SHIFT;
    let (sx, sy) = (aligned(sx, sine_shift, "sx_aligned"), aligned(sy, sine_shift, "sy_aligned"));
    let sum_x = (kx - sy).registered("sum_x").note(format!("{fraction} fraction bits"));
    let sum_y = (ky + sx).registered("sum_y").note(format!("{fraction} fraction bits"));

    let base = |value, name: &str| fine.select(value, m.zero(data)).named(name);
    let x_rounded = add_and_round(base(x, "base_x"), sum_x, fraction).named("x_rounded");
    let y_rounded = add_and_round(base(y, "base_y"), sum_y, fraction).named("y_rounded");
    let overflow = (x_rounded.bit(data) ^ x_rounded.bit(data - 1)) | (y_rounded.bit(data) ^ y_rounded.bit(data - 1));
    m.output("x_rotated", x_rounded.low_bits(data).registered("x_out"));
    m.output("y_rotated", y_rounded.low_bits(data).registered("y_out"));
    m.output("overflow", overflow.registered("overflow_out"));
    design.add(m)
}

/// A product, aligned to the fraction bits of the sum. The shift depends on the form.
fn aligned<'m>(product: Signal<'m>, fine: Signal<'m>, shift_when_fine: u32, width: u32, name: &str) -> Signal<'m> {
    let at = |shift: u32| product.shifted_up(shift).sign_extend(width);
    fine.select(at(shift_when_fine), at(FINE_COSINE_SHIFT)).named(name)
}
