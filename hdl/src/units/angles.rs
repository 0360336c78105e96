//! The angle unit: it computes the left and the right rotation angle of a diagonal 2x2 block (a b; c d).
//!
//! The method is that of Forsythe and Henrici (1960), written with half angles: S removes b + c and D removes c - b.
//! The left angle is S - D and the right angle is S + D. S and D are rounded to about 8 significant bits. Their sum and
//! difference are not rounded again.
//!
//! If a resulting angle is large, it is taken from a table and is therefore inexact. If in this case S or D is small
//! but not 0, only one of them is applied: the one whose part of the off-diagonal is larger. The other waits for the
//! next sweep. Without this rule, matrices with equal or clustered singular values would never settle, because left and
//! right would take different entries of the table.
//!
//! If b + c is only a few units, it is left alone, and S is 0. The same holds for c - b and D.
//!
//! Bit growth: b + c and d - a have one bit more than the data. S and D are at most pi / 4. Left and right are at most
//! pi / 2, which takes one bit more.

use super::depth::Depth;
use super::half_angle::half_angle;
use super::norm_exact::FINE_BITS;
use crate::builder::{DesignBuilder, Instance, ModuleBuilder, Signal};
use crate::ir::ModuleId;

/// The limits below which angles are too small to matter. Both were found by measurement, see
/// `docs/decisions/0002-arithmetic.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// If |b + c| or |c - b| is below 2^(noise_bits - 1) units of the last place, it counts as noise and is not rotated
    /// away.
    pub noise_bits: u32,
    /// A block with |S| and |D| below 2^-settled_bits rad counts as settled.
    pub settled_bits: u32,
}

/// The form that all matrices of a core share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Square matrices, without rows or columns of padding that must stay zero.
    Square,
    /// Matrices with rows of zeros at the end, which stay exactly zero: in a block with such a row, S = D, so that the
    /// left angle is 0. If both diagonal elements are 0, the signs of S and D are arbitrary and are chosen equal.
    Wide,
    /// Matrices with columns of zeros at the end, which stay exactly zero: in a block with such a column, S = -D, so
    /// that the right angle is 0.
    Tall,
    /// Wide or tall matrices, as the input `tall` says.
    Any,
    /// Symmetric matrices: D = 0, and both sides are rotated by the same angle.
    Symmetric,
}

/// Fraction bits of an angle for coefficients of `coef` bits.
pub fn angle_fraction(coef: u32) -> u32 {
    coef - 1 + FINE_BITS
}

