//! Tests of the coefficient unit. The accuracy of rotations depends on the norm of their coefficients.

use crate::bench::{Bench, for_all};
use proptest::prelude::*;
use std::cell::RefCell;
use svdforge_hdl::units::coefficients::{coefficient_unit, norm_error};

/// A coefficient unit for coefficients of `coef` bits.
struct CoefficientBench {
    unit: Bench,
    coef: u32,
}

/// The largest errors of the tested coefficients.
#[derive(Clone, Copy, Default, Debug)]
struct Worst {
    /// |c² + s² - 1| of the coarse form, times 2^q.
    coarse_norm: f64,
    /// |c² + s² - 1| of the fine form, times 2^q.
    fine_norm: f64,
    /// Error of k, in units of its last place.
    k: f64,
    /// Difference between the angle of a coarse rotation and the wanted angle, in rad.
    angle: f64,
}

impl CoefficientBench {
    fn new(coef: u32) -> Self {
        Self { unit: Bench::new(|design| coefficient_unit(design, coef)), coef }
    }

    /// The number q of fraction bits of a coefficient.
    fn fraction(&self) -> u32 {
        self.coef - 1
    }

    /// The largest output of the angle unit, pi / 2.
    fn largest(&self) -> i128 {
        2 * (std::f64::consts::FRAC_PI_4 * f64::from(self.fraction() + 4).exp2()).round() as i128
    }

    /// Checks the coefficients for angles (size, negative), and returns their largest errors.
    fn check(&mut self, angles: &[[i128; 2]]) -> Worst {
        let q = self.fraction();
        let results = self.unit.pipeline(["size", "negative"], ["-k", "-s", "fine"], angles);
        assert_eq!(results.len(), angles.len());
        let mut worst = Worst::default();
        for (&[size, negative], [k, s, fine]) in angles.iter().zip(results) {
            let context = || format!("q = {q}, angle {size}, negative {negative}: k {k}, s {s}");
            assert_eq!(fine == 1, size < 1 << q, "{}", context());
            if fine == 1 {
                // s is the angle itself, except in the last 2^-10 before the coarse form, where k would overflow.
                let step = 1 << (q - 10);
                let turned = if size >= (1 << q) - step { size - step } else { size };
                assert_eq!(s, if negative == 1 { -turned } else { turned }, "{}", context());
                // The square of cos = 1 + k with q + 9 fraction bits is computed exactly.
                let (one, square) = (1i128 << (q + 9), (s * s) << 10);
                let off = (one + k).pow(2) + square - one.pow(2);
                // off = (cos + exact cos) * error, and cos differs from 1 by at most 2^-9.
                let error = off as f64 / (2.0 * one as f64) * (1.0 + 2f64.powi(-8));
                worst.k = worst.k.max(error.abs());
                worst.fine_norm = worst.fine_norm.max((off as f64 / (one as f64).powi(2)).abs() * f64::from(q).exp2());
                assert!((one - one / 512..=one).contains(&(one + k)), "{}", context());
                continue;
            }
            let one = 1i128 << q;
            let norm = (k * k + s * s - one * one) as f64 / (one as f64).powi(2);
            worst.coarse_norm = worst.coarse_norm.max(norm.abs() * f64::from(q).exp2());
            let wanted = size as f64 / f64::from(q + 4).exp2();
            // The quarter turn has a negative angle, whatever the sign of the wanted angle.
            let (is_quarter, found) = ((k, s) == (0, -one), (s as f64).atan2(k as f64));
            assert_eq!(is_quarter, size >= (201 << (q + 4)) >> 7, "{}", context());
            let error = if is_quarter {
                found + std::f64::consts::FRAC_PI_2 + (wanted - std::f64::consts::FRAC_PI_2)
            } else {
                found - if negative == 1 { -wanted } else { wanted }
            };
            worst.angle = worst.angle.max(error.abs());
        }
        worst
    }

    /// Asserts the claims in the header of the unit.
    fn assert_claims(&self, worst: Worst) {
        let q = self.fraction();
        println!("coefficients, q = {q}: {worst:?}");
        let by_value = q <= 18;
        // The following errors are in halves of the last place. With a table of values, p / 2 is truncated by up to 1,
        // and the table adds 1/2 for its rounding and 1 for its interval. In the other direction, the rounding of the
        // result adds 1. With values and slopes, start and rise are rounded (1/2 each); p / 2, place and product are
        // truncated (1, 1/2, 1); and the error of the chord is 1.07.
        let limit = if by_value { 1.25 } else { 2.3 };
        assert!(worst.k < limit, "q = {q}: {worst:?}");
        // The error of the norm is 2 cos times the error of k.
        assert!(worst.fine_norm < limit * 2f64.powi(-8), "q = {q}: {worst:?}");
        // With fewer bits there are fewer pairs to choose from.
        assert!(worst.coarse_norm <= if q < 17 { 2f64.powi(-6) } else { 2f64.powi(-8) }, "q = {q}: {worst:?}");
        // The angle of the table entry is up to half a bin away, and the chosen pair up to sqrt(2) half bins more.
        assert!(worst.angle <= (1.0 + std::f64::consts::SQRT_2) / 128.0, "q = {q}: {worst:?}");
    }
}

