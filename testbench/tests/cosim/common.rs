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

/// A message without the numbers that change with the core's latency and arithmetic: cycles become N, data H.
pub fn without_numbers(message: &str) -> String {
    let mut after_cycle = false;
    let words = message.split(' ').map(|word| {
        let core = word.trim_end_matches([',', ':']);
        let rest = &word[core.len()..];
        let cycle = after_cycle && core.parse::<u64>().is_ok();
        after_cycle = core == "cycle";
        match core.len() {
            _ if cycle => format!("N{rest}"),
            6 if u32::from_str_radix(core, 16).is_ok() => format!("H{rest}"),
            _ => word.to_owned(),
        }
    });
    words.collect::<Vec<_>>().join(" ")
}
