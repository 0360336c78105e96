//! Runs cores after synthesis: the same beats in the same cycles as before it, from unknown and from random contents of
//! the flip-flops, and after resets of one cycle.

use crate::common::{core_of, frame, simulate, square};
use svdforge_hdl::parameters::{ArchitectureName, Front, Parameters, Vectors};
use svdforge_testbench::corpus::{Case, cases};
use svdforge_testbench::engine::{Engine, NetlistEngine, SimulatorEngine};
use svdforge_testbench::stimulus::{Reset, Stalls, Stimulus};
use svdforge_testbench::verify::first_difference;
use svdforge_tools::synth::{PowerUp, Target};

/// Cases of the corpus with good and bad frames, stalls at both ends, and resets.
const CASES: [&str; 4] = ["uniform", "good, early, good", "both stall at random", "two resets close together"];

const UNKNOWN: &[PowerUp] = &[PowerUp::Unknown];
const BOTH: &[PowerUp] = &[PowerUp::Unknown, PowerUp::Random];

/// Runs a core after synthesis for a target. Returns the number of runs.
fn run(parameters: Parameters, target: Target, starts: &[PowerUp]) -> usize {
    let core = core_of(parameters);
    let mut simulator = SimulatorEngine::new(&core).unwrap();
    let all = cases().unwrap_or_else(|e| panic!("{e}"));
    let is_run = |case: &Case| case.fits(core.shape()) && CASES.contains(&case.name.as_str());
    let mut stimuli: Vec<Stimulus> = all.iter().filter(|case| is_run(case)).map(|c| c.stimulus(core.shape())).collect();
    assert_eq!(stimuli.len(), CASES.len());
    // A reset of one cycle while the first matrix is inside the core.
    let frames = [frame(&core, 1), frame(&core, 2)].concat();
    let reset = Reset { cycle: 2 * core.shape().rows() as u64 * core.shape().cols() as u64, length: 1 };
    let stalls = Stalls::random(3, 1000, 0.8, 0.8);
    stimuli.push(Stimulus { resets: vec![reset], stalls, ..Stimulus::new(frames) });
    let mut runs = 0;
    for &start in starts {
        let mut netlist = NetlistEngine::new(&core, target, start).unwrap_or_else(|e| panic!("{e}"));
        for stimulus in &stimuli {
            let expected = simulate(&mut simulator, stimulus);
            let found = netlist.run_against(stimulus, &expected);
            let found = found.unwrap_or_else(|e| panic!("{}, {target}, {start:?}: {e}", core.shape().name()));
            assert_eq!(first_difference(&expected, &found), None, "{}, {target}, {start:?}", core.shape().name());
            runs += 1;
        }
    }
    runs
}

/// A core with small words, so that synthesis is fast.
fn small(arch: ArchitectureName, n: usize) -> Parameters {
    Parameters { arch, word: 8, guard: 2, coef: Some(14), ..square(n) }
}

#[test]
fn a_small_core_is_the_same_after_synthesis() {
    assert_eq!(run(small(ArchitectureName::Serial, 2), Target::Ecp5_25k, UNKNOWN), 5);
}

/// Runs each architecture, several matrices in flight, reduced rows, registers and wide beats in the cells of a target.
fn run_every_kind(target: Target) {
    let [quarter, serial, row, array] =
        [ArchitectureName::Quarter, ArchitectureName::Serial, ArchitectureName::Row, ArchitectureName::Array];
    let cores = [
        Parameters { interleave: None, ..small(serial, 4) },
        small(quarter, 3),
        Parameters { rows: 9, vectors: Vectors::V, front: Front::AxiLite, ..small(serial, 3) },
        Parameters { interleave: Some(2), ..small(row, 4) },
        Parameters { interleave: Some(3), elements_per_beat_in: 2, elements_per_beat_out: 4, ..small(array, 4) },
    ];
    let runs: usize = cores.into_iter().map(|parameters| run(parameters, target, UNKNOWN)).sum();
    assert_eq!(runs, 25);
    if target != Target::Generic {
        assert_eq!(run(small(serial, 3), target, BOTH), 10);
    }
}

#[test]
#[ignore = "takes minutes"]
fn every_kind_of_core_is_the_same_in_cells_of_ecp5() {
    run_every_kind(Target::Ecp5_85k);
    // The default core, with words of 16 bits.
    assert_eq!(run(square(8), Target::Ecp5_85k, UNKNOWN), 5);
}

#[test]
#[ignore = "takes minutes"]
fn every_kind_of_core_is_the_same_in_cells_of_ice40() {
    run_every_kind(Target::Ice40Up5k);
}

#[test]
#[ignore = "takes minutes"]
fn every_kind_of_core_is_the_same_in_cells_of_ice40_without_multipliers() {
    run_every_kind(Target::Ice40Hx8k);
}

#[test]
#[ignore = "takes minutes"]
fn every_kind_of_core_is_the_same_in_cells_of_7_series() {
    run_every_kind(Target::Xc7);
}

#[test]
#[ignore = "takes minutes"]
fn every_kind_of_core_is_the_same_in_generic_cells() {
    run_every_kind(Target::Generic);
}
