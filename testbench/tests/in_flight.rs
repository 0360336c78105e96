//! Tests that a core with several matrices in flight gives every matrix the result that a core with one at a time gives
//! it, bit for bit, in the same order, whatever surrounds it.

use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use svdforge_golden::Family;
use svdforge_hdl::core::Core;
use svdforge_hdl::parameters::{Parameters, Scaling, Sweeps, Vectors};
use svdforge_testbench::engine::{Engine, SimulatorEngine};
use svdforge_testbench::framing::{InputElement, InputScale, quantise};
use svdforge_testbench::stimulus::{Reset, Stalls, Stimulus, Trace};
use svdforge_testbench::throughput::throughput;

/// Frames of all families, and among them some that end early or late.
fn frames(core: &Core, count: u64) -> Vec<Vec<InputElement>> {
    let shape = core.shape();
    let families =
        [Family::Uniform, Family::Gaussian, Family::Equal, Family::Clustered, Family::Zero, Family::RankDeficient];
    (0..count)
        .map(|seed| {
            let family = families[seed as usize % families.len()];
            let matrix = family.generate(shape.rows(), shape.cols(), seed + 1);
            let matrix = if shape.symmetric() { (&matrix + matrix.transpose()) * 0.5 } else { matrix };
            let mut frame = quantise(shape, &matrix, InputScale::Auto).unwrap().frame(shape);
            match seed % 7 {
                3 if frame.len() > 1 => {
                    frame.truncate(frame.len() / 2);
                    frame.last_mut().unwrap().last = true;
                }
                5 => {
                    frame.last_mut().unwrap().last = false;
                    frame.push(InputElement { last: true, ..*frame.last().unwrap() });
                }
                _ => {}
            }
            frame
        })
        .collect()
}

/// The elements of each output frame, without their cycles.
fn results(trace: &Trace) -> Vec<Vec<(i128, u8, bool)>> {
    let element = |e: &svdforge_testbench::framing::OutputElement| (i128::from(e.data), e.user, e.last);
    trace.frames().map(|frame| frame.iter().map(element).collect()).collect()
}

fn core(parameters: Parameters) -> Core {
    Core::new(parameters.shape().unwrap())
}

/// The cores that are compared with those for one matrix at a time.
fn cores() -> Vec<Parameters> {
    let square = |n: usize| Parameters { rows: n, cols: n, ..Parameters::default() };
    let mut cores = Vec::new();
    for interleave in [None, Some(2), Some(3), Some(4), Some(8), Some(16)] {
        for n in [2, 3, 4, 5, 8] {
            cores.push(Parameters { interleave, ..square(n) });
        }
    }
    for interleave in [None, Some(3)] {
        cores.extend([
            Parameters { interleave, rows: 4, cols: 3, ..square(4) },
            Parameters { interleave, rows: 3, cols: 6, rank: Some(2), ..square(4) },
            Parameters { interleave, vectors: Vectors::None, ..square(4) },
            Parameters { interleave, vectors: Vectors::V, ..square(6) },
            Parameters { interleave, vectors: Vectors::U, scaling: Scaling::Fixed, ..square(4) },
            Parameters { interleave, symmetric: true, ..square(4) },
            Parameters { interleave, symmetric: true, vectors: Vectors::None, ..square(8) },
            Parameters { interleave, sweeps: Sweeps::Fixed(4), ..square(4) },
            Parameters { interleave, scaling: Scaling::Fixed, ..square(8) },
            Parameters { interleave, vectors: Vectors::None, rows: 1, cols: 1, ..square(4) },
            Parameters { interleave, elements_per_beat_in: 2, elements_per_beat_out: 4, ..square(4) },
        ]);
    }
    cores
}

#[test]
fn every_matrix_has_the_result_that_it_has_alone() {
    let mut checked = 0;
    for parameters in cores() {
        let several = core(parameters);
        let one = core(Parameters { interleave: Some(1), ..parameters });
        let elements = frames(&one, 24).concat();
        let expected = results(&SimulatorEngine::new(&one).unwrap().run(&Stimulus::new(elements.clone())).unwrap());
        assert_eq!(expected.len(), 24);
        let mut engine = SimulatorEngine::new(&several).unwrap();
        for (number, (source, sink)) in [(1.0, 1.0), (0.3, 1.0), (1.0, 0.2), (0.6, 0.6)].into_iter().enumerate() {
            let stalls = if source * sink == 1.0 { Stalls::none() } else { Stalls::random(7, 997, source, sink) };
            let trace = engine.run(&Stimulus { stalls, ..Stimulus::new(elements.clone()) });
            let trace = trace.unwrap_or_else(|error| panic!("{} {number}: {error}", several.shape().name()));
            for (frame, (found, expected)) in results(&trace).iter().zip(&expected).enumerate() {
                assert_eq!(found, expected, "{}, stalls {number}, frame {frame}", several.shape().name());
            }
            assert_eq!(results(&trace).len(), 24);
            checked += 1;
        }
        // After a reset in the middle the core is a new one: the frames that it had not taken are answered.
        let resets = vec![Reset { cycle: 150, length: 1 }];
        let trace = engine.run(&Stimulus { resets, ..Stimulus::new(elements.clone()) }).unwrap();
        let after = trace.frames().filter(|frame| frame[0].cycle > 150).count();
        assert!(after > 0 && expected.ends_with(&results(&trace)[results(&trace).len() - after..]));
    }
    assert_eq!(checked, 4 * (30 + 22));
}

