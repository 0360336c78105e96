//! The command `svdforge compare`.

use crate::{Verdict, output};
use anyhow::{Result, bail};
use clap::Args;
use serde_json::json;
use std::path::{Path, PathBuf};
use svdforge_files::check_inputs_stay;
use svdforge_studies::compare::difference::{Difference, Verdict as Judged};
use svdforge_studies::compare::external::External;
use svdforge_studies::compare::finding::{Aspect, Finding};
use svdforge_studies::compare::text::{cell, counted, extent, figures, heads, nothing_worse, remarks, row, source};
use svdforge_studies::compare::worse::rules;
use svdforge_studies::compare::{Against, CompareError, Comparison, FILES, Other};
use svdforge_studies::report::Report;

/// The most rows of a table on the terminal. The files have all rows.
const MOST_ROWS: usize = 12;

/// Compare reports, or results of other tools, matrix by matrix
///
/// The first report is A, and each other document is compared with it. The comparison covers errors,
/// sweeps and cycles of the same matrices, with ratios, confidence intervals and p-values, and the
/// cost of the cores. Other tools get the matrices from `report matrices`. docs/compare.md explains
/// the rules.
/// Example: svdforge compare old/report.json new/report.json --out differences
/// Example: svdforge compare main/report.json mine/report.json --fail-if-worse
/// Example: svdforge compare mine/report.json --external numpy.json
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct Compare {
    /// Reports (report.json), of which the first is the one to compare with
    #[arg(value_name = "FILE", required = true)]
    reports: Vec<PathBuf>,
    /// Results of other tools for matrices of the first report
    #[arg(long, value_name = "FILE", num_args = 1..)]
    external: Vec<PathBuf>,
    /// Exit with status 1 if a later document is worse than the first in one of: errors, checks, coverage, cycles,
    /// area; without a list, in any of them
    #[arg(long, value_name = "LIST", num_args = 0..=1, require_equals = true, value_delimiter = ',', default_missing_value = "errors,checks,coverage,cycles,area")]
    fail_if_worse: Vec<Aspect>,
    /// Folder for compare.html, compare.md and compare.json; created if it does not exist
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Print the result as JSON
    #[arg(long)]
    json: bool,
}

impl Compare {
    /// Reads the documents, compares them, and writes and prints the result.
    pub fn run(self) -> Result<Verdict> {
        self.check_list()?;
        let outputs = self.out.iter().flat_map(|out| FILES.iter().map(|name| out.join(name)));
        check_inputs_stay(self.reports.iter().chain(&self.external), outputs)?;
        let (first, later) = self.reports.split_first().ok_or(CompareError::Count(0))?;
        let baseline = Report::read(first)?;
        let mut others = Vec::new();
        for path in later {
            others.push((path.clone(), Other::Report(Report::read(path)?)));
        }
        for path in &self.external {
            others.push((path.clone(), Other::External(External::read(path, &baseline)?)));
        }
        let comparison = Comparison::new((first, &baseline), &others)?;
        if let Some(out) = &self.out {
            comparison.write(out)?;
        }
        let failing = |finding: &&Finding| self.fail_if_worse.contains(&finding.aspect);
        let fails = comparison.comparisons.iter().flat_map(|against| &against.worse).any(|finding| failing(&finding));
        if self.json {
            let mut document = serde_json::to_value(&comparison)?;
            document["fails"] = json!(fails);
            output::json(&document)?;
        } else {
            print(&comparison, self.out.as_deref())?;
        }
        Ok(if fails { Verdict::Fails } else { Verdict::Holds })
    }

    /// A list that follows without `=` is parsed as a file name, so it is recognised here.
    fn check_list(&self) -> Result<()> {
        let is_list = |path: &&PathBuf| {
            path.to_str().is_some_and(|text| text.split(',').all(|aspect| aspect.parse::<Aspect>().is_ok()))
        };
        let list = self.reports.iter().filter(|_| !self.fail_if_worse.is_empty()).find(is_list);
        match list.filter(|path| !path.exists()) {
            Some(list) => bail!("{0}: there is no such file; give a list as --fail-if-worse={0}", list.display()),
            None => Ok(()),
        }
    }
}

