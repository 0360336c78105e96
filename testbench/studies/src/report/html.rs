//! Makes `report.html`, a page that needs no other files. It has no script: the tabs are radio buttons, and the colours
//! follow the reader's theme.

use super::chart::Chart;
use super::charts;
use super::overview::{Overview, digits, range_name, replay, size_name, thousands};
use super::page::{card, document, metric_tabs, plots};
use super::sources;
use crate::campaign::{CampaignError, Metric, Purpose};
use maud::{Markup, html};

/// The page.
pub fn page(overview: &Overview<'_>) -> Result<String, CampaignError> {
    let title = overview.title();
    let metrics = overview.metrics();
    let guard = range_name(&overview.guards);
    let word = range_name(&overview.words);
    let reference = format!("word {}, {} guard bits", overview.word, overview.guard);
    let charts_by = |draw: &dyn Fn(Metric) -> Vec<Chart>| -> Result<Vec<Markup>, CampaignError> {
        metrics.iter().map(|&metric| plots(&draw(metric))).collect()
    };
    let by_guard = charts_by(&|metric| charts::against_guard(overview, metric))?;
    let by_word = charts_by(&|metric| charts::against_word(overview, metric))?;
    let histograms = charts_by(&|metric| charts::histograms(overview, metric))?;
    let (convergence, sweeps) = (charts::convergence(overview), charts::sweeps(overview));
    let bounds = overview.report.figures.iter().any(|figures| figures.bounds.is_some());
    let body = html! {
        (headline(overview, &title))
        h2 { "Error against guard bits" }
        p { "The largest error of any matrix, for words of " (word) " bits. Each guard bit halves the rounding error; in LSB, the word hardly matters. \
             Orthogonality is in units of " span class="formula" { "2" sup { "-(word-1)" } } "." }
        (legend("word", &overview.words, bounds, bounds))
        (metric_tabs("guard", &metrics, &by_guard))
        h2 { "Error against the word" }
        p { "The same errors as a share of full scale, for " (guard) " guard bits: what a longer word gains." }
        (legend("guard", &overview.guards, bounds, false))
        (metric_tabs("word", &metrics, &by_word))
        h2 { "Histograms" }
        p { "How many matrices have which error: all words, " (overview.guard) " guard bits, all families." }
        (metric_tabs("histogram", &metrics, &histograms))
        @if convergence.is_empty() {
            h2 { "Convergence" }
            p { "Not shown: what is left off the diagonal is known only for cores that deliver U and V." }
        } @else {
            h2 { "Convergence" }
            p { "How far UᵀA V is from diagonal after so many sweeps, measured on the simulated hardware itself: for each number of sweeps a core that \
                 stops there (" code { "--sweeps K" } "), " (convergence_format(overview)) ", one matrix of each family. The floor is the rounding of U and V." }
            p class="legend" {
                span { i class="k0" {} "worst family" }
                span { i class="k1 dashed" {} "median of the families" }
            }
            (plots(&convergence)?)
        }
        h2 { "Sweeps until settled" }
        p { "How many matrices took how many sweeps, all words and guard bits. The caps are in the table of cores." }
        (plots(&sweeps)?)
        (sources::section(overview, &convergence_format(overview))?)
        (families(overview, &metrics, &reference))
        (worst(overview, &reference))
        (cores(overview, &metrics))
        (footer(overview))
    };
    Ok(document(&title, &body))
}

fn headline(overview: &Overview<'_>, title: &str) -> Markup {
    let accuracy: Vec<usize> = overview.cores.values().copied().collect();
    let matrices: usize = accuracy.iter().map(|&core| overview.statistics[core].matrices).sum();
    let probes = overview.report.records.len() - matrices;
    html! {
        h1 { (title) }
        p class="soft" {
            "Fixed-point SVD cores of svdforge " (overview.report.plan.settings.version) ", simulated cycle by cycle; errors against the \
             decomposition of the same input in f64. Sizes " (overview.sizes.iter().map(|&s| size_name(s)).collect::<Vec<_>>().join(", "))
            "; words of " (range_name(&overview.words)) " bits; " (range_name(&overview.guards)) " guard bits; " (overview.common())
            "; input scale " (overview.report.plan.settings.input_scale) "."
        }
        div class="cards" {
            (card(&thousands(matrices as u64), "matrices judged"))
            (card(&thousands(accuracy.len() as u64), "cores"))
            (card(&format!("{:.1} M", overview.cycles() as f64 / 1e6), "clock cycles simulated"))
            @for &size in &overview.sizes {
                @if let Some(error) = overview.worst_error(size, Metric::Sigma) {
                    (card(&format!("{} LSB", digits(error)), &format!("worst Σ of {}*", size_name(size))))
                }
            }
        }
        p class="soft" {
            "* word " (overview.word) ", " (overview.guard) " guard bits; LSB: units of the last place of the input. "
            @if probes > 0 { (thousands(probes as u64)) " more matrices ran on cores that stop early, to show the convergence." }
        }
        div class="wide" { table {
            tr { th class="left" { "What must hold" } th class="left" { "" } th { "violations" } th { "matrices" } }
            @for check in &overview.checks {
                tr {
                    td class="left" { (check.name) }
                    @match check.holds {
                        Some(true) => { td class="left good" { "holds" } },
                        Some(false) => { td class="left bad" { "FAILS, first matrix " (check.failed[0]) } },
                        None => { td class="left soft" { "nothing to check" } },
                    }
                    td { (thousands(check.failed.len() as u64)) }
                    td { (thousands(check.matrices as u64)) }
                }
            }
        } }
    }
}

