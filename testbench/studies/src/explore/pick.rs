//! `--pick`: conditions on the figures of a point, and the choice of the cheapest point that meets them.

use super::exploration::Exploration;
use super::point::{self, PLACED, Point, SYNTHESISED, is_possible};
use crate::campaign::Plan;
use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

/// How a figure must compare to a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Relation {
    AtMost,
    Below,
    AtLeast,
    Above,
    Equal,
}

/// Longer symbols come first, because `<` is the beginning of `<=`.
const RELATIONS: [(&str, Relation); 5] = [
    ("<=", Relation::AtMost),
    (">=", Relation::AtLeast),
    ("<", Relation::Below),
    (">", Relation::Above),
    ("=", Relation::Equal),
];

/// A condition: the name of a figure, a relation and a limit.
#[derive(Clone, Debug, PartialEq)]
pub struct Constraint {
    name: String,
    relation: Relation,
    limit: f64,
}

/// The conditions of a pick, which must all hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Pick(Vec<Constraint>);

/// A condition that a point does not meet.
#[derive(Clone, Debug, PartialEq)]
pub struct Miss {
    /// The condition.
    pub constraint: Constraint,
    /// The figure of the point, or `None` if it is not known.
    pub found: Option<f64>,
}

/// The result of a pick.
#[derive(Clone, Debug, PartialEq)]
pub enum Picked {
    /// The cheapest point that meets all conditions.
    Point(usize),
    /// No point meets all conditions. This is the point that comes nearest, with the conditions that it does not meet.
    Nearest(usize, Vec<Miss>),
}

impl Picked {
    /// The index of the point.
    pub fn point(&self) -> usize {
        match self {
            Self::Point(point) | Self::Nearest(point, _) => *point,
        }
    }
}

impl Constraint {
    fn holds(&self, value: f64) -> bool {
        match self.relation {
            Relation::AtMost => value <= self.limit,
            Relation::Below => value < self.limit,
            Relation::AtLeast => value >= self.limit,
            Relation::Above => value > self.limit,
            Relation::Equal => value == self.limit,
        }
    }

    fn is_synthesised(&self) -> bool {
        SYNTHESISED.contains(&self.name.as_str()) || self.is_placed()
    }

    fn is_placed(&self) -> bool {
        PLACED.contains(&self.name.as_str())
    }
}

impl fmt::Display for Constraint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let symbol = RELATIONS.iter().find(|(_, relation)| *relation == self.relation).map_or("", |(symbol, _)| symbol);
        write!(f, "{}{symbol}{}", self.name, short(self.limit))
    }
}

impl fmt::Display for Pick {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all: Vec<String> = self.0.iter().map(Constraint::to_string).collect();
        f.write_str(&all.join(", "))
    }
}

impl FromStr for Pick {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        text.split(',').map(|part| constraint(part.trim())).collect::<Result<_, _>>().map(Self)
    }
}

fn constraint(text: &str) -> Result<Constraint, String> {
    let form = "give conditions such as \"sigma_max_lsb<=1, cycles<=2000\": a figure, one of <= < >= > =, a number";
    let place = text.find(['<', '>', '=']).ok_or_else(|| format!("`{text}` is no condition; {form}"))?;
    let (name, rest) = (text[..place].trim(), &text[place..]);
    if name.is_empty() {
        return Err(format!("`{text}` names no figure; {form}"));
    }
    let known = RELATIONS.into_iter().find_map(|(symbol, relation)| Some((relation, rest.strip_prefix(symbol)?)));
    let (relation, limit) = known.ok_or_else(|| format!("`{text}` is no condition; {form}"))?;
    let limit: f64 = limit
        .trim()
        .parse()
        .ok()
        .filter(|limit: &f64| limit.is_finite())
        .ok_or_else(|| format!("`{text}`: `{}` is no number; {form}", limit.trim()))?;
    Ok(Constraint { name: name.to_owned(), relation, limit })
}

impl Pick {
    /// Checks the conditions before a campaign is run. Each must name a figure of points that a core of the plan can
    /// have and that will be measured. The error names the condition and what to do.
    pub fn check(&self, plan: &Plan, synthesis: bool, pnr: bool) -> Result<(), String> {
        let names = point::names();
        for constraint in &self.0 {
            let name = &constraint.name;
            if !names.contains(name) {
                let nearest = names.iter().min_by_key(|known| distance(known, name));
                let nearest = nearest
                    .filter(|known| distance(known, name) <= 3)
                    .map_or(String::new(), |known| format!("did you mean `{known}`? "));
                return Err(format!("`{name}` is no figure; {nearest}choose from {}", names.join(", ")));
            }
            if !plan.cores.iter().any(|planned| is_possible(name, &planned.core.0)) {
                return Err(format!(
                    "`{name}` is not known for any of these cores; it needs other options, such as --vectors uv or --sweeps auto"
                ));
            }
            let missing = match (constraint.is_synthesised(), constraint.is_placed()) {
                (true, _) if !synthesis => {
                    Some(if constraint.is_placed() { "--synth --target T --pnr" } else { "--synth --target T" })
                }
                (_, true) if !pnr => Some("--pnr"),
                _ => None,
            };
            if let Some(options) = missing {
                return Err(format!("`{name}` is not measured; add {options}"));
            }
        }
        Ok(())
    }

