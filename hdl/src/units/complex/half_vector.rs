//! The half-vector unit: it computes atan(|h| / |denominator|) / 2 in the direction of a complex number h, to about 6
//! significant bits, without division or multiplication.
//!
//! As in the half-angle unit of real cores ([`crate::units::half_angle`]), logarithms take the place of products and
//! quotients. Let lr, li and ld be the base-2 logarithms of |Re h|, |Im h| and |denominator|.
//!
//! - log |h| = the larger of lr and li, plus a table of |lr - li|, which is log2(1 + 4^-r) / 2 at a difference of r
//!   octaves. Beyond 6 octaves the smaller component does not count.
//! - With rho = log |h| - ld, the logarithm of the half angle is rho plus a table of rho, for -5 <= rho < 9 octaves.
//!   Below it is rho - 1, and above it is that of pi / 4.
//! - The components of the result have the same direction as h. So their logarithms are that of the half angle plus
//!   lr - log |h| and li - log |h|. Wherever the half angle depends on rho, log |h| cancels.
//! - An antilogarithm is an entry of a table, shifted.
//!
//! A number h with both components of only a few units is rounding noise, and its angle is 0. A component that is 0
//! stays 0. In logarithms 0 counts as 2^(width - w), where w is the next power of two.
//!
//! Bit growth: a logarithm has LOG_BITS fraction bits. The components of half an angle never exceed pi / 4, with the
//! error of the tables 0.81, so that they have no bits above the fraction. With `whole` they are doubled: angles up to
//! pi / 2, which take one bit more.

use crate::builder::{DesignBuilder, ModuleBuilder};
use crate::ir::{ModuleId, bits_of};
use crate::units::half_angle::{MANTISSA_BITS, log_of, size_of};
use std::f64::consts::FRAC_PI_4;

/// Fraction bits of a logarithm.
pub const LOG_BITS: u32 = 9;
/// Tables of functions of a ratio have 2^STEP_BITS entries for an octave.
const STEP_BITS: u32 = 4;
/// Bits of the fraction of a logarithm by which the table of antilogarithms is indexed.
const ANTILOG_BITS: u32 = 7;
/// Bits of an entry of the table of antilogarithms after the leading one.
const ENTRY_BITS: u32 = 8;
/// Octaves of |lr - li| in the table of hypotenuses.
const HYPOTENUSE_OCTAVES: u32 = 6;
/// The first octave of rho in the table of arc tangents, negated, and the number of octaves.
const BELOW: u32 = 5;
const OCTAVES: u32 = 14;
/// Bits of an entry of that table, signed.
const ARC_BITS: u32 = 14;
/// Bits of the number of places by which an entry is shifted. With 2^SHIFT_BITS places nothing is left.
const SHIFT_BITS: u32 = 5;
/// One octave.
const OCTAVE: i128 = 1 << LOG_BITS;

