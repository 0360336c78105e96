//! The self-checking testbench that goes with an exported core, and its data files.
//!
//! The text of the testbench depends on the core alone, everything about a run is in the data files: one compiled
//! testbench runs any stimulus.

use crate::beats::Beat;
use crate::example::shortened;
use crate::framing::output_beats;
use crate::stimulus::{RESET_CYCLES, Stimulus, Trace};
use svdforge_hdl::core::Core;
use svdforge_hdl::export::origin::generated_by;
use svdforge_hdl::export::verilog::provenance;
use svdforge_hdl::export::{File, Header};
use svdforge_hdl::formats::Streams;
use svdforge_hdl::interface::{USER_BITS, port};
use svdforge_hdl::parameters::Sizes;
use svdforge_hdl::shape::Shape;

/// The text, with `{{...}}` where cores differ.
const TEMPLATE: &str = include_str!("testbench_verilog/template.v");
/// Cycles without a beat that stall patterns may cause, beside those of the core.
const LONGEST_STALL: u64 = 1 << 16;

/// `NAME_tb.v` and the data files that it reads: a stimulus, and what the simulator saw when it ran it.
pub fn testbench_files(core: &Core, header: &Header, stimulus: &Stimulus, trace: &Trace) -> Vec<File> {
    let mut files = vec![bench(core, header)];
    files.extend(data_files(core, stimulus, Some(trace)));
    files
}

/// `NAME_tb.v`.
pub(crate) fn bench(core: &Core, header: &Header) -> File {
    let (shape, name) = (core.shape(), core.shape().name());
    let one_line = |text: &str| text.replace(['\n', '\r'], " ");
    let mut opening = provenance("//", header);
    if !header.parameters.is_empty() {
        let words: Vec<String> = header.parameters.iter().map(|(key, value)| format!("{key} {value}")).collect();
        opening += &format!("// Parameters: {}\n", one_line(&words.join(", ")));
    }
    let (place, beat) = (PlaceText::of(shape), BeatText::of(shape));
    let values = [
        ("opening", opening),
        ("name", name.clone()),
        (
            "shortened",
            shortened(shape).map_or_else(String::new, |text| format!("//   {}\n", text.replace(": ", ":\n//   "))),
        ),
        ("rank_parameter", place.parameter),
        ("rank_variable", place.rank_variable),
        ("rank_counted", place.counted),
        ("place_variables", place.variables),
        ("place_names", place.names),
        ("next_place", place.next),
        ("missing_place", place.missing),
        ("write_place", place.write),
        ("payload", beat.payload.to_owned()),
        ("data", beat.data.to_owned()),
        ("connections", beat.connections),
        ("register_wires", register_wires(shape)),
        ("input_bits", beat.input_bits.to_string()),
        ("output_bits", beat.output_bits.to_string()),
        ("user_bits", (shape.streams().output.elements * USER_BITS).to_string()),
        ("reset_cycles", RESET_CYCLES.to_string()),
        ("patience", (core.cycle_limit() + LONGEST_STALL).to_string()),
    ];
    let text =
        values.iter().fold(TEMPLATE.to_owned(), |text, (key, value)| text.replace(&format!("{{{{{key}}}}}"), value));
    File { name: format!("{name}_tb.v"), text }
}

/// How the testbench holds a beat: `tdata`, with `tkeep` above it if there is one.
struct BeatText {
    /// The end of the names of its variables.
    payload: &'static str,
    /// What they are in messages and headings.
    data: &'static str,
    input_bits: u32,
    output_bits: u32,
    /// The ports of the core.
    connections: String,
}

impl BeatText {
    fn of(shape: &Shape) -> Self {
        let Streams { input, output, keep } = *shape.streams();
        let (payload, data) = if keep { ("beat", "{tkeep, tdata}") } else { ("tdata", "tdata") };
        let part = |variable: &str, low: u32, width: u32| format!("{variable}[{}:{low}]", low + width - 1);
        let (sent, seen) = (format!("s_axis_{payload}"), format!("m_axis_{payload}"));
        let ports = shape.interface().ports();
        let longest = ports.iter().map(|port| port.name.len()).max().unwrap_or(0);
        let connections = ports.iter().map(|port| {
            let variable = match port.name {
                port::INPUT_DATA if keep => part(&sent, 0, input.data_bits()),
                port::OUTPUT_DATA if keep => part(&seen, 0, output.data_bits()),
                port::INPUT_KEEP => part(&sent, input.data_bits(), input.keep_bits()),
                port::OUTPUT_KEEP => part(&seen, output.data_bits(), output.keep_bits()),
                name if port.is_of_streams() => name.to_owned(),
                _ if port.direction == "input" => format!("{}'d0", port.width),
                name => name.to_owned(),
            };
            format!("        .{:longest$} ({variable})", port.name)
        });
        let keep_bits = |bits: u32| if keep { bits } else { 0 };
        Self {
            payload,
            data,
            input_bits: input.data_bits() + keep_bits(input.keep_bits()),
            output_bits: output.data_bits() + keep_bits(output.keep_bits()),
            connections: connections.collect::<Vec<_>>().join(",\n"),
        }
    }
}