fn legend(what: &str, values: &[u32], proven: bool, statistical: bool) -> Markup {
    html! {
        p class="legend" {
            @for (colour, value) in values.iter().enumerate() {
                span { i class={ "k" (colour % 7) } {} (what) " " (value) }
            }
            @if proven { span { i class="dashed" {} "proven bound" } }
            @if statistical { span { i class="dotted" {} "statistical bound" } }
        }
    }
}

/// The word and the guard bits of the cores that show the convergence.
fn convergence_format(overview: &Overview<'_>) -> String {
    let cores = overview.report.plan.cores.iter().find(|core| core.purpose == Purpose::Convergence);
    cores.map_or(String::new(), |c| format!("word {}, {} guard bits", c.core.0.word(), c.core.0.guard()))
}

fn families(overview: &Overview<'_>, metrics: &[Metric], reference: &str) -> Markup {
    let table = |metric: Metric| {
        let most = overview.sizes.iter().filter_map(|&s| overview.worst_error(s, metric)).fold(0.0, f64::max);
        html! {
            div class="wide" { table {
                tr { th class="left" { "family" } @for &size in &overview.sizes { th { (size_name(size)) } } }
                @for &family in &overview.report.plan.settings.families {
                    tr {
                        td class="left" { (family) }
                        @for &size in &overview.sizes {
                            @match overview.family_worst(size, family, metric) {
                                Some(error) => {
                                    td class="heat" style={ "--h:" (format!("{:.0}", 55.0 * error / most.max(1e-9))) } { (digits(error)) }
                                },
                                None => { td { "-" } },
                            }
                        }
                    }
                }
            } }
        }
    };
    let tables: Vec<Markup> = metrics.iter().map(|&metric| table(metric)).collect();
    html! {
        h2 { "Families of matrices" }
        p { "Worst error of each family, LSB, " (reference) "." }
        (metric_tabs("family", metrics, &tables))
    }
}

fn worst(overview: &Overview<'_>, reference: &str) -> Markup {
    html! {
        h2 { "Worst matrices" }
        p { "The matrix with the largest error of its kind for each size, " (reference) ". Each command, given in the folder of this report, makes the \
             matrix again from its seed, simulates it, and compares the result with this report; " code { "--save a.csv" } " keeps the matrix." }
        div class="wide" { table {
            tr { th class="left" { "size" } th class="left" { "error" } th { "LSB" } th class="left" { "family" } th { "seed" } th { "sweeps" } th { "cycles" } th class="left" { "command" } }
            @for (size, worst) in overview.worst() {
                tr {
                    td class="left" { (size_name(size)) }
                    td class="left" { (worst.metric.name()) }
                    td { (digits(worst.error)) }
                    td class="left" { (worst.record.family) }
                    td { (worst.record.seed) }
                    td { (worst.record.sweeps) }
                    td { (thousands(worst.record.cycles.total)) }
                    td class="left" { code { (replay(worst.record)) } }
                }
            }
        } }
    }
}

fn cores(overview: &Overview<'_>, metrics: &[Metric]) -> Markup {
    html! {
        h2 { "Cores: accuracy, cycles, area" }
        p { "Worst errors in LSB; cycles of a matrix from the first element in to the last word out. Multipliers, bits of memory and of tables are counted in the \
             design; LUTs and the clock rate need synthesis: " code { "svdforge synth --target ecp5-85k" } " with the options of the core." }
        details open[overview.cores.len() <= 30] {
            summary { "All " (overview.cores.len()) " cores" }
            div class="wide" { table {
                tr {
                    th class="left" { "size" } th { "word" } th { "guard" } th { "matrices" }
                    @for metric in metrics { th { (metric.symbol()) } }
                    th { "bound on Σ" } th { "sweeps, mean-max" } th { "cap" } th { "cycles, mean" } th { "max" } th { "multipliers" } th { "memory, bits" } th { "tables, bits" }
                }
                @for &core in overview.cores.values() {
                    @let shape = overview.report.plan.shape(core);
                    @let figures = &overview.report.figures[core];
                    @let statistics = &overview.statistics[core];
                    tr class=@if (shape.word(), shape.guard()) == (overview.word, overview.guard) { "chosen" } {
                        td class="left" { (size_name((shape.rows(), shape.cols()))) }
                        td { (shape.word()) } td { (shape.guard()) } td { (statistics.matrices) }
                        @for &metric in metrics { td { (statistics.of(metric).map_or("-".to_owned(), |spread| digits(spread.max))) } }
                        td { (figures.bounds.and_then(|b| b.rigorous).and_then(|l| l.of(Metric::Sigma)).map_or("-".to_owned(), digits)) }
                        td { (format!("{:.1}-{}", statistics.sweeps.mean, statistics.sweeps.max)) }
                        td { (figures.sweep_cap) }
                        td { (thousands(statistics.cycles.mean.round() as u64)) } td { (thousands(statistics.cycles.max)) }
                        td { (figures.multipliers) } td { (thousands(figures.memory_bits)) } td { (thousands(figures.table_bits)) }
                    }
                }
            } }
        }
    }
}

fn footer(overview: &Overview<'_>) -> Markup {
    let settings = &overview.report.plan.settings;
    html! {
        h2 { "Beside this page" }
        p { code { "report.json" } " has every record (format: docs/report-format.md of svdforge), " code { "report.csv" } " the same as a table, "
            code { "report.md" } " the figures as text. The same command with the same version of svdforge makes the same files, to the last byte." }
        footer { "svdforge " (settings.version) ", suite " (settings.suite) ", seed " (settings.seed) ", " (overview.report.records.len()) " matrices" }
    }
}
