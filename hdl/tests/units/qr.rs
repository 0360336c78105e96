//! Tests of the units of the QR decomposition: the queue of incoming rows, the lanes, and the order of the row
//! rotations.

use crate::bench::{Bench, for_all, signed};
use proptest::prelude::*;
use std::cell::Cell;
use std::collections::{BTreeMap, VecDeque};
use svdforge_hdl::architecture::jacobi::qr::lane::{READ_LATENCY, qr_lane};
use svdforge_hdl::architecture::jacobi::qr::row_queue::row_queue;
use svdforge_hdl::architecture::jacobi::qr::sequencer::{WORD_LATENCY, qr_sequencer, reduction_cycles};
use svdforge_hdl::builder::{DesignBuilder, ModuleBuilder};
use svdforge_hdl::core::stream_input::stream_input;
use svdforge_hdl::interface::port;
use svdforge_hdl::ir::ModuleId;
use svdforge_hdl::ir::signed_value;
use svdforge_hdl::parameters::{Parameters, Sizes, Vectors};
use svdforge_hdl::shape::Shape;

fn shape(rows: usize, cols: usize, sizes: Sizes) -> Shape {
    let shape = Parameters { rows, cols, sizes, vectors: Vectors::V, ..Parameters::default() }.shape().unwrap();
    assert!(shape.is_reduced());
    shape
}

/// A module with the input end of a core, followed by the queue of rows.
fn rows_in(design: &mut DesignBuilder, shape: &Shape) -> ModuleId {
    let (input, queue) = (stream_input(design, shape), row_queue(design, shape));
    let m = ModuleBuilder::new("rows_in");
    let (input, queue) = (m.instance(design, input, "input_end"), m.instance(design, queue, "row_queue"));
    for (port, width) in
        [(port::INPUT_DATA, shape.interface().input_bits()), (port::INPUT_VALID, 1), (port::INPUT_LAST, 1)]
    {
        input.drive(port, m.input(port, width));
    }
    let (release, taken) = (m.input("release_frame", 1), m.input("take_rows", 1));
    input.drive("release_frame", release);
    input.drive("batch_taken", taken);
    ["gives_up", "within_frame"].into_iter().for_each(|port| input.drive(port, m.zero(1)));
    queue.drive("taken", taken);
    queue.drive("restart", input.output("bad") | release);
    for part in ["valid", "row", "column", "data", "batch", "final"] {
        let port = format!("load_{part}");
        input.connect(&queue, &[(&port, &port)]);
    }
    if shape.takes_any() {
        input.connect(&queue, &[("size_rows", "loading_rows"), ("size_cols", "loading_cols")]);
    }
    for port in [port::INPUT_READY, "full", "bad"] {
        m.output(port, input.output(port));
    }
    let places = ["enable", "half", "word", "bank", "data"].map(|part| format!("write_{part}"));
    let rows = ["rows_ready", "rows_last", "rows_absent"].map(str::to_owned);
    for port in places.into_iter().chain(rows) {
        m.output(&port, queue.output(&port));
    }
    design.add(m)
}

/// The input end and the queue, with a model of the buffers to which they write.
struct InputBench {
    unit: Bench,
    cols: usize,
    /// Elements by lane, half, word and bank.
    buffers: BTreeMap<[u128; 4], i128>,
}

impl InputBench {
    /// Simulates one cycle and updates the model of the buffers.
    fn cycle(&mut self) {
        let get = |port| self.unit.get(port);
        let place = [get("write_half"), get("write_word"), get("write_bank")];
        for lane in (0..2).filter(|lane| get("write_enable") >> lane & 1 == 1) {
            self.buffers.insert([lane, place[0], place[1], place[2]], get("write_data") as i128);
        }
        self.unit.step();
    }

