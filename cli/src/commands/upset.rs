//! The command `svdforge upset`.

use crate::commands::simulate::waves;
use crate::endings;
use crate::options::CoreOptions;
use crate::progress::Progress;
use crate::{Verdict, output};
use anyhow::{Result, bail};
use clap::{Args, ValueEnum};
use std::path::PathBuf;
use svdforge_files::{Outputs, check_inputs_stay};
use svdforge_golden::digits::fixed;
use svdforge_hdl::core::Core;
use svdforge_studies::upset::{
    Campaign, Class, CoreUpsets, Malformed, Plan, Replay, Tally, TrafficKind, Upset as OneUpset, random_cores, replay,
};

/// Flip random bits of registers and memories of a simulated core, and tell what becomes of its results
///
/// In each upset one bit is flipped in one cycle, while frames stream through the core. The frames are
/// compared with those of an undisturbed core, and results that differ with the golden model. The
/// table tells for each module what its upsets did; docs/upset.md explains it. The exit status is 1
/// if a core did not recover by itself.
/// Example: svdforge upset --rows 4 --cols 4 --upsets 10000
/// Example: svdforge upset --rows 4 --cols 4 --upsets 10000 --replay 17 --fst upset.fst
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct Upset {
    #[command(flatten)]
    core: CoreOptions,
    /// Number of upsets of each core
    #[arg(long, value_name = "N", default_value_t = 2400, value_parser = clap::value_parser!(u32).range(1..=100_000_000))]
    upsets: u32,
    /// Seed of everything that is random; the same seed makes the same upsets, whatever the number of threads
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u32,
    /// Take this many random cores, with the other options of the core, instead of one
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000))]
    random: Option<u32>,
    /// How frames are sent
    #[arg(long, value_name = "KIND", default_value = "both")]
    traffic: Traffic,
    /// Flip only bits of registers and memories whose hierarchical name contains this text
    #[arg(long, value_name = "TEXT")]
    only: Option<String>,
    /// Threads that simulate [default: as many as there are processors]
    #[arg(long, value_name = "T", value_parser = clap::value_parser!(u32).range(1..=1024))]
    threads: Option<u32>,
    /// Count this many levels of the hierarchy apart
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u32).range(1..=100))]
    depth: u32,
    /// List this many of the upsets that did most harm
    #[arg(long, value_name = "N", default_value_t = 10)]
    worst: u32,
    /// Run the upset with this number again and show what became of each frame
    ///
    /// The core, --seed, --traffic and --only must be those of the campaign.
    #[arg(long, value_name = "NUMBER", conflicts_with = "random")]
    replay: Option<u32>,
    /// With --replay: write the waveforms of every named signal, as VCD (.vcd)
    #[arg(long, value_name = "FILE", requires = "replay", value_parser = endings::vcd)]
    vcd: Option<PathBuf>,
    /// With --replay: write the same waveforms as FST (.fst)
    #[arg(long, value_name = "FILE", requires = "replay", value_parser = endings::fst)]
    fst: Option<PathBuf>,
    /// Print the result as JSON
    #[arg(long)]
    json: bool,
}

/// How frames are sent.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
enum Traffic {
    /// Each one after the result of the one before
    Single,
    /// Without a pause
    BackToBack,
    /// Half of the upsets in each way
    Both,
}

impl Upset {
    /// Runs the campaign, or replays an upset, and prints what was found.
    pub fn run(self) -> Result<Verdict> {
        self.core.only_real()?;
        let plan = Plan {
            upsets: self.upsets as usize,
            seed: self.seed.into(),
            traffic: match self.traffic {
                Traffic::Single => TrafficKind::Single,
                Traffic::BackToBack => TrafficKind::BackToBack,
                Traffic::Both => TrafficKind::Both,
            },
            only: self.only.clone(),
        };
        if let Some(number) = self.replay {
            return self.replay(&plan, number as usize);
        }
        let cores = match self.random {
            Some(count) => random_cores(&self.core.parameters()?, count as usize, self.seed.into())
                .into_iter()
                .map(Core::new)
                .collect(),
            None => vec![self.core.core()?],
        };
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let threads = self.threads.map_or(processors, |threads| threads as usize);
        let progress = Progress::steps(cores.len() * plan.upsets, "simulating upsets");
        progress.announce(&format!("{} of them", cores.len() * plan.upsets));
        let campaign = Campaign { plan, threads, worst: self.worst as usize, depth: self.depth as usize };
        let mut results = Vec::new();
        for core in &cores {
            results.push(campaign.run(core, &|done| progress.inc(done as u64))?);
        }
        drop(progress);
        let recovered = results.iter().all(|result| result.tally.never == 0);
        if self.json {
            output::json(&serde_json::json!({ "seed": self.seed, "cores": results }))?;
        } else {
            for (core, result) in cores.iter().zip(&results) {
                print(core, result)?;
            }
        }
        Ok(if recovered { Verdict::Holds } else { Verdict::Fails })
    }

