//! Comparisons as rows of text, which are the same on the terminal, in Markdown and on the page.

use super::against::{Against, CorePair, OptionDifference};
use super::compared::ComparedDocument;
use super::difference::{Difference, Quantity, Verdict, least_matrices};
use crate::campaign::Metric;
use crate::report::{CoreFigures, digits};
use std::collections::BTreeSet;

/// The heads of the columns of [`row`], for the document with this name.
pub fn heads(name: &str) -> [String; 7] {
    let spread = |name: &str| format!("{name}: median / p99 / max");
    let counts = format!("{name} < / = / > A");
    [
        String::new(),
        spread("A"),
        spread(name),
        counts,
        format!("{name} / A (95 %)"),
        "p (Holm)".to_owned(),
        String::new(),
    ]
}

/// One difference as a row of a table.
pub fn row(difference: &Difference) -> [String; 7] {
    let spread = |s: &crate::campaign::statistics::Spread| {
        [s.median, s.p99, s.max].map(|v| value(difference.quantity, v)).join(" / ")
    };
    [
        difference.quantity.name().to_owned(),
        spread(&difference.a),
        spread(&difference.b),
        format!("{} / {} / {}", difference.wins, difference.ties, difference.losses),
        ratio(difference),
        p_value(difference.p_holm),
        difference.verdict.name().to_owned(),
    ]
}

/// A value of a quantity as text. Errors are in LSB.
pub fn value(quantity: Quantity, value: f64) -> String {
    if matches!(quantity, Quantity::Error(_)) { digits(value) } else { format!("{value:.0}") }
}

/// A ratio with its confidence interval, such as "2.030 (1.950 to 2.110)".
pub fn ratio(difference: &Difference) -> String {
    let centre = ratio_number(difference.ratio);
    match difference.ratio_interval.filter(|_| difference.verdict != Verdict::Equal) {
        Some((low, high)) => format!("{centre} ({} to {})", ratio_number(low), ratio_number(high)),
        None => centre,
    }
}

/// A ratio as text, with three digits after the point where they matter.
pub fn ratio_number(ratio: f64) -> String {
    match ratio {
        0.01..10.0 => format!("{ratio:.3}"),
        10.0..100.0 => format!("{ratio:.1}"),
        _ => format!("{ratio:.1e}"),
    }
}

/// A p-value as text.
pub fn p_value(p: f64) -> String {
    match p {
        p if p < 1e-15 => "< 1e-15".to_owned(),
        p if p < 0.001 => format!("{p:.0e}"),
        p if p < 0.1 => format!("{p:.4}"),
        p => format!("{p:.2}"),
    }
}

/// A count with its noun, such as "1 core", "2 cores" or "3 matrices".
pub fn counted(count: usize, what: &str) -> String {
    match (count, what) {
        (1, _) => format!("1 {what}"),
        (_, "matrix") => format!("{count} matrices"),
        _ => format!("{count} {what}s"),
    }
}

/// What is compared, such as "1 core, 34 results of 34 matrices".
pub fn extent(against: &Against) -> String {
    let (results, matrices) = against.results();
    let cores = counted(against.cores.len(), "core");
    format!("{cores}, {} of {}", counted(results, "result"), counted(matrices, "matrix"))
}

/// The sentence which says that B is worse in nothing, and what could not be checked.
pub fn nothing_worse(against: &Against) -> String {
    let unchecked = against.cores.iter().any(|core| !core.equal_parameters);
    let but = if unchecked { " (cycles and area are checked for equal parameters only)" } else { "" };
    format!("{} is worse in nothing that is checked{but}.", against.source.name)
}

/// A line about a document, such as "B = new/report.json, svdforge 0.1.0, suite quick, seed 1".
pub fn source(source: &ComparedDocument) -> String {
    let what = match (&source.campaign, &source.tool) {
        (Some(campaign), _) => {
            format!("svdforge {}, suite {}, seed {}", campaign.version, campaign.suite, campaign.seed)
        }
        (None, Some(tool)) => format!("results of {tool}"),
        (None, None) => String::new(),
    };
    format!("{} = {}, {what}", source.name, source.file.display())
}

