//! The charts of a comparison.

use super::against::{CorePair, Grid};
use super::comparison::Comparison;
use super::difference::{MatrixResult, Quantity, ResultPair, log_ratios};
use crate::campaign::Metric;
use crate::campaign::statistics::Spread;
use crate::report::chart::{Axis, Bar, Chart, Line, Stroke};
use crate::report::size_name;
use std::collections::{BTreeMap, BTreeSet};
use svdforge_hdl::parameters::Parameters;

/// Smaller errors are drawn at this value, since logarithmic axes have no 0.
const LEAST: f64 = 1e-3;
/// The number of bars of a histogram on each side of the middle one.
const BINS: usize = 12;
/// Ratios beyond 2 to this power are counted in the outermost bars.
const WIDEST: f64 = 6.0;
/// The number of points of a curve over the matrices.
const STEPS: usize = 50;

/// The pairs of cores that are drawn in detail: for each size, the pair that is nearest to the word and guard bits of
/// the default core.
fn chosen(cores: &[CorePair]) -> BTreeMap<(usize, usize), &CorePair> {
    let default = Parameters::default();
    let distance = |grid: &Grid| (grid.word.abs_diff(default.word), grid.guards[0].abs_diff(default.guard));
    let mut chosen: BTreeMap<(usize, usize), &CorePair> = BTreeMap::new();
    for core in cores {
        let there = chosen.entry(core.grid.size).or_insert(core);
        if distance(&core.grid) < distance(&there.grid) {
            *there = core;
        }
    }
    chosen
}

fn errors(metric: Metric, results: &[ResultPair], of: impl Fn(&ResultPair) -> &MatrixResult) -> Vec<f64> {
    let mut errors: Vec<f64> =
        results.iter().filter_map(|both| of(both).errors[metric as usize]).map(|error| error.max(LEAST)).collect();
    errors.sort_by(f64::total_cmp);
    errors
}

/// The title of a chart with the curves of several documents.
struct Title {
    /// The size and the word, which they share.
    core: String,
    /// The first document and its guard bits.
    first: (String, u32),
    /// The names and guard bits of the others.
    others: Vec<(String, u32)>,
}

impl Title {
    fn new(name: &str, grid: &Grid) -> Self {
        let core = format!("{}, word {}", size_name(grid.size), grid.word);
        Self { core, first: (name.to_owned(), grid.guards[0]), others: Vec::new() }
    }

    /// Such as "A and B: 8 x 8, word 16, guard 4", or "A, B: 8 x 8, word 16, guard 4, 5".
    fn text(&self) -> String {
        let all = || std::iter::once(&self.first).chain(&self.others);
        let names: Vec<&str> = all().map(|(name, _)| name.as_str()).collect();
        if self.others.iter().any(|(_, guard)| *guard != self.first.1) {
            let guards: Vec<String> = all().map(|(_, guard)| guard.to_string()).collect();
            return format!("{}: {}, guard {}", names.join(", "), self.core, guards.join(", "));
        }
        match &names[..] {
            [a, b] => format!("{a} and {b}: {}, guard {}", self.core, self.first.1),
            _ => format!("{}: {}, guard {}", names.join(", "), self.core, self.first.1),
        }
    }
}

/// Draws the distribution of the errors over the matrices: a chart for each size, with a curve for each document.
pub fn quantiles(comparison: &Comparison, metric: Metric) -> Vec<Chart> {
    let mut charts: BTreeMap<(usize, usize), (Title, Vec<Line>)> = BTreeMap::new();
    for (index, against) in comparison.comparisons.iter().enumerate() {
        for (size, core) in chosen(&against.cores) {
            let (title, lines) = charts.entry(size).or_insert_with(|| {
                // A's curve covers the matrices that A shares with the first document that has this size.
                let curve = curve(0, &errors(metric, &core.results, |both| &both.a));
                (Title::new(&comparison.baseline.name, &core.grid), vec![curve])
            });
            title.others.push((against.source.name.clone(), core.grid.guards[1]));
            lines.push(curve(index + 1, &errors(metric, &core.results, |both| &both.b)));
        }
    }
    let ticks = [0, 25, 50, 75, 100];
    let charts = charts.into_values().map(|(title, lines)| (title.text(), lines));
    panels(charts, &Axis::of_values("% of the matrices at or below", &ticks), "error, LSB of A")
}

