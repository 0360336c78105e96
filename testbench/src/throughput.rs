//! The throughput of a core: random matrices stream through it in the simulator without a pause, and the golden model
//! judges every result.

use crate::engine::{Engine, EngineError, SimulatorEngine};
use crate::framing::{FrameError, InputScale, Quantised, parse_frame, quantise};
use crate::judge::{JudgeError, judge_frame};
use crate::run::{Cycles, RunError};
use crate::samples::{matrix_of_size, quantised_of_size};
use crate::scalar::Scalar;
use crate::stimulus::Stimulus;
use nalgebra::Complex;
use serde::Serialize;
use svdforge_golden::{Family, NamedMatrix};
use svdforge_hdl::architecture::architecture;
use svdforge_hdl::core::Core;
use svdforge_hdl::export::manifest::Summary;

/// Mean and largest of a number of counts.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct MeanAndMax {
    /// The mean.
    pub mean: f64,
    /// The largest.
    pub max: u64,
}

impl MeanAndMax {
    fn of(counts: &[u64]) -> Self {
        let sum = counts.iter().sum::<u64>() as f64;
        Self { mean: sum / counts.len().max(1) as f64, max: counts.iter().copied().max().unwrap_or(0) }
    }
}

/// What `svdforge bench core` measures.
#[derive(Clone, Debug, Serialize)]
pub struct Throughput {
    /// The core.
    pub core: Summary,
    /// The number of matrices.
    pub frames: usize,
    /// Cycles from the end of one result to the end of the next, while the core is full: neither the first results
    /// count, nor the last, as many as matrices are in flight.
    pub interval_cycles: MeanAndMax,
    /// Cycles from the first input beat of a matrix to the last output beat of its result, both included.
    pub latency_cycles: MeanAndMax,
    /// Multiplications of the rotations that these matrices need, as a share of what the multipliers of the rotators
    /// can do from the first input beat to the last output beat. While the core fills up and empties, they wait.
    pub utilisation: f64,
    /// Sweeps of a matrix.
    pub sweeps: MeanAndMax,
    /// How many results keep what is promised for the core.
    pub results_correct: usize,
}

/// Streams `count` uniformly distributed random matrices of the core's largest size through it, and judges every
/// result. Source and sink never stall. `count` must be at least 3, and larger than twice the matrices in flight.
///
/// # Errors
///
/// The core fails in the simulator, or a result is no frame.
pub fn throughput(core: &Core, count: usize, seed: u64) -> Result<Throughput, JudgeError> {
    if core.shape().complex() { of::<Complex<f64>>(core, count, seed) } else { of::<f64>(core, count, seed) }
}

/// The same for elements of this kind.
fn of<T: Scalar>(core: &Core, count: usize, seed: u64) -> Result<Throughput, JudgeError> {
    let shape = core.shape();
    let size = shape.dimensions().largest();
    let inputs: Vec<(NamedMatrix<T>, Quantised)> = (0..count as u64)
        .map(|number| {
            let matrix = matrix_of_size(shape, size, Family::Uniform, seed + number);
            let input = quantise(shape, &matrix, InputScale::Auto);
            let input = input.expect("With an automatic scale every matrix fits the input word.");
            (NamedMatrix { name: format!("uniform {}", seed + number), matrix }, input)
        })
        .collect();
    let stimulus = Stimulus::new(inputs.iter().flat_map(|(_, input)| input.frame(shape)).collect());
    let trace = run(core, &stimulus)?;
    let results: Vec<_> = trace.frames().collect();
    if results.len() != count {
        let message = format!("{} results came instead of {count}", results.len());
        return Err(RunError::from(FrameError { beat: 0, message }).into());
    }
    let per_frame = stimulus.elements.len() / count;
    let (mut latencies, mut ends, mut sweeps, mut correct) = (Vec::new(), Vec::new(), Vec::new(), 0);
    for (number, ((matrix, input), result)) in inputs.iter().zip(results).enumerate() {
        let decomposition = parse_frame(shape, size, result).map_err(RunError::from)?;
        let (first, last) = (trace.accepted[number * per_frame], trace.accepted[(number + 1) * per_frame - 1]);
        let (begins, end) = (result[0].cycle, result[result.len() - 1].cycle);
        latencies.push(end - first + 1);
        ends.push(end);
        sweeps.push(u64::from(decomposition.status.sweeps()));
        let cycles =
            Cycles { load: last - first + 1, compute: begins - last, unload: end - begins + 1, total: end - first + 1 };
        let judgement = judge_frame(shape, matrix, input, decomposition, cycles)?;
        correct += usize::from(judgement.broken_promises().is_empty() && !judgement.flags.bad_frame());
    }
    let intervals = intervals(core, &ends);
    let interval_cycles = MeanAndMax::of(&intervals);
    let architecture = architecture(shape.arch());
    let work = |&sweeps: &u64| architecture.multiplications(shape, size, sweeps as u32);
    let work = sweeps.iter().map(work).sum::<u64>() as f64;
    let cycles = ends[count - 1] - trace.accepted[0] + 1;
    let possible = architecture.rotator_multipliers(shape) as f64 * cycles as f64;
    Ok(Throughput {
        core: Summary::new(core),
        frames: count,
        interval_cycles,
        latency_cycles: MeanAndMax::of(&latencies),
        utilisation: work / possible,
        sweeps: MeanAndMax::of(&sweeps),
        results_correct: correct,
    })
}

/// The cycles from one result to the next while the core is full, given the cycles in which results end. Matrices that
/// take turns end together, so there are as many intervals as make whole rounds.
pub fn intervals(core: &Core, ends: &[u64]) -> Vec<u64> {
    let edge = core.shape().in_flight();
    let full = ends.get(edge..ends.len().saturating_sub(edge)).unwrap_or_default();
    let count = full.len().saturating_sub(1);
    let whole = (count - count % core.latency().turns).max(count.min(1));
    full.windows(2).take(whole).map(|pair| pair[1] - pair[0]).collect()
}

/// The mean number of cycles from one result to the next when matrices arrive without a pause, rounded up. It is
/// measured in the simulator with uniformly distributed random matrices of the core's largest size.
///
/// # Errors
///
/// The core fails in the simulator.
pub fn period(core: &Core) -> Result<u64, EngineError> {
    let shape = core.shape();
    let count = match shape.in_flight() {
        1 => 4,
        several => 4 * several as u64 + 16,
    };
    let size = shape.dimensions().largest();
    let frame = |seed| quantised_of_size(shape, size, Family::Uniform, seed).frame(shape);
    // A core for one matrix at a time runs the same one again and again, which tells its cycles.
    let seeds = (1..=count).map(|seed| if shape.in_flight() == 1 { 1 } else { seed });
    let trace = SimulatorEngine::new(core)?.run(&Stimulus::new(seeds.flat_map(frame).collect()))?;
    let ends: Vec<u64> = trace.output.iter().filter(|element| element.last).map(|element| element.cycle).collect();
    let intervals = intervals(core, &ends);
    Ok(intervals.iter().sum::<u64>().div_ceil(intervals.len().max(1) as u64))
}

fn run(core: &Core, stimulus: &Stimulus) -> Result<crate::stimulus::Trace, RunError> {
    let run = || -> Result<_, EngineError> { SimulatorEngine::new(core)?.run(stimulus) };
    Ok(run()?)
}