/// The rotators never wait: matrices follow each other as fast as their rotations can be made.
#[test]
fn the_rotators_never_wait() {
    let mut checked = 0;
    for (n, sweeps, interleave) in [(4, 4, None), (8, 5, None), (16, 6, None), (8, 5, Some(8))] {
        let square = Parameters { rows: n, cols: n, ..Parameters::default() };
        let core = core(Parameters { sweeps: Sweeps::Fixed(sweeps), interleave, ..square });
        let result = throughput(&core, 2 * core.shape().in_flight() + 20, 1).unwrap();
        let rotations = sweeps as usize * (n - 1) * (n * n / 2);
        assert_eq!(result.interval_cycles.mean, rotations as f64, "{}", core.shape().name());
        assert_eq!(result.results_correct, result.frames);
        checked += 1;
    }
    assert_eq!(checked, 4);
}

/// A random core with several matrices in flight, or `None` if the parameters do not fit each other.
fn random_core(rng: &mut ChaCha8Rng) -> Option<Core> {
    let mut pick = |from: &[u32]| from[rng.random_range(0..from.len())];
    let (long, short) = (pick(&[1, 2, 3, 4, 5, 6]) as usize, pick(&[1, 2, 3, 4]) as usize);
    let (rows, cols) = match pick(&[0, 0, 1, 2]) {
        0 => (long, long),
        1 => (long, short.min(long)),
        _ => (short.min(long), long),
    };
    let symmetric = rows == cols && pick(&[0, 0, 1]) == 1;
    let vectors = [Vectors::Uv, Vectors::U, Vectors::V, Vectors::None][pick(&[0, 1, 2, 3]) as usize];
    let parameters = Parameters {
        rows,
        cols,
        symmetric,
        vectors,
        interleave: Some(pick(&[2, 3, 4, 5, 7, 8, 11, 16])),
        scaling: if pick(&[0, 0, 1]) == 1 { Scaling::Fixed } else { Scaling::Auto },
        sweeps: match pick(&[0, 0, 1, 2, 4]) {
            0 => Sweeps::Auto,
            sweeps => Sweeps::Fixed(sweeps),
        },
        word: pick(&[8, 12, 16, 20]),
        guard: pick(&[0, 2, 4]),
        elements_per_beat_in: pick(&[1, 1, 2, 8]),
        elements_per_beat_out: pick(&[1, 1, 4, 8]),
        element_bytes: Some(8),
        ..Parameters::default()
    };
    parameters.shape().ok().map(Core::new)
}

/// Random cores, random frames, many of which end early or late, and random stalls.
#[test]
fn random_cores_give_random_frames_their_results() {
    let (mut cores, mut compared) = (0, 0);
    for seed in 0..150 {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let Some(several) = random_core(&mut rng) else { continue };
        let one = core(Parameters { interleave: Some(1), ..*several.shape().parameters() });
        let bad = rng.random_range(0.0..0.8);
        let frame = |number: u64| {
            let family = Family::ALL[rng.random_range(0..Family::ALL.len())];
            let matrix = family.generate(one.shape().rows(), one.shape().cols(), 1000 * seed + number);
            let matrix = if one.shape().symmetric() { (&matrix + matrix.transpose()) * 0.5 } else { matrix };
            let mut frame = quantise(one.shape(), &matrix, InputScale::Auto).unwrap().frame(one.shape());
            if rng.random_bool(bad) {
                let last = frame.pop().unwrap();
                let keep = rng.random_range(0..2 * frame.len() + 2);
                frame.resize(keep, InputElement { last: false, ..last });
                frame.push(last);
            }
            frame
        };
        let elements = (0..40).flat_map(frame).collect::<Vec<_>>();
        let expected = results(&SimulatorEngine::new(&one).unwrap().run(&Stimulus::new(elements.clone())).unwrap());
        let mut engine = SimulatorEngine::new(&several).unwrap();
        let name = several.shape().name();
        for free in [true, false] {
            let stalls = match free {
                true => Stalls::none(),
                false => Stalls::random(seed, 997, rng.random_range(0.1..1.0), rng.random_range(0.05..1.0)),
            };
            let trace = engine.run(&Stimulus { stalls, ..Stimulus::new(elements.clone()) });
            let trace = trace.unwrap_or_else(|error| panic!("seed {seed}, {name}: {error}"));
            for (frame, (found, expected)) in results(&trace).iter().zip(&expected).enumerate() {
                assert_eq!(found, expected, "seed {seed}, {name}, free {free}, frame {frame}");
            }
            assert_eq!(results(&trace).len(), expected.len(), "seed {seed}, {name}");
            compared += expected.len();
        }
        cores += 1;
    }
    assert!(cores > 60, "{cores} cores");
    assert_eq!(compared, cores * 2 * 40);
}
