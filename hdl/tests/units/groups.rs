//! Tests of the stream ends of arrays, which take and give several elements per cycle.

use crate::bench::{Bench, for_all};
use crate::streams::{Outcome, result};
use proptest::prelude::*;
use std::cell::Cell;
use std::collections::VecDeque;
use svdforge_hdl::architecture::decomposer::PortTiming;
use svdforge_hdl::core::group_output::{group_output, groups};
use svdforge_hdl::core::group_packer::group_packer;
use svdforge_hdl::core::stream_fifo::DEPTH;
use svdforge_hdl::core::stream_input::stream_input;
use svdforge_hdl::interface::port;
use svdforge_hdl::ir::address_width;
use svdforge_hdl::parameters::{ArchitectureName, Parameters, Vectors};
use svdforge_hdl::shape::Shape;

fn array(rows: usize, cols: usize, elements: u32) -> Parameters {
    Parameters {
        rows,
        cols,
        arch: ArchitectureName::Array,
        elements_per_beat_in: elements,
        elements_per_beat_out: elements,
        element_bytes: Some(4),
        ..Parameters::default()
    }
}

/// An element as it leaves: its section, its bits, and whether it is the last one of the frame.
type Element = (u128, u128, u128);

/// Sends a frame through the output end. A beat leaves a model of the FIFO in the given rhythm. Returns the number of
/// beats, and the largest number that waited in the FIFO.
fn send(unit: &mut Bench, shape: &Shape, outcome: &Outcome, delay: usize, rhythm: &[bool]) -> (usize, usize) {
    let given = shape.elements_given() as usize;
    let index_bits = address_width(shape.triplets() as u32);
    let expected: Vec<Element> = outcome.frame(shape);
    for (i, &(minus, index, key)) in outcome.order.iter().enumerate() {
        let cell = (i128::from(minus) << index_bits | index as i128) << shape.element_bits() | key;
        unit.set(&format!("sorted_{i}"), cell);
    }
    unit.set("status", outcome.status);
    unit.set("bad", outcome.status & 1);
    unit.set("start", 1);
    let sides = [(shape.has_u(), "u"), (shape.has_v(), "v")];
    // The rows that have been addressed and are on their way.
    let mut reads: VecDeque<[Option<usize>; 2]> = std::iter::repeat_n([None; 2], delay).collect();
    let (mut found, mut beats, mut waiting, mut most, mut done) = (Vec::<Element>::new(), 0, 0, 0, 0);
    for cycle in 0.. {
        assert!(cycle < 300 + 40 * expected.len(), "The frame does not end after {} elements.", found.len());
        for ((read, (_, side)), vectors) in reads.pop_front().unwrap().iter().zip(sides).zip(&outcome.vectors) {
            // A row stays until the next one is read.
            for k in read.iter().flat_map(|_| 0..shape.triplets()) {
                let mask = (1i128 << shape.vector_bits()) - 1;
                unit.set(&format!("{side}_{k}"), vectors[k][read.unwrap()] & mask);
            }
        }
        let read = sides.map(|(present, side)| {
            (present && unit.get(&format!("{side}_read")) == 1).then(|| unit.get("vector_row") as usize)
        });
        reads.push_back(read);
        if unit.get("write") == 1 {
            let [count, offset, fills, last, user] =
                ["count", "offset", "fills", "tlast", "tuser"].map(|port| unit.get(port));
            assert_eq!(offset as usize, found.len() % given, "The offset tells the place in the beat.");
            for e in 0..count {
                found.push((user, unit.get(&format!("tdata_{e}")), 0));
            }
            if last == 1 {
                found.last_mut().unwrap().2 = 1;
            }
            let full = found.len() / given > beats;
            assert_eq!(fills == 1, full || last == 1, "A beat is full, or the last one.");
            beats += usize::from(fills == 1);
            waiting += usize::from(fills == 1);
            most = most.max(waiting);
        }
        let free = waiting > 0 && rhythm[cycle % rhythm.len()];
        unit.set("freed", i128::from(free));
        waiting -= usize::from(free);
        done += unit.get("done");
        unit.step();
        unit.set("start", 0);
        if found.len() == expected.len() && found[found.len() - 1].2 == 1 && waiting == 0 && done > 0 {
            break;
        }
    }
    unit.set("freed", 0);
    for _ in 0..8 {
        assert_eq!(unit.get("write"), 0, "A group came after the last one.");
        done += unit.get("done");
        unit.step();
    }
    assert_eq!(found, expected, "{shape:?}");
    assert_eq!((done, beats), (1, expected.len().div_ceil(given)));
    (beats, most)
}

