//! Makes `compare.html`, a page that needs no other files.

use super::charts;
use super::difference::{Quantity, Verdict};
use super::text::{cell, counted, figures, heads, holds, nothing_worse, ratio_number, remarks, row, source};
use super::worse::rules;
use super::{against::Against, comparison::Comparison};
use crate::campaign::{CampaignError, Metric};
use crate::report::page::{card, document, metric_tabs, plots};
use crate::report::thousands;
use maud::{Markup, html};

/// The page.
pub fn page(comparison: &Comparison) -> Result<String, CampaignError> {
    let metrics: Vec<Metric> = Metric::ALL
        .into_iter()
        .filter(|metric| comparison.comparisons.iter().any(|a| a.quantities().contains(&Quantity::Error(*metric))))
        .collect();
    let quantiles = metrics.iter().map(|&m| plots(&charts::quantiles(comparison, m))).collect::<Result<Vec<_>, _>>()?;
    let guard_charts: Vec<_> = metrics.iter().map(|&metric| charts::against_guard(comparison, metric)).collect();
    let guards = guard_charts.iter().map(|charts| plots(charts)).collect::<Result<Vec<_>, _>>()?;
    let sections = comparison.comparisons.iter().map(section).collect::<Result<Vec<_>, _>>()?;
    let legend = legend(comparison);
    let body = html! {
        h1 { "Reports compared" }
        @for source_line in sources(comparison) { p class="soft" { (source_line) } }
        p class="soft" { "Errors in LSB of A's input, orthogonality in 2^-(word-1); smaller is better. " (rules()) }
        h2 { "Errors of the same matrices" }
        p { "How many percent of the matrices have at most which error: for each size, the cores nearest to a word of 16 bits and 4 guard bits. The lower curve is the better one; \
             A's is over the matrices that it shares with B, or the first document with that size." }
        (legend)
        (metric_tabs("quantile", &metrics, &quantiles))
        @if guard_charts.iter().any(|charts| !charts.is_empty()) {
            h2 { "Error against guard bits" }
            p { "The largest error of any matrix that both reports have." }
            (legend)
            (metric_tabs("guard", &metrics, &guards))
        }
        @for section in &sections { (section) }
    };
    Ok(document("reports compared", &body))
}

fn sources(comparison: &Comparison) -> Vec<String> {
    let others = comparison.comparisons.iter().map(|against| &against.source);
    std::iter::once(&comparison.baseline).chain(others).map(source).collect()
}

fn legend(comparison: &Comparison) -> Markup {
    let others = comparison.comparisons.iter().map(|against| &against.source.name);
    html! {
        p class="legend" {
            @for (colour, name) in std::iter::once(&comparison.baseline.name).chain(others).enumerate() {
                span { i class={ "k" (colour % 7) } {} (name) }
            }
        }
    }
}

fn cards(against: &Against) -> Markup {
    let name = &against.source.name;
    let errors = against.all.iter().filter(|d| matches!(d.quantity, Quantity::Error(_)));
    html! {
        (card(&thousands(against.results().0 as u64), &format!("results of {name} and A")))
        @for difference in errors {
            (card(&ratio_number(difference.ratio), &format!("{} of {name} / A: {}", difference.quantity.symbol(), difference.verdict.name())))
        }
    }
}

/// The CSS class that gives a verdict its colour.
fn class(verdict: Option<Verdict>) -> &'static str {
    match verdict {
        Some(Verdict::Better) => "good",
        Some(Verdict::Worse) => "bad",
        _ => "",
    }
}

fn section(against: &Against) -> Result<Markup, CampaignError> {
    let name = &against.source.name;
    let quantities = against.quantities();
    let metrics: Vec<Metric> =
        Metric::ALL.into_iter().filter(|metric| quantities.contains(&Quantity::Error(*metric))).collect();
    let ratios =
        metrics.iter().map(|&m| plots(&charts::ratios(&against.cores, m, name))).collect::<Result<Vec<_>, _>>()?;
    let costs: Vec<_> = against.cores.iter().map(|core| (&core.name, figures(core))).collect();
    Ok(html! {
        h2 { (name) " against A" }
        div class="cards" { (cards(against)) }
        @for remark in remarks(against) { p { (remark) } }
        @if against.worse.is_empty() {
            p class="good" { (nothing_worse(against)) }
        } @else {
            details open[against.worse.len() <= 10] {
                summary class="bad" { (name) " is worse: " (counted(against.worse.len(), "finding")) }
                ul { @for finding in &against.worse { li { (finding.what) } } }
            }
        }
        div class="wide" { table {
            tr { @for head in heads(name) { th { (head) } } }
            @for difference in &against.all {
                @let cells = row(difference);
                tr {
                    td class="left" { (cells[0]) }
                    @for text in &cells[1..6] { td { (text) } }
                    td class={ "left " (class(Some(difference.verdict))) } { (cells[6]) }
                }
            }
        } }
        p { "Ratios of the errors of the same matrices, as powers of two: 1 is twice the error, -1 half of it; the outermost bars have all beyond." }
        (metric_tabs(&format!("ratio-{name}"), &metrics, &ratios))
        details open[against.cores.len() <= 30] {
            summary { (counted(against.cores.len(), "core")) ": geometric mean of " (name) " / A" }
            div class="wide" { table {
                tr { th class="left" { "core of A" } th { "results" } @for quantity in &quantities { th { (quantity.symbol()) } } }
                @for core in &against.cores {
                    tr {
                        td class="left" { (core.name) }
                        td { (core.results.len()) }
                        @for &quantity in &quantities { td class=(class(core.of(quantity).map(|d| d.verdict))) { (cell(core, quantity)) } }
                    }
                }
            } }
        }
        @if costs.iter().any(|(_, figures)| !figures.is_empty()) {
            details {
                summary { "Figures of the cores that differ" }
                div class="wide" { table {
                    tr { th class="left" { "core of A" } th class="left" { "" } th { "A" } th { (name) } }
                    @for (core, figures) in &costs { @for (what, a, b) in figures {
                        tr { td class="left" { (core) } td class="left" { (what) } td { (a) } td { (b) } }
                    } }
                } }
            }
        }
        @if !against.checks.is_empty() {
            div class="wide" { table {
                tr { th class="left" { "What must hold" } th class="left" { "A" } th class="left" { (name) } }
                @for check in &against.checks {
                    tr {
                        td class="left" { (check.name) }
                        @for verdict in [check.a, check.b] {
                            td class={ "left " (if verdict == Some(false) { "bad" } else { "" }) } { (holds(verdict)) }
                        }
                    }
                }
            } }
        }
    })
}
