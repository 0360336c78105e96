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
//! S and D are found by two half-angle units, or by one that takes both in turn ([`Pace`]).
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

/// How often an angle unit takes a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// A block in every cycle.
    EveryCycle,
    /// A block in every other cycle, at most. One half-angle unit then serves for S and D, and one coefficient unit for
    /// left and right.
    EveryOtherCycle,
}

/// Fraction bits of an angle for coefficients of `coef` bits.
pub fn angle_fraction(coef: u32) -> u32 {
    coef - 1 + FINE_BITS
}

/// Adds the angle unit for data of `data` bits and angles of `angle` fraction bits.
///
/// Inputs are `a`, `b`, `c`, `d` and, for [`Form::Any`], `tall`. Outputs are the magnitudes `left_size` and
/// `right_size` (`angle + 1` bits, unsigned, in rad), their signs `left_negative` and `right_negative`, and `settled`.
///
/// With [`Pace::EveryOtherCycle`] there is another input, `takes`: a block comes, and none comes in the next cycle. The
/// outputs `size` and `negative` are then those of the left angle, and one cycle later those of the right one.
/// Symmetric matrices have one angle per block, so that their unit takes a block in every cycle.
pub fn angle_unit(
    design: &mut DesignBuilder,
    data: u32,
    angle: u32,
    limits: Limits,
    form: Form,
    (depth, pace): (Depth, Pace),
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
    draw(&m, design, half, (data, angle), limits, form, pace);
    design.add(m)
}

/// The elements a, b, c and d of a block.
type Elements<'m> = [Signal<'m>; 4];
/// S and D: size and sign of each.
type Halves<'m> = [(Signal<'m>, Signal<'m>); 2];

/// Draws the angle unit for all forms but symmetric matrices.
fn draw<'m>(
    m: &'m ModuleBuilder,
    design: &DesignBuilder,
    half: ModuleId,
    (data, angle): (u32, u32),
    limits: Limits,
    form: Form,
    pace: Pace,
) {
    let input = |name| m.input(name, data).at(0);
    let block = ["a", "b", "c", "d"].map(input);
    let takes = (pace == Pace::EveryOtherCycle).then(|| m.input("takes", 1).at(0).flag());
    // What follows from a block stays for two cycles.
    let kept = |signal: Signal<'m>, name: &str| match takes {
        None => signal.registered(name),
        Some(takes) => {
            let stage = signal.stage().expect("All signals of the unit have a stage.");
            signal.kept_when(takes.delayed_to(stage), name)
        }
    };
    let (halves, block) = match takes {
        None => (halves_at_once(m, design, half, block), block),
        Some(takes) => halves_in_turn(m, design, half, block, takes),
    };
    let [(s, s_negative), (d, d_negative)] = halves;
    let skew_larger = (block[1].sign() ^ block[2].sign()).named("skew_larger");
    let free = || (!(block[0].any() | block[3].any())).named("no_diagonal");
    let d_negative = match form {
        Form::Wide => free().select(s_negative, d_negative),
        Form::Tall => free().select(!s_negative, d_negative),
        Form::Any => free().select(s_negative ^ m.input("tall", 1).at(0), d_negative),
        Form::Square | Form::Symmetric => d_negative,
    };
    let at = s.stage().unwrap_or(0);
    let skew_larger = kept(skew_larger.delayed_to(at), "skew_is_larger");
    let opposite = kept(s_negative ^ d_negative, "opposite");
    let total = kept(s.zero_extend(angle + 1) + d.zero_extend(angle + 1), "total").note("|S| + |D|");
    let delta = kept(s.zero_extend(angle + 1) - d.zero_extend(angle + 1), "delta").note("|S| - |D|, signed");
    let large = total.bits_from(angle - FINE_BITS).any();
    let one_is_small = is_below(s, FINE_BITS + 1) | is_below(d, FINE_BITS + 1);
    let one_is_small = kept(one_is_small & s.any() & d.any(), "one_is_small");
    let only_one = large & one_is_small;
    let use_s = (!(only_one & skew_larger)).named("use_s");
    let use_d = (!(only_one & !skew_larger)).named("use_d");

    let delta_size = delta.negated_if(delta.sign()).named("delta_size");
    let both = use_s & use_d;
    let single = use_s.select(kept(s, "s_size"), kept(d, "d_size")).zero_extend(angle + 1);
    let s_sign = kept(s_negative, "s_negative");
    let d_sign = kept(d_negative, "d_negative");
    let delta_sign = s_sign ^ delta.sign();
    // One of both angles has the size |S| + |D|: the left one, S - D, if S and D have opposite signs, and else the
    // right one, S + D. If S or D is used alone, S turns both sides by S, and D turns the left side by -D.
    let size = |adds: Signal<'m>| both.select(adds.select(total, delta_size), single);
    let sign = |adds: Signal<'m>, d_sign: Signal<'m>| {
        both.select(adds.select(s_sign, delta_sign), use_s.select(s_sign, d_sign))
    };
    let done = both.stage().unwrap_or(0);
    match takes {
        None => {
            for (side, adds, d_sign) in [("left", opposite, !d_sign), ("right", !opposite, d_sign)] {
                m.output(&format!("{side}_size"), size(adds).registered(&format!("{side}_size_out")));
                m.output(&format!("{side}_negative"), sign(adds, d_sign).registered(&format!("{side}_negative_out")));
            }
        }
        Some(takes) => {
            let is_left = takes.delayed_to(done).named("is_left");
            let adds = (opposite ^ !is_left).named("adds");
            m.output("size", size(adds).registered("size_out"));
            m.output("negative", sign(adds, d_sign ^ is_left).registered("negative_out"));
        }
    }
    let settled = is_below(s, limits.settled_bits) & is_below(d, limits.settled_bits);
    m.output("settled", settled.registered("settled").delayed_to(done + 1));
}

