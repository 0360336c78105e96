use super::*;
use svdforge_testbench::engine::{Engine, SimulatorEngine};

fn core(parameters: &Parameters, n: usize) -> Core {
    Core::new(searched(parameters, n).unwrap())
}

/// The sweeps that a core takes for a matrix.
fn sweeps(parameters: Parameters, units: &[i64]) -> u32 {
    let core = Core::new(parameters.shape().unwrap());
    let n = core.shape().cols();
    let input = Quantised { rows: n, cols: n, units: units.to_vec(), exponent: 0 };
    let trace = SimulatorEngine::new(&core).unwrap().run(&Stimulus::new(input.frame(core.shape()))).unwrap();
    Status::from_bits(trace.output[0].data).sweeps()
}

/// The search finds harder matrices than it begins with, the same whatever the number of threads, and the core with
/// vectors takes as many sweeps for them.
#[test]
fn climbing_finds_harder_matrices() {
    let base = Parameters::default();
    let core = core(&base, 4);
    let found = search(&core, 6_000, 1, 1, &|_| ()).unwrap();
    assert_eq!((found.matrices, found.sweeps.values().sum::<u64>()), (6_000, 6_000));
    assert!(found.most > found.most_drawn && found.most <= found.cap, "{found:?}");
    assert_eq!(sweeps(Parameters { rows: 4, cols: 4, ..base }, &found.hardest), found.most);
    let again = search(&core, 6_000, 1, 3, &|_| ()).unwrap();
    assert_eq!((again.sweeps, again.hardest), (found.sweeps, found.hardest));
}

#[test]
fn symmetric_matrices_stay_symmetric() {
    let core = core(&Parameters { symmetric: true, ..Parameters::default() }, 3);
    let found = search(&core, 1_000, 1, 2, &|_| ()).unwrap();
    assert!((0..9).all(|at| found.hardest[at] == found.hardest[at % 3 * 3 + at / 3]), "{found:?}");
}
