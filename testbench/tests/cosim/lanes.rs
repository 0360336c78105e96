//! Tests that what runs in a lane equals what runs alone, bit for bit and cycle for cycle.

use crate::common::{core_of, frame, simulate, square, variants};
use svdforge_testbench::corpus::cases;
use svdforge_testbench::engine::{Engine, LanesEngine, SimulatorEngine};
use svdforge_testbench::stimulus::{Stalls, Stimulus, Trace};

/// Every case of the corpus on every kind of core, and frames with random stalls of both sides, all in the same lanes.
#[test]
fn lanes_equal_single_runs() {
    let mut runs = 0;
    for parameters in [2, 3, 4, 7, 8].map(square).into_iter().chain(variants()) {
        let core = core_of(parameters);
        let fitting = cases().unwrap().into_iter().filter(|case| case.fits(core.shape()));
        let mut stimuli: Vec<Stimulus> = fitting.map(|case| case.stimulus(core.shape())).collect();
        stimuli.extend((0..6).map(|seed| {
            let frames: Vec<_> = (0..1 + seed % 3).map(|number| frame(&core, 3 * seed + number)).collect();
            let stalls = Stalls::random(seed, 83 + seed as usize, 0.2 + 0.1 * seed as f64, 0.8 - 0.1 * seed as f64);
            Stimulus { stalls, ..Stimulus::new(frames.concat()) }
        }));
        let mut alone = SimulatorEngine::new(&core).unwrap();
        let expected: Vec<Trace> = stimuli.iter().map(|stimulus| simulate(&mut alone, stimulus)).collect();
        let mut lanes = LanesEngine::new(&core).unwrap();
        let found = lanes.run(&stimuli).unwrap();
        for (number, (found, expected)) in found.iter().zip(&expected).enumerate() {
            assert!(found == expected, "{}: stimulus {number} differs", core.shape().name());
        }
        assert_eq!(found.len(), expected.len());
        // Fewer stimuli than lanes.
        for few in 0..LanesEngine::LANES {
            assert_eq!(lanes.run(&stimuli[..few]).unwrap(), expected[..few]);
        }
        runs += found.len();
    }
    assert_eq!(runs, 2060);
}

/// The rotations of each frame are those of its own lane.
#[test]
fn lanes_show_the_rotations_of_single_runs() {
    let mut rotations = 0;
    for parameters in [square(4), square(7)].into_iter().chain(variants()) {
        let core = core_of(parameters);
        let stimuli: Vec<Stimulus> = (0..19).map(|seed| Stimulus::new(frame(&core, seed))).collect();
        let mut alone = SimulatorEngine::new(&core).unwrap();
        let found = LanesEngine::new(&core).unwrap().run_seeing_rotations(&stimuli).unwrap();
        assert_eq!(found.len(), stimuli.len());
        for (stimulus, (trace, seen)) in stimuli.iter().zip(found) {
            let (expected, expected_seen) = alone.run_seeing_rotations(stimulus).unwrap();
            assert_eq!(trace, expected);
            let expected_seen = expected_seen.unwrap();
            assert!(seen == expected_seen, "{}: other rotations", core.shape().name());
            rotations += seen.count();
        }
    }
    assert_eq!(rotations, 101_050);
}
