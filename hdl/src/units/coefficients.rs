//! The coefficient unit: it converts an angle to the coefficients k and s of the [`super::rotator`].
//!
//! - Coarse, |angle| >= 2^-4 rad: the coefficients are an entry of the norm-exact table ([`super::norm_exact`]), whose
//!   angles are 2^-6 rad apart. The last entry is a quarter turn by -pi / 2 whatever the sign of the angle, since -1
//!   fits a signed coefficient and +1 does not. This is harmless: rotating a pair of rows by pi more only changes signs
//!   of singular vectors and values.
//! - Fine, |angle| < 2^-4 rad: s is the angle itself, whose error is harmless, and k = sqrt(1 - s²) - 1 for exactly
//!   that s. With p = s², 1 - sqrt(1 - p) = p / 2 + h(p). The function h is looked up by the leading bits of p. Up to
//!   2^9 entries the table holds values; for more bits it holds values and slopes.
//!
//! Errors: let q be the number of fraction bits of a coefficient. The error of k is less than 2.3 units of its last
//! place, 2^-(q + 9), and less than 1.25 units where the table holds values only.
//!
//! Bit growth: |s| < 2^-4 with q + 4 fraction bits has q bits. p < 2^-8 with 2 (q + 4) fraction bits has 2 q bits. |k|
//! would reach 2^-9 + 2^-19, which with q + 9 fraction bits does not fit the q + 1 bits of a coefficient. So the last
//! angles below 2^-4, from 2^-4 (1 - 2^-10) on, are reduced by 2^-14. Then s < 2^-4 (1 - 2^-10) and |k| < 2^-9 - 2^-20,
//! roundings included.

use super::multiplier::{self, multiplier};
use super::norm_exact::{self, ENTRIES, FINE_BITS, TABLE_BITS};
use crate::builder::{DesignBuilder, ModuleBuilder, Signal, Table};
use crate::ir::{ModuleId, bits_of};

/// The largest number of fraction bits q for which the table of h holds values only, 2^(q - 9) of them.
const BY_VALUE_UP_TO: u32 = 18;

/// The error c² + s² - 1 of the norm of rotations. It is the only error of coefficients that affects the accuracy of
/// results.
#[derive(Clone, Copy, Debug)]
pub struct NormError {
    /// Bound on its magnitude over all rotations.
    pub largest: f64,
    /// Bound on its root mean square, both over fine angles and over the entries of the table.
    pub rms: f64,
    /// Bound on the magnitude of its mean.
    pub mean: f64,
}

/// The error of the norm for coefficients with q = `fraction` fraction bits.
///
/// For fine rotations it is twice the error of k. For the entries of the table it is 2^-(q + 8), and more below 17
/// bits, where there are fewer pairs to choose from.
pub fn norm_error(fraction: u32) -> NormError {
    let (largest, rms, mean) = match fraction {
        ..=13 => (148.0, 16.0, 0.9),
        14 => (6.0, 1.5, 0.1),
        15 => (2.2, 0.55, 0.05),
        16..=BY_VALUE_UP_TO => (1.25, 0.4, 0.05),
        _ => (2.3, 0.55, 0.25),
    };
    let unit = (-f64::from(fraction) - 8.0).exp2();
    NormError { largest: largest * unit, rms: rms * unit, mean: mean * unit }
}

/// Adds the coefficient unit for coefficients of `coef` bits.
///
/// Inputs are the magnitude `size` and the sign `negative` of an angle with `coef + 3` fraction bits, in rad. Outputs
/// are `k`, `s` (`coef` bits, signed) and `fine` (1 bit), in the formats of the rotator.
pub fn coefficient_unit(design: &mut DesignBuilder, coef: u32) -> ModuleId {
    let fraction = coef - 1;
    let angle = fraction + FINE_BITS;
    let m = ModuleBuilder::new("coefficient_unit");
    m.doc(format!(
        "Coefficients of the rotation by an angle ({angle} fraction bits, size and sign).\n\
         coarse (fine = 0): k = cos, s = sin from the norm-exact table, {fraction} fraction bits\n\
         fine   (fine = 1): s = angle, {angle} fraction bits; k = sqrt(1 - s^2) - 1, {} fraction bits",
        fraction + 9
    ));
    let size = m.input("size", angle + 1).at(0);
    let negative = m.input("negative", 1).at(0);
    let fine = size.bits_from(fraction).is(0);

    let bin = angle - TABLE_BITS;
    let index = (size.bits_from(bin - 1).plus(1)).bits_from(1);
    let table = norm_exact::table(fraction);
    let angles = (0..ENTRIES).map(|k| format!("{k}/{} rad", 1 << TABLE_BITS));
    let comments: Vec<String> =
        table.iter().zip(angles).map(|(e, a)| format!("{a}: cos {}, sin {}", e.cosine, e.sine)).collect();
    let packed = |e: &norm_exact::Coefficients| bits_of(e.cosine.into(), coef) << coef | bits_of(e.sine.into(), coef);
    let rom = m.table("rotation_table", 2 * coef, table.iter().map(packed).collect(), comments);
    let rotation = rom.lookup(index.low_bits(rom.address_width()), None, "rotation");

    let s = below_limit(&m, size.low_bits(fraction));
    let minus_excess = minus_versine(design, &m, s.zero_extend(coef), coef);
    let k = fine.select(minus_excess, rotation.bits_from(coef));
    // A register, so that the negation does not follow a block RAM in the same cycle. It costs no latency, since k is
    // as late.
    let sine = rotation.low_bits(coef).registered("sine");
    let s = fine.select(s.zero_extend(coef), sine).negated_if(negative);
    for (port, signal) in
        ["k", "s", "fine"].into_iter().zip(m.balance(&[k.named("k_next"), s.named("s_next"), fine.named("is_fine")]))
    {
        m.output(port, signal.registered(&format!("{port}_out")));
    }
    design.add(m)
}

