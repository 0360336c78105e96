//! A million frames through Verilator: matrices of all families, bad frames, stalls at random, and resets. The
//! simulator gives the same beats in the same cycles, and the golden model judges every result.

use crate::common::{core_of, simulate, square};
use rand::rngs::ChaCha8Rng;
use rand::{Rng, RngExt, SeedableRng};
use svdforge_golden::{Family, NamedMatrix};
use svdforge_hdl::core::Core;
use svdforge_hdl::parameters::{ArchitectureName, Front, Parameters, Sizes, Vectors};
use svdforge_testbench::engine::{Engine, SimulatorEngine, VerilatorEngine};
use svdforge_testbench::framing::{InputElement, InputScale, Quantised, parse_frame, quantise};
use svdforge_testbench::judge::judge_frame;
use svdforge_testbench::run::Cycles;
use svdforge_testbench::samples::matrix_of_size;
use svdforge_testbench::stimulus::{Reset, Stalls, Stimulus};

/// Frames of one stimulus.
const FRAMES: usize = 1000;

/// A frame to send, and the matrix in it unless it is a bad frame.
struct Sent {
    elements: Vec<InputElement>,
    matrix: Option<(NamedMatrix, Quantised)>,
}

/// A frame with a random matrix. One in ten ends too early or too late.
fn random_frame(core: &Core, rng: &mut ChaCha8Rng) -> Sent {
    let shape = core.shape();
    let largest = shape.dimensions().largest();
    let size = match shape.sizes() {
        Sizes::Fixed => largest,
        Sizes::Any => (rng.random_range(1..=largest.0), rng.random_range(1..=largest.1)),
    };
    let family = Family::ALL[rng.random_range(0..Family::ALL.len())];
    let matrix = matrix_of_size(shape, size, family, rng.next_u64());
    let mut input = quantise(shape, &matrix, InputScale::Auto).expect("With an automatic scale every matrix fits.");
    let smaller = rng.random_range(0..shape.word());
    input.units.iter_mut().for_each(|unit| *unit >>= smaller);
    let mut elements = input.frame(shape);
    if !rng.random_bool(0.1) {
        let named = NamedMatrix { name: format!("{family} {}x{}, shifted by {smaller}", size.0, size.1), matrix };
        return Sent { elements, matrix: Some((named, input)) };
    }
    if elements.len() > 1 && rng.random_bool(0.5) {
        elements.truncate(rng.random_range(1..elements.len()));
    } else {
        elements.iter_mut().for_each(|element| element.last = false);
        let more = rng.random_range(1..20);
        elements.extend((0..more).map(|_| InputElement::new(rng.random_range(-100..100), false)));
    }
    elements.last_mut().expect("A frame has elements.").last = true;
    Sent { elements, matrix: None }
}

/// The frames of one stimulus. Every fourth one has resets, in which frames are lost.
fn random_stimulus(core: &Core, number: usize, rng: &mut ChaCha8Rng) -> (Vec<Sent>, Stimulus) {
    let sent: Vec<Sent> = (0..FRAMES).map(|_| random_frame(core, rng)).collect();
    let elements: Vec<InputElement> = sent.iter().flat_map(|frame| frame.elements.clone()).collect();
    let [source, sink] = [(); 2].map(|()| [0.3, 0.7, 0.95, 1.0][rng.random_range(0..4)]);
    let stalls = Stalls::random(rng.next_u64(), 1009, source, sink);
    let mut resets = Vec::new();
    if number % 4 == 3 {
        let mut cycle = 0;
        for _ in 0..20 {
            cycle += rng.random_range(10..40 * elements.len() as u64 / FRAMES as u64);
            resets.push(Reset { cycle, length: rng.random_range(1..4) });
            cycle += 5;
        }
    }
    (sent, Stimulus { stalls, resets, ..Stimulus::new(elements) })
}

/// Runs so many frames through a core. The golden model judges the results of all stimuli without resets.
fn run(parameters: Parameters, frames: usize, seed: u64) {
    let core = core_of(parameters);
    let (shape, name) = (core.shape(), core.shape().name());
    let mut simulator = SimulatorEngine::new(&core).unwrap();
    let mut verilator = VerilatorEngine::optimised(&core).unwrap_or_else(|e| panic!("{e}"));
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let (mut judged, mut bad) = (0, 0);
    for number in 0..frames / FRAMES {
        let (sent, stimulus) = random_stimulus(&core, number, &mut rng);
        let expected = simulate(&mut simulator, &stimulus);
        let found = verilator.run_against(&stimulus, &expected);
        let found = found.unwrap_or_else(|e| panic!("{name}, stimulus {number} of seed {seed}: {e}"));
        assert_eq!(found, expected, "{name}, stimulus {number} of seed {seed}");
        if !stimulus.resets.is_empty() {
            continue;
        }
        assert_eq!(found.frames().count(), sent.len(), "{name}, stimulus {number}");
        for (sent, answer) in sent.iter().zip(found.frames()) {
            let Some((matrix, input)) = &sent.matrix else {
                assert_eq!((answer.len(), answer[0].data & 1), (1, 1), "{name}, stimulus {number}: a bad frame");
                bad += 1;
                continue;
            };
            let result = parse_frame(shape, (input.rows, input.cols), answer).unwrap();
            let judgement = judge_frame(shape, matrix, input, result, Cycles::default()).unwrap();
            let broken = judgement.broken_promises();
            assert!(broken.is_empty() && !judgement.flags.bad_frame(), "{name}, stimulus {number}: {broken:?}");
            judged += 1;
        }
    }
    println!("{name}, seed {seed}: {frames} frames, {judged} judged, {bad} bad");
    let answered = frames / FRAMES - frames / FRAMES / 4;
    assert_eq!(judged + bad, answered * FRAMES);
    assert!(bad > answered * FRAMES / 20);
}

fn rows_by_cols(rows: usize, cols: usize) -> Parameters {
    Parameters { rows, cols, ..Parameters::default() }
}

#[test]
#[ignore = "takes minutes"]
fn long_run_of_a_serial_core_with_matrices_in_flight() {
    run(Parameters { interleave: None, ..square(4) }, 300 * FRAMES, 1);
}

#[test]
#[ignore = "takes minutes"]
fn long_run_of_the_default_core() {
    run(square(8), 52 * FRAMES, 2);
}

#[test]
#[ignore = "takes minutes"]
fn long_run_of_a_core_that_reduces_rows() {
    let registers = Parameters { vectors: Vectors::V, front: Front::AxiLite, ..rows_by_cols(12, 4) };
    run(registers, 148 * FRAMES, 3);
}

#[test]
#[ignore = "takes minutes"]
fn long_run_of_a_core_for_any_size() {
    let wide = Parameters { elements_per_beat_in: 4, elements_per_beat_out: 8, ..rows_by_cols(5, 4) };
    run(Parameters { sizes: Sizes::Any, ..wide }, 100 * FRAMES, 4);
}

#[test]
#[ignore = "takes minutes"]
fn long_run_of_a_row_core() {
    run(Parameters { arch: ArchitectureName::Row, interleave: None, ..rows_by_cols(5, 4) }, 200 * FRAMES, 5);
}

#[test]
#[ignore = "takes minutes"]
fn long_run_of_an_array() {
    let wide = Parameters { elements_per_beat_in: 2, elements_per_beat_out: 4, ..rows_by_cols(3, 4) };
    run(Parameters { arch: ArchitectureName::Array, interleave: Some(6), ..wide }, 200 * FRAMES, 6);
}
