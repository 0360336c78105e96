//! Makes all files of an exported core.

use crate::cocotb_bench::cocotb_files;
use crate::engine::{Engine, EngineError, SimulatorEngine};
use crate::framing::{InputScale, quantise};
use crate::samples::{example_matrix, matrix_of_size};
use crate::speed::measure;
use crate::stimulus::{Stalls, Stimulus};
use crate::testbench_verilog::testbench_files;
use svdforge_golden::Family;
use svdforge_hdl::core::Core;
use svdforge_hdl::export::c_header::c_header;
use svdforge_hdl::export::constraints::constraints;
use svdforge_hdl::export::datasheet::datasheet;
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
use svdforge_hdl::parameters::Sizes;
use svdforge_hdl::shape::Shape;

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
    export.add(|_| Role::Document, [datasheet(core, &timing)]);
    export.add(|_| Role::Data, gtkwave(core, &header));
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

/// The most elements of a matrix for which a run of five frames is still short.
const SHORT: usize = 1 << 14;

/// The most elements of a matrix that is in a run as a whole. A simulator of Verilog takes minutes for one of these.
const LONG: usize = 1 << 17;

/// A short run that shows what a core can do. Its frames are an ordinary matrix, a matrix whose singular values are all
/// equal, a frame that ends early, a zero matrix, and an ordinary matrix again. For large matrices only the last three
/// frames are used.
///
/// A whole frame of a very large matrix takes millions of cycles, which no testbench has time for. There a core that
/// takes any size gets short matrices, and a core of one size only frames that end early: they show the handshake and
/// the answer to a bad frame, and no singular values. The same core with fewer rows has an example with values.
pub fn example(shape: &Shape, stalls: Stalls) -> Stimulus {
    let frame = |family: Family, seed| {
        let matrix = match shape.elements() > LONG {
            true => matrix_of_size(shape, (SHORT / shape.cols() - seed as usize, shape.cols()), family, seed),
            false => example_matrix(shape, family, seed),
        };
        quantise(shape, &matrix, InputScale::Auto)
            .expect("With an automatic scale every matrix fits the input word.")
            .frame(shape)
    };
    let mut early = frame(Family::Gaussian, 1);
    early.truncate((shape.cols() + 1).min(early.len() - 1).max(1));
    early.iter_mut().last().expect("The shortened frame has at least one beat.").last = true;
    let frames = match shape.elements() {
        elements if elements > LONG && shape.sizes() == Sizes::Fixed => vec![early.clone(), early],
        elements if elements > SHORT => vec![early, frame(Family::Zero, 1), frame(Family::Uniform, 2)],
        _ => {
            let [first, equal, zero, last] =
                [(Family::Uniform, 1), (Family::Equal, 1), (Family::Zero, 1), (Family::Uniform, 2)]
                    .map(|(family, seed)| frame(family, seed));
            vec![first, equal, early, zero, last]
        }
    };
    Stimulus { stalls, ..Stimulus::new(frames.concat()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use svdforge_hdl::parameters::{MOST_ROWS, Parameters, Vectors};

    /// However long the frames of a core are, its example has a bounded number of elements.
    #[test]
    fn the_stimulus_of_a_huge_core_is_bounded() {
        let mut checked = 0;
        for (rows, cols) in [(8, 8), (2048, 8), (4096, 32), (MOST_ROWS, 1), (MOST_ROWS, 32)] {
            for sizes in [Sizes::Fixed, Sizes::Any] {
                let element_bytes = Some(8);
                let base = Parameters { rows, cols, sizes, element_bytes, ..Parameters::default() };
                let shape = Parameters { vectors: Vectors::None, ..base }.shape().expect("a core");
                let stimulus = example(&shape, Stalls::none());
                let most = match shape.elements() {
                    elements if elements > LONG => 4 * SHORT,
                    elements => 5 * (elements + 1).max(64),
                };
                assert!(stimulus.elements.len() <= most, "{rows} x {cols}: {}", stimulus.elements.len());
                assert!(stimulus.frames() >= 2);
                checked += 1;
            }
        }
        assert_eq!(checked, 10);
    }
}
