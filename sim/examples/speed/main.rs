//! Measures how fast the simulator is: `cargo run --release -p svdforge-sim --example speed -- [chains] [cycles]`

mod synthetic;

use std::time::Instant;
use svdforge_hdl::check::Checked;
use svdforge_hdl::ir::Design;
use svdforge_sim::{Lanes, Simulator};

/// The number of cycles that are timed together.
const SLICE: u32 = 1_000;

fn main() {
    let mut numbers = std::env::args().skip(1).map(|argument| argument.parse::<u32>().expect("a number"));
    let (chains, cycles) = (numbers.next().unwrap_or(6), numbers.next().unwrap_or(1_000_000));
    let design = synthetic::design(chains);
    let nodes = nodes(&design);
    let start = Instant::now();
    let mut simulator = Simulator::new(&design).expect("It can be simulated.");
    let compiled = start.elapsed();
    let (start_port, seed) = (simulator.input("start").expect("a port"), simulator.input("seed").expect("a port"));
    simulator.set_reset(true);
    simulator.step();
    simulator.set_reset(false);
    simulator.poke(seed, 0x3_1415);
    simulator.poke(start_port, 1);
    // The best of many slices counts, because the machine does other things as well.
    let mut seconds = f64::INFINITY;
    let slices = cycles / SLICE;
    for _ in 0..slices {
        let start = Instant::now();
        (0..SLICE).for_each(|_| simulator.step());
        seconds = seconds.min(start.elapsed().as_secs_f64());
    }
    let cycles = SLICE;
    let checksum = simulator.peek(simulator.output("checksum").expect("a port"));
    println!("{nodes} nodes; compiled in {compiled:.1?}");
    println!(
        "{:.0} cycles/s, {:.0} ns per cycle, {:.3} ns per node and cycle; checksum {checksum:06x}",
        f64::from(cycles) / seconds,
        seconds * 1e9 / f64::from(cycles),
        seconds * 1e9 / f64::from(cycles) / nodes as f64,
    );
    let (built, seconds) = lanes(&design, slices);
    println!(
        "{} lanes: compiled in {:.1} ms; {:.0} ns per cycle and lane",
        Lanes::COUNT,
        built * 1e3,
        seconds * 1e9 / f64::from(SLICE) / Lanes::COUNT as f64,
    );
}

/// Builds the lanes of a design and steps them. Returns the seconds to build them, and those of the fastest slice.
fn lanes(design: &Checked<Design>, slices: u32) -> (f64, f64) {
    let start = Instant::now();
    let mut lanes = Lanes::new(design, &[]).expect("It can be simulated.");
    let built = start.elapsed().as_secs_f64();
    let (start_port, seed) = (lanes.input("start").expect("a port"), lanes.input("seed").expect("a port"));
    for lane in 0..Lanes::COUNT {
        lanes.set_reset(lane, true);
        lanes.poke(lane, seed, 0x3_1415 + lane as u128);
        lanes.poke(lane, start_port, 1);
    }
    lanes.step();
    (0..Lanes::COUNT).for_each(|lane| lanes.set_reset(lane, false));
    let mut seconds = f64::INFINITY;
    for _ in 0..slices {
        let start = Instant::now();
        (0..SLICE).for_each(|_| lanes.step());
        seconds = seconds.min(start.elapsed().as_secs_f64());
    }
    (built, seconds)
}

/// The number of nodes of the whole tree, in which each instance counts.
fn nodes(design: &Design) -> usize {
    let mut counts: Vec<usize> = Vec::new();
    for module in &design.modules {
        let inside: usize = module.instances.iter().map(|i| counts[i.module.index()]).sum();
        counts.push(module.nodes.len() + inside);
    }
    counts.last().copied().unwrap_or(0)
}