    /// Sends a frame. Meanwhile rows are taken some cycles after they are ready, which `patience` determines. Returns
    /// the rows taken, and whether the frame was reported as bad.
    fn send(&mut self, elements: &[i128], offers: &[bool], patience: &[usize]) -> (Vec<Vec<i128>>, bool) {
        let cols = self.cols;
        let (mut next, mut offering, mut half, mut rows) = (0, false, 0, Vec::new());
        let (mut waited, mut last_taken) = (0, false);
        for cycle in 0.. {
            assert!(cycle < 5000, "The frame never ends.");
            offering |= next < elements.len() && offers[cycle % offers.len()];
            self.unit.set("s_axis_tvalid", i128::from(offering));
            self.unit.set("s_axis_tdata", elements[next.min(elements.len() - 1)]);
            self.unit.set("s_axis_tlast", i128::from(next + 1 == elements.len()));
            let accepted = offering && self.unit.get("s_axis_tready") == 1;
            let bad = self.unit.get("full") == 1 && self.unit.get("bad") == 1;
            if bad || last_taken {
                assert_eq!(next, elements.len(), "The frame was reported as complete before its last beat.");
                return (rows, bad);
            }
            // After a batch is taken, `rows_ready` still refers to it for two cycles. So the next batch is taken only
            // after some cycles.
            waited = if self.unit.get("rows_ready") == 1 { waited + 1 } else { 0 };
            let takes = waited > 3 + patience[rows.len() % patience.len()];
            self.unit.set("take_rows", i128::from(takes));
            if takes {
                let lanes = if self.unit.get("rows_absent") == 1 { 1 } else { 2 };
                last_taken = self.unit.get("rows_last") == 1;
                let even = cols.next_multiple_of(2);
                for lane in 0..lanes {
                    let at = |c: usize| if c < even / 2 { [c as u128, 0] } else { [(even - 1 - c) as u128, 1] };
                    let element = |c: usize| self.buffers[&[lane, half, at(c)[0], at(c)[1]]];
                    rows.push((0..cols).map(element).collect());
                }
                (half, waited) = (1 - half, 0);
            }
            self.cycle();
            next += usize::from(accepted);
            offering &= !accepted;
        }
        unreachable!()
    }
}

#[test]
fn rows_wait_in_the_buffers_until_they_are_taken() {
    let seen = Cell::new([0; 2]);
    let fixed = [(3, 1), (4, 1), (3, 2), (6, 3), (9, 4), (12, 5), (7, 6), (8, 6)].map(|size| (size, None));
    let announced = [(3, 1), (20, 6), (2, 6), (1, 1), (13, 5)].map(|size| (size, Some((20, 6))));
    for ((rows, cols), largest) in fixed.into_iter().chain(announced) {
        let shape = match largest {
            None => shape(rows, cols, Sizes::Fixed),
            Some((rows, cols)) => shape(rows, cols, Sizes::Any),
        };
        let header = largest.map_or(vec![], |_| vec![rows as i128, cols as i128]);
        let right = rows * cols;
        let length = prop_oneof![3 => Just(right), 1 => 1..right.max(2), 1 => right + 1..2 * right + 1];
        let offers = proptest::collection::vec(prop::bool::weighted(0.6), 1..9);
        let patience = proptest::collection::vec(prop_oneof![Just(0), 0..30usize], 1..5);
        let elements = proptest::collection::vec(0..1i128 << 15, 2 * right + 1);
        for_all(25, proptest::collection::vec((length, offers, patience, elements), 4), |frames| {
            let unit = Bench::new(|design| rows_in(design, &shape));
            let mut bench = InputBench { unit, cols, buffers: BTreeMap::new() };
            for (length, mut offers, patience, elements) in frames {
                offers.push(true);
                let beats = [&header, &elements[..length]].concat();
                let (found, bad) = bench.send(&beats, &offers, &patience);
                assert_eq!(bad, length != right, "{length} beats for {rows}x{cols}");
                let expected: Vec<Vec<i128>> = elements.chunks(cols).map(<[_]>::to_vec).collect();
                // Some rows of a bad frame were taken before it was known to be bad.
                let expected = if bad { &expected[..found.len()] } else { &expected[..rows] };
                assert_eq!(found, expected, "{rows}x{cols}");
                bench.unit.set("s_axis_tvalid", 0);
                bench.unit.set("take_rows", 0);
                bench.unit.set("release_frame", 1);
                bench.cycle();
                bench.unit.set("release_frame", 0);
                bench.cycle();
                let mut counts = seen.get();
                counts[usize::from(bad)] += 1;
                seen.set(counts);
            }
        });
    }
    let [good, bad] = seen.get();
    assert_eq!(good + bad, 13 * 25 * 4);
    assert!(good > 600 && bad > 350, "{good} good and {bad} bad frames");
}

/// A model of a lane. It has the elements of each bank by (row, word) or (slot, word), the pivots and leads, and the
/// buffered rows by (half, word).
#[derive(Default)]
struct LaneModel {
    triangle: [BTreeMap<(usize, usize), i128>; 2],
    slots: [BTreeMap<(usize, usize), i128>; 2],
    pivots: BTreeMap<usize, i128>,
    leads: BTreeMap<usize, i128>,
    buffers: [BTreeMap<(usize, usize), i128>; 2],
}

