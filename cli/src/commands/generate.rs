//! The command `svdforge generate`.

use crate::options::CoreOptions;
use crate::progress::Progress;
use crate::{Verdict, output, shell};
use anyhow::Result;
use clap::Args;
use std::path::PathBuf;
use svdforge_files::{check_inputs_stay, write_export};
use svdforge_hdl::export::manifest::Summary;
use svdforge_testbench::export::export;

/// What is said when the folder was left by a run that did not come to its end.
pub const COMPLETED: &str = "An export into this folder had been interrupted; it is complete now.";

/// Export a core: Verilog, self-checking testbench, datasheet, picture, and files for other tools
///
/// Example: svdforge generate --rows 16 --word 18 --out my_core
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct Generate {
    #[command(flatten)]
    core: CoreOptions,
    /// Folder to write. An earlier export in it is replaced, and your own files in it stay. If you have changed a file
    /// of the export, or have one of the same name, nothing is written
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Also write into a folder that is no earlier export and holds other files. They stay, and those of the export
    /// come beside them; a file of yours is never overwritten
    #[arg(long)]
    force: bool,
    /// Print the core as JSON
    #[arg(long)]
    json: bool,
}

impl Generate {
    /// Makes the core and writes its export.
    pub fn run(self) -> Result<Verdict> {
        let core = self.core.core()?;
        let progress = Progress::start("simulating the example of the testbench");
        let files = export(&core)?;
        drop(progress);
        check_inputs_stay(self.core.config(), files.iter().map(|file| self.out.join(&file.name)))?;
        if write_export(&self.out, &files, self.force)? {
            output::note(COMPLETED);
        }
        let summary = Summary::new(&core);
        if self.json {
            output::json(&serde_json::json!({ "core": summary, "out": self.out, "files": files.len() }))?;
        } else {
            let (out, folder, name) = (self.out.display(), shell::path(&self.out), core.shape().name());
            output::print(format!(
                "{out}: {} files, {} multipliers, {} cycles per sweep, at most {} sweeps. Start with {out}/README.md.\n\
                 To see it work: cd {folder} && iverilog -g2005 -o sim -c {name}.f {name}_tb.v && vvp -n sim",
                files.len(),
                summary.multipliers,
                summary.sweep_cycles,
                summary.sweep_cap
            ))?;
        }
        Ok(Verdict::Holds)
    }
}
