//! Flips bits of random designs: the lanes, the single simulator and the naive interpreter do the same afterwards, and
//! what is flipped is what the name says.

mod common;

use common::bits::Bits;
use common::random::{Chooser, design};
use common::reference::Reference;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use std::cell::Cell;
use svdforge_hdl::builder::{DesignBuilder, ModuleBuilder};
use svdforge_hdl::check::Checked;
use svdforge_hdl::ir::Design;
use svdforge_sim::{Lanes, Observe, Simulator, StateBit, StateElement};

const CYCLES: usize = 24;

/// Simulators of one design that run side by side.
struct Three<'a> {
    design: &'a Checked<Design>,
    one: Simulator,
    lanes: Vec<Lanes>,
    reference: Reference<'a>,
}

impl<'a> Three<'a> {
    fn new(design: &'a Checked<Design>) -> Self {
        let one = Simulator::observing(design, &Observe { state: true, ..Observe::default() }).unwrap();
        let lanes = vec![Lanes::with_state(design).unwrap(), Lanes::with_state_and_short_vectors(design).unwrap()];
        assert!(lanes.iter().all(|lanes| lanes.state() == one.state()));
        Self { design, one, lanes, reference: Reference::new(design) }
    }

    /// Flips a bit, of the lanes in one only.
    fn flip(&mut self, lane: usize, bit: StateBit) {
        let element = self.one.state()[bit.element].clone();
        let path: Vec<&str> = element.path.split('.').collect();
        let before = self.one.state_value(bit.element, bit.word);
        self.one.flip(bit);
        assert_eq!(self.one.state_value(bit.element, bit.word), before ^ 1 << bit.bit);
        for lanes in &mut self.lanes {
            lanes.flip(lane, bit);
            assert_eq!(lanes.state_value(lane, bit.element, bit.word), before ^ 1 << bit.bit);
        }
        assert!(self.reference.flip(&path, element.words.map(|_| bit.word), bit.bit), "{}", element.path);
    }

    /// A cycle of all, after which outputs are compared. The other lanes are compared among themselves.
    fn step(&mut self, inputs: &[Bits], in_reset: bool, lane: usize) -> Result<usize, TestCaseError> {
        let top = self.design.top();
        for (&id, bits) in top.inputs.iter().zip(inputs) {
            let name = top.node(id).name.as_deref().unwrap();
            self.one.poke(self.one.input(name).unwrap(), bits.pattern());
            for lanes in &mut self.lanes {
                let port = lanes.input(name).unwrap();
                (0..Lanes::COUNT).for_each(|lane| lanes.poke(lane, port, bits.pattern()));
            }
        }
        self.one.set_reset(in_reset);
        self.one.step();
        self.reference.settle(inputs);
        self.reference.clock(in_reset);
        for lanes in &mut self.lanes {
            (0..Lanes::COUNT).for_each(|lane| lanes.set_reset(lane, in_reset));
            lanes.step();
        }
        for (port, output) in top.outputs.iter().enumerate() {
            let expected = self.reference.output(port).pattern();
            prop_assert_eq!(self.one.peek(self.one.output(&output.name).unwrap()), expected, "{}", output.name);
            for lanes in &self.lanes {
                let port = lanes.output(&output.name).unwrap();
                prop_assert_eq!(lanes.peek(lane, port), expected, "{}", output.name);
                let others = (0..Lanes::COUNT).filter(|&other| other != lane).map(|other| lanes.peek(other, port));
                prop_assert!(others.clone().all(|other| Some(other) == others.clone().next()));
            }
        }
        Ok(top.outputs.len())
    }
}

/// A bit of any register or memory. In one half of the calls it is one of a memory, if there are any: random designs
/// have far fewer of these.
fn bit(chooser: &mut Chooser, state: &[StateElement]) -> Option<StateBit> {
    let memories: Vec<usize> = (0..state.len()).filter(|&element| state[element].words.is_some()).collect();
    let element = match chooser.flip() && !memories.is_empty() {
        true => memories[chooser.below(memories.len())],
        false => chooser.below(state.len().max(1)),
    };
    let found = state.get(element)?;
    let (word, bit) = (chooser.below(found.words.unwrap_or(1)), chooser.below(found.width as usize) as u32);
    Some(StateBit { element, word, bit })
}

