//! The self-checking testbench that goes with an exported core, and its data files.
//!
//! The text of the testbench depends on the core alone, everything about a run is in the data files: one compiled
//! testbench runs any stimulus.

use crate::stimulus::{RESET_CYCLES, Stimulus, Trace};
use svdforge_hdl::core::Core;
use svdforge_hdl::export::verilog::provenance;
use svdforge_hdl::export::{File, Header};
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
    let rank = RankText::of(shape);
    let values = [
        ("opening", opening),
        ("name", name.clone()),
        ("rank_parameter", rank.parameter),
        ("rank_variable", rank.variable),
        ("rank_counted", rank.counted),
        ("rank", rank.name),
        ("input_bits", shape.interface().input_bits().to_string()),
        ("output_bits", shape.interface().output_bits().to_string()),
        ("reset_cycles", RESET_CYCLES.to_string()),
        ("patience", (core.cycle_limit() + LONGEST_STALL).to_string()),
    ];
    let text =
        values.iter().fold(TEMPLATE.to_owned(), |text, (key, value)| text.replace(&format!("{{{{{key}}}}}"), value));
    File { name: format!("{name}_tb.v"), text }
}

/// How the testbench knows the columns of U and V, to name the place of a beat.
struct RankText {
    name: String,
    parameter: String,
    variable: String,
    counted: String,
}

impl RankText {
    /// A constant of the core, or, where matrices differ in size, the singular values of each expected frame.
    fn of(shape: &Shape) -> Self {
        match shape.sizes() {
            Sizes::Fixed => Self {
                name: "RANK".to_owned(),
                parameter: format!("    localparam RANK         = {};   // columns of U and V that leave the core\n", shape.rank()),
                variable: String::new(),
                counted: String::new(),
            },
            Sizes::Any => Self {
                name: "rank".to_owned(),
                parameter: String::new(),
                variable: "    integer           rank;   // columns of U and V in the expected frame: its singular values so far\n\n"
                    .to_owned(),
                counted: "            if (fields == 4 && expected_user == 0) rank = 0;\n            if (fields == 4 && expected_user == 1) rank = rank + 1;\n"
                    .to_owned(),
            },
        }
    }
}

/// The data files of a run; those with the expected result only if there is one.
pub(crate) fn data_files(core: &Core, stimulus: &Stimulus, expected: Option<&Trace>) -> Vec<File> {
    let (input_bits, output_bits) = (core.shape().interface().input_bits(), core.shape().interface().output_bits());
    let bit = u8::from;
    let file = |part: &str, heading: &str, lines: Vec<String>| File {
        name: format!("{}_{part}.hex", core.shape().name()),
        text: format!("// {heading}\n") + &lines.iter().map(|line| format!("{line}\n")).collect::<String>(),
    };

    let beats = stimulus.beats.iter();
    let beats = beats.map(|beat| format!("{} {}", bit(beat.last), hexadecimal(beat.data as u64, input_bits)));
    let mut pattern = stimulus.stalls.pattern.clone();
    if pattern.is_empty() {
        pattern.push((true, true));
    }
    let pattern = pattern.iter().map(|&(source, sink)| format!("{} {}", bit(source), bit(sink)));
    let resets = stimulus.resets.iter().map(|reset| format!("{} {}", reset.cycle, reset.length));
    let mut files = vec![
        file("stimulus", "input beats: tlast tdata", beats.collect()),
        file("stalls", "per cycle, again from the start at the end: source may offer, sink takes", pattern.collect()),
        file("resets", "resets during the run: first cycle, length", resets.collect()),
    ];
    if let Some(trace) = expected {
        let accepted = trace.accepted.iter().map(u64::to_string);
        files.push(file("accepted", "the cycle in which each input beat is taken", accepted.collect()));
        let output = trace.output.iter().map(|beat| {
            let data = hexadecimal(beat.data, output_bits);
            format!("{} {:x} {} {data}", beat.cycle, beat.user, bit(beat.last))
        });
        files.push(file("expected", "output beats: cycle tuser tlast tdata", output.collect()));
    }
    files
}

/// The lowest bits of a number, all digits.
fn hexadecimal(value: u64, bits: u32) -> String {
    let digits = bits.div_ceil(4) as usize;
    format!("{:0digits$x}", value & (u64::MAX >> (64 - bits)))
}
