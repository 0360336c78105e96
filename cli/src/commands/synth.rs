//! The command `svdforge synth`.

use crate::options::CoreOptions;
use crate::progress::Progress;
use crate::{Verdict, output};
use anyhow::Result;
use clap::Args;
use std::num::NonZeroU32;
use svdforge_testbench::throughput::period;
use svdforge_tools::synth::{Options, SynthReport, Target, synth};

/// Synthesise a core with Yosys, and with --pnr also place and route it with nextpnr
///
/// Example: svdforge synth --target ecp5-85k --pnr --seeds 5
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct Synth {
    #[command(flatten)]
    core: CoreOptions,
    /// Device: ecp5-25k, ecp5-45k, ecp5-85k, ice40-up5k, ice40-hx8k, xc7, gowin-gw2a or generic
    #[arg(long, value_name = "T")]
    target: Target,
    /// Also place and route (ECP5, iCE40, Gowin), to find the clock rate and the critical path; takes minutes
    #[arg(long)]
    pnr: bool,
    /// First seed of the placement
    #[arg(long, value_name = "S", default_value_t = 1, value_parser = clap::value_parser!(u32).range(0..=1_000_000_000))]
    seed: u32,
    #[command(flatten)]
    seeds: Seeds,
    /// Print the result as JSON
    #[arg(long)]
    json: bool,
}

/// How many seeds are placed and routed.
#[derive(Args, Clone, Copy)]
pub struct Seeds {
    /// Place and route with this many seeds, 1 to 100, and report the median clock rate and the spread
    #[arg(long, value_name = "N", default_value_t = 1, requires = "pnr", value_parser = clap::value_parser!(u32).range(1..=100))]
    seeds: u32,
}

impl Seeds {
    /// The number of seeds.
    pub fn get(self) -> NonZeroU32 {
        NonZeroU32::new(self.seeds).unwrap_or(NonZeroU32::MIN)
    }
}

impl Synth {
    /// Synthesises the core and prints the result.
    pub fn run(self) -> Result<Verdict> {
        let core = self.core.core()?;
        let cycles = if self.pnr { Some(period(&core)?) } else { None };
        let options = Options { seed: self.seed, seeds: self.seeds.get(), cycles_per_matrix: cycles };
        let place = (self.pnr, self.seeds.get().get());
        let progress = match place {
            (true, count) if count > 1 => Progress::steps(count as usize, "placing and routing with nextpnr"),
            _ => Progress::start("synthesising with Yosys"),
        };
        progress.announce(match place {
            (true, 1) => "then placing and routing with nextpnr; this takes some minutes",
            (true, _) => "after synthesis with Yosys; this takes some minutes for each seed",
            (false, _) => "which takes up to a minute",
        });
        let step = |done| {
            if place.1 > 1 {
                progress.inc(u64::from(done > 0));
            }
        };
        let report = synth(&core, self.target, self.pnr, &options, &step)?;
        drop(progress);
        if self.json {
            output::json(&report)?;
        } else {
            print(&report)?;
        }
        Ok(Verdict::Holds)
    }
}

fn print(report: &SynthReport) -> Result<()> {
    let mut table = output::table(&["", "used"]);
    let figures = [
        ("LUT", report.lut),
        ("flip-flops", report.ff),
        ("multiplier blocks (DSP)", report.dsp),
        ("bits of memory", report.memory_bits),
        ("bits of tables", report.table_bits),
        ("block RAMs", report.block_rams),
    ];
    for (name, value) in figures {
        table.add_row([name.into(), output::number(value)]);
    }
    let median = if report.seeds.len() > 1 { "Fmax, MHz, median" } else { "Fmax, MHz" };
    let mut rates = vec![(median.to_owned(), report.fmax_mhz)];
    if let [first, .., last] = report.seeds[..] {
        rates.push(("  lowest".to_owned(), report.fmax_min_mhz));
        rates.push((format!("  highest, of seeds {} to {}", first.seed, last.seed), report.fmax_max_mhz));
    }
    for (name, rate) in rates {
        if let Some(rate) = rate {
            table.add_row([name.into(), output::number(format!("{rate:.1}"))]);
        }
    }
    if let Some(rate) = report.svd_per_second {
        table.add_row(["matrices per second".into(), output::number(format!("{rate:.0}"))]);
    }
    let tools: Vec<String> = report.tools.iter().map(|(name, version)| format!("{name} {version}")).collect();
    let device = report.device.map_or(String::new(), |d| format!(", {d}"));
    output::print(format!("{}{device}; {}", report.target, tools.join(", ")))?;
    output::print(table)?;
    if let Some(bits) = report.frame_bits {
        output::print(format!(
            "The core is placed in a frame of shift registers that connects its {bits} bits of ports; the area includes it."
        ))?;
    }
    if let Some(caveat) = report.caveat {
        output::print(format!("Take care: {caveat}."))?;
    }
    if let Some(path) = &report.critical_path {
        let several = report.seeds.len() > 1;
        let of_seed = report.seed.filter(|_| several).map_or(String::new(), |seed| format!(" with seed {seed}"));
        output::print(format!("Critical path{of_seed}: {:.2} ns, from {} to {}", path.delay_ns, path.from, path.to))?;
        let mut table = output::table(&["instance", "module", "logic, ns", "routing, ns"]);
        for share in &path.shares {
            let (logic, routing) = (format!("{:.2}", share.logic_ns), format!("{:.2}", share.routing_ns));
            table.add_row([
                (&share.instance).into(),
                (&share.module).into(),
                output::number(logic),
                output::number(routing),
            ]);
        }
        output::print(table)?;
    }
    Ok(())
}
