//! Makes `compare.md`.

use super::text::{cell, extent, figures, heads, holds, nothing_worse, remarks, row, source};
use super::worse::rules;
use super::{against::Against, comparison::Comparison};
use std::fmt::Write;

/// The comparison as Markdown text with tables.
pub fn markdown(comparison: &Comparison) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = write(&mut text, comparison);
    text
}

fn write(text: &mut String, comparison: &Comparison) -> std::fmt::Result {
    writeln!(text, "# Reports compared\n\n- {}", source(&comparison.baseline))?;
    for against in &comparison.comparisons {
        writeln!(text, "- {}", source(&against.source))?;
    }
    writeln!(text, "\nErrors in LSB of A's input (orthogonality: of 2^-(word-1)); smaller is better. {}", rules())?;
    comparison.comparisons.iter().try_for_each(|against| write_one(text, against))
}

fn table(text: &mut String, heads: &[impl AsRef<str>], rows: &[Vec<String>]) -> std::fmt::Result {
    writeln!(
        text,
        "\n| {} |\n|{}",
        heads.iter().map(AsRef::as_ref).collect::<Vec<_>>().join(" | "),
        "---|".repeat(heads.len())
    )?;
    rows.iter().try_for_each(|row| writeln!(text, "| {} |", row.join(" | ")))
}

fn write_one(text: &mut String, against: &Against) -> std::fmt::Result {
    let name = &against.source.name;
    writeln!(text, "\n## {name} against A\n\n{}.", extent(against))?;
    remarks(against).iter().try_for_each(|remark| writeln!(text, "{remark}"))?;
    if against.worse.is_empty() {
        writeln!(text, "\n{}", nothing_worse(against))?;
    } else {
        writeln!(text, "\n{name} is worse:\n")?;
        against.worse.iter().try_for_each(|finding| writeln!(text, "- {}", finding.what))?;
    }
    writeln!(text, "\n### All cores")?;
    let rows: Vec<Vec<String>> = against.all.iter().map(|difference| row(difference).to_vec()).collect();
    table(text, &heads(name), &rows)?;
    writeln!(text, "\n### Each core\n\nGeometric mean of B / A.")?;
    let quantities = against.quantities();
    let heads: Vec<&str> = std::iter::once("core of A").chain(quantities.iter().map(|q| q.symbol())).collect();
    let rows = against.cores.iter().map(|core| {
        std::iter::once(core.name.clone()).chain(quantities.iter().map(|&quantity| cell(core, quantity))).collect()
    });
    table(text, &heads, &rows.collect::<Vec<_>>())?;
    let rows: Vec<Vec<String>> = against
        .cores
        .iter()
        .flat_map(|core| figures(core).into_iter().map(|(what, a, b)| vec![core.name.clone(), what, a, b]))
        .collect();
    if !rows.is_empty() {
        writeln!(text, "\n### Figures that differ")?;
        table(text, &["core of A", "", "A", name], &rows)?;
    }
    if !against.checks.is_empty() {
        writeln!(text, "\n### What must hold")?;
        let checks = against.checks.iter();
        let rows =
            checks.map(|check| vec![check.name.to_owned(), holds(check.a).to_owned(), holds(check.b).to_owned()]);
        table(text, &["", "A", name], &rows.collect::<Vec<_>>())?;
    }
    Ok(())
}
