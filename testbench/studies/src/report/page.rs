//! What pages of svdforge are made of: they need nothing but themselves. No script; tabs are radio buttons, colours follow the reader's theme.

use super::chart::Chart;
use crate::campaign::{CampaignError, Metric};
use maud::{DOCTYPE, Markup, PreEscaped, html};

/// A page.
pub fn document(title: &str, body: &Markup) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "svdforge: " (title) }
                style { (PreEscaped(include_str!("style.css"))) }
            }
            body { main { (body) } }
        }
    };
    page.into_string()
}

/// A figure, and what it is.
pub fn card(figure: &str, what: &str) -> Markup {
    html! { div class="card" { b { (figure) } span { (what) } } }
}

/// Charts side by side.
pub fn plots(charts: &[Chart]) -> Result<Markup, CampaignError> {
    let svgs = charts.iter().map(Chart::svg).collect::<Result<Vec<_>, _>>()?;
    Ok(html! { div class="plots" { @for svg in &svgs { (PreEscaped(svg)) } } })
}

/// A tab for each metric; `name` tells the tabs of a page apart.
pub fn metric_tabs(name: &str, metrics: &[Metric], contents: &[Markup]) -> Markup {
    let heads = metrics.iter().map(|metric| (metric.name(), metric.formula()));
    tabs(name, &heads.zip(contents.iter().cloned()).collect::<Vec<_>>())
}

/// A tab for each content, which comes with its name and a formula; `name` tells the tabs of a page apart.
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
