//! Runs a campaign for one core, on several threads.

use super::outcome::{Class, Outcome, Recovery, Reference};
use super::scenario::{Plan, Scenario, Targets};
use super::tally::{ModuleTally, Tally, area};
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use svdforge_hdl::core::Core;
use svdforge_hdl::export::manifest::Summary;
use svdforge_testbench::engine::{Ending, EngineError, Flip, Observed, StateElement, UpsetEngine};

/// What upsets did to one core.
#[derive(Clone, Debug, Serialize)]
pub struct CoreUpsets {
    /// The core.
    pub core: Summary,
    /// The bits of its registers and memories that may be flipped.
    pub bits: u64,
    /// What the upsets did.
    #[serde(flatten)]
    pub tally: Tally,
    /// The share of the wrong results that a status bit from 1 on told of.
    pub noticed_share: Option<f64>,
    /// The same, part by part.
    pub modules: Vec<ModuleTally>,
    /// The upsets that did most harm, the worst first.
    pub worst: Vec<Upset>,
}

/// An upset and what it did.
#[derive(Clone, Debug, Serialize)]
pub struct Upset {
    /// Its number, with which it can be replayed.
    pub number: usize,
    /// The register or memory.
    pub signal: String,
    /// The word of a memory.
    pub word: Option<usize>,
    /// The bit.
    pub bit: u32,
    /// The cycle before which it was flipped, from the end of the reset on.
    pub cycle: u64,
    /// What became of the results.
    pub class: Class,
    /// What is wrong with the form of the output.
    pub malformed: Option<super::outcome::Malformed>,
    /// By how many LSB the worst error is larger than without the upset.
    pub excess_lsb: f64,
    /// The frames after those in the core that were not right.
    pub recovered_after: Option<usize>,
    /// Whether frames were not right until the end.
    pub never: bool,
}

impl Upset {
    pub(super) fn new(number: usize, element: &StateElement, flip: Flip, outcome: &Outcome) -> Self {
        Self {
            number,
            signal: element.path.clone(),
            word: element.words.map(|_| flip.bit.word),
            bit: flip.bit.bit,
            cycle: flip.cycle,
            class: outcome.class,
            malformed: outcome.malformed,
            excess_lsb: outcome.excess_lsb,
            recovered_after: match outcome.recovery {
                Some(Recovery::After(frames)) => Some(frames),
                _ => None,
            },
            never: outcome.recovery == Some(Recovery::Never),
        }
    }

    /// The larger, the worse.
    fn harm(&self) -> (bool, usize, Class, f64) {
        (self.never, self.recovered_after.unwrap_or(0), self.class, self.excess_lsb)
    }
}

/// A campaign.
#[derive(Clone, Debug)]
pub struct Campaign {
    /// Which upsets are drawn.
    pub plan: Plan,
    /// Threads that work at the same time.
    pub threads: usize,
    /// The largest number of upsets that are listed one by one.
    pub worst: usize,
}

/// Why a campaign failed.
#[derive(Debug, thiserror::Error)]
pub enum UpsetError {
    /// The core cannot be simulated.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// No register or memory has such a name.
    #[error("--only {only}: no register or memory of {core} has this text in its hierarchical name; there are {some}")]
    NoTarget {
        /// The text.
        only: String,
        /// The core.
        core: String,
        /// Some of the names.
        some: String,
    },
    /// The core does not work even without an upset.
    #[error("{core}: {frames} of {expected} frames came without an upset; svdforge verify tells more of this core")]
    Undisturbed {
        /// The core.
        core: String,
        /// The frames that came.
        frames: usize,
        /// The frames that were sent.
        expected: usize,
    },
}

impl Campaign {
    /// Runs the campaign for a core. `progress` is called with the number of upsets that are done, whenever more are.
    ///
    /// # Errors
    ///
    /// The core cannot be simulated, it does not work, or it has no such registers and memories.
    pub fn run(&self, core: &Core, progress: &(dyn Fn(usize) + Sync)) -> Result<CoreUpsets, UpsetError> {
        let next = AtomicUsize::new(0);
        let work = || {
            let mut engine = UpsetEngine::new(core)?;
            let targets = targets(core, engine.state(), &self.plan)?;
            let mut part = Part::new(&targets);
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= self.plan.scenarios() {
                    return Ok((part, targets.bits));
                }
                part.run(core, &self.plan, &mut engine, &targets, number)?;
                part.keep(self.worst);
                progress(self.plan.upsets_of(number).len());
            }
        };
        let workers = self.threads.min(self.plan.scenarios()).max(1);
        let parts: Vec<Result<(Part, u64), UpsetError>> = thread::scope(|scope| {
            let others: Vec<_> = (1..workers).map(|_| scope.spawn(work)).collect();
            let own = work();
            let joined = others.into_iter().map(|other| other.join());
            let joined = joined.map(|part| part.unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
            joined.chain([own]).collect()
        });
        let (mut all, mut bits): (Option<Part>, u64) = (None, 0);
        for part in parts {
            let (part, found) = part?;
            bits = found;
            match &mut all {
                None => all = Some(part),
                Some(all) => all.merge(part),
            }
        }
        let mut all = all.expect("There is at least one worker.");
        all.keep(self.worst);
        Ok(CoreUpsets {
            core: Summary::new(core),
            bits,
            noticed_share: all.tally.noticed_share(),
            tally: all.tally,
            modules: all.modules.into_values().collect(),
            worst: all.worst,
        })
    }
}

