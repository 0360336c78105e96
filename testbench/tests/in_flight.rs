//! Tests that a core with several matrices in flight, or with an architecture that rotates more or fewer blocks per
//! cycle, gives every matrix the result that a serial core with one at a time gives it, bit for bit, in the same order,
//! whatever surrounds it.

use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use svdforge_golden::Family;
use svdforge_hdl::core::Core;
use svdforge_hdl::parameters::{ArchitectureName, NamedChoice, Parameters, Scaling, Sizes, Sweeps, Vectors};
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

/// The architectures with lanes.
const LANES: [ArchitectureName; 2] = [ArchitectureName::Row, ArchitectureName::Array];

/// The serial core with the same results and one matrix at a time.
fn one_at_a_time(core: &Core) -> Core {
    let arch = ArchitectureName::Serial;
    Core::new(Parameters { interleave: Some(1), arch, ..*core.shape().parameters() }.shape().unwrap())
}

/// The cores that are compared with serial ones for one matrix at a time.
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
    for (arch, interleave) in LANES.into_iter().flat_map(|arch| [Some(1), Some(3), None].map(|count| (arch, count))) {
        let base = Parameters { arch, interleave, ..Parameters::default() };
        let size = |rows, cols| Parameters { rows, cols, ..base };
        cores.extend([1, 2, 3, 4, 6].map(|n| size(n, n)));
        cores.extend([
            size(4, 3),
            size(2, 5),
            Parameters { rank: Some(2), ..size(3, 6) },
            Parameters { vectors: Vectors::None, ..size(4, 4) },
            Parameters { vectors: Vectors::V, ..size(6, 6) },
            Parameters { vectors: Vectors::U, scaling: Scaling::Fixed, ..size(4, 4) },
            Parameters { symmetric: true, ..size(4, 4) },
            Parameters { symmetric: true, vectors: Vectors::None, ..size(5, 5) },
            Parameters { sweeps: Sweeps::Fixed(4), ..size(4, 4) },
            Parameters { word: 24, guard: 8, scaling: Scaling::Fixed, ..size(5, 4) },
            Parameters { elements_per_beat_in: 2, elements_per_beat_out: 4, ..size(4, 4) },
        ]);
    }
    cores.extend(LANES.map(|arch| Parameters { arch, interleave: None, ..square(8) }));
    // Arrays that take or give several elements per cycle.
    for (count, interleave) in [2, 4, 8].into_iter().flat_map(|count| [Some(1), Some(5), None].map(|k| (count, k))) {
        let beats = Parameters { elements_per_beat_in: count, elements_per_beat_out: count, ..Parameters::default() };
        let array = Parameters { arch: ArchitectureName::Array, interleave, ..beats };
        let size = |rows, cols| Parameters { rows, cols, ..array };
        cores.extend([
            size(4, 4),
            size(3, 8),
            Parameters { symmetric: true, ..size(6, 6) },
            Parameters { vectors: Vectors::None, rank: Some(7), ..size(8, 8) },
            Parameters { vectors: Vectors::U, rank: Some(2), scaling: Scaling::Fixed, ..size(5, 4) },
        ]);
    }
    for interleave in [Some(1), None] {
        let base = Parameters { arch: ArchitectureName::Quarter, interleave, ..Parameters::default() };
        let size = |rows, cols| Parameters { rows, cols, ..base };
        cores.extend([
            size(1, 1),
            size(2, 2),
            size(4, 4),
            Parameters { rank: Some(2), ..size(3, 6) },
            Parameters { vectors: Vectors::None, ..size(4, 4) },
            Parameters { vectors: Vectors::V, ..size(4, 5) },
            Parameters { symmetric: true, vectors: Vectors::U, ..size(4, 4) },
            Parameters { word: 24, guard: 8, scaling: Scaling::Fixed, ..size(4, 4) },
            Parameters { sizes: Sizes::Any, sweeps: Sweeps::Fixed(3), ..size(4, 5) },
        ]);
    }
    cores
}

