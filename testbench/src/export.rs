//! All files of an exported core.

use crate::engine::SimulatorError;
use svdforge_hdl::core::Core;
use svdforge_hdl::export::datasheet::datasheet;
use svdforge_hdl::export::manifest::{Summary, manifest};
use svdforge_hdl::export::{File, picture, verilog};

/// Verilog, file list, testbench with its data, pictures, datasheet and `core.json`.
pub fn export(core: &Core) -> Result<Vec<File>, ExportError> {
    let header = Summary::new(core).header();
    let name = core.shape.name();
    let mut files = verilog::verilog(&core.design, &header);
    files.push(File { name: format!("{name}.dot"), text: picture::dot(&core.design, core.design.top()) });
    files.push(File { name: format!("{name}.svg"), text: picture::svg(&core.design, core.design.top()) });
    files.push(datasheet(core));
    let mut names: Vec<String> = files.iter().map(|f| f.name.clone()).collect();
    names.push("core.json".to_owned());
    names.sort();
    files.push(manifest(core, &names));
    Ok(files)
}

/// Why an export could not be made.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The simulator, which makes the testbench's data, failed.
    #[error("the testbench's data: {0}")]
    Simulator(#[from] SimulatorError),
}