#[test]
fn the_output_end_of_an_array_sends_groups_of_elements() {
    let (beats, frames, full) = (Cell::new(0), Cell::new(0), Cell::new(0));
    let shapes = [
        array(2, 2, 2),
        array(3, 3, 2),
        array(4, 4, 4),
        array(4, 4, 8),
        array(8, 8, 4),
        array(5, 3, 2),
        array(3, 6, 4),
        Parameters { vectors: Vectors::V, rank: Some(2), ..array(4, 5, 2) },
        Parameters { vectors: Vectors::U, rank: Some(1), ..array(4, 4, 4) },
        Parameters { vectors: Vectors::None, ..array(4, 4, 4) },
        Parameters { symmetric: true, ..array(5, 5, 4) },
        Parameters { rank: Some(5), ..array(8, 8, 4) },
    ];
    for parameters in shapes {
        let shape = parameters.shape().unwrap();
        let delay = 5;
        let timing = PortTiming { value: 4, value_waits: false, vectors: delay, drain: 12 };
        let case =
            (proptest::collection::vec(result(&shape), 3), proptest::collection::vec(any::<bool>(), 0..9), 0..60usize);
        for_all(15, case, |(results, mut rhythm, pause)| {
            rhythm.extend(std::iter::repeat_n(false, pause.saturating_sub(20)));
            rhythm.extend([true; 20]);
            let mut unit = Bench::new(|design| group_output(design, &shape, timing));
            for result in results {
                let (sent, most) = send(&mut unit, &shape, &result, delay as usize, &rhythm);
                assert!(most <= DEPTH as usize, "{most} beats for {DEPTH} places");
                full.set(full.get() + usize::from(most + 1 >= DEPTH as usize));
                beats.set(beats.get() + sent);
                frames.set(frames.get() + 1);
            }
        });
    }
    assert_eq!(frames.get(), 12 * 15 * 3);
    assert!(beats.get() > 3_000 && full.get() > 10, "{} beats, full in {} frames", beats.get(), full.get());
}

/// 137 elements in 35 beats of 4: the status word is a group of its own, so that all groups after it are cut.
#[test]
fn the_groups_of_a_frame_are_known_without_a_simulation() {
    let of = |parameters: Parameters| groups(&parameters.shape().unwrap());
    let mut square = vec![1];
    square.extend([4; 34]);
    square.push(0);
    assert_eq!(of(array(8, 8, 4)), square);
    assert_eq!(
        of(Parameters { rank: Some(3), vectors: Vectors::V, ..array(4, 4, 2) }),
        [1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1]
    );
    assert_eq!(of(Parameters { vectors: Vectors::None, ..array(3, 3, 4) }), [1, 3]);
}

/// Groups of random sizes, one after the other without a pause, and with pauses.
#[test]
fn the_packer_of_an_array_puts_groups_together() {
    let beats = Cell::new(0);
    for count in [2usize, 4, 8] {
        let shape = array(8, 8, count as u32).shape().unwrap();
        let case = proptest::collection::vec((any::<bool>(), any::<[u16; 8]>(), 0..4u8, 1..=count, 0..6u8), 1..120);
        for_all(40, case, |writes| {
            let mut unit = Bench::new(|design| group_packer(design, &shape));
            let mut gathered: VecDeque<(u128, u128)> = VecDeque::new();
            for (write, data, user, size, ends) in writes {
                // A group that ends a frame must fit its beat. Otherwise an empty one follows.
                let cut = write && ends == 0 && gathered.len() + size > count;
                let rest = std::iter::repeat_n((true, 0, true), usize::from(cut));
                for (write, size, last) in std::iter::once((write, size, ends == 0 && !cut)).chain(rest) {
                    let offset = gathered.len();
                    let fills = offset + size >= count || last;
                    unit.set("write_group", i128::from(write));
                    unit.set("group_offset", offset as i128);
                    unit.set("group_count", size as i128);
                    unit.set("group_fills", i128::from(fills));
                    unit.set("group_last", i128::from(last));
                    unit.set("group_user", i128::from(user));
                    (0..count).for_each(|e| unit.set(&format!("element_{e}"), i128::from(data[e])));
                    unit.step();
                    if write {
                        gathered.extend(data.iter().take(size).map(|&element| (element.into(), user.into())));
                    }
                    assert_eq!(unit.get("write_beat") == 1, write && fills);
                    if write && fills {
                        for place in 0..count {
                            let names = [
                                &port::parts("tdata", count as u32)[place],
                                &port::parts("tuser", count as u32)[place],
                                &port::parts_of_keep("tkeep", count as u32)[place],
                            ];
                            let there = !gathered.is_empty();
                            let (data, user) = gathered.pop_front().unwrap_or_default();
                            assert_eq!(names.map(|name| unit.get(name)), [data, user, u128::from(there)]);
                        }
                        assert_eq!(unit.get("tlast") == 1, last);
                        beats.set(beats.get() + 1);
                    }
                }
            }
        });
    }
    assert!(beats.get() > 1500, "{}", beats.get());
}

