//! Tests that stalls change the timing and nothing else.

use crate::common::{core_of, frame, simulate, square, values, variants};
use svdforge_testbench::engine::SimulatorEngine;
use svdforge_testbench::stimulus::{Stalls, Stimulus};

#[test]
fn stalls_change_no_value_and_lose_nothing() {
    let mut runs = 0;
    let squares = [(2, 0..60), (3, 0..30), (5, 0..12), (8, 0..8)].map(|(n, seeds)| (square(n), seeds));
    for (parameters, seeds) in squares.into_iter().chain(variants().into_iter().map(|p| (p, 0..16))) {
        let core = core_of(parameters);
        let mut engine = SimulatorEngine::new(&core).unwrap();
        for seed in seeds {
            let frames: Vec<_> = (0..3).map(|i| frame(&core, 3 * seed + i)).collect();
            let free = Stimulus::new(frames.concat());
            // Each side is ready with a probability of its own, from one cycle in ten to nearly always.
            let [source, sink] = [seed % 4, seed / 4 % 4].map(|level| [0.1, 0.35, 0.65, 0.95][level as usize]);
            let stalls = Stalls::random(seed, 97 + seed as usize, source, sink);
            let stalled = Stimulus { stalls, ..free.clone() };
            let (free, stalled_trace) = (simulate(&mut engine, &free), simulate(&mut engine, &stalled));
            assert_eq!(values(&stalled_trace.output), values(&free.output), "{}, seed {seed}", core.shape().name());
            assert_eq!(stalled_trace.accepted.len(), stalled.elements.len());
            assert!(stalled_trace.output.iter().all(|beat| stalled.stalls.at(beat.cycle).1));
            runs += 1;
        }
    }
    assert_eq!(runs, 110 + 37 * 16);
}
