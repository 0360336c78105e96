//! The command `svdforge synth`.

use crate::options::CoreOptions;
use crate::progress::Progress;
use crate::{Verdict, output};
use anyhow::Result;
use clap::Args;
use svdforge_testbench::throughput::period;
use svdforge_tools::synth::{Options, SynthReport, Target, synth};

/// Synthesise a core with Yosys, and with --pnr also place and route it with nextpnr
///
/// Example: svdforge synth --target ecp5-85k --pnr
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct Synth {
    #[command(flatten)]
    core: CoreOptions,
    /// Device: ecp5-25k, ecp5-45k, ecp5-85k, ice40-up5k, ice40-hx8k, xc7, gowin-gw2a or generic
    #[arg(long, value_name = "T")]
    target: Target,
    /// Also place and route (ECP5), to find the clock rate and the critical path; takes minutes
    #[arg(long)]
    pnr: bool,
    /// Seed of the placement
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u32,
    /// Print the result as JSON
    #[arg(long)]
    json: bool,
}

impl Synth {
    /// Synthesises the core and prints the result.
    pub fn run(self) -> Result<Verdict> {
        let core = self.core.core()?;
        let cycles = if self.pnr { Some(period(&core)?) } else { None };
        let options = Options { seed: self.seed, cycles_per_matrix: cycles, ..Options::default() };
        let progress = Progress::start("synthesising with Yosys");
        progress.announce(match self.pnr {
            true => "then placing and routing with nextpnr; this takes some minutes",
            false => "which takes up to a minute",
        });
        let report = synth(&core, self.target, self.pnr, &options)?;
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
    if let Some(fmax) = report.fmax_mhz {
        table.add_row(["Fmax, MHz".into(), output::number(format!("{fmax:.1}"))]);
    }
    if let Some(rate) = report.svd_per_second {
        table.add_row(["matrices per second".into(), output::number(format!("{rate:.0}"))]);
    }
    let tools: Vec<String> = report.tools.iter().map(|(name, version)| format!("{name} {version}")).collect();
    let device = report.device.as_deref().map_or(String::new(), |d| format!(", {d}"));
    output::print(format!("{}{device}; {}", report.target, tools.join(", ")))?;
    output::print(table)?;
    if let Some(path) = &report.critical_path {
        output::print(format!("Critical path: {:.2} ns, from {} to {}", path.delay_ns, path.from, path.to))?;
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
