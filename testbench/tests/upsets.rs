//! A core whose state can be flipped does what any simulated core does, and a flip in a lane does what the same flip
//! does in the single simulator, cycle for cycle.

use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use svdforge_golden::Family;
use svdforge_hdl::core::Core;
use svdforge_hdl::parameters::{ArchitectureName, Front, Parameters, Sizes, Vectors};
use svdforge_testbench::engine::{
    Ending, Engine, Flip, Observed, OneUpsetEngine, SimulatorEngine, StateBit, StateElement, Traffic, UpsetEngine,
};
use svdforge_testbench::framing::{InputElement, InputScale, quantise};
use svdforge_testbench::samples::example_matrix;
use svdforge_testbench::stimulus::{Stalls, Stimulus};

fn cores() -> Vec<Core> {
    let base = Parameters { rows: 4, cols: 4, ..Parameters::default() };
    let cores = [
        base,
        Parameters { interleave: None, elements_per_beat_in: 2, elements_per_beat_out: 4, ..base },
        Parameters { rows: 33, cols: 3, vectors: Vectors::V, ..base },
        Parameters { rows: 3, cols: 3, arch: ArchitectureName::Array, interleave: Some(4), ..base },
        Parameters { arch: ArchitectureName::Quarter, sizes: Sizes::Any, front: Front::AxiLite, ..base },
    ];
    cores.into_iter().map(|parameters| Core::new(parameters.shape().unwrap())).collect()
}

fn frames(core: &Core, count: u64) -> Vec<Vec<InputElement>> {
    let frame = |seed| {
        let matrix = example_matrix::<f64>(core.shape(), Family::Uniform, seed);
        quantise(core.shape(), &matrix, InputScale::Auto).unwrap().frame(core.shape())
    };
    (0..count).map(frame).collect()
}

/// Traffic of each kind, and stalls.
fn traffic(core: &Core) -> Vec<(Traffic, Stalls)> {
    let mut all = Vec::new();
    for single in [false, true] {
        for stalls in [Stalls::none(), Stalls::random(7, 101, 0.7, 0.6)] {
            all.push((Traffic::new(frames(core, 6), 10_000, single).stalling(stalls.clone()), stalls));
        }
    }
    all
}

fn random_bit(rng: &mut ChaCha8Rng, state: &[StateElement]) -> StateBit {
    let element = rng.random_range(0..state.len());
    let found = &state[element];
    StateBit { element, word: rng.random_range(0..found.words.unwrap_or(1)), bit: rng.random_range(0..found.width) }
}

#[test]
fn flips_in_lanes_do_what_flips_in_a_single_core_do() {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let (mut compared, mut changed) = (0, 0);
    for core in cores() {
        let mut lanes = UpsetEngine::new(&core).unwrap();
        for (traffic, stalls) in traffic(&core) {
            let undisturbed = lanes.run(&traffic, &[None], |_, _| false).remove(0).0;
            assert_eq!((undisturbed.ending, undisturbed.frames().len()), (Ending::Complete, 6));
            if !traffic.is_single() {
                let elements = frames(&core, 6).into_iter().flatten().collect();
                let stimulus = Stimulus { stalls, ..Stimulus::new(elements) };
                assert_eq!(undisturbed.output, SimulatorEngine::new(&core).unwrap().run(&stimulus).unwrap().output);
            }
            let flips: Vec<Option<Flip>> = (0..22)
                .map(|_| {
                    let cycle = rng.random_range(0..undisturbed.cycles - 100);
                    Some(Flip { cycle, bit: random_bit(&mut rng, lanes.state()) })
                })
                .collect();
            let seen = lanes.run(&traffic, &flips, |_, _| false);
            for (number, (flip, (observed, _))) in flips.iter().zip(seen).enumerate() {
                changed += usize::from(observed != undisturbed);
                // The single simulator has to be compiled for each.
                if number % 11 == 0 || observed.ending != Ending::Complete {
                    let one = OneUpsetEngine::new(&core, Vec::new()).unwrap();
                    assert_eq!(one.state(), lanes.state());
                    assert_eq!(one.run(&traffic, *flip).unwrap(), observed, "{flip:?}");
                    compared += 1;
                }
            }
        }
    }
    assert!(compared >= 40 && changed > 20, "{compared} compared, {changed} changed");
}

/// A core that is lost is given up, and a reset brings it back.
#[test]
fn a_lane_that_is_lost_is_reset() {
    let core = &cores()[0];
    let mut lanes = UpsetEngine::new(core).unwrap();
    let traffic = Traffic::new(frames(core, 4), 200, false);
    let undisturbed = lanes.run(&traffic, &[None], |_, _| false).remove(0).0;
    let flips: Vec<Option<Flip>> = (0..lanes.state().len())
        .filter(|&element| lanes.state()[element].words.is_none())
        .map(|element| Some(Flip { cycle: undisturbed.begun[1] + 20, bit: StateBit { element, word: 0, bit: 0 } }))
        .collect();
    let differs = |_: usize, observed: &Observed| observed.output != undisturbed.output;
    let seen = lanes.run(&traffic, &flips, differs);
    assert_eq!(seen.len(), flips.len());
    let mut resets = 0;
    for (number, (observed, after_reset)) in seen.into_iter().enumerate() {
        assert_eq!(after_reset.is_some(), differs(number, &observed));
        if let Some(after_reset) = after_reset {
            assert_eq!(after_reset.output, undisturbed.output, "{:?}", flips[number]);
            resets += 1;
        }
    }
    assert!(resets > 3, "{resets} resets");
}
