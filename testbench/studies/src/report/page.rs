//! The parts of svdforge's pages. A page needs no other files, and its colours follow the reader's theme. Reports have
//! no script: their tabs are radio buttons.

use super::chart::Chart;
use crate::campaign::{CampaignError, Metric};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use svdforge_drawing::well_formed;

/// A complete page with this title and body.
pub fn document(title: &str, body: &Markup) -> String {
    scripted(title, "", "", body)
}

/// A complete page with this title and body, more style, and a script that runs when the body is there.
pub fn scripted(title: &str, style: &str, script: &str, body: &Markup) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "svdforge: " (title) }
                style { (PreEscaped(include_str!("style.css"))) (PreEscaped(style)) }
            }
            body {
                main { (body) }
                @if !script.is_empty() { script { (PreEscaped(script)) } }
            }
        }
    };
    well_formed(&page.into_string()).into_owned()
}

/// A card with a figure and an explanation.
pub fn card(figure: &str, what: &str) -> Markup {
    html! { div class="card" { b { (figure) } span { (what) } } }
}

/// Charts side by side.
pub fn plots(charts: &[Chart]) -> Result<Markup, CampaignError> {
    let svgs = charts.iter().map(Chart::svg).collect::<Result<Vec<_>, _>>()?;
    Ok(html! { div class="plots" { @for svg in &svgs { (PreEscaped(svg)) } } })
}

/// One tab for each metric. `name` distinguishes the groups of tabs of a page.
pub fn metric_tabs(name: &str, metrics: &[Metric], contents: &[Markup]) -> Markup {
    let heads = metrics.iter().map(|metric| (metric.name(), metric.formula()));
    tabs(name, &heads.zip(contents.iter().cloned()).collect::<Vec<_>>())
}

/// One tab for each content, which comes with a title and a formula. `name` distinguishes the groups of tabs of a page.
pub fn tabs(name: &str, contents: &[((&str, &str), Markup)]) -> Markup {
    html! {
        div class="tabs" {
            @for (index, ((title, formula), _)) in contents.iter().enumerate() {
                input type="radio" name=(name) id={ (name) "-" (index) } checked[index == 0];
                label for={ (name) "-" (index) } title=(formula) { (title) }
            }
            @for ((_, formula), content) in contents {
                div class="tab" {
                    p class="soft" { (formula) }
                    (content)
                }
            }
        }
    }
}
