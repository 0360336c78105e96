//! `formal/`: proofs of modules at the edge of a core, for SymbiYosys (`sby`), which runs them from inside that folder.
//!
//! A proof is a module that holds the proved module as `dut` and names its registers as `dut.name`. Yosys joins these
//! wires when it flattens the design (`hierconn`).

use super::verilog::provenance;
use super::{File, Header};
use crate::core::Core;
use crate::core::stream_fifo::{DEPTH, parts_of_beat};
use crate::core::supervisor::owed_bits;
use crate::interface::port;
use crate::ir::{Design, Module, NodeId};
use std::fmt::Write;

/// The proofs by the name of the module: the name of their files, and their properties.
const PROOFS: [(&str, &str, &str); 2] = [
    ("stream_fifo", "fifo", include_str!("formal/fifo.sv")),
    ("supervisor", "supervisor", include_str!("formal/supervisor.sv")),
];

/// The proofs of a core: for each of them `formal/PROOF.sby` and `formal/PROOF_proof.sv`.
pub fn formal(core: &Core, header: &Header) -> Vec<File> {
    let design = core.design();
    PROOFS
        .iter()
        .flat_map(|&(module, proof, properties)| proof_of(core, design, header, module, proof, properties))
        .collect()
}

fn proof_of(core: &Core, design: &Design, header: &Header, module: &str, proof: &str, properties: &str) -> [File; 2] {
    let found = design.modules.iter().find(|candidate| candidate.name == module);
    let found = found.expect("Every core has the modules that are proved.");
    let properties = match proof {
        "fifo" => fifo(core, properties),
        _ => properties
            .replace("{bits}", &owed_bits(core.shape()).to_string())
            .replace("{patience}", &core.latency().patience(core.shape()).to_string()),
    };
    let exported = format!("{}_{module}", core.shape().name());
    let text = format!("{}\n{}", provenance("//", header), wrapper(found, &exported, proof, &properties));
    let script = format!(
        "{opening}# Run by: sby -f {proof}.sby\n\n\
         [options]\nmode prove\ndepth 1\n\n[engines]\nsmtbmc yices\n\n\
         [script]\nread_verilog -formal -sv {proof}_proof.sv\nread_verilog -formal -mem2reg {exported}.v\n\
         prep -top {proof}_proof -flatten\n\n[files]\n{proof}_proof.sv\n../{exported}.v\n",
        opening = provenance("#", header)
    );
    let file = |name: String, text| File { name: format!("formal/{name}"), text };
    [file(format!("{proof}.sby"), script), file(format!("{proof}_proof.sv"), text)]
}

/// The module of a proof.
fn wrapper(module: &Module, exported: &str, proof: &str, properties: &str) -> String {
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
            let _ = writeln!(text, "    (* hierconn *) wire {}\\dut.{own} ;", range(node.width));
        }
    }
    text + properties + "endmodule\n"
}

fn range(width: u32) -> String {
    if width == 1 { String::new() } else { format!("[{}:0] ", width - 1) }
}

/// The properties of the FIFO for the beats of a core.
fn fifo(core: &Core, properties: &str) -> String {
    let parts = parts_of_beat(core.shape().streams());
    let bits: u32 = parts.iter().map(|(_, width)| width).sum();
    let copies = ["tlast_inverted", "parity"].map(|name| (name.to_owned(), 1));
    let mut memories = String::new();
    for (name, width) in parts.iter().chain(&copies) {
        for place in 0..DEPTH {
            let _ = writeln!(memories, "    (* hierconn *) wire {}\\dut.{name}_memory[{place}] ;", range(*width));
        }
        let _ = writeln!(memories, "    wire {}{name}_there =", range(*width));
        for place in 0..DEPTH - 1 {
            let _ = writeln!(memories, "        place == 4'd{place} ? \\dut.{name}_memory[{place}] :");
        }
        let _ = writeln!(memories, "        \\dut.{name}_memory[{}] ;", DEPTH - 1);
    }
    // In every place that is in use, the two memories of `tlast` disagree, and the parity is that of the numbers.
    let (_, numbers) = parts.split_last().expect("A beat has a tlast.");
    let numbers_of =
        |of: &dyn Fn(&str) -> String| numbers.iter().map(|(name, _)| of(name)).collect::<Vec<_>>().join(", ");
    let mut redundancy = String::new();
    for place in 0..DEPTH {
        let _ = writeln!(
            redundancy,
            "        assert ({{1'b0, 4'd{place} - \\dut.read_at }} >= \\dut.count || \
             (\\dut.tlast_memory[{place}] != \\dut.tlast_inverted_memory[{place}] && \
             \\dut.parity_memory[{place}] == is_odd({{{}}})));",
            numbers_of(&|name| format!("\\dut.{name}_memory[{place}] "))
        );
    }
    let list = |of: &dyn Fn(&str) -> String| parts.iter().map(|(name, _)| of(name)).collect::<Vec<_>>().join(", ");
    properties
        .replace("{bits}", &bits.to_string())
        .replace("{number_bits}", &(bits - 1).to_string())
        .replace("{parts_in}", &list(&str::to_owned))
        .replace("{parts_there}", &list(&|name| format!("{name}_there")))
        .replace("{parts_out}", &list(&|name| format!("m_axis_{name}")))
        .replace("{memories}", &memories)
        .replace("{numbers_out}", &numbers_of(&|name| format!("m_axis_{name}")))
        .replace("{first_user}", &port::parts("tuser", core.shape().streams().output.elements)[0])
        .replace("{redundancy}", &redundancy)
}
