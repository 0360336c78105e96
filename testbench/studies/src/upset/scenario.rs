//! What runs through a core while a bit is flipped, and which bit it is.

use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use svdforge_golden::Family;
use svdforge_hdl::core::Core;
use svdforge_testbench::engine::{Flip, Observed, StateBit, StateElement, Traffic};
use svdforge_testbench::framing::Quantised;
use svdforge_testbench::samples::{example_size, quantised_of_size};
use svdforge_testbench::stimulus::Stalls;

/// The upsets that share matrices and traffic.
pub(super) const UPSETS_PER_SCENARIO: usize = 240;

/// Frames after those in which a bit may be flipped, at least.
const FRAMES_AFTER: usize = 6;

/// The cycles after which the pattern of stalls repeats.
const STALL_PATTERN: usize = 509;

/// How frames are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrafficKind {
    /// Each one after the result of the one before.
    Single,
    /// Without a pause.
    BackToBack,
    /// One half of the upsets in each way.
    Both,
}

/// Which upsets are drawn.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Their number.
    pub upsets: usize,
    /// Everything that is random follows from it.
    pub seed: u64,
    /// How frames are sent.
    pub traffic: TrafficKind,
    /// Only registers and memories whose hierarchical names contain this text.
    pub only: Option<String>,
}

impl Plan {
    pub(super) fn scenarios(&self) -> usize {
        self.upsets.div_ceil(UPSETS_PER_SCENARIO)
    }

    /// The numbers of the upsets of a scenario.
    pub(super) fn upsets_of(&self, scenario: usize) -> std::ops::Range<usize> {
        let first = scenario * UPSETS_PER_SCENARIO;
        first..(first + UPSETS_PER_SCENARIO).min(self.upsets)
    }
}

/// Matrices and the traffic that they make.
pub(super) struct Scenario {
    pub inputs: Vec<Quantised>,
    pub traffic: Traffic,
    /// The frames in which a bit may be flipped: from the first beat of the first of them to the end of the result of
    /// the last one.
    window: std::ops::Range<usize>,
    /// The right frames at the end that tell that the core has recovered.
    pub tail: usize,
}

impl Scenario {
    /// The scenario of a plan with this number.
    pub fn new(core: &Core, plan: &Plan, number: usize) -> Self {
        let mut rng = generator(plan.seed, 2 * number as u64);
        let shape = core.shape();
        // Matrices in flight take turns in the contexts of the core: each of them is seen again after all others.
        let flight = shape.in_flight();
        let single = match plan.traffic {
            TrafficKind::Single => true,
            TrafficKind::BackToBack => false,
            TrafficKind::Both => number.is_multiple_of(2),
        };
        let before = if single { 1 } else { flight + 1 };
        let window = before..before + flight + 1;
        let count = window.end + FRAMES_AFTER.max(2 * flight + 2);
        let first: u64 = rng.random_range(0..1 << 32);
        let inputs: Vec<Quantised> = (0..count as u64)
            .map(|number| {
                let seed = first + number;
                quantised_of_size(shape, example_size(shape, seed), Family::Uniform, seed)
            })
            .collect();
        let interface = shape.interface();
        let elements = |input: &Quantised| {
            interface.sections_of((input.rows, input.cols)).iter().map(|section| section.count).sum::<usize>()
        };
        let expected = inputs.iter().map(elements).sum();
        let mut traffic = Traffic::new(inputs.iter().map(|input| input.frame(shape)), expected, single);
        if number / 2 % 2 == 1 {
            let (source, sink) = (rng.random_range(0.5..1.0), rng.random_range(0.5..1.0));
            traffic = traffic.stalling(Stalls::random(rng.random(), STALL_PATTERN, source, sink));
        }
        Self { inputs, traffic, window, tail: flight.max(2) }
    }

    /// Draws the flip of the upset with this number. `undisturbed` is what was seen without a flip.
    pub fn flip(&self, plan: &Plan, targets: &Targets, undisturbed: &Observed, number: usize) -> Flip {
        let mut rng = generator(plan.seed, 2 * number as u64 + 1);
        let first = undisturbed.begun[self.window.start];
        let ends = undisturbed.frames();
        let last = ends[self.window.end - 1].last().map_or(first, |element| element.cycle);
        Flip { cycle: rng.random_range(first..=last), bit: targets.bit(rng.random_range(0..targets.bits)) }
    }
}

fn generator(seed: u64, stream: u64) -> ChaCha8Rng {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(stream);
    rng
}

/// The bits that may be flipped.
pub(super) struct Targets {
    /// The registers and memories, each with the number of the bits before it.
    elements: Vec<(u64, usize, StateElement)>,
    /// All bits.
    pub bits: u64,
}

impl Targets {
    pub fn new(state: &[StateElement], plan: &Plan) -> Self {
        let mut targets = Self { elements: Vec::new(), bits: 0 };
        for (number, element) in state.iter().enumerate() {
            if plan.only.as_ref().is_none_or(|text| element.path.contains(text)) {
                targets.elements.push((targets.bits, number, element.clone()));
                targets.bits += element.bits();
            }
        }
        targets
    }

    /// All registers and memories.
    pub fn elements(&self) -> impl Iterator<Item = &StateElement> {
        self.elements.iter().map(|(_, _, element)| element)
    }

    fn bit(&self, number: u64) -> StateBit {
        let place = self.elements.partition_point(|&(before, ..)| before <= number) - 1;
        let (before, element, found) = &self.elements[place];
        let (rest, width) = (number - before, u64::from(found.width));
        StateBit { element: *element, word: (rest / width) as usize, bit: (rest % width) as u32 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bit_has_a_number_and_only_some_elements_may_be_chosen() {
        let element = |path: &str, width, words| StateElement { path: path.to_owned(), width, words };
        let state = [element("a.x", 3, None), element("b.memory", 2, Some(4)), element("b.y", 1, None)];
        let plan =
            |only: Option<&str>| Plan { upsets: 1, seed: 1, traffic: TrafficKind::Both, only: only.map(str::to_owned) };
        let targets = Targets::new(&state, &plan(None));
        let bits: Vec<_> = (0..targets.bits).map(|number| targets.bit(number)).collect();
        let bit = |element, word, bit| StateBit { element, word, bit };
        let memory = (0..4).flat_map(|word| [bit(1, word, 0), bit(1, word, 1)]);
        let expected: Vec<_> = (0..3).map(|k| bit(0, 0, k)).chain(memory).chain([bit(2, 0, 0)]).collect();
        assert_eq!(bits, expected);
        let targets = Targets::new(&state, &plan(Some("b.")));
        assert_eq!((targets.bits, targets.bit(0), targets.bit(8)), (9, bit(1, 0, 0), bit(2, 0, 0)));
    }
}
