//! The half-angle unit: it computes atan(|numerator / denominator|) / 2 to about 8 significant bits, without division
//! or multiplication.
//!
//! The base-2 logarithm of each operand consists of the position of its leading one and an entry of a table that is
//! indexed by the 8 bits after it. The difference r of the logarithms is the logarithm of the ratio, and another table
//! converts it to an angle. For ratios from 1/2 to 1 this table holds the angle itself. For smaller ratios it holds the
//! limit 2^-r / 2 for one octave, which is shifted for the further ones. The limit has an error of at most 8 %, which
//! costs no sweep, and the error vanishes for small angles, where accuracy matters.
//!
//! A numerator of only a few units is rounding noise, and its angle is 0.
//!
//! Bit growth: a logarithm has `exponent + LOG_BITS` bits, and the difference has one bit more. Angles have `angle`
//! fraction bits and never exceed pi / 4, so `angle` bits hold them.

use super::depth::Depth;
use crate::builder::{DesignBuilder, ModuleBuilder, Signal, Table};
use crate::ir::ModuleId;
use std::f64::consts::FRAC_PI_4;

/// Number of bits after the leading one that the logarithm takes into account.
pub(super) const MANTISSA_BITS: u32 = 8;
/// Fraction bits of a logarithm.
const LOG_BITS: u32 = 8;
/// Octaves of the ratio in the angle table. The last one holds the limit for small ratios.
const OCTAVES: u32 = 2;
/// Bits of an entry of the angle table. The angle times 2^octave is below 1/2, so the bits have the weights 2^-2 to
/// 2^-9.
const ENTRY_BITS: u32 = 8;
/// Fraction bits of an entry of the angle table.
const ENTRY_FRACTION: u32 = ENTRY_BITS + 1;

/// Adds the half-angle unit for operands of `width` bits and angles of `angle` fraction bits.
///
/// Outputs are `size`, the angle (`angle` bits, unsigned, at most pi / 4), and `negative`, whether numerator and
/// denominator have opposite signs. A numerator with a magnitude below 2^(noise - 1) gives the angle 0.
pub fn half_angle(design: &mut DesignBuilder, width: u32, angle: u32, noise: u32, depth: Depth) -> ModuleId {
    let m = ModuleBuilder::new("half_angle");
    m.doc(format!(
        "size = atan(|numerator / denominator|) / 2, about 8 significant bits, {angle} fraction bits.\n\
         0 where |numerator| < {}. negative = the fraction is below 0. Operands: {width} bits, signed.",
        1 << (noise - 1)
    ));
    let numerator = m.input("numerator", width).at(0);
    let denominator = m.input("denominator", width).at(0);
    let negative = numerator.sign() ^ denominator.sign();
    let numerator = size_of(numerator, "numerator_size");
    let is_noise = numerator.bits_from(noise - 1).is(0).registered("is_noise");
    let denominator = size_of(denominator, "denominator_size");

    let logs = m.table("log2_table", LOG_BITS, log_entries(), vec![]);
    let numerator_log = log_of(&m, logs, numerator, "numerator");
    let denominator_log = log_of(&m, logs, denominator, "denominator");
    let ratio_log = (numerator_log - denominator_log).registered("ratio_log").note("log2 of the ratio, signed");

    let steep = !ratio_log.sign() & ratio_log.any();
    let distance = ratio_log.negated_if(ratio_log.sign());
    // The table may be far away, where the device has its block RAM.
    let distance = match depth {
        Depth::Deep => distance.registered("ratio_log_size"),
        Depth::Shallow => distance.named("ratio_log_size"),
    };
    let octave = distance.bits_from(LOG_BITS);
    let row = octave.any();
    let angles = m.table("angle_table", ENTRY_BITS, angle_entries(), vec![]);
    let entry = angles.lookup(m.concat(&[row, distance.low_bits(LOG_BITS)]), None, "angle_entry");
    // A block RAM returns its word late in the cycle, and the shift and the difference that follow have long paths.
    let entry = entry.registered("entry");

    let shallow_angle = entry.zero_extend(angle).shifted_up(angle - ENTRY_FRACTION).low_bits(angle);
    let shallow_angle = shallow_angle.shift_right(octave.registered("octave")).named("shallow_angle");
    let quarter = m.constant(angle, quarter_turn_half(angle));
    let steep_angle = quarter - shallow_angle;
    let size = steep.registered("steep").select(steep_angle, shallow_angle);
    let size = is_noise.select(m.zero(angle), size).registered("angle_size");
    m.output("size", size);
    m.output("negative", negative.delayed_to(size.stage().unwrap_or(0)));
    design.add(m)
}

