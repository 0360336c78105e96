//! Runs every case of the corpus in every engine.

use crate::common::{alone, complex_variants, core, core_of, simulate, square, values, variants, without_numbers};
use std::sync::atomic::{AtomicUsize, Ordering};
use svdforge_hdl::core::Core;
use svdforge_hdl::parameters::{Parameters, Sizes};
use svdforge_hdl::shape::Shape;
use svdforge_testbench::corpus::{Case, FILES, cases, parse};
#[cfg(feature = "rust-hdl")]
use svdforge_testbench::engine::RustHdlEngine;
use svdforge_testbench::engine::{Engine, EngineError, IcarusEngine, SimulatorEngine, VerilatorEngine};
use svdforge_testbench::framing::Quantised;
use svdforge_testbench::stimulus::{Stimulus, Trace};
use svdforge_testbench::verify::{first_difference, verify};

/// The cases that are run for sizes at which a run takes longer.
const FEW: [&str; 10] = [
    "uniform",
    "half rank",
    "zero",
    "both stall at random",
    "good, early, good",
    "late, then early",
    "two resets close together",
    "a size that is none",
    "the first element is not there",
    "gaps at both ends, then early",
];

fn fitting(shape: &Shape, names: Option<&[&str]>) -> Vec<Case> {
    let all = cases().unwrap_or_else(|e| panic!("{e}"));
    all.into_iter().filter(|c| c.fits(shape) && names.is_none_or(|names| names.contains(&c.name.as_str()))).collect()
}

#[test]
fn every_file_of_the_folder_is_in_the_corpus() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/corpus");
    let mut found: Vec<String> =
        std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    let mut listed = FILES.map(|(name, _)| name.to_owned());
    found.sort();
    listed.sort();
    assert_eq!(found, listed);
}

#[test]
fn a_wrong_case_is_refused_with_its_name() {
    let message = |text: &str| parse("x.toml", text).unwrap_err().to_string();
    let of_frame = |frame: &str| message(&format!("[[case]]\nname = \"a\"\nframes = [{frame}]"));
    insta::assert_snapshot!(of_frame("{ family = \"unifrom\" }"), @"corpus/x.toml: case `a`: frame 0: there is no matrix family 'unifrom'; use one of uniform, gaussian, geometric, clustered, one-large, equal, rank-deficient, symmetric, skew, triangular, hilbert, permutation, signs, pairs, zero, single-entry, ones, full-scale-positive, full-scale-negative, full-scale-alternating");
    insta::assert_snapshot!(of_frame("{ constant = 1.0, late = 1, early = 1 }"), @"corpus/x.toml: case `a`: frame 0: give at most one of `beats`, `early`, `late`");
    insta::assert_snapshot!(of_frame("{ late = 1 }"), @"corpus/x.toml: case `a`: frame 0: give exactly one of `rows`, `family`, `constant`");
    insta::assert_snapshot!(of_frame(""), @"corpus/x.toml: case `a`: no frames");
    assert!(of_frame("{ constant = 1.0, seeds = 1 }").contains("unknown field `seeds`"));
}

/// A bad frame is answered by a status word alone. A good frame is answered as if it were the only frame of a freshly
/// reset core.
#[test]
fn answers_do_not_depend_on_what_surrounds_a_frame() {
    let mut frames = 0;
    for parameters in [2, 3, 4, 7, 8].map(square).into_iter().chain(variants()).chain(complex_variants()) {
        let core = core_of(parameters);
        let n = core.shape().name();
        let mut engine = SimulatorEngine::new(&core).unwrap();
        for case in fitting(core.shape(), None) {
            let stimulus = case.stimulus(core.shape());
            let trace = simulate(&mut engine, &stimulus);
            let found: Vec<_> = trace.frames().map(values).collect();
            let beats = case.frames.iter().map(|frame| frame.elements(core.shape()));
            let expected: Vec<_> = beats.map(|beats| alone(&mut engine, beats)).collect();
            for (frame, answer) in case.frames.iter().zip(&expected) {
                let bad = answer[0].1 & 1 == 1;
                assert_eq!(bad, frame.is_bad(core.shape()), "{n}: {}", case.name);
                let (rows, cols) = frame.matrix(core.shape()).shape();
                let beats: usize =
                    core.shape().interface().sections_of((rows, cols)).iter().map(|section| section.count).sum();
                assert_eq!(answer.len(), if bad { 1 } else { beats }, "{n}: {}", case.name);
            }
            if case.has_resets() {
                let end = stimulus.resets.iter().map(|r| r.cycle + r.length).max().unwrap();
                // With several matrices in flight, all frames may be in the core when it is reset. A core that checks
                // its results holds one more frame.
                let holds_several = core.shape().in_flight() > 1 || core.shape().self_check();
                let is_answered = trace.output.last().is_some_and(|last| last.cycle > end);
                assert!(is_answered || holds_several, "{n}: {}: ends before its reset", case.name);
                assert!(!is_answered || found.last() == expected.last(), "{n}: {}", case.name);
            } else {
                assert_eq!(found, expected, "{n}: {}", case.name);
            }
            frames += found.len();
        }
    }
    assert_eq!(frames, 3740);
}

