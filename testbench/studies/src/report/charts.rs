//! The charts of a report.

use super::chart::{Axis, Bar, Chart, Line, Stroke};
use super::overview::{Overview, Size, size_name};
use crate::campaign::bounds::{CoreBounds, Limits};
use crate::campaign::statistics::value;
use crate::campaign::{Metric, Purpose};
use std::collections::BTreeMap;

/// Smaller errors are drawn at this value, since logarithmic axes have no 0.
const LEAST: f64 = 1e-3;
/// The number of bars of a histogram.
const BINS: usize = 24;

/// Draws the largest error of every core against its guard bits: a chart for each size, with a curve for each word.
/// Long dashes show the proven bounds and short dashes the statistical ones.
pub fn against_guard(overview: &Overview<'_>, metric: Metric) -> Vec<Chart> {
    let mut charts = Vec::new();
    for &size in &overview.sizes {
        let mut lines = Vec::new();
        for (colour, &word) in overview.words.iter().enumerate() {
            let cores = |guard: u32| Some((f64::from(guard), overview.core(size, word, guard)?));
            lines.extend(curves(overview, metric, colour, overview.guards.iter().filter_map(|&g| cores(g)), |_| 1.0));
        }
        charts.push((size, lines));
    }
    let label = format!("worst error, {}", unit(metric));
    panels(charts, Axis::of_values("guard bits", &overview.guards), &label)
}

/// Draws the same errors in units of full scale against the word: a chart for each size, with a curve for each number
/// of guard bits. Dashes show the proven bounds.
pub fn against_word(overview: &Overview<'_>, metric: Metric) -> Vec<Chart> {
    let mut charts = Vec::new();
    for &size in &overview.sizes {
        let mut lines = Vec::new();
        for (colour, &guard) in overview.guards.iter().enumerate() {
            let cores = |word: u32| Some((f64::from(word), overview.core(size, word, guard)?));
            let full_scale = |word: f64| (1.0 - word).exp2();
            let curves = curves(overview, metric, colour, overview.words.iter().filter_map(|&w| cores(w)), full_scale);
            // The statistical bounds are left out, because there would be too many curves.
            lines.extend(curves.into_iter().filter(|line| line.stroke != Stroke::Dotted));
        }
        charts.push((size, lines));
    }
    panels(charts, Axis::of_values("word, bits", &overview.words), "worst error / full scale")
}

/// The curves of the errors of cores, given as (x, index), and of their bounds where there are any. `unit` gives the
/// factor by which the values at an x are multiplied.
fn curves(
    overview: &Overview<'_>,
    metric: Metric,
    colour: usize,
    cores: impl Iterator<Item = (f64, usize)>,
    unit: impl Fn(f64) -> f64,
) -> Vec<Line> {
    let (mut errors, mut rigorous, mut statistical) = (Vec::new(), Vec::new(), Vec::new());
    for (x, core) in cores {
        if let Some(spread) = overview.statistics[core].of(metric) {
            errors.push((x, spread.max.max(LEAST) * unit(x)));
        }
        let bound = |kind: fn(CoreBounds) -> Option<Limits>| {
            overview.report.figures[core].bounds.and_then(kind).and_then(|limits| limits.of(metric))
        };
        rigorous.extend(bound(|b| b.rigorous).map(|limit| (x, limit.max(LEAST) * unit(x))));
        statistical.extend(bound(|b| b.statistical).map(|limit| (x, limit.max(LEAST) * unit(x))));
    }
    let lines = [(errors, Stroke::Marked), (rigorous, Stroke::Dashed), (statistical, Stroke::Dotted)];
    let lines = lines.into_iter().filter(|(points, _)| !points.is_empty());
    lines.map(|(points, stroke)| Line { colour, stroke, points }).collect()
}

/// Makes one chart for each size, all with the same logarithmic axis.
fn panels(charts: Vec<(Size, Vec<Line>)>, x: Axis, label: &str) -> Vec<Chart> {
    let all = charts.iter().flat_map(|(_, lines)| lines).flat_map(|line| line.points.iter().map(|point| point.1));
    let y = Axis::decades(label, all);
    let charts = charts.into_iter().filter(|(_, lines)| !lines.is_empty());
    charts
        .map(|(size, lines)| Chart {
            title: size_name(size),
            x: x.clone(),
            y: y.clone(),
            logarithmic: true,
            lines,
            bars: Vec::new(),
        })
        .collect()
}

