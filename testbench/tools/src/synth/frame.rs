//! A frame of shift registers around a core that has more ports than a package has pins. Inside a larger design those
//! ports are wires, so the frame lets a core be placed and its clock rate be found all the same.
//!
//! Its Verilog has four pins: clock, reset, an input that is shifted through the registers which drive the core's
//! inputs, and an output that depends on every output of the core, each of which is registered once. A port bit takes
//! a flip-flop if it is an input, and two flip-flops and a LUT if it is an output.

use super::device::Device;
use std::fmt::Write;
use svdforge_hdl::core::Core;
use svdforge_hdl::interface::port::{CLOCK, RESET};

/// The name of the module, which no core may have: their names have no leading underscore.
pub(super) const TOP: &str = "_frame";
/// The name of the core's instance in it.
pub(super) const INSTANCE: &str = "framed_core";
/// The file of the module.
pub(super) const FILE: &str = "_frame.v";
/// The file with the places of its pins.
pub(super) const PLACES: &str = "_frame.cst";

const INPUT: &str = "frame_in";
const OUTPUT: &str = "frame_out";

/// The number of port bits that a frame connects, or `None` if the ports fit the pins.
pub(super) fn bits(core: &Core, device: &Device) -> Option<u64> {
    let bits = core.shape().interface().ports().iter().map(|port| u64::from(port.width)).sum::<u64>();
    (bits > device.pins || device.places.is_some()).then_some(bits)
}

/// The Verilog of the frame.
pub(super) fn verilog(core: &Core) -> String {
    let ports = core.shape().interface().ports();
    let (mut inputs, mut outputs) = (0, 0);
    let mut connections = Vec::new();
    for port in &ports {
        let (wires, count) = match (port.name, port.direction) {
            (CLOCK | RESET, _) => {
                connections.push(format!(".{0}({0})", port.name));
                continue;
            }
            (_, "input") => ("shifted", &mut inputs),
            _ => ("outputs", &mut outputs),
        };
        connections.push(format!(".{}({wires}[{}:{}])", port.name, *count + port.width - 1, *count));
        *count += port.width;
    }
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = writeln!(
        text,
        "module {TOP} (input {CLOCK}, input {RESET}, input {INPUT}, output {OUTPUT});
    reg [{i}:0] shifted;
    wire [{o}:0] outputs;
    reg [{o}:0] taken;
    reg [{o}:0] folded;
    {top} {INSTANCE} ({connections});
    always @(posedge {CLOCK}) begin
        shifted <= {{shifted, {INPUT}}};
        taken <= outputs;
        folded <= {{folded, 1'b0}} ^ taken;
    end
    assign {OUTPUT} = folded[{o}];
endmodule",
        i = inputs - 1,
        o = outputs - 1,
        top = core.design().top().name,
        connections = connections.join(", "),
    );
    text
}

/// The constraints that place its pins, for a device whose pins need them.
pub(super) fn places(device: &Device) -> Option<String> {
    let pins = [CLOCK, RESET, INPUT, OUTPUT];
    let line = |(pin, place): (&str, &str)| format!("IO_LOC \"{pin}\" {place};\n");
    device.places.map(|places| pins.into_iter().zip(places).map(line).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synth::device::{ECP5_85K, GOWIN_GW2A, ICE40_UP5K};
    use svdforge_hdl::parameters::Parameters;

    #[test]
    fn a_frame_connects_every_bit_of_a_core_with_too_many_ports() {
        let small = Core::new(Parameters { rows: 2, cols: 2, word: 8, ..Parameters::default() }.shape().unwrap());
        let framed = |core, device| bits(core, device).is_some();
        assert_eq!((framed(&small, &ECP5_85K), framed(&small, &GOWIN_GW2A)), (false, true));
        let wide = Parameters { elements_per_beat_in: 8, elements_per_beat_out: 8, ..Parameters::default() };
        let wide = Core::new(wide.shape().unwrap());
        assert!(framed(&wide, &ECP5_85K) && framed(&wide, &ICE40_UP5K));
        let text = verilog(&wide);
        let mut bits = [0, 0];
        for port in wide.shape().interface().ports() {
            if [CLOCK, RESET].contains(&port.name) {
                assert!(text.contains(&format!(".{0}({0})", port.name)));
                continue;
            }
            let (wires, count) = if port.direction == "input" { ("shifted", 0) } else { ("outputs", 1) };
            let low = bits[count];
            bits[count] += port.width;
            let expected = format!(".{}({wires}[{}:{low}])", port.name, bits[count] - 1);
            assert!(text.contains(&expected), "{expected} is not in {text}");
        }
        assert!(text.contains(&format!("reg [{}:0] shifted", bits[0] - 1)), "{text}");
        assert!(text.contains(&format!("wire [{}:0] outputs", bits[1] - 1)), "{text}");
        assert!(places(&ECP5_85K).is_none());
        assert_eq!(places(&GOWIN_GW2A).unwrap().lines().count(), 4);
    }
}
