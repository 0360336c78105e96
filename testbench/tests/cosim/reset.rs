//! Tests that a reset in any cycle leaves a core in the same state as the first reset.

use crate::common::{core, core_of, frame, simulate, square, variants, write_all};
use svdforge_hdl::core::Core;
use svdforge_hdl::parameters::{Parameters, Sizes};
use svdforge_testbench::engine::{Engine, IcarusEngine, SimulatorEngine};
use svdforge_testbench::framing::InputElement;
use svdforge_testbench::stimulus::{Reset, Stimulus, Trace};

const FRAMES: usize = 4;

/// Four frames, one of them bad, so that resets happen in each of the core's states.
fn frames(core: &Core) -> Vec<Vec<InputElement>> {
    let mut frames: Vec<_> = (0..FRAMES as u64).map(|seed| frame(core, seed)).collect();
    frames[1].truncate(2);
    frames[1][1].last = true;
    frames
}

/// The part of a trace from a cycle on, with cycles counted from there.
fn since(trace: &Trace, start: u64) -> Trace {
    let output = trace.output.iter().filter(|b| b.cycle >= start);
    let output = output.map(|&beat| svdforge_testbench::framing::OutputElement { cycle: beat.cycle - start, ..beat });
    let accepted = trace.accepted.iter().filter(|&&c| c >= start).map(|c| c - start);
    Trace { accepted: accepted.collect(), output: output.collect() }
}

/// Asserts that the run continues after the reset like a new run of the frames that are left, cycle for cycle.
fn assert_fresh(frames: &[Vec<InputElement>], fresh: &[Trace], trace: &Trace, reset: Reset) {
    let taken = trace.accepted.iter().filter(|&&c| c < reset.cycle).count();
    let ends = frames.iter().scan(0, |end, frame| {
        *end += frame.len();
        Some(*end)
    });
    let begun = ends.map(|end| end - 1).filter(|&end| end < taken).count();
    let before: usize = frames[..begun].iter().map(Vec::len).sum();
    let left = begun + usize::from(taken > before);
    assert_eq!(since(trace, reset.cycle + reset.length), fresh[left], "reset in cycle {}", reset.cycle);
}

#[test]
fn a_reset_in_any_cycle_makes_a_fresh_core() {
    let mut resets = 0;
    let squares = [(2, 1), (3, 1), (4, 3), (8, 29)].map(|(n, stride)| (square(n), stride));
    for (parameters, stride) in squares.into_iter().chain(variants().into_iter().map(|parameters| (parameters, 7))) {
        let core = core_of(parameters);
        let mut engine = SimulatorEngine::new(&core).unwrap();
        let frames = frames(&core);
        let fresh: Vec<Trace> =
            (0..=FRAMES).map(|i| simulate(&mut engine, &Stimulus::new(frames[i..].concat()))).collect();
        // Resets happen before the third result, so that there are always frames left.
        let third = fresh[0].frames().nth(2).and_then(|f| f.first()).map_or(0, |beat| beat.cycle);
        for cycle in (0..third).step_by(stride) {
            let reset = Reset { cycle, length: 1 + cycle % 3 };
            let trace = simulate(&mut engine, &Stimulus { resets: vec![reset], ..Stimulus::new(frames.concat()) });
            assert_fresh(&frames, &fresh, &trace, reset);
            resets += 1;
        }
    }
    assert!(resets > 2000, "{resets}");
}

/// The same in a simulator in which memories and registers are unknown at first.
#[test]
fn a_reset_makes_a_fresh_core_in_icarus() {
    fresh_in_icarus(&core(3));
}

#[test]
fn a_reset_makes_a_fresh_core_for_any_size_in_icarus() {
    fresh_in_icarus(&core_of(Parameters { rows: 4, cols: 3, sizes: Sizes::Any, ..Parameters::default() }));
}

/// A reset of one cycle is enough, also where everything is unknown before it, as when a device is switched on.
#[test]
fn one_cycle_of_reset_is_enough_at_power_up() {
    let folder = tempfile::tempdir().unwrap();
    let mut runs = 0;
    for parameters in variants().into_iter().step_by(3) {
        let core = core_of(parameters);
        write_all(folder.path(), &svdforge_testbench::export::export(&core).unwrap());
        let name = core.shape().name();
        let bench = folder.path().join(format!("{name}_tb.v"));
        let text = std::fs::read_to_string(&bench).unwrap();
        let shorter = text.replace("localparam RESET_CYCLES = 4;", "localparam RESET_CYCLES = 1;");
        assert_ne!(shorter, text);
        std::fs::write(&bench, shorter).unwrap();
        let run = |tool: &str, arguments: &[&str]| {
            let finished = svdforge_tools::process::run(tool, arguments, folder.path(), "this test");
            finished.unwrap_or_else(|e| panic!("{e}")).printed()
        };
        assert_eq!(run("iverilog", &["-g2005", "-y", ".", "-o", "sim", &format!("{name}_tb.v")]), "");
        let printed = run("vvp", &["-n", "sim"]);
        assert!(printed.contains("PASS: "), "{name}: {printed}");
        runs += 1;
    }
    assert_eq!(runs, variants().len().div_ceil(3));
}

fn fresh_in_icarus(core: &Core) {
    let mut simulator = SimulatorEngine::new(core).unwrap();
    let mut icarus = IcarusEngine::new(core).unwrap_or_else(|e| panic!("{e}"));
    let frames = frames(core);
    let fresh: Vec<Trace> =
        (0..=FRAMES).map(|i| simulate(&mut simulator, &Stimulus::new(frames[i..].concat()))).collect();
    let end = fresh[0].output.last().unwrap().cycle;
    let cycles: Vec<u64> = (1..end).step_by(end as usize / 12).collect();
    assert!(cycles.len() >= 12);
    for cycle in cycles {
        let reset = Reset { cycle, length: 1 };
        let stimulus = Stimulus { resets: vec![reset], ..Stimulus::new(frames.concat()) };
        let trace = icarus.run(&stimulus).unwrap_or_else(|e| panic!("{e}"));
        assert_fresh(&frames, &fresh, &trace, reset);
        assert_eq!(trace, simulate(&mut simulator, &stimulus));
    }
}