/// A curve of errors, given in ascending order, over percentages of the matrices.
fn curve(colour: usize, errors: &[f64]) -> Line {
    let steps = STEPS.min(errors.len());
    let points = (1..=steps).map(|step| {
        let rank = (errors.len() * step).div_ceil(steps);
        (100.0 * rank as f64 / errors.len() as f64, errors[rank - 1])
    });
    Line { colour, stroke: Stroke::Plain, points: points.collect() }
}

/// Draws the largest error against guard bits: a chart for each size, with a curve for each document. There are no
/// charts if no document has several numbers of guard bits.
pub fn against_guard(comparison: &Comparison, metric: Metric) -> Vec<Chart> {
    let mut charts: BTreeMap<(usize, usize), (String, Vec<Line>)> = BTreeMap::new();
    let mut guards = BTreeSet::new();
    for (index, against) in comparison.comparisons.iter().enumerate() {
        for (size, near) in chosen(&against.cores) {
            let cores = against.cores.iter().filter(|core| core.grid.size == size && core.grid.word == near.grid.word);
            let (mut of_a, mut of_b) = (Vec::new(), Vec::new());
            for core in cores {
                let Some(difference) = core.of(Quantity::Error(metric)) else { continue };
                let point = |guard: u32, spread: &Spread| (f64::from(guard), spread.max.max(LEAST));
                of_a.push(point(core.grid.guards[0], &difference.a));
                of_b.push(point(core.grid.guards[1], &difference.b));
                guards.extend(core.grid.guards);
            }
            let line = |colour, points| Line { colour, stroke: Stroke::Marked, points };
            let (_, lines) = charts
                .entry(size)
                .or_insert_with(|| (format!("{}, word {}", size_name(size), near.grid.word), vec![line(0, of_a)]));
            lines.push(line(index + 1, of_b));
        }
    }
    let guards: Vec<u32> = guards.into_iter().collect();
    if guards.len() < 2 {
        return Vec::new();
    }
    panels(charts.into_values(), &Axis::of_values("guard bits", &guards), "worst error, LSB of A")
}

fn panels(charts: impl Iterator<Item = (String, Vec<Line>)>, x: &Axis, label: &str) -> Vec<Chart> {
    let charts: Vec<(String, Vec<Line>)> =
        charts.filter(|(_, lines)| lines.iter().any(|line| !line.points.is_empty())).collect();
    let points = charts.iter().flat_map(|(_, lines)| lines).flat_map(|line| &line.points);
    let y = Axis::decades(label, points.map(|point| point.1));
    let chart =
        |(title, lines)| Chart { title, x: x.clone(), y: y.clone(), logarithmic: true, lines, bars: Vec::new() };
    charts.into_iter().map(chart).collect()
}

/// Draws histograms of the ratios B / A, as powers of two: a chart for each size.
pub fn ratios(cores: &[CorePair], metric: Metric, name: &str) -> Vec<Chart> {
    let mut of_size: BTreeMap<(usize, usize), Vec<f64>> = BTreeMap::new();
    for core in cores {
        let found = log_ratios(Quantity::Error(metric), &core.results);
        of_size.entry(core.grid.size).or_default().extend(found.map(|ratio| ratio / std::f64::consts::LN_2));
    }
    let most = of_size.values().flatten().fold(0.0_f64, |most, ratio| most.max(ratio.abs()));
    let end = most.ceil().clamp(1.0, WIDEST);
    let step = (end / 3.0).ceil();
    let ticks: Vec<f64> = (-3..=3).map(|tick| f64::from(tick) * step).filter(|tick| tick.abs() <= end).collect();
    let x = Axis { label: format!("log2 of {name} / A"), range: (-end, end), ticks, logarithmic: false };
    // The number of bars is odd, so that equal errors are in the middle bar.
    let width = 2.0 * end / (2 * BINS + 1) as f64;
    let charts = of_size.into_iter().filter(|(_, ratios)| !ratios.is_empty()).map(|(size, ratios)| {
        let mut counts = [0_u32; 2 * BINS + 1];
        for ratio in ratios {
            counts[(((ratio + end) / width).max(0.0) as usize).min(2 * BINS)] += 1;
        }
        let bars = counts
            .iter()
            .enumerate()
            .filter(|(_, count)| **count > 0)
            .map(|(bin, &count)| Bar::of_bin(bin as f64 * width - end, width, count));
        let highest = counts.iter().copied().max().unwrap_or(0);
        Chart {
            title: size_name(size),
            x: x.clone(),
            y: Axis::from_zero("results", f64::from(highest)),
            logarithmic: false,
            lines: Vec::new(),
            bars: bars.collect(),
        }
    });
    charts.collect()
}