/// Draws histograms of the errors: a chart for each size, over all words with the guard bits of the reference core.
pub fn histograms(overview: &Overview<'_>, metric: Metric) -> Vec<Chart> {
    let mut errors: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
    for record in &overview.report.records {
        let planned = &overview.report.plan.cores[record.core];
        let shape = &planned.core.0;
        let place = overview.sizes.iter().position(|&size| size == (shape.rows(), shape.cols()));
        let taken = planned.purpose == Purpose::Accuracy && shape.guard() == overview.guard;
        if let (true, Some(place), Some(error)) = (taken, place, value(&overview.report.plan, record, metric)) {
            errors.entry(place).or_default().push(error);
        }
    }
    let charts = errors.into_iter().map(|(place, errors)| {
        let x = Axis::from_zero(unit(metric), errors.iter().copied().fold(0.0, f64::max));
        let width = x.range.1 / BINS as f64;
        let mut counts = [0_u32; BINS];
        for error in &errors {
            counts[((error / width) as usize).min(BINS - 1)] += 1;
        }
        let bar = |(bin, &count): (usize, &u32)| Bar::of_bin(bin as f64 * width, width, count);
        let most = counts.iter().copied().max().unwrap_or(0);
        Chart {
            title: size_name(overview.sizes[place]),
            x,
            y: Axis::from_zero("matrices", f64::from(most)),
            logarithmic: false,
            lines: Vec::new(),
            bars: counts.iter().enumerate().filter(|(_, count)| **count > 0).map(bar).collect(),
        }
    });
    charts.collect()
}

/// Draws how far UᵀA V is from diagonal after each number of sweeps: a chart for each size. The solid curve is the
/// worst family, and the dashed one the median of the families.
pub fn convergence(overview: &Overview<'_>) -> Vec<Chart> {
    let plan = &overview.report.plan;
    // For each size, the curve of the worst family and that of the median.
    let mut curves: Vec<[Vec<(f64, f64)>; 2]> = vec![Default::default(); overview.sizes.len()];
    for (core, planned) in plan.cores.iter().enumerate() {
        let shape = &planned.core.0;
        let place = overview.sizes.iter().position(|&size| size == (shape.rows(), shape.cols()));
        let spread = overview.statistics[core].of(Metric::OffDiagonal);
        if let (Purpose::Convergence, Some(place), Some(spread)) = (planned.purpose, place, spread) {
            let sweeps = f64::from(shape.sweep_cap());
            curves[place][0].push((sweeps, spread.max.max(LEAST)));
            curves[place][1].push((sweeps, spread.median.max(LEAST)));
        }
    }
    let last = curves.iter().flat_map(|curves| &curves[0]).map(|point| point.0 as u32).max().unwrap_or(1);
    let ticks: Vec<u32> = (1..=last).filter(|sweep| last <= 8 || sweep % 2 == 1).collect();
    let x = Axis::of_values("sweeps", &ticks);
    let lines = overview.sizes.iter().zip(curves).map(|(&size, [worst, median])| {
        let lines = [(worst, 0, Stroke::Marked), (median, 1, Stroke::Dashed)]
            .into_iter()
            .filter(|(points, ..)| !points.is_empty());
        (size, lines.map(|(points, colour, stroke)| Line { colour, stroke, points }).collect())
    });
    panels(lines.collect(), x, "max |UᵀA V - Σ|, LSB")
}

/// Draws how many matrices took how many sweeps: a chart for each size, over all words and guard bits.
pub fn sweeps(overview: &Overview<'_>) -> Vec<Chart> {
    let plan = &overview.report.plan;
    let mut counts: BTreeMap<usize, BTreeMap<u32, u32>> = BTreeMap::new();
    for record in &overview.report.records {
        let planned = &plan.cores[record.core];
        let shape = &planned.core.0;
        let place = overview.sizes.iter().position(|&size| size == (shape.rows(), shape.cols()));
        if let (Purpose::Accuracy, Some(place)) = (planned.purpose, place) {
            *counts.entry(place).or_default().entry(record.sweeps).or_default() += 1;
        }
    }
    let last = counts.values().filter_map(|c| c.keys().last()).max().copied().unwrap_or(1);
    let ticks: Vec<u32> = (0..=last + 1).filter(|sweep| last <= 8 || sweep % 2 == 0).collect();
    let charts = counts.into_iter().map(|(place, counts)| {
        let most = counts.values().copied().max().unwrap_or(0);
        Chart {
            title: size_name(overview.sizes[place]),
            x: Axis::of_values("sweeps", &ticks),
            y: Axis::from_zero("matrices", f64::from(most)),
            logarithmic: false,
            lines: Vec::new(),
            bars: counts.iter().map(|(&sweeps, &count)| Bar::of_bin(f64::from(sweeps) - 0.45, 0.9, count)).collect(),
        }
    });
    charts.collect()
}

/// The unit of a metric, for an axis.
fn unit(metric: Metric) -> &'static str {
    match metric {
        Metric::Orthogonality => "2^-(word-1)",
        _ => "LSB",
    }
}
