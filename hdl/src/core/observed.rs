//! What a simulator can observe in the modules that all cores share.

use crate::architecture::inside::{Seen, Track, WaveFormat, WaveGroup, WaveState};
use crate::interface::port;
use crate::shape::Shape;

/// The signals, each given by the names of the instances below the top module and its own name. The last one is absent
/// in cores whose sorter shows all cells at once.
const SIGNALS: [&str; 5] =
    ["controller.sorting", "controller.unloading", "controller.frames_in_core", "sorter.insert", "sorter.turn"];

/// The signals of a core.
pub fn signals(shape: &Shape) -> &'static [&'static str] {
    if shape.elements_given() > 1 { &SIGNALS[..4] } else { &SIGNALS }
}

/// The schedule of the frame controller and of the sorter. The [`signals`] are the last ones among those seen.
pub fn tracks(shape: &Shape, seen: &Seen) -> [Track; 2] {
    let all = seen.signals.len();
    let values: Vec<Vec<u64>> = (all - signals(shape).len()..all).map(|signal| seen.values(signal)).collect();
    let track = |unit, signals: std::ops::Range<usize>, works: &[&'static str]| {
        Track::new(unit, seen.end, |cycle| {
            let set = signals.clone().find(|&signal| values[signal][cycle] != 0)?;
            Some(works[set - signals.start])
        })
    };
    [
        track("frame controller", 0..3, &["sorting", "unloading", "decomposing"]),
        track("sorter", 3..values.len(), &["inserts", "turns"]),
    ]
}

/// The streams and the frame controller, for a viewer of waveforms.
pub fn waves(shape: &Shape) -> Vec<WaveGroup> {
    use WaveFormat::{Bits, Fixed, Hexadecimal, Unsigned};
    let streams = shape.streams();
    // Where a beat has several elements, their parts of a port are ports of the module that takes or gives the beat.
    let parts = |module: &str, port: &str, elements: u32, format: WaveFormat| -> Vec<(String, WaveFormat)> {
        let prefix = if elements > 1 { format!("{module}.") } else { String::new() };
        port::parts(port, elements).into_iter().map(|part| (format!("{prefix}{part}"), format)).collect()
    };
    let bits = |ports: [&str; 3]| ports.map(|port| (port.to_owned(), Bits)).to_vec();
    let (elements_in, elements_out) = (streams.input.elements, streams.output.elements);
    let taker = if shape.elements_taken() > 1 { "input_end" } else { "unpacker" };
    let input = [
        bits([port::INPUT_VALID, port::INPUT_READY, port::INPUT_LAST]),
        parts(taker, port::INPUT_DATA, elements_in, Fixed(shape.frac())),
    ];
    let output = [
        bits([port::OUTPUT_VALID, port::OUTPUT_READY, port::OUTPUT_LAST]),
        parts("output_fifo", port::OUTPUT_USER, elements_out, Unsigned),
        parts("output_fifo", port::OUTPUT_DATA, elements_out, Fixed(shape.sigma_fraction())),
    ];
    let group = |title, signals: &[Vec<(String, WaveFormat)>]| {
        let signals: Vec<(&str, WaveFormat)> = signals.iter().flatten().map(|(name, f)| (name.as_str(), *f)).collect();
        WaveGroup::of(title, "", &signals)
    };
    let bits = ["frames_in_core", "sorting", "unloading"].map(|flag| format!("controller.{flag}")).to_vec();
    let names = vec![("000", "idle"), ("100", "decomposing"), ("110", "sorting"), ("101", "unloading")];
    let state = WaveState { name: "frame_controller", bits, names };
    let controller = [("start", Bits), ("done", Bits), ("value_number", Unsigned), ("insert", Bits)];
    let rest = [("unload_start", Bits), ("unloaded", Bits), ("release_frame", Bits), ("status", Hexadecimal)];
    vec![
        group("input stream", &input),
        group("output stream", &output),
        WaveGroup {
            // With several frames in the core, there is no single state.
            state: (shape.in_flight() == 1).then_some(state),
            ..WaveGroup::of("frame controller", "controller", &[&controller[..], &rest].concat())
        },
    ]
}