#[test]
fn lanes_simulator_and_interpreter_do_the_same_after_flips() {
    const CASES: u32 = 150;
    let (run, flips, memories, compared) = (Cell::new(0), Cell::new(0), Cell::new(0), Cell::new(0));
    let config = Config { cases: CASES, failure_persistence: None, max_shrink_iters: 400, ..Config::default() };
    let numbers = (vec(any::<u32>(), 40..1200), vec(any::<u32>(), 400..800));
    let result = TestRunner::new(config).run(&numbers, |(structure, values)| {
        let widest = if run.get() % 2 == 0 { 62 } else { 128 };
        let design = design(&mut Chooser::up_to(widest, &structure));
        let mut chooser = Chooser::new(&values);
        let mut three = Three::new(&design);
        let lane = chooser.below(Lanes::COUNT);
        let widths: Vec<u32> = design.top().inputs.iter().map(|&id| design.top().node(id).width).collect();
        for _ in 0..CYCLES {
            if let Some(bit) = bit(&mut chooser, three.one.state()).filter(|_| chooser.flip()) {
                memories.set(memories.get() + usize::from(three.one.state()[bit.element].words.is_some()));
                three.flip(lane, bit);
                flips.set(flips.get() + 1);
            }
            let inputs: Vec<Bits> = widths.iter().map(|&width| Bits::new(chooser.pattern(width), width)).collect();
            let in_reset = chooser.below(8) == 1;
            compared.set(compared.get() + three.step(&inputs, in_reset, lane)?);
        }
        run.set(run.get() + 1);
        Ok(())
    });
    result.unwrap_or_else(|error| panic!("{error}"));
    let counts = (run.get(), flips.get(), memories.get(), compared.get());
    assert!(counts.0 == CASES && counts.1 > 500 && counts.2 > 20 && counts.3 > 3600, "{counts:?}");
}

/// A register of 4 bits that never holds more than 3, as the simulator otherwise knows, and what a flip makes of it.
#[test]
fn nothing_is_taken_for_granted_about_a_register() {
    let m = ModuleBuilder::new("top");
    let stage = m.input("x", 2).zero_extend(4).registered("stage");
    m.output("above", m.constant(4, 3).less_than(stage).registered("above_now"));
    m.output("value", stage.registered("value_now"));
    let mut design = DesignBuilder::new();
    design.add(m);
    let design = design.finish().unwrap();
    let mut lanes = Lanes::with_state(&design).unwrap();
    let (x, above, value) = (lanes.input("x").unwrap(), lanes.output("above").unwrap(), lanes.output("value").unwrap());
    let element = |path: &str| lanes.state().iter().position(|element| element.path == path).unwrap();
    let (stage, shown) = (element("stage"), element("value_now"));
    assert_eq!(lanes.state()[stage], StateElement { path: "stage".to_owned(), width: 4, words: None });
    (0..Lanes::COUNT).for_each(|lane| lanes.poke(lane, x, 3));
    (0..3).for_each(|_| lanes.step());
    lanes.flip(9, StateBit { element: stage, word: 0, bit: 3 });
    assert_eq!((lanes.state_value(9, stage, 0), lanes.state_value(8, stage, 0)), (11, 3));
    lanes.step();
    assert_eq!((lanes.peek(9, value), lanes.peek(8, value), lanes.set(above)), (11, 3, 1 << 9));
    lanes.power_up(9);
    assert_eq!((lanes.state_value(9, stage, 0), lanes.state_value(9, shown, 0), lanes.peek(8, value)), (0, 0, 3));
    lanes.step();
    assert_eq!((lanes.peek(9, value), lanes.peek(8, value), lanes.set(above)), (0, 3, 0));
}

#[test]
#[should_panic(expected = "count has 4 bits")]
fn a_bit_that_is_not_there_is_not_flipped() {
    let m = ModuleBuilder::new("top");
    m.output("value", m.input("x", 4).registered("count"));
    let mut design = DesignBuilder::new();
    design.add(m);
    let mut lanes = Lanes::with_state(&design.finish().unwrap()).unwrap();
    lanes.flip(0, StateBit { element: 0, word: 0, bit: 4 });
}
