//! Counts of outcomes, in all and by module.

use super::outcome::{Class, Malformed, Outcome, Recovery};
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};
use std::collections::BTreeMap;
use svdforge_testbench::engine::StateElement;

/// Counts of outcomes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// All upsets.
    pub upsets: usize,
    /// Upsets by what became of the results.
    #[serde(serialize_with = "classes")]
    pub classes: BTreeMap<Class, usize>,
    /// Malformed outputs by what is wrong with them.
    #[serde(serialize_with = "kinds")]
    pub malformed: BTreeMap<Malformed, usize>,
    /// Upsets that touched a frame, by the frames after those in the core that were not right.
    pub recovered_after: BTreeMap<usize, usize>,
    /// Upsets after which the core was not right again by itself.
    pub never: usize,
    /// Those of them after which a reset did not help either.
    pub reset_fails: usize,
    /// Harmless upsets after which beats came in other cycles.
    pub late: usize,
}

impl Tally {
    /// Counts an outcome.
    pub fn add(&mut self, outcome: &Outcome) {
        self.upsets += 1;
        *self.classes.entry(outcome.class).or_default() += 1;
        if let Some(kind) = outcome.malformed {
            *self.malformed.entry(kind).or_default() += 1;
        }
        match outcome.recovery {
            Some(Recovery::After(frames)) => *self.recovered_after.entry(frames).or_default() += 1,
            Some(Recovery::Never) => self.never += 1,
            None => self.late += usize::from(outcome.late),
        }
        self.reset_fails += usize::from(outcome.reset_helps == Some(false));
    }

    /// Adds other counts.
    pub fn merge(&mut self, other: &Self) {
        self.upsets += other.upsets;
        other.classes.iter().for_each(|(&class, count)| *self.classes.entry(class).or_default() += count);
        other.malformed.iter().for_each(|(&kind, count)| *self.malformed.entry(kind).or_default() += count);
        other.recovered_after.iter().for_each(|(&n, count)| *self.recovered_after.entry(n).or_default() += count);
        self.never += other.never;
        self.reset_fails += other.reset_fails;
        self.late += other.late;
    }

    /// The upsets of a class.
    pub fn of(&self, class: Class) -> usize {
        self.classes.get(&class).copied().unwrap_or(0)
    }

    /// The share of the wrong results that a status bit told of; `None` if there were none.
    pub fn noticed_share(&self) -> Option<f64> {
        let (noticed, wrong) = (self.of(Class::Noticed), self.of(Class::Wrong));
        (noticed + wrong > 0).then(|| noticed as f64 / (noticed + wrong) as f64)
    }

    /// Upsets after which a frame was not right that had not entered the core.
    pub fn later(&self) -> usize {
        self.recovered_after.range(1..).map(|(_, count)| count).sum()
    }
}

/// All classes by name, with 0 for those that did not occur.
fn classes<S: Serializer>(counts: &BTreeMap<Class, usize>, serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(None)?;
    for class in Class::ALL {
        map.serialize_entry(class.name(), counts.get(&class).unwrap_or(&0))?;
    }
    map.end()
}

fn kinds<S: Serializer>(counts: &BTreeMap<Malformed, usize>, serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(None)?;
    for kind in Malformed::ALL {
        map.serialize_entry(kind.name(), counts.get(&kind).unwrap_or(&0))?;
    }
    map.end()
}

/// Counts of a part of a core.
#[derive(Clone, Debug, Serialize)]
pub struct ModuleTally {
    /// The part, see [`area`].
    pub module: String,
    /// Whether it is a memory. Otherwise it is the registers of a module.
    pub memory: bool,
    /// Its bits.
    pub bits: u64,
    /// The outcomes of upsets in it.
    #[serde(flatten)]
    pub tally: Tally,
}

/// The part of a core that a register or memory belongs to: the names of the instances down to the register, or down to
/// the memory with its own name. A number in a name is written `*`, so that copies of a module count together. The top
/// module is `top`.
pub fn area(element: &StateElement) -> String {
    let path = match element.words {
        Some(_) => element.path.as_str(),
        None => element.path.rsplit_once('.').map_or("top", |(instances, _)| instances),
    };
    let mut area = String::new();
    for part in path.chars() {
        match part.is_ascii_digit() {
            true if area.ends_with('*') => (),
            true => area.push('*'),
            false => area.push(part),
        }
    }
    area
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_of_a_module_and_of_a_memory_are_one_area() {
        let area = |path: &str, words| area(&StateElement { path: path.to_owned(), width: 4, words });
        assert_eq!(area("lanes.lane_12_3.rotator.sum_2", None), "lanes.lane_*_*.rotator");
        assert_eq!(area("lanes.lane_12_3.bank_0", Some(8)), "lanes.lane_*_*.bank_*");
        assert_eq!(area("m_axis_tvalid", None), "top");
    }
}
