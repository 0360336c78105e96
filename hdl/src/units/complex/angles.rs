//! The angle unit of complex cores: it computes the left and the right angle vector of a diagonal 2x2 block (a b; c d)
//! with real a and d.
//!
//! Let h = b + conj(c) and k = b - conj(c). The angle vectors, complex numbers in rad, are S = h/|h| atan(|h| / (d -
//! a)) / 2 and D = -k/|k| atan(|k| / (d + a)) / 2. The left vector is S - D and the right one is S + D. This is of
//! first order in S and D together, and exact for one of them alone. If everything is real, it is the rule of real
//! cores ([`crate::units::angles`]).
//!
//! A vector is coarse if |re| + |im| >= 2^-3 rad. If left or right is coarse, and S or D is small but neither is 0, or
//! |h| and |k| are more than 2 octaves apart, only one of S and D is applied: the one whose part of the block is
//! larger. The other waits for the next sweep. Without this rule, matrices with equal singular values or half the rank
//! never settle.
//!
//! In general, a and d are complex before the first step of a sweep. In that step a unit with phases computes instead
//! the two vectors i psi_a and i psi_d, such that rotations of a number by them make a and d real (`turn`).
//!
//! One half-vector unit computes S, and in the next cycle D.
//!
//! Hermitian matrices have D = 0, and both sides are rotated by S.
//!
//! Bit growth: h, k, d - a and d + a have one bit more than the data. S and D have components of at most 0.81, and
//! their sums take one bit more, as do the phases, which are at most pi / 2.

use super::half_vector::{LOG_BITS, half_vector};
use crate::builder::{DesignBuilder, Instance, ModuleBuilder, Signal};
use crate::ir::ModuleId;
use crate::units::angles::Limits;

/// Angle vectors with |re| + |im| below 2^-FINE_BITS rad are fine.
pub const FINE_BITS: u32 = 3;
/// S or D waits if h and k are more than 2^APART_BITS octaves apart.
const APART_BITS: u32 = 1;

/// What an angle unit is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Square matrices, with phases.
    Square,
    /// Matrices with rows of zeros at the end, which stay exactly zero: in a block with such a row, S = D, so that the
    /// left vector is 0. If both diagonal elements are 0, the signs of S and D are arbitrary and are chosen equal.
    Wide,
    /// Matrices with columns of zeros at the end, which stay exactly zero: in a block with such a column, S = -D, so
    /// that the right vector is 0.
    Tall,
    /// Hermitian matrices.
    Hermitian,
}

/// Fraction bits of the components of an angle vector for coefficients of `coef` bits.
pub fn angle_fraction(coef: u32) -> u32 {
    coef - 1 + FINE_BITS
}

/// A component of an angle vector: size and sign.
#[derive(Clone, Copy)]
struct Component<'m> {
    size: Signal<'m>,
    negative: Signal<'m>,
}

impl<'m> Component<'m> {
    fn each(self, change: impl Fn(Signal<'m>) -> Signal<'m>) -> Self {
        Self { size: change(self.size), negative: change(self.negative) }
    }
}

/// The real and the imaginary component.
type Vector<'m> = [Component<'m>; 2];

/// Adds the angle unit for components of `data` bits and angle vectors with `angle` fraction bits.
///
/// Inputs are the complex numbers `a`, `b`, `c` and `d`. Outputs are the components of an angle vector, `re_size` and
/// `im_size` (`angle + 1` bits, unsigned, in rad), `re_negative` and `im_negative`, and `settled`.
///
/// A unit for general matrices has another input, `takes`: a block comes, and none comes in the next cycle. With it
/// comes `turn`. The outputs are those of the left vector, and one cycle later those of the right one. Hermitian
/// matrices have one vector per block, so that their unit takes a block in every cycle.
pub fn complex_angle_unit(
    design: &mut DesignBuilder,
    (data, angle): (u32, u32),
    limits: Limits,
    form: Form,
) -> ModuleId {
    let half = half_vector(design, data + 1, angle, limits.noise_bits, form != Form::Hermitian);
    let m = ModuleBuilder::new("complex_angle_unit");
    match form {
        Form::Hermitian => hermitian(&m, design, half, (data, angle), limits),
        _ => general(&m, design, half, (data, angle), limits, form),
    }
    design.add(m)
}

/// The real and the imaginary part of the input `name`.
fn number<'m>(m: &'m ModuleBuilder, name: &str, data: u32) -> [Signal<'m>; 2] {
    let number = m.input(name, 2 * data).at(0);
    [number.low_bits(data), number.bits_from(data)]
}

/// The vector that a half-vector unit finds for conj(h).
fn conjugate_found<'m>(m: &'m ModuleBuilder, unit: &Instance<'m>) -> Vector<'m> {
    ["re", "im"].map(|part| Component {
        size: unit.output(&format!("{part}_size")),
        negative: unit.output(&format!("{part}_negative")) ^ m.one_bit(part == "im"),
    })
}