#[test]
fn every_matrix_has_the_result_that_it_has_alone() {
    let mut checked = 0;
    for parameters in cores() {
        let several = core(parameters);
        let one = one_at_a_time(&several);
        let elements = frames(&one, 24).concat();
        let expected = results(&SimulatorEngine::new(&one).unwrap().run(&Stimulus::new(elements.clone())).unwrap());
        assert_eq!(expected.len(), 24);
        let mut engine = SimulatorEngine::new(&several).unwrap();
        let mut taken = Vec::new();
        for (number, (source, sink)) in [(1.0, 1.0), (0.3, 1.0), (1.0, 0.2), (0.6, 0.6)].into_iter().enumerate() {
            let stalls = if source * sink == 1.0 { Stalls::none() } else { Stalls::random(7, 997, source, sink) };
            let trace = engine.run(&Stimulus { stalls, ..Stimulus::new(elements.clone()) });
            let trace = trace.unwrap_or_else(|error| panic!("{} {number}: {error}", several.shape().name()));
            for (frame, (found, expected)) in results(&trace).iter().zip(&expected).enumerate() {
                assert_eq!(found, expected, "{}, stalls {number}, frame {frame}", several.shape().name());
            }
            assert_eq!(results(&trace).len(), 24);
            taken = trace.accepted;
            checked += 1;
        }
        // After a reset in the middle the core is a new one: the frames that it had not taken are answered.
        let cycle = taken[taken.len() / 2].min(150);
        let resets = vec![Reset { cycle, length: 1 }];
        let trace = engine.run(&Stimulus { resets, ..Stimulus::new(elements.clone()) }).unwrap();
        let after = trace.frames().filter(|frame| frame[0].cycle > cycle).count();
        let found = results(&trace);
        assert!(after > 0, "{}: no frame after the reset", several.shape().name());
        assert!(expected.ends_with(&found[found.len() - after..]), "{}: after a reset", several.shape().name());
    }
    assert_eq!(checked, 4 * (30 + 22 + 2 * 3 * 16 + 2 + 9 * 5 + 2 * 9));
}

/// The rotators never wait: matrices follow each other as fast as their rotations can be made.
#[test]
fn the_rotators_never_wait() {
    let mut checked = 0;
    // A frame of an array is longer than its computation, if it comes by single elements.
    let (serial, array, quarter) = (ArchitectureName::Serial, ArchitectureName::Array, ArchitectureName::Quarter);
    for (arch, n, sweeps, interleave, beat) in [
        (serial, 4, 4, None, 1),
        (serial, 8, 5, None, 1),
        (serial, 16, 6, None, 1),
        (serial, 8, 5, Some(8), 1),
        (quarter, 4, 4, None, 1),
        (quarter, 8, 5, None, 1),
        (array, 8, 5, None, 4),
    ] {
        let square = Parameters { rows: n, cols: n, arch, ..Parameters::default() };
        let beats = Parameters { elements_per_beat_in: beat, elements_per_beat_out: beat, ..square };
        let core = core(Parameters { sweeps: Sweeps::Fixed(sweeps), interleave, ..beats });
        let result = throughput(&core, 2 * core.shape().in_flight() + 20, 1).unwrap();
        let cycles_of_step = match arch {
            ArchitectureName::Array => 2,
            ArchitectureName::Quarter => 2 * n * n,
            _ => n * n / 2,
        };
        let rotations = sweeps as usize * (n - 1) * cycles_of_step;
        assert_eq!(result.interval_cycles.mean, rotations as f64, "{}", core.shape().name());
        assert_eq!(result.results_correct, result.frames);
        checked += 1;
    }
    assert_eq!(checked, 7);
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
        arch: ArchitectureName::ALL[pick(&[0, 1, 1, 2, 3]) as usize],
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

/// The cycle of the last output element.
fn end(trace: &Trace) -> u64 {
    trace.output.last().map_or(0, |element| element.cycle)
}

/// Resets at random within the first `cycles` cycles. Some of them follow each other closely.
fn random_resets(rng: &mut ChaCha8Rng, cycles: u64) -> Vec<Reset> {
    let mut resets: Vec<Reset> = Vec::new();
    let mut from = 0;
    while resets.len() < 6 {
        let gap = if rng.random_bool(0.3) { 12 } else { cycles / 3 + 1 };
        let (cycle, length) = (from + rng.random_range(1..=gap), rng.random_range(1..4));
        if cycle >= cycles {
            break;
        }
        resets.push(Reset { cycle, length });
        from = cycle + length;
    }
    resets
}

/// Checks a run with resets. Between two resets the core answers the frames that it has taken there, in their order,
/// and the reset may cut off the last answer and those that have not begun. After the last reset no answer is missing.
/// The result is the number of frames that were answered whole.
fn check_with_resets(stimulus: &Stimulus, expected: &[Vec<(i128, u8, bool)>], trace: &Trace) -> usize {
    let resets_before = |cycle: u64| stimulus.resets.iter().filter(|reset| reset.cycle <= cycle).count();
    let parts = stimulus.resets.len() + 1;
    // The frames that were taken whole in each part of the run.
    let mut taken = vec![Vec::new(); parts];
    let (mut next, mut part, mut frame) = (0, 0, 0);
    for &cycle in &trace.accepted {
        let within_frame = next > 0 && !stimulus.elements[next - 1].last;
        if resets_before(cycle) > part && within_frame {
            // The source has given this frame up.
            while !stimulus.elements[next].last {
                next += 1;
            }
            (next, frame) = (next + 1, frame + 1);
        }
        part = resets_before(cycle);
        if stimulus.elements[next].last {
            taken[part].push(frame);
            frame += 1;
        }
        next += 1;
    }
    let mut answered = 0;
    for (part, taken) in taken.iter().enumerate() {
        let here = trace.output.iter().filter(|element| resets_before(element.cycle) == part).copied().collect();
        let here = results(&Trace { output: here, ..Trace::default() });
        let whole = here.iter().filter(|frame| frame.last().is_some_and(|(.., last)| *last)).count();
        let found = here.concat();
        let right = taken.iter().flat_map(|&frame| expected[frame].clone()).collect::<Vec<_>>();
        assert!(right.starts_with(&found), "part {part} of {parts}");
        assert!(part + 1 < parts || whole == taken.len(), "{whole} of {} frames after the last reset", taken.len());
        answered += whole;
    }
    answered
}

/// Random cores, random frames, many of which end early or late, random stalls, and random resets.
#[test]
fn random_cores_give_random_frames_their_results() {
    let (mut cores, mut compared, mut resets, mut answered) = (0, 0, 0, 0);
    for seed in 0..150 {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let Some(several) = random_core(&mut rng) else { continue };
        let one = one_at_a_time(&several);
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
            let plain = Stimulus { stalls, ..Stimulus::new(elements.clone()) };
            let trace = engine.run(&plain);
            let trace = trace.unwrap_or_else(|error| panic!("seed {seed}, {name}: {error}"));
            for (frame, (found, expected)) in results(&trace).iter().zip(&expected).enumerate() {
                assert_eq!(found, expected, "seed {seed}, {name}, free {free}, frame {frame}");
            }
            assert_eq!(results(&trace).len(), expected.len(), "seed {seed}, {name}");
            compared += expected.len();

            let stimulus = Stimulus { resets: random_resets(&mut rng, end(&trace)), ..plain };
            let trace = engine.run(&stimulus);
            let trace = trace.unwrap_or_else(|error| panic!("seed {seed}, {name}, {:?}: {error}", stimulus.resets));
            answered += check_with_resets(&stimulus, &expected, &trace);
            resets += stimulus.resets.len();
        }
        cores += 1;
    }
    assert!(cores > 60, "{cores} cores");
    assert_eq!(compared, cores * 2 * 40);
    assert!(resets > 4 * cores && answered > 20 * cores, "{resets} resets, {answered} answers");
}

