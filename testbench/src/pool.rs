//! Simulators of one core that work side by side: many matrices, each by itself, on all processors.

use crate::engine::{Engine, EngineError, SimulatorEngine};
use crate::framing::Quantised;
use crate::run::RunError;
use crate::stimulus::{Stimulus, Trace};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use svdforge_hdl::core::Core;

/// Traces, each with the index of its input.
type Numbered = Vec<(usize, Trace)>;

/// A core, and simulators of it that are ready to run. A simulator is compiled when it is first needed, and kept.
///
/// The pool starts threads for each call and keeps none. A process that was forked can therefore use it, too.
pub struct SimulatorPool {
    core: Core,
    idle: Mutex<Vec<SimulatorEngine>>,
}

impl SimulatorPool {
    /// A pool with one simulator.
    pub fn new(core: Core) -> Result<Self, EngineError> {
        let first = SimulatorEngine::new(&core)?;
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
        let processors = thread::available_parallelism().map_or(1, usize::from);
        let workers = processors.min(inputs.len());
        if workers <= 1 {
            return self.borrow(|engine| inputs.iter().map(|input| self.run_one(engine, input)).collect());
        }
        let next = AtomicUsize::new(0);
        let work = || self.borrow(|engine| self.run_some(engine, inputs, &next));
        let finished: Vec<thread::Result<Result<Numbered, RunError>>> = thread::scope(|scope| {
            let others: Vec<_> = (1..workers).map(|_| scope.spawn(work)).collect();
            let own = work();
            others.into_iter().map(|other| other.join()).chain([Ok(own)]).collect()
        });
        let mut traces = Vec::with_capacity(inputs.len());
        for part in finished {
            traces.extend(part.unwrap_or_else(|panic| std::panic::resume_unwind(panic))?);
        }
        traces.sort_unstable_by_key(|&(index, _)| index);
        Ok(traces.into_iter().map(|(_, trace)| trace).collect())
    }

    /// Runs inputs until none is left that no other thread has taken.
    fn run_some(
        &self,
        engine: &mut SimulatorEngine,
        inputs: &[Quantised],
        next: &AtomicUsize,
    ) -> Result<Numbered, RunError> {
        let mut traces = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(input) = inputs.get(index) else { return Ok(traces) };
            traces.push((index, self.run_one(engine, input)?));
        }
    }

    fn run_one(&self, engine: &mut SimulatorEngine, input: &Quantised) -> Result<Trace, RunError> {
        Ok(engine.run(&Stimulus::new(input.frame(self.core.shape())))?)
    }

    /// Calls `work` with an idle simulator, or with a new one if there is none.
    fn borrow<T>(&self, work: impl FnOnce(&mut SimulatorEngine) -> Result<T, RunError>) -> Result<T, RunError> {
        // The lock is not held while the simulator is compiled or runs.
        let idle = self.idle().pop();
        let mut engine = match idle {
            Some(engine) => engine,
            None => SimulatorEngine::new(&self.core)?,
        };
        let result = work(&mut engine);
        self.idle().push(engine);
        result
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<SimulatorEngine>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::framing::{InputScale, quantise};
    use crate::samples::example_matrix;
    use svdforge_golden::Family;
    use svdforge_hdl::parameters::Parameters;

    #[test]
    fn many_matrices_give_what_each_gives_alone() {
        let core = Core::new(Parameters { rows: 3, cols: 2, ..Parameters::default() }.shape().unwrap());
        let mut alone = SimulatorEngine::new(&core).unwrap();
        let inputs: Vec<Quantised> = (0..40)
            .map(|seed| example_matrix(core.shape(), Family::Uniform, seed))
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
    }
}
