//! The command `svdforge bench`.

use crate::options::CoreOptions;
use crate::progress::Progress;
use crate::{Verdict, output};
use anyhow::Result;
use clap::{Args, Subcommand};
use svdforge_studies::bench::{CoreBench, bench};

/// Measure the speed of the simulators
#[derive(Args)]
pub struct Bench {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    Sim(Sim),
}

/// Run this simulator, Verilator -O3 and Icarus on the same core and matrices, and compare their speed
#[derive(Args)]
struct Sim {
    #[command(flatten)]
    core: CoreOptions,
    /// Number of matrices to run
    #[arg(long, value_name = "K", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    matrices: u32,
    /// Print the result as JSON
    #[arg(long)]
    json: bool,
}

impl Bench {
    /// Measures the speed and prints it.
    pub fn run(self) -> Result<Verdict> {
        let What::Sim(sim) = self.what;
        let core = sim.core.core()?;
        let progress = Progress::start("measuring");
        progress.announce("and Verilator takes most of a minute to build the core");
        let result = bench(&core, sim.matrices as usize)?;
        drop(progress);
        if sim.json {
            output::json(&serde_json::json!({ "cores": [result] }))?;
        } else {
            print(&result)?;
        }
        Ok(if result.output_hash_equal { Verdict::Holds } else { Verdict::Fails })
    }
}

fn print(result: &CoreBench) -> Result<()> {
    let own = result.engines[0].cycles_per_second;
    let mut table = output::table(&["simulator", "cycles per second", "relative to svdforge", "seconds to build"]);
    for engine in &result.engines {
        table.add_row([
            engine.name.into(),
            output::number(format!("{:.0}", engine.cycles_per_second)),
            output::number(format!("{:.2}", engine.cycles_per_second / own)),
            output::number(format!("{:.2}", engine.build_s)),
        ]);
    }
    output::print(format!(
        "{} cycles of {} x {}, one matrix at a time, one thread",
        result.cycles,
        result.core.shape.rows(),
        result.core.shape.cols()
    ))?;
    output::print(table)?;
    output::print(if result.output_hash_equal {
        "All simulators delivered the same beats in the same cycles."
    } else {
        "The outputs of the simulators DIFFER."
    })
}
