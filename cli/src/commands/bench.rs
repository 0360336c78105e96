//! The commands `svdforge bench core`, `svdforge bench growth`, `svdforge bench sim` and `svdforge bench sweeps`.

mod growth;
mod sweeps;

use crate::options::CoreOptions;
use crate::progress::Progress;
use crate::{Verdict, output};
use anyhow::{Error, Result, bail};
use clap::{Args, Subcommand};
use svdforge_hdl::core::Core;
use svdforge_studies::bench::{CoreBench, MOST_LANES, bench, check_lanes};
use svdforge_testbench::throughput::{Throughput, throughput};

/// Measure the speed of a core, or of the simulators
#[derive(Args)]
pub struct Bench {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    Core(CoreSpeed),
    Growth(growth::Growth),
    Sim(Sim),
    Sweeps(sweeps::Sweeps),
}

/// Stream random matrices through the simulated core without a pause, and measure its throughput
///
/// Example: svdforge bench core --rows 4 --cols 4 --interleave auto
#[derive(Args)]
#[command(verbatim_doc_comment)]
struct CoreSpeed {
    #[command(flatten)]
    core: CoreOptions,
    /// Number of matrices, more than twice as many as are in flight
    #[arg(long, value_name = "N", default_value_t = 200, value_parser = clap::value_parser!(u32).range(3..=1_000_000))]
    frames: u32,
    /// The first matrix of the random sequence
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u32,
    /// Print the result as JSON
    #[arg(long)]
    json: bool,
}

/// Run this simulator, Verilator -O3 and Icarus on the same core and matrices, and compare their speed
#[derive(Args)]
struct Sim {
    #[command(flatten)]
    core: CoreOptions,
    /// Number of matrices to run
    #[arg(long, value_name = "K", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    matrices: u32,
    /// Number of matrices that are simulated at the same time in a further run of this simulator: a multiple of 4, at
    /// most 64, that divides the number of matrices [default: 64, and the rest together]
    #[arg(long, value_name = "L")]
    lanes: Option<usize>,
    /// Print the result as JSON
    #[arg(long)]
    json: bool,
}

impl Bench {
    /// Measures the speed and prints it.
    pub fn run(self) -> Result<Verdict> {
        match self.what {
            What::Core(core) => core.run(),
            What::Growth(growth) => growth.run(),
            What::Sim(sim) => sim.run(),
            What::Sweeps(sweeps) => sweeps.run(),
        }
    }
}

impl CoreSpeed {
    fn run(self) -> Result<Verdict> {
        let core = self.core.core()?;
        let (frames, edge) = (self.frames as usize, 2 * core.shape().in_flight());
        if frames < edge + 2 {
            bail!(
                "--frames {frames}: the first and the last {} results do not count; give at least {}",
                edge / 2,
                edge + 2
            );
        }
        let progress = Progress::start("measuring");
        let result = throughput(&core, frames, self.seed.into())?;
        drop(progress);
        if self.json {
            output::json(&result)?;
        } else {
            print_core(&core, &result)?;
        }
        Ok(if result.results_correct == frames { Verdict::Holds } else { Verdict::Fails })
    }
}

fn print_core(core: &Core, result: &Throughput) -> Result<()> {
    let mut table = output::table(&["cycles", "mean", "largest"]);
    for (what, counts) in [("from one result to the next", result.interval_cycles), ("latency", result.latency_cycles)]
    {
        table.add_row([what.into(), output::number(format!("{:.1}", counts.mean)), output::number(counts.max)]);
    }
    output::print(format!(
        "{}: {} random matrices without a pause, {} in flight, {:.2} sweeps in the mean, {} at most",
        core.shape().name(),
        result.frames,
        core.shape().in_flight(),
        result.sweeps.mean,
        result.sweeps.max
    ))?;
    output::print(table)?;
    output::print(format!(
        "The multipliers of the rotators are busy for {:.1} % of the run. {} of {} results keep what is promised.",
        100.0 * result.utilisation,
        result.results_correct,
        result.frames
    ))
}

impl Sim {
    fn run(self) -> Result<Verdict> {
        let sim = self;
        let matrices = sim.matrices as usize;
        if let Some(lanes) = sim.lanes {
            check_lanes(lanes, matrices).map_err(Error::msg)?;
        }
        let core = sim.core.core()?;
        let progress = Progress::start("measuring");
        progress.announce("and Verilator takes most of a minute to build the core");
        let result = bench(&core, matrices, sim.lanes.unwrap_or(MOST_LANES))?;
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
    let titles = ["simulator", "lanes", "threads", "cycles per second", "relative to the first", "seconds to build"];
    let mut table = output::table(&titles);
    for engine in &result.engines {
        table.add_row([
            engine.name.into(),
            output::number(engine.lanes),
            output::number(engine.threads),
            output::number(format!("{:.0}", engine.cycles_per_second)),
            output::number(format!("{:.2}", engine.cycles_per_second / own)),
            output::number(format!("{:.2}", engine.build_s)),
        ]);
    }
    output::print(format!(
        "{} x {}: matrices that take {} cycles one after the other; with lanes, the cycles of all lanes count",
        result.core.shape.rows(),
        result.core.shape.cols(),
        result.cycles
    ))?;
    output::print(table)?;
    output::print(if result.output_hash_equal {
        "All simulators delivered the same beats in the same cycles."
    } else {
        "The outputs of the simulators DIFFER."
    })
}
