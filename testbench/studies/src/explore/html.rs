//! Makes `explore.html`, a page that needs no other files, in the style of reports.

use super::charts::{FRONT, charts, colour, words};
use super::exploration::{Exploration, Standing};
use super::pick::{Pick, Picked};
use super::tables::LEGEND;
use crate::campaign::CampaignError;
use crate::report::page::{card, document};
use crate::report::thousands;
use maud::{Markup, PreEscaped, html};

/// The page. It marks the pick, if there is one.
pub fn page(exploration: &Exploration, pick: Option<&Pick>) -> Result<String, CampaignError> {
    let front = exploration.front();
    let shape = exploration.points[0].shape();
    let words = words(exploration);
    let picked = pick.and_then(|pick| pick.of(exploration));
    let point = picked.as_ref().map(Picked::point);
    let svgs = charts(exploration, point)?;
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
        @if let Some(pick) = pick { (answer(exploration, pick, picked.as_ref())) }
        h2 { "What accuracy costs" }
        p { "Each mark is a core. Its label gives word + guard bits and, where they vary, the bits of coefficients (c), the architecture, the matrices in flight (x) and the sweeps (s). Large marks are on the Pareto front (no other core is at least as good in error, cycles and \
             multipliers, and better in one of them; cycles between results and bits of memory count as well if a core has several matrices in flight, or if architectures differ); small ones are not. The error is the largest of all errors of a core, as a share of full scale, \
             with an allowance for what the rounding of the input does to Σ." }
        p class="legend" {
            @for &word in &words { span { i class={ "k" (colour(&words, word)) } {} "word " (word) } }
            span { i class={ "k" (FRONT) } {} "the best at this cost" }
            @if point.is_some() { span { i class="ring" {} "the pick" } }
        }
        div class="plots" { @for svg in &svgs { (PreEscaped(svg)) } }
        h2 { "The Pareto front" }
        p { (LEGEND) }
        (table(exploration, &front, point, true))
        details {
            summary { "The commands that generate these cores" }
            @for &index in &front { p class="command" { "core " (index) ": " code { (exploration.points[index].command()) } } }
        }
        h2 { "All cores" }
        details open[exploration.points.len() <= 30] {
            summary { "All " (exploration.points.len()) " cores; in bold, the front" }
            (table(exploration, &(0..exploration.points.len()).collect::<Vec<_>>(), point, false))
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

/// The pick: its conditions, the core, the command that generates it, and the conditions that it misses.
fn answer(exploration: &Exploration, pick: &Pick, picked: Option<&Picked>) -> Markup {
    html! {
        h2 { "The pick" }
        @match picked {
            None => { p class="bad" { "There is nothing to pick from with " (pick) ": no core passes all checks and fits the device." } },
            Some(Picked::Point(index)) => {
                p { "The cheapest core with " (pick) " is core " (index) ": " b { (exploration.points[*index].label()) } "." }
            },
            Some(Picked::Nearest(index, misses)) => {
                p { span class="bad" { "No core meets " (pick) "." } " The nearest is core " (index) ": " b { (exploration.points[*index].label()) } "." }
                ul { @for miss in misses { li { "misses " (miss) } } }
            },
        }
        @if let Some(index) = picked.map(Picked::point) {
            (table(exploration, &[index], Some(index), true))
            p class="command" { code { (exploration.points[index].command()) } }
        }
    }
}

/// A table of points. The table of all cores names the core that is better.
fn table(exploration: &Exploration, points: &[usize], picked: Option<usize>, brief: bool) -> Markup {
    let columns = exploration.columns();
    html! {
        div class="wide" { table {
            tr {
                th { "core" }
                @for (head, _) in &columns { th { @if head.contains('ᵀ') { span class="formula" { (head) } } @else { (head) } } }
                @if !brief { th class="left" { "better" } }
            }
            @for &index in points {
                @let (point, standing) = (&exploration.points[index], exploration.standings[index]);
                tr class=[class(!brief && standing == Standing::Front, picked == Some(index))] {
                    td { @if picked == Some(index) { "pick: " } (index) }
                    @for (_, cell) in &columns { td { (cell(point)) } }
                    @if !brief { td class="left" {
                        @match standing {
                            Standing::Front => { "on the front" },
                            Standing::Dominated(other) => { "core " (other) },
                            Standing::Fails => { span class="bad" { "FAILS" } },
                        }
                    } }
                }
            }
        } }
    }
}

/// The CSS class of the row of a core.
fn class(chosen: bool, picked: bool) -> Option<&'static str> {
    match (chosen, picked) {
        (true, true) => Some("chosen picked"),
        (true, false) => Some("chosen"),
        (false, true) => Some("picked"),
        (false, false) => None,
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