impl Worst {
    fn max(self, other: Self) -> Self {
        Self {
            coarse_norm: self.coarse_norm.max(other.coarse_norm),
            fine_norm: self.fine_norm.max(other.fine_norm),
            k: self.k.max(other.k),
            angle: self.angle.max(other.angle),
        }
    }
}

/// The smallest coefficients that a core has by default. All fine angles are tested, and every 16th coarse angle as
/// well as the borders of the bins.
#[test]
fn coefficients_of_18_bits_are_as_accurate_as_claimed() {
    let mut bench = CoefficientBench::new(18);
    let fine = 0..1i128 << 17;
    let coarse = (1 << 17..=bench.largest()).filter(|size| size % 16 == 0 || (size + (1 << 14)) % (1 << 15) < 2);
    let sizes: Vec<i128> = fine.chain(coarse).collect();
    let mut worst = Worst::default();
    for negative in [0, 1] {
        let angles: Vec<_> = sizes.iter().map(|&size| [size, negative]).collect();
        worst = worst.max(bench.check(&angles));
    }
    bench.assert_claims(worst);
    assert!(sizes.len() > (1 << 17) + 196_000, "{}", sizes.len());
}

#[test]
fn coefficients_of_other_widths_are_as_accurate_as_claimed() {
    for coef in [16, 19, 20, 22, 25, 30, 32] {
        let bench = RefCell::new(CoefficientBench::new(coef));
        let q = coef - 1;
        let (fine, most) = (1i128 << q, bench.borrow().largest());
        let borders = (8..=201i128).prop_flat_map(move |half_bin| (half_bin << (q - 3)) - 2..(half_bin << (q - 3)) + 3);
        let size = prop_oneof![2 => 0..fine, 1 => fine - 300..fine, 1 => fine..=most, 1 => borders, 1 => Just(most)];
        let angle = (size, 0..2i128).prop_map(move |(size, negative)| [size.min(most), negative]);
        let worst = RefCell::new(Worst::default());
        for_all(100, proptest::collection::vec(angle, 200), |angles| {
            let found = bench.borrow_mut().check(&angles);
            worst.replace_with(|worst| worst.max(found));
        });
        bench.borrow().assert_claims(worst.into_inner());
    }
}

/// The error bounds in `formats` rest on these figures. They are tested for every width of a coefficient.
#[test]
fn norms_of_rotations_are_as_the_error_analysis_assumes() {
    for coef in 14..=32u32 {
        let q = coef - 1;
        let claim = norm_error(q);
        let mut bench = Bench::new(|design| coefficient_unit(design, coef));
        let (one, samples) = (1i128 << q, 20_000);
        // Evenly distributed fine angles; small angles, as in the last sweeps; every entry of the table.
        let fine: Vec<_> = (0..samples).map(|k| [(2 * k + 1) * one / (2 * samples), 0]).collect();
        let small: Vec<_> = (0..samples).map(|k| [(2 * k + 1) * one / (256 * samples), 0]).collect();
        let coarse: Vec<_> = (4..=101).map(|k| [k << (q - 2), 0]).collect();
        let mut worst = [0.0f64; 3];
        for (form, angles) in [("fine", fine), ("small", small), ("coarse", coarse)] {
            let results = bench.pipeline(["size", "negative"], ["-k", "-s", "fine"], &angles);
            let norms = results.iter().map(|&[k, s, fine]| match fine {
                1 => ((1 << (q + 9)) + k).pow(2) + ((s * s) << 10) - (1 << (2 * q + 18)),
                _ => (k * k + s * s - one * one) << 18,
            });
            let norms: Vec<f64> = norms.map(|off| off as f64 / f64::from(2 * q + 18).exp2()).collect();
            let count = norms.len() as f64;
            let largest = norms.iter().fold(0.0, |worst: f64, norm| worst.max(norm.abs()));
            let rms = (norms.iter().map(|norm| norm * norm).sum::<f64>() / count).sqrt();
            let mean = norms.iter().sum::<f64>().abs() / count;
            let found = format!("q = {q}, {form}: largest {largest:e}, rms {rms:e}, mean {mean:e}; {claim:?}");
            println!("{found}");
            assert!(largest <= claim.largest && rms <= claim.rms && mean <= claim.mean, "{found}");
            worst = [worst[0].max(largest), worst[1].max(rms), worst[2].max(mean)];
        }
        // The claims must not be much larger than the errors found. The mean varies most between widths.
        for (found, (claim, times)) in
            worst.into_iter().zip([(claim.largest, 1.6), (claim.rms, 1.5), (claim.mean, 5.0)])
        {
            assert!(claim <= times * found, "q = {q}: claim {claim:e} where {found:e} was found");
        }
    }
}
