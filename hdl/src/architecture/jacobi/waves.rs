//! The signals of a serial core that are worth a look in a viewer of waveforms.

use crate::architecture::decomposer::INSTANCE;
use crate::architecture::inside::{WaveFormat, WaveGroup, WaveState};
use crate::architecture::jacobi::lanes::lane_name;
use crate::architecture::jacobi::mapping::Mapping;
use crate::architecture::jacobi::pipeline::pace;
use crate::shape::Shape;
use crate::units::angles::Pace;

/// The signals in groups: sequencer, reduction of rows, datapath, angle unit, rotators.
pub fn waves(shape: &Shape) -> Vec<WaveGroup> {
    use WaveFormat::{Bits, Fixed, Hexadecimal, Unsigned};
    // A complex number is one word of two components.
    let a = if shape.complex() { Hexadecimal } else { Fixed(shape.frac() + shape.inner_guard()) };
    let coefficient = Fixed(shape.coef() - 1);
    let inside = |instance: &str| format!("{INSTANCE}.{instance}");
    let mut sequencer = WaveGroup::of(
        "sequencer",
        &inside("sequencer"),
        &[("start", Bits), ("sweeps_done", Unsigned), ("step", Unsigned), ("cycle", Unsigned), ("done", Bits)],
    );
    let bits = vec![inside("sequencer.running"), inside("sequencer.warm")];
    let mut names = vec![("00", "idle"), ("01", "first_angles"), ("10", "sweeps")];
    if shape.in_flight() > 1 {
        names.push(("11", "sweeps_and_first_angles"));
    }
    sequencer.state = Some(WaveState { name: "sequencer", bits, names });
    let mut groups = vec![sequencer];
    if shape.is_reduced() {
        let bits = ["draining", "merging", "finished"].map(|flag| inside(&format!("qr_sequencer.{flag}"))).to_vec();
        let names = vec![("000", "streaming"), ("100", "draining"), ("010", "merging"), ("001", "finished")];
        let state = Some(WaveState { name: "reduction", bits, names });
        let signals = [("rows_ready", Bits), ("pass", Unsigned), ("valid_0", Bits), ("valid_1", Bits)];
        let signals =
            [&signals[..], &[("lead", Bits), ("pair", Unsigned), ("word", Unsigned), ("full", Bits)]].concat();
        groups.push(WaveGroup { state, ..WaveGroup::of("reduction of rows", &inside("qr_sequencer"), &signals) });
    }
    let mut datapath = WaveGroup::of("datapath", &inside("datapath"), &[("block", Bits)]);
    if shape.has_vectors() {
        datapath.add(&inside("datapath"), &[("vectors", Bits), ("identity", Bits)]);
    }
    if shape.is_prepared() {
        datapath.add(&inside("datapath"), &[("raw", Bits)]);
    }
    let mapping = Mapping::of(shape);
    let pairs: Vec<_> = mapping.commands().iter().map(|name| (*name, Unsigned)).collect();
    datapath.add(&inside("datapath"), &pairs);
    datapath.add(&inside("datapath"), &[("copy", Bits), ("measure", Bits)]);
    let flags = [("diagonal_pair", Unsigned), ("settled_valid", Bits), ("settled", Bits), ("overflow", Bits)];
    datapath.add(&inside("datapath"), &flags);
    let elements = ["element_00", "element_01", "element_10", "element_11"].map(|name| (name, a));
    // Of several lanes, those with diagonal blocks are shown.
    let lanes: Vec<String> = match mapping {
        Mapping::Quarter | Mapping::Serial => vec!["datapath".to_owned()],
        Mapping::Row => (0..shape.even() / 2).map(|row| format!("datapath.{}", lane_name(mapping, row, 0))).collect(),
        Mapping::Array => (0..shape.even() / 2).map(|p| format!("datapath.{}", lane_name(mapping, p, p))).collect(),
    };
    for lane in &lanes {
        datapath.add(&inside(&format!("{lane}.matrix")), &elements);
        datapath.add(&inside(&format!("{lane}.matrix")), &[("write_enable", Bits)]);
    }
    groups.push(datapath);
    let shared = pace(shape) == Pace::EveryOtherCycle;
    let angles: &[&str] = match (shape.complex(), shared) {
        (false, true) => &["takes", "size"],
        (false, false) => &["left_size", "right_size"],
        (true, true) => &["takes", "re_size", "im_size"],
        (true, false) => &["re_size", "im_size"],
    };
    let angles: Vec<_> = angles.iter().map(|name| (*name, Hexadecimal)).collect();
    let units = mapping.angle_units(shape.even() / 2);
    for number in 0..units {
        let suffix = if units > 1 { format!("_{number}") } else { String::new() };
        let path = inside(&format!("datapath.angles{suffix}"));
        let title = format!("angle unit{}", suffix.replace('_', " "));
        let mut unit = WaveGroup::of(title, &path, &["a", "b", "c", "d"].map(|name| (name, a)));
        unit.add(&path, &angles);
        groups.push(unit);
    }
    // The rotators hold blocks of U and V as well; their fraction bits differ from those of A if the input has fewer
    // than all bits but the sign behind the point.
    let rotators: &[&str] = match mapping {
        Mapping::Quarter => &["shared_rotator.rotator"],
        Mapping::Serial | Mapping::Row | Mapping::Array => &["left_0", "left_1", "right_0", "right_1"],
    };
    for lane in &lanes {
        for rotator in rotators {
            let coefficients: &[_] = match shape.complex() {
                false => &[("fine", Bits), ("k", coefficient), ("s", coefficient)],
                true => &[("begins", Bits), ("coefficients", Hexadecimal)],
            };
            let signals = [&[("x", a), ("y", a)], coefficients].concat();
            let results = [("x_rotated", a), ("y_rotated", a), ("overflow", Bits)];
            let of_lane = lane.strip_prefix("datapath.").map_or(String::new(), |lane| format!(" of {lane}"));
            let path = inside(&format!("{lane}.{rotator}"));
            let all = [&signals[..], &results].concat();
            let title =
                if mapping == Mapping::Quarter { "rotator".to_owned() } else { format!("rotator {rotator}{of_lane}") };
            let mut group = WaveGroup::of(title, &path, &all);
            if mapping == Mapping::Quarter {
                group.add(&inside(&format!("{lane}.shared_rotator")), &[("begins", Bits), ("phase", Unsigned)]);
            }
            groups.push(group);
        }
    }
    groups
}
