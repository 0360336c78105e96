//! `NAME_litex.py`: a core as a module for LiteX, with stream endpoints and registers.

use super::verilog::provenance;
use super::{File, Header, Listed, Role};
use crate::interface::{Bus, BusSignal, End, Port, Protocol, STATUS_BITS, STATUS_FIELDS, buses};

/// The text, with `{{...}}` where cores differ.
const TEMPLATE: &str = include_str!("litex/template.py");

/// The channels of AXI4-Lite: what their signals begin with, and the attribute of LiteX's interface.
const CHANNELS: [(&str, &str); 5] = [("AW", "aw"), ("AR", "ar"), ("W", "w"), ("B", "b"), ("R", "r")];

/// The module for a core with these ports and files. Every stream of the core is a LiteX endpoint: `sink` for that into
/// the core, `source` for that out of it. An AXI4-Lite bus is `bus`, and an interrupt is `irq`.
pub fn litex(name: &str, header: &Header, ports: &[Port], files: &[Listed]) -> File {
    let buses = buses(ports);
    let rtl = files.iter().filter(|file| file.role == Role::Rtl && file.name.ends_with(".v"));
    let endpoints: String = buses.iter().map(endpoint).collect();
    let pins: String = buses.iter().flat_map(|bus| bus.signals.iter().map(move |signal| pin(bus, signal))).collect();
    let fields = STATUS_FIELDS.map(|field| {
        format!(
            "            CSRField(\"{}\", size={}, offset={}, description=\"{}\"),\n",
            field.name,
            field.width(),
            field.bits[1],
            field.meaning
        )
    });
    let values = [
        ("opening", provenance("#", header)),
        ("sources", rtl.map(|file| format!("    \"{}\",\n", file.name)).collect()),
        ("endpoints", endpoints),
        ("pins", pins),
        ("fields", fields.concat()),
        ("status_bits", STATUS_BITS.to_string()),
        ("axi", if buses.iter().any(|bus| bus.protocol == Protocol::AxiLite) { "axi, " } else { "" }.to_owned()),
        ("name", name.to_owned()),
    ];
    let text =
        values.iter().fold(TEMPLATE.to_owned(), |text, (key, value)| text.replace(&format!("{{{{{key}}}}}"), value));
    File { name: format!("{name}_litex.py"), text }
}

/// The attribute of the module for a bus, if it has one.
fn attribute(bus: &Bus) -> Option<&'static str> {
    match (bus.protocol, bus.end) {
        (Protocol::Clock | Protocol::Reset, _) => None,
        (Protocol::AxiStream, End::Slave) => Some("sink"),
        (Protocol::AxiStream, End::Master) => Some("source"),
        (Protocol::AxiLite, _) => Some("bus"),
        (Protocol::Interrupt, _) => Some("irq"),
    }
}

/// The line that makes the attribute for a bus.
fn endpoint(bus: &Bus) -> String {
    let Some(attribute) = attribute(bus) else { return String::new() };
    let made = match bus.protocol {
        Protocol::AxiLite => {
            let width = |logical| bus.signal(logical).map_or(32, |port| port.width);
            format!("axi.AXILiteInterface(data_width={}, address_width={})", width("WDATA"), width("AWADDR"))
        }
        Protocol::AxiStream => {
            let payload = bus.signals.iter().filter(|signal| !is_handshake(signal));
            let fields = payload.map(|signal| format!("(\"{}\", {})", stream_field(signal), signal.port.width));
            format!("stream.Endpoint([{}])", fields.collect::<Vec<_>>().join(", "))
        }
        Protocol::Clock | Protocol::Reset | Protocol::Interrupt => "Signal()".to_owned(),
    };
    format!("        self.{attribute} = {made}\n")
}

/// Whether an endpoint has the signal without being told.
fn is_handshake(signal: &BusSignal) -> bool {
    ["TVALID", "TREADY", "TLAST"].contains(&signal.logical.as_str())
}

/// `data` for `TDATA`.
fn stream_field(signal: &BusSignal) -> String {
    signal.logical.trim_start_matches('T').to_ascii_lowercase()
}

/// The line that connects a port.
fn pin(bus: &Bus, signal: &BusSignal) -> String {
    let sign = if signal.port.direction == "input" { "i" } else { "o" };
    let value = match (bus.protocol, attribute(bus)) {
        (Protocol::Clock, _) => "ClockSignal()".to_owned(),
        (Protocol::Reset, _) => "~(ResetSignal() | reset)".to_owned(),
        (Protocol::AxiStream, Some(attribute)) => format!("self.{attribute}.{}", stream_field(signal)),
        (Protocol::AxiLite, Some(attribute)) => {
            let channel =
                CHANNELS.iter().find_map(|(start, channel)| Some((channel, signal.logical.strip_prefix(start)?)));
            let (channel, field) = channel.unwrap_or((&"", &signal.logical));
            format!("self.{attribute}.{channel}.{}", field.to_ascii_lowercase())
        }
        (_, attribute) => format!("self.{}", attribute.unwrap_or(bus.name)),
    };
    format!("            {sign}_{} = {value},\n", signal.port.name)
}
