//! The command `svdforge complete`.

use crate::answer::Answer;
use crate::endings;
use crate::engine_options::EngineOptions;
use crate::later::LaterFile;
use crate::progress::Progress;
use crate::{Verdict, output};
use anyhow::{Context, Result};
use clap::Args;
use serde::{Serialize, Serializer};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use svdforge_apps::complete::table::{Reading, Table, parse_table, read_table};
use svdforge_apps::complete::{Completion, SAMPLE, Settings, complete};
use svdforge_apps::decomposer::Decomposer;
use svdforge_apps::plot::charts::{Chart, Charts, Series};
use svdforge_apps::plot::{Format, render};
use svdforge_apps::soft_impute::PathStep;
use svdforge_files::{Outputs, check_inputs_stay};
use svdforge_golden::digits::fixed;
use svdforge_golden::reader::{Asked, DecimalSign, Form, Layout};

/// The most filled numbers that are printed.
const SHOWN: usize = 20;

/// Fill the gaps of a table of numbers by iterated truncated SVD (soft-impute)
///
/// Known numbers are kept as they are. Without a file, the command runs on its sample: sixty of
/// Fisher's irises, with every seventh number missing.
/// Example: svdforge complete table.csv --out filled.csv
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct Complete {
    /// Numbers separated by commas, semicolons, tabs or blanks, at most 2^26, where an empty field, NaN, NA, N/A, null,
    /// ?, - or #N/A is a missing number; there may be a header and a column of labels [default: the sample]
    #[arg(value_name = "FILE")]
    table: Option<PathBuf>,
    /// Whether the first column holds labels of the rows and no numbers [default: as the file shows; the output says]
    #[arg(long, value_name = "yes|no", requires = "table")]
    labels: Option<Answer>,
    /// Whether the first row is a header and no row of numbers [default: as the file shows; the output says]
    #[arg(long, value_name = "yes|no", requires = "table")]
    header: Option<Answer>,
    /// Write the filled table to this file
    #[arg(long, value_name = "FILE", value_parser = endings::csv)]
    out: Option<PathBuf>,
    /// The largest number of factors, up to 32 and up to the table's smaller side [default: 8, or one fewer than the
    /// smaller side]
    #[arg(long, value_name = "K", value_parser = clap::value_parser!(u32).range(1..=32))]
    rank: Option<u32>,
    /// Amount by which singular values are lowered, in standard deviations; `auto` chooses what serves best on numbers
    /// held out
    #[arg(long, value_name = "auto|X", default_value = "auto", allow_hyphen_values = true, value_parser = lambda)]
    lambda: Lambda,
    /// Seed of the choice of what is held out and of the randomised range finder
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    #[command(flatten)]
    engine: EngineOptions,
    /// Draw the held-out error against lambda, and the convergence, as SVG
    #[arg(long, value_name = "FILE", value_parser = endings::svg)]
    picture: Option<PathBuf>,
    /// Print the results as JSON
    #[arg(long)]
    json: bool,
}

/// A wrapper, because clap takes a bare `Option` for an argument that may be left out.
#[derive(Clone, Copy, Debug)]
struct Lambda(Option<f64>);

fn lambda(text: &str) -> Result<Lambda, String> {
    match (text, text.parse::<f64>()) {
        ("auto", _) => Ok(Lambda(None)),
        (_, Ok(lambda)) if lambda >= 0.0 && lambda.is_finite() => Ok(Lambda(Some(lambda))),
        _ => Err("give `auto` or a number of at least 0".to_owned()),
    }
}

/// The result of one engine.
struct Run {
    engine: Box<dyn Decomposer>,
    result: Completion,
}

impl Complete {
    /// Fills the table with each engine, and writes the result of the first.
    pub fn run(self) -> Result<Verdict> {
        check_inputs_stay(&self.table, [&self.out, &self.picture].into_iter().flatten())?;
        let sample = Path::new("the sample");
        let file = self.table.as_deref().unwrap_or(sample);
        let table = match &self.table {
            Some(path) => {
                let [labels, header] = [self.labels, self.header].map(|answer| answer.map(Answer::is_yes));
                read_table(path, Asked { header, labels })?
            }
            None => parse_table(sample, SAMPLE.as_bytes())?,
        };
        let settings = Settings { rank: self.rank.map(|rank| rank as usize), lambda: self.lambda.0, seed: self.seed };
        let mut outputs = Outputs::new();
        let picture = LaterFile::create(&mut outputs, self.picture.as_deref())?;
        let out = LaterFile::create(&mut outputs, self.out.as_deref())?;
        let mut runs = Vec::new();
        for mut engine in self.engine.engines()? {
            let _progress = Progress::start(format!("decomposing, engine {}", engine.name()));
            let result = complete(&table, &settings, engine.as_mut()).with_context(|| file.display().to_string())?;
            runs.push(Run { engine, result });
        }
        let first = &runs[0].result;
        if let Some(file) = picture {
            file.write(&render(&Charts(charts(&runs)), Format::Svg)?)?;
        }
        out.map(|file| file.write(&text(&table, first)?)).transpose()?;
        outputs.commit()?;
        if self.json {
            output::json(&self.document(file, &table, &runs))?;
        } else {
            self.print(file, &table, &runs)?;
        }
        Ok(Verdict::Holds)
    }

