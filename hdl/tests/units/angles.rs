//! Tests of the half-angle unit and of the angle unit.

use crate::bench::{Bench, for_all, signed};
use proptest::prelude::*;
use std::cell::RefCell;
use svdforge_hdl::units::angles::{Form, Limits, Pace, angle_fraction, angle_unit};
use svdforge_hdl::units::depth::Depth;
use svdforge_hdl::units::half_angle::half_angle;

/// The largest permitted error of a half angle, in rad. `unit` is the last place of the angle.
///
/// The error of a logarithm is -1.72 to 0.72 of its last place: half an interval of the mantissa, rounded down. The
/// error of the difference of two logarithms is at most 2.44 times 2^-8 octaves, which is 0.67 % of the ratio. Entries
/// of the angle table are at least 118, so their rounding adds 0.43 %. Both never reach their maxima together. Over all
/// pairs of mantissa intervals the error is 0.89 % in the first octave of ratios, and 0.96 % for ratios below 2^-4
/// (that is, 2^-6.7 and not 2^-7).
///
/// Below 1/2 the limit replaces the arc tangent, which adds a third of the square of the ratio; the total is at most
/// 8.5 %. The shift cuts off up to one unit.
fn tolerance(ratio: f64, unit: f64) -> f64 {
    let shallow = ratio.min(1.0 / ratio);
    let limit = if shallow < 0.504 { shallow * shallow / 3.0 } else { 0.0 };
    shallow / 2.0 * (0.0105 + 1.01 * limit) + 1.5 * unit
}

/// Checks half angles. Returns the largest relative error for ratios in the first octave, and for ratios below 2^-4.
fn check_half_angles(width: u32, angle: u32, noise: u32, operands: &[[i128; 2]], results: &[[i128; 2]]) -> (f64, f64) {
    let unit = f64::from(angle).exp2().recip();
    let quarter = (std::f64::consts::FRAC_PI_4 / unit).round() as i128;
    let (mut first_octave, mut far) = (0.0f64, 0.0f64);
    for (&[numerator, denominator], &[size, negative]) in operands.iter().zip(results) {
        assert_eq!(negative == 1, (numerator < 0) != (denominator < 0), "{numerator} / {denominator}");
        if numerator.abs() < 1 << (noise - 1) {
            assert_eq!(size, 0, "The numerator {numerator} is noise.");
            continue;
        }
        // A denominator of 0 counts as 2^(width - w), where w is the next power of two. This is nearly 0, or 1 if width
        // = w.
        let zero = (f64::from(width) - f64::from(width.next_power_of_two())).exp2();
        let ratio =
            numerator.unsigned_abs() as f64 / if denominator == 0 { zero } else { denominator.unsigned_abs() as f64 };
        let (exact, found) = (ratio.atan() / 2.0, size as f64 * unit);
        let error = (found - exact).abs();
        assert!(error <= tolerance(ratio, unit), "{numerator} / {denominator}: {found} for {exact}");
        assert!(size <= quarter);
        if ratio > 0.504 && ratio <= 1.0 {
            first_octave = first_octave.max(error / exact);
        } else if ratio < 0.0625 && exact > 4096.0 * unit {
            far = far.max(error / exact);
        }
    }
    assert_eq!(operands.len(), results.len());
    (first_octave, far)
}

/// The fine coefficient s is an angle below 2^-4 rad with q + 1 bits, sign included. So the lowest of its q other bits
/// has the weight 2^-(q + 4).
#[test]
fn angles_have_four_more_fraction_bits_than_coefficients() {
    assert_eq!([14, 18, 32].map(angle_fraction), [17, 21, 35]);
}

#[test]
fn half_angle_is_accurate_for_all_short_operands() {
    let (width, angle, noise) = (10, 21, 4);
    let mut bench = Bench::new(|design| half_angle(design, width, angle, noise, Depth::Shallow));
    let range = || -(1i128 << (width - 1))..1 << (width - 1);
    let operands: Vec<_> = range().flat_map(|n| range().map(move |d| [n, d])).collect();
    let results = bench.pipeline(["numerator", "denominator"], ["size", "negative"], &operands);
    let (first_octave, far) = check_half_angles(width, angle, noise, &operands, &results);
    println!("half angle: relative error {first_octave:.4} for ratios 1/2 to 1, {far:.4} below 1/16");
    // The errors are smaller than in general, since only a few of such short operands have full mantissas.
    assert!(first_octave < 2f64.powi(-7) && far < 2f64.powi(-7));
    assert_eq!(operands.len(), 1 << 20);
}