/// A core in all engines that accept it.
struct Engines {
    core: Core,
    simulator: SimulatorEngine,
    others: Vec<Box<dyn Engine>>,
}

impl Engines {
    fn run(&mut self, cases: &[Case], runs: &AtomicUsize) {
        for case in cases {
            let stimulus = case.stimulus(self.core.shape());
            let expected = simulate(&mut self.simulator, &stimulus);
            for engine in &mut self.others {
                let found = engine.run_against(&stimulus, &expected);
                let found = found.unwrap_or_else(|e| panic!("{}, {}: {e}", self.core.shape().name(), case.name));
                let difference = first_difference(&expected, &found);
                assert_eq!(difference, None, "{}, {}, {}", self.core.shape().name(), case.name, engine.name());
                assert_eq!(found, expected);
                runs.fetch_add(1, Ordering::Relaxed);
            }
        }
    }
}

fn timed<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let start = std::time::Instant::now();
    let result = work();
    println!("{what}: {:.1} s", start.elapsed().as_secs_f64());
    result
}

fn engines(core: Core, verilator: VerilatorEngine, icarus: bool) -> Engines {
    let simulator = SimulatorEngine::new(&core).unwrap();
    let mut others: Vec<Box<dyn Engine>> = vec![Box::new(verilator)];
    if icarus {
        others.push(Box::new(IcarusEngine::new(&core).unwrap_or_else(|e| panic!("{e}"))));
    }
    Engines { core, simulator, others }
}

/// Runs the corpus in Icarus and Verilator. Without an expected trace, an engine records what a core does by itself;
/// the first case is also run in that way.
#[test]
fn every_engine_equals_the_simulator() {
    // Each entry has a core, its cases (`None` for all that fit), and whether Icarus runs them, too.
    let mut plan: Vec<(Parameters, Option<&[&str]>, bool)> = vec![
        (square(2), None, true),
        (square(32), Some(&FEW[..1]), false),
        (square(3), None, true),
        (square(4), None, true),
        (square(8), None, true),
        (square(5), Some(&FEW), true),
        (square(7), Some(&FEW), true),
        // Icarus takes ten seconds for one case of this size.
        (square(16), Some(&FEW[..4]), true),
    ];
    let others = variants().into_iter().chain(complex_variants());
    plan.extend(others.map(|parameters| (parameters, Some(&FEW[..]), true)));
    let runs = AtomicUsize::new(0);
    let next = AtomicUsize::new(0);
    let first = timed("verilator, 2x2", || VerilatorEngine::new(&core(2))).unwrap_or_else(|e| panic!("{e}"));
    // Two cores run at the same time, since each engine uses one processor.
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(&(parameters, names, icarus)) = plan.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let core = core_of(parameters);
                    let name = core.shape().name();
                    let build = || VerilatorEngine::beside(&core, &first);
                    let verilator = timed(&format!("verilator, {name}"), build).unwrap_or_else(|e| panic!("{e}"));
                    let mut engines = engines(core, verilator, icarus);
                    let cases = fitting(engines.core.shape(), names);
                    timed(&format!("{} cases, {name}", cases.len()), || engines.run(&cases, &runs));
                    let stimulus = cases[0].stimulus(engines.core.shape());
                    let trace = engines.simulator.run(&stimulus).unwrap();
                    for engine in &mut engines.others {
                        assert_eq!(engine.run(&stimulus).unwrap(), trace);
                    }
                }
            });
        }
    });
    assert_eq!(runs.into_inner(), 1007);
}

