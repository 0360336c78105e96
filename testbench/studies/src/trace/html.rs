//! Makes `index.html`, a page that needs no other files. Unlike reports it has a script, which draws the position of
//! the slider from the data in the page.

use crate::report::page::{card, scripted};
use maud::{Markup, PreEscaped, html};
use svdforge_hdl::core::Core;
use svdforge_testbench::trace::MatrixTrace;

/// The page. `data` is the text of `trace.json`.
pub fn page(core: &Core, matrices: &[MatrixTrace], data: &str) -> String {
    let shape = core.shape();
    let body = html! {
        h1 { "A look inside " code { (shape.name()) } }
        p class="soft" {
            "What the core did, cycle by cycle, in svdforge's simulator, with a source and a sink that never stall. Everything here was read from the \
             simulated core: the matrices from its memories, the schedule from its commands. Cycle 0 is the first one after the reset."
        }
        noscript { p class="bad" { "This page draws with JavaScript, which is switched off. The same data is in trace.json." } }
        @if matrices.len() > 1 {
            p { label for="matrix" { "Matrix " }
                select id="matrix" { @for (number, matrix) in matrices.iter().enumerate() { option value=(number) { (matrix.matrix) } } } }
        }
        div id="facts" class="cards" { (card("", "")) }
        ul id="left-out" class="soft" {}
        (matrices_section())
        h2 { "Off the diagonal" }
        p { "The norm of A without its diagonal, after each step; the lines are the ends of sweeps." }
        div class="frame" { canvas id="norm" role="img" tabindex="0" aria-label="The norm of A without its diagonal after each step" {} }
        p id="norm-at" class="soft at" {}
        h2 { "Who works when" }
        p { "One row for each unit and memory. Wheel or buttons zoom, dragging moves; both pictures show the same cycles. The dashed line is the step above." }
        div class="controls" {
            button type="button" data-view="all" { "everything" }
            button type="button" data-view="load" { "load" }
            button type="button" data-view="compute" { "compute" }
            button type="button" data-view="step" { "this step" }
            button type="button" data-view="unload" { "unload" }
            button type="button" data-view="in" aria-label="zoom in" { "+" }
            button type="button" data-view="out" aria-label="zoom out" { "\u{2212}" }
            button type="button" data-view="left" aria-label="earlier" { "\u{2190}" }
            button type="button" data-view="right" aria-label="later" { "\u{2192}" }
        }
        p id="works" class="legend" {}
        div class="frame" { canvas id="gantt" role="img" tabindex="0" aria-label="The schedule of the units as a Gantt chart" {} }
        p id="gantt-at" class="soft at" {}
        h3 { "The two streams" }
        div class="frame" { canvas id="waves" role="img" tabindex="0" aria-label="The signals of both streams as waveforms" {} }
        p id="waves-at" class="soft at" {}
        footer { "svdforge " (env!("CARGO_PKG_VERSION")) "; the same data in " code { "trace.json" } }
        script type="application/json" id="trace" { (PreEscaped(data.replace('<', "\\u003c"))) }
    };
    scripted("a look inside", include_str!("page.css"), include_str!("page.js"), &body)
}

fn matrices_section() -> Markup {
    html! {
        h2 { "The matrices, step by step" }
        div class="controls" {
            button type="button" id="back" aria-label="one step back" { "\u{25c0}" }
            button type="button" id="play" { "play" }
            button type="button" id="on" aria-label="one step on" { "\u{25b6}" }
            input type="range" id="slider" min="0" max="0" value="0" aria-label="step";
            label { input type="checkbox" id="ends"; " only ends of sweeps" }
            label { input type="checkbox" id="logarithmic" checked; " logarithmic colours for A" }
        }
        p id="where" class="where" aria-live="polite" {}
        div id="heats" class="heats" {}
        p class="legend" {
            span { i class="k1" {} "positive" } span { i class="k0" {} "negative" }
        }
        p id="range" class="soft" {}
        p id="heat-at" class="soft at" {}
        h3 id="pairs-title" { "Who is rotated against whom" }
        div class="wide" { table id="pairs" {} }
    }
}
