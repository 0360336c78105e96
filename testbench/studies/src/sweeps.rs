//! A search for the matrices that take most sweeps.
//!
//! No bound on the number of sweeps is proven, so the cap of a core rests on what was tried. This search tries matrices
//! that are made for it, by hill climbing: many walkers change their matrices at random, and keep a change unless it
//! makes the matrix easier. A matrix is harder than another one if it takes more sweeps, or as many and has larger
//! angles in the last sweep, or in the one before. The sweeps are those of the simulated core, bit for bit.

mod mutation;

use mutation::{Walker, mutated, start};
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use serde::Serialize;
use std::collections::BTreeMap;
use svdforge_hdl::core::Core;
use svdforge_hdl::export::manifest::Summary;
use svdforge_hdl::interface::Status;
use svdforge_hdl::parameters::{Parameters, Sweeps, Vectors};
use svdforge_hdl::shape::Shape;
use svdforge_testbench::engine::SeenRotations;
use svdforge_testbench::framing::Quantised;
use svdforge_testbench::pool::SimulatorPool;
use svdforge_testbench::run::RunError;
use svdforge_testbench::stimulus::{Stimulus, Trace};

/// Matrices that are changed side by side.
const WALKERS: usize = 256;

/// A walker begins anew with another matrix after so many changes without a harder one.
const PATIENCE: u32 = 300;

/// What was found for one core.
#[derive(Clone, Debug, Serialize)]
pub struct SweepSearch {
    /// The core.
    pub core: Summary,
    /// The matrices that were tried.
    pub matrices: u64,
    /// The most sweeps that any of them took.
    pub most: u32,
    /// The most sweeps of those that were drawn and not changed.
    pub most_drawn: u32,
    /// The cap.
    pub cap: u32,
    /// Matrices that were not settled when the cap was reached.
    pub not_settled: u64,
    /// Matrices by the sweeps that they took.
    pub sweeps: BTreeMap<u32, u64>,
    /// One of those that took most, row by row, in units of the last bit of an input element.
    pub hardest: Vec<i64>,
}

/// The core with which matrices of a size are searched. The sweeps of a matrix do not depend on the vectors, on the
/// architecture or on the matrices in flight, so that it is the core that is simulated fastest.
///
/// # Errors
///
/// There is no such core.
pub fn searched(parameters: &Parameters, n: usize) -> Result<Shape, svdforge_hdl::parameters::ParameterError> {
    let vectors = Vectors::None;
    Parameters { rows: n, cols: n, vectors, rank: None, interleave: Some(1), sweeps: Sweeps::Auto, ..*parameters }
        .shape()
}

/// How hard a matrix is: the larger, the harder.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
struct Hardness {
    sweeps: u32,
    /// The largest sine of a rotation in the last sweep, and in the one before.
    last: f64,
    before: f64,
}

/// Tries `count` matrices of the core's size. `progress` is called with the number of matrices that are done, whenever
/// more are. The result does not depend on the number of threads.
///
/// # Errors
///
/// The core cannot be simulated.
pub fn search(
    core: &Core,
    count: u64,
    seed: u64,
    threads: usize,
    progress: &dyn Fn(u64),
) -> Result<SweepSearch, RunError> {
    let shape = core.shape();
    let pool = SimulatorPool::new(core.clone())?;
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut found = SweepSearch {
        core: Summary::new(core),
        matrices: 0,
        most: 0,
        most_drawn: 0,
        cap: shape.sweep_cap(),
        not_settled: 0,
        sweeps: BTreeMap::new(),
        hardest: Vec::new(),
    };
    let mut walkers: Vec<Walker> = Vec::new();
    let mut hardness: Vec<Hardness> = Vec::new();
    while found.matrices < count {
        let room = (count - found.matrices).min(WALKERS as u64) as usize;
        let is_drawn = |walkers: &[Walker], number: usize| walkers.get(number).is_none_or(|w| w.tries > PATIENCE);
        let tried: Vec<(bool, Vec<i64>)> = (0..room)
            .map(|number| match is_drawn(&walkers, number) {
                true => (true, start(shape, &mut rng)),
                false => (false, mutated(shape, &walkers, number, &mut rng)),
            })
            .collect();
        let stimulus = |(_, units): &(bool, Vec<i64>)| {
            let input = Quantised { rows: shape.rows(), cols: shape.cols(), units: units.clone(), exponent: 0 };
            Stimulus::new(input.frame(shape))
        };
        let stimuli: Vec<Stimulus> = tried.iter().map(stimulus).collect();
        let results = pool.run_seeing_rotations(&stimuli, threads)?;
        for (number, ((drawn, units), (trace, rotations))) in tried.into_iter().zip(results).enumerate() {
            let (status, hard) = hardness_of(shape, &trace, &rotations);
            found.matrices += 1;
            found.not_settled += u64::from(status.cap_reached());
            *found.sweeps.entry(hard.sweeps).or_default() += 1;
            if drawn {
                found.most_drawn = found.most_drawn.max(hard.sweeps);
            }
            if hard.sweeps > found.most {
                (found.most, found.hardest) = (hard.sweeps, units.clone());
            }
            if number == walkers.len() {
                walkers.push(Walker { units, tries: 0 });
                hardness.push(hard);
                continue;
            }
            let (walker, own) = (&mut walkers[number], &mut hardness[number]);
            walker.tries = if drawn || hard > *own { 0 } else { walker.tries + 1 };
            if drawn || hard >= *own {
                (walker.units, *own) = (units, hard);
            }
        }
        progress(room as u64);
    }
    Ok(found)
}

fn hardness_of(shape: &Shape, trace: &Trace, rotations: &SeenRotations) -> (Status, Hardness) {
    let status = Status::from_bits(trace.output.first().map_or(0, |element| element.data));
    let mut hard = Hardness { sweeps: status.sweeps(), ..Hardness::default() };
    if let Some(recording) = rotations.recording(shape, (shape.rows(), shape.cols()), hard.sweeps) {
        let of_sweep = recording.sweeps.len() / hard.sweeps.max(1) as usize;
        let mut sweeps = recording.sweeps.rchunks(of_sweep.max(1)).map(|sweep| {
            let sines = sweep.iter().map(|block| block.left.sine.abs().max(block.right.sine.abs()));
            sines.fold(0.0, f64::max)
        });
        (hard.last, hard.before) = (sweeps.next().unwrap_or(0.0), sweeps.next().unwrap_or(0.0));
    }
    (status, hard)
}

#[cfg(test)]
mod tests;
