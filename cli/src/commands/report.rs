//! The command `svdforge report`.

use crate::commands::simulate;
use crate::later::LaterFile;
use crate::options::{CoreOptions, ScaleOption};
use crate::progress::Progress;
use crate::{Verdict, output, shell};
use anyhow::{Context, Result, anyhow};
use clap::{Args, Subcommand};
use serde_json::json;
use std::path::{Path, PathBuf};
use svdforge_files::{Outputs, check_inputs_stay, check_results};
use svdforge_golden::Family;
use svdforge_hdl::core::Core;
use svdforge_hdl::export::manifest::Summary;
use svdforge_studies::campaign::plan::{MAX_SEED, SEED_STEP};
use svdforge_studies::campaign::run::judge_again;
use svdforge_studies::campaign::{Metric, Record, Request, Shard, Suite, merge, run};
use svdforge_studies::compare::external::{is_offered, offer};
use svdforge_studies::report::{FILES, Overview, Report as Results, digits, prepare_folder, size_name};

/// Run an accuracy campaign: thousands of matrices through simulated cores, and a report of their errors
///
/// A suite covers a range of sizes, words and guard bits, unless --rows, --cols, --word or --guard fix
/// them. All other options of the core apply to all cores. The command writes report.json, report.csv,
/// report.md and report.html into the folder. If it is interrupted, the same command continues where
/// it stopped.
/// Example: svdforge report --out accuracy
/// Example: svdforge report --rows 16 --word 18 --guard 4 --matrices 1000 --out mine
/// Example: svdforge report --suite hard --shard 3/8 --out hard; svdforge report merge hard --out hard
#[derive(Args)]
#[command(verbatim_doc_comment, args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Report {
    #[command(subcommand)]
    action: Option<Action>,
    #[command(flatten)]
    core: CoreOptions,
    #[command(flatten)]
    scale: ScaleOption,
    /// How much to cover: quick (seconds), standard (a minute or two), hard (a few minutes)
    #[arg(long, default_value = "standard")]
    suite: Suite,
    /// Number of matrices of each random family for each core [default: that of the suite, which has fewer for large
    /// sizes]
    #[arg(long, value_name = "K", value_parser = clap::value_parser!(u64).range(1..=SEED_STEP))]
    matrices: Option<u64>,
    /// Families of matrices, separated by commas [default: all]
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    families: Vec<Family>,
    /// Seed of the campaign
    #[arg(long, value_name = "S", default_value_t = 1, value_parser = clap::value_parser!(u64).range(0..=MAX_SEED))]
    seed: u64,
    /// Run only part i of k of the campaign (i from 1); `report merge` joins the parts
    #[arg(long, value_name = "i/k", default_value_t = Shard::ALL)]
    shard: Shard,
    /// Folder for the results; created if it does not exist
    #[arg(long, value_name = "DIR", required = true)]
    out: Option<PathBuf>,
    /// Print the result as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Subcommand)]
enum Action {
    Merge(Merge),
    Replay(Replay),
    Matrices(Matrices),
}

/// Join the shards of a campaign, and write its report
#[derive(Args)]
struct Merge {
    /// Journals of shards (matrices-i-of-k.jsonl), or folders that hold them
    #[arg(value_name = "PATH", required = true)]
    shards: Vec<PathBuf>,
    /// Folder for the report, which may be one that holds shards
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Print the result as JSON
    #[arg(long)]
    json: bool,
}

/// Simulate one matrix of a report again, and compare the result with the report
#[derive(Args)]
struct Replay {
    /// The report.json
    #[arg(value_name = "FILE")]
    report: PathBuf,
    /// Number of the matrix in the report
    #[arg(long, value_name = "NUMBER")]
    matrix: usize,
    /// Write the matrix to this file, as .csv
    #[arg(long, value_name = "FILE")]
    save: Option<PathBuf>,
    /// Print the result as JSON
    #[arg(long)]
    json: bool,
}

/// Write the matrices of a report as its cores get them, for another tool to complete (see `compare --external`)
#[derive(Args)]
struct Matrices {
    /// The report.json
    #[arg(value_name = "FILE")]
    report: PathBuf,
    /// Write only the matrices of this core, given by its index in `cores` of the report
    #[arg(long, value_name = "N")]
    core: Option<usize>,
    /// The JSON file to write
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

impl Report {
    /// Runs the campaign or the subcommand.
    pub fn run(self) -> Result<Verdict> {
        self.core.only_real()?;
        match self.action {
            Some(Action::Merge(merge)) => merge.run(),
            Some(Action::Replay(replay)) => replay.run(),
            Some(Action::Matrices(matrices)) => matrices.run(),
            None => self.campaign(),
        }
    }