/// Runs the smallest cores in rust_hdl, and checks the message for larger ones.
#[cfg(feature = "rust-hdl")]
#[test]
fn rust_hdl_equals_the_simulator() {
    let runs = AtomicUsize::new(0);
    let mut plan: Vec<(Parameters, Option<&[&str]>)> =
        vec![(square(2), None), (square(3), None), (square(4), Some(&FEW))];
    let small = variants().into_iter().chain(complex_variants());
    let small = small.filter(|p| p.rows.max(p.cols) <= 4 && !p.shape().unwrap().streams().keep);
    plan.extend(small.map(|parameters| (parameters, Some(&FEW[..3]))));
    for (parameters, names) in plan {
        let core = core_of(parameters);
        let name = core.shape().name();
        let simulator = SimulatorEngine::new(&core).unwrap();
        let rust_hdl = RustHdlEngine::new(&core).unwrap_or_else(|e| panic!("{e}"));
        let mut engines = Engines { core, simulator, others: vec![Box::new(rust_hdl)] };
        timed(&format!("rust_hdl, {name}"), || {
            let cases = fitting(engines.core.shape(), names);
            engines.run(&cases, &runs);
        });
    }
    assert_eq!(runs.into_inner(), 145);
    let refused = RustHdlEngine::new(&core(8)).map(|_| ()).unwrap_err().to_string();
    insta::assert_snapshot!(refused, @"--with rust_hdl: rust_hdl's simulator is too slow for 8x8 matrices; give --rows and --cols of at most 4, or use the engine icarus or verilator");
}

/// An engine that is wrong in the last bit of one output beat.
struct Wrong {
    simulator: SimulatorEngine,
    beat: usize,
}

impl Engine for Wrong {
    fn name(&self) -> &'static str {
        "wrong"
    }

    fn run(&mut self, stimulus: &Stimulus) -> Result<Trace, EngineError> {
        let mut trace = self.simulator.run(stimulus)?;
        trace.output[self.beat].data ^= 1;
        Ok(trace)
    }
}

/// The report that `svdforge verify` prints.
#[test]
fn verify_reports_the_first_difference() {
    let core = core(2);
    let stimulus = fitting(core.shape(), Some(&["the same frame twice"]))[0].stimulus(core.shape());
    let right = Box::new(IcarusEngine::new(&core).unwrap_or_else(|e| panic!("{e}")));
    // The beats before it are the status word, two values of sigma and the first element of U.
    let wrong = Box::new(Wrong { simulator: SimulatorEngine::new(&core).unwrap(), beat: 4 });
    let report = verify(&core, &stimulus, &mut [right, wrong]).unwrap();
    assert!(!report.is_equal());
    let [right, wrong] = &report.engines[..] else { panic!("{report:?}") };
    assert_eq!((right.engine, right.equal, &right.difference), ("icarus", true, &None));
    assert_eq!((right.beats_compared, right.cycles_compared), (2 * 4 + 2 * 11, report.cycles));
    let difference = without_numbers(wrong.difference.as_deref().unwrap());
    insta::assert_snapshot!(difference, @"cycle N: U row 0, column 1 of output frame 0: tdata is H, expected H");
}

/// In a core that takes any size, a row of U or V has as many elements as the matrix of its frame requires. Both
/// `verify` and the exported testbench name the place of a mismatch accordingly.
#[test]
fn the_place_of_a_mismatch_is_that_of_the_frames_own_matrix() {
    let core = core_of(Parameters { sizes: Sizes::Any, ..square(4) });
    let frame = |rows: usize, cols: usize| {
        Quantised { rows, cols, units: vec![7; rows * cols], exponent: 0 }.frame(core.shape())
    };
    let stimulus = Stimulus::new([frame(4, 4), frame(3, 2), frame(2, 3)].concat());
    let trace = SimulatorEngine::new(&core).unwrap().run(&stimulus).unwrap();
    let beats = |rows: usize, cols: usize| 1 + (1 + rows + cols) * rows.min(cols);
    let second = beats(4, 4);
    let third = second + beats(3, 2);
    assert_eq!(trace.output.len(), third + beats(2, 3));
    let mut icarus = IcarusEngine::new(&core).unwrap_or_else(|e| panic!("{e}"));
    for (beat, place) in [
        (second + 1 + 2 + 2 * 2 + 1, "U row 2, column 1 of output frame 1"),
        (second + 1 + 2 + 3 * 2 + 2, "V row 1, column 0 of output frame 1"),
        (third + 1 + 2 + 2 * 2 + 2 * 2 + 1, "V row 2, column 1 of output frame 2"),
    ] {
        let mut wrong = Wrong { simulator: SimulatorEngine::new(&core).unwrap(), beat };
        let found = wrong.run(&stimulus).unwrap();
        let difference = first_difference(&trace, &found).unwrap().words;
        assert!(difference.contains(&format!(": {place}: tdata is ")), "{difference}");
        // Icarus delivers the right bits, so its testbench reports the wrong bit in the expected trace.
        let told = icarus.run_against(&stimulus, &found).unwrap_err();
        assert!(told.is_fault_of_core() && told.to_string().contains(&format!(": {place}: tdata is ")), "{told}");
    }
}