/// S and D of a block, each with its sign: two units compute them at the same time.
fn halves_at_once<'m>(m: &'m ModuleBuilder, design: &DesignBuilder, half: ModuleId, block: Elements<'m>) -> Halves<'m> {
    let [a, b, c, d] = block.map(|element| element.sign_extend(element.width() + 1));
    let place = |name, numerator, denominator| {
        outputs(&m.place(design, half, name, &[("numerator", numerator), ("denominator", denominator)]))
    };
    [place("half_sum", b + c, d - a), place("half_difference", c - b, d + a)]
}

/// S and D of a block that is taken: one unit computes S, and in the next cycle D. Returns the block as well, as it
/// stands in the first of these cycles.
///
/// The block is kept for both of them. For D, b and -a change their signs: their registers take the complement. Below
/// its lowest bit, such a register has the bit that becomes the carry of the sum, which adds the 1 that a complement
/// lacks.
fn halves_in_turn<'m>(
    m: &'m ModuleBuilder,
    design: &DesignBuilder,
    half: ModuleId,
    [a, b, c, d]: Elements<'m>,
    takes: Signal<'m>,
) -> (Halves<'m>, Elements<'m>) {
    let width = a.width();
    let is_second = takes.delayed_to(1).untimed();
    let complemented = |signal: Signal<'m>, carry: bool, name: &str| {
        let register = m.register(name, width + 1).enabled_by((takes | is_second).untimed());
        let signal = m.concat(&[signal, m.one_bit(carry)]);
        register.drive(takes.select(signal, !register.value()));
        register.value().at(1)
    };
    let minus_a = complemented(!a, true, "minus_a").note("-a, then a: the lowest bit is a carry");
    let b = complemented(b, false, "b_kept").note("b, then -b: the lowest bit is a carry");
    let (c, d) = (c.kept_when(takes, "c_kept"), d.kept_when(takes, "d_kept"));
    let sum = |x: Signal<'m>, y: Signal<'m>| {
        let x = m.concat(&[x, m.one_bit(true)]);
        (x.sign_extend(width + 2) + y.sign_extend(width + 2)).bits_from(1)
    };
    let operands = [("numerator", sum(c, b)), ("denominator", sum(d, minus_a))];
    let (size, negative) = outputs(&m.place(design, half, "half", &operands));
    let found = size.stage().unwrap_or(0);
    let in_next_cycle = |signal: Signal<'m>| signal.untimed().at(found + 1);
    let sum = (size.registered("sum_size"), negative.registered("sum_negative"));
    let block = [!minus_a.bits_from(1), b.bits_from(1), c, d];
    ([sum, (in_next_cycle(size), in_next_cycle(negative))], block)
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