    fn campaign(self) -> Result<Verdict> {
        let out = self.out.as_ref().context("--out is missing")?;
        check_inputs_stay(self.core.config(), in_folder(out))?;
        let parameters = self.core.parameters()?;
        let fixed = self.core.fixed()?;
        let request = Request {
            suite: self.suite,
            seed: self.seed,
            matrices: self.matrices,
            families: self.families,
            input_scale: self.scale.get(),
            core: parameters,
            size: fixed.size,
            word: fixed.word,
            guard: fixed.guard,
        };
        let plan = request.plan()?;
        if self.shard == Shard::ALL {
            check_results(out, &FILES)?;
        }
        prepare_folder(out, &plan, Some(self.shard.count))?;
        let progress = Progress::campaign();
        let records = run(&plan, self.shard, out, &progress.follow(out))?;
        drop(progress);
        if self.shard != Shard::ALL {
            return self::shard(out, self.shard, records.len(), self.json);
        }
        finish(&Results::new(plan, records), out, self.json)
    }
}

/// The files of a report in this folder.
fn in_folder(out: &Path) -> impl Iterator<Item = PathBuf> {
    FILES.iter().map(|name| out.join(name))
}

fn shard(out: &Path, shard: Shard, matrices: usize, json: bool) -> Result<Verdict> {
    let journal = out.join(shard.file_name());
    if json {
        output::json(&json!({ "out": out, "shard": shard, "matrices": matrices, "journal": journal }))?;
    } else {
        let (journal, out) = (journal.display(), shell::path(out));
        output::print(format!(
            "{journal}: shard {shard} is done, {matrices} matrices. When all shards are done, run: svdforge report merge {out} --out {out}"
        ))?;
    }
    Ok(Verdict::Holds)
}

/// Writes the files of a report and prints a summary.
fn finish(results: &Results, out: &Path, json: bool) -> Result<Verdict> {
    results.write(out)?;
    let overview = Overview::new(results);
    if json {
        let files: Vec<PathBuf> = FILES.iter().map(|name| out.join(name)).collect();
        let cores = results.plan.cores.iter().zip(&results.figures).zip(&overview.statistics);
        let cores: Vec<_> = cores
            .map(|((planned, figures), statistics)| {
                json!({ "purpose": planned.purpose, "core": planned.core, "figures": figures, "statistics": statistics })
            })
            .collect();
        output::json(&json!({
            "out": out, "files": files, "campaign": results.plan.settings, "matrices": results.records.len(),
            "holds": overview.holds(), "checks": overview.checks, "cores": cores,
        }))?;
    } else {
        print(&overview, out)?;
    }
    Ok(if overview.holds() { Verdict::Holds } else { Verdict::Fails })
}

fn print(overview: &Overview<'_>, out: &Path) -> Result<()> {
    output::print(format!(
        "{}: {} matrices; worst errors in LSB, word {}, {} guard bits",
        overview.title(),
        overview.report.records.len(),
        overview.word,
        overview.guard
    ))?;
    let metrics = overview.metrics();
    let heads =
        ["size"].into_iter().chain(metrics.iter().map(|m| m.name())).chain(["sweeps, mean-max", "cycles, mean"]);
    let mut table = output::table(&heads.collect::<Vec<_>>());
    for &size in &overview.sizes {
        let Some(core) = overview.reference(size) else { continue };
        let statistics = &overview.statistics[core];
        let error = |m: &Metric| output::number(statistics.of(*m).map_or("-".to_owned(), |spread| digits(spread.max)));
        let mut cells = vec![size_name(size).into()];
        cells.extend(metrics.iter().map(error));
        cells.push(output::number(format!("{:.1}-{}", statistics.sweeps.mean, statistics.sweeps.max)));
        cells.push(output::number(format!("{:.0}", statistics.cycles.mean)));
        table.add_row(cells);
    }
    output::print(table)?;
    let mut table = output::table(&["must hold for every matrix", "matrices", "violations", ""]);
    for check in &overview.checks {
        let verdict = match check.holds {
            Some(true) => output::verdict(true, "holds"),
            Some(false) => output::verdict(false, &format!("fails, first for matrix {}", check.failed[0])),
            None => "nothing to check".into(),
        };
        table.add_row([check.name.into(), output::number(check.matrices), output::number(check.failed.len()), verdict]);
    }
    output::print(table)?;
    output::print(format!("{}: {}", out.display(), FILES.join(", ")))
}

impl Merge {
    fn run(self) -> Result<Verdict> {
        check_inputs_stay(&self.shards, in_folder(&self.out))?;
        let (plan, records) = merge(&self.shards)?;
        check_results(&self.out, &FILES)?;
        prepare_folder(&self.out, &plan, None)?;
        finish(&Results::new(plan, records), &self.out, self.json)
    }
}

impl Matrices {
    fn run(self) -> Result<Verdict> {
        check_inputs_stay([&self.report], [&self.out])?;
        let mut outputs = Outputs::new();
        let file = LaterFile::create(&mut outputs, Some(&self.out))?;
        let results = Results::read(&self.report)?;
        let plan = &results.plan;
        if let Some(core) = self.core.filter(|&core| core >= plan.cores.len() || !is_offered(plan, core)) {
            let offered: Vec<String> =
                (0..plan.cores.len()).filter(|&core| is_offered(plan, core)).map(|core| core.to_string()).collect();
            let report = self.report.display();
            return Err(anyhow!("--core {core}: {report} has matrices to offer for the cores {}", offered.join(", ")));
        }
        let text = offer(&results, self.core)?;
        file.map_or(Ok(()), |file| file.write(text.as_bytes()))?;
        outputs.commit()?;
        output::print(format!(
            "{}: add `name`, and `sigma`, `u` and `v` of each matrix; then run: svdforge compare {} --external {}",
            self.out.display(),
            shell::path(&self.report),
            shell::path(&self.out)
        ))?;
        Ok(Verdict::Holds)
    }
}

impl Replay {
    fn run(self) -> Result<Verdict> {
        if let Some(path) =
            self.save.as_ref().filter(|path| path.extension().is_none_or(|e| !e.eq_ignore_ascii_case("csv")))
        {
            return Err(anyhow!(
                "--save {}: the matrix is written as .csv; give a name that ends in .csv",
                path.display()
            ));
        }
        check_inputs_stay([&self.report], &self.save)?;
        let mut outputs = Outputs::new();
        let save = LaterFile::create(&mut outputs, self.save.as_deref())?;
        let results = Results::read(&self.report)?;
        let number = self.matrix;
        let recorded = results.records.get(number).ok_or_else(|| {
            let last = results.records.len() - 1;
            anyhow!("--matrix {number}: {} has matrices 0 to {last}", self.report.display())
        })?;
        let plan = &results.plan;
        let judgement = judge_again(plan, &recorded.item())
            .with_context(|| format!("matrix {number} of {}", self.report.display()))?;
        let difference = Record::new(&recorded.item(), &judgement).difference(recorded);
        if let Some(file) = save {
            let matrix = plan.matrix(&recorded.item());
            let row = |row: Vec<f64>| row.iter().map(|value| format!("{value:?}")).collect::<Vec<_>>().join(",") + "\n";
            let text: String = matrix.row_iter().map(|r| row(r.iter().copied().collect())).collect();
            file.write(text.as_bytes())?;
        }
        outputs.commit()?;
        let core = Core::new(*plan.shape(recorded.core));
        if self.json {
            let difference = difference.as_ref();
            output::json(&json!({
                "core": Summary::new(&core), "results": [judgement], "recorded": recorded,
                "equal": difference.is_none(), "difference": difference,
            }))?;
        } else {
            simulate::print(&core, &[judgement])?;
            if let Some(path) = &self.save {
                let flags = plan.cores[recorded.core].core.flags();
                let scale = plan.settings.input_scale;
                output::print(format!(
                    "To look into it, run: svdforge simulate {flags} --input-scale {scale} --matrix {} --vcd waves.vcd",
                    shell::path(path)
                ))?;
            }
            output::print(match &difference {
                None => "The result is as in the report.".to_owned(),
                Some(difference) => format!("The result is NOT as in the report: {difference}"),
            })?;
        }
        Ok(if difference.is_none() { Verdict::Holds } else { Verdict::Fails })
    }
}