#[test]
fn half_angle_is_accurate_at_the_widths_of_cores() {
    let [shallow, deep] = [Depth::Shallow, Depth::Deep];
    for (width, angle, noise, depth) in
        [(25, 21, 4, shallow), (25, 21, 4, deep), (39, 33, 4, deep), (10, 21, 3, shallow), (14, 17, 3, deep)]
    {
        let bench = RefCell::new(Bench::new(|design| half_angle(design, width, angle, noise, depth)));
        let operand = (signed(width), signed(width)).prop_map(|(n, d)| [n, d]);
        for_all(50, proptest::collection::vec(operand, 200), |operands| {
            let results = bench.borrow_mut().pipeline(["numerator", "denominator"], ["size", "negative"], &operands);
            let (first_octave, far) = check_half_angles(width, angle, noise, &operands, &results);
            assert!(first_octave < 2f64.powf(-6.8) && far < 2f64.powf(-6.7));
        });
    }
}

const PACES: [Pace; 2] = [Pace::EveryCycle, Pace::EveryOtherCycle];

/// An angle unit, with a half-angle unit as its reference.
struct AngleBench {
    unit: Bench,
    half: Bench,
    angle: u32,
    limits: Limits,
    form: Form,
    pace: Pace,
}

impl AngleBench {
    fn new(data: u32, coef: u32, limits: Limits, form: Form, pace: Pace) -> Self {
        let angle = angle_fraction(coef);
        // The depths differ, and the results must not.
        let unit = Bench::new(|design| angle_unit(design, data, angle, limits, form, (Depth::Deep, pace)));
        let half = Bench::new(|design| half_angle(design, data + 1, angle, limits.noise_bits, Depth::Shallow));
        Self { unit, half, angle, limits, form, pace }
    }

    /// Size and sign of the left angle, those of the right one, and whether the block is settled, for each block.
    fn angles(&mut self, blocks: &[[i128; 4]]) -> Vec<[i128; 5]> {
        match self.pace {
            Pace::EveryCycle => {
                let outputs = ["left_size", "left_negative", "right_size", "right_negative", "settled"];
                self.unit.pipeline(["a", "b", "c", "d"], outputs, blocks)
            }
            Pace::EveryOtherCycle => {
                // What stands at the inputs behind a block that is taken does not matter.
                let taken = blocks.iter().flat_map(|&[a, b, c, d]| [[a, b, c, d, 1], [!d, a, !b, c, 0]]);
                let taken: Vec<_> = taken.collect();
                let inputs = ["a", "b", "c", "d", "takes"];
                let results = self.unit.pipeline(inputs, ["size", "negative", "settled"], &taken);
                let both = results.chunks_exact(2).map(|r| [r[0][0], r[0][1], r[1][0], r[1][1], r[0][2]]);
                both.collect()
            }
        }
    }

    /// Checks blocks (a b; c d). Returns the number of settled blocks, and the number of blocks for which only one of S
    /// and D was applied.
    fn check(&mut self, blocks: &[[i128; 4]]) -> (usize, usize) {
        match self.form {
            Form::Square | Form::Symmetric => self.check_for(blocks, None),
            Form::Wide => self.check_for(blocks, Some(false)),
            Form::Tall => self.check_for(blocks, Some(true)),
            Form::Any => {
                let [wide, tall] = [false, true].map(|tall| {
                    self.unit.set("tall", tall);
                    self.check_for(blocks, Some(tall))
                });
                (wide.0 + tall.0, wide.1 + tall.1)
            }
        }
    }

