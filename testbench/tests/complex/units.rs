//! The units of complex cores in the simulator, compared with the reference: equal bit for bit.

use super::reference::{Complex, Reference};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use svdforge_hdl::builder::DesignBuilder;
use svdforge_hdl::check::Checked;
use svdforge_hdl::ir::{Design, ModuleId, bits_of, signed_value};
use svdforge_hdl::units::angles::Limits;
use svdforge_hdl::units::complex::angles::{Form, angle_fraction, complex_angle_unit};
use svdforge_hdl::units::complex::coefficients::{complex_coefficient_unit, complex_norm_error};
use svdforge_hdl::units::complex::rotator::{CYCLES, FEWEST_CYCLES, Phases, complex_rotator};
use svdforge_hdl::units::depth::Depth;
use svdforge_sim::Simulator;

const COEF: u32 = 18;
/// Bits of a component: word 16, guard 4, n = 8.
const DATA: u32 = 25;

struct Bench {
    design: Checked<Design>,
    simulator: Simulator,
}

impl Bench {
    fn new(draw: impl FnOnce(&mut DesignBuilder) -> ModuleId) -> Self {
        let mut builder = DesignBuilder::new();
        draw(&mut builder);
        let design = builder.finish().unwrap();
        let mut simulator = Simulator::new(&design).unwrap();
        simulator.set_reset(true);
        (0..4).for_each(|_| simulator.step());
        simulator.set_reset(false);
        Self { design, simulator }
    }

    fn set(&mut self, port: &str, value: u128) {
        let port = self.simulator.input(port).unwrap_or_else(|| panic!("no input {port}"));
        self.simulator.poke(port, value);
    }

    fn get(&self, port: &str) -> u128 {
        self.simulator.peek(self.simulator.output(port).unwrap_or_else(|| panic!("no output {port}")))
    }

    fn latency(&self, port: &str) -> usize {
        let top = self.design.top();
        top.outputs[top.output_named(port).unwrap()].latency.unwrap() as usize
    }
}

fn packed(number: Complex, bits: u32) -> u128 {
    bits_of(number.im.into(), bits) << bits | bits_of(number.re.into(), bits)
}

fn unpacked(word: u128, bits: u32) -> Complex {
    let part = |word: u128| signed_value(word & ((1 << bits) - 1), bits) as i64;
    Complex::new(part(word), part(word >> bits))
}

/// A component of any magnitude below 2^`bits`.
fn component(random: &mut ChaCha8Rng, bits: u32) -> i64 {
    match random.random_range(0..12) {
        0 => 0,
        1 => random.random_range(-9..9),
        _ => {
            let bits = random.random_range(1..=bits.max(1));
            random.random_range(-(1i64 << bits)..1 << bits)
        }
    }
}

fn number(random: &mut ChaCha8Rng, bits: u32) -> Complex {
    Complex::new(component(random, bits), component(random, bits))
}

fn reference(size: (usize, usize)) -> Reference {
    let reference = Reference::new(size, (16, 4), COEF, false);
    assert_eq!(reference.operand_bits(), DATA + 1);
    reference
}

/// The size and the sign of an angle vector as the units pass them on.
fn vector(bench: &Bench) -> Complex {
    let part = |name: &str| {
        let size = bench.get(&format!("{name}_size")) as i64;
        if bench.get(&format!("{name}_negative")) == 1 { -size } else { size }
    };
    Complex::new(part("re"), part("im"))
}

#[test]
fn angle_vectors_are_those_of_the_reference() {
    for (form, size) in [(Form::Square, (8, 8)), (Form::Tall, (8, 7)), (Form::Wide, (5, 8))] {
        check_angle_vectors(form, size);
    }
}