/// Draws the unit for Hermitian matrices. The elements b and conj(c) of a block may differ slightly by rounding, and a
/// and d may have small imaginary parts, which are ignored.
fn hermitian(m: &ModuleBuilder, design: &DesignBuilder, half: ModuleId, (data, angle): (u32, u32), limits: Limits) {
    m.doc(format!(
        "Angle vector of the block (a b; c d) of a Hermitian matrix, for both sides, {angle} fraction bits.\n\
         S = atan(|h| / (d - a)) / 2 along h = b + conj(c). settled: all components of S below 2^-{} rad.\n\
         Data: {data} bits, signed, the real part in the low half.",
        limits.settled_bits
    ));
    let wide = |name| number(m, name, data).map(|part| part.sign_extend(data + 1));
    let [[a, _], b, c, [d, _]] = ["a", "b", "c", "d"].map(wide);
    let [re, im, denominator] = [c[0] + b[0], c[1] - b[1], d - a];
    let ports = [
        ("re", re.registered("h_re")),
        ("im", im.registered("minus_h_im")),
        ("denominator", denominator.registered("difference")),
    ];
    let s = conjugate_found(m, &m.place(design, half, "half_vector", &ports));
    for (part, component) in ["re", "im"].into_iter().zip(s) {
        m.output(&format!("{part}_size"), component.size.registered(&format!("{part}_size_out")));
        m.output(&format!("{part}_negative"), component.negative.registered(&format!("{part}_negative_out")));
    }
    m.output("settled", is_settled(s, limits).registered("settled"));
}

/// Whether all components of a vector are below the limit.
fn is_settled<'m>([re, im]: Vector<'m>, limits: Limits) -> Signal<'m> {
    // A vector has one bit above its fraction.
    let is_below =
        |component: Component<'m>| component.size.bits_from(component.size.width() - 1 - limits.settled_bits).is(0);
    is_below(re) & is_below(im)
}

/// Draws the unit for general matrices.
fn general<'m>(
    m: &'m ModuleBuilder,
    design: &DesignBuilder,
    half: ModuleId,
    (data, angle): (u32, u32),
    limits: Limits,
    form: Form,
) {
    m.doc(format!(
        "Angle vectors of the block (a b; c d) with real a and d: left = S - D, and in the next cycle right = S + D.\n\
         S = atan(|h| / (d - a)) / 2 along h = b + conj(c), D = atan(|k| / (d + a)) / 2 along -k = conj(c) - b.\n\
         Where one vector is coarse and S and D differ much, the one with the smaller part waits.\n\
         turn = 1: left = i psi_a and right = i psi_d, the rotations that make a and d real.\n\
         settled: all components of S and D below 2^-{} rad. {angle} fraction bits.\n\
         Data: {data} bits, signed, the real part in the low half.",
        limits.settled_bits
    ));
    let takes = m.input("takes", 1).at(0).flag();
    let turn = m.input("turn", 1).at(0);
    let unit = operands(m, design, half, data, (takes, turn));
    let second = conjugate_found(m, &unit);
    let log = unit.output("log");

    // S has come one cycle before D.
    let found = second[0].size.stage().unwrap_or(0) + 1;
    let now = |signal: Signal<'m>| signal.untimed().at(found);
    let turn = turn.delayed_to(found);
    let placed = |vector: Vector<'m>| placed(m, vector, turn);
    let s = placed(second.map(|part| part.each(|signal| signal.registered("first"))));
    let d = second.map(|part| part.each(now));
    // Where d + a is 0, the sign of D is arbitrary, and it is that of k.
    let upright = unit.output("is_upright");
    let reversed = match form {
        Form::Wide | Form::Tall => {
            let [has_re, has_im] = s.map(|part| part.size.any());
            let is_free = upright.registered("first_is_upright") & now(upright) & (has_re | has_im);
            let [re, im] = [0, 1].map(|part| s[part].negative ^ d[part].negative);
            let opposite = has_re.select(re, im).named("are_opposite");
            let wanted = if form == Form::Tall { !opposite } else { opposite };
            is_free.select(wanted, now(upright))
        }
        _ => now(upright),
    };
    let reversed = (reversed & !turn).named("reversed");
    let d = d.map(|part| Component { negative: part.negative ^ reversed, ..part });
    let d = placed(d);
    let settled = (is_settled(s, limits) & is_settled(d, limits)).registered("is_settled");

    // Sums and differences of the sizes. Where S and D have opposite signs, the size of S - D is the sum.
    let name = |part: usize, of: &str| format!("{}_{of}", ["re", "im"][part]);
    let both = [0, 1].map(|part| {
        let (s, d) = (s[part], d[part]);
        let total = (s.size + d.size).registered(&name(part, "total")).note("|S| + |D|");
        let delta = (s.size - d.size).registered(&name(part, "delta")).note("|S| - |D|, signed");
        let opposite = (s.negative ^ d.negative).registered(&name(part, "opposite"));
        let delta_size = delta.negated_if(delta.sign()).registered(&name(part, "delta_size"));
        let delta_negative = s.negative ^ delta.sign();
        [opposite, !opposite].map(|adds| Component {
            size: adds.select(total, delta_size),
            negative: adds.select(s.negative, delta_negative),
        })
    });
    let [left, right] = [0, 1].map(|side| [both[0][side], both[1][side]]);

    // Whether only one of S and D is applied.
    let length = |[re, im]: Vector<'m>| re.size.zero_extend(angle + 2) + im.size.zero_extend(angle + 2);
    let is_small = |vector: Vector<'m>| length(vector).bits_from(angle - FINE_BITS - 1).is(0);
    let is_some = |[re, im]: Vector<'m>| re.size.any() | im.size.any();
    let ratio = log.registered("log_of_h") - now(log);
    let excess = ratio.negated_if(ratio.sign()).named("ratio_size");
    let skew_larger = ratio.sign().registered("skew_is_larger");
    let is_apart = m.constant(excess.width(), 1 << (LOG_BITS + APART_BITS)).less_than(excess);
    let differ = ((is_small(s) | is_small(d) | is_apart) & is_some(s) & is_some(d)).registered("differ");
    let is_coarse = |vector: Vector<'m>, name: &str| {
        let vector = vector.map(|part| part.each(|signal| signal.registered(name)));
        length(vector).bits_from(angle - FINE_BITS).any()
    };
    let coarse = is_coarse(left, "left") | is_coarse(right, "right");
    let only_one = (coarse & differ).registered("only_one");
    let use_both = (!only_one & !turn).named("use_both");
    let use_s = (!only_one | !skew_larger).named("use_s");
    let chosen = |sum: Vector<'m>, takes_s: Signal<'m>, is_left: bool, name: &str| {
        [0, 1].map(|part| {
            let (s, d) = (s[part], d[part]);
            let d_negative = if is_left { d.negative ^ !turn } else { d.negative };
            let single =
                Component { size: takes_s.select(s.size, d.size), negative: takes_s.select(s.negative, d_negative) };
            Component {
                size: use_both.select(sum[part].size, single.size),
                negative: use_both.select(sum[part].negative, single.negative),
            }
            .each(|signal| signal.named(&format!("{name}_next")))
        })
    };
    let left = chosen(left, use_s | turn, true, "left");
    let right = chosen(right, use_s & !turn, false, "right");
    let done = left[0].size.stage().unwrap_or(0);
    let is_left = takes.delayed_to(done).untimed();
    for (part, name) in ["re", "im"].into_iter().enumerate() {
        let (left, right) = (left[part], right[part]);
        let pick = |left: Signal<'m>, right: Signal<'m>, port: String| {
            let right = right.delayed_to(done).registered(&format!("right_{port}")).untimed();
            let next = is_left.select(left.delayed_to(done).untimed(), right);
            m.output(&port, next.at(done).registered(&format!("{port}_out")));
        };
        pick(left.size, right.size, format!("{name}_size"));
        pick(left.negative, right.negative, format!("{name}_negative"));
    }
    m.output("settled", settled.delayed_to(done + 1));
}