/// Small random numbers, taken one after the other from a number of random bits.
struct Digits(u128);

impl Digits {
    fn below(&mut self, limit: usize) -> usize {
        let digit = self.0 % limit as u128;
        self.0 /= limit as u128;
        digit as usize
    }
}

/// Random writes and loads, and reads at both ports in every cycle, compared with a simple model. A word that is read
/// in the cycle in which it is written still has its old value.
#[test]
fn a_lane_stores_its_rows_and_its_triangle_with_pivots_and_leads() {
    let reads = Cell::new(0);
    for cols in [3, 4, 6] {
        let shape = shape(20, cols, Sizes::Fixed);
        let (even, data) = (shape.even(), shape.element_bits());
        let odd = cols % 2 == 1;
        let values = proptest::array::uniform4(signed(data));
        let cycles = proptest::collection::vec((any::<u128>(), values, signed(shape.word())), 200);
        for_all(10, cycles, |cycles| {
            let mut lane = Bench::new(|design| qr_lane(design, &shape));
            lane.set("odd", odd);
            let mut model = LaneModel::default();
            let mut expected = VecDeque::new();
            for (digits, values, loaded) in cycles {
                let mut digits = Digits(digits);
                let mut port = |name: &str, limit: usize| {
                    let digit = digits.below(limit);
                    lane.set(name, digit as i128);
                    digit
                };
                // For the angle unit.
                let [pair, half] = [port("lead_pair", even), port("lead_half", 2)];
                let [fresh, enter, absent] = ["lead_fresh", "lead_enter", "lead_absent"].map(|name| port(name, 2) == 1);
                let kept = |element: Option<&i128>| element.copied().unwrap_or(0);
                let entering = |bank: usize, at: (usize, usize), absent: bool| {
                    if absent { 0 } else { kept(model.buffers[bank].get(&at)) << shape.inner_guard() }
                };
                let pivot = if fresh { 0 } else { kept(model.pivots.get(&pair)) };
                let lead = if enter { entering(0, (half, 0), absent) } else { kept(model.leads.get(&pair)) };
                // The read port of the rotators.
                let [pair, word, half] = [port("pair", even), port("word", even / 2), port("half", 2)];
                let [fresh, enter, absent] = ["fresh", "enter", "absent"].map(|name| port(name, 2) == 1);
                let at = (pair, word);
                let x = [0, 1].map(|c| if fresh { 0 } else { kept(model.triangle[c].get(&at)) });
                let y = [0, 1].map(|c| match enter {
                    true => entering(c, (half, word), absent || (c == 1 && word == 0 && odd)),
                    false => kept(model.slots[c].get(&at)),
                });
                expected.push_back([pivot, lead, x[0], x[1], y[0], y[1]]);
                // The write port and the buffers.
                let [enable, keeps] = ["write_enable", "write_keeps"].map(|name| port(name, 2) == 1);
                let [row, slot, word] =
                    [port("write_pair", even), port("write_target", even), port("write_word", even / 2)];
                let [loads, bank, half] = ["load_enable", "load_bank", "load_half"].map(|name| port(name, 2));
                let load_word = port("load_word", even / 2);
                lane.set("load_data", loaded);
                for (name, value) in ["write_x_0", "write_x_1", "write_y_0", "write_y_1"].into_iter().zip(values) {
                    lane.set(name, value);
                }
                let [x, y] = [[values[0], values[1]], [values[2], values[3]]];
                for c in 0..2 {
                    if enable {
                        model.triangle[c].insert((row, word), x[c]);
                    }
                    if enable && keeps {
                        model.slots[c].insert((slot, word), y[c]);
                    }
                }
                if enable && row / 2 == word {
                    model.pivots.insert(row, x[row % 2]);
                }
                if enable && keeps && slot / 2 == word {
                    model.leads.insert(slot, y[slot % 2]);
                }
                if loads == 1 {
                    model.buffers[bank].insert((half, load_word), loaded);
                }
                lane.step();
                if expected.len() == READ_LATENCY as usize {
                    let found =
                        ["pivot", "lead", "x_0", "x_1", "y_0", "y_1"].map(|name| signed_value(lane.get(name), data));
                    assert_eq!(Some(found), expected.pop_front(), "{cols} columns");
                    reads.set(reads.get() + 1);
                }
            }
        });
    }
    assert_eq!(reads.get(), 3 * 10 * 199);
}