    /// Checks blocks of tall matrices, of wide ones, or (`None`) of matrices without rows or columns that must stay
    /// zero.
    fn check_for(&mut self, blocks: &[[i128; 4]], tall: Option<bool>) -> (usize, usize) {
        let results = self.angles(blocks);
        assert_eq!(results.len(), blocks.len());
        // S and D come from the half-angle unit alone, which has its own test.
        let mut halves = |fraction: fn(&[i128; 4]) -> [i128; 2]| {
            let operands: Vec<_> = blocks.iter().map(fraction).collect();
            self.half.pipeline(["numerator", "denominator"], ["size", "negative"], &operands)
        };
        let sums = halves(|&[a, b, c, d]| [b + c, d - a]);
        let differences = halves(|&[a, b, c, d]| [c - b, d + a]);
        let signed = |&[size, negative]: &[i128; 2]| if negative == 1 { -size } else { size };
        let (mut settled_blocks, mut single) = (0, 0);
        for (i, (&block, result)) in blocks.iter().zip(results).enumerate() {
            let [left, right] = [signed(&[result[0], result[1]]), signed(&[result[2], result[3]])];
            let mut difference = differences[i];
            if let (Some(tall), [0, _, _, 0]) = (tall, block) {
                // The sign of D is arbitrary. Equal signs make the left angle 0, and opposite signs the right one.
                difference[1] = sums[i][1] ^ i128::from(tall);
            }
            if self.form == Form::Symmetric {
                difference = [0, 0];
            }
            let (s, d) = (signed(&sums[i]), signed(&difference));
            let limit = 1 << (self.angle - self.limits.settled_bits);
            let settled = s.abs() < limit && d.abs() < limit;
            assert_eq!(result[4] == 1, settled, "{block:?}");
            settled_blocks += usize::from(settled);

            let coarse = 1 << (self.angle - 4);
            let both = [s - d, s + d];
            let large = both.iter().any(|v| v.abs() >= coarse);
            let small = s.abs().min(d.abs()) < coarse / 2;
            let one_waits = large && small && s != 0 && d != 0;
            let [_, b, c, _] = block;
            let expected = match (one_waits, (b < 0) == (c < 0)) {
                (false, _) => both,
                (true, true) => [s, s],
                (true, false) => [-d, d],
            };
            assert_eq!([left, right], expected, "{block:?}: S = {s}, D = {d}");
            single += usize::from(one_waits);
            self.check_effect(block, [left, right]);
        }
        assert_eq!(blocks.len(), sums.len());
        (settled_blocks, single)
    }

    /// Checks that exact rotations by these angles reduce b + c and c - b to a tenth if the angle for them was applied,
    /// and leave them unchanged otherwise.
    fn check_effect(&self, block: [i128; 4], angles: [i128; 2]) {
        let [left, right] = angles.map(|angle| angle as f64 / f64::from(self.angle).exp2());
        let [a, b, c, d] = block.map(|v| v as f64);
        let turn = |angle: f64, x: f64, y: f64| (angle.cos() * x - angle.sin() * y, angle.sin() * x + angle.cos() * y);
        let ((a, c2), (b2, d)) = (turn(left, a, c), turn(left, b, d));
        let (_, b_new) = turn(right, a, b2);
        let (c_new, _) = turn(right, c2, d);
        for (name, before, after, applied) in
            [("b + c", b + c, b_new + c_new, left + right != 0.0), ("c - b", c - b, c_new - b_new, left != right)]
        {
            let size: f64 = block.iter().map(|v| v.unsigned_abs() as f64).sum();
            let unit = size * f64::from(-(self.angle as i32)).exp2() * 8.0 + 1e-9 * size;
            // A denominator of 0 counts as 1. For blocks of small numbers, this error of a unit matters.
            let limit = if applied { 0.1 * before.abs() + 2.0 + unit } else { before.abs() + unit };
            assert!(after.abs() <= limit, "{block:?}, {name}: {before} became {after}");
            assert!(applied || (after - before).abs() <= unit, "{block:?}, {name}: {before} became {after}");
        }
    }
}

