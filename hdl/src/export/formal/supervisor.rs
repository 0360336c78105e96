//! The proofs of the supervisor.

use super::template::{fill, module, odd_function, range};
use crate::builder::FAULT;
use crate::core::Core;
use crate::core::stream_fifo::{DEPTH, parts_of_beat};
use crate::core::supervisor::owed_bits;
use crate::interface::port;
use crate::ir::{Module, NodeId};
use std::fmt::Write;

/// The properties of the supervisor after a reset.
pub(super) fn supervisor(core: &Core) -> String {
    fill(include_str!("supervisor.sv"), &values(core), &[])
}

/// The properties of the supervisor and the FIFO, whatever state they are in.
pub(super) fn recovery(core: &Core, supervisor: &Module) -> String {
    let patience = core.latency().patience(core.shape());
    let values = values(core).into_iter().chain([
        ("patience_bits", patience.ilog2().to_string()),
        ("fifo", fifo(core, supervisor)),
        ("first_user", port::parts("tuser", core.shape().streams().output.elements)[0].clone()),
    ]);
    fill(include_str!("recovery.sv"), &values.collect::<Vec<_>>(), &[])
}

fn values(core: &Core) -> Vec<(&'static str, String)> {
    let patience = core.latency().patience(core.shape());
    vec![("bits", owed_bits(core.shape()).to_string()), ("patience", patience.to_string())]
}

/// An instance of the FIFO as the core connects it to the supervisor: each port `fifo_PORT`, and the registers that the
/// proof names.
fn fifo(core: &Core, supervisor: &Module) -> String {
    let fifo = module(core, "stream_fifo");
    let name = |module: &Module, id: NodeId| module.node(id).name.clone().unwrap_or_default();
    // The faults of the modules before the FIFO that there are.
    let reported: Vec<String> = supervisor.inputs.iter().map(|&id| name(supervisor, id)).collect();
    let before = ["output", "self_check", "packer"].map(|part| format!("{part}_{FAULT}"));
    let before: Vec<&str> = before.iter().filter(|fault| reported.contains(fault)).map(String::as_str).collect();
    let mut text = String::new();
    let mut connected = vec![".aclk(aclk)".to_owned(), ".aresetn(aresetn && !restart_ends)".to_owned()];
    for &id in &fifo.inputs {
        let port = name(fifo, id);
        let driver = match &port[..] {
            "m_axis_tready" => "output_ready".to_owned(),
            "holds" => port.clone(),
            "fault_before" => before.join(" || "),
            _ => {
                let _ = writeln!(text, "    (* anyseq *) wire {}fifo_{port};", range(fifo.node(id).width));
                format!("fifo_{port}")
            }
        };
        connected.push(format!(".{port}({driver})"));
    }
    for output in &fifo.outputs {
        let port = if output.name == FAULT { format!("own_{FAULT}") } else { output.name.clone() };
        let _ = writeln!(text, "    wire {}fifo_{port};", range(fifo.node(output.node).width));
        connected.push(format!(".{}(fifo_{port})", output.name));
    }
    let exported = format!("{}_stream_fifo", core.shape().name());
    let _ = writeln!(text, "    {exported} fifo ({});", connected.join(", "));
    let mut joined = |register: &str, width: u32| {
        let _ = writeln!(text, "    (* hierconn *) wire {}\\fifo.{register} ;", range(width));
    };
    let pointer = DEPTH.ilog2();
    joined("count", pointer + 1);
    ["write_at", "read_at"].into_iter().for_each(|register| joined(register, pointer));
    let flags = ["odd_parity", "odd_parity_2", "odd_parity_3", "odd_parity_4", "flip_seen", "freed_out"];
    let of_beats = ["next_is_first", "tlast_inverted_head", "parity_head"];
    flags.into_iter().chain(of_beats).for_each(|register| joined(register, 1));
    // What the memories hold for the beat that comes to the head next.
    let parts = parts_of_beat(core.shape().streams());
    let copies = ["tlast_inverted", "parity"].map(|name| (name.to_owned(), 1));
    for (name, width) in parts.iter().chain(&copies) {
        (0..DEPTH).for_each(|place| joined(&format!("{name}_memory[{place}]"), *width));
    }
    for (name, width) in parts.iter().chain(&copies) {
        let words: Vec<String> = (0..DEPTH).map(|place| format!("\\fifo.{name}_memory[{place}] ")).collect();
        let (last, others) = words.split_last().expect("A FIFO has places.");
        let _ = writeln!(text, "    wire {}{name}_next =", range(*width));
        for (place, word) in others.iter().enumerate() {
            let _ = writeln!(text, "        \\fifo.read_at == {pointer}'d{place} ? {word}:");
        }
        let _ = writeln!(text, "        {last};");
    }
    let (_, numbers) = parts.split_last().expect("A beat has a tlast.");
    let list =
        |of: &dyn Fn(&str) -> String| numbers.iter().rev().map(|(name, _)| of(name)).collect::<Vec<_>>().join(", ");
    let bits = numbers.iter().map(|(_, width)| width).sum();
    let _ = writeln!(text, "    wire [{}:0] numbers_next = {{{}}};", bits - 1, list(&|name| format!("{name}_next")));
    let _ =
        writeln!(text, "    wire [{}:0] numbers_head = {{{}}};", bits - 1, list(&|name| format!("fifo_m_axis_{name}")));
    text + odd_function(bits).trim_end()
}