/// Frames of the right length load every element; others, and beats that are not full, make a frame bad.
#[test]
fn the_input_end_of_an_array_takes_whole_beats() {
    let (good, bad) = (Cell::new(0), Cell::new(0));
    for (rows, cols, count) in [(4, 4, 4), (2, 2, 2), (3, 8, 4), (8, 8, 8), (5, 4, 2)] {
        let shape = array(rows, cols, count).shape().unwrap();
        assert_eq!(shape.elements_taken(), count);
        let right = rows * cols / count as usize;
        let length = prop_oneof![3 => Just(right), 1 => 1..right.max(2), 1 => right + 1..3 * right];
        let frame = (length, prop::bool::weighted(0.2), any::<u64>(), 0..6usize);
        for_all(20, proptest::collection::vec(frame, 6), |frames| {
            let mut unit = Bench::new(|design| stream_input(design, &shape));
            for (length, breaks, noise, wait) in frames {
                let element = |beat: usize, e: u32| (((noise >> (beat % 23)) ^ (u64::from(e) * 77)) & 0xffff) as i128;
                let broken = breaks.then_some((noise as usize) % length);
                let mut loaded = vec![None; rows * cols];
                let mut next = 0;
                for cycle in 0.. {
                    let offers = next < length && (noise >> (cycle % 61)) & 3 != 0;
                    unit.set(port::INPUT_VALID, i128::from(offers));
                    if offers {
                        for e in 0..count {
                            unit.set(&port::parts(port::INPUT_DATA, count)[e as usize], element(next, e));
                            let cut = broken == Some(next) && e == (noise >> 8) as u32 % count;
                            unit.set(
                                &port::parts_of_keep(port::INPUT_KEEP, count)[e as usize],
                                if cut { 7 } else { 15 },
                            );
                        }
                        unit.set(port::INPUT_LAST, i128::from(next + 1 == length));
                    }
                    let accepted = offers && unit.get(port::INPUT_READY) == 1;
                    if unit.get("load_valid") == 1 {
                        for e in 0..count {
                            let column = unit.get("load_group") as usize * count as usize + e as usize;
                            let place = unit.get("load_row") as usize * cols + column;
                            loaded[place] = Some(unit.get(&format!("load_data_{e}")) as i128);
                        }
                    }
                    if unit.get("full") == 1 && cycle > 3 * length + wait {
                        break;
                    }
                    assert!(cycle < 20 * length + 200, "The frame does not end.");
                    unit.step();
                    next += usize::from(accepted);
                }
                let is_bad = unit.get("bad") == 1;
                assert_eq!(is_bad, length != right || broken.is_some(), "{length} of {right} beats");
                if is_bad {
                    bad.set(bad.get() + 1);
                } else {
                    for (place, found) in loaded.into_iter().enumerate() {
                        let (beat, e) = (place / count as usize, place as u32 % count);
                        assert_eq!(found, Some(element(beat, e)));
                    }
                    good.set(good.get() + 1);
                }
                unit.set("release_frame", 1);
                unit.step();
                unit.set("release_frame", 0);
            }
        });
    }
    assert_eq!(good.get() + bad.get(), 5 * 20 * 6);
    assert!(good.get() > 200 && bad.get() > 200, "{} good, {} bad", good.get(), bad.get());
}