/// Wires for the outputs of registers, which the testbench leaves alone.
fn register_wires(shape: &Shape) -> String {
    let ports = shape.interface().ports();
    let outputs: Vec<_> = ports.iter().filter(|port| !port.is_of_streams() && port.direction == "output").collect();
    if outputs.is_empty() {
        return String::new();
    }
    let names: Vec<&str> = outputs.iter().map(|port| port.name).collect();
    let wires = outputs.iter().map(|port| format!("    wire [{}:0] {};\n", port.width - 1, port.name));
    format!(
        "\n    // The registers are left alone.\n{}    wire _unused_ok = &{{1'b0, {}, 1'b0}};\n",
        wires.collect::<String>(),
        names.join(", ")
    )
}

/// How the testbench names the place of an output beat.
#[derive(Default)]
struct PlaceText {
    parameter: String,
    rank_variable: String,
    counted: String,
    variables: String,
    names: String,
    next: String,
    missing: String,
    write: String,
}

impl PlaceText {
    /// By its section, row and column if a beat is one element, and by its number otherwise.
    fn of(shape: &Shape) -> Self {
        if shape.streams().output.elements > 1 {
            let write = "    // `output beat 3, of output frame 0`: the expected beat\n    task write_place;\n        \
                         $write(\"output beat %0d, of output frame %0d\", output_beats, frames);\n    endtask\n";
            return Self { write: write.to_owned(), ..Self::default() };
        }
        // The columns of U and V are a constant of the core, or, where matrices differ in size, the singular values of
        // the expected frame.
        let (rank, parameter, rank_variable, counted) = match shape.sizes() {
            Sizes::Fixed => (
                "RANK",
                format!(
                    "    localparam RANK         = {};   // columns of U and V that leave the core\n",
                    shape.rank()
                ),
                "",
                "",
            ),
            Sizes::Any => (
                "rank",
                String::new(),
                "    integer           rank;   // columns of U and V in the expected frame: its singular values so far\n\n",
                "            if (fields == 4 && expected_user == 0) rank = 0;\n            if (fields == 4 && expected_user == 1) rank = rank + 1;\n",
            ),
        };
        let place = "                place = expected_user == section && expected_user != 0 ? place + 1 : 0;\n";
        Self {
            parameter,
            rank_variable: rank_variable.to_owned(),
            counted: counted.to_owned(),
            variables: "    integer               place;     // of the expected beat in its section\n    \
                        reg [1:0]             section;   // of the expected beat before\n"
                .to_owned(),
            names: ", place, section".to_owned(),
            next: format!("{place}                section = expected_user;\n"),
            missing: place.to_owned(),
            write: WRITE_PLACE.replace("{{rank}}", rank),
        }
    }
}

/// The task of the testbench that names a place.
const WRITE_PLACE: &str = r#"    // `U row 1, column 2 of output frame 0`: the place of the expected beat
    task write_place;
        begin
            case (expected_user)
                0: $write("the status word");
                1: $write("sigma %0d", place);
                2: $write("U row %0d, column %0d", place / {{rank}}, place % {{rank}});
                default: $write("V row %0d, column %0d", place / {{rank}}, place % {{rank}});
            endcase
            $write(" of output frame %0d", frames);
        end
    endtask
"#;

/// The data files of a run; those with the expected result only if there is one.
pub(crate) fn data_files(core: &Core, stimulus: &Stimulus, expected: Option<&Trace>) -> Vec<File> {
    let streams = core.shape().streams();
    let data = BeatText::of(core.shape()).data;
    let origin = generated_by(env!("CARGO_PKG_VERSION"));
    let bit = u8::from;
    let file = |part: &str, heading: &str, lines: Vec<String>| File {
        name: format!("{}_{part}.hex", core.shape().name()),
        text: format!("// {heading}. {origin}\n") + &lines.iter().map(|line| format!("{line}\n")).collect::<String>(),
    };

    // The places of a beat that have no element are unknown: the core must not look at them.
    let beats = stimulus.beats(streams.input.elements).map(|beat| Beat::of_input(streams, beat, 'x'));
    let beats = beats.map(|beat| format!("{} {}", bit(beat.tlast), beat.payload()));
    let mut pattern = stimulus.stalls.pattern.clone();
    if pattern.is_empty() {
        pattern.push((true, true));
    }
    let pattern = pattern.iter().map(|&(source, sink)| format!("{} {}", bit(source), bit(sink)));
    let resets = stimulus.resets.iter().map(|reset| format!("{} {}", reset.cycle, reset.length));
    let mut files = vec![
        file("stimulus", &format!("input beats: tlast {data}"), beats.collect()),
        file("stalls", "per cycle, again from the start at the end: source may offer, sink takes", pattern.collect()),
        file("resets", "resets during the run: first cycle, length", resets.collect()),
    ];
    if let Some(trace) = expected {
        let accepted = trace.accepted.chunk_by(|a, b| a == b).map(|beat| beat[0].to_string());
        files.push(file("accepted", "the cycle in which each input beat is taken", accepted.collect()));
        let output = output_beats(&trace.output).map(|elements| {
            let (cycle, beat) = (elements[0].cycle, Beat::of_output(streams, elements));
            format!("{cycle} {} {} {}", beat.tuser.as_deref().unwrap_or_default(), bit(beat.tlast), beat.payload())
        });
        files.push(file("expected", &format!("output beats: cycle tuser tlast {data}"), output.collect()));
    }
    files
}
