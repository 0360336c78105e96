//! Simulators of one core that work side by side: many matrices, each by itself, in lanes and on all processors.

use crate::engine::{EngineError, LanesEngine, SeenRotations};
use crate::framing::Quantised;
use crate::run::RunError;
use crate::stimulus::{Stimulus, Trace};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use svdforge_hdl::core::Core;

/// What was found for groups of inputs, each with the number of its group.
type Numbered<R> = Vec<(usize, Vec<R>)>;

/// The largest number of matrices that are given to the lanes of one simulator together.
pub const LARGEST_GROUP: usize = 64;

/// A core, and simulators of it that are ready to run. A simulator is compiled when it is first needed, and kept.
///
/// The pool starts threads for each call and keeps none. A process that was forked can therefore use it, too.
pub struct SimulatorPool {
    core: Core,
    idle: Mutex<Vec<LanesEngine>>,
}

impl SimulatorPool {
    /// A pool with one simulator.
    pub fn new(core: Core) -> Result<Self, EngineError> {
        let first = LanesEngine::new(&core)?;
        Ok(Self { core, idle: Mutex::new(vec![first]) })
    }

    /// The core.
    pub fn core(&self) -> &Core {
        &self.core
    }

    /// Runs each of the inputs alone through the core, without stalls, and returns the traces in their order. The
    /// results do not depend on the number of processors.
    ///
    /// # Errors
    ///
    /// A simulator could not be compiled, or the core did not answer.
    pub fn run(&self, inputs: &[Quantised]) -> Result<Vec<Trace>, RunError> {
        let threads = thread::available_parallelism().map_or(1, usize::from);
        let share = inputs.len().div_ceil(threads).next_multiple_of(LanesEngine::LANES);
        let stimulus = |input: &Quantised| Stimulus::new(input.frame(self.core.shape()));
        self.run_groups(inputs, share.min(LARGEST_GROUP), threads, |engine, inputs| {
            engine.run(&inputs.iter().map(stimulus).collect::<Vec<_>>())
        })
    }

    /// Runs each of the stimuli by itself. `lanes` of them are given to a simulator together, and `threads` simulators
    /// work at the same time.
    ///
    /// # Errors
    ///
    /// As for [`Self::run`].
    pub fn run_stimuli(&self, stimuli: &[Stimulus], lanes: usize, threads: usize) -> Result<Vec<Trace>, RunError> {
        self.run_groups(stimuli, lanes, threads, LanesEngine::run)
    }

    /// Does the same with stimuli of one frame each, as many to a simulator as make equal shares, and also returns the
    /// rotations that the core made for them.
    ///
    /// # Errors
    ///
    /// As for [`Self::run`].
    pub fn run_seeing_rotations(
        &self,
        stimuli: &[Stimulus],
        threads: usize,
    ) -> Result<Vec<(Trace, SeenRotations)>, RunError> {
        let share = stimuli.len().div_ceil(threads.max(1)).next_multiple_of(LanesEngine::LANES);
        self.run_groups(stimuli, share, threads, LanesEngine::run_seeing_rotations)
    }

    fn run_groups<T: Sync, R: Send>(
        &self,
        inputs: &[T],
        lanes: usize,
        threads: usize,
        run: impl Fn(&mut LanesEngine, &[T]) -> Result<Vec<R>, EngineError> + Sync,
    ) -> Result<Vec<R>, RunError> {
        let groups: Vec<&[T]> = inputs.chunks(lanes.max(1)).collect();
        let next = AtomicUsize::new(0);
        // Each thread runs groups until none is left that no other thread has taken.
        let work = || {
            self.borrow(|engine| {
                let mut found: Numbered<R> = Vec::new();
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let Some(group) = groups.get(number) else { return Ok(found) };
                    found.push((number, run(engine, group)?));
                }
            })
        };
        let workers = threads.min(groups.len());
        let finished: Vec<thread::Result<Result<Numbered<R>, RunError>>> = thread::scope(|scope| {
            let others: Vec<_> = (1..workers).map(|_| scope.spawn(work)).collect();
            let own = work();
            others.into_iter().map(|other| other.join()).chain([Ok(own)]).collect()
        });
        let mut found: Numbered<R> = Vec::with_capacity(groups.len());
        for part in finished {
            found.extend(part.unwrap_or_else(|panic| std::panic::resume_unwind(panic))?);
        }
        found.sort_unstable_by_key(|&(number, _)| number);
        Ok(found.into_iter().flat_map(|(_, found)| found).collect())
    }

    /// Calls `work` with an idle simulator, or with a new one if there is none.
    fn borrow<T>(&self, work: impl FnOnce(&mut LanesEngine) -> Result<T, RunError>) -> Result<T, RunError> {
        // The lock is not held while the simulator is compiled or runs.
        let idle = self.idle().pop();
        let mut engine = match idle {
            Some(engine) => engine,
            None => LanesEngine::new(&self.core)?,
        };
        let result = work(&mut engine);
        self.idle().push(engine);
        result
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<LanesEngine>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Engine, SimulatorEngine};
    use crate::framing::{InputScale, quantise};
    use crate::samples::example_matrix;
    use svdforge_golden::Family;
    use svdforge_hdl::parameters::Parameters;

    #[test]
    fn many_matrices_give_what_each_gives_alone() {
        let core = Core::new(Parameters { rows: 3, cols: 2, ..Parameters::default() }.shape().unwrap());
        let mut alone = SimulatorEngine::new(&core).unwrap();
        let inputs: Vec<Quantised> = (0..40)
            .map(|seed| example_matrix::<f64>(core.shape(), Family::Uniform, seed))
            .map(|matrix| quantise(core.shape(), &matrix, InputScale::Auto).unwrap())
            .collect();
        let expected: Vec<Trace> =
            inputs.iter().map(|input| alone.run(&Stimulus::new(input.frame(core.shape()))).unwrap()).collect();
        let pool = SimulatorPool::new(core).unwrap();
        for _ in 0..2 {
            assert_eq!(pool.run(&inputs).unwrap(), expected);
        }
        assert_eq!(pool.run(&inputs[..1]).unwrap(), expected[..1]);
        assert_eq!(pool.run(&[]).unwrap(), []);
        // Neither the number of lanes nor that of threads changes a result.
        let shape = pool.core().shape();
        let stimuli: Vec<Stimulus> = inputs.iter().map(|input| Stimulus::new(input.frame(shape))).collect();
        for (lanes, threads) in [(1, 1), (4, 1), (7, 3), (8, 2), (64, 5)] {
            assert_eq!(pool.run_stimuli(&stimuli, lanes, threads).unwrap(), expected);
        }
    }
}