/// A vector as it is. If it is a phase, it has been found as a real number and becomes an imaginary one.
fn placed<'m>(m: &'m ModuleBuilder, [re, im]: Vector<'m>, turn: Signal<'m>) -> Vector<'m> {
    let zero = m.zero(re.size.width());
    let imaginary = Component { size: turn.select(re.size, im.size), negative: turn.select(re.negative, im.negative) };
    [Component { size: turn.select(zero, re.size), ..re }, imaginary]
}

/// Feeds the half-vector unit with conj(h) and d - a of a block that is taken, and in the next cycle with -conj(k) and
/// d + a. In a turn it is twice Im a and twice Re a, and then the same of d.
fn operands<'m>(
    m: &'m ModuleBuilder,
    design: &DesignBuilder,
    half: ModuleId,
    data: u32,
    (takes, turn): (Signal<'m>, Signal<'m>),
) -> Instance<'m> {
    let kept = |signal: Signal<'m>, name: &str| signal.kept_when(takes, name);
    let block = ["a", "b", "c", "d"].map(|name| {
        let [re, im] = number(m, name, data);
        [kept(re, &format!("{name}_re")), kept(im, &format!("{name}_im"))]
    });
    let turn = kept(turn, "turn_kept");
    let [a, b, c, d] = block.map(|number| number.map(|part| part.sign_extend(data + 1)));
    let is_first = takes.delayed_to(1).untimed();
    let twice = |part: usize| is_first.select(block[0][part], block[3][part]).shifted_up(1);
    let re = turn.select(twice(1), c[0].add_sub(b[0], !is_first));
    let im = turn.select(m.zero(data + 1), c[1].add_sub(b[1], is_first));
    let denominator = turn.select(twice(0), d[0].add_sub(a[0], is_first));
    let ports = [
        ("re", re.registered("re_operand")),
        ("im", im.registered("im_operand")),
        ("denominator", denominator.registered("denominator")),
        ("whole", turn.registered("whole")),
    ];
    m.place(design, half, "half_vector", &ports)
}
