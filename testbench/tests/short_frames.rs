//! Frames of a single beat, which are bad, between others: they are refused as fast as beats come, whatever was before.

use svdforge_golden::Family;
use svdforge_hdl::core::Core;
use svdforge_hdl::parameters::{Parameters, Sizes, Vectors};
use svdforge_testbench::engine::{Engine, SimulatorEngine};
use svdforge_testbench::framing::{InputElement, InputScale, quantise};
use svdforge_testbench::stimulus::Stimulus;

/// The status words of good frames (`true`) and of frames of one beat.
fn statuses(parameters: Parameters, kinds: &[bool]) -> Vec<(u64, usize)> {
    let core = Core::new(parameters.shape().unwrap());
    let shape = core.shape();
    let good = |seed: usize| {
        let matrix = Family::Uniform.generate(shape.rows(), shape.cols(), seed as u64);
        quantise(shape, &matrix, InputScale::Auto).unwrap().frame(shape)
    };
    let frame = |(seed, &is_good): (usize, &bool)| if is_good { good(seed) } else { vec![InputElement::new(1, true)] };
    let stimulus = Stimulus::new(kinds.iter().enumerate().flat_map(frame).collect());
    let trace = SimulatorEngine::new(&core).unwrap().run(&stimulus);
    let trace = trace.unwrap_or_else(|error| panic!("{parameters:?}: {error}"));
    trace.frames().map(|frame| (frame[0].data, frame.len())).collect()
}

#[test]
fn a_bad_frame_of_one_beat_directly_after_another_frame_is_refused() {
    let kinds = [true, false, true, false, false, true, false];
    let small = Parameters { rows: 4, cols: 4, word: 8, ..Parameters::default() };
    let tall = Parameters { rows: 8, cols: 2, vectors: Vectors::V, ..small };
    let any = |parameters| Parameters { sizes: Sizes::Any, ..parameters };
    let in_flight = Parameters { interleave: Some(3), ..small };
    for parameters in [small, any(small), in_flight, tall, any(tall)] {
        let statuses = statuses(parameters, &kinds);
        assert_eq!(statuses.len(), kinds.len());
        for (&(status, length), &is_good) in statuses.iter().zip(&kinds) {
            assert_eq!(status & 0x11, u64::from(!is_good), "{parameters:?}: {statuses:x?}");
            assert_eq!(length == 1, !is_good, "{parameters:?}");
        }
    }
}
