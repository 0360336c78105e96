//! The command `svdforge bench growth`.

use crate::options::{CoreOptions, Varied};
use crate::progress::Progress;
use crate::values::Values;
use crate::{Verdict, output};
use anyhow::{Context, Result, anyhow, bail};
use clap::Args;
use std::path::{Path, PathBuf};
use svdforge_files::check_results;
use svdforge_hdl::parameters::{self, ArchitectureName, NamedChoice, Parameters};
use svdforge_hdl::shape::Shape;
use svdforge_studies::growth::{FILES, Growth as Study, MOST, Measurement, measure};
use svdforge_tools::process::run_program;
use svdforge_tools::synth::{Target, tools};

/// The sizes that are measured if the user gives none, as far as there are cores of them.
const SIZES: [u32; 7] = [4, 6, 8, 12, 16, 32, 64];

/// Measure how the cost of a core grows with the size of its matrices: cycles, multipliers, LUTs, memory, and what it
/// takes to generate and to simulate it
///
/// Every size and every architecture is a core, which is measured in a process of its own. The command
/// prints a table for each architecture, and the law n^a that fits each column best. With --out it
/// writes them as growth.md, growth.json, and growth.svg with a plot of each column.
/// Example: svdforge bench growth
/// Example: svdforge bench growth --n 4..16:4,32 --target ecp5-85k --out growth
#[derive(Args)]
#[command(
    verbatim_doc_comment,
    mut_arg("arch", |arg| arg.help("How many 2x2 blocks are rotated per cycle; takes several values [default: all]")),
)]
pub struct Growth {
    #[command(flatten)]
    core: CoreOptions,
    /// The sizes n of the matrices, n x n; takes numbers and ranges [default: 4,6,8,12,16,32,64, as far as allowed]
    #[arg(long, value_name = "LIST", value_parser = Values::numbers)]
    n: Option<Values>,
    /// Synthesise each core for this device with Yosys, to count LUTs; see `svdforge synth --help`
    #[arg(long, value_name = "T")]
    target: Option<Target>,
    /// Folder for the table and the plot; created if it does not exist
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Print the result as JSON
    #[arg(long)]
    json: bool,
    /// Measure the one core that the options describe, in this process
    #[arg(long, hide = true)]
    here: bool,
}

impl Growth {
    pub fn run(self) -> Result<Verdict> {
        if self.here {
            output::json(&measure(self.core.shape()?, self.target)?)?;
            return Ok(Verdict::Holds);
        }
        let (base, shapes) = self.shapes()?;
        if let Some(target) = self.target {
            tools(target, false)?;
        }
        if let Some(out) = &self.out {
            check_results(out, &FILES)?;
        }
        let progress = Progress::steps(shapes.len(), "measuring cores");
        progress.announce(&format!("{} of them", shapes.len()));
        let program = std::env::current_exe().context("the program svdforge itself is not found")?;
        let mut measurements = Vec::new();
        for shape in &shapes {
            measurements.push(self.measured(&program, shape)?);
            progress.inc(1);
        }
        drop(progress);
        let study = Study { command: self.command(&base, &shapes), target: self.target, measurements };
        if let Some(out) = &self.out {
            study.write(out)?;
        }
        if self.json {
            output::json(&study.document())?;
        } else {
            print(&study, self.out.as_deref())?;
        }
        Ok(Verdict::Holds)
    }

    /// The parameters that all cores share, and the cores to measure, by architecture, then by size.
    fn shapes(&self) -> Result<(Parameters, Vec<Shape>)> {
        self.core.only_real()?;
        let Varied { base, sized, axes } = self.core.varied()?;
        if sized {
            bail!("--rows and --cols: the cores take square matrices of several sizes; give --n 4,8,16");
        }
        let (mut architectures, mut base) = (ArchitectureName::ALL.to_vec(), base);
        for axis in axes {
            match &axis.values[..] {
                values if axis.option.name == "arch" => {
                    let of = |value: &parameters::Value| ArchitectureName::from_name("arch", &value.to_string());
                    architectures = values.iter().map(of).collect::<Result<_, _>>()?;
                }
                [value] => axis.option.set(&mut base, value)?,
                values => bail!(
                    "--{}: {} values are given, but only one is allowed; only --n and --arch take several here",
                    axis.option.name,
                    values.len()
                ),
            }
        }
        let sizes: Vec<usize> = match &self.n {
            Some(sizes) => sizes.all().flatten().map(|n| n as usize).collect(),
            None => SIZES.map(|n| n as usize).to_vec(),
        };
        if sizes.len() * architectures.len() > MOST {
            bail!("--n: {} cores are more than {MOST}; give fewer sizes", sizes.len() * architectures.len());
        }
        let mut shapes = Vec::new();
        for arch in architectures {
            for &n in &sizes {
                match (Parameters { rows: n, cols: n, arch, ..base }.shape(), &self.n) {
                    (Ok(shape), _) => shapes.push(shape),
                    // The largest of the default sizes need not be possible.
                    (Err(_), None) if n > sizes[0] => (),
                    (Err(error), _) => return Err(anyhow!("{arch} {n} x {n}: {error}")),
                }
            }
        }
        Ok((base, shapes))
    }

    fn measured(&self, program: &Path, shape: &Shape) -> Result<Measurement> {
        let mut arguments = vec!["bench".to_owned(), "growth".to_owned(), "--here".to_owned()];
        arguments.extend(shape.parameters().flags().split(' ').map(str::to_owned));
        arguments.extend(self.target.iter().flat_map(|target| ["--target".to_owned(), target.to_string()]));
        let finished = run_program(program, &arguments, &std::env::temp_dir())?.success()?;
        serde_json::from_str(&finished.stdout)
            .with_context(|| format!("`{}` printed no measurement: {}", finished.command, finished.stdout))
    }

    /// The command that measures the same.
    fn command(&self, base: &Parameters, shapes: &[Shape]) -> String {
        let mut sizes: Vec<usize> = shapes.iter().map(Shape::cols).collect();
        sizes.sort_unstable();
        sizes.dedup();
        let sizes: Vec<String> = sizes.iter().map(usize::to_string).collect();
        let mut architectures: Vec<String> = shapes.iter().map(|shape| shape.arch().to_string()).collect();
        architectures.dedup();
        let default = Parameters::default().given();
        let changed = base.given().into_iter().filter(|option| !default.contains(option));
        let mut command = format!("svdforge bench growth --n {} --arch {}", sizes.join(","), architectures.join(","));
        for (name, value) in changed {
            command += &match value {
                parameters::Value::Switch(_) => format!(" --{name}"),
                value => format!(" --{name} {value}"),
            };
        }
        if let Some(target) = self.target {
            command += &format!(" --target {target}");
        }
        command
    }
}

fn print(study: &Study, out: Option<&Path>) -> Result<()> {
    for arch in study.architectures() {
        let heads: Vec<&str> = std::iter::once("n").chain(study.figures().map(|figure| figure.heading)).collect();
        let mut table = output::table(&heads);
        for row in study.rows(arch) {
            table.add_row(row.into_iter().map(output::number));
        }
        output::print(format!("{arch}; the last row tells how each column grows with n"))?;
        output::print(table)?;
    }
    out.map_or(Ok(()), |out| output::print(format!("{}: {}", out.display(), FILES.join(", "))))
}
