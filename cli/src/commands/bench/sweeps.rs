//! The command `svdforge bench sweeps`.

use crate::options::CoreOptions;
use crate::progress::Progress;
use crate::values::Values;
use crate::{Verdict, output};
use anyhow::{Context, Result, bail};
use clap::Args;
use svdforge_hdl::core::Core;
use svdforge_studies::sweeps::{search, searched};

/// Search for the matrices that take most sweeps, and compare them with the sweep cap of the core
///
/// Random matrices of all families are changed again and again, and a change is kept unless the
/// matrix becomes easier. The sweeps are those of the simulated core, bit for bit. The exit status is
/// 1 if a matrix was not settled when the cap was reached. docs/sweeps.md has results.
/// Example: svdforge bench sweeps --n 2..8 --matrices 200000
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct Sweeps {
    #[command(flatten)]
    core: CoreOptions,
    /// The sizes n of the matrices, n x n; takes numbers and ranges
    #[arg(long, value_name = "LIST", default_value = "2..8", value_parser = Values::numbers)]
    n: Values,
    /// Number of matrices of each size
    #[arg(long, value_name = "K", default_value_t = 20_000, value_parser = clap::value_parser!(u32).range(1..=1_000_000_000))]
    matrices: u32,
    /// Seed of everything that is random
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u32,
    /// Print the result as JSON, with the hardest matrix of each size
    #[arg(long)]
    json: bool,
}

impl Sweeps {
    pub fn run(self) -> Result<Verdict> {
        self.core.only_real()?;
        let parameters = self.core.parameters()?;
        if self.core.fixed()?.size.is_some() {
            bail!("--rows and --cols: square matrices of several sizes are searched; give --n 4,8");
        }
        let mut cores = Vec::new();
        for n in self.n.all().flatten() {
            let shape = searched(&parameters, n as usize).with_context(|| format!("--n {n}"))?;
            cores.push(Core::new(shape));
        }
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let all = cores.len() * self.matrices as usize;
        let progress = Progress::steps(all, "searching matrices");
        progress.announce(&format!("{all} of them"));
        let mut results = Vec::new();
        for core in &cores {
            let found = search(core, self.matrices.into(), self.seed.into(), threads, &|done| progress.inc(done))?;
            results.push(found);
        }
        drop(progress);
        let settled = results.iter().all(|result| result.not_settled == 0);
        if self.json {
            output::json(&serde_json::json!({ "seed": self.seed, "searches": results }))?;
        } else {
            let heads = [
                "n",
                "matrices",
                "most sweeps",
                "of matrices not changed",
                "cap",
                "took most",
                "not settled at the cap",
            ];
            let mut table = output::table(&heads);
            for result in &results {
                table.add_row([
                    output::number(result.core.shape.cols()),
                    output::number(result.matrices),
                    output::number(result.most),
                    output::number(result.most_drawn),
                    output::number(result.cap),
                    output::number(result.sweeps.get(&result.most).unwrap_or(&0)),
                    output::number(result.not_settled),
                ]);
            }
            output::print(table)?;
        }
        Ok(if settled { Verdict::Holds } else { Verdict::Fails })
    }
}
