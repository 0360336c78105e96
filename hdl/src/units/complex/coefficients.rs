//! The coefficient unit of complex cores: it converts an angle vector to the coefficients k and s of the
//! [`super::rotator`].
//!
//! - Coarse, |re| + |im| >= 2^-3 rad: the coefficients are an entry of the table of [`super::triples`], whose bins are
//!   2^-5 rad wide in both directions. The rows of the table follow one another, and a second table has the places
//!   where they begin.
//! - Fine: s is the vector itself, whose error is harmless, and k = sqrt(1 - |s|^2) - 1 for exactly that s. With p =
//!   |s|^2, 1 - sqrt(1 - p) = p / 2 + h(p), and h is looked up by the leading bits of p.
//!
//! Errors: let q be the number of fraction bits of a coefficient. The error of k is below 1.5 units of its last place,
//! 2^-(q + 6).
//!
//! Bit growth: |re| + |im| < 2^-3 with q + 3 fraction bits has q bits, and so has each component. p < 2^-6 with 2 (q +
//! 3) fraction bits has 2 q bits. |k| < 2^-7 + 2^-14 with q + 6 fraction bits fits the q + 1 bits of a coefficient.

use super::triples::{self, BIN_BITS};
use crate::builder::{DesignBuilder, ModuleBuilder, Signal};
use crate::ir::{ModuleId, address_width};
use crate::units::coefficients::{NormError, h, product, signed_table};

/// The largest number of fraction bits of a coefficient for which the table of h is not too large. It has 2^(q - 8)
/// entries.
pub const MOST_FRACTION: u32 = 20;

/// The error of the norm for complex rotations with `fraction` fraction bits of a coefficient. For fine rotations it is
/// twice the error of k.
pub fn complex_norm_error(fraction: u32) -> NormError {
    let unit = (-f64::from(fraction) - 6.0).exp2();
    NormError { largest: 2.5 * unit, rms: 0.65 * unit, mean: 0.08 * unit }
}

/// Adds the coefficient unit for coefficients of `coef` bits.
///
/// Inputs are the sizes `re_size` and `im_size` and the signs `re_negative` and `im_negative` of the components of an
/// angle vector with `coef + 2` fraction bits, in rad. Outputs are `k`, `s_re`, `s_im` (`coef` bits, signed) and `fine`
/// (1 bit), in the formats of the complex rotator.
pub fn complex_coefficient_unit(design: &mut DesignBuilder, coef: u32) -> ModuleId {
    let fraction = coef - 1;
    let angle = super::angles::angle_fraction(coef);
    let m = ModuleBuilder::new("complex_coefficient_unit");
    m.doc(format!(
        "Coefficients of the rotation by an angle vector ({angle} fraction bits, sizes and signs of both components).\n\
         coarse (fine = 0): k = cos, s = sin from the norm-exact table, {fraction} fraction bits\n\
         fine   (fine = 1): s = vector, {angle} fraction bits; k = sqrt(1 - |s|^2) - 1, {} fraction bits",
        fraction + super::rotator::FINE_COSINE_SHIFT
    ));
    let [re, im] = ["re", "im"].map(|part| m.input(&format!("{part}_size"), angle + 1).at(0));
    let length = re.zero_extend(angle + 2) + im.zero_extend(angle + 2);
    let fine = length.bits_from(fraction).is(0).registered("is_fine");

    let [cosine, larger, smaller, swaps] = coarse(&m, [re, im], fraction);
    let k = minus_versine(design, &m, [re, im].map(|size| size.low_bits(fraction).zero_extend(coef)), coef);
    let k = fine.select(k, cosine.zero_extend(coef));
    let coarse_sine = [swaps.select(smaller, larger), swaps.select(larger, smaller)];
    let [s_re, s_im] = [0, 1].map(|part| {
        let negative = m.input(["re_negative", "im_negative"][part], 1).at(0);
        let own = [re, im][part].low_bits(fraction);
        fine.select(own, coarse_sine[part]).zero_extend(coef).negated_if(negative)
    });
    let outputs = m.balance(&[k.named("k_next"), s_re.named("s_re_next"), s_im.named("s_im_next"), fine]);
    for (port, signal) in ["k", "s_re", "s_im", "fine"].into_iter().zip(outputs) {
        m.output(port, signal.registered(&format!("{port}_out")));
    }
    design.add(m)
}

/// The entry of the table of triples for a vector: cosine, larger and smaller component of the sine, and whether the
/// imaginary component is the larger one.
fn coarse<'m>(m: &'m ModuleBuilder, vector: [Signal<'m>; 2], fraction: u32) -> [Signal<'m>; 4] {
    let rows = triples::rows(fraction);
    let bin = super::angles::angle_fraction(fraction + 1) - BIN_BITS;
    let index = |size: Signal<'m>, name: &str| {
        size.bits_from(bin - 1).plus(1).bits_from(1).low_bits(address_width(rows.len() as u32)).registered(name)
    };
    let [re, im] = [index(vector[0], "re_bin"), index(vector[1], "im_bin")];
    let swaps = re.less_than(im).named("swaps");
    let (first, second) = (swaps.select(im, re).named("larger_bin"), swaps.select(re, im).named("smaller_bin"));
    let total: usize = rows.iter().map(Vec::len).sum();
    let begins = rows.iter().scan(0, |next, row| Some(std::mem::replace(next, *next + row.len()) as u128)).collect();
    let begins = m.table("row_table", address_width(total as u32), begins, vec![]).lookup(first, None, "row_begin");
    let address = (begins + second.zero_extend(begins.width())).registered("triple_address");
    let entry =
        |t: &triples::Triple| (t.cosine as u128) << (2 * fraction) | (t.larger as u128) << fraction | t.smaller as u128;
    let entries = rows.iter().flatten().map(entry).collect();
    let triple = m.table("triple_table", 3 * fraction, entries, vec![]).lookup(address, None, "triple");
    // A block RAM returns its word late in the cycle.
    let triple = triple.registered("triple_held");
    [triple.bits_from(2 * fraction), triple.slice(fraction, fraction), triple.low_bits(fraction), swaps]
}

/// sqrt(1 - |s|^2) - 1 for a fine vector with `coef + 2` fraction bits. The result has `coef` bits and `coef + 5`
/// fraction bits.
fn minus_versine<'m>(
    design: &mut DesignBuilder,
    m: &'m ModuleBuilder,
    [re, im]: [Signal<'m>; 2],
    coef: u32,
) -> Signal<'m> {
    let fraction = coef - 1;
    let squares = [("re_square", re), ("im_square", im)]
        .map(|(name, size)| product(design, m, name, size, size).low_bits(2 * fraction));
    let square = (squares[0] + squares[1]).registered("square");
    // Half of p has one fraction bit more than the result. So has -(p / 2 + h), which is rounded by dropping that bit:
    // the table of h contains the rounding.
    let half_square = square.bits_from(fraction).zero_extend(coef + 1);
    let bits = fraction - 8;
    let interval = f64::from(bits + 6).exp2().recip();
    let scale = f64::from(fraction + 7).exp2();
    let entry = |i: u32| -(h((f64::from(i) + 0.5) * interval) * scale).round_ties_even() as i128;
    let table = signed_table(m, "minus_h_table", (0..1 << bits).map(entry).collect());
    let minus_h = table.lookup(square.bits_from(square.width() - bits), None, "minus_h_entry").registered("minus_h");
    (minus_h.sign_extend(coef + 1) - half_square).bits_from(1)
}
