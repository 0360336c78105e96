//! Tests of the frame controller, which is connected to models of the input end, a decomposer, the sorter and the
//! output end.

use crate::bench::{Bench, for_all};
use proptest::prelude::*;
use std::cell::Cell;
use svdforge_hdl::architecture::decomposer::PortTiming;
use svdforge_hdl::core::frame_controller::frame_controller;
use svdforge_hdl::interface::Status;
use svdforge_hdl::parameters::{Parameters, Scaling, Sizes};

/// A frame, and how long the other modules take for it.
#[derive(Clone, Debug)]
struct FrameCase {
    bad: bool,
    /// Indices of the last row and the last column, for cores of any size.
    last: [i128; 2],
    /// Cycles until the frame is loaded, until it is decomposed, and until it is unloaded.
    delays: [usize; 3],
    /// What the decomposer reports: overflow, cap reached, sweeps, bits shifted.
    reported: [i128; 4],
}

fn frame() -> impl Strategy<Value = FrameCase> {
    let reported = (any::<bool>(), any::<bool>(), 0..64i128, 0..16i128);
    let delays = proptest::array::uniform3(0..20usize);
    (prop::bool::weighted(0.3), proptest::array::uniform2(0..6i128), delays, reported).prop_map(
        |(bad, last, delays, (overflow, capped, sweeps, shifted))| FrameCase {
            bad,
            last,
            delays,
            reported: [overflow.into(), capped.into(), sweeps, shifted],
        },
    )
}

/// Passes one frame through the controller and checks what it does. The decomposition of a good frame is started once,
/// and each value is inserted once, in order. A bad frame goes directly to the output. In the end the status word
/// contains everything that the decomposer reported, or only the flag of a bad frame.
fn pass_frame(unit: &mut Bench, frame: &FrameCase, parameters: &Parameters, timing: PortTiming) {
    let any = parameters.sizes == Sizes::Any;
    let last_value = if any { *frame.last.iter().min().unwrap() as usize } else { parameters.rows - 1 };
    for _ in 0..frame.delays[0] {
        assert_eq!(unit.get("start"), 0, "A decomposition was started before a frame was loaded.");
        unit.step();
    }
    unit.set("frame_full", 1);
    unit.set("frame_bad", i128::from(frame.bad));
    if any {
        unit.set("size_rows", frame.last[0]);
        unit.set("size_cols", frame.last[1]);
    }
    let (mut starts, mut releases, mut unloads, mut inserted) = (0, 0, 0, Vec::new());
    let (mut done_in, mut done_at, mut numbers, mut unloading) = (None, None, Vec::new(), 0);
    for cycle in 0.. {
        assert!(cycle < 200, "The frame is never unloaded: {frame:?}");
        let is = |port: &str| unit.get(port) == 1;
        numbers.push(unit.get("value_number"));
        if is("insert") {
            // The index of the value was requested as many cycles ago as the decomposer takes to answer.
            let index = unit.get("insert_index");
            assert_eq!(numbers[cycle - timing.value as usize], index);
            inserted.push(index);
        }
        if is("start") {
            starts += 1;
            done_in = Some(frame.delays[1]);
            if any {
                let now = ["size_rows_now", "size_cols_now"].map(|port| unit.get(port) as i128);
                assert_eq!(now, frame.last);
            }
        }
        releases += usize::from(is("release_frame"));
        if is("unload_start") {
            unloads += 1;
            if let Some(done_at) = done_at {
                // The drain must be over when the first vector is read.
                assert!(cycle + 4 >= done_at + timing.drain as usize, "unloaded {} cycles after done", cycle - done_at);
            }
        }
        if is("release_frame") {
            unit.set("frame_full", 0);
            unit.set("frame_bad", 0);
            // The next frame may announce its size while this one is unloaded.
            if any {
                unit.set("size_rows", 5);
                unit.set("size_cols", 5);
            }
        }
        let done = done_in == Some(0);
        if done {
            done_at = Some(cycle);
            for (port, value) in ["overflow", "cap_reached", "sweeps"].into_iter().zip(&frame.reported) {
                unit.set(port, *value);
            }
            if parameters.scaling == Scaling::Auto {
                unit.set("shifted", frame.reported[3]);
            }
        }
        done_in = done_in.and_then(|cycles| cycles.checked_sub(1));
        unit.set("done", i128::from(done));
        unloading += usize::from(unloads > 0);
        let ends = unloading == frame.delays[2] + 4;
        unit.set("unloaded", i128::from(ends));
        if ends {
            break;
        }
        unit.step();
    }
    let status = Status::from_bits(unit.get("status") as u64);
    assert_eq!((starts, releases, unloads), (usize::from(!frame.bad), 1, 1), "{frame:?}");
    assert_eq!(status.bad_frame(), frame.bad);
    assert_eq!(unit.get("status_is_all") == 1, frame.bad);
    if frame.bad {
        assert!(inserted.is_empty());
        assert_eq!(
            (status.overflow(), status.cap_reached(), status.sweeps(), status.block_exponent()),
            (false, false, 0, 0)
        );
    } else {
        assert_eq!(inserted, (0..=last_value as u128).collect::<Vec<_>>(), "{frame:?}");
        let shifted = if parameters.scaling == Scaling::Auto { frame.reported[3] } else { 0 };
        let reported: [i128; 3] = [status.overflow().into(), status.cap_reached().into(), status.sweeps().into()];
        assert_eq!(reported, frame.reported[..3]);
        assert_eq!(i128::from(status.block_exponent()), -shifted);
    }
    unit.step();
    unit.set("unloaded", 0);
    unit.set("done", 0);
}

#[test]
fn frames_pass_one_by_one() {
    let frames_seen = Cell::new([0; 2]);
    let timings = [
        PortTiming { value: 4, value_waits: false, vectors: 3, drain: 12 },
        PortTiming { value: 2, value_waits: false, vectors: 2, drain: 1 },
        PortTiming { value: 9, value_waits: false, vectors: 5, drain: 30 },
    ];
    for (rows, timing) in [1, 2, 6].into_iter().flat_map(|rows| timings.map(|timing| (rows, timing))) {
        for (sizes, scaling) in
            [(Sizes::Fixed, Scaling::Auto), (Sizes::Fixed, Scaling::Fixed), (Sizes::Any, Scaling::Auto)]
        {
            if sizes == Sizes::Any && rows < 6 {
                continue;
            }
            let parameters = Parameters { rows, cols: rows, sizes, scaling, ..Parameters::default() };
            let shape = parameters.shape().unwrap();
            for_all(20, proptest::collection::vec(frame(), 5), |frames| {
                let mut unit = Bench::new(|design| frame_controller(design, &shape, timing));
                for frame in frames {
                    pass_frame(&mut unit, &frame, &parameters, timing);
                    let mut counts = frames_seen.get();
                    counts[usize::from(frame.bad)] += 1;
                    frames_seen.set(counts);
                }
            });
        }
    }
    let [good, bad] = frames_seen.get();
    assert_eq!(good + bad, (2 * 9 + 3) * 20 * 5);
    assert!(good > 1000 && bad > 400, "{good} good and {bad} bad frames");
}