    /// The conditions that a point does not meet.
    pub fn misses(&self, point: &Point) -> Vec<Miss> {
        let miss = |constraint: &Constraint| {
            let found = point.figure(&constraint.name);
            let holds = found.is_some_and(|found| constraint.holds(found));
            (!holds).then(|| Miss { constraint: constraint.clone(), found })
        };
        self.0.iter().filter_map(miss).collect()
    }

    /// Whether a point meets all conditions that can be checked before synthesis.
    pub fn may_meet(&self, point: &Point) -> bool {
        point.holds && self.misses(point).iter().all(|miss| miss.constraint.is_synthesised())
    }

    /// Picks the cheapest point of an exploration that meets all conditions. If points were synthesised, only those
    /// that fit are considered. The result is `None` if no core passes all checks and fits.
    pub fn of(&self, exploration: &Exploration) -> Option<Picked> {
        let synthesised = exploration.points.iter().any(|point| point.measured.is_some());
        let taken = |point: &Point| point.holds && (point.area().is_some() || !synthesised);
        let candidates = exploration.points.iter().enumerate().filter(|(_, point)| taken(point));
        let judged = candidates.map(|(i, point)| (i, self.misses(point)));
        let (point, misses) = judged.min_by(|(a, misses_a), (b, misses_b)| {
            let fewer = misses_a.len().cmp(&misses_b.len());
            let nearer = fewer.then(shares(misses_a).total_cmp(&shares(misses_b)));
            nearer.then_with(|| compare(&cost(&exploration.points[*a]), &cost(&exploration.points[*b])))
        })?;
        Some(if misses.is_empty() { Picked::Point(point) } else { Picked::Nearest(point, misses) })
    }
}

impl Exploration {
    /// The points to synthesise. These are the front and all points that may meet the conditions, because area cannot
    /// be derived from the figures that are known before.
    pub fn to_synthesise(&self, pick: Option<&Pick>) -> Vec<usize> {
        let mut chosen = self.front();
        if let Some(pick) = pick {
            chosen.extend((0..self.points.len()).filter(|&index| pick.may_meet(&self.points[index])));
        }
        chosen.sort_unstable();
        chosen.dedup();
        chosen
    }
}

/// What makes a core expensive, most important first. These are the multiplier blocks, LUTs and block RAMs of synthesis
/// where they are known, and then bits of multipliers, bits of memories, cycles, and the error.
fn cost(point: &Point) -> Vec<f64> {
    let area = point.area().map_or([0; 3], |m| [m.dsp, m.lut, m.block_rams]);
    let [error, cycles, multiplier_bits, ..] = point.objectives();
    let rest = [multiplier_bits, point.figures.memory_bits as f64, cycles, error];
    area.into_iter().map(|count| count as f64).chain(rest).collect()
}

fn compare(first: &[f64], second: &[f64]) -> Ordering {
    first.iter().zip(second).map(|(a, b)| a.total_cmp(b)).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
}

impl Miss {
    /// How far the figure is from the limit, as a share of the limit.
    fn share(&self) -> f64 {
        match self.found {
            Some(found) => (found - self.constraint.limit).abs() / self.constraint.limit.abs().max(1e-9),
            None => 1e9,
        }
    }
}

impl fmt::Display for Miss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(found) = self.found else {
            return write!(f, "{}: the figure is not known for this core", self.constraint);
        };
        write!(f, "{}: it is {}", self.constraint, short(found))?;
        // If the figure is equal to a limit that it must not reach, the distance is not mentioned.
        match four_digits((found - self.constraint.limit).abs()) {
            0.0 => Ok(()),
            by => write!(f, ", off by {}", short(by)),
        }
    }
}

/// A number as text, with an exponent if it would have hundreds of digits.
fn short(value: f64) -> String {
    if value.abs() < 1e15 { value.to_string() } else { format!("{value:e}") }
}

/// Rounds a number, which must not be negative, to four significant digits.
fn four_digits(value: f64) -> f64 {
    if value == 0.0 {
        return 0.0;
    }
    let scale = 10_f64.powi(3 - value.log10().floor() as i32);
    (value * scale).round() / scale
}

fn shares(misses: &[Miss]) -> f64 {
    misses.iter().map(Miss::share).sum()
}

/// The number of edits that turn one word into another (Levenshtein distance).
fn distance(first: &str, second: &str) -> usize {
    let second: Vec<char> = second.chars().collect();
    let mut row: Vec<usize> = (0..=second.len()).collect();
    for (i, a) in first.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, &b) in second.iter().enumerate() {
            let changed = diagonal + usize::from(a != b);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[second.len()]
}
