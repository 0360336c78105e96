//! `formal/`: proofs of modules at the edge of a core, for SymbiYosys (`sby`), which runs them from inside that folder.
//!
//! A proof is a module that holds the proved module as `dut` and names its registers as `dut.name`. Yosys joins these
//! wires when it flattens the design (`hierconn`).

mod controller;
mod input;
mod output;
mod registers;
mod supervisor;
mod template;

use super::verilog::provenance;
use super::{File, Header};
use crate::core::Core;
use crate::core::stream_input::beat_unpacked;
use crate::core::stream_output::beat_cycles;
use crate::ir::{Module, NodeId};
use crate::parameters::Front;
use std::fmt::Write;
use template::{joined, module, range};

/// A proof of a module of a core.
struct Proof {
    /// The name of the module.
    module: &'static str,
    /// The name of the proof and its files.
    name: &'static str,
    /// The cycles before one for which the induction takes the properties for granted.
    depth: u32,
    /// What stands in the module of the proof.
    properties: String,
    /// Another module that it holds, beside the proved one.
    beside: Option<&'static str>,
}

/// The proofs of a core.
fn proofs(core: &Core) -> Vec<Proof> {
    let proof = |module, name, depth, properties| Proof { module, name, depth, properties, beside: None };
    let mut proofs = vec![
        proof("stream_fifo", "fifo", 1, output::fifo(core)),
        proof("supervisor", "supervisor", 1, supervisor::supervisor(core)),
        Proof { beside: Some("stream_fifo"), ..proof("supervisor", "recovery", 3, supervisor::recovery(core)) },
        proof("stream_input", "input", 2, input::stream_input(core)),
        proof("frame_controller", "controller", 2, controller::frame_controller(core)),
    ];
    if beat_unpacked(core.shape()) {
        proofs.push(proof("beat_unpacker", "unpacker", 2, input::beat_unpacker(core)));
    }
    if core.shape().elements_given() == 1 {
        // What is read is written so many cycles later.
        let latency = beat_cycles(core.ports()) as u32;
        proofs.push(proof("stream_output", "output", latency + 1, output::stream_output(core)));
        if core.shape().streams().keep {
            proofs.push(proof("beat_packer", "packer", 2, output::beat_packer(core)));
        }
    }
    if core.shape().front() == Front::AxiLite {
        proofs.push(proof("registers", "registers", 2, registers::registers(core)));
    }
    proofs
}

/// The files of a core's proofs: for each of them `formal/PROOF.sby` and `formal/PROOF_proof.sv`.
pub fn formal(core: &Core, header: &Header) -> Vec<File> {
    proofs(core).iter().flat_map(|proof| files(core, header, proof)).collect()
}

fn files(core: &Core, header: &Header, proof: &Proof) -> [File; 2] {
    let Proof { module: proved, name, depth, beside, .. } = proof;
    let exported = |module: &str| format!("{}_{module}", core.shape().name());
    let text = wrapper(module(core, proved), &exported(proved), proof);
    let text = format!("{}\n{text}", provenance("//", header));
    let modules: Vec<String> = [Some(*proved), *beside].into_iter().flatten().map(exported).collect();
    let each = |line: &dyn Fn(&String) -> String| modules.iter().map(line).collect::<String>();
    let script = format!(
        "{opening}# Run by: sby -f {name}.sby\n\n\
         [options]\nmode prove\ndepth {depth}\n\n[engines]\nsmtbmc yices\n\n\
         [script]\nread_verilog -formal -sv {name}_proof.sv\n{read}prep -top {name}_proof -flatten\n\n\
         [files]\n{name}_proof.sv\n{listed}",
        opening = provenance("#", header),
        read = each(&|module| format!("read_verilog -formal -mem2reg {module}.v\n")),
        listed = each(&|module| format!("../{module}.v\n")),
    );
    let file = |name: String, text| File { name: format!("formal/{name}"), text };
    [file(format!("{name}.sby"), script), file(format!("{name}_proof.sv"), text)]
}

/// The module of a proof.
fn wrapper(module: &Module, exported: &str, proof: &Proof) -> String {
    let Proof { name: proof, properties, .. } = proof;
    let name = |id: NodeId| module.node(id).name.clone().unwrap_or_default();
    let inputs: Vec<(String, u32)> = module.inputs.iter().map(|&id| (name(id), module.node(id).width)).collect();
    let outputs: Vec<(String, u32)> =
        module.outputs.iter().map(|output| (output.name.clone(), module.node(output.node).width)).collect();
    let clocks = ["aclk", "aresetn"].map(|port| (port.to_owned(), 1));
    let ports = || clocks.iter().chain(&inputs);
    let declared: Vec<String> =
        ports().map(|(port, width)| format!("    input wire {}{port}", range(*width))).collect();
    let mut text = format!("module {proof}_proof (\n{}\n);\n", declared.join(",\n"));
    for (port, width) in &outputs {
        let _ = writeln!(text, "    wire {}{port};", range(*width));
    }
    let connected: Vec<String> = ports().chain(&outputs).map(|(port, _)| format!(".{port}({port})")).collect();
    let _ = writeln!(text, "    {exported} dut ({});", connected.join(", "));
    for node in module.node_ids().map(|id| module.node(id)) {
        if let Some(own) = &node.name
            && properties.contains(&format!("\\dut.{own} "))
        {
            text += &joined("dut", own, node.width);
        }
    }
    text + properties + "endmodule\n"
}