/// Adds the half-vector unit for operands of `width` bits and angles of `angle` fraction bits.
///
/// Inputs are `re` and `im`, the components of h, the real number `denominator`, and `whole`, if the core has phases.
/// Outputs are `re_size` and `im_size` (`angle + 1` bits, unsigned), their signs `re_negative` and `im_negative`, for
/// which a denominator of 0 counts as positive; `log`, log2 |h| with [`LOG_BITS`] fraction bits; and `is_upright`, if
/// the denominator is 0. If both components of h are below 2^(noise - 1), the sizes are 0.
pub fn half_vector(design: &mut DesignBuilder, width: u32, angle: u32, noise: u32, has_phases: bool) -> ModuleId {
    let m = ModuleBuilder::new("half_vector");
    m.doc(format!(
        "(re_size, im_size) = atan(|h| / |denominator|) / 2 along h = (re, im), about 6 significant bits, {angle} fraction bits.\n\
         0 where both components of h are below {}. log = log2 |h|, {LOG_BITS} fraction bits. Operands: {width} bits, signed.",
        1 << (noise - 1)
    ));
    let input = |name: &str| m.input(name, width).at(0);
    let (h, denominator) = (["re", "im"].map(input), input("denominator"));
    let sizes = [0, 1].map(|part| size_of(h[part], ["re_size_in", "im_size_in"][part]));
    let is_noise = (sizes[0] | sizes[1]).bits_from(noise - 1).is(0).registered("is_noise");
    let logs = m.table("log2_table", LOG_BITS, log_entries(), vec![]);
    let of = [sizes[0], sizes[1], size_of(denominator, "denominator_size")];
    let [lr, li, ld] = [0, 1, 2].map(|k| {
        let log = log_of(&m, logs, of[k], ["re", "im", "denominator"][k]);
        log.zero_extend(log.width() + 1)
    });
    let width_of_log = lr.width();

    // log |h|.
    let difference = (lr - li).registered("difference").note("log2 of the ratio of both components, signed");
    let gap = difference.negated_if(difference.sign());
    let larger = difference.sign().select(li, lr).registered("larger_log");
    let steps = gap.bits_from(LOG_BITS - STEP_BITS);
    let hypotenuses = m.table("hypotenuse_table", ENTRY_BITS, hypotenuse_entries(), vec![]);
    let is_far = steps.bits_from(hypotenuses.address_width()).any().registered("is_far");
    let gap = steps.low_bits(hypotenuses.address_width()).registered("gap");
    let more = is_far.select(m.zero(ENTRY_BITS), hypotenuses.lookup(gap, None, "hypotenuse_entry"));
    let log = (larger + more.zero_extend(width_of_log)).registered("log_of_h");

    // The half angle as a function of rho.
    let rho = (log - ld).registered("rho").note("log2 of |h| / |denominator|, signed");
    let place = rho.plus(i128::from(BELOW) * OCTAVE).named("place");
    let octave = place.bits_from(LOG_BITS);
    let is_low = place.sign().registered("is_low");
    let is_high = (!octave.less_than(m.constant(octave.width(), OCTAVES.into())) & !place.sign()).registered("is_high");
    let arcs = m.table("arc_table", ARC_BITS, arc_entries(), vec![]);
    let arc = arcs.lookup(place.slice(LOG_BITS - STEP_BITS, arcs.address_width()), None, "arc_entry");
    // A block RAM returns its word late in the cycle.
    let arc = arc.registered("arc");
    let [low, high] = [-OCTAVE, eighth_turn_log()].map(|value| m.constant(ARC_BITS, value));
    let arc = is_high.select(high, is_low.select(low, arc)).sign_extend(width_of_log);

    // The components.
    let antilogs = m.table("antilog_table", ENTRY_BITS, antilog_entries(), vec![]);
    let whole = has_phases.then(|| m.input("whole", 1).at(0));
    let mut done = 0;
    for (part, own) in [lr, li].into_iter().enumerate() {
        let name = ["re", "im"][part];
        let share = is_high.select((own - log).registered(&format!("{name}_share")), own - ld);
        let exponent = (share.registered(&format!("{name}_ratio")) + arc).registered(&format!("{name}_angle_log"));
        let exponent = exponent.note("log2 of the component, signed, below 0");
        let index = exponent.slice(LOG_BITS - ANTILOG_BITS, ANTILOG_BITS);
        let entry = antilogs.lookup(index, None, &format!("{name}_antilog_entry"));
        let entry = entry.registered(&format!("{name}_antilog"));
        // The entry stands for 1/2 to 1. It is shifted by one place less for each octave, and for a whole angle.
        let octaves = !exponent.bits_from(LOG_BITS);
        let is_half = whole.map_or(m.one_bit(true), |whole| !whole);
        let places = (octaves + is_half.zero_extend(octaves.width())).registered(&format!("{name}_places"));
        let vanishes = places.bits_from(SHIFT_BITS).any().registered(&format!("{name}_vanishes"));
        let is_nothing = !sizes[part].any().registered(&format!("{name}_is_not_zero"));
        let top = m.concat(&[m.one_bit(true), entry, m.zero(angle - ENTRY_BITS)]);
        let size = top.shift_right(places.low_bits(SHIFT_BITS));
        let size = (is_noise | is_nothing | vanishes).select(m.zero(angle + 1), size);
        let size = size.registered(&format!("{name}_size_out"));
        m.output(&format!("{name}_size"), size);
        let negative = h[part].sign() ^ denominator.sign();
        m.output(&format!("{name}_negative"), negative.delayed_to(size.stage().unwrap_or(0)));
        done = size.stage().unwrap_or(0);
    }
    m.output("log", log.delayed_to(done));
    m.output("is_upright", (!of[2].any()).registered("is_upright").delayed_to(done));
    design.add(m)
}

/// log2(1 + m / 256) for all mantissas m, taken at the middle of each interval.
fn log_entries() -> Vec<u128> {
    entries(1 << MANTISSA_BITS, |m| (1.0 + m / f64::from(1 << MANTISSA_BITS)).log2() * OCTAVE as f64)
}

/// log2 sqrt(1 + 4^-r) for differences of r octaves.
fn hypotenuse_entries() -> Vec<u128> {
    let entry = |step: f64| (1.0 + (-2.0 * step / f64::from(1 << STEP_BITS)).exp2()).log2() / 2.0 * OCTAVE as f64;
    let mut all = entries(HYPOTENUSE_OCTAVES << STEP_BITS, entry);
    all.resize(all.len().next_power_of_two(), 0);
    all
}

/// log2(atan(2^rho) / 2) - rho from rho = -[`BELOW`] on. The first entry is the limit.
fn arc_entries() -> Vec<u128> {
    let entry = |step: f64| {
        let rho = step / f64::from(1 << STEP_BITS) - f64::from(BELOW);
        (rho.exp2().atan().log2() - rho - 1.0) * OCTAVE as f64
    };
    let first = bits_of(-OCTAVE, ARC_BITS);
    let rest = middles(OCTAVES << STEP_BITS).skip(1).map(|step| bits_of(nearest(entry(step)), ARC_BITS));
    std::iter::once(first).chain(rest).collect()
}

/// 2^f with [`ENTRY_BITS`] fraction bits, without the leading one.
fn antilog_entries() -> Vec<u128> {
    let scale = f64::from(1 << ENTRY_BITS);
    entries(1 << ANTILOG_BITS, |f| (f / f64::from(1 << ANTILOG_BITS)).exp2() * scale - scale)
}

/// log2(pi / 4).
fn eighth_turn_log() -> i128 {
    nearest(FRAC_PI_4.log2() * OCTAVE as f64)
}

/// Entries for `count` intervals, each the function at the middle of its interval, rounded to nearest.
fn entries(count: u32, of: impl Fn(f64) -> f64) -> Vec<u128> {
    middles(count).map(|middle| nearest(of(middle)) as u128).collect()
}

fn middles(count: u32) -> impl Iterator<Item = f64> {
    (0..count).map(|k| f64::from(k) + 0.5)
}

fn nearest(value: f64) -> i128 {
    value.round_ties_even() as i128
}