/// Adds the angle unit for data of `data` bits and angles of `angle` fraction bits.
///
/// Inputs are `a`, `b`, `c`, `d` and, for [`Form::Any`], `tall`. Outputs are the magnitudes `left_size` and
/// `right_size` (`angle + 1` bits, unsigned, in rad), their signs `left_negative` and `right_negative`, and `settled`.
pub fn angle_unit(
    design: &mut DesignBuilder,
    data: u32,
    angle: u32,
    limits: Limits,
    form: Form,
    depth: Depth,
) -> ModuleId {
    if form == Form::Symmetric {
        return symmetric_angle_unit(design, data, angle, limits, depth);
    }
    let half = half_angle(design, data + 1, angle, limits.noise_bits, depth);
    let m = ModuleBuilder::new("angle_unit");
    m.doc(format!(
        "Rotation angles of the block (a b; c d): left = S - D, right = S + D, {angle} fraction bits.\n\
         S = atan((b + c) / (d - a)) / 2, D = atan((c - b) / (d + a)) / 2.\n\
         Where one is large and the other small, the smaller part waits. settled: S and D below 2^-{} rad. Data: {data} bits, signed.",
        limits.settled_bits
    ));
    let input = |name| m.input(name, data).at(0).sign_extend(data + 1);
    let (a, b, c, d) = (input("a"), input("b"), input("c"), input("d"));
    let place = |name, numerator, denominator| {
        m.place(design, half, name, &[("numerator", numerator), ("denominator", denominator)])
    };
    let sum = place("half_sum", b + c, d - a);
    let difference = place("half_difference", c - b, d + a);
    let skew_larger = (b.sign() ^ c.sign()).named("skew_larger");

    let free = || (!(a.any() | d.any())).named("no_diagonal");
    let (s, s_negative) = outputs(&sum);
    let (d, d_negative) = outputs(&difference);
    let d_negative = match form {
        Form::Wide => free().select(s_negative, d_negative),
        Form::Tall => free().select(!s_negative, d_negative),
        Form::Any => free().select(s_negative ^ m.input("tall", 1).at(0), d_negative),
        Form::Square | Form::Symmetric => d_negative,
    };
    let opposite = (s_negative ^ d_negative).registered("opposite");
    let total = (s.zero_extend(angle + 1) + d.zero_extend(angle + 1)).registered("total").note("|S| + |D|");
    let delta = (s.zero_extend(angle + 1) - d.zero_extend(angle + 1)).registered("delta").note("|S| - |D|, signed");
    let large = total.bits_from(angle - FINE_BITS).any();
    let one_is_small = is_below(s, FINE_BITS + 1) | is_below(d, FINE_BITS + 1);
    let one_is_small = (one_is_small & s.any() & d.any()).registered("one_is_small");
    let only_one = large & one_is_small;
    let use_s = (!(only_one & skew_larger)).named("use_s");
    let use_d = (!(only_one & !skew_larger)).named("use_d");

    let delta_size = delta.negated_if(delta.sign()).named("delta_size");
    let both = use_s & use_d;
    let single = use_s.select(s.registered("s_size"), d.registered("d_size")).zero_extend(angle + 1);
    let left = both.select(opposite.select(total, delta_size), single).registered("left_size_out");
    let right = both.select(opposite.select(delta_size, total), single).registered("right_size_out");
    // S alone turns both sides by S; D alone turns the left side by -D.
    let s_sign = s_negative.registered("s_negative");
    let d_sign = d_negative.registered("d_negative");
    let delta_sign = s_sign ^ delta.sign();
    let left_sign = both.select(opposite.select(s_sign, delta_sign), use_s.select(s_sign, !d_sign));
    let right_sign = both.select(opposite.select(delta_sign, s_sign), use_s.select(s_sign, d_sign));
    let settled = is_below(s, limits.settled_bits) & is_below(d, limits.settled_bits);
    m.output("left_size", left);
    m.output("left_negative", left_sign.registered("left_negative_out"));
    m.output("right_size", right);
    m.output("right_negative", right_sign.registered("right_negative_out"));
    m.output("settled", settled.registered("settled").delayed_to(left.stage().unwrap_or(0)));
    design.add(m)
}

/// The angle unit for symmetric matrices. Both sides are rotated by S. The elements b and c of a block may differ
/// slightly by rounding, which is ignored.
fn symmetric_angle_unit(design: &mut DesignBuilder, data: u32, angle: u32, limits: Limits, depth: Depth) -> ModuleId {
    let half = half_angle(design, data + 1, angle, limits.noise_bits, depth);
    let m = ModuleBuilder::new("angle_unit");
    m.doc(format!(
        "Rotation angle of the block (a b; c d) of a symmetric matrix, for both sides, {angle} fraction bits.\n\
         S = atan((b + c) / (d - a)) / 2. settled: S below 2^-{} rad. Data: {data} bits, signed.",
        limits.settled_bits
    ));
    let input = |name| m.input(name, data).at(0).sign_extend(data + 1);
    let (a, b, c, d) = (input("a"), input("b"), input("c"), input("d"));
    let sum = m.place(design, half, "half_sum", &[("numerator", b + c), ("denominator", d - a)]);
    let (s, negative) = outputs(&sum);
    let settled = is_below(s, limits.settled_bits).registered("settled");
    let size = s.zero_extend(angle + 1).registered("size");
    let negative = negative.registered("negative");
    for side in ["left", "right"] {
        m.output(&format!("{side}_size"), size);
        m.output(&format!("{side}_negative"), negative);
    }
    m.output("settled", settled);
    design.add(m)
}

/// The magnitude and the sign that a half-angle unit computes.
fn outputs<'m>(unit: &Instance<'m>) -> (Signal<'m>, Signal<'m>) {
    (unit.output("size"), unit.output("negative"))
}

/// Whether an angle, all of whose bits are fraction bits, is below 2^-bits rad.
fn is_below(size: Signal<'_>, bits: u32) -> Signal<'_> {
    size.bits_from(size.width() - bits).is(0)
}
