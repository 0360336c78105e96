//! Makes all files of an exported core.

use crate::cocotb_bench::cocotb_files;
use crate::engine::{Engine, EngineError, SimulatorEngine};
use crate::example::{example, shortened};
use crate::speed::measure;
use crate::stimulus::Stalls;
use crate::testbench_verilog::testbench_files;
use svdforge_hdl::core::Core;
use svdforge_hdl::export::c_header::c_header;
use svdforge_hdl::export::constraints::constraints;
use svdforge_hdl::export::datasheet::datasheet;
use svdforge_hdl::export::formal::formal;
use svdforge_hdl::export::fusesoc::fusesoc;
use svdforge_hdl::export::gtkwave::gtkwave;
use svdforge_hdl::export::ipxact::ipxact;
use svdforge_hdl::export::litex::litex;
use svdforge_hdl::export::makefile::makefile;
use svdforge_hdl::export::manifest::{MANIFEST, Summary, manifest};
use svdforge_hdl::export::origin::sha256;
use svdforge_hdl::export::timing::Timing;
use svdforge_hdl::export::vhdl::vhdl;
use svdforge_hdl::export::{File, Listed, Role, picture, verilog};

/// The files of an export: Verilog, file list, testbench with its data, cocotb bench, pictures, datasheet, save files
/// for GTKWave, what presents the core to other tools, and `core.json`. The testbench contains an example run, so an
/// error means that the core failed in the simulator.
pub fn export(core: &Core) -> Result<Vec<File>, EngineError> {
    let header = Summary::new(core).header();
    let name = core.shape().name();
    let stimulus = example(core.shape(), Stalls::random(1, 1000, 0.8, 0.7));
    let mut engine = SimulatorEngine::new(core)?;
    let trace = engine.run(&stimulus)?;
    let speed = measure(core, &mut engine)?;
    let timing = Timing::new(core, speed.typical);
    let measured = speed.shorter.as_ref().unwrap_or(core);

    let mut export = Export::default();
    export.add(|_| Role::Rtl, verilog::verilog(core.design(), &header));
    let of_bench = |name: &str| if name.ends_with(".v") { Role::Testbench } else { Role::Data };
    export.add(of_bench, testbench_files(core, &header, &stimulus, &trace));
    export.add(|_| Role::Testbench, cocotb_files(&header));
    let dot = verilog::provenance("//", &header) + &picture::dot(core.design(), core.design().top());
    let svg = picture::svg(core.design(), core.shape().word(), &header);
    let pictures = [("dot", dot), ("svg", svg)].map(|(kind, text)| File { name: format!("{name}.{kind}"), text });
    export.add(|_| Role::Document, pictures);
    let timing_svg =
        File { name: format!("{name}_timing.svg"), text: picture::timing(core, measured, &speed.streams, &header) };
    export.add(|_| Role::Document, [timing_svg]);
    export.add(|_| Role::Document, [datasheet(core, &timing, shortened(core.shape()).as_deref())]);
    export.add(|_| Role::Data, gtkwave(core, &header));
    export.add(|_| Role::Testbench, formal(core, &header));
    let ports = core.shape().interface().ports();
    export.add(|_| Role::Constraint, constraints(&name, &header, &ports));
    export.add(|_| Role::Wrapper, c_header(core.shape(), &header));
    let wrappers = [
        vhdl(core.shape(), &header, &ports),
        litex(&name, &header, &ports, &export.listed),
        makefile(&name, &header, &export.listed),
        fusesoc(&name, &header, &export.listed),
    ];
    export.add(|_| Role::Wrapper, wrappers);
    // This one lists all others.
    let component = ipxact(&name, &header, &ports, &core.shape().interface().registers(), &export.listed);
    export.add(|_| Role::Wrapper, [component]);
    export.listed.push(Listed { name: MANIFEST.to_owned(), role: Role::Data, sha256: None });
    export.listed.sort_by(|a, b| a.name.cmp(&b.name));
    export.files.push(manifest(core, &timing, &export.listed));
    Ok(export.files)
}

/// The files so far, and the list of them.
#[derive(Default)]
struct Export {
    files: Vec<File>,
    listed: Vec<Listed>,
}

impl Export {
    fn add(&mut self, role: impl Fn(&str) -> Role, files: impl IntoIterator<Item = File>) {
        for file in files {
            let sha256 = Some(sha256(file.text.as_bytes()));
            self.listed.push(Listed { name: file.name.clone(), role: role(&file.name), sha256 });
            self.files.push(file);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use svdforge_hdl::parameters::{MOST_ROWS, Parameters, Sizes, Vectors};

    /// Testbench and datasheet say of a core with long matrices what its stimulus does not show, and of others nothing.
    #[test]
    fn a_shortened_stimulus_is_told() {
        let tall = Parameters { rows: MOST_ROWS, cols: 3, vectors: Vectors::None, ..Parameters::default() };
        let any = Parameters { sizes: Sizes::Any, word: 24, ..tall };
        let said = ["Every frame in the stimulus of the testbench ends early", "its matrices have fewer rows"];
        let cases = [(tall, [true, false]), (any, [false, true]), (Parameters::default(), [false, false])];
        for (parameters, right) in cases {
            let core = Core::new(parameters.shape().expect("a core"));
            let (files, name) = (export(&core).expect("an export"), core.shape().name());
            for file in ["README.md".to_owned(), format!("{name}_tb.v")] {
                let text = &files.iter().find(|f| f.name == file).expect("a file of each export").text;
                assert_eq!(said.map(|sentence| text.contains(sentence)), right, "{name}: {file}");
                assert!(!text.contains("{{"), "{name}: {file}");
            }
        }
    }
}
