//! What an upset did.

use super::deviation::{Errors, LIMIT_LSB, difference, errors, excess};
use super::scenario::Scenario;
use serde::Serialize;
use std::cell::OnceCell;
use svdforge_hdl::interface::{STATUS_FIELDS, Status};
use svdforge_hdl::shape::Shape;
use svdforge_testbench::engine::{Ending, Observed};
use svdforge_testbench::framing::{Decomposition, OutputElement, parse_frame};

/// What became of the results. An upset counts for the worst that it did to any frame; the classes stand in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// All beats are the same as without it.
    Harmless,
    /// Beats differ, no number of a section by more than 16 LSB.
    Slight,
    /// Numbers differ by more than 16 LSB, but they are as good a decomposition of the matrix: vectors with the other
    /// sign, for example.
    Equivalent,
    /// The result is right, but a status bit says that something is wrong.
    Alarm,
    /// The status word says that the input frame was bad, which it was not, and the result has no data.
    Refused,
    /// The result is wrong by more than 16 LSB or missing, and a status bit from 1 on says so.
    Noticed,
    /// The result is wrong by more than 16 LSB, and no status bit says so.
    Wrong,
    /// The output is no sequence of frames, one for each input frame.
    Malformed,
}

impl Class {
    /// All classes.
    pub const ALL: [Self; 8] = [
        Self::Harmless,
        Self::Slight,
        Self::Equivalent,
        Self::Alarm,
        Self::Refused,
        Self::Noticed,
        Self::Wrong,
        Self::Malformed,
    ];

    /// The name in tables and JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Harmless => "harmless",
            Self::Slight => "slight",
            Self::Equivalent => "equivalent",
            Self::Alarm => "alarm",
            Self::Refused => "refused",
            Self::Noticed => "noticed",
            Self::Wrong => "wrong",
            Self::Malformed => "malformed",
        }
    }
}

/// What is wrong with the form of the output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Malformed {
    /// A frame has too few beats.
    Short,
    /// A frame has too many beats.
    Long,
    /// A frame has as many beats as it should, but its sections are not those of a frame.
    Sections,
    /// `tkeep` of a beat is none that a core may offer.
    Keep,
    /// There are fewer frames than input frames.
    Lost,
    /// There are more frames than input frames.
    Extra,
}

impl Malformed {
    /// All kinds.
    pub const ALL: [Self; 6] = [Self::Short, Self::Long, Self::Sections, Self::Keep, Self::Lost, Self::Extra];

    /// The name in tables and JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Short => "short",
            Self::Long => "long",
            Self::Sections => "sections",
            Self::Keep => "keep",
            Self::Lost => "lost",
            Self::Extra => "extra",
        }
    }
}

/// Whether later frames are right again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recovery {
    /// So many frames were not right among those of which no beat had entered the core when the bit was flipped. All
    /// frames after them were right.
    After(usize),
    /// Frames were not right until the end of the run.
    Never,
}

/// What became of one frame.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct FrameVerdict {
    /// Its class.
    pub class: Class,
    /// By how many LSB its worst error is larger than without the upset.
    pub excess_lsb: f64,
    /// The largest difference of a number from that of the undisturbed result, in LSB.
    pub difference_lsb: f64,
    /// What is wrong with its form.
    pub malformed: Option<Malformed>,
}

/// What an upset did.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outcome {
    /// The worst that it did.
    pub class: Class,
    /// What is wrong with the form of the output.
    pub malformed: Option<Malformed>,
    /// Whether later frames are right; `None` if no frame was touched.
    pub recovery: Option<Recovery>,
    /// Whether beats came in other cycles than without it.
    pub late: bool,
    /// By how many LSB the worst error of a frame is larger than without it.
    pub excess_lsb: f64,
    /// The largest difference of a number from that of the undisturbed result, in LSB.
    pub difference_lsb: f64,
    /// Whether a reset made the core work again; `None` if none was needed.
    pub reset_helps: Option<bool>,
}

/// The undisturbed run of a scenario, with what is compared with it.
pub(super) struct Reference<'a> {
    shape: &'a Shape,
    scenario: &'a Scenario,
    observed: &'a Observed,
    /// For each frame, the result and its errors, once they are needed.
    results: Vec<OnceCell<(Decomposition, Errors)>>,
}

impl<'a> Reference<'a> {
    pub fn new(shape: &'a Shape, scenario: &'a Scenario, observed: &'a Observed) -> Self {
        let results = scenario.inputs.iter().map(|_| OnceCell::new()).collect();
        Self { shape, scenario, observed, results }
    }

    /// Whether the core is lost: too few frames at the end of the run are right.
    pub fn is_lost(&self, observed: &Observed) -> bool {
        let (right, found) = (self.observed.frames(), observed.frames());
        observed.ending == Ending::Endless || same_at_end(&right, &found) < self.scenario.tail
    }

    /// Whether all frames are right, as after a reset.
    pub fn is_right(&self, observed: &Observed) -> bool {
        let (right, found) = (self.observed.frames(), observed.frames());
        right.len() == found.len() && same_at_end(&right, &found) == right.len()
    }

