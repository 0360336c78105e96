//! Makes `explore.html`, a page that needs no other files, in the style of reports.

use super::charts::{FRONT, charts, colour, words};
use super::exploration::{Exploration, Standing};
use super::tables::LEGEND;
use crate::campaign::CampaignError;
use crate::report::page::{card, document};
use crate::report::thousands;
use maud::{Markup, PreEscaped, html};

/// The page.
pub fn page(exploration: &Exploration) -> Result<String, CampaignError> {
    let front = exploration.front();
    let shape = exploration.points[0].shape();
    let words = words(exploration);
    let svgs = charts(exploration)?;
    let body = html! {
        h1 { "Exploration, " (shape.rows()) " x " (shape.cols()) }
        p class="soft" {
            "Fixed-point SVD cores of svdforge " (exploration.plan.settings.version) ", simulated cycle by cycle: " (exploration.matrices())
            "; vectors " (shape.vectors()) ", rank " (shape.rank()) @if shape.symmetric() { ", symmetric" } ", scaling " (shape.scaling())
            ", sizes " (shape.sizes()) "."
        }
        div class="cards" {
            (card(&exploration.points.len().to_string(), "cores"))
            (card(&front.len().to_string(), "on the Pareto front"))
            @for (index, what) in front.first().into_iter().map(|i| (i, "fewest effective bits")).chain(front.last().map(|i| (i, "most effective bits"))) {
                (card(&format!("{:.1}", exploration.points[*index].effective_bits()), what))
            }
            @if !exploration.holds() { (card("NO", "everything that must hold holds")) }
        }
        h2 { "What accuracy costs" }
        p { "Each mark is a core. Its label gives word + guard bits and, where they vary, the bits of coefficients (c) and the sweeps (s). Large marks are on the Pareto front (no other core is at least as good in error, cycles and \
             multipliers, and better in one of them); small ones are not. The error is the largest of all errors of a core, as a share of full scale, \
             with an allowance for what the rounding of the input does to Σ." }
        p class="legend" {
            @for &word in &words { span { i class={ "k" (colour(&words, word)) } {} "word " (word) } }
            span { i class={ "k" (FRONT) } {} "the best at this cost" }
        }
        div class="plots" { @for svg in &svgs { (PreEscaped(svg)) } }
        h2 { "The Pareto front" }
        p { (LEGEND) }
        (table(exploration, &front, true))
        h2 { "All cores" }
        details open[exploration.points.len() <= 30] {
            summary { "All " (exploration.points.len()) " cores; in bold, the front" }
            (table(exploration, &(0..exploration.points.len()).collect::<Vec<_>>(), false))
        }
        @if !exploration.too_large().is_empty() {
            h2 { "Does not fit" }
            ul { @for core in exploration.too_large() { li { (core) } } }
        }
        @if !exploration.left_out.is_empty() {
            h2 { "Left out" }
            ul { @for left in &exploration.left_out { li { (left.reason) " (combinations: " (left.combinations) ")" } } }
        }
        (checks(exploration))
        footer { "svdforge " (exploration.plan.settings.version) "; figures of every core in " code { "explore.json" } " and " code { "explore.csv" } }
    };
    Ok(document("exploration", &body))
}

/// A table of points. The table of the front gives the commands, and the table of all cores names the core that is
/// better.
fn table(exploration: &Exploration, points: &[usize], front: bool) -> Markup {
    let columns = exploration.columns();
    html! {
        div class="wide" { table {
            tr {
                th { "core" }
                @for (head, _) in &columns { th { (head) } }
                th class="left" { @if front { "command" } @else { "better" } }
            }
            @for &index in points {
                @let (point, standing) = (&exploration.points[index], exploration.standings[index]);
                tr class=[(!front && standing == Standing::Front).then_some("chosen")] {
                    td { (index) }
                    @for (_, cell) in &columns { td { (cell(point)) } }
                    td class="left" {
                        @match standing {
                            _ if front => { code { (point.command()) } },
                            Standing::Front => { "on the front" },
                            Standing::Dominated(other) => { "core " (other) },
                            Standing::Fails => { span class="bad" { "FAILS" } },
                        }
                    }
                }
            }
        } }
    }
}

fn checks(exploration: &Exploration) -> Markup {
    html! {
        h2 { "What must hold" }
        div class="wide" { table {
            tr { th class="left" { "for every matrix" } th { "violations" } th { "matrices" } }
            @for check in &exploration.checks {
                tr {
                    td class="left" { (check.name) }
                    td class=@if check.holds == Some(false) { "bad" } { (thousands(check.failed.len() as u64)) }
                    td { (thousands(check.matrices as u64)) }
                }
            }
        } }
    }
}
