//! What a simulator can observe in the modules that all cores share.

use crate::architecture::inside::{Seen, Track, WaveFormat, WaveGroup, WaveState};
use crate::interface::port;
use crate::shape::Shape;

/// The signals, each given by the names of the instances below the top module and its own name.
pub const SIGNALS: [&str; 5] =
    ["controller.decomposing", "controller.sorting", "controller.unloading", "sorter.insert", "sorter.turn"];

/// The schedule of the frame controller and of the sorter. The signals begin at number `first` among those seen.
pub fn tracks(seen: &Seen, first: usize) -> [Track; 2] {
    let values: Vec<Vec<u64>> = (first..first + SIGNALS.len()).map(|signal| seen.values(signal)).collect();
    let track = |unit, signals: std::ops::Range<usize>, works: &[&'static str]| {
        Track::new(unit, seen.end, |cycle| {
            let set = signals.clone().find(|&signal| values[signal][cycle] != 0)?;
            Some(works[set - signals.start])
        })
    };
    [
        track("frame controller", 0..3, &["decomposing", "sorting", "unloading"]),
        track("sorter", 3..5, &["inserts", "turns"]),
    ]
}

/// The streams and the frame controller, for a viewer of waveforms.
pub fn waves(shape: &Shape) -> Vec<WaveGroup> {
    use WaveFormat::{Bits, Fixed, Hexadecimal, Unsigned};
    let input = [
        (port::INPUT_VALID, Bits),
        (port::INPUT_READY, Bits),
        (port::INPUT_LAST, Bits),
        (port::INPUT_DATA, Fixed(shape.frac())),
    ];
    let output = [
        (port::OUTPUT_VALID, Bits),
        (port::OUTPUT_READY, Bits),
        (port::OUTPUT_LAST, Bits),
        (port::OUTPUT_USER, Unsigned),
        (port::OUTPUT_DATA, Fixed(shape.sigma_fraction())),
    ];
    let bits = ["decomposing", "sorting", "unloading"].map(|flag| format!("controller.{flag}")).to_vec();
    let names = vec![("000", "idle"), ("100", "decomposing"), ("010", "sorting"), ("001", "unloading")];
    let controller = [("start", Bits), ("done", Bits), ("value_number", Unsigned), ("insert", Bits)];
    let rest = [("unload_start", Bits), ("unloaded", Bits), ("release_frame", Bits), ("status", Hexadecimal)];
    vec![
        WaveGroup::of("input stream", "", &input),
        WaveGroup::of("output stream", "", &output),
        WaveGroup {
            state: Some(WaveState { name: "frame_controller", bits, names }),
            ..WaveGroup::of("frame controller", "controller", &[&controller[..], &rest].concat())
        },
    ]
}
