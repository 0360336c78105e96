//! Tests of the rounder and of the rotator.

use crate::bench::{Bench, for_all, is_nearest_even, nearest_even, signed};
use proptest::prelude::*;
use std::cell::RefCell;
use svdforge_hdl::builder::ModuleBuilder;
use svdforge_hdl::ir::signed_value;
use svdforge_hdl::units::depth::Depth;
use svdforge_hdl::units::rotator::rotator;
use svdforge_hdl::units::rounder::add_and_round;
use svdforge_hdl::units::shared_rotator::{RIGHT, shared_rotator};

#[test]
fn rounder_rounds_to_nearest_and_ties_to_even() {
    let mut cases = 0;
    for (base_bits, sum_bits, fraction) in [(4, 8, 2), (3, 9, 4), (5, 10, 3), (1, 9, 7), (6, 9, 2)] {
        let mut bench = Bench::new(|design| {
            let m = ModuleBuilder::new("rounder");
            let (base, sum) = (m.input("base", base_bits).at(0), m.input("sum", sum_bits).at(0));
            m.output("rounded", add_and_round(base, sum, fraction).registered("rounded_out"));
            design.add(m)
        });
        let range = |bits: u32| -(1i128 << (bits - 1))..1 << (bits - 1);
        let operands: Vec<_> = range(base_bits).flat_map(|b| range(sum_bits).map(move |s| [b, s])).collect();
        let results = bench.pipeline(["base", "sum"], ["-rounded"], &operands);
        for (&[base, sum], [rounded]) in operands.iter().zip(results) {
            let exact = (base << fraction) + sum;
            // If a sum does not fit, only its lower bits remain, as the header of the unit says.
            let expected = nearest_even(exact, fraction);
            let kept = sum_bits - fraction;
            assert_eq!(
                rounded,
                signed_value(expected as u128 & ((1 << kept) - 1), kept),
                "{base} + {sum} / 2^{fraction}"
            );
            assert!(expected != rounded || is_nearest_even(exact, fraction, rounded));
            cases += 1;
        }
    }
    assert_eq!(cases, (1 << 12) + (1 << 12) + (1 << 15) + (1 << 10) + (1 << 15));
}

/// The exact numerators of a rotation, with `coef + 8` fraction bits.
fn exact(coef: u32, [x, y, k, s, fine]: [i128; 5]) -> [i128; 2] {
    match fine {
        0 => [(k * x - s * y) << 9, (k * y + s * x) << 9],
        _ => {
            let one = 1i128 << (coef + 8);
            [(one + k) * x - ((s * y) << 5), (one + k) * y + ((s * x) << 5)]
        }
    }
}

/// Checks results of a rotator. Returns the number of overflows.
fn check(data: u32, coef: u32, operands: &[[i128; 5]], results: &[[i128; 3]]) -> usize {
    let mut outside = 0;
    let fits = |bits: u32, value: i128| (-(1 << (bits - 1))..1 << (bits - 1)).contains(&value);
    for (&operand, &[x, y, overflow]) in operands.iter().zip(results) {
        let rounded = exact(coef, operand).map(|value| nearest_even(value, coef + 8));
        // The sums have one integer bit more than the data, which is enough for everything that is nearly a rotation.
        let [_, _, k, s, fine] = operand;
        if fine == 1 || k * k + s * s <= 1 << (2 * coef - 2) {
            assert!(rounded.iter().all(|&v| fits(data + 1, v)), "{operand:?}");
        }
        let in_sum = rounded.map(|v| signed_value(v as u128 & ((1 << (data + 1)) - 1), data + 1));
        let leaves = in_sum.iter().any(|&v| !fits(data, v));
        assert_eq!(overflow, i128::from(leaves), "overflow of {operand:?}, {in_sum:?}");
        let kept = in_sum.map(|v| signed_value(v as u128 & ((1 << data) - 1), data));
        assert_eq!([x, y], kept, "{operand:?}");
        outside += usize::from(leaves);
    }
    assert_eq!(operands.len(), results.len());
    outside
}

const INPUTS: [&str; 5] = ["x", "y", "k", "s", "fine"];
const OUTPUTS: [&str; 3] = ["-x_rotated", "-y_rotated", "overflow"];

#[test]
fn rotator_is_exact_for_all_small_operands() {
    let (data, coef) = (4, 6);
    let mut bench = Bench::new(|design| rotator(design, data, coef, Depth::Shallow));
    let (word, coefficient) = (-8..8i128, -32..32i128);
    let (mut cases, mut outside) = (0, 0);
    for (k, fine) in coefficient.clone().flat_map(|k| [(k, 0), (k, 1)]) {
        let vectors = word.clone().flat_map(|x| word.clone().map(move |y| (x, y)));
        let operands: Vec<[i128; 5]> =
            vectors.flat_map(|(x, y)| coefficient.clone().map(move |s| [x, y, k, s, fine])).collect();
        let results = bench.pipeline(INPUTS, OUTPUTS, &operands);
        outside += check(data, coef, &operands, &results);
        cases += operands.len();
    }
    assert_eq!(cases, 1 << (4 + 4 + 6 + 6 + 1));
    assert!(outside > 10_000, "Only {outside} cases overflow.");
}