    /// The verdict on each frame, if there are as many as there should be.
    pub fn frames(&self, observed: &Observed) -> Option<Vec<FrameVerdict>> {
        let (right, found) = (self.observed.frames(), observed.frames());
        if right.len() != found.len() {
            return None;
        }
        Some((0..right.len()).map(|number| self.frame(number, right[number], found[number])).collect())
    }

    /// What an upset before this cycle did.
    pub fn outcome(&self, cycle: u64, observed: &Observed) -> Outcome {
        let (right, found) = (self.observed.frames(), observed.frames());
        let mut outcome = Outcome {
            class: Class::Harmless,
            malformed: None,
            recovery: None,
            late: observed.output.iter().map(|e| e.cycle).ne(self.observed.output.iter().map(|e| e.cycle)),
            excess_lsb: 0.0,
            difference_lsb: 0.0,
            reset_helps: None,
        };
        let at_end = same_at_end(&right, &found);
        if right.len() == found.len() && at_end == right.len() && observed.odd_beats == 0 {
            return outcome;
        }
        match self.frames(observed) {
            Some(frames) => {
                for frame in frames {
                    outcome.class = outcome.class.max(frame.class);
                    outcome.malformed = outcome.malformed.or(frame.malformed);
                    outcome.excess_lsb = outcome.excess_lsb.max(frame.excess_lsb);
                    outcome.difference_lsb = outcome.difference_lsb.max(frame.difference_lsb);
                }
                if observed.odd_beats > 0 {
                    outcome.malformed = Some(Malformed::Keep);
                }
            }
            None => {
                let is_fewer = found.len() < right.len();
                outcome.malformed = Some(if is_fewer { Malformed::Lost } else { Malformed::Extra });
            }
        }
        if outcome.malformed.is_some() {
            outcome.class = Class::Malformed;
        }
        outcome.recovery = Some(if self.is_lost(observed) {
            Recovery::Never
        } else {
            let entered = self.observed.begun.iter().filter(|&&begun| begun < cycle).count();
            Recovery::After((right.len() - at_end).saturating_sub(entered))
        });
        outcome
    }

    fn frame(&self, number: usize, right: &[OutputElement], found: &[OutputElement]) -> FrameVerdict {
        let mut verdict =
            FrameVerdict { class: Class::Harmless, excess_lsb: 0.0, difference_lsb: 0.0, malformed: None };
        if same(right, found) {
            return verdict;
        }
        let (shape, input) = (self.shape, &self.scenario.inputs[number]);
        let status = Status::from_bits(found[0].data);
        let is_noticed = notices(status);
        let is_status = found.len() == 1 && found[0].user == 0 && found[0].last;
        if is_status && right.len() > 1 && (is_noticed || status.bad_frame()) {
            verdict.class = if is_noticed { Class::Noticed } else { Class::Refused };
            return verdict;
        }
        let Ok(result) = parse_frame::<f64>(shape, (input.rows, input.cols), found) else {
            (verdict.class, verdict.malformed) = (Class::Malformed, Some(form(right, found)));
            return verdict;
        };
        let (right, right_errors) = self.results[number].get_or_init(|| {
            let right = parse_frame(shape, (input.rows, input.cols), right);
            let right = right.expect("The undisturbed core gives frames.");
            let errors = errors(shape, input, &right);
            (right, errors)
        });
        verdict.excess_lsb = excess(errors(shape, input, &result), *right_errors);
        verdict.difference_lsb = difference(shape, input, &result, right);
        verdict.class = match (verdict.excess_lsb > LIMIT_LSB, is_noticed && !notices(right.status)) {
            (true, true) => Class::Noticed,
            (true, false) => Class::Wrong,
            (false, true) => Class::Alarm,
            (false, false) if verdict.difference_lsb > LIMIT_LSB => Class::Equivalent,
            (false, false) => Class::Slight,
        };
        verdict
    }
}

/// Whether a status bit tells of an error inside the core: every flag but the first one, which tells of the input.
fn notices(status: Status) -> bool {
    let flags = STATUS_FIELDS.iter().filter(|field| field.is_flag() && field.bits[0] > 0);
    flags.into_iter().any(|field| field.of(status.bits()) == 1)
}

fn form(right: &[OutputElement], found: &[OutputElement]) -> Malformed {
    match found.len().cmp(&right.len()) {
        std::cmp::Ordering::Less => Malformed::Short,
        std::cmp::Ordering::Greater => Malformed::Long,
        std::cmp::Ordering::Equal => Malformed::Sections,
    }
}

/// Whether two frames have the same beats, whenever these came.
fn same(a: &[OutputElement], b: &[OutputElement]) -> bool {
    let beat = |element: &OutputElement| (element.data, element.user, element.last);
    a.iter().map(beat).eq(b.iter().map(beat))
}

/// How many frames at the end are the same.
fn same_at_end(right: &[&[OutputElement]], found: &[&[OutputElement]]) -> usize {
    right.iter().rev().zip(found.iter().rev()).take_while(|(right, found)| same(right, found)).count()
}
