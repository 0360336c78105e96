//! Dataflow graphs: pipelined units that are connected with balanced latencies.
//!
//! A signal of a pipeline carries the stage at which it is valid ([`Signal::at`]). The latency of a unit follows from
//! the stages of its outputs, so it is never written down by hand. Where signals of different stages are combined, in
//! an operation or at the inputs of a unit, this module delays the earlier ones with registers. All users of a signal
//! share its delay registers.

use crate::builder::{DesignBuilder, Instance, ModuleBuilder, Signal};
use crate::ir::ModuleId;

impl ModuleBuilder {
    /// Adds an instance of a pipelined unit. Its `inputs` are delayed to the latest stage among them, and its outputs
    /// stand at that stage plus their declared latencies.
    #[track_caller]
    pub fn place<'m>(
        &'m self,
        design: &DesignBuilder,
        module: ModuleId,
        name: &str,
        inputs: &[(&str, Signal<'m>)],
    ) -> Instance<'m> {
        let mut instance = self.instance(design, module, name);
        let signals: Vec<_> = inputs.iter().map(|(_, signal)| *signal).collect();
        for ((port, _), signal) in inputs.iter().zip(self.balance(&signals)) {
            instance.drive(port, signal);
            instance.stage = instance.stage.max(signal.stage);
        }
        instance
    }

    /// Delays signals with registers to the latest stage among them. Signals without a stage are left as they are.
    pub fn balance<'m>(&'m self, signals: &[Signal<'m>]) -> Vec<Signal<'m>> {
        let latest = signals.iter().filter_map(|s| s.stage).max();
        signals
            .iter()
            .map(|s| if let (Some(_), Some(at)) = (s.stage, latest) { s.delayed_to(at) } else { *s })
            .collect()
    }
}

impl<'m> Signal<'m> {
    /// The same value at a later stage, delayed by one register per cycle. Delay registers of one signal are shared.
    ///
    /// # Panics
    ///
    /// If the signal has no stage, or a later one.
    #[track_caller]
    pub fn delayed_to(self, stage: u32) -> Self {
        let from = self.stage.expect("Only a signal with a stage can be delayed to a stage.");
        assert!(stage >= from, "A signal of stage {from} cannot be delayed to the earlier stage {stage}.");
        let mut last = self;
        for at in from + 1..=stage {
            let key = (self.id, at - from);
            let known = self.builder.delays.borrow().get(&key).copied();
            last = match known {
                Some(id) => Self { id, stage: Some(at), ..self },
                None => {
                    let base = self.builder.base_names.borrow().get(&self.id).cloned();
                    let delay = last.registered(&base.unwrap_or_else(|| self.described()));
                    self.builder.delays.borrow_mut().insert(key, delay.id);
                    delay
                }
            };
        }
        last
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ir::Op;

    #[test]
    fn the_earlier_signal_is_delayed_and_delay_registers_are_shared() {
        let m = ModuleBuilder::new("meet");
        let (early, late) = (m.input("early", 4).at(0), m.input("late", 4).at(3));
        let sum = early + late;
        let difference = late - early;
        assert_eq!((sum.stage(), difference.stage()), (Some(3), Some(3)));
        m.output("sum", sum.registered("sum_held"));
        m.output("difference", difference.registered("difference_held"));
        let mut design = DesignBuilder::new();
        design.add(m);
        let design = design.finish().unwrap();
        let names: Vec<_> = design
            .top()
            .nodes
            .iter()
            .filter(|n| matches!(n.op, Op::Register { .. }))
            .map(|n| n.name.as_deref().unwrap())
            .collect();
        assert_eq!(names, ["p1_early", "p2_early", "p3_early", "p4_sum_held", "p4_difference_held"]);
    }

    #[test]
    fn a_placed_unit_adds_its_declared_latency_to_its_latest_input() {
        let unit = ModuleBuilder::new("unit");
        let product = (unit.input("a", 3).at(0) * unit.input("b", 3).at(0)).registered("product").registered("again");
        unit.output("y", product);
        let mut design = DesignBuilder::new();
        let unit = design.add(unit);
        let m = ModuleBuilder::new("top");
        let placed = m.place(&design, unit, "first", &[("a", m.input("a", 3).at(1)), ("b", m.input("b", 3).at(5))]);
        assert_eq!(placed.output("y").stage(), Some(7));
    }
}