fn check_angle_vectors(form: Form, size: (usize, usize)) {
    let (reference, mut random) = (reference(size), ChaCha8Rng::seed_from_u64(1));
    let limits = Limits { noise_bits: 4, settled_bits: 10 };
    let mut bench = Bench::new(|design| complex_angle_unit(design, (DATA, angle_fraction(COEF)), limits, form));
    let latency = bench.latency("re_size");
    let blocks: Vec<(bool, [Complex; 4])> = (0..20_000i64)
        .map(|k| {
            let bits = random.random_range(4..DATA - 1);
            let off = random.random_range(0..=bits);
            let mut block = [bits, off, off, bits].map(|bits| number(&mut random, bits));
            // Equal singular values, and parts of equal size.
            match k % 8 {
                0 => block[3] = block[0],
                1 => block[2] = block[1].conjugate(),
                2 => block[2] = Complex::new(-block[1].re, block[1].im),
                3 => (block[0].re, block[3].re) = (0, 0),
                4 => (block[0], block[2], block[3].re) = (Complex::default(), Complex::default(), k % 3),
                5 => (block[2], block[3], block[0].re) = (Complex::default(), Complex::default(), k % 3),
                6 => (block[1], block[3], block[0].re) = (Complex::default(), Complex::default(), k % 3),
                _ => {}
            }
            (k % 5 == 0, block)
        })
        .collect();
    let mut found = vec![];
    for cycle in 0..2 * blocks.len() + latency {
        let now = blocks.get(cycle / 2).filter(|_| cycle % 2 == 0);
        bench.set("takes", now.is_some().into());
        if let Some((turn, block)) = now {
            bench.set("turn", (*turn).into());
            for (port, number) in ["a", "b", "c", "d"].into_iter().zip(block) {
                bench.set(port, packed(*number, DATA));
            }
        }
        bench.simulator.step();
        if cycle + 1 >= latency {
            found.push((vector(&bench), bench.get("settled") == 1));
        }
    }
    let mut turned = 0;
    for (&(turn, block), pair) in blocks.iter().zip(found.chunks(2)) {
        let (left, right, settled) = if turn {
            turned += 1;
            let (first, is_first) = reference.phase(block[0]);
            let (second, is_second) = reference.phase(block[3]);
            (Complex::new(0, -first), Complex::new(0, -second), is_first && is_second)
        } else {
            reference.vectors_of_block(block)
        };
        assert_eq!([pair[0].0, pair[1].0], [left, right], "{block:?}, turn: {turn}");
        assert_eq!(pair[0].1, settled, "{block:?}, turn: {turn}");
    }
    assert_eq!((found.len() / 2 >= blocks.len(), turned), (true, 4_000));
}

