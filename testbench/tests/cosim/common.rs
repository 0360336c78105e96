//! Cores and runs that the tests share.

use svdforge_golden::Family;
use svdforge_hdl::core::{Core, params::Parameters};
use svdforge_testbench::engine::{SimulatorEngine, Stimulus, Trace};
use svdforge_testbench::framing::{InputBeat, InputScale, quantise};

pub fn core(n: usize) -> Core {
    let parameters = Parameters { rows: n, cols: n, ..Parameters::default() };
    Core::new(parameters.shape().expect("the default core of every size"))
}

/// A good frame of a uniform matrix.
pub fn frame(core: &Core, seed: u64) -> Vec<InputBeat> {
    let n = core.shape.n;
    quantise(&core.shape, &Family::Uniform.generate(n, n, seed), InputScale::Auto).expect("a scaled matrix").frame()
}

pub fn simulate(engine: &mut SimulatorEngine, stimulus: &Stimulus) -> Trace {
    engine.run(stimulus).unwrap_or_else(|e| panic!("{e}"))
}

/// What a frame says, whenever it says it: section, data, tlast.
pub fn values(frame: &[svdforge_testbench::framing::OutputBeat]) -> Vec<(u8, u64, bool)> {
    frame.iter().map(|beat| (beat.user, beat.data, beat.last)).collect()
}

/// The values of a frame that a core answers alone, after nothing but a reset.
pub fn alone(engine: &mut SimulatorEngine, beats: Vec<InputBeat>) -> Vec<(u8, u64, bool)> {
    values(&simulate(engine, &Stimulus::new(beats)).output)
}
