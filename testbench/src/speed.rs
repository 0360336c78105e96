//! What the export tells of the speed of a core beyond the formula of its latency: how many sweeps its matrices usually
//! take, and what its streams look like. Both come from one run in the simulator.

use crate::engine::{Engine, EngineError, SimulatorEngine};
use crate::framing::InputElement;
use crate::samples::quantised_of_size;
use crate::stimulus::{Stimulus, Trace};
use crate::throughput::period;
use svdforge_golden::Family;
use svdforge_hdl::core::Core;
use svdforge_hdl::export::picture::{Beat, Streams};
use svdforge_hdl::export::timing::TypicalSweeps;
use svdforge_hdl::interface::Status;
use svdforge_hdl::parameters::{Parameters, Sweeps};
use svdforge_hdl::shape::Shape;

/// Matrices of the run, and those of a run with large ones, which take long.
const MATRICES: u64 = 9;
const LARGE_MATRICES: u64 = 2;
/// The most elements of a matrix that is not large.
const LARGE: usize = 1 << 14;
/// The most elements of a matrix that is simulated for this purpose. Of longer matrices, as many rows as fit are taken:
/// that changes only how long a matrix is loaded, which is known exactly, and hardly how many sweeps it takes.
const LONGEST: usize = 1 << 15;

/// What was measured.
pub struct Speed {
    /// The core that was simulated, if it is one with fewer rows than the core that was asked for.
    pub shorter: Option<Core>,
    /// How many sweeps its matrices take.
    pub typical: TypicalSweeps,
    /// The beats of both streams.
    pub streams: Streams,
}

/// The same core with so few rows that its matrices can be simulated in a moment, if this one has more.
fn shorter(core: &Core) -> Option<Core> {
    let rows = LONGEST / core.shape().cols();
    let parameters = *core.shape().parameters();
    (core.shape().rows() > rows).then(|| Parameters { rows, ..parameters }.shape().ok().map(Core::new)).flatten()
}

/// The frame of a random matrix of the core's largest size, whose elements are distributed uniformly.
fn uniform(shape: &Shape, seed: u64) -> Vec<InputElement> {
    quantised_of_size(shape, shape.dimensions().largest(), Family::Uniform, seed).frame(shape)
}

/// Runs uniformly distributed random matrices of the core's largest size, one after the other without a pause and
/// without stalls. Returns how many sweeps they take, and the beats. Very long matrices are cut short.
pub fn measure(core: &Core, engine: &mut dyn Engine) -> Result<Speed, EngineError> {
    let Some(shorter) = shorter(core) else {
        let (typical, streams) = run(core, engine)?;
        return Ok(Speed { shorter: None, typical, streams });
    };
    let (mut typical, mut streams) = run(&shorter, &mut SimulatorEngine::new(&shorter)?)?;
    typical.fewer_rows = Some(shorter.shape().rows());
    streams.fewer_rows = typical.fewer_rows;
    Ok(Speed { shorter: Some(shorter), typical, streams })
}

fn run(core: &Core, engine: &mut dyn Engine) -> Result<(TypicalSweeps, Streams), EngineError> {
    let shape = core.shape();
    let matrices = if shape.elements() <= LARGE { MATRICES } else { LARGE_MATRICES };
    let stimulus = Stimulus::new((1..=matrices).flat_map(|seed| uniform(shape, seed)).collect());
    let trace = engine.run(&stimulus)?;
    let mut sweeps: Vec<u32> = trace.frames().map(|beats| Status::from_bits(beats[0].data).sweeps()).collect();
    sweeps.sort_unstable();
    let intervals = (shape.in_flight() > 1).then(|| intervals(core)).transpose()?;
    let typical =
        TypicalSweeps { sweeps: sweeps[sweeps.len() / 2], matrices: sweeps.len(), fewer_rows: None, intervals };
    Ok((typical, streams(&stimulus, &trace)))
}

/// The mean cycles from one result to the next while the core is full, of uniformly distributed random matrices, and of
/// such that take the most sweeps.
fn intervals(core: &Core) -> Result<[usize; 2], EngineError> {
    let cap = core.shape().sweep_cap();
    let most = Parameters { sweeps: Sweeps::Fixed(cap), ..*core.shape().parameters() };
    let most = Core::new(most.shape().expect("A core may make as many sweeps as its cap says."));
    Ok([period(core)? as usize, period(&most)? as usize])
}

/// One beat for each cycle: the section of its first element, and whether one of its elements is the last.
fn beats(elements: &[Beat]) -> Vec<Beat> {
    let together = elements.chunk_by(|a, b| a.cycle == b.cycle);
    together.map(|beat| Beat { last: beat.iter().any(|element| element.last), ..beat[0] }).collect()
}

fn streams(stimulus: &Stimulus, trace: &Trace) -> Streams {
    // The elements of one beat have the same cycle.
    let elements = stimulus.elements.iter().zip(&trace.accepted);
    let elements: Vec<Beat> = elements.map(|(element, &cycle)| Beat { cycle, user: 0, last: element.last }).collect();
    let results = trace.output.iter().map(|e| Beat { cycle: e.cycle, user: e.user, last: e.last });
    Streams { input: beats(&elements), output: beats(&results.collect::<Vec<_>>()), fewer_rows: None }
}
