//! `constraints/`: examples of constraints, for a core that is the whole design.

use super::verilog::provenance;
use super::{File, Header};
use crate::interface::{Port, Protocol, buses};

/// The clock period of the examples, in nanoseconds.
const PERIOD_NS: u32 = 10;

/// The name of one of the examples, by its kind: `xdc`, `sdc` or `lpf`.
pub(super) fn constraint_file(name: &str, kind: &str) -> String {
    format!("constraints/{name}.{kind}")
}

/// The examples for a core with these ports: `NAME.xdc` for Vivado, `NAME.sdc` for tools that read Synopsys Design
/// Constraints, `NAME.lpf` for nextpnr-ecp5 and Diamond. All ask for a clock of 100 MHz.
pub fn constraints(name: &str, header: &Header, ports: &[Port]) -> Vec<File> {
    let buses = buses(ports);
    let clock = buses.iter().find(|bus| bus.protocol == Protocol::Clock).and_then(|bus| bus.signals.first());
    let clock = clock.map_or("", |signal| signal.port.name);
    let file = |kind: &str, tools: &str, commands: String| File {
        name: constraint_file(name, kind),
        text: format!(
            "{opening}#\n\
             # An example for {tools}. Copy it and change it: it is written again with the core.\n\
             # In a design of yours, constrain the clock where it enters the device, and leave the rest out.\n\n{commands}",
            opening = provenance("#", header)
        ),
    };
    vec![
        file("xdc", "Vivado", synopsys(name, clock)),
        file("sdc", "tools that read Synopsys Design Constraints", synopsys(name, clock)),
        file("lpf", "nextpnr-ecp5 and Lattice Diamond", lattice(name, clock)),
    ]
}

fn synopsys(name: &str, clock: &str) -> String {
    format!(
        "create_clock -name {clock} -period {PERIOD_NS}.000 [get_ports {clock}]\n\n\
         # There is no false path and no path of several cycles. All flip-flops of {name} have this clock, and the reset is\n\
         # synchronous: it is timed as any other input.\n\n\
         # Where the streams lead to pins, tell how much of the period is used up outside of the device:\n\
         # set_input_delay  -clock {clock} 2.0 [get_ports {{s_axis_*}}]\n\
         # set_output_delay -clock {clock} 2.0 [get_ports {{m_axis_*}}]\n"
    )
}

fn lattice(name: &str, clock: &str) -> String {
    format!(
        "FREQUENCY PORT \"{clock}\" {:.1} MHZ;\n\n\
         # There is no false path and no path of several cycles. All flip-flops of {name} have this clock, and the reset is\n\
         # synchronous.\n\n\
         # Pins belong to your board. For each port:\n\
         # LOCATE COMP \"{clock}\" SITE \"P3\";\n\
         # IOBUF PORT \"{clock}\" IO_TYPE=LVCMOS33;\n",
        1000.0 / f64::from(PERIOD_NS)
    )
}
