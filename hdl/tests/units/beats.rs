//! Tests of the units that put elements into beats and take them out again, against models of a few lines.

use crate::bench::{Bench, for_all};
use proptest::prelude::*;
use std::cell::Cell;
use std::collections::VecDeque;
use svdforge_hdl::core::beat_packer::beat_packer;
use svdforge_hdl::core::beat_unpacker::beat_unpacker;
use svdforge_hdl::interface::port;
use svdforge_hdl::parameters::Parameters;
use svdforge_hdl::shape::Shape;

fn shape(elements: u32, element_bytes: Option<u32>) -> Shape {
    let (elements_per_beat_in, elements_per_beat_out) = (elements, elements);
    Parameters { elements_per_beat_in, elements_per_beat_out, element_bytes, ..Parameters::default() }.shape().unwrap()
}

/// A beat as the source sends it.
#[derive(Clone, Debug)]
struct Beat {
    elements: [u8; 8],
    /// One bit for each byte.
    keep: u64,
    last: bool,
}

/// Beats of at most `count` elements of `bytes` bytes. In three of four `tkeep` is as it must be.
fn beat(count: u32, bytes: u32) -> impl Strategy<Value = Beat> {
    let kept = (any::<[u8; 8]>(), 1..=count, any::<bool>(), 0..4u8, any::<u64>());
    kept.prop_map(move |(elements, there, last, wrong, noise)| {
        let bits = count * bytes;
        let all = u64::MAX >> (64 - bits);
        let right = if last { u64::MAX >> (64 - there * bytes) } else { all };
        let keep = match wrong {
            0 => right ^ (1 << (noise % u64::from(bits))),
            _ => right,
        };
        Beat { elements, keep, last }
    })
}

/// The elements that leave for a beat: (low byte, last, broken).
fn leaving(beat: &Beat, count: u32, bytes: u32) -> Vec<(u8, bool, bool)> {
    let there = beat.keep.trailing_ones().min(count * bytes);
    let is_right = there > 0
        && there.is_multiple_of(bytes)
        && beat.keep.count_ones() == there
        && (beat.last || there == count * bytes);
    if !is_right {
        return vec![(beat.elements[0], beat.last, true)];
    }
    let number = (there / bytes) as usize;
    (0..number).map(|i| (beat.elements[i], beat.last && i + 1 == number, false)).collect()
}

/// Random beats with random `tkeep`, and random rhythms on both sides.
#[test]
fn the_unpacker_gives_the_elements_of_every_beat_in_order() {
    let (elements, broken, gaps) = (Cell::new(0), Cell::new(0), Cell::new(0));
    for (count, bytes) in [(1, 4), (1, 2), (2, 2), (4, 2), (8, 8), (2, 4)] {
        let shape = shape(count, (bytes != 2).then_some(bytes));
        let case = (
            proptest::collection::vec(beat(count, bytes), 1..40),
            proptest::collection::vec((any::<bool>(), any::<bool>()), 1..60),
            0..4u8,
        );
        for_all(25, case, |(beats, rhythm, bias)| {
            let mut unit = Bench::new(|design| beat_unpacker(design, &shape));
            let mut expected: VecDeque<_> = beats.iter().flat_map(|beat| leaving(beat, count, bytes)).collect();
            let (mut next, mut waiting, mut idle) = (0, None, 0);
            for cycle in 0..3000 {
                // In the end both sides are ready, whatever the rhythm.
                let (source, sink) = if cycle < 1000 { rhythm[cycle % rhythm.len()] } else { (true, true) };
                let (source, sink) = (source || bias & 1 == 1, sink || bias & 2 == 2);
                let offered = beats.get(next).filter(|_| source);
                unit.set(port::INPUT_VALID, i128::from(offered.is_some()));
                if let Some(beat) = offered {
                    unit.set(port::INPUT_LAST, i128::from(beat.last));
                    for (i, name) in port::parts(port::INPUT_DATA, count).iter().enumerate() {
                        unit.set(name, beat.elements[i]);
                        let keep = beat.keep >> (i as u32 * bytes) & ((1 << bytes) - 1);
                        unit.set(&port::parts_of_keep(port::INPUT_KEEP, count)[i], keep);
                    }
                }
                unit.set("element_ready", i128::from(sink));
                let is_taken = offered.is_some() && unit.get(port::INPUT_READY) == 1;
                let head = ["element", "element_last", "element_broken"].map(|name| unit.get(name));
                let valid = unit.get("element_valid") == 1;
                assert!(waiting.is_none_or(|promised| valid && promised == head), "an offered element has changed");
                waiting = (valid && !sink).then_some(head);
                if valid && sink {
                    let (data, last, is_broken) = expected.pop_front().expect("an element too many");
                    assert_eq!(head, [u128::from(data), u128::from(last), u128::from(is_broken)]);
                    elements.set(elements.get() + 1);
                    broken.set(broken.get() + usize::from(is_broken));
                }
                gaps.set(gaps.get() + usize::from(bias == 3 && cycle > 2 && !valid && next < beats.len()));
                next += usize::from(is_taken);
                idle = if next == beats.len() && !valid { idle + 1 } else { 0 };
                if idle > 4 {
                    break;
                }
                unit.step();
            }
            assert!(expected.is_empty(), "{} elements are missing", expected.len());
        });
    }
    assert!(elements.get() > 5000 && broken.get() > 500, "{} elements, {} broken", elements.get(), broken.get());
    assert_eq!(gaps.get(), 0, "gaps between elements although neither side stalls");
}

/// Random elements with pauses. `tlast` may fall on any place of a beat.
#[test]
fn the_packer_fills_beats_from_the_low_bits() {
    let beats = Cell::new(0);
    for count in [1, 2, 4, 8] {
        let shape = shape(count, Some(4));
        let case = proptest::collection::vec((any::<bool>(), any::<u16>(), 0..4u8, 0..6u8), 1..120);
        for_all(40, case, |writes| {
            let mut unit = Bench::new(|design| beat_packer(design, &shape));
            let mut gathered: Vec<(u128, u128)> = Vec::new();
            for (write, data, user, ends) in writes {
                let last = ends == 0;
                unit.set("write_element", i128::from(write));
                unit.set("element", i128::from(data));
                unit.set("element_user", i128::from(user));
                unit.set("element_last", i128::from(last));
                unit.step();
                gathered.extend(write.then_some((data.into(), user.into())));
                let completes = write && (last || gathered.len() == count as usize);
                assert_eq!(unit.get("write_beat") == 1, completes);
                if completes {
                    for place in 0..count as usize {
                        let names = [
                            &port::parts("tdata", count)[place],
                            &port::parts("tuser", count)[place],
                            &port::parts_of_keep("tkeep", count)[place],
                        ];
                        let (data, user) = gathered.get(place).copied().unwrap_or_default();
                        let found = names.map(|name| unit.get(name));
                        assert_eq!(found, [data, user, u128::from(place < gathered.len())], "place {place}");
                    }
                    assert_eq!(unit.get("tlast") == 1, last);
                    gathered.clear();
                    beats.set(beats.get() + 1);
                }
            }
        });
    }
    assert!(beats.get() > 1500, "{}", beats.get());
}
