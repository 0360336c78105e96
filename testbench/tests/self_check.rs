//! Cores that check their own results: the same results as without the check, in the cycles of the formula, and no
//! alarm.

use rayon::prelude::*;
use svdforge_golden::Family;
use svdforge_hdl::core::Core;
use svdforge_hdl::interface::Status;
use svdforge_hdl::parameters::{ArchitectureName, Front, Parameters, Scaling, Sizes, Sweeps, Vectors};
use svdforge_testbench::engine::{Engine, LanesEngine, SimulatorEngine};
use svdforge_testbench::framing::{InputElement, InputScale, quantise};
use svdforge_testbench::run::Cycles;
use svdforge_testbench::samples::example_matrix;
use svdforge_testbench::stimulus::{Stimulus, Trace};

/// Cores of every kind that can check their results.
fn kinds() -> Vec<Parameters> {
    let size = |rows, cols| Parameters { rows, cols, selfcheck: true, ..Parameters::default() };
    let unscaled = |parameters| Parameters { scaling: Scaling::Fixed, ..parameters };
    let symmetric = |n| Parameters { symmetric: true, ..size(n, n) };
    let any = |parameters| Parameters { sizes: Sizes::Any, ..parameters };
    let in_flight = |count, parameters| Parameters { interleave: Some(count), ..parameters };
    let of = |arch, parameters| Parameters { arch, ..parameters };
    let beats = |elements_per_beat_in, elements_per_beat_out, parameters| Parameters {
        elements_per_beat_in,
        elements_per_beat_out,
        ..parameters
    };
    vec![
        size(1, 1),
        size(1, 4),
        size(4, 1),
        size(2, 2),
        size(3, 3),
        size(4, 4),
        size(5, 3),
        size(3, 8),
        size(8, 8),
        size(13, 13),
        size(16, 16),
        unscaled(size(4, 4)),
        Parameters { sweeps: Sweeps::Fixed(2), ..size(4, 4) },
        Parameters { word: 8, guard: 0, ..size(5, 4) },
        Parameters { word: 24, guard: 8, ..size(4, 4) },
        Parameters { coef: Some(14), ..size(4, 4) },
        symmetric(1),
        symmetric(2),
        symmetric(4),
        symmetric(7),
        Parameters { vectors: Vectors::V, ..unscaled(symmetric(5)) },
        any(size(1, 2)),
        any(size(5, 4)),
        any(symmetric(6)),
        in_flight(2, size(8, 8)),
        in_flight(8, size(4, 4)),
        in_flight(3, size(5, 3)),
        in_flight(4, symmetric(4)),
        of(ArchitectureName::Quarter, size(4, 4)),
        of(ArchitectureName::Quarter, in_flight(3, size(3, 4))),
        of(ArchitectureName::Row, size(6, 6)),
        of(ArchitectureName::Row, in_flight(8, size(8, 8))),
        of(ArchitectureName::Array, in_flight(4, size(4, 3))),
        beats(4, 2, size(4, 4)),
        beats(2, 8, any(size(5, 4))),
        Parameters { element_bytes: Some(8), front: Front::AxiLite, ..size(3, 2) },
    ]
}

fn core_of(parameters: Parameters) -> Core {
    Core::new(parameters.shape().unwrap_or_else(|e| panic!("{e}")))
}

fn frame(core: &Core, family: Family, seed: u64) -> Vec<InputElement> {
    let matrix = example_matrix::<f64>(core.shape(), family, seed);
    quantise(core.shape(), &matrix, InputScale::Auto).unwrap().frame(core.shape())
}

fn values(trace: &Trace) -> Vec<Vec<(u8, u64, bool)>> {
    trace.frames().map(|frame| frame.iter().map(|beat| (beat.user, beat.data, beat.last)).collect()).collect()
}

/// Frames with a status bit 3.
fn alarms(trace: &Trace) -> usize {
    trace.frames().filter(|frame| Status::from_bits(frame[0].data).flags().is_set("self_check_failed")).count()
}

#[test]
fn a_checked_core_gives_the_results_of_an_unchecked_one() {
    let frames: usize = kinds()
        .into_par_iter()
        .map(|parameters| {
            let core = core_of(parameters);
            let plain = core_of(Parameters { selfcheck: false, ..parameters });
            let [mut checked, mut unchecked] = [&core, &plain].map(|core| SimulatorEngine::new(core).unwrap());
            let frames: Vec<_> = Family::ALL.iter().map(|&family| frame(&core, family, 3)).collect();
            let stimulus = Stimulus::new(frames.concat());
            let [found, expected] = [&mut checked, &mut unchecked]
                .map(|engine| engine.run(&stimulus).unwrap_or_else(|e| panic!("{}: {e}", core.shape().name())));
            assert_eq!(values(&found), values(&expected), "{}", core.shape().name());
            frames.len()
        })
        .sum();
    assert_eq!(frames, 36 * Family::ALL.len());
}

