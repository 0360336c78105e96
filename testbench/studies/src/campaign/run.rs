//! Simulates those matrices of a shard that its journal does not contain yet.

use super::error::CampaignError;
use super::journal::{Journal, Shard};
use super::parameters::Choice;
use super::plan::{Item, Plan};
use super::record::Record;
use super::work::expected_cycles;
use nalgebra::DMatrix;
use rayon::prelude::*;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use svdforge_golden::NamedMatrix;
use svdforge_hdl::core::Core;
use svdforge_testbench::engine::{LanesEngine, SimulatorEngine};
use svdforge_testbench::framing::{InputScale, Quantised};
use svdforge_testbench::judge::{JudgeError, Judgement, judge, judge_in_lanes};
use svdforge_testbench::run::{RunError, quantise_for};

/// The progress of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// The number of matrices that have been judged.
    pub matrices: usize,
    /// The number of matrices in all.
    pub of: usize,
    /// The work that is done, in clock cycles that the simulation of these matrices is expected to take. Large matrices
    /// take much longer than small ones, so this tells more than their number.
    pub work: u64,
    /// The work in all.
    pub of_work: u64,
}

/// Runs a shard of a plan to its end, on all processors, and returns the records in the order of their matrices.
///
/// `folder` must exist. Its journal is started or continued. `progress` is called once at the start, with the matrices
/// that the journal already contains, and then for every matrix. The records do not
/// depend on the number of processors.
pub fn run(
    plan: &Plan,
    shard: Shard,
    folder: &Path,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<Vec<Record>, CampaignError> {
    let (journal, mut records) = Journal::open(folder, plan, shard)?;
    let items = plan.items();
    let mut missing: Vec<&Item> = items.iter().filter(|item| shard.has(item.matrix)).collect();
    let cores: Vec<Core> = plan.cores.par_iter().map(|planned| Core::new(planned.core.0)).collect();
    let work: Vec<u64> = cores.iter().map(expected_cycles).collect();
    let all = missing.iter().map(|item| work[item.core]).sum();
    let mut state = Progress { matrices: records.len(), of: missing.len(), work: 0, of_work: all };
    let mut done = vec![false; items.len()];
    for record in &records {
        done[record.matrix] = true;
        state.work += work[record.core];
    }
    missing.retain(|item| !done[item.matrix]);
    progress(state);
    let shared = Mutex::new((journal, state));
    let found: Vec<Vec<Record>> = batches(&missing)
        .par_iter()
        .map_init(
            || None,
            |loaded: &mut Option<LoadedCore>, items| {
                let core =
                    LoadedCore::for_core(loaded, &cores, items[0].core).map_err(|e| failed(plan, items[0], e))?;
                let mut records = Vec::with_capacity(items.len());
                for (item, judgement) in items.iter().zip(core.judge_all(plan, items)?) {
                    let record = Record::new(item, &judgement);
                    let mut shared = shared.lock().unwrap_or_else(PoisonError::into_inner);
                    shared.0.add(&record)?;
                    shared.1.matrices += 1;
                    shared.1.work += work[item.core];
                    progress(shared.1);
                    records.push(record);
                }
                Ok(records)
            },
        )
        .collect::<Result<_, CampaignError>>()?;
    records.extend(found.into_iter().flatten());
    records.sort_unstable_by_key(|record| record.matrix);
    Ok(records)
}

/// The largest number of matrices that are simulated together. A multiple of the lanes, so that a lane whose matrix
/// takes few sweeps gets another one.
const BATCH: usize = 4 * LanesEngine::LANES;

/// The same items in groups, each of one core.
fn batches<'a>(items: &'a [&'a Item]) -> Vec<&'a [&'a Item]> {
    items.chunk_by(|a, b| a.core == b.core).flat_map(|items| items.chunks(BATCH)).collect()
}

fn failed(plan: &Plan, item: &Item, source: JudgeError) -> CampaignError {
    CampaignError::Judge { matrix: item.matrix, name: item.name(plan), source: Box::new(source) }
}

/// Simulates and judges one matrix of a plan again.
pub fn judge_again(plan: &Plan, item: &Item) -> Result<Judgement, JudgeError> {
    let shape = plan.shape(item.core);
    let mut engine = SimulatorEngine::new(&Core::new(*shape)).map_err(RunError::from)?;
    judge(shape, &mut engine, &named(item, plan.original(item)), &input(plan, item)?)
}

/// A core that is loaded in the simulator.
struct LoadedCore {
    core: usize,
    engine: LanesEngine,
}

impl LoadedCore {
    /// Returns the loaded core if it is the right one. Otherwise the right core is loaded in its place.
    fn for_core<'a>(loaded: &'a mut Option<Self>, cores: &[Core], core: usize) -> Result<&'a mut Self, JudgeError> {
        let there = loaded.take().filter(|loaded| loaded.core == core);
        let found = match there {
            Some(there) => there,
            None => Self { core, engine: LanesEngine::new(&cores[core]).map_err(RunError::from)? },
        };
        Ok(loaded.insert(found))
    }

    /// Judges matrices of this core. If they fail together, each is simulated alone, which tells the one that fails.
    fn judge_all(&mut self, plan: &Plan, items: &[&Item]) -> Result<Vec<Judgement>, CampaignError> {
        let matrix = |item: &&Item| {
            let input = input(plan, item).map_err(|e| failed(plan, item, e.into()))?;
            Ok((named(item, plan.original(item)), input))
        };
        let matrices: Vec<_> = items.iter().map(matrix).collect::<Result<_, CampaignError>>()?;
        judge_in_lanes(plan.shape(self.core), &mut self.engine, &matrices)
            .or_else(|_| items.iter().map(|item| judge_again(plan, item).map_err(|e| failed(plan, item, e))).collect())
    }
}

/// A matrix of a plan, quantised for its core.
pub fn input(plan: &Plan, item: &Item) -> Result<Quantised, RunError> {
    quantise_for(plan.shape(item.core), &named(item, plan.matrix(item)), input_scale(plan))
}

fn named(item: &Item, matrix: DMatrix<f64>) -> NamedMatrix {
    NamedMatrix { name: item.family.name().to_owned(), matrix }
}

/// How the host scales the matrices of a plan.
pub fn input_scale(plan: &Plan) -> InputScale {
    match plan.settings.input_scale {
        Choice::Auto => InputScale::Auto,
        Choice::Number(exponent) => InputScale::Exponent(exponent),
    }
}