    fn document<'a>(&'a self, file: &'a Path, table: &'a Table, runs: &'a [Run]) -> Document<'a> {
        let (rows, cols) = table.shape();
        let run = |run: &'a Run| {
            let r = &run.result;
            RunDocument {
                engine: run.engine.name(),
                cycles: run.engine.cycles(),
                rank: r.rank,
                lambda: r.lambda,
                held_out: json!({ "count": r.held_out, "rmse": r.rmse, "rmse_column_means": r.rmse_means }),
                path: &r.path,
                convergence: &r.convergence,
                settled: r.settled,
                filled: Filled { table, result: r },
            }
        };
        let Reading { layout, decimals, form, gaps } = &table.reading;
        Document {
            file,
            rows,
            cols,
            known: table.known().count(),
            seed: self.seed,
            out: &self.out,
            runs: runs.iter().map(run).collect(),
            text: layout,
            decimals: *decimals,
            form: *form,
            gaps,
        }
    }

    fn print(&self, file: &Path, table: &Table, runs: &[Run]) -> Result<()> {
        let (rows, cols) = table.shape();
        let known = table.known().count();
        let missing = rows * cols - known;
        output::print(format!("{}: {rows} x {cols}, {missing} of {} numbers missing", file.display(), rows * cols))?;
        output::print(describe(table))?;
        for doubt in table.reading.form.doubts("give --labels yes", "give --header yes") {
            output::note(format!("note: {doubt}"));
        }
        for Run { engine, result: r } in runs {
            let cycles = engine.cycles().map_or(String::new(), |cycles| format!(", {cycles} clock cycles"));
            output::print(format!(
                "Engine {}: rank at most {}, lambda {}{cycles}. Known numbers that were held out: {}. The error there is {} standard deviations of their columns; that of the means of the columns is {}",
                engine.name(),
                r.rank,
                fixed(r.lambda, 3),
                r.held_out,
                fixed(r.rmse, 3),
                fixed(r.rmse_means, 3)
            ))?;
            if self.lambda.0.is_none() {
                output::print("The choice of lambda with those numbers held out:")?;
                output::print(path_table(&r.path, true))?;
            }
            output::print("The convergence on all known numbers, down to that lambda:")?;
            output::print(path_table(&r.convergence, false))?;
            if !r.settled {
                output::note(
                    "warning: not every iteration settled within the allowed steps; it settles sooner with a larger --lambda",
                );
            }
        }
        if missing == 0 {
            return output::print("No number is missing.");
        }
        let mut header = vec!["row".to_owned(), "column".to_owned()];
        header.extend(runs.iter().map(|run| format!("filled, {}", run.engine.name())));
        let header: Vec<&str> = header.iter().map(String::as_str).collect();
        let mut filled = output::table(&header);
        for (i, j) in table.gaps().take(SHOWN) {
            let row = table.labels.as_ref().map_or_else(|| (i + 1).to_string(), |labels| labels[i].to_owned());
            let shift = usize::from(table.labels.is_some());
            let column = table.header.as_ref().map_or_else(|| (j + 1).to_string(), |names| names[j + shift].to_owned());
            let values = runs.iter().map(|run| output::number(readable(run.result.value(i, j))));
            filled.add_row([row.into(), column.into()].into_iter().chain(values));
        }
        output::print(filled)?;
        if missing > SHOWN {
            output::print(format!("... and {} more; --out FILE writes all", missing - SHOWN))?;
        }
        Ok(())
    }
}

