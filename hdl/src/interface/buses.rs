//! How the ports of a core form buses. Every wrapper is made from this grouping, so that a new port is in all of them.

use super::{Interface, Port, port};

/// What the signals of a bus mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// AMBA 4 AXI4-Stream (Arm IHI 0051A).
    AxiStream,
    /// AMBA 4 AXI4-Lite (Arm IHI 0022).
    AxiLite,
    /// The clock of all buses.
    Clock,
    /// The reset of all buses: synchronous, active low.
    Reset,
    /// An interrupt, high while something waits for the processor.
    Interrupt,
}

/// Which end of a bus the core is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// It offers data, or asks for a transfer, or drives the wire.
    Master,
    /// It takes data, or answers, or reads the wire.
    Slave,
}

/// A port and the signal of the protocol that it carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BusSignal {
    /// The port of the core.
    pub port: Port,
    /// The name in the protocol's specification: `TDATA`.
    pub logical: String,
}

/// Ports that belong together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bus {
    /// Its name: the part that its ports share, such as `s_axis`.
    pub name: &'static str,
    /// The protocol.
    pub protocol: Protocol,
    /// The core's end of it.
    pub end: End,
    /// Its ports, in the order of the core's ports.
    pub signals: Vec<BusSignal>,
}

impl Bus {
    /// Whether it has a handshake, that is, whether it is more than a wire.
    pub fn is_transfer(&self) -> bool {
        matches!(self.protocol, Protocol::AxiStream | Protocol::AxiLite)
    }

    /// The port that carries a signal, by the signal's name in the protocol.
    pub fn signal(&self, logical: &str) -> Option<&Port> {
        self.signals.iter().find(|signal| signal.logical == logical).map(|signal| &signal.port)
    }
}

/// The buses that a core can have: name, protocol, end. A bus of one wire is a port of this name. The ports of the
/// others begin with the name and an underscore.
const BUSES: [(&str, Protocol, End); 6] = [
    (port::CLOCK, Protocol::Clock, End::Slave),
    (port::RESET, Protocol::Reset, End::Slave),
    ("s_axis", Protocol::AxiStream, End::Slave),
    ("m_axis", Protocol::AxiStream, End::Master),
    ("s_axi", Protocol::AxiLite, End::Slave),
    ("irq", Protocol::Interrupt, End::Master),
];

/// Signals that the slave drives, by protocol; the master drives all others.
const DRIVEN_BY_SLAVE: [(Protocol, &[&str]); 2] = [
    (Protocol::AxiStream, &["TREADY"]),
    (Protocol::AxiLite, &["AWREADY", "WREADY", "BRESP", "BVALID", "ARREADY", "RDATA", "RRESP", "RVALID"]),
];

impl Interface<'_> {
    /// The buses that the ports form.
    pub fn buses(&self) -> Vec<Bus> {
        buses(&self.ports())
    }
}

/// Groups ports into buses; those without ports are left out.
///
/// # Panics
///
/// If a port belongs to no bus, or has the wrong direction for its bus: ports are named in the program, not by users.
pub fn buses(ports: &[Port]) -> Vec<Bus> {
    let mut buses: Vec<Bus> =
        BUSES.iter().map(|&(name, protocol, end)| Bus { name, protocol, end, signals: Vec::new() }).collect();
    for port in ports {
        let place = buses.iter_mut().find_map(|bus| logical_name(bus.name, port.name).map(|logical| (bus, logical)));
        let (bus, logical) = place.unwrap_or_else(|| panic!("The port `{}` belongs to no bus.", port.name));
        let by_slave =
            DRIVEN_BY_SLAVE.iter().any(|(protocol, names)| *protocol == bus.protocol && names.contains(&&*logical));
        let is_output = by_slave == (bus.end == End::Slave);
        assert_eq!(is_output, port.direction == "output", "The direction of `{}` is not that of its bus.", port.name);
        bus.signals.push(BusSignal { port: port.clone(), logical });
    }
    buses.retain(|bus| !bus.signals.is_empty());
    buses
}

/// The signal that a port carries in the bus of this name, if it belongs to it.
fn logical_name(bus: &str, port: &str) -> Option<String> {
    match port.strip_prefix(bus)? {
        "" => Some(port.to_ascii_uppercase()),
        rest => rest.strip_prefix('_').map(str::to_ascii_uppercase),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parameters::Parameters;

    fn ports(text: &str) -> Vec<Port> {
        let port = |word: &'static str| {
            let (sign, name) = word.split_at(1);
            Port { name, direction: if sign == "<" { "input" } else { "output" }, width: 1 }
        };
        // Names of ports live as long as the program.
        let text: &'static str = Box::leak(text.to_owned().into_boxed_str());
        text.split_whitespace().map(port).collect()
    }

    #[test]
    fn every_port_is_in_one_bus() {
        let ports = Parameters::default().shape().unwrap().interface().ports();
        let found = buses(&ports);
        assert_eq!(found.iter().map(|bus| bus.name).collect::<Vec<_>>(), ["aclk", "aresetn", "s_axis", "m_axis"]);
        assert_eq!(found.iter().map(|bus| bus.signals.len()).sum::<usize>(), ports.len());
        let output = &found[3];
        assert_eq!((output.protocol, output.end), (Protocol::AxiStream, End::Master));
        assert_eq!(output.signal("TUSER").map(|port| port.name), Some(port::OUTPUT_USER));
        assert_eq!(output.signal("TKEEP"), None);
    }

    #[test]
    fn registers_and_an_interrupt_are_buses_of_their_own() {
        let found = buses(&ports(
            "<aclk <aresetn <s_axis_tdata <s_axis_tkeep >s_axis_tready <s_axi_awaddr >s_axi_awready >s_axi_bvalid \
             <s_axi_bready >s_axi_rdata >irq",
        ));
        let names: Vec<_> = found.iter().map(|bus| (bus.name, bus.protocol, bus.signals.len())).collect();
        let expected = [
            ("aclk", Protocol::Clock, 1),
            ("aresetn", Protocol::Reset, 1),
            ("s_axis", Protocol::AxiStream, 3),
            ("s_axi", Protocol::AxiLite, 5),
            ("irq", Protocol::Interrupt, 1),
        ];
        assert_eq!(names, expected);
        assert_eq!(found[3].signal("AWADDR").map(|port| port.name), Some("s_axi_awaddr"));
    }

    #[test]
    #[should_panic(expected = "`s_axiss_tdata` belongs to no bus")]
    fn a_port_without_a_bus_is_seen() {
        buses(&ports("<s_axiss_tdata"));
    }

    #[test]
    #[should_panic(expected = "direction of `s_axi_bresp`")]
    fn a_wrong_direction_is_seen() {
        buses(&ports("<s_axi_bresp"));
    }
}