/// The widths are those of word 16, guard 4, n = 8; of word 24, guard 8, n = 32; and of a small core.
#[test]
fn rotator_is_exact_for_the_widths_of_cores() {
    let deep = Depth::Deep;
    for (data, coef, depth) in [(24, 18, Depth::Shallow), (24, 18, deep), (38, 30, deep), (9, 14, Depth::Shallow)] {
        let bench = RefCell::new(Bench::new(|design| rotator(design, data, coef, depth)));
        let one = (1i128 << (coef - 1)) as f64;
        let turn = (0.0..std::f64::consts::TAU)
            .prop_map(move |a| [a.cos(), a.sin()].map(|v| ((v * one).round() as i128).min(one as i128 - 1)));
        let any_coefficients = (signed(coef), signed(coef)).prop_map(|(k, s)| [k, s]);
        let coefficients = prop_oneof![turn, any_coefficients];
        let operand = (signed(data), signed(data), coefficients, 0..2i128);
        let operand = operand.prop_map(|(x, y, [k, s], fine)| [x, y, k, s, fine]);
        for_all(60, proptest::collection::vec(operand, 200), |operands| {
            let results = bench.borrow_mut().pipeline(INPUTS, OUTPUTS, &operands);
            check(data, coef, &operands, &results);
        });
    }
}

/// Tests the bit growth stated in the header of the unit: a rotation of the largest vector by 45 degrees raises
/// `overflow`, but the sum inside does not overflow.
#[test]
fn rotator_reports_the_largest_result() {
    let (data, coef) = (24, 18);
    let mut bench = Bench::new(|design| rotator(design, data, coef, Depth::Deep));
    let (least, most) = (-(1i128 << 23), (1i128 << 23) - 1);
    let eighth = 92_682; // sqrt(1/2) with 17 fraction bits
    let quarter = -(1i128 << 17);
    let operands = [
        [least, most, eighth, eighth, 0],
        [least, least, eighth, eighth, 0],
        [most, most, eighth, -eighth, 0],
        // A quarter turn exchanges and negates the elements. Only the negative of the least number does not fit.
        [most, most, 0, quarter, 0],
        [least, most, 0, quarter, 0],
        [most, least, 0, quarter, 0],
        [least, least, 0, 0, 1],
    ];
    let results = bench.pipeline(INPUTS, OUTPUTS, &operands);
    assert_eq!(check(data, coef, &operands, &results), 4);
    assert_eq!(results.iter().map(|r| r[2]).collect::<Vec<_>>(), [1, 1, 1, 0, 1, 0, 0]);
}

/// The four rotations of each block are those of four rotators, while the blocks come as close as they may and with
/// gaps. Two rotations of a side have the same coefficients.
#[test]
fn a_shared_rotator_makes_all_rotations_of_a_block() {
    /// The coefficients k, s, fine, and x, y of two rotations.
    type Rotations = ([i128; 3], [[i128; 2]; 2]);
    let (data, coef, right) = (15, 16, i128::from(RIGHT));
    let bench = RefCell::new(Bench::new(|design| shared_rotator(design, data, coef)));
    let (overflows, rotations) = (RefCell::new(0), RefCell::new(0));
    let pair = move || (signed(data), signed(data)).prop_map(|(x, y)| [x, y]);
    let coefficients = (signed(coef), signed(coef), 0..2i128).prop_map(|(k, s, fine)| [k, s, fine]);
    let side = (coefficients, [pair(), pair()]);
    let block = (1..4i128, [side.clone(), side]);
    for_all(20, proptest::collection::vec(block, 40), |blocks: Vec<(i128, [Rotations; 2])>| {
        let mut bench = bench.borrow_mut();
        let begins = blocks.iter().scan(0, |begin, (pace, _)| {
            *begin += 4 * pace;
            Some(*begin)
        });
        let begins: Vec<i128> = begins.collect();
        let (mut operands, mut results) = (Vec::new(), Vec::new());
        for cycle in 0..=begins[begins.len() - 1] + 2 * right + 4 {
            // The block that began so many cycles before this one.
            let begun = |before: i128| begins.iter().position(|begin| begin + before == cycle).map(|k| &blocks[k].1);
            bench.set("begins", i128::from(begun(0).is_some()));
            for (side, name, from) in [(0, "left", 0), (1, "right", right)] {
                // Operands stand for one cycle, and coefficients for two.
                let now = begun(from).map_or([[cycle & 1; 2]; 2], |sides| sides[side].1);
                for (rotation, [x, y]) in now.into_iter().enumerate() {
                    bench.set(&format!("{name}_x_{rotation}"), x);
                    bench.set(&format!("{name}_y_{rotation}"), y);
                }
                let [k, s, fine] = begun(from).or(begun(from + 1)).map_or([0; 3], |sides| sides[side].0);
                let mask = (1 << coef) - 1;
                let word = fine << (2 * coef) | (k & mask) << coef | (s & mask);
                bench.set(&format!("{name}_coefficients"), signed_value(word as u128, 2 * coef + 1));
                if let Some(sides) = begun(from + right) {
                    let ([k, s, fine], pairs) = sides[side];
                    for (rotation, [x, y]) in pairs.into_iter().enumerate() {
                        let result = |port: &str| bench.get(&format!("{port}_{rotation}"));
                        let [new_x, new_y] = ["x", "y"].map(|port| signed_value(result(port), data));
                        operands.push([x, y, k, s, fine]);
                        results.push([new_x, new_y, result("overflow") as i128]);
                    }
                }
            }
            bench.step();
        }
        *overflows.borrow_mut() += check(data, coef, &operands, &results);
        *rotations.borrow_mut() += operands.len();
    });
    assert_eq!(*rotations.borrow(), 20 * 40 * 4);
    assert!(*overflows.borrow() > 0);
}