/// How the table was read.
fn describe(table: &Table) -> String {
    let reading = &table.reading;
    let mut parts = vec![reading.layout.to_string()];
    if !reading.decimals.is_plain() {
        parts.push(reading.decimals.to_string());
    }
    parts.push(if reading.form.header { "the first row is the header" } else { "there is no header" }.to_owned());
    parts.push(match reading.form.labels {
        Some(labels) => format!("the first column holds labels ({labels})"),
        None => "no column holds labels".to_owned(),
    });
    let word = |(word, count): (&String, &usize)| match word.as_str() {
        "" => format!("{count} empty"),
        word => format!("{count} {word}"),
    };
    if !reading.gaps.is_empty() {
        parts.push(format!("missing numbers: {}", reading.gaps.iter().map(word).collect::<Vec<_>>().join(", ")));
    }
    parts.join("; ")
}

/// What `--json` prints.
#[derive(Serialize)]
struct Document<'a> {
    file: &'a Path,
    rows: usize,
    cols: usize,
    known: usize,
    seed: u64,
    out: &'a Option<PathBuf>,
    runs: Vec<RunDocument<'a>>,
    text: &'a Layout,
    #[serde(flatten)]
    decimals: DecimalSign,
    #[serde(flatten)]
    form: Form,
    gaps: &'a BTreeMap<String, usize>,
}

#[derive(Serialize)]
struct RunDocument<'a> {
    engine: &'static str,
    cycles: Option<u64>,
    rank: usize,
    lambda: f64,
    held_out: Value,
    path: &'a [PathStep],
    convergence: &'a [PathStep],
    settled: bool,
    filled: Filled<'a>,
}

/// The list of the numbers that were filled in. There may be millions, so each is made when it is printed.
struct Filled<'a> {
    table: &'a Table,
    result: &'a Completion,
}

impl Serialize for Filled<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.table.gaps().map(|(i, j)| Number {
            row: i + 1,
            column: j + 1,
            value: self.result.value(i, j),
        }))
    }
}

#[derive(Serialize)]
struct Number {
    row: usize,
    column: usize,
    value: f64,
}

/// A table with a row for each lambda, which shows how its iteration ended. With `errors` it also shows the error on
/// the numbers held out.
fn path_table(path: &[PathStep], errors: bool) -> output::Table {
    let last = if errors { "held-out error" } else { "objective" };
    let mut table = output::table(&["lambda", "factors", "steps", "last change", last]);
    for step in path {
        let end = step.iteration.last();
        let objective = end.map_or("-".to_owned(), |end| fixed(end.objective, 3));
        table.add_row([
            output::number(fixed(step.lambda, 4)),
            output::number(step.rank),
            output::number(step.iteration.len()),
            output::number(end.map_or("-".to_owned(), |end| format!("{:.1e}", end.change))),
            output::number(if errors { fixed(step.rmse, 4) } else { objective }),
        ]);
    }
    table
}

/// A number with four decimals, or with an exponent if it is very small or very large.
fn readable(value: f64) -> String {
    if value == 0.0 || (1e-2..1e7).contains(&value.abs()) { format!("{value:.4}") } else { format!("{value:.4e}") }
}

/// The text of the table with its gaps filled.
fn text(table: &Table, filled: &Completion) -> Result<Vec<u8>> {
    let mut text = Vec::new();
    table.write(&mut text, |row, col| filled.value(row, col)).context("the filled table cannot be written as text")?;
    Ok(text)
}

fn charts(runs: &[Run]) -> Vec<Chart> {
    let convergence = |run: &Run| {
        let steps = run.result.convergence.iter().flat_map(|stage| &stage.iteration);
        // The first step from an estimate of 0 has change 1. A step that changes nothing ends a stage and has no
        // logarithm.
        let points = steps.enumerate().filter(|(_, step)| step.change > 0.0);
        let points = points.map(|(index, step)| (index as f64 + 1.0, step.change.log10())).collect();
        Series { name: run.engine.name().to_owned(), points }
    };
    let mut charts = vec![Chart {
        title: "Convergence on the way down to the chosen lambda".to_owned(),
        x: "step".to_owned(),
        y: "log10 of |Z' - Z|² / |Z|²".to_owned(),
        logarithmic: false,
        series: runs.iter().map(convergence).collect(),
    }];
    let error = |run: &Run| {
        let points = run.result.path.iter().rev().filter(|s| s.lambda > 0.0).map(|s| (s.lambda, s.rmse)).collect();
        Series { name: run.engine.name().to_owned(), points }
    };
    charts.push(Chart {
        title: "Error on numbers held out".to_owned(),
        x: "lambda".to_owned(),
        y: "RMSE in standard deviations".to_owned(),
        logarithmic: true,
        series: runs.iter().map(error).collect(),
    });
    charts.retain(|chart| chart.series.iter().any(|series| !series.points.is_empty()));
    charts
}
