//! The command `svdforge explore`.

use crate::commands::synth::Seeds;
use crate::options::{CoreOptions, Varied};
use crate::progress::Progress;
use crate::{Verdict, interrupt, output};
use anyhow::{Result, anyhow};
use clap::Args;
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};
use svdforge_files::{check_inputs_stay, check_results};
use svdforge_golden::Family;
use svdforge_hdl::parameters::{self, OPTIONS};
use svdforge_studies::campaign::plan::{MAX_SEED, SEED_STEP};
use svdforge_studies::campaign::{Shard, run};
use svdforge_studies::explore::measured::Setup;
use svdforge_studies::explore::pick::{Pick, Picked};
use svdforge_studies::explore::space::{Axis, LeftOut, Space};
use svdforge_studies::explore::synthesis::synthesise;
use svdforge_studies::explore::{Exploration, FILES};
use svdforge_studies::report::prepare_folder;
use svdforge_tools::synth::Target;

/// The words and guard bits that are explored if the user gives none.
const WORDS: [usize; 5] = [12, 14, 16, 18, 20];
const GUARDS: [usize; 5] = [0, 2, 4, 6, 8];

/// Explore many cores: their accuracy, cycles and area, the Pareto front, and the cheapest core that meets conditions
///
/// --word, --guard, --coef, --sweeps and --interleave take lists and ranges, both ends included:
/// 12,16 or 12..20 or 12..24:4 or auto,4..8; --arch takes a list. Every combination is a core, and
/// the same matrices are run through each core in the simulator. The command writes explore.json,
/// explore.csv, explore.md and explore.html into the folder. If it is interrupted, the same command
/// continues where it stopped.
/// Example: svdforge explore --out space
/// Example: svdforge explore --out space --pick "sigma_max_lsb<=1, cycles<=2000"
/// Example: svdforge explore --rows 16 --guard 2..6 --coef auto,16 --sweeps auto,5..8 --out large
/// Example: svdforge explore --rows 4 --word 16 --guard 4 --interleave 1..8 --out flight
/// Example: svdforge explore --guard 0..8:4 --out area --synth --target ecp5-85k --pick "lut<=8000"
#[derive(Args)]
#[command(
    verbatim_doc_comment,
    mut_arg("word", |arg| arg.help("Bits of one input element, signed, 8 to 24; takes several values [default: 12..20:2]")),
    mut_arg("guard", |arg| arg.help("Extra bits inside the core, 0 to 8; each halves the rounding error; takes several values [default: 0..8:2]")),
    mut_arg("coef", |arg| arg.help("Bits of a coefficient, sign included, or `auto` for as many as the error needs; takes several values [default: auto]")),
    mut_arg("arch", |arg| arg.help("How many 2x2 blocks are rotated per cycle; takes several values [default: serial, one]")),
    mut_arg("interleave", |arg| arg.help("Matrices in flight, 1 to 16, or `auto` for as many as keep the rotators busy; takes several values [default: 1]")),
    mut_arg("sweeps", |arg| arg.help("Sweeps: `auto` stops when the matrix has settled, a number K always makes exactly K; takes several values [default: auto]")),
)]
pub struct Explore {
    #[command(flatten)]
    core: CoreOptions,
    /// Number of matrices of each random family for each core
    #[arg(long, value_name = "K", default_value_t = 4, value_parser = clap::value_parser!(u64).range(1..=SEED_STEP))]
    matrices: u64,
    /// Families of matrices, separated by commas [default: all]
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    families: Vec<Family>,
    /// Seed of the campaign
    #[arg(long, value_name = "S", default_value_t = 1, value_parser = clap::value_parser!(u64).range(0..=MAX_SEED))]
    seed: u64,
    /// Conditions such as "sigma_max_lsb<=1, cycles<=2000": print the cheapest core that meets all of them, and the
    /// command that generates it
    #[arg(long, value_name = "CONDITIONS")]
    pick: Option<Pick>,
    /// Synthesise the cores of the front, and with --pick also those that may meet its conditions, to find their LUTs,
    /// flip-flops, DSPs and block RAMs
    #[arg(long, requires = "target")]
    synth: bool,
    /// Device to synthesise for; see `svdforge synth --help`
    #[arg(long, value_name = "T", requires = "synth")]
    target: Option<Target>,
    /// Also place and route them, to find the clock rate; takes minutes for each core
    #[arg(long, requires = "synth")]
    pnr: bool,
    #[command(flatten)]
    seeds: Seeds,
    /// Folder for the results; created if it does not exist
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Print the result as JSON
    #[arg(long)]
    json: bool,
}

/// The answer to `--pick` in the document of `--json`. There is no point and no command if no core passes all checks
/// and fits.
#[derive(Serialize)]
struct Answer {
    conditions: String,
    met: bool,
    point: Option<usize>,
    command: Option<String>,
    misses: Vec<String>,
}