#[test]
fn angle_unit_is_right_for_blocks_of_small_and_large_numbers() {
    let word = [-128, -127, -90, -64, -33, -9, -5, -4, -1, 0, 1, 2, 4, 7, 50, 127];
    let limits = Limits { noise_bits: 3, settled_bits: 6 };
    let mut benches = PACES.map(|pace| AngleBench::new(8, 18, limits, Form::Square, pace));
    let mut seen = (0, 0, 0);
    for (a, bench) in word.into_iter().flat_map(|a| [(a, 0), (a, 1)]) {
        let bench = &mut benches[bench];
        let rest = word.into_iter().flat_map(|b| word.into_iter().flat_map(move |c| word.map(|d| [a, b, c, d])));
        let blocks: Vec<_> = rest.collect();
        let (settled, single) = bench.check(&blocks);
        seen = (seen.0 + blocks.len(), seen.1 + settled, seen.2 + single);
    }
    assert_eq!(seen.0, 2 << 16);
    assert!(seen.1 > 1000 && seen.2 > 100, "{seen:?}");
}

/// Rows or columns of zeros stay zero, since the side that would mix them with others is not rotated. For symmetric
/// matrices both sides are rotated by the same angle.
#[test]
fn angle_unit_is_right_for_every_form_of_matrices() {
    let word = [-128, -65, -8, -1, 0, 1, 3, 40, 127];
    let forms = [Form::Wide, Form::Tall, Form::Any].into_iter().flat_map(|form| PACES.map(|pace| (form, pace)));
    for (form, pace) in forms.chain([(Form::Symmetric, Pace::EveryCycle)]) {
        let mut bench = AngleBench::new(8, 18, Limits { noise_bits: 3, settled_bits: 6 }, form, pace);
        let pairs = || word.into_iter().flat_map(|x| word.map(|y| (x, y)));
        let blocks: Vec<_> = pairs().flat_map(|(a, d)| pairs().map(move |(b, c)| [a, b, c, d])).collect();
        let (settled, single) = bench.check(&blocks);
        assert!(settled > 100 && (single > 100 || form == Form::Symmetric), "{form:?}: {settled} {single}");
        // Blocks whose second row, or second column, is zero. The diagonal may be 0 as well.
        let zeros = pairs().map(|(x, y)| if form == Form::Tall { [x, 0, y, 0] } else { [x, y, 0, 0] });
        let zeros: Vec<_> = zeros.filter(|_| form != Form::Symmetric).collect();
        if form == Form::Any {
            bench.unit.set("tall", false);
        }
        let angles = bench.angles(&zeros);
        for (block, [left, _, right, _, _]) in zeros.iter().zip(angles) {
            assert_eq!(if form == Form::Tall { right } else { left }, 0, "{form:?} {block:?}");
        }
    }
}

#[test]
fn angle_unit_is_right_at_the_widths_of_cores() {
    let widths = [(24, 18, 4, 10), (38, 30, 4, 18), (10, 18, 3, 6)];
    for ((data, coef, noise_bits, settled_bits), pace) in widths.into_iter().flat_map(|w| PACES.map(|pace| (w, pace))) {
        let limits = Limits { noise_bits, settled_bits };
        let bench = RefCell::new(AngleBench::new(data, coef, limits, Form::Square, pace));
        let seen = RefCell::new((0, 0));
        // Blocks of four numbers of any magnitude, and blocks with small off-diagonal elements.
        let any = (signed(data), signed(data), signed(data), signed(data)).prop_map(|(a, b, c, d)| [a, b, c, d]);
        let near = (signed(data), signed(data), signed(data), 0..data)
            .prop_map(|(a, b, c, cut)| [a, b >> cut, c >> cut, a.saturating_sub(c >> 7)])
            .prop_map(move |block| block.map(|v| v.clamp(-(1 << (data - 1)), (1 << (data - 1)) - 1)));
        for_all(60, proptest::collection::vec(prop_oneof![any, near], 200), |blocks| {
            let (settled, single) = bench.borrow_mut().check(&blocks);
            let mut seen = seen.borrow_mut();
            *seen = (seen.0 + settled, seen.1 + single);
        });
        let seen = seen.into_inner();
        println!("angle unit, {data} bits: of 12000 blocks {} settled, in {} one part waited", seen.0, seen.1);
        assert!(seen.0 > 200 && seen.1 > 200, "{seen:?}");
    }
}