/// A frame that is one beat, from which the input end is full at once: the core takes the next one as soon as the first
/// is released, takes none twice, and loses none.
#[test]
fn frames_of_one_beat_follow_each_other() {
    let mut checked = 0;
    for interleave in [1, 2, 3, 8, 16] {
        for (rows, cols, elements_per_beat_in) in [(1, 1, 1), (1, 2, 2), (2, 1, 2), (2, 2, 4), (2, 4, 8), (1, 8, 8)] {
            let parameters = Parameters {
                rows,
                cols,
                elements_per_beat_in,
                interleave: Some(interleave),
                vectors: Vectors::None,
                sweeps: Sweeps::Fixed(1),
                ..Parameters::default()
            };
            let several = core(parameters);
            let one = core(Parameters { interleave: Some(1), ..parameters });
            let name = several.shape().name();
            // Some frames are an element short.
            let frame = |seed: u64| {
                let matrix = Family::Uniform.generate(rows, cols, seed + 1);
                let mut frame = quantise(several.shape(), &matrix, InputScale::Auto).unwrap().frame(one.shape());
                if seed % 7 == 3 && frame.len() > 1 {
                    frame.pop();
                    frame.last_mut().unwrap().last = true;
                }
                frame
            };
            let elements = (0..50).flat_map(frame).collect::<Vec<_>>();
            let stimulus = Stimulus::new(elements);
            assert_eq!(stimulus.beats(elements_per_beat_in).count(), 50, "{name}");
            let expected = results(&SimulatorEngine::new(&one).unwrap().run(&stimulus).unwrap());
            // A frame that is lost, or taken twice, is seen.
            assert!(expected.len() == 50 && expected.windows(2).all(|pair| pair[0] != pair[1]), "{name}");
            let mut engine = SimulatorEngine::new(&several).unwrap();
            for (source, sink) in [(1.0, 1.0), (0.5, 1.0), (1.0, 0.3), (0.2, 0.2), (1.0, 0.02)] {
                let stalls = if source * sink == 1.0 { Stalls::none() } else { Stalls::random(5, 997, source, sink) };
                let stimulus = Stimulus { stalls, ..stimulus.clone() };
                let trace = engine.run(&stimulus).unwrap_or_else(|error| panic!("{name}, {source}, {sink}: {error}"));
                assert!(results(&trace) == expected, "{name}, source {source}, sink {sink}");
                checked += 1;
            }
        }
    }
    assert_eq!(checked, 5 * 6 * 5);
}