/// The bits that a plan may flip.
pub(super) fn targets(core: &Core, state: &[StateElement], plan: &Plan) -> Result<Targets, UpsetError> {
    let targets = Targets::new(state, plan);
    if targets.bits == 0 {
        let mut areas: Vec<String> = state.iter().map(area).collect();
        areas.dedup();
        areas.truncate(12);
        return Err(UpsetError::NoTarget {
            only: plan.only.clone().unwrap_or_default(),
            core: core.shape().name().to_string(),
            some: areas.join(", "),
        });
    }
    Ok(targets)
}

/// Checks what was seen without an upset.
pub(super) fn check_undisturbed(core: &Core, scenario: &Scenario, observed: &Observed) -> Result<(), UpsetError> {
    let (frames, expected) = (observed.frames().len(), scenario.inputs.len());
    if frames == expected && observed.ending == Ending::Complete && observed.odd_beats == 0 {
        return Ok(());
    }
    Err(UpsetError::Undisturbed { core: core.shape().name().to_string(), frames, expected })
}

/// What one thread has counted.
struct Part {
    tally: Tally,
    modules: BTreeMap<String, ModuleTally>,
    worst: Vec<Upset>,
}

impl Part {
    fn new(targets: &Targets) -> Self {
        let mut modules: BTreeMap<String, ModuleTally> = BTreeMap::new();
        for element in targets.elements() {
            let (module, memory) = (area(element), element.words.is_some());
            let empty = ModuleTally { module: module.clone(), memory, bits: 0, tally: Tally::default() };
            modules.entry(module).or_insert(empty).bits += element.bits();
        }
        Self { tally: Tally::default(), modules, worst: Vec::new() }
    }

    fn run(
        &mut self,
        core: &Core,
        plan: &Plan,
        engine: &mut UpsetEngine<'_>,
        targets: &Targets,
        number: usize,
    ) -> Result<(), UpsetError> {
        let scenario = Scenario::new(core, plan, number);
        let undisturbed = engine.run(&scenario.traffic, &[None], |_, _| false);
        let undisturbed = undisturbed.into_iter().next().map(|(observed, _)| observed).unwrap_or_default();
        check_undisturbed(core, &scenario, &undisturbed)?;
        let reference = Reference::new(core.shape(), &scenario, &undisturbed);
        let numbers = plan.upsets_of(number);
        let flips: Vec<Flip> =
            numbers.clone().map(|number| scenario.flip(plan, targets, &undisturbed, number)).collect();
        let runs: Vec<Option<Flip>> = flips.iter().copied().map(Some).collect();
        let seen = engine.run(&scenario.traffic, &runs, |_, observed| reference.is_lost(observed));
        for ((number, flip), (observed, after_reset)) in numbers.zip(flips).zip(seen) {
            let mut outcome = reference.outcome(flip.cycle, &observed);
            outcome.reset_helps = after_reset.map(|observed| reference.is_right(&observed));
            let element = &engine.state()[flip.bit.element];
            self.tally.add(&outcome);
            if let Some(module) = self.modules.get_mut(&area(element)) {
                module.tally.add(&outcome);
            }
            if outcome.class != Class::Harmless {
                self.worst.push(Upset::new(number, element, flip, &outcome));
            }
        }
        Ok(())
    }

    /// Keeps only the worst upsets, in order.
    fn keep(&mut self, most: usize) {
        self.worst.sort_by(|a, b| {
            let worse = b.harm().partial_cmp(&a.harm()).unwrap_or(std::cmp::Ordering::Equal);
            worse.then(a.number.cmp(&b.number))
        });
        self.worst.truncate(most);
    }

    fn merge(&mut self, other: Self) {
        self.tally.merge(&other.tally);
        for (name, module) in other.modules {
            if let Some(own) = self.modules.get_mut(&name) {
                own.tally.merge(&module.tally);
            }
        }
        self.worst.extend(other.worst);
    }
}