impl Explore {
    /// Runs the campaign, synthesises cores, writes the results, and picks a core.
    pub fn run(self) -> Result<Verdict> {
        self.core.only_real()?;
        check_inputs_stay(self.core.config(), FILES.iter().map(|name| self.out.join(name)))?;
        let (plan, left_out) = self.space()?.plan().map_err(|e| anyhow!("{e}"))?;
        if let Some(pick) = &self.pick {
            pick.check(&plan, self.target.is_some(), self.pnr).map_err(|e| anyhow!("--pick: {e}"))?;
        }
        let setup = self.target.map(|target| Setup::new(target, self.pnr, self.seeds.get())).transpose()?;
        check_results(&self.out, &FILES)?;
        prepare_folder(&self.out, &plan, Some(Shard::ALL.count))?;
        report_left_out(&left_out);
        let progress = Progress::campaign();
        let records = run(&plan, Shard::ALL, &self.out, &progress.follow(&self.out))?;
        drop(progress);
        let matrices = records.len();
        let mut exploration = Exploration::new(plan, left_out, records)?;
        exploration.write(&self.out, self.pick.as_ref())?;
        if let Some((target, setup)) = self.target.zip(setup) {
            let points = exploration.to_synthesise(self.pick.as_ref());
            let progress = Progress::steps(points.len(), "synthesising with Yosys");
            progress.announce(&format!("cores: {}; the results are kept in the folder", points.len()));
            let keep = || {
                let (done, of) = (progress.done(), points.len());
                interrupt::keep(&self.out, format!("all {matrices} matrices and {done} of {of} synthesised cores"));
            };
            keep();
            let step = || {
                progress.inc(1);
                keep();
            };
            let done = synthesise(&mut exploration, &points, target, &setup, &self.out, &step);
            drop(progress);
            // What was measured before an error is kept.
            exploration.write(&self.out, self.pick.as_ref())?;
            done?;
        }
        let answer = self.pick.as_ref().map(|pick| Answer::new(&exploration, pick));
        let met = answer.as_ref().is_none_or(|answer| answer.met);
        if self.json {
            let files: Vec<PathBuf> = FILES.iter().map(|name| self.out.join(name)).collect();
            let mut document: Map<String, Value> = serde_json::from_str(&exploration.to_json())?;
            let more = [("out", json!(self.out)), ("files", json!(files)), ("pick", json!(answer))];
            document.extend(more.map(|(key, value)| (key.to_owned(), value)));
            output::json(&document)?;
        } else {
            print(&exploration, &self.out)?;
            answer.map_or(Ok(()), |answer| answer.print(&exploration))?;
        }
        Ok(if exploration.holds() && met { Verdict::Holds } else { Verdict::Fails })
    }

    fn space(&self) -> Result<Space> {
        let Varied { base, mut axes, .. } = self.core.varied()?;
        for (name, numbers) in [("word", WORDS), ("guard", GUARDS)] {
            if !axes.iter().any(|axis| axis.option.name == name) {
                axes.push(Axis::new(name, numbers.map(parameters::Value::Number)));
            }
        }
        axes.sort_by_key(|axis| OPTIONS.iter().position(|option| option.name == axis.option.name));
        Ok(Space {
            base,
            axes,
            families: if self.families.is_empty() { Family::ALL.to_vec() } else { self.families.clone() },
            matrices: self.matrices,
            seed: self.seed,
        })
    }
}

/// Reports the combinations that are left out.
fn report_left_out(left_out: &[LeftOut]) {
    for LeftOut { reason, combinations } in left_out {
        output::note(format!("left out: {reason} (combinations: {combinations})"));
    }
}

fn print(exploration: &Exploration, out: &Path) -> Result<()> {
    output::print(format!("{}; {}", exploration.headline(), exploration.matrices()))?;
    output::print(table(exploration, &exploration.front()))?;
    for check in exploration.checks.iter().filter(|check| check.holds == Some(false)) {
        output::print(format!("FAILS: {}, for {} of {} matrices", check.name, check.failed.len(), check.matrices))?;
    }
    exploration.too_large().iter().try_for_each(|core| output::print(format!("does not fit: {core}")))?;
    output::print(format!("{}: {}", out.display(), FILES.join(", ")))
}

fn table(exploration: &Exploration, points: &[usize]) -> output::Table {
    let columns = exploration.columns();
    let heads: Vec<&str> = columns.iter().map(|column| column.0).collect();
    // The word and the guard bits name a core.
    let mut table = output::table(&heads).named_by(2);
    for &index in points {
        table.add_row(columns.iter().map(|(_, cell)| output::number(cell(&exploration.points[index]))));
    }
    table
}

impl Answer {
    fn new(exploration: &Exploration, pick: &Pick) -> Self {
        let (point, met, misses) = match pick.of(exploration) {
            Some(Picked::Point(point)) => (Some(point), true, Vec::new()),
            Some(Picked::Nearest(point, misses)) => {
                (Some(point), false, misses.iter().map(ToString::to_string).collect())
            }
            None => (None, false, Vec::new()),
        };
        let command = point.map(|point| exploration.points[point].command());
        Self { conditions: pick.to_string(), met, point, command, misses }
    }

    fn print(&self, exploration: &Exploration) -> Result<()> {
        let (Some(point), Some(command)) = (self.point, &self.command) else {
            return output::print("\nThere is nothing to pick from: no core passes all checks and fits the device.");
        };
        let label = exploration.points[point].label();
        if self.met {
            output::print(format!("\nThe cheapest core with {} is {label}", self.conditions))?;
        } else {
            output::print(format!("\nNo core meets {}. The nearest core is {label}", self.conditions))?;
            self.misses.iter().try_for_each(|miss| output::print(format!("  misses {miss}")))?;
        }
        output::print(table(exploration, &[point]))?;
        output::print(command)
    }
}
