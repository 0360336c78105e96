//! The proofs of the supervisor.

use super::template::{fifo_memories, fifo_word_at, fifo_words, fill, joined, module, odd_function, range};
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
pub(super) fn recovery(core: &Core) -> String {
    let patience = core.latency().patience(core.shape());
    let values = values(core).into_iter().chain([
        ("patience_bits", patience.ilog2().to_string()),
        ("fifo", fifo(core)),
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
fn fifo(core: &Core) -> String {
    let [supervisor, fifo] = ["supervisor", "stream_fifo"].map(|name| module(core, name));
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
    let pointer = DEPTH.ilog2();
    let flags = ["odd_parity", "odd_parity_2", "odd_parity_3", "odd_parity_4", "flip_seen", "freed_out"];
    let of_beats = ["next_is_first", "tlast_inverted_head", "parity_head"];
    let flags = flags.into_iter().chain(of_beats).map(|flag| (flag, 1));
    for (register, width) in
        [("count", pointer + 1), ("write_at", pointer), ("read_at", pointer)].into_iter().chain(flags)
    {
        text += &joined("fifo", register, width);
    }
    // What the memories hold for the beat that comes to the head next.
    let memories = fifo_memories(core);
    text.extend(memories.iter().map(|memory| fifo_words("fifo", memory)));
    text.extend(memories.iter().map(|memory| fifo_word_at("fifo", memory, "next", "\\fifo.read_at")));
    let parts = parts_of_beat(core.shape().streams());
    let (_, numbers) = parts.split_last().expect("A beat has a tlast.");
    let list =
        |of: &dyn Fn(&str) -> String| numbers.iter().rev().map(|(name, _)| of(name)).collect::<Vec<_>>().join(", ");
    let bits = numbers.iter().map(|(_, width)| width).sum();
    let _ = writeln!(text, "    wire [{}:0] numbers_next = {{{}}};", bits - 1, list(&|name| format!("{name}_next")));
    let _ =
        writeln!(text, "    wire [{}:0] numbers_head = {{{}}};", bits - 1, list(&|name| format!("fifo_m_axis_{name}")));
    text + odd_function(bits).trim_end()
}