/// Sentences about what was left out and about options that differ.
pub fn remarks(against: &Against) -> Vec<String> {
    let mut remarks = Vec::new();
    let name = &against.source.name;
    if !against.options.is_empty() {
        let option = |same: &[OptionDifference]| {
            let values = |of: fn(&OptionDifference) -> &str| {
                same.iter().map(of).collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>().join(", ")
            };
            format!("{} {} in A, {} in {name}", same[0].option, values(|o| &o.a), values(|o| &o.b))
        };
        let options: Vec<String> = against.options.chunk_by(|a, b| a.option == b.option).map(option).collect();
        remarks.push(format!("Options that differ: {}.", options.join("; ")));
    }
    if against.options.iter().any(|o| o.option == "word" || o.option == "frac") {
        remarks.push(format!(
            "Words differ: errors of {name} are in LSB of A too; each result is compared with the decomposition of the matrix as its own core received it."
        ));
    }
    let unpaired = &against.unpaired;
    for (report, cores) in [("A", &unpaired.cores_a), (name.as_str(), &unpaired.cores_b)] {
        if let Some(first) = cores.first() {
            remarks.push(format!(
                "Not compared: {} of {report} without a partner, first {first}.",
                counted(cores.len(), "core")
            ));
        }
    }
    for (report, matrices) in [("A", unpaired.matrices_a), (name.as_str(), unpaired.matrices_b)] {
        if matrices > 0 {
            let matrices = counted(matrices, "matrix");
            remarks.push(format!("Not compared: {matrices} of the compared cores that only {report} has."));
        }
    }
    let least = least_matrices(against.tests);
    let undecided = |core: &&CorePair| core.differences.iter().any(|d| d.verdict == Verdict::NotSignificant);
    let few = against.cores.iter().filter(undecided).filter(|core| core.results.len() < least).count();
    if few > 0 {
        remarks.push(format!(
            "Too few matrices: with {}, a significant difference takes some {least} matrices that differ, and {few} of {} have fewer.",
            counted(against.tests, "test"),
            counted(against.cores.len(), "core")
        ));
    }
    remarks
}

/// The figures in which two cores differ: name, value in A, value in B.
pub fn figures(pair: &CorePair) -> Vec<(String, String, String)> {
    let Some(b) = &pair.figures_b else { return Vec::new() };
    let (a, b) = (all_figures(&pair.figures_a), all_figures(b));
    let both = a.into_iter().zip(b).filter(|(a, b)| a.1 != b.1);
    both.map(|((name, a), (_, b))| (name, a, b)).collect()
}

fn all_figures(figures: &CoreFigures) -> Vec<(String, String)> {
    let mut all = vec![
        ("multipliers".to_owned(), figures.multipliers.to_string()),
        ("memory, bits".to_owned(), figures.memory_bits.to_string()),
        ("tables, bits".to_owned(), figures.table_bits.to_string()),
        ("sweep cap".to_owned(), figures.sweep_cap.to_string()),
        ("cycles of a sweep".to_owned(), figures.sweep_cycles.to_string()),
    ];
    let bounds = figures.bounds.unwrap_or_default();
    for (kind, limits) in [("proven", bounds.rigorous), ("statistical", bounds.statistical)] {
        all.extend(Metric::ALL.map(|metric| {
            let bound = limits.and_then(|limits| limits.of(metric)).map_or("-".to_owned(), digits);
            (format!("{kind} bound, {}, own LSB", metric.name()), bound)
        }));
    }
    all
}

/// The outcome of a check, in words.
pub fn holds(check: Option<bool>) -> &'static str {
    match check {
        Some(true) => "holds",
        Some(false) => "FAILS",
        None => "nothing to check",
    }
}

/// The ratio of a core in one quantity, with its verdict where there is one.
pub fn cell(pair: &CorePair, quantity: Quantity) -> String {
    let Some(difference) = pair.of(quantity) else { return "-".to_owned() };
    match difference.verdict {
        Verdict::Equal => "equal".to_owned(),
        Verdict::Slight | Verdict::NotSignificant => ratio_number(difference.ratio),
        verdict => format!("{} {}", ratio_number(difference.ratio), verdict.name()),
    }
}