#[test]
fn a_checked_matrix_takes_the_cycles_of_the_formula() {
    let matrices: usize = kinds()
        .into_par_iter()
        .map(|parameters| {
            let core = core_of(parameters);
            let mut engine = SimulatorEngine::new(&core).unwrap();
            let families = [Family::Uniform, Family::Zero, Family::Geometric];
            for family in families {
                let matrix = example_matrix::<f64>(core.shape(), family, 5);
                let beats = quantise(core.shape(), &matrix, InputScale::Auto).unwrap().frame(core.shape());
                let trace = engine.run(&Stimulus::new(beats)).unwrap();
                let sweeps = Status::from_bits(trace.output[0].data).sweeps();
                let latency = core.latency_of(matrix.shape());
                let found = Cycles::of(&trace).unwrap();
                let expected = [latency.compute(sweeps), latency.unload, latency.total(sweeps)].map(|c| c as u64);
                assert_eq!(
                    [found.compute, found.unload, found.total],
                    expected,
                    "{}, {family:?}, {:?}",
                    core.shape().name(),
                    matrix.shape()
                );
            }
            families.len()
        })
        .sum();
    assert_eq!(matrices, 36 * 3);
}

/// The same matrix again and again: where its decomposition is shorter than its check, results come as often as they
/// are checked.
#[test]
fn results_follow_each_other_as_the_formula_says() {
    let found: Vec<bool> = kinds()
        .into_par_iter()
        .filter(|parameters| parameters.interleave == Some(1))
        .flat_map_iter(|parameters| {
            let core = core_of(parameters);
            let mut engine = SimulatorEngine::new(&core).unwrap();
            [Family::Uniform, Family::Zero].map(|family| {
                let matrix = example_matrix::<f64>(core.shape(), family, 0);
                let beats = quantise(core.shape(), &matrix, InputScale::Auto).unwrap().frame(core.shape());
                let trace = engine.run(&Stimulus::new(beats.repeat(6))).unwrap();
                let sweeps = Status::from_bits(trace.output[0].data).sweeps();
                let ends: Vec<u64> = trace.output.iter().filter(|beat| beat.last).map(|beat| beat.cycle).collect();
                let latency = core.latency_of(matrix.shape());
                let expected = latency.interval(sweeps);
                assert_eq!(ends[5] - ends[4], expected as u64, "{}, {family:?}: {latency:?}", core.shape().name());
                expected == latency.check
            })
        })
        .collect();
    let by_check = found.iter().filter(|by_check| **by_check).count();
    assert_eq!(found.len(), 2 * 29);
    assert!(by_check > 10 && found.len() - by_check > 10, "{by_check} wait for the check");
}

/// Frames of all families with other seeds, back to back. Returns the frames and how many of them raise an alarm.
fn false_alarms(parameters: Parameters, seeds: std::ops::Range<u64>) -> (usize, usize) {
    const TOGETHER: u64 = 4;
    let core = core_of(parameters);
    let mut engine = LanesEngine::new(&core).unwrap();
    let runs: Vec<(Family, u64)> = Family::ALL
        .iter()
        .flat_map(|&family| seeds.clone().step_by(TOGETHER as usize).map(move |seed| (family, seed)))
        .collect();
    let found: Vec<(usize, usize)> = runs
        .chunks(4 * LanesEngine::LANES)
        .map(|runs| {
            let stimuli: Vec<Stimulus> = (runs.iter())
                .map(|&(family, seed)| {
                    Stimulus::new((seed..seed + TOGETHER).flat_map(|seed| frame(&core, family, seed)).collect())
                })
                .collect();
            let traces = engine.run(&stimuli).unwrap();
            (traces.iter().map(|trace| trace.frames().count()).sum(), traces.iter().map(alarms).sum())
        })
        .collect();
    found.iter().fold((0, 0), |(frames, alarms), found| (frames + found.0, alarms + found.1))
}

#[test]
fn no_family_raises_an_alarm() {
    let found: Vec<(usize, usize)> = kinds().into_par_iter().map(|parameters| false_alarms(parameters, 0..4)).collect();
    let names = kinds().into_iter().map(|parameters| core_of(parameters).shape().name());
    for (name, (frames, alarms)) in names.zip(&found) {
        assert_eq!(*alarms, 0, "{name}: of {frames} frames");
    }
    assert_eq!(found.iter().map(|(frames, _)| frames).sum::<usize>(), 36 * 4 * Family::ALL.len());
}

/// A million frames of all families on ten cores.
#[test]
#[ignore = "takes long: a million frames"]
fn a_million_frames_raise_no_alarm() {
    let size = |rows, cols| Parameters { rows, cols, selfcheck: true, ..Parameters::default() };
    let cores = [
        size(4, 4),
        size(2, 2),
        size(5, 3),
        size(3, 6),
        Parameters { symmetric: true, ..size(4, 4) },
        Parameters { word: 8, guard: 0, ..size(4, 4) },
        Parameters { word: 24, guard: 8, ..size(3, 3) },
        Parameters { sizes: Sizes::Any, ..size(5, 5) },
        Parameters { interleave: Some(3), arch: ArchitectureName::Row, ..size(6, 6) },
        size(8, 8),
    ];
    let found: Vec<(usize, usize)> = cores
        .into_par_iter()
        .map(|parameters| {
            let found = false_alarms(parameters, 100..100 + 5_000);
            println!("{}: {} frames, {} alarms", core_of(parameters).shape().name(), found.0, found.1);
            found
        })
        .collect();
    assert_eq!(found.iter().map(|(frames, _)| frames).sum::<usize>(), 1_000_000);
    assert_eq!(found.iter().map(|(_, alarms)| alarms).sum::<usize>(), 0);
}
