//! From an angle to the coefficients of the [`super::rotator`].
//!
//! - Coarse, |angle| >= 2^-4 rad: an entry of the norm-exact table ([`super::norm_exact`]), 2^-6 rad apart. Its last entry is a quarter turn by -pi / 2
//!   whatever the sign of the angle: -1 fits a signed coefficient where +1 does not, and turning a row pair by pi more only changes signs of
//!   singular vectors and values.
//! - Fine: s is the angle itself, an error of the angle being harmless, and k = sqrt(1 - s²) - 1 for exactly that s.
//!   With p = s², 1 - sqrt(1 - p) = p / 2 + h(p); h is tabled over the leading bits of p: by value where 2^9 entries do, else by value
//!   and slope.
//!
//! Errors: k is wrong by less than 2.3 units of its last place, 2^-(q + 9), q the fraction bits of a coefficient; by value, less than 1.25.
//!
//! Bit growth: |s| < 2^-4 with q + 4 fraction bits has q bits; p < 2^-8 with 2 (q + 4) fraction bits has 2 q bits. |k| reaches 2^-9 + 2^-19,
//! which with q + 9 fraction bits would not fit the q + 1 bits of a coefficient; so the last angles before 2^-4, from 2^-4 (1 - 2^-10) on, are
//! made smaller by 2^-14: then s < 2^-4 (1 - 2^-10) and |k| < 2^-9 - 2^-20, roundings included.

use super::norm_exact::{self, ENTRIES, FINE_BITS, TABLE_BITS};
use crate::builder::{DesignBuilder, ModuleBuilder, Signal, Table};
use crate::ir::{ModuleId, bits_of};

/// The most fraction bits for which h is tabled by value alone, with 2^(q - 9) entries.
const BY_VALUE_UP_TO: u32 = 18;

/// c² + s² - 1 of rotations: what every result feels of its coefficients.
#[derive(Clone, Copy, Debug)]
pub struct NormError {
    /// The largest in size of all rotations.
    pub largest: f64,
    /// At most the root of the mean square, over fine angles and over the entries of the table.
    pub rms: f64,
    /// At most the mean, in size.
    pub mean: f64,
}

/// The error of the norm with q = `fraction` bits: of fine rotations twice the error of k; of pairs of the table 2^-(q + 8), but more below 17 bits,
/// where there are fewer pairs to choose from.
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

/// Adds the unit for coefficients of `coef` bits. Input angles have `coef + 3` fraction bits and come as size and sign.
///
/// Outputs: `k`, `s` (`coef` bits, signed) and `fine` (1 bit), as the rotator takes them.
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
    let minus_excess = minus_versine(&m, s.zero_extend(coef), coef);
    let k = fine.select(minus_excess, rotation.bits_from(coef));
    // As late as k: the negation does not follow a block RAM in the same cycle.
    let sine = rotation.low_bits(coef).registered("sine");
    let s = fine.select(s.zero_extend(coef), sine).negated_if(negative);
    for (port, signal) in
        ["k", "s", "fine"].into_iter().zip(m.balance(&[k.named("k_next"), s.named("s_next"), fine.named("is_fine")]))
    {
        m.output(port, signal.registered(&format!("{port}_out")));
    }
    design.add(m)
}

/// Where the ten leading bits are all ones, the last of them is cleared: |k| stays below 2^-9, and an error of the angle is harmless.
fn below_limit<'m>(m: &'m ModuleBuilder, s: Signal<'m>) -> Signal<'m> {
    let low = s.width() - 10;
    let kept = s.bit(low) & !(!s.bits_from(low)).is(0);
    m.concat(&[s.bits_from(low + 1), kept, s.low_bits(low)])
}

/// sqrt(1 - s²) - 1 for s of `coef + 3` fraction bits, below 2^-4; the result has `coef` bits, `coef + 8` of them fraction.
fn minus_versine<'m>(m: &'m ModuleBuilder, s: Signal<'m>, coef: u32) -> Signal<'m> {
    let fraction = coef - 1;
    let square = (s * s).registered("square").low_bits(2 * fraction);
    // Half of p, with one fraction bit more than the result. Of -(p / 2 + h), rounded to nearest, that bit is dropped.
    let half_square = square.bits_from(fraction - 1).zero_extend(coef + 1);
    let minus_h =
        if fraction <= BY_VALUE_UP_TO { by_value(m, square, fraction) } else { by_slope(m, square, fraction) };
    (minus_h.sign_extend(coef + 1) - half_square).bits_from(1)
}

/// h(p) = 1 - sqrt(1 - p) - p / 2, without cancellation.
fn h(p: f64) -> f64 {
    let root = (1.0 - p).sqrt();
    p * p / (2.0 * (1.0 + root).powi(2))
}

/// -h with `fraction + 10` fraction bits from 2^(fraction - 9) entries: h' < 2^-10 and intervals of 2^-(fraction - 1) keep the error below one such bit.
fn by_value<'m>(m: &'m ModuleBuilder, square: Signal<'m>, fraction: u32) -> Signal<'m> {
    let bits = fraction - 9;
    let interval = f64::from(bits + 8).exp2().recip();
    let scale = f64::from(fraction + 10).exp2();
    let entry = |i: u32| -(h((f64::from(i) + 0.5) * interval) * scale + 0.5).floor() as i128;
    let table = signed_table(m, "minus_h_table", (0..1 << bits).map(entry).collect());
    table.lookup(square.bits_from(square.width() - bits), None, "minus_h")
}

/// The same from value and rise of each interval: h'' < 2^-2 + 2^-9, so over intervals of w the chord, lowered by half of its greatest distance, is
/// wrong by less than w² / 60.
fn by_slope<'m>(m: &'m ModuleBuilder, square: Signal<'m>, fraction: u32) -> Signal<'m> {
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
    let place = place.zero_extend(place_bits + 1).registered("place");
    let risen = (rise * place).registered("risen").bits_from(place_bits);
    let width = start.width().max(risen.width()) + 1;
    (start.sign_extend(width) - risen.sign_extend(width)).registered("minus_h")
}

/// A table as narrow as its entries allow.
fn signed_table<'m>(m: &'m ModuleBuilder, name: &str, entries: Vec<i128>) -> Table<'m> {
    let bits = |e: i128| 129 - if e < 0 { e.leading_ones() } else { e.leading_zeros() };
    let width = entries.iter().map(|&e| bits(e)).max().unwrap_or(1);
    m.table(name, width, entries.into_iter().map(|e| bits_of(e, width)).collect(), vec![])
}
