//! A bench for single units: a unit is the top of a design in the simulator. There are also generators of operands.

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use std::cell::Cell;
use svdforge_hdl::builder::DesignBuilder;
use svdforge_hdl::check::Checked;
use svdforge_hdl::ir::{Design, ModuleId};
use svdforge_sim::Simulator;

/// A unit in the simulator.
pub struct Bench {
    design: Checked<Design>,
    simulator: Simulator,
}

impl Bench {
    /// A bench for the module that `draw` adds last, after a reset.
    pub fn new(draw: impl FnOnce(&mut DesignBuilder) -> ModuleId) -> Self {
        let mut builder = DesignBuilder::new();
        draw(&mut builder);
        let design = builder.finish().unwrap();
        let simulator = Simulator::new(&design).unwrap();
        let mut bench = Self { design, simulator };
        bench.reset();
        bench
    }

    pub fn reset(&mut self) {
        self.simulator.set_reset(true);
        (0..4).for_each(|_| self.step());
        self.simulator.set_reset(false);
    }

    pub fn set(&mut self, port: &str, value: impl Into<i128>) {
        let port = self.simulator.input(port).unwrap_or_else(|| panic!("no input {port}"));
        self.simulator.poke_signed(port, value.into());
    }

    /// The bits of an output in the current cycle.
    pub fn get(&self, port: &str) -> u128 {
        self.simulator.peek(self.simulator.output(port).unwrap_or_else(|| panic!("no output {port}")))
    }

    pub fn step(&mut self) {
        self.simulator.step();
    }

    /// Sends one set of operands per cycle through a pipeline, and returns the outputs for each set, in order. Outputs
    /// whose names are given with the prefix `-` are read as two's complement numbers.
    pub fn pipeline<const N: usize, const M: usize>(
        &mut self,
        inputs: [&str; N],
        outputs: [&str; M],
        operands: &[[i128; N]],
    ) -> Vec<[i128; M]> {
        let latency = |name: &str| {
            let top = self.design.top();
            top.outputs[top.output_named(name).unwrap()].latency.expect("The outputs of a pipeline have latencies.")
        };
        let plain = outputs.map(|name| name.trim_start_matches('-'));
        let latencies = plain.map(latency);
        assert!(latencies.iter().all(|&l| l == latencies[0]), "The outputs have different latencies: {latencies:?}");
        let depth = latencies[0] as usize;
        let inputs = inputs.map(|name| self.simulator.input(name).unwrap());
        let ports = plain.map(|name| self.simulator.output(name).unwrap());
        let signed = outputs.map(|name| name.starts_with('-'));
        let mut results = Vec::with_capacity(operands.len());
        for cycle in 0..operands.len() + depth - 1 {
            if let Some(values) = operands.get(cycle) {
                inputs.iter().zip(values).for_each(|(&port, &value)| self.simulator.poke_signed(port, value));
            }
            self.step();
            if cycle + 1 >= depth {
                results.push(std::array::from_fn(|i| match signed[i] {
                    true => self.simulator.peek_signed(ports[i]),
                    false => self.simulator.peek(ports[i]) as i128,
                }));
            }
        }
        results
    }
}

/// Two's complement numbers of `width` bits. Small and large magnitudes are equally likely, and the extremes are
/// frequent.
pub fn signed(width: u32) -> BoxedStrategy<i128> {
    let (least, most) = (-(1i128 << (width - 1)), (1i128 << (width - 1)) - 1);
    let any = (any::<i64>(), 0..width).prop_map(move |(bits, cut)| i128::from(bits) >> (64 - width + cut).min(63));
    prop_oneof![8 => any, 1 => Just(least), 1 => Just(most), 1 => (-9i128..9).prop_map(move |v| v.clamp(least, most))]
        .boxed()
}

/// Checks a property on exactly `count` random cases, which are always the same.
pub fn for_all<S: Strategy>(count: u32, strategy: S, property: impl Fn(S::Value)) {
    let seen = Cell::new(0);
    let config = Config { cases: count, failure_persistence: None, ..Config::default() };
    let random = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let outcome = TestRunner::new_with_rng(config, random).run(&strategy, |value| {
        seen.set(seen.get() + 1);
        property(value);
        Ok(())
    });
    outcome.unwrap_or_else(|failure| panic!("{failure}"));
    assert_eq!(seen.get(), count);
}

/// Whether `rounded` is `value` / 2^`fraction`, rounded to nearest, ties to even.
pub fn is_nearest_even(value: i128, fraction: u32, rounded: i128) -> bool {
    let twice_distance = ((rounded << fraction) - value).abs() << 1;
    twice_distance < 1 << fraction || twice_distance == 1 << fraction && rounded & 1 == 0
}

/// `value` / 2^`fraction`, rounded to nearest, ties to even: the only number that [`is_nearest_even`] accepts.
pub fn nearest_even(value: i128, fraction: u32) -> i128 {
    let floor = value >> fraction;
    [floor, floor + 1].into_iter().find(|&r| is_nearest_even(value, fraction, r)).unwrap()
}
