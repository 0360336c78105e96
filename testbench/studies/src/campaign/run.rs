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
use svdforge_testbench::engine::SimulatorEngine;
use svdforge_testbench::framing::{InputScale, Quantised};
use svdforge_testbench::judge::{JudgeError, Judgement, judge};
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
/// that the journal already contains, and then after every matrix.
pub fn run(
    plan: &Plan,
    shard: Shard,
    folder: &Path,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<Vec<Record>, CampaignError> {
    let (journal, mut records) = Journal::open(folder, plan, shard)?;
    let items = plan.items();
    let mut missing: Vec<&Item> = items.iter().filter(|item| shard.has(item.matrix)).collect();
    let work: Vec<u64> = plan.cores.par_iter().map(|planned| expected_cycles(&Core::new(planned.core.0))).collect();
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
    let found: Vec<Record> = missing
        .par_iter()
        .map_init(
            || None,
            |loaded: &mut Option<LoadedCore>, item| {
                let judgement = LoadedCore::for_core(loaded, plan, item.core)
                    .and_then(|core| core.judge(plan, item))
                    .map_err(|source| CampaignError::Judge {
                    matrix: item.matrix,
                    name: item.name(plan),
                    source: Box::new(source),
                })?;
                let record = Record::new(item, &judgement);
                let mut shared = shared.lock().unwrap_or_else(PoisonError::into_inner);
                shared.0.add(&record)?;
                shared.1.matrices += 1;
                shared.1.work += work[item.core];
                progress(shared.1);
                Ok(record)
            },
        )
        .collect::<Result<_, CampaignError>>()?;
    records.extend(found);
    records.sort_unstable_by_key(|record| record.matrix);
    Ok(records)
}

/// Simulates and judges one matrix of a plan again.
pub fn judge_again(plan: &Plan, item: &Item) -> Result<Judgement, JudgeError> {
    LoadedCore::for_core(&mut None, plan, item.core)?.judge(plan, item)
}

/// A core that is loaded in the simulator.
struct LoadedCore {
    core: usize,
    engine: SimulatorEngine,
}

impl LoadedCore {
    /// Returns the loaded core if it is the right one. Otherwise the right core is loaded in its place.
    fn for_core<'a>(loaded: &'a mut Option<Self>, plan: &Plan, core: usize) -> Result<&'a mut Self, JudgeError> {
        let there = loaded.take().filter(|loaded| loaded.core == core);
        let found = match there {
            Some(there) => there,
            None => Self { core, engine: SimulatorEngine::new(&Core::new(*plan.shape(core))).map_err(RunError::from)? },
        };
        Ok(loaded.insert(found))
    }

    fn judge(&mut self, plan: &Plan, item: &Item) -> Result<Judgement, JudgeError> {
        let original = named(item, plan.original(item));
        judge(plan.shape(item.core), &mut self.engine, &original, &input(plan, item)?)
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