#[test]
fn rotations_are_those_of_the_reference() {
    let (reference, mut random) = (reference((8, 8)), ChaCha8Rng::seed_from_u64(2));
    let angle = angle_fraction(COEF);
    let mut unit = Bench::new(|design| complex_coefficient_unit(design, COEF));
    let fine_latency = unit.latency("fine");
    // A word (fine, k, Re s, Im s) for an angle vector.
    let mut word = |by: Complex| {
        for (part, value) in [("re", by.re), ("im", by.im)] {
            unit.set(&format!("{part}_size"), value.unsigned_abs().into());
            unit.set(&format!("{part}_negative"), (value < 0).into());
        }
        (0..fine_latency).for_each(|_| unit.simulator.step());
        let [k, re, im] = ["k", "s_re", "s_im"].map(|port| unit.get(port));
        (unit.get("fine"), k, re, im)
    };
    let kinds = [Phases::Absent, Phases::Pass, Phases::Turn];
    for (depth, phases) in [Depth::Shallow, Depth::Deep].into_iter().flat_map(|depth| kinds.map(|kind| (depth, kind))) {
        let mut bench = Bench::new(|design| complex_rotator(design, (DATA, COEF), depth, phases));
        let latency = bench.latency("x_rotated");
        let (mut waiting, mut cycle, mut checked) = (std::collections::VecDeque::new(), 0usize, 0);
        let mut next_turns = false;
        for _ in 0..4_000 {
            let bits = random.random_range(3..DATA - 2);
            let [x, y] = [0, 1].map(|_| number(&mut random, bits));
            let turn = next_turns;
            let size = random.random_range(4..=angle);
            let mut by = [0, 1].map(|_| Complex::new(component(&mut random, size), component(&mut random, size)));
            if turn {
                by.iter_mut().for_each(|by| by.re = 0);
            }
            if turn && phases == Phases::Pass {
                by = [Complex::new(0, 0); 2];
            }
            let limit = std::f64::consts::FRAC_PI_2 * f64::from(angle).exp2();
            if by.iter().any(|by| (by.re as f64).hypot(by.im as f64) > limit) {
                continue;
            }
            let conjugate = !turn && random.random_bool(0.5);
            let (fine, k, re, im) = word(by[0]);
            let (fine_y, k_y, _, im_y) = word(by[1]);
            let expected = if turn {
                [reference.rotate(x, x, by[0]).0, reference.rotate(y, y, by[1]).0]
            } else {
                let by = if conjugate { by[0].conjugate() } else { by[0] };
                let (x, y) = reference.rotate(x, y, by);
                [x, y]
            };
            waiting.push_back((cycle + latency, expected));
            next_turns = phases != Phases::Absent && random.random_bool(0.5);
            let cycles = if turn && next_turns { FEWEST_CYCLES } else { CYCLES };
            for phase in 0..cycles + u32::from(random.random_bool(0.2)) {
                bench.set("begins", (phase == 0).into());
                if phase == 0 {
                    bench.set("x", packed(x, DATA));
                    bench.set("y", packed(y, DATA));
                    bench.set("conjugate", conjugate.into());
                    bench.set("coefficients", fine << (3 * COEF) | k << (2 * COEF) | re << COEF | im);
                    if phases == Phases::Turn {
                        bench.set("turn", turn.into());
                        bench.set("coefficients_y", fine_y << (2 * COEF) | k_y << COEF | im_y);
                    }
                } else {
                    bench.set("x", random.random::<u64>().into());
                    bench.set("y", random.random::<u64>().into());
                    bench.set("conjugate", random.random_bool(0.5).into());
                }
                bench.simulator.step();
                cycle += 1;
                if waiting.front().is_some_and(|&(at, _)| at == cycle) {
                    let (_, expected) = waiting.pop_front().unwrap();
                    let found = ["x_rotated", "y_rotated"].map(|port| unpacked(bench.get(port), DATA));
                    assert_eq!(found, expected, "{depth:?}");
                    assert_eq!(bench.get("overflow"), 0);
                    checked += 1;
                }
            }
        }
        assert!(checked > 3_000, "{checked}");
    }
}

/// The error of the norm of fine rotations, on which the error bounds rest. It is measured for components of all
/// magnitudes, since the smallest angles are the most frequent.
#[test]
fn the_norm_of_fine_rotations_is_as_exact_as_the_bounds_assume() {
    for coef in [16, 18, 19, 21] {
        let reference = Reference::new((8, 8), (16, 4), coef, false);
        let (fraction, angle) = (coef - 1, angle_fraction(coef));
        let (mut random, claimed) = (ChaCha8Rng::seed_from_u64(3), complex_norm_error(fraction));
        let (mut largest, mut squares, mut sum, mut count) = (0.0f64, 0.0, 0.0, 0);
        while count < 200_000 {
            let by = number(&mut random, fraction);
            if by.re.abs() + by.im.abs() >= 1 << fraction {
                continue;
            }
            let versine = reference.versine(by) as f64 / f64::from(fraction + 6).exp2();
            let square = (by.re * by.re + by.im * by.im) as f64 / f64::from(2 * angle).exp2();
            // (1 - versine)^2 + |s|^2 - 1
            let error = versine * versine - 2.0 * versine + square;
            largest = largest.max(error.abs());
            squares += error * error;
            sum += error;
            count += 1;
        }
        let (rms, mean) = ((squares / f64::from(count)).sqrt(), sum / f64::from(count));
        let unit = f64::from(fraction + 6).exp2();
        println!("{coef} bits: largest {:.2}, rms {:.2}, mean {:.3} units", largest * unit, rms * unit, mean * unit);
        assert!(largest <= claimed.largest && rms <= claimed.rms && mean.abs() <= claimed.mean, "{coef}");
    }
}