    fn replay(&self, plan: &Plan, number: usize) -> Result<Verdict> {
        if number >= plan.upsets {
            bail!("--replay {number}: the upsets of the campaign have the numbers 0 to {}", plan.upsets - 1);
        }
        check_inputs_stay(self.core.config(), [&self.vcd, &self.fst].into_iter().flatten())?;
        let core = self.core.core()?;
        let mut outputs = Outputs::new();
        let waves = waves(&mut outputs, self.vcd.as_deref(), self.fst.as_deref())?;
        let progress = Progress::start("replaying the upset");
        let result = replay(&core, plan, number, waves)?;
        drop(progress);
        outputs.commit()?;
        if self.json {
            output::json(&result)?;
        } else {
            print_replay(&core, &result)?;
        }
        Ok(if result.upset.never { Verdict::Fails } else { Verdict::Holds })
    }
}

const HEADS: [&str; 12] = [
    "module",
    "bits",
    "upsets",
    "harmless",
    "slight",
    "equiv.",
    "alarm",
    "refused",
    "noticed",
    "wrong",
    "malformed",
    "never",
];

fn print(core: &Core, result: &CoreUpsets) -> Result<()> {
    let tally = &result.tally;
    output::print(format!(
        "{}: {} upsets in {} bits of registers and memories (svdforge upset {})",
        core.shape().name(),
        tally.upsets,
        result.bits,
        core.shape().parameters().flags()
    ))?;
    let mut table = output::table(&HEADS);
    for module in &result.modules {
        let name = if module.memory { format!("{} (memory)", module.module) } else { module.module.clone() };
        table.add_row(row(&name, module.bits, &module.tally));
    }
    table.add_row(row("all", result.bits, tally));
    output::print(table)?;
    let kinds: Vec<String> = Malformed::ALL
        .iter()
        .filter_map(|kind| Some(format!("{} {}", tally.malformed.get(kind)?, kind.name())))
        .collect();
    let kinds = if kinds.is_empty() { "none".to_owned() } else { kinds.join(", ") };
    output::print(format!("Malformed outputs: {kinds}."))?;
    let after = |frames: usize| tally.recovered_after.get(&frames).copied().unwrap_or(0);
    output::print(format!(
        "Upsets that changed a frame: {} changed only frames that were in the core, {} also later ones ({} of them one \
         frame).\nAfter {} the core did not recover by itself, and after {} of these a reset did not help either.",
        after(0),
        tally.later(),
        after(1),
        tally.never,
        tally.reset_fails
    ))?;
    output::print(match result.noticed_share {
        Some(share) => format!(
            "Of the results that are wrong by more than 16 LSB or given up, {} % say so in their status word.",
            fixed(100.0 * share, 2)
        ),
        None => "No result was wrong by more than 16 LSB.".to_owned(),
    })?;
    if result.worst.is_empty() {
        return Ok(());
    }
    let mut table =
        output::table(&["upset", "register or memory", "bit", "cycle", "class", "excess, LSB", "recovered"]);
    for upset in &result.worst {
        table.add_row([
            output::number(upset.number),
            signal(upset).into(),
            output::number(upset.bit),
            output::number(upset.cycle),
            class(upset.class, upset.malformed).into(),
            output::number(fixed(upset.excess_lsb, 0)),
            recovered(upset).into(),
        ]);
    }
    output::print("The upsets that did most harm; --replay NUMBER shows one in detail:")?;
    output::print(table)
}

fn row(name: &str, bits: u64, tally: &Tally) -> Vec<output::Cell> {
    let classes = Class::ALL.map(|class| output::number(tally.of(class)));
    let first = [name.into(), output::number(bits), output::number(tally.upsets)];
    first.into_iter().chain(classes).chain([output::number(tally.never)]).collect()
}

fn signal(upset: &OneUpset) -> String {
    upset.word.map_or(upset.signal.clone(), |word| format!("{}[{word}]", upset.signal))
}

fn class(class: Class, malformed: Option<Malformed>) -> String {
    malformed.map_or(class.name().to_owned(), |kind| format!("malformed: {}", kind.name()))
}

fn recovered(upset: &OneUpset) -> String {
    match upset.recovered_after {
        _ if upset.never => "never".to_owned(),
        None => "nothing was touched".to_owned(),
        Some(0) => "at once".to_owned(),
        Some(frames) => format!("after {frames} more"),
    }
}

fn print_replay(core: &Core, result: &Replay) -> Result<()> {
    let upset = &result.upset;
    output::print(format!(
        "{}: bit {} of {} is flipped before cycle {}, counted from the end of the reset. Frames are sent {}, {} stalls.",
        core.shape().name(),
        upset.bit,
        signal(upset),
        upset.cycle,
        if result.single { "one by one" } else { "without a pause" },
        if result.stalls { "with" } else { "without" }
    ))?;
    output::print(format!(
        "Before it, {} frames had begun to enter the core, and the results of {} had left it. {} of {} results came.",
        result.entered, result.left, result.came[0], result.came[1]
    ))?;
    output::print(format!("{}, recovered: {}", class(upset.class, upset.malformed), recovered(upset)))?;
    let Some(frames) = &result.frames else { return Ok(()) };
    let mut table = output::table(&["frame", "was", "class", "excess, LSB", "largest difference, LSB"]);
    for (number, frame) in frames.iter().enumerate() {
        let was = match number {
            _ if number < result.left => "before",
            _ if number < result.entered => "in the core",
            _ => "later",
        };
        table.add_row([
            output::number(number),
            was.into(),
            class(frame.class, frame.malformed).into(),
            output::number(fixed(frame.excess_lsb, 2)),
            output::number(fixed(frame.difference_lsb, 2)),
        ]);
    }
    output::print(table)
}