/// pi / 4 with `angle` fraction bits.
pub fn quarter_turn_half(angle: u32) -> i128 {
    (FRAC_PI_4 * f64::from(angle).exp2()).round() as i128
}

/// The magnitude of a signed value.
pub(super) fn size_of<'m>(value: Signal<'m>, name: &str) -> Signal<'m> {
    value.negated_if(value.sign()).registered(name).note("unsigned")
}

/// The base-2 logarithm of an unsigned value; 0 for the value 0. It has a leading zero, so that differences can be
/// signed.
pub(super) fn log_of<'m>(m: &'m ModuleBuilder, logs: Table<'m>, size: Signal<'m>, name: &str) -> Signal<'m> {
    let (exponent, mantissa) = leading_one(m, size);
    let exponent = exponent.registered(&format!("{name}_exponent"));
    let mantissa = mantissa.registered(&format!("{name}_mantissa"));
    let fraction = logs.lookup(mantissa, None, &format!("{name}_log_entry"));
    // A block RAM returns its word late in the cycle.
    let fraction = fraction.registered(&format!("{name}_log_fraction"));
    m.concat(&[m.zero(1), exponent, fraction])
}

/// The position of the leading one, and the [`MANTISSA_BITS`] bits after it (zeros below bit 0).
///
/// This is a binary search from the top. If the upper half of the window is zero, the lower half moves up, and the
/// corresponding bit of the position is 0.
fn leading_one<'m>(m: &'m ModuleBuilder, value: Signal<'m>) -> (Signal<'m>, Signal<'m>) {
    let levels = crate::ir::address_width(value.width());
    let mut window = value.shifted_up((1 << levels) - value.width());
    let mut exponent = Vec::new();
    for level in (0..levels).rev() {
        // The search is split where both parts have paths of about the same length.
        if level == levels.saturating_sub(3) {
            window = window.registered("window");
        }
        let step = 1 << level;
        let found = window.bits_from(window.width() - step).any();
        let moved = m.concat(&[window.low_bits(window.width() - step), m.zero(step)]);
        // Only the bits that later steps may still move into the mantissa are kept.
        let keep = (MANTISSA_BITS + step).min(window.width());
        window = found.select(window.bits_from(window.width() - keep), moved.bits_from(moved.width() - keep));
        exponent.push(found);
    }
    (m.concat(&exponent), window.slice(window.width() - 1 - MANTISSA_BITS, MANTISSA_BITS))
}

/// log2(1 + m / 256) for all m, taken at the middle of each interval and rounded down.
fn log_entries() -> Vec<u128> {
    let count = 1u32 << MANTISSA_BITS;
    let entry = |m: u32| ((1.0 + (f64::from(m) + 0.5) / f64::from(count)).log2() * f64::from(1 << LOG_BITS)).floor();
    (0..count).map(|m| entry(m) as u128).collect()
}

/// atan(2^-r) / 2 for r in [0, 1), then twice its limit 2^-r / 2 for r in [1, 2), with r in steps of 2^-LOG_BITS.
fn angle_entries() -> Vec<u128> {
    let ratio = |i: u32| (-f64::from(i) / f64::from(1 << LOG_BITS)).exp2();
    let half_angle = |i: u32| if i >> LOG_BITS == 0 { ratio(i).atan() / 2.0 } else { ratio(i) };
    let entry = |i: u32| (half_angle(i) * f64::from(ENTRY_FRACTION).exp2() + 0.5).floor() as u128;
    (0..OCTAVES << LOG_BITS).map(|i| entry(i).min((1 << ENTRY_BITS) - 1)).collect()
}
