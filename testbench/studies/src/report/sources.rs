//! The section of a report that shows where errors come from.

use super::chart::{Axis, Bar, Chart};
use super::overview::{Overview, Size, size_name};
use super::page::{plots, tabs};
use crate::campaign::{CampaignError, Purpose};
use maud::{Markup, html};
use svdforge_golden::digits::fixed;
use svdforge_golden::{BySource, Sources};

/// A kind of error whose sources are shown.
pub struct Kind {
    /// The name that is shown to readers.
    pub name: &'static str,
    /// The formula, with its unit.
    pub formula: &'static str,
    of: fn(&Sources) -> Option<BySource>,
}

/// Every kind of error.
pub const KINDS: [Kind; 3] = [
    Kind {
        name: "singular values", formula: "σ of the core - σ of the reference, LSB", of: |s| Some(s.sigma_rms_lsb)
    },
    Kind { name: "reconstruction", formula: "elements of U Σ Vᵀ - A, LSB", of: |s| s.reconstruction_rms_lsb },
    Kind {
        name: "orthogonality",
        formula: "elements of UᵀU - I and VᵀV - I, 2^-(word-1)",
        of: |s| s.orthogonality_rms_lsb,
    },
];

/// The errors of one core, by their sources.
pub struct Row {
    /// Rows and columns.
    pub size: Size,
    /// Guard bits, or the number of sweeps.
    pub x: u32,
    /// The root mean squares of the errors.
    pub errors: BySource,
}

impl Kind {
    /// The rows of the cores with the reference word, by size and guard bits.
    pub fn by_guard(&self, overview: &Overview<'_>) -> Vec<Row> {
        let cores = overview.sizes.iter().flat_map(|&size| overview.guards.iter().map(move |&guard| (size, guard)));
        let cores = cores.filter_map(|(size, guard)| Some((size, guard, overview.core(size, overview.word, guard)?)));
        self.rows(overview, cores)
    }

    /// The rows of the cores that stop after a fixed number of sweeps, by size and sweeps.
    pub fn by_sweeps(&self, overview: &Overview<'_>) -> Vec<Row> {
        let planned = overview.report.plan.cores.iter().enumerate();
        let cores = planned.filter(|(_, core)| core.purpose == Purpose::Convergence).map(|(index, core)| {
            let shape = &core.core.0;
            ((shape.rows(), shape.cols()), shape.sweep_cap(), index)
        });
        self.rows(overview, cores)
    }

    fn rows(&self, overview: &Overview<'_>, cores: impl Iterator<Item = (Size, u32, usize)>) -> Vec<Row> {
        cores
            .filter_map(|(size, x, core)| {
                let errors = (self.of)(overview.statistics[core].sources.as_ref()?)?;
                Some(Row { size, x, errors })
            })
            .collect()
    }
}

/// Makes one chart for each size. Each row is a bar that shows the share of each source in the sum of the squares.
pub fn shares(rows: &[Row], label: &str) -> Vec<Chart> {
    let mut sizes: Vec<Size> = rows.iter().map(|row| row.size).collect();
    sizes.dedup();
    let charts = sizes.into_iter().map(|size| {
        let rows: Vec<&Row> = rows.iter().filter(|row| row.size == size).collect();
        let places: Vec<u32> = rows.iter().map(|row| row.x).collect();
        let apart = places.windows(2).map(|pair| pair[1] - pair[0]).min().unwrap_or(1);
        let half = 0.4 * f64::from(apart);
        let (first, last) = (places.first().copied().unwrap_or(0), places.last().copied().unwrap_or(0));
        let ticks = places.iter().map(|&place| f64::from(place)).collect();
        Chart {
            title: size_name(size),
            x: Axis {
                label: label.to_owned(),
                range: (f64::from(first) - 2.0 * half, f64::from(last) + 2.0 * half),
                ticks,
                logarithmic: false,
            },
            y: Axis {
                label: "share, %".to_owned(),
                range: (0.0, 100.0),
                ticks: (0..=4).map(|i| f64::from(i) * 25.0).collect(),
                logarithmic: false,
            },
            logarithmic: false,
            lines: Vec::new(),
            bars: rows.iter().flat_map(|row| bars(row, half)).collect(),
        }
    });
    charts.collect()
}

fn bars(row: &Row, half: f64) -> Vec<Bar> {
    let squares = row.errors.parts().map(|part| part * part);
    let sum: f64 = squares.iter().sum();
    let place = f64::from(row.x);
    let mut bottom = 0.0;
    let mut bars = Vec::new();
    for (colour, square) in squares.into_iter().enumerate().filter(|(_, square)| *square > 0.0) {
        let top = bottom + 100.0 * square / sum;
        bars.push(Bar { colour, x: (place - half, place + half), y: (bottom, top) });
        bottom = top;
    }
    bars
}

/// The section of the page. `format` describes the word and guard bits of the cores that stop early.
pub fn section(overview: &Overview<'_>, format: &str) -> Result<Markup, CampaignError> {
    let mut contents = Vec::new();
    for kind in &KINDS {
        let (by_guard, by_sweeps) = (kind.by_guard(overview), kind.by_sweeps(overview));
        if by_guard.is_empty() {
            continue;
        }
        let content = html! {
            (plots(&shares(&by_guard, "guard bits"))?)
            @if !by_sweeps.is_empty() {
                p { "The same for cores that stop after so many sweeps, " (format) "." }
                (plots(&shares(&by_sweeps, "sweeps"))?)
            }
            details {
                summary { "Root mean squares, word " (overview.word) }
                (table(&by_guard))
            }
        };
        contents.push(((kind.name, kind.formula), content));
    }
    Ok(html! {
        h2 { "Where errors come from" }
        @if contents.is_empty() {
            p { "Not told by this report: it was made by a version of svdforge that did not compute the sources." }
        } @else {
            p { "Shares of the mean square error against the decomposition of the matrix as it was " em { "before" } " it was quantised, for words of " (overview.word)
                " bits. The core's own rotations, made again in f64, leave out the rounding; with " span class="formula" { "c² + s² = 1" } " they leave out the precision of the angles; \
                 what is then left off the diagonal, or of rows that stream in, is unfinished convergence. Where the input's quantisation has the largest share, more guard bits gain little." }
            p class="legend" {
                @for (colour, name) in BySource::NAMES.iter().enumerate() { span { i class={ "k" (colour) } {} (name) } }
            }
            (tabs("sources", &contents))
        }
    })
}

fn table(rows: &[Row]) -> Markup {
    html! {
        div class="wide" { table {
            tr { th class="left" { "size" } th { "guard" } @for name in BySource::NAMES { th { (name) } } th { "together" } }
            @for row in rows {
                tr {
                    td class="left" { (size_name(row.size)) } td { (row.x) }
                    @for error in row.errors.parts() { td { (fixed(error, 3)) } }
                    td { (fixed(row.errors.total, 3)) }
                }
            }
        } }
    }
}