/// Every incoming row is rotated against every row of its triangle in all passes, from the first row on, word by word.
/// Then every row of the second triangle is rotated against the rows of the first triangle from the row of its own
/// number on. No word is read before its previous rotation is written, and no angle is computed before the previous
/// angle of the same two rows has taken effect.
#[test]
fn every_row_is_rotated_against_every_row_of_the_triangle_in_time() {
    const LATENCY: usize = 22;
    const WRITTEN: usize = WORD_LATENCY as usize;
    /// Rows of the second triangle are numbered from here on.
    const SECOND: usize = 1000;
    let mut row_rotations = 0;
    for (pairs_of_rows, cols) in [(1, 1), (1, 8), (3, 3), (9, 8), (20, 8), (5, 16), (18, 31), (4, 32)] {
        let shape = shape(2 * pairs_of_rows.max(cols) + 2, cols, Sizes::Fixed);
        let (n, passes) = (shape.even(), shape.arithmetic().passes() as usize);
        let mut unit = Bench::new(|design| qr_sequencer(design, &shape, LATENCY));
        unit.set("rows_ready", 1);
        let mut steps = 0;
        // The row at each (lane, slot, word), and the rows that are still in the pipeline. The cycle of the last
        // rotation of each (lane, row of the triangle, word).
        let mut slots: BTreeMap<[usize; 3], usize> = BTreeMap::new();
        let mut in_pipeline: VecDeque<(usize, [usize; 3], usize)> = VecDeque::new();
        let mut rotated: BTreeMap<[usize; 3], usize> = BTreeMap::new();
        let mut angles: BTreeMap<[usize; 2], usize> = BTreeMap::new();
        // The number of words rotated for each (lane, row in a slot, row of the triangle).
        let mut words_rotated: BTreeMap<[usize; 3], usize> = BTreeMap::new();
        for cycle in 0.. {
            assert!(cycle < 200_000, "The triangle is never complete.");
            unit.set("rows_last", i128::from(steps + 1 >= pairs_of_rows));
            unit.step();
            let get = |port: &str| unit.get(port) as usize;
            steps += get("take_rows");
            if get("full") == 1 {
                break;
            }
            while in_pipeline.front().is_some_and(|(written, ..)| *written <= cycle) {
                let (_, place, row) = in_pipeline.pop_front().expect("The queue is not empty.");
                slots.insert(place, row);
            }
            let (pair, word, target) = (get("pair"), get("word"), get("target"));
            for lane in (0..2).filter(|lane| get(&format!("valid_{lane}")) == 1) {
                let row = match (get("enter"), get("take")) {
                    (1, 0) => 2 * steps + lane,
                    (0, 1) => SECOND + pair,
                    (0, 0) => slots[&[lane, pair, word]],
                    both => panic!("{both:?}"),
                };
                let words = words_rotated.entry([lane, row, pair]).or_default();
                assert_eq!(get("merge") == 1, row >= SECOND);
                assert!(get("lead") == 0 || word == pair / 2);
                if get("lead") == 1 {
                    let before = angles.insert([lane, pair], cycle);
                    assert!(before.is_none_or(|before| before + LATENCY <= cycle), "{n} columns, row {pair}");
                }
                let before = rotated.insert([lane, pair, word], cycle);
                assert!(before.is_none_or(|before| before + WRITTEN <= cycle), "{n} columns, word {word}");
                // In the last pass the row moves on, if anything is left of it.
                assert_eq!(target != pair, *words >= (passes - 1) * (n / 2 - pair / 2), "{n} columns");
                assert_eq!(get("keeps") == 0, target != pair && pair + 1 == n, "{n} columns");
                *words += 1;
                if get("keeps") == 1 {
                    in_pipeline.push_back((cycle + WRITTEN, [lane, target, word], row));
                }
            }
        }
        for (&[lane, row, pair], &words) in &words_rotated {
            assert_eq!(words, passes * (n / 2 - pair / 2), "{n} columns, lane {lane}, row {row}, with {pair}");
            row_rotations += 1;
        }
        // All rows in both lanes, and then row j of the second triangle with the rows of the first from j on.
        assert_eq!(words_rotated.len(), 2 * pairs_of_rows * n + n * (n + 1) / 2, "{n} columns");
        assert!(reduction_cycles(passes, n, LATENCY).batch >= passes * LATENCY);
    }
    let sizes = [(1, 2), (1, 8), (3, 4), (9, 8), (20, 8), (5, 16), (18, 32), (4, 32)];
    assert_eq!(row_rotations, sizes.iter().map(|&(p, n)| 2 * p * n + n * (n + 1) / 2).sum::<usize>());
}