/// Clears the tenth bit of s if its ten leading bits are all ones, so that |k| stays below 2^-9. The error of the angle
/// is harmless.
fn below_limit<'m>(m: &'m ModuleBuilder, s: Signal<'m>) -> Signal<'m> {
    let low = s.width() - 10;
    let kept = s.bit(low) & !(!s.bits_from(low)).is(0);
    m.concat(&[s.bits_from(low + 1), kept, s.low_bits(low)])
}

/// sqrt(1 - s²) - 1 for s below 2^-4 with `coef + 3` fraction bits. The result has `coef` bits and `coef + 8` fraction
/// bits.
fn minus_versine<'m>(design: &mut DesignBuilder, m: &'m ModuleBuilder, s: Signal<'m>, coef: u32) -> Signal<'m> {
    let fraction = coef - 1;
    let square = product(design, m, "square", s, s).low_bits(2 * fraction);
    // Half of p has one fraction bit more than the result. So has -(p / 2 + h), which is rounded by dropping that bit:
    // the table of h contains the rounding.
    let half_square = square.bits_from(fraction - 1).zero_extend(coef + 1);
    let minus_h = match fraction {
        ..=BY_VALUE_UP_TO => by_value(m, square, fraction),
        _ => by_slope(design, m, square, fraction),
    };
    (minus_h.sign_extend(coef + 1) - half_square).bits_from(1)
}

/// h(p) = 1 - sqrt(1 - p) - p / 2, computed without cancellation.
pub(super) fn h(p: f64) -> f64 {
    let root = (1.0 - p).sqrt();
    p * p / (2.0 * (1.0 + root).powi(2))
}

/// -h with `fraction + 10` fraction bits, from a table of 2^(fraction - 9) values. Since h' < 2^-10 and an interval is
/// 2^-(fraction - 1), the error is below one such bit.
fn by_value<'m>(m: &'m ModuleBuilder, square: Signal<'m>, fraction: u32) -> Signal<'m> {
    let bits = fraction - 9;
    let interval = f64::from(bits + 8).exp2().recip();
    let scale = f64::from(fraction + 10).exp2();
    let entry = |i: u32| -(h((f64::from(i) + 0.5) * interval) * scale + 0.5).floor() as i128;
    let table = signed_table(m, "minus_h_table", (0..1 << bits).map(entry).collect());
    let looked_up = table.lookup(square.bits_from(square.width() - bits), None, "minus_h_entry");
    // A block RAM returns its word late in the cycle.
    looked_up.registered("minus_h")
}

/// -h with `fraction + 10` fraction bits, from the value and the slope of each interval. Since h'' < 2^-2 + 2^-9, the
/// chord of an interval of width w, lowered by half of its greatest distance from h, has an error below w² / 60.
fn by_slope<'m>(design: &mut DesignBuilder, m: &'m ModuleBuilder, square: Signal<'m>, fraction: u32) -> Signal<'m> {
    let bits = (fraction - 12).div_ceil(2);
    let place_bits = fraction - 7 - bits;
    let interval = f64::from(bits + 8).exp2().recip();
    let scale = f64::from(fraction + 10).exp2();
    let round = |value: f64| (value * scale + 0.5).floor() as i128;
    let ends = |i: u32| (h(f64::from(i) * interval), h(f64::from(i + 1) * interval));
    let sag = |i: u32| (ends(i).0 + ends(i).1) / 2.0 - h((f64::from(i) + 0.5) * interval);
    let starts = (0..1 << bits).map(|i| -round(ends(i).0 - sag(i) / 2.0).max(0)).collect();
    let rises = (0..1 << bits).map(|i| round(ends(i).1 - ends(i).0)).collect();

    let index = square.bits_from(square.width() - bits);
    let start = signed_table(m, "minus_h_start_table", starts).lookup(index, None, "minus_h_start");
    let rise = signed_table(m, "h_rise_table", rises).lookup(index, None, "h_rise");
    let place = square.slice(square.width() - bits - place_bits, place_bits);
    let place = place.zero_extend(place_bits + 1);
    let risen = product(design, m, "risen", rise, place).bits_from(place_bits);
    let width = start.width().max(risen.width()) + 1;
    (start.sign_extend(width) - risen.sign_extend(width)).registered("minus_h")
}

/// The product of two signals.
pub(super) fn product<'m>(
    design: &mut DesignBuilder,
    m: &'m ModuleBuilder,
    name: &str,
    a: Signal<'m>,
    b: Signal<'m>,
) -> Signal<'m> {
    let unit = multiplier(design, multiplier::Form { a: a.width(), b: b.width(), registers: 2 });
    m.place(design, unit, name, &[("a", a), ("b", b)]).output("product")
}

/// A table as narrow as its entries allow.
pub(super) fn signed_table<'m>(m: &'m ModuleBuilder, name: &str, entries: Vec<i128>) -> Table<'m> {
    let bits = |e: i128| 129 - if e < 0 { e.leading_ones() } else { e.leading_zeros() };
    let width = entries.iter().map(|&e| bits(e)).max().unwrap_or(1);
    m.table(name, width, entries.into_iter().map(|e| bits_of(e, width)).collect(), vec![])
}
