//! Simulates the matrices of a shard that its journal does not have yet.

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
use svdforge_testbench::run::{RunError, prepare};

/// How far a run has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Matrices judged.
    pub matrices: usize,
    /// Of so many.
    pub of: usize,
    /// Their work, in clock cycles that their simulation is expected to take: large matrices take much longer than
    /// small ones.
    pub work: u64,
    /// Of so much.
    pub of_work: u64,
}

/// Runs a shard of a plan to its end, on all processors. `folder` must exist; its journal is begun or gone on with, and
/// `progress` is told of every matrix (the first time, of those that the journal has). The records come in the order of
/// their numbers.
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
            |bench: &mut Option<LoadedCore>, item| {
                let judgement = LoadedCore::for_core(bench, plan, item.core)
                    .and_then(|bench| bench.judge(plan, item))
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

/// One matrix of a plan, simulated and judged anew.
pub fn judge_again(plan: &Plan, item: &Item) -> Result<Judgement, JudgeError> {
    LoadedCore::for_core(&mut None, plan, item.core)?.judge(plan, item)
}

/// A core in the simulator.
struct LoadedCore {
    core: usize,
    engine: SimulatorEngine,
}

impl LoadedCore {
    /// The one that is there, if it has the core that is asked for; else a new one in its place.
    fn for_core<'a>(bench: &'a mut Option<Self>, plan: &Plan, core: usize) -> Result<&'a mut Self, JudgeError> {
        let there = bench.take().filter(|b| b.core == core);
        let found = match there {
            Some(there) => there,
            None => Self { core, engine: SimulatorEngine::new(&Core::new(*plan.shape(core))).map_err(RunError::from)? },
        };
        Ok(bench.insert(found))
    }

    fn judge(&mut self, plan: &Plan, item: &Item) -> Result<Judgement, JudgeError> {
        let original = named(item, plan.original(item));
        judge(plan.shape(item.core), &mut self.engine, &original, &input(plan, item)?)
    }
}

/// A matrix of a plan as its core gets it.
pub fn input(plan: &Plan, item: &Item) -> Result<Quantised, RunError> {
    prepare(plan.shape(item.core), &named(item, plan.matrix(item)), input_scale(plan))
}

fn named(item: &Item, matrix: DMatrix<f64>) -> NamedMatrix {
    NamedMatrix { name: item.family.name().to_owned(), matrix }
}

/// The scaling of a plan.
pub fn input_scale(plan: &Plan) -> InputScale {
    match plan.settings.input_scale {
        Choice::Auto => InputScale::Auto,
        Choice::Number(exponent) => InputScale::Exponent(exponent),
    }
}