fn print(comparison: &Comparison, out: Option<&Path>) -> Result<()> {
    output::print(source(&comparison.baseline))?;
    for against in &comparison.comparisons {
        print_one(against)?;
    }
    output::print(rules())?;
    out.map_or(Ok(()), |out| output::print(format!("{}: {}", out.display(), FILES.join(", "))))
}

fn print_one(against: &Against) -> Result<()> {
    let name = &against.source.name;
    output::print(source(&against.source))?;
    output::print(format!("{name} against A: {}; errors in LSB of A", extent(against)))?;
    remarks(against).iter().try_for_each(output::print)?;
    let mut table = output::table(&heads(name).each_ref().map(String::as_str));
    for difference in &against.all {
        let mut cells: Vec<_> = row(difference).into_iter().map(output::number).collect();
        cells[0] = difference.quantity.name().into();
        cells[6] = judged(difference.verdict);
        table.add_row(cells);
    }
    output::print(table)?;
    if against.cores.len() > 1 {
        print_cores(against)?;
    }
    print_figures(against)?;
    let worse = &against.worse;
    match worse.len() {
        0 => output::print(nothing_worse(against))?,
        count => output::print(format!("{name} is worse in {}:", counted(count, "finding")))?,
    }
    worse.iter().take(MOST_ROWS).try_for_each(|finding| output::print(format!("  {}", finding.what)))?;
    rest(worse.len())
}

/// A verdict, in a colour if it is better or worse.
fn judged(verdict: Judged) -> output::Cell {
    match verdict {
        Judged::Better => output::verdict(true, verdict.name()),
        Judged::Worse => output::verdict(false, verdict.name()),
        _ => verdict.name().into(),
    }
}

/// Prints the cores that are better or worse in something, those that differ most first.
fn print_cores(against: &Against) -> Result<()> {
    let most = |differences: &[Difference]| {
        let told = differences.iter().filter(|d| matches!(d.verdict, Judged::Better | Judged::Worse));
        told.map(|d| d.ratio.ln().abs()).reduce(f64::max)
    };
    let mut cores: Vec<_> = against.cores.iter().filter_map(|core| Some((most(&core.differences)?, core))).collect();
    cores.sort_by(|a, b| b.0.total_cmp(&a.0));
    if cores.is_empty() {
        return output::print("No core is significantly better or worse.");
    }
    let quantities = against.quantities();
    let heads: Vec<&str> = std::iter::once("core of A").chain(quantities.iter().map(|q| q.symbol())).collect();
    let mut table = output::table(&heads);
    for (_, core) in cores.iter().take(MOST_ROWS) {
        let mut cells = vec![(&core.name).into()];
        cells.extend(quantities.iter().map(|&quantity| output::number(cell(core, quantity))));
        table.add_row(cells);
    }
    output::print(table)?;
    rest(cores.len())
}

/// Prints the cost and the bounds of the cores, where they differ.
fn print_figures(against: &Against) -> Result<()> {
    let rows: Vec<_> = against.cores.iter().flat_map(figures).collect();
    if rows.is_empty() {
        return Ok(());
    }
    if against.cores.len() > 1 {
        return output::print("Multipliers, memory, tables, sweep caps or bounds differ; --out or --json lists them.");
    }
    let mut table = output::table(&["figure of the core", "A", &against.source.name]);
    for (what, a, b) in rows {
        table.add_row([what.into(), output::number(a), output::number(b)]);
    }
    output::print(table)
}

/// Says how many rows the terminal does not show.
fn rest(rows: usize) -> Result<()> {
    if rows > MOST_ROWS {
        output::print(format!("  and {} more, which --out or --json lists", rows - MOST_ROWS))
    } else {
        Ok(())
    }
}
